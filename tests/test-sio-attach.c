#include <string.h>

#include "sio/sio-attach.h"

#define P(n) "{\"_placeholder\":true,\"num\":" #n "}"

static const struct
{
  const char *name, *json;
  guint       n_attachments;
  gboolean    right;
} checks[] = {
  { "one", "[\"a\"," P (0) "]", 1, TRUE },
  { "order", "[\"a\"," P (1) "," P (0) "]", 2, TRUE },
  { "twice", "[\"a\"," P (0) "," P (0) "]", 1, TRUE },
  { "none", "[\"a\"]", 1, TRUE },
  { "nested", "[\"a\",{\"b\":[[{\"c\":" P (1) "}]]}]", 2, TRUE },
  { "turned-round", "[ { \"num\" : 0 , \"_placeholder\" : true } ]", 1, TRUE },
  { "outermost", P (0), 1, TRUE },
  /* PROTOCOL.md 7.4, 7.7 */
  { "over", "[\"a\"," P (1) "]", 1, FALSE },
  { "of-none", "[\"a\"," P (0) "]", 0, FALSE },
  { "nested-over", "[\"a\",{\"b\":[[{\"c\":" P (2) "}]]}]", 2, FALSE },
  { "splice", "[{\"_placeholder\":true,\"num\":\"splice\"}]", 1, FALSE },
  { "missing", "[{\"_placeholder\":true}]", 1, FALSE },
  { "negative", "[" P (-1) "]", 1, FALSE },
  { "fraction", "[" P (0.5) "]", 1, FALSE },
  { "huge", "[" P (99999999999999999999) "]", 1, FALSE },
  { "null", "[" P (null) "]", 1, FALSE },
  { "array-num", "[" P ([0]) "]", 1, FALSE },
  { "object-num", "[{\"_placeholder\":true,\"num\":{\"num\":0}}]", 1, FALSE },
  { "num-replaced", "[{\"_placeholder\":true,\"num\":0,\"num\":{}}]", 1, FALSE },
  { "escaped-key", "[{\"_placeholde\\u0072\":true,\"num\":5}]", 1, FALSE },
  { "after-nested", "[{\"x\":{\"num\":0},\"_placeholder\":true}]", 1, FALSE },
  { "with-more", "[{\"x\":[1],\"_placeholder\":true,\"num\":1}]", 1, FALSE },
  /* the user's own */
  { "false", "[{\"_placeholder\":false,\"num\":9}]", 1, TRUE },
  { "one-is-not-true", "[{\"_placeholder\":1,\"num\":9}]", 1, TRUE },
  { "string-true", "[{\"_placeholder\":\"true\",\"num\":9}]", 1, TRUE },
  { "other-key", "[{\"placeholder\":true,\"num\":9}]", 1, TRUE },
  { "in-string", "[\"{\\\"_placeholder\\\":true,\\\"num\\\":9}\"]", 1, TRUE },
  { "object-placeholder", "[{\"_placeholder\":{\"a\":true},\"num\":9}]", 1, TRUE },
  { "taken-back", "[{\"_placeholder\":true,\"_placeholder\":false,\"num\":9}]", 1, TRUE },
  { "split", "[{\"_placeholder\":true,\"num\":0,\"x\":{\"num\":9}},{\"num\":9}]", 1, TRUE },
};

static void
test_check (gconstpointer data)
{
  gsize i = (gsize) GPOINTER_TO_UINT (data), len = strlen (checks[i].json);

  for (gsize cut = 0; cut < len; cut++)
    {
      g_autofree char *exact = g_memdup2 (checks[i].json, cut);

      g_assert_false (sky_sio_attach_check (exact, cut, checks[i].n_attachments));
    }
  g_assert_cmpint (sky_sio_attach_check (checks[i].json, len, checks[i].n_attachments), ==,
                   checks[i].right);
}

/* What a person writes, what is sent, and the attachments in hex. */
static const struct
{
  const char *name, *written, *sent;
  const char *attachments[3];
} lifts[] = {
  { "nothing", " [\"a\", 1.0, -0, {\"a\":1,\"a\":2}] ", " [\"a\", 1.0, -0, {\"a\":1,\"a\":2}] " },
  { "one", "[\"a\",{\"$bin\":\"AQIDBA==\"}]", "[\"a\"," P (0) "]", { "\x01\x02\x03\x04" } },
  { "empty", "[{\"$bin\":\"\"}]", "[" P (0) "]", { "" } },
  { "spaced", "[ { \"$bin\" : \"YQ==\" } , 1 ]", "[ " P (0) " , 1 ]", { "a" } },
  { "order",
    "[{\"x\":{\"$bin\":\"YQ==\"},\"y\":[{\"$bin\":\"Yg==\"}]},{\"$bin\":\"Yw==\"}]",
    "[{\"x\":" P (0) ",\"y\":[" P (1) "]}," P (2) "]",
    { "a", "b", "c" } },
  { "outermost", "{\"$bin\":\"YQ==\"}", P (0), { "a" } },
  { "escaped", "[{\"$\\u0062in\":\"YQ\\u003d=\"}]", "[" P (0) "]", { "a" } },
  { "two-keys", "[{\"$bin\":\"YQ==\",\"x\":1}]", "[{\"$bin\":\"YQ==\",\"x\":1}]" },
  { "same-key-twice", "[{\"$bin\":\"YQ==\",\"$bin\":\"YQ==\"}]",
    "[{\"$bin\":\"YQ==\",\"$bin\":\"YQ==\"}]" },
  { "no-string", "[{\"$bin\":1},{\"$bin\":[\"YQ==\"]},{\"$bin\":null}]",
    "[{\"$bin\":1},{\"$bin\":[\"YQ==\"]},{\"$bin\":null}]" },
  { "in-bin", "[{\"$bin\":{\"$bin\":\"YQ==\"}}]", "[{\"$bin\":" P (0) "}]", { "a" } },
  { "in-string", "[\"{\\\"$bin\\\":\\\"YQ==\\\"}\"]", "[\"{\\\"$bin\\\":\\\"YQ==\\\"}\"]" },
};

static void
test_lift (gconstpointer data)
{
  gsize i = (gsize) GPOINTER_TO_UINT (data), n = 0;
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GError) error = NULL;
  g_autofree char *exact = g_memdup2 (lifts[i].written, strlen (lifts[i].written));
  g_autofree char *sent
      = sky_sio_attach_lift (exact, strlen (lifts[i].written), attachments, &error);
  g_autofree char *back = NULL, *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (sent, ==, lifts[i].sent);
  while (n < 3 && lifts[i].attachments[n] != NULL)
    n++;
  g_assert_cmpuint (attachments->len, ==, n);
  for (gsize k = 0; k < n; k++)
    {
      gsize len;
      const void *octets = g_bytes_get_data (g_ptr_array_index (attachments, k), &len);

      g_assert_cmpmem (octets, len, lifts[i].attachments[k], strlen (lifts[i].attachments[k]));
    }
  g_assert_true (sky_sio_attach_check (sent, strlen (sent), (guint) n));
  /* There and back again, but for the spelling of what was lifted. */
  back = sky_sio_attach_lower (sent, strlen (sent), attachments);
  g_ptr_array_set_size (attachments, 0);
  again = sky_sio_attach_lift (back, strlen (back), attachments, &error);
  g_assert_cmpstr (again, ==, sent);
  g_assert_cmpuint (attachments->len, ==, n);
}

static void
test_lift_errors (void)
{
  static const struct
  {
    const char *json, *named;
    GQuark (*domain) (void);
    int code;
  } rows[] = {
    { "[\"a\",{\"$bin\":\"AQ\"}]", "[1]", sky_sio_error_quark, SKY_SIO_ERROR_BASE64 },
    { "[\"a\",[1,2],{\"b\":[1,2,{\"$bin\":\"A-_=\"}]}]", "[2]", sky_sio_error_quark,
      SKY_SIO_ERROR_BASE64 },
    { "[{\"$bin\":\"AQ==\"},{\"$bin\":\"AR==\"}]", "[1]", sky_sio_error_quark,
      SKY_SIO_ERROR_BASE64 },
    { "{\"$bin\":\"!\"}", "[0]", sky_sio_error_quark, SKY_SIO_ERROR_BASE64 },
    { "[{\"$bin\":\"AQ==\"}", "", sky_json_error_quark, SKY_JSON_ERROR_TRUNCATED },
    { "[x]", "", sky_json_error_quark, SKY_JSON_ERROR_SYNTAX },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GPtrArray) attachments
          = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
      g_autoptr(GError) error = NULL;

      g_ptr_array_add (attachments, g_bytes_new (NULL, 0));
      g_assert_null (
          sky_sio_attach_lift (rows[i].json, strlen (rows[i].json), attachments, &error));
      g_assert_error (error, rows[i].domain (), rows[i].code);
      g_assert_nonnull (strstr (error->message, rows[i].named));
      g_assert_cmpuint (attachments->len, ==, 1);
    }
}

/* Numbers go on where the array that is given ends. */
static void
test_lift_appends (void)
{
  static const char json[] = "[{\"$bin\":\"YQ==\"}]";
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *first = sky_sio_attach_lift (json, strlen (json), attachments, NULL);
  g_autofree char *second = sky_sio_attach_lift (json, strlen (json), attachments, NULL);

  g_assert_cmpstr (first, ==, "[" P (0) "]");
  g_assert_cmpstr (second, ==, "[" P (1) "]");
  g_assert_cmpuint (attachments->len, ==, 2);
}

static void
test_lower (void)
{
  static const struct
  {
    const char *json, *shown;
  } rows[] = {
    { "[\"a\", " P (0) " ,1.0]", "[\"a\", {\"$bin\":\"YQ==\"} ,1.0]" },
    { "[" P (1) "," P (0) "," P (1) "]", "[{\"$bin\":\"\"},{\"$bin\":\"YQ==\"},{\"$bin\":\"\"}]" },
    { "[" P (2) "," P (0) "]", "[" P (2) ",{\"$bin\":\"YQ==\"}]" },
    { "[{\"_placeholder\":true,\"num\":\"splice\"}]",
      "[{\"_placeholder\":true,\"num\":\"splice\"}]" },
    { "[{\"_placeholder\":false,\"num\":0}]", "[{\"_placeholder\":false,\"num\":0}]" },
    /* a receiver takes no notice of the other keys, and of what is in them */
    { "[1,{\"x\":[" P (0) "],\"_placeholder\":true,\"num\":0},2]", "[1,{\"$bin\":\"YQ==\"},2]" },
    { "[" P (0) ",{\"x\":" P (0) ",\"_placeholder\":true,\"num\":1}," P (0) "]",
      "[{\"$bin\":\"YQ==\"},{\"$bin\":\"\"},{\"$bin\":\"YQ==\"}]" },
    { "[" P (0), "[" P (0) },
    { "", "" },
  };
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_ptr_array_add (attachments, g_bytes_new ("a", 1));
  g_ptr_array_add (attachments, g_bytes_new (NULL, 0));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *exact = g_memdup2 (rows[i].json, strlen (rows[i].json));
      g_autofree char *shown = sky_sio_attach_lower (exact, strlen (rows[i].json), attachments);

      g_assert_cmpstr (shown, ==, rows[i].shown);
    }
}

/* At any depth, and in time that grows as the text does. */
static void
test_deep_and_wide (void)
{
  g_autoptr(GPtrArray) attachments
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GError) error = NULL;
  GString *json = g_string_new (NULL);
  g_autofree char *sent = NULL, *back = NULL;

  for (guint i = 0; i < SKY_JSON_MAX_DEPTH - 2; i++)
    g_string_append (json, "[");
  for (guint i = 0; i < 20000; i++)
    g_string_append (json, "{\"$bin\":\"YQ==\"},");
  g_string_append (json, "0");
  for (guint i = 0; i < SKY_JSON_MAX_DEPTH - 2; i++)
    g_string_append (json, "]");
  sent = sky_sio_attach_lift (json->str, json->len, attachments, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (attachments->len, ==, 20000);
  g_assert_true (sky_sio_attach_check (sent, strlen (sent), 20000));
  g_assert_false (sky_sio_attach_check (sent, strlen (sent), 19999));
  back = sky_sio_attach_lower (sent, strlen (sent), attachments);
  g_assert_cmpstr (back, ==, json->str);
  g_string_free (json, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autofree char *path = g_strconcat ("/sio-attach/check/", checks[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_check);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lifts); i++)
    {
      g_autofree char *path = g_strconcat ("/sio-attach/lift/", lifts[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_lift);
    }
  g_test_add_func ("/sio-attach/lift-errors", test_lift_errors);
  g_test_add_func ("/sio-attach/lift-appends", test_lift_appends);
  g_test_add_func ("/sio-attach/lower", test_lower);
  g_test_add_func ("/sio-attach/deep-and-wide", test_deep_and_wide);
  return g_test_run ();
}

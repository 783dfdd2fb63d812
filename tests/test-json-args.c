#include <string.h>

#include "ui/parts/json-args.h"

typedef struct
{
  const char *name, *text;
  guint       n_args, n_files, n_binary;
} Right;

static const Right rights[] = {
  { "none", "", 0 },
  { "space", " \n\t ", 0 },
  { "number", "42", 1 },
  { "three", "{\"room\": \"a\"}, 42, \"text\"", 3 },
  { "lines", "[1,\n 2],\n\n null\n", 2 },
  { "commas-within", "\"a,b\", [1,2,3], {\"a\":1,\"b\":2}", 3 },
  { "file", "{\"$file\":\"/tmp/cat.png\"}", 1, .n_files = 1 },
  { "file-deep", "{\"a\":[{ \"$file\" : \"x\" }, {\"$file\":\"y\"}]}, 1", 2, .n_files = 2 },
  { "file-in-string", "\"{\\\"$file\\\":\\\"x\\\"}\"", 1 },
  { "file-and-more", "{\"$file\":\"x\",\"b\":1}", 1 },
  { "file-no-string", "{\"$file\":1}", 1 },
  { "file-as-value", "[\"$file\"]", 1 },
  { "binary", "{\"$bin\":\"AAE=\"}, {\"$bin\":\"\"}", 2, .n_binary = 2 },
};

static void
test_right (gconstpointer data)
{
  const Right *v = data;
  g_auto(SkyJsonArgs) args = { 0 };

  g_assert_true (sky_json_args_check (v->text, &args));
  g_assert_null (args.problem);
  g_assert_cmpuint (args.n_args, ==, v->n_args);
  g_assert_cmpuint (args.n_files, ==, v->n_files);
  g_assert_cmpuint (args.n_binary, ==, v->n_binary);
}

typedef struct
{
  const char *name, *text;
  gsize       pos;
  guint       line, column;
  const char *says; /* a part of the sentence; NULL: any */
} Wrong;

static const Wrong wrongs[] = {
  { "bare-word", "hello world", 0, 1, 1, "double quotes: \"hello\"" },
  { "bare-second", "1,\n  grün", 5, 2, 3, "double quotes: \"grün\"" },
  { "bare-true", "True", 0, 1, 1, "double quotes" },
  { "bare-key", "{a: 1}", 1, 1, 2, "Keys" },
  { "single-quotes", "'a'", 0, 1, 1, "double quotes" },
  { "trailing-comma", "1, ", 1, 1, 2, "comma" },
  { "two-commas", "1,,2", 2, 1, 3, "before this comma" },
  { "first-comma", ", 1", 0, 1, 1, NULL },
  { "no-comma", "1 2", 2, 1, 3, "comma is missing" },
  { "bracket", "1]", 1, 1, 2, "closes nothing" },
  { "brace", "1},2", 1, 1, 2, "closes nothing" },
  { "array-open", "[1, 2", 5, 1, 6, "within an array" },
  { "object-open", "{\"a\":", 5, 1, 6, "within an object" },
  { "string-open", "\"abc", 4, 1, 5, "within a string" },
  { "after-umlaut", "\"äö\",\n\"ü\" x", 13, 2, 5, "comma is missing" },
  { "zero", "01", 0, 1, 1, NULL },
  { "no-base64", "{\"$bin\":\"A\"}", 8, 1, 9, "base64" },
};

static void
test_wrong (gconstpointer data)
{
  const Wrong *v = data;
  g_auto(SkyJsonArgs) args = { 0 };
  guint line, column;

  g_assert_false (sky_json_args_check (v->text, &args));
  g_assert_nonnull (args.problem);
  if (v->says != NULL)
    g_assert_nonnull (strstr (args.problem, v->says));
  g_assert_cmpuint (args.error_pos, ==, v->pos);
  sky_text_place (v->text, args.error_pos, &line, &column);
  g_assert_cmpuint (line, ==, v->line);
  g_assert_cmpuint (column, ==, v->column);
}

/* Whoever types goes through every beginning of what is right in the end. */
static void
test_cuts (void)
{
  static const char text[]
      = "{\"$file\":\"/a\"}, [\"$bin\", {\"$bin\":\"AAE=\"}], \"\\u00e9\\\\\", -1.5e3";

  for (gsize cut = 0; cut < sizeof text; cut++)
    {
      g_autofree char *part = g_strndup (text, cut);
      g_auto(SkyJsonArgs) args = { 0 };

      if (!sky_json_args_check (part, &args))
        g_assert_cmpuint (args.error_pos, <=, cut);
      else
        {
          g_autofree char *preview = sky_json_args_preview ("/", "e", part, FALSE);

          g_assert_true (g_utf8_validate (preview, -1, NULL));
        }
    }
}

static void
test_put_files (void)
{
  static const char text[] = "1, {\"$file\":\"/a\\\"b\"}, [{ \"$file\" : \"c\" }]";
  g_autoptr(GArray) files = sky_json_args_files (text);
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *put = NULL;

  g_assert_cmpuint (files->len, ==, 2);
  g_assert_cmpstr (g_array_index (files, SkyJsonFile, 0).path, ==, "/a\"b");
  g_assert_cmpstr (g_array_index (files, SkyJsonFile, 1).path, ==, "c");
  g_ptr_array_add (contents, g_bytes_new_static ("\0\1", 2));
  g_ptr_array_add (contents, g_bytes_new_static ("", 0));
  put = sky_json_args_put_files (text, files, contents);
  g_assert_cmpstr (put, ==, "1, {\"$bin\":\"AAE=\"}, [{\"$bin\":\"\"}]");
}

static void
test_file_token (void)
{
  g_autofree char *token = sky_json_args_file_token ("/tmp/a \"b\".png");
  g_autoptr(GArray) files = sky_json_args_files (token);

  g_assert_cmpuint (files->len, ==, 1);
  g_assert_cmpstr (g_array_index (files, SkyJsonFile, 0).path, ==, "/tmp/a \"b\".png");
}

static void
test_preview (void)
{
  static const struct
  {
    const char *nsp, *event, *text;
    gboolean    ask;
    const char *shown;
  } previews[] = {
    { "/", "hi", "", FALSE, "42[\"hi\"]" },
    { "/chat", "chat message", "{\"from\": \"me\"} ", FALSE,
      "42/chat,[\"chat message\",{\"from\":\"me\"}]" },
    { "/chat", "a\"b", "1,\n 2", TRUE, "42/chat,‹id›[\"a\\\"b\",1,2]" },
    { "/", "f", "{\"$file\":\"/x\"}, 1, {\"$bin\":\"AAE=\"}", FALSE,
      "452-[\"f\",{\"_placeholder\":true,\"num\":0},1,{\"_placeholder\":true,\"num\":1}]" },
  };
  g_autoptr(GString) lengthy = g_string_new ("\"");
  g_autofree char *cut = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (previews); i++)
    {
      g_autofree char *shown = sky_json_args_preview (previews[i].nsp, previews[i].event,
                                                      previews[i].text, previews[i].ask);

      g_assert_cmpstr (shown, ==, previews[i].shown);
    }
  for (guint i = 0; i < 2000; i++)
    g_string_append (lengthy, "ü");
  g_string_append_c (lengthy, '"');
  cut = sky_json_args_preview ("/", "e", lengthy->str, FALSE);
  g_assert_true (g_utf8_validate (cut, -1, NULL));
  g_assert_cmpuint (strlen (cut), <, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rights); i++)
    {
      g_autofree char *path = g_strconcat ("/json-args/right/", rights[i].name, NULL);

      g_test_add_data_func (path, &rights[i], test_right);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *path = g_strconcat ("/json-args/wrong/", wrongs[i].name, NULL);

      g_test_add_data_func (path, &wrongs[i], test_wrong);
    }
  g_test_add_func ("/json-args/cuts", test_cuts);
  g_test_add_func ("/json-args/put-files", test_put_files);
  g_test_add_func ("/json-args/file-token", test_file_token);
  g_test_add_func ("/json-args/preview", test_preview);
  return g_test_run ();
}

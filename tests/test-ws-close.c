#include <string.h>

#include "base/hex.h"
#include "ws/ws-close.h"

typedef struct
{
  const char *name, *wire;
  guint       code;
  const char *reason;
  guint32     faults;
} Vector;

static const Vector vectors[] = {
  { "empty", "", SKY_WS_CLOSE_NO_STATUS, "" },
  { "one-byte", "03", SKY_WS_CLOSE_NO_STATUS, "", SKY_WS_FAULT_CLOSE_LENGTH },
  { "normal", "03e8", 1000, "" },
  { "going-away", "03e9627965", 1001, "bye" },
  { "astral-reason", "03e8f09f8e89", 1000, "🎉" },
  { "private", "0fa06f6b", 4000, "ok" },
  { "zero", "0000", 0, "", SKY_WS_FAULT_CLOSE_CODE },
  { "no-status", "03ed", 1005, "", SKY_WS_FAULT_CLOSE_CODE },
  { "abnormal", "03ee78", 1006, "x", SKY_WS_FAULT_CLOSE_CODE },
  { "most", "ffff", 65535, "", SKY_WS_FAULT_CLOSE_CODE },
  { "latin-1-reason", "03e8e9", 1000, "\xe9", SKY_WS_FAULT_UTF8 },
  { "cut-character", "03e861e282", 1000, "a\xe2\x82", SKY_WS_FAULT_UTF8 },
  { "both", "03eec0af", 1006, "\xc0\xaf", SKY_WS_FAULT_CLOSE_CODE | SKY_WS_FAULT_UTF8 },
};

static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize len = g_bytes_get_size (wire);
  g_autofree guint8 *payload = g_memdup2 (g_bytes_get_data (wire, NULL), len);
  SkyWsClose close;

  sky_ws_close_decode (payload, len, &close);
  g_assert_cmpuint (close.code, ==, v->code);
  g_assert_cmphex (close.faults, ==, v->faults);
  g_assert_cmpuint (close.reason_start + close.reason_len, ==, len);
  if (close.reason_len > 0)
    g_assert_cmpmem (payload + close.reason_start, close.reason_len, v->reason, strlen (v->reason));
  else
    g_assert_cmpstr (v->reason, ==, "");
}

/* No cut of a body is read past its end; the code is there from two bytes on. */
static void
test_cuts (void)
{
  static const guint8 wire[] = { 0x03, 0xe8, 0xf0, 0x9f, 0x8e, 0x89 };

  for (gsize cut = 0; cut <= sizeof wire; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (wire, cut);
      SkyWsClose close;

      sky_ws_close_decode (part, cut, &close);
      g_assert_cmpuint (close.code, ==, cut < 2 ? SKY_WS_CLOSE_NO_STATUS : 1000);
      g_assert_cmphex (close.faults, ==,
                       cut == 1              ? SKY_WS_FAULT_CLOSE_LENGTH
                       : cut > 2 && cut < 6 ? SKY_WS_FAULT_UTF8
                                             : 0);
    }
}

/* The edges of every range, and what must not be sent between them. */
static void
test_valid (void)
{
  static const guint valid[] = { 1000, 1001, 1002, 1003, 1007, 1011, 1012, 1014,
                                 3000, 3001, 3999, 4000, 4999 };
  static const guint invalid[] = { 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000,
                                   2999, 5000, 65535, G_MAXUINT };

  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    g_assert_true (sky_ws_close_code_valid (valid[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (invalid); i++)
    g_assert_false (sky_ws_close_code_valid (invalid[i]));
}

static void
test_words (void)
{
  for (guint code = 0; code < 66000; code++)
    {
      g_assert_cmpstr (sky_ws_close_code_name (code), !=, "");
      g_assert_true (g_str_has_suffix (sky_ws_close_code_meaning (code), "."));
    }
  g_assert_cmpstr (sky_ws_close_code_name (1000), ==, "Normal Closure");
  g_assert_cmpstr (sky_ws_close_code_name (1006), ==, "Abnormal Closure");
  g_assert_cmpstr (sky_ws_close_code_name (3000), ==, "Unauthorized");
  g_assert_cmpstr (sky_ws_close_code_name (3001), ==, "Library or Framework");
  g_assert_cmpstr (sky_ws_close_code_name (4999), ==, "Private Use");
  g_assert_cmpstr (sky_ws_close_code_name (5000), ==, "Out of Range");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ws-close/decode/%s", vectors[i].name);

      g_test_add_data_func (path, &vectors[i], test_decode);
    }
  g_test_add_func ("/ws-close/cuts", test_cuts);
  g_test_add_func ("/ws-close/valid", test_valid);
  g_test_add_func ("/ws-close/words", test_words);
  return g_test_run ();
}

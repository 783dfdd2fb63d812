#include "ui/compose/binary-text.h"

#include "base/hex.h"

typedef struct
{
  const char     *name;
  SkyBinaryFormat format;
  const char     *text;
  const char     *bytes; /* in hexadecimal; NULL: it is wrong */
  gsize           error_pos;
} Vector;

static const Vector vectors[] = {
  { "hex-empty", SKY_BINARY_HEX, "", "" },
  { "hex", SKY_BINARY_HEX, "00 fF\n2a", "00ff2a" },
  { "hex-split-digits", SKY_BINARY_HEX, "0 0f f", "00ff" },
  { "hex-odd", SKY_BINARY_HEX, "00 f ", NULL, 3 },
  { "hex-letter", SKY_BINARY_HEX, "00 fg", NULL, 4 },
  { "hex-umlaut", SKY_BINARY_HEX, "ü", NULL, 0 },
  { "base64-empty", SKY_BINARY_BASE64, " \n", "" },
  { "base64", SKY_BINARY_BASE64, "AP\n8q", "00ff2a" },
  { "base64-padded", SKY_BINARY_BASE64, "AP8=", "00ff" },
  { "base64-short", SKY_BINARY_BASE64, "AP8", NULL, 2 },
  { "base64-after-end", SKY_BINARY_BASE64, "AA==AA==", NULL, 4 },
  { "base64-url", SKY_BINARY_BASE64, "AA-_", NULL, 2 },
  { "base64-loose-bits", SKY_BINARY_BASE64, "AB==", NULL, 3 },
  { "base64-all-padding", SKY_BINARY_BASE64, "====", NULL, 3 },
};

static void
test_parse (gconstpointer data)
{
  const Vector *v = data;
  const char *problem = NULL;
  gsize error_pos = 0;
  g_autoptr(GBytes) bytes = sky_binary_text_parse (v->text, v->format, &error_pos, &problem);
  g_autoptr(GBytes) expected = v->bytes != NULL ? sky_hex_parse (v->bytes) : NULL;

  if (expected == NULL)
    {
      g_assert_null (bytes);
      g_assert_nonnull (problem);
      g_assert_cmpuint (error_pos, ==, v->error_pos);
      return;
    }
  g_assert_nonnull (bytes);
  g_assert_true (g_bytes_equal (bytes, expected));
}

static void
test_round (void)
{
  for (gsize len = 0; len < 300; len += 7)
    {
      g_autofree guint8 *data = g_malloc (len + 1);
      g_autoptr(GBytes) bytes = NULL;

      for (gsize i = 0; i < len; i++)
        data[i] = (guint8) (i * 37);
      bytes = g_bytes_new (data, len);
      for (int format = SKY_BINARY_HEX; format <= SKY_BINARY_BASE64; format++)
        {
          const char *problem;
          gsize error_pos;
          g_autofree char *text = sky_binary_text_format (bytes, format);
          g_autoptr(GBytes) back = sky_binary_text_parse (text, format, &error_pos, &problem);

          g_assert_nonnull (back);
          g_assert_true (g_bytes_equal (back, bytes));
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/binary-text/parse/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_parse);
    }
  g_test_add_func ("/binary-text/round", test_round);
  return g_test_run ();
}

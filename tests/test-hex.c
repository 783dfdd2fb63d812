#include "base/hex.h"

#include <string.h>

static void
test_parse (void)
{
  static const struct
  {
    const char *text, *octets;
    gsize       len;
    gboolean    ok;
  } rows[] = {
    { "", "", 0, TRUE },
    { " \n\t", "", 0, TRUE },
    { "00ff", "\x00\xff", 2, TRUE },
    { "aB Cd\n09", "\xab\xcd\x09", 3, TRUE },
    { " 7f ", "\x7f", 1, TRUE },
    { "0", NULL, 0, FALSE },
    { "000", NULL, 0, FALSE },
    { "0 0", NULL, 0, FALSE },
    { "0x00", NULL, 0, FALSE },
    { "0g", NULL, 0, FALSE },
    { "é", NULL, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *exact = g_strdup (rows[i].text);
      g_autoptr(GBytes) bytes = sky_hex_parse (exact);
      gsize len;

      g_assert_cmpint (bytes != NULL, ==, rows[i].ok);
      if (bytes != NULL)
        {
          const guint8 *octets = g_bytes_get_data (bytes, &len);

          g_assert_cmpmem (octets, len, rows[i].octets, rows[i].len);
        }
    }
}

static void
test_format (void)
{
  static const guint8 octets[] = { 0x00, 0x0a, 0xff };
  g_autofree char *tight = sky_hex_format (octets, 3, "");
  g_autofree char *loose = sky_hex_format (octets, 3, " ");
  g_autofree char *wide = sky_hex_format (octets, 3, ", ");
  g_autofree char *one = sky_hex_format (octets, 1, " ");
  g_autofree char *none = sky_hex_format (NULL, 0, " ");

  g_assert_cmpstr (tight, ==, "000aff");
  g_assert_cmpstr (loose, ==, "00 0a ff");
  g_assert_cmpstr (wide, ==, "00, 0a, ff");
  g_assert_cmpstr (one, ==, "00");
  g_assert_cmpstr (none, ==, "");
}

static void
test_printable (void)
{
  static const struct
  {
    const char *octets;
    gsize       len, max_len;
    const char *text;
  } rows[] = {
    { "", 0, 10, "" },
    { "abc", 3, 3, "abc" },
    { "abc", 3, 2, "ab…" },
    { "abc", 3, 0, "…" },
    { "a\0b\r\n\t\x7f", 7, 99, "a·b····" },
    { "é😀", 6, 99, "é😀" },
    { "é😀", 6, 3, "é😀" },  /* a character that begins is shown whole */
    { "é😀x", 7, 3, "é😀…" },
    { "\xc3", 1, 99, "·" },
    { "\xf0\x9f\x98", 3, 99, "···" },
    { "\xff\xed\xa0\x80.", 5, 99, "····." },
    { "a\xe2\x80\xa8" "b\xe2\x80\xa9" "c\xc2\x85" "d", 12, 99, "a·b·c·d" },  /* line breaks, too */
    { "a\xe2\x80\xae" "b", 5, 99, "a·b" },  /* turns the text around */
    { "👩‍💻", 11, 99, "👩‍💻" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree guint8 *exact = g_memdup2 (rows[i].octets, rows[i].len);
      g_autofree char *text = sky_hex_printable (exact, rows[i].len, rows[i].max_len);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

/* Whatever comes in, what goes to a label is UTF-8 on one line. */
static void
test_printable_any (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      guint8 octets[24];
      g_autofree char *text = NULL;

      for (guint n = 0; n < sizeof octets; n++)
        octets[n] = (guint8) g_test_rand_int_range (n % 3 == 0 ? 0xe0 : 0, 256);
      text = sky_hex_printable (octets, sizeof octets, sizeof octets);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_null (strpbrk (text, "\r\n"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hex/parse", test_parse);
  g_test_add_func ("/hex/format", test_format);
  g_test_add_func ("/hex/printable", test_printable);
  g_test_add_func ("/hex/printable-any", test_printable_any);
  return g_test_run ();
}

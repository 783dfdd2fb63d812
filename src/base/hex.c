#include "base/hex.h"

/**
 * sky_hex_parse:
 * @text: hexadecimal digits; white space between octets is skipped
 *
 * Returns: (nullable) (transfer full): the octets, or %NULL if @text is not hexadecimal
 */
GBytes *
sky_hex_parse (const char *text)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  while (*text != '\0')
    {
      if (g_ascii_isspace (*text))
        {
          text++;
          continue;
        }
      if (!g_ascii_isxdigit (text[0]) || !g_ascii_isxdigit (text[1]))
        return NULL;
      g_byte_array_append (bytes,
                           &(guint8) { g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]) },
                           1);
      text += 2;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * sky_hex_format:
 * @len: bytes
 * @separator: what stands between two octets, "" for nothing
 *
 * Returns: (transfer full): lower-case digits
 */
char *
sky_hex_format (const guint8 *data, gsize len, const char *separator)
{
  GString *text = g_string_sized_new (len * 3 + 1);

  for (gsize i = 0; i < len; i++)
    g_string_append_printf (text, "%s%02x", i > 0 ? separator : "", data[i]);
  return g_string_free (text, FALSE);
}

/**
 * sky_hex_printable:
 * @max_len: bytes of @data to look at; an ellipsis stands for the rest
 *
 * Puts bytes that may be anything on one line: UTF-8 stays, control characters and broken
 * sequences become a middle dot.
 *
 * Returns: (transfer full): valid UTF-8 without line breaks
 */
char *
sky_hex_printable (const guint8 *data, gsize len, gsize max_len)
{
  GString *text = g_string_new (NULL);
  gsize shown = MIN (len, max_len), i = 0;

  while (i < shown)
    {
      gunichar c = g_utf8_get_char_validated ((const char *) data + i, (gssize) (len - i));
      gboolean whole = c < (gunichar) -2;

      if (whole && g_unichar_isprint (c))
        g_string_append_unichar (text, c);
      else
        g_string_append (text, "·");
      i += whole ? (gsize) g_unichar_to_utf8 (c, NULL) : 1;
    }
  if (i < len)
    g_string_append (text, "…");
  return g_string_free (text, FALSE);
}

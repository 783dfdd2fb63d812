#include "base/hex.h"

#include <string.h>

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
      guint8 octet;

      if (g_ascii_isspace (*text))
        {
          text++;
          continue;
        }
      if (!g_ascii_isxdigit (text[0]) || !g_ascii_isxdigit (text[1]))
        return NULL;
      octet = (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
      g_byte_array_append (bytes, &octet, 1);
      text += 2;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * sky_hex_format:
 * @data: (array length=len) (nullable): any octets
 * @len: bytes
 * @separator: what stands between two octets, "" for nothing
 *
 * Returns: (transfer full): lower-case digits
 */
char *
sky_hex_format (const guint8 *data, gsize len, const char *separator)
{
  static const char digits[] = "0123456789abcdef";
  gsize separator_len = strlen (separator);
  GString *text = g_string_sized_new (len * (2 + separator_len) + 1);

  for (gsize i = 0; i < len; i++)
    {
      const char octet[2] = { digits[data[i] >> 4], digits[data[i] & 15] };

      if (i > 0)
        g_string_append_len (text, separator, (gssize) separator_len);
      g_string_append_len (text, octet, 2);
    }
  return g_string_free (text, FALSE);
}

/* U+200D joins what emoji are made of; two Unicode line breaks are printable to GLib. */
static gboolean
stays (gunichar c)
{
  return c == 0x200d || (g_unichar_isprint (c) && c != 0x2028 && c != 0x2029);
}

/**
 * sky_hex_printable:
 * @data: (array length=len) (nullable): any octets
 * @len: bytes
 * @max_len: bytes of @data to look at; an ellipsis stands for the rest, and a
 *   character that begins among them is shown whole
 *
 * Puts bytes that may be anything on one line: UTF-8 stays, control characters, what turns
 * the direction of text, and broken sequences become a middle dot.
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

      if (whole && stays (c))
        g_string_append_unichar (text, c);
      else
        g_string_append (text, "·");
      i += whole ? (gsize) g_unichar_to_utf8 (c, NULL) : 1;
    }
  if (i < len)
    g_string_append (text, "…");
  return g_string_free (text, FALSE);
}

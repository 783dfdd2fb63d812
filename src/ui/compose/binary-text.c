#include "ui/compose/binary-text.h"

#include <glib/gi18n-lib.h>

#include "base/base64.h"
#include "base/hex.h"

#define N_HEX_PER_LINE    32 /* octets */
#define N_BASE64_PER_LINE 76 /* characters */

static gboolean
fail (gsize pos, const char *message, gsize *error_pos, const char **problem)
{
  *error_pos = pos;
  *problem = message;
  return FALSE;
}

static gboolean
parse_hex (const char *text, GByteArray *out, gsize *error_pos, const char **problem)
{
  gsize pending_at = 0;
  int pending = -1;

  for (gsize i = 0; text[i] != '\0'; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (g_ascii_isspace (text[i]))
        continue;
      if (digit < 0)
        return fail (i, _("Hexadecimal has only the digits 0–9 and a–f"), error_pos, problem);
      if (pending < 0)
        {
          pending = digit;
          pending_at = i;
          continue;
        }
      g_byte_array_append (out, &(guint8) { (guint8) (pending << 4 | digit) }, 1);
      pending = -1;
    }
  if (pending >= 0)
    return fail (pending_at, _("A byte needs two digits: this one stands alone"), error_pos,
                 problem);
  return TRUE;
}

/* RFC 4648 §4, with white space anywhere. */
static gboolean
parse_base64 (const char *text, GByteArray *out, gsize *error_pos, const char **problem)
{
  g_autoptr(GString) digits = g_string_new (NULL);
  gsize last = 0, n, padding = 0;
  g_autofree guchar *octets = NULL;

  for (gsize i = 0; text[i] != '\0'; i++)
    {
      if (g_ascii_isspace (text[i]))
        continue;
      last = i;
      if (text[i] == '=')
        padding++;
      else if (padding > 0)
        return fail (i, _("Nothing can follow the = at the end"), error_pos, problem);
      else if (sky_base64_value (text[i]) < 0)
        return fail (i, _("Base64 has only letters, digits, + and /"), error_pos, problem);
      g_string_append_c (digits, text[i]);
    }
  if (digits->len == 0)
    return TRUE;
  if (digits->len % 4 != 0)
    return fail (last, _("Base64 comes in groups of four: the last one is not whole"), error_pos,
                 problem);
  if (!sky_base64_valid (digits->str, digits->len))
    return fail (last, _("The last group is no base64"), error_pos, problem);
  octets = g_base64_decode (digits->str, &n);
  g_byte_array_append (out, octets, (guint) n);
  return TRUE;
}

/**
 * sky_binary_text_parse:
 * @text: digits, with white space anywhere
 * @error_pos: (out): where it is wrong, in bytes; set only on failure
 * @problem: (out) (transfer none): what is wrong, in a sentence; set only on failure
 *
 * Returns: (nullable) (transfer full): the bytes; none for an empty text
 */
GBytes *
sky_binary_text_parse (const char *text, SkyBinaryFormat format, gsize *error_pos,
                       const char **problem)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();
  gboolean ok = FALSE;

  switch (format)
    {
    case SKY_BINARY_HEX:
      ok = parse_hex (text, out, error_pos, problem);
      break;
    case SKY_BINARY_BASE64:
      ok = parse_base64 (text, out, error_pos, problem);
      break;
    }
  return ok ? g_byte_array_free_to_bytes (g_steal_pointer (&out)) : NULL;
}

static char *
format_hex (const guint8 *data, gsize len)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; i < len; i += N_HEX_PER_LINE)
    {
      g_autofree char *line = sky_hex_format (data + i, MIN (len - i, N_HEX_PER_LINE), " ");

      g_string_append (out, i > 0 ? "\n" : "");
      g_string_append (out, line);
    }
  return g_string_free (out, FALSE);
}

/**
 * sky_binary_text_format:
 *
 * Returns: (transfer full): the bytes written down, in lines
 */
char *
sky_binary_text_format (GBytes *bytes, SkyBinaryFormat format)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_autofree char *base64 = NULL;
  GString *out;

  if (format == SKY_BINARY_HEX || len == 0)
    return format_hex (data, len);
  base64 = g_base64_encode (data, len);
  out = g_string_new (base64);
  for (gsize at = N_BASE64_PER_LINE; at < out->len; at += N_BASE64_PER_LINE + 1)
    g_string_insert_c (out, (gssize) at, '\n');
  return g_string_free (out, FALSE);
}

#pragma once

#include <glib.h>

/* Returns: what @c stands for in base64 (RFC 4648 §4), or -1 if nothing */
static inline int
sky_base64_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/**
 * sky_base64_valid:
 * @len: bytes
 *
 * g_base64_decode() skips what it does not know; here every character counts. RFC 4648 §3, §4:
 * nothing outside the alphabet, padded to a multiple of four, and the unused bits are zero.
 *
 * Returns: whether @text is base64; the empty text is
 */
static inline gboolean
sky_base64_valid (const char *text, gsize len)
{
  gsize n_pad = 0, n_digits;

  if (len % 4 != 0)
    return FALSE;
  while (n_pad < 2 && n_pad < len && text[len - 1 - n_pad] == '=')
    n_pad++;
  n_digits = len - n_pad;
  for (gsize i = 0; i < n_digits; i++)
    if (sky_base64_value (text[i]) < 0)
      return FALSE;
  return n_pad == 0 || (sky_base64_value (text[n_digits - 1]) & (n_pad == 1 ? 3 : 15)) == 0;
}

/* Returns: the number of octets that valid base64 of @len characters stands for */
static inline gsize
sky_base64_decoded_len (const char *text, gsize len)
{
  gsize n_pad = len == 0 ? 0 : (gsize) (text[len - 1] == '=') + (text[len - 2] == '=');

  return len / 4 * 3 - n_pad;
}

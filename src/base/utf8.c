#include "base/utf8.h"

#include <string.h>

/* How many octets the character that begins with @lead has; 0 if none begins so. */
static guint
expected_len (guint8 lead)
{
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead <= 0xdf)
    return 2;
  if (lead >= 0xe0 && lead <= 0xef)
    return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/* Whether @len octets can be the beginning of one character (RFC 3629 §4). */
static gboolean
is_beginning (const guint8 *c, guint len)
{
  if (expected_len (c[0]) < len)
    return FALSE;
  if (len > 1)
    {
      guint8 low = c[0] == 0xe0 ? 0xa0 : c[0] == 0xf0 ? 0x90 : 0x80;
      guint8 high = c[0] == 0xed ? 0x9f : c[0] == 0xf4 ? 0x8f : 0xbf;

      if (c[1] < low || c[1] > high)
        return FALSE;
    }
  for (guint i = 2; i < len; i++)
    if ((c[i] & 0xc0) != 0x80)
      return FALSE;
  return TRUE;
}

/* Most text on the wire is ASCII: eight octets at a time. */
static const guint8 *
skip_ascii (const guint8 *at, const guint8 *end)
{
  guint64 eight;

  for (; end - at >= 8; at += 8)
    {
      memcpy (&eight, at, 8);
      if (eight & G_GUINT64_CONSTANT (0x8080808080808080))
        break;
    }
  return at;
}

/* g_utf8_validate_len() refuses U+0000, which a text may well contain. */
static const guint8 *
skip_valid (const guint8 *at, const guint8 *end)
{
  const char *stop = (const char *) skip_ascii (at, end);

  while (!g_utf8_validate_len (stop, (gsize) ((const char *) end - stop), &stop)
         && stop < (const char *) end && *stop == '\0')
    stop++;
  return (const guint8 *) stop;
}

/**
 * sky_utf8_feed:
 * @data: (array length=len) (nullable): any octets
 * @len: bytes
 *
 * Takes the next piece of a text.
 *
 * Returns: %FALSE as soon as no further octet can make it valid
 */
gboolean
sky_utf8_feed (SkyUtf8 *self, const guint8 *data, gsize len)
{
  const guint8 *at = data, *end = len > 0 ? data + len : data; /* @data may be NULL then */

  while (at < end && !self->broken)
    {
      if (self->n_pending == 0)
        at = skip_valid (at, end);
      if (at == end)
        break;
      self->pending[self->n_pending++] = *at++;
      if (!is_beginning (self->pending, self->n_pending))
        self->broken = TRUE;
      else if (self->n_pending == expected_len (self->pending[0]))
        self->n_pending = 0;
    }
  return !self->broken;
}

/**
 * sky_utf8_end:
 *
 * Returns: whether the text that was fed is valid and ends with a whole character
 */
gboolean
sky_utf8_end (const SkyUtf8 *self)
{
  return !self->broken && self->n_pending == 0;
}

/**
 * sky_utf8_valid:
 * @data: (array length=len) (nullable): any octets
 * @len: bytes
 *
 * Returns: whether all of @data is valid and ends with a whole character; U+0000 is valid
 */
gboolean
sky_utf8_valid (const guint8 *data, gsize len)
{
  return len == 0 || skip_valid (data, data + len) == data + len;
}

/**
 * sky_utf8_fit:
 * @text: (array length=len): any octets
 * @len: bytes
 * @max_len: bytes
 *
 * Returns: bytes of whole characters that @text begins with, @max_len at most; what is no character, or U+0000, ends them
 */
gsize
sky_utf8_fit (const char *text, gsize len, gsize max_len)
{
  const char *end;

  g_utf8_validate_len (text, MIN (len, max_len), &end);
  return (gsize) (end - text);
}

/**
 * sky_utf8_shorten:
 * @text: any octets but U+0000; those that begin no character count as part of the one before
 * @mark: what stands for the rest, if there is any: "…"
 *
 * Returns: (transfer full): @text if it is of @max_chars characters or less, else so many of them and @mark
 */
char *
sky_utf8_shorten (const char *text, gsize max_chars, const char *mark)
{
  gsize n_chars = 0;

  for (gsize at = 0; text[at] != '\0'; at++)
    if ((text[at] & 0xc0) != 0x80 && n_chars++ == max_chars)
      {
        g_autofree char *head = g_strndup (text, at);

        return g_strconcat (head, mark, NULL);
      }
  return g_strdup (text);
}

#pragma once

#include <glib.h>
#include <string.h>

/**
 * SkyCursor:
 *
 * A bounded reader over borrowed bytes. A read past the end yields 0 and sets @starved for good,
 * so that a decoder reads straight on and asks once, at its end, whether all of it was there.
 * Numbers are in network byte order.
 */
typedef struct
{
  const guint8 *data;
  gsize         len;     /* bytes at @data */
  gsize         pos;     /* bytes read so far */
  gboolean      starved; /* a read went past @len */
} SkyCursor;

/* Returns: (nullable): the next @n bytes, or NULL (and starved) if they are not all there */
static inline const guint8 *
sky_cursor_take (SkyCursor *at, gsize n)
{
  const guint8 *here;

  if (at->starved || n > at->len - at->pos)
    {
      at->starved = TRUE;
      return NULL;
    }
  here = at->data != NULL ? at->data + at->pos : NULL; /* no arithmetic on NULL: C11 6.5.6 */
  at->pos += n;
  return here;
}

static inline guint64
sky_cursor_uint (SkyCursor *at, gsize n)
{
  const guint8 *bytes = sky_cursor_take (at, n);
  guint64 value = 0;

  for (gsize i = 0; bytes != NULL && i < n; i++)
    value = value << 8 | bytes[i];
  return value;
}

static inline guint8
sky_cursor_u8 (SkyCursor *at)
{
  return (guint8) sky_cursor_uint (at, 1);
}

static inline guint16
sky_cursor_u16 (SkyCursor *at)
{
  return (guint16) sky_cursor_uint (at, 2);
}

static inline guint32
sky_cursor_u32 (SkyCursor *at)
{
  return (guint32) sky_cursor_uint (at, 4);
}

static inline guint64
sky_cursor_u64 (SkyCursor *at)
{
  return sky_cursor_uint (at, 8);
}

/* Copies @n bytes to @out, or leaves @out alone (and starves) if they are not all there. */
static inline void
sky_cursor_copy (SkyCursor *at, guint8 *out, gsize n)
{
  const guint8 *bytes = sky_cursor_take (at, n);

  if (bytes != NULL)
    memcpy (out, bytes, n);
}

#pragma once

#include <glib.h>

/**
 * SkyUtf8:
 *
 * A UTF-8 check that takes its text in pieces of any size (RFC 3629: no surrogates, nothing
 * over-long, nothing above U+10FFFF). Begin with an all-zero struct.
 */
typedef struct
{
  guint8   pending[4]; /* the bytes of a character that is not complete yet */
  guint8   n_pending;
  gboolean broken; /* set for good by the first invalid octet */
} SkyUtf8;

gboolean sky_utf8_feed (SkyUtf8 *self, const guint8 *data, gsize len);
gboolean sky_utf8_end (const SkyUtf8 *self);
gboolean sky_utf8_valid (const guint8 *data, gsize len);
gsize    sky_utf8_fit (const char *text, gsize len, gsize max_len);
char    *sky_utf8_shorten (const char *text, gsize max_chars, const char *mark);

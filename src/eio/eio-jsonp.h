#pragma once

#include <glib.h>

gboolean sky_eio_jsonp_answer (const guint8 *data, gsize len, GByteArray *payload);
void     sky_eio_jsonp_wrap (const char *digits, const guint8 *data, gsize len, GByteArray *script);
gboolean sky_eio_jsonp_post (const guint8 *data, gsize len, GByteArray *payload);

#pragma once

#include <glib.h>

GBytes *sky_hex_parse (const char *text);
char   *sky_hex_format (const guint8 *data, gsize len, const char *separator);
char   *sky_hex_printable (const guint8 *data, gsize len, gsize max_len);

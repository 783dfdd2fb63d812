#pragma once

#include <glib.h>

/* How a person writes bytes down. */
typedef enum
{
  SKY_BINARY_HEX,
  SKY_BINARY_BASE64,
} SkyBinaryFormat;

GBytes *sky_binary_text_parse (const char *text, SkyBinaryFormat format, gsize *error_pos,
                               const char **problem);
char   *sky_binary_text_format (GBytes *bytes, SkyBinaryFormat format);

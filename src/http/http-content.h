#pragma once

#include "http/http-head.h"

/* How a body's content is coded (RFC 9110 §8.4.1), its transfer coding aside. */
typedef enum
{
  SKY_HTTP_CODING_IDENTITY,
  SKY_HTTP_CODING_GZIP,
  SKY_HTTP_CODING_DEFLATE, /* zlib, or deflate without it, as some servers send */
  SKY_HTTP_CODING_UNKNOWN, /* br, zstd…, or one upon another */
} SkyHttpCoding;

SkyHttpCoding sky_http_content_coding (const SkyHttpHead *head, const guint8 *head_data);
gboolean      sky_http_content_decode (SkyHttpCoding coding, const guint8 *data, gsize len, gsize max_len,
                                       GByteArray *out, GError **error);

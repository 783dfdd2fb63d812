#pragma once

#include "http/http-head.h"

/* How a body ends (RFC 9112 §6.3). */
typedef enum
{
  SKY_HTTP_BODY_NONE,
  SKY_HTTP_BODY_LENGTH,
  SKY_HTTP_BODY_CHUNKED,
  SKY_HTTP_BODY_UNTIL_CLOSE,
} SkyHttpBodyMode;

/* One body on its way: begin it with sky_http_body_init(); it owns nothing. */
typedef struct
{
  SkyHttpBodyMode mode;
  guint64         left; /* bytes of the body (or of the present chunk) still to come */
  guint           step; /* of a chunk: size line, data, line end, trailer */
  gboolean        done;
} SkyHttpBody;

void   sky_http_body_init (SkyHttpBody *self, const SkyHttpHead *head, const guint8 *head_data,
                           gboolean to_head_request);
gssize sky_http_body_feed (SkyHttpBody *self, const guint8 *data, gsize len, GByteArray *out,
                           GError **error);

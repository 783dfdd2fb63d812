#pragma once

#include "base/json.h"
#include "sio/sio-packet.h"

#define SKY_SIO_MAX_ATTACHMENTS 10 /* what socket.io-parser 4.2.7 takes */

#define SKY_SIO_ERROR (sky_sio_error_quark ())
GQuark sky_sio_error_quark (void);

typedef enum
{
  SKY_SIO_ERROR_BASE64, /* a "$bin" that is not base64 */
  SKY_SIO_ERROR_SIZE,   /* more than fits into one packet */
} SkySioError;

gboolean  sky_sio_attach_placeholder (const char *json, const SkyJsonValue *value, guint64 *num);
gboolean  sky_sio_attach_check (const char *json, gsize len, guint n_attachments);
char     *sky_sio_attach_lift (const char *json, gsize len, GPtrArray *attachments, GError **error);
char     *sky_sio_attach_lower (const char *json, gsize len, GPtrArray *attachments);

#pragma once

#include "base/json.h"
#include "sio/sio-packet.h"

#define SKY_SIO_MAX_ATTACHMENTS 10 /* what socket.io-parser 4.2.7 takes */

gboolean  sky_sio_attach_check (const char *json, gsize len, guint n_attachments);
char     *sky_sio_attach_lift (const char *json, gsize len, GPtrArray *attachments, GError **error);
char     *sky_sio_attach_lower (const char *json, gsize len, GPtrArray *attachments);

#pragma once

#include "eio/eio-packet.h"

#define SKY_EIO_SEPARATOR 0x1e

gboolean sky_eio_payload_next (const guint8 *data, gsize len, gsize *pos, gsize *start, gsize *packet_len);

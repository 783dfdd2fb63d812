#pragma once

#include "sio/sio-msgpack.h"

gboolean sky_sio_msgpack_find_text (const char *text, gsize len, SkySioPacket *packet);
void     sky_sio_msgpack_fields_text (const SkySioPacket *packet, const char *text, gsize len, SkyFields *fields);

#pragma once

#include "sio/sio-packet.h"
#include "stack/describe.h"

gboolean sky_describe_is_msgpack (const SkyRecord *record);
gboolean sky_describe_is_octets (const SkyRecord *record);
char    *sky_describe_msgpack_head (guint32 number, const SkyBytesSource *source, gsize limit, SkySioPacket *packet);
void     sky_describe_msgpack_fields (const guint8 *data, gsize len, SkyFields *fields);
void     sky_explain_msgpack (GString *out, guint32 number, const SkyBytesSource *source);
void     sky_explain_note (GString *out, SkyKind kind, const char *text);

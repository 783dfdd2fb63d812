#pragma once

#include "eio/eio-packet.h"

#define SKY_EIO_SEPARATOR 0x1e

gboolean   sky_eio_payload_next (const guint8 *data, gsize len, gsize *pos, gsize *start, gsize *packet_len);
SkyEioForm sky_eio_payload_form (guint revision, const guint8 *data, gsize len);
gboolean   sky_eio_payload_step (SkyEioForm form, const guint8 *data, gsize len, gsize *pos, gsize *start,
                                 gsize *packet_len);
gboolean   sky_eio_payload_measure (SkyEioForm form, const guint8 *data, gsize len, gsize *prefix_len,
                                    gsize *packet_len);
guint      sky_eio_payload_revision (const guint8 *data, gsize len);
void       sky_eio_payload_append (GByteArray *payload, guint revision, SkyEioType type, gboolean binary,
                                   const guint8 *data, gsize len);
gsize      sky_eio_payload_growth (gsize payload_len, guint revision, gboolean binary, const guint8 *data,
                                   gsize len);

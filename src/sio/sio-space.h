#pragma once

#include "sio/sio-packet.h"

/**
 * SkySioSpaces:
 *
 * What an onlooker knows of the namespaces of one connection: who is connected where, which
 * events wait for an ack. It judges each packet by what went before.
 */
typedef struct _SkySioSpaces SkySioSpaces;

#define SKY_SIO_MAX_WAITING 65536 /* events that wait for an ack, of one connection; the oldest go first */

SkySioSpaces *sky_sio_spaces_new (void);
void          sky_sio_spaces_free (SkySioSpaces *self);
void          sky_sio_spaces_set_revision (SkySioSpaces *self, guint revision);
guint32       sky_sio_spaces_packet (SkySioSpaces *self, gboolean from_client, const SkySioPacket *packet,
                                     const char *nsp);
void          sky_sio_spaces_ask (SkySioSpaces *self, gboolean from_client, const char *nsp, guint64 id,
                                  guint32 record);
guint32       sky_sio_spaces_answer (SkySioSpaces *self, gboolean from_client, const char *nsp, guint64 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkySioSpaces, sky_sio_spaces_free)

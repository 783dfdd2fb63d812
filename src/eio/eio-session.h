#pragma once

#include "eio/eio-packet.h"

/**
 * SkyEioSession:
 *
 * What an onlooker knows of one Engine.IO session: it judges each packet by what went before.
 * Begin with an all-zero struct and set @revision.
 */
typedef struct
{
  guint    revision; /* 3 or 4 */
  gboolean upgrading; /* this connection began with "2probe" */
  gboolean opened, closed;
  gboolean probed;   /* "2probe" seen */
  gboolean answered; /* "3probe" seen */
  gboolean client_closed, server_closed; /* who has sent a close packet */
  gboolean on_existing; /* a WebSocket that carries a sid in its query: it gets no open packet */
} SkyEioSession;

guint32 sky_eio_session_packet (SkyEioSession *self, gboolean from_client, const guint8 *data,
                                const SkyEioPacket *packet);

#pragma once

#include "eio/eio-packet.h"

/* What a server says of a session in its open packet. */
typedef struct
{
  char    *sid;                /* owned */
  guint    ping_interval_msec; /* milliseconds */
  guint    ping_timeout_msec;
  guint64  max_payload; /* bytes; 0 if not given */
  gboolean upgrades_websocket;
} SkyEioOpen;

gboolean sky_eio_open_decode (const char *json, gsize len, SkyEioOpen *open);
char    *sky_eio_open_encode (const SkyEioOpen *open);
void     sky_eio_open_clear (SkyEioOpen *open);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkyEioOpen, sky_eio_open_clear)

#pragma once

#include <gio/gio.h>

#include "trace/store.h"

typedef enum
{
  SKY_PEER_IDLE,    /* not started yet */
  SKY_PEER_WORKING, /* dialling, shaking hands, loading */
  SKY_PEER_OPEN,
  SKY_PEER_WAITING, /* broken; it is tried again at "retry-at", or by sky_peer_start() now; "problem" says why */
  SKY_PEER_CLOSING,
  SKY_PEER_CLOSED, /* ended as asked for, by either side */
  SKY_PEER_FAILED, /* ended otherwise: "problem" says why, "advice" what to do */
} SkyPeerState;

/* What one click could mend after a failure. */
typedef enum
{
  SKY_REMEDY_NONE,
  SKY_REMEDY_USE_SOCKET_IO, /* this server speaks Socket.IO */
  SKY_REMEDY_USE_WEBSOCKET, /* this server speaks plain WebSocket */
  SKY_REMEDY_USE_TLS,
  SKY_REMEDY_NO_TLS,
  SKY_REMEDY_ACCEPT_CERTIFICATE, /* show sky_client_get_certificate(), and take it if the person says so */
  SKY_REMEDY_USE_PORT, /* a host's port is taken: sky_host_get_free_port() is not */
} SkyRemedy;

/**
 * SkyPeer:
 *
 * What stands in the sidebar: a client, a host, an opened capture. Each has one trace.
 *
 * Properties (all notify): "title", "subtitle", "state", "problem", "advice", "remedy",
 * "retry-at" (gint64: microseconds of the monotonic clock, 0 if nothing is tried again), "attempt"
 * (uint: how many reconnection attempts were begun since it was open last).
 */
#define SKY_TYPE_PEER (sky_peer_get_type ())
G_DECLARE_DERIVABLE_TYPE (SkyPeer, sky_peer, SKY, PEER, GObject)

struct _SkyPeerClass
{
  GObjectClass parent_class;

  void (*start) (SkyPeer *self);
  void (*stop) (SkyPeer *self);
};

void         sky_peer_start (SkyPeer *self);
void         sky_peer_stop (SkyPeer *self);
SkyStore    *sky_peer_get_store (SkyPeer *self);
SkyPeerState sky_peer_get_state (SkyPeer *self);
const char  *sky_peer_get_title (SkyPeer *self);
const char  *sky_peer_get_subtitle (SkyPeer *self);
const char  *sky_peer_get_problem (SkyPeer *self);
const char  *sky_peer_get_advice (SkyPeer *self);
SkyRemedy    sky_peer_get_remedy (SkyPeer *self);
gint64       sky_peer_get_retry_at (SkyPeer *self);
guint        sky_peer_get_attempt (SkyPeer *self);

/* For the classes below */
void sky_peer_set_title (SkyPeer *self, const char *title);
void sky_peer_set_subtitle (SkyPeer *self, const char *subtitle);
void sky_peer_set_state (SkyPeer *self, SkyPeerState state);
void sky_peer_wait (SkyPeer *self, const char *problem, const char *advice, gint64 retry_at);
void sky_peer_set_attempt (SkyPeer *self, guint attempt);
void sky_peer_fail (SkyPeer *self, const char *problem, const char *advice, SkyRemedy remedy);

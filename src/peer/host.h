#pragma once

#include "peer/peer.h"

/* How a host is set up. Strings are borrowed by sky_host_new(). */
typedef struct
{
  const char *bind; /* nullable: "127.0.0.1" */
  guint16     port; /* 0: any free one */
  guint       ping_interval_msec, ping_timeout_msec; /* 0: 25000 and 20000, as socket.io */
  guint64     max_payload; /* bytes; 64 MiB at most; 0: 1000000, and 64 MiB for an echo */
} SkyHostOptions;

/**
 * SkyHost:
 *
 * A throwaway server. Socket.IO on /socket.io/ (over WebSocket): events that want an ack are
 * acked with their own arguments, others are sent back; "join", "leave" and "say" work rooms.
 * Any other path is a WebSocket echo. Properties besides SkyPeer's: "n-clients".
 *
 * sky_peer_start() listens at once: the state is then OPEN, or FAILED with the problem.
 */
#define SKY_TYPE_HOST (sky_host_get_type ())
G_DECLARE_FINAL_TYPE (SkyHost, sky_host, SKY, HOST, SkyPeer)

SkyHost *sky_host_new (const SkyHostOptions *options, SkyStore *store);
guint16  sky_host_get_port (SkyHost *self);
char    *sky_host_get_url (SkyHost *self);
guint    sky_host_get_n_clients (SkyHost *self);
char    *sky_host_get_rooms_json (SkyHost *self);
gboolean sky_host_emit (SkyHost *self, const char *nsp, const char *to, const char *except,
                        const char *event, const char *args, GError **error);
gboolean sky_host_ask (SkyHost *self, const char *nsp, const char *to, const char *except,
                       const char *event, const char *args, GError **error);
gboolean sky_host_join (SkyHost *self, const char *who, const char *room, GError **error);
gboolean sky_host_leave (SkyHost *self, const char *who, const char *room, GError **error);
gboolean sky_host_disconnect (SkyHost *self, const char *who, gboolean all, GError **error);

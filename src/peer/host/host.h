#pragma once

#include "peer/peer.h"
#include "peer/profile/profile.h"
#include "peer/roster/roster.h"
#include "peer/rules/rules-run.h"

/* How a host is set up: the names are those of RULES.md. Borrowed by sky_host_new(). 0 and NULL mean what socket.io does. */
typedef struct
{
  const char *bind; /* nullable: "127.0.0.1" */
  guint16     port; /* 0: any free one */
  gboolean    port_given; /* @port wins over that of the rules even if it is 0 */
  guint16     usual_port; /* where neither @port nor the rules say one */
  guint       ping_interval_msec, ping_timeout_msec; /* 25000 and 20000 */
  guint64     max_payload; /* bytes; 64 MiB at most; 0: 1000000, and 64 MiB for an echo */

  SkyProtocol   protocol;   /* SOCKET_IO; ENGINE_IO and WEBSOCKET echo */
  const char   *path;       /* "/socket.io/" or "/engine.io/"; of a WebSocket server: any */
  SkyTransports transports; /* BOTH, or one of them */
  gboolean      eio3;       /* clients of Engine.IO 3 are welcome, too */
  guint         connect_timeout_msec; /* 45000: until the first CONNECT */
  guint         upgrade_timeout_msec; /* 10000 */
  SkyParser     parser;     /* DEFAULT or MSGPACK */
  gboolean      per_message_deflate; /* of Engine.IO; an echo compresses anyway */

  const char *const *cors;     /* origins, or "*"; NULL: no page of another origin */
  gboolean           check_origin; /* who comes from an origin that is neither our own nor in @cors is refused */
  gboolean           tls_self_signed; /* HTTPS only, with a certificate that is made on the spot */
  const char        *tls_cert, *tls_key; /* nullable: PEM files, the key perhaps in the first: HTTPS only */
  const char        *cookie;      /* nullable: the name of a cookie with the Engine.IO id */
  const char        *cookie_attributes; /* nullable: "; Path=/; HttpOnly; SameSite=Lax" */
  const char *const *set_cookies; /* nullable: "name=value; Path=/": more cookies for the handshake's answer */
  guint              handshake_delay_msec;
  const char        *deny_query;  /* nullable: a handshake that has this key is refused */
  guint              max_connections; /* 1000 at once; the next ones are told so */
  guint64            max_buffered; /* 16 MiB: bytes that wait for one client that does not take them */
  guint              idle_timeout_msec; /* 30000: how long a request is waited for */
  guint              recovery_msec; /* how long the state of a connection that broke is kept; 0: not at all */

  gboolean    admin; /* an Admin UI may look at /admin; with no @admin_username anyone may */
  const char *admin_username, *admin_password; /* nullable */
  gboolean    admin_read_only;
  gboolean    admin_production; /* totals only, no sockets and events */
} SkyHostOptions;

/**
 * SkyHost:
 *
 * A throwaway server. Socket.IO on /socket.io/, over long-polling and WebSocket: events that want an
 * ack are acked with their own arguments, others are sent back; "join", "leave" and "say" work rooms.
 * Any other path is a WebSocket echo. With rules, these answer. Properties besides SkyPeer's: "n-clients".
 *
 * sky_peer_start() listens at once: the state is then OPEN, or FAILED with the problem.
 */
#define SKY_TYPE_HOST (sky_host_get_type ())
G_DECLARE_FINAL_TYPE (SkyHost, sky_host, SKY, HOST, SkyPeer)

SkyHost *sky_host_new (const SkyHostOptions *options, SkyStore *store);
guint16  sky_host_get_port (SkyHost *self);
guint16  sky_host_get_free_port (SkyHost *self);
gboolean sky_host_is_behind (SkyHost *self);
char    *sky_host_get_url (SkyHost *self);
GTlsCertificate *sky_host_get_certificate (SkyHost *self);
char    *sky_host_get_fingerprint (SkyHost *self);
guint    sky_host_get_n_clients (SkyHost *self);
char    *sky_host_get_rooms_json (SkyHost *self);
SkyRoster *sky_host_get_roster (SkyHost *self);
const SkyHostOptions *sky_host_get_options (SkyHost *self);
gboolean sky_host_set_rules (SkyHost *self, const char *text, GError **error);
const char    *sky_host_get_rules (SkyHost *self);
SkyRulesStage *sky_host_get_stage (SkyHost *self);
gboolean sky_host_emit (SkyHost *self, const char *nsp, const char *to, const char *except,
                        const char *event, const char *args, GError **error);
gboolean sky_host_ask (SkyHost *self, const char *nsp, const char *to, const char *except,
                       const char *event, const char *args, GError **error);
SkyRosterAsk *sky_host_ask_all (SkyHost *self, const char *nsp, const char *to, const char *except, const char *event,
                                const char *args, guint timeout_msec, GError **error);
gboolean sky_host_join (SkyHost *self, const char *who, const char *room, GError **error);
gboolean sky_host_leave (SkyHost *self, const char *who, const char *room, GError **error);
gboolean sky_host_disconnect (SkyHost *self, const char *who, gboolean all, GError **error);

#pragma once

#include "peer/peer.h"
#include "peer/profile/profile.h"
#include "peer/carrier/carrier.h"
#include "tcp/tcp-facts.h"

/**
 * SkyClient:
 *
 * A connection that Sockeye dials, and dials again when it breaks. Properties besides SkyPeer's:
 * "sid" (of the Engine.IO session), "transport" ("polling", "websocket", or NULL). Signals:
 * "spaces-changed" (a namespace changed its state), "heartbeat" (a ping or pong went either way),
 * "event" (nsp, event, args): every event that came, also to a namespace that is not connected yet; args
 * as JSON separated by commas, binary as {"$bin":"…"}; "payload" (nsp, auth nullable) returns (nullable)
 * what CONNECT carries instead of auth: the first that returns something is taken. CONNECT is being
 * written then: its handlers leave the client as it is.
 */
#define SKY_TYPE_CLIENT (sky_client_get_type ())
G_DECLARE_FINAL_TYPE (SkyClient, sky_client, SKY, CLIENT, SkyPeer)

#define SKY_CLIENT_ERROR (sky_client_error_quark ())
GQuark sky_client_error_quark (void);

typedef enum
{
  SKY_CLIENT_ERROR_NOT_OPEN,  /* there is no connection to send on */
  SKY_CLIENT_ERROR_ARGUMENTS, /* what should be sent is not right: the message says where */
  SKY_CLIENT_ERROR_TIMEOUT,   /* no ack within the time */
  SKY_CLIENT_ERROR_GONE,      /* the connection ended before the ack came */
  SKY_CLIENT_ERROR_FULL,      /* the peer does not read: too much is waiting to be sent */
} SkyClientError;

/**
 * SkyClientAckFunc:
 * @args: (nullable): the answer, the text between the brackets, binary as {"$bin":"…"}; NULL if @error is set
 * @latency_usec: from the emit to its answer
 */
typedef void (*SkyClientAckFunc) (SkyClient *client, const char *args, gint64 latency_usec,
                                  const GError *error, gpointer user_data);

/* Where one namespace stands. */
typedef enum
{
  SKY_SPACE_CONNECTING,   /* CONNECT was sent, or is to be sent once the engine is open */
  SKY_SPACE_CONNECTED,
  SKY_SPACE_REFUSED,      /* CONNECT_ERROR; @why is its message */
  SKY_SPACE_DISCONNECTED, /* @why is socket.io's reason */
} SkySpaceState;

/* What a client knows of one namespace. All strings are borrowed until the next "spaces-changed". */
typedef struct
{
  const char   *nsp;
  SkySpaceState state;
  const char   *sid;       /* nullable: of Socket.IO, not of the engine */
  gboolean      recoverable; /* the server gave a pid: connection state recovery is on */
  gboolean      recovered; /* this session was restored after the last reconnection */
  const char   *why;       /* nullable */
} SkySpaceInfo;

/* The heartbeat of the session; times in microseconds of the monotonic clock, 0 where there is none. */
typedef struct
{
  guint  revision;      /* of Engine.IO: in 4 the server pings, in 3 we do */
  guint  interval_msec; /* pingInterval, as the open packet said */
  guint  timeout_msec;  /* pingTimeout */
  gint64 last_usec;     /* when the last ping was answered, or the session was opened */
  gint64 next_usec;     /* when the next ping is due */
  gint64 death_usec;    /* when the session counts as dead if nothing comes until then */
  gint64 rtt_usec;      /* revision 3: from our ping to its pong; 0 in 4 */
} SkyHeartbeat;

typedef enum
{
  SKY_EMIT_NONE,
  SKY_EMIT_VOLATILE = 1 << 0, /* dropped, and said so, if it cannot be sent at once */
} SkyEmitFlags;

SkyClient         *sky_client_new (const SkyProfile *profile, SkyStore *store);
const SkyProfile  *sky_client_get_profile (SkyClient *self);
void               sky_client_set_profile (SkyClient *self, const SkyProfile *profile);
SkyProtocol        sky_client_get_protocol (SkyClient *self);
const char        *sky_client_get_sid (SkyClient *self);
const char *const *sky_client_get_namespaces (SkyClient *self);
gsize              sky_client_get_buffered (SkyClient *self);
const SkyTcpCertificate *sky_client_get_certificate (SkyClient *self);
const char        *sky_client_get_transport (SkyClient *self);
guint              sky_client_get_revision (SkyClient *self);
SkyParser          sky_client_get_parser (SkyClient *self);
gboolean           sky_client_get_heartbeat (SkyClient *self, SkyHeartbeat *beat);
guint              sky_client_get_n_held (SkyClient *self);

gboolean sky_client_get_space (SkyClient *self, guint index, SkySpaceInfo *info);
gboolean sky_client_connect_space (SkyClient *self, const char *nsp, const char *auth, GError **error);
gboolean sky_client_disconnect_space (SkyClient *self, const char *nsp, GError **error);
void     sky_client_set_reply (SkyClient *self, const char *event, const char *args);

const char *sky_client_event_problem (const char *event);

gboolean sky_client_emit (SkyClient *self, const char *nsp, const char *event, const char *args,
                          SkyEmitFlags flags, GError **error);
gboolean sky_client_emit_with_ack (SkyClient *self, const char *nsp, const char *event, const char *args,
                                   guint timeout_msec, SkyClientAckFunc func, gpointer user_data,
                                   GDestroyNotify destroy, GError **error);
gboolean sky_client_reply (SkyClient *self, const char *nsp, guint64 ack_id, const char *args, GError **error);
gboolean sky_client_send_text (SkyClient *self, const char *text, GError **error);
gboolean sky_client_send_binary (SkyClient *self, GBytes *data, GError **error);
gboolean sky_client_send_frame (SkyClient *self, gboolean fin, guint rsv, guint opcode, gboolean mask, GBytes *payload,
                                GError **error);
gboolean sky_client_close (SkyClient *self, guint code, const char *reason, GError **error);

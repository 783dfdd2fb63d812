#pragma once

#include <libsoup/soup.h>

#include "peer/alarms.h"
#include "peer/carrier/carrier-frames.h"
#include "peer/carrier/carrier-served.h"
#include "peer/carrier/guard.h"
#include "peer/host/host-recovery.h"
#include "peer/host/host-rooms.h"
#include "peer/host/host.h"
#include "peer/link.h"
#include "peer/roster/roster.h"
#include "peer/rules/rules-run.h"
#include "tcp/tcp-shake.h"

typedef struct _SkyHostSession SkyHostSession;
typedef struct _SkyHostSocket SkyHostSocket;
typedef struct _SkyHostAdmin SkyHostAdmin;

#define SKY_HOST_BURST    4     /* so many times what may be buffered may be said at once */
#define SKY_HOST_MAX_HEAD 32768 /* bytes of a request's head; libsoup would take twice as much */

/* What the connections and sessions of one host share. */
typedef struct
{
  SkyStore      *store;
  SkyHostRooms  *rooms;
  SkyRoster     *roster;   /* what a person sees of @rooms; owned */
  SkyHostRecovery *recovery; /* those whose connection broke; owned */
  SkyHostAdmin  *admin;    /* what an Admin UI sees; owned */
  SkyAlarms     *alarms;   /* of the heartbeats; owned */
  GHashTable    *sessions; /* sid → SkyHostSession; it owns them */
  SkyRulesStage *stage;    /* nullable: there are no rules */
  SkyHostOptions options;  /* with nothing left to default; owned */
  guint64        max_echo; /* bytes of one message of an echo */
  gboolean       closing;  /* no connection is kept for a further request */

  void (*opened) (SkyHostSession *session, gpointer owner); /* one client more */
  void (*closed) (SkyHostSession *session, gpointer owner); /* … and one less */
  void (*gone) (SkyHostSocket *socket, gpointer owner);     /* the connection is over: free it */
  gpointer owner;
} SkyHostHouse;

/**
 * SkyHostSocket:
 *
 * One TCP connection to a host: HTTP at first, request after request of perhaps several sessions, then
 * perhaps a WebSocket of one. What is said there is the session's affair.
 */
struct _SkyHostSocket
{
  const SkyHostHouse *house;
  SkyLink            *link;
  GSocketAddress     *remote;  /* by which the host finds it; borrowed */
  SkyTcpShake        *shake;   /* nullable: there is no TLS, or its handshake is done */
  guint               idle;    /* source: no request yet, or no further one */
  guint               gone;    /* source */
  guint               lost;    /* source: the client says nothing more, and nothing was asked */
  guint               cut;     /* source: it was to end, and does not */
  guint               turn;    /* source: the others had theirs */
  guint               n_turn;  /* requests that were begun before that */
  gint64              since_usec; /* monotonic */
  gboolean            asked;   /* a request has come, once at least */
  gboolean            surplus; /* one too many: who has no session is only told so */

  SoupServerMessage *message; /* nullable: the request that is not answered yet */
  SkyCarrierServed  *served;  /* nullable: the one that has to know if it never is */
  guint              hangup;  /* source: the client hangs up though it waits for an answer */
  guint              stall;   /* source: whether its answer is taken */
  guint64            n_taken; /* bytes that were, by the last look */
  gboolean           answering; /* … at which there was something to take */
  GByteArray        *body;    /* nullable: of that request */
  gsize              n_body, n_touched; /* bytes of the body that came */
  gboolean           too_large; /* … more than are taken */
  gboolean           head_too_large;
  guint              refuse;    /* source: that is said now */
  guint              delay;     /* source: it is answered then */
  gboolean           in_line;   /* it is one too many of this turn */

  SkyCarrierFrames *websocket; /* nullable, as all below, while it is HTTP */
  SkyGuard         *guard;
  guint             drop;    /* source: too much waits to be sent; whether the client reads is seen */
  guint             n_looks; /* … so often */
  guint64           n_drained; /* bytes that it had taken, by the last look */
  guint64           n_refused; /* bytes that waited when a message was not sent: there is no going on; or 0 */
  SkyHostSession   *session; /* whose WebSocket it is */
};

SkyHostSocket *sky_host_socket_new (const SkyHostHouse *house, const char *name, GIOStream *base);
void           sky_host_socket_free (SkyHostSocket *self);
void           sky_host_socket_begin (SkyHostSocket *self, SoupServerMessage *message);
void           sky_host_socket_wait (SkyHostSocket *self, SkyCarrierServed *served);
void           sky_host_socket_touch (SkyHostSocket *self);
void           sky_host_socket_end (SkyHostSocket *self);
void           sky_host_socket_cut (SkyHostSocket *self);
void           sky_host_socket_give_way (SkyHostSocket *self);
gboolean       sky_host_socket_is_busy (SkyHostSocket *self);
gboolean       sky_host_socket_has_room (SkyHostSocket *self);
SkyCarrier    *sky_host_socket_open (SkyHostSocket *self, GList *extensions, guint revision, guint64 max_message);
void           sky_host_socket_refuse (SkyHostSocket *self, const char *answer);

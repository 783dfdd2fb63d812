#pragma once

#include "peer/acks.h"
#include "peer/carrier/carrier-ws.h"
#include "peer/carrier/upgrade.h"
#include "peer/client/client.h"
#include "peer/link.h"
#include "peer/profile/route.h"
#include "peer/talker.h"

#define SKY_CLIENT_MAX_BUFFERED (64 * 1024 * 1024) /* bytes that may wait for a slow peer */

/* One namespace: what was asked of it, and what became of that. */
typedef struct
{
  char         *nsp;
  SkySpaceState state;
  gboolean      active;  /* it is connected again after a reconnection */
  gboolean      left;    /* before its CONNECT was answered: the answer is DISCONNECT */
  char         *auth;    /* nullable: its own CONNECT payload, before the profile's */
  char         *sid;     /* nullable */
  char         *pid;     /* nullable: the secret of connection state recovery */
  char         *offset;  /* nullable: of the last event */
  char         *why;     /* nullable */
  gboolean      recovered;
} SkyClientSpace;

/* What auto turned out to be. */
typedef struct
{
  SkyProtocol   protocol; /* or AUTO */
  guint         revision; /* or 0 */
  SkyParser     parser;   /* or AUTO */
  gboolean      no_polling;    /* the server has switched it off */
  gboolean      tried_msgpack; /* … and found it to be of no use, if @parser is AUTO */
} SkyClientFound;

/* What the end of a run leaves to be told, once everything is as it shall be: they may do anything to the client. */
typedef struct
{
  SkyAcks *acks;   /* of emits that nobody will answer */
  GQueue   held;   /* of emits that are given up */
  gboolean spaces; /* have changed */
} SkyClientEnd;

struct _SkyClient
{
  SkyPeer        parent_instance;
  SkyProfile    *profile;
  SkyClientFound found;
  SoupCookieJar *jar;     /* of this connection and those that follow it */
  GPtrArray     *spaces;  /* of SkyClientSpace, in the order in which they were asked for */
  GPtrArray     *namespaces; /* connected ones; borrowed from @spaces, ended by NULL */
  GQueue         held;    /* of emits that wait for the connection: client-held.c */
  gsize          held_len; /* bytes of them */
  SkyAcks       *acks;

  /* of this run */
  SkyRoute      route;
  guint         revision; /* of Engine.IO; 0 while that is not known */
  GCancellable *cancellable;
  SkyLink      *link;    /* nullable: what notes go to; WebSocket: owned with its stream */
  SkyLink      *last;    /* nullable: of the run before: where notes go in between */
  SkyCarrier   *carrier; /* nullable, as all below */
  SkyTalker    *talker;
  SkyGuard     *guard;
  GError       *polling_error; /* why polling began no session, while WebSocket is tried */
  SkyEioOpen    open;
  guint         deadline, beat, ask, drop; /* sources */
  SkyHeartbeat  heartbeat;
  gint64        death_boot_usec; /* the heartbeat's death_usec by sky_clock_boot_usec() */
  gint64        pinged_usec; /* revision 3: our ping that waits for its pong, or 0 */
  char         *refusal;     /* why we close, in a sentence */
  const char   *reason;      /* why it ends, in socket.io's words */
  gboolean      stopping, upgrading, heard;
  gboolean      asked_again; /* for another revision */
  gboolean      guessed;     /* revision 4 was, for want of a sign */

  /* since it was started */
  gboolean stood; /* it has been open: what fails now may pass */
  gboolean fresh; /* the profile leads elsewhere now: nothing of before counts */
  gboolean gone;  /* disposed of: it begins nothing any more */

  /* between two runs */
  SkyTcpCertificate *certificate; /* nullable: that was not trusted */
  guint           retry; /* source */
  GNetworkMonitor *network;
  gulong          network_changed;
};

gpointer   sky_client_pledge (SkyClient *self);
SkyClient *sky_client_unpledge (gpointer data);
void       sky_client_note (SkyClient *self, SkyKind kind, const char *format, ...) G_GNUC_PRINTF (3, 4);
void       sky_client_start (SkyPeer *peer);
void       sky_client_stop (SkyPeer *peer);
gboolean   sky_client_resolve (SkyClient *self, SkyRoute *route, GError **error);
void       sky_client_clear_run (SkyClient *self);
void       sky_client_begin_run (SkyClient *self);
void       sky_client_end_run (SkyClient *self, const char *reason, SkyClientEnd *end);
void       sky_client_tell_end (SkyClient *self, SkyClientEnd *end);
void       sky_client_finish (SkyClient *self, const char *reason, SkyPeerState state);
void       sky_client_restart (SkyClient *self);
void       sky_client_begin_close (SkyClient *self, guint code, const char *reason);

void     sky_client_open (SkyClient *self);
void     sky_client_end_guess (SkyClient *self);
void     sky_client_hear (SkyClient *self, SkyCarrier *carrier);
void     sky_client_upgrade (SkyClient *self);
void     sky_client_set_deadline (SkyClient *self, guint msec);

void     sky_client_set_revision (SkyClient *self, guint revision);
void     sky_client_begin_beat (SkyClient *self);
void     sky_client_beat (SkyClient *self, gboolean ping);
void     sky_client_end_beat (SkyClient *self);

void            sky_client_plan_spaces (SkyClient *self);
void            sky_client_renew_namespaces (SkyClient *self);
void            sky_client_tell_spaces (SkyClient *self);
SkyClientSpace *sky_client_get_space_of (SkyClient *self, const char *nsp);
gboolean        sky_client_has_spaces (SkyClient *self);
void            sky_client_leave_space (SkyClient *self, SkyClientSpace *space, const char *reason);
const char     *sky_client_get_first_space (SkyClient *self);
void            sky_client_ask_spaces (SkyClient *self);
void            sky_client_lose_spaces (SkyClient *self, const char *reason);
SkyClientSpace *sky_client_hear_connect (SkyClient *self, const SkyTalk *talk);
void            sky_client_hear_refusal (SkyClient *self, const SkyTalk *talk);
void            sky_client_hear_disconnect (SkyClient *self, const SkyTalk *talk);
void            sky_client_hear_offset (SkyClient *self, const SkyTalk *talk);
SkyClientSpace *sky_client_find_space (SkyClient *self, const char *nsp);
char           *sky_client_wire_name (SkyClient *self, const char *nsp);
void            sky_client_space_free (gpointer data);

gboolean sky_client_hold (SkyClient *self, const char *nsp, const char *event, const char *args, GPtrArray *attachments,
                          gboolean ask, guint timeout_msec, SkyClientAckFunc func, gpointer user_data,
                          GDestroyNotify destroy, GError **error);
void     sky_client_release_held (SkyClient *self, const char *nsp);
void     sky_client_take_held (SkyClient *self, const char *nsp, GQueue *taken);
void     sky_client_give_up_held (SkyClient *self, GQueue *taken);
void     sky_client_free_held (SkyClient *self);
void     sky_client_send_now (SkyClient *self, const char *nsp, const char *event, const char *args,
                              GPtrArray *attachments, gboolean ask, guint timeout_msec, SkyClientAckFunc func,
                              gpointer user_data, GDestroyNotify destroy);
void     sky_client_answer (SkyClient *self, const SkyTalk *talk);

gboolean sky_client_retry (SkyClient *self, const char *problem, const char *advice);
void     sky_client_stop_retrying (SkyClient *self);

guint       sky_client_get_status (const GError *error);
const char *sky_client_advise_opening (const GError *error, const SkyRoute *route);
const char *sky_client_advise_caller (const GError *error, const SkyRoute *route);
const char *sky_client_advise_polling (const GError *error);

void     sky_client_judge_old (SkyClient *self, const char *nsp);
void     sky_client_judge_no_answer (SkyClient *self);
void     sky_client_refuse (SkyClient *self, const char *problem, const char *advice);
void     sky_client_fail (SkyClient *self, const char *problem, const char *advice, const char *reason);
char    *sky_client_judge_peer (SkyClient *self, guint code);
void     sky_client_judge_failure (SkyClient *self, const GError *error);
void     sky_client_judge_no_engine (SkyClient *self);
void     sky_client_judge_close (SkyClient *self, guint code, const char *reason, const GError *error);

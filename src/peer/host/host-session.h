#pragma once

#include "peer/host/host-socket.h"
#include "peer/talker.h"

/**
 * SkyHostSession:
 *
 * One client of a host: an Engine.IO session, on whatever connections it comes, or a WebSocket that is
 * echoed. What is said in Socket.IO packets is host-talk.c's business.
 */
struct _SkyHostSession
{
  const SkyHostHouse *house;
  SkyProtocol         protocol; /* SOCKET_IO, ENGINE_IO, or WEBSOCKET for an echo */
  guint               revision; /* of Engine.IO, 3 or 4; 0 for an echo */
  char               *sid;      /* a secret of its client; of an echo nobody is told */
  SkyLink            *link;     /* owned reference: where its notes go */
  SkyCarrier         *carrier;  /* what it speaks on */
  SkyTalker          *talker;
  SkyHostSocket      *socket;   /* nullable: the connection of its WebSocket; borrowed */

  char               *url;     /* what the first request asked for: its path, and the query if there is one */
  char               *headers; /* … and its header fields, as text: sky_host_handshake_get_headers() */
  SoupMessageHeaders *post_headers; /* nullable: of the last POST that brought packets */
  gint64              issued_usec;  /* when the first request came, by sky_clock_now_usec() */

  gboolean    leaving; /* closing has begun: it is not listened to any more */
  const char *why;     /* nullable, static: … and for what reason, if it is ours */
  gboolean    ended;   /* the house was told that it is closed */
  guint       gone;    /* source */
  guint       drop;    /* source: too much waits for a poll; whether one comes is seen */
  gboolean    looked;  /* … and none had, once */
  guint64     n_refused; /* bytes that waited when a message was not sent: there is no going on; or 0 */
  SkyAlarm    heartbeat; /* the next ping, or the end of waiting for one or its answer */
  guint       connect;   /* source: no CONNECT yet */
  gint64      pinged_usec, latency_usec; /* 0 while unknown; of the last heartbeat */
  GPtrArray  *seats;     /* nullable: of SkyHostMember, one a namespace, borrowed from the rooms */
  GHashTable *asks;      /* nullable: namespace and ack id → SkyRosterAsk, of what a person has asked */
  GPtrArray  *players;   /* nullable: of SkyHostPlayer, one a namespace, or of "" where there are none */
  gint64      noted_usec; /* when the second began in which */
  guint       n_noted;    /* … so much was said of its rules */

  SkyCarrier    *probe; /* nullable: a WebSocket on which an upgrade is tried */
  SkyHostSocket *probe_socket; /* … and its connection; borrowed */
  guint          upgrade_timer; /* source */
  gboolean       upgraded;
  gint64         upgraded_usec; /* when, by sky_clock_now_usec() */
  guint          close_code; /* of its WebSocket, 0 while unknown */
};

SkyHostSession *sky_host_session_new (const SkyHostHouse *house, SkyHostSocket *socket, SoupServerMessage *message,
                                      SkyProtocol protocol, guint revision);
void            sky_host_session_open (SkyHostSession *self, SkyCarrier *carrier, SkyHostSocket *socket);
void            sky_host_session_free (SkyHostSession *self);
SkyHostSession *sky_host_session_find (const SkyHostHouse *house, const char *sid);
SkyHostMember  *sky_host_session_find_seat (const SkyHostSession *self, const char *nsp);
void            sky_host_session_note_link (SkyHostSession *self, SkyLink *link);
void            sky_host_session_probe (SkyHostSession *self, SkyCarrier *carrier, SkyHostSocket *socket);
void            sky_host_session_end_probe (SkyHostSession *self);
void            sky_host_session_send (SkyHostSession *self, GBytes *message, gboolean binary, GPtrArray *attachments);
void            sky_host_session_close (SkyHostSession *self, guint code, const char *reason, const char *why);
void            sky_host_session_cut (SkyHostSession *self);
void            sky_host_session_lose (SkyHostSession *self, SkyHostSocket *socket);

char *sky_host_random_id (void);

#pragma once

#include <libsoup/soup.h>

#include "peer/guard.h"
#include "peer/host-rooms.h"
#include "peer/link.h"
#include "peer/talker.h"

typedef struct _SkyHostSocket SkyHostSocket;

/* What the connections of one host share. */
typedef struct
{
  SkyStore     *store;
  SkyHostRooms *rooms;
  guint         ping_interval_msec, ping_timeout_msec;
  guint64       max_payload; /* bytes of one message of Engine.IO */
  guint64       max_echo;    /* bytes of one message of an echo */

  void (*opened) (SkyHostSocket *socket, gpointer owner); /* it is a WebSocket now */
  void (*closed) (SkyHostSocket *socket, gpointer owner); /* … and no more */
  void (*gone) (SkyHostSocket *socket, gpointer owner);   /* the connection is over: free it */
  gpointer owner;
} SkyHostHouse;

/**
 * SkyHostSocket:
 *
 * One connection to a host: HTTP at first, then perhaps a WebSocket, on which it echoes or speaks
 * Engine.IO. What is said in Socket.IO packets is host-talk.c's business.
 */
struct _SkyHostSocket
{
  const SkyHostHouse *house;
  SkyLink            *link;
  guint               idle;  /* source: no request yet, or no further one */
  guint               gone;  /* source */
  gboolean            surplus; /* one too many: it is only told so */

  SoupWebsocketConnection *websocket; /* nullable, as all below, while it is HTTP */
  SkyTalker               *talker;
  SkyGuard                *guard;
  guint                    drop;    /* source */
  gboolean                 leaving; /* closing has begun: it is not listened to any more */
  gboolean                 ended;   /* the house was told that it is closed */

  char       *sid;       /* of the Engine.IO session; a secret of its client */
  guint       heartbeat; /* source: the next ping, or the end of waiting for a pong */
  guint       connect;   /* source: no CONNECT yet */
  GHashTable *seats;     /* namespace → SkyHostMember, borrowed from the rooms */
};

SkyHostSocket *sky_host_socket_new (const SkyHostHouse *house, const char *name, GIOStream *base);
void           sky_host_socket_free (SkyHostSocket *self);
void           sky_host_socket_touch (SkyHostSocket *self);
void           sky_host_socket_open (SkyHostSocket *self, SoupServerMessage *message,
                                     GIOStream *stream, GList *extensions, SkyProtocol protocol);
void           sky_host_socket_send (SkyHostSocket *self, const char *text, gsize len,
                                     GPtrArray *attachments);
void           sky_host_socket_close (SkyHostSocket *self, guint code, const char *reason,
                                      const char *why);

char *sky_host_random_id (void);

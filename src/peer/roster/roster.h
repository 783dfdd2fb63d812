#pragma once

#include <gio/gio.h>

#include "peer/roster/roster-ask.h"

/*
 * Who is where on a Socket.IO server: namespaces, their rooms, their sockets. A host fills it, and
 * so does a client that watches a remote server through its admin namespace; panes show it.
 */

/* What happened, the newest last; strings are owned by the roster. */
typedef enum
{
  SKY_ROSTER_CONNECTED,
  SKY_ROSTER_DISCONNECTED,
  SKY_ROSTER_JOINED,
  SKY_ROSTER_LEFT,
  SKY_ROSTER_BROADCAST,
} SkyRosterWhat;

typedef struct
{
  SkyRosterWhat what;
  gint64        time_usec; /* microseconds since 1970-01-01 UTC */
  const char   *nsp, *room, *socket; /* room and socket nullable */
  const char   *why;       /* nullable: "rule “join”", "by hand", "transport close" */
  guint         n_receivers; /* of a broadcast */
  const char *const *also;   /* nullable: rooms besides @room that a broadcast went to */
  const char   *label;     /* nullable: of @socket, as it was then */
} SkyRosterDeed;

/*
 * One socket. Borrowed until the roster's next change. The roster counts @n_in and @n_out by itself, and
 * keeps @since_usec of the connection: sky_roster_update() does not look at these three. Words that are no
 * UTF-8 are made valid, and long ones cut, as they are shown on a line.
 */
typedef struct
{
  const char *id, *nsp;
  const char *label;      /* nullable: what a person may know it by: var.name, auth.user… */
  const char *address;    /* nullable */
  const char *transport;  /* nullable: "polling", "websocket" */
  guint       revision;   /* of Engine.IO, 0 if unknown */
  const char *user_agent; /* nullable */
  const char *handshake;  /* nullable: JSON: headers, query, auth… secrets as they came */
  const char *data;       /* nullable: JSON: variables, or socket.data */
  gint64      since_usec;
  gint64      latency_usec; /* of the last heartbeat, 0 if unknown */
  guint64     n_buffered;   /* bytes */
  guint64     n_in, n_out;  /* events */
  const char *parser;       /* nullable: "default", "msgpack" */
  gint64      upgraded_usec; /* when it went over from polling to WebSocket, 0 if it did not */
} SkyRosterSocket;

/*
 * What whoever fills the roster can do on the server; NULL where it cannot. Errors are whole sentences.
 * A room of everyone is NULL for @to and @who; an empty name never comes here.
 */
typedef struct
{
  gboolean (*emit) (gpointer owner, const char *nsp, const char *to, const char *except, const char *event,
                    const char *args, gboolean ack, GError **error); /* to: NULL for the namespace; a room or a socket id */
  gboolean (*join) (gpointer owner, const char *nsp, const char *who, const char *room, GError **error); /* who: socket, or room */
  gboolean (*leave) (gpointer owner, const char *nsp, const char *who, const char *room, GError **error);
  gboolean (*disconnect) (gpointer owner, const char *nsp, const char *who, gboolean close, GError **error); /* who: NULL for all */
  SkyRosterAsk *(*ask) (gpointer owner, const char *nsp, const char *to, const char *except, const char *event,
                        const char *args, guint timeout_msec, GError **error); /* transfer full, as emit with acks */
  const char *no_acks; /* nullable, static: why an emit cannot ask for acks, in a sentence */
} SkyRosterHands;

/**
 * SkyRoster:
 *
 * Signals: "changed" (something; emitted at most once until sky_roster_catch_up()), "flat" (it is, or
 * is not any more, at once); "deed" is not one: new deeds are read with sky_roster_get_n_deeds(). Bounded: 10,000 deeds, the oldest go first;
 * 100,000 sockets, 500,000 memberships.
 *
 * A server without Socket.IO is flat: it has clients, and neither namespaces nor rooms. They are all in the
 * namespace "", as are those clients of a Socket.IO server that speak plain WebSocket with it.
 */
#define SKY_TYPE_ROSTER (sky_roster_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoster, sky_roster, SKY, ROSTER, GObject)

SkyRoster *sky_roster_new (void);
void       sky_roster_set_hands (SkyRoster *self, const SkyRosterHands *hands, gpointer owner);
void       sky_roster_set_read_only (SkyRoster *self, gboolean read_only, const char *why);
void       sky_roster_set_missing (SkyRoster *self, const char *why);
void       sky_roster_set_flat (SkyRoster *self, gboolean flat);
void       sky_roster_set_address (SkyRoster *self, const char *address);
void       sky_roster_catch_up (SkyRoster *self);

/*
 * Filling it. A socket is in the room of its own id as soon as it is connected, and gone from all of them
 * when it is disconnected; nothing has to be said of that. What is not known is let pass.
 */
void sky_roster_connect (SkyRoster *self, const SkyRosterSocket *socket, gint64 time_usec);
void sky_roster_connect_for (SkyRoster *self, const SkyRosterSocket *socket, const char *why, gint64 time_usec);
void sky_roster_update (SkyRoster *self, const SkyRosterSocket *socket);
void sky_roster_disconnect (SkyRoster *self, const char *nsp, const char *id, const char *why, gint64 time_usec);
void sky_roster_join (SkyRoster *self, const char *nsp, const char *room, const char *id, const char *why, gint64 time_usec);
void sky_roster_leave (SkyRoster *self, const char *nsp, const char *room, const char *id, const char *why, gint64 time_usec);
void sky_roster_count (SkyRoster *self, const char *nsp, const char *room, const char *id, gboolean in, gint64 time_usec);
void sky_roster_count_many (SkyRoster *self, const char *nsp, const char *room, const char *id, gboolean in, guint n,
                            gint64 time_usec);
void sky_roster_broadcast (SkyRoster *self, const char *nsp, const char *room, const char *from, guint n_receivers,
                           const char *why, gint64 time_usec);
void sky_roster_broadcast_many (SkyRoster *self, const char *nsp, const char *const *rooms, const char *from,
                                guint n_receivers, const char *why, gint64 time_usec);
void sky_roster_tell (SkyRoster *self, const char *nsp, int n_sockets, gint64 time_usec);
void sky_roster_forget (SkyRoster *self, const char *nsp);
void sky_roster_set_quiet (SkyRoster *self, gboolean quiet);
void sky_roster_clear (SkyRoster *self);

/*
 * Reading it: names are in order, sockets in that of their joining; @out is borrowed until the next change.
 * A room is private if it is some socket's own: it has that socket's id for a name. @room NULL is the namespace.
 */
gboolean    sky_roster_is_flat (SkyRoster *self);
const char *sky_roster_get_address (SkyRoster *self);
guint       sky_roster_get_n_namespaces (SkyRoster *self);
const char *sky_roster_get_namespace (SkyRoster *self, guint index);
guint       sky_roster_get_n_rooms (SkyRoster *self, const char *nsp, gboolean private);
const char *sky_roster_get_room (SkyRoster *self, const char *nsp, guint index, gboolean private);
int         sky_roster_get_n_told (SkyRoster *self, const char *nsp);
guint       sky_roster_get_n_sockets (SkyRoster *self, const char *nsp, const char *room);
gboolean    sky_roster_get_socket (SkyRoster *self, const char *nsp, const char *room, guint index, SkyRosterSocket *out);
gboolean    sky_roster_find_socket (SkyRoster *self, const char *nsp, const char *id, SkyRosterSocket *out);
guint       sky_roster_get_n_rooms_of (SkyRoster *self, const char *nsp, const char *id);
GPtrArray  *sky_roster_get_rooms_of (SkyRoster *self, const char *nsp, const char *id);
double      sky_roster_get_rate (SkyRoster *self, const char *nsp, const char *room, const char *id, gint64 now_usec);
guint       sky_roster_get_peak (SkyRoster *self, const char *nsp, const char *room);
gint64      sky_roster_get_created (SkyRoster *self, const char *nsp, const char *room);
GArray     *sky_roster_get_history (SkyRoster *self, const char *nsp, const char *room, gint64 from_usec, gint64 to_usec,
                                    guint n_points); /* of guint: members */
guint       sky_roster_get_n_deeds (SkyRoster *self);
guint64     sky_roster_get_n_lost_deeds (SkyRoster *self);
gboolean    sky_roster_is_full (SkyRoster *self);
gboolean    sky_roster_get_deed (SkyRoster *self, guint index, SkyRosterDeed *out);
GPtrArray  *sky_roster_preview (SkyRoster *self, const char *nsp, const char *to, const char *except);

/* Acting through it */
gboolean    sky_roster_can (SkyRoster *self, gsize hand_offset, const char **why);
const char *sky_roster_get_no_acks (SkyRoster *self);
gboolean    sky_roster_emit (SkyRoster *self, const char *nsp, const char *to, const char *except, const char *event,
                             const char *args, gboolean ack, GError **error);
SkyRosterAsk *sky_roster_ask (SkyRoster *self, const char *nsp, const char *to, const char *except, const char *event,
                              const char *args, guint timeout_msec, GError **error);
gboolean    sky_roster_make_join (SkyRoster *self, const char *nsp, const char *who, const char *room, GError **error);
gboolean    sky_roster_make_leave (SkyRoster *self, const char *nsp, const char *who, const char *room, GError **error);
gboolean    sky_roster_make_disconnect (SkyRoster *self, const char *nsp, const char *who, gboolean close, GError **error);

/* What goes out of the house: a SkyRosterSocket's handshake without what proves who somebody is */
char       *sky_roster_redact (const char *handshake);

#pragma once

#include "peer/roster/roster.h"
#include "peer/roster/roster-series.h"

#define SKY_ROSTER_MAX_DEEDS   10000
#define SKY_ROSTER_MAX_SOCKETS 100000
#define SKY_ROSTER_MAX_MEMBERS 500000
#define SKY_ROSTER_SPACE_STEPS 2048 /* of a namespace's history */

typedef struct _Space  Space;
typedef struct _Room   Room;
typedef struct _Socket Socket;

/* How many there were, and how much they say. */
typedef struct
{
  gint64           created_usec;
  guint            peak;
  SkyRosterHistory history;
  SkyRosterRate   *rate; /* nullable: nothing was counted yet */
} Tally;

struct _Space
{
  char          *name;      /* a GRefString, as all names are: deeds and previews outlive it */
  GHashTable    *sockets;   /* id → Socket, owned */
  GHashTable    *rooms;     /* name → Room, owned */
  GSequence     *in_order;  /* of Socket, by their connecting */
  GSequence     *by_name[2]; /* of Room: public ones, private ones */
  GSequenceIter *at;        /* in the roster's spaces */
  int            n_told;    /* or -1 */
  Tally          tally;
};

struct _Room
{
  char          *name;
  Space         *space;
  GSequence     *members;   /* of Member, by their joining */
  GSequenceIter *at;        /* in by_name[private] */
  gboolean       private;
  Tally          tally;
};

typedef struct
{
  Socket        *socket;
  Room          *room;
  GSequenceIter *at; /* in the room's members */
} Member;

struct _Socket
{
  SkyRosterSocket info;  /* its id a GRefString, its nsp the space's name, the others its own */
  Space          *space;
  GHashTable     *rooms; /* Room → Member, owned */
  GSequenceIter  *at;    /* in the space's sockets */
  SkyRosterRate  *rate;  /* nullable */
};

typedef struct
{
  SkyRosterWhat what;
  gint64        time_usec;
  guint         n_receivers;
  char         *nsp, *room, *socket, *why; /* GRefStrings; nullable but @nsp */
  char        **also; /* nullable */
  char         *label; /* a GRefString; nullable */
} Deed;

struct _SkyRoster
{
  GObject parent_instance;

  GHashTable *by_name; /* namespace → Space, owned */
  GSequence  *spaces;  /* of Space, by name */
  guint       n_sockets, n_members;
  gsize       texts_len; /* bytes of the handshakes and data of all sockets */
  gboolean    full;    /* something was let pass */

  Deed   *deeds;   /* a ring */
  guint   n_deeds;
  guint64 n_ever;  /* deeds */

  gboolean quiet, announced;
  guint    idle; /* source */

  SkyRosterHands hands;
  gpointer       owner;
  gboolean       read_only;
  char          *why_read_only, *missing; /* nullable */
  gboolean       flat;
  char          *address; /* nullable */
};

Space  *sky_roster_find_space (SkyRoster *self, const char *nsp);
Room   *sky_roster_find_room (SkyRoster *self, const char *nsp, const char *room);
Socket *sky_roster_look_up (SkyRoster *self, const char *nsp, const char *id);
void    sky_roster_note (SkyRoster *self, SkyRosterWhat what, const Space *space, const char *room, const char *socket,
                         const char *why, guint n_receivers, gint64 time_usec);
void    sky_roster_note_also (SkyRoster *self, const char *const *rooms);
void    sky_roster_announce (SkyRoster *self);
void    sky_roster_free_deeds (SkyRoster *self);
Space  *sky_roster_get_space (SkyRoster *self, const char *nsp, gint64 time_usec);
void    sky_roster_space_free (gpointer data);
Socket *sky_roster_make_socket (SkyRoster *self, const SkyRosterSocket *info, gint64 time_usec);
void    sky_roster_fill (SkyRoster *self, Socket *socket, const SkyRosterSocket *info);
void    sky_roster_drop_texts (SkyRoster *self, Socket *socket);
gboolean sky_roster_enter (SkyRoster *self, Socket *socket, const char *name, gint64 time_usec);
void    sky_roster_quit (SkyRoster *self, Member *member, gint64 time_usec);
void    sky_tally_set (Tally *tally, gint64 time_usec, guint count, guint max_steps);
void    sky_tally_count (SkyRosterRate **rate, guint n, gint64 time_usec);

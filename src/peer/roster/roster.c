#include "peer/roster/roster-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_SPACES   1000 /* empty ones beyond that are forgotten */
#define MAX_COUNTED  64   /* rooms of one socket that an event of it counts for */

/* What whoever fills a roster says. The books are in roster-books.c; reading, acting and the past have files of their own. */

G_DEFINE_FINAL_TYPE (SkyRoster, sky_roster, G_TYPE_OBJECT)

static void
sky_roster_dispose (GObject *object)
{
  SkyRoster *self = SKY_ROSTER (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_hash_table_remove_all (self->by_name);
  G_OBJECT_CLASS (sky_roster_parent_class)->dispose (object);
}

static void
sky_roster_finalize (GObject *object)
{
  SkyRoster *self = SKY_ROSTER (object);

  sky_roster_free_deeds (self);
  g_hash_table_unref (self->by_name);
  g_sequence_free (self->spaces);
  g_free (self->why_read_only);
  g_free (self->missing);
  g_free (self->address);
  G_OBJECT_CLASS (sky_roster_parent_class)->finalize (object);
}

static void
sky_roster_class_init (SkyRosterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_roster_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_roster_finalize;
  g_signal_new ("changed", SKY_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("flat", SKY_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_roster_init (SkyRoster *self)
{
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, sky_roster_space_free);
  self->spaces = g_sequence_new (NULL);
}

/* Returns: (transfer full): an empty one that nobody fills */
SkyRoster *
sky_roster_new (void)
{
  return g_object_new (SKY_TYPE_ROSTER, NULL);
}

static gboolean
on_idle (gpointer user_data)
{
  SkyRoster *self = user_data;

  self->idle = 0;
  g_signal_emit_by_name (self, "changed");
  return G_SOURCE_REMOVE;
}

/* Something changed. Whoever was told of it, and has not caught up, is not told again. */
void
sky_roster_announce (SkyRoster *self)
{
  if (self->announced)
    return;
  self->announced = TRUE;
  self->idle = g_idle_add (on_idle, self);
}

/**
 * sky_roster_catch_up:
 *
 * Whoever heard "changed" is about to read it all: what changes from now on is announced again.
 */
void
sky_roster_catch_up (SkyRoster *self)
{
  self->announced = self->idle != 0;
}

/* Returns: (nullable) (transfer none) */
Space *
sky_roster_find_space (SkyRoster *self, const char *nsp)
{
  return g_hash_table_lookup (self->by_name, nsp);
}

/* Returns: (nullable) (transfer none) */
Room *
sky_roster_find_room (SkyRoster *self, const char *nsp, const char *room)
{
  Space *space = sky_roster_find_space (self, nsp);

  return space != NULL ? g_hash_table_lookup (space->rooms, room) : NULL;
}

/* Returns: (nullable) (transfer none) */
Socket *
sky_roster_look_up (SkyRoster *self, const char *nsp, const char *id)
{
  Space *space = sky_roster_find_space (self, nsp);

  return space != NULL ? g_hash_table_lookup (space->sockets, id) : NULL;
}

/**
 * sky_roster_connect:
 * @socket: copied; @since_usec 0 is @time_usec
 * @time_usec: since 1970
 *
 * A socket is connected to a namespace. One that is known already is only updated.
 */
void
sky_roster_connect (SkyRoster *self, const SkyRosterSocket *socket, gint64 time_usec)
{
  sky_roster_connect_for (self, socket, NULL, time_usec);
}

/* … @why: (nullable): it is not new here: "recovered" */
void
sky_roster_connect_for (SkyRoster *self, const SkyRosterSocket *socket, const char *why, gint64 time_usec)
{
  Socket *made;

  g_return_if_fail (socket->nsp != NULL && socket->id != NULL);

  if (sky_roster_look_up (self, socket->nsp, socket->id) != NULL)
    {
      sky_roster_update (self, socket);
      return;
    }
  if (self->n_sockets >= SKY_ROSTER_MAX_SOCKETS)
    {
      self->full = TRUE;
      return;
    }
  made = sky_roster_make_socket (self, socket, time_usec);
  sky_roster_fill (self, made, socket);
  sky_roster_enter (self, made, made->info.id, time_usec);
  sky_roster_note (self, SKY_ROSTER_CONNECTED, made->space, NULL, made->info.id, why, 0, time_usec);
  sky_roster_announce (self);
}

/**
 * sky_roster_update:
 * @socket: all that is known of it, but for what the roster counts; what sky_roster_find_socket() gave, changed, is right
 */
void
sky_roster_update (SkyRoster *self, const SkyRosterSocket *socket)
{
  Socket *known = sky_roster_look_up (self, socket->nsp, socket->id);

  if (known == NULL)
    return;
  sky_roster_fill (self, known, socket);
  sky_roster_announce (self);
}

static void
forget_if_many (SkyRoster *self, Space *space)
{
  if (g_hash_table_size (space->sockets) == 0 && g_hash_table_size (self->by_name) > MAX_SPACES)
    g_hash_table_remove (self->by_name, space->name);
}

/* The own room is no news; who watches another one wants to know why it has a member less. */
static void
quit_all (SkyRoster *self, Socket *socket, const char *why, gint64 time_usec)
{
  g_autofree char *reason = why != NULL ? g_strdup_printf (_("disconnected: %s"), why)
                                        : g_strdup (_("disconnected"));
  GHashTableIter iter;
  gpointer room, member;

  g_hash_table_iter_init (&iter, socket->rooms);
  while (g_hash_table_iter_next (&iter, &room, &member))
    {
      const char *name = ((Room *) room)->name;

      if (strcmp (name, socket->info.id) != 0)
        sky_roster_note (self, SKY_ROSTER_LEFT, socket->space, name, socket->info.id, reason, 0, time_usec);
      sky_roster_quit (self, member, time_usec);
    }
}

/**
 * sky_roster_disconnect:
 * @why: (nullable): "transport close", "by hand"…
 *
 * A socket left its namespace, and all its rooms.
 */
void
sky_roster_disconnect (SkyRoster *self, const char *nsp, const char *id, const char *why, gint64 time_usec)
{
  Socket *socket = sky_roster_look_up (self, nsp, id);
  Space *space;

  if (socket == NULL)
    return;
  space = socket->space;
  sky_roster_note (self, SKY_ROSTER_DISCONNECTED, space, NULL, socket->info.id, why, 0, time_usec);
  quit_all (self, socket, why, time_usec);
  sky_roster_drop_texts (self, socket);
  g_sequence_remove (socket->at);
  g_hash_table_remove (space->sockets, socket->info.id);
  self->n_sockets--;
  sky_tally_set (&space->tally, time_usec, g_hash_table_size (space->sockets), SKY_ROSTER_SPACE_STEPS);
  forget_if_many (self, space);
  sky_roster_announce (self);
}

/**
 * sky_roster_join:
 * @why: (nullable): "rule “join”", "by hand"…
 */
void
sky_roster_join (SkyRoster *self, const char *nsp, const char *room, const char *id, const char *why, gint64 time_usec)
{
  Socket *socket = sky_roster_look_up (self, nsp, id);

  if (socket == NULL || !sky_roster_enter (self, socket, room, time_usec))
    return;
  sky_roster_note (self, SKY_ROSTER_JOINED, socket->space, room, socket->info.id, why, 0, time_usec);
  sky_roster_announce (self);
}

/**
 * sky_roster_leave:
 *
 * A socket can leave the room of its own id as well: nobody reaches it alone any more.
 */
void
sky_roster_leave (SkyRoster *self, const char *nsp, const char *room, const char *id, const char *why, gint64 time_usec)
{
  Socket *socket = sky_roster_look_up (self, nsp, id);
  Room *where = sky_roster_find_room (self, nsp, room);
  Member *member = socket != NULL && where != NULL ? g_hash_table_lookup (socket->rooms, where) : NULL;

  if (member == NULL)
    return;
  sky_roster_note (self, SKY_ROSTER_LEFT, socket->space, room, socket->info.id, why, 0, time_usec);
  g_hash_table_remove (socket->rooms, where);
  sky_roster_quit (self, member, time_usec);
  sky_roster_announce (self);
}

static void
count_for_rooms (Socket *socket, guint n, gint64 time_usec)
{
  GHashTableIter iter;
  gpointer room;
  guint n_rooms = 0;

  g_hash_table_iter_init (&iter, socket->rooms);
  while (n_rooms++ < MAX_COUNTED && g_hash_table_iter_next (&iter, &room, NULL))
    sky_tally_count (&((Room *) room)->tally.rate, n, time_usec);
}

/**
 * sky_roster_count:
 * @room: (nullable): that an event went through; %NULL counts it for every room that @id is in
 * @id: (nullable): the socket that sent it, or that it went to
 * @in: whether the server received it
 *
 * One event, for the rates of the namespace, the room and the socket.
 */
void
sky_roster_count (SkyRoster *self, const char *nsp, const char *room, const char *id, gboolean in, gint64 time_usec)
{
  sky_roster_count_many (self, nsp, room, id, in, 1, time_usec);
}

/* As sky_roster_count(), for @n events that came or went within the last quarter of a second. */
void
sky_roster_count_many (SkyRoster *self, const char *nsp, const char *room, const char *id, gboolean in, guint n,
                       gint64 time_usec)
{
  Space *space = sky_roster_find_space (self, nsp);
  Socket *socket = space != NULL && id != NULL ? g_hash_table_lookup (space->sockets, id) : NULL;
  Room *where = space != NULL && room != NULL ? g_hash_table_lookup (space->rooms, room) : NULL;

  if (space == NULL)
    return;
  sky_tally_count (&space->tally.rate, n, time_usec);
  if (where != NULL)
    sky_tally_count (&where->tally.rate, n, time_usec);
  if (socket != NULL)
    {
      sky_tally_count (&socket->rate, n, time_usec);
      *(in ? &socket->info.n_in : &socket->info.n_out) += n;
      if (room == NULL)
        count_for_rooms (socket, n, time_usec);
    }
  sky_roster_announce (self);
}

/**
 * sky_roster_broadcast:
 * @room: (nullable): %NULL for the whole namespace
 * @from: (nullable): the socket on whose behalf it is
 * @n_receivers: sockets
 *
 * A deed, and nothing else: the events themselves are told with sky_roster_count().
 */
void
sky_roster_broadcast (SkyRoster *self, const char *nsp, const char *room, const char *from, guint n_receivers,
                      const char *why, gint64 time_usec)
{
  Space *space = sky_roster_find_space (self, nsp);

  if (space == NULL)
    return;
  sky_roster_note (self, SKY_ROSTER_BROADCAST, space, room, from, why, n_receivers, time_usec);
  sky_roster_announce (self);
}

/**
 * sky_roster_broadcast_many:
 * @rooms: (nullable): %NULL, or none, for the whole namespace
 *
 * As sky_roster_broadcast(), for a broadcast that goes to whoever is in one of several rooms: one deed, of all of them.
 */
void
sky_roster_broadcast_many (SkyRoster *self, const char *nsp, const char *const *rooms, const char *from,
                           guint n_receivers, const char *why, gint64 time_usec)
{
  gboolean any = rooms != NULL && rooms[0] != NULL;

  if (sky_roster_find_space (self, nsp) == NULL)
    return;
  sky_roster_broadcast (self, nsp, any ? rooms[0] : NULL, from, n_receivers, why, time_usec);
  if (any && rooms[1] != NULL)
    sky_roster_note_also (self, rooms + 1);
}

/**
 * sky_roster_tell:
 * @n_sockets: how many the server says are in it, or -1
 *
 * A namespace is there, even if nobody is known to be in it. A server in production tells these numbers, and no
 * sockets: then they are what peak and history speak of.
 */
void
sky_roster_tell (SkyRoster *self, const char *nsp, int n_sockets, gint64 time_usec)
{
  Space *space = sky_roster_find_space (self, nsp);

  if (space == NULL && g_hash_table_size (self->by_name) >= MAX_SPACES)
    {
      self->full = TRUE;
      return;
    }
  if (space != NULL && space->n_told == n_sockets)
    return;
  space = sky_roster_get_space (self, nsp, time_usec);
  space->n_told = n_sockets;
  if (n_sockets >= 0)
    sky_tally_set (&space->tally, time_usec, (guint) n_sockets, SKY_ROSTER_SPACE_STEPS);
  sky_roster_announce (self);
}

/* A namespace is not there any more. One that somebody is in stays. */
void
sky_roster_forget (SkyRoster *self, const char *nsp)
{
  Space *space = sky_roster_find_space (self, nsp);

  if (space == NULL || g_hash_table_size (space->sockets) > 0)
    return;
  g_hash_table_remove (self->by_name, space->name);
  sky_roster_announce (self);
}

/* From now on, or not any more, what is filled in is no news: there are no deeds of it. */
void
sky_roster_set_quiet (SkyRoster *self, gboolean quiet)
{
  self->quiet = quiet;
}

/* Nothing is known any more. What may be done stays as it is. */
void
sky_roster_clear (SkyRoster *self)
{
  g_hash_table_remove_all (self->by_name);
  sky_roster_free_deeds (self);
  self->n_sockets = self->n_members = 0;
  self->texts_len = 0;
  self->full = FALSE;
  sky_roster_announce (self);
}

#include "peer/roster-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SPACE_STEPS  2048 /* of a namespace's history */
#define ROOM_STEPS   256
#define MAX_SPACES   1000 /* empty ones beyond that are forgotten */
#define MAX_COUNTED  64   /* rooms of one socket that an event of it counts for */

/* The books: who is where. Reading is in roster-read.c, acting in roster-act.c, the past in roster-deeds.c. */

G_DEFINE_FINAL_TYPE (SkyRoster, sky_roster, G_TYPE_OBJECT)

static void
tally_clear (Tally *tally)
{
  sky_roster_history_clear (&tally->history);
  g_free (tally->rate);
}

static void
tally_set (Tally *tally, gint64 time_usec, guint count, guint max_steps)
{
  tally->peak = MAX (tally->peak, count);
  sky_roster_history_add (&tally->history, time_usec, count, max_steps);
}

/* Counts an event at @rate, which is made for the first. */
void
sky_tally_count (SkyRosterRate **rate, gint64 time_usec)
{
  if (*rate == NULL)
    *rate = g_new0 (SkyRosterRate, 1);
  sky_roster_rate_count (*rate, time_usec);
}

static void
room_free (gpointer data)
{
  Room *self = data;

  g_sequence_remove (self->at);
  g_sequence_free (self->members);
  tally_clear (&self->tally);
  g_ref_string_release (self->name);
  g_free (self);
}

static void
socket_free (gpointer data)
{
  Socket *self = data;

  g_hash_table_unref (self->rooms);
  g_ref_string_release ((char *) self->info.id);
  g_free ((char *) self->info.label);
  g_free ((char *) self->info.address);
  g_free ((char *) self->info.transport);
  g_free ((char *) self->info.user_agent);
  g_free ((char *) self->info.handshake);
  g_free ((char *) self->info.data);
  g_free (self->rate);
  g_free (self);
}

static void
space_free (gpointer data)
{
  Space *self = data;

  g_sequence_remove (self->at);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->sockets);
  g_sequence_free (self->in_order);
  for (guint i = 0; i < G_N_ELEMENTS (self->by_name); i++)
    g_sequence_free (self->by_name[i]);
  tally_clear (&self->tally);
  g_ref_string_release (self->name);
  g_free (self);
}

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
  G_OBJECT_CLASS (sky_roster_parent_class)->finalize (object);
}

static void
sky_roster_class_init (SkyRosterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_roster_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_roster_finalize;
  g_signal_new ("changed", SKY_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_roster_init (SkyRoster *self)
{
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, space_free);
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

static int
compare_spaces (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Space *) a)->name, ((const Space *) b)->name);
}

static int
compare_rooms (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Room *) a)->name, ((const Room *) b)->name);
}

static Space *
get_space (SkyRoster *self, const char *nsp, gint64 time_usec)
{
  Space *space = sky_roster_find_space (self, nsp);

  if (space != NULL)
    return space;
  space = g_new0 (Space, 1);
  space->name = g_ref_string_new (nsp);
  space->sockets = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, socket_free);
  space->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  space->in_order = g_sequence_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (space->by_name); i++)
    space->by_name[i] = g_sequence_new (NULL);
  space->n_told = -1;
  space->tally.created_usec = time_usec;
  space->at = g_sequence_insert_sorted (self->spaces, space, compare_spaces, NULL);
  g_hash_table_insert (self->by_name, space->name, space);
  return space;
}

static Room *
get_room (Space *space, const char *name, gint64 time_usec)
{
  Room *room = g_hash_table_lookup (space->rooms, name);

  if (room != NULL)
    return room;
  room = g_new0 (Room, 1);
  room->name = g_ref_string_new (name);
  room->space = space;
  room->members = g_sequence_new (g_free);
  room->tally.created_usec = time_usec;
  room->at = g_sequence_insert_sorted (space->by_name[FALSE], room, compare_rooms, NULL);
  g_hash_table_insert (space->rooms, room->name, room);
  return room;
}

static void
set_private (Room *room, gboolean private)
{
  if (room->private == private)
    return;
  g_sequence_remove (room->at);
  room->private = private;
  room->at = g_sequence_insert_sorted (room->space->by_name[private], room, compare_rooms, NULL);
}

static guint
count_members (const Room *room)
{
  return (guint) g_sequence_get_length (room->members);
}

/* Nobody looks at the chart of a room that has one member for as long as there is a room. */
static void
tally_room (Room *room, gint64 time_usec)
{
  guint count = count_members (room);

  if (room->private)
    room->tally.peak = MAX (room->tally.peak, count);
  else
    tally_set (&room->tally, time_usec, count, ROOM_STEPS);
}

/* Returns: whether it was not there yet, and could be let in */
static gboolean
enter (SkyRoster *self, Socket *socket, const char *name, gint64 time_usec)
{
  Room *room = g_hash_table_lookup (socket->space->rooms, name);
  Member *member;

  if (room != NULL && g_hash_table_contains (socket->rooms, room))
    return FALSE;
  if (self->n_members >= SKY_ROSTER_MAX_MEMBERS)
    {
      self->full = TRUE;
      return FALSE;
    }
  room = get_room (socket->space, name, time_usec);
  member = g_new (Member, 1);
  *member = (Member) { socket, room, NULL };
  member->at = g_sequence_append (room->members, member);
  g_hash_table_insert (socket->rooms, room, member);
  self->n_members++;
  if (strcmp (name, socket->info.id) == 0)
    set_private (room, TRUE);
  tally_room (room, time_usec);
  return TRUE;
}

/* The room goes with its last member. */
static void
quit (SkyRoster *self, Member *member, gint64 time_usec)
{
  Room *room = member->room;

  if (strcmp (room->name, member->socket->info.id) == 0)
    set_private (room, FALSE);
  g_sequence_remove (member->at);
  self->n_members--;
  if (count_members (room) == 0)
    g_hash_table_remove (room->space->rooms, room->name);
  else
    tally_room (room, time_usec);
}

static void
replace (const char **text, const char *now)
{
  char *before = (char *) *text;

  if (before == now)
    return;
  *text = g_strdup (now);
  g_free (before);
}

/* @info may be the socket's own, with some of it changed. */
static void
fill (Socket *socket, const SkyRosterSocket *info)
{
  replace (&socket->info.label, info->label);
  replace (&socket->info.address, info->address);
  replace (&socket->info.transport, info->transport);
  replace (&socket->info.user_agent, info->user_agent);
  replace (&socket->info.handshake, info->handshake);
  replace (&socket->info.data, info->data);
  socket->info.revision = info->revision;
  socket->info.latency_usec = info->latency_usec;
  socket->info.n_buffered = info->n_buffered;
}

static Socket *
make_socket (SkyRoster *self, const SkyRosterSocket *info, gint64 time_usec)
{
  Socket *socket = g_new0 (Socket, 1);
  Space *space = get_space (self, info->nsp, time_usec);

  socket->space = space;
  socket->info.id = g_ref_string_new (info->id);
  socket->info.nsp = space->name;
  socket->info.since_usec = info->since_usec != 0 ? info->since_usec : time_usec;
  socket->rooms = g_hash_table_new (NULL, NULL);
  socket->at = g_sequence_append (space->in_order, socket);
  g_hash_table_insert (space->sockets, (char *) socket->info.id, socket);
  self->n_sockets++;
  tally_set (&space->tally, time_usec, g_hash_table_size (space->sockets), SPACE_STEPS);
  return socket;
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
  made = make_socket (self, socket, time_usec);
  fill (made, socket);
  enter (self, made, made->info.id, time_usec);
  sky_roster_note (self, SKY_ROSTER_CONNECTED, made->space, NULL, made->info.id, NULL, 0, time_usec);
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
  fill (known, socket);
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
  g_autofree char *reason = why != NULL ? g_strdup_printf (_("disconnected: %s"), why) : g_strdup (_("disconnected"));
  GHashTableIter iter;
  gpointer room, member;

  g_hash_table_iter_init (&iter, socket->rooms);
  while (g_hash_table_iter_next (&iter, &room, &member))
    {
      const char *name = ((Room *) room)->name;

      if (strcmp (name, socket->info.id) != 0)
        sky_roster_note (self, SKY_ROSTER_LEFT, socket->space, name, socket->info.id, reason, 0, time_usec);
      quit (self, member, time_usec);
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
  g_sequence_remove (socket->at);
  g_hash_table_remove (space->sockets, socket->info.id);
  self->n_sockets--;
  tally_set (&space->tally, time_usec, g_hash_table_size (space->sockets), SPACE_STEPS);
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

  if (socket == NULL || !enter (self, socket, room, time_usec))
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
  quit (self, member, time_usec);
  sky_roster_announce (self);
}

static void
count_for_rooms (Socket *socket, gint64 time_usec)
{
  GHashTableIter iter;
  gpointer room;
  guint n = 0;

  g_hash_table_iter_init (&iter, socket->rooms);
  while (n++ < MAX_COUNTED && g_hash_table_iter_next (&iter, &room, NULL))
    sky_tally_count (&((Room *) room)->tally.rate, time_usec);
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
  Space *space = sky_roster_find_space (self, nsp);
  Socket *socket = space != NULL && id != NULL ? g_hash_table_lookup (space->sockets, id) : NULL;
  Room *where = space != NULL && room != NULL ? g_hash_table_lookup (space->rooms, room) : NULL;

  if (space == NULL)
    return;
  sky_tally_count (&space->tally.rate, time_usec);
  if (where != NULL)
    sky_tally_count (&where->tally.rate, time_usec);
  if (socket != NULL)
    {
      sky_tally_count (&socket->rate, time_usec);
      *(in ? &socket->info.n_in : &socket->info.n_out) += 1;
      if (room == NULL)
        count_for_rooms (socket, time_usec);
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
  space = get_space (self, nsp, time_usec);
  space->n_told = n_sockets;
  if (n_sockets >= 0)
    tally_set (&space->tally, time_usec, (guint) n_sockets, SPACE_STEPS);
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
  self->full = FALSE;
  sky_roster_announce (self);
}

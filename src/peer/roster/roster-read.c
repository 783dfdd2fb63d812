#include "peer/roster/roster-private.h"

#define MAX_POINTS 10000 /* of a chart */

/* What panes ask the books for. */

static gpointer
get_at (GSequence *sequence, guint index)
{
  if (index >= (guint) g_sequence_get_length (sequence))
    return NULL;
  return g_sequence_get (g_sequence_get_iter_at_pos (sequence, (int) index));
}

guint
sky_roster_get_n_namespaces (SkyRoster *self)
{
  return (guint) g_sequence_get_length (self->spaces);
}

/* Returns: (nullable) (transfer none) */
const char *
sky_roster_get_namespace (SkyRoster *self, guint index)
{
  const Space *space = get_at (self->spaces, index);

  return space != NULL ? space->name : NULL;
}

/* Returns: how many sockets the server says are in it; -1 if it does not say: see sky_roster_tell() */
int
sky_roster_get_n_told (SkyRoster *self, const char *nsp)
{
  const Space *space = sky_roster_find_space (self, nsp);

  return space != NULL ? space->n_told : -1;
}

/**
 * sky_roster_get_n_rooms:
 * @private: %TRUE for the rooms that are some socket's own, %FALSE for the others
 */
guint
sky_roster_get_n_rooms (SkyRoster *self, const char *nsp, gboolean private)
{
  const Space *space = sky_roster_find_space (self, nsp);

  return space != NULL ? (guint) g_sequence_get_length (space->by_name[private != FALSE]) : 0;
}

/* Returns: (nullable) (transfer none) */
const char *
sky_roster_get_room (SkyRoster *self, const char *nsp, guint index, gboolean private)
{
  const Space *space = sky_roster_find_space (self, nsp);
  const Room *room = space != NULL ? get_at (space->by_name[private != FALSE], index) : NULL;

  return room != NULL ? room->name : NULL;
}

/**
 * sky_roster_get_n_sockets:
 * @room: (nullable): a room, or a socket's id; %NULL for the namespace
 */
guint
sky_roster_get_n_sockets (SkyRoster *self, const char *nsp, const char *room)
{
  const Space *space = sky_roster_find_space (self, nsp);
  const Room *where = room != NULL ? sky_roster_find_room (self, nsp, room) : NULL;

  if (room != NULL)
    return where != NULL ? (guint) g_sequence_get_length (where->members) : 0;
  return space != NULL ? g_hash_table_size (space->sockets) : 0;
}

static gboolean
give (const Socket *socket, SkyRosterSocket *out)
{
  if (socket == NULL)
    return FALSE;
  *out = socket->info;
  return TRUE;
}

/**
 * sky_roster_get_socket:
 * @room: (nullable): %NULL for the namespace
 * @out: (out caller-allocates): borrowed until the roster's next change
 *
 * Returns: %FALSE if there is no such one
 */
gboolean
sky_roster_get_socket (SkyRoster *self, const char *nsp, const char *room, guint index, SkyRosterSocket *out)
{
  const Space *space = sky_roster_find_space (self, nsp);
  const Room *where = room != NULL ? sky_roster_find_room (self, nsp, room) : NULL;
  const Member *member;

  if (room == NULL)
    return give (space != NULL ? get_at (space->in_order, index) : NULL, out);
  member = where != NULL ? get_at (where->members, index) : NULL;
  return give (member != NULL ? member->socket : NULL, out);
}

gboolean
sky_roster_find_socket (SkyRoster *self, const char *nsp, const char *id, SkyRosterSocket *out)
{
  return give (sky_roster_look_up (self, nsp, id), out);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* Callers end these lists with NULL to join them. */
static void
release (gpointer name)
{
  if (name != NULL)
    g_ref_string_release (name);
}

/* Returns: how many rooms a socket is in, without its own */
guint
sky_roster_get_n_rooms_of (SkyRoster *self, const char *nsp, const char *id)
{
  const Socket *socket = sky_roster_look_up (self, nsp, id);
  Room *own = socket != NULL ? sky_roster_find_room (self, nsp, id) : NULL;

  if (socket == NULL)
    return 0;
  return g_hash_table_size (socket->rooms) - (own != NULL && g_hash_table_contains (socket->rooms, own));
}

/* Returns: (transfer full) (element-type utf8): the rooms that a socket is in, without its own, in order */
GPtrArray *
sky_roster_get_rooms_of (SkyRoster *self, const char *nsp, const char *id)
{
  const Socket *socket = sky_roster_look_up (self, nsp, id);
  GPtrArray *rooms = g_ptr_array_new_with_free_func (release);
  GHashTableIter iter;
  gpointer room;

  if (socket == NULL)
    return rooms;
  g_hash_table_iter_init (&iter, socket->rooms);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    if (g_strcmp0 (((Room *) room)->name, id) != 0)
      g_ptr_array_add (rooms, g_ref_string_acquire (((Room *) room)->name));
  g_ptr_array_sort (rooms, compare_names);
  return rooms;
}

static const Tally *
find_tally (SkyRoster *self, const char *nsp, const char *room)
{
  const Space *space = sky_roster_find_space (self, nsp);
  const Room *where = room != NULL ? sky_roster_find_room (self, nsp, room) : NULL;

  if (room != NULL)
    return where != NULL ? &where->tally : NULL;
  return space != NULL ? &space->tally : NULL;
}

/**
 * sky_roster_get_rate:
 * @room: (nullable): of this room only
 * @id: (nullable): of this socket only; @room does not matter then
 *
 * Returns: events a second, over the five seconds before @now_usec
 */
double
sky_roster_get_rate (SkyRoster *self, const char *nsp, const char *room, const char *id, gint64 now_usec)
{
  const Socket *socket = id != NULL ? sky_roster_look_up (self, nsp, id) : NULL;
  const Tally *tally = id == NULL ? find_tally (self, nsp, room) : NULL;
  const SkyRosterRate *rate = socket != NULL ? socket->rate : tally != NULL ? tally->rate : NULL;

  return rate != NULL ? sky_roster_rate_get (rate, now_usec) : 0;
}

/* Returns: the most members there were at once, since @room is there */
guint
sky_roster_get_peak (SkyRoster *self, const char *nsp, const char *room)
{
  const Tally *tally = find_tally (self, nsp, room);

  return tally != NULL ? tally->peak : 0;
}

/* Returns: since when @room is there, or known; microseconds since 1970, 0 if it is not */
gint64
sky_roster_get_created (SkyRoster *self, const char *nsp, const char *room)
{
  const Tally *tally = find_tally (self, nsp, room);

  return tally != NULL ? tally->created_usec : 0;
}

/**
 * sky_roster_get_history:
 * @n_points: how many, evenly from @from_usec to @to_usec, both included
 *
 * Returns: (transfer full) (element-type guint): how many members there were at each of these times; the
 *   longer it is ago, the more coarsely
 */
GArray *
sky_roster_get_history (SkyRoster *self, const char *nsp, const char *room, gint64 from_usec, gint64 to_usec,
                        guint n_points)
{
  const Tally *tally = find_tally (self, nsp, room);
  GArray *points = g_array_new (FALSE, FALSE, sizeof (guint));

  n_points = MIN (n_points, MAX_POINTS);
  for (guint i = 0; i < n_points; i++)
    {
      double part = n_points > 1 ? (double) i / (n_points - 1) : 1.0;
      gint64 time = from_usec + (gint64) (part * (double) (to_usec - from_usec));
      guint count = 0;

      if (tally != NULL && tally->history.steps != NULL)
        count = sky_roster_history_get (&tally->history, time);
      else if (tally != NULL && time >= tally->created_usec)
        count = sky_roster_get_n_sockets (self, nsp, room);
      g_array_append_val (points, count);
    }
  return points;
}

/* Returns: whether a bound was met: something that is there is not shown */
gboolean
sky_roster_is_full (SkyRoster *self)
{
  return self->full;
}

static void
add_receiver (GPtrArray *out, const Socket *socket, const Room *except)
{
  if (except == NULL || !g_hash_table_contains (socket->rooms, except))
    g_ptr_array_add (out, g_ref_string_acquire ((char *) socket->info.id));
}

/**
 * sky_roster_preview:
 * @to: (nullable): a room or a socket's id; %NULL for the namespace
 * @except: (nullable): a room or a socket's id
 *
 * Who would receive what is emitted now, as a server finds them: a socket's id is the room it is in by itself.
 *
 * Returns: (transfer full) (element-type utf8): the ids of exactly these sockets
 */
GPtrArray *
sky_roster_preview (SkyRoster *self, const char *nsp, const char *to, const char *except)
{
  const Space *space = sky_roster_find_space (self, nsp);
  const Room *where = to != NULL ? sky_roster_find_room (self, nsp, to) : NULL;
  const Room *without = except != NULL ? sky_roster_find_room (self, nsp, except) : NULL;
  GPtrArray *ids = g_ptr_array_new_with_free_func (release);
  GSequence *sequence = to == NULL ? (space != NULL ? space->in_order : NULL) : where != NULL ? where->members : NULL;
  GSequenceIter *iter;

  if (sequence == NULL)
    return ids;
  for (iter = g_sequence_get_begin_iter (sequence); !g_sequence_iter_is_end (iter); iter = g_sequence_iter_next (iter))
    add_receiver (ids, to == NULL ? g_sequence_get (iter) : ((Member *) g_sequence_get (iter))->socket, without);
  return ids;
}

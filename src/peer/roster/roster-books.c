#include "peer/roster/roster-private.h"

#include <string.h>

#include "base/utf8.h"

#define ROOM_STEPS    256                 /* of a room's history */
#define MAX_WORDS_LEN 256                 /* bytes of what a socket is called, and comes with: it is shown on a line */
#define MAX_TEXTS_LEN (256 * 1024 * 1024) /* bytes of all handshakes and data */

/* The books of a roster: namespaces, rooms, sockets and who is a member of what. Nobody is told anything here. */

static void
tally_clear (Tally *tally)
{
  sky_roster_history_clear (&tally->history);
  g_free (tally->rate);
}

void
sky_tally_set (Tally *tally, gint64 time_usec, guint count, guint max_steps)
{
  tally->peak = MAX (tally->peak, count);
  sky_roster_history_add (&tally->history, time_usec, count, max_steps);
}

/* Counts @n events at @rate, which is made for the first. */
void
sky_tally_count (SkyRosterRate **rate, guint n, gint64 time_usec)
{
  if (*rate == NULL)
    *rate = g_new0 (SkyRosterRate, 1);
  sky_roster_rate_count (*rate, n, time_usec);
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
  g_free ((char *) self->info.parser);
  g_free (self->rate);
  g_free (self);
}

void
sky_roster_space_free (gpointer data)
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

static int
compare_spaces (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Space *) a)->name, ((const Space *) b)->name);
}

/* Numbers of any length by their value: "room-2" stands before "room-10". */
static int
compare_numbers (const char **a, const char **b)
{
  gsize n_a, n_b;
  int order;

  *a += strspn (*a, "0");
  *b += strspn (*b, "0");
  n_a = strspn (*a, "0123456789");
  n_b = strspn (*b, "0123456789");
  if (n_a != n_b)
    return n_a < n_b ? -1 : 1;
  order = memcmp (*a, *b, n_a);
  *a += n_a;
  *b += n_b;
  return order;
}

static int
compare_rooms (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const char *x = ((const Room *) a)->name, *y = ((const Room *) b)->name;
  int order = 0;

  while (order == 0 && *x != '\0' && *y != '\0')
    if (g_ascii_isdigit (*x) && g_ascii_isdigit (*y))
      order = compare_numbers (&x, &y);
    else
      order = (int) (guchar) *x++ - (guchar) *y++;
  if (order == 0)
    order = (int) (guchar) *x - (guchar) *y;
  /* "7" and "07" are not the same room. */
  return order != 0 ? order : strcmp (((const Room *) a)->name, ((const Room *) b)->name);
}

/* Returns: (transfer none): a new one if need be */
Space *
sky_roster_get_space (SkyRoster *self, const char *nsp, gint64 time_usec)
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
    sky_tally_set (&room->tally, time_usec, count, ROOM_STEPS);
}

/* Returns: whether it was not there yet, and could be let in */
gboolean
sky_roster_enter (SkyRoster *self, Socket *socket, const char *name, gint64 time_usec)
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
void
sky_roster_quit (SkyRoster *self, Member *member, gint64 time_usec)
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

/* Whole characters of UTF-8: who is at the other end may call itself anything. */
static char *
take_words (const char *text)
{
  gsize len = strnlen (text, MAX_WORDS_LEN + 1);
  g_autofree char *words = g_utf8_make_valid (text, (gssize) len);

  if (len <= MAX_WORDS_LEN)
    return g_steal_pointer (&words);
  words[sky_utf8_fit (words, strlen (words), MAX_WORDS_LEN)] = '\0';
  return g_strconcat (words, "…", NULL);
}

static void
replace_words (const char **words, const char *now)
{
  char *before = (char *) *words;

  if (before == now)
    return;
  *words = now != NULL ? take_words (now) : NULL;
  g_free (before);
}

/* What is too much for all of them together is not known of this one. */
static void
replace_text (SkyRoster *self, const char **text, const char *now)
{
  char *before = (char *) *text;
  gsize len = now != NULL ? strlen (now) : 0;

  if (before == now)
    return;
  self->texts_len -= before != NULL ? strlen (before) : 0;
  self->full |= len > MAX_TEXTS_LEN - self->texts_len;
  if (len > MAX_TEXTS_LEN - self->texts_len)
    now = NULL;
  self->texts_len += now != NULL ? len : 0;
  *text = g_strdup (now);
  g_free (before);
}

/* @info may be the socket's own, with some of it changed. */
void
sky_roster_fill (SkyRoster *self, Socket *socket, const SkyRosterSocket *info)
{
  replace_words (&socket->info.label, info->label);
  replace_words (&socket->info.address, info->address);
  replace_words (&socket->info.transport, info->transport);
  replace_words (&socket->info.user_agent, info->user_agent);
  replace_words (&socket->info.parser, info->parser);
  replace_text (self, &socket->info.handshake, info->handshake);
  replace_text (self, &socket->info.data, info->data);
  socket->info.upgraded_usec = info->upgraded_usec;
  socket->info.revision = info->revision;
  socket->info.latency_usec = info->latency_usec;
  socket->info.n_buffered = info->n_buffered;
}

/* It is about to go: there is room for what others say of themselves. */
void
sky_roster_drop_texts (SkyRoster *self, Socket *socket)
{
  replace_text (self, &socket->info.handshake, NULL);
  replace_text (self, &socket->info.data, NULL);
}

/* Returns: (transfer none): a new one, in no room yet */
Socket *
sky_roster_make_socket (SkyRoster *self, const SkyRosterSocket *info, gint64 time_usec)
{
  Socket *socket = g_new0 (Socket, 1);
  Space *space = sky_roster_get_space (self, info->nsp, time_usec);

  socket->space = space;
  socket->info.id = g_ref_string_new (info->id);
  socket->info.nsp = space->name;
  socket->info.since_usec = info->since_usec != 0 ? info->since_usec : time_usec;
  socket->rooms = g_hash_table_new (NULL, NULL);
  socket->at = g_sequence_append (space->in_order, socket);
  g_hash_table_insert (space->sockets, (char *) socket->info.id, socket);
  self->n_sockets++;
  sky_tally_set (&space->tally, time_usec, g_hash_table_size (space->sockets), SKY_ROSTER_SPACE_STEPS);
  return socket;
}

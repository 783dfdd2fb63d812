#include "peer/roster/admin-watch-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME_LEN  4096                         /* bytes of a name, a reason: what is longer is none */
#define MAX_SKEW_USEC (2 * G_TIME_SPAN_SECOND) /* a clock that is wrong by less is right */

/* What the admin namespace tells of sockets and rooms: FEATURES §4.4. What does not look like that is let pass. */

/* A socket, where it lies in the text. */
typedef struct
{
  char        *id, *nsp, *transport;
  SkyJsonValue data, handshake, rooms;
  gboolean     has_data, has_handshake, has_rooms;
} Told;

static void
told_clear (Told *told)
{
  g_free (told->id);
  g_free (told->nsp);
  g_free (told->transport);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Told, told_clear)

/* Returns: (nullable) (transfer full): what the string says, fit to be shown; %NULL for anything else */
char *
sky_admin_take (const char *text, const SkyJsonValue *string)
{
  g_autofree char *value = NULL;
  gsize len = 0;

  if (string->type != SKY_JSON_STRING)
    return NULL;
  value = sky_json_unquote (text, string, &len);
  if (strlen (value) != len || len > MAX_NAME_LEN)
    return NULL;
  return g_utf8_make_valid (value, (gssize) len);
}

static char *
take_member (const char *text, const SkyJsonValue *object, const char *name)
{
  SkyJsonValue value;

  return sky_json_member (text, object, name, &value) ? sky_admin_take (text, &value) : NULL;
}

/* Returns: %FALSE if it is not one, or of the admin namespace itself */
static gboolean
read_told (SkyAdminWatch *self, const char *text, const SkyJsonValue *object, Told *told)
{
  SkyJsonValue key, value;
  SkyJsonIter iter;
  static const char *const members[] = { "id", "nsp", "transport" };
  char **strings[] = { &told->id, &told->nsp, &told->transport };

  if (object->type != SKY_JSON_OBJECT)
    return FALSE;
  sky_json_iter_init (&iter, text, object);
  while (sky_json_iter_next (&iter, &key, &value))
    {
      for (guint i = 0; i < G_N_ELEMENTS (members); i++)
        if (sky_json_string_equal (text, &key, members[i]))
          {
            g_free (*strings[i]);
            *strings[i] = sky_admin_take (text, &value);
          }
      if ((sky_json_string_equal (text, &key, "data")))
        told->data = value, told->has_data = TRUE;
      else if (sky_json_string_equal (text, &key, "handshake"))
        told->handshake = value, told->has_handshake = value.type == SKY_JSON_OBJECT;
      else if (sky_json_string_equal (text, &key, "rooms"))
        told->rooms = value, told->has_rooms = value.type == SKY_JSON_ARRAY;
    }
  return told->id != NULL && told->nsp != NULL && strcmp (told->nsp, self->nsp) != 0;
}

/* What people call each other stands in the data in many ways, or in their "user". */
static char *
take_label (const char *text, const SkyJsonValue *data, gboolean within_user)
{
  static const char *const keys[] = { "username", "userName", "name", "nickname", "user", "userId", "email" };
  SkyJsonValue value;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      char *label = NULL;

      if (!sky_json_member (text, data, keys[i], &value))
        continue;
      if (value.type != SKY_JSON_OBJECT)
        label = sky_admin_take (text, &value);
      else if (!within_user && strcmp (keys[i], "user") == 0)
        label = take_label (text, &value, TRUE);
      if (label != NULL && *label != '\0')
        return label;
      g_free (label);
    }
  return NULL;
}

static char *
copy_text (const char *text, const SkyJsonValue *value)
{
  return g_utf8_make_valid (text + value->start, (gssize) value->len);
}

/* The server's own clock may be another: ages are what people look at. */
static gint64
take_issued (SkyAdminWatch *self, const char *text, const SkyJsonValue *handshake)
{
  SkyJsonValue value;
  guint64 msec;

  if (!sky_json_member (text, handshake, "issued", &value) || value.type != SKY_JSON_NUMBER
      || !sky_json_uint (text, &value, &msec) || msec > G_MAXINT64 / 2000)
    return 0;
  return (gint64) msec * 1000 + (self->skewed ? self->skew_usec : 0);
}

static guint
take_revision (const char *text, const SkyJsonValue *handshake)
{
  SkyJsonValue query;
  g_autofree char *eio = sky_json_member (text, handshake, "query", &query) ? take_member (text, &query, "EIO") : NULL;

  return eio != NULL && (strcmp (eio, "3") == 0 || strcmp (eio, "4") == 0) ? (guint) (*eio - '0') : 0;
}

/* Whoever watches is seen as well, where they are besides the admin namespace. */
static gboolean
is_own (SkyAdminWatch *self, const Told *told)
{
  SkySpaceInfo info;

  for (guint i = 0; sky_client_get_space (self->client, i, &info); i++)
    if (g_strcmp0 (info.sid, told->id) == 0)
      return TRUE;
  return FALSE;
}

static void
enter (SkyAdminWatch *self, const char *text, const Told *told, gint64 time_usec)
{
  SkyJsonValue headers = { .type = SKY_JSON_NULL };
  g_autofree char *address = NULL, *agent = NULL, *handshake = NULL, *data = NULL, *label = NULL;
  SkyRosterSocket socket = { .id = told->id, .nsp = told->nsp, .transport = told->transport };

  if (told->has_handshake)
    {
      socket.address = address = take_member (text, &told->handshake, "address");
      if (sky_json_member (text, &told->handshake, "headers", &headers))
        socket.user_agent = agent = take_member (text, &headers, "user-agent");
      socket.handshake = handshake = copy_text (text, &told->handshake);
      socket.since_usec = take_issued (self, text, &told->handshake);
      socket.revision = take_revision (text, &told->handshake);
    }
  if (told->has_data)
    {
      socket.data = data = copy_text (text, &told->data);
      socket.label = label = take_label (text, &told->data, FALSE);
    }
  if (label == NULL && is_own (self, told))
    socket.label = _("this client");
  sky_roster_connect (self->roster, &socket, time_usec);
}

/* The rooms it is in, and no others. */
static void
settle (SkyAdminWatch *self, const char *text, const Told *told, gint64 time_usec)
{
  g_autoptr(GPtrArray) known = sky_roster_get_rooms_of (self->roster, told->nsp, told->id);
  g_autoptr(GHashTable) gone = NULL;
  GHashTableIter each;
  SkyJsonValue value;
  SkyJsonIter iter;
  gpointer name;

  if (!told->has_rooms)
    return;
  gone = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < known->len; i++)
    g_hash_table_add (gone, g_ptr_array_index (known, i));
  sky_json_iter_init (&iter, text, &told->rooms);
  while (sky_json_iter_next (&iter, NULL, &value))
    {
      g_autofree char *room = sky_admin_take (text, &value);

      if (room == NULL)
        continue;
      g_hash_table_remove (gone, room);
      sky_roster_join (self->roster, told->nsp, room, told->id, NULL, time_usec);
    }
  g_hash_table_iter_init (&each, gone);
  while (g_hash_table_iter_next (&each, &name, NULL))
    sky_roster_leave (self->roster, told->nsp, name, told->id, NULL, time_usec);
}

static void
hear_socket (SkyAdminWatch *self, const char *text, const SkyJsonValue *object, gint64 time_usec)
{
  g_auto(Told) told = { 0 };

  if (!read_told (self, text, object, &told))
    return;
  enter (self, text, &told, time_usec);
  settle (self, text, &told, time_usec);
}

/* socket_updated has some of it: data, or transport. */
static void
hear_update (SkyAdminWatch *self, const char *text, const SkyJsonValue *object)
{
  g_auto(Told) told = { 0 };
  g_autofree char *data = NULL, *label = NULL;
  SkyRosterSocket socket;

  if (!read_told (self, text, object, &told) || !sky_roster_find_socket (self->roster, told.nsp, told.id, &socket))
    return;
  if (told.transport != NULL)
    socket.transport = told.transport;
  if (told.has_data)
    {
      socket.data = data = copy_text (text, &told.data);
      label = take_label (text, &told.data, FALSE);
      socket.label = label != NULL ? label : is_own (self, &told) ? _("this client") : NULL;
    }
  sky_roster_update (self->roster, &socket);
}

/* The times of this server, if they are far from ours: its first word, on a connection, tells. */
static void
learn_clock (SkyAdminWatch *self, const char *stamp, gint64 time_usec)
{
  g_autoptr(GDateTime) theirs = stamp != NULL && !self->skewed ? g_date_time_new_from_iso8601 (stamp, NULL) : NULL;

  if (theirs == NULL)
    return;
  self->skewed = TRUE;
  self->skew_usec = time_usec - g_date_time_to_unix (theirs) * G_USEC_PER_SEC - g_date_time_get_microsecond (theirs);
  if (ABS (self->skew_usec) < MAX_SKEW_USEC)
    self->skew_usec = 0;
}

static void
hear_words (SkyAdminWatch *self, const char *event, char **words, gint64 time_usec)
{
  const char *nsp = words[0];

  learn_clock (self, words[3], time_usec);
  if (nsp == NULL || words[1] == NULL || strcmp (nsp, self->nsp) == 0)
    return;
  if (strcmp (event, "socket_disconnected") == 0)
    sky_roster_disconnect (self->roster, nsp, words[1], words[2], time_usec);
  else if (strcmp (event, "event_received") == 0)
    sky_roster_count (self->roster, nsp, NULL, words[1], TRUE, time_usec);
  else if (strcmp (event, "event_sent") == 0)
    sky_roster_count (self->roster, nsp, NULL, words[1], FALSE, time_usec);
  else if (strcmp (event, "room_joined") == 0 && words[2] != NULL)
    sky_roster_join (self->roster, nsp, words[1], words[2], NULL, time_usec);
  else if (strcmp (event, "room_left") == 0 && words[2] != NULL)
    sky_roster_leave (self->roster, nsp, words[1], words[2], NULL, time_usec);
}

/**
 * sky_admin_watch_hear:
 *
 * One event but all_sockets. The own room is joined before socket_connected, and left after socket_disconnected:
 * of a socket that is not there the roster takes no word.
 */
void
sky_admin_watch_hear (SkyAdminWatch *self, const SkyAdminHeard *heard)
{
  SkyJsonIter iter = { .text = heard->args, .end = heard->len };
  SkyJsonValue values[4] = { { .type = SKY_JSON_NULL } };
  char *words[4] = { NULL };
  guint n = 0;

  while (n < G_N_ELEMENTS (values) && sky_json_iter_next (&iter, NULL, &values[n]))
    n++;
  if (n > 0 && strcmp (heard->event, "config") == 0)
    sky_admin_watch_hear_config (self, heard->args, &values[0]);
  else if (n > 0 && strcmp (heard->event, "server_stats") == 0)
    sky_admin_watch_hear_stats (self, heard->args, &values[0], heard->time_usec);
  else if (n > 0 && strcmp (heard->event, "socket_connected") == 0)
    hear_socket (self, heard->args, &values[0], heard->time_usec);
  else if (n > 0 && strcmp (heard->event, "socket_updated") == 0)
    hear_update (self, heard->args, &values[0]);
  else
    {
      for (guint i = 0; i < n; i++)
        words[i] = sky_admin_take (heard->args, &values[i]);
      hear_words (self, heard->event, words, heard->time_usec);
      for (guint i = 0; i < n; i++)
        g_free (words[i]);
    }
}

static char *
make_key (const char *nsp, const char *id)
{
  return g_strconcat (nsp, "\n", id, NULL);
}

/* Of what was known before the connection was lost, all that is not in the list is gone. */
void
sky_admin_watch_begin_snapshot (SkyAdminWatch *self, const SkyAdminHeard *heard)
{
  SkyJsonIter args = { .text = heard->args, .end = heard->len };
  SkyJsonValue list = { .type = SKY_JSON_NULL };
  const char *nsp;
  SkyRosterSocket socket;

  sky_json_iter_next (&args, NULL, &list);
  sky_json_iter_init (&self->snapshot.iter, heard->args,
                      list.type == SKY_JSON_ARRAY ? &list : &(SkyJsonValue) { .type = SKY_JSON_NULL });
  self->snapshot.stale = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; list.type == SKY_JSON_ARRAY && (nsp = sky_roster_get_namespace (self->roster, i)) != NULL; i++)
    for (guint n = 0; sky_roster_get_socket (self->roster, nsp, NULL, n, &socket); n++)
      g_hash_table_add (self->snapshot.stale, make_key (nsp, socket.id));
  self->snapshot.on = TRUE;
  sky_roster_set_quiet (self->roster, TRUE);
  sky_admin_watch_tell (self);
}

static void
end_snapshot (SkyAdminWatch *self, gint64 time_usec)
{
  GHashTableIter iter;
  gpointer key;

  sky_roster_set_quiet (self->roster, FALSE);
  g_hash_table_iter_init (&iter, self->snapshot.stale);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      char *id = strrchr (key, '\n'); /* its copy; no id of a server has a line break */

      *id = '\0';
      sky_roster_disconnect (self->roster, key, id + 1, _("gone when it was watched again"), time_usec);
    }
  sky_admin_watch_drop_snapshot (self);
  sky_admin_watch_tell (self);
}

/* Returns: whether there is more: one socket is taken at a time */
gboolean
sky_admin_watch_step_snapshot (SkyAdminWatch *self, const SkyAdminHeard *heard)
{
  g_auto(Told) told = { 0 };
  g_autofree char *key = NULL;
  SkyJsonValue value;

  if (!self->snapshot.on)
    return FALSE;
  if (!sky_json_iter_next (&self->snapshot.iter, NULL, &value))
    {
      end_snapshot (self, heard->time_usec);
      return FALSE;
    }
  if (!read_told (self, heard->args, &value, &told))
    return TRUE;
  key = make_key (told.nsp, told.id);
  g_hash_table_remove (self->snapshot.stale, key);
  enter (self, heard->args, &told, heard->time_usec);
  settle (self, heard->args, &told, heard->time_usec);
  return TRUE;
}

void
sky_admin_watch_drop_snapshot (SkyAdminWatch *self)
{
  if (!self->snapshot.on)
    return;
  self->snapshot.on = FALSE;
  sky_roster_set_quiet (self->roster, FALSE);
  g_clear_pointer (&self->snapshot.stale, g_hash_table_unref);
}

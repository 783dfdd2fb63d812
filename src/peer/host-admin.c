#include "peer/host-admin-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host-talk-private.h"

#define MAX_BEHIND        (4 * 1024 * 1024) /* bytes: whose Admin UI has more unsent misses events */
#define MAX_BEHIND_QUEUED 20000             /* … and messages */

/* One admin. */
typedef struct
{
  SkyHostMember *member;
  gboolean       behind; /* it misses events just now */
} Watcher;

/* Returns: (transfer full): the admin namespace of a host, which is not served before sky_host_admin_settle() */
SkyHostAdmin *
sky_host_admin_new (const SkyHostHouse *house)
{
  SkyHostAdmin *self = g_new0 (SkyHostAdmin, 1);

  self->house = house;
  self->watchers = g_ptr_array_new_with_free_func (g_free);
  self->asks = g_ptr_array_new ();
  self->tries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seconds = g_string_new (NULL);
  g_queue_init (&self->logins);
  return self;
}

/* Its admins have gone before. */
void
sky_host_admin_free (SkyHostAdmin *self)
{
  sky_host_admin_stats_stop (self);
  g_queue_clear_full (&self->logins, g_free);
  g_hash_table_unref (self->tries);
  g_ptr_array_unref (self->watchers);
  g_ptr_array_unref (self->asks);
  g_string_free (self->seconds, TRUE);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

/* Whoever is in the namespace came by other rules: as an admin with another password, or as no admin at all. */
static void
send_away (SkyHostAdmin *self)
{
  g_autoptr(GPtrArray) members = sky_host_rooms_select (self->house->rooms, SKY_HOST_ADMIN_NSP, NULL, NULL);

  for (guint i = 0; i < members->len; i++)
    sky_host_talk_disconnect (g_ptr_array_index (members, i));
}

/**
 * sky_host_admin_settle:
 * @running: whether the host listens already; else it begins to, now
 *
 * Serves the namespace as the house's options say from now on. If they say something else than before,
 * nobody stays in it, and with another password nobody is logged in any more.
 */
void
sky_host_admin_settle (SkyHostAdmin *self, gboolean running)
{
  const SkyHostOptions *options = &self->house->options;
  gboolean on = options->admin && options->protocol == SKY_PROTOCOL_SOCKET_IO;
  gboolean same_user = g_strcmp0 (options->admin_username, self->username) == 0
                       && g_strcmp0 (options->admin_password, self->password) == 0;

  if (!running)
    self->begun_usec = g_get_monotonic_time ();
  if (on == self->on && same_user && options->admin_read_only == self->read_only
      && options->admin_production == self->production)
    return;
  send_away (self);
  if (!same_user)
    g_queue_clear_full (&self->logins, g_free);
  self->on = on;
  self->read_only = options->admin_read_only;
  self->production = options->admin_production;
  g_free (self->username);
  g_free (self->password);
  self->username = g_strdup (options->admin_username);
  self->password = g_strdup (options->admin_password);
}

/* Returns: whether @nsp is served here, and rules have no say in it */
gboolean
sky_host_admin_owns (const SkyHostHouse *house, const char *nsp)
{
  return house->admin->on && g_str_equal (nsp, SKY_HOST_ADMIN_NSP);
}

/* Returns: whether somebody wants to hear of each thing that happens */
gboolean
sky_host_admin_is_watched (const SkyHostHouse *house)
{
  return house->admin->watchers->len > 0 && !house->admin->production;
}

static SkyHostSession *
session_of (SkyHostMember *member)
{
  return sky_host_member_get_owner (member);
}

static const SkyHostHouse *
house_of (SkyHostMember *member)
{
  return session_of (member)->house;
}

static gboolean
is_admin (SkyHostMember *member)
{
  return sky_host_admin_owns (house_of (member), sky_host_member_get_nsp (member));
}

/* Returns: (transfer full): `["event"`, to be gone on with */
GString *
sky_host_admin_begin (const char *event)
{
  GString *json = g_string_new ("[");

  sky_json_quote (json, event, -1);
  return json;
}

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, ',');
  sky_json_quote (json, text, -1);
}

/* As JSON.stringify() writes a Date; the other parser has a type for it. */
void
sky_host_admin_append_time (GString *json, SkyParser parser)
{
  g_autofree char *time = sky_clock_format_iso (sky_clock_now_usec ());

  g_string_append_printf (json, parser == SKY_PARSER_MSGPACK ? ",{\"$date\":\"%.23sZ\"}" : ",\"%.23sZ\"", time);
}

/* Sends an event to all admins, however far behind they are: it is of those without which their picture is wrong. */
void
sky_host_admin_push (SkyHostAdmin *self, const char *json)
{
  g_autoptr(GPtrArray) members = g_ptr_array_new ();

  for (guint i = 0; i < self->watchers->len; i++)
    g_ptr_array_add (members, ((Watcher *) g_ptr_array_index (self->watchers, i))->member);
  sky_host_talk_push (self->house, SKY_HOST_ADMIN_NSP, members, json, NULL);
}

/* Ends an event with its time, and sends it. */
static void
push_now (const SkyHostHouse *house, GString *json)
{
  sky_host_admin_append_time (json, house->options.parser);
  g_string_append_c (json, ']');
  sky_host_admin_push (house->admin, json->str);
  g_string_free (json, TRUE);
}

static gboolean
is_behind (Watcher *watcher)
{
  SkyHostSession *session = session_of (watcher->member);
  gboolean behind = sky_carrier_get_n_unsent (session->carrier) > MAX_BEHIND
                    || (SKY_IS_CARRIER_SERVED (session->carrier)
                        && sky_carrier_served_get_n_queued (SKY_CARRIER_SERVED (session->carrier)) > MAX_BEHIND_QUEUED);

  if (behind && !watcher->behind)
    sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                   _("This Admin UI does not keep up: events of other clients are left out for it"));
  watcher->behind = behind;
  return behind;
}

/* Returns: (transfer container): who can take one more of what is only interesting */
static GPtrArray *
list_ready (SkyHostAdmin *self)
{
  GPtrArray *members = g_ptr_array_new ();

  for (guint i = 0; i < self->watchers->len; i++)
    if (!is_behind (g_ptr_array_index (self->watchers, i)))
      g_ptr_array_add (members, ((Watcher *) g_ptr_array_index (self->watchers, i))->member);
  return members;
}

/* Returns: %FALSE if nobody can take any more of it. @time: as sky_host_admin_append_time() writes it */
static gboolean
push_event (SkyHostAdmin *self, const char *what, const char *nsp, const char *id, const char *args,
            GPtrArray *attachments, const char *time)
{
  g_autoptr(GPtrArray) ready = list_ready (self);
  g_autoptr(GString) json = NULL;

  if (ready->len == 0)
    return FALSE;
  json = sky_host_admin_begin (what);
  append_string (json, nsp);
  append_string (json, id);
  g_string_append_printf (json, ",%s%s]", args, time);
  sky_host_talk_push (self->house, SKY_HOST_ADMIN_NSP, ready, json->str, attachments);
  return TRUE;
}

static void
push_room (SkyHostMember *member, const char *event, const char *room)
{
  GString *json;

  if (!sky_host_admin_is_watched (house_of (member)))
    return;
  json = sky_host_admin_begin (event);
  append_string (json, sky_host_member_get_nsp (member));
  append_string (json, room);
  append_string (json, sky_host_member_get_id (member));
  push_now (house_of (member), json);
}

void
sky_host_admin_join (SkyHostMember *member, const char *room)
{
  push_room (member, "room_joined", room);
}

void
sky_host_admin_leave (SkyHostMember *member, const char *room)
{
  push_room (member, "room_left", room);
}

/* A socket has come to a namespace; it is not told so yet. An admin hears of itself. */
void
sky_host_admin_enter (SkyHostMember *member)
{
  SkyHostAdmin *self = house_of (member)->admin;
  Watcher *watcher;

  if (is_admin (member))
    {
      watcher = g_new0 (Watcher, 1);
      watcher->member = member;
      g_ptr_array_add (self->watchers, watcher);
      sky_host_admin_stats_start (self);
    }
  sky_host_admin_join (member, sky_host_member_get_id (member));
}

/* In the order of the reference. */
static char *
describe_features (const SkyHostAdmin *self)
{
  return g_strdup_printf ("[\"config\",{\"supportedFeatures\":[%s\"AGGREGATED_EVENTS\"%s]}]",
                          self->read_only ? ""
                                          : "\"EMIT\",\"JOIN\",\"LEAVE\",\"DISCONNECT\",\"MJOIN\",\"MLEAVE\",\"MDISCONNECT\",",
                          self->production ? "" : ",\"ALL_EVENTS\"");
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  gint64 first = session_of (*(SkyHostMember *const *) a)->issued_usec;
  gint64 second = session_of (*(SkyHostMember *const *) b)->issued_usec;

  return first < second ? -1 : first > second;
}

static char *
describe_all (const SkyHostHouse *house)
{
  g_autoptr(GPtrArray) spaces = sky_host_rooms_list (house->rooms);
  GString *json = sky_host_admin_begin ("all_sockets");

  g_string_append (json, ",[");
  for (guint s = 0; s < spaces->len; s++)
    {
      g_autoptr(GPtrArray) members = sky_host_rooms_select (house->rooms, g_ptr_array_index (spaces, s), NULL, NULL);

      g_ptr_array_sort (members, compare_age);
      for (guint i = 0; i < members->len; i++)
        {
          if (json->str[json->len - 1] != '[')
            g_string_append_c (json, ',');
          sky_host_admin_append_socket (json, g_ptr_array_index (members, i));
        }
    }
  return g_string_free (g_string_append (json, "]]"), FALSE);
}

/* What an admin is told first. */
static void
greet (SkyHostMember *member)
{
  SkyHostSession *session = session_of (member);
  g_autofree char *features = describe_features (session->house->admin), *all = NULL;

  sky_host_talk_send (session, SKY_SIO_EVENT, SKY_HOST_ADMIN_NSP, NULL, features, NULL);
  if (session->house->admin->production)
    return;
  all = describe_all (session->house);
  sky_host_talk_send (session, SKY_SIO_EVENT, SKY_HOST_ADMIN_NSP, NULL, all, NULL);
}

/**
 * sky_host_admin_connected:
 * @member: who was just told that it is connected
 *
 * Returns: whether it is an admin, which no rule answers
 */
gboolean
sky_host_admin_connected (SkyHostMember *member)
{
  GString *json;

  if (sky_host_admin_is_watched (house_of (member)))
    {
      json = sky_host_admin_begin ("socket_connected");
      g_string_append_c (json, ',');
      sky_host_admin_append_socket (json, member);
      push_now (house_of (member), json);
    }
  if (!is_admin (member))
    return FALSE;
  greet (member);
  return TRUE;
}

static void
remove_watcher (SkyHostAdmin *self, SkyHostMember *member)
{
  for (guint i = 0; i < self->watchers->len; i++)
    if (((Watcher *) g_ptr_array_index (self->watchers, i))->member == member)
      {
        sky_host_admin_forget_asks (self, member);
        g_ptr_array_remove_index (self->watchers, i);
        break;
      }
  if (self->watchers->len == 0)
    sky_host_admin_stats_stop (self);
}

/* A socket leaves its namespace, and is in its rooms for a last moment. An admin does not hear of itself. */
void
sky_host_admin_exit (SkyHostMember *member, const char *why)
{
  const SkyHostHouse *house = house_of (member);
  g_autoptr(GPtrArray) rooms = NULL;
  GString *json;

  remove_watcher (house->admin, member);
  if (!sky_host_admin_is_watched (house))
    return;
  json = sky_host_admin_begin ("socket_disconnected");
  append_string (json, sky_host_member_get_nsp (member));
  append_string (json, sky_host_member_get_id (member));
  append_string (json, why);
  push_now (house, json);
  rooms = sky_host_member_get_rooms (member);
  for (guint i = 0; i < rooms->len; i++)
    sky_host_admin_leave (member, g_ptr_array_index (rooms, i));
}

/**
 * sky_host_admin_updated:
 * @transport: (nullable): what it is upgraded to, if it was
 * @data: (nullable): its variables as JSON, if they are others
 */
void
sky_host_admin_updated (SkyHostMember *member, const char *transport, const char *data)
{
  const char *const values[] = { transport, data };

  for (guint i = 0; i < G_N_ELEMENTS (values) && sky_host_admin_is_watched (house_of (member)); i++)
    {
      g_autoptr(GString) json = sky_host_admin_begin ("socket_updated");

      if (values[i] == NULL)
        continue;
      g_string_append (json, ",{\"id\":");
      sky_json_quote (json, sky_host_member_get_id (member), -1);
      g_string_append (json, ",\"nsp\":");
      sky_json_quote (json, sky_host_member_get_nsp (member), -1);
      g_string_append_printf (json, i == 0 ? ",\"transport\":\"%s\"}]" : ",\"data\":%s}]", values[i]);
      sky_host_admin_push (house_of (member)->admin, json->str);
    }
}

static char *
format_now (const SkyHostHouse *house)
{
  GString *time = g_string_new (NULL);

  sky_host_admin_append_time (time, house->options.parser);
  return g_string_free (time, FALSE);
}

/**
 * sky_host_admin_hear:
 * @talk: an event that came from @member
 *
 * Returns: whether @member is an admin, and nobody else has to answer
 */
gboolean
sky_host_admin_hear (SkyHostMember *member, const SkyTalk *talk)
{
  g_autofree char *time = NULL;

  if (is_admin (member))
    return sky_host_admin_obey (member, talk);
  if (!sky_host_admin_is_watched (house_of (member)))
    return FALSE;
  time = format_now (house_of (member));
  push_event (house_of (member)->admin, "event_received", talk->nsp, sky_host_member_get_id (member), talk->json,
              talk->attachments, time);
  return FALSE;
}

/* One event goes to one socket. @json: its name and arguments */
void
sky_host_admin_sent (SkyHostSession *session, const char *nsp, const char *json, GPtrArray *attachments)
{
  SkyHostMember *member;
  g_autofree char *time = NULL;

  if (!sky_host_admin_is_watched (session->house) || sky_host_admin_owns (session->house, nsp))
    return;
  member = sky_host_session_find_seat (session, nsp);
  time = format_now (session->house);
  if (member != NULL)
    push_event (session->house->admin, "event_sent", nsp, sky_host_member_get_id (member), json, attachments, time);
}

/* … or to many: to each of them, as the reference tells it. */
void
sky_host_admin_told (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *json,
                     GPtrArray *attachments)
{
  g_autofree char *time = NULL;

  if (!sky_host_admin_is_watched (house) || sky_host_admin_owns (house, nsp))
    return;
  time = format_now (house);
  for (guint i = 0; i < members->len; i++)
    if (!push_event (house->admin, "event_sent", nsp, sky_host_member_get_id (g_ptr_array_index (members, i)), json,
                     attachments, time))
      return;
}

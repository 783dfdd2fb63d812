#include "peer/host/host-admin-private.h"

#include "base/json.h"
#include "peer/host/host-talk-private.h"

/* What admins are told: who comes and goes, joins and leaves, is upgraded, says something or is told it. */

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

static void
append_string (GString *json, const char *text)
{
  g_string_append_c (json, ',');
  sky_json_quote (json, text, -1);
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

/* Returns: %FALSE if nobody can take any more of it. @time: as sky_host_admin_append_time() writes it */
static gboolean
push_event (SkyHostAdmin *self, const char *what, const char *nsp, const char *id, const char *args,
            GPtrArray *attachments, const char *time)
{
  g_autoptr(GPtrArray) ready = sky_host_admin_list_ready (self);
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
  if (is_admin (member))
    sky_host_admin_add_watcher (house_of (member)->admin, member);
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

/* A socket leaves its namespace, and is in its rooms for a last moment. An admin does not hear of itself. */
void
sky_host_admin_exit (SkyHostMember *member, const char *why)
{
  const SkyHostHouse *house = house_of (member);
  g_autoptr(GPtrArray) rooms = NULL;
  GString *json;

  sky_host_admin_remove_watcher (house->admin, member);
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

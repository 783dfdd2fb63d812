#include "peer/host/host-roster.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host/host-admin.h"
#include "peer/host/host-handshake.h"
#include "peer/host/host-private.h"
#include "peer/host/host-rules-private.h"
#include "peer/host/host-talk.h"

#define TOUCH_MSEC        250   /* between two looks at those who spoke or were spoken to */
#define MAX_HANDSHAKE_LEN 16384 /* bytes of headers, query and auth that are kept for each socket */

static void
append_member (GString *json, const char *name, const char *value)
{
  if (json->len > 1 && json->str[json->len - 1] != '{')
    g_string_append_c (json, ',');
  sky_json_quote (json, name, -1);
  g_string_append_c (json, ':');
  sky_json_quote (json, value, -1);
}

/* Headers come as octets: what is no UTF-8 would be no JSON either. */
static void
append_header (const char *name, const char *value, gpointer json)
{
  g_autofree char *valid_name = g_utf8_make_valid (name, -1), *valid = g_utf8_make_valid (value, -1);

  if (((GString *) json)->len < MAX_HANDSHAKE_LEN)
    append_member (json, valid_name, valid);
}

static void
append_query (GString *json, const char *query)
{
  g_autoptr(GHashTable) params = query != NULL ? soup_form_decode (query) : NULL;
  GHashTableIter iter;
  gpointer name, value;

  if (params == NULL)
    return;
  g_hash_table_iter_init (&iter, params);
  while (g_hash_table_iter_next (&iter, &name, &value))
    append_header (name, value, json);
}

/* Returns: (transfer full): `{"path":"…","query":{…},"auth":…,"headers":{…}}`, secrets as they came */
static char *
describe_handshake (SkyHostSession *session, SoupMessageHeaders *headers, const char *auth)
{
  g_autofree char *path = sky_host_handshake_get_path (session);
  g_autoptr(GString) json = g_string_new ("{");
  SkyJsonValue value;

  append_member (json, "path", path);
  g_string_append (json, ",\"query\":{");
  append_query (json, sky_host_handshake_get_query (session));
  g_string_append_c (json, '}');
  if (auth != NULL && strlen (auth) < MAX_HANDSHAKE_LEN && sky_json_parse (auth, strlen (auth), &value, NULL, NULL))
    g_string_append_printf (json, ",\"auth\":%s", auth);
  g_string_append (json, ",\"headers\":{");
  soup_message_headers_foreach (headers, append_header, json);
  g_string_append (json, "}}");
  return g_strdup (json->str);
}

/* Returns: (transfer full) (nullable): what a client calls itself, if it says so on connecting */
static char *
find_label (const char *auth)
{
  static const char *const names[] = { "name", "username", "user", "nickname", "nick", "userName" };
  SkyJsonValue object, value;

  if (auth == NULL || !sky_json_parse (auth, strlen (auth), &object, NULL, NULL) || object.type != SKY_JSON_OBJECT)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (sky_json_member (auth, &object, names[i], &value) && value.type == SKY_JSON_STRING && value.len > 2)
      return sky_json_unquote (auth, &value, NULL);
  return NULL;
}

static SkyHostSession *
session_of (SkyHostMember *member)
{
  return sky_host_member_get_owner (member);
}

static const char *
transport_of (SkyHostSession *session)
{
  return session->socket != NULL ? "websocket" : "polling";
}

/* What is the same for all sockets of a session, and does not change. Borrowed from it and the others. */
static SkyRosterSocket
describe (SkyHostSession *session, SoupMessageHeaders *headers, const char *handshake)
{
  return (SkyRosterSocket) { .address = sky_link_get_facts (session->link)->remote,
                             .transport = transport_of (session),
                             .revision = session->revision,
                             .user_agent = soup_message_headers_get_one (headers, "User-Agent"),
                             .handshake = handshake,
                             .since_usec = sky_clock_now_usec (),
                             .latency_usec = session->latency_usec,
                             .upgraded_usec = session->upgraded_usec };
}

/* A socket connects to a namespace. @auth: (nullable): JSON. @recovered: it was here before */
void
sky_host_roster_enter (SkyHostMember *member, const char *auth, gboolean recovered)
{
  SkyHostSession *session = session_of (member);
  g_autoptr(SoupMessageHeaders) headers = sky_host_handshake_get_headers (session);
  g_autofree char *handshake = describe_handshake (session, headers, auth);
  g_autofree char *label = find_label (auth);
  SkyRosterSocket socket = describe (session, headers, handshake);

  socket.id = sky_host_member_get_id (member);
  socket.nsp = sky_host_member_get_nsp (member);
  socket.label = label;
  socket.parser = session->house->options.parser == SKY_PARSER_MSGPACK ? "msgpack" : "default";
  sky_roster_connect_for (session->house->roster, &socket, recovered ? _("recovered") : NULL, socket.since_usec);
  sky_host_admin_enter (member);
}

void
sky_host_roster_join (SkyHostMember *member, const char *room, const char *why)
{
  sky_roster_join (session_of (member)->house->roster, sky_host_member_get_nsp (member), room,
                   sky_host_member_get_id (member), why, sky_clock_now_usec ());
  sky_host_admin_join (member, room);
}

void
sky_host_roster_leave (SkyHostMember *member, const char *room, const char *why)
{
  sky_roster_leave (session_of (member)->house->roster, sky_host_member_get_nsp (member), room,
                    sky_host_member_get_id (member), why, sky_clock_now_usec ());
  sky_host_admin_leave (member, room);
}

/* Returns: (transfer full) (nullable): the variables that rules keep for it, as JSON */
static char *
describe_variables (SkyHostSession *session, const char *nsp)
{
  SkyHostPlayer *player = session->house->stage != NULL ? sky_host_rules_find (session, nsp) : NULL;
  g_autoptr(GString) json = NULL;

  if (player == NULL || player->rules == NULL)
    return NULL;
  json = g_string_new (NULL);
  sky_rules_player_append_variables (player->rules, json);
  return json->len <= MAX_HANDSHAKE_LEN && !g_str_equal (json->str, "{}") ? g_strdup (json->str) : NULL;
}

static void
tell_admins (SkyHostSession *session, const char *nsp, gboolean upgraded, const char *data)
{
  SkyHostMember *member = sky_host_session_find_seat (session, nsp);

  if (member != NULL && (upgraded || data != NULL))
    sky_host_admin_updated (member, upgraded ? transport_of (session) : NULL, data);
}

static void
update_socket (SkyHostSession *session, const char *nsp, const char *id)
{
  SkyRoster *roster = session->house->roster;
  g_autofree char *data = describe_variables (session, nsp);
  g_autofree char *label = find_label (data);
  SkyRosterSocket socket;
  gboolean upgraded, other;

  if (!sky_roster_find_socket (roster, nsp, id, &socket))
    return;
  upgraded = g_strcmp0 (socket.transport, transport_of (session)) != 0;
  other = g_strcmp0 (socket.data, data) != 0;
  socket.transport = transport_of (session);
  socket.upgraded_usec = session->upgraded_usec;
  socket.latency_usec = session->latency_usec;
  socket.n_buffered = sky_carrier_get_n_unsent (session->carrier);
  socket.data = data;
  if (label != NULL)
    socket.label = label;
  sky_roster_update (roster, &socket);
  tell_admins (session, nsp, upgraded, !other ? NULL : data != NULL ? data : "{}");
}

/* What went to many is counted at the next look, for all of them at once. */
static void
count_told (SkyHostMember *member)
{
  guint n = sky_host_member_take_told (member);

  if (n > 0)
    sky_roster_count_many (session_of (member)->house->roster, sky_host_member_get_nsp (member), NULL,
                           sky_host_member_get_id (member), FALSE, n, sky_clock_now_usec ());
}

static void
update (SkyHostMember *member)
{
  count_told (member);
  update_socket (session_of (member), sky_host_member_get_nsp (member), sky_host_member_get_id (member));
}

/* Who has spoken or was spoken to since the last look: what waits to be sent, and variables, may be others. */
typedef struct
{
  GHashTable *members;  /* set of SkyHostMember */
  GHashTable *sessions; /* set of SkyHostSession, of those without members */
  guint       timer;
} Touched;

static void
touched_free (gpointer data)
{
  Touched *self = data;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_hash_table_unref (self->members);
  g_hash_table_unref (self->sessions);
  g_free (self);
}

static G_DEFINE_QUARK (sky-touched, touched)

static Touched *
get_touched (SkyRoster *roster)
{
  Touched *touched = g_object_get_qdata (G_OBJECT (roster), touched_quark ());

  if (touched != NULL)
    return touched;
  touched = g_new0 (Touched, 1);
  touched->members = g_hash_table_new (NULL, NULL);
  touched->sessions = g_hash_table_new (NULL, NULL);
  g_object_set_qdata_full (G_OBJECT (roster), touched_quark (), touched, touched_free);
  return touched;
}

static gboolean
on_touched (gpointer user_data)
{
  Touched *self = user_data;
  GHashTableIter iter;
  gpointer member, session;

  self->timer = 0;
  g_hash_table_iter_init (&iter, self->members);
  while (g_hash_table_iter_next (&iter, &member, NULL))
    update (member);
  g_hash_table_remove_all (self->members);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, &session, NULL))
    update_socket (session, "", ((SkyHostSession *) session)->sid);
  g_hash_table_remove_all (self->sessions);
  return G_SOURCE_REMOVE;
}

static void
look_later (Touched *touched)
{
  if (touched->timer == 0)
    touched->timer = g_timeout_add (TOUCH_MSEC, on_touched, touched);
}

/* What waits to be sent to it, and its variables, are looked at soon. */
void
sky_host_roster_touch (SkyHostMember *member)
{
  Touched *touched = get_touched (session_of (member)->house->roster);

  g_hash_table_add (touched->members, member);
  look_later (touched);
}

/* "transport close (1006)": the code is what tells a crash from a closed tab. */
static char *
explain (SkyHostSession *session, const char *why)
{
  gboolean transport = g_strcmp0 (why, "transport close") == 0 || g_strcmp0 (why, "transport error") == 0;

  return transport && session->close_code != 0 ? g_strdup_printf ("%s (%u)", why, session->close_code) : g_strdup (why);
}

/* It leaves its namespace, and so all rooms of it. */
void
sky_host_roster_exit (SkyHostMember *member, const char *why)
{
  SkyHostSession *session = session_of (member);
  g_autofree char *reason = explain (session, why);

  count_told (member);
  g_hash_table_remove (get_touched (session->house->roster)->members, member);
  sky_roster_disconnect (session->house->roster, sky_host_member_get_nsp (member), sky_host_member_get_id (member),
                         reason, sky_clock_now_usec ());
  sky_host_admin_exit (member, why);
}

/* One event came from a socket, or went to it. */
void
sky_host_roster_count (SkyHostMember *member, gboolean in)
{
  sky_roster_count (session_of (member)->house->roster, sky_host_member_get_nsp (member), NULL,
                    sky_host_member_get_id (member), in, sky_clock_now_usec ());
  sky_host_roster_touch (member);
}

/* One event went to @member and to others. */
void
sky_host_roster_told (SkyHostMember *member)
{
  if (sky_host_member_tell (member))
    sky_host_roster_touch (member);
}

/* A packet goes to one socket alone: events are counted. */
void
sky_host_roster_sent (SkyHostSession *session, const char *nsp, SkySioType type)
{
  SkyHostMember *member = sky_host_session_find_seat (session, nsp);

  if (member != NULL && (type == SKY_SIO_EVENT || type == SKY_SIO_BINARY_EVENT))
    sky_host_roster_count (member, FALSE);
}

/* An event went to many. @rooms: (nullable): none for all; @from: (nullable): the socket that caused it */
void
sky_host_roster_tell (const SkyHostHouse *house, const char *nsp, const char *const *rooms, const char *from,
                      guint n_receivers, const char *why)
{
  sky_roster_broadcast_many (house->roster, nsp, rooms, from, n_receivers, why, sky_clock_now_usec ());
}

void
sky_host_roster_ping (SkyHostSession *session)
{
  session->pinged_usec = sky_clock_boot_usec ();
}

/* The answer to the last ping came in: that is the latency. */
void
sky_host_roster_pong (SkyHostSession *session)
{
  if (session->pinged_usec == 0)
    return;
  session->latency_usec = sky_clock_boot_usec () - session->pinged_usec;
  session->pinged_usec = 0;
  sky_host_roster_update (session);
}

/* Latency, transport and what waits to be sent may be others by now. */
void
sky_host_roster_update (SkyHostSession *session)
{
  if (session->seats == NULL)
    {
      update_socket (session, "", session->sid);
      return;
    }
  for (guint i = 0; i < session->seats->len; i++)
    update (g_ptr_array_index (session->seats, i));
}

/* A client that does not speak Socket.IO is there: plain WebSocket, or Engine.IO. It is called what its connection is. */
void
sky_host_roster_open (SkyHostSession *session)
{
  g_autoptr(SoupMessageHeaders) headers = sky_host_handshake_get_headers (session);
  g_autofree char *handshake = describe_handshake (session, headers, NULL);
  SkyRosterSocket socket = describe (session, headers, handshake);

  socket.id = session->sid;
  socket.nsp = "";
  socket.label = sky_store_get_link (session->house->store, sky_feed_get_link (sky_link_get_feed (session->link)))->name;
  sky_roster_connect (session->house->roster, &socket, socket.since_usec);
}

/* … and it has gone. Of one that speaks Socket.IO its sockets are told of, one by one. */
void
sky_host_roster_close (SkyHostSession *session, const char *why)
{
  g_autofree char *reason = explain (session, why);

  if (session->seats != NULL)
    return;
  g_hash_table_remove (get_touched (session->house->roster)->sessions, session);
  sky_roster_disconnect (session->house->roster, "", session->sid, reason, sky_clock_now_usec ());
}

/* One message came from it, or went to it. */
void
sky_host_roster_count_message (SkyHostSession *session, gboolean in)
{
  Touched *touched = get_touched (session->house->roster);

  if (session->seats != NULL || session->ended)
    return;
  sky_roster_count (session->house->roster, "", NULL, session->sid, in, sky_clock_now_usec ());
  g_hash_table_add (touched->sessions, session);
  look_later (touched);
}

#include "peer/host-talk.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

#define MAX_SPACES    100  /* namespaces of one connection */
#define MAX_ROOMS     1000 /* rooms of one socket */
#define MAX_NAME_LEN  1024 /* bytes of a namespace or a room */
#define SHORT_ID_LEN  4    /* letters of an id that a note shows */

/* One event, while it is answered. */
typedef struct
{
  SkyHostSocket *socket;
  SkyHostMember *member;
  const SkyTalk *talk;
  char          *first;  /* nullable: the first argument, if it is a string or a number */
  const char    *others; /* the text of the arguments after it */
} Event;

/* An Engine.IO message with a packet; @id is NULL without one, for 2⁶³ and more are ids too. */
static char *
encode (SkySioType type, const char *nsp, const guint64 *id, const char *json,
        GPtrArray *attachments)
{
  g_autofree char *head
      = sky_sio_packet_encode (type, attachments != NULL ? attachments->len : 0, nsp, -1, NULL);

  if (id == NULL)
    return g_strconcat ("4", head, json, NULL);
  return g_strdup_printf ("4%s%" G_GUINT64_FORMAT "%s", head, *id, json != NULL ? json : "");
}

static void
send (SkyHostSocket *socket, SkySioType type, const char *nsp, const guint64 *id, const char *json,
      GPtrArray *attachments)
{
  g_autofree char *packet = encode (type, nsp, id, json, attachments);

  sky_host_socket_send (socket, packet, strlen (packet), attachments);
}

/**
 * sky_host_talk_tell:
 * @to: (nullable): a room or a socket's id; %NULL for the whole namespace
 * @except: (nullable): whose members are left out
 * @json: the event's name and arguments, as the array that goes out
 * @attachments: (nullable) (element-type GBytes): for its placeholders
 *
 * Sends one event to many; it is encoded once.
 *
 * Returns: to how many
 */
guint
sky_host_talk_tell (const SkyHostHouse *house, const char *nsp, const char *to, const char *except,
                    const char *json, GPtrArray *attachments)
{
  g_autoptr(GPtrArray) members = sky_host_rooms_select (house->rooms, nsp, to, except);
  gboolean binary = attachments != NULL && attachments->len > 0;
  g_autofree char *packet
      = encode (binary ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT, nsp, NULL, json, attachments);
  gsize len = strlen (packet);

  for (guint i = 0; i < members->len; i++)
    sky_host_socket_send (sky_host_member_get_owner (g_ptr_array_index (members, i)), packet, len,
                          attachments);
  return members->len;
}

static char *
shorten (const char *id)
{
  return strlen (id) > SHORT_ID_LEN ? g_strdup_printf ("%.*s…", SHORT_ID_LEN, id) : g_strdup (id);
}

/* "room-42 · socket x7Qk… in / · by event "join"" */
static void
note_room (const SkyHostMember *member, SkyKind kind, const char *room, const char *by)
{
  SkyHostSocket *socket = sky_host_member_get_owner (member);
  const char *id = sky_host_member_get_id (member);
  g_autofree char *short_id = shorten (id);

  sky_link_note (socket->link, SKY_LAYER_NOTE, kind, _("%s · socket %s in %s · %s"),
                 g_str_equal (room, id) ? _("own room") : room, short_id,
                 sky_host_member_get_nsp (member), by);
}

/* @by: how it came about, for the trace */
void
sky_host_talk_join (SkyHostMember *member, const char *room, const char *by)
{
  SkyHostSocket *socket = sky_host_member_get_owner (member);

  if (sky_host_rooms_join (socket->house->rooms, member, room))
    note_room (member, SKY_KIND_JOIN, room, by);
}

void
sky_host_talk_leave (SkyHostMember *member, const char *room, const char *by)
{
  SkyHostSocket *socket = sky_host_member_get_owner (member);

  if (sky_host_rooms_leave (socket->house->rooms, member, room))
    note_room (member, SKY_KIND_LEAVE, room, by);
}

static void
leave_space (SkyHostMember *member, const char *why)
{
  SkyHostSocket *socket = sky_host_member_get_owner (member);
  g_autoptr(GPtrArray) rooms = sky_host_member_get_rooms (member);
  g_autofree char *by = g_strdup_printf (_("by disconnect: %s"), why);

  for (guint i = 0; i < rooms->len; i++)
    note_room (member, SKY_KIND_LEAVE, g_ptr_array_index (rooms, i), by);
  sky_host_rooms_exit (socket->house->rooms, member);
}

/**
 * sky_host_talk_leave_all:
 * @why: what a Socket.IO server's "disconnect" event would say
 *
 * The connection ends: its sockets leave all rooms and namespaces.
 */
void
sky_host_talk_leave_all (SkyHostSocket *socket, const char *why)
{
  GHashTableIter iter;
  gpointer member;

  g_hash_table_iter_init (&iter, socket->seats);
  while (g_hash_table_iter_next (&iter, NULL, &member))
    {
      g_hash_table_iter_remove (&iter);
      leave_space (member, why);
    }
}

/* Sends a socket out of its namespace; the connection stays. */
void
sky_host_talk_disconnect (SkyHostMember *member)
{
  SkyHostSocket *socket = sky_host_member_get_owner (member);
  g_autofree char *nsp = g_strdup (sky_host_member_get_nsp (member));

  send (socket, SKY_SIO_DISCONNECT, nsp, NULL, NULL, NULL);
  g_hash_table_remove (socket->seats, nsp);
  leave_space (member, "server namespace disconnect");
}

/* Whether the payload of a CONNECT has a token that says something. */
static gboolean
has_token (const char *json)
{
  SkyJsonValue auth, token;

  if (!sky_json_parse (json, strlen (json), &auth, NULL, NULL) || auth.type != SKY_JSON_OBJECT
      || !sky_json_member (json, &auth, "token", &token))
    return FALSE;
  return token.type != SKY_JSON_NULL && token.type != SKY_JSON_FALSE
         && !(token.type == SKY_JSON_STRING && sky_json_string_equal (json, &token, ""));
}

/* Returns: (nullable): why @talk may not join, as the data of a CONNECT_ERROR */
static const char *
judge_connect (SkyHostSocket *socket, const SkyTalk *talk)
{
  if (strlen (talk->nsp) > MAX_NAME_LEN)
    return "{\"message\":\"Invalid namespace\"}";
  if (g_hash_table_size (socket->seats) >= MAX_SPACES)
    return "{\"message\":\"too many namespaces\"}";
  if (g_str_equal (talk->nsp, "/secure") && !has_token (talk->json))
    return "{\"message\":\"no token\",\"data\":{\"code\":401}}";
  return NULL;
}

static void
hear_connect (SkyHostSocket *socket, const SkyTalk *talk)
{
  const char *refusal = judge_connect (socket, talk);
  g_autofree char *id = sky_host_random_id ();
  g_autofree char *answer = g_strdup_printf ("{\"sid\":\"%s\"}", id);
  SkyHostMember *member;

  if (refusal != NULL)
    {
      send (socket, SKY_SIO_CONNECT_ERROR, talk->nsp, NULL, refusal, NULL);
      return;
    }
  g_clear_handle_id (&socket->connect, g_source_remove);
  member = sky_host_rooms_enter (socket->house->rooms, talk->nsp, id, socket);
  g_hash_table_insert (socket->seats, g_strdup (talk->nsp), member);
  note_room (member, SKY_KIND_JOIN, id, _("by CONNECT"));
  send (socket, SKY_SIO_CONNECT, talk->nsp, NULL, answer, NULL);
}

static void
answer (const Event *event, const char *json, GPtrArray *attachments)
{
  gboolean binary = attachments != NULL && attachments->len > 0;

  if (event->talk->has_id)
    send (event->socket, binary ? SKY_SIO_BINARY_ACK : SKY_SIO_ACK, event->talk->nsp,
          &event->talk->id, json, attachments);
}

static void
append_rooms (GString *json, const SkyHostMember *member)
{
  g_autoptr(GPtrArray) rooms = sky_host_member_get_rooms (member);

  g_string_append (json, "\"rooms\":[");
  for (guint i = 0; i < rooms->len; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      sky_json_quote (json, g_ptr_array_index (rooms, i), -1);
    }
  g_string_append_c (json, ']');
}

static void
answer_rooms (const Event *event)
{
  g_autoptr(GString) json = g_string_new ("[{\"ok\":true,");

  append_rooms (json, event->member);
  g_string_append (json, "}]");
  answer (event, json->str, NULL);
}

static void
on_join (const Event *event)
{
  if (sky_host_member_get_n_rooms (event->member) >= MAX_ROOMS)
    {
      answer (event, "[{\"ok\":false,\"error\":\"too many rooms\"}]", NULL);
      return;
    }
  sky_host_talk_join (event->member, event->first, _("by event \"join\""));
  answer_rooms (event);
}

static void
on_leave (const Event *event)
{
  sky_host_talk_leave (event->member, event->first, _("by event \"leave\""));
  answer_rooms (event);
}

/* To all others of the room: who said it, and then the arguments as they came. */
static void
on_say (const Event *event)
{
  const char *id = sky_host_member_get_id (event->member);
  g_autofree char *json = g_strdup_printf ("[\"say\",\"%s\"%s%s]", id,
                                           *event->others != '\0' ? "," : "", event->others);
  guint n = sky_host_talk_tell (event->socket->house, event->talk->nsp, event->first, id, json,
                                event->talk->attachments);
  g_autofree char *told = g_strdup_printf ("[{\"ok\":true,\"delivered\":%u}]", n);

  answer (event, told, NULL);
}

static void
on_whoami (const Event *event)
{
  g_autoptr(GString) json = g_string_new (event->talk->has_id ? "[{" : "[\"whoami\",{");

  g_string_append_printf (json, "\"id\":\"%s\",", sky_host_member_get_id (event->member));
  append_rooms (json, event->member);
  g_string_append (json, "}]");
  if (event->talk->has_id)
    answer (event, json->str, NULL);
  else
    send (event->socket, SKY_SIO_EVENT, event->talk->nsp, NULL, json->str, NULL);
}

/* Any other event comes back as it was: as the answer, or as an event. */
static void
on_any (const Event *event)
{
  const SkyTalk *talk = event->talk;
  g_autofree char *json = NULL;

  if (talk->has_id)
    {
      json = g_strconcat ("[", talk->args != NULL ? talk->args : "", "]", NULL);
      answer (event, json, talk->attachments);
    }
  else
    send (event->socket, talk->type, talk->nsp, NULL, talk->json, talk->attachments);
}

static const struct
{
  const char *name;
  void (*func) (const Event *event);
  gboolean    wants_room; /* as its first argument */
} handlers[] = {
  { "join", on_join, TRUE },
  { "leave", on_leave, TRUE },
  { "say", on_say, TRUE },
  { "whoami", on_whoami, FALSE },
};

/* Takes the first argument off: a room is a string, or a number as in JavaScript. */
static void
split_args (Event *event)
{
  const char *args = event->talk->args != NULL ? event->talk->args : "";
  gsize len = strlen (args), pos = 0, name_len;
  SkyJsonValue value;

  event->others = "";
  if (!sky_json_scan (args, len, &pos, &value, NULL))
    return;
  if (value.type == SKY_JSON_NUMBER)
    event->first = g_strndup (args + value.start, value.len);
  else if (value.type == SKY_JSON_STRING)
    event->first = sky_json_unquote (args, &value, &name_len);
  if (event->first != NULL && value.type == SKY_JSON_STRING && strlen (event->first) != name_len)
    g_clear_pointer (&event->first, g_free);
  pos += strspn (args + pos, " \t\r\n");
  event->others = args[pos] == ',' ? args + pos + 1 : "";
}

static void
hear_event (SkyHostSocket *socket, SkyHostMember *member, const SkyTalk *talk)
{
  Event event = { .socket = socket, .member = member, .talk = talk };
  gsize i = 0;

  while (i < G_N_ELEMENTS (handlers) && g_strcmp0 (talk->event, handlers[i].name) != 0)
    i++;
  if (i == G_N_ELEMENTS (handlers))
    {
      on_any (&event);
      return;
    }
  split_args (&event);
  if (handlers[i].wants_room && (event.first == NULL || strlen (event.first) > MAX_NAME_LEN))
    answer (&event, "[{\"ok\":false,\"error\":\"the first argument must name a room\"}]", NULL);
  else
    handlers[i].func (&event);
  g_free (event.first);
}

/**
 * sky_host_talk_hear:
 * @talk: a packet that came in whole
 *
 * Answers it. As socket.io does, a packet for a namespace that was not joined, a second CONNECT
 * and a CONNECT_ERROR end the connection.
 */
void
sky_host_talk_hear (SkyHostSocket *socket, const SkyTalk *talk)
{
  SkyHostMember *member = g_hash_table_lookup (socket->seats, talk->nsp);

  if ((member == NULL) != (talk->type == SKY_SIO_CONNECT) || talk->type == SKY_SIO_CONNECT_ERROR)
    {
      sky_link_note (
          socket->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
          member == NULL ? _("Closed: a packet for %s, which this client has not joined")
          : talk->type == SKY_SIO_CONNECT ? _("Closed: a second CONNECT to %s")
                                          : _("Closed: a CONNECT_ERROR for %s from a client"),
          talk->nsp);
      sky_host_socket_close (socket, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "forced server close",
                             "forced server close");
      return;
    }
  switch (talk->type)
    {
    case SKY_SIO_CONNECT:
      hear_connect (socket, talk);
      break;
    case SKY_SIO_DISCONNECT:
      g_hash_table_remove (socket->seats, talk->nsp);
      leave_space (member, "client namespace disconnect");
      break;
    case SKY_SIO_EVENT:
    case SKY_SIO_BINARY_EVENT:
      hear_event (socket, member, talk);
      break;
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_ACK:
    case SKY_SIO_CONNECT_ERROR:
    case SKY_SIO_UNKNOWN:
      break;
    }
}

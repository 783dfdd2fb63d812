#include "peer/host/host-talk-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "peer/host/host-admin.h"
#include "peer/host/host-hand.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-rules.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"
#include "sio/sio-msgpack.h"

#define SHORT_ID_LEN 4 /* letters of an id that a note shows */

/* A packet as it goes out, to one or to many. */
typedef struct
{
  GBytes    *message; /* owned */
  gboolean   binary;
  GPtrArray *attachments; /* nullable, borrowed: they follow it */
} Parcel;

/* @id is NULL without one, for 2⁶³ and more are ids too. */
static char *
encode_text (SkySioType type, const char *nsp, const guint64 *id, const char *json, GPtrArray *attachments)
{
  g_autofree char *head
      = sky_sio_packet_encode (type, attachments != NULL ? attachments->len : 0, nsp, -1, NULL);

  if (id == NULL)
    return g_strconcat ("4", head, json, NULL);
  return g_strdup_printf ("4%s%" G_GUINT64_FORMAT "%s", head, *id, json != NULL ? json : "");
}

/* The other parser puts binary back to where it stood. Returns: (nullable): octets, or a text if @text */
static GBytes *
encode_msgpack (SkySioType type, const char *nsp, const guint64 *id, const char *json, GPtrArray *attachments,
                gboolean text)
{
  g_autofree char *lowered
      = attachments != NULL && attachments->len > 0 ? sky_sio_attach_lower (json, strlen (json), attachments) : NULL;
  g_autofree char *packet = NULL, *message = NULL;
  gsize len;

  type = type == SKY_SIO_BINARY_EVENT ? SKY_SIO_EVENT : type == SKY_SIO_BINARY_ACK ? SKY_SIO_ACK : type;
  if (!text)
    return sky_sio_msgpack_encode (type, nsp, id != NULL ? (gint64) *id : -1, lowered != NULL ? lowered : json, NULL);
  packet = sky_sio_msgpack_encode_text (type, nsp, json);
  message = g_strconcat ("4", packet, NULL);
  len = strlen (message);
  return g_bytes_new_take (g_steal_pointer (&message), len);
}

/* @revision: of those who get it; it matters only for what is neither event nor ack */
static Parcel
encode (SkyParser parser, guint revision, SkySioType type, const char *nsp, const guint64 *id, const char *json,
        GPtrArray *attachments)
{
  gboolean plain = type == SKY_SIO_CONNECT || type == SKY_SIO_DISCONNECT || type == SKY_SIO_CONNECT_ERROR;
  char *text;

  if (parser == SKY_PARSER_MSGPACK)
    {
      gboolean as_text = plain && revision == 3;

      return (Parcel) { encode_msgpack (type, nsp, id, json, attachments, as_text), !as_text, NULL };
    }
  text = encode_text (type, nsp, id, json, attachments);
  return (Parcel) { g_bytes_new_take (text, strlen (text)), FALSE, attachments };
}

static void
send_parcel (SkyHostSession *session, const Parcel *parcel)
{
  if (parcel->message != NULL)
    sky_host_session_send (session, parcel->message, parcel->binary, parcel->attachments);
}

static void
parcel_clear (Parcel *parcel)
{
  g_clear_pointer (&parcel->message, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parcel, parcel_clear)

/* Sends one packet to one client. */
void
sky_host_talk_send (SkyHostSession *session, SkySioType type, const char *nsp, const guint64 *id, const char *json,
      GPtrArray *attachments)
{
  g_auto(Parcel) parcel
      = encode (session->house->options.parser, session->revision, type, nsp, id, json, attachments);

  send_parcel (session, &parcel);
  sky_host_roster_sent (session, nsp, type);
  if (type == SKY_SIO_EVENT || type == SKY_SIO_BINARY_EVENT)
    sky_host_admin_sent (session, nsp, json, attachments);
}

/**
 * sky_host_talk_push:
 * @members: (element-type SkyHostMember): of @nsp
 *
 * Sends one event to all of them, and nobody else is told so; see sky_host_talk_tell().
 */
void
sky_host_talk_push (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *json,
                    GPtrArray *attachments)
{
  gboolean binary = attachments != NULL && attachments->len > 0;
  g_auto(Parcel) parcel = { 0 };

  if (members->len == 0)
    return;
  parcel = encode (house->options.parser, 0, binary ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT, nsp, NULL, json,
                   attachments);
  for (guint i = 0; i < members->len; i++)
    send_parcel (sky_host_member_get_owner (g_ptr_array_index (members, i)), &parcel);
}

/**
 * sky_host_talk_tell_members:
 * @members: (element-type SkyHostMember): of @nsp
 *
 * Sends one event to all of them; see sky_host_talk_tell().
 */
void
sky_host_talk_tell_members (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *json,
                            GPtrArray *attachments)
{
  sky_host_talk_push (house, nsp, members, json, attachments);
  for (guint i = 0; i < members->len; i++)
    sky_host_roster_told (g_ptr_array_index (members, i));
  sky_host_admin_told (house, nsp, members, json, attachments);
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
  const char *const rooms[] = { to, NULL }, *const without[] = { except, NULL };
  g_autofree char *marked = sky_host_talk_log (house, nsp, members, to != NULL ? rooms : NULL, without, json, attachments);

  sky_host_talk_tell_members (house, nsp, members, marked != NULL ? marked : json, attachments);
  return members->len;
}

/**
 * sky_host_talk_read_ack:
 * @talk: an ack
 *
 * Returns: (transfer full) (nullable): what it carries: JSON separated by commas, binary as `{"$bin":"base64"}`;
 *   %NULL if that is no list
 */
char *
sky_host_talk_read_ack (const SkyTalk *talk)
{
  gboolean binary = talk->attachments != NULL && talk->attachments->len > 0;
  g_autofree char *lowered
      = binary ? sky_sio_attach_lower (talk->json, strlen (talk->json), talk->attachments) : NULL;
  const char *json = binary ? lowered : talk->json;
  SkySioEvent parts;

  if (!sky_sio_event_decode (json, strlen (json), FALSE, &parts))
    return NULL;
  return g_strndup (json + parts.args_start, parts.args_len);
}

/* "room-42 · socket x7Qk… in / · by event "join"" */
void
sky_host_talk_note_room (const SkyHostMember *member, SkyKind kind, const char *room, const char *by)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  const char *id = sky_host_member_get_id (member);
  g_autofree char *short_id = sky_utf8_shorten (id, SHORT_ID_LEN, "…");

  sky_link_note (session->link, SKY_LAYER_NOTE, kind, _("%s · socket %s in %s · %s"),
                 g_str_equal (room, id) ? _("own room") : room, short_id,
                 sky_host_member_get_nsp (member), by);
}

/* @by: how it came about, for the trace */
void
sky_host_talk_join (SkyHostMember *member, const char *room, const char *by)
{
  SkyHostSession *session = sky_host_member_get_owner (member);

  if (!sky_host_rooms_join (session->house->rooms, member, room))
    return;
  sky_host_talk_note_room (member, SKY_KIND_JOIN, room, by);
  sky_host_roster_join (member, room, by);
}

void
sky_host_talk_leave (SkyHostMember *member, const char *room, const char *by)
{
  SkyHostSession *session = sky_host_member_get_owner (member);

  if (!sky_host_rooms_leave (session->house->rooms, member, room))
    return;
  sky_host_talk_note_room (member, SKY_KIND_LEAVE, room, by);
  sky_host_roster_leave (member, room, by);
}

static void
leave_space (SkyHostMember *member, const char *why)
{
  SkyHostSession *session = sky_host_member_get_owner (member);
  g_autoptr(GPtrArray) rooms = sky_host_member_get_rooms (member);
  g_autofree char *by = g_strdup_printf (_("by disconnect: %s"), why);
  g_autofree char *nsp = g_strdup (sky_host_member_get_nsp (member));
  SkyHostKept *kept = sky_host_talk_part (member, why);

  for (guint i = 0; i < rooms->len; i++)
    sky_host_talk_note_room (member, SKY_KIND_LEAVE, g_ptr_array_index (rooms, i), by);
  sky_host_hand_forget (member);
  sky_host_roster_exit (member, why);
  sky_host_rooms_exit (session->house->rooms, member);
  sky_host_rules_end (session, nsp, 0, why, kept != NULL ? &kept->variables : NULL);
  sky_host_talk_keep (session->house, kept);
}

/**
 * sky_host_talk_leave_all:
 * @why: what a Socket.IO server's "disconnect" event would say
 *
 * The connection ends: its sockets leave all rooms and namespaces.
 */
void
sky_host_talk_leave_all (SkyHostSession *session, const char *why)
{
  while (session->seats->len > 0)
    leave_space (g_ptr_array_steal_index (session->seats, 0), why);
}

/* Sends a socket out of its namespace; the connection stays. */
void
sky_host_talk_disconnect (SkyHostMember *member)
{
  SkyHostSession *session = sky_host_member_get_owner (member);

  sky_host_talk_send (session, SKY_SIO_DISCONNECT, sky_host_member_get_nsp (member), NULL, NULL, NULL);
  g_ptr_array_remove (session->seats, member);
  leave_space (member, "server namespace disconnect");
}

/* … and out of all others, and ends the connection: PROTOCOL §8.10. */
void
sky_host_talk_disconnect_all (SkyHostSession *session)
{
  while (session->seats->len > 0)
    sky_host_talk_disconnect (g_ptr_array_index (session->seats, 0));
  if (SKY_IS_CARRIER_SERVED (session->carrier))
    sky_carrier_served_set_apart (SKY_CARRIER_SERVED (session->carrier));
  sky_host_session_close (session, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL, "forced server close");
}

/**
 * sky_host_talk_hear:
 * @talk: a packet that came in whole
 *
 * Answers it. As socket.io does, a packet for a namespace that was not joined, a second CONNECT
 * and a CONNECT_ERROR end the connection.
 */
void
sky_host_talk_hear (SkyHostSession *session, const SkyTalk *heard)
{
  SkyTalk plain = *heard;
  const SkyTalk *talk = &plain;
  g_auto(GStrv) parts = session->revision == 3 ? g_strsplit (heard->nsp, "?", 2) : NULL;
  SkyHostMember *member;

  /* In Socket.IO 2 the name of a namespace can carry a query: PROTOCOL §8.7. */
  if (parts != NULL && parts[0] != NULL)
    plain.nsp = parts[0];
  member = sky_host_session_find_seat (session, talk->nsp);
  if ((member == NULL) != (talk->type == SKY_SIO_CONNECT) || talk->type == SKY_SIO_CONNECT_ERROR)
    {
      sky_link_note (
          session->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
          member == NULL ? _("Closed: a packet for %s, which this client has not joined")
          : talk->type == SKY_SIO_CONNECT ? _("Closed: a second CONNECT to %s")
                                          : _("Closed: a CONNECT_ERROR for %s from a client"),
          talk->nsp);
      sky_host_session_close (session, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "forced close", "forced close");
      return;
    }
  switch (talk->type)
    {
    case SKY_SIO_CONNECT:
      sky_host_talk_connect (session, talk, parts != NULL && parts[0] != NULL ? parts[1] : NULL);
      break;
    case SKY_SIO_DISCONNECT:
      g_ptr_array_remove (session->seats, member);
      leave_space (member, "client namespace disconnect");
      break;
    case SKY_SIO_EVENT:
    case SKY_SIO_BINARY_EVENT:
      sky_host_roster_count (member, TRUE);
      if (!sky_host_admin_hear (member, talk))
        sky_host_talk_answer (session, member, talk);
      break;
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_ACK:
      if (!sky_host_hand_hear (member, talk))
        sky_host_rules_answer (session, talk);
      break;
    case SKY_SIO_CONNECT_ERROR:
    case SKY_SIO_UNKNOWN:
      break;
    }
}

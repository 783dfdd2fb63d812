#include "peer/host/host-session-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "peer/carrier/carrier-served.h"
#include "peer/host/host-admin.h"
#include "peer/host/host-handshake.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-rules.h"
#include "peer/host/host-talk.h"

#define MAX_QUEUED 100000 /* messages that may wait for a client that does not poll */
#define LOOK_MSEC  1000   /* in which a client polls, if it does */
#define ID_LEN     15     /* octets */

/**
 * sky_host_random_id:
 *
 * Returns: (transfer full): 15 octets that nobody can guess, in base64url
 */
char *
sky_host_random_id (void)
{
  guint8 octets[ID_LEN];
  char *id;

  while (getrandom (octets, sizeof octets, 0) != sizeof octets)
    g_assert (errno == EINTR);
  id = g_base64_encode (octets, sizeof octets);
  g_strdelimit (id, "+", '-');
  return g_strdelimit (id, "/", '_');
}

/* Nothing is waited for any more. */
void
sky_host_session_clear_timers (SkyHostSession *self)
{
  sky_alarm_clear (&self->heartbeat);
  g_clear_handle_id (&self->connect, g_source_remove);
  g_clear_handle_id (&self->drop, g_source_remove);
}

static gboolean
on_gone (gpointer user_data)
{
  SkyHostSession *self = user_data;

  self->gone = 0;
  g_hash_table_remove (self->house->sessions, self->sid);
  return G_SOURCE_REMOVE;
}

/* Whatever called may still hold on to the session: it goes once all have returned. */
void
sky_host_session_end (SkyHostSession *self, const char *why)
{
  if (self->ended)
    return;
  self->ended = self->leaving = TRUE;
  sky_host_session_clear_timers (self);
  sky_host_session_end_probe (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, why);
  else
    sky_host_rules_end (self, "", 0, why, NULL);
  sky_host_roster_close (self, why);
  sky_host_admin_closed (self, self->why != NULL ? self->why : why);
  self->gone = g_idle_add (on_gone, self);
  self->house->closed (self, self->house->owner);
}

/**
 * sky_host_session_new:
 * @socket: the connection that the first request came on
 * @message: the first request
 * @protocol: SOCKET_IO, ENGINE_IO, or WEBSOCKET for an echo
 * @revision: of Engine.IO
 *
 * Returns: (transfer none): a session that is known by its sid and has nothing to speak on yet; the
 *   house owns it
 */
SkyHostSession *
sky_host_session_new (const SkyHostHouse *house, SkyHostSocket *socket, SoupServerMessage *message,
                      SkyProtocol protocol, guint revision)
{
  SkyHostSession *self = g_new0 (SkyHostSession, 1);

  self->house = house;
  self->protocol = protocol;
  self->revision = revision;
  self->sid = sky_host_random_id ();
  self->link = sky_link_ref (socket->link);
  sky_host_handshake_keep (self, message);
  self->issued_usec = sky_clock_now_usec ();
  g_hash_table_insert (house->sessions, self->sid, self);
  return self;
}

/**
 * sky_host_session_free:
 *
 * Ends the session without a word to the house, which lets go of it.
 */
void
sky_host_session_free (SkyHostSession *self)
{
  sky_host_rules_clear (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, "server shutting down");
  sky_host_roster_close (self, "server shutting down");
  g_clear_handle_id (&self->gone, g_source_remove);
  sky_host_session_clear_timers (self);
  sky_host_session_end_probe (self);
  if (self->socket != NULL)
    self->socket->session = NULL;
  if (self->talker != NULL)
    sky_talker_silence (self->talker);
  g_clear_object (&self->talker);
  g_clear_object (&self->carrier);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_clear_pointer (&self->asks, g_hash_table_unref);
  g_clear_pointer (&self->post_headers, soup_message_headers_unref);
  g_free (self->headers);
  g_free (self->url);
  sky_link_unref (self->link);
  g_free (self->sid);
  g_free (self);
}

/**
 * sky_host_session_find:
 * @sid: (nullable): as a client gives it
 *
 * Returns: (nullable) (transfer none): the Engine.IO session of that name, if it is not over
 */
SkyHostSession *
sky_host_session_find (const SkyHostHouse *house, const char *sid)
{
  SkyHostSession *self = sid != NULL ? g_hash_table_lookup (house->sessions, sid) : NULL;

  return self != NULL && !self->ended && self->talker != NULL && self->protocol != SKY_PROTOCOL_WEBSOCKET ? self : NULL;
}

/* Returns: (nullable) (transfer none): its socket in a namespace; a session has few */
SkyHostMember *
sky_host_session_find_seat (const SkyHostSession *self, const char *nsp)
{
  for (guint i = 0; self->seats != NULL && i < self->seats->len; i++)
    if (strcmp (sky_host_member_get_nsp (g_ptr_array_index (self->seats, i)), nsp) == 0)
      return g_ptr_array_index (self->seats, i);
  return NULL;
}

/* The session goes on on another connection: so do its notes. */
void
sky_host_session_note_link (SkyHostSession *self, SkyLink *link)
{
  if (self->link == link)
    return;
  sky_link_unref (self->link);
  self->link = sky_link_ref (link);
}

/* Whether more waits for a poll than @times what may. */
static gboolean
is_hoarding (SkyHostSession *self, guint times)
{
  return SKY_IS_CARRIER_SERVED (self->carrier)
         && (sky_carrier_get_n_unsent (self->carrier) / times > self->house->options.max_buffered
             || sky_carrier_served_get_n_queued (SKY_CARRIER_SERVED (self->carrier)) / times > MAX_QUEUED);
}

/* Not at once: whoever sends may be in the middle of a list of those who are sent to. */
static gboolean
on_drop (gpointer user_data)
{
  SkyHostSession *self = user_data;

  self->drop = 0;
  if (self->n_refused == 0 && !is_hoarding (self, 1))
    return G_SOURCE_REMOVE;
  if (self->n_refused == 0 && !self->looked)
    {
      self->looked = TRUE;
      self->drop = g_timeout_add (LOOK_MSEC, on_drop, self);
      return G_SOURCE_REMOVE;
    }
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 _("Dropped: the client does not poll, and %.1f MiB wait to be sent"),
                 (double) MAX (sky_carrier_get_n_unsent (self->carrier), self->n_refused) / (1 << 20));
  self->leaving = TRUE;
  sky_carrier_cut (self->carrier);
  return G_SOURCE_REMOVE;
}

/* As sky_host_socket_has_room(), for what waits for polls. */
static gboolean
has_room (SkyHostSession *self)
{
  if (self->n_refused == 0 && is_hoarding (self, SKY_HOST_BURST))
    self->n_refused = MAX (sky_carrier_get_n_unsent (self->carrier), 1);
  if (self->drop == 0 && is_hoarding (self, 1))
    {
      self->looked = FALSE;
      self->drop = g_idle_add (on_drop, self);
    }
  return self->n_refused == 0;
}

/**
 * sky_host_session_send:
 * @message: a text that is a whole packet of Engine.IO, or the octets of a message
 * @attachments: (nullable) (element-type GBytes): binary messages that follow directly
 *
 * Sends it after all others. The bytes are shared.
 */
void
sky_host_session_send (SkyHostSession *self, GBytes *message, gboolean binary, GPtrArray *attachments)
{
  if (self->leaving || !has_room (self) || (self->socket != NULL && !sky_host_socket_has_room (self->socket)))
    return;
  sky_carrier_send (self->carrier, message, binary);
  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    sky_carrier_send (self->carrier, g_ptr_array_index (attachments, i), TRUE);
}

static void
on_never_polled (gpointer user_data)
{
  SkyHostSession *self = user_data;

  sky_carrier_cut (self->carrier);
}

/**
 * sky_host_session_close:
 * @code: what the close frame says: RFC 6455 §7.4
 * @reason: what it says in words
 * @why: what a Socket.IO server's "disconnect" event would say
 *
 * Begins to end the session. What comes from now on is not listened to.
 */
void
sky_host_session_close (SkyHostSession *self, guint code, const char *reason, const char *why)
{
  if (self->talker == NULL || self->leaving)
    return;
  self->leaving = TRUE;
  self->why = why;
  sky_host_session_clear_timers (self);
  sky_host_session_end_probe (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, why);
  /* Who would have been dead by then without the close packet is not waited for with it. */
  if (SKY_IS_CARRIER_SERVED (self->carrier))
    sky_alarms_set (self->house->alarms, &self->heartbeat,
                    self->house->options.ping_interval_msec + self->house->options.ping_timeout_msec, on_never_polled,
                    self);
  sky_talker_close (self->talker, code, reason);
}

/* Ends the session's connections without a word. */
void
sky_host_session_cut (SkyHostSession *self)
{
  if (self->socket != NULL)
    sky_host_socket_cut (self->socket);
  else
    sky_carrier_cut (self->carrier);
}

/**
 * sky_host_session_lose:
 * @socket: a connection that is over; it is not used again
 */
void
sky_host_session_lose (SkyHostSession *self, SkyHostSocket *socket)
{
  socket->session = NULL;
  if (self->probe_socket == socket)
    sky_host_session_end_probe (self);
  if (self->socket != socket)
    return;
  self->socket = NULL;
  sky_host_session_end (self, sky_link_get_end_error (socket->link) != NULL ? "transport error" : "transport close");
}

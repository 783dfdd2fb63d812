#include "peer/host-socket.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "peer/carrier-ws.h"
#include "peer/host-talk.h"
#include "tcp/tcp-tap.h"

#define IDLE_SEC    30                 /* how long a request is waited for */
#define CONNECT_SEC 45                 /* how long a CONNECT is waited for, as socket.io does */
#define MAX_UNSENT  (16 * 1024 * 1024) /* bytes that may wait for a client that does not read */
#define MAX_FRAME                                                                                  \
  (16 * 1024 * 1024) /* bytes of a frame that are read in order to refuse it politely */
#define ID_LEN      15                 /* octets */

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

static void
clear_timers (SkyHostSocket *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->heartbeat, g_source_remove);
  g_clear_handle_id (&self->connect, g_source_remove);
  g_clear_handle_id (&self->drop, g_source_remove);
}

static void on_closed (SkyTalker *talker, guint code, const char *reason, const GError *error, gpointer owner);

static gboolean
on_gone (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->gone = 0;
  if (self->talker != NULL)
    on_closed (self->talker, SOUP_WEBSOCKET_CLOSE_ABNORMAL, NULL, NULL, self);
  self->house->gone (self, self->house->owner);
  return G_SOURCE_REMOVE;
}

/*
 * The WebSocket is told of the end after its stream is: let it finish first. Not later than that:
 * the tap gives idle handlers their turn during a flood, but none below them.
 */
static void
on_link_closed (SkyLink *link, gpointer user_data)
{
  SkyHostSocket *self = user_data;

  clear_timers (self);
  if (self->gone == 0)
    self->gone = g_idle_add (on_gone, self);
}

static gboolean
on_idle (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->idle = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                 _("Closed: no request came within %d s"), IDLE_SEC);
  g_io_stream_close_async (sky_link_get_stream (self->link), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/**
 * sky_host_socket_new:
 * @house: shared; it outlives the socket
 * @name: what the trace calls the connection
 * @base: the connection that was accepted
 *
 * Returns: (transfer full): a connection on which nothing was said yet
 */
SkyHostSocket *
sky_host_socket_new (const SkyHostHouse *house, const char *name, GIOStream *base)
{
  SkyHostSocket *self = g_new0 (SkyHostSocket, 1);

  self->house = house;
  self->link = sky_link_new (house->store, name, SKY_ROLE_SERVER);
  sky_link_attach (self->link, base);
  sky_link_watch (self->link, on_link_closed, self);
  sky_host_socket_touch (self);
  return self;
}

/**
 * sky_host_socket_free:
 *
 * Ends the connection, if it has not ended yet, and all that stands on it.
 */
void
sky_host_socket_free (SkyHostSocket *self)
{
  sky_link_watch (self->link, NULL, NULL);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, "server shutting down");
  g_clear_handle_id (&self->gone, g_source_remove);
  clear_timers (self);
  if (self->talker != NULL)
    sky_talker_silence (self->talker);
  if (self->guard != NULL)
    sky_guard_silence (self->guard);
  if (self->websocket != NULL)
    g_signal_handlers_disconnect_by_data (self->websocket, self);
  g_clear_object (&self->talker);
  g_clear_object (&self->guard);
  g_clear_object (&self->websocket);
  g_clear_pointer (&self->seats, g_hash_table_unref);
  sky_link_free (self->link);
  g_free (self->sid);
  g_free (self);
}

/* A request came: from here on the next one is waited for. */
void
sky_host_socket_touch (SkyHostSocket *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  self->idle = g_timeout_add_seconds (IDLE_SEC, on_idle, self);
}

/* By now the socket had its turn: what waits still, waits for the client. */
static gboolean
on_drop (gpointer user_data)
{
  SkyHostSocket *self = user_data;
  guint64 n_unsent = sky_guard_get_n_unsent (self->guard);

  self->drop = 0;
  if (n_unsent <= MAX_UNSENT && !sky_guard_is_flooded (self->guard))
    return G_SOURCE_REMOVE;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 _("Dropped: the client does not read, and %.1f MiB wait to be sent"),
                 (double) n_unsent / (1 << 20));
  self->leaving = TRUE;
  sky_tcp_tap_cut (SKY_TCP_TAP (sky_link_get_stream (self->link)));
  return G_SOURCE_REMOVE;
}

/* One message always goes, however large it is; then the client has to read. */
static void
on_sending (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  if (self->drop == 0
      && (sky_guard_get_n_unsent (self->guard) > MAX_UNSENT || sky_guard_is_flooded (self->guard)))
    self->drop = g_idle_add (on_drop, self);
}

/**
 * sky_host_socket_send:
 * @text: (array length=len): UTF-8: on Engine.IO a whole packet
 * @attachments: (nullable) (element-type GBytes): binary messages that follow directly
 */
void
sky_host_socket_send (SkyHostSocket *self, const char *text, gsize len, GPtrArray *attachments)
{
  if (self->leaving || self->drop != 0)
    return;
  sky_talker_text (self->talker, text, len);
  for (guint i = 0; attachments != NULL && i < attachments->len; i++)
    sky_talker_binary (self->talker, g_ptr_array_index (attachments, i));
}

/**
 * sky_host_socket_close:
 * @code: what the close frame says: RFC 6455 §7.4
 * @reason: what it says in words
 * @why: what a Socket.IO server's "disconnect" event would say
 *
 * Begins to end the WebSocket. What comes from now on is not listened to.
 */
void
sky_host_socket_close (SkyHostSocket *self, guint code, const char *reason, const char *why)
{
  if (self->talker == NULL || self->leaving)
    return;
  self->leaving = TRUE;
  clear_timers (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, why);
  sky_talker_close (self->talker, code, reason);
}

static gboolean
on_ping_timeout (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->heartbeat = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 _("No pong within %u ms: the client is taken for dead"),
                 self->house->ping_timeout_msec);
  sky_host_socket_close (self, SOUP_WEBSOCKET_CLOSE_SERVER_ERROR, "ping timeout", "ping timeout");
  return G_SOURCE_REMOVE;
}

static gboolean
on_ping_due (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->heartbeat = g_timeout_add (self->house->ping_timeout_msec, on_ping_timeout, self);
  sky_talker_ping (self->talker);
  return G_SOURCE_REMOVE;
}

/* The interval begins anew at the pong. */
static void
schedule_ping (SkyHostSocket *self)
{
  g_clear_handle_id (&self->heartbeat, g_source_remove);
  self->heartbeat = g_timeout_add (self->house->ping_interval_msec, on_ping_due, self);
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->connect = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 _("Closed: the client joined no namespace within %d s"), CONNECT_SEC);
  sky_host_socket_close (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "no CONNECT",
                         "forced server close");
  return G_SOURCE_REMOVE;
}

static void
on_heartbeat (SkyTalker *talker, gboolean ping, gpointer owner)
{
  SkyHostSocket *self = owner;

  if (!self->leaving)
    schedule_ping (self);
}

static void
on_broken (SkyTalker *talker, const char *what, gpointer owner)
{
  SkyHostSocket *self = owner;

  if (self->leaving)
    return;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("Closed: %s"), _(what));
  sky_host_socket_close (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "parse error", "parse error");
}

/* In revision 4 only servers ping. */
static gboolean
on_ping (SkyTalker *talker, gpointer owner)
{
  on_broken (talker, N_("an Engine.IO ping, which in revision 4 only the server sends"), owner);
  return FALSE;
}

static void
on_talk (SkyTalker *talker, const SkyTalk *talk, gpointer owner)
{
  SkyHostSocket *self = owner;

  if (!self->leaving)
    sky_host_talk_hear (self, talk);
}

static void
on_message (SkyTalker *talker, GBytes *data, gboolean binary, gpointer owner)
{
  SkyHostSocket *self = owner;
  gsize len;
  const char *text = g_bytes_get_data (data, &len);

  if (self->leaving || self->drop != 0)
    return;
  if (binary)
    sky_talker_binary (talker, data);
  else
    sky_talker_text (talker, text != NULL ? text : "", len);
}

static void
on_closed (SkyTalker *talker, guint code, const char *reason, const GError *error, gpointer owner)
{
  SkyHostSocket *self = owner;

  if (self->ended)
    return;
  self->ended = self->leaving = TRUE;
  clear_timers (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, sky_link_get_end_error (self->link) != NULL ? "transport error"
                                                                               : "transport close");
  self->house->closed (self, self->house->owner);
}

/*
 * What the guard refuses, libsoup closes with 1009 after this. For a frame over its own limit it
 * cuts the line without a word: so say it here, while that is still possible.
 */
static void
on_error (SoupWebsocketConnection *websocket, GError *error, gpointer user_data)
{
  SkyHostSocket *self = user_data;
  gboolean too_big = g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG);
  gboolean tripped = sky_guard_is_tripped (self->guard);

  if (self->leaving || !(too_big || tripped))
    return;
  if (too_big)
    sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                   _("Closed: a message of more than %" G_GUINT64_FORMAT
                     " bytes, which this host does not take"),
                   self->seats != NULL ? self->house->max_payload : self->house->max_echo);
  self->leaving = TRUE;
  clear_timers (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, "transport error");
  if (!tripped)
    sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_TOO_BIG, NULL);
}

/* libsoup answers a close frame without a code by 1000: send back what came, RFC 6455 §5.5.1. */
static void
on_closing (SoupWebsocketConnection *websocket, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (websocket, on_closing, user_data);
  if (soup_websocket_connection_get_close_code (websocket) == SOUP_WEBSOCKET_CLOSE_NO_STATUS)
    soup_websocket_connection_close (websocket, SOUP_WEBSOCKET_CLOSE_NO_STATUS, NULL);
}

/* The open packet is the server's first word, and nobody speaks before it. */
static void
open_engine (SkyHostSocket *self)
{
  self->sid = sky_host_random_id ();
  self->seats = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sky_talker_open (self->talker,
                   &(SkyEioOpen){ .sid = self->sid,
                                  .ping_interval_msec = self->house->ping_interval_msec,
                                  .ping_timeout_msec = self->house->ping_timeout_msec,
                                  .max_payload = self->house->max_payload });
  schedule_ping (self);
  self->connect = g_timeout_add_seconds (CONNECT_SEC, on_connect_timeout, self);
}

/**
 * sky_host_socket_open:
 * @message: the request that was answered with 101
 * @stream: (transfer none): what it came on
 * @extensions: (transfer full) (nullable) (element-type SkyGuard): as agreed, one at most
 * @protocol: WEBSOCKET to echo, or SOCKET_IO
 *
 * The opening handshake is done: from here on it is a WebSocket.
 */
void
sky_host_socket_open (SkyHostSocket *self, SoupServerMessage *message, GIOStream *stream,
                      GList *extensions, SkyProtocol protocol)
{
  static const SkyTalkerFuncs funcs = { .message = on_message,
                                        .talk = on_talk,
                                        .heartbeat = on_heartbeat,
                                        .ping = on_ping,
                                        .broken = on_broken,
                                        .closed = on_closed };
  gboolean engine = protocol == SKY_PROTOCOL_SOCKET_IO;
  guint64 max_message = engine ? self->house->max_payload : self->house->max_echo;
  g_autoptr(SkyCarrierWs) carrier = NULL;

  g_clear_handle_id (&self->idle, g_source_remove);
  if (extensions == NULL)
    extensions = g_list_append (NULL, sky_guard_new ());
  self->guard = g_object_ref (extensions->data);
  sky_guard_arm (self->guard, self->link, max_message);
  sky_guard_watch (self->guard, on_sending, self);
  self->websocket
      = soup_websocket_connection_new (stream, soup_server_message_get_uri (message),
                                       SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, extensions);
  soup_websocket_connection_set_max_incoming_payload_size (self->websocket,
                                                           MAX (max_message, MAX_FRAME) + 1);
  g_signal_connect (self->websocket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (self->websocket, "closing", G_CALLBACK (on_closing), self);
  carrier = sky_carrier_ws_new (self->websocket, engine ? 4 : 0);
  self->talker = sky_talker_new (SKY_CARRIER (carrier), protocol, &funcs, self);
  if (engine)
    open_engine (self);
  self->house->opened (self, self->house->owner);
}

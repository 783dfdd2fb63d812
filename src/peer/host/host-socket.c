#include "peer/host/host-socket-private.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/host/host-session.h"
#include "tcp/tcp-tap.h"

#define LOOK_MSEC  1000 /* after which a client has taken something of it, if it reads */
#define MAX_LOOKS  5    /* until it has to have taken enough */
#define LOST_MSEC  200  /* in which a last request is answered of who says nothing more */
#define END_SEC    2    /* … and may take to let go of a connection that we end */
#define SHAKE_MSEC 5000 /* … and to do the handshake of TLS, for which a thread waits */

static void
stop_waiting (SkyHostSocket *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->hangup, g_source_remove);
  g_clear_handle_id (&self->refuse, g_source_remove);
  g_clear_handle_id (&self->delay, g_source_remove);
  g_clear_handle_id (&self->stall, g_source_remove);
  g_clear_handle_id (&self->drop, g_source_remove);
  g_clear_handle_id (&self->cut, g_source_remove);
  g_clear_handle_id (&self->lost, g_source_remove);
  g_clear_handle_id (&self->turn, g_source_remove);
  g_clear_pointer (&self->shake, sky_tcp_shake_free);
}

static gboolean
on_gone (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->gone = 0;
  if (self->served != NULL)
    sky_carrier_served_drop (self->served, self->message);
  if (self->session != NULL)
    sky_host_session_lose (self->session, self);
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

  stop_waiting (self);
  if (self->gone == 0)
    self->gone = g_idle_add (on_gone, self);
}

/* The goodbye of TLS would wait for the end of its handshake. */
static gboolean
is_in_handshake (SkyHostSocket *self)
{
  GIOStream *base = sky_tcp_tap_get_base (SKY_TCP_TAP (sky_link_get_stream (self->link)));

  return G_IS_TLS_CONNECTION (base)
         && g_tls_connection_get_protocol_version (G_TLS_CONNECTION (base)) == G_TLS_PROTOCOL_VERSION_UNKNOWN;
}

/* Returns: how long is waited for the client, in milliseconds */
static guint
get_patience (SkyHostSocket *self)
{
  guint msec = self->house->options.idle_timeout_msec;

  return is_in_handshake (self) ? MIN (msec, SHAKE_MSEC) : msec;
}

static gboolean
on_idle (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->idle = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                 is_in_handshake (self) ? _("Closed: the TLS handshake was not done within %u ms")
                                        : _("Closed: no request came within %u ms"),
                 get_patience (self));
  sky_host_socket_end (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_head_too_large (gpointer user_data)
{
  static const char answer[] = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  SkyHostSocket *self = user_data;
  GIOStream *stream = sky_link_get_stream (self->link);

  self->refuse = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("Closed: a request with a head of more than %d bytes"),
                 SKY_HOST_MAX_HEAD);
  g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)), answer,
                                              strlen (answer), NULL, NULL);
  sky_host_socket_end (self);
  return G_SOURCE_REMOVE;
}

/* Not from within the tap. */
static void
on_over (SkyLink *link, gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->refuse = g_idle_add_full (G_PRIORITY_DEFAULT, on_head_too_large, self, NULL);
}

static gboolean
on_lost (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->lost = 0;
  sky_host_socket_end (self);
  return G_SOURCE_REMOVE;
}

/* A last request may still be on its way through libsoup. */
static gboolean
on_quiet (int fd, GIOCondition condition, gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->hangup = 0;
  self->lost = g_timeout_add (LOST_MSEC, on_lost, self);
  return G_SOURCE_REMOVE;
}

/* From here on a request is waited for: not for ever, and not for everything. */
static void
expect_request (SkyHostSocket *self)
{
  sky_link_set_quota (self->link, SKY_HOST_MAX_HEAD, on_over);
  sky_host_socket_touch (self);
}

/*
 * One request is over. libsoup does not close a connection on which it has answered before, and which the client
 * closes: it would be there until it has been idle for long.
 */
void
sky_host_socket_expect_next (SkyHostSocket *self)
{
  GSocket *socket = sky_host_socket_find (self);

  expect_request (self);
  if (socket != NULL)
    self->hangup = g_unix_fd_add (g_socket_get_fd (socket), (GIOCondition) SKY_HOST_RDHUP, on_quiet, self);
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
  expect_request (self);
  return self;
}

/**
 * sky_host_socket_free:
 *
 * Ends the connection, if it has not ended yet. A session that has its WebSocket here is told before.
 */
void
sky_host_socket_free (SkyHostSocket *self)
{
  sky_link_watch (self->link, NULL, NULL);
  if (self->session != NULL)
    sky_host_session_lose (self->session, self);
  g_clear_handle_id (&self->gone, g_source_remove);
  sky_host_socket_end_request (self);
  stop_waiting (self);
  if (self->guard != NULL)
    sky_guard_silence (self->guard);
  g_clear_object (&self->guard);
  g_clear_object (&self->websocket);
  sky_link_free (self->link);
  g_free (self);
}

/* Something is waited for: not for ever. */
void
sky_host_socket_touch (SkyHostSocket *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  self->idle = g_timeout_add (get_patience (self), on_idle, self);
}

/**
 * sky_host_socket_give_way:
 *
 * There is a newcomer, and no room: this connection ends, on which nothing was asked.
 */
void
sky_host_socket_give_way (SkyHostSocket *self)
{
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE, _("Closed: no request came, and others want to connect"));
  sky_host_socket_cut (self);
}

static gboolean
on_cut (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->cut = 0;
  sky_host_socket_cut (self);
  return G_SOURCE_REMOVE;
}

/* Closes the connection in order; without, if the client has begun something that it does not end. */
void
sky_host_socket_end (SkyHostSocket *self)
{
  if (is_in_handshake (self))
    {
      sky_host_socket_cut (self);
      return;
    }
  if (self->cut == 0)
    self->cut = g_timeout_add_seconds (END_SEC, on_cut, self);
  g_io_stream_close_async (sky_link_get_stream (self->link), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

/* Returns: whether a request is being answered here, or a WebSocket is open */
gboolean
sky_host_socket_is_busy (SkyHostSocket *self)
{
  return self->message != NULL || self->websocket != NULL;
}

/* Ends the connection without a word: what is not sent yet is lost. */
void
sky_host_socket_cut (SkyHostSocket *self)
{
  sky_tcp_tap_cut (SKY_TCP_TAP (sky_link_get_stream (self->link)));
}

/* Whether it has taken something since the last look, if there was one, and may take more time. */
static gboolean
is_reading (SkyHostSocket *self)
{
  guint64 before = self->n_drained;

  self->n_drained = sky_link_get_n_taken (self->link);
  return (self->n_looks == 0 || self->n_drained > before) && ++self->n_looks < MAX_LOOKS;
}

/* By now the socket had its turn: what waits still, waits for the client. */
static gboolean
on_drop (gpointer user_data)
{
  SkyHostSocket *self = user_data;
  guint64 n_unsent = sky_guard_get_n_unsent (self->guard);
  gboolean flooded = sky_guard_is_flooded (self->guard);

  self->drop = 0;
  if (self->n_refused == 0 && n_unsent <= self->house->options.max_buffered && !flooded)
    return G_SOURCE_REMOVE;
  if (self->n_refused == 0 && !flooded && is_reading (self))
    {
      self->drop = g_timeout_add (LOOK_MSEC, on_drop, self);
      return G_SOURCE_REMOVE;
    }
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 _("Dropped: the client does not read, and %.1f MiB wait to be sent"),
                 (double) MAX (n_unsent, self->n_refused) / (1 << 20));
  if (self->session != NULL)
    self->session->leaving = TRUE;
  sky_host_socket_cut (self);
  return G_SOURCE_REMOVE;
}

/* One message always goes, however large it is; then the client has to read. */
static void
on_sending (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  if (self->drop == 0
      && (sky_guard_get_n_unsent (self->guard) > self->house->options.max_buffered || sky_guard_is_flooded (self->guard)))
    {
      self->n_looks = 0;
      self->n_drained = sky_link_get_n_taken (self->link);
      self->drop = g_idle_add (on_drop, self);
    }
}

/**
 * sky_host_socket_has_room:
 *
 * What is said in one burst may be more than is buffered for long; what does not fit even so is not sent, and ends
 * the connection: no message is left out of those that arrive.
 *
 * Returns: whether one more message may be sent on its WebSocket
 */
gboolean
sky_host_socket_has_room (SkyHostSocket *self)
{
  guint64 n_unsent = self->drop != 0 ? sky_guard_get_n_unsent (self->guard) : 0;

  if (self->n_refused == 0 && n_unsent / SKY_HOST_BURST > self->house->options.max_buffered)
    self->n_refused = n_unsent;
  return self->n_refused == 0;
}

/**
 * sky_host_socket_open:
 * @extensions: (transfer full) (nullable) (element-type SkyGuard): as agreed, one at most
 * @revision: of Engine.IO, 0 if that is not spoken
 * @max_message: bytes of one message
 *
 * The opening handshake is done: from here on it is a WebSocket. Its first message is heard only after
 * sky_carrier_frames_begin().
 *
 * Returns: (transfer none): what carries messages on it
 */
SkyCarrier *
sky_host_socket_open (SkyHostSocket *self, GList *extensions, guint revision, guint64 max_message)
{
  sky_host_socket_end_request (self);
  g_clear_handle_id (&self->idle, g_source_remove);
  self->guard = extensions != NULL ? g_object_ref (extensions->data) : sky_guard_new ();
  g_list_free_full (extensions, g_object_unref);
  sky_guard_arm (self->guard, self->link, max_message);
  sky_guard_watch (self->guard, on_sending, self);
  self->websocket = sky_carrier_frames_new (SKY_TCP_TAP (sky_link_get_stream (self->link)), self->guard, revision,
                                            max_message);
  return SKY_CARRIER (self->websocket);
}

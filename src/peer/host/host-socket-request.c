#include "peer/host/host-socket-private.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "tcp/tcp-facts.h"
#include "tcp/tcp-tap.h"

#define REFUSE_SEC 2     /* how long somebody may go on sending what was refused */
#define STALL_LEN  16384 /* bytes of an answer that have to be taken while an idle client would be sent away */
#define TURN_LEN   4     /* requests of one connection that are begun before all others have their turn */

/* One request on a connection: from its head until it is answered, given up, or refused. */

/* There is none any more: nothing that belongs to it goes on. */
void
sky_host_socket_end_request (SkyHostSocket *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_handle_id (&self->hangup, g_source_remove);
  g_clear_handle_id (&self->refuse, g_source_remove);
  g_clear_handle_id (&self->delay, g_source_remove);
  g_clear_handle_id (&self->stall, g_source_remove);
  g_clear_handle_id (&self->lost, g_source_remove);
  g_clear_object (&self->message);
  g_clear_object (&self->served);
  g_clear_pointer (&self->body, g_byte_array_unref);
  self->n_body = self->n_touched = 0;
  self->too_large = self->head_too_large = self->in_line = FALSE;
}

/* Returns: (nullable) (transfer none): what lies below TLS and the tap */
GSocket *
sky_host_socket_find (SkyHostSocket *self)
{
  return sky_tcp_facts_find_socket (sky_tcp_tap_get_base (SKY_TCP_TAP (sky_link_get_stream (self->link))));
}

/* Answered, or given up by libsoup: then whoever had to answer it hears of that. */
static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
  SkyHostSocket *self = user_data;
  g_autoptr(SkyCarrierServed) served = g_steal_pointer (&self->served);

  if (served != NULL)
    sky_carrier_served_drop (served, message);
  sky_host_socket_end_request (self);
  if (self->websocket != NULL || self->gone != 0)
    return;
  sky_host_socket_expect_next (self);
}

/* Not begun, it is none of the client's fault. */
static gboolean
on_stall (gpointer user_data)
{
  SkyHostSocket *self = user_data;
  guint64 n_taken = sky_link_get_n_taken (self->link), n_new = n_taken - self->n_taken;
  gboolean begun = soup_server_message_get_status (self->message) != 0;

  self->n_taken = n_taken;
  if (!begun || !self->answering || n_new >= STALL_LEN)
    {
      self->answering = begun;
      return G_SOURCE_CONTINUE;
    }
  self->stall = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("Dropped: the client does not take its answer"));
  sky_host_socket_cut (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_turn (gpointer user_data)
{
  SkyHostSocket *self = user_data;

  self->turn = self->n_turn = 0;
  if (self->in_line)
    soup_server_message_unpause (self->message);
  self->in_line = FALSE;
  return G_SOURCE_REMOVE;
}

/* What comes at once may be hundreds of requests, which libsoup would answer one after the other. */
static void
take_turn (SkyHostSocket *self)
{
  if (self->turn == 0)
    self->turn = g_idle_add (on_turn, self);
  self->in_line = ++self->n_turn > TURN_LEN;
  if (self->in_line)
    soup_server_message_pause (self->message);
}

/**
 * sky_host_socket_begin:
 * @message: a request of which the head has come; its body is waited for as long as it grows
 */
void
sky_host_socket_begin (SkyHostSocket *self, SoupServerMessage *message)
{
  sky_host_socket_end_request (self);
  sky_link_set_quota (self->link, 0, NULL);
  self->asked = TRUE;
  self->message = g_object_ref (message);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);
  self->n_taken = sky_link_get_n_taken (self->link);
  self->answering = FALSE;
  self->stall = g_timeout_add (self->house->options.idle_timeout_msec, on_stall, self);
  take_turn (self);
}

static gboolean
on_hangup (int fd, GIOCondition condition, gpointer user_data)
{
  SkyHostSocket *self = user_data;
  g_autoptr(SoupServerMessage) message = g_object_ref (self->message);
  g_autoptr(SkyCarrierServed) served = g_object_ref (self->served);

  self->hangup = 0;
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  sky_carrier_served_drop (served, message);
  return G_SOURCE_REMOVE;
}

/**
 * sky_host_socket_wait:
 * @served: whose request the present one is: it is told if the connection breaks before its answer
 *
 * libsoup does not read while an answer is due, and so does not see a client that hangs up.
 */
void
sky_host_socket_wait (SkyHostSocket *self, SkyCarrierServed *served)
{
  GSocket *socket = sky_host_socket_find (self);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_set_object (&self->served, served);
  if (socket != NULL && self->hangup == 0)
    self->hangup = g_unix_fd_add (g_socket_get_fd (socket), (GIOCondition) SKY_HOST_RDHUP, on_hangup, self);
}

/* What is read only so that the answer is not lost with a reset. */
typedef struct
{
  GIOStream    *stream;
  GCancellable *cancellable;
  guint         deadline;
  guint8        block[16384];
} Refusal;

static gboolean
on_refusal_over (gpointer user_data)
{
  Refusal *refusal = user_data;

  refusal->deadline = 0;
  g_cancellable_cancel (refusal->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_refusal_read (GObject *input, GAsyncResult *result, gpointer user_data)
{
  Refusal *refusal = user_data;

  if (g_input_stream_read_finish (G_INPUT_STREAM (input), result, NULL) > 0)
    {
      g_input_stream_read_async (G_INPUT_STREAM (input), refusal->block, sizeof refusal->block, G_PRIORITY_DEFAULT,
                                 refusal->cancellable, on_refusal_read, refusal);
      return;
    }
  g_io_stream_close_async (refusal->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_clear_handle_id (&refusal->deadline, g_source_remove);
  g_object_unref (refusal->cancellable);
  g_object_unref (refusal->stream);
  g_free (refusal);
}

/**
 * sky_host_socket_refuse:
 * @answer: a whole answer of HTTP
 *
 * Answers the present request before all of it has come, and ends the connection. libsoup would read
 * all that is announced first. Who has not taken earlier answers is not waited for: it has no answer.
 */
void
sky_host_socket_refuse (SkyHostSocket *self, const char *answer)
{
  g_autoptr(SoupServerMessage) message = g_object_ref (self->message);
  GIOStream *stream = soup_server_message_steal_connection (message);
  GSocket *socket = sky_host_socket_find (self);
  Refusal *refusal;

  sky_host_socket_end_request (self);
  if (stream == NULL)
    return;
  if (socket == NULL || sky_link_get_buffered (self->link) > 0 || g_socket_condition_check (socket, G_IO_OUT) == 0)
    {
      sky_host_socket_cut (self);
      g_object_unref (stream);
      return;
    }
  refusal = g_new0 (Refusal, 1);
  refusal->stream = stream;
  refusal->cancellable = g_cancellable_new ();
  refusal->deadline = g_timeout_add_seconds (REFUSE_SEC, on_refusal_over, refusal);
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer, strlen (answer), NULL, NULL, NULL);
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  g_input_stream_read_async (g_io_stream_get_input_stream (stream), refusal->block, sizeof refusal->block,
                             G_PRIORITY_DEFAULT, refusal->cancellable, on_refusal_read, refusal);
}

#include "tcp/tcp-tap-private.h"

#include "tcp/tcp-facts.h"

#include <glib/gi18n-lib.h>
#include <sys/socket.h>

/**
 * SkyTcpTap:
 *
 * The one seam: a #GIOStream over another that reports each block that the base stream gives or
 * takes. It reads in large blocks and hands out from what it has; it holds what is written
 * within one turn of the main loop and sends it together; a flood gets its share of each turn,
 * so that the window stays alive. It belongs to the thread and the thread-default main context
 * that it was made in.
 */
struct _SkyTcpTap
{
  GIOStream      parent_instance;
  SkyTcpTapLine *line;
  GInputStream  *input;
  GOutputStream *output;
};

G_DEFINE_FINAL_TYPE (SkyTcpTap, sky_tcp_tap, G_TYPE_IO_STREAM)

#define CLOSE_WAIT_USEC       (50 * G_TIME_SPAN_MILLISECOND) /* blocks the window */
#define CLOSE_ASYNC_WAIT_USEC (2 * G_TIME_SPAN_SECOND)

static GInputStream *
sky_tcp_tap_get_input_stream (GIOStream *stream)
{
  return SKY_TCP_TAP (stream)->input;
}

static GOutputStream *
sky_tcp_tap_get_output_stream (GIOStream *stream)
{
  return SKY_TCP_TAP (stream)->output;
}

/* Says what the peer never got. */
static gboolean
all_was_sent (SkyTcpTapLine *line, GError **error)
{
  gsize lost = sky_tcp_tap_line_get_buffered (line);

  if (lost > 0 && line->broken != NULL)
    g_propagate_error (error, g_error_copy (line->broken));
  else if (lost > 0)
    g_set_error (
        error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
        _("The connection was closed while the peer had not taken the last %zu bytes."),
        lost);
  return lost == 0;
}

/* A line that takes nothing would also hold up the goodbye of TLS: then the socket goes first. */
static void
drop_stuck_socket (SkyTcpTapLine *line)
{
  GSocket *socket = sky_tcp_facts_find_socket (line->base);

  if (socket != NULL
      && (sky_tcp_tap_line_get_buffered (line) > 0
          || g_socket_condition_check (socket, G_IO_OUT) == 0))
    g_socket_close (socket, NULL);
}

static void
push_for_a_while (SkyTcpTapLine *line)
{
  GSocket *socket = sky_tcp_facts_find_socket (line->base);
  gint64 deadline_usec = g_get_monotonic_time () + CLOSE_WAIT_USEC, left_usec = CLOSE_WAIT_USEC;

  sky_tcp_tap_line_push (line, FALSE, NULL, NULL);
  while (socket != NULL && !sky_tcp_tap_line_is_drained (line) && left_usec > 0)
    {
      g_socket_condition_timed_wait (socket, G_IO_OUT, left_usec, NULL, NULL);
      sky_tcp_tap_line_push (line, FALSE, NULL, NULL);
      left_usec = deadline_usec - g_get_monotonic_time ();
    }
}

/*
 * A #GTcpWrapperConnection closes the socket and forgets the stream that it wraps, so that TLS
 * could not say goodbye (RFC 8446 §6.1): that stream is closed first.
 */
static GIOStream *
first_to_close (SkyTcpTapLine *line)
{
  if (G_IS_TCP_WRAPPER_CONNECTION (line->base))
    return g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (line->base));
  return line->base;
}

static void
close_base (SkyTcpTapLine *line)
{
  g_io_stream_close (first_to_close (line), NULL, NULL);
  g_io_stream_close (line->base, NULL, NULL);
}

static void
close_halves (SkyTcpTap *self)
{
  g_output_stream_close (self->output, NULL, NULL);
  g_input_stream_close (self->input, NULL, NULL);
}

static gboolean
sky_tcp_tap_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  SkyTcpTap *self = SKY_TCP_TAP (stream);
  SkyTcpTapLine *line = self->line;
  gboolean already = line->closed;

  if (!already)
    {
      push_for_a_while (line);
      sky_tcp_tap_line_shut (line);
      drop_stuck_socket (line);
      close_base (line);
    }
  close_halves (self);
  return already || all_was_sent (line, error);
}

static void
on_base_closed (GObject *base, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyTcpTap *self = g_task_get_source_object (task);
  GError *error = NULL;

  /* How the base stream liked to be closed changes nothing for anyone. */
  g_io_stream_close_finish (G_IO_STREAM (base), result, NULL);
  close_base (self->line);
  close_halves (self);
  if (all_was_sent (self->line, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
on_close_drained (GObject *stream, gpointer user_data)
{
  GTask *task = user_data;
  SkyTcpTap *self = g_task_get_source_object (task);
  SkyTcpTapLine *line = self->line;

  sky_tcp_tap_line_shut (line);
  drop_stuck_socket (line);
  g_io_stream_close_async (first_to_close (line), g_task_get_priority (task), NULL, on_base_closed,
                           g_object_ref (task));
  return G_SOURCE_REMOVE;
}

static void
sky_tcp_tap_close_async (GIOStream *stream, int io_priority, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  SkyTcpTap *self = SKY_TCP_TAP (stream);
  g_autoptr(GTask) task = g_task_new (stream, cancellable, callback, user_data);
  g_autoptr(GSource) source
      = sky_tcp_tap_source_new (self->line, stream, SKY_TCP_TAP_WAIT_DRAINED, cancellable);

  sky_tcp_tap_line_push (self->line, FALSE, NULL, NULL);
  g_task_set_priority (task, io_priority);
  g_task_set_check_cancellable (task, FALSE);
  g_source_set_ready_time (source, g_get_monotonic_time () + CLOSE_ASYNC_WAIT_USEC);
  g_task_attach_source (task, source, G_SOURCE_FUNC (on_close_drained));
}

static gboolean
sky_tcp_tap_close_finish (GIOStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
sky_tcp_tap_finalize (GObject *object)
{
  SkyTcpTap *self = SKY_TCP_TAP (object);

  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_pointer (&self->line, sky_tcp_tap_line_unref);
  G_OBJECT_CLASS (sky_tcp_tap_parent_class)->finalize (object);
}

static void
sky_tcp_tap_class_init (SkyTcpTapClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_tcp_tap_finalize;
  stream_class->get_input_stream = sky_tcp_tap_get_input_stream;
  stream_class->get_output_stream = sky_tcp_tap_get_output_stream;
  stream_class->close_fn = sky_tcp_tap_close;
  stream_class->close_async = sky_tcp_tap_close_async;
  stream_class->close_finish = sky_tcp_tap_close_finish;
}

static void
sky_tcp_tap_init (SkyTcpTap *self)
{
}

/**
 * sky_tcp_tap_new:
 * @base: a connection whose two streams are pollable: a #GSocketConnection, a #GTlsConnection or
 *   what #SkyTcpDial gives; the tap closes it
 * @func: told of everything that passes, from within reads, writes and the main loop; it must
 *   not read from or close the tap
 *
 * Puts a tap on @base. From now on nobody else may read from or write to @base.
 * %SKY_TCP_TAP_END comes once, with why if the line broke: after a failed write as soon as all
 * that the peer had sent is read. %SKY_TCP_TAP_CLOSED comes once and is the last. The callbacks
 * can come until the tap is closed or muted, also while it is disposed of, never after.
 *
 * Returns: (transfer full): a stream of which both halves are pollable. Without blocking, a read
 *   can say %G_IO_ERROR_WOULD_BLOCK though the socket has more, and a write takes what fits and
 *   sends it at the end of the turn; a read or write that blocks goes to the socket at once.
 */
SkyTcpTap *
sky_tcp_tap_new (GIOStream *base, SkyTcpTapFunc func, gpointer user_data)
{
  SkyTcpTap *self;

  g_return_val_if_fail (G_IS_IO_STREAM (base), NULL);
  g_return_val_if_fail (G_IS_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base)), NULL);
  g_return_val_if_fail (G_IS_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (base)), NULL);

  self = g_object_new (SKY_TYPE_TCP_TAP, NULL);
  self->line = sky_tcp_tap_line_new (base, func, user_data);
  self->input = sky_tcp_tap_input_new (self->line);
  self->output = sky_tcp_tap_output_new (self->line);
  return self;
}

/* Returns: (transfer none): what the tap shares with its streams */
SkyTcpTapLine *
sky_tcp_tap_get_line (SkyTcpTap *self)
{
  return self->line;
}

/**
 * sky_tcp_tap_mute:
 *
 * Ends the callbacks, for an owner who goes away. The stream works on.
 */
void
sky_tcp_tap_mute (SkyTcpTap *self)
{
  g_return_if_fail (SKY_IS_TCP_TAP (self));

  self->line->func = NULL;
}

/**
 * sky_tcp_tap_get_buffered:
 *
 * Returns: bytes that the stream accepted and the socket has not taken; after the line broke or
 *   was closed: bytes that were lost
 */
gsize
sky_tcp_tap_get_buffered (SkyTcpTap *self)
{
  g_return_val_if_fail (SKY_IS_TCP_TAP (self), 0);

  return sky_tcp_tap_line_get_buffered (self->line);
}

/**
 * sky_tcp_tap_cut:
 *
 * Ends the TCP connection at once with a reset: what was held is lost, and TLS says no goodbye
 * (RFC 9293 §3.5.2). Reports %SKY_TCP_TAP_CLOSED if the tap was open.
 */
void
sky_tcp_tap_cut (SkyTcpTap *self)
{
  g_autoptr(SkyTcpTap) alive = NULL;
  GSocket *socket;

  g_return_if_fail (SKY_IS_TCP_TAP (self));

  if (self->line->closed)
    return;
  alive = g_object_ref (self);
  sky_tcp_tap_line_shut (self->line);
  socket = sky_tcp_facts_find_socket (self->line->base);
  if (socket != NULL)
    {
      struct linger reset = { .l_onoff = 1, .l_linger = 0 };

      setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
      if (G_IS_TLS_CONNECTION (self->line->base))
        shutdown (g_socket_get_fd (socket), SHUT_RDWR); /* a thread waits on it as long as the handshake is not done */
      g_socket_close (socket, NULL);
    }
  close_base (self->line);
  g_io_stream_close (G_IO_STREAM (self), NULL, NULL);
}

/**
 * sky_tcp_tap_get_base:
 *
 * Returns: (transfer none): the stream below, to ask it for facts
 */
GIOStream *
sky_tcp_tap_get_base (SkyTcpTap *self)
{
  g_return_val_if_fail (SKY_IS_TCP_TAP (self), NULL);

  return self->line->base;
}

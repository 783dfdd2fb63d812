#include "tcp/tcp-tap-private.h"

/*
 * The tap without its streams, for one who reads all that comes and lets others bound what is sent:
 * no source, no copy and no buffer for each connection.
 */

static gboolean
on_watched (gpointer user_data)
{
  return sky_tcp_tap_line_hear (user_data);
}

/* TLS may have bytes that no descriptor knows of. */
static gboolean
on_readable (GObject *stream, gpointer user_data)
{
  g_autoptr(SkyTcpTapLine) line = sky_tcp_tap_line_ref (user_data);

  sky_tcp_tap_line_hear (line);
  return line->reader != NULL;
}

static gboolean
watch_socket (SkyTcpTapLine *line)
{
  SkyTcpPoll *poll = sky_tcp_tap_turn_get_poll (line->turn);

  if (poll == NULL || !G_IS_SOCKET_CONNECTION (line->base) || G_IS_TCP_WRAPPER_CONNECTION (line->base))
    return FALSE;
  line->watch = (SkyTcpWatch) { g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (line->base))),
                                on_watched, line };
  line->watched = sky_tcp_poll_add (poll, &line->watch);
  return line->watched;
}

static void
wait_for_stream (SkyTcpTapLine *line, GInputStream *stream)
{
  line->reader = sky_tcp_tap_source_new (line, stream, SKY_TCP_TAP_WAIT_READ, NULL);
  g_source_set_callback (line->reader, G_SOURCE_FUNC (on_readable), line, NULL);
  g_source_attach (line->reader, sky_tcp_tap_turn_get_context (line->turn));
}

/* Nothing is read any more: the line ended, or nobody listens. */
void
sky_tcp_tap_line_unwatch (SkyTcpTapLine *line)
{
  if (line->watched)
    sky_tcp_poll_remove (sky_tcp_tap_turn_get_poll (line->turn), &line->watch);
  line->watched = FALSE;
  if (line->reader != NULL)
    g_source_destroy (line->reader);
  g_clear_pointer (&line->reader, g_source_unref);
}

/**
 * sky_tcp_tap_listen:
 * @func: (nullable): told of what comes, from within the main loop: it may close the tap and let go of it. Of
 *   %SKY_TCP_TAP_CLOSED it is told from wherever the tap is closed, and then may do neither
 *
 * Reads whatever comes, a block in each turn; the input stream is not to be used any more, and what it has not
 * handed out is told before this returns. Without @func nothing is read.
 */
void
sky_tcp_tap_listen (SkyTcpTap *self, SkyTcpTapHearFunc func, gpointer user_data)
{
  SkyTcpTapLine *line;

  g_return_if_fail (SKY_IS_TCP_TAP (self));

  line = sky_tcp_tap_get_line (self);
  sky_tcp_tap_line_unwatch (line);
  line->hear = func;
  line->hear_data = user_data;
  if (func == NULL || line->closed)
    return;
  if (!watch_socket (line))
    wait_for_stream (line, g_io_stream_get_input_stream (G_IO_STREAM (self)));
  if (line->in != NULL) /* the socket knows nothing of it */
    sky_tcp_tap_line_hear (line);
}

/**
 * sky_tcp_tap_say:
 * @head_len: bytes
 * @len: bytes, which follow those of @head; may be 0
 *
 * Writes at the end of the turn, however much waits already: the caller looks at sky_tcp_tap_get_buffered().
 * On a line that is closed or broken nothing happens.
 */
void
sky_tcp_tap_say (SkyTcpTap *self, const guint8 *head, gsize head_len, const guint8 *data, gsize len)
{
  g_return_if_fail (SKY_IS_TCP_TAP (self));

  sky_tcp_tap_line_say (sky_tcp_tap_get_line (self), head, head_len, data, len);
}

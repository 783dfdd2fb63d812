#include "peer/carrier/caller-private.h"

#include "tcp/tcp-tap.h"

#define EARLY_USEC G_USEC_PER_SEC /* before the server closes an idle connection, we do */

void
sky_caller_clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/*
 * This connection takes no more requests. Its end goes into the trace, so it is closed here rather
 * than with its link; to close what still writes is to cut it.
 */
void
sky_caller_drop_line (SkyCaller *self, gboolean cut)
{
  GIOStream *stream = self->link != NULL ? sky_link_get_stream (self->link) : NULL;

  self->alive = FALSE;
  sky_caller_clear_source (&self->idle);
  if (stream == NULL)
    return;
  if (cut)
    sky_tcp_tap_cut (SKY_TCP_TAP (stream));
  else if (sky_link_get_buffered (self->link) == 0)
    g_io_stream_close (stream, NULL, NULL); /* nothing to wait for */
  else
    g_io_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static gboolean
is_quiet (GObject *input)
{
  g_autoptr(GError) error = NULL;
  guint8 octet;

  return g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), &octet, 1, NULL, &error) < 0
         && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static gboolean
on_idle_readable (GObject *input, gpointer user_data)
{
  SkyCaller *self = user_data;

  if (is_quiet (input))
    return G_SOURCE_CONTINUE;
  sky_caller_drop_line (self, FALSE); /* it ended, or an answer came that nobody asked for */
  return G_SOURCE_REMOVE;
}

void
sky_caller_keep_line (SkyCaller *self, guint idle_msec)
{
  GInputStream *input = g_io_stream_get_input_stream (sky_link_get_stream (self->link));

  self->alive = TRUE;
  self->until_usec = idle_msec > 0 ? g_get_monotonic_time () + idle_msec * G_TIME_SPAN_MILLISECOND - EARLY_USEC : 0;
  sky_caller_clear_source (&self->idle);
  self->idle = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), NULL);
  g_source_set_callback (self->idle, G_SOURCE_FUNC (on_idle_readable), self, NULL);
  g_source_attach (self->idle, g_main_context_get_thread_default ());
}

/* Whether the line can take a request to @route. An end that came in this very turn is seen here first. */
gboolean
sky_caller_leads_there (SkyCaller *self, const SkyRoute *route)
{
  if (!self->alive || (self->until_usec != 0 && g_get_monotonic_time () > self->until_usec))
    return FALSE;
  return g_ascii_strcasecmp (self->there.host, route->host) == 0 && self->there.port == route->port
         && self->there.tls == route->tls
         && is_quiet (G_OBJECT (g_io_stream_get_input_stream (sky_link_get_stream (self->link))));
}

#include "peer/carrier/opening-dial.h"

#include <glib/gi18n-lib.h>

#include "tcp/tcp-dial.h"

/* The steps of the dial become records; what only begins is not worth one. */
static void
on_step (SkyTcpDial *dial, guint step, gint64 time_usec, const char *detail, gpointer user_data)
{
  SkyFeed *feed = sky_link_get_feed (user_data);

  switch ((SkyTcpStep) step)
    {
    case SKY_TCP_STEP_RESOLVED:
      sky_feed_note (feed, SKY_LAYER_TCP, SKY_KIND_RESOLVE, SKY_FROM_CLIENT, time_usec, detail);
      break;
    case SKY_TCP_STEP_CONNECTED:
      sky_feed_note (feed, SKY_LAYER_TCP, SKY_KIND_CONNECTED, SKY_FROM_CLIENT, time_usec, detail);
      break;
    case SKY_TCP_STEP_PROXY:
      sky_feed_note (feed, SKY_LAYER_TCP, SKY_KIND_PROXY, SKY_FROM_CLIENT, time_usec, detail);
      break;
    case SKY_TCP_STEP_TLS_DONE:
      sky_feed_note (feed, SKY_LAYER_TLS, SKY_KIND_HANDSHAKE, SKY_FROM_CLIENT, time_usec, detail);
      break;
    case SKY_TCP_STEP_RESOLVING:
    case SKY_TCP_STEP_CONNECTING:
    case SKY_TCP_STEP_TLS_HANDSHAKE:
      break;
    }
}

static void
on_dialed (GObject *dial, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyLink *link = g_task_get_task_data (task);
  g_autoptr(GIOStream) stream = NULL;
  GError *error = NULL;

  stream = sky_tcp_dial_finish (SKY_TCP_DIAL (dial), result, &error);
  g_signal_handlers_disconnect_by_data (dial, link);
  if (stream == NULL)
    g_task_return_error (task, error);
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, sky_link_attach (link, stream), NULL);
}

/**
 * sky_opening_dial_async:
 * @link: a fresh link
 *
 * Dials, taps and notes the steps with their times.
 */
void
sky_opening_dial_async (SkyLink *link, const SkyProfile *profile, const SkyRoute *route, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(SkyTcpDial) dial = sky_tcp_dial_new (&(SkyTcpTarget) { .host = route->host,
                                                                   .port = route->port,
                                                                   .tls = route->tls,
                                                                   .insecure = profile->insecure,
                                                                   .ca_file = profile->ca_file,
                                                                   .cert_file = profile->cert_file,
                                                                   .key_file = profile->key_file,
                                                                   .accepted = profile->accepted,
                                                                   .proxy = profile->proxy,
                                                                   .timeout_msec = profile->timeout_msec });

  g_task_set_task_data (task, sky_link_ref (link), (GDestroyNotify) sky_link_unref);
  sky_link_note (link, SKY_LAYER_NOTE, SKY_KIND_STATE, _("connecting to %s"), route->host_header);
  g_signal_connect (dial, "step", G_CALLBACK (on_step), link);
  sky_tcp_dial_async (dial, cancellable, on_dialed, task);
}

/**
 * sky_opening_dial_finish:
 * @error: %SKY_TCP_ERROR or %G_IO_ERROR_CANCELLED
 *
 * Returns: (nullable) (transfer none): the tapped stream, which belongs to the link
 */
GIOStream *
sky_opening_dial_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sky_opening_dial_blame:
 * @why: (nullable): how the line broke before anything was read from it
 *
 * In TLS 1.3 a server says only after the handshake that it misses a certificate of ours: RFC 8446 §4.4.2.4.
 *
 * Returns: (transfer full) (nullable): %SKY_TCP_ERROR_TLS_ASKS, if it was that
 */
GError *
sky_opening_dial_blame (SkyLink *link, const char *host, const GError *why)
{
  if (link == NULL || why == NULL || why->domain != G_TLS_ERROR || !sky_link_get_facts (link)->tls_asked)
    return NULL;
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_ASKS, _("%s asks for a certificate of yours."), host);
}

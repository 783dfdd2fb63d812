#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>

/* Reconnection, as socket.io-client's Manager does it: PROTOCOL §12.1–12.2. */

static gboolean
on_retry (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));

  self->retry = 0;
  sky_client_stop_retrying (self);
  sky_client_begin_run (self);
  return G_SOURCE_REMOVE;
}

/* A network came back, or another one: what failed before may work at once. */
static void
on_network_changed (GNetworkMonitor *network, gboolean available, gpointer user_data)
{
  SkyClient *self = SKY_CLIENT (user_data);

  if (!available || self->retry == 0)
    return;
  sky_client_note (self, SKY_KIND_STATE, _("the network has changed: trying again at once"));
  g_clear_handle_id (&self->retry, g_source_remove);
  self->retry = g_idle_add (on_retry, self);
}

/**
 * sky_client_retry:
 * @problem: why there is no connection
 * @advice: (nullable): what to do about it
 *
 * The run has ended, or never began. Waits for the next attempt, if there is to be one.
 *
 * Returns: whether that is so
 */
gboolean
sky_client_retry (SkyClient *self, const char *problem, const char *advice)
{
  const SkyReconnect *reconnect = &self->profile->reconnect;
  guint attempt = sky_peer_get_attempt (SKY_PEER (self));
  guint delay;

  if (reconnect->attempts == 0)
    return FALSE;
  if (attempt > 0)
    sky_client_note (self, SKY_KIND_RECONNECT_ERROR, _("attempt %u: %s"), attempt, problem);
  if (reconnect->attempts > 0 && attempt >= (guint) reconnect->attempts)
    {
      sky_client_note (self, SKY_KIND_RECONNECT_FAILED,
                       g_dngettext (GETTEXT_PACKAGE, "given up after %u attempt", "given up after %u attempts", attempt),
                       attempt);
      return FALSE;
    }
  delay = sky_reconnect_delay (reconnect, attempt + 1, g_random_double_range (-1, 1));
  sky_client_note (self, SKY_KIND_STATE, _("attempt %u in %.1f s"), attempt + 1, delay / 1000.0);
  self->network = g_object_ref (g_network_monitor_get_default ());
  self->network_changed = g_signal_connect (self->network, "network-changed", G_CALLBACK (on_network_changed), self);
  self->retry = g_timeout_add (delay, on_retry, self);
  sky_peer_wait (SKY_PEER (self), problem, advice, g_get_monotonic_time () + (gint64) delay * 1000);
  return TRUE;
}

/* Nothing is waited for any more: it is tried now, or given up. */
void
sky_client_stop_retrying (SkyClient *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (self->network != NULL)
    g_signal_handler_disconnect (self->network, self->network_changed);
  g_clear_object (&self->network);
}

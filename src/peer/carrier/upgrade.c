#include "peer/carrier/upgrade.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"
#include "peer/carrier/opening.h"

#define PROBE_MSEC 10000 /* how long the probe may take; the reference's server gives it as long */
#define PAUSE_MSEC 30000 /* how long the last poll and POST may take */

/* An upgrade on its way; it belongs to the task. */
typedef struct
{
  SkyLink                 *link;
  SkyCarrierPoll          *polling;
  char                    *host;
  SoupWebsocketConnection *socket; /* nullable */
  GSource                 *cancelled;
  guint                    timeout;
  gboolean                 probed; /* the server answered the probe */
  gboolean                 over;
} Upgrade;

static void
stop_waiting (Upgrade *self, GTask *task)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, task);
}

/* Its guard borrows the link, and libsoup may keep the socket a while longer. */
static void
drop_socket (Upgrade *self)
{
  SkyGuard *guard = self->socket != NULL ? sky_guard_find (self->socket) : NULL;

  if (guard != NULL)
    sky_guard_silence (guard);
  g_clear_object (&self->socket);
}

static void
upgrade_free (gpointer data)
{
  Upgrade *self = data;

  if (self->link != NULL)
    drop_socket (self);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->link, sky_link_free);
  g_object_unref (self->polling);
  g_free (self->host);
  g_free (self);
}

/* The WebSocket goes; polling goes on as if there had been none: PROTOCOL §5.7, §5.8. */
static void
fail (GTask *task, GError *error)
{
  g_autoptr(GTask) alive = g_object_ref (task);
  Upgrade *self = g_task_get_task_data (task);
  GIOStream *stream = sky_link_get_stream (self->link);

  self->over = TRUE;
  stop_waiting (self, task);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("no upgrade: %s"), error->message);
  drop_socket (self);
  if (stream != NULL && sky_link_get_buffered (self->link) == 0)
    g_io_stream_close (stream, NULL, NULL);
  g_clear_pointer (&self->link, sky_link_free);
  sky_carrier_poll_release (self->polling);
  g_task_return_error (task, error);
}

static void
fail_wrong (GTask *task, SkyOpeningError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
fail_wrong (GTask *task, SkyOpeningError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  fail (task, g_error_new_valist (SKY_OPENING_ERROR, code, format, args));
  va_end (args);
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  Upgrade *self = g_task_get_task_data (task);

  self->timeout = 0;
  if (self->probed)
    fail_wrong (task, SKY_OPENING_ERROR_SILENT, _("%s did not end the last poll within %d s, so polling goes on."),
                self->host, PAUSE_MSEC / 1000);
  else
    fail_wrong (task, SKY_OPENING_ERROR_SILENT, _("%s did not answer the probe on the WebSocket within %d s."),
                self->host, PROBE_MSEC / 1000);
  return G_SOURCE_REMOVE;
}

static void
wait_for (GTask *task, guint msec)
{
  Upgrade *self = g_task_get_task_data (task);

  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add_full (G_PRIORITY_DEFAULT, msec, on_timeout, g_object_ref (task), g_object_unref);
}

/* Both directions of polling are silent: from here on the WebSocket carries the session. PROTOCOL §5.1, §5.4 */
static void
on_paused (GObject *polling, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Upgrade *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GBytes) upgrade = g_bytes_new_static ("5", 1);
  SkyCarrierWs *carrier;

  sky_carrier_poll_pause_finish (self->polling, result, &error);
  if (self->over)
    {
      g_clear_error (&error);
      return;
    }
  if (error != NULL)
    {
      fail (task, error);
      return;
    }
  if (soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    {
      fail_wrong (task, SKY_OPENING_ERROR_CLOSED, _("%s closed the WebSocket before the upgrade was complete."),
                  self->host);
      return;
    }
  self->over = TRUE;
  stop_waiting (self, task);
  carrier = sky_carrier_ws_new (self->socket, sky_carrier_poll_get_revision (self->polling));
  sky_carrier_send (SKY_CARRIER (carrier), upgrade, FALSE);
  sky_carrier_poll_hand_over (self->polling, SKY_CARRIER (carrier));
  g_task_return_pointer (task, carrier, g_object_unref);
}

static void
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *data, gpointer user_data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (user_data));
  Upgrade *self = g_task_get_task_data (task);
  static const char answer[] = "3probe";

  if (self->probed || type != SOUP_WEBSOCKET_DATA_TEXT || g_bytes_get_size (data) != strlen (answer)
      || memcmp (g_bytes_get_data (data, NULL), answer, strlen (answer)) != 0)
    {
      fail_wrong (task, SKY_OPENING_ERROR_WRONG,
                  _("%s sent something else on the WebSocket than the answer to the probe."), self->host);
      return;
    }
  self->probed = TRUE;
  wait_for (task, PAUSE_MSEC);
  sky_carrier_poll_pause_async (self->polling, on_paused, g_object_ref (task));
}

static void
on_closed (SoupWebsocketConnection *socket, gpointer user_data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (user_data));
  Upgrade *self = g_task_get_task_data (task);

  fail_wrong (task, SKY_OPENING_ERROR_CLOSED, _("%s closed the WebSocket instead of upgrading to it."), self->host);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  fail (user_data, error);
  return G_SOURCE_REMOVE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Upgrade *self = g_task_get_task_data (task);
  GError *error = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->socket = sky_opening_finish (result, &error);
  if (self->socket == NULL)
    {
      fail (task, error);
      return;
    }
  if (cancellable != NULL)
    {
      self->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), g_object_ref (task), g_object_unref);
      g_source_attach (self->cancelled, g_main_context_get_thread_default ());
    }
  g_signal_connect_data (self->socket, "message", G_CALLBACK (on_message), task, NULL, 0);
  g_signal_connect_data (self->socket, "closed", G_CALLBACK (on_closed), task, NULL, 0);
  wait_for (task, PROBE_MSEC); /* it keeps the task alive */
  soup_websocket_connection_send_text (self->socket, "2probe");
}

/**
 * sky_upgrade_async:
 * @store: the trace in which the WebSocket is a connection of its own
 * @polling: an open session; it must not be upgraded already
 * @jar: (nullable): the cookies of the session, for sticky balancers; shared
 * @cancellable: (nullable): leaves the session on polling
 *
 * Upgrades an Engine.IO session: opens a WebSocket with its sid, probes it, pauses polling and
 * goes over. Messages that come meanwhile are told on @polling, before any of the WebSocket, and
 * what could not be sent there is sent on the WebSocket. A close of @polling waits, and is done on
 * whichever of both is left. If anything fails, polling goes on unharmed.
 * PROTOCOL §5.1, §5.4, §5.7, §5.8
 */
void
sky_upgrade_async (SkyStore *store, const SkyProfile *profile, SkyCarrierPoll *polling, SoupCookieJar *jar,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Upgrade *self = g_new0 (Upgrade, 1);
  g_auto(SkyRoute) route = { 0 };

  sky_route_copy (sky_carrier_poll_get_route (polling), &route);
  sky_route_aim (&route, sky_carrier_poll_get_revision (polling), "websocket", sky_carrier_poll_get_sid (polling));
  self->polling = g_object_ref (polling);
  self->host = g_strdup (route.host_header);
  self->link = sky_link_new (store, route.host_header, SKY_ROLE_CLIENT);
  g_task_set_task_data (task, self, upgrade_free);
  g_task_set_check_cancellable (task, FALSE);
  sky_link_set_quiet (self->link, TRUE);
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE, _("an upgrade of the session %s from polling"),
                 sky_carrier_poll_get_sid (polling));
  sky_carrier_poll_hold (polling);
  sky_opening_async (self->link, profile, &route, jar, cancellable, on_opened, task);
}

/**
 * sky_upgrade_finish:
 * @link: (out) (transfer full) (nullable): the connection of the WebSocket; sky_link_free() it
 * @error: %SKY_OPENING_ERROR, %SKY_TCP_ERROR, %SKY_CARRIER_POLL_ERROR_SESSION if the session ended
 *   meanwhile, or %G_IO_ERROR_CANCELLED, with a whole sentence
 *
 * The carrier is to be attended at once, in the callback: the session goes on on it.
 *
 * Returns: (transfer full) (nullable): what carries the session now, or %NULL if that is polling
 */
SkyCarrierWs *
sky_upgrade_finish (GAsyncResult *result, SkyLink **link, GError **error)
{
  GTask *task = G_TASK (result);
  Upgrade *self = g_task_get_task_data (task);
  SkyCarrierWs *carrier = g_task_propagate_pointer (task, error);

  *link = carrier != NULL ? g_steal_pointer (&self->link) : NULL;
  if (*link != NULL)
    sky_link_set_quiet (*link, FALSE);
  return carrier;
}

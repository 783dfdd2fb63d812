#include "peer/host/host-session.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "peer/carrier/carrier-served.h"
#include "peer/host/host-admin.h"
#include "peer/host/host-roster.h"

/* A session on long-polling is moved to a WebSocket: PROTOCOL §5. */

static gboolean
is_text (GBytes *data, gboolean binary, const char *text)
{
  gsize len = g_bytes_get_size (data);

  return !binary && len == strlen (text) && memcmp (g_bytes_get_data (data, NULL), text, len) == 0;
}

/* Lets go of the WebSocket on which an upgrade was tried, if there is one; polling goes on unharmed. */
void
sky_host_session_end_probe (SkyHostSession *self)
{
  g_autoptr(SkyCarrier) probe = g_steal_pointer (&self->probe);

  g_clear_handle_id (&self->upgrade_timer, g_source_remove);
  if (self->probe_socket != NULL)
    self->probe_socket->session = NULL;
  self->probe_socket = NULL;
  if (probe == NULL)
    return;
  sky_carrier_attend (probe, NULL, NULL);
  if (SKY_IS_CARRIER_SERVED (self->carrier))
    sky_carrier_served_hurry (SKY_CARRIER_SERVED (self->carrier), FALSE);
  sky_carrier_close (probe, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static gboolean
on_upgrade_timeout (gpointer user_data)
{
  SkyHostSession *self = user_data;

  self->upgrade_timer = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE,
                 _("The upgrade to WebSocket was not completed within %u ms: the session stays on long-polling"),
                 self->house->options.upgrade_timeout_msec);
  sky_host_session_end_probe (self);
  return G_SOURCE_REMOVE;
}

/* What no poll has taken goes out on the WebSocket, before all that is said from now on. */
static void
complete (SkyHostSession *self)
{
  g_autoptr(SkyCarrier) polling = g_steal_pointer (&self->carrier);
  SkyHostSocket *socket = g_steal_pointer (&self->probe_socket);

  g_clear_handle_id (&self->upgrade_timer, g_source_remove);
  self->carrier = g_steal_pointer (&self->probe);
  self->socket = socket;
  self->upgraded = TRUE;
  self->upgraded_usec = sky_clock_now_usec ();
  sky_host_roster_update (self);
  sky_host_session_note_link (self, socket->link);
  sky_talker_move (self->talker, self->carrier);
  sky_carrier_served_hand_over (SKY_CARRIER_SERVED (polling), self->carrier);
  sky_host_admin_upgraded (self); /* what was handed over is counted already */
}

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  SkyHostSession *self = owner;
  g_autoptr(GBytes) answer = NULL;

  if (is_text (data, binary, "2probe"))
    {
      answer = g_bytes_new_static ("3probe", 6);
      sky_carrier_send (carrier, answer, FALSE);
      sky_carrier_served_hurry (SKY_CARRIER_SERVED (self->carrier), TRUE);
    }
  else if (is_text (data, binary, "5") && sky_carrier_is_open (self->carrier))
    complete (self);
  else
    sky_host_session_end_probe (self);
}

static void
on_closed (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner)
{
  sky_host_session_end_probe (owner);
}

/**
 * sky_host_session_probe:
 * @carrier: a WebSocket that names this session; shared
 * @socket: its connection
 *
 * An upgrade begins: "2probe" is waited for, and then "5". A second one while the first is tried, or
 * after one has come through, is closed: PROTOCOL §5.5, §5.6.
 */
void
sky_host_session_probe (SkyHostSession *self, SkyCarrier *carrier, SkyHostSocket *socket)
{
  static const SkyCarrierFuncs funcs = { .message = on_message, .closed = on_closed };

  if (self->probe != NULL || self->leaving || !SKY_IS_CARRIER_SERVED (self->carrier))
    {
      sky_carrier_close (carrier, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      return;
    }
  self->probe = g_object_ref (carrier);
  self->probe_socket = socket;
  socket->session = self;
  sky_carrier_attend (carrier, &funcs, self);
  self->upgrade_timer = g_timeout_add (self->house->options.upgrade_timeout_msec, on_upgrade_timeout, self);
}

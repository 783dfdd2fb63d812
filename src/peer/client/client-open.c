#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>

#include "peer/carrier/opening.h"
#include "tcp/tcp-dial.h"

/* How a connection is opened: which transport comes first, what follows when that fails, and the upgrade. */

#define GUESS_MSEC 1500 /* how long polling may take to answer where Socket.IO is only a guess */

static void open_websocket (SkyClient *self);

static gboolean
is_cancelled (SkyClient *self, const GError *error)
{
  return self == NULL || self->cancellable == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static gboolean
may_poll (SkyClient *self)
{
  return self->route.protocol != SKY_PROTOCOL_WEBSOCKET && self->route.transports != SKY_TRANSPORTS_WEBSOCKET
         && !self->found.no_polling;
}

static gboolean
may_websocket (SkyClient *self)
{
  return self->route.transports != SKY_TRANSPORTS_POLLING;
}

/* Whether the server was reached, so that the other transport may fare better. */
static gboolean
is_answer (const GError *error)
{
  return error->domain != SKY_TCP_ERROR;
}

/* The one thing in which polling's refusal tells us how to ask again. Returns: whether it did */
static gboolean
ask_again (SkyClient *self, const GError *error)
{
  guint asked = self->revision == 3 ? 3 : 4, other = asked == 3 ? 4 : 3;

  if (self->route.eio != 0 || self->asked_again
      || !g_error_matches (error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_REVISION))
    return FALSE;
  sky_client_note (self, SKY_KIND_STATE, _("the server does not take Engine.IO %u: asking for %u"), asked, other);
  self->asked_again = TRUE;
  self->found.revision = other;
  sky_client_restart (self);
  return TRUE;
}

static void
judge_polling (SkyClient *self, const GError *error)
{
  if (ask_again (self, error))
    return;
  if (!may_websocket (self) || !is_answer (error) || self->polling_error != NULL)
    {
      sky_client_judge_failure (self, error);
      return;
    }
  self->polling_error = g_error_copy (error);
  self->found.no_polling |= g_error_matches (error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_TRANSPORT);
  if (self->route.transports == SKY_TRANSPORTS_WEBSOCKET_FIRST)
    {
      sky_client_judge_failure (self, error);
      return;
    }
  sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", error->message);
  sky_client_note (self, SKY_KIND_STATE, _("trying WebSocket"));
  open_websocket (self);
}

static void
on_polled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyClient) self = sky_client_unpledge (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyCarrierPoll) polling = sky_carrier_poll_open_finish (result, &error);

  if (is_cancelled (self, error))
    return;
  sky_client_set_deadline (self, 0);
  if (polling == NULL)
    {
      judge_polling (self, error);
      return;
    }
  self->revision = sky_carrier_poll_get_revision (polling);
  self->link = sky_link_ref (sky_carrier_poll_get_link (polling));
  sky_client_hear (self, SKY_CARRIER (polling));
  if (self->carrier == SKY_CARRIER (polling))
    sky_carrier_poll_begin (polling);
}

/* Many plain WebSocket servers leave every other request unanswered. */
static void
poll (SkyClient *self)
{
  if (self->profile->protocol == SKY_PROTOCOL_AUTO && self->found.protocol == SKY_PROTOCOL_AUTO && may_websocket (self))
    sky_client_set_deadline (self, GUESS_MSEC);
  sky_carrier_poll_open_async (sky_peer_get_store (SKY_PEER (self)), self->profile, &self->route, self->revision,
                               self->jar, self->cancellable, on_polled, sky_client_pledge (self));
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyClient) self = sky_client_unpledge (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupWebsocketConnection) socket = sky_opening_finish (result, &error);
  g_autoptr(SkyCarrierWs) carrier = NULL;

  if (is_cancelled (self, error) || self->link == NULL)
    return;
  if (socket != NULL)
    {
      carrier = sky_carrier_ws_new (socket, self->route.protocol == SKY_PROTOCOL_WEBSOCKET ? 0 : self->revision);
      sky_client_hear (self, SKY_CARRIER (carrier));
    }
  else if (self->route.transports == SKY_TRANSPORTS_WEBSOCKET_FIRST && may_poll (self) && is_answer (error))
    {
      sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", error->message);
      sky_client_note (self, SKY_KIND_STATE, _("trying polling"));
      g_clear_pointer (&self->link, sky_link_free);
      poll (self);
    }
  else
    sky_client_judge_failure (self, error);
}

static void
open_websocket (SkyClient *self)
{
  if (self->route.protocol != SKY_PROTOCOL_WEBSOCKET)
    sky_route_aim (&self->route, self->revision, "websocket", NULL);
  g_clear_pointer (&self->link, sky_link_free);
  self->link = sky_link_new (sky_peer_get_store (SKY_PEER (self)), self->route.host_header, SKY_ROLE_CLIENT);
  sky_opening_async (self->link, self->profile, &self->route, self->jar, self->cancellable, on_opened,
                     sky_client_pledge (self));
}

/* Polling was not answered: what is not waited for any longer may be no Socket.IO. */
void
sky_client_end_guess (SkyClient *self)
{
  g_autofree char *text
      = g_strdup_printf (_("%s did not answer polling within %.1f s."), self->route.host_header, GUESS_MSEC / 1000.0);
  g_autoptr(GError) error = g_error_new_literal (SKY_CALLER_ERROR, SKY_CALLER_ERROR_SILENT, text);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  judge_polling (self, error);
}

/* The run begins: PROTOCOL §5.9, §12.9. */
void
sky_client_open (SkyClient *self)
{
  self->revision = self->route.eio != 0 ? self->route.eio : self->found.revision;
  if (may_poll (self) && self->route.transports != SKY_TRANSPORTS_WEBSOCKET_FIRST)
    poll (self);
  else
    open_websocket (self);
}

static void
on_upgraded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyClient) self = sky_client_unpledge (user_data);
  g_autoptr(GError) error = NULL;
  SkyLink *link = NULL;
  g_autoptr(SkyCarrierWs) carrier = sky_upgrade_finish (result, &link, &error);

  if (is_cancelled (self, error) || self->talker == NULL)
    {
      g_clear_pointer (&link, sky_link_free);
      return;
    }
  self->upgrading = FALSE;
  if (carrier == NULL)
    {
      sky_client_note (self, SKY_KIND_UPGRADE, _("stays on polling: %s"), error->message);
      return;
    }
  sky_link_set_quiet (self->link, TRUE); /* that polling's connection ends is no news */
  g_clear_pointer (&self->link, sky_link_unref);
  self->link = link;
  sky_client_note (self, SKY_KIND_UPGRADE, _("polling → websocket"));
  sky_client_hear (self, SKY_CARRIER (carrier));
}

/* The open packet offered WebSocket, and the person did not forbid it. */
void
sky_client_upgrade (SkyClient *self)
{
  if (self->upgrading || !SKY_IS_CARRIER_POLL (self->carrier) || !self->open.upgrades_websocket || !may_websocket (self)
      || self->profile->no_upgrade)
    return;
  self->upgrading = TRUE;
  sky_upgrade_async (sky_peer_get_store (SKY_PEER (self)), self->profile, SKY_CARRIER_POLL (self->carrier), self->jar,
                     self->cancellable, on_upgraded, sky_client_pledge (self));
}

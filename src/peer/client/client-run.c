#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

/*
 * A run is one attempt to be connected, and the connection. How it begins and ends: all that changes is
 * changed first, and told last, for who hears of it may start, stop or drop the client.
 */

/* The link is kept for what is to be said of it, and closed. */
static void
leave_link (SkyClient *self)
{
  if (self->link == NULL)
    return;
  g_clear_pointer (&self->last, sky_link_unref);
  self->last = sky_link_ref (self->link);
  g_clear_pointer (&self->link, sky_link_free);
}

/* Whatever is under way ends, and nobody is told. */
void
sky_client_clear_run (SkyClient *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_handle_id (&self->ask, g_source_remove);
  g_clear_handle_id (&self->drop, g_source_remove);
  sky_client_end_beat (self);
  if (self->talker != NULL)
    sky_talker_silence (self->talker);
  if (self->guard != NULL)
    sky_guard_silence (self->guard);
  if (SKY_IS_CARRIER_POLL (self->carrier))
    sky_carrier_cut (self->carrier);
  g_clear_object (&self->talker);
  g_clear_object (&self->guard);
  g_clear_object (&self->carrier);
  leave_link (self);
  g_clear_pointer (&self->refusal, g_free);
  g_clear_error (&self->polling_error);
  self->reason = NULL;
  self->stopping = self->upgrading = self->heard = self->guessed = FALSE;
}

/**
 * sky_client_end_run:
 * @reason: (nullable): why, in socket.io's words; %NULL if the next run goes on with its namespaces
 * @end: (out caller-allocates): to be given to sky_client_tell_end()
 *
 * Ends whatever is under way, without a word to anyone. The caller then sets what is to follow, the
 * state first of all, and tells all of it at once: who hears of it may start, stop or drop the client.
 */
void
sky_client_end_run (SkyClient *self, const char *reason, SkyClientEnd *end)
{
  *end = (SkyClientEnd) { .acks = g_steal_pointer (&self->acks), .spaces = reason != NULL };
  g_object_ref (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (self->carrier != NULL)
    g_object_notify (G_OBJECT (self), "transport");
  sky_client_clear_run (self);
  self->acks = sky_acks_new ();
  if (reason != NULL)
    sky_client_lose_spaces (self, reason);
}

/**
 * sky_client_tell_end:
 * @end: as sky_client_end_run() set it; emptied
 *
 * Everything is as it shall be: says so, and gives up who waited for what will not come.
 */
void
sky_client_tell_end (SkyClient *self, SkyClientEnd *end)
{
  g_autoptr(SkyClient) owned = self; /* since sky_client_end_run() */

  g_object_thaw_notify (G_OBJECT (self));
  if (end->spaces)
    g_signal_emit_by_name (self, "spaces-changed");
  sky_acks_drop_all (end->acks);
  g_clear_pointer (&end->acks, sky_acks_free);
  sky_client_give_up_held (self, &end->held);
}

/* Ends the run for good, in @state. @reason: as for sky_client_end_run() */
void
sky_client_finish (SkyClient *self, const char *reason, SkyPeerState state)
{
  SkyClientEnd end;

  sky_client_end_run (self, reason, &end);
  sky_client_take_held (self, NULL, &end.held);
  sky_peer_set_state (SKY_PEER (self), state);
  sky_client_tell_end (self, &end);
}

gboolean
sky_client_resolve (SkyClient *self, SkyRoute *route, GError **error)
{
  g_autoptr(SkyProfile) profile = sky_profile_copy (self->profile);

  if (profile->protocol == SKY_PROTOCOL_AUTO)
    profile->protocol = self->found.protocol;
  sky_route_clear (route);
  return sky_route_resolve (route, profile, error);
}

static gboolean
check_json (const char *auth, GError **error)
{
  return auth == NULL || *auth == '\0' || sky_json_parse (auth, strlen (auth), &(SkyJsonValue) { 0 }, NULL, error);
}

/* What a person wrote is judged before anything is dialled. Returns: %FALSE if it failed */
static gboolean
prepare_run (SkyClient *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *problem = NULL;
  gboolean right;

  if (!sky_client_resolve (self, &self->route, &error))
    {
      sky_peer_fail (SKY_PEER (self), error->message, _("Correct the address and connect again."), SKY_REMEDY_NONE);
      return FALSE;
    }
  right = check_json (self->profile->auth, &error);
  for (guint i = 0; right && self->profile->auths != NULL && self->profile->auths[i] != NULL; i++)
    right = check_json (self->profile->auths[i], &error);
  if (right)
    return TRUE;
  problem = g_strdup_printf (_("The auth payload is no JSON. %s"), error->message);
  sky_peer_fail (SKY_PEER (self), problem, _("Write it as an object, for example {\"token\": \"abc\"}."),
                 SKY_REMEDY_NONE);
  return FALSE;
}

static const char *
name_protocol (SkyClient *self)
{
  return self->route.protocol == SKY_PROTOCOL_WEBSOCKET   ? "WebSocket"
         : self->route.protocol == SKY_PROTOCOL_ENGINE_IO ? "Engine.IO"
                                                          : sky_client_get_first_space (self);
}

static void
forget_session (SkyClient *self)
{
  if (self->open.sid != NULL)
    g_object_notify (G_OBJECT (self), "sid");
  sky_eio_open_clear (&self->open);
  g_clear_pointer (&self->certificate, sky_tcp_certificate_free);
}

/* The last run has ended: dials. */
static void
begin (SkyClient *self, SkyClientEnd *end)
{
  forget_session (self);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_WORKING);
  end->spaces = TRUE;
  if (!prepare_run (self))
    {
      sky_client_take_held (self, NULL, &end->held);
      return;
    }
  sky_client_plan_spaces (self);
  sky_client_take_held (self, "", &end->held);
  sky_peer_set_subtitle (SKY_PEER (self), name_protocol (self));
  self->cancellable = g_cancellable_new ();
  sky_client_open (self);
}

/* The first attempt, or one more. */
void
sky_client_begin_run (SkyClient *self)
{
  SkyPeer *peer = SKY_PEER (self);
  gboolean again = sky_peer_get_state (peer) == SKY_PEER_WAITING && !self->fresh;
  SkyClientEnd end;

  sky_client_end_run (self, "io client disconnect", &end);
  self->asked_again = self->fresh = FALSE;
  if (again)
    {
      sky_peer_set_attempt (peer, sky_peer_get_attempt (peer) + 1);
      sky_client_note (self, SKY_KIND_RECONNECT_ATTEMPT, _("attempt %u"), sky_peer_get_attempt (peer));
    }
  else
    {
      sky_peer_set_attempt (peer, 0);
      self->found = (SkyClientFound) { 0 };
      self->stood = FALSE;
    }
  begin (self, &end);
  sky_client_tell_end (self, &end);
}

void
sky_client_start (SkyPeer *peer)
{
  SkyClient *self = SKY_CLIENT (peer);
  SkyPeerState state = sky_peer_get_state (peer);

  if (state == SKY_PEER_WORKING || state == SKY_PEER_OPEN || self->gone)
    return;
  sky_client_stop_retrying (self);
  sky_client_begin_run (self);
}

/* Something was found out about the server: once more, at once, and with that. The state stays. */
void
sky_client_restart (SkyClient *self)
{
  SkyClientEnd end;

  sky_client_end_run (self, NULL, &end);
  begin (self, &end);
  sky_client_tell_end (self, &end);
}

/* The close frame goes out before anyone hears of it: they may do anything to the client. */
void
sky_client_begin_close (SkyClient *self, guint code, const char *reason)
{
  g_autoptr(SkyClient) alive = g_object_ref (self);
  GQueue held = G_QUEUE_INIT;

  self->stopping = TRUE;
  g_clear_handle_id (&self->ask, g_source_remove);
  sky_client_end_beat (self);
  sky_client_set_deadline (self, 0);
  sky_client_take_held (self, NULL, &held);
  sky_talker_close (self->talker, code, reason);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSING);
  sky_client_give_up_held (self, &held);
}

static void
say_goodbye (SkyClient *self)
{
  for (guint i = 0; i < self->namespaces->len; i++)
    {
      g_autofree char *nsp = sky_client_wire_name (self, g_ptr_array_index (self->namespaces, i));

      sky_talker_packet (self->talker, SKY_SIO_DISCONNECT, nsp, NULL);
    }
}

void
sky_client_stop (SkyPeer *peer)
{
  SkyClient *self = SKY_CLIENT (peer);
  SkyPeerState state = sky_peer_get_state (peer);

  sky_client_stop_retrying (self);
  if (self->talker != NULL && sky_talker_is_open (self->talker))
    {
      say_goodbye (self);
      sky_client_begin_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    }
  else if (state == SKY_PEER_FAILED || state == SKY_PEER_IDLE)
    sky_client_finish (self, "io client disconnect", state);
  else
    sky_client_finish (self, "io client disconnect", SKY_PEER_CLOSED);
}

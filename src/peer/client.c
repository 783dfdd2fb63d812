#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

G_DEFINE_FINAL_TYPE (SkyClient, sky_client, SKY_TYPE_PEER)
G_DEFINE_QUARK (sky-client-error-quark, sky_client_error)

typedef enum
{
  PROP_SID = 1,
  PROP_TRANSPORT,
} SkyClientProp;

static GParamSpec *props[PROP_TRANSPORT + 1];

static void
sky_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SkyClientProp) id)
    {
    case PROP_SID:
      g_value_set_string (value, sky_client_get_sid (SKY_CLIENT (object)));
      break;
    case PROP_TRANSPORT:
      g_value_set_string (value, sky_client_get_transport (SKY_CLIENT (object)));
      break;
    }
}

static void clear_run (SkyClient *self);

/* Nobody is told: who lets go of the client waits for nothing. */
static void
sky_client_dispose (GObject *object)
{
  SkyClient *self = SKY_CLIENT (object);

  self->gone = TRUE;
  sky_client_stop_retrying (self);
  clear_run (self);
  sky_client_free_held (self);
  g_clear_pointer (&self->acks, sky_acks_free);
  g_clear_pointer (&self->last, sky_link_unref);
  G_OBJECT_CLASS (sky_client_parent_class)->dispose (object);
}

static void
sky_client_finalize (GObject *object)
{
  SkyClient *self = SKY_CLIENT (object);

  g_clear_pointer (&self->certificate, sky_tcp_certificate_free);
  sky_profile_free (self->profile);
  sky_route_clear (&self->route);
  sky_eio_open_clear (&self->open);
  g_ptr_array_unref (self->namespaces);
  g_ptr_array_unref (self->spaces);
  g_clear_object (&self->jar);
  G_OBJECT_CLASS (sky_client_parent_class)->finalize (object);
}

static void sky_client_start (SkyPeer *peer);
static void sky_client_stop (SkyPeer *peer);

static void
sky_client_class_init (SkyClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sky_client_get_property;
  object_class->dispose = sky_client_dispose;
  object_class->finalize = sky_client_finalize;
  SKY_PEER_CLASS (klass)->start = sky_client_start;
  SKY_PEER_CLASS (klass)->stop = sky_client_stop;

  props[PROP_SID] = g_param_spec_string ("sid", NULL, NULL, NULL, readable);
  props[PROP_TRANSPORT] = g_param_spec_string ("transport", NULL, NULL, NULL, readable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  g_signal_new ("spaces-changed", SKY_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("heartbeat", SKY_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_client_init (SkyClient *self)
{
  self->acks = sky_acks_new ();
  self->jar = soup_cookie_jar_new ();
  self->spaces = g_ptr_array_new_with_free_func (sky_client_space_free);
  self->namespaces = g_ptr_array_new_null_terminated (4, NULL, TRUE);
  g_queue_init (&self->held);
}

/**
 * sky_client_new:
 * @profile: where to, and how; copied
 * @store: (nullable): the trace to write into; %NULL for one of its own
 *
 * Returns: (transfer full): a client that sky_peer_start() lets dial
 */
SkyClient *
sky_client_new (const SkyProfile *profile, SkyStore *store)
{
  SkyClient *self = g_object_new (SKY_TYPE_CLIENT, "store", store, NULL);

  sky_client_set_profile (self, profile);
  return self;
}

/* For what is under way and shall not keep the client alive: who lets go of it does not wait. */
gpointer
sky_client_pledge (SkyClient *self)
{
  GWeakRef *pledge = g_new0 (GWeakRef, 1);

  g_weak_ref_init (pledge, self);
  return pledge;
}

/* Returns: (transfer full) (nullable): the client, if there still is one */
SkyClient *
sky_client_unpledge (gpointer data)
{
  GWeakRef *pledge = data;
  SkyClient *self = g_weak_ref_get (pledge);

  g_weak_ref_clear (pledge);
  g_free (pledge);
  return self;
}

/* Puts a row into the trace, at the connection there is, or was last, or will be. */
void
sky_client_note (SkyClient *self, SkyKind kind, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->link == NULL && self->last == NULL)
    self->last = sky_link_new (sky_peer_get_store (SKY_PEER (self)), sky_peer_get_title (SKY_PEER (self)),
                               SKY_ROLE_CLIENT);
  sky_link_note (self->link != NULL ? self->link : self->last, SKY_LAYER_NOTE, kind, "%s", text);
}

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

static void
clear_run (SkyClient *self)
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
  clear_run (self);
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

static gboolean
resolve (SkyClient *self, SkyRoute *route, GError **error)
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

  if (!resolve (self, &self->route, &error))
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

static void
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

static void
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

/* Returns: (transfer none): what the person asked for */
const SkyProfile *
sky_client_get_profile (SkyClient *self)
{
  return self->profile;
}

/**
 * sky_client_set_profile:
 * @profile: copied
 *
 * Takes effect when the client is started next, or tries again by itself: then as if it was started.
 */
void
sky_client_set_profile (SkyClient *self, const SkyProfile *profile)
{
  SkyProfile *copy = sky_profile_copy (profile);
  SkyRoute route = { 0 };

  g_clear_pointer (&self->profile, sky_profile_free);
  self->profile = copy;
  self->fresh = TRUE;
  if (self->cancellable == NULL)
    self->found = (SkyClientFound) { 0 };
  sky_peer_set_title (SKY_PEER (self), resolve (self, &route, NULL) ? route.host_header : copy->url);
  if (self->cancellable == NULL)
    {
      sky_route_clear (&self->route);
      self->route = route;
    }
  else
    sky_route_clear (&route);
}

/* Returns: what is spoken, or will be: never AUTO once the address is one */
SkyProtocol
sky_client_get_protocol (SkyClient *self)
{
  return self->route.protocol;
}

/* Returns: (nullable): the Engine.IO session id, of this run or the last */
const char *
sky_client_get_sid (SkyClient *self)
{
  return self->open.sid;
}

/* Returns: (transfer none): the connected namespaces, ended by NULL */
const char *const *
sky_client_get_namespaces (SkyClient *self)
{
  static const char *const none[] = { NULL };

  return self->namespaces->len > 0 ? (const char *const *) self->namespaces->pdata : none;
}

/* Returns: bytes accepted for sending that the socket has not taken yet */
gsize
sky_client_get_buffered (SkyClient *self)
{
  return self->carrier != NULL ? (gsize) sky_carrier_get_n_unsent (self->carrier) : 0;
}

/* Returns: (nullable): of the connection, once there is one */
const SkyTcpFacts *
sky_client_get_facts (SkyClient *self)
{
  return self->link != NULL ? sky_link_get_facts (self->link) : NULL;
}

/* Returns: (nullable) (transfer none): the certificate for which the last attempt failed: see %SKY_REMEDY_ACCEPT_CERTIFICATE */
const SkyTcpCertificate *
sky_client_get_certificate (SkyClient *self)
{
  return self->certificate;
}

/* Returns: (nullable) (transfer none): "polling" or "websocket", while there is a connection */
const char *
sky_client_get_transport (SkyClient *self)
{
  return self->carrier != NULL ? sky_carrier_get_transport (self->carrier) : NULL;
}

/* Returns: of Engine.IO, 3 or 4; 0 while it is not known, or if there is none */
guint
sky_client_get_revision (SkyClient *self)
{
  return self->revision;
}

/* Returns: the parser that is spoken, AUTO while there is no connection */
SkyParser
sky_client_get_parser (SkyClient *self)
{
  return self->talker != NULL ? sky_talker_get_parser (self->talker) : SKY_PARSER_AUTO;
}

/**
 * sky_client_set_reply:
 * @args: (nullable): the arguments as JSON, separated by commas; %NULL to answer by hand, or never
 *
 * From now on an ack that the server asks for with @event is answered at once with @args.
 */
void
sky_client_set_reply (SkyClient *self, const char *event, const char *args)
{
  g_autoptr(GPtrArray) replies = g_ptr_array_new ();
  g_autofree char *prefix = g_strconcat (event, "=", NULL);

  for (guint i = 0; self->profile->replies != NULL && self->profile->replies[i] != NULL; i++)
    if (!g_str_has_prefix (self->profile->replies[i], prefix))
      g_ptr_array_add (replies, g_strdup (self->profile->replies[i]));
  if (args != NULL)
    g_ptr_array_add (replies, g_strconcat (prefix, args, NULL));
  g_ptr_array_add (replies, NULL);
  g_strfreev (self->profile->replies);
  self->profile->replies = (char **) g_ptr_array_free (g_steal_pointer (&replies), FALSE);
}

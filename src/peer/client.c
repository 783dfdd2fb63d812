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

static void
sky_client_dispose (GObject *object)
{
  SkyClient *self = SKY_CLIENT (object);

  sky_client_stop_retrying (self);
  sky_client_end_run (self, NULL);
  sky_client_drop_held (self);
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
  sky_acks_free (self->acks);
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
  self->stopping = self->upgrading = self->heard = FALSE;
}

/**
 * sky_client_end_run:
 * @reason: (nullable): why, in socket.io's words; %NULL if nothing was connected
 *
 * Ends whatever is under way, without a word to anyone but those who look at the namespaces or wait
 * for an ack. They may do anything to the client, so this comes last, and what the caller tells
 * others comes after it.
 */
void
sky_client_end_run (SkyClient *self, const char *reason)
{
  g_object_ref (self);
  clear_run (self);
  if (reason != NULL)
    {
      sky_client_lose_spaces (self, reason);
      g_object_notify (G_OBJECT (self), "transport");
    }
  sky_acks_drop_all (self->acks);
  g_object_unref (self);
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

/* What a person wrote is judged before anything is dialled. Returns: %FALSE if it failed */
static gboolean
prepare_run (SkyClient *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *problem = NULL;

  if (!resolve (self, &self->route, &error))
    {
      sky_peer_fail (SKY_PEER (self), error->message, _("Correct the address and connect again."), SKY_REMEDY_NONE);
      return FALSE;
    }
  if (self->profile->auth == NULL || *self->profile->auth == '\0'
      || sky_json_parse (self->profile->auth, strlen (self->profile->auth), &(SkyJsonValue) { 0 }, NULL, &error))
    return TRUE;
  problem = g_strdup_printf (_("The auth payload is no JSON. %s"), error->message);
  sky_peer_fail (SKY_PEER (self), problem, _("Write it as an object, for example {\"token\": \"abc\"}."),
                 SKY_REMEDY_NONE);
  return FALSE;
}

/* The first attempt, or one more. */
void
sky_client_begin_run (SkyClient *self)
{
  SkyPeer *peer = SKY_PEER (self);
  gboolean again = sky_peer_get_state (peer) == SKY_PEER_WAITING;

  g_object_ref (self);
  sky_client_end_run (self, NULL);
  sky_eio_open_clear (&self->open);
  g_clear_pointer (&self->certificate, sky_tcp_certificate_free);
  if (again)
    {
      sky_peer_set_attempt (peer, sky_peer_get_attempt (peer) + 1);
      sky_client_note (self, SKY_KIND_RECONNECT_ATTEMPT, _("attempt %u"), sky_peer_get_attempt (peer));
    }
  sky_peer_set_state (peer, SKY_PEER_WORKING);
  /* Who heard of it may have wanted something else. */
  if (sky_peer_get_state (peer) == SKY_PEER_WORKING && self->cancellable == NULL && prepare_run (self))
    {
      if (!again)
        sky_client_plan_spaces (self);
      sky_peer_set_subtitle (peer, self->route.protocol == SKY_PROTOCOL_WEBSOCKET   ? "WebSocket"
                                   : self->route.protocol == SKY_PROTOCOL_ENGINE_IO ? "Engine.IO"
                                                                                    : sky_client_get_first_space (self));
      self->cancellable = g_cancellable_new ();
      sky_client_open (self);
    }
  g_object_unref (self);
}

static void
sky_client_start (SkyPeer *peer)
{
  SkyClient *self = SKY_CLIENT (peer);
  SkyPeerState state = sky_peer_get_state (peer);

  if (state == SKY_PEER_WORKING || state == SKY_PEER_OPEN)
    return;
  sky_client_stop_retrying (self);
  if (state != SKY_PEER_WAITING)
    {
      sky_peer_set_attempt (peer, 0);
      sky_client_forget_spaces (self);
    }
  sky_client_begin_run (self);
}

/* Something was found out about the server: once more, at once, and with that. */
void
sky_client_restart (SkyClient *self)
{
  sky_client_end_run (self, NULL);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_IDLE);
  sky_client_begin_run (self);
}

/* The close frame goes out before anyone hears of it: they may do anything to the client. */
void
sky_client_begin_close (SkyClient *self, guint code, const char *reason)
{
  self->stopping = TRUE;
  g_clear_handle_id (&self->ask, g_source_remove);
  sky_client_end_beat (self);
  sky_client_set_deadline (self, 0);
  sky_talker_close (self->talker, code, reason);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSING);
}

static void
sky_client_stop (SkyPeer *peer)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (peer));
  SkyPeerState state = sky_peer_get_state (peer);

  sky_client_stop_retrying (self);
  sky_client_drop_held (self);
  if (self->talker != NULL && sky_talker_is_open (self->talker))
    {
      for (guint i = 0; i < self->namespaces->len; i++)
        sky_talker_packet (self->talker, SKY_SIO_DISCONNECT, g_ptr_array_index (self->namespaces, i), NULL);
      sky_client_begin_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      return;
    }
  sky_client_end_run (self, "io client disconnect");
  if (state == SKY_PEER_WORKING || state == SKY_PEER_WAITING || state == SKY_PEER_CLOSING || state == SKY_PEER_OPEN)
    sky_peer_set_state (peer, SKY_PEER_CLOSED);
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
 * Takes effect when the client is started next.
 */
void
sky_client_set_profile (SkyClient *self, const SkyProfile *profile)
{
  SkyProfile *copy = sky_profile_copy (profile);
  SkyRoute route = { 0 };

  g_clear_pointer (&self->profile, sky_profile_free);
  self->profile = copy;
  self->found = (SkyClientFound) { 0 };
  sky_peer_set_title (SKY_PEER (self), resolve (self, &route, NULL) ? route.host_header : copy->url);
  if (self->link == NULL)
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

#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/opening.h"

G_DEFINE_FINAL_TYPE (SkyClient, sky_client, SKY_TYPE_PEER)
G_DEFINE_QUARK (sky-client-error-quark, sky_client_error)

typedef enum { PROP_SID = 1 } SkyClientProp;
static GParamSpec *props[PROP_SID + 1];

static void
sky_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SkyClientProp) id)
    {
    case PROP_SID:
      g_value_set_string (value, sky_client_get_sid (SKY_CLIENT (object)));
      break;
    }
}

static void
sky_client_dispose (GObject *object)
{
  SkyClient *self = SKY_CLIENT (object);

  sky_client_end_run (self);
  G_OBJECT_CLASS (sky_client_parent_class)->dispose (object);
}

static void
sky_client_finalize (GObject *object)
{
  SkyClient *self = SKY_CLIENT (object);

  sky_profile_free (self->profile);
  sky_route_clear (&self->route);
  sky_eio_open_clear (&self->open);
  sky_acks_free (self->acks);
  g_ptr_array_unref (self->namespaces);
  g_strfreev (self->wanted);
  G_OBJECT_CLASS (sky_client_parent_class)->finalize (object);
}

static void sky_client_start (SkyPeer *peer);
static void sky_client_stop (SkyPeer *peer);

static void
sky_client_class_init (SkyClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sky_client_get_property;
  object_class->dispose = sky_client_dispose;
  object_class->finalize = sky_client_finalize;
  SKY_PEER_CLASS (klass)->start = sky_client_start;
  SKY_PEER_CLASS (klass)->stop = sky_client_stop;

  props[PROP_SID] = g_param_spec_string ("sid", NULL, NULL, NULL,
                                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
sky_client_init (SkyClient *self)
{
  self->acks = sky_acks_new ();
  self->namespaces = g_ptr_array_new_null_terminated (4, g_free, TRUE);
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

/*
 * Ends whatever is under way, without a word to anyone but those who wait for an ack. They may do
 * anything to the client, so this comes last, and what the caller tells others comes after it.
 */
void
sky_client_end_run (SkyClient *self)
{
  g_object_ref (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_handle_id (&self->drop, g_source_remove);
  if (self->talker != NULL)
    sky_talker_silence (self->talker);
  if (self->guard != NULL)
    sky_guard_silence (self->guard);
  g_clear_object (&self->talker);
  g_clear_object (&self->guard);
  g_clear_pointer (&self->link, sky_link_free);
  g_clear_pointer (&self->refusal, g_free);
  g_ptr_array_set_size (self->namespaces, 0);
  self->n_refused = 0;
  self->stopping = FALSE;
  sky_acks_drop_all (self->acks);
  g_object_unref (self);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyClient) self = sky_client_unpledge (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupWebsocketConnection) socket = sky_opening_finish (result, &error);

  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->link == NULL)
    return;
  if (socket == NULL)
    {
      sky_client_judge_failure (self, error);
      return;
    }
  sky_client_hear (self, socket);
}

/* Returns: (transfer full): the profile's namespaces, else the URL's */
static GStrv
get_wanted (SkyClient *self)
{
  if (self->profile->namespaces != NULL && self->profile->namespaces[0] != NULL)
    return g_strdupv (self->profile->namespaces);
  return g_strdupv ((char *[]) { self->route.nsp, NULL });
}

static gboolean
resolve (SkyClient *self, SkyRoute *route, GError **error)
{
  g_autoptr(SkyProfile) profile = sky_profile_copy (self->profile);

  if (profile->protocol == SKY_PROTOCOL_AUTO)
    profile->protocol = self->found;
  sky_route_clear (route);
  return sky_route_resolve (route, profile, error);
}

static void
sky_client_start (SkyPeer *peer)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (peer));
  SkyPeerState state = sky_peer_get_state (peer);
  g_autoptr(GError) error = NULL;

  if (state == SKY_PEER_WORKING || state == SKY_PEER_OPEN)
    return;
  sky_client_end_run (self);
  sky_eio_open_clear (&self->open);
  sky_peer_set_state (peer, SKY_PEER_WORKING);
  if (sky_peer_get_state (peer) != SKY_PEER_WORKING || self->link != NULL)
    return; /* who heard of it wanted something else */
  if (!resolve (self, &self->route, &error))
    {
      sky_peer_fail (peer, error->message, _("Correct the address and connect again."), SKY_REMEDY_NONE);
      return;
    }
  if (self->profile->auth != NULL && *self->profile->auth != '\0'
      && !sky_json_parse (self->profile->auth, strlen (self->profile->auth), &(SkyJsonValue) { 0 }, NULL, &error))
    {
      g_autofree char *problem = g_strdup_printf (_("The auth payload is no JSON. %s"), error->message);

      sky_peer_fail (peer, problem, _("Write it as an object, for example {\"token\": \"abc\"}."), SKY_REMEDY_NONE);
      return;
    }
  g_strfreev (self->wanted);
  self->wanted = get_wanted (self);
  sky_peer_set_subtitle (peer, self->route.protocol == SKY_PROTOCOL_WEBSOCKET   ? "WebSocket"
                               : self->route.protocol == SKY_PROTOCOL_ENGINE_IO ? "Engine.IO"
                                                                                : self->wanted[0]);
  self->cancellable = g_cancellable_new ();
  self->link = sky_link_new (sky_peer_get_store (peer), self->route.host_header, SKY_ROLE_CLIENT);
  sky_opening_async (self->link, self->profile, &self->route, NULL, self->cancellable, on_opened,
                     sky_client_pledge (self));
}

/* AUTO guessed wrong: once more, as @protocol. */
void
sky_client_restart_as (SkyClient *self, SkyProtocol protocol)
{
  self->found = protocol;
  sky_client_end_run (self);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_IDLE);
  sky_peer_start (SKY_PEER (self));
}

/* The close frame goes out before anyone hears of it: they may do anything to the client. */
void
sky_client_begin_close (SkyClient *self, guint code, const char *reason)
{
  self->stopping = TRUE;
  g_clear_handle_id (&self->deadline, g_source_remove);
  sky_talker_close (self->talker, code, reason);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSING);
}

static void
sky_client_stop (SkyPeer *peer)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (peer));
  SkyPeerState state = sky_peer_get_state (peer);

  if (self->talker != NULL && sky_talker_is_open (self->talker))
    {
      for (guint i = 0; i < self->namespaces->len; i++)
        sky_talker_packet (self->talker, SKY_SIO_DISCONNECT, g_ptr_array_index (self->namespaces, i), NULL);
      sky_client_begin_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      return;
    }
  sky_client_end_run (self);
  if (state == SKY_PEER_WORKING || state == SKY_PEER_CLOSING || state == SKY_PEER_OPEN)
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
  self->found = SKY_PROTOCOL_AUTO;
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
  if (self->guard != NULL)
    return (gsize) sky_guard_get_n_unsent (self->guard);
  return self->link != NULL ? sky_link_get_buffered (self->link) : 0;
}

/* Returns: (nullable): of the connection, once there is one */
const SkyTcpFacts *
sky_client_get_facts (SkyClient *self)
{
  return self->link != NULL ? sky_link_get_facts (self->link) : NULL;
}

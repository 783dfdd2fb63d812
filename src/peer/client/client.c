#include "peer/client/client-private.h"

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

/* Nobody is told: who lets go of the client waits for nothing. */
static void
sky_client_dispose (GObject *object)
{
  SkyClient *self = SKY_CLIENT (object);

  self->gone = TRUE;
  sky_client_stop_retrying (self);
  sky_client_clear_run (self);
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

static gboolean
take_first (GSignalInvocationHint *hint, GValue *taken, const GValue *given, gpointer user_data)
{
  g_value_copy (given, taken);
  return g_value_get_string (given) == NULL;
}

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
  g_signal_new ("event", SKY_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  g_signal_new ("payload", SKY_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, take_first, NULL, NULL, G_TYPE_STRING, 2,
                G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
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

/* Returns: (transfer none): what the person asked for */
const SkyProfile *
sky_client_get_profile (SkyClient *self)
{
  return self->profile;
}

static gboolean
is_same_list (GStrv some, GStrv others)
{
  return some == NULL || others == NULL ? some == others
                                        : g_strv_equal ((const char *const *) some, (const char *const *) others);
}

static gboolean
leads_elsewhere (const SkyProfile *before, const SkyProfile *now)
{
  return g_strcmp0 (before->url, now->url) != 0 || before->protocol != now->protocol
         || g_strcmp0 (before->path, now->path) != 0 || !is_same_list (before->namespaces, now->namespaces);
}

/* The password to watch one server goes to no other, however the profile was copied. */
static void
keep_secret (const SkyProfile *before, SkyProfile *now)
{
  if (now->admin_password != NULL && g_strcmp0 (before->admin_password, now->admin_password) == 0
      && !sky_route_same_server (before, now))
    g_clear_pointer (&now->admin_password, g_free);
}

/**
 * sky_client_set_profile:
 * @profile: copied
 *
 * Takes effect when the client is started next, or tries again by itself. If it leads elsewhere, or to
 * other namespaces, that is a start as well, and nothing of before is joined again or recovered. If it
 * leads to another server, the admin password of before is left out.
 */
void
sky_client_set_profile (SkyClient *self, const SkyProfile *profile)
{
  SkyProfile *copy = sky_profile_copy (profile);
  SkyRoute route = { 0 };

  self->fresh |= self->profile != NULL && leads_elsewhere (self->profile, copy);
  if (self->profile != NULL)
    keep_secret (self->profile, copy);
  g_clear_pointer (&self->profile, sky_profile_free);
  self->profile = copy;
  if (self->fresh && self->cancellable == NULL)
    self->found = (SkyClientFound) { 0 };
  sky_peer_set_title (SKY_PEER (self), sky_client_resolve (self, &route, NULL) ? route.host_header : copy->url);
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

/*
 * Returns: (nullable) (transfer none): the certificate for which the last attempt failed: see
 *   %SKY_REMEDY_ACCEPT_CERTIFICATE
 */
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

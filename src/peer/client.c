#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/opening.h"
#include "sio/sio-attach.h"
#include "tcp/tcp-tap.h"
#include "ws/ws-close.h"

#define OPEN_MSEC    5000  /* how long an open packet is waited for */
#define GUESS_MSEC   1500  /* … when Socket.IO was only a guess */
#define LINGER_MSEC  2000  /* how long a peer that broke the protocol may take to answer our close frame */
#define CONNECT_MSEC 20000 /* how long a namespace's answer is waited for, as socket.io-client does */

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

/*
 * Ends whatever is under way, without a word to anyone but those who wait for an ack. They may do
 * anything to the client, so this comes last, and what the caller tells others comes after it.
 */
void
sky_client_end_run (SkyClient *self)
{
  g_autoptr(SkyClient) alive = g_object_ref (self);

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
}

static void
become_open (SkyClient *self)
{
  if (sky_peer_get_state (SKY_PEER (self)) != SKY_PEER_WORKING)
    return;
  self->opened_usec = sky_clock_now_usec ();
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_OPEN);
}

/* The peer is not waited for any longer. */
static void
cut (SkyClient *self)
{
  sky_tcp_tap_cut (SKY_TCP_TAP (sky_link_get_stream (self->link)));
  sky_client_judge_close (self, SKY_WS_CLOSE_ABNORMAL, NULL);
}

static void
give_up (SkyClient *self, const char *problem, const char *advice)
{
  sky_client_end_run (self);
  sky_peer_fail (SKY_PEER (self), problem, advice, SKY_REMEDY_NONE);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));

  self->deadline = 0;
  if (self->refusal != NULL)
    cut (self);
  else if (self->open.sid == NULL)
    sky_client_judge_no_engine (self);
  else if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_WORKING)
    give_up (self, _("The server opened an Engine.IO session, but did not answer CONNECT within 20 s."),
             _("Check that a Socket.IO server, and not bare Engine.IO, runs at this path."));
  else
    {
      sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("ping timeout: no ping came for %u ms"),
                     self->open.ping_interval_msec + self->open.ping_timeout_msec);
      give_up (self, _("Ping timeout: the server was not heard for longer than it promised."),
               _("The server may be busy or stopped in a debugger, or the network is gone."));
    }
  return G_SOURCE_REMOVE;
}

static void
set_deadline (SkyClient *self, guint msec)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
  if (msec > 0)
    self->deadline = g_timeout_add (msec, on_deadline, self);
}

/* PROTOCOL §6.2: the values come from the open packet. */
static void
expect_ping (SkyClient *self)
{
  if (self->talker != NULL && !self->stopping && self->refusal == NULL && self->open.ping_interval_msec > 0)
    set_deadline (self, self->open.ping_interval_msec + self->open.ping_timeout_msec);
}

static void
on_engine_open (SkyTalker *talker, const SkyEioOpen *open, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  sky_eio_open_clear (&self->open);
  self->open = *open;
  self->open.sid = g_strdup (open->sid);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SID]);
  if (self->talker != talker || self->stopping)
    return;
  expect_ping (self);
  if (self->route.protocol == SKY_PROTOCOL_ENGINE_IO)
    {
      become_open (self);
      return;
    }
  set_deadline (self, CONNECT_MSEC);
  for (guint i = 0; self->wanted[i] != NULL; i++)
    sky_talker_packet (talker, SKY_SIO_CONNECT, self->wanted[i], self->profile->auth);
}

static void
on_heartbeat (SkyTalker *talker, gpointer owner)
{
  SkyClient *self = owner;

  if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_OPEN)
    expect_ping (self);
}

/* An answer that nobody reads counts as a pong does. */
static gboolean
on_ping (SkyTalker *talker, gpointer owner)
{
  sky_guard_count_answer (SKY_CLIENT (owner)->guard);
  return TRUE;
}

static void
join_namespace (SkyClient *self, const char *nsp)
{
  if (!g_ptr_array_find_with_equal_func (self->namespaces, nsp, g_str_equal, NULL))
    g_ptr_array_add (self->namespaces, g_strdup (nsp));
  become_open (self);
  expect_ping (self);
}

static void
leave_namespace (SkyClient *self, const char *nsp)
{
  guint index;

  if (g_ptr_array_find_with_equal_func (self->namespaces, nsp, g_str_equal, &index))
    g_ptr_array_remove_index (self->namespaces, index);
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE, _("the server disconnected %s (io server disconnect)"), nsp);
  if (self->namespaces->len == 0)
    sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
hear_ack (SkyClient *self, const SkyTalk *talk)
{
  g_autofree char *array = g_strconcat ("[", talk->args, "]", NULL);
  g_autofree char *lowered = NULL;
  gsize len;

  if (talk->attachments != NULL)
    lowered = sky_sio_attach_lower (array, strlen (array), talk->attachments);
  len = strlen (lowered != NULL ? lowered : array);
  if (lowered != NULL)
    {
      lowered[len - 1] = '\0';
      sky_acks_answer (self->acks, talk->nsp, talk->id, lowered + 1);
    }
  else
    sky_acks_answer (self->acks, talk->nsp, talk->id, talk->args);
}

static void
on_talk (SkyTalker *talker, const SkyTalk *talk, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  switch (talk->type)
    {
    case SKY_SIO_CONNECT:
      if (!sky_client_judge_connect (self, talk->nsp, talk->json))
        break;
      join_namespace (self, talk->nsp);
      break;
    case SKY_SIO_CONNECT_ERROR:
      self->n_refused++;
      sky_client_judge_refusal (self, talk->nsp, talk->json);
      break;
    case SKY_SIO_DISCONNECT:
      leave_namespace (self, talk->nsp);
      break;
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_ACK:
      if (talk->has_id && talk->args != NULL)
        hear_ack (self, talk);
      break;
    case SKY_SIO_EVENT:
    case SKY_SIO_BINARY_EVENT:
    case SKY_SIO_UNKNOWN:
      break; /* to be seen in the trace; we have no listeners of our own */
    }
}

/* socket.io-client would close here. An inspector stays and shows what else comes. */
static void
on_broken (SkyTalker *talker, const char *what, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  if (self->open.sid == NULL)
    sky_client_judge_no_engine (self);
  else
    sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                   _("parse error: %s. socket.io-client would close the connection here."), what);
}

/*
 * The peer broke RFC 6455 or sent too much: libsoup closes with @code after this. For a frame over
 * its own limit it cuts the line without a word: so say it here, while that is still possible.
 */
static void
on_refused (SkyTalker *talker, guint code, const char *why, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  if (self->stopping || self->refusal != NULL)
    return;
  self->refusal = sky_client_judge_peer (self, code);
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, "%s", self->refusal);
  set_deadline (self, LINGER_MSEC);
  if (code == SOUP_WEBSOCKET_CLOSE_TOO_BIG && !sky_guard_is_tripped (self->guard))
    sky_talker_close (talker, code, NULL);
  if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_OPEN)
    sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSING);
}

static gboolean
on_drop (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));

  self->drop = 0;
  if (!sky_guard_is_flooded (self->guard))
    return G_SOURCE_REMOVE;
  g_free (self->refusal);
  self->refusal = g_strdup_printf (_("%s floods the connection with pings and does not read the pongs; it was cut."),
                                   self->route.host_header);
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, "%s", self->refusal);
  cut (self);
  return G_SOURCE_REMOVE;
}

/* By the next idle time the socket had its turn: what waits still, waits for the server. */
static void
on_sending (gpointer user_data)
{
  SkyClient *self = user_data;

  if (self->drop == 0 && sky_guard_is_flooded (self->guard))
    self->drop = g_idle_add (on_drop, self);
}

static void
on_closed (SkyTalker *talker, guint code, const char *reason, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));
  gboolean no_engine = self->route.protocol != SKY_PROTOCOL_WEBSOCKET && self->open.sid == NULL;
  gboolean guessed = self->profile->protocol == SKY_PROTOCOL_AUTO;

  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE, _("closed: %u %s%s%s"), code, sky_ws_close_code_name (code),
                 reason != NULL && *reason != '\0' ? ": " : "", reason != NULL ? reason : "");
  if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_FAILED)
    sky_client_end_run (self);
  else if (self->stopping)
    {
      sky_client_end_run (self);
      sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSED);
    }
  else if (no_engine && (guessed || self->refusal == NULL))
    sky_client_judge_no_engine (self);
  else
    sky_client_judge_close (self, code, reason);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const SkyTalkerFuncs funcs = {
    .open = on_engine_open,
    .talk = on_talk,
    .broken = on_broken,
    .heartbeat = on_heartbeat,
    .ping = on_ping,
    .refused = on_refused,
    .closed = on_closed,
  };
  g_autoptr(SkyClient) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupWebsocketConnection) socket = sky_opening_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->link == NULL)
    return;
  if (socket == NULL)
    {
      sky_client_judge_failure (self, error);
      return;
    }
  self->guard = g_object_ref (sky_guard_find (socket));
  sky_guard_watch (self->guard, on_sending, self);
  self->talker = sky_talker_new (socket, self->route.protocol, &funcs, self);
  if (self->route.protocol == SKY_PROTOCOL_WEBSOCKET)
    become_open (self);
  else
    set_deadline (self, self->profile->protocol == SKY_PROTOCOL_AUTO ? GUESS_MSEC : OPEN_MSEC);
}

/* Returns: (transfer full): the profile's namespaces, else the URL's */
GStrv
sky_client_wanted_namespaces (SkyClient *self)
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
  return sky_profile_resolve (profile, route, error);
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
  self->wanted = sky_client_wanted_namespaces (self);
  sky_peer_set_subtitle (peer, self->route.protocol == SKY_PROTOCOL_WEBSOCKET   ? "WebSocket"
                               : self->route.protocol == SKY_PROTOCOL_ENGINE_IO ? "Engine.IO"
                                                                                : self->wanted[0]);
  self->cancellable = g_cancellable_new ();
  self->link = sky_link_new (sky_peer_get_store (peer), self->route.host_header, SKY_ROLE_CLIENT);
  sky_opening_async (self->link, self->profile, &self->route, self->cancellable, on_opened, g_object_ref (self));
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
  set_deadline (self, 0);
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

/* Returns: microseconds since 1970-01-01 UTC; 0 if it was never open */
gint64
sky_client_get_opened_usec (SkyClient *self)
{
  return self->opened_usec;
}

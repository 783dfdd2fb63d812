#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/carrier-ws.h"
#include "sio/sio-attach.h"
#include "tcp/tcp-tap.h"
#include "ws/ws-close.h"

#define OPEN_MSEC    5000  /* how long an open packet is waited for */
#define GUESS_MSEC   1500  /* … when Socket.IO was only a guess */
#define LINGER_MSEC  2000  /* how long a peer that broke the protocol may take to answer our close frame */
#define CONNECT_MSEC 20000 /* how long a namespace's answer is waited for, as socket.io-client does */
#define MAX_JOINED   1000  /* namespaces: a server may say CONNECT to what nobody asked for */

/* What a client does about what it hears, and about what does not come in time. */

static void
become_open (SkyClient *self)
{
  if (sky_peer_get_state (SKY_PEER (self)) != SKY_PEER_WORKING)
    return;
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

/* PROTOCOL §6.2: the values come from the open packet, and may be any. */
static guint
get_silence_msec (SkyClient *self)
{
  return (guint) MIN ((guint64) self->open.ping_interval_msec + self->open.ping_timeout_msec, G_MAXUINT);
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
                     get_silence_msec (self));
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

static void
expect_ping (SkyClient *self)
{
  if (self->talker != NULL && !self->stopping && self->refusal == NULL && self->open.ping_interval_msec > 0)
    set_deadline (self, get_silence_msec (self));
}

/* A session opens once: a second open packet is a fault in the trace, and asks for nothing. */
static void
on_engine_open (SkyTalker *talker, const SkyEioOpen *open, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  if (self->open.sid != NULL)
    return;
  sky_eio_open_clear (&self->open);
  self->open = *open;
  self->open.sid = g_strdup (open->sid);
  g_object_notify (G_OBJECT (self), "sid");
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
  if (self->namespaces->len < MAX_JOINED
      && !g_ptr_array_find_with_equal_func (self->namespaces, nsp, g_str_equal, NULL))
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
                   _("parse error: %s. socket.io-client would close the connection here."), _(what));
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
on_closed (SkyTalker *talker, guint code, const char *reason, const GError *error, gpointer owner)
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

/**
 * sky_client_hear:
 * @socket: the WebSocket that was opened
 *
 * From here on the run is driven by what the server says.
 */
void
sky_client_hear (SkyClient *self, SoupWebsocketConnection *socket)
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

  g_autoptr(SkyCarrierWs) carrier
      = sky_carrier_ws_new (socket, self->route.protocol != SKY_PROTOCOL_WEBSOCKET ? 4 : 0);

  self->guard = g_object_ref (sky_guard_find (socket));
  sky_guard_watch (self->guard, on_sending, self);
  self->talker = sky_talker_new (SKY_CARRIER (carrier), self->route.protocol, &funcs, self);
  if (self->route.protocol == SKY_PROTOCOL_WEBSOCKET)
    become_open (self);
  else
    set_deadline (self, self->profile->protocol == SKY_PROTOCOL_AUTO ? GUESS_MSEC : OPEN_MSEC);
}

#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "sio/sio-attach.h"
#include "ws/ws-close.h"

#define OPEN_MSEC    5000  /* how long an open packet is waited for */
#define GUESS_MSEC   1500  /* … when Socket.IO was only a guess */
#define LINGER_MSEC  2000  /* how long a peer that broke the protocol may take to answer our close frame */
#define CONNECT_MSEC 20000 /* how long a namespace's answer is waited for, as socket.io-client does */
#define UNASKED_MSEC 250   /* how long a CONNECT that nobody asked for, as Socket.IO 2 sends it, is waited for */

/* What a client does about what it hears, and about what does not come in time. */

/* It stands: what comes after counts as a connection that broke, and not as one that never was. */
static void
become_open (SkyClient *self)
{
  guint attempt = sky_peer_get_attempt (SKY_PEER (self));

  if (sky_peer_get_state (SKY_PEER (self)) != SKY_PEER_WORKING)
    return;
  if (attempt > 0)
    sky_client_note (self, SKY_KIND_RECONNECT, _("connected again at attempt %u"), attempt);
  self->stood = TRUE;
  self->found.protocol = self->route.protocol;
  g_object_freeze_notify (G_OBJECT (self));
  sky_peer_set_attempt (SKY_PEER (self), 0);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_OPEN);
  g_object_thaw_notify (G_OBJECT (self));
}

/* The peer is not waited for any longer. */
static void
cut (SkyClient *self)
{
  sky_carrier_cut (self->carrier);
  sky_client_judge_close (self, SKY_WS_CLOSE_ABNORMAL, NULL, NULL);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));

  self->deadline = 0;
  if (self->carrier == NULL)
    sky_client_end_guess (self);
  else if (self->refusal != NULL)
    cut (self);
  else if (self->open.sid == NULL)
    sky_client_judge_no_engine (self);
  else
    sky_client_judge_no_answer (self);
  return G_SOURCE_REMOVE;
}

void
sky_client_set_deadline (SkyClient *self, guint msec)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
  if (msec > 0)
    self->deadline = g_timeout_add (msec, on_deadline, self);
}

void
sky_client_set_revision (SkyClient *self, guint revision)
{
  self->revision = self->found.revision = revision;
  if (SKY_IS_CARRIER_WS (self->carrier))
    sky_carrier_ws_set_revision (SKY_CARRIER_WS (self->carrier), revision);
  sky_talker_set_revision (self->talker, revision);
}

static gboolean
on_ask (gpointer user_data)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (user_data));

  self->ask = 0;
  if (self->revision == 0)
    sky_client_set_revision (self, 4);
  sky_client_begin_beat (self);
  if (self->talker != NULL && !self->stopping)
    sky_client_ask_spaces (self);
  return G_SOURCE_REMOVE;
}

/*
 * A WebSocket does not tell the revision as polling does. Servers of revision 4 since Socket.IO 4.5
 * give maxPayload. Of the others only one of revision 3 says CONNECT unasked: that is waited for.
 */
static void
begin_session (SkyClient *self)
{
  if (self->revision == 0 && self->open.max_payload == 0)
    self->ask = g_timeout_add (UNASKED_MSEC, on_ask, self);
  else
    on_ask (self);
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
  sky_client_note (self, SKY_KIND_OPEN, _("engine open: %s, sid %s"), sky_carrier_get_transport (self->carrier), open->sid);
  g_object_notify (G_OBJECT (self), "sid");
  if (self->talker != talker || self->stopping)
    return;
  if (self->route.protocol == SKY_PROTOCOL_ENGINE_IO)
    {
      self->guessed = self->revision == 0 && self->open.max_payload == 0;
      if (self->revision == 0)
        sky_client_set_revision (self, 4);
      sky_client_set_deadline (self, 0);
      sky_client_begin_beat (self);
      if (self->talker == talker)
        become_open (self);
    }
  else
    {
      sky_client_set_deadline (self, CONNECT_MSEC);
      begin_session (self);
    }
  if (self->talker == talker && !self->stopping)
    sky_client_upgrade (self);
}

static void
on_heartbeat (SkyTalker *talker, gboolean ping, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  sky_client_beat (self, ping);
}

/* An answer that nobody reads counts as a pong does. */
static gboolean
on_ping (SkyTalker *talker, gpointer owner)
{
  SkyClient *self = owner;

  if (self->guard != NULL)
    sky_guard_count_answer (self->guard);
  return TRUE;
}

/* A program that had asked would not be called for this answer: the timeline shows it all the same. */
static void
note_late (SkyClient *self, const SkyTalk *talk)
{
  if (sky_talker_has_asked (self->talker, talk->nsp, talk->id))
    sky_client_note (self, SKY_KIND_STATE, _("ack %" PRIu64 " of %s came after its timeout, or a second time"),
                     talk->id, talk->nsp);
}

/* Returns: (transfer full): [its arguments], what was attached among them */
static char *
lower_args (const SkyTalk *talk)
{
  g_autofree char *array = g_strconcat ("[", talk->args, "]", NULL);

  return talk->attachments != NULL ? sky_sio_attach_lower (array, strlen (array), talk->attachments)
                                   : g_steal_pointer (&array);
}

static void
hear_ack (SkyClient *self, const SkyTalk *talk)
{
  g_autofree char *array = lower_args (talk);

  array[strlen (array) - 1] = '\0';
  if (!sky_acks_answer (self->acks, talk->nsp, talk->id, array + 1))
    note_late (self, talk);
}

/* Comes last: who hears of it may do anything to the client. Most clients are asked by nobody. */
static void
tell_event (SkyClient *self, const SkyTalk *talk)
{
  guint signal = g_signal_lookup ("event", SKY_TYPE_CLIENT);
  g_autofree char *array = NULL;

  if (talk->event == NULL || talk->args == NULL || !g_signal_has_handler_pending (self, signal, 0, FALSE))
    return;
  array = lower_args (talk);
  array[strlen (array) - 1] = '\0';
  g_signal_emit (self, signal, 0, talk->nsp, talk->event, array + 1);
}

static gboolean
has_sid (const char *json)
{
  SkyJsonValue root, member;

  return sky_json_parse (json, strlen (json), &root, NULL, NULL) && root.type == SKY_JSON_OBJECT
         && sky_json_member (json, &root, "sid", &member);
}

/*
 * Socket.IO 2 says CONNECT to "/" unasked and without a sid: the WebSocket's revision is known now,
 * perhaps later than another one was taken for granted. Returns: %FALSE if that ended the run
 */
static gboolean
learn_revision (SkyClient *self, SkyTalker *talker, const SkyTalk *talk)
{
  if (self->revision == 3 || has_sid (talk->json))
    return TRUE;
  if (self->route.eio == 4)
    {
      sky_client_judge_old (self, talk->nsp);
      return FALSE;
    }
  sky_client_set_revision (self, 3);
  if (self->ask != 0)
    {
      g_clear_handle_id (&self->ask, g_source_remove);
      on_ask (self);
    }
  else
    sky_client_begin_beat (self);
  return self->talker == talker && !self->stopping;
}

static void
hear_connect (SkyClient *self, SkyTalker *talker, const SkyTalk *talk)
{
  SkyClientSpace *space;
  g_autofree char *nsp = NULL;

  if (self->stopping || sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_FAILED
      || !learn_revision (self, talker, talk))
    return;
  space = sky_client_hear_connect (self, talk);
  if (space == NULL)
    return;
  nsp = g_strdup (space->nsp);
  sky_client_set_deadline (self, 0);
  g_object_freeze_notify (G_OBJECT (self));
  become_open (self);
  sky_client_release_held (self, nsp);
  g_object_thaw_notify (G_OBJECT (self));
  g_signal_emit_by_name (self, "spaces-changed");
}

/* The parser is right: what is heard after a reconnection is no reason to doubt it. */
static void
hear_parser (SkyClient *self, SkyTalker *talker)
{
  self->heard = TRUE;
  self->found.parser = sky_talker_get_parser (talker);
}

static void
on_talk (SkyTalker *talker, const SkyTalk *talk, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  hear_parser (self, talker);
  switch (talk->type)
    {
    case SKY_SIO_CONNECT:
      hear_connect (self, talker, talk);
      break;
    case SKY_SIO_CONNECT_ERROR:
      sky_client_hear_refusal (self, talk);
      break;
    case SKY_SIO_DISCONNECT:
      sky_client_hear_disconnect (self, talk);
      break;
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_ACK:
      if (talk->has_id && talk->args != NULL)
        hear_ack (self, talk);
      break;
    case SKY_SIO_EVENT:
    case SKY_SIO_BINARY_EVENT:
      sky_client_hear_offset (self, talk);
      sky_client_answer (self, talk);
      tell_event (self, talk);
      break;
    case SKY_SIO_UNKNOWN:
      break;
    }
}

/* socket.io-client would close here. An inspector stays and shows what else comes. */
static void
on_broken (SkyTalker *talker, gboolean engine, const char *what, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));

  if (self->open.sid == NULL)
    sky_client_judge_no_engine (self);
  else
    sky_client_note (self, SKY_KIND_ERROR,
                   _("parse error: %s socket.io-client would close the connection here."), _(what));
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
  sky_client_note (self, SKY_KIND_ERROR, "%s", self->refusal);
  sky_client_end_beat (self);
  sky_client_set_deadline (self, LINGER_MSEC);
  if (code == SOUP_WEBSOCKET_CLOSE_TOO_BIG && self->guard != NULL && !sky_guard_is_tripped (self->guard))
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
  sky_client_note (self, SKY_KIND_ERROR, "%s", self->refusal);
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

/*
 * A server with the MessagePack parser hangs up at the first text: PROTOCOL §15. That is tried once;
 * if it hangs up again, it has other reasons. Returns: whether that is tried now
 */
static gboolean
try_msgpack (SkyClient *self)
{
  if (self->heard || self->ask != 0 || self->open.sid == NULL || self->route.protocol != SKY_PROTOCOL_SOCKET_IO
      || self->profile->parser != SKY_PARSER_AUTO)
    return FALSE;
  if (self->found.tried_msgpack && self->found.parser == SKY_PARSER_MSGPACK)
    self->found.parser = SKY_PARSER_AUTO;
  if (self->found.tried_msgpack || self->found.parser != SKY_PARSER_AUTO)
    return FALSE;
  self->found.parser = SKY_PARSER_MSGPACK;
  self->found.tried_msgpack = TRUE;
  sky_client_note (self, SKY_KIND_STATE, _("the server hung up at CONNECT: trying the MessagePack parser"));
  sky_client_restart (self);
  return TRUE;
}

static void
note_close (SkyClient *self, guint code, const char *reason, const GError *error)
{
  gboolean said = reason != NULL && *reason != '\0';

  if (code != 0)
    /* Translators: a close code and its name; then a colon and the reason that was given, or nothing twice */
    sky_client_note (self, SKY_KIND_CLOSE, _("closed: %u %s%s%s"), code, sky_ws_close_code_name (code),
                     said ? ": " : "", said ? reason : "");
  else
    sky_client_note (self, SKY_KIND_CLOSE, _("closed: polling ended%s%s"), error != NULL ? ": " : "",
                     error != NULL ? error->message : "");
}

static void
on_closed (SkyTalker *talker, guint code, const char *reason, const GError *error, gpointer owner)
{
  g_autoptr(SkyClient) self = g_object_ref (SKY_CLIENT (owner));
  gboolean no_engine = self->route.protocol != SKY_PROTOCOL_WEBSOCKET && self->open.sid == NULL;
  gboolean guessed = self->profile->protocol == SKY_PROTOCOL_AUTO;

  note_close (self, code, reason, error);
  if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_FAILED)
    sky_client_finish (self, "transport close", SKY_PEER_FAILED);
  else if (self->stopping)
    sky_client_finish (self, self->reason != NULL ? self->reason : "io client disconnect", SKY_PEER_CLOSED);
  else if (no_engine && !self->stood && (guessed || self->refusal == NULL))
    sky_client_judge_no_engine (self);
  else if (self->refusal != NULL || !try_msgpack (self))
    sky_client_judge_close (self, code, reason, error);
}

static void
begin_talk (SkyClient *self, SkyCarrier *carrier, const SkyTalkerFuncs *funcs)
{
  self->talker = sky_talker_new (carrier, self->route.protocol, funcs, self);
  sky_talker_set_parser (self->talker,
                         self->profile->parser != SKY_PARSER_AUTO ? self->profile->parser : self->found.parser);
  sky_talker_set_revision (self->talker, self->revision);
  if (self->route.protocol == SKY_PROTOCOL_WEBSOCKET)
    {
      sky_client_note (self, SKY_KIND_OPEN, _("open: WebSocket"));
      become_open (self);
    }
  else
    sky_client_set_deadline (self, self->found.protocol == SKY_PROTOCOL_AUTO && self->profile->protocol == SKY_PROTOCOL_AUTO
                                       ? GUESS_MSEC
                                       : OPEN_MSEC);
}

/**
 * sky_client_hear:
 * @carrier: that was opened, or that the session was upgraded to
 *
 * From here on the run is driven by what the server says. Who hears of it may end it.
 */
void
sky_client_hear (SkyClient *self, SkyCarrier *carrier)
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

  g_autoptr(SkyClient) alive = g_object_ref (self);

  g_object_freeze_notify (G_OBJECT (self));
  if (self->guard != NULL)
    sky_guard_silence (self->guard);
  g_clear_object (&self->guard);
  g_set_object (&self->carrier, carrier);
  if (SKY_IS_CARRIER_WS (carrier) && sky_carrier_ws_get_guard (SKY_CARRIER_WS (carrier)) != NULL)
    {
      self->guard = g_object_ref (sky_carrier_ws_get_guard (SKY_CARRIER_WS (carrier)));
      sky_guard_watch (self->guard, on_sending, self);
    }
  if (self->talker != NULL)
    sky_talker_move (self->talker, carrier);
  else
    begin_talk (self, carrier, &funcs);
  g_object_notify (G_OBJECT (self), "transport");
  g_object_thaw_notify (G_OBJECT (self));
}

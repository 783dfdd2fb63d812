#include "stack/stack-private.h"

#include <string.h>

#include "eio/eio-open.h"
#include "eio/eio-payload.h"
#include "http/http-head.h"

/* Where an empty message lies: an empty GByteArray has NULL, to which nothing may be added. */
#define NOTHING ((const guint8 *) "")

static SkyKind
eio_kind (SkyEioType type)
{
  switch (type)
    {
    case SKY_EIO_OPEN:    return SKY_KIND_OPEN;
    case SKY_EIO_CLOSE:   return SKY_KIND_CLOSE;
    case SKY_EIO_PING:    return SKY_KIND_PING;
    case SKY_EIO_PONG:    return SKY_KIND_PONG;
    case SKY_EIO_MESSAGE: return SKY_KIND_MESSAGE;
    case SKY_EIO_UPGRADE: return SKY_KIND_UPGRADE;
    case SKY_EIO_NOOP:    return SKY_KIND_NOOP;
    case SKY_EIO_UNKNOWN:
    default:              return SKY_KIND_UNKNOWN;
    }
}

static SkyKind
sio_kind (SkySioType type)
{
  switch (type)
    {
    case SKY_SIO_CONNECT:       return SKY_KIND_CONNECT;
    case SKY_SIO_DISCONNECT:    return SKY_KIND_DISCONNECT;
    case SKY_SIO_EVENT:         return SKY_KIND_EVENT;
    case SKY_SIO_ACK:           return SKY_KIND_ACK;
    case SKY_SIO_CONNECT_ERROR: return SKY_KIND_CONNECT_ERROR;
    case SKY_SIO_BINARY_EVENT:  return SKY_KIND_BINARY_EVENT;
    case SKY_SIO_BINARY_ACK:    return SKY_KIND_BINARY_ACK;
    case SKY_SIO_UNKNOWN:
    default:                    return SKY_KIND_UNKNOWN;
    }
}

/* What is not 4, or not said at all, is taken for 3: PROTOCOL.md §1.6, §14.8. */
static void
set_revision (SkyStack *self, guint revision)
{
  self->talk->revision = revision;
  sky_sio_spaces_set_revision (self->talk->spaces, revision);
}

/**
 * sky_stack_is_eio_target:
 * @target: of a request
 * @transport: "polling" or "websocket"
 *
 * Returns: whether Engine.IO is spoken there, to judge by the query, or by the path where old
 *   clients leave EIO out
 */
gboolean
sky_stack_is_eio_target (const char *target, const char *transport)
{
  g_autofree char *revision = sky_http_query_value (target, "EIO");
  g_autofree char *asked = sky_http_query_value (target, "transport");

  return g_strcmp0 (asked, transport) == 0
         && (revision != NULL || strstr (target, "socket.io/") != NULL || strstr (target, "engine.io/") != NULL);
}

/* A session begins, and another may have gone before it on this connection. */
static void
forget_session (SkyStack *self)
{
  sky_stack_end_eio (self, SKY_FROM_CLIENT);
  sky_stack_end_eio (self, SKY_FROM_SERVER);
  self->session = (SkyEioSession) { .revision = 4 };
  self->midway = FALSE;
  sky_talk_unref (self->talk);
  self->talk = sky_talk_new ();
}

/**
 * sky_stack_begin_eio:
 * @target: of the request; its query says whether Engine.IO is spoken, and which revision
 * @websocket: the transport
 */
void
sky_stack_begin_eio (SkyStack *self, const char *target, gboolean websocket)
{
  g_autofree char *revision = sky_http_query_value (target, "EIO");
  g_autofree char *sid = sky_http_query_value (target, "sid");

  if (!sky_stack_is_eio_target (target, websocket ? "websocket" : "polling"))
    return;
  if (sid == NULL && (self->session.opened || self->talk->revision_heard))
    forget_session (self);
  if (sid != NULL)
    self->midway = !sky_stack_join_session (self, sid);
  if (!self->talk->revision_heard)
    set_revision (self, g_strcmp0 (revision, "4") == 0 ? 4 : 3);
  if (sid != NULL)
    {
      self->session.on_existing = websocket;
      self->session.opened = !websocket; /* an upgrade is probed, on the connection of a poll too */
    }
  if (self->speech < SKY_SPEECH_ENGINE_IO || self->speech == SKY_SPEECH_OTHER)
    self->speech = SKY_SPEECH_ENGINE_IO;
  if (strstr (target, "socket.io") != NULL)
    self->talk->sio = SIO_YES;
  if (self->talk->sio == SIO_YES)
    self->speech = SKY_SPEECH_SOCKET_IO;
}

gboolean
sky_stack_is_eio (SkyStack *self)
{
  return self->speech == SKY_SPEECH_ENGINE_IO || self->speech == SKY_SPEECH_SOCKET_IO;
}

/* The first message tells whether Socket.IO stands on top: its clients begin with CONNECT. */
static gboolean
is_sio (SkyStack *self, const guint8 *data, gsize len, gboolean binary)
{
  SkySioPacket packet;

  if (self->talk->sio == SIO_UNKNOWN)
    {
      self->talk->sio = sky_stack_begins_msgpack (data, len) ? SIO_YES : SIO_NO;
      if (self->talk->sio == SIO_NO && !binary)
        {
          sky_sio_packet_decode ((const char *) data, len, &packet);
          if (packet.type == SKY_SIO_CONNECT && packet.faults == 0)
            self->talk->sio = SIO_YES;
        }
      if (self->talk->sio == SIO_YES)
        self->speech = SKY_SPEECH_SOCKET_IO;
    }
  return self->talk->sio == SIO_YES;
}

/* Attachments were due, and something else came. */
static void
interrupt (SkyStack *self, SkyFrom from)
{
  Talk *talk = self->talk;

  if (talk->due[from] > 0)
    sky_stack_amend (self, talk->event[from], 0, 0, SKY_SIO_FAULT_INTERRUPTED, SKY_RECORD_NONE);
  talk->due[from] = 0;
  talk->event[from] = SKY_RECORD_NONE;
}

/* An ack finds its event, an event that wants one is remembered. */
static void
pair (SkyStack *self, SkyFrom from, const SkySioPacket *packet, const char *nsp, SkyRecord *record)
{
  if (!packet->has_id)
    return;
  if (packet->type == SKY_SIO_ACK || packet->type == SKY_SIO_BINARY_ACK)
    {
      record->mate = sky_sio_spaces_answer (self->talk->spaces, from == SKY_FROM_CLIENT, nsp, packet->id);
      if (record->mate == SKY_RECORD_NONE && !self->midway)
        record->faults |= SKY_SIO_FAULT_ACK_ID;
    }
  else if (packet->type == SKY_SIO_EVENT || packet->type == SKY_SIO_BINARY_EVENT)
    record->flags |= SKY_RECORD_ASKS;
}

/*
 * A server of Socket.IO 2 connects the root namespace unasked, or refuses it: PROTOCOL.md §14.4. On a
 * WebSocket this is the first sign that it speaks revision 3, whatever revision the client asked for.
 */
static guint32
judge_space (SkyStack *self, SkyFrom from, const SkySioPacket *packet, const char *nsp)
{
  guint32 faults = sky_sio_spaces_packet (self->talk->spaces, from == SKY_FROM_CLIENT, packet, nsp);

  if (from == SKY_FROM_SERVER && strcmp (nsp, "/") == 0
      && (packet->type == SKY_SIO_CONNECT_ERROR || (packet->type == SKY_SIO_CONNECT && packet->data_len == 0))
      && (faults & SKY_SIO_FAULT_NOT_CONNECTED) && !self->talk->revision_heard && !self->midway)
    {
      set_revision (self, 3);
      self->talk->revision_heard = TRUE;
      faults = sky_sio_spaces_packet (self->talk->spaces, FALSE, packet, nsp);
    }
  return faults;
}

/**
 * sky_stack_put_sio:
 * @record: its kind, faults and mate are not set yet
 * @packet: what it is, in whichever parser's words
 *
 * Judges a packet by what went before and finds its event, or remembers it as one that wants an ack.
 *
 * Returns: the record's number
 */
guint32
sky_stack_put_sio (SkyStack *self, SkyRecord *record, const SkySioPacket *packet, const char *nsp)
{
  SkyFrom from = record->from;
  guint32 number;

  record->kind = sio_kind (packet->type);
  record->faults = packet->faults | judge_space (self, from, packet, nsp);
  if (self->midway)
    record->faults &= ~SKY_SIO_FAULT_NOT_CONNECTED;
  pair (self, from, packet, nsp, record);
  number = sky_stack_put (self, record);
  if (record->flags & SKY_RECORD_ASKS)
    sky_sio_spaces_ask (self->talk->spaces, from == SKY_FROM_CLIENT, nsp, packet->id, number);
  sky_stack_amend (self, record->mate, 0, 0, 0, number);
  return number;
}

static void
hear_sio (SkyStack *self, SkyFrom from, guint32 parent, const char *text, gsize len)
{
  g_auto(SkyStackEcho) once = { 0 };
  SkyStackEcho *echo = self->sessions != NULL ? &self->sessions->echo : &once;
  const SkySioPacket *packet = &echo->packet;
  SkyRecord record;
  guint32 number;

  interrupt (self, from);
  sky_stack_echo_hear (echo, text, len);
  record = sky_stack_blank (self, from, SKY_LAYER_SIO, SKY_KIND_UNKNOWN);
  record.start = 0;
  record.len = len;
  record.head_len = packet->data_len > 0 ? packet->data_start : len;
  record.parent = parent;
  record.flags = packet->n_attachments > 0 ? SKY_RECORD_WAITING : 0;
  number = sky_stack_put_sio (self, &record, packet, echo->nsp);
  self->talk->due[from] = packet->n_attachments;
  self->talk->event[from] = self->talk->due[from] > 0 ? number : SKY_RECORD_NONE;
}

static void
hear_stray_binary (SkyStack *self, SkyFrom from, guint32 parent, gsize len)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_SIO, SKY_KIND_UNKNOWN);

  record.start = 0;
  record.len = len;
  record.parent = parent;
  record.faults = SKY_SIO_FAULT_STRAY_BINARY;
  sky_stack_put (self, &record);
}

/* One attachment has come: its record points at the event, and the last one completes that. */
static void
attach (SkyStack *self, SkyFrom from)
{
  Talk *talk = self->talk;

  if (--talk->due[from] > 0)
    return;
  sky_stack_amend (self, talk->event[from], 0, SKY_RECORD_WAITING, 0, SKY_RECORD_NONE);
  talk->event[from] = SKY_RECORD_NONE;
}

/* Long-polling goes on on other connections, which name the session by its id. */
static void
name_session (SkyStack *self, const guint8 *data, const SkyEioPacket *packet)
{
  g_auto(SkyEioOpen) open = { 0 };

  if (!self->websocket
      && sky_eio_open_decode ((const char *) data + packet->data_start, packet->data_len, &open))
    sky_stack_name_session (self, open.sid);
}

static void
hear_packet (SkyStack *self, SkyFrom from, SkyRecord *record, const guint8 *data, const SkyEioPacket *packet)
{
  g_autofree guint8 *decoded = NULL;
  const guint8 *body = data + packet->data_start;
  gsize len = packet->data_len;
  gboolean sio, msgpack;
  guint32 number;

  if (packet->base64)
    {
      g_autofree char *text = g_strndup ((const char *) body, len);

      body = decoded = g_base64_decode (text, &len);
      sky_stack_derive (self, record, decoded, len);
    }
  sio = packet->type == SKY_EIO_MESSAGE && is_sio (self, body, len, packet->binary);
  msgpack = sio && sky_stack_is_msgpack (self, body, len, packet->binary);
  if (packet->binary && self->talk->due[from] == 0 && self->midway && !msgpack)
    sio = FALSE; /* its header went by another connection */
  record->kind = eio_kind (packet->type);
  record->form = (guint8) packet->form;
  record->head_len = packet->data_start;
  self->session.revision = self->talk->revision;
  record->faults |= packet->faults | sky_eio_session_packet (&self->session, from == SKY_FROM_CLIENT, data, packet);
  record->flags |= sio ? SKY_RECORD_COVERED : 0;
  if (sio && packet->binary && self->talk->due[from] > 0)
    record->mate = self->talk->event[from];
  number = sky_stack_put (self, record);
  if (packet->type == SKY_EIO_OPEN && from == SKY_FROM_SERVER)
    name_session (self, data, packet);
  if (!sio)
    return;
  if (msgpack)
    sky_stack_hear_msgpack (self, from, number, body, len);
  else if (!packet->binary)
    hear_sio (self, from, number, (const char *) body, len);
  else if (self->talk->due[from] > 0)
    attach (self, from);
  else
    hear_stray_binary (self, from, number, len);
}

/**
 * sky_stack_hear_message:
 * @parent: the record of the frame that completed it
 * @data: the message: one packet
 */
void
sky_stack_hear_message (SkyStack *self, SkyFrom from, guint32 parent, const guint8 *data, gsize len,
                        gboolean binary)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_EIO, SKY_KIND_UNKNOWN);
  SkyEioPacket packet;

  data = data != NULL ? data : NOTHING;
  sky_eio_packet_decode_form (data, len, sky_eio_message_form (self->talk->revision, binary), &packet);
  record.start = 0;
  record.len = len;
  record.parent = parent;
  hear_packet (self, from, &record, data, &packet);
}

/*
 * Servers of Socket.IO 2 answer in revision 3 whatever was asked for (PROTOCOL.md §14.1), and on
 * another connection the client may be heard first to have understood.
 */
static void
hear_revision (SkyStack *self, SkyFrom from, const guint8 *data, gsize len)
{
  guint revision = self->talk->revision_heard ? 0 : sky_eio_payload_revision (data, len);

  if (revision == 0 || (from == SKY_FROM_CLIENT && revision == 4))
    return;
  self->talk->revision_heard = TRUE;
  if (revision != self->talk->revision)
    set_revision (self, revision);
}

/**
 * sky_stack_hear_payload:
 * @parent: the record of the request or response that carries it
 * @data: a body of long-polling: packets of either revision
 */
void
sky_stack_hear_payload (SkyStack *self, SkyFrom from, guint32 parent, const guint8 *data, gsize len)
{
  gsize pos = 0, start, packet_len;
  SkyEioForm form;

  data = data != NULL ? data : NOTHING;
  hear_revision (self, from, data, len);
  form = sky_eio_payload_form (self->talk->revision, data, len);
  while (sky_eio_payload_step (form, data, len, &pos, &start, &packet_len))
    {
      SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_EIO, SKY_KIND_UNKNOWN);
      SkyEioPacket packet;

      sky_eio_packet_decode_form (data + start, packet_len, form, &packet);
      record.start = start;
      record.len = packet_len;
      record.parent = parent;
      hear_packet (self, from, &record, data + start, &packet);
    }
}

void
sky_stack_end_eio (SkyStack *self, SkyFrom from)
{
  /* A poll's connection may end before its session does. */
  if (self->talk->n_refs == 1 || (self->websocket && self->session.opened))
    interrupt (self, from);
}

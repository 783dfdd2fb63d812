#include "peer/talker-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "eio/eio-packet.h"
#include "sio/sio-event.h"
#include "sio/sio-msgpack.h"

#define MAX_PACKET (64 * 1024 * 1024) /* bytes of a packet with all its attachments */

/* What a talker makes of what its carrier brings. */

/* The attachments that are still to come are not waited for any more. */
void
sky_talker_drop_waiting (SkyTalker *self)
{
  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  self->attached_len = 0;
  self->n_due = 0;
}

static void
tell_broken_in (SkyTalker *self, gboolean engine, const char *what)
{
  sky_talker_drop_waiting (self);
  if (self->funcs.broken != NULL)
    self->funcs.broken (self, engine, what, self->owner);
}

static void
tell_broken (SkyTalker *self, const char *what)
{
  tell_broken_in (self, FALSE, what);
}

/* A Socket.IO packet is whole: take its event apart and hand it over. */
static void
tell_talk (SkyTalker *self, SkyTalk *talk)
{
  g_autofree char *name = NULL, *args = NULL;
  gboolean named = talk->type == SKY_SIO_EVENT || talk->type == SKY_SIO_BINARY_EVENT;
  gboolean answer = talk->type == SKY_SIO_ACK || talk->type == SKY_SIO_BINARY_ACK;
  SkySioEvent event;

  if ((named || answer) && sky_sio_event_decode (talk->json, strlen (talk->json), named, &event))
    {
      name = named ? sky_sio_event_name (&event, talk->json) : NULL;
      args = g_strndup (talk->json + event.args_start, event.args_len);
    }
  talk->event = name;
  talk->args = args;
  if (self->funcs.talk != NULL)
    self->funcs.talk (self, talk, self->owner);
}

static void
tell_packet (SkyTalker *self, const char *text, const SkySioPacket *packet, GPtrArray *attachments)
{
  g_autofree char *nsp = sky_sio_packet_nsp (packet, text);
  g_autofree char *json = g_strndup (text + packet->data_start, packet->data_len);

  tell_talk (self,
             &(SkyTalk) { .type = packet->type,
                          .nsp = nsp,
                          .has_id = packet->has_id,
                          .id = packet->id,
                          .json = json,
                          .attachments = attachments });
}

/* The reference takes an event of nothing, without name or arguments, and tells nobody: PROTOCOL §7.8. */
static gboolean
is_nothing (const SkySioPacket *packet)
{
  return packet->type == SKY_SIO_EVENT && packet->data_len == 0;
}

static void
hear_sio (SkyTalker *self, GBytes *data, gsize skip)
{
  g_autoptr(GBytes) whole = g_bytes_new_from_bytes (data, skip, g_bytes_get_size (data) - skip);
  gsize len;
  const char *text = g_bytes_get_data (whole, &len);
  SkySioPacket packet;

  if (self->n_due > 0)
    {
      tell_broken (self, N_("Text came while attachments are due."));
      return;
    }
  sky_sio_packet_decode (text, len, &packet);
  if (is_nothing (&packet))
    return;
  if (self->revision == 3 && packet.type == SKY_SIO_CONNECT_ERROR)
    packet.faults &= ~SKY_SIO_FAULT_DATA; /* a string, or whatever the middleware gave: PROTOCOL §14.4 */
  if (packet.faults != 0)
    {
      const SkyFaultInfo *fault = sky_fault_next (sky_sio_faults, packet.faults, NULL);

      tell_broken (self, fault->text);
      return;
    }
  if (packet.n_attachments == 0)
    {
      tell_packet (self, text, &packet, NULL);
      return;
    }
  self->waiting = g_steal_pointer (&whole);
  self->n_due = packet.n_attachments;
  self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
hear_attachment (SkyTalker *self, GBytes *data)
{
  g_autoptr(GBytes) whole = NULL;
  g_autoptr(GPtrArray) attachments = NULL;
  SkySioPacket packet;
  gsize len;
  const char *text;

  if (self->n_due == 0)
    {
      tell_broken (self, N_("Binary came without a header."));
      return;
    }
  self->attached_len += g_bytes_get_size (data);
  if (self->attached_len > MAX_PACKET)
    {
      tell_broken (self, N_("The attachments of one packet are over 64 MiB."));
      return;
    }
  g_ptr_array_add (self->attachments, g_bytes_ref (data));
  if (--self->n_due > 0)
    return;
  whole = g_steal_pointer (&self->waiting);
  attachments = g_steal_pointer (&self->attachments);
  text = g_bytes_get_data (whole, &len);
  sky_sio_packet_decode (text, len, &packet);
  tell_packet (self, text, &packet, attachments);
}

static void
tell_open (SkyTalker *self, const char *json, gsize len)
{
  g_auto(SkyEioOpen) open = { 0 };

  if (!sky_eio_open_decode (json, len, &open))
    tell_broken_in (self, TRUE, N_("The open packet is no JSON object with a sid."));
  else if (self->funcs.open != NULL)
    self->funcs.open (self, &open, self->owner);
}

/*
 * The other parser: a whole packet in one message, which is binary but for what its version 2 writes
 * as JSON text. Returns: %FALSE if it is none
 */
static gboolean
hear_msgpack (SkyTalker *self, GBytes *data, gboolean binary, gsize skip)
{
  gsize len = g_bytes_get_size (data) - skip;
  const guint8 *octets = (const guint8 *) g_bytes_get_data (data, NULL) + skip;
  g_auto(SkySioMsgpack) packet = { 0 };

  if (self->parser == SKY_PARSER_DEFAULT || len == 0
      || (self->parser == SKY_PARSER_AUTO && ((!binary && *octets != '{') || !sky_sio_msgpack_is (octets, len))))
    return FALSE;
  if (!binary && (*octets != '{' || self->revision == 4))
    {
      tell_broken (self, sky_fault_next (sky_sio_faults, SKY_SIO_FAULT_MSGPACK, NULL)->text);
      return TRUE;
    }
  self->parser = SKY_PARSER_MSGPACK;
  if (!sky_sio_msgpack_decode (octets, len, &packet))
    packet.faults = SKY_SIO_FAULT_MSGPACK;
  if (self->revision == 3 && packet.type != SKY_SIO_UNKNOWN)
    packet.faults &= ~(guint32) SKY_SIO_FAULT_TYPE; /* its version 2 writes the binary types too */
  if (packet.faults != 0)
    tell_broken (self, sky_fault_next (sky_sio_faults, packet.faults, NULL)->text);
  else
    tell_talk (self,
               &(SkyTalk) { .type = packet.type,
                            .nsp = packet.nsp,
                            .has_id = packet.has_id,
                            .id = packet.id,
                            .json = packet.data != NULL ? packet.data : "" });
  return TRUE;
}

static void
hear_socket_io (SkyTalker *self, GBytes *data, gboolean binary, gsize skip)
{
  if (self->n_due == 0 && hear_msgpack (self, data, binary, skip))
    return;
  if (binary)
    hear_attachment (self, data);
  else
    hear_sio (self, data, skip);
}

/* RFC 6455 has its own ping; Engine.IO has one above it, which browsers' pages can see. */
static void
answer_ping (SkyTalker *self, const char *data, gsize len)
{
  g_autoptr(GString) pong = g_string_new ("3");

  g_string_append_len (pong, data, (gssize) len);
  sky_talker_say (self, pong->str, pong->len);
}

/* One Engine.IO packet: a text with its type before it, or the octets of a message. */
static void
hear_eio (SkyTalker *self, GBytes *data, gboolean binary)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (data, &len);
  SkyEioPacket packet;

  sky_eio_packet_decode (bytes, len, binary, &packet);
  if (packet.base64) /* which its carrier could not read */
    packet.type = SKY_EIO_UNKNOWN;
  switch (packet.type)
    {
    case SKY_EIO_OPEN:
      tell_open (self, (const char *) bytes + packet.data_start, packet.data_len);
      break;
    case SKY_EIO_PING:
      if (self->funcs.ping != NULL && !self->funcs.ping (self, self->owner))
        break;
      answer_ping (self, (const char *) bytes + packet.data_start, packet.data_len);
      if (self->funcs.heartbeat != NULL)
        self->funcs.heartbeat (self, TRUE, self->owner);
      break;
    case SKY_EIO_PONG:
      if (self->funcs.heartbeat != NULL)
        self->funcs.heartbeat (self, FALSE, self->owner);
      break;
    case SKY_EIO_MESSAGE:
      if (self->protocol == SKY_PROTOCOL_SOCKET_IO)
        hear_socket_io (self, data, binary, packet.data_start);
      else if (self->funcs.message != NULL)
        {
          g_autoptr(GBytes) body = g_bytes_new_from_bytes (data, packet.data_start, packet.data_len);

          self->funcs.message (self, body, binary, self->owner);
        }
      break;
    case SKY_EIO_CLOSE:
      sky_talker_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      break;
    case SKY_EIO_NOOP:
    case SKY_EIO_UPGRADE:
      break;
    case SKY_EIO_UNKNOWN:
      tell_broken_in (self, TRUE, N_("There is no such Engine.IO packet type."));
      break;
    }
}

/* A message came whole. */
void
sky_talker_hear (SkyTalker *self, GBytes *data, gboolean binary)
{
  if (self->protocol != SKY_PROTOCOL_WEBSOCKET)
    hear_eio (self, data, binary);
  else if (self->funcs.message != NULL)
    self->funcs.message (self, data, binary, self->owner);
}

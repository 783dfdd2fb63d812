#include "stack/stack-private.h"

#include "sio/sio-msgpack.h"

/*
 * Sessions of the MessagePack parser: each message is a whole packet, there are no attachments. A
 * record's bytes are the message as it came; its body is derived, the data as JSON text, so that what
 * reads a packet's JSON need not know of it. That is also how such a record is told from others.
 */

/**
 * sky_stack_is_msgpack:
 * @data: (array length=len): a message
 * @len: bytes
 *
 * The first message tells which parser is at work, and stays right: CONNECT, or whatever comes first
 * on a connection that goes on with a session. There, octets may be an attachment whose packet went
 * by another connection, and tell nothing. In Socket.IO 2 the first message is JSON of the same shape.
 *
 * Returns: whether the session is one of the MessagePack parser
 */
gboolean
sky_stack_is_msgpack (SkyStack *self, const guint8 *data, gsize len, gboolean binary)
{
  if (self->talk->parser == PARSER_UNKNOWN && sky_sio_msgpack_is (data, len))
    self->talk->parser = PARSER_MSGPACK;
  else if (self->talk->parser == PARSER_UNKNOWN && !(binary && self->midway))
    self->talk->parser = PARSER_TEXT;
  return self->talk->parser == PARSER_MSGPACK;
}

/**
 * sky_stack_begins_msgpack:
 * @data: (array length=len): the first message of a session that may be no Socket.IO at all
 * @len: bytes
 *
 * Returns: whether it is a CONNECT of the MessagePack parser, and nothing is wrong with it
 */
gboolean
sky_stack_begins_msgpack (const guint8 *data, gsize len)
{
  SkySioPacket packet;

  return sky_sio_msgpack_find (data, len, &packet) && packet.type == SKY_SIO_CONNECT && packet.faults == 0;
}

/**
 * sky_stack_hear_msgpack:
 * @parent: the record of the Engine.IO packet
 * @data: (array length=len): its data, or what base64 made of them
 * @len: bytes
 */
void
sky_stack_hear_msgpack (SkyStack *self, SkyFrom from, guint32 parent, const guint8 *data, gsize len)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_SIO, SKY_KIND_UNKNOWN);
  g_autofree char *nsp = NULL, *json = NULL;
  SkySioPacket packet;
  gsize json_len;

  record.start = 0;
  record.len = len;
  record.parent = parent;
  if (!sky_sio_msgpack_find (data, len, &packet))
    {
      record.faults = packet.faults;
      sky_stack_put (self, &record);
      return;
    }
  nsp = sky_sio_packet_nsp (&packet, (const char *) data);
  json = sky_sio_msgpack_json (data, &packet, &json_len, &packet.faults);
  if (self->talk->revision == 3 && packet.type != SKY_SIO_UNKNOWN)
    packet.faults &= ~SKY_SIO_FAULT_TYPE; /* Socket.IO 2 has types 5 and 6 here, too */
  sky_stack_derive (self, &record, (const guint8 *) (json != NULL ? json : ""), json_len);
  sky_stack_put_sio (self, &record, &packet, nsp);
}

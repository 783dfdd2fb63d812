#include "config.h"

#include "sio/sio-msgpack-private.h"

#include "base/msgpack.h"
#include "base/utf8.h"
#include "sio/sio-event.h"

/* What the map's members are, as the last of each key says. */
typedef struct
{
  gboolean        has_type, has_nsp, has_id, has_data; /* undefined is as good as absent */
  SkyMsgpackToken type, nsp, id, data;
  gsize           data_end;
} Members;

static gboolean
is_undefined (const SkyMsgpackToken *value)
{
  return value->type == SKY_MSGPACK_EXT && value->fixed && value->len == 1 && value->ext == 0;
}

static void
take_member (Members *m, const guint8 *data, const SkyMsgpackToken *key, const SkyMsgpackToken *value, gsize end)
{
  gboolean there = !is_undefined (value);

  if (sky_msgpack_equal (data, key, "type"))
    {
      m->has_type = there;
      m->type = *value;
    }
  else if (sky_msgpack_equal (data, key, "nsp"))
    {
      m->has_nsp = there;
      m->nsp = *value;
    }
  else if (sky_msgpack_equal (data, key, "id"))
    {
      m->has_id = there;
      m->id = *value;
    }
  else if (sky_msgpack_equal (data, key, "data"))
    {
      m->has_data = there;
      m->data = *value;
      m->data_end = end;
    }
}

/* Returns: FALSE if there is no map, or not all of it; *@end is where it ends */
static gboolean
find_members (const guint8 *data, gsize len, Members *m, gsize *end)
{
  SkyMsgpackToken map;
  gsize pos = 0;

  *m = (Members) { 0 };
  if (!sky_msgpack_next (data, len, &pos, &map) || map.type != SKY_MSGPACK_MAP)
    return FALSE;
  for (guint32 i = 0; i < map.n_items; i++)
    {
      SkyMsgpackToken key, value;
      gsize at = pos;

      if (!sky_msgpack_skip (data, len, &pos) || !sky_msgpack_next (data, len, &at, &key))
        return FALSE;
      at = pos;
      if (!sky_msgpack_skip (data, len, &pos) || !sky_msgpack_next (data, len, &at, &value))
        return FALSE;
      take_member (m, data, &key, &value, pos);
    }
  *end = pos;
  return TRUE;
}

/* A whole number, in whichever form: to JavaScript 2.0 is one. */
static gboolean
as_uint (const SkyMsgpackToken *value, guint64 *number)
{
  gboolean whole = value->type == SKY_MSGPACK_FLOAT && value->real >= 0 && value->real < 0x1p64
                   && (double) (guint64) value->real == value->real;

  *number = whole ? (guint64) value->real : value->uint;
  return whole || value->type == SKY_MSGPACK_UINT;
}

/* Socket.IO 2 says "binary" of a packet that needs no attachments either way: types 5 and 6. */
static SkySioType
judge_type (const Members *m, guint32 *faults)
{
  guint64 type;

  if (m->has_type && as_uint (&m->type, &type) && type <= SKY_SIO_CONNECT_ERROR)
    return (SkySioType) type;
  *faults |= SKY_SIO_FAULT_TYPE;
  if (!m->has_type || !as_uint (&m->type, &type) || type > SKY_SIO_BINARY_ACK)
    return SKY_SIO_UNKNOWN;
  return type == SKY_SIO_BINARY_EVENT ? SKY_SIO_EVENT : SKY_SIO_ACK;
}

static void
take_nsp (SkySioPacket *p, const Members *m, const guint8 *data)
{
  const guint8 *nsp = data + m->nsp.start + m->nsp.head_len;

  if (!m->has_nsp || m->nsp.type != SKY_MSGPACK_STRING || !sky_utf8_valid (nsp, m->nsp.len)
      || memchr (nsp, '\0', m->nsp.len) != NULL)
    {
      p->faults |= SKY_SIO_FAULT_NSP;
      return;
    }
  p->nsp_start = m->nsp.start + m->nsp.head_len;
  p->nsp_len = m->nsp.len;
}

static void
take_id (SkySioPacket *p, const Members *m)
{
  gboolean answers = p->type == SKY_SIO_ACK;

  if (m->has_id)
    {
      p->id_start = m->id.start;
      p->id_len = m->id.head_len + m->id.len;
      p->has_id = as_uint (&m->id, &p->id);
    }
  if (!p->has_id)
    p->id = 0;
  if (!p->has_id && (m->has_id || answers))
    p->faults |= SKY_SIO_FAULT_ACK_ID;
}

/* The first item of an event's array. */
static guint32
judge_name (const guint8 *data, const SkyMsgpackToken *array, gsize end)
{
  gsize pos = array->start + array->head_len;
  g_autofree char *name = NULL;
  SkyMsgpackToken token;

  if (array->n_items == 0 || !sky_msgpack_next (data, end, &pos, &token))
    return SKY_SIO_FAULT_NAME;
  if (token.type == SKY_MSGPACK_UINT || token.type == SKY_MSGPACK_INT || token.type == SKY_MSGPACK_FLOAT)
    return 0;
  if (token.type != SKY_MSGPACK_STRING)
    return SKY_SIO_FAULT_NAME;
  name = g_strndup ((const char *) data + token.start + token.head_len, token.len);
  return sky_sio_event_reserved (name) ? SKY_SIO_FAULT_RESERVED : 0;
}

/* Whether a packet of this type may carry such data: nil is not absent. */
static guint32
judge_data (SkySioType type, const Members *m, const guint8 *data)
{
  SkyMsgpackType kind = m->data.type;
  gboolean right = TRUE;

  switch (type)
    {
    case SKY_SIO_CONNECT:
      right = !m->has_data || kind == SKY_MSGPACK_MAP;
      break;
    case SKY_SIO_DISCONNECT:
      right = !m->has_data;
      break;
    case SKY_SIO_EVENT:
      if (m->has_data && kind == SKY_MSGPACK_ARRAY)
        return judge_name (data, &m->data, m->data_end);
      right = FALSE;
      break;
    case SKY_SIO_ACK:
      right = m->has_data && kind == SKY_MSGPACK_ARRAY;
      break;
    case SKY_SIO_CONNECT_ERROR:
      right = m->has_data && (kind == SKY_MSGPACK_MAP || kind == SKY_MSGPACK_STRING);
      break;
    case SKY_SIO_BINARY_EVENT:
    case SKY_SIO_BINARY_ACK:
    case SKY_SIO_UNKNOWN:
      break;
    }
  return right ? 0 : SKY_SIO_FAULT_DATA;
}

/**
 * sky_sio_msgpack_find:
 * @data: (array length=len): a message: octets, or text that begins with a brace
 * @len: bytes
 * @packet: (out caller-allocates): where the packet's parts are, in bytes from @data; always set
 *
 * Finds the parts of a packet without reading its data, and judges them as sky_sio_packet_decode()
 * does. The data are all of their value, head included; the namespace is its octets alone, so that
 * sky_sio_packet_nsp() finds it, and "/" is taken for one that is faulted. What is undefined is
 * absent. Types 5 and 6, which only Socket.IO 2 sends, are 2 and 3 and faulted.
 *
 * Returns: %FALSE if @data is no such packet at all: no map, cut off, or without type and namespace
 */
gboolean
sky_sio_msgpack_find (const guint8 *data, gsize len, SkySioPacket *packet)
{
  SkySioPacket p = { .type = SKY_SIO_UNKNOWN };
  Members m;
  gsize end;

  if (len > 0 && data[0] == '{')
    return sky_sio_msgpack_find_text ((const char *) data, len, packet);
  if (!find_members (data, len, &m, &end) || (!m.has_type && !m.has_nsp))
    {
      *packet = (SkySioPacket) { .type = SKY_SIO_UNKNOWN, .faults = SKY_SIO_FAULT_MSGPACK };
      return FALSE;
    }
  if (end < len)
    p.faults |= SKY_SIO_FAULT_MSGPACK;
  p.type = judge_type (&m, &p.faults);
  take_nsp (&p, &m, data);
  take_id (&p, &m);
  if (m.has_data)
    {
      p.data_start = m.data.start;
      p.data_len = m.data_end - m.data.start;
    }
  p.faults |= judge_data (p.type, &m, data);
  *packet = p;
  return TRUE;
}

/**
 * sky_sio_msgpack_is:
 * @data: (array length=len): a message
 * @len: bytes
 *
 * Tells a session of this parser by its first message: a map with a type from 0 to 4 and a
 * namespace that is a string, and nothing after it. Most other messages are told by their first octet.
 *
 * Returns: whether it is such a packet
 */
gboolean
sky_sio_msgpack_is (const guint8 *data, gsize len)
{
  const guint32 strange = SKY_SIO_FAULT_MSGPACK | SKY_SIO_FAULT_TYPE | SKY_SIO_FAULT_NSP;
  SkySioPacket packet;

  return sky_sio_msgpack_find (data, len, &packet) && (packet.faults & strange) == 0;
}

/**
 * sky_sio_msgpack_decode:
 * @data: (array length=len): a message
 * @len: bytes
 * @packet: (out caller-allocates): sky_sio_msgpack_clear() it, whatever is returned
 *
 * Reads a packet and makes JSON of its data. They are %NULL if there are none, and with
 * %SKY_SIO_FAULT_DEPTH or %SKY_SIO_FAULT_SIZE. An id that is no whole number from 0 is none.
 *
 * Returns: %FALSE if @data is no such packet at all
 */
gboolean
sky_sio_msgpack_decode (const guint8 *data, gsize len, SkySioMsgpack *packet)
{
  SkySioPacket p;
  gboolean found = sky_sio_msgpack_find (data, len, &p);
  g_autofree char *nsp = sky_sio_packet_nsp (&p, (const char *) data);

  *packet = (SkySioMsgpack) {
    .type = p.type,
    .nsp = g_steal_pointer (&nsp),
    .has_id = p.has_id,
    .id = p.id,
    .faults = p.faults,
  };
  if (found)
    packet->data = sky_sio_msgpack_json (data, &p, NULL, &packet->faults);
  return found;
}

/**
 * sky_sio_msgpack_clear:
 *
 * Frees what sky_sio_msgpack_decode() put there.
 */
void
sky_sio_msgpack_clear (SkySioMsgpack *packet)
{
  g_clear_pointer (&packet->nsp, g_free);
  g_clear_pointer (&packet->data, g_free);
}

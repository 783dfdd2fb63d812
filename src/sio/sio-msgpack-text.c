#include "config.h"

#include "sio/sio-msgpack-private.h"

#include <glib/gi18n-lib.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/utf8.h"

/*
 * The parser's version 2, which goes with Socket.IO 2, writes CONNECT, DISCONNECT and the refusal as
 * JSON.stringify() does, {"type":0,"nsp":"/"}, and only events and acks as MessagePack.
 */

#define PREVIEW_LEN 120 /* bytes of a value that a field shows */

static void
take_nsp (SkySioPacket *p, const char *text, const SkyJsonValue *object)
{
  SkyJsonValue nsp;

  if (!sky_json_member (text, object, "nsp", &nsp) || nsp.type != SKY_JSON_STRING)
    {
      p->faults |= SKY_SIO_FAULT_NSP;
      return;
    }
  p->nsp_start = nsp.start + 1;
  p->nsp_len = nsp.len - 2;
}

static void
take_id (SkySioPacket *p, const char *text, const SkyJsonValue *object)
{
  SkyJsonValue id;

  if (sky_json_member (text, object, "id", &id))
    {
      p->id_start = id.start;
      p->id_len = id.len;
      p->has_id = sky_json_uint (text, &id, &p->id);
    }
  if (!p->has_id && (p->id_len > 0 || p->type == SKY_SIO_ACK))
    p->faults |= SKY_SIO_FAULT_ACK_ID;
}

static gboolean
may_carry (SkySioType type, const SkyJsonValue *data)
{
  switch (type)
    {
    case SKY_SIO_CONNECT:
      return data == NULL || data->type == SKY_JSON_OBJECT;
    case SKY_SIO_DISCONNECT:
      return data == NULL;
    case SKY_SIO_EVENT:
    case SKY_SIO_ACK:
      return data != NULL && data->type == SKY_JSON_ARRAY;
    case SKY_SIO_CONNECT_ERROR:
      return data != NULL && (data->type == SKY_JSON_STRING || data->type == SKY_JSON_OBJECT);
    case SKY_SIO_BINARY_EVENT:
    case SKY_SIO_BINARY_ACK:
    case SKY_SIO_UNKNOWN:
      break;
    }
  return TRUE;
}

/**
 * sky_sio_msgpack_find_text:
 * @text: (array length=len): a message that begins with a brace
 * @len: bytes
 * @packet: (out caller-allocates): where the packet's parts are; the namespace as it is spelled
 *
 * As sky_sio_msgpack_find(), for a packet that is JSON.
 *
 * Returns: %FALSE if @text is no such packet at all
 */
gboolean
sky_sio_msgpack_find_text (const char *text, gsize len, SkySioPacket *packet)
{
  SkySioPacket p = { .type = SKY_SIO_UNKNOWN };
  SkyJsonValue object, type, data;
  gboolean has_type, has_data;
  guint64 number;

  *packet = (SkySioPacket) { .type = SKY_SIO_UNKNOWN, .faults = SKY_SIO_FAULT_MSGPACK };
  if (!sky_utf8_valid ((const guint8 *) text, len) || !sky_json_parse (text, len, &object, NULL, NULL)
      || object.type != SKY_JSON_OBJECT)
    return FALSE;
  has_type = sky_json_member (text, &object, "type", &type);
  take_nsp (&p, text, &object);
  if (!has_type && (p.faults & SKY_SIO_FAULT_NSP))
    return FALSE;
  if (has_type && sky_json_uint (text, &type, &number) && number <= SKY_SIO_CONNECT_ERROR)
    p.type = (SkySioType) number;
  else
    p.faults |= SKY_SIO_FAULT_TYPE;
  take_id (&p, text, &object);
  has_data = sky_json_member (text, &object, "data", &data);
  if (has_data)
    {
      p.data_start = data.start;
      p.data_len = data.len;
    }
  if (!may_carry (p.type, has_data ? &data : NULL))
    p.faults |= SKY_SIO_FAULT_DATA;
  *packet = p;
  return TRUE;
}

/**
 * sky_sio_msgpack_fields_text:
 *
 * As sky_sio_msgpack_fields(), for a packet that is JSON: its members.
 */
void
sky_sio_msgpack_fields_text (const SkySioPacket *packet, const char *text, gsize len, SkyFields *fields)
{
  SkyJsonValue object, key, value;
  SkyJsonIter iter;

  sky_fields_open (fields, _("Socket.IO packet, JSON"), 0, len, "%s", sky_sio_type_name (packet->type));
  if (sky_json_parse (text, len, &object, NULL, NULL) && object.type == SKY_JSON_OBJECT)
    {
      sky_json_iter_init (&iter, text, &object);
      while (iter.n_items < PREVIEW_LEN && sky_json_iter_next (&iter, &key, &value))
        {
          g_autofree char *name = sky_hex_printable ((const guint8 *) text + key.start + 1, key.len - 2, PREVIEW_LEN);
          g_autofree char *shown = sky_hex_printable ((const guint8 *) text + value.start, value.len, PREVIEW_LEN);

          sky_fields_add (fields, name, key.start, value.start + value.len - key.start, "%s", shown);
        }
    }
  sky_fields_close (fields);
}

/**
 * sky_sio_msgpack_encode_text:
 * @type: CONNECT, DISCONNECT or CONNECT_ERROR
 * @nsp: (nullable): the namespace, "/" for %NULL
 * @json: (nullable): the data
 *
 * Returns: (transfer full): the packet as the parser's version 2 writes these, a text message; events and
 *   acks are what sky_sio_msgpack_encode() makes of them
 */
char *
sky_sio_msgpack_encode_text (SkySioType type, const char *nsp, const char *json)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"type\":%u,", type);
  if (json != NULL)
    g_string_append_printf (out, "\"data\":%s,", json);
  g_string_append (out, "\"nsp\":");
  sky_json_quote (out, nsp != NULL ? nsp : "/", -1);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

#include "config.h"

#include "eio/eio-packet.h"

#include <glib/gi18n-lib.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "eio/eio-open.h"

#define PREVIEW_LEN 120 /* bytes of the data that a field shows */

static guint32
judge_data (const SkyEioPacket *packet, const guint8 *data)
{
  g_auto(SkyEioOpen) open = { 0 };

  switch (packet->type)
    {
    case SKY_EIO_OPEN:
      if (!sky_eio_open_decode ((const char *) data, packet->data_len, &open))
        return SKY_EIO_FAULT_OPEN;
      break;
    case SKY_EIO_CLOSE:
    case SKY_EIO_UPGRADE:
    case SKY_EIO_NOOP:
      return packet->data_len == 0 ? 0 : SKY_EIO_FAULT_DATA;
    case SKY_EIO_PING: /* what these carry depends on the revision: see sky_eio_session_packet() */
    case SKY_EIO_PONG:
    case SKY_EIO_MESSAGE:
    case SKY_EIO_UNKNOWN:
      break;
    }
  return 0;
}

/**
 * sky_eio_packet_decode:
 * @data: (array length=len): one WebSocket message, unmasked and inflated
 * @len: bytes
 * @binary: whether it was a binary message
 * @packet: (out caller-allocates): the packet; always set
 *
 * A text message is a type digit and its data; a binary one is a message packet's data and
 * nothing else. All of an unknown packet counts as its data. Engine.IO protocol v4, "Packet
 * encoding".
 */
void
sky_eio_packet_decode (const guint8 *data, gsize len, gboolean binary, SkyEioPacket *packet)
{
  SkyEioPacket p = { .type = SKY_EIO_UNKNOWN, .data_len = len };

  if (binary)
    {
      p.type = SKY_EIO_MESSAGE;
      p.binary = TRUE;
    }
  else if (len == 0)
    p.faults = SKY_EIO_FAULT_EMPTY;
  else if (data[0] < '0' || data[0] > '6')
    p.faults = SKY_EIO_FAULT_TYPE;
  else
    {
      p.type = (SkyEioType) (data[0] - '0');
      p.data_start = 1;
      p.data_len = len - 1;
      p.faults = judge_data (&p, data + 1);
    }
  *packet = p;
}

/**
 * sky_eio_packet_decode_payload:
 * @data: (array length=len): one element of a polling payload: see sky_eio_payload_next()
 * @len: bytes
 * @packet: (out caller-allocates): the packet; always set
 *
 * As sky_eio_packet_decode(), but binary data are text here: "b" and base64, which the packet's
 * data then are, not decoded. Engine.IO protocol v4, "Packet encoding", "HTTP long-polling".
 */
void
sky_eio_packet_decode_payload (const guint8 *data, gsize len, SkyEioPacket *packet)
{
  if (len == 0 || data[0] != 'b')
    {
      sky_eio_packet_decode (data, len, FALSE, packet);
      return;
    }
  *packet = (SkyEioPacket) {
    .type = SKY_EIO_MESSAGE,
    .binary = TRUE,
    .base64 = TRUE,
    .data_start = 1,
    .data_len = len - 1,
    .faults = sky_base64_valid ((const char *) data + 1, len - 1) ? 0 : SKY_EIO_FAULT_BASE64,
  };
}

/**
 * sky_eio_type_name:
 *
 * Returns: what the protocol calls packets of this type
 */
const char *
sky_eio_type_name (SkyEioType type)
{
  static const char *const names[]
      = { "open", "close", "ping", "pong", "message", "upgrade", "noop", "unknown" };

  return names[MIN (type, SKY_EIO_UNKNOWN)];
}

/* What the open packet says, member by member. */
static void
add_open_fields (const SkyEioPacket *packet, const char *json, SkyFields *fields)
{
  SkyJsonValue object, key, value;
  SkyJsonIter iter;

  if (packet->faults & SKY_EIO_FAULT_OPEN
      || !sky_json_parse (json, packet->data_len, &object, NULL, NULL))
    return;
  sky_json_iter_init (&iter, json, &object);
  while (sky_json_iter_next (&iter, &key, &value))
    {
      g_autofree char *name = sky_json_unquote (json, &key, NULL);
      g_autofree char *shown
          = sky_hex_printable ((const guint8 *) json + value.start, value.len, PREVIEW_LEN);

      sky_fields_add (fields, name, packet->data_start + key.start,
                      value.start + value.len - key.start, "%s", shown);
    }
}

static void
add_type_field (const SkyEioPacket *packet, const guint8 *data, gsize len, SkyFields *fields)
{
  if (packet->base64)
    sky_fields_add (fields, _("Type"), 0, 1, _("b (message, binary data in base64)"));
  else if (packet->binary)
    sky_fields_add (fields, _("Type"), 0, 0, _("message (binary data carry no type digit)"));
  else if (packet->type != SKY_EIO_UNKNOWN)
    sky_fields_add (fields, _("Type"), 0, 1, "%d (%s)", packet->type,
                    sky_eio_type_name (packet->type));
  else
    {
      g_autofree char *shown = sky_hex_printable (data, len, 1);

      sky_fields_add (fields, _("Type"), 0, MIN (len, 1),
                      len > 0 ? _("%s (no such type)") : _("%smissing"), len > 0 ? shown : "")
          ->faulty = TRUE;
    }
}

static void
add_data_field (const SkyEioPacket *packet, const guint8 *data, SkyFields *fields)
{
  const guint8 *content = data + packet->data_start;
  guint32 bad = SKY_EIO_FAULT_BASE64 | SKY_EIO_FAULT_OPEN | SKY_EIO_FAULT_DATA;
  g_autofree char *shown = NULL;
  SkyField *field;

  if (packet->base64 && (packet->faults & SKY_EIO_FAULT_BASE64) == 0)
    {
      gsize n = sky_base64_decoded_len ((const char *) content, packet->data_len);

      shown = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" G_GSIZE_FORMAT " byte, in base64",
                                            "%" G_GSIZE_FORMAT " bytes, in base64", n),
                               n);
    }
  else if (packet->binary && !packet->base64)
    shown = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" G_GSIZE_FORMAT " byte",
                                          "%" G_GSIZE_FORMAT " bytes", packet->data_len),
                             packet->data_len);
  else
    shown = sky_hex_printable (content, packet->data_len, PREVIEW_LEN);
  field = sky_fields_add (fields, _("Data"), packet->data_start, packet->data_len, "%s", shown);
  field->faulty = (packet->faults & bad) != 0;
}

/**
 * sky_eio_packet_fields:
 * @data: (array length=len): the bytes that @packet was decoded from
 * @len: bytes
 * @fields: where the fields go
 *
 * Adds the layer's title, the type, the data, and what an open packet says.
 */
void
sky_eio_packet_fields (const SkyEioPacket *packet, const guint8 *data, gsize len, SkyFields *fields)
{
  sky_fields_open (fields, _("Engine.IO packet"), 0, len, "%s", sky_eio_type_name (packet->type));
  add_type_field (packet, data, len, fields);
  if (packet->data_len > 0)
    add_data_field (packet, data, fields);
  if (packet->type == SKY_EIO_OPEN)
    add_open_fields (packet, (const char *) data + packet->data_start, fields);
  sky_fields_close (fields);
}

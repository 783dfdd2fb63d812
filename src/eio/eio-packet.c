#include "config.h"

#include "eio/eio-packet.h"

#include <glib/gi18n-lib.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json.h"
#include "eio/eio-open.h"
#include "eio/eio-payload.h"

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
 * sky_eio_message_form:
 * @revision: 3 or 4
 * @binary: whether it is a binary message
 *
 * Returns: how a packet is written in a WebSocket message
 */
SkyEioForm
sky_eio_message_form (guint revision, gboolean binary)
{
  if (revision == 3)
    return binary ? SKY_EIO_FORM_BINARY_3 : SKY_EIO_FORM_TEXT_3;
  return binary ? SKY_EIO_FORM_BINARY : SKY_EIO_FORM_TEXT;
}

/* Returns: 3 or 4 */
guint
sky_eio_form_revision (SkyEioForm form)
{
  return form >= SKY_EIO_FORM_TEXT_3 ? 3 : 4;
}

/* The type is a digit, or in revision 3's binary forms (@zero is 0 then) an octet. An unknown packet is all data. */
static void
read_type (SkyEioPacket *p, const guint8 *data, gsize len, gsize pos, guint8 zero)
{
  if (pos >= len)
    p->faults |= SKY_EIO_FAULT_EMPTY;
  else if (data[pos] < zero || data[pos] > zero + SKY_EIO_NOOP)
    p->faults |= SKY_EIO_FAULT_TYPE;
  else
    {
      p->type = (SkyEioType) (data[pos] - zero);
      p->data_start = pos + 1;
      p->data_len = len - pos - 1;
    }
}

/* "b", in revision 3 a type digit, and base64. */
static void
read_base64 (SkyEioPacket *p, const guint8 *data, gsize len)
{
  gsize b = p->prefix_len;

  if (sky_eio_form_revision (p->form) == 4)
    {
      p->type = SKY_EIO_MESSAGE;
      p->data_start = b + 1;
      p->data_len = len - b - 1;
    }
  else
    read_type (p, data, len, b + 1, '0');
  p->binary = p->base64 = p->type != SKY_EIO_UNKNOWN;
  if (p->base64 && !sky_base64_valid ((const char *) data + p->data_start, p->data_len))
    p->faults |= SKY_EIO_FAULT_BASE64;
}

static void
read_text (SkyEioPacket *p, const guint8 *data, gsize len)
{
  gsize pos = p->prefix_len;

  if (pos < len && data[pos] == 'b' && p->form != SKY_EIO_FORM_OCTETS_3)
    {
      read_base64 (p, data, len);
      return;
    }
  read_type (p, data, len, pos, '0');
  if (p->type != SKY_EIO_UNKNOWN)
    p->faults |= judge_data (p, data + p->data_start);
}

static void
read_octets (SkyEioPacket *p, const guint8 *data, gsize len)
{
  read_type (p, data, len, p->prefix_len, 0);
  p->binary = p->type != SKY_EIO_UNKNOWN;
  if (p->binary)
    p->faults |= judge_data (p, data + p->data_start);
}

static void
read_prefix (SkyEioPacket *p, const guint8 *data, gsize len)
{
  gsize packet_len;

  if (p->form != SKY_EIO_FORM_COUNTED_3 && p->form != SKY_EIO_FORM_OCTETS_3)
    return;
  if (len > 0 && (!sky_eio_payload_measure (p->form, data, len, &p->prefix_len, &packet_len)
                  || p->prefix_len + packet_len != len))
    p->faults |= SKY_EIO_FAULT_LENGTH;
  p->data_start = p->prefix_len;
  p->data_len = len - p->prefix_len;
}

/**
 * sky_eio_packet_decode_form:
 * @data: (array length=len): one packet, with its length in front if its form has one
 * @len: bytes
 * @form: how it is written: sky_eio_message_form(), or sky_eio_payload_form()
 * @packet: (out caller-allocates): the packet; always set
 *
 * Reads a packet of either revision. All of an unknown packet but its length counts as its data;
 * base64 is not decoded. Engine.IO protocol v4, "Packet encoding"; v3, "Encoding".
 */
void
sky_eio_packet_decode_form (const guint8 *data, gsize len, SkyEioForm form, SkyEioPacket *packet)
{
  SkyEioPacket p = { .type = SKY_EIO_UNKNOWN, .form = form, .data_len = len };

  read_prefix (&p, data, len);
  if (form == SKY_EIO_FORM_BINARY)
    {
      p.type = SKY_EIO_MESSAGE;
      p.binary = TRUE;
    }
  else if (form == SKY_EIO_FORM_BINARY_3 || (form == SKY_EIO_FORM_OCTETS_3 && p.prefix_len > 0 && data[0] == 1))
    read_octets (&p, data, len);
  else if (p.prefix_len == 0 && (p.faults & SKY_EIO_FAULT_LENGTH))
    p.type = SKY_EIO_UNKNOWN; /* what stands here cannot be told */
  else
    read_text (&p, data, len);
  *packet = p;
}

/**
 * sky_eio_packet_decode:
 * @data: (array length=len): one WebSocket message of revision 4, unmasked and inflated
 * @len: bytes
 * @binary: whether it was a binary message
 * @packet: (out caller-allocates): the packet; always set
 *
 * A text message is a type digit and its data, or "b" and base64 from peers that were told to send no
 * octets; a binary one is a message packet's data and nothing else. All of an unknown packet counts as
 * its data. Engine.IO protocol v4, "Packet encoding".
 */
void
sky_eio_packet_decode (const guint8 *data, gsize len, gboolean binary, SkyEioPacket *packet)
{
  sky_eio_packet_decode_form (data, len, sky_eio_message_form (4, binary), packet);
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
add_length_field (const SkyEioPacket *packet, const guint8 *data, SkyFields *fields)
{
  gboolean octets = packet->form == SKY_EIO_FORM_OCTETS_3;
  g_autoptr(GString) number = g_string_new (NULL);
  SkyField *field;

  for (gsize i = octets; i + 1 < packet->prefix_len; i++)
    g_string_append_c (number, (char) (data[i] + (octets ? '0' : 0)));
  if (!octets)
    field = sky_fields_add (fields, _("Length"), 0, packet->prefix_len, _("%s UTF-16 units"), number->str);
  else if (data[0] == 1)
    field = sky_fields_add (fields, _("Length"), 0, packet->prefix_len, _("%s octets, binary"), number->str);
  else
    field = sky_fields_add (fields, _("Length"), 0, packet->prefix_len, _("%s octets, text"), number->str);
  field->faulty = (packet->faults & SKY_EIO_FAULT_LENGTH) != 0;
}

static void
add_type_field (const SkyEioPacket *packet, const guint8 *data, gsize len, SkyFields *fields)
{
  gsize start = packet->prefix_len, type_len = packet->data_start - start;

  if (packet->base64 && type_len == 1)
    sky_fields_add (fields, _("Type"), start, 1, _("b (message, binary data in base64)"));
  else if (packet->base64)
    sky_fields_add (fields, _("Type"), start, type_len, _("b%d (%s, binary data in base64)"), packet->type,
                    sky_eio_type_name (packet->type));
  else if (packet->form == SKY_EIO_FORM_BINARY)
    sky_fields_add (fields, _("Type"), 0, 0, _("message (binary data carry no type digit)"));
  else if (packet->binary)
    sky_fields_add (fields, _("Type"), start, 1, _("%d (%s, an octet: binary data)"), packet->type,
                    sky_eio_type_name (packet->type));
  else if (packet->type != SKY_EIO_UNKNOWN)
    sky_fields_add (fields, _("Type"), start, 1, "%d (%s)", packet->type, sky_eio_type_name (packet->type));
  else
    {
      g_autofree char *shown = len > start ? sky_hex_printable (data + start, len - start, 1) : NULL;

      sky_fields_add (fields, _("Type"), start, MIN (len - start, 1),
                      shown != NULL ? _("%s (no such type)") : _("%smissing"), shown != NULL ? shown : "")
          ->faulty
          = TRUE;
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

      shown = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu byte, in base64",
                                            "%zu bytes, in base64", n),
                               n);
    }
  else if (packet->binary && !packet->base64)
    shown = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu byte",
                                          "%zu bytes", packet->data_len),
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
 * Adds the layer's title, in payloads of revision 3 the length, the type, the data, and what an open packet says.
 */
void
sky_eio_packet_fields (const SkyEioPacket *packet, const guint8 *data, gsize len, SkyFields *fields)
{
  sky_fields_open (fields, _("Engine.IO packet"), 0, len, "%s", sky_eio_type_name (packet->type));
  if (packet->prefix_len > 0)
    add_length_field (packet, data, fields);
  add_type_field (packet, data, len, fields);
  if (packet->data_len > 0)
    add_data_field (packet, data, fields);
  if (packet->type == SKY_EIO_OPEN)
    add_open_fields (packet, (const char *) data + packet->data_start, fields);
  sky_fields_close (fields);
}

#include "config.h"

#include "sio/sio-packet.h"

#include "sio/sio-attach.h"
#include "sio/sio-event.h"

#define MAX_COUNT 1000 /* attachments that a packet may announce before we stop counting */

/* Reads the digits at *@pos and steps over them. Returns: FALSE if their number is over @max */
static gboolean
read_digits (const char *text, gsize len, gsize *pos, guint64 max, guint64 *number)
{
  gboolean fits = TRUE;

  for (*number = 0; *pos < len && g_ascii_isdigit (text[*pos]); (*pos)++)
    {
      guint64 digit = (guint64) (text[*pos] - '0');

      fits = fits && *number <= (max - digit) / 10;
      *number = fits ? *number * 10 + digit : max;
    }
  return fits;
}

static gsize
read_attachments (SkySioPacket *p, const char *text, gsize len, gsize pos)
{
  gsize start = pos;
  guint64 n;

  read_digits (text, len, &pos, MAX_COUNT, &n);
  p->n_attachments = (guint) n;
  if (pos == start || pos == len || text[pos] != '-' || n == 0 || n > SKY_SIO_MAX_ATTACHMENTS)
    p->faults |= SKY_SIO_FAULT_ATTACHMENTS;
  return pos < len && text[pos] == '-' ? pos + 1 : pos;
}

/* A namespace may contain anything but a comma, and goes to the end if there is none. */
static gsize
read_nsp (SkySioPacket *p, const char *text, gsize len, gsize pos)
{
  const char *comma;

  if (pos == len || text[pos] != '/')
    return pos;
  comma = memchr (text + pos, ',', len - pos);
  p->nsp_start = pos;
  p->nsp_len = comma != NULL ? (gsize) (comma - text) - pos : len - pos;
  return comma != NULL ? pos + p->nsp_len + 1 : len;
}

static gsize
read_id (SkySioPacket *p, const char *text, gsize len, gsize pos)
{
  p->id_start = pos;
  if (!read_digits (text, len, &pos, G_MAXUINT64, &p->id))
    p->faults |= SKY_SIO_FAULT_ACK_ID;
  p->id_len = pos - p->id_start;
  p->has_id = p->id_len > 0;
  return pos;
}

static guint32
judge_event (const char *json, const SkyJsonValue *array)
{
  SkyJsonIter iter;
  SkyJsonValue name;

  sky_json_iter_init (&iter, json, array);
  if (!sky_json_iter_next (&iter, NULL, &name))
    return SKY_SIO_FAULT_NAME;
  if (name.type == SKY_JSON_STRING)
    return sky_sio_event_value_reserved (json, &name) ? SKY_SIO_FAULT_RESERVED : 0;
  return name.type == SKY_JSON_NUMBER ? 0 : SKY_SIO_FAULT_NAME;
}

/* Whether a packet of this type may carry that JSON. */
static guint32
judge_kind (const SkySioPacket *p, const char *json, const SkyJsonValue *value)
{
  gboolean right = TRUE;

  switch (p->type)
    {
    case SKY_SIO_CONNECT:
      right = value->type == SKY_JSON_OBJECT;
      break;
    case SKY_SIO_DISCONNECT:
      right = FALSE;
      break;
    case SKY_SIO_EVENT:
    case SKY_SIO_BINARY_EVENT:
      if (value->type == SKY_JSON_ARRAY)
        return judge_event (json, value);
      right = FALSE;
      break;
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_ACK:
      right = value->type == SKY_JSON_ARRAY;
      break;
    case SKY_SIO_CONNECT_ERROR:
      right = value->type == SKY_JSON_OBJECT || value->type == SKY_JSON_STRING;
      break;
    case SKY_SIO_UNKNOWN:
      break;
    }
  return right ? 0 : SKY_SIO_FAULT_DATA;
}

static guint32
judge_absence (SkySioType type)
{
  switch (type)
    {
    case SKY_SIO_EVENT:
    case SKY_SIO_BINARY_EVENT:
      return SKY_SIO_FAULT_NAME;
    case SKY_SIO_ACK:
    case SKY_SIO_BINARY_ACK:
    case SKY_SIO_CONNECT_ERROR:
      return SKY_SIO_FAULT_DATA;
    case SKY_SIO_CONNECT:
    case SKY_SIO_DISCONNECT:
    case SKY_SIO_UNKNOWN:
      break;
    }
  return 0;
}

static gboolean
is_binary (SkySioType type)
{
  return type == SKY_SIO_BINARY_EVENT || type == SKY_SIO_BINARY_ACK;
}

static guint32
judge_data (const SkySioPacket *p, const char *json)
{
  g_autoptr(GError) error = NULL;
  SkyJsonValue value;
  guint32 faults;

  if (p->data_len == 0)
    return judge_absence (p->type);
  if (!sky_json_parse (json, p->data_len, &value, NULL, &error))
    return g_error_matches (error, SKY_JSON_ERROR, SKY_JSON_ERROR_DEPTH) ? SKY_SIO_FAULT_DEPTH
                                                                         : SKY_SIO_FAULT_JSON;
  faults = judge_kind (p, json, &value);
  if (is_binary (p->type) && !sky_sio_attach_check (json, p->data_len, p->n_attachments))
    faults |= SKY_SIO_FAULT_PLACEHOLDER;
  return faults;
}

/**
 * sky_sio_packet_decode:
 * @text: (array length=len): the data of an Engine.IO message packet that is text
 * @len: bytes
 * @packet: (out caller-allocates): the packet; always set
 *
 * Finds the parts of a packet and judges them; what went before is sky_sio_spaces_packet()'s
 * business. All of an unknown packet counts as its data. A number of attachments is kept even if
 * it is faulted, up to 1000, since the sender will probably send them; so is an id that is too
 * large, as 2⁶⁴−1. Socket.IO protocol v5, "Packet encoding".
 */
void
sky_sio_packet_decode (const char *text, gsize len, SkySioPacket *packet)
{
  SkySioPacket p = { .type = SKY_SIO_UNKNOWN, .data_len = len };
  gsize pos = 1;

  if (len == 0 || text[0] < '0' || text[0] > '6')
    {
      p.faults = SKY_SIO_FAULT_TYPE;
      *packet = p;
      return;
    }
  p.type = (SkySioType) (text[0] - '0');
  if (is_binary (p.type))
    pos = read_attachments (&p, text, len, pos);
  pos = read_nsp (&p, text, len, pos);
  pos = read_id (&p, text, len, pos);
  p.data_start = pos;
  p.data_len = len - pos;
  if ((p.type == SKY_SIO_ACK || p.type == SKY_SIO_BINARY_ACK) && !p.has_id)
    p.faults |= SKY_SIO_FAULT_ACK_ID;
  p.faults |= judge_data (&p, text + pos);
  *packet = p;
}

/**
 * sky_sio_packet_nsp:
 * @text: the text that @packet was decoded from
 *
 * Returns: (transfer full): the packet's namespace, with the query that belongs to it
 */
char *
sky_sio_packet_nsp (const SkySioPacket *packet, const char *text)
{
  if (packet->nsp_len == 0)
    return g_strdup ("/");
  return g_strndup (text + packet->nsp_start, packet->nsp_len);
}

/**
 * sky_sio_packet_encode:
 * @n_attachments: written for binary types only
 * @nsp: (nullable): the namespace; "/" and %NULL are not written
 * @id: the ack id, or -1 for none
 * @json: (nullable): the data, which are taken as they are
 *
 * Returns: (transfer full): the packet's text. Socket.IO protocol v5, "Packet encoding"
 */
char *
sky_sio_packet_encode (SkySioType type, guint n_attachments, const char *nsp, gint64 id,
                       const char *json)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (type < SKY_SIO_UNKNOWN, g_string_free (text, FALSE));

  g_string_append_c (text, (char) ('0' + type));
  if (is_binary (type))
    g_string_append_printf (text, "%u-", n_attachments);
  if (nsp != NULL && strcmp (nsp, "/") != 0)
    g_string_append_printf (text, "%s,", nsp);
  if (id >= 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, id);
  if (json != NULL)
    g_string_append (text, json);
  return g_string_free (text, FALSE);
}

/**
 * sky_sio_type_name:
 *
 * Returns: what the protocol calls packets of this type
 */
const char *
sky_sio_type_name (SkySioType type)
{
  static const char *const names[] = { "CONNECT",       "DISCONNECT",   "EVENT",      "ACK",
                                       "CONNECT_ERROR", "BINARY_EVENT", "BINARY_ACK", "unknown" };

  return names[MIN (type, SKY_SIO_UNKNOWN)];
}

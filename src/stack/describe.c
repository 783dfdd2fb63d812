#include "stack/describe-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "eio/eio-open.h"
#include "http/http-head.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"
#include "ws/ws-close.h"

#define HEAD_ROOM 1024 /* bytes before the data that a summary may need: a namespace, an event's name */

static char *
printable (const guint8 *data, gsize len, gsize limit)
{
  return len > 0 ? sky_hex_printable (data, len, limit) : NULL;
}

static char *
preview_binary (GBytes *bytes, gsize total_len)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  g_autofree char *hex = sky_hex_format (data, MIN (len, 24), " ");

  return g_strdup_printf ("%s%s", hex, total_len > 24 ? " …" : "");
}

static void
summarize_note (SkySummary *summary, const SkyRecord *record, guint32 number, const SkyBytesSource *source,
                gsize limit)
{
  g_autoptr(GBytes) body = source->body (source->data, number, limit);
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  summary->event = g_strdup (sky_kind_id (record->kind));
  summary->data = printable (data, len, limit);
}

static void
summarize_http (SkySummary *summary, const SkyRecord *record, guint32 number, const SkyBytesSource *source,
                gsize limit)
{
  g_autoptr(GBytes) wire = source->wire (source->data, number, MIN (record->len, SKY_HTTP_MAX_HEAD));
  g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);
  g_autofree char *reason = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (wire, &len);

  if (sky_http_head_decode (data, len, record->kind == SKY_KIND_RESPONSE, head, NULL) <= 0)
    {
      summary->event = g_strdup (sky_kind_id (record->kind));
      summary->data = printable (data, len, limit);
      return;
    }
  if (!head->response)
    {
      summary->event = sky_http_head_method (head, data);
      summary->data = sky_http_head_target (head, data);
      return;
    }
  reason = sky_http_head_reason (head, data);
  summary->status = head->status;
  summary->event = g_strdup_printf ("%u %s", head->status, reason);
  if (record->layer == SKY_LAYER_UPGRADE && head->status == 101)
    {
      g_autofree char *extensions = sky_http_head_value (head, data, "Sec-WebSocket-Extensions");

      summary->data = g_strdup (extensions != NULL ? extensions : "");
    }
  else
    {
      g_autoptr(GBytes) body = source->body (source->data, number, limit);

      summary->data = printable (g_bytes_get_data (body, NULL), g_bytes_get_size (body), limit);
    }
}

/* A close record of no bytes at all is the end of a line without a close frame. */
static void
summarize_close (SkySummary *summary, const SkyRecord *record, const guint8 *data, gsize len)
{
  SkyWsClose close = { .code = SKY_WS_CLOSE_ABNORMAL };

  if (record->len > 0)
    sky_ws_close_decode (data, len, &close);
  summary->code = close.code;
  summary->reason = close.reason_len > 0 ? sky_hex_printable (data + close.reason_start, close.reason_len, 200)
                                         : NULL;
  summary->data = g_strdup_printf ("%u %s%s%s", close.code, sky_ws_close_code_name (close.code),
                                   summary->reason != NULL ? ": " : "",
                                   summary->reason != NULL ? summary->reason : "");
}

static void
summarize_ws (SkySummary *summary, const SkyRecord *record, guint32 number, const SkyBytesSource *source,
              gsize limit)
{
  g_autoptr(GBytes) body = source->body (source->data, number, limit + 4);
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  summary->event = g_strdup (sky_kind_id (record->kind));
  if (record->kind == SKY_KIND_CLOSE)
    summarize_close (summary, record, data, len);
  else if (record->kind == SKY_KIND_BINARY && len > 0)
    summary->data = preview_binary (body, record->flags & SKY_RECORD_DERIVED ? record->body_len
                                                                             : record->len - record->head_len);
  else
    summary->data = printable (data, len, limit);
}

/* Whether an Engine.IO message carries octets: only a binary payload of revision 3 says it in its first byte. */
static gboolean
is_binary (const SkyRecord *record, guint32 number, const SkyBytesSource *source)
{
  g_autoptr(GBytes) first = NULL;

  if (record->form != SKY_EIO_FORM_OCTETS_3)
    return record->form == SKY_EIO_FORM_BINARY || record->form == SKY_EIO_FORM_BINARY_3
           || (record->flags & SKY_RECORD_DERIVED);
  first = source->wire (source->data, number, 1);
  return g_bytes_get_size (first) > 0 && *(const guint8 *) g_bytes_get_data (first, NULL) == 1;
}

static void
summarize_eio (SkySummary *summary, const SkyRecord *record, guint32 number, const SkyBytesSource *source,
               gsize limit)
{
  g_autoptr(GBytes) body = source->body (source->data, number, limit + 4);
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  summary->event = g_strdup (sky_kind_id (record->kind));
  if (record->kind == SKY_KIND_OPEN)
    {
      g_auto(SkyEioOpen) open = { 0 };

      if (sky_eio_open_decode ((const char *) data, len, &open))
        summary->sid = g_strdup (open.sid);
    }
  if (record->kind == SKY_KIND_MESSAGE && len > 0 && is_binary (record, number, source))
    summary->data = preview_binary (body, len);
  else
    summary->data = printable (data, len, limit);
}

/* The name of an event whose JSON may be cut off: only the beginning of the array is looked at. */
static char *
take_name (const char *json, gsize len, gsize *pos)
{
  SkyJsonValue name;
  char *text;

  if (!sky_json_scan (json, len, pos, &name, NULL))
    return NULL;
  text = name.type == SKY_JSON_STRING ? sky_json_unquote (json, &name, NULL)
                                      : g_strndup (json + name.start, name.len);
  while (*pos < len && (g_ascii_isspace (json[*pos]) || json[*pos] == ','))
    ++*pos;
  return text;
}

/* What stands between the brackets, after the name; without the last bracket if all of it is here. */
static char *
preview_args (const char *json, gsize len, gsize pos, gboolean whole, gsize limit)
{
  if (whole)
    {
      while (len > pos && g_ascii_isspace (json[len - 1]))
        len--;
      if (len > pos && json[len - 1] == ']')
        len--;
    }
  return len > pos ? sky_hex_printable ((const guint8 *) json + pos, len - pos, limit) : NULL;
}

static void
summarize_sio_data (SkySummary *summary, const SkyRecord *record, const char *json, gsize len, gboolean whole,
                    gsize limit)
{
  gboolean event = record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT;
  gboolean ack = record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK;
  SkyJsonValue root, sid;
  gsize pos = 1;

  if ((event || ack) && len > 0 && json[0] == '[')
    {
      g_autofree char *name = event ? take_name (json, len, &pos) : NULL;

      if (name != NULL)
        {
          g_free (summary->event);
          summary->event = sky_hex_printable ((const guint8 *) name, strlen (name), 200);
        }
      summary->data = preview_args (json, len, pos, whole, limit);
      return;
    }
  summary->data = printable ((const guint8 *) json, len, limit);
  if (record->kind == SKY_KIND_CONNECT && sky_json_parse (json, len, &root, NULL, NULL)
      && sky_json_member (json, &root, "sid", &sid) && sid.type == SKY_JSON_STRING)
    summary->sid = sky_json_unquote (json, &sid, NULL);
}

static void
summarize_sio (SkySummary *summary, const SkyRecord *record, guint32 number, const SkyBytesSource *source,
               gsize limit)
{
  gboolean msgpack = sky_describe_is_msgpack (record);
  g_autoptr(GBytes) wire = (msgpack ? source->body : source->wire) (source->data, number, limit + HEAD_ROOM);
  gsize len, head_len = msgpack ? 0 : record->head_len;
  const char *text = g_bytes_get_data (wire, &len);
  SkySioPacket packet;

  if (sky_describe_is_octets (record))
    {
      summary->event = g_strdup (_("binary"));
      summary->data = preview_binary (wire, record->len);
      return;
    }
  if (len == 0 && !msgpack)
    return;
  if (!msgpack)
    sky_sio_packet_decode (text, len, &packet);
  summary->nsp = msgpack ? sky_describe_msgpack_head (number, source, limit + HEAD_ROOM, &packet)
                         : sky_sio_packet_nsp (&packet, text);
  summary->has_ack = packet.has_id;
  summary->ack = packet.id;
  summary->n_attachments = packet.n_attachments;
  summary->event = g_strdup (record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK
                                 ? _("ack")
                                 : sky_kind_id (record->kind));
  if (len > head_len)
    summarize_sio_data (summary, record, text + head_len, len - head_len,
                        len == (msgpack ? record->body_len : record->len), limit);
}

/**
 * sky_summary_make:
 * @summary: (out caller-allocates): what the record says; sky_summary_clear() it
 * @limit: bytes of data to show at most
 *
 * Decodes a record's beginning again, for a row in a list. It reads no more than @limit bytes and
 * a little, whatever the record's size.
 */
void
sky_summary_make (SkySummary *summary, guint32 number, const SkyBytesSource *source, gsize limit)
{
  const SkyRecord *record = source->record (source->data, number);

  *summary = (SkySummary) { 0 };
  if (record == NULL)
    return;
  switch ((SkyLayer) record->layer)
    {
    case SKY_LAYER_HTTP:
    case SKY_LAYER_UPGRADE:
      summarize_http (summary, record, number, source, limit);
      break;
    case SKY_LAYER_WS:
      summarize_ws (summary, record, number, source, limit);
      break;
    case SKY_LAYER_EIO:
      summarize_eio (summary, record, number, source, limit);
      break;
    case SKY_LAYER_SIO:
      summarize_sio (summary, record, number, source, limit);
      break;
    case SKY_LAYER_TCP:
    case SKY_LAYER_TLS:
    case SKY_LAYER_NOTE:
    case SKY_N_LAYERS:
    default:
      summarize_note (summary, record, number, source, limit);
      break;
    }
}

void
sky_summary_clear (SkySummary *summary)
{
  g_clear_pointer (&summary->event, g_free);
  g_clear_pointer (&summary->nsp, g_free);
  g_clear_pointer (&summary->data, g_free);
  g_clear_pointer (&summary->sid, g_free);
  g_clear_pointer (&summary->reason, g_free);
}

/**
 * sky_describe_attachments:
 *
 * The binary messages that belong to a BINARY_EVENT or BINARY_ACK, in their order. They follow it
 * on the same direction of the same connection, and their records point back at it.
 *
 * Returns: (transfer full) (element-type GBytes): those that have come so far
 */
GPtrArray *
sky_describe_attachments (guint32 number, const SkyBytesSource *source)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const SkyRecord *record = source->record (source->data, number);
  SkySummary summary;

  if (record == NULL || record->layer != SKY_LAYER_SIO)
    return g_steal_pointer (&list);
  sky_summary_make (&summary, number, source, 0);
  for (guint32 n = number + 1; list->len < summary.n_attachments; n++)
    {
      const SkyRecord *next = source->record (source->data, n);

      if (next == NULL)
        break;
      if (next->layer == SKY_LAYER_SIO && next->from == record->from && next->link == record->link)
        break;
      if (next->layer == SKY_LAYER_EIO && next->mate == number)
        g_ptr_array_add (list, source->body (source->data, n, G_MAXSIZE));
    }
  sky_summary_clear (&summary);
  return g_steal_pointer (&list);
}

/**
 * sky_describe_args:
 *
 * Returns: (transfer full) (nullable): the arguments of a Socket.IO event or ack as a JSON array,
 *   spelled as they came, binary ones as {"$bin":"base64"}; %NULL for other records, or if the
 *   data are no such array
 */
char *
sky_describe_args (guint32 number, const SkyBytesSource *source)
{
  const SkyRecord *record = source->record (source->data, number);
  g_autoptr(GPtrArray) attachments = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autofree char *args = NULL;
  SkySioEvent event;
  const char *json;
  gsize len;
  gboolean named;

  if (record == NULL || record->layer != SKY_LAYER_SIO)
    return NULL;
  named = record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT;
  if ((!named && record->kind != SKY_KIND_ACK && record->kind != SKY_KIND_BINARY_ACK)
      || (record->faults & (SKY_SIO_FAULT_JSON | SKY_SIO_FAULT_DATA | SKY_SIO_FAULT_DEPTH)) != 0)
    return NULL;
  body = source->body (source->data, number, G_MAXSIZE);
  json = g_bytes_get_data (body, &len);
  if (len == 0 || !sky_sio_event_decode (json, len, named, &event))
    return NULL;
  args = g_strdup_printf ("[%.*s]", (int) event.args_len, json + event.args_start);
  attachments = sky_describe_attachments (number, source);
  return attachments->len > 0 ? sky_sio_attach_lower (args, strlen (args), attachments) : g_steal_pointer (&args);
}

/**
 * sky_describe_payload:
 * @raw: (out) (optional) (transfer full): the bytes of it
 *
 * What the Payload pane shows: JSON indented but spelled as it came, else text.
 *
 * Returns: (transfer full) (nullable): text, or %NULL if the payload is binary
 */
char *
sky_describe_payload (guint32 number, const SkyBytesSource *source, GBytes **raw)
{
  g_autofree char *args = sky_describe_args (number, source);
  g_autoptr(GBytes) body = source->body (source->data, number, G_MAXSIZE);
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  gboolean is_text = g_utf8_validate_len (text, len, NULL);

  if (raw != NULL)
    *raw = g_bytes_ref (body);
  if (args != NULL)
    return sky_json_pretty (args, strlen (args), 2);
  if (!is_text)
    return NULL;
  return sky_json_pretty (text, len, 2);
}

#include "trace/export.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "trace/redact.h"
#include "trace/row-private.h"

/* One record as one line of JSON: CLI.md, last paragraph. */

typedef struct
{
  SkyStore        *store;
  SkyBytesSource   source;
  const SkyRecord *record;
  guint32          number;
  SkySummary       summary;
  GString         *json;
} Line;

static void
put_name (Line *line, const char *name)
{
  g_string_append_printf (line->json, "%s\"%s\":", line->json->len > 1 ? "," : "", name);
}

/* Whatever a peer sent, the line is UTF-8. */
static void
put_string (Line *line, const char *name, const char *value, gssize len)
{
  g_autofree char *valid = NULL;
  gsize n = len >= 0 ? (gsize) len : strlen (value);

  put_name (line, name);
  if (!g_utf8_validate_len (value, n, NULL))
    valid = g_utf8_make_valid (value, (gssize) n);
  sky_json_quote (line->json, valid != NULL ? valid : value, valid != NULL ? -1 : (gssize) n);
}

static void
put_number (Line *line, const char *name, guint64 value)
{
  put_name (line, name);
  g_string_append_printf (line->json, "%" G_GUINT64_FORMAT, value);
}

/* A peer's JSON as it stands; only line breaks between values, which would end the line, go. */
static void
put_raw (Line *line, const char *name, const char *value, gsize len)
{
  g_autofree char *valid = NULL;
  g_autofree char *flat = NULL;

  if (!g_utf8_validate_len (value, len, NULL))
    {
      value = valid = g_utf8_make_valid (value, (gssize) len);
      len = strlen (valid);
    }
  if (memchr (value, '\n', len) != NULL || memchr (value, '\r', len) != NULL)
    {
      value = flat = sky_json_minify (value, len);
      len = strlen (flat);
    }
  put_name (line, name);
  g_string_append_len (line->json, value, (gssize) len);
}

static void
put_origin (Line *line)
{
  const SkyRecord *record = line->record;
  const SkyStoreLink *link = sky_store_get_link (line->store, record->link);
  g_autofree char *time = sky_clock_format_iso (record->time_usec);

  put_number (line, "n", line->number + G_GUINT64_CONSTANT (1));
  put_string (line, "time", time, -1);
  put_number (line, "link", record->link + 1u);
  if (link != NULL && link->remote != NULL)
    put_string (line, "peer", link->remote, -1);
  else
    put_raw (line, "peer", "null", 4);
  put_string (line, "dir", sky_store_get_dir_id (line->store, record), -1);
  put_string (line, "layer", sky_layer_id (record->layer), -1);
  put_string (line, "kind", sky_kind_id (record->kind), -1);
  put_number (line, "size", sky_row_wire_len (line->store, record));
}

static gboolean
is_event (const SkyRecord *record)
{
  return record->layer == SKY_LAYER_SIO
         && (record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT);
}

static gboolean
is_ack (const SkyRecord *record)
{
  return record->layer == SKY_LAYER_SIO
         && (record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK);
}

/* The name as it was spelled, if the whole packet is JSON; else what a row makes of it. */
static void
put_event (Line *line)
{
  g_autoptr(GBytes) body = sky_store_get_body (line->store, line->number, G_MAXSIZE);
  gsize len;
  const char *text = g_bytes_get_data (body, &len);
  SkyJsonValue root, name;
  SkyJsonIter iter;

  if (len > 0 && sky_json_parse (text, len, &root, NULL, NULL) && root.type == SKY_JSON_ARRAY)
    {
      sky_json_iter_init (&iter, text, &root);
      if (sky_json_iter_next (&iter, NULL, &name) && name.type == SKY_JSON_STRING)
        {
          put_raw (line, "event", text + name.start, name.len);
          return;
        }
    }
  if (line->summary.event != NULL)
    put_string (line, "event", line->summary.event, -1);
}

static void
put_sio (Line *line)
{
  const SkyRecord *record = line->record;
  g_autofree char *args = NULL, *redacted = NULL;

  if (record->layer != SKY_LAYER_SIO)
    return;
  if (line->summary.nsp != NULL)
    put_string (line, "nsp", line->summary.nsp, -1);
  if (is_event (record))
    put_event (line);
  args = sky_describe_args (line->number, &line->source);
  if (args != NULL)
    redacted = sky_redact_admin_event (line->summary.event, args);
  if (args != NULL)
    put_raw (line, "args", redacted != NULL ? redacted : args, strlen (redacted != NULL ? redacted : args));
  if (line->summary.has_ack)
    put_number (line, "ack", line->summary.ack);
  if (!is_ack (record) || record->mate == SKY_RECORD_NONE)
    return;
  put_number (line, "ack_of", record->mate + G_GUINT64_CONSTANT (1));
  put_number (line, "latency_usec", (guint64) MAX (0, sky_row_latency_usec (line->store, record)));
}

/* A message that is no text, and that no layer above shows. */
static void
put_binary (Line *line, GBytes *body)
{
  g_autofree char *base64
      = g_base64_encode (g_bytes_get_data (body, NULL), g_bytes_get_size (body));

  put_name (line, "args");
  g_string_append_printf (line->json, "[{\"$bin\":\"%s\"}]", base64);
}

static void
put_details (Line *line)
{
  const SkySummary *summary = &line->summary;
  const SkyRecord *record = line->record;

  if (summary->sid != NULL)
    put_string (line, "sid", summary->sid, -1);
  if (record->layer == SKY_LAYER_WS && record->kind == SKY_KIND_CLOSE)
    {
      put_number (line, "code", summary->code);
      put_string (line, "reason", summary->reason != NULL ? summary->reason : "", -1);
    }
  if (summary->status != 0)
    put_number (line, "status", summary->status);
  if ((record->layer == SKY_LAYER_HTTP || record->layer == SKY_LAYER_UPGRADE)
      && record->head_len > 0)
    {
      g_autoptr(GBytes) head = sky_store_get_wire (line->store, line->number, record->head_len);

      put_string (line, "head", g_bytes_get_data (head, NULL), (gssize) g_bytes_get_size (head));
    }
}

/* What is carried: text as text; a frame in the middle of a message is only a part of one. */
static void
put_text (Line *line)
{
  const SkyRecord *record = line->record;
  g_autoptr(GBytes) body = NULL;
  g_autofree char *redacted = NULL;
  gsize len;
  const char *text;

  if (is_event (record) || is_ack (record)
      || (record->layer == SKY_LAYER_WS && record->kind == SKY_KIND_CLOSE))
    return;
  body = sky_store_get_body (line->store, line->number, G_MAXSIZE);
  text = g_bytes_get_data (body, &len);
  if ((record->layer == SKY_LAYER_SIO || (record->flags & SKY_RECORD_COVERED)) && len > 0)
    redacted = sky_redact_admin (text, len, &len);
  if (redacted != NULL)
    text = redacted;
  if (record->kind == SKY_KIND_BINARY || !g_utf8_validate_len (text, len, NULL))
    {
      if (record->kind == SKY_KIND_TEXT || redacted != NULL)
        put_string (line, "text", text, (gssize) len);
      else if (len > 0 && !(record->flags & SKY_RECORD_COVERED))
        put_binary (line, body);
    }
  else if (len > 0 || record->kind == SKY_KIND_TEXT)
    put_string (line, "text", text, (gssize) len);
}

static void
put_faults (Line *line)
{
  const SkyFaultInfo *table = sky_layer_faults (line->record->layer);
  const SkyFaultInfo *fault = sky_fault_next (table, line->record->faults, NULL);

  if (fault == NULL)
    return;
  put_name (line, "faults");
  for (const char *before = "["; fault != NULL;
       fault = sky_fault_next (table, line->record->faults, fault))
    {
      g_string_append_printf (line->json, "%s{\"id\":", before);
      sky_json_quote (line->json, fault->id, -1);
      g_string_append (line->json, ",\"text\":");
      sky_json_quote (line->json, fault->text, -1);
      g_string_append (line->json, ",\"section\":");
      sky_json_quote (line->json, fault->section, -1);
      g_string_append_c (line->json, '}');
      before = ",";
    }
  g_string_append_c (line->json, ']');
}

/**
 * sky_export_json_line:
 * @number: of a record that @store has
 *
 * Says all of one record as machines want it; nothing is translated, and a peer's JSON stays as
 * it was spelled; only what an admin namespace tells of others is redacted, see sky_redact_admin().
 *
 * Returns: (transfer full): a JSON object on one line, without the line's end
 */
char *
sky_export_json_line (SkyStore *store, guint32 number)
{
  Line line = { .store = store, .number = number };

  g_return_val_if_fail (SKY_IS_STORE (store), NULL);
  g_return_val_if_fail (number < sky_store_get_n_records (store), NULL);

  line.source = sky_store_get_source (store);
  line.record = sky_store_get_record (store, number);
  line.json = g_string_new ("{");
  sky_summary_make (&line.summary, number, &line.source, 4096);
  put_origin (&line);
  put_sio (&line);
  put_details (&line);
  put_text (&line);
  if (line.summary.n_attachments > 0)
    put_number (&line, "attachments", line.summary.n_attachments);
  if (line.record->flags & SKY_RECORD_COMPRESSED)
    put_raw (&line, "compressed", "true", 4);
  put_faults (&line);
  g_string_append_c (line.json, '}');
  sky_summary_clear (&line.summary);
  return g_string_free (line.json, FALSE);
}

#include "stack/describe-private.h"

#include <glib/gi18n-lib.h>

#include "eio/eio-packet.h"
#include "http/http-head.h"
#include "sio/sio-packet.h"
#include "ws/ws-close.h"

static void
buffer_free (gpointer data)
{
  SkyDetailBuffer *buffer = data;

  g_free (buffer->title);
  g_bytes_unref (buffer->bytes);
  g_free (buffer);
}

/* Takes @bytes. Returns: the buffer's index */
static guint
add_buffer (SkyDetail *self, const char *title, GBytes *bytes)
{
  SkyDetailBuffer *buffer = g_new0 (SkyDetailBuffer, 1);

  buffer->title = g_strdup (title);
  buffer->bytes = bytes;
  g_ptr_array_add (self->buffers, buffer);
  return self->buffers->len - 1;
}

/* The body does not stand in the record's bytes as it is: it gets a buffer of its own. */
static const char *
body_title (const SkyRecord *record)
{
  if (record->flags & SKY_RECORD_DERIVED)
    {
      if (record->layer == SKY_LAYER_WS)
        return record->flags & SKY_RECORD_COMPRESSED ? _("Inflated message") : _("Message joined from its fragments");
      if (record->layer == SKY_LAYER_SIO)
        return record->body_len > 0 ? _("Data as JSON") : NULL;
      return record->layer == SKY_LAYER_EIO ? _("Decoded from base64") : _("Body");
    }
  return record->flags & SKY_RECORD_MASKED ? _("Unmasked") : NULL;
}

static void
add_faults (SkyDetail *self, const SkyRecord *record)
{
  const SkyFaultInfo *fault = NULL;

  while ((fault = sky_fault_next (sky_layer_faults (record->layer), record->faults, fault)) != NULL)
    sky_fields_add (self->fields, "⚠", 0, 0, "%s (%s)", _(fault->text), fault->section)->faulty = TRUE;
}

static void
add_close_fields (SkyFields *fields, const guint8 *payload, gsize len)
{
  SkyWsClose close = { 0 };

  sky_ws_close_decode (payload, len, &close);
  sky_fields_add (fields, _("close code"), 0, len >= 2 ? 2 : 0, "%u %s", close.code,
                  sky_ws_close_code_name (close.code));
  if (close.reason_len > 0)
    sky_fields_add (fields, _("reason"), close.reason_start, close.reason_len, "%.*s", (int) close.reason_len,
                    (const char *) payload + close.reason_start);
}

static void
add_unit_fields (SkyDetail *self, const SkyRecord *record, const guint8 *data, gsize len)
{
  if (record->layer == SKY_LAYER_HTTP || record->layer == SKY_LAYER_UPGRADE)
    {
      g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);
      gssize n = sky_http_head_decode (data, len, record->kind == SKY_KIND_RESPONSE, head, NULL);

      if (n > 0)
        sky_http_head_fields (head, data, n, self->fields);
    }
  else if (record->layer == SKY_LAYER_WS)
    {
      SkyWsFrame frame;
      gssize n = sky_ws_frame_decode (data, len, &frame, NULL);

      frame.faults = record->faults; /* what the message's context said too */
      if (n > 0)
        sky_ws_frame_fields (&frame, n, (record->flags & SKY_RECORD_COMPRESSED) != 0, self->fields);
    }
  else if (record->layer == SKY_LAYER_EIO)
    {
      SkyEioPacket packet;

      sky_eio_packet_decode_form (data, len, record->form, &packet);
      sky_eio_packet_fields (&packet, data, len, self->fields);
    }
  else if (sky_describe_is_msgpack (record))
    sky_describe_msgpack_fields (data, len, self->fields);
  else if (record->layer == SKY_LAYER_SIO && !sky_describe_is_octets (record))
    {
      SkySioPacket packet;

      sky_sio_packet_decode ((const char *) data, len, &packet);
      sky_sio_packet_fields (&packet, (const char *) data, len, self->fields);
    }
}

/* Where the unit of the next layer lies: in which buffer, and how far from its beginning. */
typedef struct
{
  guint buffer;
  gsize origin;
} Place;

/* What we noted ourselves: its text never crossed the wire, so no bytes are shown for it. */
static void
add_note (SkyDetail *self, guint32 number, const SkyBytesSource *source)
{
  const SkyRecord *record = source->record (source->data, number);
  g_autoptr(GBytes) body = source->body (source->data, number, G_MAXSIZE);

  sky_fields_open (self->fields, sky_layer_title (record->layer), 0, 0, "%s", sky_kind_id (record->kind));
  sky_fields_add (self->fields, _("Text"), 0, 0, "%.*s", (int) MIN (g_bytes_get_size (body), G_MAXINT),
                  (const char *) g_bytes_get_data (body, NULL));
  sky_fields_close (self->fields);
}

static void
add_layer (SkyDetail *self, guint32 number, const SkyBytesSource *source, Place *place)
{
  const SkyRecord *record = source->record (source->data, number);
  g_autoptr(GBytes) unit = NULL;
  const char *title = body_title (record);
  gsize len;
  const guint8 *data;

  if (record->len == 0 && record->flags & SKY_RECORD_DERIVED)
    {
      add_note (self, number, source);
      return;
    }
  if (record->parent != SKY_RECORD_NONE)
    {
      add_layer (self, record->parent, source, place);
      place->origin += record->start;
    }
  unit = source->wire (source->data, number, G_MAXSIZE);
  data = g_bytes_get_data (unit, &len);
  if (record->parent == SKY_RECORD_NONE && len > 0)
    place->buffer = add_buffer (self, _("On the wire"), g_bytes_ref (unit));
  sky_fields_place (self->fields, place->buffer, place->origin);
  if (len > 0)
    add_unit_fields (self, record, data, len);
  add_faults (self, record);
  place->origin += record->head_len;
  if (title != NULL)
    *place = (Place) { .buffer = add_buffer (self, title, source->body (source->data, number, G_MAXSIZE)) };
  if (record->layer == SKY_LAYER_WS && record->kind == SKY_KIND_CLOSE && record->len > 0)
    {
      g_autoptr(GBytes) body = source->body (source->data, number, G_MAXSIZE);

      sky_fields_place (self->fields, place->buffer, place->origin);
      add_close_fields (self->fields, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    }
}

static void
add_attachments (SkyDetail *self, guint32 number, const SkyBytesSource *source)
{
  g_autoptr(GPtrArray) attachments = sky_describe_attachments (number, source);

  for (guint i = 0; i < attachments->len; i++)
    {
      g_autofree char *title = g_strdup_printf (_("Attachment %u"), i);
      GBytes *bytes = g_ptr_array_index (attachments, i);

      sky_fields_place (self->fields, add_buffer (self, title, g_bytes_ref (bytes)), 0);
      sky_fields_add (self->fields, title, 0, g_bytes_get_size (bytes), _("%zu bytes"),
                      g_bytes_get_size (bytes));
    }
}

/**
 * sky_detail_new:
 * @number: of a record that exists
 *
 * Decodes a record whole: the cake from the wire up to it, every field with its bytes.
 *
 * Returns: (transfer full): the detail
 */
SkyDetail *
sky_detail_new (guint32 number, const SkyBytesSource *source)
{
  SkyDetail *self = g_new0 (SkyDetail, 1);
  Place place = { 0 };

  self->fields = sky_fields_new ();
  self->buffers = g_ptr_array_new_with_free_func (buffer_free);
  if (source->record (source->data, number) != NULL)
    {
      add_layer (self, number, source, &place);
      add_attachments (self, number, source);
    }
  self->explain = sky_explain (number, source);
  return self;
}

void
sky_detail_free (SkyDetail *self)
{
  sky_fields_free (self->fields);
  g_ptr_array_unref (self->buffers);
  g_free (self->explain);
  g_free (self);
}

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/hex.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"

#define PREVIEW_LEN 120  /* bytes of a value that a field shows */
#define MAX_ARGS    1000 /* arguments that get a field each */

static void
add_type (const SkySioPacket *packet, const char *text, gsize len, SkyFields *fields)
{
  g_autofree char *shown = NULL;

  if (packet->type != SKY_SIO_UNKNOWN)
    {
      sky_fields_add (fields, _("Type"), 0, 1, "%d (%s)", packet->type,
                      sky_sio_type_name (packet->type));
      return;
    }
  shown = len > 0 ? sky_hex_printable ((const guint8 *) text, len, 1) : g_strdup (_("nothing"));
  sky_fields_add (fields, _("Type"), 0, MIN (len, 1), _("%s (no such type)"), shown)->faulty = TRUE;
}

static void
add_head (const SkySioPacket *packet, const char *text, SkyFields *fields)
{
  gsize head_len = packet->nsp_len > 0 ? packet->nsp_start : packet->id_start;

  if (packet->type == SKY_SIO_BINARY_EVENT || packet->type == SKY_SIO_BINARY_ACK)
    sky_fields_add (fields, _("Attachments"), 1, head_len - 1, "%u", packet->n_attachments)->faulty
        = (packet->faults & SKY_SIO_FAULT_ATTACHMENTS) != 0;
  if (packet->nsp_len > 0)
    {
      g_autofree char *shown = sky_hex_printable ((const guint8 *) text + packet->nsp_start,
                                                  packet->nsp_len, PREVIEW_LEN);

      sky_fields_add (fields, _("Namespace"), packet->nsp_start, packet->nsp_len, "%s", shown);
    }
  else
    sky_fields_add (fields, _("Namespace"), 0, 0, _("/ (default, not written)"));
  if (packet->has_id)
    sky_fields_add (fields, _("Ack id"), packet->id_start, packet->id_len, "%.*s",
                    (int) MIN (packet->id_len, PREVIEW_LEN), text + packet->id_start)
        ->faulty
        = (packet->faults & SKY_SIO_FAULT_ACK_ID) != 0;
}

static void
add_data (const SkySioPacket *packet, const char *text, SkyFields *fields)
{
  guint32 bad
      = SKY_SIO_FAULT_JSON | SKY_SIO_FAULT_DATA | SKY_SIO_FAULT_DEPTH | SKY_SIO_FAULT_PLACEHOLDER;
  g_autofree char *shown = NULL;

  if (packet->data_len == 0)
    return;
  shown = sky_hex_printable ((const guint8 *) text + packet->data_start, packet->data_len,
                             PREVIEW_LEN);
  sky_fields_add (fields, _("Data"), packet->data_start, packet->data_len, "%s", shown)->faulty
      = (packet->faults & bad) != 0;
}

/* Returns: (nullable): %NULL if the value speaks for itself */
static const char *
kind_name (SkyJsonType type)
{
  switch (type)
    {
    case SKY_JSON_NUMBER:
      return _("number");
    case SKY_JSON_STRING:
      return _("string");
    case SKY_JSON_ARRAY:
      return _("array");
    case SKY_JSON_OBJECT:
      return _("object");
    case SKY_JSON_NULL:
    case SKY_JSON_FALSE:
    case SKY_JSON_TRUE:
      break;
    }
  return NULL;
}

static void
add_arg (const SkySioPacket *packet, const char *json, const SkyJsonValue *arg, guint index,
         SkyFields *fields)
{
  g_autofree char *name = g_strdup_printf ("[%u]", index);
  g_autofree char *shown
      = sky_hex_printable ((const guint8 *) json + arg->start, arg->len, PREVIEW_LEN);
  gsize start = packet->data_start + arg->start;
  const char *kind = kind_name (arg->type);
  guint64 num;

  if (packet->n_attachments > 0 && sky_sio_attach_placeholder (json, arg, &num))
    sky_fields_add (fields, name, start, arg->len, _("%s (attachment %u)"), shown,
                    (guint) MIN (num, G_MAXUINT))
        ->faulty
        = num >= packet->n_attachments;
  else if (kind != NULL)
    sky_fields_add (fields, name, start, arg->len, "%s (%s)", shown, kind);
  else
    sky_fields_add (fields, name, start, arg->len, "%s", shown);
}

static void
add_args (const SkySioPacket *packet, const char *json, const SkySioEvent *event, SkyFields *fields)
{
  gsize end = event->args_start + event->args_len;
  SkyJsonIter iter = { .text = json, .pos = event->args_start, .end = end };
  SkyJsonValue arg;
  guint n = 0;

  while (n < MAX_ARGS && sky_json_iter_next (&iter, NULL, &arg))
    add_arg (packet, json, &arg, n++, fields);
  if (event->n_args > n)
    sky_fields_add (fields, "…", packet->data_start + iter.pos, end - iter.pos, _("%u more"),
                    event->n_args - n);
}

static void
add_event (const SkySioPacket *packet, const char *json, SkyFields *fields)
{
  gboolean named = packet->type == SKY_SIO_EVENT || packet->type == SKY_SIO_BINARY_EVENT;
  guint32 broken = SKY_SIO_FAULT_JSON | SKY_SIO_FAULT_DEPTH | SKY_SIO_FAULT_DATA;
  SkySioEvent event;

  if ((!named && packet->type != SKY_SIO_ACK && packet->type != SKY_SIO_BINARY_ACK)
      || (packet->faults & broken) != 0
      || !sky_sio_event_decode (json, packet->data_len, named, &event))
    return;
  sky_fields_open (fields, named ? _("Event") : _("Acknowledgement"), packet->data_start,
                   packet->data_len, NULL);
  if (event.has_name)
    {
      g_autofree char *shown = sky_hex_printable ((const guint8 *) json + event.name.start,
                                                  event.name.len, PREVIEW_LEN);

      sky_fields_add (fields, _("Name"), packet->data_start + event.name.start, event.name.len,
                      "%s", shown)
          ->faulty
          = (packet->faults & SKY_SIO_FAULT_RESERVED) != 0;
    }
  add_args (packet, json, &event, fields);
  sky_fields_close (fields);
}

/**
 * sky_sio_packet_fields:
 * @text: (array length=len): the text that @packet was decoded from
 * @len: bytes
 * @fields: where the fields go
 *
 * Adds the layer's title and the packet's parts, then a second title with an event's name and
 * arguments, or an ack's.
 */
void
sky_sio_packet_fields (const SkySioPacket *packet, const char *text, gsize len, SkyFields *fields)
{
  sky_fields_open (fields, _("Socket.IO packet"), 0, len, "%s", sky_sio_type_name (packet->type));
  add_type (packet, text, len, fields);
  if (packet->type != SKY_SIO_UNKNOWN)
    add_head (packet, text, fields);
  add_data (packet, text, fields);
  sky_fields_close (fields);
  if (packet->data_len > 0)
    add_event (packet, text + packet->data_start, fields);
}

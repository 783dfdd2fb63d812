#include "fuzz.h"

#include "base/utf8.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"
#include "sio/sio-space.h"

static void
check_event (const char *json, gsize len, gboolean named)
{
  SkySioEvent event = { 0 };
  g_autofree char *name = NULL;

  if (!sky_sio_event_decode (json, len, named, &event))
    return;
  fuzz_check (event.args_start <= len && event.args_len <= len - event.args_start);
  fuzz_check (!event.has_name || event.name.start + event.name.len <= len);
  if (event.has_name)
    {
      name = sky_sio_event_name (&event, json);
      sky_sio_event_reserved (name);
      sky_sio_event_value_reserved (json, &event.name);
    }
}

/* Placeholders that are lowered into JSON lift out again as the same text. */
static void
check_attachments (const char *json, gsize len, guint n_attachments)
{
  g_autoptr(GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GPtrArray) again = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *lifted = NULL, *lowered = NULL, *relifted = NULL;
  SkyJsonValue value;

  sky_sio_attach_check (json, len, n_attachments);
  if (!sky_json_parse (json, len, &value, NULL, NULL))
    return;
  lifted = sky_sio_attach_lift (json, len, attachments, NULL);
  if (lifted == NULL)
    return;
  fuzz_check (sky_json_parse (lifted, strlen (lifted), &value, NULL, NULL));
  lowered = sky_sio_attach_lower (lifted, strlen (lifted), attachments);
  fuzz_check (lowered == NULL || sky_json_parse (lowered, strlen (lowered), &value, NULL, NULL));
  if (lowered != NULL)
    relifted = sky_sio_attach_lift (lowered, strlen (lowered), again, NULL);
  fuzz_check (lowered == NULL || (relifted != NULL && again->len >= attachments->len));
}

static void
check_packet (const char *text,
              gsize len,
              const SkySioPacket *packet,
              SkySioSpaces *spaces,
              gboolean client)
{
  g_autofree char *nsp = sky_sio_packet_nsp (packet, text);
  g_autoptr(SkyFields) fields = sky_fields_new ();

  fuzz_check (packet->nsp_start + packet->nsp_len <= len && packet->id_start + packet->id_len <= len);
  fuzz_check (packet->data_start <= len && packet->data_len <= len - packet->data_start);
  fuzz_check (nsp != NULL && nsp[0] == '/');
  fuzz_check (sky_sio_type_name (packet->type) != NULL);
  sky_sio_packet_fields (packet, text, len, fields);
  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (fields->list, i);

      fuzz_check (field->start + field->len <= len);
      fuzz_check (field->value == NULL || g_utf8_validate (field->value, -1, NULL));
    }
  sky_sio_spaces_packet (spaces, client, packet, nsp);
  if (packet->has_id && (packet->type == SKY_SIO_EVENT || packet->type == SKY_SIO_BINARY_EVENT))
    sky_sio_spaces_ask (spaces, client, nsp, packet->id, 7);
  else if (packet->has_id)
    sky_sio_spaces_answer (spaces, client, nsp, packet->id);
  check_event (text + packet->data_start, packet->data_len, packet->type == SKY_SIO_EVENT);
  check_attachments (text + packet->data_start, packet->data_len, packet->n_attachments);
}

/* Each line is a packet, from client and server in turn. A packet is text: the frame saw to it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr(SkySioSpaces) spaces = sky_sio_spaces_new ();
  gboolean client = TRUE;
  gsize pos = 0;

  if (len % 2 == 1)
    sky_sio_spaces_set_revision (spaces, 3);
  while (pos <= len)
    {
      const guint8 *line_end = pos < len ? memchr (data + pos, '\n', len - pos) : NULL;
      gsize n = line_end != NULL ? (gsize) (line_end - data) - pos : len - pos;
      g_autofree char *exact = n > 0 ? (char *) fuzz_exact (data + pos, n) : g_malloc (1);
      SkySioPacket packet;

      sky_sio_packet_decode (exact, n, &packet);
      check_packet (exact, n, &packet, spaces, client);
      client = !client;
      pos += n + 1;
    }
  return 0;
}

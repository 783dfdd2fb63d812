#include "fuzz.h"

#include "eio/eio-jsonp.h"
#include "eio/eio-open.h"
#include "eio/eio-payload.h"
#include "eio/eio-session.h"

static void
check_open (const guint8 *data, gsize len)
{
  g_auto(SkyEioOpen) open = { 0 };
  g_auto(SkyEioOpen) back = { 0 };
  g_autofree char *text = NULL;

  if (!sky_eio_open_decode ((const char *) data, len, &open))
    return;
  fuzz_check (open.sid != NULL);
  text = sky_eio_open_encode (&open);
  fuzz_check (sky_eio_open_decode (text, strlen (text), &back));
  fuzz_check (g_str_equal (open.sid, back.sid));
  fuzz_check (open.ping_interval_msec == back.ping_interval_msec);
  fuzz_check (open.max_payload == back.max_payload);
}

static void
check_packet (SkyEioSession *session,
              const guint8 *data,
              gsize len,
              const SkyEioPacket *packet,
              gboolean client)
{
  g_autoptr(SkyFields) fields = sky_fields_new ();

  fuzz_check (packet->data_start <= len && packet->data_len <= len - packet->data_start);
  fuzz_check (packet->prefix_len <= packet->data_start);
  fuzz_check (sky_eio_type_name (packet->type) != NULL);
  sky_eio_session_packet (session, client, data, packet);
  sky_eio_packet_fields (packet, data, len, fields);
  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (fields->list, i);

      fuzz_check (field->start + field->len <= len);
      fuzz_check (field->value == NULL || g_utf8_validate (field->value, -1, NULL));
    }
  if (packet->type == SKY_EIO_OPEN)
    check_open (data + packet->data_start, packet->data_len);
}

/* The packets of a payload and the separators between them are all of it. */
static void
check_payload (const guint8 *data, gsize len, SkyEioSession session, gboolean client)
{
  gsize pos = 0, start = 0, packet_len = 0, expected = 0;

  while (sky_eio_payload_next (data, len, &pos, &start, &packet_len))
    {
      g_autofree guint8 *exact = NULL;
      SkyEioPacket packet;

      fuzz_check (start == expected && start <= len && packet_len <= len - start);
      exact = fuzz_exact (data + start, packet_len);
      fuzz_check (packet_len == 0 || memchr (exact, SKY_EIO_SEPARATOR, packet_len) == NULL);
      sky_eio_packet_decode_form (exact, packet_len, SKY_EIO_FORM_ELEMENT, &packet);
      check_packet (&session, exact, packet_len, &packet, client);
      expected = start + packet_len + 1;
    }
  fuzz_check (expected == len + 1);
}

/* So are those of revision 3, with their lengths; and a sound payload has sound packets. */
static void
check_payload_3 (const guint8 *data, gsize len, SkyEioSession session, gboolean client)
{
  SkyEioForm form = sky_eio_payload_form (3, data, len);
  gsize pos = 0, start = 0, packet_len = 0, expected = 0;
  guint32 faults = 0;

  while (sky_eio_payload_step (form, data, len, &pos, &start, &packet_len))
    {
      g_autofree guint8 *exact = NULL;
      SkyEioPacket packet;

      fuzz_check (start == expected && start <= len && packet_len <= len - start);
      fuzz_check (packet_len > 0 || len == 0);
      exact = fuzz_exact (data + start, packet_len);
      sky_eio_packet_decode_form (exact, packet_len, form, &packet);
      check_packet (&session, exact, packet_len, &packet, client);
      faults |= packet.faults;
      expected = start + packet_len;
    }
  fuzz_check (expected == len);
  if (len > 0)
    fuzz_check ((sky_eio_payload_revision (data, len) == 3) == (faults == 0));
}

/* What is written, alone or into a payload, reads back as it was, and is as long as was foretold. */
static void
check_append (const guint8 *data, gsize len, guint revision, gboolean binary)
{
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  gsize growth = sky_eio_payload_growth (0, revision, binary, data, len);
  SkyEioForm form;
  SkyEioPacket packet;

  if (!binary && (revision == 4 && len > 0 && memchr (data, SKY_EIO_SEPARATOR, len) != NULL))
    return;
  sky_eio_payload_append (payload, revision, SKY_EIO_MESSAGE, binary, data, len);
  fuzz_check (payload->len == growth);
  growth = sky_eio_payload_growth (payload->len, revision, FALSE, NULL, 0);
  sky_eio_payload_append (payload, revision, SKY_EIO_PING, FALSE, NULL, 0);
  form = sky_eio_payload_form (revision, payload->data, payload->len);
  sky_eio_packet_decode_form (payload->data, payload->len - growth, form, &packet);
  fuzz_check (packet.faults == 0 && packet.type == SKY_EIO_MESSAGE);
  fuzz_check (packet.base64 == binary && (binary || packet.data_len == len));
}

static void
check_jsonp (const guint8 *data, gsize len)
{
  g_autoptr(GByteArray) payload = g_byte_array_new ();

  fuzz_check (sky_eio_jsonp_answer (data, len, payload) || payload->len == 0);
  g_byte_array_set_size (payload, 0);
  fuzz_check (sky_eio_jsonp_post (data, len, payload) || payload->len == 0);
  fuzz_check (payload->len <= len);
}

static void
check_forms (const guint8 *data, gsize len, SkyEioSession session, gboolean client)
{
  for (SkyEioForm form = SKY_EIO_FORM_TEXT; form <= SKY_EIO_FORM_OCTETS_3; form++)
    {
      SkyEioPacket packet;

      sky_eio_packet_decode_form (data, len, form, &packet);
      fuzz_check (packet.form == form);
      check_packet (&session, data, len, &packet, client);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  for (guint i = 0; i < 8; i++)
    {
      SkyEioSession session = { .revision = i & 1 ? 4 : 3, .upgrading = (i & 2) != 0 };
      SkyEioPacket packet;

      sky_eio_packet_decode (data, len, (i & 2) != 0, &packet);
      check_packet (&session, data, len, &packet, (i & 4) != 0);
      check_payload (data, len, session, (i & 4) != 0);
      check_payload_3 (data, len, session, (i & 4) != 0);
      check_forms (data, len, session, (i & 4) != 0);
    }
  check_append (data, len, 3, FALSE);
  check_append (data, len, 3, TRUE);
  check_append (data, len, 4, FALSE);
  check_append (data, len, 4, TRUE);
  check_jsonp (data, len);
  return 0;
}

#include "fuzz.h"

#include "ws/ws-close.h"
#include "ws/ws-deflate.h"
#include "ws/ws-message.h"

#define MAX_INFLATED 100000

/* What is written reads back, and what a header says can be shown. */
static void
check_frame (const SkyWsFrame *frame, gsize header_len)
{
  guint8 wire[SKY_WS_MAX_HEADER];
  SkyWsFrame back;
  gsize len = sky_ws_frame_encode (frame, wire);
  g_autoptr(SkyFields) fields = sky_fields_new ();

  fuzz_check (header_len <= SKY_WS_MAX_HEADER && len <= header_len);
  fuzz_check (sky_ws_frame_decode (wire, len, &back, NULL) == (gssize) len);
  fuzz_check (back.payload_len == frame->payload_len && back.opcode == frame->opcode);
  fuzz_check (back.fin == frame->fin && back.rsv == frame->rsv && back.masked == frame->masked);
  fuzz_check ((back.faults & ~frame->faults) == 0);
  sky_ws_frame_fields (frame, header_len, FALSE, fields);
  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (fields->list, i);

      fuzz_check (field->len <= header_len + frame->payload_len);
      fuzz_check (field->value == NULL || g_utf8_validate (field->value, -1, NULL));
    }
}

/* Unmasked in two pieces, or in one: the same octets. */
static guint8 *
unmasked (const SkyWsFrame *frame, const guint8 *payload, gsize len, FuzzRandom *random)
{
  guint8 *whole = fuzz_exact (payload, len);
  g_autofree guint8 *pieces = fuzz_exact (payload, len);
  gsize split = fuzz_below (random, len + 1);

  if (!frame->masked || len == 0)
    return whole;
  sky_ws_frame_mask (frame->mask, 0, whole, len);
  sky_ws_frame_mask (frame->mask, 0, pieces, split);
  sky_ws_frame_mask (frame->mask, split, pieces + split, len - split);
  fuzz_check (memcmp (whole, pieces, len) == 0);
  return whole;
}

static void
check_payload (SkyWsInflater *inflater,
               guint8 opcode,
               gboolean compressed,
               const guint8 *payload,
               gsize len)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();

  if (opcode == SKY_WS_CLOSE)
    {
      SkyWsClose closing;

      sky_ws_close_decode (payload, len, &closing);
      fuzz_check (closing.reason_start + closing.reason_len <= len);
    }
  if (!compressed)
    return;
  if (sky_ws_inflater_message (inflater, payload, len, MAX_INFLATED, out, NULL))
    fuzz_check (out->len <= MAX_INFLATED);
}

/* What one side deflates the other inflates, whatever it is. */
static void
check_deflate (const guint8 *data, gsize len, guint bits, gboolean no_takeover)
{
  g_autoptr(SkyWsDeflater) deflater = sky_ws_deflater_new (bits, no_takeover);
  g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (bits, no_takeover);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GByteArray) wire = g_byte_array_new ();
      g_autoptr(GByteArray) back = g_byte_array_new ();

      sky_ws_deflater_message (deflater, data, len, wire);
      fuzz_check (sky_ws_inflater_message (inflater, wire->data, wire->len, len + 1, back, NULL));
      fuzz_check (back->len == len && (len == 0 || memcmp (back->data, data, len) == 0));
    }
}

static void
walk (const guint8 *data, gsize len, SkyWsMessage message, FuzzRandom *random)
{
  g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (15, message.from_client);
  SkyWsFrame frame;
  gssize header_len;

  while ((header_len = sky_ws_frame_decode (data, len, &frame, NULL)) > 0)
    {
      gsize n = (gsize) MIN (frame.payload_len, len - (gsize) header_len);
      g_autofree guint8 *payload = unmasked (&frame, data + header_len, n, random);
      guint32 faults = 0;
      gboolean compressed = FALSE;
      guint8 opcode = 0;

      check_frame (&frame, (gsize) header_len);
      for (gssize cut = 0; cut < header_len; cut++)
        {
          g_autofree guint8 *part = fuzz_exact (data, (gsize) cut);
          SkyWsFrame none;

          fuzz_check (sky_ws_frame_decode (part, (gsize) cut, &none, NULL) == 0);
        }
      sky_ws_message_frame (&message, &frame, &opcode, &compressed, &faults);
      fuzz_check ((frame.faults & ~faults) == 0);
      check_payload (inflater, opcode, compressed, payload, n);
      data += (gsize) header_len + n;
      len -= (gsize) header_len + n;
    }
}

static void
check_params (const guint8 *data, gsize len)
{
  g_autofree char *text = g_strndup ((const char *) data, len);
  SkyWsDeflateParams params = { 0 }, back = { 0 };
  g_autofree char *again = NULL;

  if (!sky_ws_deflate_parse (text, &params) || !params.enabled)
    return;
  fuzz_check (params.server_max_window_bits >= 8 && params.server_max_window_bits <= 15);
  fuzz_check (params.client_max_window_bits >= 8 && params.client_max_window_bits <= 15);
  again = sky_ws_deflate_format (&params);
  fuzz_check (sky_ws_deflate_parse (again, &back));
  fuzz_check (back.server_max_window_bits == params.server_max_window_bits);
  fuzz_check (back.server_no_context_takeover == params.server_no_context_takeover);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  FuzzRandom random = fuzz_random (data, len);

  walk (data, len, (SkyWsMessage) { .from_client = TRUE, .deflate = TRUE }, &random);
  walk (data, len, (SkyWsMessage) { .deflate = fuzz_below (&random, 2) == 0 }, &random);
  check_deflate (data, len, 8 + (guint) fuzz_below (&random, 8), fuzz_below (&random, 2) == 0);
  check_params (data, len);
  return 0;
}

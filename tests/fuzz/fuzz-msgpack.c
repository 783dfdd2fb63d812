#include "fuzz.h"

#include "base/date.h"
#include "base/msgpack.h"
#include "base/utf8.h"
#include "sio/sio-attach.h"
#include "sio/sio-msgpack.h"

static void
check_fields (const SkySioPacket *packet, const guint8 *data, gsize len)
{
  g_autoptr(SkyFields) fields = sky_fields_new ();

  sky_sio_msgpack_fields (packet, data, len, fields);
  fuzz_check (fields->depth == 0);
  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (fields->list, i);

      fuzz_check (field->start <= len && field->len <= len - field->start);
      fuzz_check (field->value == NULL || g_utf8_validate (field->value, -1, NULL));
    }
}

static void
check_json (const char *json)
{
  SkyJsonValue value;

  fuzz_check (sky_utf8_valid ((const guint8 *) json, strlen (json)));
  fuzz_check (sky_json_parse (json, strlen (json), &value, NULL, NULL));
}

/* Returns: what is read of the packet that @json is written to; %NULL if it is too deep for that */
static char *
there_and_back (const char *json)
{
  g_autoptr(GBytes) wire = sky_sio_msgpack_encode (SKY_SIO_EVENT, "/", -1, json, NULL);
  g_auto(SkySioMsgpack) packet = { 0 };

  fuzz_check (wire != NULL);
  fuzz_check (sky_sio_msgpack_decode (g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), &packet));
  fuzz_check (packet.data != NULL || (packet.faults & SKY_SIO_FAULT_DEPTH));
  return g_steal_pointer (&packet.data);
}

/* An undefined becomes null, then a date loses its nanoseconds; from then on nothing changes any more. */
static void
check_settles (const char *json)
{
  g_autofree char *once = there_and_back (json), *twice = NULL;

  if (once == NULL)
    return;
  twice = there_and_back (once);
  fuzz_check (g_strcmp0 (once, twice) == 0);
}

/* JSON becomes a packet, that becomes JSON. */
static void
check_written (SkySioType type, const char *nsp, gint64 id, const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) wire = sky_sio_msgpack_encode (type, nsp, id, json, &error);
  g_auto(SkySioMsgpack) packet = { 0 };
  gsize len;
  const guint8 *data;

  if (wire == NULL)
    {
      fuzz_check (error != NULL);
      return;
    }
  data = g_bytes_get_data (wire, &len);
  fuzz_check (sky_sio_msgpack_is (data, len));
  fuzz_check (sky_sio_msgpack_decode (data, len, &packet));
  fuzz_check (packet.type == type && g_str_equal (packet.nsp, nsp));
  fuzz_check (packet.has_id == (id >= 0) && (id < 0 || packet.id == (guint64) id));
  fuzz_check ((packet.data == NULL) == (json == NULL) || (packet.faults & SKY_SIO_FAULT_DEPTH));
  if (packet.data == NULL)
    return;
  check_json (packet.data);
  check_settles (packet.data);
}

static void
check_message (const guint8 *data, gsize len)
{
  g_auto(SkySioMsgpack) packet = { 0 };
  SkySioPacket parts;
  gboolean found = sky_sio_msgpack_find (data, len, &parts);

  fuzz_check (parts.nsp_start <= len && parts.nsp_len <= len - parts.nsp_start);
  fuzz_check (parts.id_start <= len && parts.id_len <= len - parts.id_start);
  fuzz_check (parts.data_start <= len && parts.data_len <= len - parts.data_start);
  fuzz_check (found || !sky_sio_msgpack_is (data, len));
  fuzz_check (sky_sio_msgpack_decode (data, len, &packet) == found);
  fuzz_check (packet.nsp != NULL && (found || packet.data == NULL));
  check_fields (&parts, data, len);
  if (packet.data == NULL)
    return;
  check_json (packet.data);
  if (packet.type != SKY_SIO_UNKNOWN && packet.nsp[0] != '\0')
    check_written (packet.type, packet.nsp, packet.has_id && packet.id <= G_MAXINT64 ? (gint64) packet.id : -1, packet.data);
}

static void
check_tokens (const guint8 *data, gsize len)
{
  SkyMsgpackToken token;
  gsize pos = 0, end = 0;

  while (pos < len && sky_msgpack_next (data, len, &pos, &token))
    {
      fuzz_check (token.start == end && pos == token.start + token.head_len + token.len && pos <= len && pos > end);
      end = pos;
    }
}

static void
check_date (const guint8 *data, gsize len)
{
  gint64 msec, back;
  g_autofree char *text = NULL;

  if (!sky_date_parse ((const char *) data, len, &msec))
    return;
  text = sky_date_format (msec, 0);
  fuzz_check (sky_date_parse (text, strlen (text), &back) && back == msec);
}

/* Any bytes as a message; as JSON that is to be sent, if they are text. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autofree guint8 *exact = fuzz_exact (data, len);
  g_autofree char *text = len > 0 ? g_strndup ((const char *) data, len) : g_strdup ("");

  check_tokens (exact, len);
  check_message (exact, len);
  check_date (exact, len);
  if (g_utf8_validate (text, -1, NULL))
    check_written ((SkySioType) (len % 5), "/x", (gint64) (len % 3) - 1, text);
  return 0;
}

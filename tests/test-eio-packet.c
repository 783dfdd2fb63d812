#include <string.h>

#include "eio/eio-packet.h"

typedef struct
{
  const char *name, *wire;
  gboolean    payload, binary_frame;
  SkyEioType  type;
  gboolean    binary, base64;
  const char *data;
  guint32     faults;
} Vector;

#define OPEN "{\"sid\":\"x\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}"

static const Vector vectors[] = {
  { "open", "0" OPEN, .type = SKY_EIO_OPEN, .data = OPEN },
  { "open-bare", "0", .type = SKY_EIO_OPEN, .data = "", .faults = SKY_EIO_FAULT_OPEN },
  { "open-array", "0[]", .type = SKY_EIO_OPEN, .data = "[]", .faults = SKY_EIO_FAULT_OPEN },
  { "close", "1", .type = SKY_EIO_CLOSE, .data = "" },
  { "close-data", "1x", .type = SKY_EIO_CLOSE, .data = "x", .faults = SKY_EIO_FAULT_DATA },
  { "ping", "2", .type = SKY_EIO_PING, .data = "" },
  { "probe", "2probe", .type = SKY_EIO_PING, .data = "probe" },
  { "pong", "3probe", .type = SKY_EIO_PONG, .data = "probe" },
  { "message", "4hello", .type = SKY_EIO_MESSAGE, .data = "hello" },
  { "message-empty", "4", .type = SKY_EIO_MESSAGE, .data = "" },
  { "message-emoji", "4\xf0\x9f\x8e\x89", .type = SKY_EIO_MESSAGE, .data = "\xf0\x9f\x8e\x89" },
  { "upgrade", "5", .type = SKY_EIO_UPGRADE, .data = "" },
  { "upgrade-data", "5x", .type = SKY_EIO_UPGRADE, .data = "x", .faults = SKY_EIO_FAULT_DATA },
  { "noop", "6", .type = SKY_EIO_NOOP, .data = "" },
  { "noop-data", "6x", .type = SKY_EIO_NOOP, .data = "x", .faults = SKY_EIO_FAULT_DATA },
  { "seven", "7x", .type = SKY_EIO_UNKNOWN, .data = "7x", .faults = SKY_EIO_FAULT_TYPE },
  { "letter", "hello", .type = SKY_EIO_UNKNOWN, .data = "hello", .faults = SKY_EIO_FAULT_TYPE },
  { "base64-in-frame", "bAQID", .type = SKY_EIO_UNKNOWN, .data = "bAQID",
    .faults = SKY_EIO_FAULT_TYPE },
  { "empty", "", .type = SKY_EIO_UNKNOWN, .data = "", .faults = SKY_EIO_FAULT_EMPTY },
  /* PROTOCOL.md 4.1: no type octet, whatever the first octet looks like */
  { "binary", "4\x01\x02", .binary_frame = TRUE, .type = SKY_EIO_MESSAGE, .binary = TRUE,
    .data = "4\x01\x02" },
  { "binary-empty", "", .binary_frame = TRUE, .type = SKY_EIO_MESSAGE, .binary = TRUE, .data = "" },
  { "payload-text", "4hi", .payload = TRUE, .type = SKY_EIO_MESSAGE, .data = "hi" },
  { "payload-empty", "", .payload = TRUE, .type = SKY_EIO_UNKNOWN, .data = "",
    .faults = SKY_EIO_FAULT_EMPTY },
  { "payload-binary", "bAQIDBA==", .payload = TRUE, .type = SKY_EIO_MESSAGE, .binary = TRUE,
    .base64 = TRUE, .data = "AQIDBA==" },
  { "payload-binary-empty", "b", .payload = TRUE, .type = SKY_EIO_MESSAGE, .binary = TRUE,
    .base64 = TRUE, .data = "" },
};

/* Each is one payload element; whether its base64 is faulted. */
static const struct
{
  const char *wire;
  gboolean    right;
} base64[] = {
  { "bAQID", TRUE },
  { "bAQI=", TRUE },
  { "bAQ==", TRUE },
  { "b+/+/", TRUE },
  { "bAQIDBA", FALSE },
  { "bA", FALSE },
  { "bAQ", FALSE },
  { "bAQI", FALSE },
  { "b-_-_", FALSE },
  { "bAQ=I", FALSE },
  { "b====", FALSE },
  { "bA===", FALSE },
  { "bAR==", FALSE },
  { "bAQJ=", FALSE },
  { "bAQ ID", FALSE },
  { "b AQI", FALSE },
  { "bAQ\nI", FALSE },
  { "bAQ==AQ==", FALSE },
  { "bAQID\xc3\xa9==", FALSE },
};

static void
decode (const Vector *v, gsize len, SkyEioPacket *packet)
{
  g_autofree guint8 *exact = g_memdup2 (v->wire, len);

  if (v->payload)
    sky_eio_packet_decode_payload (exact, len, packet);
  else
    sky_eio_packet_decode (exact, len, v->binary_frame, packet);
  g_assert_cmpuint (packet->data_start + packet->data_len, ==, len);
  g_assert_cmpint (packet->type, <=, SKY_EIO_UNKNOWN);
}

static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  gsize len = strlen (v->wire);
  SkyEioPacket packet;

  for (gsize cut = 0; cut <= len; cut++)
    decode (v, cut, &packet);
  g_assert_cmpint (packet.type, ==, v->type);
  g_assert_cmpint (packet.binary, ==, v->binary);
  g_assert_cmpint (packet.base64, ==, v->base64);
  g_assert_cmphex (packet.faults, ==, v->faults);
  g_assert_cmpmem (v->wire + packet.data_start, packet.data_len, v->data, strlen (v->data));
}

static void
test_base64 (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (base64); i++)
    {
      Vector v = { .wire = base64[i].wire, .payload = TRUE };
      SkyEioPacket packet;

      decode (&v, strlen (v.wire), &packet);
      g_test_message ("%s", v.wire);
      g_assert_cmphex (packet.faults, ==, base64[i].right ? 0 : SKY_EIO_FAULT_BASE64);
    }
}

/* Fields never point outside, and are UTF-8, whatever the bytes are. */
static void
test_fields (gconstpointer data)
{
  const Vector *v = data;

  for (gsize len = 0; len <= strlen (v->wire); len++)
    {
      g_autofree guint8 *exact = g_memdup2 (v->wire, len);
      g_autoptr(SkyFields) fields = sky_fields_new ();
      SkyEioPacket packet;

      decode (v, len, &packet);
      sky_eio_packet_fields (&packet, exact, len, fields);
      g_assert_cmpuint (fields->depth, ==, 0);
      g_assert_cmpuint (fields->list->len, >=, 2);
      for (guint i = 0; i < fields->list->len; i++)
        {
          SkyField *field = g_ptr_array_index (fields->list, i);

          g_assert_cmpuint (field->start + field->len, <=, len);
          g_assert_true (g_utf8_validate (field->value, -1, NULL));
          g_assert_cmpuint (field->depth, ==, i > 0);
        }
    }
}

static void
assert_field (SkyFields *fields, guint index, const char *name, gsize start, gsize len,
              const char *value)
{
  SkyField *field = g_ptr_array_index (fields->list, index);

  g_assert_cmpstr (field->name, ==, name);
  g_assert_cmpuint (field->start, ==, start);
  g_assert_cmpuint (field->len, ==, len);
  g_assert_cmpstr (field->value, ==, value);
}

static void
test_open_fields (void)
{
  static const char wire[] = "0{\"sid\":\"x\",\"maxPayload\":5}";
  g_autoptr(SkyFields) fields = sky_fields_new ();
  SkyEioPacket packet;

  sky_eio_packet_decode ((const guint8 *) wire, strlen (wire), FALSE, &packet);
  sky_eio_packet_fields (&packet, (const guint8 *) wire, strlen (wire), fields);
  g_assert_cmpuint (fields->list->len, ==, 5);
  assert_field (fields, 0, "Engine.IO packet", 0, strlen (wire), "open");
  assert_field (fields, 1, "Type", 0, 1, "0 (open)");
  assert_field (fields, 2, "Data", 1, strlen (wire) - 1, wire + 1);
  assert_field (fields, 3, "sid", 2, 9, "\"x\"");
  assert_field (fields, 4, "maxPayload", 12, 14, "5");
}

static void
test_table (void)
{
  guint32 all = 0;

  for (const SkyFaultInfo *row = sky_eio_faults; row->flag != 0; row++)
    {
      g_assert_cmphex (all & row->flag, ==, 0);
      g_assert_true (g_str_has_prefix (row->id, "eio-"));
      all |= row->flag;
    }
  g_assert_cmphex (all, ==, SKY_EIO_FAULT_DATA * 2 - 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *decode_path = g_strconcat ("/eio-packet/decode/", vectors[i].name, NULL);
      g_autofree char *fields_path = g_strconcat ("/eio-packet/fields/", vectors[i].name, NULL);

      g_test_add_data_func (decode_path, &vectors[i], test_decode);
      g_test_add_data_func (fields_path, &vectors[i], test_fields);
    }
  g_test_add_func ("/eio-packet/base64", test_base64);
  g_test_add_func ("/eio-packet/open-fields", test_open_fields);
  g_test_add_func ("/eio-packet/fault-table", test_table);
  return g_test_run ();
}

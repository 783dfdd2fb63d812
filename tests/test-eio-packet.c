#include <string.h>

#include "base/hex.h"
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
  /* of a client with forceBase64 */
  { "base64-in-frame", "bAQID", .type = SKY_EIO_MESSAGE, .binary = TRUE, .base64 = TRUE, .data = "AQID" },
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
    sky_eio_packet_decode_form (exact, len, SKY_EIO_FORM_ELEMENT, packet);
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

/* Revision 3, PROTOCOL.md 14: packets in every form, in hex; the data begin at @data_start. */
typedef struct
{
  const char *name, *wire;
  SkyEioForm  form;
  SkyEioType  type;
  gboolean    binary, base64;
  gsize       prefix_len, data_start;
  guint32     faults;
} Vector3;

#define TEXT    SKY_EIO_FORM_TEXT_3
#define BINARY  SKY_EIO_FORM_BINARY_3
#define COUNTED SKY_EIO_FORM_COUNTED_3
#define OCTETS  SKY_EIO_FORM_OCTETS_3
#define LENGTH  SKY_EIO_FAULT_LENGTH

static const Vector3 vectors3[] = {
  { "text", "336869", TEXT, SKY_EIO_PONG, .data_start = 1 },
  { "text-base64", "623441514944", TEXT, SKY_EIO_MESSAGE, TRUE, TRUE, .data_start = 2 },
  { "text-base64-empty", "6234", TEXT, SKY_EIO_MESSAGE, TRUE, TRUE, .data_start = 2 },
  { "text-base64-bad", "62344151", TEXT, SKY_EIO_MESSAGE, TRUE, TRUE, .data_start = 2, .faults = SKY_EIO_FAULT_BASE64 },
  { "text-base64-type", "6239", TEXT, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_TYPE },
  { "text-base64-cut", "62", TEXT, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_EMPTY },
  { "text-empty", "", TEXT, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_EMPTY },
  { "binary", "04ff00", BINARY, SKY_EIO_MESSAGE, TRUE, .data_start = 1 },
  { "binary-no-data", "04", BINARY, SKY_EIO_MESSAGE, TRUE, .data_start = 1 },
  { "binary-noop", "06", BINARY, SKY_EIO_NOOP, TRUE, .data_start = 1 },
  { "binary-digit", "34ff", BINARY, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_TYPE },
  { "binary-seven", "07", BINARY, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_TYPE },
  { "binary-empty", "", BINARY, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_EMPTY },
  { "binary-close-data", "0161", BINARY, SKY_EIO_CLOSE, TRUE, .data_start = 1, .faults = SKY_EIO_FAULT_DATA },
  { "counted", "323a3430", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 2, .data_start = 3 },
  { "counted-ten", "31303a34313233343536373839", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 3, .data_start = 4 },
  { "counted-emoji", "333a34f09f8e89", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 2, .data_start = 3 },
  { "counted-emoji-as-one", "323a34f09f8e89", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 2, .data_start = 3, .faults = LENGTH },
  { "counted-emoji-as-four", "353a34f09f8e89", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 2, .data_start = 3, .faults = LENGTH },
  { "counted-base64", "363a623441514944", COUNTED, SKY_EIO_MESSAGE, TRUE, TRUE, 2, 4 },
  { "counted-none", "303a", COUNTED, SKY_EIO_UNKNOWN, .prefix_len = 2, .data_start = 2, .faults = SKY_EIO_FAULT_EMPTY },
  { "counted-empty", "", COUNTED, SKY_EIO_UNKNOWN, .faults = SKY_EIO_FAULT_EMPTY },
  { "counted-too-long", "393a3430", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 2, .data_start = 3, .faults = LENGTH },
  { "counted-too-short", "313a3430", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 2, .data_start = 3, .faults = LENGTH },
  { "counted-no-number", "783a3430", COUNTED, SKY_EIO_UNKNOWN, .faults = LENGTH },
  { "counted-no-colon", "3230", COUNTED, SKY_EIO_UNKNOWN, .faults = LENGTH },
  { "counted-eleven-digits", "30303030303030303030323a3430", COUNTED, SKY_EIO_UNKNOWN, .faults = LENGTH },
  { "counted-ten-digits", "303030303030303030323a3430", COUNTED, SKY_EIO_MESSAGE, .prefix_len = 11, .data_start = 12 },
  { "counted-type", "313a78", COUNTED, SKY_EIO_UNKNOWN, .prefix_len = 2, .data_start = 2, .faults = SKY_EIO_FAULT_TYPE },
  { "octets-text", "0002ff3430", OCTETS, SKY_EIO_MESSAGE, .prefix_len = 3, .data_start = 4 },
  { "octets-text-utf8", "0004ff34e282ac", OCTETS, SKY_EIO_MESSAGE, .prefix_len = 3, .data_start = 4 },
  { "octets-binary", "0103ff04ff00", OCTETS, SKY_EIO_MESSAGE, TRUE, .prefix_len = 3, .data_start = 4 },
  { "octets-twelve", "010102ff040102030405060708090a0b", OCTETS, SKY_EIO_MESSAGE, TRUE, .prefix_len = 4, .data_start = 5 },
  { "octets-no-b", "0003ff623441", OCTETS, SKY_EIO_UNKNOWN, .prefix_len = 3, .data_start = 3, .faults = SKY_EIO_FAULT_TYPE },
  { "octets-too-long", "0109ff0400", OCTETS, SKY_EIO_MESSAGE, TRUE, .prefix_len = 3, .data_start = 4, .faults = LENGTH },
  { "octets-no-length", "01ff0400", OCTETS, SKY_EIO_UNKNOWN, .faults = LENGTH },
  { "octets-two", "0202ff0400", OCTETS, SKY_EIO_UNKNOWN, .faults = LENGTH },
};

static void
test_revision_3 (gconstpointer data)
{
  const Vector3 *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize len = g_bytes_get_size (wire);
  SkyEioPacket packet;

  for (gsize cut = 0; cut <= len; cut++)
    {
      g_autofree guint8 *exact = g_memdup2 (g_bytes_get_data (wire, NULL), cut);
      g_autoptr(SkyFields) fields = sky_fields_new ();

      sky_eio_packet_decode_form (exact, cut, v->form, &packet);
      g_assert_cmpuint (packet.data_start + packet.data_len, ==, cut);
      g_assert_cmpuint (packet.prefix_len, <=, packet.data_start);
      sky_eio_packet_fields (&packet, exact, cut, fields);
      for (guint i = 0; i < fields->list->len; i++)
        {
          SkyField *field = g_ptr_array_index (fields->list, i);

          g_assert_cmpuint (field->start + field->len, <=, cut);
          g_assert_true (g_utf8_validate (field->value, -1, NULL));
        }
    }
  g_assert_cmpint (packet.type, ==, v->type);
  g_assert_cmpint (packet.binary, ==, v->binary);
  g_assert_cmpint (packet.base64, ==, v->base64);
  g_assert_cmpuint (packet.prefix_len, ==, v->prefix_len);
  g_assert_cmpuint (packet.data_start, ==, v->data_start);
  g_assert_cmphex (packet.faults, ==, v->faults);
}

static void
test_length_fields (void)
{
  static const guint8 octets[] = "\1\1\0\xff\4ABCDEFGHI";
  g_autoptr(SkyFields) fields = sky_fields_new ();
  SkyEioPacket packet;

  sky_eio_packet_decode_form ((const guint8 *) "6:b4AQID", 8, COUNTED, &packet);
  sky_eio_packet_fields (&packet, (const guint8 *) "6:b4AQID", 8, fields);
  assert_field (fields, 1, "Length", 0, 2, "6 UTF-16 units");
  assert_field (fields, 2, "Type", 2, 2, "b4 (message, binary data in base64)");
  assert_field (fields, 3, "Data", 4, 4, "3 bytes, in base64");
  sky_eio_packet_decode_form (octets, sizeof octets - 1, OCTETS, &packet);
  g_assert_cmphex (packet.faults, ==, 0);
  sky_eio_packet_fields (&packet, octets, sizeof octets - 1, fields);
  assert_field (fields, 5, "Length", 0, 4, "10 octets, binary");
  assert_field (fields, 6, "Type", 4, 1, "4 (message, an octet: binary data)");
  assert_field (fields, 7, "Data", 5, 9, "9 bytes");
}

/* What is written reads back as it was, in every form that has it. */
static void
test_append (void)
{
  static const char *const texts[] = { "", "x", "grüße ☃ 🎉", "012345678" };

  for (SkyEioForm form = SKY_EIO_FORM_TEXT; form <= SKY_EIO_FORM_OCTETS_3; form++)
    for (guint i = 0; i < G_N_ELEMENTS (texts) * 2; i++)
      {
        gboolean binary = i % 2;
        g_autoptr(GByteArray) out = g_byte_array_new ();
        g_autofree guint8 *back = NULL;
        const char *text = texts[i / 2];
        SkyEioPacket packet;
        gsize len;

        if (!binary && (form == SKY_EIO_FORM_BINARY || form == BINARY))
          continue;
        g_byte_array_append (out, (const guint8 *) "!", 1);
        sky_eio_packet_append (out, form, SKY_EIO_MESSAGE, binary, (const guint8 *) text, strlen (text));
        g_assert_cmpint (out->data[0], ==, '!');
        sky_eio_packet_decode_form (out->data + 1, out->len - 1, form, &packet);
        g_assert_cmphex (packet.faults, ==, 0);
        g_assert_cmpint (packet.type, ==, SKY_EIO_MESSAGE);
        g_assert_cmpint (packet.binary, ==, binary);
        len = packet.data_len;
        back = g_memdup2 (out->data + 1 + packet.data_start, len);
        if (packet.base64 && len > 0)
          {
            g_autofree char *encoded = g_strndup ((const char *) back, len);

            g_free (back);
            back = g_base64_decode (encoded, &len);
          }
        g_assert_cmpmem (back, len, text, strlen (text));
      }
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
  g_assert_cmphex (all, ==, SKY_EIO_FAULT_LENGTH * 2 - 1);
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
  for (gsize i = 0; i < G_N_ELEMENTS (vectors3); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-packet/revision-3/", vectors3[i].name, NULL);

      g_test_add_data_func (path, &vectors3[i], test_revision_3);
    }
  g_test_add_func ("/eio-packet/base64", test_base64);
  g_test_add_func ("/eio-packet/length-fields", test_length_fields);
  g_test_add_func ("/eio-packet/append", test_append);
  g_test_add_func ("/eio-packet/open-fields", test_open_fields);
  g_test_add_func ("/eio-packet/fault-table", test_table);
  return g_test_run ();
}

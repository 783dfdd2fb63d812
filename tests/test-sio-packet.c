#include <string.h>

#include "base/json.h"
#include "sio/sio-packet.h"

typedef struct
{
  const char *name, *wire;
  SkySioType  type;
  guint       n_attachments;
  const char *nsp; /* NULL for "/" */
  const char *id;  /* its digits; NULL for none */
  guint64     id_value;
  const char *data; /* NULL for none */
  guint32     faults;
} Vector;

#define TYPE        SKY_SIO_FAULT_TYPE
#define JSON        SKY_SIO_FAULT_JSON
#define DATA        SKY_SIO_FAULT_DATA
#define NAME        SKY_SIO_FAULT_NAME
#define ATTACHMENTS SKY_SIO_FAULT_ATTACHMENTS
#define PLACEHOLDER SKY_SIO_FAULT_PLACEHOLDER
#define ACK_ID      SKY_SIO_FAULT_ACK_ID
#define P0          "{\"_placeholder\":true,\"num\":0}"
#define P1          "{\"_placeholder\":true,\"num\":1}"

static const Vector vectors[] = {
  { "connect", "0", SKY_SIO_CONNECT },
  { "connect-auth", "0{\"token\":\"x\"}", SKY_SIO_CONNECT, .data = "{\"token\":\"x\"}" },
  { "connect-nsp", "0/chat,", SKY_SIO_CONNECT, .nsp = "/chat" },
  { "connect-no-comma", "0/chat", SKY_SIO_CONNECT, .nsp = "/chat" },
  { "connect-query", "0/chat?x=1,{\"a\":1}", SKY_SIO_CONNECT, .nsp = "/chat?x=1",
    .data = "{\"a\":1}" },
  { "connect-query-digits", "0/chat?x=1", SKY_SIO_CONNECT, .nsp = "/chat?x=1" },
  { "connect-slash", "0/,{}", SKY_SIO_CONNECT, .nsp = "/", .data = "{}" },
  { "connect-array", "0[]", SKY_SIO_CONNECT, .data = "[]", .faults = DATA },
  { "connect-string", "0\"x\"", SKY_SIO_CONNECT, .data = "\"x\"", .faults = DATA },
  { "connect-null", "0null", SKY_SIO_CONNECT, .data = "null", .faults = DATA },
  { "disconnect", "1", SKY_SIO_DISCONNECT },
  { "disconnect-nsp", "1/chat,", SKY_SIO_DISCONNECT, .nsp = "/chat" },
  { "disconnect-data", "1{}", SKY_SIO_DISCONNECT, .data = "{}", .faults = DATA },
  { "disconnect-junk", "1x", SKY_SIO_DISCONNECT, .data = "x", .faults = JSON },
  { "event", "2[\"hello\",1]", SKY_SIO_EVENT, .data = "[\"hello\",1]" },
  { "event-id", "212[\"hello\"]", SKY_SIO_EVENT, .id = "12", .id_value = 12,
    .data = "[\"hello\"]" },
  { "event-all", "2/a/b,0[\"x\"]", SKY_SIO_EVENT, .nsp = "/a/b", .id = "0", .data = "[\"x\"]" },
  { "event-number-name", "2[5,\"x\"]", SKY_SIO_EVENT, .data = "[5,\"x\"]" },
  { "event-space", "2 [ \"x\" ] ", SKY_SIO_EVENT, .data = " [ \"x\" ] " },
  { "event-empty-name", "2[\"\"]", SKY_SIO_EVENT, .data = "[\"\"]" },
  { "event-nothing", "2", SKY_SIO_EVENT, .faults = NAME },
  { "event-only-id", "27", SKY_SIO_EVENT, .id = "7", .id_value = 7, .faults = NAME },
  { "event-empty", "2[]", SKY_SIO_EVENT, .data = "[]", .faults = NAME },
  { "event-null-name", "2[null]", SKY_SIO_EVENT, .data = "[null]", .faults = NAME },
  { "event-object-name", "2[{}]", SKY_SIO_EVENT, .data = "[{}]", .faults = NAME },
  { "event-object", "2{\"a\":1}", SKY_SIO_EVENT, .data = "{\"a\":1}", .faults = DATA },
  { "event-string", "2\"a\"", SKY_SIO_EVENT, .data = "\"a\"", .faults = DATA },
  { "event-half", "2[\"a\"", SKY_SIO_EVENT, .data = "[\"a\"", .faults = JSON },
  { "event-tail", "2[\"a\"]x", SKY_SIO_EVENT, .data = "[\"a\"]x", .faults = JSON },
  { "event-id-junk", "21x[\"a\"]", SKY_SIO_EVENT, .id = "1", .id_value = 1, .data = "x[\"a\"]",
    .faults = JSON },
  { "event-id-negative", "2-1[\"a\"]", SKY_SIO_EVENT, .data = "-1[\"a\"]", .faults = JSON },
  { "event-with-count", "21-[\"a\"]", SKY_SIO_EVENT, .id = "1", .id_value = 1, .data = "-[\"a\"]",
    .faults = JSON },
  { "event-no-comma", "2/chat[\"a\"]", SKY_SIO_EVENT, .nsp = "/chat[\"a\"]", .faults = NAME },
  { "event-nsp-second", "2[\"a\"]/chat,", SKY_SIO_EVENT, .data = "[\"a\"]/chat,", .faults = JSON },
  { "event-id-2^53+1", "29007199254740993[\"a\"]", SKY_SIO_EVENT, .id = "9007199254740993",
    .id_value = G_GUINT64_CONSTANT (9007199254740993), .data = "[\"a\"]" },
  { "event-id-max", "218446744073709551615[\"a\"]", SKY_SIO_EVENT, .id = "18446744073709551615",
    .id_value = G_MAXUINT64, .data = "[\"a\"]" },
  { "event-id-over", "218446744073709551616[\"a\"]", SKY_SIO_EVENT, .id = "18446744073709551616",
    .id_value = G_MAXUINT64, .data = "[\"a\"]", .faults = ACK_ID },
  { "event-id-zeros", "2007[\"a\"]", SKY_SIO_EVENT, .id = "007", .id_value = 7, .data = "[\"a\"]" },
  /* PROTOCOL.md 7.10: with no attachments it is the user's own */
  { "event-lookalike", "2[\"a\"," P1 "]", SKY_SIO_EVENT, .data = "[\"a\"," P1 "]" },
  /* 7.9 */
  { "event-odd-json",
    "2[\"a\",1e300,-0,9007199254740993,\"\\u0000\\ud800\xe2\x80\xa8\",{\"__proto__\":1}]",
    SKY_SIO_EVENT,
    .data = "[\"a\",1e300,-0,9007199254740993,\"\\u0000\\ud800\xe2\x80\xa8\",{\"__proto__\":1}]" },
  { "ack", "30[1,2]", SKY_SIO_ACK, .id = "0", .data = "[1,2]" },
  { "ack-nsp", "3/chat,45[]", SKY_SIO_ACK, .nsp = "/chat", .id = "45", .id_value = 45,
    .data = "[]" },
  { "ack-reserved", "30[\"connect\"]", SKY_SIO_ACK, .id = "0", .data = "[\"connect\"]" },
  { "ack-no-id", "3[1]", SKY_SIO_ACK, .data = "[1]", .faults = ACK_ID },
  { "ack-object", "31{}", SKY_SIO_ACK, .id = "1", .id_value = 1, .data = "{}", .faults = DATA },
  { "ack-no-data", "31", SKY_SIO_ACK, .id = "1", .id_value = 1, .faults = DATA },
  { "ack-over", "318446744073709551616[]", SKY_SIO_ACK, .id = "18446744073709551616",
    .id_value = G_MAXUINT64, .data = "[]", .faults = ACK_ID },
  { "error", "4{\"message\":\"no\"}", SKY_SIO_CONNECT_ERROR, .data = "{\"message\":\"no\"}" },
  { "error-string", "4\"no\"", SKY_SIO_CONNECT_ERROR, .data = "\"no\"" },
  { "error-nsp", "4/x,{\"message\":\"Invalid namespace\"}", SKY_SIO_CONNECT_ERROR, .nsp = "/x",
    .data = "{\"message\":\"Invalid namespace\"}" },
  { "error-none", "4", SKY_SIO_CONNECT_ERROR, .faults = DATA },
  { "error-number", "4/x,null", SKY_SIO_CONNECT_ERROR, .nsp = "/x", .data = "null",
    .faults = DATA },
  { "binary", "51-[\"a\"," P0 "]", SKY_SIO_BINARY_EVENT, 1, .data = "[\"a\"," P0 "]" },
  { "binary-all", "52-/c,3[\"a\"," P1 "," P0 "]", SKY_SIO_BINARY_EVENT, 2, .nsp = "/c", .id = "3",
    .id_value = 3, .data = "[\"a\"," P1 "," P0 "]" },
  { "binary-ten", "510-[\"a\"," P0 "]", SKY_SIO_BINARY_EVENT, 10, .data = "[\"a\"," P0 "]" },
  { "binary-eleven", "511-[\"a\"," P0 "]", SKY_SIO_BINARY_EVENT, 11, .data = "[\"a\"," P0 "]",
    .faults = ATTACHMENTS },
  { "binary-million", "51000000-[\"a\"]", SKY_SIO_BINARY_EVENT, 1000, .data = "[\"a\"]",
    .faults = ATTACHMENTS },
  { "binary-huge", "599999999999999999999-[\"a\"]", SKY_SIO_BINARY_EVENT, 1000, .data = "[\"a\"]",
    .faults = ATTACHMENTS },
  { "binary-zero", "50-[\"a\"]", SKY_SIO_BINARY_EVENT, 0, .data = "[\"a\"]",
    .faults = ATTACHMENTS },
  { "binary-no-count", "5-[\"a\"]", SKY_SIO_BINARY_EVENT, 0, .data = "[\"a\"]",
    .faults = ATTACHMENTS },
  { "binary-no-dash", "51[\"a\"," P0 "]", SKY_SIO_BINARY_EVENT, 1, .data = "[\"a\"," P0 "]",
    .faults = ATTACHMENTS },
  { "binary-bare", "5", SKY_SIO_BINARY_EVENT, 0, .faults = ATTACHMENTS | NAME },
  { "binary-out-of-range", "51-[\"a\"," P1 "]", SKY_SIO_BINARY_EVENT, 1, .data = "[\"a\"," P1 "]",
    .faults = PLACEHOLDER },
  { "binary-splice", "51-[\"a\",{\"_placeholder\":true,\"num\":\"splice\"}]", SKY_SIO_BINARY_EVENT,
    1, .data = "[\"a\",{\"_placeholder\":true,\"num\":\"splice\"}]", .faults = PLACEHOLDER },
  { "binary-ack", "61-0[" P0 "]", SKY_SIO_BINARY_ACK, 1, .id = "0", .data = "[" P0 "]" },
  { "binary-ack-no-id", "61-[" P0 "]", SKY_SIO_BINARY_ACK, 1, .data = "[" P0 "]",
    .faults = ACK_ID },
  { "binary-ack-object", "61-1{}", SKY_SIO_BINARY_ACK, 1, .id = "1", .id_value = 1, .data = "{}",
    .faults = DATA },
  { "seven", "7[\"a\"]", SKY_SIO_UNKNOWN, .data = "7[\"a\"]", .faults = TYPE },
  { "junk", "hello", SKY_SIO_UNKNOWN, .data = "hello", .faults = TYPE },
  { "empty", "", SKY_SIO_UNKNOWN, .faults = TYPE },
};

/* PROTOCOL.md 7.5 */
static const struct
{
  const char *name;
  guint32     faults;
} names[] = {
  { "\"connect\"", SKY_SIO_FAULT_RESERVED },
  { "\"connect_error\"", SKY_SIO_FAULT_RESERVED },
  { "\"disconnect\"", SKY_SIO_FAULT_RESERVED },
  { "\"disconnecting\"", SKY_SIO_FAULT_RESERVED },
  { "\"newListener\"", SKY_SIO_FAULT_RESERVED },
  { "\"removeListener\"", SKY_SIO_FAULT_RESERVED },
  { "\"\\u0063onnect\"", SKY_SIO_FAULT_RESERVED },
  { "\"error\"", 0 },
  { "\"message\"", 0 },
  { "\"ping\"", 0 },
  { "\"Connect\"", 0 },
  { "\"connect \"", 0 },
  { "\"connecting\"", 0 },
  { "\"__proto__\"", 0 },
};

static void
check_positions (const char *wire, gsize len)
{
  g_autofree char *exact = g_memdup2 (wire, len);
  g_autoptr(SkyFields) fields = sky_fields_new ();
  g_autofree char *nsp = NULL;
  SkySioPacket packet;

  sky_sio_packet_decode (exact, len, &packet);
  g_assert_cmpuint (packet.data_start + packet.data_len, ==, len);
  g_assert_cmpuint (packet.nsp_start + packet.nsp_len, <=, len);
  g_assert_cmpuint (packet.id_start + packet.id_len, <=, packet.data_start);
  nsp = sky_sio_packet_nsp (&packet, exact);
  g_assert_cmpint (nsp[0], ==, '/');
  sky_sio_packet_fields (&packet, exact, len, fields);
  g_assert_cmpuint (fields->depth, ==, 0);
  for (guint i = 0; i < fields->list->len; i++)
    {
      SkyField *field = g_ptr_array_index (fields->list, i);

      g_assert_cmpuint (field->start, <=, len);
      g_assert_cmpuint (field->len, <=, len - field->start);
      g_assert_true (field->value == NULL || g_utf8_validate (field->value, -1, NULL));
    }
}

static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  gsize len = strlen (v->wire);
  const char *content = v->data != NULL ? v->data : "";
  g_autofree char *nsp = NULL;
  SkySioPacket packet;

  for (gsize cut = 0; cut <= len; cut++)
    check_positions (v->wire, cut);
  sky_sio_packet_decode (v->wire, len, &packet);
  nsp = sky_sio_packet_nsp (&packet, v->wire);
  g_assert_cmpint (packet.type, ==, v->type);
  g_assert_cmpuint (packet.n_attachments, ==, v->n_attachments);
  g_assert_cmpstr (nsp, ==, v->nsp != NULL ? v->nsp : "/");
  g_assert_cmpint (packet.nsp_len > 0, ==, v->nsp != NULL);
  g_assert_cmpint (packet.has_id, ==, v->id != NULL);
  g_assert_cmpuint (packet.id, ==, v->id_value);
  if (v->id != NULL)
    g_assert_cmpmem (v->wire + packet.id_start, packet.id_len, v->id, strlen (v->id));
  g_assert_cmpmem (v->wire + packet.data_start, packet.data_len, content, strlen (content));
  g_assert_cmphex (packet.faults, ==, v->faults);
}

static void
test_reserved (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (gsize binary = 0; binary < 2; binary++)
      {
        g_autofree char *wire
            = g_strdup_printf ("%s[%s,%s]", binary ? "51-" : "2", names[i].name, binary ? P0 : "1");
        SkySioPacket packet;

        sky_sio_packet_decode (wire, strlen (wire), &packet);
        g_test_message ("%s", wire);
        g_assert_cmphex (packet.faults, ==, names[i].faults);
      }
}

/* PROTOCOL.md 7.9, 17.3 */
static void
test_depth (void)
{
  static const struct
  {
    guint   depth;
    guint32 faults;
  } rows[] = { { 2, 0 }, { SKY_JSON_MAX_DEPTH, 0 }, { SKY_JSON_MAX_DEPTH + 1, SKY_SIO_FAULT_DEPTH },
               { 1000000, SKY_SIO_FAULT_DEPTH } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GString *wire = g_string_new ("2[\"a\",");
      SkySioPacket packet;

      for (guint level = 1; level < rows[i].depth; level++)
        g_string_append_c (wire, '[');
      for (guint level = 0; level < rows[i].depth; level++)
        g_string_append_c (wire, ']');
      sky_sio_packet_decode (wire->str, wire->len, &packet);
      g_assert_cmphex (packet.faults, ==, rows[i].faults);
      check_positions (wire->str, wire->len);
      g_string_free (wire, TRUE);
    }
}

static void
test_encode (void)
{
  static const struct
  {
    SkySioType  type;
    guint       n_attachments;
    const char *nsp;
    gint64      id;
    const char *json, *wire;
  } rows[] = {
    { SKY_SIO_CONNECT, 0, NULL, -1, NULL, "0" },
    { SKY_SIO_CONNECT, 0, "/", -1, "{\"a\":1}", "0{\"a\":1}" },
    { SKY_SIO_CONNECT, 0, "/chat", -1, NULL, "0/chat," },
    { SKY_SIO_DISCONNECT, 0, "/chat", -1, NULL, "1/chat," },
    { SKY_SIO_EVENT, 0, "/", 0, "[\"a\"]", "20[\"a\"]" },
    { SKY_SIO_EVENT, 3, "/a?b=1", 12, "[\"a\"]", "2/a?b=1,12[\"a\"]" },
    { SKY_SIO_ACK, 0, NULL, G_MAXINT64, "[]", "39223372036854775807[]" },
    { SKY_SIO_BINARY_EVENT, 1, NULL, -1, "[\"a\"," P0 "]", "51-[\"a\"," P0 "]" },
    { SKY_SIO_BINARY_ACK, 2, "/n", 7, "[" P0 "," P1 "]", "62-/n,7[" P0 "," P1 "]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *wire = sky_sio_packet_encode (rows[i].type, rows[i].n_attachments,
                                                     rows[i].nsp, rows[i].id, rows[i].json);
      SkySioPacket packet;

      g_assert_cmpstr (wire, ==, rows[i].wire);
      sky_sio_packet_decode (wire, strlen (wire), &packet);
      g_assert_cmphex (packet.faults, ==, 0);
      g_assert_cmpint (packet.type, ==, rows[i].type);
    }
}

static void
test_fields (void)
{
  static const char wire[] = "51-/c,3[\"pic\"," P0 ",{\"a\":[1]},\"s\",null,7]";
  static const struct
  {
    const char *name, *bytes, *value;
    guint       depth;
  } rows[] = {
    { "Socket.IO packet", wire, "BINARY_EVENT", 0 },
    { "Type", "5", "5 (BINARY_EVENT)", 1 },
    { "Attachments", "1-", "1", 1 },
    { "Namespace", "/c", "/c", 1 },
    { "Ack id", "3", "3", 1 },
    { "Data", wire + 7, wire + 7, 1 },
    { "Event", wire + 7, NULL, 0 },
    { "Name", "\"pic\"", "\"pic\"", 1 },
    { "[0]", P0, P0 " (attachment 0)", 1 },
    { "[1]", "{\"a\":[1]}", "{\"a\":[1]} (object)", 1 },
    { "[2]", "\"s\"", "\"s\" (string)", 1 },
    { "[3]", "null", "null", 1 },
    { "[4]", "7", "7 (number)", 1 },
  };
  g_autoptr(SkyFields) fields = sky_fields_new ();
  SkySioPacket packet;

  sky_sio_packet_decode (wire, strlen (wire), &packet);
  g_assert_cmphex (packet.faults, ==, 0);
  sky_sio_packet_fields (&packet, wire, strlen (wire), fields);
  g_assert_cmpuint (fields->list->len, ==, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      SkyField *field = g_ptr_array_index (fields->list, i);

      g_assert_cmpstr (field->name, ==, rows[i].name);
      g_assert_cmpstr (field->value, ==, rows[i].value);
      g_assert_cmpmem (wire + field->start, field->len, rows[i].bytes, strlen (rows[i].bytes));
      g_assert_cmpuint (field->depth, ==, rows[i].depth);
      g_assert_false (field->faulty);
    }
}

/* An array of a million items must not become a million fields. */
static void
test_many_args (void)
{
  GString *wire = g_string_new ("2[\"a\"");
  g_autoptr(SkyFields) fields = sky_fields_new ();
  SkySioPacket packet;
  SkyField *last;

  for (guint i = 0; i < 1000000; i++)
    g_string_append (wire, ",1");
  g_string_append_c (wire, ']');
  sky_sio_packet_decode (wire->str, wire->len, &packet);
  sky_sio_packet_fields (&packet, wire->str, wire->len, fields);
  g_assert_cmpuint (fields->list->len, <, 1100);
  last = g_ptr_array_index (fields->list, fields->list->len - 1);
  g_assert_cmpstr (last->value, ==, "999000 more");
  g_assert_cmpuint (last->start + last->len, ==, wire->len - 1);
  g_string_free (wire, TRUE);
}

static void
test_table (void)
{
  guint32 all = 0;

  for (const SkyFaultInfo *row = sky_sio_faults; row->flag != 0; row++)
    {
      g_assert_cmphex (all & row->flag, ==, 0);
      g_assert_true (g_str_has_prefix (row->id, "sio-"));
      all |= row->flag;
    }
  g_assert_cmphex (all, ==, SKY_SIO_FAULT_SIZE * 2 - 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/sio-packet/decode/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_decode);
    }
  g_test_add_func ("/sio-packet/reserved", test_reserved);
  g_test_add_func ("/sio-packet/depth", test_depth);
  g_test_add_func ("/sio-packet/encode", test_encode);
  g_test_add_func ("/sio-packet/fields", test_fields);
  g_test_add_func ("/sio-packet/many-args", test_many_args);
  g_test_add_func ("/sio-packet/fault-table", test_table);
  return g_test_run ();
}

#include <math.h>
#include <string.h>

#include "base/hex.h"
#include "base/json.h"
#include "base/msgpack.h"
#include "sio/sio-attach.h"
#include "sio/sio-msgpack.h"

/* "type" is N, "nsp" is "/", "data" follows: what most packets here begin with */
#define PACKET(type, data) "83a474797065" type "a36e7370a12fa464617461" data
#define EVENT(args)        PACKET ("02", args)

/* What socket.io-msgpack-parser 3.0.2 writes; @again: and what we write for the same. */
static const struct
{
  const char *name, *wire;
  SkySioType  type;
  const char *nsp;
  gint64      id;
  const char *json;
  gboolean    again;
} vectors[] = {
  { "connect",
    "83a47479706500a46461746180a36e7370a62f61646d696e",
    SKY_SIO_CONNECT, "/admin", -1, "{}", TRUE },
  { "connect-undefined",
    "83a47479706500a464617461d40000a36e7370a12f",
    SKY_SIO_CONNECT, "/", -1, NULL, FALSE },
  { "connect-answer",
    "83a47479706500a46461746182a3736964b44a74474b55303941386a6d4c5635585a41414147a3706964d40000a36e7370a12f",
    SKY_SIO_CONNECT, "/", -1, "{\"sid\":\"JtGKU09A8jmLV5XZAAAG\",\"pid\":null}", FALSE },
  { "connect-error",
    "83a47479706504a46461746181a76d657373616765b1496e76616c6964206e616d657370616365a36e7370a22f78",
    SKY_SIO_CONNECT_ERROR, "/x", -1, "{\"message\":\"Invalid namespace\"}", TRUE },
  { "disconnect",
    "82a47479706501a36e7370a52f63686174",
    SKY_SIO_DISCONNECT, "/chat", -1, NULL, TRUE },
  { "event",
    "84a47479706502a46461746197a568656c6c6f01ffb06772c3bcc39f6520e2988320f09f8e89c3c2c0a76f7074696f6e7381a8636f6d7072657373c3a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"hello\",1,-1,\"grüße ☃ 🎉\",true,false,null]", FALSE },
  { "event-ack",
    "85a47479706502a46461746191a161a76f7074696f6e7381a8636f6d7072657373c3a26964cd012ca36e7370a52f63686174",
    SKY_SIO_EVENT, "/chat", 300, "[\"a\"]", FALSE },
  { "ack",
    "84a47479706503a2696400a46461746190a36e7370a12f",
    SKY_SIO_ACK, "/", 0, "[]", TRUE },
  { "ints",
    "83a47479706502a464617461dc0014a169007fcc80ccffcd0100cdffffce00010000ceffffffffcf0000000100000000cf001fffffffffffffe0d0dfd080d1ff7fd18000d2ffff7fffd280000000d3ffffffff7fffffffd3ffe0000000000001a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"i\",0,127,128,255,256,65535,65536,4294967295,4294967296,9007199254740991,-32,-33,-128,-129,-32768,-32769,-2147483648,-2147483649,-9007199254740991]", TRUE },
  { "floats",
    "83a47479706502a46461746199a166cb3fe0000000000000cbbfb999999999999acb01a56e1fc2f8f359cb400921fb54442d18cb7ff8000000000000cb7ff0000000000000cbfff0000000000000cb0000000000000001a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"f\",0.5,-0.1,1e-300,3.141592653589793,{\"$num\":\"NaN\"},{\"$num\":\"Infinity\"},{\"$num\":\"-Infinity\"},4.94065645841247e-324]", TRUE },
  { "date",
    "83a47479706502a46461746196a164d7000000000000000000d700000001a1fe6fb213d700ffffffffffffffffd700001eb208c2dc0000d700ffe14df73d240000a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"d\",{\"$date\":\"1970-01-01T00:00:00.000Z\"},{\"$date\":\"2026-11-21T14:08:15.379Z\"},{\"$date\":\"1969-12-31T23:59:59.999Z\"},{\"$date\":\"+275760-09-13T00:00:00.000Z\"},{\"$date\":\"-271821-04-20T00:00:00.000Z\"}]", TRUE },
  { "undefined",
    "83a47479706502a46461746193a175d4000081a161d40000a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"u\",null,{\"a\":null}]", FALSE },
  { "buffers",
    "83a47479706502a46461746194a162c4040102030481a178c400c70100ffa36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"b\",{\"$bin\":\"AQIDBA==\"},{\"x\":{\"$bin\":\"\"}},{\"$bin\":\"/w==\"}]", FALSE },
  { "nested",
    "83a47479706502a46461746192a16e81a1619390809181a16281a1639101a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"n\",{\"a\":[[],{},[{\"b\":{\"c\":[1]}}]]}]", TRUE },
  { "str8",
    "83a47479706502a46461746191d92873737373737373737373737373737373737373737373737373737373737373737373737373737373a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"ssssssssssssssssssssssssssssssssssssssss\"]", TRUE },
  { "escapes",
    "83a47479706502a46461746192a165a7225c0a00e280a8a36e7370a12f",
    SKY_SIO_EVENT, "/", -1, "[\"e\",\"\\\"\\\\\\n\\u0000 \"]", TRUE },
};

static GBytes *
encode (SkySioType type, const char *nsp, gint64 id, const char *json)
{
  g_autoptr(GError) error = NULL;
  GBytes *wire = sky_sio_msgpack_encode (type, nsp, id, json, &error);

  g_assert_no_error (error);
  return wire;
}

/* A packet that was read is written, and read as the same one. */
static void
check_again (const SkySioMsgpack *packet, GBytes *same)
{
  gint64 id = packet->has_id ? (gint64) packet->id : -1;
  g_autoptr(GBytes) wire = encode (packet->type, packet->nsp, id, packet->data);
  g_auto(SkySioMsgpack) back = { 0 };
  gsize len;
  const guint8 *data = g_bytes_get_data (wire, &len);

  g_assert_true (sky_sio_msgpack_is (data, len));
  g_assert_true (sky_sio_msgpack_decode (data, len, &back));
  g_assert_cmpint (back.type, ==, packet->type);
  g_assert_cmpstr (back.nsp, ==, packet->nsp);
  g_assert_cmpint (back.has_id, ==, packet->has_id);
  g_assert_cmpuint (back.id, ==, packet->id);
  g_assert_cmpstr (back.data, ==, packet->data);
  g_assert_cmpuint (back.faults, ==, packet->faults);
  if (same != NULL)
    g_assert_cmpmem (data, len, g_bytes_get_data (same, NULL), g_bytes_get_size (same));
}

static void
test_vector (gconstpointer user_data)
{
  gsize i = GPOINTER_TO_UINT (user_data), len;
  g_autoptr(GBytes) wire = sky_hex_parse (vectors[i].wire);
  const guint8 *data = g_bytes_get_data (wire, &len);
  g_auto(SkySioMsgpack) packet = { 0 };

  for (gsize cut = 0; cut < len; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (data, cut);
      g_auto(SkySioMsgpack) none = { 0 };

      g_assert_false (sky_sio_msgpack_is (part, cut));
      g_assert_false (sky_sio_msgpack_decode (part, cut, &none));
      g_assert_cmpint (none.type, ==, SKY_SIO_UNKNOWN);
      g_assert_cmpuint (none.faults, ==, SKY_SIO_FAULT_MSGPACK);
      g_assert_null (none.data);
      g_assert_nonnull (none.nsp);
    }
  g_assert_true (sky_sio_msgpack_is (data, len));
  g_assert_true (sky_sio_msgpack_decode (data, len, &packet));
  g_assert_cmpint (packet.type, ==, vectors[i].type);
  g_assert_cmpstr (packet.nsp, ==, vectors[i].nsp);
  g_assert_cmpint (packet.has_id, ==, vectors[i].id >= 0);
  g_assert_cmpint ((gint64) packet.id, ==, MAX (vectors[i].id, 0));
  g_assert_cmpstr (packet.data, ==, vectors[i].json);
  g_assert_cmpuint (packet.faults, ==, 0);
  check_again (&packet, vectors[i].again ? wire : NULL);
}

/* What is wrong with a packet that is one nevertheless; and what is none. */
static const struct
{
  const char *name, *wire;
  gboolean    found, is;
  SkySioType  type;
  guint32     faults;
  const char *json;
} judged[] = {
  { "keys-turned", "84a269640ba464617461" "91a161" "a36e7370a22f78a47479706502", TRUE, TRUE, SKY_SIO_EVENT, 0, "[\"a\"]" },
  { "unknown-keys", "86a36e7370a12fa178dc0001c2c00593a161c002c0a464617461" "91a161" "a47479706502", TRUE, TRUE,
    SKY_SIO_EVENT, 0, "[\"a\"]" },
  { "last-counts", "84a47479706501a47479706502a36e7370a12fa46461746191a161", TRUE, TRUE, SKY_SIO_EVENT, 0, "[\"a\"]" },
  { "float-type", "83a474797065cb4000000000000000a36e7370a12fa46461746191a161", TRUE, TRUE, SKY_SIO_EVENT, 0, "[\"a\"]" },
  { "str32-keys", "83db0000000474797065" "02" "da00036e7370d9012fd90464617461" "91a161", TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\"]" },
  { "type-5", PACKET ("05", "91a161"), TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_TYPE, "[\"a\"]" },
  { "type-6", "84a47479706506a36e7370a12fa46461746191a161a2696401", TRUE, FALSE, SKY_SIO_ACK, SKY_SIO_FAULT_TYPE, "[\"a\"]" },
  { "type-7", PACKET ("07", "91a161"), TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, "[\"a\"]" },
  { "type-below", PACKET ("ff", "90"), TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, "[]" },
  { "type-string", PACKET ("a132", "90"), TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, "[]" },
  { "type-1.5", PACKET ("cb3ff8000000000000", "90"), TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, "[]" },
  { "type-huge", PACKET ("cb7fefffffffffffff", "90"), TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, "[]" },
  { "type-nan", PACKET ("cb7ff8000000000000", "90"), TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, "[]" },
  { "no-type", "81a36e7370a12f", TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, NULL },
  { "no-nsp", "82a47479706502a46461746191a161", TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_NSP, "[\"a\"]" },
  { "nsp-nil", "83a47479706502a36e7370c0a46461746191a161", TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_NSP, "[\"a\"]" },
  { "nsp-bin", "83a47479706502a36e7370c4012fa46461746191a161", TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_NSP, "[\"a\"]" },
  { "nsp-no-utf8", "83a47479706502a36e7370a22fffa46461746191a161", TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_NSP, "[\"a\"]" },
  { "nsp-nul", "83a47479706502a36e7370a22f00a46461746191a161", TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_NSP, "[\"a\"]" },
  { "id-nil", "84a47479706502a36e7370a12fa26964c0a46461746191a161", TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_ACK_ID, "[\"a\"]" },
  { "id-below", "84a47479706502a36e7370a12fa26964ffa46461746191a161", TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_ACK_ID, "[\"a\"]" },
  { "id-string", "84a47479706502a36e7370a12fa26964a131a46461746191a161", TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_ACK_ID, "[\"a\"]" },
  { "id-undefined", "84a47479706502a36e7370a12fa26964d40000a46461746191a161", TRUE, TRUE, SKY_SIO_EVENT, 0, "[\"a\"]" },
  { "ack-without-id", PACKET ("03", "90"), TRUE, TRUE, SKY_SIO_ACK, SKY_SIO_FAULT_ACK_ID, "[]" },
  { "data-nil", PACKET ("00", "c0"), TRUE, TRUE, SKY_SIO_CONNECT, SKY_SIO_FAULT_DATA, "null" },
  { "connect-array", PACKET ("00", "90"), TRUE, TRUE, SKY_SIO_CONNECT, SKY_SIO_FAULT_DATA, "[]" },
  { "connect-bin", PACKET ("00", "c400"), TRUE, TRUE, SKY_SIO_CONNECT, SKY_SIO_FAULT_DATA, "{\"$bin\":\"\"}" },
  { "connect-date", PACKET ("00", "d7000000000000000000"), TRUE, TRUE, SKY_SIO_CONNECT, SKY_SIO_FAULT_DATA,
    "{\"$date\":\"1970-01-01T00:00:00.000Z\"}" },
  { "disconnect-data", PACKET ("01", "80"), TRUE, TRUE, SKY_SIO_DISCONNECT, SKY_SIO_FAULT_DATA, "{}" },
  { "event-without", "82a47479706502a36e7370a12f", TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_DATA, NULL },
  { "event-map", EVENT ("80"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_DATA, "{}" },
  { "event-empty", EVENT ("90"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_NAME, "[]" },
  { "event-nil-name", EVENT ("91c0"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_NAME, "[null]" },
  { "event-bin-name", EVENT ("91c400"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_NAME, "[{\"$bin\":\"\"}]" },
  { "event-number-name", EVENT ("9107"), TRUE, TRUE, SKY_SIO_EVENT, 0, "[7]" },
  { "event-reserved", EVENT ("91a7636f6e6e656374"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_RESERVED, "[\"connect\"]" },
  { "error-without", "82a47479706504a36e7370a12f", TRUE, TRUE, SKY_SIO_CONNECT_ERROR, SKY_SIO_FAULT_DATA, NULL },
  { "error-string", PACKET ("04", "a16e"), TRUE, TRUE, SKY_SIO_CONNECT_ERROR, 0, "\"n\"" },
  { "trailing", EVENT ("91a161") "00", TRUE, FALSE, SKY_SIO_EVENT, SKY_SIO_FAULT_MSGPACK, "[\"a\"]" },
  { "no-utf8", EVENT ("92a161a3613cff"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_MSGPACK, "[\"a\",\"a<\xef\xbf\xbd\"]" },
  { "surrogate", EVENT ("92a161a3eda080"), TRUE, TRUE, SKY_SIO_EVENT, SKY_SIO_FAULT_MSGPACK,
    "[\"a\",\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]" },
  /* values that notepack does not write */
  { "keys", EVENT ("92a16188" "01c0" "ffc0" "c3c0" "c0c0" "cb3fe0000000000000c0" "c40161c0" "91a161c0" "cb7ff8000000000000c0"),
    TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",{\"1\":null,\"-1\":null,\"true\":null,\"null\":null,\"0.5\":null,\"\":null,\"\":null,\"\":null}]" },
  { "twice", EVENT ("92a16182a16201a16202"), TRUE, TRUE, SKY_SIO_EVENT, 0, "[\"a\",{\"b\":1,\"b\":2}]" },
  { "uint64", EVENT ("93a161cfffffffffffffffffd38000000000000000"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",18446744073709551615,-9223372036854775808]" },
  { "float-whole", EVENT ("94a161cb3ff0000000000000cb8000000000000000cb7e37e43c8800759c"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",1.0,-0.0,1e+300]" },
  { "float32", EVENT ("92a161ca3dcccccd"), TRUE, TRUE, SKY_SIO_EVENT, 0, "[\"a\",0.10000000149011612]" },
  { "timestamps", EVENT ("94a161d6ff00000001d7ff7735940000000002c70cff3b9ac9ffffffffffffffffff"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",{\"$date\":\"1970-01-01T00:00:01.000Z\"},{\"$date\":\"1970-01-01T00:00:02.500Z\"},"
    "{\"$date\":\"1969-12-31T23:59:59.999999999Z\"}]" },
  { "timestamp-wrong", EVENT ("93a161d7ffee6b280000000000c70cff000000007fffffffffffffff"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",{\"$ext\":[-1,\"7msoAAAAAAA=\"]},{\"$ext\":[-1,\"AAAAAH//////////\"]}]" },
  { "date-out-of-range", EVENT ("93a161d7008000000000000000d700001eb208c2dc0001"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",{\"$ext\":[0,\"gAAAAAAAAAA=\"]},{\"$ext\":[0,\"AB6yCMLcAAE=\"]}]" },
  { "exts", EVENT ("95a161d40501d5800102c70007c70107ff"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",{\"$ext\":[5,\"AQ==\"]},{\"$ext\":[-128,\"AQI=\"]},{\"$ext\":[7,\"\"]},{\"$ext\":[7,\"/w==\"]}]" },
  { "array-buffers", EVENT ("94a161c70000c70800" "0102030405060708" "d5000102"), TRUE, TRUE, SKY_SIO_EVENT, 0,
    "[\"a\",{\"$bin\":\"\"},{\"$bin\":\"AQIDBAUGBwg=\"},{\"$ext\":[0,\"AQI=\"]}]" },
  /* {"type":0,"nsp":"/"} and others of version 2, as text */
  { "text-connect", "7b2274797065223a302c226e7370223a222f227d", TRUE, TRUE, SKY_SIO_CONNECT, 0, NULL },
  { "text-error", "7b2274797065223a342c2264617461223a226e6f222c226e7370223a222f227d", TRUE, TRUE, SKY_SIO_CONNECT_ERROR, 0,
    "\"no\"" },
  { "text-data", "7b2274797065223a312c2264617461223a226e6f222c226e7370223a222f227d", TRUE, TRUE, SKY_SIO_DISCONNECT,
    SKY_SIO_FAULT_DATA, "\"no\"" },
  { "text-event", "7b2274797065223a322c2264617461223a5b2261225d2c226964223a372c226e7370223a222f227d", TRUE, TRUE, SKY_SIO_EVENT,
    0, "[\"a\"]" },
  { "text-no-nsp", "7b2274797065223a307d", TRUE, FALSE, SKY_SIO_CONNECT, SKY_SIO_FAULT_NSP, NULL },
  { "text-type", "7b2274797065223a392c226e7370223a222f227d", TRUE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_TYPE, NULL },
  { "text-other", "7b2261223a307d", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "text-trailing", "7b2274797065223a302c226e7370223a222f227d78", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK,
    NULL },
  /* no packets at all */
  { "empty-map", "80", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "other-map", "82a16101a16202", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "array", "9102", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "text", "3432", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "lie-array", "83a47479706502a36e7370a12fa464617461ddffffffff", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "lie-map", "dfffffffffa47479706502", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "lie-ten", "ddffffffff0000000000", FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
  { "reserved-octet", EVENT ("92a161c1"), FALSE, FALSE, SKY_SIO_UNKNOWN, SKY_SIO_FAULT_MSGPACK, NULL },
};

static void
test_judged (gconstpointer user_data)
{
  gsize i = GPOINTER_TO_UINT (user_data), len;
  g_autoptr(GBytes) wire = sky_hex_parse (judged[i].wire);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (wire, &len), g_bytes_get_size (wire));
  g_auto(SkySioMsgpack) packet = { 0 };
  SkyJsonValue value;

  for (gsize cut = 0; cut < len && judged[i].found; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (data, cut);
      g_auto(SkySioMsgpack) none = { 0 };

      g_assert_cmpint (sky_sio_msgpack_decode (part, cut, &none), ==,
                       (judged[i].faults & SKY_SIO_FAULT_MSGPACK) != 0 && cut + 1 == len && data[len - 1] == 0);
    }
  g_assert_cmpint (sky_sio_msgpack_is (data, len), ==, judged[i].is);
  g_assert_cmpint (sky_sio_msgpack_decode (data, len, &packet), ==, judged[i].found);
  g_assert_cmpint (packet.type, ==, judged[i].type);
  g_assert_cmpuint (packet.faults, ==, judged[i].faults);
  g_assert_cmpstr (packet.data, ==, judged[i].json);
  if (packet.data == NULL)
    return;
  g_assert_true (sky_json_parse (packet.data, strlen (packet.data), &value, NULL, NULL));
  if (packet.faults == 0 && strstr (packet.data, "999Z") == NULL)
    check_again (&packet, NULL);
}

/* JSON that people and rules write, and the data's bytes. */
static const struct
{
  const char *json, *wire;
} written[] = {
  { "[ 1 , -0, -0.0, 1.0, 1e2 ,12e-1]", "9601cb8000000000000000cb8000000000000000cb3ff0000000000000cb4059000000000000cb3ff3333333333333" },
  { "[18446744073709551615,18446744073709551616,-9223372036854775808,-9223372036854775809]",
    "94cfffffffffffffffffcb43f0000000000000d38000000000000000cbc3e0000000000000" },
  { "[1e300,1e999]", "92cb7e37e43c8800759ccb7ff0000000000000" },
  { "{\"a\":{\"$bin\":\"AQ==\"},\"b\":{\"$bin\":\"AQ==\",\"x\":1}}", "82a161c40101a162" "82a424" "62696ea441513d3da17801" },
  { "[{\"$b\\u0069n\":\"AQ\\u003d=\"}]", "91c40101" },
  { "[{\"$bin\":1},{\"$bin\":{\"$bin\":\"\"}}]", "9281a42462696e0181a42462696ec400" },
  { "[{\"$date\":\"today\"},{\"$date\":\"1970-01-01T00:00:00.001Z\"}]", "9281a52464617465a5746f646179d7000000000000000001" },
  { "[{\"$num\":\"nan\"},{\"$num\":1}]", "9281a4246e756da36e616e81a4246e756d01" },
  { "[{\"$ext\":[5,\"AQID\"]},{\"$ext\":[5]},{\"$ext\":[200,\"\"]},{\"$ext\":[1.5,\"\"]},{\"$ext\":[5,\"\",1]}]",
    "95c70305010203" "81a4246578749105" "81a42465787492ccc8a0" "81a42465787492cb3ff8000000000000a0" "81a4246578749305a001" },
  { "[{\"$ext\":[0,\"AA==\"]}]", "91d40000" },
  { "[{\"$ext\":[5,\"AQ==\"]},[[{}]],{\"a\":[]}]", "93d40501919180" "81a16190" },
  { "{\"$bin\":\"AQ==\"}", "c40101" },
  { "\"x\"", "a178" },
  { " null ", "c0" },
  { "[true,false,\"\\ud83c\\udf89\"]", "93c3c2a4f09f8e89" },
  { "[{\"a\":1,\"a\":2}]", "9182a16101a16102" },
};

static void
test_written (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_autoptr(GBytes) wire = encode (SKY_SIO_EVENT, NULL, -1, written[i].json);
      g_autofree char *hex = sky_hex_format (g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), "");
      g_autofree char *whole = g_strdup_printf ("83a47479706502a464617461%sa36e7370a12f", written[i].wire);

      g_assert_cmpstr (hex, ==, whole);
    }
}

static void
test_written_wrong (void)
{
  static const struct
  {
    const char *json, *named;
    GQuark (*domain) (void);
    int code;
  } rows[] = {
    { "[\"a\",[1,2],{\"$bin\":\"AQ\"}]", "[2]", sky_sio_error_quark, SKY_SIO_ERROR_BASE64 },
    { "[{\"$bin\":\"AR==\"}]", "[0]", sky_sio_error_quark, SKY_SIO_ERROR_BASE64 },
    { "[1", "", sky_json_error_quark, SKY_JSON_ERROR_TRUNCATED },
    { "[1,]", "", sky_json_error_quark, SKY_JSON_ERROR_SYNTAX },
    { "", "", sky_json_error_quark, SKY_JSON_ERROR_TRUNCATED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (sky_sio_msgpack_encode (SKY_SIO_EVENT, "/", 1, rows[i].json, &error));
      g_assert_error (error, rows[i].domain (), rows[i].code);
      g_assert_nonnull (strstr (error->message, rows[i].named));
    }
}

static void
test_written_text (void)
{
  g_autofree char *connect = sky_sio_msgpack_encode_text (SKY_SIO_CONNECT, NULL, NULL);
  g_autofree char *refused = sky_sio_msgpack_encode_text (SKY_SIO_CONNECT_ERROR, "/\"x", "\"no\"");
  g_auto(SkySioMsgpack) packet = { 0 };

  g_assert_cmpstr (connect, ==, "{\"type\":0,\"nsp\":\"/\"}");
  g_assert_cmpstr (refused, ==, "{\"type\":4,\"data\":\"no\",\"nsp\":\"/\\\"x\"}");
  g_assert_true (sky_sio_msgpack_decode ((const guint8 *) connect, strlen (connect), &packet));
  g_assert_cmpint (packet.type, ==, SKY_SIO_CONNECT);
  g_assert_cmpstr (packet.nsp, ==, "/");
}

static GByteArray *
begin_event (void)
{
  g_autoptr(GBytes) head = sky_hex_parse ("83a47479706502a36e7370a12fa464617461");
  GByteArray *out = g_byte_array_new ();

  g_byte_array_append (out, g_bytes_get_data (head, NULL), (guint) g_bytes_get_size (head));
  return out;
}

/* As deep as JSON may be, one deeper, and as deep as there are bytes. */
static void
test_depth (void)
{
  static const struct
  {
    guint depth;
    guint32 faults;
  } rows[] = {
    { SKY_JSON_MAX_DEPTH - 2, 0 }, { SKY_JSON_MAX_DEPTH - 1, SKY_SIO_FAULT_DEPTH }, { 2000000, SKY_SIO_FAULT_DEPTH },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int map = 0; map < 2; map++)
      {
        g_autoptr(GByteArray) out = begin_event ();
        g_auto(SkySioMsgpack) packet = { 0 };
        SkyJsonValue value;

        sky_msgpack_put_array (out, 2);
        sky_msgpack_put_string (out, "a", 1);
        for (guint n = 1; n < rows[i].depth; n++)
          {
            sky_msgpack_put_array (out, 1);
            if (map && ++n < rows[i].depth)
              {
                sky_msgpack_put_map (out, 1);
                sky_msgpack_put_string (out, "k", 1);
              }
          }
        sky_msgpack_put_ext (out, 5, (const guint8 *) "x", 1);
        g_assert_true (sky_sio_msgpack_is (out->data, out->len));
        g_assert_true (sky_sio_msgpack_decode (out->data, out->len, &packet));
        g_assert_cmpuint (packet.faults, ==, rows[i].faults);
        g_assert_cmpint (packet.data == NULL, ==, rows[i].faults != 0);
        if (packet.data == NULL)
          continue;
        g_assert_true (sky_json_parse (packet.data, strlen (packet.data), &value, NULL, NULL));
        check_again (&packet, NULL);
      }
}

/* 18 MB of the values that JSON makes most of: it stops at the limit. */
static void
test_size (void)
{
  const guint n = 6 * 1000 * 1000;
  g_autoptr(GByteArray) out = begin_event ();
  g_autofree char *much = g_strnfill (SKY_SIO_MSGPACK_MAX_JSON + 1, ' ');
  g_autoptr(GError) error = NULL;
  g_auto(SkySioMsgpack) packet = { 0 };

  sky_msgpack_put_array (out, n + 1);
  sky_msgpack_put_string (out, "a", 1);
  for (guint i = 0; i < n; i++)
    sky_msgpack_put_ext (out, -100, (const guint8 *) "x", 1);
  g_assert_true (sky_sio_msgpack_decode (out->data, out->len, &packet));
  g_assert_cmpuint (packet.faults, ==, SKY_SIO_FAULT_SIZE);
  g_assert_null (packet.data);
  g_assert_null (sky_sio_msgpack_encode (SKY_SIO_EVENT, "/", -1, much, &error));
  g_assert_error (error, SKY_SIO_ERROR, SKY_SIO_ERROR_SIZE);
}

/* What a peer may send to an echo: to write it takes time as it is long, whatever it looks like. */
static void
test_quick (void)
{
  const guint depth = 1000;
  g_autoptr(GString) flat = g_string_new ("[0"), deep = g_string_new (NULL);
  g_autofree char *much = g_strnfill (1000000, 'x');
  gint64 start_usec = g_get_monotonic_time ();
  g_autoptr(GBytes) one = NULL, two = NULL;

  for (guint i = 0; i < 200000; i++)
    g_string_append (flat, ",{\"$ext\":[5,\"\"]}");
  g_string_append_c (flat, ']');
  for (guint i = 0; i < depth; i++)
    g_string_append (deep, "{\"$ext\":[5,");
  g_string_append_printf (deep, "[\"%s\"]", much);
  for (guint i = 0; i < depth; i++)
    g_string_append (deep, "]}");
  one = encode (SKY_SIO_EVENT, "/", -1, flat->str);
  two = encode (SKY_SIO_EVENT, "/", -1, deep->str);
  g_assert_cmpuint (g_bytes_get_size (one), ==, 24 + 3 * 200000);
  g_assert_cmpuint (g_bytes_get_size (two), >, 1000000);
  g_assert_cmpint (g_get_monotonic_time () - start_usec, <, 10 * G_USEC_PER_SEC);
}

static void
test_fields (void)
{
  g_autoptr(GString) shown = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors) + G_N_ELEMENTS (judged); i++)
    {
      gboolean vector = i < G_N_ELEMENTS (vectors);
      g_autoptr(GBytes) wire = sky_hex_parse (vector ? vectors[i].wire : judged[i - G_N_ELEMENTS (vectors)].wire);
      g_autoptr(SkyFields) fields = sky_fields_new ();
      SkySioPacket packet;
      gsize len;
      const guint8 *data = g_bytes_get_data (wire, &len);

      sky_sio_msgpack_find (data, len, &packet);
      sky_sio_msgpack_fields (&packet, data, len, fields);
      g_assert_cmpuint (fields->depth, ==, 0);
      for (guint k = 0; k < fields->list->len; k++)
        {
          const SkyField *field = g_ptr_array_index (fields->list, k);

          g_assert_cmpuint (field->start + field->len, <=, len);
          g_assert_true (field->value == NULL || g_utf8_validate (field->value, -1, NULL));
          if (vector && g_str_equal (vectors[i].name, "event-ack"))
            g_string_append_printf (shown, "%*s%s: %s [%" G_GSIZE_FORMAT "+%" G_GSIZE_FORMAT "]\n", (int) field->depth, "",
                                    field->name, field->value, field->start, field->len);
        }
    }
  g_assert_cmpstr (shown->str, ==,
                   "Socket.IO packet, MessagePack: EVENT [0+50]\n"
                   " Packet: map of 5 [0+50]\n"
                   "  type: 2 (integer) [1+6]\n"
                   "  data: array of 1 [7+8]\n"
                   "   [0]: “a” (string) [13+2]\n"
                   "  options: map of 1 [15+19]\n"
                   "   compress: true [24+10]\n"
                   "  id: 300 (integer) [34+6]\n"
                   "  nsp: “/chat” (string) [40+10]\n");
}

/* The data's and the id's places are right wherever the keys stand. */
static void
test_find (void)
{
  g_autoptr(GBytes) wire = sky_hex_parse (judged[0].wire);
  SkySioPacket packet;

  g_assert_true (sky_sio_msgpack_find (g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), &packet));
  g_assert_cmpuint (packet.id, ==, 11);
  g_assert_cmpuint (packet.id_start, ==, 4);
  g_assert_cmpuint (packet.id_len, ==, 1);
  g_assert_cmpuint (packet.data_start, ==, 10);
  g_assert_cmpuint (packet.data_len, ==, 3);
  g_assert_cmpuint (packet.nsp_start, ==, 18);
  g_assert_cmpuint (packet.nsp_len, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sio-msgpack/vector/%s", vectors[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_vector);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (judged); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sio-msgpack/judged/%s", judged[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_judged);
    }
  g_test_add_func ("/sio-msgpack/written", test_written);
  g_test_add_func ("/sio-msgpack/written-wrong", test_written_wrong);
  g_test_add_func ("/sio-msgpack/written-text", test_written_text);
  g_test_add_func ("/sio-msgpack/depth", test_depth);
  g_test_add_func ("/sio-msgpack/size", test_size);
  g_test_add_func ("/sio-msgpack/quick", test_quick);
  g_test_add_func ("/sio-msgpack/fields", test_fields);
  g_test_add_func ("/sio-msgpack/find", test_find);
  return g_test_run ();
}

#include "trace/export.h"

#include "base/hex.h"
#include "sio/sio-msgpack.h"
#include "trace/record-filter.h"
#include "trace-talk.h"

/* A session of the MessagePack parser in everything that shows records: what works for text works for it. */

static void
talk_octets (SkyFeed *feed, SkyFrom from, gint64 msec, const char *hex)
{
  g_autoptr(GBytes) octets = sky_hex_parse (hex);

  talk_frame (feed, from, msec, 2, g_bytes_get_data (octets, NULL), g_bytes_get_size (octets));
}

static void
talk_packet (SkyFeed *feed, SkyFrom from, gint64 msec, SkySioType type, gint64 id, const char *json)
{
  g_autoptr(GBytes) wire = sky_sio_msgpack_encode (type, "/chat", id, json, NULL);

  talk_frame (feed, from, msec, 2, g_bytes_get_data (wire, NULL), g_bytes_get_size (wire));
}

/* The Socket.IO records are 6 9 12 15 18 21 24 27. */
static SkyFeed *
talk_msgpack (SkyStore *store)
{
  SkyFeed *feed = sky_feed_new (store, "ws://localhost:3000", SKY_ROLE_CLIENT);

  sky_feed_set_addresses (feed, "127.0.0.1:51544", "127.0.0.1:3000");
  talk_upgrade (feed, 1);
  talk_text (feed, SKY_FROM_SERVER, 2, "0{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
  talk_packet (feed, SKY_FROM_CLIENT, 3, SKY_SIO_CONNECT, -1, "{\"token\":\"123\"}");
  talk_packet (feed, SKY_FROM_SERVER, 4, SKY_SIO_CONNECT, -1, "{\"sid\":\"wZX3oN0bSVIhsaknAAAI\"}");
  talk_packet (feed, SKY_FROM_CLIENT, 5, SKY_SIO_EVENT, 7, "[\"chat message\",\"hello\",{\"n\":42,\"b\":{\"$bin\":\"AQID\"}}]");
  talk_packet (feed, SKY_FROM_SERVER, 16, SKY_SIO_ACK, 7, "[\"ok\",{\"$date\":\"1970-01-01T00:00:00.000Z\"}]");
  talk_packet (feed, SKY_FROM_SERVER, 20, SKY_SIO_EVENT, -1, "[\"tick\",\"Été\"]");
  talk_octets (feed, SKY_FROM_SERVER, 21, "0102");
  talk_packet (feed, SKY_FROM_SERVER, 22, SKY_SIO_ACK, 99, "[]");
  talk_packet (feed, SKY_FROM_CLIENT, 23, SKY_SIO_DISCONNECT, -1, NULL);
  return feed;
}

static void
test_filter (void)
{
  static const struct
  {
    guint layers;
    const char *text, *shown;
  } rows[] = {
    { SKY_FILTER_EVENTS, NULL, "6 9 12 15 18 21 24 27" },
    { SKY_FILTER_ALL, "event:\"Chat Message\"", "12" },
    { SKY_FILTER_ALL, "event:tick", "18" },
    { SKY_FILTER_ALL, "ns:/chat dir:in", "9 15 18 24" },
    { SKY_FILTER_ALL, "kind:event", "12 18" },
    { SKY_FILTER_ALL, "ack:7", "12 15" },
    { SKY_FILTER_ALL, "ack>10ms", "12 15" },
    { SKY_FILTER_ALL, "sid:wZX*", "9" },
    { SKY_FILTER_EVENTS, "HELLO", "12" },
    { SKY_FILTER_EVENTS, "42", "12" },
    { SKY_FILTER_EVENTS, "$bin", "12" },
    { SKY_FILTER_EVENTS, "data:*\"n\":42*", "12" },
    { SKY_FILTER_EVENTS, "ÉTÉ", "18" },
    { SKY_FILTER_EVENTS, "1970", "15" },
    { SKY_FILTER_ALL, "fault:sio-msgpack", "21" },
    { SKY_FILTER_ALL, "fault:sio-ack-id", "24" },
    { SKY_FILTER_ALL, "fault:", "21 24" },
  };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_msgpack (store);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SkyRecordFilter) filter = sky_record_filter_new (rows[i].layers, rows[i].text, NULL);
      g_autoptr(GString) shown = g_string_new (NULL);

      for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
        if (sky_record_filter_match (filter, store, n))
          g_string_append_printf (shown, "%s%u", shown->len > 0 ? " " : "", n);
      g_assert_cmpstr (shown->str, ==, rows[i].shown);
    }
}

static void
test_json_lines (void)
{
  static const struct
  {
    guint32 number;
    const char *json;
  } rows[] = {
    { 9, "\"kind\":\"CONNECT\",\"size\":50,\"nsp\":\"/chat\",\"sid\":\"wZX3oN0bSVIhsaknAAAI\"," },
    { 12, "\"nsp\":\"/chat\",\"event\":\"chat message\",\"args\":[\"hello\",{\"n\":42,\"b\":{\"$bin\":\"AQID\"}}],\"ack\":7}" },
    { 15, "\"nsp\":\"/chat\",\"args\":[\"ok\",{\"$date\":\"1970-01-01T00:00:00.000Z\"}],\"ack\":7,\"ack_of\":13,\"latency_usec\":11000}" },
  };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_msgpack (store);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = sky_export_json_line (store, rows[i].number);

      if (strstr (line, rows[i].json) == NULL)
        g_error ("%s\nlacks\n%s", line, rows[i].json);
    }
}

/* The fields lie in the bytes as they came; the JSON is a buffer beside them. */
static void
test_detail (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_msgpack (store);
  SkyBytesSource source = sky_store_get_source (store);
  g_autoptr(SkyDetail) detail = sky_detail_new (12, &source);
  const SkyDetailBuffer *json = g_ptr_array_index (detail->buffers, detail->buffers->len - 1);
  g_autofree char *payload = sky_describe_payload (12, &source, NULL);
  g_autoptr(GPtrArray) attachments = sky_describe_attachments (12, &source);
  gboolean seen = FALSE;

  for (guint i = 0; i < detail->fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (detail->fields->list, i);
      const SkyDetailBuffer *buffer = g_ptr_array_index (detail->buffers, field->buffer);
      const guint8 *data = g_bytes_get_data (buffer->bytes, NULL);

      g_assert_cmpuint (field->start + field->len, <=, g_bytes_get_size (buffer->bytes));
      if (g_strcmp0 (field->value, "01 02 03 (binary, 3 bytes)") != 0)
        continue;
      seen = TRUE;
      g_assert_cmpstr (field->name, ==, "b");
      g_assert_cmpmem (data + field->start, field->len, "\xa1" "b\xc4\x03\x01\x02\x03", 7);
    }
  g_assert_true (seen);
  g_assert_cmpstr (json->title, ==, "Data as JSON");
  g_assert_cmpmem (g_bytes_get_data (json->bytes, NULL), g_bytes_get_size (json->bytes),
                   "[\"chat message\",\"hello\",{\"n\":42,\"b\":{\"$bin\":\"AQID\"}}]", 53);
  g_assert_nonnull (strstr (detail->explain, "MessagePack"));
  g_assert_nonnull (strstr (detail->explain, "“chat message” with 2 arguments, in the namespace /chat."));
  g_assert_nonnull (strstr (detail->explain, "answered by record 16"));
  g_assert_cmpstr (payload, ==, "[\n  \"hello\",\n  {\n    \"n\": 42,\n    \"b\": {\n      \"$bin\": \"AQID\"\n    }\n  }\n]");
  g_assert_cmpuint (attachments->len, ==, 0);
}

/* A message that is no packet is shown as octets, without made-up fields. */
static void
test_no_packet (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_msgpack (store);
  SkyBytesSource source = sky_store_get_source (store);
  g_autoptr(SkyDetail) detail = sky_detail_new (21, &source);
  g_auto(SkySummary) summary = { 0 };

  sky_summary_make (&summary, 21, &source, 100);
  g_assert_cmpstr (summary.data, ==, "01 02");
  g_assert_null (summary.nsp);
  for (guint i = 0; i < detail->fields->list->len; i++)
    g_assert_null (strstr (((SkyField *) g_ptr_array_index (detail->fields->list, i))->name, "Socket.IO packet"));
}

/* The namespace stands behind data that are longer than a row reads. */
static void
test_long (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_msgpack (store);
  g_autofree char *much = g_strnfill (60000, 'x');
  g_autofree char *json = g_strdup_printf ("[\"long\",\"%s\"]", much);
  SkyBytesSource source = sky_store_get_source (store);
  g_auto(SkySummary) summary = { 0 };

  talk_packet (feed, SKY_FROM_CLIENT, 30, SKY_SIO_CONNECT, -1, NULL);
  talk_packet (feed, SKY_FROM_CLIENT, 31, SKY_SIO_EVENT, 8, json);
  sky_summary_make (&summary, sky_store_get_n_records (store) - 1, &source, 50);
  g_assert_cmpstr (summary.nsp, ==, "/chat");
  g_assert_cmpstr (summary.event, ==, "long");
  g_assert_true (summary.has_ack);
  g_assert_cmpuint (summary.ack, ==, 8);
  g_assert_cmpuint (strlen (summary.data), <, 60);
}

/* Which parser a session has is told by its first message, on whatever path. */
static void
test_told (void)
{
  static const struct
  {
    const char *path;
    gboolean binary;
    const char *hex;
    SkyLayer layer;
    guint32 faults;
  } rows[] = {
    { "/socket.io/", TRUE, "82a47479706500a36e7370a12f", SKY_LAYER_SIO, 0 },
    { "/elsewhere/engine.io/", TRUE, "82a47479706500a36e7370a12f", SKY_LAYER_SIO, 0 },
    { "/elsewhere/engine.io/", TRUE, "82a47479706502a36e7370a12f", SKY_LAYER_EIO, 0 },
    { "/elsewhere/engine.io/", TRUE, "82a16101a16202", SKY_LAYER_EIO, 0 },
    { "/socket.io/", TRUE, "82a16101a16202", SKY_LAYER_SIO, SKY_SIO_FAULT_STRAY_BINARY },
    { "/socket.io/", TRUE, "82a47479706500a36e7370a12f00", SKY_LAYER_SIO, SKY_SIO_FAULT_STRAY_BINARY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
      g_autoptr(SkyFeed) feed = sky_feed_new (store, "a", SKY_ROLE_SERVER);
      g_autofree char *request
          = g_strdup_printf ("GET %s%s", rows[i].path, strchr (TALK_REQUEST, '?'));
      const SkyRecord *last;

      talk_bytes (feed, SKY_FROM_CLIENT, 0, request, strlen (request));
      talk_bytes (feed, SKY_FROM_SERVER, 0, TALK_RESPONSE, strlen (TALK_RESPONSE));
      talk_text (feed, SKY_FROM_SERVER, 1, "0{\"sid\":\"a\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
      talk_octets (feed, SKY_FROM_CLIENT, 2, rows[i].hex);
      last = sky_store_get_record (store, sky_store_get_n_records (store) - 1);
      g_assert_cmpint (last->layer, ==, rows[i].layer);
      g_assert_cmphex (last->faults, ==, rows[i].faults);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stack-msgpack/filter", test_filter);
  g_test_add_func ("/stack-msgpack/json-lines", test_json_lines);
  g_test_add_func ("/stack-msgpack/detail", test_detail);
  g_test_add_func ("/stack-msgpack/no-packet", test_no_packet);
  g_test_add_func ("/stack-msgpack/long", test_long);
  g_test_add_func ("/stack-msgpack/told", test_told);
  return g_test_run ();
}

#include "trace/export.h"

#include <json-glib/json-glib.h>

#include "base/json.h"
#include "trace-talk.h"

/* The line of each record of talk_chat() behind "link":1,"peer":"127.0.0.1:3000". */
static const struct
{
  guint32     number;
  const char *json;
} lines[] = {
  { 0, "\"dir\":\"out\",\"layer\":\"tcp\",\"kind\":\"resolve\",\"size\":0,\"text\":\"localhost is 127.0.0.1\"}" },
  { 3, "\"dir\":\"in\",\"layer\":\"ws\",\"kind\":\"text\",\"size\":109,\"text\":\"0{\\\"sid\\\":\\\"lv_VI97HAXpY6yYWAAAC\\\","
       "\\\"upgrades\\\":[],\\\"pingInterval\\\":25000,\\\"pingTimeout\\\":20000,\\\"maxPayload\\\":1000000}\"}" },
  { 7, "\"dir\":\"out\",\"layer\":\"sio\",\"kind\":\"CONNECT\",\"size\":29,\"nsp\":\"/chat\","
       "\"text\":\"{\\\"token\\\":\\\"123\\\"}\"}" },
  { 10, "\"dir\":\"in\",\"layer\":\"sio\",\"kind\":\"CONNECT\",\"size\":40,\"nsp\":\"/chat\","
        "\"sid\":\"wZX3oN0bSVIhsaknAAAI\",\"text\":\"{\\\"sid\\\":\\\"wZX3oN0bSVIhsaknAAAI\\\"}\"}" },
  { 13, "\"dir\":\"out\",\"layer\":\"sio\",\"kind\":\"EVENT\",\"size\":50,\"nsp\":\"/chat\",\"event\":\"chat message\","
        "\"args\":[\"hello\",{\"n\":1.50}],\"ack\":7}" },
  { 16, "\"dir\":\"in\",\"layer\":\"sio\",\"kind\":\"ACK\",\"size\":17,\"nsp\":\"/chat\",\"args\":[\"ok\"],\"ack\":7,"
        "\"ack_of\":14,\"latency_usec\":11000}" },
  { 19, "\"dir\":\"in\",\"layer\":\"sio\",\"kind\":\"EVENT\",\"size\":40,\"nsp\":\"/chat\",\"event\":\"tick\","
        "\"args\":[\"\\u00e9t\\u00e9 Été\"]}" },
  { 21, "\"dir\":\"in\",\"layer\":\"eio\",\"kind\":\"ping\",\"size\":3}" },
};

static void
check_json (const char *line)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;

  g_assert_null (strchr (line, '\n'));
  g_assert_true (g_utf8_validate (line, -1, NULL));
  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);
}

static void
test_json_lines (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  static const char start[] = "\"link\":1,\"peer\":\"127.0.0.1:3000\",";

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *line = sky_export_json_line (store, lines[i].number);
      g_autofree char *n = g_strdup_printf ("{\"n\":%u,\"time\":\"2023-11-14T22:13:20.", lines[i].number + 1);
      const char *rest = strstr (line, start);

      check_json (line);
      g_assert_true (g_str_has_prefix (line, n));
      g_assert_nonnull (rest);
      g_assert_cmpstr (rest + strlen (start), ==, lines[i].json);
    }
}

static void
test_http (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autofree char *request = sky_export_json_line (store, 1);
  g_autofree char *response = sky_export_json_line (store, 2);

  check_json (request);
  g_assert_nonnull (strstr (request, "\"layer\":\"upgrade\",\"kind\":\"request\",\"size\":189,\"head\":\"GET /socket.io/?"));
  g_assert_nonnull (strstr (response, "\"status\":101,\"head\":\"HTTP/1.1 101 Switching Protocols\\r\\n"));
}

/* Binary, attachments, close, faults, and JSON over several lines. */
static void
test_rest (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  guint32 n = sky_store_get_n_records (store), event;
  g_autofree char *binary = NULL;
  g_autofree char *spread = NULL;
  g_autofree char *close = NULL;

  talk_text (feed, SKY_FROM_SERVER, 30, "451-/chat,[\"pic\",{\"_placeholder\":true,\"num\":0}]");
  talk_frame (feed, SKY_FROM_SERVER, 31, 2, "\0\1", 2);
  event = talk_find (store, n, SKY_LAYER_SIO, SKY_KIND_BINARY_EVENT);
  binary = sky_export_json_line (store, event);
  check_json (binary);
  g_assert_nonnull (strstr (binary, "\"event\":\"pic\",\"args\":[{\"$bin\":\"AAE=\"}],\"attachments\":1}"));

  n = sky_store_get_n_records (store);
  talk_text (feed, SKY_FROM_SERVER, 32, "42/chat,[\"a\",\n{\"b\" :\r\n 1e5}]");
  spread = sky_export_json_line (store, talk_find (store, n, SKY_LAYER_SIO, SKY_KIND_EVENT));
  check_json (spread);
  g_assert_nonnull (strstr (spread, "\"args\":[{\"b\":1e5}]"));

  talk_frame (feed, SKY_FROM_SERVER, 33, 8, "\x03\xedtoo bad", 9);
  close = sky_export_json_line (store, talk_find (store, n, SKY_LAYER_WS, SKY_KIND_CLOSE));
  check_json (close);
  g_assert_nonnull (strstr (close, "\"code\":1005,\"reason\":\"too bad\",\"faults\":[{\"id\":\"ws-"));
  g_assert_nonnull (strstr (close, "\"section\":\"RFC 6455 §"));
}

/* What an admin namespace tells of others stays in the house, in whichever layer it is looked at. */
static void
test_admin (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  guint32 n = sky_store_get_n_records (store);
  static const char zero[] = "40/admin,{\"username\":\"ann\",\"password\":\"secret\",\"\0\":1}";

  talk_text (feed, SKY_FROM_CLIENT, 30, "40/admin,{\"username\":\"ann\",\"password\":\"secret\"}");
  talk_frame (feed, SKY_FROM_CLIENT, 30, 1, zero, sizeof zero - 1);
  talk_text (feed, SKY_FROM_SERVER, 31, "42/admin,[\"session\",\"5ec2e7abcdef0123\"]");
  talk_text (feed, SKY_FROM_SERVER, 32, "42/admin,[\"all_sockets\",[{\"id\":\"a\",\"handshake\":{\"headers\":"
                                        "{\"host\":\"h\",\"cookie\":\"secret\"}}}]]");
  g_assert_cmpuint (sky_store_get_n_records (store), >=, n + 9);
  for (; n < sky_store_get_n_records (store); n++)
    {
      g_autofree char *json = sky_export_json_line (store, n), *human = sky_export_human_line (store, n, FALSE);

      check_json (json);
      g_assert_null (strstr (json, "secret"));
      g_assert_null (strstr (json, "5ec2e7"));
      g_assert_null (strstr (json, "$bin"));
      g_assert_null (strstr (human, "secret"));
      g_assert_null (strstr (human, "5ec2e7"));
    }
}

static void
test_human (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  guint32 n = sky_store_get_n_records (store);
  g_autofree char *event = sky_export_human_line (store, 13, FALSE);
  g_autofree char *ack = sky_export_human_line (store, 16, FALSE);
  g_autofree char *coloured = sky_export_human_line (store, 16, TRUE);
  g_autofree char *nasty = NULL;

  g_assert_cmpstr (event + strlen ("22:13:20.005"), ==,
                   " ↑ sio     /chat    chat message     \"hello\",{\"n\":1.50}  · ack in 11.0 ms");
  g_assert_cmpstr (ack + strlen ("22:13:20.005"), ==,
                   " ↓ sio     /chat    ack              \"ok\"  · of #14 · 11.0 ms");
  g_assert_nonnull (strstr (coloured, "\033[32m↓ \033[0m"));

  talk_text (feed, SKY_FROM_SERVER, 40, "42/\033[31m,[\"\\u001b[2J\\u202e\",\"\\u001b\x7f\"]");
  for (; n < sky_store_get_n_records (store); n++)
    {
      g_clear_pointer (&nasty, g_free);
      nasty = sky_export_human_line (store, n, FALSE);
      for (const char *at = nasty; *at != '\0'; at = g_utf8_next_char (at))
        g_assert_true (g_unichar_isprint (g_utf8_get_char (at)));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/json-lines", test_json_lines);
  g_test_add_func ("/export/http", test_http);
  g_test_add_func ("/export/rest", test_rest);
  g_test_add_func ("/export/human", test_human);
  g_test_add_func ("/export/admin", test_admin);
  return g_test_run ();
}

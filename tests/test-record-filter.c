#include "trace/record-filter.h"

#include <gio/gio.h>
#include <stdio.h>

#include "trace-talk.h"
#include "trace/record-list.h"

/* Which records of talk_chat() a filter shows, as their numbers counted from 0; NULL: it is refused. */
typedef struct
{
  const char *name;
  guint       layers;
  const char *text;
  const char *shown;
  const char *complaint; /* part of the error's sentence */
} Vector;

static const Vector vectors[] = {
  { "everything", SKY_FILTER_ALL, "", "0-26" },
  { "blank", SKY_FILTER_ALL, "  \t ", "0-26" },
  { "events", SKY_FILTER_EVENTS, NULL, "7 10 13 16 19 26" },
  { "handshake", SKY_FILTER_HANDSHAKE, NULL, "0-2" },
  { "engine-io", SKY_FILTER_ENGINE_IO, NULL, "4 6 9 12 15 18 21 23 25" },
  { "nothing", 0, NULL, "" },
  { "event", SKY_FILTER_ALL, "event:tick", "19" },
  { "event-glob", SKY_FILTER_ALL, "event:chat*", "13" },
  { "event-exact", SKY_FILTER_ALL, "event:chat", "" },
  { "event-quoted", SKY_FILTER_ALL, "event:\"Chat Message\"", "13" },
  { "event-alias", SKY_FILTER_ALL, "ev:SLOW", "26" },
  { "ns", SKY_FILTER_ALL, "ns:/chat dir:in", "10 16 19" },
  { "ns-any", SKY_FILTER_ALL, "ns: -dir:in", "7 13 26" },
  { "layer", SKY_FILTER_ALL, "layer:upgrade", "1 2" },
  { "layer-glob", SKY_FILTER_ALL, "layer:*io kind:p*", "21 23" },
  { "kind", SKY_FILTER_ALL, "kind:event", "13 19 26" },
  { "kind-ping", SKY_FILTER_ALL, "kind:ping", "21" },
  { "link", SKY_FILTER_EVENTS, "link:1", "7 10 13 16 19 26" },
  { "link-other", SKY_FILTER_ALL, "link:2", "" },
  { "link-name", SKY_FILTER_EVENTS, "link:ws://localhost*", "7 10 13 16 19 26" },
  { "ack", SKY_FILTER_ALL, "ack:", "13 16 26" },
  { "ack-id", SKY_FILTER_ALL, "ack:7", "13 16" },
  { "ack-slow", SKY_FILTER_ALL, "ack>10ms", "13 16" },
  { "ack-slower", SKY_FILTER_ALL, "ack>0.2s", "" },
  { "ack-quick", SKY_FILTER_ALL, "ack<20", "13 16" },
  { "size", SKY_FILTER_ALL, "size>0.1k layer:ws", "3" },
  { "size-exact", SKY_FILTER_ALL, "size:17", "14 15 16" },
  { "fault", SKY_FILTER_ALL, "fault:", "" },
  { "no-fault", SKY_FILTER_EVENTS, "-fault:", "7 10 13 16 19 26" },
  { "status", SKY_FILTER_ALL, "status:1*", "2" },
  { "status-compared", SKY_FILTER_ALL, "status<400", "2" },
  { "sid", SKY_FILTER_ALL, "sid:wZX*", "10" },
  { "word", SKY_FILTER_EVENTS, "HELLO", "13" },
  { "word-everywhere", SKY_FILTER_ALL, "hello", "11 12 13" },
  { "words", SKY_FILTER_EVENTS, "hello 1.50", "13" },
  { "phrase", SKY_FILTER_EVENTS, "\"hello\\\",{\"", "" },
  { "not-word", SKY_FILTER_EVENTS, "-token -sid -chat", "" },
  { "not-phrase", SKY_FILTER_EVENTS, "-\"chat message\" kind:EVENT", "19 26" },
  { "utf8", SKY_FILTER_EVENTS, "ÉTÉ", "19" },
  { "data", SKY_FILTER_EVENTS, "data:tick", "" },
  { "data-glob", SKY_FILTER_EVENTS, "data:hel*1.5", "13" },
  { "in-ack", SKY_FILTER_EVENTS, "ok dir:in", "16" },
  { "dash", SKY_FILTER_EVENTS, "-", "" },
  { "unknown-key", SKY_FILTER_ALL, "evnt:x", NULL, "“evnt”: there are event, ns, dir" },
  { "url", SKY_FILTER_ALL, "http://x", NULL, "quotes" },
  { "unknown-layer", SKY_FILTER_ALL, "layer:wss", NULL, "“wss”" },
  { "unknown-kind", SKY_FILTER_ALL, "kind:pingg", NULL, "“pingg”" },
  { "unknown-dir", SKY_FILTER_ALL, "dir:up", NULL, "“up”" },
  { "bad-size", SKY_FILTER_ALL, "size>big", NULL, "“big”" },
  { "bad-time", SKY_FILTER_ALL, "ack>3h", NULL, "“3h”" },
  { "bad-ack", SKY_FILTER_ALL, "ack:late", NULL, "“late”" },
  { "no-size", SKY_FILTER_ALL, "event>3", NULL, "“event”" },
};

static char *
list_shown (SkyRecordFilter *filter, SkyStore *store)
{
  GString *text = g_string_new (NULL);

  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    if (sky_record_filter_match (filter, store, n))
      g_string_append_printf (text, "%s%u", text->len > 0 ? " " : "", n);
  return g_string_free (text, FALSE);
}

static char *
expand (const char *shown)
{
  GString *text = g_string_new (NULL);
  guint first, last;

  if (sscanf (shown, "%u-%u", &first, &last) != 2)
    g_string_append (text, shown);
  else
    for (guint n = first; n <= last; n++)
      g_string_append_printf (text, "%s%u", n > first ? " " : "", n);
  return g_string_free (text, FALSE);
}

static void
test_match (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRecordFilter) filter = sky_record_filter_new (v->layers, v->text, &error);
  g_autofree char *shown = NULL;
  g_autofree char *expected = NULL;

  if (v->shown == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, v->complaint));
      return;
    }
  g_assert_no_error (error);
  shown = list_shown (filter, store);
  expected = expand (v->shown);
  g_assert_cmpstr (shown, ==, expected);
}

/* A namespace is hidden with what carries it alone, and counted; who asks for one sees it. */
static void
test_hide (void)
{
  static const struct
  {
    const char *nsp, *text, *shown;
    guint       layers, n_hidden;
  } rows[] = {
    { "/chat", "", "0 1 2 3 4 20 21 22 23", SKY_FILTER_ALL, 18 },
    { "/chat", "", "", SKY_FILTER_EVENTS, 6 },
    { "/cha", "", "0-26", SKY_FILTER_ALL, 0 },
    { "/chat", "ns:/chat", "7 10 13 16 19 26", SKY_FILTER_ALL, 0 },
    { "/chat", "-ns:/other layer:sio", "", SKY_FILTER_ALL, 6 },
    { "/chat", "hello", "", SKY_FILTER_ALL, 3 },
    { NULL, "hello", "11 12 13", SKY_FILTER_ALL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
      g_autoptr(SkyFeed) feed = talk_chat (store);
      g_autoptr(SkyRecordList) list = sky_record_list_new (store);
      g_autoptr(SkyRecordFilter) filter = sky_record_filter_new (rows[i].layers, rows[i].text, NULL);
      g_autofree char *expected = expand (rows[i].shown), *shown = NULL;

      sky_record_filter_hide (filter, rows[i].nsp);
      shown = list_shown (filter, store);
      g_assert_cmpstr (shown, ==, expected);
      sky_record_list_set_filter (list, filter);
      g_assert_cmpuint (sky_record_list_get_n_hidden (list), ==, rows[i].n_hidden);
      talk_text (feed, SKY_FROM_SERVER, 40, "451-/chat,[\"x\",{\"_placeholder\":true,\"num\":0}]");
      talk_frame (feed, SKY_FROM_SERVER, 41, 2, "a", 1);
      talk_text (feed, SKY_FROM_SERVER, 42, "42/chat,broken");
      sky_record_list_catch_up (list);
      if (*rows[i].text == '\0' && rows[i].nsp != NULL && strcmp (rows[i].nsp, "/chat") == 0) /* a fault is shown */
        g_assert_cmpuint (sky_record_list_find (list, sky_store_get_n_records (store) - 1), !=, G_MAXUINT);
      if (rows[i].layers == SKY_FILTER_EVENTS)
        g_assert_cmpuint (sky_record_list_get_n_hidden (list), ==, rows[i].n_hidden + 1);
    }
}

static void
say (SkyFeed *feed, SkyFrom from, const char *text)
{
  talk_bytes (feed, from, 0, text, strlen (text));
}

/* Polling cycles show as packets; the requests are one switch away, a refused one is always seen. */
static void
test_polling (void)
{
  static const struct
  {
    guint       layers;
    const char *shown;
  } rows[] = {
    { SKY_FILTER_ALL, "0-13" },
    { SKY_FILTER_HANDSHAKE, "0 1 12 13" },
    { SKY_FILTER_FRAMES, "5 6 9 11" },
    { SKY_FILTER_HANDSHAKE | SKY_FILTER_EVENTS, "0 1 4 8 12 13" },
    { SKY_FILTER_ENGINE_IO, "2 3 7 10" },
    { 1u << SKY_LAYER_HTTP, "0 1 5 6 9 11 12 13" },
  };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "http://localhost:3000", SKY_ROLE_CLIENT);

  say (feed, SKY_FROM_CLIENT, "GET /socket.io/?EIO=3&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n");
  say (feed, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n12:0{\"sid\":\"a\"}2:40");
  say (feed, SKY_FROM_CLIENT, "GET /socket.io/?EIO=3&transport=polling&sid=a HTTP/1.1\r\nHost: h\r\n\r\n");
  say (feed, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n8:42[\"hi\"]");
  say (feed, SKY_FROM_CLIENT,
       "POST /socket.io/?EIO=3&transport=polling&sid=a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n1:2");
  say (feed, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  say (feed, SKY_FROM_CLIENT, "GET /socket.io/?EIO=3&transport=polling&sid=a HTTP/1.1\r\nHost: h\r\n\r\n");
  say (feed, SKY_FROM_SERVER, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SkyRecordFilter) filter = sky_record_filter_new (rows[i].layers, NULL, NULL);
      g_autofree char *shown = list_shown (filter, store);
      g_autofree char *expected = expand (rows[i].shown);

      g_assert_cmpstr (shown, ==, expected);
    }
}

/* What breaks a rule is shown whatever the switches, but not against the words. */
static void
test_faults (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRecordFilter) handshake = sky_record_filter_new (SKY_FILTER_HANDSHAKE, NULL, NULL);
  g_autoptr(SkyRecordFilter) worded = sky_record_filter_new (SKY_FILTER_HANDSHAKE, "kind:request", NULL);
  g_autoptr(SkyRecordFilter) faulty = sky_record_filter_new (SKY_FILTER_ALL, "fault:*", NULL);
  guint32 n = sky_store_get_n_records (store);
  const SkyRecord *record;

  talk_frame (feed, SKY_FROM_SERVER, 30, 0xb, "", 0);
  record = sky_store_get_record (store, n);
  g_assert_cmpuint (record->faults, !=, 0);
  g_assert_true (sky_record_filter_match (handshake, store, n));
  g_assert_false (sky_record_filter_match (worded, store, n));
  g_assert_true (sky_record_filter_match (faulty, store, n));
}

/* A message that no layer above understands is an event of its own. */
static void
test_plain_messages (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "a", SKY_ROLE_SERVER);
  g_autoptr(SkyRecordFilter) events = sky_record_filter_new (SKY_FILTER_EVENTS, NULL, NULL);
  static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  guint32 text, ping;

  talk_bytes (feed, SKY_FROM_CLIENT, 0, request, strlen (request));
  talk_bytes (feed, SKY_FROM_SERVER, 0, TALK_RESPONSE, strlen (TALK_RESPONSE));
  talk_text (feed, SKY_FROM_CLIENT, 1, "just text");
  talk_frame (feed, SKY_FROM_CLIENT, 2, 9, "", 0);
  text = talk_find (store, 0, SKY_LAYER_WS, SKY_KIND_TEXT);
  ping = talk_find (store, 0, SKY_LAYER_WS, SKY_KIND_PING);
  g_assert_true (sky_record_filter_match (events, store, text));
  g_assert_false (sky_record_filter_match (events, store, ping));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/record-filter/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_match);
    }
  g_test_add_func ("/record-filter/polling", test_polling);
  g_test_add_func ("/record-filter/faults", test_faults);
  g_test_add_func ("/record-filter/plain-messages", test_plain_messages);
  g_test_add_func ("/record-filter/hide", test_hide);
  return g_test_run ();
}

#include <string.h>

#include "base/hex.h"
#include "sink.h"
#include "ws/ws-frame.h"

#define HELLO_REQUEST                                                                                                  \
  " HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"                                              \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define HELLO_RESPONSE                                                                                                 \
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                                  \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

#define WHOLE 1000000 /* bytes: more than a step has */

#define PLAIN    "/echo"
#define ENGINE   "/engine.io/?EIO=4&transport=websocket"
#define SOCKET   "/socket.io/?EIO=4&transport=websocket"
#define SOCKET3  "/socket.io/?EIO=3&transport=websocket"
#define OPEN     "<0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}"
#define CONNECT  ">40", "<40{\"sid\":\"x\"}"

/* One conversation. A step is a direction and a text message; "#" begins a binary message in hex,
 * "@" bytes as they are, in hex. The answer: records beyond the handshake, as "layer kind faults…". */
typedef struct
{
  const char *name;
  const char *target;
  const char *steps[12];
  const char *expected;
} Conversation;

static const Conversation conversations[] = {
  { "text", PLAIN, { ">hi", "<hi" }, "ws text\nws text\n" },
  { "binary", PLAIN, { ">#0001", "<#ff" }, "ws binary\nws binary\n" },
  { "unmasked-client", PLAIN, { ">@81026869" }, "ws text !ws-unmasked\n" },
  { "masked-server", PLAIN, { "<@8182000000006869" }, "ws text !ws-masked\n" },
  { "fragments-and-ping", PLAIN, { "<@0103e282ac", "<@8900", "<@8001 21" }, "ws text\nws ping\nws continuation\n" },
  { "broken-utf8", PLAIN, { "<@8101ff" }, "ws text !ws-utf8\n" },
  { "utf8-over-fragments", PLAIN, { "<@0102e282", "<@8001ac" }, "ws text\nws continuation\n" },
  { "orphan", PLAIN, { "<@8001 21" }, "ws continuation !ws-orphan\n" },
  { "reserved-bits", PLAIN, { "<@c1026869" }, "ws text !ws-reserved\n" },
  { "opcode", PLAIN, { "<@8300" }, "ws unknown !ws-opcode\n" },
  { "close-code", PLAIN, { "<@8802 03ed" }, "ws close !ws-close-code\n" },
  { "after-close", PLAIN, { "<@880203e8", "<@8100" }, "ws close\nws text !ws-after-close\n" },
  { "long-length", PLAIN, { "<@817e0002 6869" }, "ws text !ws-length\n" },
  { "impossible-length", PLAIN, { "<@817fffffffffffffffff" }, "ws unknown !ws-framing\n" },
  { "huge-length", PLAIN, { "<@827f4000000000000000", "<@00000000" }, "ws binary !ws-too-long\n" },
  { "truncated", PLAIN, { "<@81056869" }, "ws text !ws-truncated\n" },

  { "engine-message", ENGINE, { OPEN, "<4hi", ">4ho" },
    "ws text\neio open\nws text\neio message\nws text\neio message\n" },
  { "engine-then-sio", ENGINE, { OPEN, ">40", "<40{\"sid\":\"x\"}" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n" },
  { "engine-wrong-ping", ENGINE, { OPEN, ">2" }, "ws text\neio open\nws text\neio ping !eio-direction\n" },
  { "engine-no-open", ENGINE, { "<4hi" }, "ws text\neio message !eio-not-open\n" },
  { "engine-type", ENGINE, { OPEN, "<9" }, "ws text\neio open\nws text\neio unknown !eio-type\n" },

  { "event", SOCKET, { OPEN, CONNECT, "<42[\"hi\",1]" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\nws text\neio message\nsio EVENT\n" },
  { "attachments", SOCKET, { OPEN, CONNECT, "<451-[\"p\",{\"_placeholder\":true,\"num\":0}]", "<#0102" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws text\neio message\nsio BINARY_EVENT\nws binary\neio message\n" },
  { "attachments-missing", SOCKET, { OPEN, CONNECT, "<451-[\"p\",{\"_placeholder\":true,\"num\":0}]", "<42[\"x\"]" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws text\neio message\nsio BINARY_EVENT !sio-interrupted\nws text\neio message\nsio EVENT\n" },
  { "stray-binary", SOCKET, { OPEN, CONNECT, "<#00" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws binary\neio message\nsio unknown !sio-stray-binary\n" },
  { "orphan-ack", SOCKET, { OPEN, CONNECT, "<437[]" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws text\neio message\nsio ACK !sio-ack-id\n" },
  { "not-connected", SOCKET, { OPEN, "<42/a,[\"x\"]" },
    "ws text\neio open\nws text\neio message\nsio EVENT !sio-not-connected\n" },
  /* PROTOCOL.md 14: whatever was asked for, a server that connects "/" unasked speaks revision 3 */
  { "v3-heartbeat", SOCKET3, { OPEN, "<40", ">2", "<3" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio ping\nws text\neio pong\n" },
  { "v3-wrong-ping", SOCKET3, { OPEN, "<2", ">3" },
    "ws text\neio open\nws text\neio ping !eio-direction\nws text\neio pong !eio-direction\n" },
  { "v3-asked-for-4", SOCKET, { OPEN, "<40", ">2", "<3", ">40/x?a=1,", "<40/x", "<#0400" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio ping\nws text\neio pong\n"
    "ws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws binary\neio message\nsio unknown !sio-stray-binary\n" },
  { "v3-no-eio", "/socket.io/?transport=websocket", { OPEN, "<40", ">2" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio ping\n" },
  { "v4-unasked-other", SOCKET, { OPEN, "<40/x" },
    "ws text\neio open\nws text\neio message\nsio CONNECT !sio-not-connected\n" },
  { "v4-unasked-with-sid", SOCKET, { OPEN, "<40{\"sid\":\"x\"}" },
    "ws text\neio open\nws text\neio message\nsio CONNECT !sio-not-connected\n" },
  { "v3-attachments", SOCKET3, { OPEN, "<40", "<451-[\"p\",{\"_placeholder\":true,\"num\":0}]", "<#040102" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio BINARY_EVENT\nws binary\neio message\n" },
  { "v3-attachment-base64", SOCKET3, { OPEN, "<40", "<451-[\"p\",{\"_placeholder\":true,\"num\":0}]", "<b4AQI=" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio BINARY_EVENT\nws text\neio message\n" },
  { "v3-binary-digit", SOCKET3, { OPEN, "<40", "<#3400" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws binary\neio unknown !eio-type\n" },
  { "bad-json", SOCKET, { OPEN, CONNECT, "<42[\"x\"" },
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws text\neio message\nsio EVENT !sio-json\n" },
  { "no-name", SOCKET, { OPEN, CONNECT, "<42[{}]" }, /* as long as the one above */
    "ws text\neio open\nws text\neio message\nsio CONNECT\nws text\neio message\nsio CONNECT\n"
    "ws text\neio message\nsio EVENT !sio-name\n" },
};

static void
append_frame (GByteArray *wire, const char *step)
{
  gboolean client = step[0] == '>', binary = step[1] == '#';
  SkyWsFrame frame = { .fin = 1, .masked = client, .mask = { 1, 2, 3, 4 }, .opcode = binary ? SKY_WS_BINARY : SKY_WS_TEXT };
  g_autoptr(GBytes) payload = NULL;
  guint8 header[SKY_WS_MAX_HEADER];
  gsize start;

  if (step[1] == '@' || binary)
    payload = sky_hex_parse (step + 2);
  else
    payload = g_bytes_new (step + 1, strlen (step + 1));
  g_assert_nonnull (payload);
  if (step[1] != '@')
    {
      frame.payload_len = g_bytes_get_size (payload);
      g_byte_array_append (wire, header, sky_ws_frame_encode (&frame, header));
    }
  start = wire->len;
  g_byte_array_append (wire, g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  if (step[1] != '@' && client)
    sky_ws_frame_mask (frame.mask, 0, wire->data + start, wire->len - start);
}

static void
push (Sink *sink, SkyFrom from, const guint8 *data, gsize len, gsize step)
{
  for (gsize at = 0; at < len; at += step)
    sink_push (sink, from, 0, data + at, MIN (step, len - at));
}

static void
shake_hands (Sink *sink, const Conversation *talk, gsize step)
{
  g_autofree char *request = g_strconcat ("GET ", talk->target, HELLO_REQUEST, NULL);

  push (sink, SKY_FROM_CLIENT, (const guint8 *) request, strlen (request), step);
  push (sink, SKY_FROM_SERVER, (const guint8 *) HELLO_RESPONSE, strlen (HELLO_RESPONSE), step);
}

/* Step @i of the conversation, if it has that many. */
static void
say (Sink *sink, const Conversation *talk, guint i, gsize step)
{
  g_autoptr(GByteArray) wire = g_byte_array_new ();

  if (talk->steps[i] == NULL)
    return;
  append_frame (wire, talk->steps[i]);
  push (sink, talk->steps[i][0] == '>' ? SKY_FROM_CLIENT : SKY_FROM_SERVER, wire->data, wire->len, step);
}

/* Returns: (transfer full): what was heard */
static char *
finish (Sink *sink)
{
  g_autoptr(GString) result = g_string_new (NULL);

  sky_stack_end (sink->stack, SKY_FROM_CLIENT, 0);
  sky_stack_end (sink->stack, SKY_FROM_SERVER, 0);
  for (guint32 n = 2; n < sink->records->len; n++)
    {
      const SkyRecord *record = sink_record (sink, n);
      const SkyFaultInfo *fault = NULL;

      if (record->kind == SKY_KIND_CLOSE && record->len == 0)
        continue; /* most of these conversations end so: /stack/abnormal-close looks at it */
      g_string_append_printf (result, "%s %s", sky_layer_id (record->layer), sky_kind_id (record->kind));
      while ((fault = sky_fault_next (sky_layer_faults (record->layer), record->faults, fault)) != NULL)
        g_string_append_printf (result, " !%s", fault->id);
      g_string_append_c (result, '\n');
    }
  sink_clear (sink);
  return g_string_free (g_steal_pointer (&result), FALSE);
}

static char *
hear (const Conversation *talk, gsize step)
{
  Sink sink;

  sink_init (&sink);
  shake_hands (&sink, talk, step);
  for (guint i = 0; i < G_N_ELEMENTS (talk->steps); i++)
    say (&sink, talk, i, step);
  return finish (&sink);
}

static void
test_conversation (gconstpointer data)
{
  const Conversation *talk = data;

  for (gsize step = 1; step < 400; step = step < 20 ? step + 1 : step * 3)
    {
      g_autofree char *heard = hear (talk, step);

      g_assert_cmpstr (heard, ==, talk->expected);
    }
}

/* Connections of one trace, which say the same or something else in turn, are heard as each alone. */
static void
test_side_by_side (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (conversations); i++)
    for (guint k = 0; k < G_N_ELEMENTS (conversations); k++)
      {
        const Conversation *talks[] = { &conversations[i], &conversations[k] };
        SkyStackSessions *sessions = sky_stack_sessions_new ();
        Sink sinks[2];

        for (guint n = 0; n < 2; n++)
          {
            sink_init (&sinks[n]);
            sky_stack_share (sinks[n].stack, sessions);
            shake_hands (&sinks[n], talks[n], WHOLE);
          }
        for (guint step = 0; step < G_N_ELEMENTS (talks[0]->steps); step++)
          for (guint n = 0; n < 2; n++)
            say (&sinks[n], talks[n], step, WHOLE);
        for (guint n = 0; n < 2; n++)
          {
            g_autofree char *heard = finish (&sinks[n]);

            g_assert_cmpstr (heard, ==, talks[n]->expected);
          }
        sky_stack_sessions_free (sessions);
      }
}

static void
push_text (Sink *sink, SkyFrom from, const char *text)
{
  sink_push (sink, from, 0, (const guint8 *) text, strlen (text));
}

/* Long-polling: packets in HTTP bodies, text and base64, chunked or not. */
static void
test_polling (void)
{
  Sink sink;
  g_autofree char *dump = NULL;

  sink_init (&sink);
  push_text (&sink, SKY_FROM_CLIENT, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n");
  push_text (&sink, SKY_FROM_SERVER,
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n0{\"sid\":\"\r\n3\r\na\"}\r\n0\r\n\r\n");
  push_text (&sink, SKY_FROM_CLIENT,
             "POST /socket.io/?EIO=4&transport=polling&sid=a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n40");
  push_text (&sink, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  push_text (&sink, SKY_FROM_CLIENT, "GET /socket.io/?EIO=4&transport=polling&sid=a HTTP/1.1\r\nHost: h\r\n\r\n");
  push_text (&sink, SKY_FROM_SERVER,
             "HTTP/1.1 200 OK\r\nContent-Length: 71\r\n\r\n"
             "40{\"sid\":\"x\"}\x1e"
             "451-[\"p\",{\"_placeholder\":true,\"num\":0}]\x1e"
             "bAQID\x1e"
             "42[\"hello\"]");
  dump = sink_dump (&sink);
  g_assert_cmpstr (dump, ==,
                   "0 > http request [0+61/61] with 1 |  | GET | /socket.io/?EIO=4&transport=polling\n"
                   "1 < http response [0+74/47] with 0 derived |  | 200 OK | 0{\"sid\":\"a\"}\n"
                   "2 < eio open [0+12/1] in 1 |  | open | {\"sid\":\"a\"}\n"
                   "3 > http request [61+89/87] with 6 covered |  | POST | /socket.io/?EIO=4&transport=polling&sid=a\n"
                   "4 > eio message [0+2/1] in 3 covered |  | message | 0\n"
                   "5 > sio CONNECT [0+1/1] in 4 | / | CONNECT | \n"
                   "6 < http response [74+40/38] with 3 covered |  | 200 OK | ok\n"
                   "7 > http request [150+67/67] with 8 covered |  | GET | /socket.io/?EIO=4&transport=polling&sid=a\n"
                   "8 < http response [114+110/39] with 7 covered |  | 200 OK | 40{\"sid\":\"x\"}·451-[\"p\",{\"_placeholder\":true,\"num\":0}]·bAQID·42[\"hello\"]\n"
                   "9 < eio message [0+13/1] in 8 covered |  | message | 0{\"sid\":\"x\"}\n"
                   "10 < sio CONNECT [0+12/1] in 9 | / | CONNECT | {\"sid\":\"x\"}\n"
                   "11 < eio message [14+39/1] in 8 covered |  | message | 51-[\"p\",{\"_placeholder\":true,\"num\":0}]\n"
                   "12 < sio BINARY_EVENT [0+38/3] in 11 | / | p | {\"_placeholder\":true,\"num\":0}\n"
                   "13 < eio message [54+5/1] in 8 with 12 derived covered |  | message | 01 02 03\n"
                   "14 < eio message [60+11/1] in 8 covered |  | message | 2[\"hello\"]\n"
                   "15 < sio EVENT [0+10/1] in 14 | / | hello | \n");
  sink_clear (&sink);
}

/* One poll and its answer; what comes of them, as "layer kind flags faults | data". */
typedef struct
{
  const char *name, *target;
  const char *head; /* further lines of the answer's head */
  const char *body; /* of the answer, in hex */
  const char *expected;
} Poll;

#define POLL4 "/socket.io/?EIO=4&transport=polling"
#define POLL3 "/socket.io/?EIO=3&transport=polling"
#define GET   "http request | "

static const Poll polls[] = {
  { "revision-4", POLL4 "&sid=a", "", "36", "http request covered | \nhttp response covered | 6\neio noop | \n" },
  { "v2-server-asked-for-4", POLL4, "", "31323a307b22736964223a2261227d323a3430", /* 12:0{"sid":"a"}2:40 */
    GET "\nhttp response | 12:0{\"sid\":\"a\"}2:40\neio open | {\"sid\":\"a\"}\neio message covered | 0\nsio CONNECT | \n" },
  { "octets", POLL3 "&sid=a", "Content-Type: application/octet-stream\r\n", "0001ff360103ff040102",
    "http request covered | \nhttp response covered | ···6······\neio noop | \neio message | 01 02\n" },
  { "wrong-length", POLL3 "&sid=a", "", "393a36",
    "http request covered | \nhttp response covered | 9:6\neio noop !eio-length | \n" },
  { "no-length", POLL3 "&sid=a", "", "36",
    "http request covered | \nhttp response covered | 6\neio noop | \n" }, /* a server of revision 4 */
  { "no-length-at-all", POLL3 "&sid=a", "", "782d",
    "http request covered | \nhttp response covered | x-\neio unknown !eio-length | x-\n" },
  { "jsonp", POLL3 "&sid=a&j=0", "", "5f5f5f65696f5b305d2822313a3622293b", /* ___eio[0]("1:6"); */
    "http request covered | \nhttp response derived covered | 1:6\neio noop | \n" },
  { "jsonp-plain", POLL3 "&sid=a&j=0", "", "313a36",
    "http request covered | \nhttp response covered | 1:6\neio noop | \n" },
  { "gzip", POLL4 "&sid=a", "Content-Encoding: gzip\r\n", "1f8b0800000000000203330300147ab81d01000000",
    "http request covered | \nhttp response derived covered | 6\neio noop | \n" },
  { "deflate-jsonp", POLL3 "&sid=a&j=0", "Content-Encoding: deflate\r\n", "78da8b8f8f4fcdcc8f3688d55032b43253d2b40600313f04b4",
    "http request covered | \nhttp response derived covered | 1:6\neio noop | \n" },
  { "gzip-broken", POLL4 "&sid=a", "Content-Encoding: gzip\r\n", "1f8b0800",
    "http request | \nhttp response !http-content | ····\n" },
  { "brotli", POLL4 "&sid=a", "Content-Encoding: br\r\n", "0b0080363603", "http request | \nhttp response !http-coding | ···66·\n" },
  { "no-eio", "/?transport=polling", "", "36", GET "\nhttp response | 6\n" },
  { "no-eio-known-path", "/engine.io/?transport=polling&sid=a", "", "313a36",
    "http request covered | \nhttp response covered | 1:6\neio noop | \n" },
};

static void
test_poll (gconstpointer data)
{
  const Poll *v = data;
  g_autoptr(GBytes) body = sky_hex_parse (v->body);
  g_autofree char *request = g_strconcat ("GET ", v->target, " HTTP/1.1\r\nHost: h\r\n\r\n", NULL);
  g_autofree char *head
      = g_strdup_printf ("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", v->head, g_bytes_get_size (body));

  for (gsize step = 1; step < 200; step *= 3)
    {
      g_autoptr(GString) result = g_string_new (NULL);
      SkyBytesSource source;
      Sink sink;

      sink_init (&sink);
      source = sink_source (&sink);
      push (&sink, SKY_FROM_CLIENT, (const guint8 *) request, strlen (request), step);
      push (&sink, SKY_FROM_SERVER, (const guint8 *) head, strlen (head), step);
      push (&sink, SKY_FROM_SERVER, g_bytes_get_data (body, NULL), g_bytes_get_size (body), step);
      for (guint32 n = 0; n < sink.records->len; n++)
        {
          const SkyRecord *record = sink_record (&sink, n);
          const SkyFaultInfo *fault = NULL;
          g_auto(SkySummary) summary = { 0 };

          sky_summary_make (&summary, n, &source, 100);
          g_string_append_printf (result, "%s %s%s%s", sky_layer_id (record->layer), sky_kind_id (record->kind),
                                  record->flags & SKY_RECORD_DERIVED ? " derived" : "",
                                  record->flags & SKY_RECORD_COVERED ? " covered" : "");
          while ((fault = sky_fault_next (sky_layer_faults (record->layer), record->faults, fault)) != NULL)
            g_string_append_printf (result, " !%s", fault->id);
          g_string_append_printf (result, " | %s\n",
                                  record->kind != SKY_KIND_REQUEST && summary.data != NULL ? summary.data : "");
        }
      g_assert_cmpstr (result->str, ==, v->expected);
      sink_clear (&sink);
    }
}

/* What is explained, and which bytes are lit, in revision 3. */
static void
test_explain_3 (void)
{
  Sink sink;
  SkyBytesSource source;
  g_autoptr(SkyDetail) open = NULL, ping = NULL;
  const SkyField *field = NULL;

  sink_init (&sink);
  source = sink_source (&sink);
  push_text (&sink, SKY_FROM_CLIENT, "GET " POLL3 " HTTP/1.1\r\nHost: h\r\n\r\n");
  push_text (&sink, SKY_FROM_SERVER,
             "HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n"
             "45:0{\"sid\":\"a\",\"pingInterval\":5,\"pingTimeout\":6}1:3");
  g_assert_cmpuint (sink.records->len, ==, 4);
  open = sky_detail_new (2, &source);
  g_assert_nonnull (strstr (open->explain, "The client pings every"));
  g_assert_nonnull (strstr (open->explain, "protocol v3"));
  for (guint i = 0; i < open->fields->list->len; i++)
    if (g_str_equal (((SkyField *) g_ptr_array_index (open->fields->list, i))->name, "Length"))
      field = g_ptr_array_index (open->fields->list, i);
  g_assert_nonnull (field);
  g_assert_cmpstr (field->value, ==, "45 UTF-16 units");
  g_assert_cmpuint (field->start, ==, strlen ("HTTP/1.1 200 OK\r\nContent-Length: 51\r\n\r\n"));
  g_assert_cmpuint (field->len, ==, 3);
  ping = sky_detail_new (3, &source);
  g_assert_nonnull (strstr (ping->explain, "The server's answer to the client's ping"));
  sink_clear (&sink);
}

/* A client that asks again on the same connection begins anew; a poll that is never answered is seen. */
static void
test_second_session (void)
{
  static const char open4[] = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n0{\"sid\":\"a\"}";
  static const char open3[] = "HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n12:0{\"sid\":\"b\"}2:40";
  Sink sink;

  sink_init (&sink);
  push_text (&sink, SKY_FROM_CLIENT, "GET " POLL4 " HTTP/1.1\r\nHost: h\r\n\r\n");
  push_text (&sink, SKY_FROM_SERVER, open4);
  push_text (&sink, SKY_FROM_CLIENT, "GET " POLL3 " HTTP/1.1\r\nHost: h\r\n\r\n");
  push_text (&sink, SKY_FROM_SERVER, open3);
  push_text (&sink, SKY_FROM_CLIENT, "GET " POLL3 "&sid=b HTTP/1.1\r\nHost: h\r\n\r\n");
  g_assert_cmpuint (sink.records->len, ==, 9);
  for (guint32 n = 0; n < sink.records->len; n++)
    g_assert_cmpuint (sink_record (&sink, n)->faults, ==, 0);
  g_assert_cmpuint (sink_record (&sink, 8)->flags & SKY_RECORD_COVERED, !=, 0);
  sky_stack_end (sink.stack, SKY_FROM_SERVER, 0);
  g_assert_cmpuint (sink_record (&sink, 8)->flags & SKY_RECORD_COVERED, ==, 0);
  sink_clear (&sink);
}

static void
test_mates (void)
{
  const Conversation talk = { "", SOCKET, { OPEN, CONNECT, ">420[\"q\"]", "<430[1]" }, NULL };
  g_autofree char *request = g_strconcat ("GET ", talk.target, HELLO_REQUEST, NULL);
  Sink sink;
  guint32 asks = SKY_RECORD_NONE, answers = SKY_RECORD_NONE;

  sink_init (&sink);
  push_text (&sink, SKY_FROM_CLIENT, request);
  push_text (&sink, SKY_FROM_SERVER, HELLO_RESPONSE);
  for (guint i = 0; talk.steps[i] != NULL; i++)
    {
      g_autoptr(GByteArray) wire = g_byte_array_new ();

      if (i == 4)
        sky_stack_give_up (sink.stack, SKY_FROM_CLIENT, "/", 0);
      append_frame (wire, talk.steps[i]);
      sink_push (&sink, talk.steps[i][0] == '>' ? SKY_FROM_CLIENT : SKY_FROM_SERVER, i, wire->data, wire->len);
    }
  for (guint32 n = 0; n < sink.records->len; n++)
    {
      if (sink_record (&sink, n)->kind == SKY_KIND_EVENT)
        asks = n;
      if (sink_record (&sink, n)->kind == SKY_KIND_ACK)
        answers = n;
    }
  g_assert_cmpuint (sink_record (&sink, asks)->mate, ==, answers);
  g_assert_cmpuint (sink_record (&sink, answers)->mate, ==, asks);
  g_assert_cmpuint (sink_record (&sink, asks)->flags & (SKY_RECORD_ASKS | SKY_RECORD_GIVEN_UP), ==,
                    SKY_RECORD_ASKS | SKY_RECORD_GIVEN_UP);
  g_assert_cmpuint (sink_record (&sink, answers)->faults, ==, 0);
  sink_clear (&sink);
}

/* 1006 is said once, when the first side ends; after a close frame never. */
static void
test_abnormal_close (gconstpointer data)
{
  const char *close = data;
  g_autofree char *request = g_strconcat ("GET /", HELLO_REQUEST, NULL);
  g_autoptr(GBytes) frame = sky_hex_parse (close);
  g_auto(SkySummary) summary = { 0 };
  SkyBytesSource source;
  Sink sink;

  sink_init (&sink);
  source = sink_source (&sink);
  push_text (&sink, SKY_FROM_CLIENT, request);
  push_text (&sink, SKY_FROM_SERVER, HELLO_RESPONSE);
  if (g_bytes_get_size (frame) > 0)
    sink_push (&sink, SKY_FROM_SERVER, 0, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  sky_stack_end (sink.stack, SKY_FROM_SERVER, 0);
  sky_stack_end (sink.stack, SKY_FROM_CLIENT, 0);
  g_assert_cmpuint (sink.records->len, ==, 3);
  sky_summary_make (&summary, 2, &source, 100);
  g_assert_cmpuint (summary.code, ==, *close != '\0' ? 1001 : 1006);
  sink_clear (&sink);
}

static void
test_no_http (void)
{
  Sink sink;
  g_autofree char *dump = NULL;

  sink_init (&sink);
  sink_push (&sink, SKY_FROM_CLIENT, 0, (const guint8 *) "\x16\x03\x01\x02", 4);
  sink_push (&sink, SKY_FROM_CLIENT, 0, (const guint8 *) "more", 4);
  push_text (&sink, SKY_FROM_SERVER, "SSH-2.0-x\r\n");
  dump = sink_dump (&sink);
  g_assert_cmpstr (dump, ==,
                   "0 > http unknown [0+4/0] !http-not-http |  | unknown | ····\n"
                   "1 > tcp data [4+4/0] |  | data | more\n"
                   "2 < http unknown [0+11/0] !http-not-http |  | unknown | SSH-2.0-x··\n");
  g_assert_cmpint (sky_stack_get_speech (sink.stack), ==, SKY_SPEECH_OTHER);
  sink_clear (&sink);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (conversations); i++)
    {
      g_autofree char *path = g_strconcat ("/stack/", conversations[i].name, NULL);

      g_test_add_data_func (path, &conversations[i], test_conversation);
    }
  for (guint i = 0; i < G_N_ELEMENTS (polls); i++)
    {
      g_autofree char *path = g_strconcat ("/stack/poll/", polls[i].name, NULL);

      g_test_add_data_func (path, &polls[i], test_poll);
    }
  g_test_add_func ("/stack/side-by-side", test_side_by_side);
  g_test_add_func ("/stack/polling", test_polling);
  g_test_add_func ("/stack/explain-3", test_explain_3);
  g_test_add_func ("/stack/second-session", test_second_session);
  g_test_add_func ("/stack/mates", test_mates);
  g_test_add_data_func ("/stack/abnormal-close", "", test_abnormal_close);
  g_test_add_data_func ("/stack/normal-close", "880203e9", test_abnormal_close);
  g_test_add_func ("/stack/no-http", test_no_http);
  return g_test_run ();
}

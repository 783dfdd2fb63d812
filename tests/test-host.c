#include "peer/host/host.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base/json.h"
#include "notes.h"
#include "tcp/tcp-dial.h"
#include "wait.h"
#include "ws/ws-deflate.h"

#define DEADLINE_USEC (10 * G_TIME_SPAN_SECOND)

typedef struct
{
  SkyHost     *host;
  SoupSession *session;
} Fixture;

/* A WebSocket client that knows no protocol above it: what came lies in its queue. */
typedef struct
{
  SoupWebsocketConnection *websocket;
  GQueue                   heard; /* of char*; binary as "b:" and its bytes as text */
  gboolean                 closed, done;
  GError                  *error;
} Client;

static void
set_up_with (Fixture *f, const SkyHostOptions *options)
{
  f->host = sky_host_new (options, NULL);
  f->session = soup_session_new_with_options ("max-conns-per-host", 100, "max-conns", 100, NULL);
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (f->host)), ==, SKY_PEER_IDLE);
  sky_peer_start (SKY_PEER (f->host));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (f->host)), ==, SKY_PEER_OPEN);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  set_up_with (f, data);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  soup_session_abort (f->session);
  g_object_unref (f->session);
  g_object_unref (f->host);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
on_message (SoupWebsocketConnection *websocket, SoupWebsocketDataType type, GBytes *data,
            gpointer user_data)
{
  Client *client = user_data;
  gsize len;
  const char *text = g_bytes_get_data (data, &len);

  g_queue_push_tail (&client->heard,
                     g_strdup_printf ("%s%.*s", type == SOUP_WEBSOCKET_DATA_BINARY ? "b:" : "",
                                      (int) len, text != NULL ? text : ""));
}

static void
on_closed (SoupWebsocketConnection *websocket, gpointer user_data)
{
  ((Client *) user_data)->closed = TRUE;
}

static void
on_connected (GObject *session, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;

  client->websocket
      = soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &client->error);
  if (client->websocket != NULL)
    {
      g_signal_connect (client->websocket, "message", G_CALLBACK (on_message), client);
      g_signal_connect (client->websocket, "closed", G_CALLBACK (on_closed), client);
      soup_websocket_connection_set_max_incoming_payload_size (client->websocket, 0);
    }
  client->done = TRUE;
}

static Client *
open_client (Fixture *f, const char *target)
{
  Client *client = g_new0 (Client, 1);
  g_autofree char *url
      = g_strdup_printf ("ws://127.0.0.1:%u%s", sky_host_get_port (f->host), target);
  g_autoptr(SoupMessage) message = soup_message_new ("GET", url);

  soup_session_websocket_connect_async (f->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_connected, client);
  WAIT (client->done);
  return client;
}

static void
client_free (Client *client)
{
  if (client->websocket != NULL)
    {
      g_signal_handlers_disconnect_by_data (client->websocket, client);
      g_object_unref (client->websocket);
    }
  g_queue_clear_full (&client->heard, g_free);
  g_clear_error (&client->error);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static void
say (Client *client, const char *text)
{
  soup_websocket_connection_send_text (client->websocket, text);
}

static char *
hear (Client *client)
{
  gint64 end_usec = g_get_monotonic_time () + DEADLINE_USEC;
  guint tick = g_timeout_add (50, on_tick, NULL);

  while (client->heard.length == 0)
    {
      if (client->closed || g_get_monotonic_time () > end_usec)
        g_error ("nothing came, and the WebSocket is %s (%u)", client->closed ? "closed" : "open",
                 soup_websocket_connection_get_close_code (client->websocket));
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
  return g_queue_pop_head (&client->heard);
}

static void
expect (Client *client, const char *expected)
{
  g_autofree char *heard = hear (client);

  g_assert_cmpstr (heard, ==, expected);
}

/* Nothing waits, and a packet that is sent now is answered before anything else comes. */
static void
expect_silence (Client *client)
{
  say (client, "420[\"sync\"]");
  expect (client, "430[]");
}

static void
expect_close (Client *client, guint code)
{
  WAIT (client->closed);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (client->websocket), ==, code);
}

/* Returns: the id that the host gave; @nsp is "" or "/chat," */
static char *
join_space (Client *client, const char *nsp)
{
  g_autofree char *connect = g_strdup_printf ("40%s", nsp), *answer = NULL, *prefix = NULL;
  gsize n;

  say (client, connect);
  answer = hear (client);
  prefix = g_strdup_printf ("40%s{\"sid\":\"", nsp);
  g_assert_true (g_str_has_prefix (answer, prefix));
  n = strlen (prefix);
  g_assert_cmpuint (strlen (answer), ==, n + 20 + 2);
  return g_strndup (answer + n, 20);
}

/* An Engine.IO session whose open packet was heard. */
static Client *
open_engine (Fixture *f)
{
  Client *client = open_client (f, "/socket.io/?EIO=4&transport=websocket");
  g_autofree char *open = NULL;

  g_assert_no_error (client->error);
  open = hear (client);
  g_assert_true (g_str_has_prefix (open, "0{\"sid\":\""));
  return client;
}

/* … that is connected to "/". */
static Client *
open_socket (Fixture *f, char **id)
{
  Client *client = open_engine (f);
  g_autofree char *given = join_space (client, "");

  if (id != NULL)
    *id = g_steal_pointer (&given);
  return client;
}

/* How many notes of @kind the host's trace has whose text has @part in it. */
static guint
count_notes (Fixture *f, SkyKind kind, const char *part)
{
  return count_notes_in (sky_peer_get_store (SKY_PEER (f->host)), kind, part);
}

static void
test_open_packet (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_client (f, "/socket.io/?EIO=4&transport=websocket&t=abc&x=1&x=2");
  g_autoptr(Client) bob = open_client (f, "/socket.io/?transport=websocket&EIO=4");
  g_autofree char *first = hear (ann), *second = hear (bob);
  const char *rest
      = "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";

  g_assert_cmpuint (strlen (first), ==, strlen ("0{\"sid\":\"") + 20 + strlen (rest));
  g_assert_true (g_str_has_suffix (first, rest));
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpuint (sky_host_get_n_clients (f->host), ==, 2);
  g_assert_cmpstr (sky_peer_get_subtitle (SKY_PEER (f->host)), ==, "2 clients");
}

static void
test_echo (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL);
  g_autoptr(GBytes) one = g_bytes_new_static ("one", 3), two = g_bytes_new_static ("two", 3);

  say (ann, "42[\"hello\", 1.0 ,{\"b\":1,\"a\":1e300,\"b\":\"\\u0000\"}]");
  expect (ann, "42[\"hello\", 1.0 ,{\"b\":1,\"a\":1e300,\"b\":\"\\u0000\"}]");
  say (ann, "42[5]");
  expect (ann, "42[5]");
  say (ann, "452-[\"file\",{\"_placeholder\":true,\"num\":0},{ \"num\":1, \"_placeholder\":true}]");
  soup_websocket_connection_send_message (ann->websocket, SOUP_WEBSOCKET_DATA_BINARY, one);
  soup_websocket_connection_send_message (ann->websocket, SOUP_WEBSOCKET_DATA_BINARY, two);
  expect (ann,
          "452-[\"file\",{\"_placeholder\":true,\"num\":0},{ \"num\":1, \"_placeholder\":true}]");
  expect (ann, "b:one");
  expect (ann, "b:two");
}

static void
test_ack (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL);
  g_autoptr(GBytes) one = g_bytes_new_static ("one", 3);

  say (ann, "420[\"any\"]");
  expect (ann, "430[]");
  say (ann, "4218446744073709551615[\"any\",\"a\",{\"x\":-0}]");
  expect (ann, "4318446744073709551615[\"a\",{\"x\":-0}]");
  say (ann, "451-7[\"any\",{\"_placeholder\":true,\"num\":0}]");
  soup_websocket_connection_send_message (ann->websocket, SOUP_WEBSOCKET_DATA_BINARY, one);
  expect (ann, "461-7[{\"_placeholder\":true,\"num\":0}]");
  expect (ann, "b:one");
  say (ann, "4399[\"nobody asked\"]");
  expect_silence (ann);
}

static void
test_rooms (Fixture *f, gconstpointer data)
{
  g_autofree char *ann_id = NULL, *bob_id = NULL, *eve_id = NULL;
  g_autoptr(Client) ann = open_socket (f, &ann_id), bob = open_socket (f, &bob_id),
                     eve = open_socket (f, &eve_id);
  g_autofree char *joined
      = g_strdup_printf ("431[{\"ok\":true,\"rooms\":[\"%s\",\"room-42\"]}]", ann_id);
  g_autofree char *said = g_strdup_printf ("42[\"say\",\"%s\",\"hi\", {\"n\":1}]", ann_id);
  g_autofree char *left = g_strdup_printf ("434[{\"ok\":true,\"rooms\":[\"%s\"]}]", bob_id);
  g_autofree char *who
      = g_strdup_printf ("435[{\"id\":\"%s\",\"rooms\":[\"%s\",\"room-42\"]}]", ann_id, ann_id);

  say (ann, "421[\"join\",\"room-42\"]");
  expect (ann, joined);
  say (ann, "421[\"join\",\"room-42\"]");
  expect (ann, joined);
  say (bob, "42[\"join\",\"room-42\"]");
  expect_silence (bob);
  say (ann, "422[\"say\",\"room-42\",\"hi\", {\"n\":1}]");
  expect (ann, "432[{\"ok\":true,\"delivered\":1}]");
  expect (bob, said);
  expect_silence (eve);
  say (ann, "423[\"say\",\"nobody\",1]");
  expect (ann, "433[{\"ok\":true,\"delivered\":0}]");
  say (ann, "425[\"whoami\"]");
  expect (ann, who);
  say (bob, "424[\"leave\",\"room-42\"]");
  expect (bob, left);
  say (ann, "422[\"say\",\"room-42\",\"gone?\"]");
  expect (ann, "432[{\"ok\":true,\"delivered\":0}]");
  expect_silence (bob);
  say (bob, "429[\"join\",{}]");
  expect (bob, "439[{\"ok\":false,\"error\":\"the first argument must name a room\"}]");
  say (bob, "42[\"say\"]");
  expect_silence (bob);
  g_assert_cmpuint (count_notes (f, SKY_KIND_JOIN, "room-42 · socket "), ==, 2);
  g_assert_cmpuint (count_notes (f, SKY_KIND_LEAVE, "in / · by event \"leave\""), ==, 1);
}

/* An id is a room; who leaves is in none, and the trace says why. */
static void
test_leave_on_close (Fixture *f, gconstpointer data)
{
  g_autofree char *ann_id = NULL, *bob_id = NULL, *whisper = NULL, *heard = NULL, *json = NULL;
  g_autoptr(Client) ann = open_socket (f, &ann_id), bob = open_socket (f, &bob_id);

  whisper = g_strdup_printf ("421[\"say\",\"%s\",\"psst\"]", bob_id);
  heard = g_strdup_printf ("42[\"say\",\"%s\",\"psst\"]", ann_id);
  say (ann, whisper);
  expect (ann, "431[{\"ok\":true,\"delivered\":1}]");
  expect (bob, heard);
  say (bob, "420[\"join\",\"tea\"]");
  g_free (hear (bob));
  soup_websocket_connection_close (bob->websocket, 1000, NULL);
  WAIT (bob->closed);
  while (sky_host_get_n_clients (f->host) > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_notes (f, SKY_KIND_LEAVE, "tea · socket "), ==, 1);
  g_assert_cmpuint (count_notes (f, SKY_KIND_LEAVE, "transport close"), ==, 2);
  json = sky_host_get_rooms_json (f->host);
  g_assert_null (strstr (json, bob_id));
  g_assert_nonnull (strstr (json, ann_id));
  say (ann, whisper);
  expect (ann, "431[{\"ok\":true,\"delivered\":0}]");
}

static void
test_namespaces (Fixture *f, gconstpointer data)
{
  g_autofree char *root_id = NULL, *chat_id = NULL, *again_id = NULL, *json = NULL,
                  *expected = NULL;
  g_autoptr(Client) ann = open_socket (f, &root_id);

  chat_id = join_space (ann, "/chat,");
  g_assert_cmpstr (chat_id, !=, root_id);
  say (ann, "42/chat,3[\"x\",1]");
  expect (ann, "43/chat,3[1]");
  say (ann, "41/chat,");
  say (ann, "421[\"still here\",true]");
  expect (ann, "431[true]");
  again_id = join_space (ann, "/chat,");
  g_assert_cmpstr (again_id, !=, chat_id);
  json = sky_host_get_rooms_json (f->host);
  expected = g_strdup_printf (
      "{\"namespaces\":{\"/\":{\"sockets\":[\"%s\"],\"rooms\":{\"%s\":[\"%s\"]}},"
      "\"/chat\":{\"sockets\":[\"%s\"],\"rooms\":{\"%s\":[\"%s\"]}}}}",
      root_id, root_id, root_id, again_id, again_id, again_id);
  g_assert_cmpstr (json, ==, expected);
  g_assert_cmpuint (count_notes (f, SKY_KIND_LEAVE, "client namespace disconnect"), ==, 1);
}

static void
test_refusal (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_engine (f);
  g_autofree char *answer = NULL;

  say (ann, "40/secure,");
  expect (ann, "44/secure,{\"message\":\"no token\",\"data\":{\"code\":401}}");
  say (ann, "40/secure,{\"token\":\"\"}");
  expect (ann, "44/secure,{\"message\":\"no token\",\"data\":{\"code\":401}}");
  say (ann, "40/secure,{\"token\":\"x\"}");
  answer = hear (ann);
  g_assert_true (g_str_has_prefix (answer, "40/secure,{\"sid\":\""));
}

/* What ends the connection, after "/" was joined. */
static const struct
{
  const char *name, *packet;
  guint       code;
} wrongs[] = {
  { "connect-twice", "40", 1008 },
  { "connect-error", "44{\"message\":\"no\"}", 1008 },
  { "not-joined", "42/chat,[\"x\"]", 1008 },
  { "ack-not-joined", "43/chat,1[]", 1008 },
  { "no-json", "42[\"x\"", 1002 },
  { "no-array", "42{\"x\":1}", 1002 },
  { "reserved", "42[\"disconnect\"]", 1002 },
  { "sio-type", "47[\"x\"]", 1002 },
  { "eio-type", "9", 1002 },
  { "empty", "", 1002 },
  { "ping", "2", 1002 },
  { "attachments", "4511-[\"x\"]", 1002 },
  { "placeholder", "451-[\"x\",{\"_placeholder\":true,\"num\":\"splice\"}]", 1002 },
  { "disconnect-data", "41{}", 1002 },
};

static void
test_wrong (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr(Client) client = open_socket (f, NULL);

      g_test_message ("%s", wrongs[i].name);
      say (client, wrongs[i].packet);
      say (client, "42[\"not heard\"]");
      expect_close (client, wrongs[i].code);
      g_assert_cmpuint (client->heard.length, ==, 0);
    }
  ann = open_socket (f, NULL);
  expect_silence (ann);
}

/* Binary that nobody announced; text while attachments are due. */
static void
test_attachments_broken (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL), bob = open_socket (f, NULL);
  g_autoptr(GBytes) one = g_bytes_new_static ("one", 3);

  soup_websocket_connection_send_message (ann->websocket, SOUP_WEBSOCKET_DATA_BINARY, one);
  expect_close (ann, 1002);
  say (bob, "451-[\"x\",{\"_placeholder\":true,\"num\":0}]");
  say (bob, "42[\"y\"]");
  expect_close (bob, 1002);
}

static const SkyHostOptions impatient = { .ping_interval_msec = 60, .ping_timeout_msec = 120 };

static void
test_heartbeat (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_engine (f);

  for (guint i = 0; i < 5; i++)
    {
      expect (ann, "2");
      say (ann, "3");
    }
  expect (ann, "2");
  expect_close (ann, 1011);
  g_assert_cmpstr (soup_websocket_connection_get_close_data (ann->websocket), ==, "ping timeout");
}

static const SkyHostOptions small = { .max_payload = 1000 };
static const SkyHostOptions medium = { .max_payload = 1000000 };

static void
test_too_large (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL), bob = open_client (f, "/echo"),
                     eve = open_client (f, "/echo");
  g_autofree char *fits = g_strnfill (1000, 'x'), *over = g_strnfill (1001, 'x'),
                  *huge = g_strnfill (20 << 20, 'x');

  memcpy (fits, "42[\"", 4);
  memcpy (fits + 998, "\"]", 2);
  say (ann, fits);
  expect (ann, fits);
  say (ann, over);
  expect_close (ann, 1009);
  say (bob, over);
  expect_close (bob, 1009);
  say (eve, huge);
  WAIT (eve->closed);
  g_assert_cmpuint (count_notes (f, SKY_KIND_ERROR, "1000 bytes"), ==, 3);
}

static void
test_websocket_echo (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_client (f, "/any/path?x=1");
  g_autoptr(GBytes) one = g_bytes_new_static ("one", 3);
  g_autofree char *large = g_strnfill (3 << 20, 'x');

  g_assert_no_error (ann->error);
  say (ann, "hello ☃");
  expect (ann, "hello ☃");
  say (ann, "");
  expect (ann, "");
  soup_websocket_connection_send_message (ann->websocket, SOUP_WEBSOCKET_DATA_BINARY, one);
  expect (ann, "b:one");
  say (ann, large);
  expect (ann, large);
  soup_websocket_connection_close (ann->websocket, 4001, "bye");
  expect_close (ann, 4001);
}

/* A close frame without a code is answered by one without a code. */
static void
test_empty_close (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_client (f, "/echo"), bob = open_socket (f, NULL);

  soup_websocket_connection_close (ann->websocket, 1005, NULL);
  expect_close (ann, 1005);
  soup_websocket_connection_close (bob->websocket, 1005, NULL);
  expect_close (bob, 1005);
}

/* Requests over plain HTTP, and upgrades that are refused before the 101. */
typedef struct
{
  const char *name, *target, *headers;
  const char *status, *part;
} Refusal;

#define KEY     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE_WITHOUT_VERSION "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define UPGRADE UPGRADE_WITHOUT_VERSION KEY "Sec-WebSocket-Version: 13\r\n"

static const Refusal refusals[] = {
  { "plain", "GET /echo", "",
    "HTTP/1.1 426 Upgrade Required\r\n", "\r\nUpgrade: websocket\r\n" },
  { "post", "POST /echo", "Content-Length: 2\r\n\r\nxy",
    "HTTP/1.1 426 ", "Sockeye" },
  { "transport", "GET /socket.io/?EIO=4&transport=pigeon", "",
    "HTTP/1.1 400 ", "{\"code\":0,\"message\":\"Transport unknown\"}" },
  { "no-query", "GET /socket.io/", "",
    "HTTP/1.1 400 ", "{\"code\":0," },
  { "sid", "GET /socket.io/?EIO=4&transport=websocket&sid=__proto__", UPGRADE,
    "HTTP/1.1 400 ", "\r\n\r\nSession ID unknown" },
  { "method", "POST /socket.io/?EIO=4&transport=websocket", "Content-Length: 0\r\n",
    "HTTP/1.1 400 ", "{\"code\":2," },
  { "no-upgrade", "GET /socket.io/?EIO=4&transport=websocket", "",
    "HTTP/1.1 400 ", "{\"code\":3," },
  { "revision", "GET /socket.io/?EIO=3&transport=websocket", UPGRADE,
    "HTTP/1.1 400 ", "\r\n\r\nUnsupported protocol version" },
  { "no-revision", "GET /socket.io/?transport=websocket", UPGRADE,
    "HTTP/1.1 400 ", "\r\n\r\nUnsupported protocol version" },
  { "version", "GET /echo", UPGRADE_WITHOUT_VERSION KEY "Sec-WebSocket-Version: 8\r\n",
    "HTTP/1.1 426 ", "Sec-WebSocket-Version: 13\r\n" },
  { "no-key", "GET /echo", UPGRADE_WITHOUT_VERSION "Sec-WebSocket-Version: 13\r\n",
    "HTTP/1.1 400 ", "\r\n" },
  { "one-offer", "GET /echo",
    UPGRADE "Sec-WebSocket-Extensions: x-none, permessage-deflate; server_max_window_bits=8, "
            "permessage-deflate; client_max_window_bits, permessage-deflate\r\n",
    "HTTP/1.1 101 ",
    "Sec-WebSocket-Extensions: permessage-deflate\r\n" },
  { "subprotocol", "GET /echo", UPGRADE "Sec-WebSocket-Protocol: ,v2.chat ,v1.chat\r\n",
    "HTTP/1.1 101 ", "Sec-WebSocket-Protocol: v2.chat\r\n" },
  { "engine-subprotocol", "GET /socket.io/?EIO=4&transport=websocket", UPGRADE "Sec-WebSocket-Protocol: a\r\n",
    "HTTP/1.1 101 ", "Sec-WebSocket-Protocol: a\r\n" },
};

typedef struct
{
  GString *answer;
  gint     done;
  char     block[4096];
} Raw;

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  Raw *raw = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);

  if (n > 0)
    g_string_append_len (raw->answer, raw->block, n);
  raw->done = TRUE;
}

static gboolean
is_whole (const char *answer)
{
  const char *body = strstr (answer, "\r\n\r\n"), *length = strstr (answer, "Content-Length: ");

  return body != NULL
         && (length == NULL || strlen (body + 4) >= g_ascii_strtoull (length + 16, NULL, 10));
}

/* Sends @len bytes and reads until @until comes, or a whole HTTP answer if that is NULL. */
static char *
ask_raw (Fixture *f, const char *request, gsize len, const char *until)
{
  g_autoptr(GSocketClient) dial = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host (
      dial, "127.0.0.1", sky_host_get_port (f->host), NULL, NULL);
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  Raw raw = { .answer = g_string_new (NULL) };
  gsize before;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request, len,
                             NULL, NULL, NULL);
  do
    {
      before = raw.answer->len;
      raw.done = FALSE;
      g_input_stream_read_async (in, raw.block, sizeof raw.block, G_PRIORITY_DEFAULT, NULL, on_read,
                                 &raw);
      WAIT (raw.done);
    }
  while (
      raw.answer->len > before
      && !(until != NULL ? strstr (raw.answer->str, until) != NULL : is_whole (raw.answer->str)));
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return g_string_free (raw.answer, FALSE);
}

static void
test_refusals (Fixture *f, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      const Refusal *r = &refusals[i];
      const char *end = strstr (r->headers, "\r\n\r\n") != NULL ? "" : "\r\n";
      g_autofree char *request
          = g_strdup_printf ("%s HTTP/1.1\r\nHost: localhost\r\n%s%s", r->target, r->headers, end);
      g_autofree char *answer = ask_raw (f, request, strlen (request), NULL);

      g_test_message ("%s: %s", r->name, answer);
      g_assert_true (g_str_has_prefix (answer, r->status));
      g_assert_nonnull (strstr (answer, r->part));
    }
  g_assert_cmpuint (sky_host_get_n_clients (f->host), <=, 1);
}

/* The limit holds for a message, not for its fragments: 600 bytes and 600 more. */
static void
test_too_large_in_parts (Fixture *f, gconstpointer data)
{
  g_autoptr(GString) request = g_string_new ("GET /echo HTTP/1.1\r\nHost: x\r\n" UPGRADE "\r\n");
  g_autofree char *body = g_strnfill (600, 'x'), *answer = NULL;

  g_string_append_len (request, "\x01\xfe\x02\x58\0\0\0\0", 8);
  g_string_append (request, body);
  g_string_append_len (request, "\x80\xfe\x02\x58\0\0\0\0", 8);
  g_string_append (request, body);
  answer = ask_raw (f, request->str, request->len, "\x88\x02\x03\xf1");
  g_assert_nonnull (strstr (answer, "\x88\x02\x03\xf1"));
}

/* 80 KiB that would become 80 MiB: refused long before it is that. */
static void
test_bomb (Fixture *f, gconstpointer data)
{
  SkyWsDeflater *deflater = sky_ws_deflater_new (15, FALSE);
  g_autoptr(GByteArray) packed = g_byte_array_new ();
  g_autofree guint8 *zeros = g_malloc0 (80 << 20);
  g_autofree char *answer = NULL;
  guint8 head[] = { 0xc2, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  g_autoptr(GString) request
      = g_string_new ("GET /echo HTTP/1.1\r\nHost: x\r\n" UPGRADE
                      "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n");

  sky_ws_deflater_message (deflater, zeros, 80 << 20, packed);
  sky_ws_deflater_free (deflater);
  g_assert_cmpuint (packed->len, >, 65535);
  for (guint i = 0; i < 4; i++)
    head[6 + i] = (guint8) (packed->len >> (24 - 8 * i));
  g_string_append_len (request, (char *) head, sizeof head);
  g_string_append_len (request, (char *) packed->data, packed->len);
  answer = ask_raw (f, request->str, request->len, "\x88\x02\x03\xf1");
  g_assert_nonnull (strstr (answer, "\x88\x02\x03\xf1"));
}

/* A host that was thrown garbage goes on. */
static void
test_garbage (Fixture *f, gconstpointer data)
{
  static const char *const junk[]
      = { "\r\n\r\n", "\x16\x03\x01\x02", "GET\r\n\r\n", "GET / HTTP/1.1\r\n",
          "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n" UPGRADE
          "\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" };
  g_autoptr(Client) ann = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (junk); i++)
    for (gsize cut = 1; cut <= strlen (junk[i]); cut += 1 + cut / 8)
      {
        g_autoptr(GSocketClient) dial = g_socket_client_new ();
        g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host (
            dial, "127.0.0.1", sky_host_get_port (f->host), NULL, NULL);

        g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                   junk[i], cut, NULL, NULL, NULL);
        pass_time (2);
        g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
      }
  ann = open_socket (f, NULL);
  expect_silence (ann);
}

static void
test_emit (Fixture *f, gconstpointer data)
{
  g_autofree char *ann_id = NULL, *bob_id = NULL;
  g_autoptr(Client) ann = open_socket (f, &ann_id), bob = open_socket (f, &bob_id);
  g_autoptr(GError) error = NULL;

  g_assert_true (sky_host_emit (f->host, "/", NULL, NULL, "all", "1, {\"$bin\":\"AAEC\"}", &error));
  g_assert_no_error (error);
  expect (ann, "451-[\"all\",1,{\"_placeholder\":true,\"num\":0}]");
  g_free (hear (ann));
  expect (bob, "451-[\"all\",1,{\"_placeholder\":true,\"num\":0}]");
  g_free (hear (bob));
  g_assert_true (sky_host_emit (f->host, "/", ann_id, NULL, "one", NULL, &error));
  expect (ann, "42[\"one\"]");
  g_assert_true (sky_host_emit (f->host, "/", NULL, ann_id, "but", "", &error));
  expect (bob, "42[\"but\"]");
  expect_silence (ann);
  g_assert_true (sky_host_emit (f->host, "/nowhere", NULL, NULL, "lost", "", &error));
  g_assert_false (sky_host_emit (f->host, "/", NULL, NULL, "all", "{", &error));
  g_assert_error (error, SKY_JSON_ERROR, SKY_JSON_ERROR_SYNTAX);
  g_clear_error (&error);
  g_assert_false (sky_host_emit (f->host, "/", NULL, NULL, "disconnect", "", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* What a person does from the window or the command line. */
static void
test_by_hand (Fixture *f, gconstpointer data)
{
  g_autofree char *ann_id = NULL, *bob_id = NULL;
  g_autoptr(Client) ann = open_socket (f, &ann_id), bob = open_socket (f, &bob_id);
  g_autoptr(GError) error = NULL;

  g_assert_true (sky_host_ask (f->host, "/", NULL, NULL, "question", "1,[2]", &error));
  expect (ann, "420[\"question\",1,[2]]");
  expect (bob, "420[\"question\",1,[2]]");
  g_assert_true (sky_host_ask (f->host, "/", ann_id, NULL, "question", NULL, &error));
  expect (ann, "421[\"question\"]");
  say (ann, "430[]");

  g_assert_true (sky_host_join (f->host, ann_id, "tea", &error));
  g_assert_true (sky_host_join (f->host, ann_id, "tea", &error));
  g_assert_cmpuint (count_notes (f, SKY_KIND_JOIN, "tea · socket "), ==, 1);
  g_assert_true (sky_host_emit (f->host, "/", "tea", NULL, "tea", "", &error));
  expect (ann, "42[\"tea\"]");
  g_assert_true (sky_host_leave (f->host, ann_id, "tea", &error));
  g_assert_cmpuint (count_notes (f, SKY_KIND_LEAVE, "by hand"), ==, 1);

  g_assert_true (sky_host_disconnect (f->host, ann_id, FALSE, &error));
  expect (ann, "41");
  g_assert_false (sky_host_disconnect (f->host, ann_id, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_free (join_space (ann, ""));
  expect_silence (ann);
  g_assert_true (sky_host_disconnect (f->host, bob_id, TRUE, &error));
  expect_close (bob, 1000);
}

static void
expect_reply (SkyRosterAsk *ask, const char *id, SkyRosterReplyState state, const char *args)
{
  SkyRosterReply reply = { 0 };

  for (guint i = 0; g_strcmp0 (reply.id, id) != 0; i++)
    g_assert_true (sky_roster_ask_get_reply (ask, i, &reply));
  g_assert_cmpint (reply.state, ==, state);
  g_assert_cmpstr (reply.args, ==, args);
}

/* One answers in time, with binary; one goes; one says nothing. */
static void
test_ask (Fixture *f, gconstpointer data)
{
  g_autofree char *ann_id = NULL, *bob_id = NULL, *eve_id = NULL;
  g_autoptr(Client) ann = open_socket (f, &ann_id), bob = open_socket (f, &bob_id), eve = open_socket (f, &eve_id);
  g_autoptr(SkyRosterAsk) ask = NULL, wrong = NULL;
  g_autoptr(GError) error = NULL;

  ask = sky_host_ask_all (f->host, "/", NULL, NULL, "vote", "1", 300, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sky_roster_ask_get_n_replies (ask), ==, 3);
  expect (ann, "420[\"vote\",1]");
  say (ann, "461-0[{\"_placeholder\":true,\"num\":0}]");
  soup_websocket_connection_send_binary (ann->websocket, "\001\002", 2);
  expect (bob, "420[\"vote\",1]");
  say (bob, "41");
  while (sky_roster_ask_count (ask, SKY_ROSTER_REPLY_DUE) > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (sky_roster_ask_is_over (ask));
  while (!sky_roster_ask_is_over (ask))
    g_main_context_iteration (NULL, TRUE);
  say (eve, "430[\"late\"]");
  pass_time (20);
  expect_reply (ask, ann_id, SKY_ROSTER_REPLY_CAME, "{\"$bin\":\"AQI=\"}");
  expect_reply (ask, bob_id, SKY_ROSTER_REPLY_GONE, NULL);
  expect_reply (ask, eve_id, SKY_ROSTER_REPLY_LATE, NULL);
  wrong = sky_host_ask_all (f->host, "/", NULL, NULL, "vote", "{", 300, &error);
  g_assert_null (wrong);
  g_assert_error (error, SKY_JSON_ERROR, SKY_JSON_ERROR_SYNTAX);
}

static gboolean
find_reason (Fixture *f, const char *why)
{
  SkyRoster *roster = sky_host_get_roster (f->host);
  SkyRosterDeed deed;

  for (guint i = 0; sky_roster_get_deed (roster, i, &deed); i++)
    if (deed.what == SKY_ROSTER_DISCONNECTED && g_strcmp0 (deed.why, why) == 0)
      return TRUE;
  return FALSE;
}

static const SkyHostOptions raw = { .protocol = SKY_PROTOCOL_WEBSOCKET };

/* Who speaks no Socket.IO is among the clients, in no namespace; it is sent away like others. */
static void
test_raw_roster (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_client (f, "/echo?who=ann"), bob = open_client (f, "/echo");
  SkyRoster *roster = sky_host_get_roster (f->host);
  g_autofree char *url = sky_host_get_url (f->host), *id = NULL;
  SkyRosterSocket socket;
  const char *why;

  g_assert_true (sky_roster_is_flat (roster));
  g_assert_cmpstr (sky_roster_get_address (roster), ==, url);
  g_assert_false (sky_roster_can (roster, G_STRUCT_OFFSET (SkyRosterHands, emit), &why));
  g_assert_cmpuint (sky_roster_get_n_sockets (roster, "", NULL), ==, 2);
  say (ann, "hello");
  expect (ann, "hello");
  g_assert_true (sky_roster_get_socket (roster, "", NULL, 0, &socket));
  g_assert_cmpuint (socket.n_in, ==, 1);
  g_assert_cmpuint (socket.n_out, ==, 1);
  g_assert_cmpstr (socket.transport, ==, "websocket");
  g_assert_nonnull (strstr (socket.handshake, "\"who\":\"ann\""));
  id = g_strdup (socket.id);
  g_assert_true (sky_roster_make_disconnect (roster, "", id, FALSE, NULL));
  expect_close (ann, 1000);
  say (bob, "still here");
  expect (bob, "still here");
  soup_websocket_connection_close (bob->websocket, 4001, "enough");
  while (sky_roster_get_n_sockets (roster, "", NULL) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (find_reason (f, "transport close (4001)"));
  sky_peer_stop (SKY_PEER (f->host));
  while (sky_peer_get_state (SKY_PEER (f->host)) != SKY_PEER_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (sky_roster_get_address (roster));
}

/* A line that is cut is told from a goodbye. */
static void
test_reasons (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL), bob = open_socket (f, NULL);
  SkyRoster *roster = sky_host_get_roster (f->host);

  soup_websocket_connection_close (ann->websocket, 1000, NULL);
  g_io_stream_close (soup_websocket_connection_get_io_stream (bob->websocket), NULL, NULL);
  while (sky_roster_get_n_sockets (roster, "/", NULL) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (find_reason (f, "transport close (1000)"));
  g_assert_true (find_reason (f, "transport close (1006)") || find_reason (f, "transport error (1006)"));
}

static void
test_stop (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL), bob = open_client (f, "/echo");

  sky_peer_stop (SKY_PEER (f->host));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (f->host)), ==, SKY_PEER_CLOSING);
  expect_close (ann, 1001);
  g_assert_cmpstr (soup_websocket_connection_get_close_data (ann->websocket), ==,
                   "server shutting down");
  expect_close (bob, 1001);
  while (sky_peer_get_state (SKY_PEER (f->host)) != SKY_PEER_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (sky_host_get_n_clients (f->host), ==, 0);
  sky_peer_start (SKY_PEER (f->host));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (f->host)), ==, SKY_PEER_OPEN);
}

static void
test_in_use (Fixture *f, gconstpointer data)
{
  guint16 port = sky_host_get_port (f->host);
  g_autoptr(SkyHost) other = sky_host_new (&(SkyHostOptions) { .port = port }, NULL);
  g_autofree char *number = g_strdup_printf ("%u", port);

  sky_peer_start (SKY_PEER (other));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (other)), ==, SKY_PEER_FAILED);
  g_test_message ("%s %s", sky_peer_get_problem (SKY_PEER (other)),
                  sky_peer_get_advice (SKY_PEER (other)));
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (other)), number));
  g_assert_nonnull (strstr (sky_peer_get_advice (SKY_PEER (other)), "is free"));
}

/* Who asks for much and reads nothing is let go, and nobody else notices. */
static void
test_slow_reader (Fixture *f, gconstpointer data)
{
  g_autoptr(Client) ann = open_socket (f, NULL);
  g_autoptr(GSocketClient) dial = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host (
      dial, "127.0.0.1", sky_host_get_port (f->host), NULL, NULL);
  static const char hello[]
      = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n" UPGRADE "\r\n"
        "\x81\x82\0\0\0\0"
        "40";
  g_autofree char *large = g_strnfill (500000, '1');
  gint dropped = FALSE;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), hello,
                             sizeof hello - 1, NULL, NULL, NULL);
  for (guint i = 0; i < 2000 && !dropped; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_true (sky_host_emit (f->host, "/", NULL, NULL, "flood", large, NULL));
      pass_time (1);
      g_queue_clear_full (&ann->heard, g_free);
      dropped = count_notes (f, SKY_KIND_ERROR, "does not read") > 0;
    }
  g_assert_true (dropped);
  pass_time (200);
  g_queue_clear_full (&ann->heard, g_free);
  expect_silence (ann);
  g_assert_cmpuint (sky_host_get_n_clients (f->host), ==, 1);
}

static void
add (const char *path, const SkyHostOptions *options, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, options, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/host/open-packet", NULL, test_open_packet);
  add ("/host/echo", NULL, test_echo);
  add ("/host/ack", NULL, test_ack);
  add ("/host/rooms", NULL, test_rooms);
  add ("/host/leave-on-close", NULL, test_leave_on_close);
  add ("/host/namespaces", NULL, test_namespaces);
  add ("/host/refusal", NULL, test_refusal);
  add ("/host/wrong", NULL, test_wrong);
  add ("/host/attachments-broken", NULL, test_attachments_broken);
  add ("/host/heartbeat", &impatient, test_heartbeat);
  add ("/host/too-large", &small, test_too_large);
  add ("/host/websocket-echo", NULL, test_websocket_echo);
  add ("/host/empty-close", NULL, test_empty_close);
  add ("/host/too-large-in-parts", &small, test_too_large_in_parts);
  add ("/host/bomb", &medium, test_bomb);
  add ("/host/refusals", NULL, test_refusals);
  add ("/host/garbage", NULL, test_garbage);
  add ("/host/emit", NULL, test_emit);
  add ("/host/by-hand", NULL, test_by_hand);
  add ("/host/ask", NULL, test_ask);
  add ("/host/raw-roster", &raw, test_raw_roster);
  add ("/host/reasons", NULL, test_reasons);
  add ("/host/stop", NULL, test_stop);
  add ("/host/in-use", NULL, test_in_use);
  add ("/host/slow-reader", NULL, test_slow_reader);
  return g_test_run ();
}

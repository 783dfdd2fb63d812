#include "peer/client/client.h"

#include <libsoup/soup.h>
#include <string.h>

#include "accept.h"
#include "wait.h"

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)
#define MIB           (1024 * 1024)
#define MAX_BUFFERED  (64 * MIB)

/* What the server does when a head has come. */
typedef enum
{
  ANSWER,
  ANSWER_DEFLATE,
  SILENT,
  HALF,
  WRONG,
  REFUSE, /* … and is silent when it is asked what it speaks instead */
} Manner;

/* A server of hand-written bytes that knows no code of ours; one connection at a time. */
typedef struct
{
  GSocketService    *service;
  guint16            port;
  Manner             manner;
  GCancellable      *cancellable;
  GSocketConnection *line; /* the last that came */
  GByteArray        *heard;
  guint8             block[65536];
  guint              n_lines, n_heads;
  guint64            n_read; /* bytes behind the last head */
  gboolean           deaf, ended, headed;
  gboolean           asked; /* the last head asked for no WebSocket */
} Server;

typedef struct
{
  Server     server;
  SkyClient *client; /* NULL once it is gone, if weak is set */
} Fixture;

static SkyPeerState
state_of (Fixture *f)
{
  return sky_peer_get_state (SKY_PEER (f->client));
}

static void
server_send (Server *s, const void *data, gsize len)
{
  GError *error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (s->line)), data, len, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
server_send_text (Server *s, const char *text)
{
  guint8 header[2] = { 0x81, (guint8) strlen (text) };

  g_assert_cmpuint (strlen (text), <, 126);
  server_send (s, header, sizeof header);
  server_send (s, text, strlen (text));
}

static void
server_answer (Server *s, const char *head)
{
  static const char refusal[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
  g_autofree char *accept = NULL, *answer = NULL;

  s->asked = strstr (head, "Sec-WebSocket-Key: ") == NULL;
  if (s->manner == REFUSE && !s->asked)
    server_send (s, refusal, strlen (refusal));
  if (s->manner == SILENT || s->manner == REFUSE)
    return;
  accept = make_accept (head);
  answer = g_strdup_printf (
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%s"
      "Sec-WebSocket-Accept: %s%s\r\n\r\n",
      s->manner == ANSWER_DEFLATE ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "",
      s->manner == WRONG ? "x" : "", accept);
  server_send (s, answer, s->manner == HALF ? 20 : strlen (answer));
}

static void server_read (Server *s);

static void
on_read (GObject *input, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (input), result, &error);
  Server *s = user_data;
  char *end;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || input != G_OBJECT (g_io_stream_get_input_stream (G_IO_STREAM (s->line))))
    return;
  if (n <= 0)
    {
      s->ended = TRUE;
      return;
    }
  g_byte_array_append (s->heard, s->block, (guint) n);
  if (s->headed)
    s->n_read += (guint64) n;
  else if ((end = g_strstr_len ((const char *) s->heard->data, s->heard->len, "\r\n\r\n")) != NULL)
    {
      g_autofree char *head = g_strndup ((const char *) s->heard->data, s->heard->len);

      g_assert_cmpuint (s->heard->len, ==, strlen (head)); /* a client waits for the 101 */
      g_byte_array_set_size (s->heard, 0);
      s->headed = TRUE;
      s->n_heads++;
      server_answer (s, head);
    }
  server_read (s);
}

static void
server_read (Server *s)
{
  if (!(s->deaf && s->headed))
    g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (s->line)), s->block, sizeof s->block,
                               G_PRIORITY_DEFAULT, s->cancellable, on_read, s);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Server *s = user_data;

  g_set_object (&s->line, connection);
  g_byte_array_set_size (s->heard, 0);
  s->headed = s->ended = FALSE;
  s->n_read = 0;
  s->n_lines++;
  server_read (s);
  return TRUE;
}

/* Returns: the payload of the client's next frame as text, its opcode in *@opcode; frames of up to 125 bytes */
static char *
server_hear (Server *s, guint *opcode)
{
  guint len;
  char *text;

  WAIT (s->heard->len >= 6 && s->heard->len >= 6u + (s->heard->data[1] & 127));
  len = s->heard->data[1] & 127;
  g_assert_cmpuint (s->heard->data[1], >=, 0x80); /* masked */
  g_assert_cmpuint (len, <, 126);
  *opcode = s->heard->data[0] & 15;
  text = g_malloc0 (len + 1);
  for (guint i = 0; i < len; i++)
    text[i] = (char) (s->heard->data[6 + i] ^ s->heard->data[2 + i % 4]);
  g_byte_array_remove_range (s->heard, 0, 6 + len);
  return text;
}

static void
expect_frame (Fixture *f, guint opcode, const char *text)
{
  guint found;
  g_autofree char *heard = server_hear (&f->server, &found);

  g_assert_cmpstr (heard, ==, text);
  g_assert_cmpuint (found, ==, opcode);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  Server *s = &f->server;
  g_autoptr(SkyProfile) profile = NULL;
  g_autofree char *url = NULL;

  s->service = g_socket_service_new ();
  s->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (s->service), NULL, NULL);
  s->heard = g_byte_array_new ();
  s->cancellable = g_cancellable_new ();
  g_signal_connect (s->service, "incoming", G_CALLBACK (on_incoming), s);
  url = g_strdup_printf ("http://127.0.0.1:%u/", s->port);
  profile = sky_profile_new (url);
  profile->protocol = (SkyProtocol) GPOINTER_TO_INT (data);
  profile->transports = SKY_TRANSPORTS_WEBSOCKET;
  f->client = sky_client_new (profile, NULL);
}

/* The client goes away with its last reference, whatever it was at. */
static void
drop_client (Fixture *f)
{
  if (f->client == NULL)
    return;
  g_object_add_weak_pointer (G_OBJECT (f->client), (gpointer *) &f->client);
  g_object_unref (f->client);
  g_assert_null (f->client);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  Server *s = &f->server;

  drop_client (f);
  g_cancellable_cancel (s->cancellable);
  g_socket_service_stop (s->service);
  pass_time (1);
  g_clear_object (&s->line);
  g_object_unref (s->cancellable);
  g_object_unref (s->service);
  g_byte_array_unref (s->heard);
}

static void
open_client (Fixture *f, gboolean engine)
{
  f->server.headed = FALSE;
  sky_peer_start (SKY_PEER (f->client));
  if (engine)
    {
      WAIT (f->server.headed);
      server_send_text (&f->server, "0{\"sid\":\"a\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
      expect_frame (f, 1, "40");
      server_send_text (&f->server, "40{\"sid\":\"b\"}");
    }
  WAIT (state_of (f) == SKY_PEER_OPEN);
}

static guint
count_notes (Fixture *f, SkyKind kind)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (f->client));
  guint n = 0;

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    n += sky_store_get_record (store, i)->kind == kind;
  return n;
}

/* ---- States */

static void
test_stop_dialling (Fixture *f, gconstpointer data)
{
  sky_peer_start (SKY_PEER (f->client));
  sky_peer_stop (SKY_PEER (f->client));
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSED);
  pass_time (100);
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSED);
  g_assert_cmpuint (f->server.n_heads, ==, 0);
  open_client (f, FALSE);
}

static void
test_stop_shaking (Fixture *f, gconstpointer data)
{
  static const Manner manners[] = { SILENT, HALF };

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      f->server.manner = manners[i];
      sky_peer_start (SKY_PEER (f->client));
      WAIT (f->server.n_heads == i + 1);
      g_assert_cmpint (state_of (f), ==, SKY_PEER_WORKING);
      sky_peer_stop (SKY_PEER (f->client));
      g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSED);
      WAIT (f->server.ended);
      g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSED);
      g_assert_null (sky_peer_get_problem (SKY_PEER (f->client)));
    }
}

static void
test_stop_and_start (Fixture *f, gconstpointer data)
{
  f->server.manner = SILENT;
  sky_peer_start (SKY_PEER (f->client));
  WAIT (f->server.n_heads == 1);
  sky_peer_stop (SKY_PEER (f->client));
  f->server.manner = ANSWER;
  open_client (f, FALSE);
  pass_time (50);
  g_assert_cmpint (state_of (f), ==, SKY_PEER_OPEN);
}

static void
test_stop_twice (Fixture *f, gconstpointer data)
{
  open_client (f, FALSE);
  sky_peer_stop (SKY_PEER (f->client));
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSING);
  expect_frame (f, 8, "\x03\xe8"); /* is not answered: the second one does not wait */
  sky_peer_stop (SKY_PEER (f->client));
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSED);
  sky_peer_stop (SKY_PEER (f->client));
  WAIT (f->server.ended);
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSED);
}

static void
test_two_starts (Fixture *f, gconstpointer data)
{
  sky_peer_start (SKY_PEER (f->client));
  sky_peer_start (SKY_PEER (f->client));
  WAIT (state_of (f) == SKY_PEER_OPEN);
  sky_peer_start (SKY_PEER (f->client));
  pass_time (50);
  g_assert_cmpuint (f->server.n_lines, ==, 1);
}

static void
test_start_after_failure (Fixture *f, gconstpointer data)
{
  f->server.manner = WRONG;
  sky_peer_start (SKY_PEER (f->client));
  WAIT (state_of (f) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (f->client)), "handshake is wrong"));
  f->server.manner = ANSWER;
  open_client (f, FALSE);
  g_assert_null (sky_peer_get_problem (SKY_PEER (f->client)));
}

/* The last reference goes while it dials, shakes hands, is open, closes, is closed, has failed or asks why. */
static void
test_drop (Fixture *f, gconstpointer data)
{
  static const Manner manners[] = { ANSWER, SILENT, HALF, ANSWER, ANSWER, ANSWER, WRONG, REFUSE };

  for (guint i = 0; i < G_N_ELEMENTS (manners); i++)
    {
      g_autoptr(SkyProfile) profile = sky_profile_copy (sky_client_get_profile (f->client));

      f->server.manner = manners[i];
      f->server.headed = FALSE;
      sky_peer_start (SKY_PEER (f->client));
      if (i > 0)
        WAIT (f->server.headed);
      if (manners[i] == REFUSE)
        WAIT (f->server.asked);
      else if (i >= 3)
        WAIT (state_of (f) == SKY_PEER_OPEN || state_of (f) == SKY_PEER_FAILED);
      if (i == 4 || i == 5)
        sky_peer_stop (SKY_PEER (f->client));
      if (i == 5)
        sky_peer_stop (SKY_PEER (f->client));
      drop_client (f);
      f->client = sky_client_new (profile, NULL);
    }
}

/* ---- What those do who hear of it */

static void
on_open_stop (SkyPeer *peer)
{
  if (sky_peer_get_state (peer) == SKY_PEER_OPEN)
    sky_peer_stop (peer);
}

static void
test_stop_when_open (Fixture *f, gconstpointer data)
{
  g_signal_connect (f->client, "notify::state", G_CALLBACK (on_open_stop), NULL);
  sky_peer_start (SKY_PEER (f->client));
  WAIT (f->server.headed);
  server_send_text (&f->server, "0{\"sid\":\"a\",\"upgrades\":[],\"pingInterval\":10,\"pingTimeout\":10}");
  expect_frame (f, 1, "40");
  server_send_text (&f->server, "40{\"sid\":\"b\"}");
  expect_frame (f, 1, "41");
  expect_frame (f, 8, "\x03\xe8");
  pass_time (100); /* the heartbeat is not missed any more */
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSING);
  server_send (&f->server, "\x88\x02\x03\xe8", 4);
  g_io_stream_close (G_IO_STREAM (f->server.line), NULL, NULL);
  WAIT (state_of (f) == SKY_PEER_CLOSED);
}

static void
on_failed_start (SkyPeer *peer)
{
  if (sky_peer_get_state (peer) == SKY_PEER_FAILED)
    sky_peer_start (peer);
}

static void
test_start_when_failed (Fixture *f, gconstpointer data)
{
  g_signal_connect (f->client, "notify::state", G_CALLBACK (on_failed_start), NULL);
  open_client (f, FALSE);
  server_send (&f->server, "\x88\x02\x0f\xa1", 4); /* 4001 */
  WAIT (f->server.n_heads == 1 && f->server.heard->len > 0);
  g_io_stream_close (G_IO_STREAM (f->server.line), NULL, NULL);
  WAIT (f->server.n_heads == 2 && state_of (f) == SKY_PEER_OPEN);
  pass_time (50);
  g_assert_cmpint (state_of (f), ==, SKY_PEER_OPEN);
}

static void
on_state_drop (SkyPeer *peer, GParamSpec *pspec, gpointer user_data)
{
  if (sky_peer_get_state (peer) == (SkyPeerState) GPOINTER_TO_INT (user_data))
    g_object_unref (peer);
}

static void
test_drop_when_heard (Fixture *f, gconstpointer data)
{
  static const SkyPeerState states[] = { SKY_PEER_OPEN, SKY_PEER_FAILED, SKY_PEER_CLOSING };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr(SkyProfile) profile = sky_profile_copy (sky_client_get_profile (f->client));

      f->server.manner = states[i] == SKY_PEER_FAILED ? WRONG : ANSWER;
      g_object_add_weak_pointer (G_OBJECT (f->client), (gpointer *) &f->client);
      g_signal_connect (f->client, "notify::state", G_CALLBACK (on_state_drop), GINT_TO_POINTER (states[i]));
      f->server.headed = FALSE;
      sky_peer_start (SKY_PEER (f->client));
      if (states[i] == SKY_PEER_CLOSING)
        {
          WAIT (state_of (f) == SKY_PEER_OPEN);
          sky_peer_stop (SKY_PEER (f->client));
        }
      WAIT (f->client == NULL);
      f->client = sky_client_new (profile, NULL);
    }
}

/* ---- Close frames */

static void
test_close (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *long_reason = g_strnfill (124, 'r');

  open_client (f, FALSE);
  g_assert_false (sky_client_close (f->client, 1006, NULL, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS);
  g_clear_error (&error);
  g_assert_false (sky_client_close (f->client, 1000, long_reason, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS);
  g_clear_error (&error);
  g_assert_true (sky_client_close (f->client, 4001, "bye", &error));
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSING);
  expect_frame (f, 8, "\x0f\xa1" "bye");
  server_send (&f->server, "\x88\x05\x0f\xa1" "bye", 7);
  g_io_stream_close (G_IO_STREAM (f->server.line), NULL, NULL);
  WAIT (state_of (f) == SKY_PEER_CLOSED);
  g_assert_false (sky_client_close (f->client, 1000, NULL, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN);
}

static void
test_closed_by_server (Fixture *f, gconstpointer data)
{
  open_client (f, FALSE);
  server_send (&f->server, "\x88\x09\x0f\xa2no more", 11);
  expect_frame (f, 8, "\x0f\xa2no more");
  g_io_stream_close (G_IO_STREAM (f->server.line), NULL, NULL);
  WAIT (state_of (f) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (f->client)), "4002"));
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (f->client)), "no more"));
}

static void
test_too_large (Fixture *f, gconstpointer data)
{
  open_client (f, FALSE);
  server_send (&f->server, "\x82\x7f\x40\0\0\0\0\0\0\0", 10);
  expect_frame (f, 8, "\x03\xf1");
  WAIT (state_of (f) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (f->client)), "64 MiB"));
}

/* Who breaks a rule and then does nothing is not waited for long. */
static void
test_no_answer_to_1002 (Fixture *f, gconstpointer data)
{
  open_client (f, FALSE);
  server_send (&f->server, "\x83\x01x", 3);
  expect_frame (f, 8, "\x03\xea");
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSING);
  WAIT (state_of (f) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (f->client)), "1002"));
  WAIT (f->server.ended);
}

/* ---- What waits to be sent */

static GBytes *
random_bytes (gsize len)
{
  guint32 *words = g_malloc (len);

  for (gsize i = 0; i < len / sizeof *words; i++)
    words[i] = g_random_int ();
  return g_bytes_new_take (words, len);
}

/* Right whether compressed or not: whatever has left the socket is not counted, and all else is. */
static void
buffer_up (Fixture *f, Manner manner)
{
  g_autoptr(GBytes) data = random_bytes (4 * MIB), tiny = g_bytes_new_static ("ping", 4);
  g_autoptr(GError) error = NULL;
  guint n_sent = 0;

  f->server.manner = manner;
  f->server.deaf = TRUE;
  open_client (f, FALSE);
  g_assert_cmpuint (sky_client_get_buffered (f->client), ==, 0);
  while (sky_client_send_binary (f->client, data, &error))
    {
      g_assert_cmpuint (++n_sent, <, 30);
      g_assert_cmpuint (sky_client_get_buffered (f->client), <=, MAX_BUFFERED + 16 * MIB / 1024);
      pass_time (5);
    }
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL);
  g_clear_error (&error);
  g_assert_cmpuint (n_sent, >=, 14);
  g_assert_cmpuint (sky_client_get_buffered (f->client), >, MAX_BUFFERED / 2);
  g_assert_false (sky_client_send_frame (f->client, TRUE, 0, 9, TRUE, tiny, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL);
  g_clear_error (&error);
  f->server.deaf = FALSE;
  server_read (&f->server);
  WAIT (sky_client_get_buffered (f->client) == 0);
  WAIT (f->server.n_read >= n_sent * 4ull * MIB);
  g_byte_array_set_size (f->server.heard, 0);
  g_assert_true (sky_client_send_frame (f->client, TRUE, 0, 9, TRUE, tiny, &error));
  g_assert_cmpuint (sky_client_get_buffered (f->client), ==, 10); /* header, mask, payload */
  expect_frame (f, 9, "ping");
  WAIT (sky_client_get_buffered (f->client) == 0);
}

static void
test_buffered (Fixture *f, gconstpointer data)
{
  buffer_up (f, ANSWER);
}

static void
test_buffered_deflate (Fixture *f, gconstpointer data)
{
  buffer_up (f, ANSWER_DEFLATE);
}

static void
test_message_too_large_to_send (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (MAX_BUFFERED + 1, 'x');
  g_autoptr(GError) error = NULL;

  open_client (f, FALSE);
  g_assert_false (sky_client_send_text (f->client, text, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS);
  g_assert_cmpuint (sky_client_get_buffered (f->client), ==, 0);
}

/* A close is begun though much waits. */
static void
test_close_when_full (Fixture *f, gconstpointer data)
{
  g_autoptr(GBytes) large = random_bytes (60 * MIB);

  f->server.deaf = TRUE;
  open_client (f, FALSE);
  g_assert_true (sky_client_send_binary (f->client, large, NULL));
  g_assert_true (sky_client_close (f->client, 1000, NULL, NULL));
  g_assert_cmpint (state_of (f), ==, SKY_PEER_CLOSING);
}

/* ---- Acks */

typedef struct
{
  Fixture  *f;
  guint     n_called, n_freed;
  char     *args;
  GError   *error;
  gboolean  drop, restart;
} Asked;

static void
on_ack (SkyClient *client, const char *args, gint64 latency_usec, const GError *error, gpointer user_data)
{
  Asked *asked = user_data;

  g_assert_true ((args != NULL) != (error != NULL));
  asked->n_called++;
  g_free (asked->args);
  asked->args = g_strdup (args);
  g_clear_error (&asked->error);
  asked->error = error != NULL ? g_error_copy (error) : NULL;
  if (asked->drop)
    g_object_unref (client);
  if (asked->restart)
    {
      sky_peer_stop (SKY_PEER (client));
      sky_peer_start (SKY_PEER (client));
    }
}

static void
on_ack_freed (gpointer user_data)
{
  ((Asked *) user_data)->n_freed++;
}

static gboolean
ask (Fixture *f, Asked *asked, guint timeout_msec)
{
  return sky_client_emit_with_ack (f->client, "/", "q", NULL, timeout_msec, on_ack, asked, on_ack_freed, &asked->error);
}

static void
asked_clear (Asked *asked)
{
  g_free (asked->args);
  g_clear_error (&asked->error);
}

static void
test_emit_when_closed (Fixture *f, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  Asked asked = { 0 };

  g_assert_false (sky_client_emit (f->client, "/", "x", NULL, SKY_EMIT_NONE, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN);
  g_assert_false (ask (f, &asked, 0));
  g_assert_error (asked.error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN);
  g_assert_cmpuint (asked.n_called, ==, 0);
  g_assert_cmpuint (asked.n_freed, ==, 1);
  asked_clear (&asked);
}

static const struct
{
  const char *name;
  gboolean    right;
} event_names[] = {
  { "" },
  { "connect" },
  { "removeListener" },
  { "Connect", TRUE },
  { "chat message", TRUE },
};

static void
test_event_names (Fixture *f, gconstpointer data)
{
  open_client (f, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (event_names); i++)
    {
      const char *problem = sky_client_event_problem (event_names[i].name);
      g_autoptr(GError) error = NULL;

      g_assert_true ((problem == NULL) == event_names[i].right);
      g_assert_true (sky_client_emit (f->client, "/", event_names[i].name, NULL, SKY_EMIT_NONE, &error) == event_names[i].right);
      if (problem != NULL)
        g_assert_cmpstr (error->message, ==, problem);
    }
  expect_frame (f, 1, "42[\"Connect\"]");
  expect_frame (f, 1, "42[\"chat message\"]");
}

static void
test_ack (Fixture *f, gconstpointer data)
{
  Asked late = { 0 }, right = { 0 };

  open_client (f, TRUE);
  g_assert_true (ask (f, &late, 30));
  expect_frame (f, 1, "420[\"q\"]");
  WAIT (late.n_called == 1);
  g_assert_error (late.error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_TIMEOUT);
  g_assert_true (ask (f, &right, 0));
  expect_frame (f, 1, "421[\"q\"]");
  server_send_text (&f->server, "430[\"late\"]");
  server_send_text (&f->server, "431[1,\"x\"]");
  server_send_text (&f->server, "431[2]");
  WAIT (right.n_called == 1);
  pass_time (30);
  g_assert_cmpstr (right.args, ==, "1,\"x\"");
  g_assert_no_error (right.error);
  g_assert_cmpuint (right.n_called + right.n_freed + late.n_called + late.n_freed, ==, 4);
  asked_clear (&late);
  asked_clear (&right);
}

static void
test_drop_in_ack (Fixture *f, gconstpointer data)
{
  Asked asked = { .drop = TRUE }, other = { 0 };

  open_client (f, TRUE);
  g_object_add_weak_pointer (G_OBJECT (f->client), (gpointer *) &f->client);
  g_assert_true (ask (f, &asked, 0));
  g_assert_true (ask (f, &other, 0));
  server_send_text (&f->server, "430[]");
  WAIT (f->client == NULL);
  g_assert_cmpuint (asked.n_called + asked.n_freed, ==, 2);
  g_assert_cmpuint (other.n_freed, ==, 1);
  g_assert_cmpuint (other.n_called, <=, 1);
  asked_clear (&asked);
  asked_clear (&other);
}

/* In the end of the connection, and after a time that is over. */
static void
test_drop_in_failed_ack (Fixture *f, gconstpointer data)
{
  static const guint timeouts_msec[] = { 0, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (timeouts_msec); i++)
    {
      g_autoptr(SkyProfile) profile = sky_profile_copy (sky_client_get_profile (f->client));
      Asked asked = { .drop = TRUE };

      open_client (f, TRUE);
      g_object_add_weak_pointer (G_OBJECT (f->client), (gpointer *) &f->client);
      g_assert_true (ask (f, &asked, timeouts_msec[i]));
      if (timeouts_msec[i] == 0)
        g_io_stream_close (G_IO_STREAM (f->server.line), NULL, NULL);
      WAIT (f->client == NULL);
      g_assert_cmpuint (asked.n_called + asked.n_freed, ==, 2);
      asked_clear (&asked);
      f->client = sky_client_new (profile, NULL);
    }
}

static void
test_gone (Fixture *f, gconstpointer data)
{
  Asked asked[5] = { { .restart = TRUE }, { .restart = TRUE }, { .restart = TRUE } };

  open_client (f, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    g_assert_true (ask (f, &asked[i], i * 10000));
  g_io_stream_close (G_IO_STREAM (f->server.line), NULL, NULL);
  WAIT (state_of (f) != SKY_PEER_OPEN);
  sky_peer_stop (SKY_PEER (f->client));
  pass_time (50);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_assert_error (asked[i].error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_GONE);
      g_assert_cmpuint (asked[i].n_called, ==, 1);
      g_assert_cmpuint (asked[i].n_freed, ==, 1);
      asked_clear (&asked[i]);
    }
}

/* PROTOCOL §7.8: an event of nothing is no parse error, and what follows is heard. */
static void
test_nothing (Fixture *f, gconstpointer data)
{
  Asked asked = { 0 };

  open_client (f, TRUE);
  g_assert_true (ask (f, &asked, 0));
  server_send_text (&f->server, "42");
  server_send_text (&f->server, "430[1]");
  WAIT (asked.n_called == 1);
  g_assert_cmpuint (count_notes (f, SKY_KIND_ERROR), ==, 0);
  server_send_text (&f->server, "42{}");
  WAIT (count_notes (f, SKY_KIND_ERROR) == 1);
  server_send_text (&f->server, "2probe");
  expect_frame (f, 1, "420[\"q\"]");
  expect_frame (f, 1, "3probe");
  asked_clear (&asked);
}

static void
add (const char *path, SkyProtocol protocol, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, GINT_TO_POINTER (protocol), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/client/stop-dialling", SKY_PROTOCOL_WEBSOCKET, test_stop_dialling);
  add ("/client/stop-shaking", SKY_PROTOCOL_WEBSOCKET, test_stop_shaking);
  add ("/client/stop-and-start", SKY_PROTOCOL_WEBSOCKET, test_stop_and_start);
  add ("/client/stop-twice", SKY_PROTOCOL_WEBSOCKET, test_stop_twice);
  add ("/client/two-starts", SKY_PROTOCOL_WEBSOCKET, test_two_starts);
  add ("/client/start-after-failure", SKY_PROTOCOL_WEBSOCKET, test_start_after_failure);
  add ("/client/drop", SKY_PROTOCOL_WEBSOCKET, test_drop);
  add ("/client/stop-when-open", SKY_PROTOCOL_SOCKET_IO, test_stop_when_open);
  add ("/client/start-when-failed", SKY_PROTOCOL_WEBSOCKET, test_start_when_failed);
  add ("/client/drop-when-heard", SKY_PROTOCOL_WEBSOCKET, test_drop_when_heard);
  add ("/client/close", SKY_PROTOCOL_WEBSOCKET, test_close);
  add ("/client/closed-by-server", SKY_PROTOCOL_WEBSOCKET, test_closed_by_server);
  add ("/client/too-large", SKY_PROTOCOL_WEBSOCKET, test_too_large);
  add ("/client/no-answer-to-1002", SKY_PROTOCOL_WEBSOCKET, test_no_answer_to_1002);
  add ("/client/buffered", SKY_PROTOCOL_WEBSOCKET, test_buffered);
  add ("/client/buffered-deflate", SKY_PROTOCOL_WEBSOCKET, test_buffered_deflate);
  add ("/client/message-too-large-to-send", SKY_PROTOCOL_WEBSOCKET, test_message_too_large_to_send);
  add ("/client/close-when-full", SKY_PROTOCOL_WEBSOCKET, test_close_when_full);
  add ("/client/emit-when-closed", SKY_PROTOCOL_SOCKET_IO, test_emit_when_closed);
  add ("/client/event-names", SKY_PROTOCOL_SOCKET_IO, test_event_names);
  add ("/client/ack", SKY_PROTOCOL_SOCKET_IO, test_ack);
  add ("/client/drop-in-ack", SKY_PROTOCOL_SOCKET_IO, test_drop_in_ack);
  add ("/client/drop-in-failed-ack", SKY_PROTOCOL_SOCKET_IO, test_drop_in_failed_ack);
  add ("/client/gone", SKY_PROTOCOL_SOCKET_IO, test_gone);
  add ("/client/nothing", SKY_PROTOCOL_SOCKET_IO, test_nothing);
  return g_test_run ();
}

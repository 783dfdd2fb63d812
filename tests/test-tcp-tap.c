#include "tcp/tcp-tap.h"

#include "tcp/tcp-facts.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)
#define FLOOD_LEN     (32 * 1024 * 1024)
#define WAIT(condition)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline_usec = g_get_monotonic_time () + DEADLINE_USEC;                                \
    guint wake_id = g_timeout_add (20, on_wake, NULL);                                             \
    while (!(condition) && g_get_monotonic_time () < deadline_usec)                                \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (wake_id);                                                                     \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

/* What a tap said. */
typedef struct
{
  GByteArray *read, *written;
  guint       n_read, n_written, n_ended, n_closed;
  gint64      last_usec;
  GError     *why;
} Log;

/* Two ends of one connection on the loopback, each with its tap. */
typedef struct
{
  SkyTcpTap *a, *b;
  Log        log_a, log_b;
} Pair;

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
on_tap (SkyTcpTapEvent event, const guint8 *data, gsize len, gint64 time_usec, const GError *error,
        gpointer user_data)
{
  Log *log = user_data;

  g_assert_cmpint (time_usec, >=, log->last_usec);
  g_assert_cmpuint (log->n_closed, ==, 0);
  log->last_usec = time_usec;
  switch (event)
    {
    case SKY_TCP_TAP_READ:
      g_assert_cmpuint (log->n_ended, ==, 0);
      g_assert_cmpuint (len, >, 0);
      g_byte_array_append (log->read, data, len);
      log->n_read++;
      break;
    case SKY_TCP_TAP_WRITTEN:
      g_assert_cmpuint (len, >, 0);
      g_byte_array_append (log->written, data, len);
      log->n_written++;
      break;
    case SKY_TCP_TAP_END:
      g_assert_cmpuint (log->n_ended, ==, 0);
      log->n_ended++;
      log->why = error != NULL ? g_error_copy (error) : NULL;
      break;
    case SKY_TCP_TAP_CLOSED:
      log->n_closed++;
      break;
    }
}

static void
log_init (Log *log)
{
  *log = (Log){ .read = g_byte_array_new (), .written = g_byte_array_new () };
}

static void
log_clear (Log *log)
{
  g_byte_array_unref (log->read);
  g_byte_array_unref (log->written);
  g_clear_error (&log->why);
}

static void
connect_sockets (GSocketConnection **a, GSocketConnection **b)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocket) listener = NULL, dialled = NULL, accepted = NULL;
  g_autoptr(GSocketAddress) address = NULL;
  g_autoptr(GError) error = NULL;

  listener
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listener, any, TRUE, NULL) && g_socket_listen (listener, NULL));
  address = g_socket_get_local_address (listener, NULL);
  dialled = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_true (g_socket_connect (dialled, address, NULL, NULL));
  accepted = g_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);
  *a = g_socket_connection_factory_create_connection (dialled);
  *b = g_socket_connection_factory_create_connection (accepted);
}

static void
pair_init (Pair *pair)
{
  g_autoptr(GSocketConnection) a = NULL, b = NULL;

  connect_sockets (&a, &b);
  log_init (&pair->log_a);
  log_init (&pair->log_b);
  pair->a = sky_tcp_tap_new (G_IO_STREAM (a), on_tap, &pair->log_a);
  pair->b = sky_tcp_tap_new (G_IO_STREAM (b), on_tap, &pair->log_b);
}

static void
pair_clear (Pair *pair)
{
  g_assert_finalize_object (pair->a);
  g_assert_finalize_object (pair->b);
  g_assert_cmpuint (pair->log_a.n_closed, ==, 1);
  g_assert_cmpuint (pair->log_b.n_closed, ==, 1);
  log_clear (&pair->log_a);
  log_clear (&pair->log_b);
}

static GPollableInputStream *
input (SkyTcpTap *tap)
{
  return G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (tap)));
}

static GPollableOutputStream *
output (SkyTcpTap *tap)
{
  return G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (tap)));
}

static gssize
put (SkyTcpTap *tap, const void *data, gsize len, GError **error)
{
  return g_pollable_output_stream_write_nonblocking (output (tap), data, len, NULL, error);
}

static gssize
get (SkyTcpTap *tap, void *data, gsize len, GError **error)
{
  return g_pollable_input_stream_read_nonblocking (input (tap), data, len, NULL, error);
}

static void
assert_same_bytes (GByteArray *one, GByteArray *other)
{
  g_assert_cmpmem (one->data, one->len, other->data, other->len);
}

/* A libsoup conversation over the pair. */
typedef struct
{
  Pair                     pair;
  SoupWebsocketConnection *ws_a, *ws_b;
  guint                    n_a, n_b; /* messages that came to a and to b */
  gsize                    most_len;
  gboolean                 echo, closed_a, closed_b;
} Talk;

static void
check_number (GBytes *message, guint expected)
{
  guint32 number;

  memcpy (&number, g_bytes_get_data (message, NULL), sizeof number);
  g_assert_cmpuint (number, ==, expected);
}

static void
on_message_a (SoupWebsocketConnection *ws, int type, GBytes *message, gpointer user_data)
{
  Talk *talk = user_data;

  check_number (message, talk->n_a++);
  talk->most_len = MAX (talk->most_len, g_bytes_get_size (message));
}

static void
on_message_b (SoupWebsocketConnection *ws, int type, GBytes *message, gpointer user_data)
{
  Talk *talk = user_data;

  check_number (message, talk->n_b++);
  if (talk->echo)
    soup_websocket_connection_send_message (ws, SOUP_WEBSOCKET_DATA_BINARY, message);
}

static void
on_closed (SoupWebsocketConnection *ws, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
talk_init (Talk *talk)
{
  g_autoptr(GUri) uri = g_uri_parse ("ws://localhost/", SOUP_HTTP_URI_FLAGS, NULL);

  *talk = (Talk){ .echo = TRUE };
  pair_init (&talk->pair);
  talk->ws_a = soup_websocket_connection_new (G_IO_STREAM (talk->pair.a), uri,
                                              SOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, NULL);
  talk->ws_b = soup_websocket_connection_new (G_IO_STREAM (talk->pair.b), uri,
                                              SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (talk->ws_a, 0);
  soup_websocket_connection_set_max_incoming_payload_size (talk->ws_b, 0);
  g_signal_connect (talk->ws_a, "message", G_CALLBACK (on_message_a), talk);
  g_signal_connect (talk->ws_b, "message", G_CALLBACK (on_message_b), talk);
  g_signal_connect (talk->ws_a, "closed", G_CALLBACK (on_closed), &talk->closed_a);
  g_signal_connect (talk->ws_b, "closed", G_CALLBACK (on_closed), &talk->closed_b);
}

/* Ends it as RFC 6455 §7 wants, and looks at both ends of the line. */
static void
talk_finish (Talk *talk)
{
  Pair *pair = &talk->pair;

  soup_websocket_connection_close (talk->ws_a, 1000, "bye");
  WAIT (talk->closed_a && talk->closed_b);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (talk->ws_b), ==, 1000);
  g_assert_cmpuint (soup_websocket_connection_get_close_code (talk->ws_a), ==, 1000);
  assert_same_bytes (pair->log_a.written, pair->log_b.read);
  assert_same_bytes (pair->log_b.written, pair->log_a.read);
  g_assert_cmpuint (sky_tcp_tap_get_buffered (pair->a), ==, 0);
  g_assert_cmpuint (sky_tcp_tap_get_buffered (pair->b), ==, 0);
  g_assert_finalize_object (talk->ws_a);
  g_assert_finalize_object (talk->ws_b);
  pair_clear (pair);
}

static void
send_number (SoupWebsocketConnection *ws, guint32 number, gsize len)
{
  guint8 *data = g_malloc0 (len);
  g_autoptr(GBytes) message = NULL;

  memcpy (data, &number, sizeof number);
  for (gsize i = sizeof number; i < len; i++)
    data[i] = (guint8) (i * 31 + i / 251);
  message = g_bytes_new_take (data, len);
  soup_websocket_connection_send_message (ws, SOUP_WEBSOCKET_DATA_BINARY, message);
}

static void
test_websocket_small (void)
{
  Talk talk;
  const guint n = 5000;

  talk_init (&talk);
  for (guint i = 0; i < n; i++)
    send_number (talk.ws_a, i, 20 + i % 100);
  WAIT (talk.n_a == n);
  g_assert_cmpuint (talk.n_b, ==, n);
  g_assert_cmpuint (talk.pair.log_a.n_written, <, n / 20);
  g_assert_cmpuint (talk.pair.log_b.n_written, <, n / 20);
  talk_finish (&talk);
}

/* One message a turn: each is sent at its end, none waits for company. */
static void
test_websocket_ping_pong (void)
{
  Talk talk;

  talk_init (&talk);
  for (guint i = 0; i < 500; i++)
    {
      send_number (talk.ws_a, i, 40);
      WAIT (talk.n_a == i + 1);
    }
  g_assert_cmpuint (talk.pair.log_a.n_written, ==, 500);
  talk_finish (&talk);
}

static void
test_websocket_large (void)
{
  Talk talk;

  talk_init (&talk);
  send_number (talk.ws_a, 0, 16 * 1024 * 1024);
  send_number (talk.ws_a, 1, 4);
  WAIT (talk.n_a == 2);
  g_assert_cmpuint (talk.most_len, ==, 16 * 1024 * 1024);
  talk_finish (&talk);
}

/* Both ends talk over each other, in bursts of many sizes. */
static void
test_websocket_both_ways (void)
{
  Talk talk;
  guint n = 0;

  talk_init (&talk);
  talk.echo = FALSE;
  for (guint burst = 0; burst < 40; burst++)
    {
      for (guint i = 0; i < 50; i++, n++)
        {
          send_number (talk.ws_a, n, 4 + (n * 7919) % 3000);
          send_number (talk.ws_b, n, 4 + (n * 104729) % 5000);
        }
      for (guint i = 0; i < burst % 5; i++)
        g_main_context_iteration (NULL, FALSE);
    }
  WAIT (talk.n_a == n && talk.n_b == n);
  talk_finish (&talk);
}

static void
test_buffered (void)
{
  Pair pair;
  guint8 got[8];

  pair_init (&pair);
  g_assert_cmpint (put (pair.a, "one", 3, NULL), ==, 3);
  g_assert_cmpint (put (pair.a, "two", 3, NULL), ==, 3);
  g_assert_cmpuint (sky_tcp_tap_get_buffered (pair.a), ==, 6);
  g_assert_cmpuint (pair.log_a.n_written, ==, 0);
  WAIT (sky_tcp_tap_get_buffered (pair.a) == 0);
  g_assert_cmpuint (pair.log_a.n_written, ==, 1);
  g_assert_cmpmem (pair.log_a.written->data, pair.log_a.written->len, "onetwo", 6);
  WAIT (g_pollable_input_stream_is_readable (input (pair.b)));
  g_assert_cmpint (get (pair.b, got, 2, NULL), ==, 2);
  g_assert_cmpuint (pair.log_b.read->len, ==, 6);
  g_assert_true (g_pollable_input_stream_is_readable (input (pair.b)));
  g_assert_cmpint (get (pair.b, got, 8, NULL), ==, 4);
  g_assert_cmpmem (got, 4, "etwo", 4);
  g_assert_cmpint (get (pair.b, got, 8, NULL), ==, -1);
  pair_clear (&pair);
}

static gboolean
on_count (GObject *stream, gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_REMOVE;
}

/* A peer that does not read: the writer is told to wait, and nothing is lost or doubled. */
static void
test_backpressure (void)
{
  Pair pair;
  guint8 block[50000];
  gsize n_put = 0, n_got = 0;
  guint n_ready = 0;
  gssize len;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSource) source = NULL;

  pair_init (&pair);
  for (gsize i = 0; i < sizeof block; i++)
    block[i] = (guint8) (i * 17 + i / 256);
  while ((len = put (pair.a, block, sizeof block, &error)) > 0)
    n_put += (gsize) len;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_false (g_pollable_output_stream_is_writable (output (pair.a)));
  g_assert_cmpuint (sky_tcp_tap_get_buffered (pair.a), ==, 256 * 1024);
  g_assert_cmpuint (pair.log_a.written->len + sky_tcp_tap_get_buffered (pair.a), ==, n_put);
  source = g_pollable_output_stream_create_source (output (pair.a), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_count), &n_ready, NULL);
  g_source_attach (source, NULL);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_ready, ==, 0);
  while (n_got < n_put)
    {
      guint8 part[8192];

      WAIT (g_pollable_input_stream_is_readable (input (pair.b)));
      len = get (pair.b, part, sizeof part, NULL);
      n_got += (gsize) MAX (len, 0);
    }
  g_assert_cmpuint (n_ready, ==, 1);
  assert_same_bytes (pair.log_a.written, pair.log_b.read);
  g_assert_cmpuint (pair.log_b.read->len, ==, n_put);
  pair_clear (&pair);
}

static void
test_reset_read (void)
{
  Pair pair;
  guint8 got[16];
  g_autoptr(GError) error = NULL, again = NULL, late = NULL;

  pair_init (&pair);
  sky_tcp_tap_cut (pair.b);
  g_assert_cmpuint (pair.log_b.n_closed, ==, 1);
  WAIT (g_pollable_input_stream_is_readable (input (pair.a)));
  g_assert_cmpint (get (pair.a, got, sizeof got, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpuint (pair.log_a.n_ended, ==, 1);
  g_assert_error (pair.log_a.why, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpint (get (pair.a, got, sizeof got, &again), ==, -1);
  g_assert_error (again, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_true (g_pollable_output_stream_is_writable (output (pair.a)));
  g_assert_cmpint (put (pair.a, "x", 1, &late), ==, -1);
  g_assert_error (late, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  pair_clear (&pair);
}

/* The reset is met by a write while bytes wait to be read: they come first, then END. */
static void
test_reset_write (void)
{
  Pair pair;
  guint8 got[16];
  g_autoptr(GError) error = NULL, why = NULL;

  pair_init (&pair);
  g_assert_cmpint (put (pair.b, "last words", 10, NULL), ==, 10);
  g_assert_true (g_output_stream_flush (G_OUTPUT_STREAM (output (pair.b)), NULL, NULL));
  sky_tcp_tap_cut (pair.b);
  g_assert_cmpint (put (pair.a, "hello", 5, NULL), ==, 5);
  WAIT (pair.log_a.n_ended == 1);
  g_assert_nonnull (pair.log_a.why);
  g_assert_cmpmem (pair.log_a.read->data, pair.log_a.read->len, "last words", 10);
  g_assert_cmpint (put (pair.a, "x", 1, &error), ==, -1);
  g_assert_cmpuint (error->domain, ==, G_IO_ERROR);
  g_assert_cmpint (get (pair.a, got, sizeof got, NULL), ==, 10);
  g_assert_cmpint (get (pair.a, got, sizeof got, &why), ==, -1);
  g_assert_false (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
  g_assert_cmpuint (sky_tcp_tap_get_buffered (pair.a), ==, 5);
  pair_clear (&pair);
}

/* A reset in the middle of a libsoup conversation ends it there too. */
static void
test_reset_websocket (void)
{
  Talk talk;

  talk_init (&talk);
  for (guint i = 0; i < 200; i++)
    send_number (talk.ws_a, i, 1000);
  WAIT (talk.n_a > 0);
  sky_tcp_tap_cut (talk.pair.b);
  WAIT (talk.closed_a && talk.closed_b);
  g_assert_cmpuint (talk.pair.log_a.n_ended, ==, 1);
  g_object_unref (talk.ws_a);
  g_object_unref (talk.ws_b);
  pair_clear (&talk.pair);
}

typedef struct
{
  SkyTcpTap *tap;
  gsize      n_got, n_since_idle, most_since_idle;
  guint      n_idle;
} Flood;

static gboolean
on_flood (GObject *stream, gpointer user_data)
{
  Flood *flood = user_data;
  guint8 part[1024];
  gssize len;

  while ((len = get (flood->tap, part, sizeof part, NULL)) > 0)
    {
      flood->n_got += (gsize) len;
      flood->n_since_idle += (gsize) len;
    }
  flood->most_since_idle = MAX (flood->most_since_idle, flood->n_since_idle);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_flood_idle (gpointer user_data)
{
  Flood *flood = user_data;

  flood->n_idle++;
  flood->n_since_idle = 0;
  return G_SOURCE_CONTINUE;
}

static gpointer
pour (gpointer user_data)
{
  GSocket *socket = user_data;
  g_autofree char *block = g_malloc0 (1024 * 1024);

  for (gssize left = FLOOD_LEN, len = 0; left > 0 && len >= 0; left -= len)
    len = g_socket_send (socket, block, (gsize) MIN (left, 1024 * 1024), NULL, NULL);
  return NULL;
}

/* A reader that reads until the line is dry, as libsoup does, must leave the idle handlers in. */
static void
test_share (void)
{
  g_autoptr(GSocketConnection) a = NULL, b = NULL;
  g_autoptr(GSource) source = NULL;
  Flood flood = { 0 };
  GThread *thread;
  guint idle_id;

  connect_sockets (&a, &b);
  flood.tap = sky_tcp_tap_new (G_IO_STREAM (a), NULL, NULL);
  source = g_pollable_input_stream_create_source (input (flood.tap), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_flood), &flood, NULL);
  g_source_attach (source, NULL);
  idle_id = g_idle_add (on_flood_idle, &flood);
  thread = g_thread_new ("pour", pour, g_socket_connection_get_socket (b));
  WAIT (flood.n_got == FLOOD_LEN);
  g_thread_join (thread);
  g_source_remove (idle_id);
  g_source_destroy (source);
  g_clear_pointer (&source, g_source_unref);
  g_assert_cmpuint (flood.most_since_idle, <=, (256 + 64) * 1024);
  g_assert_cmpuint (flood.n_idle, >=, FLOOD_LEN / ((256 + 64) * 1024));
  g_assert_finalize_object (flood.tap);
}

/* One who works hard on all that it reads. */
static gboolean
on_toil (GObject *stream, gpointer user_data)
{
  Flood *flood = user_data;
  guint8 part[256];

  while (get (flood->tap, part, sizeof part, NULL) > 0)
    {
      flood->n_got++;
      flood->n_since_idle++;
      flood->most_since_idle = MAX (flood->most_since_idle, flood->n_since_idle);
      g_usleep (2000);
    }
  return G_SOURCE_CONTINUE;
}

/* A block that is kept is dealt out in turns too: what is made of it takes time. */
static void
test_share_kept (void)
{
  static const char block[16384];
  g_autoptr(GSource) source = NULL;
  Flood flood = { 0 };
  guint idle_id;
  Pair pair;

  pair_init (&pair);
  flood.tap = pair.a;
  source = g_pollable_input_stream_create_source (input (flood.tap), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_toil), &flood, NULL);
  g_source_attach (source, NULL);
  idle_id = g_idle_add (on_flood_idle, &flood);
  g_assert_cmpint (put (pair.b, block, sizeof block, NULL), ==, sizeof block);
  WAIT (flood.n_got >= sizeof block / 256);
  g_source_remove (idle_id);
  g_source_destroy (source);
  g_assert_cmpuint (pair.log_a.n_read, <=, 2);
  g_assert_cmpuint (flood.most_since_idle, <=, 8 / 2 + 1);
  pair_clear (&pair);
}

static gboolean
on_can_write (GObject *stream, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* A flush does not wait for a peer who does not read: it is over once the stream is writable again. */
static void
test_flush_stuck (void)
{
  Pair pair;
  guint8 block[65536] = { 0 };
  gboolean can_write = FALSE;
  g_autoptr(GSource) source = NULL;
  g_autoptr(GError) error = NULL;
  gint64 began_usec;

  pair_init (&pair);
  for (guint n_tries = 0; n_tries < 10; n_tries++, g_usleep (10000))
    while (put (pair.a, block, sizeof block, NULL) > 0)
      n_tries = 0;
  began_usec = g_get_monotonic_time ();
  g_assert_false (g_output_stream_flush (G_OUTPUT_STREAM (output (pair.a)), NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpint (g_get_monotonic_time () - began_usec, <, G_TIME_SPAN_SECOND);
  source = g_pollable_output_stream_create_source (output (pair.a), NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_can_write), &can_write, NULL);
  g_source_attach (source, NULL);
  while (sky_tcp_tap_get_buffered (pair.a) > 0)
    {
      g_assert_false (can_write);
      while (get (pair.b, block, sizeof block, NULL) > 0)
        ;
      g_main_context_iteration (NULL, FALSE);
    }
  WAIT (can_write);
  g_assert_true (g_output_stream_flush (G_OUTPUT_STREAM (output (pair.a)), NULL, NULL));
  g_source_destroy (source);
  pair_clear (&pair);
}

static void
on_closed_async (GObject *tap, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;
  g_autoptr(GError) why = NULL;

  if (!g_io_stream_close_finish (G_IO_STREAM (tap), result, &why))
    *error = g_steal_pointer (&why);
  else
    *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_EXISTS, "closed in order");
}

/* What was written before a close reaches the peer, whichever close it is. */
static void
test_close_flushes (gconstpointer data)
{
  const char *how = data;
  Pair pair;
  char got[16] = "";
  g_autoptr(GError) done = NULL;

  pair_init (&pair);
  g_assert_cmpint (put (pair.a, "farewell", 8, NULL), ==, 8);
  if (g_str_equal (how, "sync"))
    g_assert_true (g_io_stream_close (G_IO_STREAM (pair.a), NULL, NULL));
  else if (g_str_equal (how, "dispose"))
    g_object_run_dispose (G_OBJECT (pair.a));
  else
    {
      g_io_stream_close_async (G_IO_STREAM (pair.a), G_PRIORITY_DEFAULT, NULL, on_closed_async,
                               &done);
      WAIT (done != NULL);
      g_assert_error (done, G_IO_ERROR, G_IO_ERROR_EXISTS);
    }
  g_assert_cmpuint (pair.log_a.n_closed, ==, 1);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (input (pair.b)), got, sizeof got, NULL,
                                        NULL),
                   ==, 8);
  g_assert_cmpstr (got, ==, "farewell");
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (input (pair.b)), got, sizeof got, NULL,
                                        NULL),
                   ==, 0);
  g_assert_cmpuint (pair.log_b.n_ended, ==, 1);
  g_assert_no_error (pair.log_b.why);
  pair_clear (&pair);
}

/* A close does not wait for a peer who never reads. */
static void
test_close_stuck (gconstpointer data)
{
  gboolean async = GPOINTER_TO_INT (data);
  Pair pair;
  guint8 block[65536] = { 0 };
  gint64 began_usec;
  g_autoptr(GError) done = NULL;

  pair_init (&pair);
  /* The kernel may find more room when it is asked again. */
  for (guint n_tries = 0; n_tries < 10; n_tries++, g_usleep (10000))
    while (put (pair.a, block, sizeof block, NULL) > 0)
      n_tries = 0;
  began_usec = g_get_monotonic_time ();
  if (async)
    {
      g_io_stream_close_async (G_IO_STREAM (pair.a), G_PRIORITY_DEFAULT, NULL, on_closed_async,
                               &done);
      WAIT (done != NULL);
    }
  else
    g_io_stream_close (G_IO_STREAM (pair.a), NULL, &done);
  g_assert_error (done, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - began_usec, <, (async ? 5 : 1) * G_TIME_SPAN_SECOND);
  pair_clear (&pair);
}

static void
test_cut (void)
{
  Pair pair;
  guint8 got[16];
  g_autoptr(GError) error = NULL, refused = NULL;

  pair_init (&pair);
  put (pair.a, "never sent", 10, NULL);
  sky_tcp_tap_cut (pair.a);
  sky_tcp_tap_cut (pair.a);
  g_assert_true (g_io_stream_is_closed (G_IO_STREAM (pair.a)));
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (input (pair.b)), got, sizeof got, NULL,
                                        &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  g_assert_cmpuint (pair.log_a.n_written, ==, 0);
  g_assert_cmpint (put (pair.a, "x", 1, &refused), ==, -1);
  g_assert_error (refused, G_IO_ERROR, G_IO_ERROR_CLOSED);
  pair_clear (&pair);
}

static void
test_mute (void)
{
  Pair pair;
  guint8 got[16];

  pair_init (&pair);
  sky_tcp_tap_mute (pair.a);
  g_assert_cmpint (put (pair.a, "quiet", 5, NULL), ==, 5);
  g_assert_true (g_io_stream_close (G_IO_STREAM (pair.a), NULL, NULL));
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (input (pair.b)), got, sizeof got, NULL,
                                        NULL),
                   ==, 5);
  g_assert_cmpuint (pair.log_a.n_written + pair.log_a.n_closed, ==, 0);
  pair.log_a.n_closed = 1;
  pair_clear (&pair);
}

/* The blocking calls go to the socket at once, in order with what is held. */
static void
test_blocking (void)
{
  Pair pair;
  guint8 got[16];
  gsize n_written;

  pair_init (&pair);
  g_assert_cmpint (put (pair.a, "held ", 5, NULL), ==, 5);
  g_assert_true (g_output_stream_write_all (G_OUTPUT_STREAM (output (pair.a)), "sent", 4,
                                            &n_written, NULL, NULL));
  g_assert_cmpuint (sky_tcp_tap_get_buffered (pair.a), ==, 0);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (input (pair.b)), got, 4, NULL, NULL), ==,
                   4);
  g_assert_cmpint (g_input_stream_read (G_INPUT_STREAM (input (pair.b)), got, 16, NULL, NULL), >=,
                   1);
  WAIT (pair.log_b.read->len == 9);
  g_assert_cmpmem (pair.log_b.read->data, 9, "held sent", 9);
  pair_clear (&pair);
}

static void
on_flushed (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (g_output_stream_flush_finish (G_OUTPUT_STREAM (stream), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  *(gssize *) user_data = g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);
}

static void
test_async (void)
{
  Pair pair;
  guint8 got[16];
  gboolean flushed = FALSE;
  gssize len = -2;

  pair_init (&pair);
  g_input_stream_read_async (G_INPUT_STREAM (input (pair.b)), got, sizeof got, 0, NULL, on_read,
                             &len);
  put (pair.a, "hi", 2, NULL);
  g_output_stream_flush_async (G_OUTPUT_STREAM (output (pair.a)), 0, NULL, on_flushed, &flushed);
  WAIT (flushed && len == 2);
  /* A read that is under way when this side closes comes to its end. */
  len = -2;
  g_input_stream_read_async (G_INPUT_STREAM (input (pair.b)), got, sizeof got, 0, NULL, on_read,
                             &len);
  g_main_context_iteration (NULL, FALSE);
  g_io_stream_close (G_IO_STREAM (pair.b), NULL, NULL);
  WAIT (len != -2);
  g_assert_cmpint (len, ==, -1);
  pair_clear (&pair);
}

/* libsoup may keep a stream longer than what it came from. */
static void
test_stream_outlives_tap (void)
{
  Pair pair;
  g_autoptr(GInputStream) stream = NULL;
  g_autoptr(GError) error = NULL;
  guint8 got[4];

  pair_init (&pair);
  stream = g_object_ref (G_INPUT_STREAM (input (pair.a)));
  pair_clear (&pair);
  g_assert_cmpint (g_input_stream_read (stream, got, 4, NULL, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* A SoupServer behind the tap. */
typedef struct
{
  Pair                     pair;
  SoupServer              *server;
  SoupWebsocketConnection *ws;
  guint                    n_requests;
  gboolean                 closed;
} Site;

static void
on_upgraded (SoupServerMessage *message, gpointer user_data)
{
  Site *site = user_data;
  g_autoptr(GIOStream) stream = NULL;

  if (soup_server_message_get_status (message) != SOUP_STATUS_SWITCHING_PROTOCOLS)
    return;
  stream = soup_server_message_steal_connection (message);
  site->ws = soup_websocket_connection_new (stream, soup_server_message_get_uri (message),
                                            SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, NULL, NULL);
  g_signal_connect (site->ws, "closed", G_CALLBACK (on_closed), &site->closed);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  Site *site = user_data;

  site->n_requests++;
  if (g_str_equal (path, "/ws"))
    {
      g_assert_true (soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL));
      g_signal_connect (message, "wrote-informational", G_CALLBACK (on_upgraded), site);
      return;
    }
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "through the tap",
                                    15);
}

/*
 * libsoup keeps a connection alive after a response only as long as its server listens somewhere:
 * an unnamed socket of the local machine will do.
 */
static void
listen_somewhere (SoupServer *server)
{
  g_autoptr(GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr(GSocketAddress) address
      = g_unix_socket_address_new_with_type ("", 0, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr(GError) error = NULL;

  g_assert_true (g_socket_bind (socket, address, FALSE, NULL) && g_socket_listen (socket, NULL));
  soup_server_listen_socket (server, socket, 0, &error);
  g_assert_no_error (error);
}

static void
site_init (Site *site)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketAddress) address = NULL;

  *site = (Site){ .server = soup_server_new ("server-header", "test", NULL) };
  pair_init (&site->pair);
  listen_somewhere (site->server);
  soup_server_add_handler (site->server, NULL, on_request, site, NULL);
  address
      = g_socket_get_local_address (sky_tcp_facts_find_socket (sky_tcp_tap_get_base (site->pair.b)),
                                    NULL);
  soup_server_accept_iostream (site->server, G_IO_STREAM (site->pair.b), address, address, &error);
  g_assert_no_error (error);
}

static void
site_clear (Site *site)
{
  soup_server_disconnect (site->server);
  g_clear_object (&site->server);
  g_clear_object (&site->ws);
  pair_clear (&site->pair);
}

/* Reads what came to the client's end into its log, which is all that the tests look at. */
static gboolean
has_come (SkyTcpTap *tap, Log *log, const char *text)
{
  guint8 part[4096];

  while (get (tap, part, sizeof part, NULL) > 0)
    ;
  return log->read->len > 0
         && g_strstr_len ((const char *) log->read->data, log->read->len, text) != NULL;
}

static void
test_server_http (void)
{
  static const char request[] = "GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n";
  Site site;

  site_init (&site);
  for (guint i = 0; i < 3; i++)
    {
      g_byte_array_set_size (site.pair.log_a.read, 0);
      put (site.pair.a, request, strlen (request), NULL);
      WAIT (has_come (site.pair.a, &site.pair.log_a, "\r\n\r\nthrough the tap"));
    }
  g_assert_cmpuint (site.n_requests, ==, 3);
  site_clear (&site);
}

static void
test_server_upgrade (void)
{
  static const char request[]
      = "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  Site site;

  site_init (&site);
  put (site.pair.a, request, strlen (request), NULL);
  WAIT (has_come (site.pair.a, &site.pair.log_a, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  WAIT (site.ws != NULL);
  soup_websocket_connection_send_text (site.ws, "welcome");
  WAIT (has_come (site.pair.a, &site.pair.log_a, "\x81\x07welcome"));
  put (site.pair.a, "\x88\x82\0\0\0\0\x03\xe8", 8, NULL);
  WAIT (has_come (site.pair.a, &site.pair.log_a, "\x88\x02\x03\xe8"));
  WAIT (!has_come (site.pair.a, &site.pair.log_a, "\xff\xff") && site.pair.log_a.n_ended == 1);
  g_assert_no_error (site.pair.log_a.why);
  WAIT (site.closed);
  site_clear (&site);
}

/* libsoup says something for every frame. */
static void
on_debug (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("libsoup", G_LOG_LEVEL_DEBUG, on_debug, NULL);
  g_test_add_func ("/tcp-tap/websocket/small", test_websocket_small);
  g_test_add_func ("/tcp-tap/websocket/ping-pong", test_websocket_ping_pong);
  g_test_add_func ("/tcp-tap/websocket/large", test_websocket_large);
  g_test_add_func ("/tcp-tap/websocket/both-ways", test_websocket_both_ways);
  g_test_add_func ("/tcp-tap/websocket/reset", test_reset_websocket);
  g_test_add_func ("/tcp-tap/buffered", test_buffered);
  g_test_add_func ("/tcp-tap/backpressure", test_backpressure);
  g_test_add_func ("/tcp-tap/reset/read", test_reset_read);
  g_test_add_func ("/tcp-tap/reset/write", test_reset_write);
  g_test_add_func ("/tcp-tap/share", test_share);
  g_test_add_func ("/tcp-tap/share/kept", test_share_kept);
  g_test_add_func ("/tcp-tap/flush/stuck", test_flush_stuck);
  g_test_add_data_func ("/tcp-tap/close/sync", "sync", test_close_flushes);
  g_test_add_data_func ("/tcp-tap/close/async", "async", test_close_flushes);
  g_test_add_data_func ("/tcp-tap/close/dispose", "dispose", test_close_flushes);
  g_test_add_data_func ("/tcp-tap/close/stuck", GINT_TO_POINTER (FALSE), test_close_stuck);
  g_test_add_data_func ("/tcp-tap/close/stuck-async", GINT_TO_POINTER (TRUE), test_close_stuck);
  g_test_add_func ("/tcp-tap/cut", test_cut);
  g_test_add_func ("/tcp-tap/mute", test_mute);
  g_test_add_func ("/tcp-tap/blocking", test_blocking);
  g_test_add_func ("/tcp-tap/async", test_async);
  g_test_add_func ("/tcp-tap/stream-outlives-tap", test_stream_outlives_tap);
  g_test_add_func ("/tcp-tap/server/http", test_server_http);
  g_test_add_func ("/tcp-tap/server/upgrade", test_server_upgrade);
  return g_test_run ();
}

#include "tcp-rig-proxy.h"

#include <poll.h>
#include <string.h>

/* One connection of a proxy, in a thread of its own. */
typedef struct
{
  RigProxy             *proxy;
  GSocketConnection *connection;
} Visit;

static void
hear (RigProxy *proxy, const void *data, gsize len)
{
  g_mutex_lock (&proxy->lock);
  g_string_append_len (proxy->heard, data, (gssize) len);
  g_mutex_unlock (&proxy->lock);
}

static gboolean
take (RigProxy *proxy, GIOStream *stream, guint8 *data, gsize len)
{
  gsize got = 0;

  g_input_stream_read_all (g_io_stream_get_input_stream (stream), data, len, &got, NULL, NULL);
  hear (proxy, data, got);
  return got == len;
}

static void
say (GIOStream *stream, const void *data, gsize len)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (stream), data, len, NULL, NULL, NULL);
}

static gboolean
pass_on (int from, int to)
{
  char part[4096];
  gssize len = read (from, part, sizeof part);

  for (gssize at = 0, n; at < len; at += n)
    {
      struct pollfd room = { .fd = to, .events = POLLOUT };

      poll (&room, 1, -1);
      n = write (to, part + at, (gsize) (len - at));
      if (n <= 0)
        return FALSE;
    }
  return len > 0;
}

static void
join (GIOStream *a, guint16 port)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr(GSocket) b
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

  g_assert_true (g_socket_connect (b, address, NULL, NULL));
  fds[0].fd = g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (a)));
  fds[1].fd = g_socket_get_fd (b);
  while (poll (fds, 2, -1) > 0)
    if ((fds[0].revents != 0 && !pass_on (fds[0].fd, fds[1].fd))
        || (fds[1].revents != 0 && !pass_on (fds[1].fd, fds[0].fd)))
      break;
}

static gboolean
take_head (RigProxy *proxy, GIOStream *stream)
{
  guint8 octet;
  guint32 last = 0;

  while (last != 0x0d0a0d0a && take (proxy, stream, &octet, 1))
    last = last << 8 | octet;
  return last == 0x0d0a0d0a;
}

/* RFC 1928 §3-§6, RFC 1929 §2. */
static void
serve_socks5 (RigProxy *proxy, GIOStream *stream)
{
  guint8 data[512], reply[10] = { 5, proxy->manner.reply, 0, 1 };

  if (!take (proxy, stream, data, 2) || data[0] != 5 || !take (proxy, stream, data + 2, data[1]))
    return;
  if (proxy->manner.asks && memchr (data + 2, 2, data[1]) == NULL)
    {
      say (stream, "\5\xff", 2);
      return;
    }
  say (stream, proxy->manner.asks ? "\5\2" : "\5\0", 2);
  if (proxy->manner.asks)
    {
      if (!take (proxy, stream, data, 2) || !take (proxy, stream, data, data[1])
          || !take (proxy, stream, data, 1) || !take (proxy, stream, data, data[0]))
        return;
      say (stream, memcmp (data, RIG_PASSWORD, strlen (RIG_PASSWORD)) == 0 ? "\1\0" : "\1\1", 2);
    }
  if (!take (proxy, stream, data, 5) || data[3] != 3 || !take (proxy, stream, data, data[4] + 2u))
    return;
  say (stream, reply, sizeof reply);
  if (proxy->manner.reply == 0)
    join (stream, proxy->manner.target_port);
}

static void
serve_socks4a (RigProxy *proxy, GIOStream *stream)
{
  guint8 data[8], octet = 1;

  if (!take (proxy, stream, data, 8) || data[0] != 4)
    return;
  for (guint n_ends = 0; n_ends < 2 && take (proxy, stream, &octet, 1);)
    n_ends += octet == 0;
  say (stream, "\0\x5a\0\0\0\0\0\0", 8);
  join (stream, proxy->manner.target_port);
}

static void
serve_tls (GIOStream *stream)
{
  g_autofree char *cert = rig_path ("good", "pem"), *key = rig_path ("good", "key");
  g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_files (cert, key, NULL);
  g_autoptr(GIOStream) tls = g_tls_server_connection_new (stream, certificate, NULL);

  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL);
  g_io_stream_close (tls, NULL, NULL);
}

static gpointer
serve (gpointer user_data)
{
  Visit *visit = user_data;
  RigProxy *proxy = visit->proxy;
  g_autoptr(GIOStream) stream = G_IO_STREAM (visit->connection);
  const char *answer = proxy->manner.answer;
  guint8 rest;

  switch (proxy->manner.kind)
    {
    case RIG_SOCKS5:
      serve_socks5 (proxy, stream);
      break;
    case RIG_SOCKS4A:
      serve_socks4a (proxy, stream);
      break;
    case RIG_TLS:
      serve_tls (stream);
      break;
    case RIG_TUNNEL:
      if (!take_head (proxy, stream))
        break;
      say (stream, "HTTP/1.1 200 Connection established\r\n\r\n", 39);
      join (stream, proxy->manner.target_port);
      break;
    case RIG_ANSWER:
    case RIG_HOLD:
      if (!take_head (proxy, stream))
        break;
      say (stream, answer, strlen (answer));
      while (proxy->manner.kind == RIG_HOLD && take (proxy, stream, &rest, 1))
        ;
      break;
    }
  g_io_stream_close (stream, NULL, NULL);
  g_free (visit);
  return NULL;
}

static gboolean
on_visit (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  RigProxy *proxy = user_data;
  Visit *visit = g_new0 (Visit, 1);

  visit->proxy = proxy;
  visit->connection = g_object_ref (connection);
  g_ptr_array_add (proxy->threads, g_thread_new ("visit", serve, visit));
  return TRUE;
}

void
rig_proxy_init (RigProxy *proxy, RigManner manner)
{
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr(GSocketAddress) bound = NULL;

  *proxy = (RigProxy){ .manner = manner, .heard = g_string_new (NULL), .threads = g_ptr_array_new () };
  g_mutex_init (&proxy->lock);
  proxy->service = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (proxy->service), address,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  proxy->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (proxy->service, "incoming", G_CALLBACK (on_visit), proxy);
}

void
rig_proxy_clear (RigProxy *proxy)
{
  g_socket_service_stop (proxy->service);
  g_socket_listener_close (G_SOCKET_LISTENER (proxy->service));
  /* Each ends when its client is gone; one that does not is stopped by the test's own time. */
  for (guint i = 0; i < proxy->threads->len; i++)
    g_thread_join (proxy->threads->pdata[i]);
  g_ptr_array_unref (proxy->threads);
  g_clear_object (&proxy->service);
  g_string_free (proxy->heard, TRUE);
  g_mutex_clear (&proxy->lock);
}

gboolean
rig_proxy_was_asked (RigProxy *proxy, const void *what, gsize len)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&proxy->lock);

  for (gsize at = 0; at + len <= proxy->heard->len; at++)
    if (memcmp (proxy->heard->str + at, what, len) == 0)
      return TRUE;
  return FALSE;
}

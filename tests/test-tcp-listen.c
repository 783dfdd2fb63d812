#include "tcp/tcp-listen.h"

#include <string.h>

#define DEADLINE_USEC (10 * G_TIME_SPAN_SECOND)
#define N_GUESTS      200

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (guint *count, guint n)
{
  gint64 deadline_usec = g_get_monotonic_time () + DEADLINE_USEC;
  guint wake_id = g_timeout_add (20, on_wake, NULL);

  while (*count < n && g_get_monotonic_time () < deadline_usec)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake_id);
  g_assert_cmpuint (*count, ==, n);
}

static void
on_incoming (SkyTcpListen *listen, GSocketConnection *connection, gpointer user_data)
{
  g_assert_true (G_IS_SOCKET_CONNECTION (connection));
  (*(guint *) user_data)++;
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  g_assert_no_error (error);
  g_object_unref (connection);
  (*(guint *) user_data)++;
}

typedef struct
{
  const char *bind, *shown;
  const char *dial;
  gboolean    loopback;
} Vector;

static const Vector vectors[] = {
  { "127.0.0.1", "127.0.0.1", "127.0.0.1", TRUE },
  { "localhost", "127.0.0.1", "127.0.0.1", TRUE },
  { "::1", "::1", "::1", TRUE },
  { "0.0.0.0", "0.0.0.0", "127.0.0.1", FALSE },
  { "::", "::", "127.0.0.1", FALSE },
};

static void
test_accept (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnectable) address = NULL;
  SkyTcpListen *listen = sky_tcp_listen_new (v->bind, 0, &error);
  guint n_incoming = 0, n_connected = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (sky_tcp_listen_get_port (listen), !=, 0);
  g_assert_cmpstr (sky_tcp_listen_get_bind (listen), ==, v->shown);
  g_assert_true (sky_tcp_listen_is_loopback (listen) == v->loopback);
  g_signal_connect (listen, "incoming", G_CALLBACK (on_incoming), &n_incoming);
  address = g_network_address_new (v->dial, sky_tcp_listen_get_port (listen));
  for (guint i = 0; i < N_GUESTS; i++)
    g_socket_client_connect_async (client, address, NULL, on_connected, &n_connected);
  wait_for (&n_connected, N_GUESTS);
  wait_for (&n_incoming, N_GUESTS);
  g_assert_finalize_object (listen);
}

static void
test_in_use (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyTcpListen) first = sky_tcp_listen_new ("127.0.0.1", 0, NULL);
  g_autoptr(SkyTcpListen) second
      = sky_tcp_listen_new ("127.0.0.1", sky_tcp_listen_get_port (first), &error);
  g_autofree char *sentence = g_strdup_printf ("Another program listens on 127.0.0.1:%u already.",
                                               sky_tcp_listen_get_port (first));

  g_assert_null (second);
  g_assert_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_IN_USE);
  g_assert_cmpstr (error->message, ==, sentence);
}

static void
test_not_ours (gconstpointer bind)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (sky_tcp_listen_new (bind, 0, &error));
  g_assert_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_NOT_ALLOWED);
  g_assert_nonnull (strstr (error->message, bind));
}

/* A closed port is free again, and nobody is handed on any more. */
static void
test_close (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyTcpListen) first = sky_tcp_listen_new ("127.0.0.1", 0, NULL);
  g_autoptr(SkyTcpListen) second = NULL;

  sky_tcp_listen_close (first);
  sky_tcp_listen_close (first);
  second = sky_tcp_listen_new ("127.0.0.1", sky_tcp_listen_get_port (first), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
on_incoming_close (SkyTcpListen *listen, GSocketConnection *connection, gpointer user_data)
{
  sky_tcp_listen_close (listen);
  (*(guint *) user_data)++;
}

static void
test_close_within (void)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  SkyTcpListen *listen = sky_tcp_listen_new ("127.0.0.1", 0, NULL);
  guint n_incoming = 0, n_connected = 0;

  g_signal_connect (listen, "incoming", G_CALLBACK (on_incoming_close), &n_incoming);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", sky_tcp_listen_get_port (listen),
                                         NULL, on_connected, &n_connected);
  wait_for (&n_connected, 1);
  wait_for (&n_incoming, 1);
  g_assert_finalize_object (listen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tcp-listen/accept/%s", vectors[i].bind);

      g_test_add_data_func (path, &vectors[i], test_accept);
    }
  g_test_add_func ("/tcp-listen/in-use", test_in_use);
  g_test_add_data_func ("/tcp-listen/not-ours/address", "192.0.2.1", test_not_ours);
  g_test_add_data_func ("/tcp-listen/not-ours/nonsense", "not an address", test_not_ours);
  g_test_add_func ("/tcp-listen/close", test_close);
  g_test_add_func ("/tcp-listen/close-within", test_close_within);
  return g_test_run ();
}

#include "peer/client/client.h"

#include "tcp-rig.h"

/* A server that wants a certificate of ours says so only after the handshake of TLS 1.3. */
static void
test_asks (gconstpointer data)
{
  RigServer server;
  g_autoptr(SkyProfile) profile = NULL;
  g_autoptr(SkyClient) client = NULL;
  g_autofree char *url = NULL;

  rig_server_init (&server, RIG_SERVE_TLS_ASKS, "127.0.0.1", "good");
  url = g_strdup_printf ("https://127.0.0.1:%u/", sky_tcp_listen_get_port (server.listen));
  profile = sky_profile_new (url);
  profile->protocol = SKY_PROTOCOL_SOCKET_IO;
  profile->transports = (SkyTransports) GPOINTER_TO_INT (data);
  profile->insecure = TRUE;
  profile->reconnect.attempts = -1; /* which is of no use */
  client = sky_client_new (profile, NULL);
  sky_peer_start (SKY_PEER (client));
  while (sky_peer_get_state (SKY_PEER (client)) == SKY_PEER_WORKING)
    {
      g_main_context_iteration (NULL, TRUE);
      if (server.stream != NULL && server.n_shaking == 0 && !g_io_stream_is_closed (server.stream))
        g_io_stream_close (server.stream, NULL, NULL);
    }
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (client)), ==, SKY_PEER_FAILED);
  g_assert_true (g_str_has_suffix (sky_peer_get_problem (SKY_PEER (client)), " asks for a certificate of yours."));
  g_assert_cmpstr (sky_peer_get_advice (SKY_PEER (client)), ==, sky_tcp_error_advice (SKY_TCP_ERROR_TLS_ASKS));
  g_clear_object (&client);
  rig_server_clear (&server);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!rig_make_certificates ())
    {
      g_print ("1..0 # SKIP no openssl\n");
      return 0;
    }
  g_test_add_data_func ("/client-tls/asks/websocket", GINT_TO_POINTER (SKY_TRANSPORTS_WEBSOCKET), test_asks);
  g_test_add_data_func ("/client-tls/asks/polling", GINT_TO_POINTER (SKY_TRANSPORTS_POLLING), test_asks);
  g_test_add_data_func ("/client-tls/asks/both", GINT_TO_POINTER (SKY_TRANSPORTS_BOTH), test_asks);
  status = g_test_run ();
  rig_remove_certificates ();
  return status;
}

#include "client-rig.h"

/* How a client comes to a connection: polling, the upgrade, what follows when either fails, and what it says then. */

#define CODE(n) "{\"code\":" #n ",\"message\":\"m\"}"
#define SECRET  "s3cret" /* in the query; never in a sentence */

/* What a server does, and what a client that may do anything makes of it. */
typedef struct
{
  const char   *name;
  SkyProtocol   protocol;
  SkyTransports transports;
  guint         poll_status;
  const char   *poll_body, *ws_first;
  guint         ws_status, plain_status;

  SkyPeerState  state;
  SkyProtocol   found;
  const char   *transport;
  guint         n_polls, n_upgrades;
  const char   *problem, *advice, *note; /* nullable: parts of them */
} Way;

static const Way ways[] = {
  { "polling", SKY_PROTOCOL_ENGINE_IO, SKY_TRANSPORTS_BOTH, 200, RIG_OPEN_4, NULL, 101, 101,
    SKY_PEER_OPEN, SKY_PROTOCOL_ENGINE_IO, "polling", 1, 0, NULL, NULL, "engine open: polling, sid eng" },
  { "polling-off", SKY_PROTOCOL_ENGINE_IO, SKY_TRANSPORTS_BOTH, 400, CODE (0), RIG_OPEN_4, 101, 101,
    SKY_PEER_OPEN, SKY_PROTOCOL_ENGINE_IO, "websocket", 1, 1, NULL, NULL, "\ntrying WebSocket\n" },
  { "polling-off-alone", SKY_PROTOCOL_ENGINE_IO, SKY_TRANSPORTS_POLLING, 400, CODE (0), RIG_OPEN_4, 101, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_ENGINE_IO, NULL, 1, 0, NULL, "choose WebSocket under Options", NULL },
  { "no-session", SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_BOTH, 200, "hello", NULL, 404, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_SOCKET_IO, NULL, 1, 1, "opens no Engine.IO session", "something else answers", NULL },
  { "both-404", SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_BOTH, 404, "x", NULL, 404, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_SOCKET_IO, NULL, 1, 1, "404", "Check the path", "\ntrying WebSocket\n" },
  { "both-403", SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_BOTH, 403, "x", NULL, 403, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_SOCKET_IO, NULL, 1, 1, "403", "credentials or another Origin", NULL },
  { "websocket-first", SKY_PROTOCOL_ENGINE_IO, SKY_TRANSPORTS_WEBSOCKET_FIRST, 200, RIG_OPEN_4, NULL, 400, 101,
    SKY_PEER_OPEN, SKY_PROTOCOL_ENGINE_IO, "polling", 1, 1, NULL, NULL, "\ntrying polling\n" },
  { "websocket-first-both", SKY_PROTOCOL_ENGINE_IO, SKY_TRANSPORTS_WEBSOCKET_FIRST, 404, "x", NULL, 404, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_ENGINE_IO, NULL, 1, 1, "404", NULL, NULL },
  { "websocket-403", SKY_PROTOCOL_ENGINE_IO, SKY_TRANSPORTS_WEBSOCKET, 200, RIG_OPEN_4, NULL, 403, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_ENGINE_IO, NULL, 0, 1, "403", "credentials or another Origin", NULL },
  { "auto-426", SKY_PROTOCOL_AUTO, SKY_TRANSPORTS_BOTH, 426, "x", NULL, 426, 101,
    SKY_PEER_OPEN, SKY_PROTOCOL_WEBSOCKET, "websocket", 1, 2, NULL, NULL, "speaks plain WebSocket" },
  { "chosen-426", SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_POLLING, 426, "x", NULL, 101, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_SOCKET_IO, NULL, 1, 0, "speaks plain WebSocket", "Choose WebSocket", NULL },
  { "auto-any-path", SKY_PROTOCOL_AUTO, SKY_TRANSPORTS_BOTH, 404, "x", "welcome", 101, 101,
    SKY_PEER_OPEN, SKY_PROTOCOL_WEBSOCKET, "websocket", 1, 2, NULL, NULL, "no Engine.IO open packet" },
  { "auto-silent", SKY_PROTOCOL_AUTO, SKY_TRANSPORTS_BOTH, 0, "", NULL, 404, 101,
    SKY_PEER_OPEN, SKY_PROTOCOL_WEBSOCKET, "websocket", 1, 2, NULL, NULL, "did not answer polling within 1.5 s.\ntrying WebSocket" },
  { "auto-silent-404", SKY_PROTOCOL_AUTO, SKY_TRANSPORTS_BOTH, 0, "", NULL, 404, 403,
    SKY_PEER_FAILED, SKY_PROTOCOL_WEBSOCKET, NULL, 2, 2, "403", "another Origin", NULL },
  { "forbidden", SKY_PROTOCOL_SOCKET_IO, SKY_TRANSPORTS_POLLING, 403, CODE (4), NULL, 101, 101,
    SKY_PEER_FAILED, SKY_PROTOCOL_SOCKET_IO, NULL, 1, 0, NULL, "own check refused", NULL },
};

static void
test_way (gconstpointer data)
{
  const Way *w = data;
  Rig rig = { 0 };
  g_autofree char *notes = NULL;

  rig_set_up (&rig, GINT_TO_POINTER (w->protocol));
  rig.profile->transports = w->transports;
  rig.profile->query = g_strdupv ((char *[]) { (char *) "room=1", (char *) "token=" SECRET, NULL });
  rig_reconnect (&rig, w->state == SKY_PEER_FAILED ? -1 : 0, 20); /* what cannot pass is not tried again */
  rig.poll_status = w->poll_status;
  rig.poll_body = w->poll_body;
  rig.ws_first = w->ws_first;
  rig.ws_status = w->ws_status;
  rig.plain_status = w->plain_status;
  rig_start (&rig);
  WAIT (rig_state (&rig) != SKY_PEER_WORKING);
  g_assert_cmpint (rig_state (&rig), ==, w->state);
  g_assert_cmpint (sky_client_get_protocol (rig.client), ==, w->found);
  g_assert_cmpstr (sky_client_get_transport (rig.client), ==, w->transport);
  g_assert_cmpuint (rig.n_polls, ==, w->n_polls);
  g_assert_cmpuint (rig.n_upgrades, ==, w->n_upgrades);
  g_assert_cmpstr (rig.states->str, ==, w->state == SKY_PEER_OPEN ? "WO" : "WF");
  if (w->state == SKY_PEER_FAILED)
    g_assert_null (strstr (sky_peer_get_problem (SKY_PEER (rig.client)), SECRET));
  if (w->problem != NULL)
    g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (rig.client)), w->problem));
  if (w->advice != NULL)
    g_assert_nonnull (strstr (sky_peer_get_advice (SKY_PEER (rig.client)), w->advice));
  if (w->note != NULL)
    rig_assert_said (&rig, w->note);
  notes = rig_notes (&rig);
  g_assert_null (strstr (notes, SECRET));
  g_assert_null (strstr (notes, ".."));
  g_assert_null (strstr (notes, ": :"));
  rig_tear_down (&rig, NULL);
}

/* ---- The upgrade */

static void
log_transport (SkyClient *client, GParamSpec *pspec, gpointer user_data)
{
  const char *transport = sky_client_get_transport (client);

  g_string_append_printf (user_data, "%s ", transport != NULL ? transport : "-");
}

static void
open_polling (Rig *rig)
{
  rig_start (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"soc\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
}

static void
test_upgrade (Rig *rig, gconstpointer data)
{
  g_autoptr(GString) log = g_string_new (NULL);
  gulong id = g_signal_connect (rig->client, "notify::transport", G_CALLBACK (log_transport), log);

  rig->poll_body = RIG_OPEN_UP;
  open_polling (rig);
  WAIT (g_strcmp0 (sky_client_get_transport (rig->client), "websocket") == 0);
  rig_assert_said (rig, "polling → websocket");
  g_assert_true (sky_client_emit (rig->client, "/", "x", NULL, SKY_EMIT_NONE, NULL));
  rig_expect (rig, "42[\"x\"]");
  g_assert_cmpuint (rig->n_upgrades, ==, 1);
  sky_peer_stop (SKY_PEER (rig->client));
  rig_expect (rig, "41");
  sky_peer_stop (SKY_PEER (rig->client));
  g_assert_cmpstr (log->str, ==, "polling websocket - ");
  g_assert_cmpstr (rig->states->str, ==, "WOLC");
  g_signal_handler_disconnect (rig->client, id);
}

/* Whatever an upgrade comes to, polling goes on. */
static void
test_upgrade_refused (Rig *rig, gconstpointer data)
{
  rig->poll_body = RIG_OPEN_UP;
  rig->ws_status = 400;
  open_polling (rig);
  WAIT (rig_count (rig, "stays on polling: ") == 1);
  rig_say (rig, "2");
  rig_expect (rig, "3");
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_OPEN);
  g_assert_cmpstr (sky_client_get_transport (rig->client), ==, "polling");
}

static void
test_no_upgrade (Rig *rig, gconstpointer data)
{
  rig->poll_body = RIG_OPEN_UP;
  rig->profile->no_upgrade = TRUE;
  rig_use_profile (rig);
  open_polling (rig);
  pass_time (50);
  g_assert_cmpuint (rig->n_upgrades, ==, 0);
}

/* The close waits for the upgrade; who will not wait stops again. */
static void
test_stop_upgrading (Rig *rig, gconstpointer data)
{
  rig->poll_body = RIG_OPEN_UP;
  rig->no_probe = TRUE;
  open_polling (rig);
  WAIT (rig->probing != NULL);
  sky_peer_stop (SKY_PEER (rig->client));
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_CLOSING);
  sky_peer_stop (SKY_PEER (rig->client));
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_CLOSED);
  pass_time (50);
  g_assert_cmpstr (rig->states->str, ==, "WOLC");
}

static void
test_drop_upgrading (Rig *rig, gconstpointer data)
{
  rig->poll_body = RIG_OPEN_UP;
  rig->no_probe = TRUE;
  open_polling (rig);
  WAIT (rig->probing != NULL);
  rig_drop (rig);
  pass_time (50);
}

/* ---- Revisions over polling */

static void
test_old_server (Rig *rig, gconstpointer data)
{
  rig->revision = 3;
  rig->poll_body = RIG_OPEN_3;
  rig_start (rig);
  rig_say (rig, "40");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpuint (sky_client_get_revision (rig->client), ==, 3);
  g_assert_cmpuint (rig->n_polls, ==, 2);
  g_assert_cmpstr (rig->states->str, ==, "WO");
  rig_assert_said (rig, "does not take Engine.IO 4: asking for 3");
  g_assert_true (sky_client_emit (rig->client, "/", "x", NULL, SKY_EMIT_NONE, NULL));
  rig_expect (rig, "42[\"x\"]");
}

/* A server that was old is new: found out in the reconnection. */
static void
test_server_renewed (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig->revision = 3;
  rig->poll_body = RIG_OPEN_3;
  rig_start (rig);
  rig_say (rig, "40");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  rig->revision = 4;
  rig->poll_body = RIG_OPEN_4;
  rig_hang_up (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"new\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpuint (sky_client_get_revision (rig->client), ==, 4);
}

static void
test_neither_revision (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig->profile->transports = SKY_TRANSPORTS_POLLING;
  rig_use_profile (rig);
  rig->revision = 5; /* of which nobody asks */
  rig->poll_status = 400;
  rig->poll_body = CODE (5);
  rig_start (rig);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_cmpuint (rig->n_polls, ==, 2);
}

/* ---- The session is lost */

static void
test_session_lost (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  open_polling (rig);
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  g_assert_null (sky_client_get_transport (rig->client));
  g_assert_nonnull (sky_peer_get_problem (SKY_PEER (rig->client)));
  g_assert_cmpint (sky_peer_get_retry_at (SKY_PEER (rig->client)), >, 0);
  rig_expect (rig, "40");
  g_assert_cmpuint (sky_peer_get_attempt (SKY_PEER (rig->client)), ==, 1);
  rig_say (rig, "40{\"sid\":\"new\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpuint (sky_peer_get_attempt (SKY_PEER (rig->client)), ==, 0);
  g_assert_null (sky_peer_get_problem (SKY_PEER (rig->client)));
  g_assert_null (sky_peer_get_advice (SKY_PEER (rig->client)));
  g_assert_cmpint (sky_peer_get_retry_at (SKY_PEER (rig->client)), ==, 0);
  g_assert_cmpstr (rig->states->str, ==, "WOAWO");
}

/* PROTOCOL §12.2: an engine that closes in order is a reason to connect again, if that is wanted. */
static void
test_close_packet (Rig *rig, gconstpointer data)
{
  open_polling (rig);
  rig_say (rig, "1");
  WAIT (rig_state (rig) != SKY_PEER_OPEN);
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_CLOSED);
  g_assert_null (sky_peer_get_problem (SKY_PEER (rig->client)));
  rig_reconnect (rig, -1, 20);
  open_polling (rig);
  rig_say (rig, "1");
  rig_expect (rig, "40");
  g_assert_cmpstr (rig->states->str, ==, "WOCWOAW");
}

static void
add (const char *path, void (*test) (Rig *, gconstpointer))
{
  g_test_add (path, Rig, GINT_TO_POINTER (SKY_PROTOCOL_SOCKET_IO), rig_set_up, test, rig_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strconcat ("/client-poll/way/", ways[i].name, NULL);

      g_test_add_data_func (path, &ways[i], test_way);
    }
  add ("/client-poll/upgrade", test_upgrade);
  add ("/client-poll/upgrade-refused", test_upgrade_refused);
  add ("/client-poll/no-upgrade", test_no_upgrade);
  add ("/client-poll/stop-upgrading", test_stop_upgrading);
  add ("/client-poll/drop-upgrading", test_drop_upgrading);
  add ("/client-poll/old-server", test_old_server);
  add ("/client-poll/server-renewed", test_server_renewed);
  add ("/client-poll/neither-revision", test_neither_revision);
  add ("/client-poll/session-lost", test_session_lost);
  add ("/client-poll/close-packet", test_close_packet);
  return g_test_run ();
}

#include "client-rig.h"

/* What becomes of a session: which revision and parser it has, its heartbeat, its end, and the next one. */

static SkyPeer *
peer_of (Rig *rig)
{
  return SKY_PEER (rig->client);
}

/* ---- The revision of a WebSocket is not said: PROTOCOL §14 */

static void
test_unasked_connect (Rig *rig, gconstpointer data)
{
  rig->ws_first = RIG_OPEN_3;
  rig_start (rig);
  rig_say (rig, "40");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpuint (sky_client_get_revision (rig->client), ==, 3);
  pass_time (300);
  g_assert_cmpuint (rig->heard->len, ==, 0);
}

static void
test_no_unasked_connect (Rig *rig, gconstpointer data)
{
  gint64 start_usec = g_get_monotonic_time ();

  rig->ws_first = RIG_OPEN_3;
  rig_start (rig);
  rig_expect (rig, "40");
  g_assert_cmpint (g_get_monotonic_time () - start_usec, >=, 200 * 1000);
  rig_say (rig, "40{\"sid\":\"soc\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpuint (sky_client_get_revision (rig->client), ==, 4);
}

/* It came later than it was waited for: the heartbeat is that of revision 3 then. */
static void
test_late_unasked_connect (Rig *rig, gconstpointer data)
{
  SkyHeartbeat beat;

  rig->ws_first = "0{\"sid\":\"eng\",\"upgrades\":[],\"pingInterval\":60,\"pingTimeout\":5000}";
  rig_start (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpuint (sky_client_get_revision (rig->client), ==, 3);
  rig_expect (rig, "2");
  rig_say (rig, "3");
  rig_expect (rig, "2");
  g_assert_true (sky_client_get_heartbeat (rig->client, &beat));
  g_assert_cmpuint (beat.revision, ==, 3);
  g_assert_cmpint (beat.rtt_usec, >, 0);
}

static void
test_forced_revision (Rig *rig, gconstpointer data)
{
  rig->profile->eio = 4;
  rig_reconnect (rig, -1, 20);
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40");
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (peer_of (rig)), "without a sid"));
  g_assert_nonnull (strstr (sky_peer_get_advice (peer_of (rig)), "Engine.IO 3"));
  rig_expect (rig, "close:1000");
  rig_hang_up (rig);
  pass_time (100);
  g_assert_cmpstr (rig->states->str, ==, "WF");
}

/* ---- The parser: PROTOCOL §15 */

static void
test_msgpack_once (Rig *rig, gconstpointer data)
{
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_hang_up (rig);
  rig_expect (rig, "<octets>");
  g_assert_cmpint (sky_client_get_parser (rig->client), ==, SKY_PARSER_MSGPACK);
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_cmpuint (rig->n_upgrades, ==, 2);
  g_assert_cmpuint (rig_count (rig, "trying the MessagePack parser"), ==, 1);
}

static void
test_msgpack_of_no_use (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, 3, 20);
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_hang_up (rig);
  rig_expect (rig, "<octets>");
  rig_hang_up (rig);
  for (guint i = 0; i < 3; i++)
    {
      rig_expect (rig, "40");
      rig_hang_up (rig);
    }
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_cmpuint (rig->n_upgrades, ==, 5);
}

static void
test_msgpack_right (Rig *rig, gconstpointer data)
{
  static const guint8 connect[] = "\x83\xa4type\x00\xa3nsp\xa1/\xa4" "data\x81\xa3sid\xa1s";

  rig_reconnect (rig, -1, 20);
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_hang_up (rig);
  rig_expect (rig, "<octets>");
  rig_say_octets (rig, connect, sizeof connect - 1);
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  rig_hang_up (rig);
  rig_expect (rig, "<octets>"); /* known now */
}

/* A server that was understood is not doubted because it goes. */
static void
test_msgpack_not_tried (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig_open (rig);
  for (guint i = 0; i < 3; i++)
    {
      rig_hang_up (rig);
      rig_expect (rig, "40");
    }
  g_assert_cmpuint (rig_count (rig, "MessagePack"), ==, 0);
}

/* ---- Heartbeats: PROTOCOL §6 */

static void
test_heartbeat_4 (Rig *rig, gconstpointer data)
{
  SkyHeartbeat beat;

  rig->ws_first = "0{\"sid\":\"eng\",\"upgrades\":[],\"pingInterval\":100,\"pingTimeout\":60,\"maxPayload\":9}";
  rig_start (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"soc\"}");
  for (guint i = 0; i < 4; i++)
    {
      pass_time (80);
      rig_say (rig, "2");
      rig_expect (rig, "3");
    }
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_OPEN);
  g_assert_true (sky_client_get_heartbeat (rig->client, &beat));
  g_assert_cmpuint (beat.interval_msec, ==, 100);
  g_assert_cmpint (beat.next_usec - beat.last_usec, ==, 100 * 1000);
  g_assert_cmpint (beat.death_usec - beat.last_usec, >=, 160 * 1000);
  g_assert_cmpint (beat.rtt_usec, ==, 0);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_cmpint (g_get_monotonic_time (), >=, beat.death_usec - 1000);
  g_assert_nonnull (strstr (sky_peer_get_problem (peer_of (rig)), "no ping came"));
  g_assert_false (sky_client_get_heartbeat (rig->client, &beat));
  rig_assert_said (rig, "/: ping timeout");
  WAIT (((Line *) g_ptr_array_index (rig->server.lines, 0))->ended);
}

static void
test_heartbeat_3 (Rig *rig, gconstpointer data)
{
  SkyHeartbeat beat;

  rig->ws_first = "0{\"sid\":\"eng\",\"upgrades\":[],\"pingInterval\":50,\"pingTimeout\":100}";
  rig_start (rig);
  rig_say (rig, "40");
  for (guint i = 0; i < 3; i++)
    {
      rig_expect (rig, "2");
      rig_say (rig, "3");
    }
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_OPEN);
  rig_expect (rig, "2");
  g_assert_true (sky_client_get_heartbeat (rig->client, &beat));
  g_assert_cmpint (beat.rtt_usec, >, 0);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (peer_of (rig)), "did not answer our ping"));
}

/* ---- The next one */

static void
test_refused_dial (Rig *rig, gconstpointer data)
{
  g_autofree char *url = g_steal_pointer (&rig->profile->url);

  rig->profile->url = g_strdup ("http://127.0.0.1:1/"); /* nobody listens there */
  rig_use_profile (rig);
  rig_start (rig);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_cmpuint (sky_peer_get_attempt (peer_of (rig)), ==, 0);
  rig_reconnect (rig, 2, 20);
  g_string_truncate (rig->states, 0);
  rig_start (rig);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_cmpstr (rig->states->str, ==, "WAWAWF");
  g_assert_cmpuint (sky_peer_get_attempt (peer_of (rig)), ==, 2);
  g_assert_nonnull (sky_peer_get_advice (peer_of (rig)));
  rig_assert_said (rig, "given up after 2 attempts");
  g_assert_cmpuint (rig_count (rig, "attempt 2 in 0.0 s"), ==, 1);
}

/* A proxy says 503 while its server is away: with or without a time before. */
static void
test_passing_status (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig->ws_status = 503;
  rig_start (rig);
  WAIT (rig->n_upgrades == 3);
  rig->ws_status = 101;
  rig->ws_first = RIG_OPEN_4;
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"soc\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
}

/* What cannot pass at first may once it stood: the server is started again. */
static void
test_status_after_open (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig->ws_status = 404;
  rig_start (rig);
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  rig->ws_status = 101;
  rig_open (rig);
  rig->ws_status = 404;
  rig_hang_up (rig);
  WAIT (rig->n_upgrades == 4);
  rig->ws_status = 101;
  rig_expect (rig, "40");
}

/* PROTOCOL §12.2: a session without its open packet is no other protocol if it was one before. */
static void
test_no_open_packet_again (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig_open (rig);
  rig->ws_first = NULL;
  rig_hang_up (rig);
  WAIT (rig->n_upgrades == 2);
  rig_hang_up (rig);
  rig->ws_first = RIG_OPEN_4;
  rig_expect (rig, "40");
  g_assert_cmpuint (rig_count (rig, "plain WebSocket"), ==, 0);
}

static void
test_start_waiting (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 60000);
  rig_open (rig);
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  rig_start (rig);
  g_assert_cmpint (sky_peer_get_retry_at (peer_of (rig)), ==, 0);
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"new\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpstr (rig->states->str, ==, "WOAWO");
}

static void
test_stop_waiting (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 30);
  rig_open (rig);
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  sky_peer_stop (peer_of (rig));
  pass_time (100);
  g_assert_cmpstr (rig->states->str, ==, "WOAC");
  g_assert_null (sky_peer_get_problem (peer_of (rig)));
  g_assert_cmpuint (rig->n_upgrades, ==, 1);
}

/* A new profile while it waits: the next attempt is a first one. */
static void
test_profile_waiting (Rig *rig, gconstpointer data)
{
  SkySpaceInfo info;

  rig_reconnect (rig, -1, 30);
  rig_open (rig);
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  rig->profile->namespaces = g_strsplit ("/a b", " ", -1);
  rig_use_profile (rig);
  rig_expect (rig, "40/a,");
  rig_expect (rig, "40/b,");
  g_assert_true (sky_client_get_space (rig->client, 1, &info) && !sky_client_get_space (rig->client, 2, &info));
  g_assert_cmpuint (sky_peer_get_attempt (peer_of (rig)), ==, 0);
}

/* … but not if it leads to the same as before: what was joined is joined again. */
static void
test_profile_same_waiting (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 60000);
  rig_open (rig);
  g_assert_true (sky_client_connect_space (rig->client, "/a", NULL, NULL));
  rig_expect (rig, "40/a,");
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  rig->profile->auth = g_strdup ("{\"t\":1}");
  rig_use_profile (rig);
  rig_start (rig);
  rig_expect (rig, "40{\"t\":1}");
  rig_expect (rig, "40/a,{\"t\":1}");
  g_assert_cmpuint (sky_peer_get_attempt (peer_of (rig)), ==, 1);
}

/* … and while it is open, or dials: this run goes on as it was. */
static void
test_profile_working (Rig *rig, gconstpointer data)
{
  g_autofree char *url = g_steal_pointer (&rig->profile->url);

  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig->profile->url = g_strdup ("ws://127.0.0.1:1/other");
  rig->profile->protocol = SKY_PROTOCOL_WEBSOCKET;
  rig_use_profile (rig);
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"soc\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpint (sky_client_get_protocol (rig->client), ==, SKY_PROTOCOL_SOCKET_IO);
  g_assert_true (sky_client_emit (rig->client, "/", "x", NULL, SKY_EMIT_NONE, NULL));
  rig_expect (rig, "42[\"x\"]");
}

static void
test_profile_wrong (Rig *rig, gconstpointer data)
{
  rig->profile->namespaces = g_strsplit ("/", " ", -1);
  rig->profile->auths = g_strsplit ("{nonsense", " ", -1);
  rig_use_profile (rig);
  rig_start (rig);
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (peer_of (rig)), "no JSON"));
  g_assert_cmpuint (rig->server.lines->len, ==, 0);
}

static void
count_sid (SkyClient *client, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", sky_client_get_sid (client) != NULL ? sky_client_get_sid (client) : "-");
}

static void
test_sid (Rig *rig, gconstpointer data)
{
  g_autoptr(GString) log = g_string_new (NULL);

  g_signal_connect (rig->client, "notify::sid", G_CALLBACK (count_sid), log);
  rig_reconnect (rig, -1, 20);
  rig_open (rig);
  rig_hang_up (rig);
  rig_expect (rig, "40");
  g_assert_cmpstr (log->str, ==, "eng - eng ");
  rig_drop (rig);
}

static void
add (const char *path, void (*test) (Rig *, gconstpointer))
{
  g_autofree char *whole = g_strconcat ("/client-session/", path, NULL);

  g_test_add (whole, Rig, GINT_TO_POINTER (SKY_PROTOCOL_SOCKET_IO), rig_set_up_ws, test, rig_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("unasked-connect", test_unasked_connect);
  add ("no-unasked-connect", test_no_unasked_connect);
  add ("late-unasked-connect", test_late_unasked_connect);
  add ("forced-revision", test_forced_revision);
  add ("msgpack-once", test_msgpack_once);
  add ("msgpack-of-no-use", test_msgpack_of_no_use);
  add ("msgpack-right", test_msgpack_right);
  add ("msgpack-not-tried", test_msgpack_not_tried);
  add ("heartbeat-4", test_heartbeat_4);
  add ("heartbeat-3", test_heartbeat_3);
  add ("refused-dial", test_refused_dial);
  add ("passing-status", test_passing_status);
  add ("status-after-open", test_status_after_open);
  add ("no-open-packet-again", test_no_open_packet_again);
  add ("start-waiting", test_start_waiting);
  add ("stop-waiting", test_stop_waiting);
  add ("profile-waiting", test_profile_waiting);
  add ("profile-same-waiting", test_profile_same_waiting);
  add ("profile-working", test_profile_working);
  add ("profile-wrong", test_profile_wrong);
  add ("sid", test_sid);
  return g_test_run ();
}

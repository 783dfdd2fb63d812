#include "client-rig.h"

#include <time.h>

#include "peer/roster/admin-watch-private.h"

/* What is made of an admin namespace's words (FEATURES §4.4): the bytes of admin-ui 0.5.1, and what could come instead. */

#define ALL  "\"EMIT\",\"JOIN\",\"LEAVE\",\"DISCONNECT\",\"MJOIN\",\"MLEAVE\",\"MDISCONNECT\",\"AGGREGATED_EVENTS\",\"ALL_EVENTS\""
#define OLD  "\"EMIT\",\"JOIN\",\"LEAVE\",\"DISCONNECT\",\"AGGREGATED_EVENTS\",\"ALL_EVENTS\""
#define NONE "\"AGGREGATED_EVENTS\",\"ALL_EVENTS\""
#define PRODUCTION "\"EMIT\",\"JOIN\",\"LEAVE\",\"DISCONNECT\",\"MJOIN\",\"MLEAVE\",\"MDISCONNECT\",\"AGGREGATED_EVENTS\""
#define HANDSHAKE                                                                                                      \
  "{\"address\":\"::ffff:127.0.0.1\",\"headers\":{\"user-agent\":\"node-XMLHttpRequest\",\"cookie\":\"sid=1\"},"      \
  "\"query\":{\"EIO\":\"4\",\"transport\":\"polling\"},\"issued\":1795269802408,\"secure\":false,"                      \
  "\"url\":\"/socket.io/?EIO=4\",\"xdomain\":false}"

/* A watch on a client that needs no server: what it hears is said to it as the client would. */
typedef struct
{
  SkyClient     *client;
  SkyAdminWatch *watch;
  SkyRoster     *roster; /* borrowed */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr(SkyProfile) profile = sky_profile_new ("http://127.0.0.1:1/");

  f->client = sky_client_new (profile, NULL);
  f->watch = sky_admin_watch_new (f->client, "admin");
  f->roster = sky_admin_watch_get_roster (f->watch);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->watch);
  g_object_unref (f->client);
}

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
hear (SkyClient *client, const char *event, const char *args)
{
  g_signal_emit_by_name (client, "event", "/admin", event, args);
}

/* "/ [a b] tea: a" and so on; the private rooms are left out */
static char *
describe (SkyRoster *roster)
{
  GString *out = g_string_new (NULL);
  SkyRosterSocket socket;
  const char *nsp, *room;

  for (guint i = 0; (nsp = sky_roster_get_namespace (roster, i)) != NULL; i++)
    {
      g_string_append_printf (out, "%s%s [", i > 0 ? " " : "", nsp);
      for (guint n = 0; sky_roster_get_socket (roster, nsp, NULL, n, &socket); n++)
        g_string_append_printf (out, "%s%s", n > 0 ? " " : "", socket.id);
      g_string_append_c (out, ']');
      for (guint r = 0; (room = sky_roster_get_room (roster, nsp, r, FALSE)) != NULL; r++)
        {
          g_string_append_printf (out, " %s:", room);
          for (guint n = 0; sky_roster_get_socket (roster, nsp, room, n, &socket); n++)
            g_string_append_printf (out, " %s", socket.id);
        }
    }
  return g_string_free (out, FALSE);
}

#define assert_roster(roster, text)                                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *is = describe (roster);                                                                           \
                                                                                                                       \
    g_assert_cmpstr (is, ==, text);                                                                                    \
  }                                                                                                                    \
  G_STMT_END

/* Events in turn, each "name args", and the roster after them. */
typedef struct
{
  const char *name;
  const char *events[8];
  const char *expected;
} Story;

static const Story stories[] = {
  { "connect",
    { "room_joined \"/\",\"a\",\"a\",\"2026-11-21T14:03:22.408Z\"",
      "socket_connected {\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\"]},\"2026-11-21T14:03:22.410Z\"" },
    "/ [a]" },
  { "own", /* the admin namespace's own are hidden */
    { "room_joined \"/admin\",\"x\",\"x\",\"2026-11-21T14:03:22.087Z\"",
      "socket_connected {\"id\":\"x\",\"nsp\":\"/admin\",\"rooms\":[\"x\"]},\"2026-11-21T14:03:22.088Z\"",
      "all_sockets [{\"id\":\"x\",\"nsp\":\"/admin\",\"rooms\":[\"x\"]}]",
      "server_stats {\"serverId\":\"s\",\"namespaces\":[{\"name\":\"/\",\"socketsCount\":0},"
      "{\"name\":\"/admin\",\"socketsCount\":1}]}" },
    "/ []" },
  { "joined-in-middleware",
    { "room_joined \"/\",\"tea\",\"a\",\"2026-11-21T14:03:22.408Z\"",
      "socket_connected {\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"tea\"]}" },
    "/ [a] tea: a" },
  { "old-without-times",
    { "socket_connected {\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\"]}", "room_joined \"/\",\"tea\",\"a\"",
      "socket_connected {\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[\"b\"]}", "room_joined \"/\",\"tea\",\"b\"",
      "socket_disconnected \"/\",\"a\",\"transport close\"", "room_left \"/\",\"a\",\"a\"", "room_left \"/\",\"tea\",\"a\"" },
    "/ [b] tea: b" },
  { "left",
    { "all_sockets [{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"tea\",\"art\"]}]",
      "room_left \"/\",\"tea\",\"a\",\"2026-11-21T14:03:22.410Z\"" },
    "/ [a] art: a" },
  { "list-then-more",
    { "all_sockets [{\"id\":\"a\",\"nsp\":\"/x\",\"rooms\":[\"a\"]},{\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[\"b\"]}]",
      "room_joined \"/x\",\"tea\",\"a\"", "socket_disconnected \"/\",\"b\",\"ping timeout\"" },
    "/ [] /x [a] tea: a" },
  { "list-again", /* after a reconnection: what is not in it is gone, and so are rooms */
    { "all_sockets [{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"tea\"]},{\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[\"b\"]}]",
      "all_sockets [{\"id\":\"c\",\"nsp\":\"/\",\"rooms\":[\"c\"]},{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"art\"]}]" },
    "/ [a c] art: a" },
  { "recovery", /* connection state recovery puts an offset behind the arguments */
    { "all_sockets [{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\"]}],\"offset\"", "room_joined \"/\",\"tea\",\"a\",\"t\",\"offset\"" },
    "/ [a] tea: a" },
  { "escapes",
    { "all_sockets [{\"i\\u0064\":\"\\u0061\",\"nsp\":\"\\/\",\"rooms\":[\"a\",\"t\\\"e\\u00e4\"]}]" },
    "/ [a] t\"eä: a" },
  { "nonsense",
    { "all_sockets", "all_sockets {}", "all_sockets [1,null,[],{},{\"id\":1,\"nsp\":\"/\"},{\"id\":\"a\"}]",
      "socket_connected", "socket_connected 7,8", "room_joined \"/\"", "socket_updated {\"id\":\"a\",\"nsp\":\"/\"}",
      "event_sent {},[],null" },
    "" },
  { "odd-socket", /* the web UI falls over these: rooms that are no list, a handshake that is none */
    { "socket_connected {\"id\":\"a\",\"nsp\":\"/\",\"rooms\":{},\"handshake\":null,\"data\":null}",
      "socket_connected {\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[1,\"tea\",null],\"handshake\":{\"issued\":\"x\",\"query\":[]}}",
      "socket_connected {\"id\":\"nul\\u0000\",\"nsp\":\"/\",\"rooms\":[]}" },
    "/ [a b] tea: b" },
  { "namespace-goes",
    { "server_stats {\"serverId\":\"s\",\"namespaces\":[{\"name\":\"/\",\"socketsCount\":0},{\"name\":\"/dyn-7\",\"socketsCount\":1}]}",
      "server_stats {\"serverId\":\"s\",\"namespaces\":[{\"name\":\"/\",\"socketsCount\":0}]}" },
    "/ []" },
  { "of-two-servers",
    { "server_stats {\"serverId\":\"s\",\"namespaces\":[{\"name\":\"/\",\"socketsCount\":0},{\"name\":\"/x\",\"socketsCount\":1}]}",
      "server_stats {\"serverId\":\"t\",\"namespaces\":[{\"name\":\"/\",\"socketsCount\":0}]}" },
    "/ [] /x []" },
};

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  Fixture f;

  set_up (&f, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (story->events) && story->events[i] != NULL; i++)
    {
      g_auto(GStrv) words = g_strsplit (story->events[i], " ", 2);

      hear (f.client, words[0], words[1] != NULL ? words[1] : "");
    }
  g_signal_emit_by_name (f.client, "event", "/", "socket_connected", "{\"id\":\"z\",\"nsp\":\"/\"}"); /* not of the admin */
  turn ();
  assert_roster (f.roster, story->expected);
  tear_down (&f, NULL);
}

static void
test_details (Fixture *f, gconstpointer data)
{
  SkyRosterSocket s;
  g_autofree char *redacted = NULL;

  hear (f->client, "room_joined", "\"/admin\",\"x\",\"x\",\"2026-11-21T14:03:22.087Z\""); /* far from our clock */
  hear (f->client, "socket_connected",
        "{\"id\":\"a\",\"clientId\":\"htdBN0auOLEC\",\"transport\":\"polling\",\"nsp\":\"/\",\"data\":{},\"handshake\":" HANDSHAKE
        ",\"rooms\":[\"a\"]},\"2026-11-21T14:03:22.410Z\"");
  hear (f->client, "socket_updated", "{\"id\":\"a\",\"nsp\":\"/\",\"data\":{\"user\":{\"name\":\"ann\"}}}");
  hear (f->client, "socket_updated", "{\"id\":\"a\",\"nsp\":\"/\",\"transport\":\"websocket\"}");
  hear (f->client, "event_received", "\"/\",\"a\",[\"bin\",{\"$bin\":\"CQ==\"}],\"2026-11-21T14:03:22.832Z\"");
  hear (f->client, "event_sent", "\"/\",\"a\",[\"hi\"],\"2026-11-21T14:03:22.833Z\"");
  hear (f->client, "event_sent", "\"/\",\"a\",[\"hi\"],\"2026-11-21T14:03:22.833Z\"");
  turn ();
  g_assert_true (sky_roster_find_socket (f->roster, "/", "a", &s));
  g_assert_cmpstr (s.label, ==, "ann");
  g_assert_cmpstr (s.address, ==, "::ffff:127.0.0.1");
  g_assert_cmpstr (s.transport, ==, "websocket");
  g_assert_cmpstr (s.user_agent, ==, "node-XMLHttpRequest");
  g_assert_cmpstr (s.handshake, ==, HANDSHAKE);
  g_assert_cmpstr (s.data, ==, "{\"user\":{\"name\":\"ann\"}}");
  g_assert_cmpuint (s.revision, ==, 4);
  g_assert_cmpuint (s.n_in, ==, 1);
  g_assert_cmpuint (s.n_out, ==, 2);
  /* 321 ms after the server's first word, by our clock */
  g_assert_cmpint (ABS (s.since_usec - g_get_real_time () - 321 * 1000), <, 20 * G_USEC_PER_SEC);
  redacted = sky_roster_redact (s.handshake);
  g_assert_nonnull (strstr (redacted, "\"cookie\":\"…\""));
}

static void
test_deeds (Fixture *f, gconstpointer data)
{
  SkyRosterDeed deed;

  hear (f->client, "all_sockets", "[{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"tea\"]}]"); /* no news */
  hear (f->client, "room_joined", "\"/\",\"art\",\"a\",\"t\"");
  hear (f->client, "socket_disconnected", "\"/\",\"a\",\"ping timeout\",\"t\"");
  turn ();
  g_assert_cmpuint (sky_roster_get_n_deeds (f->roster), ==, 4); /* joined, disconnected, left twice */
  g_assert_true (sky_roster_get_deed (f->roster, 1, &deed));
  g_assert_cmpint (deed.what, ==, SKY_ROSTER_DISCONNECTED);
  g_assert_cmpstr (deed.why, ==, "ping timeout");
}

static void
test_stats (Fixture *f, gconstpointer data)
{
  SkyAdminServer server;
  SkyAdminTraffic traffic;

  hear (f->client, "config", "{\"supportedFeatures\":[" PRODUCTION "]}");
  hear (f->client, "server_stats",
        "{\"serverId\":\"srv1\",\"hostname\":\"vm\",\"pid\":19771,\"uptime\":2.316,\"clientsCount\":3,\"pollingClientsCount\":1,"
        "\"aggregatedEvents\":[{\"timestamp\":1795269801000,\"type\":\"packetsIn\",\"count\":6},{\"timestamp\":1795269802000,"
        "\"type\":\"packetsIn\",\"count\":4},{\"type\":\"bytesOut\",\"count\":3244},{\"type\":\"rawDisconnection\","
        "\"subType\":\"transport close\",\"count\":1},{\"type\":\"other\",\"count\":1},7],"
        "\"namespaces\":[{\"name\":\"/\",\"socketsCount\":2},{\"name\":\"/admin\",\"socketsCount\":1}]}");
  hear (f->client, "server_stats", "{\"serverId\":\"srv2\",\"uptime\":1e999,\"namespaces\":[{\"name\":\"/\",\"socketsCount\":5}]}");
  hear (f->client, "server_stats", "7");
  turn ();
  g_assert_false (sky_admin_watch_is_development (f->watch));
  g_assert_cmpuint (sky_admin_watch_get_n_servers (f->watch), ==, 2);
  g_assert_true (sky_admin_watch_get_server (f->watch, 1, &server));
  g_assert_cmpfloat (server.uptime_sec, ==, 1e9); /* as much as is believed */
  g_assert_true (sky_admin_watch_get_server (f->watch, 0, &server));
  g_assert_cmpstr (server.id, ==, "srv1");
  g_assert_cmpstr (server.hostname, ==, "vm");
  g_assert_cmpuint (server.pid, ==, 19771);
  g_assert_cmpuint (server.n_clients, ==, 3);
  g_assert_cmpuint (server.n_polling, ==, 1);
  g_assert_cmpfloat_with_epsilon (server.uptime_sec, 2.316, 1e-6);
  g_assert_false (sky_admin_watch_get_server (f->watch, 2, &server));
  sky_admin_watch_get_traffic (f->watch, 0, server.heard_usec, &traffic);
  g_assert_cmpuint (traffic.n_packets_in, ==, 10);
  g_assert_cmpuint (traffic.n_bytes_out, ==, 3244);
  g_assert_cmpuint (traffic.n_disconnections, ==, 1);
  sky_admin_watch_get_traffic (f->watch, 1, server.heard_usec, &traffic);
  g_assert_cmpuint (traffic.n_packets_in, ==, 0);
  g_assert_cmpint (sky_roster_get_n_told (f->roster, "/"), ==, 7);
  g_assert_cmpuint (sky_roster_get_peak (f->roster, "/", NULL), ==, 7);
}

/* What the server can do decides on what a person can; while it is not connected, nothing. */
typedef struct
{
  const char *name, *features;
  gboolean    development;
  const char *hands; /* emit, join, leave, disconnect: + or - */
} Config;

static const Config configs[] = {
  { "v4", ALL, TRUE, "++++" },
  { "v3", OLD, TRUE, "++++" },
  { "readonly", NONE, TRUE, "----" },
  { "readonly-production", "\"AGGREGATED_EVENTS\"", FALSE, "----" },
  { "production", PRODUCTION, FALSE, "++++" },
  { "before-aggregates", "\"EMIT\",\"JOIN\"", TRUE, "++--" },
  { "unknown", "\"DANCE\",7,null,\"EMIT\",\"AGGREGATED_EVENTS\"", FALSE, "+---" },
};

static void
open_admin (Rig *rig, SkyAdminWatch *watch, const char *features)
{
  g_autofree char *config = g_strdup_printf ("42/admin,[\"config\",{\"supportedFeatures\":[%s]}]", features);

  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  WAIT (rig->heard->len > 0);
  g_ptr_array_set_size (rig->heard, 0);
  rig_say (rig, "40/admin,{\"sid\":\"x\"}");
  rig_say (rig, config);
  WAIT (sky_admin_watch_is_live (watch));
}

static SkyAdminWatch *
watch_rig (Rig *rig, const char *auth)
{
  rig_set_up_ws (rig, GINT_TO_POINTER (SKY_PROTOCOL_SOCKET_IO));
  g_strfreev (rig->profile->namespaces);
  rig->profile->namespaces = g_strsplit ("/admin", " ", -1);
  rig->profile->auth = g_strdup (auth);
  rig_use_profile (rig);
  return sky_admin_watch_new (rig->client, "/admin");
}

static void
end_rig (Rig *rig, SkyAdminWatch *watch)
{
  g_object_unref (watch);
  rig_tear_down (rig, NULL);
}

static void
test_config (gconstpointer data)
{
  static const gsize hands[] = { G_STRUCT_OFFSET (SkyRosterHands, emit), G_STRUCT_OFFSET (SkyRosterHands, join),
                                 G_STRUCT_OFFSET (SkyRosterHands, leave), G_STRUCT_OFFSET (SkyRosterHands, disconnect) };
  const Config *config = data;
  Rig rig = { 0 };
  SkyAdminWatch *watch = watch_rig (&rig, NULL);
  SkyRoster *roster = sky_admin_watch_get_roster (watch);
  const char *why;

  g_assert_false (sky_roster_can (roster, hands[0], &why));
  g_assert_nonnull (strstr (why, "not connected"));
  open_admin (&rig, watch, config->features);
  g_assert_cmpint (sky_admin_watch_is_development (watch), ==, config->development);
  for (guint i = 0; i < G_N_ELEMENTS (hands); i++)
    {
      g_assert_cmpint (sky_roster_can (roster, hands[i], &why), ==, config->hands[i] == '+');
      g_assert_true ((why == NULL) == (config->hands[i] == '+'));
    }
  rig_hang_up (&rig);
  WAIT (!sky_admin_watch_is_live (watch));
  g_assert_false (sky_roster_can (roster, hands[0], &why));
  end_rig (&rig, watch);
}

/* What a person typed as auth, and what CONNECT carries: never a user name without a password. */
static const struct
{
  const char *auth, *connect;
} logins[] = {
  { NULL, "40/admin,{\"username\":\"\",\"password\":\"\"}" },
  { "{}", "40/admin,{\"username\":\"\",\"password\":\"\"}" },
  { "{\"username\":\"admin\",\"password\":\"changeit\"}", "40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}" },
  { "{\"username\":\"admin\"}", "40/admin,{\"username\":\"admin\",\"password\":\"\"}" },
  { "{\"username\":\"admin\",\"password\":null}", "40/admin,{\"username\":\"admin\",\"password\":\"\"}" },
  { "{\"password\":\"p\",\"token\":[1],\"username\":\"a\\\"b\"}",
    "40/admin,{\"token\":[1],\"username\":\"a\\\"b\",\"password\":\"p\"}" },
  { "{\"sessionId\":\"82fb\"}", "40/admin,{\"sessionId\":\"82fb\",\"username\":\"\",\"password\":\"\"}" },
};

static void
test_logins (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (logins); i++)
    {
      Rig rig = { 0 };
      SkyAdminWatch *watch = watch_rig (&rig, logins[i].auth);

      rig.ws_first = RIG_OPEN_4;
      rig_start (&rig);
      rig_expect (&rig, logins[i].connect);
      end_rig (&rig, watch);
    }
}

/* As captured: the session and the own room come before CONNECT is answered; then it breaks, and goes on. */
static void
test_session (void)
{
  Rig rig = { 0 };
  SkyAdminWatch *watch = watch_rig (&rig, "{\"username\":\"admin\",\"password\":\"changeit\"}");
  SkyRoster *roster = sky_admin_watch_get_roster (watch);

  rig_reconnect (&rig, -1, 20);
  rig.ws_first = RIG_OPEN_4;
  rig_start (&rig);
  rig_expect (&rig, "40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}");
  rig_say (&rig, "42/admin,[\"session\",\"82fbe0772aedd3a6\"]");
  rig_say (&rig, "42/admin,[\"room_joined\",\"/admin\",\"Ag0\",\"Ag0\",\"2026-11-21T14:03:22.087Z\"]");
  rig_say (&rig, "42/admin,[\"socket_connected\",{\"id\":\"early\",\"nsp\":\"/\",\"rooms\":[\"early\"]}]");
  rig_say (&rig, "40/admin,{\"sid\":\"Ag0\"}");
  rig_say (&rig, "42/admin,[\"config\",{\"supportedFeatures\":[" ALL "]}]");
  rig_say (&rig, "42/admin,[\"all_sockets\",[{\"id\":\"early\",\"nsp\":\"/\",\"rooms\":[\"early\"]},"
                 "{\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[\"b\"]}]]");
  rig_say (&rig, "451-/admin,[\"event_received\",\"/\",\"b\",[\"bin\",{\"_placeholder\":true,\"num\":0}],\"t\"]");
  rig_say_octets (&rig, "\x09", 1);
  WAIT (sky_roster_get_rate (roster, "/", NULL, "b", g_get_real_time ()) > 0);
  assert_roster (roster, "/ [early b]");
  rig_hang_up (&rig);
  WAIT (!sky_admin_watch_is_live (watch));
  assert_roster (roster, "/ [early b]"); /* still to be looked at */
  rig_expect (&rig, "40/admin,{\"username\":\"admin\",\"password\":\"changeit\",\"sessionId\":\"82fbe0772aedd3a6\"}");
  rig_say (&rig, "40/admin,{\"sid\":\"Ag1\"}");
  rig_say (&rig, "42/admin,[\"config\",{\"supportedFeatures\":[" ALL "]}]");
  rig_say (&rig, "42/admin,[\"all_sockets\",[{\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[\"b\",\"tea\"]}]]");
  WAIT (sky_roster_get_n_sockets (roster, "/", NULL) == 1);
  assert_roster (roster, "/ [b] tea: b");
  end_rig (&rig, watch);
}

static void
test_refused (void)
{
  Rig rig = { 0 };
  SkyAdminWatch *watch = watch_rig (&rig, NULL);

  rig.ws_first = RIG_OPEN_4;
  rig_start (&rig);
  WAIT (rig.heard->len > 0);
  rig_say (&rig, "44/admin,{\"message\":\"invalid credentials\"}");
  WAIT (rig_state (&rig) == SKY_PEER_FAILED);
  g_assert_cmpstr (sky_admin_watch_get_problem (watch), ==, "The server refused the user name or the password.");
  end_rig (&rig, watch);
}

static void
test_no_admin (void)
{
  Rig rig = { 0 };
  SkyAdminWatch *watch = watch_rig (&rig, NULL);

  rig.ws_first = RIG_OPEN_4;
  rig_start (&rig);
  WAIT (rig.heard->len > 0);
  rig_say (&rig, "40/admin,{\"sid\":\"x\"}");
  rig_say (&rig, "42/admin,[\"hello\",1]");
  WAIT (sky_admin_watch_get_problem (watch) != NULL);
  g_assert_false (sky_admin_watch_is_live (watch));
  end_rig (&rig, watch);
}

/* What a person does, and the packets that become of it, or the words of why not. */
typedef enum { EMIT, ACK, JOIN, LEAVE, DISCONNECT, CLOSE } Hand;

static const struct
{
  const char *features;
  Hand        hand;
  const char *nsp, *who, *other, *event, *args;
  const char *packets[3]; /* what is sent, or */
  const char *error;      /* a part of the sentence */
} orders[] = {
  { ALL, EMIT, "/", NULL, NULL, "x", NULL, { "42/admin,[\"emit\",\"/\",null,\"x\"]" } },
  { ALL, EMIT, "/", "tea", NULL, "x", "{\"y\":1},2", { "42/admin,[\"emit\",\"/\",\"tea\",\"x\",{\"y\":1},2]" } },
  { ALL, EMIT, "/", "a", NULL, "x", "", { "42/admin,[\"emit\",\"/\",\"a\",\"x\"]" } },
  { ALL, EMIT, "/", NULL, "a", "x", "1", { "42/admin,[\"emit\",\"/\",[\"b\",\"c\"],\"x\",1]" } },
  { ALL, EMIT, "/", "tea", "a", "x", "1", { "42/admin,[\"emit\",\"/\",[\"b\"],\"x\",1]" } },
  { ALL, EMIT, "/", "tea", "tea", "x", "1", .error = "Nobody would receive" }, /* [] would be everyone */
  { ALL, EMIT, "/", "", NULL, "x", "1", .error = "missing" },                  /* so would "" */
  { ALL, EMIT, "/", "nobody", NULL, "x", "1", .error = "Nobody is in" },
  { ALL, EMIT, "/never", NULL, NULL, "x", "1", .error = "no namespace /never" }, /* it would be made */
  { ALL, EMIT, "/admin", NULL, NULL, "x", "1", .error = "no namespace /admin" },
  { ALL, EMIT, "/", NULL, NULL, "x", "{", .error = "" },
  { ALL, EMIT, "/", NULL, NULL, "connect", NULL, .error = "" },
  { ALL, ACK, "/", NULL, NULL, "x", NULL, .error = "acks" },
  { OLD, EMIT, "/", "tea", NULL, "x", "1", { "42/admin,[\"emit\",\"/\",\"tea\",\"x\",1]" } },
  { OLD, EMIT, "/", NULL, "a", "x", "1", .error = "leave anyone out" },
  { NONE, EMIT, "/", NULL, NULL, "x", "1", .error = "read-only" },
  { PRODUCTION, EMIT, "/", "tea", NULL, "x", "1", { "42/admin,[\"emit\",\"/\",\"tea\",\"x\",1]" } },
  { PRODUCTION, EMIT, "/", NULL, "a", "x", "1", .error = "leave anyone out" },
  { ALL, JOIN, "/", "a", "vip", NULL, NULL, { "42/admin,[\"join\",\"/\",\"vip\",\"a\"]" } },
  { ALL, JOIN, "/", "tea", "vip", NULL, NULL, { "42/admin,[\"join\",\"/\",\"vip\",\"tea\"]" } },
  { ALL, JOIN, "/", NULL, "vip", NULL, NULL, { "42/admin,[\"join\",\"/\",\"vip\"]" } },
  { ALL, JOIN, "/", "", "vip", NULL, NULL, .error = "missing" },
  { ALL, JOIN, "/", NULL, "", NULL, NULL, .error = "missing" },
  { OLD, JOIN, "/", "a", "vip", NULL, NULL, { "42/admin,[\"join\",\"/\",\"vip\",\"a\"]" } },
  { OLD, JOIN, "/", "tea", "vip", NULL, NULL,
    { "42/admin,[\"join\",\"/\",\"vip\",\"a\"]", "42/admin,[\"join\",\"/\",\"vip\",\"b\"]" } },
  { ALL, LEAVE, "/", "a", "tea", NULL, NULL, { "42/admin,[\"leave\",\"/\",\"tea\",\"a\"]" } },
  { ALL, LEAVE, "/", NULL, "tea", NULL, NULL, { "42/admin,[\"leave\",\"/\",\"tea\"]" } },
  { OLD, LEAVE, "/", NULL, "tea", NULL, NULL,
    { "42/admin,[\"leave\",\"/\",\"tea\",\"a\"]", "42/admin,[\"leave\",\"/\",\"tea\",\"b\"]" } },
  { ALL, LEAVE, "/", NULL, "empty", NULL, NULL, .error = "Nobody is in" },
  { ALL, DISCONNECT, "/", "c", NULL, NULL, NULL, { "42/admin,[\"_disconnect\",\"/\",false,\"c\"]" } },
  { ALL, CLOSE, "/", "tea", NULL, NULL, NULL, { "42/admin,[\"_disconnect\",\"/\",true,\"tea\"]" } },
  { ALL, CLOSE, "/", NULL, NULL, NULL, NULL, { "42/admin,[\"_disconnect\",\"/\",true]" } },
  { ALL, CLOSE, "/", "gone", NULL, NULL, NULL, .error = "Nobody is in" },
  { OLD, CLOSE, "/", NULL, NULL, NULL, NULL,
    { "42/admin,[\"_disconnect\",\"/\",true,\"a\"]", "42/admin,[\"_disconnect\",\"/\",true,\"b\"]",
      "42/admin,[\"_disconnect\",\"/\",true,\"c\"]" } },
  { NONE, CLOSE, "/", "c", NULL, NULL, NULL, .error = "read-only" },
};

static gboolean
act (SkyRoster *roster, guint i, GError **error)
{
  const char *nsp = orders[i].nsp, *who = orders[i].who, *other = orders[i].other;

  switch (orders[i].hand)
    {
    case EMIT:
    case ACK:
      return sky_roster_emit (roster, nsp, who, other, orders[i].event, orders[i].args, orders[i].hand == ACK, error);
    case JOIN:
      return sky_roster_make_join (roster, nsp, who, other, error);
    case LEAVE:
      return sky_roster_make_leave (roster, nsp, who, other, error);
    case DISCONNECT:
    case CLOSE:
      return sky_roster_make_disconnect (roster, nsp, who, orders[i].hand == CLOSE, error);
    }
  g_assert_not_reached ();
}

static void
check_order (Rig *rig, SkyRoster *roster, guint i)
{
  g_autoptr(GError) error = NULL;
  gboolean ok = act (roster, i, &error);

  if (ok != (orders[i].error == NULL) || (!ok && strstr (error->message, orders[i].error) == NULL))
    g_error ("order %u: %s", i, ok ? "it was not refused" : error->message);
  for (guint n = 0; n < G_N_ELEMENTS (orders[i].packets) && orders[i].packets[n] != NULL; n++)
    rig_expect (rig, orders[i].packets[n]);
  rig_say (rig, "2");
  rig_expect (rig, "3"); /* and nothing else was sent */
}

static void
test_orders (gconstpointer features)
{
  Rig rig = { 0 };
  SkyAdminWatch *watch = watch_rig (&rig, NULL);
  SkyRoster *roster = sky_admin_watch_get_roster (watch);
  guint n = 0;

  open_admin (&rig, watch, features);
  if (strcmp (features, PRODUCTION) != 0)
    rig_say (&rig, "42/admin,[\"all_sockets\",[{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"tea\"]},"
                   "{\"id\":\"b\",\"nsp\":\"/\",\"rooms\":[\"b\",\"tea\"]},{\"id\":\"c\",\"nsp\":\"/\",\"rooms\":[\"c\"]}]]");
  rig_say (&rig, "42/admin,[\"server_stats\",{\"serverId\":\"s\",\"namespaces\":[{\"name\":\"/\",\"socketsCount\":3},"
                 "{\"name\":\"/admin\",\"socketsCount\":1}]}]");
  WAIT (sky_admin_watch_get_n_servers (watch) == 1);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    if (strcmp (orders[i].features, features) == 0)
      {
        check_order (&rig, roster, i);
        n++;
      }
  g_assert_cmpuint (n, >, 0);
  end_rig (&rig, watch);
}

static GString *
make_crowd (guint n_sockets)
{
  GString *all = g_string_new ("[");

  for (guint i = 0; i < n_sockets; i++)
    g_string_append_printf (all,
                            "%s{\"id\":\"s%u\",\"clientId\":\"htdBN0auOLEC\",\"transport\":\"websocket\",\"nsp\":\"/\","
                            "\"data\":{\"user\":{\"name\":\"user %u\"}},\"handshake\":" HANDSHAKE
                            ",\"rooms\":[\"s%u\",\"room %u\",\"all\"]}",
                            i > 0 ? "," : "", i, i, i, i % 200);
  return g_string_append_c (all, ']');
}

/* Ten thousand sockets within a second, a few at a time; what is told meanwhile comes after them. */
static void
test_crowd (Fixture *f, gconstpointer data)
{
  g_autoptr(GString) all = make_crowd (10000), other = NULL;
  clock_t start = clock (), slice, longest = 0;
  guint n_turns = 0;

  hear (f->client, "all_sockets", all->str);
  hear (f->client, "socket_disconnected", "\"/\",\"s9999\",\"transport close\"");
  g_assert_cmpuint (sky_roster_get_n_sockets (f->roster, "/", NULL), ==, 0); /* not within the signal */
  do
    {
      slice = clock ();
      g_main_context_iteration (NULL, FALSE);
      longest = MAX (longest, clock () - slice);
      n_turns++;
    }
  while (f->watch->snapshot.on);
  turn ();
  g_test_message ("%.0f ms in %u turns, the longest %.0f ms", (double) (clock () - start) / CLOCKS_PER_SEC * 1000, n_turns,
                  (double) longest / CLOCKS_PER_SEC * 1000);
  g_assert_cmpuint (sky_roster_get_n_sockets (f->roster, "/", NULL), ==, 9999);
  g_assert_cmpuint (sky_roster_get_n_sockets (f->roster, "/", "all"), ==, 9999);
  g_assert_cmpuint (sky_roster_get_n_rooms (f->roster, "/", FALSE), ==, 201);
  g_assert_cmpuint (n_turns, >, 5);
  g_assert_cmpfloat ((double) (clock () - start) / CLOCKS_PER_SEC, <, 4); /* a second, without the sanitizers */
  other = make_crowd (5000); /* another server after a reconnection: half of them are gone */
  hear (f->client, "all_sockets", other->str);
  WAIT (sky_roster_get_n_sockets (f->roster, "/", NULL) == 5000);
}

/* What is too long to be a name is none, and a label is not looked for at any depth. */
static void
test_long (Fixture *f, gconstpointer data)
{
  g_autofree char *name = g_strnfill (5000, 'x'), *rooms = NULL, *joined = NULL, *gone = NULL;
  SkyRosterSocket socket;
  SkyRosterDeed deed;

  rooms = g_strdup_printf ("{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\",\"%s\",\"tea\"],"
                           "\"data\":{\"user\":{\"user\":{\"name\":\"ann\"},\"id\":1}}}", name);
  joined = g_strdup_printf ("\"/\",\"%s\",\"a\"", name);
  gone = g_strdup_printf ("\"/\",\"a\",\"%s\"", name);
  hear (f->client, "socket_connected", rooms);
  hear (f->client, "room_joined", joined);
  turn ();
  g_assert_cmpuint (sky_roster_get_n_rooms (f->roster, "/", FALSE), ==, 1);
  g_assert_true (sky_roster_find_socket (f->roster, "/", "a", &socket));
  g_assert_null (socket.label);
  hear (f->client, "socket_disconnected", gone);
  turn ();
  g_assert_true (sky_roster_get_deed (f->roster, sky_roster_get_n_deeds (f->roster) - 1, &deed));
  g_assert_cmpint (deed.what, ==, SKY_ROSTER_LEFT);
  g_assert_null (strstr (deed.why, "xxx"));
}

/* More than may wait is not left for later: nothing is lost, and nothing grows without bound. */
static void
test_flood (Fixture *f, gconstpointer data)
{
  SkyRosterSocket socket;

  hear (f->client, "socket_connected", "{\"id\":\"a\",\"nsp\":\"/\",\"rooms\":[\"a\"]}");
  for (guint i = 0; i < 150000; i++)
    hear (f->client, "event_sent", "\"/\",\"a\",[\"x\"]");
  g_assert_true (sky_roster_find_socket (f->roster, "/", "a", &socket));
  g_assert_cmpuint (socket.n_out, >=, 50000);
  WAIT (sky_roster_find_socket (f->roster, "/", "a", &socket) && socket.n_out == 150000);
}

static void
append_random (GString *out, guint depth)
{
  static const char *const words[] = { "null", "true", "-1", "1e999", "99999999999999999999", "\"\"", "\"/\"", "\"a\"", "\"b\"",
                                       "\"/admin\"", "\"\\ud800\"", "\"EMIT\"", "\"2026-11-21T14:03:22.087Z\"" };
  static const char *const keys[] = { "id", "nsp", "rooms", "data", "handshake", "headers", "query", "issued", "user",
                                      "name", "namespaces", "serverId", "aggregatedEvents", "supportedFeatures", "count" };
  guint n = (guint) g_test_rand_int_range (0, 5), kind = depth > 0 ? (guint) g_test_rand_int_range (0, 4) : 0;

  if (kind < 2)
    {
      g_string_append (out, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
      return;
    }
  g_string_append_c (out, kind == 2 ? '[' : '{');
  if (kind == 3 && depth > 2) /* something that could be a socket */
    g_string_append_printf (out, "\"id\":\"%c\",\"nsp\":\"/\",\"rooms\":[\"a\",\"tea\"]", g_test_rand_int_range ('a', 'f'));
  for (guint i = 0; i < n; i++)
    {
      g_string_append (out, i > 0 || out->str[out->len - 1] == ']' ? "," : "");
      if (kind == 3)
        g_string_append_printf (out, "\"%s\":", keys[g_test_rand_int_range (0, G_N_ELEMENTS (keys))]);
      append_random (out, depth - 1);
    }
  g_string_append_c (out, kind == 2 ? ']' : '}');
}

/* Whatever a server says, it does no harm, and the books stay whole: who is in a room is in its namespace. */
static void
test_random (Fixture *f, gconstpointer data)
{
  static const char *const events[] = { "session", "config", "server_stats", "all_sockets", "socket_connected", "other",
                                        "socket_updated", "socket_disconnected", "room_joined", "room_left", "event_sent" };
  SkyRosterSocket socket;
  const char *nsp, *room;
  guint n_sockets = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr(GString) args = g_string_new (NULL);

      for (guint n = (guint) g_test_rand_int_range (0, 5); n > 0; n--)
        {
          append_random (args, 4);
          g_string_append (args, n > 1 ? "," : "");
        }
      hear (f->client, events[g_test_rand_int_range (0, G_N_ELEMENTS (events))], args->str);
      if (i % 100 == 0)
        turn ();
    }
  turn ();
  for (guint i = 0; (nsp = sky_roster_get_namespace (f->roster, i)) != NULL; i++)
    {
      g_assert_cmpstr (nsp, !=, "/admin");
      n_sockets += sky_roster_get_n_sockets (f->roster, nsp, NULL);
      for (guint r = 0; (room = sky_roster_get_room (f->roster, nsp, r, FALSE)) != NULL; r++)
        for (guint n = 0; sky_roster_get_socket (f->roster, nsp, room, n, &socket); n++)
          g_assert_true (sky_roster_find_socket (f->roster, nsp, socket.id, &socket));
    }
  g_assert_cmpuint (n_sockets + sky_roster_get_n_deeds (f->roster), >, 0); /* some of it made sense */
}

/* Whoever watches may go in the middle of it. */
static void
test_gone (Fixture *f, gconstpointer data)
{
  g_autoptr(GString) all = make_crowd (2000);
  g_autoptr(SkyRoster) roster = g_object_ref (f->roster);
  const char *why;

  hear (f->client, "config", "{\"supportedFeatures\":[" ALL "]}");
  hear (f->client, "all_sockets", all->str);
  while (sky_roster_get_n_sockets (roster, "/", NULL) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&f->watch);
  turn ();
  hear (f->client, "socket_connected", "{\"id\":\"late\",\"nsp\":\"/\",\"rooms\":[]}");
  turn ();
  g_assert_cmpuint (sky_roster_get_n_sockets (roster, "/", NULL), <, 2000);
  g_assert_cmpuint (sky_roster_get_n_sockets (roster, "/", "late"), ==, 0);
  g_assert_false (sky_roster_can (roster, G_STRUCT_OFFSET (SkyRosterHands, emit), &why));
}

static void
add_rows (void)
{
  static const char *const kinds[][2] = { { "v4", ALL }, { "v3", OLD }, { "readonly", NONE }, { "production", PRODUCTION } };

  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strdup_printf ("/admin-watch/story/%s", stories[i].name);

      g_test_add_data_func (path, &stories[i], test_story);
    }
  for (guint i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/admin-watch/config/%s", configs[i].name);

      g_test_add_data_func (path, &configs[i], test_config);
    }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strdup_printf ("/admin-watch/orders/%s", kinds[i][0]);

      g_test_add_data_func (path, kinds[i][1], test_orders);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_rows ();
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/admin-watch/details", test_details);
  ADD ("/admin-watch/deeds", test_deeds);
  ADD ("/admin-watch/stats", test_stats);
  ADD ("/admin-watch/crowd", test_crowd);
  ADD ("/admin-watch/flood", test_flood);
  ADD ("/admin-watch/long", test_long);
  ADD ("/admin-watch/gone", test_gone);
  ADD ("/admin-watch/random", test_random);
  g_test_add_func ("/admin-watch/logins", test_logins);
  g_test_add_func ("/admin-watch/session", test_session);
  g_test_add_func ("/admin-watch/refused", test_refused);
  g_test_add_func ("/admin-watch/no-admin", test_no_admin);
  return g_test_run ();
}

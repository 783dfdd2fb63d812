#include "client-rig.h"

/* The namespaces of a connection: PROTOCOL §8, §9.6, §11, §14; and the emits that wait for them. */

/* Each namespace as "/a+" connected, "/a…" connecting, "/a!why" refused, "/a-why" not connected. */
static char *
describe (Rig *rig)
{
  GString *all = g_string_new (NULL);
  SkySpaceInfo info;

  for (guint i = 0; sky_client_get_space (rig->client, i, &info); i++)
    g_string_append_printf (all, "%s%s%s%s", i > 0 ? " " : "", info.nsp,
                            info.state == SKY_SPACE_CONNECTED    ? "+"
                            : info.state == SKY_SPACE_CONNECTING ? "?"
                            : info.state == SKY_SPACE_REFUSED    ? "!"
                                                                 : "-",
                            info.why != NULL ? info.why : "");
  return g_string_free (all, FALSE);
}

#define assert_spaces(rig, text)                                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *found = describe (rig);                                                       \
                                                                                                   \
    g_assert_cmpstr (found, ==, text);                                                             \
  }                                                                                                \
  G_STMT_END

static void
use_namespaces (Rig *rig, const char *names)
{
  g_strfreev (rig->profile->namespaces);
  rig->profile->namespaces = g_strsplit (names, " ", -1);
  rig_use_profile (rig);
}

/* "/", "/a" and "/b" are asked for and connected. */
static void
open_three (Rig *rig)
{
  use_namespaces (rig, "/ a /b");
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_expect (rig, "40/a,");
  rig_expect (rig, "40/b,");
  assert_spaces (rig, "/? /a? /b?");
  rig_say (rig, "40{\"sid\":\"s\"}");
  rig_say (rig, "40/b,{\"sid\":\"sb\"}");
  rig_say (rig, "40/a,{\"sid\":\"sa\"}");
  WAIT (g_strv_length ((char **) sky_client_get_namespaces (rig->client)) == 3);
  assert_spaces (rig, "/+ /a+ /b+");
}

static void
test_one_refused (Rig *rig, gconstpointer data)
{
  use_namespaces (rig, "/ /a");
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  rig_expect (rig, "40/a,");
  rig_say (rig, "44/a,{\"message\":\"Invalid namespace\"}");
  rig_say (rig, "40{\"sid\":\"s\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  assert_spaces (rig, "/+ /a!Invalid namespace");
  g_assert_false (sky_client_emit (rig->client, "/a", "x", NULL, SKY_EMIT_NONE, NULL));
  g_assert_true (sky_client_connect_space (rig->client, "/a", "{\"token\": 1}", NULL));
  rig_expect (rig, "40/a,{\"token\":1}");
  assert_spaces (rig, "/+ /a?");
}

static void
test_all_refused (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  use_namespaces (rig, "/a /b");
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40/a,");
  rig_expect (rig, "40/b,");
  rig_say (rig, "44/a,{\"message\":\"who?\"}");
  rig_say (rig, "44/b,{\"message\":\"no\",\"data\":{\"code\":7}}");
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (rig->client)), "refused the namespace /b: “no”."));
  g_assert_nonnull (strstr (sky_peer_get_advice (SKY_PEER (rig->client)), "middleware"));
  assert_spaces (rig, "/a!who? /b!no");
  rig_expect (rig, "close:1000");
  rig_hang_up (rig);
  pass_time (100);
  g_assert_cmpstr (rig->states->str, ==, "WF");
}

static void
test_leave_and_reconnect (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  open_three (rig);
  g_assert_true (sky_client_disconnect_space (rig->client, "/a", NULL));
  rig_expect (rig, "41/a,");
  rig_say (rig, "41/b,");
  WAIT (rig_count (rig, "/b: io server disconnect") == 1);
  assert_spaces (rig, "/+ /a-io client disconnect /b-io server disconnect");
  g_assert_true (sky_client_connect_space (rig->client, "/c", "{\"t\":2}", NULL));
  rig_expect (rig, "40/c,{\"t\":2}");
  rig_say (rig, "40/c,{\"sid\":\"sc\"}");
  WAIT (g_strv_length ((char **) sky_client_get_namespaces (rig->client)) == 2);
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  g_assert_cmpuint (g_strv_length ((char **) sky_client_get_namespaces (rig->client)), ==, 0);
  rig_expect (rig, "40");
  rig_expect (rig, "40/c,{\"t\":2}");
  assert_spaces (rig, "/? /a-io client disconnect /b-io server disconnect /c?");
  rig_say (rig, "2");
  rig_expect (rig, "3"); /* nothing else was asked for */
}

/* PROTOCOL §8.8: the server knows of no namespace to leave before it has answered. */
static void
test_leave_early (Rig *rig, gconstpointer data)
{
  open_three (rig);
  g_assert_true (sky_client_connect_space (rig->client, "/d", NULL, NULL));
  rig_expect (rig, "40/d,");
  g_assert_true (sky_client_disconnect_space (rig->client, "/d", NULL));
  rig_say (rig, "2");
  rig_expect (rig, "3");
  rig_say (rig, "40/d,{\"sid\":\"sd\"}");
  rig_expect (rig, "41/d,");
  assert_spaces (rig, "/+ /a+ /b+ /d-io client disconnect");
}

static void
test_leave_last (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig_open (rig);
  g_assert_true (sky_client_disconnect_space (rig->client, "/", NULL));
  g_assert_cmpint (rig_state (rig), ==, SKY_PEER_CLOSING);
  rig_expect (rig, "41");
  rig_expect (rig, "close:1000");
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_CLOSED);
}

/* PROTOCOL §8.10, §12.2: it meant it, so it is not asked again, in whatever way the line ends. */
static void
test_thrown_out (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig_open (rig);
  rig_say (rig, "41");
  rig_expect (rig, "close:1000");
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_CLOSED);
  pass_time (50);
  assert_spaces (rig, "/-io server disconnect");
  g_assert_cmpstr (rig->states->str, ==, "WOLC");
  g_assert_cmpuint (rig->n_upgrades, ==, 1);
}

static void
test_connect_wrong (Rig *rig, gconstpointer data)
{
  static const struct
  {
    const char *nsp, *auth;
    int         code;
  } wrong[] = {
    { "/a,b", NULL, SKY_CLIENT_ERROR_ARGUMENTS },
    { "/", NULL, SKY_CLIENT_ERROR_ARGUMENTS },
    { "/a", "[1]", SKY_CLIENT_ERROR_ARGUMENTS },
    { "/a", "{", SKY_CLIENT_ERROR_ARGUMENTS },
  };
  g_autoptr(GError) error = NULL;
  SkySpaceInfo info;

  g_assert_false (sky_client_connect_space (rig->client, "/a", NULL, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN);
  rig_open (rig);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_clear_error (&error);
      g_assert_false (sky_client_connect_space (rig->client, wrong[i].nsp, wrong[i].auth, &error));
      g_assert_error (error, SKY_CLIENT_ERROR, wrong[i].code);
    }
  g_clear_error (&error);
  g_assert_false (sky_client_disconnect_space (rig->client, "/a", &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN);
  g_assert_true (sky_client_get_space (rig->client, 0, &info) && !sky_client_get_space (rig->client, 1, &info));
}

/* PROTOCOL §8.7, §14.4, §14.5. */
static void
test_revision_3 (Rig *rig, gconstpointer data)
{
  SkySpaceInfo info;

  rig->profile->replies = g_strsplit ("ask=7", " ", -1);
  use_namespaces (rig, "/chat?token=1");
  rig->ws_first = RIG_OPEN_3;
  rig_start (rig);
  rig_say (rig, "40");
  rig_expect (rig, "40/chat?token=1,");
  g_assert_true (sky_client_emit (rig->client, "/chat?token=1", "held", NULL, SKY_EMIT_NONE, NULL));
  rig_say (rig, "40/chat");
  rig_expect (rig, "42/chat,[\"held\"]");
  g_assert_true (sky_client_get_space (rig->client, 0, &info));
  g_assert_cmpstr (info.nsp, ==, "/chat?token=1");
  g_assert_cmpstr (info.sid, ==, "/chat#eng");
  rig_say (rig, "42/chat,5[\"ask\"]");
  rig_expect (rig, "43/chat,5[7]");
  g_assert_true (sky_client_emit_with_ack (rig->client, "/chat?token=1", "q", NULL, 0, NULL, NULL, NULL, NULL));
  rig_expect (rig, "42/chat,0[\"q\"]");
  g_assert_true (sky_client_disconnect_space (rig->client, "/chat?token=1", NULL));
  rig_expect (rig, "41/chat,");
}

static void
test_revision_3_refused (Rig *rig, gconstpointer data)
{
  rig->ws_first = RIG_OPEN_3;
  rig_start (rig);
  rig_say (rig, "44\"not you\"");
  WAIT (rig_state (rig) == SKY_PEER_FAILED);
  g_assert_nonnull (strstr (sky_peer_get_problem (SKY_PEER (rig->client)), "“not you”"));
}

/* ---- Recovery: PROTOCOL §11 */

static const struct
{
  const char *name, *events[3], *payload, *answer;
  gboolean    recovered;
} recoveries[] = {
  { "offset", { "42[\"e\",1,\"o1\"]", "42[\"e\",\"o2\"]" }, "40{\"pid\":\"p\",\"offset\":\"o2\"}", "{\"sid\":\"s\",\"pid\":\"p\"}", TRUE },
  { "no-event", { NULL }, "40{\"pid\":\"p\"}", "{\"sid\":\"t\",\"pid\":\"q\"}", FALSE },
  { "no-string", { "42[\"e\",\"o1\"]", "42[\"e\",2]", "42[\"e\"]" }, "40{\"pid\":\"p\",\"offset\":\"o1\"}", "{\"sid\":\"s\",\"pid\":\"p\"}", TRUE },
  /* A volatile event carries no offset, but this cannot be seen: known hole, PROTOCOL §11.6 */
  { "poisoned", { "42[\"e\",\"o1\"]", "42[\"chat\",\"hello\"]" }, "40{\"pid\":\"p\",\"offset\":\"hello\"}", "{\"sid\":\"t\",\"pid\":\"q\"}", FALSE },
  { "escaped", { "42[\"e\",\"\\u0022o\\n\"]" }, "40{\"pid\":\"p\",\"offset\":\"\\\"o\\n\"}", "{\"sid\":\"s\",\"pid\":\"p\"}", TRUE },
};

static void
test_recovery (gconstpointer data)
{
  guint n = GPOINTER_TO_UINT (data);
  Rig rig = { 0 };
  g_autofree char *answer = g_strconcat ("40", recoveries[n].answer, NULL);
  SkySpaceInfo info;

  rig_set_up_ws (&rig, GINT_TO_POINTER (SKY_PROTOCOL_SOCKET_IO));
  rig_reconnect (&rig, -1, 20);
  rig.ws_first = RIG_OPEN_4;
  rig_start (&rig);
  rig_expect (&rig, "40");
  rig_say (&rig, "40{\"sid\":\"s\",\"pid\":\"p\"}");
  for (guint i = 0; i < G_N_ELEMENTS (recoveries[n].events) && recoveries[n].events[i] != NULL; i++)
    rig_say (&rig, recoveries[n].events[i]);
  rig_say (&rig, "2");
  rig_expect (&rig, "3");
  rig_hang_up (&rig);
  rig_expect (&rig, recoveries[n].payload);
  rig_say (&rig, answer);
  WAIT (rig_state (&rig) == SKY_PEER_OPEN);
  g_assert_true (sky_client_get_space (rig.client, 0, &info));
  g_assert_true (info.recoverable);
  g_assert_cmpint (info.recovered, ==, recoveries[n].recovered);
  rig_tear_down (&rig, NULL);
}

/* What was missed comes before CONNECT, and counts; a fresh session forgets, as does one that was left. */
static void
test_recovery_goes_on (Rig *rig, gconstpointer data)
{
  rig_reconnect (rig, -1, 20);
  rig->profile->auth = g_strdup ("{\"t\": 1}");
  rig_use_profile (rig);
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40{\"t\":1}");
  rig_say (rig, "40{\"sid\":\"s\",\"pid\":\"p\"}");
  rig_say (rig, "42[\"e\",\"o1\"]");
  rig_say (rig, "2");
  rig_expect (rig, "3");
  rig_hang_up (rig);
  rig_expect (rig, "40{\"pid\":\"p\",\"offset\":\"o1\",\"t\":1}");
  rig_say (rig, "42[\"missed\",\"o2\"]");
  rig_say (rig, "40{\"sid\":\"s\",\"pid\":\"p\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  rig_hang_up (rig);
  rig_expect (rig, "40{\"pid\":\"p\",\"offset\":\"o2\",\"t\":1}");
  rig_say (rig, "40{\"sid\":\"u\",\"pid\":\"q\"}");
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  rig_hang_up (rig);
  rig_expect (rig, "40{\"pid\":\"q\",\"t\":1}");
  sky_peer_stop (SKY_PEER (rig->client));
  sky_peer_stop (SKY_PEER (rig->client));
  WAIT (rig->heard->len > 0);
  g_ptr_array_set_size (rig->heard, 0);
  rig_start (rig);
  rig_expect (rig, "40{\"t\":1}");
}

/* ---- Emits that wait: PROTOCOL §9.5, §9.6 */

typedef struct
{
  guint n_called, n_freed;
  int   code; /* -1: answered */
} Asked;

static void
on_ack (SkyClient *client, const char *args, gint64 latency_usec, const GError *error, gpointer user_data)
{
  Asked *asked = user_data;

  asked->n_called++;
  asked->code = error != NULL ? error->code : -1;
}

static void
on_freed (gpointer user_data)
{
  ((Asked *) user_data)->n_freed++;
}

static gboolean
emit (Rig *rig, const char *nsp, const char *event, guint timeout_msec, Asked *asked)
{
  return sky_client_emit_with_ack (rig->client, nsp, event, NULL, timeout_msec, on_ack, asked, on_freed, NULL);
}

static void
test_held (Rig *rig, gconstpointer data)
{
  Asked late = { 0 }, asked = { 0 };

  rig->ws_first = RIG_OPEN_4;
  use_namespaces (rig, "/ /a");
  rig_start (rig);
  g_assert_true (sky_client_emit (rig->client, "/", "1", "{\"$bin\":\"AAE=\"}", SKY_EMIT_NONE, NULL));
  g_assert_true (emit (rig, "/", "late", 30, &late));
  g_assert_true (sky_client_emit (rig->client, "/a", "a", NULL, SKY_EMIT_NONE, NULL));
  g_assert_true (sky_client_emit (rig->client, "/", "lost", NULL, SKY_EMIT_VOLATILE, NULL));
  g_assert_true (emit (rig, "/", "2", 0, &asked));
  g_assert_false (sky_client_emit (rig->client, "/b", "x", NULL, SKY_EMIT_NONE, NULL));
  g_assert_false (sky_client_emit (rig->client, "/", "connect", NULL, SKY_EMIT_NONE, NULL));
  g_assert_cmpuint (sky_client_get_n_held (rig->client), ==, 4);
  rig_expect (rig, "40");
  rig_expect (rig, "40/a,");
  WAIT (late.n_called == 1);
  g_assert_cmpint (late.code, ==, SKY_CLIENT_ERROR_TIMEOUT);
  g_assert_cmpuint (late.n_freed, ==, 1);
  rig_assert_said (rig, "“lost” was dropped");
  rig_say (rig, "40{\"sid\":\"s\"}");
  rig_expect (rig, "451-[\"1\",{\"_placeholder\":true,\"num\":0}]");
  rig_expect (rig, "<octets>");
  rig_expect (rig, "420[\"2\"]");
  g_assert_cmpuint (sky_client_get_n_held (rig->client), ==, 1);
  rig_say (rig, "40/a,{\"sid\":\"sa\"}");
  rig_expect (rig, "42/a,[\"a\"]");
  rig_say (rig, "430[]");
  WAIT (asked.n_called == 1);
  g_assert_cmpint (asked.code, ==, -1);
  g_assert_cmpuint (asked.n_freed, ==, 1);
}

/* … and over a reconnection. */
static void
test_held_waiting (Rig *rig, gconstpointer data)
{
  Asked sent = { 0 }, held = { 0 };

  rig_reconnect (rig, -1, 50);
  rig_open (rig);
  g_assert_true (emit (rig, "/", "sent", 0, &sent));
  rig_expect (rig, "420[\"sent\"]");
  rig_hang_up (rig);
  WAIT (rig_state (rig) == SKY_PEER_WAITING);
  g_assert_cmpint (sent.code, ==, SKY_CLIENT_ERROR_GONE);
  g_assert_true (emit (rig, "/", "held", 0, &held));
  rig_expect (rig, "40");
  rig_say (rig, "40{\"sid\":\"new\"}");
  rig_expect (rig, "420[\"held\"]");
  g_assert_cmpuint (held.n_called, ==, 0);
  sky_peer_stop (SKY_PEER (rig->client));
  sky_peer_stop (SKY_PEER (rig->client));
  g_assert_cmpuint (held.n_called + held.n_freed + sent.n_called + sent.n_freed, ==, 4);
}

static void
test_held_limits (Rig *rig, gconstpointer data)
{
  g_autofree char *large = g_strnfill (33 * 1024 * 1024, 'x'), *args = g_strconcat ("\"", large, "\"", NULL);
  g_autoptr(GError) error = NULL;
  Asked asked = { 0 };

  rig->ws_status = 0;
  rig_start (rig);
  g_assert_true (sky_client_emit (rig->client, "/", "1", args, SKY_EMIT_NONE, NULL));
  g_assert_false (sky_client_emit (rig->client, "/", "2", args, SKY_EMIT_NONE, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL);
  g_clear_error (&error);
  for (guint i = 1; i < 1000; i++)
    g_assert_true (emit (rig, "/", "x", i % 2 * 60000, &asked));
  g_assert_false (sky_client_emit (rig->client, "/", "x", NULL, SKY_EMIT_NONE, &error));
  g_assert_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL);
  g_assert_cmpuint (sky_client_get_n_held (rig->client), ==, 1000);
  sky_peer_stop (SKY_PEER (rig->client));
  g_assert_cmpuint (sky_client_get_n_held (rig->client), ==, 0);
  g_assert_cmpuint (asked.n_called, ==, 999);
  g_assert_cmpuint (asked.n_freed, ==, 999);
  g_assert_cmpint (asked.code, ==, SKY_CLIENT_ERROR_GONE);
  rig_assert_said (rig, "1000 events that waited");
  rig->ws_status = 101; /* and what was counted is forgotten */
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  g_assert_true (sky_client_emit (rig->client, "/", "1", args, SKY_EMIT_NONE, NULL));
}

/* What waits for a namespace that is refused, left, or no namespace at all, waits for nothing. */
static void
test_held_in_vain (Rig *rig, gconstpointer data)
{
  Asked refused = { 0 }, left = { 0 };

  use_namespaces (rig, "/ /a /b");
  rig->ws_first = RIG_OPEN_4;
  rig_start (rig);
  rig_expect (rig, "40");
  g_assert_true (emit (rig, "/a", "x", 0, &refused));
  g_assert_true (emit (rig, "/b", "x", 0, &left));
  rig_say (rig, "44/a,{\"message\":\"no\"}");
  WAIT (refused.n_called == 1);
  g_assert_true (sky_client_disconnect_space (rig->client, "/b", NULL));
  g_assert_cmpuint (left.n_called, ==, 1);
  g_assert_cmpuint (sky_client_get_n_held (rig->client), ==, 0);
}

static void
test_held_for_plain (Rig *rig, gconstpointer data)
{
  Asked asked = { 0 };

  rig->profile->transports = SKY_TRANSPORTS_BOTH;
  rig_use_profile (rig);
  rig->poll_status = 426;
  rig_start (rig);
  g_assert_true (emit (rig, "/", "x", 0, &asked));
  WAIT (rig_state (rig) == SKY_PEER_OPEN);
  g_assert_cmpint (sky_client_get_protocol (rig->client), ==, SKY_PROTOCOL_WEBSOCKET);
  g_assert_cmpuint (asked.n_called, ==, 1);
  g_assert_cmpuint (sky_client_get_n_held (rig->client), ==, 0);
}

static void
add (const char *path, SkyProtocol protocol, void (*test) (Rig *, gconstpointer))
{
  g_autofree char *whole = g_strconcat ("/client-spaces/", path, NULL);

  g_test_add (whole, Rig, GINT_TO_POINTER (protocol), rig_set_up_ws, test, rig_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("one-refused", SKY_PROTOCOL_SOCKET_IO, test_one_refused);
  add ("all-refused", SKY_PROTOCOL_SOCKET_IO, test_all_refused);
  add ("leave-and-reconnect", SKY_PROTOCOL_SOCKET_IO, test_leave_and_reconnect);
  add ("leave-early", SKY_PROTOCOL_SOCKET_IO, test_leave_early);
  add ("leave-last", SKY_PROTOCOL_SOCKET_IO, test_leave_last);
  add ("thrown-out", SKY_PROTOCOL_SOCKET_IO, test_thrown_out);
  add ("connect-wrong", SKY_PROTOCOL_SOCKET_IO, test_connect_wrong);
  add ("revision-3", SKY_PROTOCOL_SOCKET_IO, test_revision_3);
  add ("revision-3-refused", SKY_PROTOCOL_SOCKET_IO, test_revision_3_refused);
  for (guint i = 0; i < G_N_ELEMENTS (recoveries); i++)
    {
      g_autofree char *path = g_strconcat ("/client-spaces/recovery/", recoveries[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_recovery);
    }
  add ("recovery-goes-on", SKY_PROTOCOL_SOCKET_IO, test_recovery_goes_on);
  add ("held", SKY_PROTOCOL_SOCKET_IO, test_held);
  add ("held-waiting", SKY_PROTOCOL_SOCKET_IO, test_held_waiting);
  add ("held-limits", SKY_PROTOCOL_SOCKET_IO, test_held_limits);
  add ("held-in-vain", SKY_PROTOCOL_SOCKET_IO, test_held_in_vain);
  add ("held-for-plain", SKY_PROTOCOL_AUTO, test_held_for_plain);
  return g_test_run ();
}

#include "host-rig.h"

static char *
websocket_target (const Session *s)
{
  return g_strdup_printf ("/socket.io/?EIO=4&transport=websocket&sid=%s", s->sid);
}

static Line *
open_probe (Rig *rig, const Session *s)
{
  g_autofree char *target = websocket_target (s);

  return line_new_websocket (rig, target);
}

/* As a client does it: probe, let the polls end, upgrade. */
static Line *
upgrade (Rig *rig, Session *s)
{
  Line *line = open_probe (rig, s);

  poll_begin (s);
  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  poll_expect (s, "6");
  line_text (line, "5");
  return line;
}

/* §5.1, §5.5 */
static void
test_upgrade (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = NULL, second = NULL, polling = line_new (rig);
  g_autoptr(Answer) refused = NULL;

  connect_space (s);
  line = upgrade (rig, s);
  line_text (line, "421[\"x\",1]");
  line_expect (line, "1:431[1]");
  refused = line_ask (polling, "GET", s->target, "", NULL);
  g_assert_cmpuint (refused->status, ==, 400);
  g_assert_cmpstr (refused->text, ==, "{\"code\":3,\"message\":\"Bad request\"}");
  second = open_probe (rig, s);
  line_expect_close (second);
  line_text (line, "422[\"x\",2]");
  line_expect (line, "1:432[2]");
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 1);
  line_frame (line, 8, "\x03\xe8", 2);
  expect_nobody (rig);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_LEAVE, "transport close"), ==, 1);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, ""), ==, 0);
}

/* §5.2: every poll comes back until "5", not only the first. */
static void
test_every_poll (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = NULL;
  gint64 begin_usec = g_get_monotonic_time ();

  connect_space (s);
  line = open_probe (rig, s);
  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  for (guint i = 0; i < 4; i++)
    expect (s, "6");
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, <, 2 * G_TIME_SPAN_SECOND);
  expect_alive (s);
  line_text (line, "5");
  line_text (line, "421[\"x\"]");
  line_expect (line, "1:431[]");
}

/* §5.4: none lost, doubled or reordered. */
static void
test_order (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = NULL;
  guint next = 0, n_sent = 0;

  connect_space (s);
  line = open_probe (rig, s);
  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr(Answer) answer = NULL;
      g_auto(GStrv) packets = NULL;

      for (guint i = 0; i < 5; i++)
        {
          g_autofree char *number = g_strdup_printf ("%u", n_sent++);

          g_assert_true (sky_host_emit (rig->host, "/", NULL, NULL, "n", number, NULL));
        }
      if (round == 2)
        break;
      answer = line_ask (s->polls, "GET", s->target, "", NULL);
      packets = g_strsplit (answer->text, RS, -1);
      for (guint i = 0; packets[i] != NULL; i++)
        {
          g_autofree char *expected = g_strdup_printf ("42[\"n\",%u]", next++);

          g_assert_cmpstr (packets[i], ==, expected);
        }
    }
  line_text (line, "5");
  for (; next < n_sent; next++)
    {
      g_autofree char *expected = g_strdup_printf ("1:42[\"n\",%u]", next);

      line_expect (line, expected);
    }
  line_text (line, "421[\"x\"]");
  line_expect (line, "1:431[]");
}

/* A packet whose attachments come after the upgrade is whole then; one that is sent keeps together. */
static void
test_attachments (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = NULL;

  connect_space (s);
  say (s, "451-7[\"x\",{\"_placeholder\":true,\"num\":0}]");
  line = upgrade (rig, s);
  line_frame (line, 2, "abc", 3);
  line_expect (line, "1:461-7[{\"_placeholder\":true,\"num\":0}]");
  line_expect (line, "2:abc");
}

/* §5.6: a second probe, and a first word that is none; polling goes on unharmed. */
static void
test_wrong_probes (Rig *rig, gconstpointer data)
{
  static const char *const words[] = { "2", "3probe", "42[\"x\"]", "", "2Probe", "1" };
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) first = NULL, second = NULL;

  connect_space (s);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr(Line) line = open_probe (rig, s);

      line_text (line, words[i]);
      line_expect_close (line);
      expect_alive (s);
    }
  first = open_probe (rig, s);
  second = open_probe (rig, s);
  line_expect_close (second);
  line_text (first, "2probe");
  line_expect (first, "1:3probe");
  expect_alive (s);
  g_io_stream_close (G_IO_STREAM (first->stream), NULL, NULL);
  pass_time (150);
  poll_begin (s);
  pass_time (250);
  say (s, "42[\"later\"]");
  poll_expect (s, "42[\"later\"]");
}

static const SkyHostOptions hasty = { .upgrade_timeout_msec = 150, .ping_interval_msec = 1000, .ping_timeout_msec = 2000 };

/* §5.7: never completed; polling is unharmed, and the heartbeat goes on. */
static void
test_timeout (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) silent = NULL, probed = NULL;

  connect_space (s);
  silent = open_probe (rig, s);
  line_expect_close (silent);
  probed = open_probe (rig, s);
  line_text (probed, "2probe");
  line_expect (probed, "1:3probe");
  line_expect_close (probed);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_STATE, "not completed"), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      expect (s, "2");
      say (s, "3");
    }
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 1);
}

/* The session ends while an upgrade is tried: the WebSocket goes with it. */
static void
test_end_while_probing (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = NULL;

  connect_space (s);
  line = open_probe (rig, s);
  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  say (s, "1");
  line_expect_close (line);
  expect_nobody (rig);
}

/* The open packet is the first thing, and the only session is the one that opened it: §1.8, §4.2, §4.6, §4.7. */
static void
test_websocket (Rig *rig, gconstpointer data)
{
  static const char *const ends[] = { "1", "9", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr(Line) line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
      g_autofree char *open = line_hear_frame (line);

      g_assert_true (g_str_has_prefix (open, "1:0{\"sid\":\""));
      g_assert_nonnull (strstr (open, "\"upgrades\":[]"));
      line_text (line, ends[i]);
      line_expect_close (line);
      expect_nobody (rig);
    }
}

/* §6.5: on ping timeout the TCP connection goes, too, though the client says nothing. */
static const SkyHostOptions impatient = { .ping_interval_msec = 60, .ping_timeout_msec = 120 };

static void
test_ping_timeout (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = open_probe (rig, s);

  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  line_text (line, "5");
  WAIT (line->ended);
  expect_nobody (rig);
}

/* A POST that says it were an upgrade is none, of whatever session: and that which is on WebSocket goes on. */
static void
test_post (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) websocket = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket"), line = line_new (rig);
  g_autofree char *open = line_hear_frame (websocket), *target = NULL;
  g_autoptr(Answer) answer = NULL;

  target = g_strdup_printf ("/socket.io/?EIO=4&transport=websocket&sid=%.20s", open + strlen ("1:0{\"sid\":\""));
  answer = line_ask (line, "POST", target, UPGRADE, "40");
  g_assert_cmpuint (answer->status, >=, 400);
  line_text (websocket, "40");
  g_free (open);
  open = line_hear_frame (websocket);
  g_assert_true (g_str_has_prefix (open, "1:40{\"sid\":\""));
}

static void
test_stop (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = open_probe (rig, s);

  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  sky_peer_stop (SKY_PEER (rig->host));
  line_expect_close (line);
  WAIT (sky_peer_get_state (SKY_PEER (rig->host)) == SKY_PEER_CLOSED);
}

static void
add (const char *path, const SkyHostOptions *options, void (*test) (Rig *, gconstpointer))
{
  g_test_add (path, Rig, options, rig_set_up, test, rig_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/host-upgrade/upgrade", NULL, test_upgrade);
  add ("/host-upgrade/every-poll", NULL, test_every_poll);
  add ("/host-upgrade/order", NULL, test_order);
  add ("/host-upgrade/attachments", NULL, test_attachments);
  add ("/host-upgrade/wrong-probes", NULL, test_wrong_probes);
  add ("/host-upgrade/timeout", &hasty, test_timeout);
  add ("/host-upgrade/end-while-probing", NULL, test_end_while_probing);
  add ("/host-upgrade/websocket", NULL, test_websocket);
  add ("/host-upgrade/ping-timeout", &impatient, test_ping_timeout);
  add ("/host-upgrade/post", NULL, test_post);
  add ("/host-upgrade/stop", NULL, test_stop);
  return g_test_run ();
}

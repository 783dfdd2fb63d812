#include "host-rig.h"

/* §1.1 to §1.4 */
static void
test_handshake (Rig *rig, gconstpointer data)
{
  static const char rest[] = "\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
  g_autoptr(Line) line = line_new (rig);
  g_autoptr(Answer) one = line_ask (line, "GET", "/socket.io/?t=x%3D1&x=1&x=2&%54ransport=no&transport=polling&E%49O=4", "", NULL);
  g_autoptr(Answer) two = line_ask (line, "GET", ENGINE, "Accept-Encoding: gzip\r\n", NULL);
  g_autofree char *sid = sid_of (one, "0{\"sid\":\""), *other = sid_of (two, "0{\"sid\":\"");

  g_assert_cmpstr (sid, !=, other);
  g_assert_true (g_str_has_suffix (one->text, rest));
  g_assert_cmpuint (strlen (one->text), ==, strlen ("0{\"sid\":\"") + 20 + strlen (rest));
  g_assert_nonnull (strstr (one->head, "Content-Type: text/plain; charset=UTF-8\r\n"));
  g_assert_nonnull (strstr (one->head, "Cache-Control: no-store\r\n"));
  g_assert_null (strstr (one->head, "Access-Control"));
  g_assert_null (strstr (one->head, "Set-Cookie"));
  g_assert_null (strstr (two->head, "Content-Encoding"));
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 2);
}

/* §3.1, §3.2, §3.13: polls and POSTs on one connection, everything that waits in one answer. */
static void
test_conversation (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(GString) events = g_string_new ("42[\"e\",0]"), many = NULL;

  connect_space (s);
  say (s, "42[\"a\",1.0]" RS "421[\"b\",\"ünï☃🎉\"]" RS "451-[\"c\",{\"_placeholder\":true,\"num\":0}]" RS "bAAEC/w==");
  expect (s, "42[\"a\",1.0]" RS "431[\"ünï☃🎉\"]" RS "451-[\"c\",{\"_placeholder\":true,\"num\":0}]" RS "bAAEC/w==");
  poll_begin (s);
  pass_time (20);
  say (s, "42[\"held\"]");
  poll_expect (s, "42[\"held\"]");
  say (s, "451-[\"empty\",{\"_placeholder\":true,\"num\":0}]" RS "b");
  expect (s, "451-[\"empty\",{\"_placeholder\":true,\"num\":0}]" RS "b");
  for (guint i = 1; i < 3000; i++)
    g_string_append_printf (events, RS "42[\"e\",%u]", i);
  say (s, events->str);
  expect (s, events->str);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, ""), ==, 0);
}

/* §3.13: several requests on one connection at once are answered in their order. */
static void
test_pipelined (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Answer) ok = NULL, second = NULL;

  connect_space (s);
  line_begin (s->polls, "POST", s->target, "", "42[\"x\"]", -1);
  line_begin (s->polls, "GET", s->target, "", NULL, 0);
  ok = line_hear (s->polls);
  g_assert_cmpstr (ok->text, ==, "ok");
  poll_expect (s, "42[\"x\"]");
  expect_alive (s);
}

/* §3.8: every cut of a body, also within a character. */
static void
test_cuts (Rig *rig, gconstpointer data)
{
  static const char body[] = "42[\"ü☃🎉\"]";
  g_autoptr(Session) s = session_new (rig);

  connect_space (s);
  for (gsize cut = 0; cut < strlen (body); cut++)
    {
      g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                                               s->target, strlen (body));
      g_autoptr(Answer) answer = NULL;

      line_say (s->posts, head);
      line_send (s->posts, body, cut);
      pass_time (3);
      line_send (s->posts, body + cut, strlen (body) - cut);
      answer = line_hear (s->posts);
      g_assert_cmpstr (answer->text, ==, "ok");
      expect (s, body);
    }
}

/* §3.3, §3.4 */
static void
test_two_polls (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Answer) second = NULL;

  connect_space (s);
  poll_begin (s);
  pass_time (20);
  second = line_ask (s->posts, "GET", s->target, "", NULL);
  g_assert_cmpuint (second->status, ==, 400);
  poll_expect (s, "1");
  expect_unknown (rig, s);
  expect_nobody (rig);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_LEAVE, "transport error"), ==, 1);
}

/* §3.5: both are answered; §2.6: so that a page of another origin may read it. */
static const char *const anyone[] = { "*", NULL };
static const SkyHostOptions with_cors = { .cors = anyone };

static void
test_two_posts (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) other = line_new (rig);
  g_autoptr(Answer) first = NULL, second = NULL;
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n42", s->target);

  poll_begin (s);
  line_say (s->posts, head);
  pass_time (20);
  second = line_ask (other, "POST", s->target, "", "42[\"b\"]");
  g_assert_cmpuint (second->status, ==, 400);
  g_assert_nonnull (strstr (second->head, "\r\nAccess-Control-Allow-Origin: *\r\n"));
  poll_expect (s, "1");
  line_say (s->posts, "[\"a\"]  ");
  first = line_hear (s->posts);
  g_assert_cmpuint (first->status, ==, 400);
  expect_unknown (rig, s);
  expect_nobody (rig);
}

/* What ends a connection, and how the reference's "disconnect" calls that: the same over both transports. */
static const struct
{
  const char *packet, *why;
} reasons[] = {
  { "7", "parse error" },
  { "2", "transport error" },
  { "47", "forced close" },
  { "42[\"a\"", "forced close" },
  { "42/nowhere,[\"a\"]", "forced close" },
  { "40", "forced close" },
};

static void
test_reasons (Rig *rig, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      guint before = count_notes (rig, SKY_KIND_LEAVE, reasons[i].why);
      g_autoptr(Session) s = session_new (rig);
      g_autoptr(Line) line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
      g_autofree char *open = line_hear_frame (line), *joined = NULL;

      connect_space (s);
      say (s, reasons[i].packet);
      WAIT (count_notes (rig, SKY_KIND_LEAVE, reasons[i].why) == before + 1);
      line_text (line, "40");
      joined = line_hear_frame (line);
      line_text (line, reasons[i].packet);
      WAIT (count_notes (rig, SKY_KIND_LEAVE, reasons[i].why) == before + 2);
    }
}

/* §3.6: a poll, or half a POST, whose connection breaks. */
static void
test_dropped (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig), other = session_new (rig), half = session_new (rig);
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n42", other->target);

  connect_space (s);
  poll_begin (s);
  pass_time (20);
  g_io_stream_close (G_IO_STREAM (s->polls->stream), NULL, NULL);
  WAIT (sky_host_get_n_clients (rig->host) == 2);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_LEAVE, "transport error"), ==, 1);
  line_say (other->posts, head);
  pass_time (20);
  g_io_stream_close (G_IO_STREAM (other->posts->stream), NULL, NULL);
  WAIT (sky_host_get_n_clients (rig->host) == 1);
  poll_begin (half);
  pass_time (20);
  g_socket_shutdown (g_socket_connection_get_socket (half->polls->stream), FALSE, TRUE, NULL);
  expect_nobody (rig);
  expect_unknown (rig, s);
}

/* §3.7: at the limit, over it as told, and over it in chunks without a word before. */
static void
test_max_payload (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) told = line_new (rig), chunked = line_new (rig);
  g_autoptr(Answer) first = NULL, second = NULL;
  g_autofree char *fits = g_strnfill (1000, 'x'), *chunk = g_strnfill (600, 'y');
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n42", s->target),
                  *parts = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", s->target);

  connect_space (s);
  memcpy (fits, "42[\"", 4);
  memcpy (fits + 998, "\"]", 2);
  say (s, fits);
  expect (s, fits);
  line_say (told, head);
  first = line_hear (told);
  g_assert_cmpuint (first->status, ==, 413);
  line_say (chunked, parts);
  for (guint i = 0; i < 2; i++)
    {
      line_say (chunked, "258\r\n");
      line_say (chunked, chunk);
      line_say (chunked, "\r\n");
    }
  second = line_hear (chunked);
  g_assert_cmpuint (second->status, ==, 413);
  WAIT (told->ended && chunked->ended);
  expect_alive (s);
}

/* What ends a session, in a POST. §3.9, §3.10, §6.3, §7.4 and more. */
static const struct
{
  const char *name, *type, *payload;
  guint       status;
  const char *last; /* what the poll that waits gets */
} wrongs[] = {
  { "octets", "application/octet-stream", "42[\"x\"]", 400, "1" },
  { "type", "text/plain", "9", 200, "1" },
  { "letter", "text/plain", "hello", 200, "1" },
  { "empty", "text/plain", "", 200, "1" },
  { "empty-packet", "text/plain", "42[\"a\"]" RS RS "42[\"b\"]", 200, "42[\"a\"]" RS "1" },
  { "trailing-separator", "text/plain", "42[\"a\"]" RS, 200, "42[\"a\"]" RS "1" },
  { "base64", "text/plain", "b****", 200, "1" },
  { "stray-binary", "text/plain", "bAAEC", 200, "1" },
  { "ping", "text/plain", "2", 200, "1" },
  { "not-joined", "text/plain", "42/chat,[\"x\"]", 200, "1" },
  { "twice", "text/plain", "40", 200, "1" },
  { "close", "text/plain", "1", 200, "6" },
  { "close-first", "text/plain", "1" RS "42[\"not heard\"]", 200, "6" },
};

static void
test_wrong (Rig *rig, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr(Session) s = session_new (rig);
      g_autofree char *type = g_strdup_printf ("Content-Type: %s\r\n", wrongs[i].type);
      g_autoptr(Answer) answer = NULL;

      g_test_message ("%s", wrongs[i].name);
      connect_space (s);
      poll_begin (s);
      pass_time (5);
      answer = line_ask (s->posts, "POST", s->target, type, wrongs[i].payload);
      g_assert_cmpuint (answer->status, ==, wrongs[i].status);
      poll_expect (s, wrongs[i].last);
      expect_unknown (rig, s);
      expect_nobody (rig);
    }
}

/* Octets that are no UTF-8 become U+FFFD, as in the reference; nothing dies. */
static void
test_no_utf8 (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);

  connect_space (s);
  say (s, "42[\"a\xff\"]");
  expect (s, "42[\"a\xef\xbf\xbd\"]");
}

/* §3.12, §8.10: the server closes. Its close packet comes after the DISCONNECT was answered to a poll, or none would hear that. */
static void
test_server_closes (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig), late = session_new (rig);
  g_autofree char *rooms = NULL, *id = NULL;

  for (guint i = 0; i < 2; i++)
    {
      Session *one = i == 0 ? s : late;
      g_autoptr(Answer) answer = NULL;

      say (one, "40");
      answer = line_ask (one->polls, "GET", one->target, "", NULL);
      id = g_strndup (answer->text + strlen ("40{\"sid\":\""), 20);
      if (one == s)
        poll_begin (one);
      pass_time (20);
      g_assert_true (sky_host_emit (rig->host, "/", id, NULL, "bye", NULL, NULL));
      g_assert_true (sky_host_disconnect (rig->host, id, TRUE, NULL));
      if (one == late)
        poll_begin (one);
      poll_expect (one, "42[\"bye\"]" RS "41");
      expect (one, "1");
      expect_unknown (rig, one);
      g_clear_pointer (&id, g_free);
    }
  expect_nobody (rig);
}

/* §3.14: in gzip if that is asked for and worth it. */
static void
test_gzip (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autofree char *large = g_strnfill (5000, 'z'), *payload = g_strdup_printf ("42[\"%s\"]", large);
  g_autoptr(GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr(Answer) packed = NULL, plain = NULL, refused = NULL;
  char inflated[8192];
  gsize n_read, n_written, len;
  const char *body;

  connect_space (s);
  say (s, payload);
  packed = line_ask (s->polls, "GET", s->target, "Accept-Encoding: br, gzip;q=0.5\r\n", NULL);
  g_assert_nonnull (strstr (packed->head, "Content-Encoding: gzip\r\n"));
  body = g_bytes_get_data (packed->body, &len);
  g_assert_cmpuint (len, <, 200);
  g_assert_cmpint (g_converter_convert (G_CONVERTER (gunzip), body, len, inflated, sizeof inflated,
                                        G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL),
                   ==, G_CONVERTER_FINISHED);
  g_assert_cmpmem (inflated, n_written, payload, strlen (payload));
  say (s, payload);
  plain = line_ask (s->polls, "GET", s->target, "", NULL);
  g_assert_null (strstr (plain->head, "Content-Encoding"));
  g_assert_cmpstr (plain->text, ==, payload);
  say (s, payload);
  refused = line_ask (s->polls, "GET", s->target, "Accept-Encoding: gzip;q=0\r\n", NULL);
  g_assert_null (strstr (refused->head, "Content-Encoding"));
}

/* §2.1 to §2.5: what is refused, in the order of the reference's checks. SID stands for a session on polling. */
static const struct
{
  const char *name, *method, *target, *more;
  guint       status;
  const char *body;
} refusals[] = {
  { "transport-first", "POST", "/socket.io/?EIO=3&transport=pigeon&sid=x", "Origin: a\001b\r\n", 400,
    "{\"code\":0,\"message\":\"Transport unknown\"}" },
  { "no-transport", "GET", "/socket.io/", "", 400, "{\"code\":0,\"message\":\"Transport unknown\"}" },
  { "origin", "GET", ENGINE "&sid=nobody", "Origin: a\001b\r\n", 400, "{\"code\":3,\"message\":\"Bad request\"}" },
  { "unknown-sid", "GET", ENGINE "&sid=nobody", "", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}" },
  { "proto", "GET", ENGINE "&sid=__proto__", "", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}" },
  { "constructor", "POST", ENGINE "&sid=constructor", "", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}" },
  { "method", "POST", ENGINE, "", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}" },
  { "options", "OPTIONS", ENGINE, "", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}" },
  { "method-before-revision", "PUT", "/socket.io/?EIO=3&transport=polling", "", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}" },
  { "no-upgrade", "GET", "/socket.io/?EIO=4&transport=websocket", "", 400, "{\"code\":3,\"message\":\"Bad request\"}" },
  { "mismatch", "GET", "/socket.io/?EIO=4&transport=websocket&sid=SID", "", 400, "{\"code\":3,\"message\":\"Bad request\"}" },
  { "revision-mismatch", "GET", "/socket.io/?EIO=3&transport=polling&sid=SID", "", 400,
    "{\"code\":3,\"message\":\"Bad request\"}" },
  { "upgrade-of-polling", "GET", ENGINE, UPGRADE, 400, "Bad request" },
  { "revision", "GET", "/socket.io/?EIO=3&transport=polling", "", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}" },
  { "no-revision", "GET", "/socket.io/?transport=polling", "", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}" },
  { "put", "PUT", ENGINE "&sid=SID", "", 405, "GET and POST are spoken here.\n" },
  { "delete", "DELETE", ENGINE "&sid=SID", "", 405, "GET and POST are spoken here.\n" },
  { "no-slash", "GET", "/socket.io?EIO=4&transport=polling", "", 426, NULL },
  { "other-sid", "GET", "/socket.io/?EIO=4&transport=websocket&sid=nobody", UPGRADE, 400, "Session ID unknown" },
};

static void
test_refusals (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);

  connect_space (s);
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_auto(GStrv) parts = g_strsplit (refusals[i].target, "SID", 2);
      g_autofree char *target = g_strjoinv (s->sid, parts);
      g_autoptr(Line) line = line_new (rig);
      g_autoptr(Answer) answer = NULL;

      g_test_message ("%s", refusals[i].name);
      answer = line_ask (line, refusals[i].method, target, refusals[i].more, g_str_equal (refusals[i].method, "GET") ? NULL : "");
      g_assert_cmpuint (answer->status, ==, refusals[i].status);
      if (refusals[i].body == NULL)
        continue;
      g_assert_cmpstr (answer->text, ==, refusals[i].body);
      if (*refusals[i].body == '{')
        g_assert_nonnull (strstr (answer->head, "Content-Type: application/json\r\n"));
      if (*refusals[i].more == 'U')
        WAIT (line->ended);
    }
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 1);
  expect_alive (s);
}

/* §3.15: who stops polling dies by ping timeout, and nothing of it stays. */
static const SkyHostOptions impatient = { .ping_interval_msec = 60, .ping_timeout_msec = 120 };

static void
test_ping_timeout (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig), idle = session_new (rig);

  connect_space (s);
  for (guint i = 0; i < 4; i++)
    {
      expect (s, "2");
      say (s, "3");
    }
  WAIT (sky_host_get_n_clients (rig->host) == 1);
  expect_unknown (rig, idle);
  expect (s, "2");
  poll_begin (s);
  poll_expect (s, "1");
  expect_nobody (rig);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_LEAVE, "ping timeout"), ==, 1);
}

static const SkyHostOptions hasty = { .connect_timeout_msec = 80 };

/* §8.2 */
static void
test_connect_timeout (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);

  expect (s, "1");
  expect_unknown (rig, s);
}

/* The host stops: everyone hears of it, and nothing hangs. */
static void
test_stop (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig), other = session_new (rig);
  gint64 begin_usec = g_get_monotonic_time ();

  connect_space (s);
  poll_begin (s);
  poll_begin (other);
  pass_time (20);
  sky_peer_stop (SKY_PEER (rig->host));
  poll_expect (s, "1");
  poll_expect (other, "1");
  WAIT (sky_peer_get_state (SKY_PEER (rig->host)) == SKY_PEER_CLOSED);
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, <, 1500000);
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 0);
}

/* The host goes while polls wait and a POST is half there. */
static void
test_abandoned (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig), other = session_new (rig);
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n42", other->target);

  connect_space (s);
  poll_begin (s);
  line_say (other->posts, head);
  pass_time (20);
  g_clear_object (&rig->host);
  WAIT (s->polls->ended && other->posts->ended);
  rig->host = sky_host_new (NULL, NULL);
}

/* Who sends and never polls is let go. */
static void
test_hoarder (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autofree char *large = g_strnfill (500000, '1');

  connect_space (s);
  for (guint i = 0; i < 50 && sky_host_get_n_clients (rig->host) > 0; i++)
    {
      g_assert_true (sky_host_emit (rig->host, "/", NULL, NULL, "flood", large, NULL));
      pass_time (1);
    }
  expect_nobody (rig);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "does not poll"), ==, 1);
  expect_unknown (rig, s);
}

static void
add (const char *path, const SkyHostOptions *options, void (*test) (Rig *, gconstpointer))
{
  g_test_add (path, Rig, options, rig_set_up, test, rig_tear_down);
}

static const SkyHostOptions small = { .max_payload = 1000 };

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/host-poll/handshake", NULL, test_handshake);
  add ("/host-poll/conversation", NULL, test_conversation);
  add ("/host-poll/pipelined", NULL, test_pipelined);
  add ("/host-poll/cuts", NULL, test_cuts);
  add ("/host-poll/two-polls", NULL, test_two_polls);
  add ("/host-poll/two-posts", &with_cors, test_two_posts);
  add ("/host-poll/reasons", NULL, test_reasons);
  add ("/host-poll/dropped", NULL, test_dropped);
  add ("/host-poll/max-payload", &small, test_max_payload);
  add ("/host-poll/wrong", NULL, test_wrong);
  add ("/host-poll/no-utf8", NULL, test_no_utf8);
  add ("/host-poll/server-closes", NULL, test_server_closes);
  add ("/host-poll/gzip", NULL, test_gzip);
  add ("/host-poll/refusals", NULL, test_refusals);
  add ("/host-poll/ping-timeout", &impatient, test_ping_timeout);
  add ("/host-poll/connect-timeout", &hasty, test_connect_timeout);
  add ("/host-poll/stop", NULL, test_stop);
  add ("/host-poll/abandoned", NULL, test_abandoned);
  add ("/host-poll/hoarder", NULL, test_hoarder);
  return g_test_run ();
}

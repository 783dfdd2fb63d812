#include "host-rig.h"

#define ENGINE_3 "/socket.io/?EIO=3&transport=polling"

/* Returns: the first of the lines of a head that begins so, without its end; "" if there is none */
static char *
header (const Answer *answer, const char *name)
{
  g_autofree char *start = g_strconcat ("\r\n", name, ": ", NULL);
  const char *at = strstr (answer->head, start);

  return at != NULL ? g_strndup (at + strlen (start), strcspn (at + strlen (start), "\r")) : g_strdup ("");
}

static void
expect_header (const Answer *answer, const char *name, const char *expected)
{
  g_autofree char *value = header (answer, name);

  g_assert_cmpstr (value, ==, expected);
}

/* Engine.IO 3: PROTOCOL §14. */

static const SkyHostOptions old = { .eio3 = TRUE };

/*
 * @query: what follows EIO and transport
 * @after: how the first answer ends, which is the open packet alone
 * @second: what the second says
 */
static Session *
old_session_new (Rig *rig, const char *query, const char *before, const char *after, const char *second)
{
  Session *s = g_new0 (Session, 1);
  g_autofree char *target = g_strconcat ("/socket.io/?transport=polling", query, NULL), *expected = NULL;
  g_autoptr(Answer) open = NULL;

  s->polls = line_new (rig);
  s->posts = line_new (rig);
  open = line_ask (s->polls, "GET", target, "", NULL);
  s->sid = sid_of (open, before);
  s->target = g_strdup_printf ("%s&sid=%s", target, s->sid);
  g_assert_true (g_str_has_suffix (open->text, after));
  expect (s, second);
  return s;
}

/* §1.6, §14.1, §14.4, §14.5: lengths in UTF-16 units, "/" joined unasked, ids that the client knows. */
static void
test_old (Rig *rig, gconstpointer data)
{
  static const char *const queries[] = { "&EIO=3", "", "&EIO=2", "&EIO=3&b64=1" };

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autoptr(Session) s = old_session_new (rig, queries[i], "118:0{\"sid\":\"", "}", "2:40");
      g_autofree char *rooms = NULL, *expected = NULL;

      say (s, "12:42[\"a\",\"🎉\"]10:421[\"b\",1]");
      expect (s, "12:42[\"a\",\"🎉\"]6:431[1]");
      say (s, "8:40/chat,");
      expect (s, "8:40/chat,");
      say (s, "20:40/secure?token=x&y,");
      expect (s, "10:40/secure,");
      rooms = sky_host_get_rooms_json (rig->host);
      expected = g_strdup_printf ("{\"namespaces\":{\"/\":{\"sockets\":[\"%s\"]", s->sid);
      g_assert_true (g_str_has_prefix (rooms, expected));
      g_clear_pointer (&expected, g_free);
      expected = g_strdup_printf ("\"/chat#%s\"", s->sid);
      g_assert_nonnull (strstr (rooms, expected));
      say (s, "1:2");
      expect (s, "1:3");
      say (s, "6:2probe");
      expect (s, "6:3probe");
      say (s, "1:1");
      expect_unknown (rig, s);
      expect_nobody (rig);
    }
}

/* §14.4: a refusal is what the middleware gave. */
static void
test_old_refusal (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = old_session_new (rig, "&EIO=3", "118:0{\"sid\":\"", "}", "2:40");

  say (s, "10:40/secure,");
  expect (s, "22:44/secure,{\"code\":401}");
}

/* §14.2: octets as they are, where something is binary and nobody said b64. */
static void
test_old_binary (Rig *rig, gconstpointer data)
{
  static const char event[] = "451-[\"x\",{\"_placeholder\":true,\"num\":0}]";
  static const char octets[] = "\0\3\11\xff" "451-[\"x\",{\"_placeholder\":true,\"num\":0}]" "\1\4\xff\4\0\1\xff";
  g_autoptr(Session) s = old_session_new (rig, "&EIO=3", "118:0{\"sid\":\"", "}", "2:40"),
                     base64 = old_session_new (rig, "&EIO=3&b64=1", "118:0{\"sid\":\"", "}", "2:40");
  g_autofree char *body = g_strdup_printf ("39:%s6:b4AAH/", event);
  g_autoptr(Answer) answer = NULL, posted = NULL;

  say (base64, body);
  expect (base64, body);
  line_begin (s->posts, "POST", s->target, "Content-Type: application/octet-stream\r\n", octets, sizeof octets - 1);
  posted = line_hear (s->posts);
  g_assert_cmpstr (posted->text, ==, "ok");
  answer = line_ask (s->polls, "GET", s->target, "", NULL);
  expect_header (answer, "Content-Type", "application/octet-stream");
  g_assert_cmpmem (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body), octets, sizeof octets - 1);
}

/* §14.6 */
static void
test_jsonp (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = old_session_new (rig, "&EIO=3&j=7);alert(1", "___eio[71](\"118:0{\\\"sid\\\":\\\"", "}\");",
                                          "___eio[71](\"2:40\");");
  g_autoptr(Answer) answer = NULL, posted = NULL;

  posted = line_ask (s->posts, "POST", s->target, "Content-Type: application/x-www-form-urlencoded\r\n",
                     "d=14%3A42%5B%22a%22%2C%22%E2%80%A8%E2%80%A9%5C%5Cn%22%5D");
  g_assert_cmpstr (posted->text, ==, "ok");
  answer = line_ask (s->polls, "GET", s->target, "", NULL);
  expect_header (answer, "Content-Type", "text/javascript; charset=UTF-8");
  g_assert_true (g_str_has_prefix (answer->text, "___eio[71](\""));
  g_assert_null (strstr (answer->text, "\xe2\x80\xa8"));
  g_assert_nonnull (strstr (answer->text, "\\u2028\\u2029"));
}

/* §6.3: who does not ping dies; a pong is the wrong way round. §5.3: the noop has its length. */
static const SkyHostOptions old_impatient = { .eio3 = TRUE, .ping_interval_msec = 100, .ping_timeout_msec = 150 };

static void
test_old_heartbeat (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = old_session_new (rig, "&EIO=3", "114:0{\"sid\":\"", "}", "2:40"),
                     wrong = old_session_new (rig, "&EIO=3", "114:0{\"sid\":\"", "}", "2:40");

  say (wrong, "1:3");
  expect (wrong, "1:1");
  for (guint i = 0; i < 4; i++)
    {
      pass_time (100);
      say (s, "1:2");
      expect (s, "1:3");
    }
  expect (s, "1:1");
  expect_nobody (rig);
}

static void
test_old_websocket (Rig *rig, gconstpointer data)
{
  static const char placeholder[] = "451-[\"x\",{\"_placeholder\":true,\"num\":0}]";
  g_autoptr(Session) s = old_session_new (rig, "&EIO=3", "118:0{\"sid\":\"", "}", "2:40");
  g_autofree char *target = g_strdup_printf ("/socket.io/?EIO=3&transport=websocket&sid=%s", s->sid),
                  *expected = g_strconcat ("1:", placeholder, NULL), *open = NULL;
  g_autoptr(Line) line = line_new_websocket (rig, target), direct = NULL;

  poll_begin (s);
  line_text (line, "2probe");
  line_expect (line, "1:3probe");
  poll_expect (s, "1:6");
  line_text (line, "5");
  line_text (line, placeholder);
  line_frame (line, 2, "\4abc", 4);
  line_expect (line, expected);
  line_expect (line, "2:\4abc");
  line_text (line, "2");
  line_expect (line, "1:3");

  direct = line_new_websocket (rig, "/socket.io/?transport=websocket");
  open = line_hear_frame (direct);
  g_assert_true (g_str_has_prefix (open, "1:0{\"sid\":"));
  line_expect (direct, "1:40");
}

/* A mixed server decides for each session: no octet 4 for clients of revision 4, §4.1. */
static void
test_mixed (Rig *rig, gconstpointer data)
{
  static const char placeholder[] = "451-[\"x\",{\"_placeholder\":true,\"num\":0}]";
  g_autoptr(Line) line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
  g_autofree char *open = line_hear_frame (line), *connect = NULL, *event = NULL;

  line_text (line, "40");
  connect = line_hear_frame (line);
  line_text (line, placeholder);
  line_frame (line, 2, "\4abc", 4);
  event = line_hear_frame (line);
  line_expect (line, "2:\4abc");
}

/* A client with the default parser has no business with a host of the other: it is sent away, as by the reference. */
static const SkyHostOptions msgpack = { .parser = SKY_PARSER_MSGPACK };

static void
test_other_parser (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
  g_autofree char *open = line_hear_frame (line);

  line_text (line, "40");
  line_expect_close (line);
}

/* CORS: PROTOCOL §2.5, §2.6, §13.2. */

static const char *const anyone[] = { "*", NULL }, *const one[] = { "http://a.example", NULL },
                  *const some[] = { "http://a.example", "http://b.example", NULL };
static const SkyHostOptions cors_any = { .cors = anyone }, cors_one = { .cors = one }, cors_some = { .cors = some },
                            cors_strict = { .cors = one, .check_origin = TRUE };

/* Good answers, errors and preflights; and what each says. */
static const struct
{
  const SkyHostOptions *options;
  const char           *origin, *allowed, *vary, *credentials;
} cors_rows[] = {
  { NULL, "http://a.example", "", "", "" },
  { &cors_any, "http://a.example", "*", "", "" },
  { &cors_one, "http://a.example", "http://a.example", "Origin", "true" },
  { &cors_one, "http://c.example", "http://a.example", "Origin", "true" },
  { &cors_some, "http://b.example", "http://b.example", "Origin", "true" },
  { &cors_some, "http://c.example", "", "Origin", "" },
};

static void
expect_cors (const Answer *answer, gsize i)
{
  expect_header (answer, "Access-Control-Allow-Origin", cors_rows[i].allowed);
  expect_header (answer, "Vary", cors_rows[i].vary);
  expect_header (answer, "Access-Control-Allow-Credentials", cors_rows[i].credentials);
}

static void
test_cors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cors_rows); i++)
    {
      Rig rig;

      g_test_message ("%" G_GSIZE_FORMAT, i);
      rig_set_up (&rig, cors_rows[i].options);
      {
        g_autofree char *origin = g_strdup_printf ("Origin: %s\r\n", cors_rows[i].origin),
                        *asking = g_strdup_printf ("%sAccess-Control-Request-Method: POST\r\n"
                                                   "Access-Control-Request-Headers: x-one,content-type\r\n", origin);
        g_autoptr(Line) line = line_new (&rig);
        g_autoptr(Answer) good = line_ask (line, "GET", ENGINE, origin, NULL),
                          error = line_ask (line, "GET", ENGINE "&sid=nobody", origin, NULL),
                          preflight = line_ask (line, "OPTIONS", ENGINE "&sid=x", asking, NULL);

        expect_cors (good, i);
        expect_cors (error, i);
        g_assert_cmpuint (error->status, ==, 400);
        g_assert_cmpuint (preflight->status, ==, cors_rows[i].options != NULL ? 204 : 400);
        expect_header (preflight, "Access-Control-Allow-Origin", cors_rows[i].allowed);
        if (cors_rows[i].options == NULL)
          continue;
        expect_header (preflight, "Access-Control-Allow-Headers", "x-one,content-type");
        expect_header (preflight, "Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
      }
      rig_tear_down (&rig, NULL);
    }
}

/* An origin that nobody asked for is refused over both transports; one's own is not. */
static void
test_origins (Rig *rig, gconstpointer data)
{
  static const struct
  {
    const char *origin;
    guint       polling, websocket;
  } rows[] = { { "", 200, 101 },
               { "Origin: http://a.example\r\n", 200, 101 },
               { "Origin: http://localhost\r\n", 200, 101 },
               { "Origin: http://evil.example\r\n", 403, 403 },
               { "Origin: null\r\n", 403, 403 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(Line) polling = line_new (rig), websocket = line_new (rig), echo = line_new (rig);
      g_autofree char *more = g_strconcat (rows[i].origin, UPGRADE, NULL);
      g_autoptr(Answer) one_answer = line_ask (polling, "GET", ENGINE, rows[i].origin, NULL),
                        other = line_ask (websocket, "GET", "/socket.io/?EIO=4&transport=websocket", more, NULL),
                        third = line_ask (echo, "GET", "/echo", more, NULL);

      g_assert_cmpuint (third->status, ==, rows[i].websocket);
      g_assert_cmpuint (one_answer->status, ==, rows[i].polling);
      g_assert_cmpuint (other->status, ==, rows[i].websocket);
      if (rows[i].polling == 403)
        g_assert_cmpstr (one_answer->text, ==, "{\"code\":4,\"message\":\"Forbidden\"}");
    }
}

/* Cookies with the first answer only, and never asked for: §13.1. */
static const char *const more_cookies[] = { "lb=7; Path=/", NULL };
static const SkyHostOptions cookies = { .cookie = "io", .set_cookies = more_cookies };

static void
test_cookies (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new (rig), websocket = line_new (rig);
  g_autoptr(Answer) open = line_ask (line, "GET", ENGINE, "", NULL), later = NULL, upgraded = NULL, hijack = NULL;
  g_autofree char *sid = sid_of (open, "0{\"sid\":\""), *target = g_strdup_printf (ENGINE "&sid=%s", sid),
                  *expected = g_strdup_printf ("\r\nSet-Cookie: io=%s; Path=/; HttpOnly; SameSite=Lax\r\n", sid),
                  *cookie = g_strdup_printf ("Cookie: io=%s\r\n", sid), *frame = NULL, *given = NULL;

  g_assert_nonnull (strstr (open->head, expected));
  g_assert_nonnull (strstr (open->head, "\r\nSet-Cookie: lb=7; Path=/\r\n"));
  later = line_ask (line, "POST", target, "", "40");
  g_assert_null (strstr (later->head, "Set-Cookie"));
  hijack = line_ask (line, "POST", ENGINE, cookie, "40");
  g_assert_cmpstr (hijack->text, ==, "{\"code\":2,\"message\":\"Bad handshake method\"}");
  upgraded = line_ask (websocket, "GET", "/socket.io/?EIO=4&transport=websocket", UPGRADE, NULL);
  g_assert_cmpuint (upgraded->status, ==, 101);
  frame = line_hear_frame (websocket);
  given = g_strdup_printf ("\r\nSet-Cookie: io=%.20s; Path", frame + strlen ("1:0{\"sid\":\""));
  g_assert_nonnull (strstr (upgraded->head, given));
}

static const SkyHostOptions denying = { .deny_query = "deny" };

static void
test_deny (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) line = line_new (rig), websocket = line_new (rig);
  g_autoptr(Answer) answer = line_ask (line, "GET", ENGINE "&deny=", "", NULL),
                    old_one = line_ask (line, "GET", "/socket.io/?EIO=3&transport=polling&deny=1", "", NULL),
                    upgrade = line_ask (websocket, "GET", "/socket.io/?EIO=4&transport=websocket&deny", UPGRADE, NULL);

  g_assert_cmpuint (answer->status, ==, 403);
  g_assert_cmpstr (answer->text, ==, "{\"code\":4,\"message\":\"Forbidden\"}");
  g_assert_cmpuint (old_one->status, ==, 403);
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 1 + (upgrade->status == 101));
}

static const SkyHostOptions slow = { .handshake_delay_msec = 150 };

static void
test_delay (Rig *rig, gconstpointer data)
{
  gint64 begin_usec = g_get_monotonic_time ();
  g_autoptr(Line) line = NULL, gone = line_new (rig);
  g_autofree char *open = NULL;
  g_autoptr(Session) s = NULL;

  line_begin (gone, "GET", ENGINE, "", NULL, 0);
  pass_time (20);
  g_io_stream_close (G_IO_STREAM (gone->stream), NULL, NULL);
  s = session_new (rig);
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, >=, 150000);
  line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, >=, 300000);
  open = line_hear_frame (line);
  g_assert_true (g_str_has_prefix (open, "1:0{"));
  begin_usec = g_get_monotonic_time ();
  connect_space (s);
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, <, 150000);
  line_begin (s->posts, "GET", ENGINE, "", NULL, 0);
  pass_time (20);
}

/* One transport only, other paths, other protocols. */

static const SkyHostOptions only_polling = { .transports = SKY_TRANSPORTS_POLLING },
                            only_websocket = { .transports = SKY_TRANSPORTS_WEBSOCKET };

static void
test_only_polling (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new (rig), websocket = line_new (rig);
  g_autoptr(Answer) open = line_ask (line, "GET", ENGINE, "", NULL),
                    refused = line_ask (websocket, "GET", "/socket.io/?EIO=4&transport=websocket", UPGRADE, NULL);

  g_assert_nonnull (strstr (open->text, "\"upgrades\":[]"));
  g_assert_cmpuint (refused->status, ==, 400);
  g_assert_cmpstr (refused->text, ==, "Transport unknown");
}

static void
test_only_websocket (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new (rig), websocket = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
  g_autoptr(Answer) refused = line_ask (line, "GET", ENGINE, "", NULL);

  g_assert_cmpstr (refused->text, ==, "{\"code\":0,\"message\":\"Transport unknown\"}");
}

static const SkyHostOptions engine = { .protocol = SKY_PROTOCOL_ENGINE_IO }, elsewhere = { .path = "/app/io/" },
                            websocket_only = { .protocol = SKY_PROTOCOL_WEBSOCKET },
                            websocket_there = { .protocol = SKY_PROTOCOL_WEBSOCKET, .path = "/there" };

/* Engine.IO alone: messages come back as they are. */
static void
test_engine (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = g_new0 (Session, 1);
  g_autoptr(Line) line = NULL;
  g_autofree char *open = NULL;
  g_autoptr(Answer) first = NULL, nothing = NULL;

  s->polls = line_new (rig);
  s->posts = line_new (rig);
  first = line_ask (s->polls, "GET", "/engine.io/?EIO=4&transport=polling", "", NULL);
  s->sid = sid_of (first, "0{\"sid\":\"");
  s->target = g_strdup_printf ("/engine.io/?EIO=4&transport=polling&sid=%s", s->sid);
  say (s, "4hello" RS "4" RS "bAAEC" RS "42[\"x\"]");
  expect (s, "4hello" RS "4" RS "bAAEC" RS "42[\"x\"]");
  line = line_new_websocket (rig, "/engine.io/?EIO=4&transport=websocket");
  open = line_hear_frame (line);
  line_text (line, "4hi");
  line_expect (line, "1:4hi");
  line_frame (line, 2, "abc", 3);
  line_expect (line, "2:abc");
  nothing = line_ask (s->posts, "GET", ENGINE, "", NULL);
  g_assert_cmpuint (nothing->status, ==, 404);
}

static void
test_path (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new (rig);
  g_autoptr(Answer) open = line_ask (line, "GET", "/app/io/?EIO=4&transport=polling", "", NULL),
                    other = line_ask (line, "GET", ENGINE, "", NULL);

  g_assert_cmpuint (open->status, ==, 200);
  g_assert_cmpuint (other->status, ==, 426);
}

static void
test_websocket (Rig *rig, gconstpointer data)
{
  gboolean anywhere = ((const SkyHostOptions *) data)->path == NULL;
  g_autoptr(Line) line = line_new_websocket (rig, "/there"), other = line_new (rig);
  g_autoptr(Answer) answer = line_ask (other, "GET", ENGINE, UPGRADE, NULL);

  line_text (line, "hello");
  line_expect (line, "1:hello");
  g_assert_cmpuint (answer->status, ==, anywhere ? 101 : 404);
  if (!anywhere)
    WAIT (other->ended);
}

/* §4.4: what RFC 6455 forbids ends it with its code, before any event. */
static void
test_frames (Rig *rig, gconstpointer data)
{
  static const struct
  {
    guint8      opcode;
    const char *payload;
    const char *code;
  } rows[] = { { 1, "42[\"\xff\"]", "\x03\xef" }, { 3, "x", "\x03\xea" }, { 1 | 0x40, "42[\"x\"]", "\x03\xea" } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(Line) line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
      g_autofree char *open = line_hear_frame (line), *connect = NULL, *close = NULL;

      line_text (line, "40");
      connect = line_hear_frame (line);
      line_frame (line, rows[i].opcode, rows[i].payload, strlen (rows[i].payload));
      close = line_hear_frame (line);
      g_assert_true (g_str_has_prefix (close, "8:") && g_str_has_prefix (close + 2, rows[i].code));
      line_frame (line, 8, close + 2, 2);
      expect_nobody (rig);
    }
}

static const SkyHostOptions few = { .max_connections = 3 };

/* More than a few connections: the next one is told so, and there is room again once one has gone. */
static void
test_few (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) third = line_new (rig), fourth = NULL, again = NULL;
  g_autoptr(Answer) refused = NULL, taken = NULL;

  connect_space (s);
  answer_free (line_ask (third, "GET", "/socket.io/", "", NULL));
  fourth = line_new (rig);
  refused = line_ask (fourth, "GET", ENGINE, "", NULL);
  g_assert_cmpuint (refused->status, ==, 503);
  WAIT (fourth->ended);
  g_clear_pointer (&third, line_free);
  pass_time (400);
  again = line_new (rig);
  taken = line_ask (again, "GET", ENGINE, "", NULL);
  g_assert_cmpuint (taken->status, ==, 200);
}

/* Who never says anything makes room for others. */
static void
test_give_way (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) silent = line_new (rig), fourth = NULL;
  g_autoptr(Answer) taken = NULL;

  connect_space (s);
  pass_time (60);
  fourth = line_new (rig);
  taken = line_ask (fourth, "GET", ENGINE, "", NULL);
  g_assert_cmpuint (taken->status, ==, 200);
  WAIT (silent->ended);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_STATE, "others want to connect"), ==, 1);
}

/* A head that is too large is refused with words, also if it comes all at once. */
static void
test_head_at_once (Rig *rig, gconstpointer data)
{
  g_autofree char *fill = g_strnfill (33000, 'x'), *head = g_strdup_printf ("X-Much: %s\r\n", fill);
  g_autoptr(Line) line = line_new (rig);
  g_autoptr(Answer) refused = line_ask (line, "GET", ENGINE, head, NULL);

  g_assert_cmpuint (refused->status, ==, 431);
  WAIT (line->ended);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "a head of more than 32768 bytes"), ==, 1);
}

/* Sessions count, too: polling needs no connection that stays. */
static void
test_many_sessions (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new (rig);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr(Answer) answer = line_ask (line, "GET", ENGINE, "", NULL);

      g_assert_cmpuint (answer->status, ==, i < 3 ? 200 : 503);
    }
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 3);
}

static const SkyHostOptions hasty = { .idle_timeout_msec = 200 };

/* Nothing, a head in drops, a body that stands still, and a connection that is kept for nothing. */
static void
test_idle (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) silent = line_new (rig), drops = line_new (rig), half = line_new (rig);
  g_autofree char *head = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n42", s->target);
  gint64 begin_usec = g_get_monotonic_time ();

  line_begin (s->polls, "GET", s->target, "", NULL, 0);
  line_say (half, head);
  line_say (drops, "GET / HTTP/1.1\r\n");
  for (guint i = 0; i < 50 && !drops->ended; i++)
    {
      line_say (drops, "x");
      pass_time (10);
    }
  g_assert_true (drops->ended);
  WAIT (silent->ended && half->ended);
  g_assert_cmpint (g_get_monotonic_time () - begin_usec, <, 2 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_STATE, "no request came"), >=, 3);
  poll_expect (s, "1");
  expect_nobody (rig);
}

static const SkyHostOptions hasty_tls = { .idle_timeout_msec = 200, .tls_self_signed = TRUE };

/* With TLS it is the handshake that is waited for, and not for as long as a request: the note says which. */
static void
test_idle_tls (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) silent = line_new (rig), half = line_new (rig);

  line_send (half, "\x16\x03\x01\x02", 4);
  WAIT (silent->ended && half->ended);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_STATE, "the TLS handshake was not done within 200 ms"), ==, 2);
}

/* A poll that waits is not idle. */
static void
test_not_idle (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Line) posts = NULL;
  g_autoptr(Answer) answer = NULL;

  poll_begin (s);
  pass_time (500);
  posts = line_new (rig);
  answer = line_ask (posts, "POST", s->target, "", "40");
  g_assert_cmpstr (answer->text, ==, "ok");
  g_clear_pointer (&answer, answer_free);
  answer = line_hear (s->polls);
  g_assert_true (g_str_has_prefix (answer->text, "40{"));
}

static void
test_large_head (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new (rig), other = line_new (rig), huge = line_new (rig);
  g_autofree char *lot = g_strnfill (40000, 'x'), *much = g_strnfill (30000, 'y'),
                  *fits = g_strdup_printf ("X-Much: %s\r\n", much);
  g_autoptr(Answer) fine = NULL, answer = NULL;

  line_say (line, "GET / HTTP/1.1\r\nX: ");
  line_say (line, lot);
  answer = line_hear (line);
  g_assert_cmpuint (answer->status, ==, 431);
  WAIT (line->ended);
  line_say (huge, "GET / HTTP/1.1\r\nX: ");
  for (guint i = 0; i < 10; i++)
    line_say (huge, lot);
  WAIT (huge->ended);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "32768"), >=, 1);
  for (guint i = 0; i < 4; i++)
    {
      fine = line_ask (other, "GET", ENGINE, fits, NULL);
      g_assert_cmpuint (fine->status, ==, 200);
      g_clear_pointer (&fine, answer_free);
    }
}

/* Who asks for small things and never polls. */
static void
test_small_hoarder (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig);

  connect_space (s);
  for (guint i = 0; i < 110000 && sky_host_get_n_clients (rig->host) > 0; i++)
    {
      g_assert_true (sky_host_emit (rig->host, "/", NULL, NULL, "x", NULL, NULL));
      if (i % 1000 == 0)
        pass_time (1);
    }
  expect_nobody (rig);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "does not poll"), ==, 1);
}

/* A burst of more than may be buffered comes whole; one that is too much even so ends the connection. */
static const SkyHostOptions narrow = { .max_buffered = 100000 };

static void
test_burst (Rig *rig, gconstpointer data)
{
  g_autoptr(Line) line = line_new_websocket (rig, "/socket.io/?EIO=4&transport=websocket");
  g_autofree char *open = line_hear_frame (line), *joined = NULL, *letters = g_strnfill (10000, 'x'),
                  *args = g_strdup_printf ("\"%s\"", letters);
  g_autoptr(Session) s = session_new (rig);
  g_autoptr(Answer) polled = NULL;

  connect_space (s);
  line_text (line, "40");
  joined = line_hear_frame (line);
  for (guint i = 0; i < 30; i++)
    g_assert_true (sky_host_emit (rig->host, "/", NULL, NULL, "x", args, NULL));
  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *event = line_hear_frame (line);

      g_assert_true (g_str_has_prefix (event, "1:42[\"x\",\"xx"));
    }
  polled = line_ask (s->polls, "GET", s->target, "", NULL);
  g_assert_cmpuint (strlen (polled->text), >, 30 * strlen (letters));
  pass_time (1200); /* until it has been looked at what waits */
  g_assert_cmpuint (sky_host_get_n_clients (rig->host), ==, 2);
  for (guint i = 0; i < 100; i++)
    g_assert_true (sky_host_emit (rig->host, "/", NULL, NULL, "x", args, NULL));
  expect_nobody (rig);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "does not read"), ==, 1);
  g_assert_cmpuint (count_notes (rig, SKY_KIND_ERROR, "does not poll"), ==, 1);
}

/* 10,000 joins leave the host serving the others. */
static void
test_many_joins (Rig *rig, gconstpointer data)
{
  g_autoptr(Session) s = session_new (rig), other = session_new (rig);

  connect_space (s);
  connect_space (other);
  for (guint part = 0; part < 10; part++)
    {
      g_autoptr(GString) joins = g_string_new (NULL);

      for (guint i = 0; i < 1000; i++)
        g_string_append_printf (joins, "%s42[\"join\",\"room-%u\"]", i > 0 ? RS : "", part * 1000 + i);
      say (s, joins->str);
      expect_alive (other);
    }
  expect_alive (s);
}

/* Everything that may come over a line, cut anywhere, kills nobody else. */
static void
test_garbage (Rig *rig, gconstpointer data)
{
  static const char *const junk[]
      = { "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nx",
          "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
          "GET /socket.io/?EIO=4&transport=polling&sid=%ff%00&j=1 HTTP/1.1\r\nHost: x\r\n\r\nGET \r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00" };
  g_autoptr(Session) s = session_new (rig);

  connect_space (s);
  for (gsize i = 0; i < G_N_ELEMENTS (junk); i++)
    for (gsize cut = 1; cut <= strlen (junk[i]); cut += 1 + cut / 6)
      {
        g_autoptr(Line) line = line_new (rig);

        line_send (line, junk[i], cut);
        pass_time (2);
      }
  expect_alive (s);
}

static const SkyHostOptions self_signed = { .tls_self_signed = TRUE };

/* Who trusts the certificate has nothing to say against it, under each of the host's names. */
static void
test_self_signed (Rig *rig, gconstpointer data)
{
  static const char *const names[] = { "localhost", "127.0.0.1", "::1" };
  GTlsCertificate *certificate = sky_host_get_certificate (rig->host);
  g_autoptr(GSocketConnectable) stranger = g_network_address_new ("example.com", 443);
  g_autoptr(GDateTime) begin = NULL, end = NULL;
  g_autofree char *url = sky_host_get_url (rig->host);

  g_assert_nonnull (certificate);
  g_assert_true (g_str_has_prefix (url, "https://127.0.0.1:"));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GSocketConnectable) name = g_network_address_new (names[i], 443);

      g_assert_cmpuint (g_tls_certificate_verify (certificate, name, certificate), ==, 0);
    }
  g_assert_cmpuint (g_tls_certificate_verify (certificate, stranger, certificate), ==, G_TLS_CERTIFICATE_BAD_IDENTITY);
  begin = g_tls_certificate_get_not_valid_before (certificate);
  end = g_tls_certificate_get_not_valid_after (certificate);
  g_assert_cmpint (g_date_time_difference (end, begin), >, 80 * G_TIME_SPAN_DAY);
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
  add ("/host-options/old", &old, test_old);
  add ("/host-options/old-refusal", &old, test_old_refusal);
  add ("/host-options/old-binary", &old, test_old_binary);
  add ("/host-options/jsonp", &old, test_jsonp);
  add ("/host-options/old-heartbeat", &old_impatient, test_old_heartbeat);
  add ("/host-options/old-websocket", &old, test_old_websocket);
  add ("/host-options/mixed", &old, test_mixed);
  add ("/host-options/other-parser", &msgpack, test_other_parser);
  g_test_add_func ("/host-options/cors", test_cors);
  add ("/host-options/origins", &cors_strict, test_origins);
  add ("/host-options/cookies", &cookies, test_cookies);
  add ("/host-options/deny", &denying, test_deny);
  add ("/host-options/delay", &slow, test_delay);
  add ("/host-options/only-polling", &only_polling, test_only_polling);
  add ("/host-options/only-websocket", &only_websocket, test_only_websocket);
  add ("/host-options/engine", &engine, test_engine);
  add ("/host-options/path", &elsewhere, test_path);
  add ("/host-options/websocket", &websocket_only, test_websocket);
  add ("/host-options/websocket-there", &websocket_there, test_websocket);
  add ("/host-options/frames", NULL, test_frames);
  add ("/host-options/few", &few, test_few);
  add ("/host-options/give-way", &few, test_give_way);
  add ("/host-options/head-at-once", NULL, test_head_at_once);
  add ("/host-options/many-sessions", &few, test_many_sessions);
  add ("/host-options/idle", &hasty, test_idle);
  add ("/host-options/idle-tls", &hasty_tls, test_idle_tls);
  add ("/host-options/not-idle", &hasty, test_not_idle);
  add ("/host-options/large-head", NULL, test_large_head);
  add ("/host-options/small-hoarder", NULL, test_small_hoarder);
  add ("/host-options/burst", &narrow, test_burst);
  add ("/host-options/many-joins", NULL, test_many_joins);
  add ("/host-options/self-signed", &self_signed, test_self_signed);
  add ("/host-options/garbage", &old, test_garbage);
  return g_test_run ();
}

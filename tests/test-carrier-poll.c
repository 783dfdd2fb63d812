#include "peer/carrier/carrier-poll.h"

#include "script-server.h"
#include "trace/store.h"

#define OPEN_4 "0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":100}"
#define OPEN_3 "69:0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}"
#define SEP    "\x1e"

/* Answers the handshake, then holds each GET and each POST until the test answers it. */
typedef struct
{
  Server          server;
  SkyStore       *store;
  SkyProfile     *profile;
  SkyRoute        route;
  SkyCarrierPoll *carrier;
  GError         *error;
  gboolean        over;

  guint       status; /* of the handshake */
  const char *more, *body;
  gsize       body_len;
  Line       *get, *post; /* that waits */
  guint       n_gets, n_posts;
  GPtrArray  *posted; /* of char * */
  gboolean    held;   /* POSTs are not answered by themselves */

  GString *heard; /* each message and a line break; octets in <> */
  guint    n_heard, let_go_at;
  guint    n_closed;
  char    *reason;
  GError  *why;
} Fixture;

static void
take_request (Server *s, Line *line, const char *head, GBytes *body)
{
  Fixture *f = s->test;
  gboolean get = g_str_has_prefix (head, "GET ");

  if (get && strstr (head, "sid=") == NULL)
    {
      line_answer (line, f->status, f->more, f->body, f->body_len);
      return;
    }
  g_assert_nonnull (strstr (head, "transport=polling&sid=abc "));
  if (get)
    {
      g_assert_null (f->get); /* never two at once: PROTOCOL §3.4, §3.5 */
      f->get = line;
      f->n_gets++;
      return;
    }
  g_assert_null (f->post);
  g_assert_nonnull (strstr (head, "Content-Type: text/plain;charset=UTF-8\r\n"));
  g_ptr_array_add (f->posted, g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body)));
  f->n_posts++;
  f->post = line;
  if (!f->held)
    line_answer (g_steal_pointer (&f->post), 200, "Content-Type: text/html\r\n", "ok", 2);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *url = NULL;

  f->server.test = f;
  f->server.answer = take_request;
  server_start (&f->server);
  url = g_strdup_printf ("http://localhost:%u", f->server.port);
  f->profile = sky_profile_new (url);
  g_assert_true (sky_route_resolve (&f->route, f->profile, NULL));
  f->store = sky_store_new (NULL, NULL);
  f->posted = g_ptr_array_new_with_free_func (g_free);
  f->heard = g_string_new (NULL);
  f->status = 200;
  f->more = "";
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->carrier);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  server_stop (&f->server);
  g_clear_error (&f->error);
  g_clear_error (&f->why);
  g_free (f->reason);
  g_ptr_array_unref (f->posted);
  g_string_free (f->heard, TRUE);
  sky_profile_free (f->profile);
  sky_route_clear (&f->route);
  g_assert_finalize_object (f->store);
}

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  Fixture *f = owner;

  g_assert_cmpuint (f->n_closed, ==, 0);
  g_string_append (f->heard, binary ? "<" : "");
  g_string_append_len (f->heard, g_bytes_get_data (data, NULL), (gssize) g_bytes_get_size (data));
  g_string_append (f->heard, binary ? ">\n" : "\n");
  if (++f->n_heard == f->let_go_at)
    {
      sky_carrier_attend (carrier, NULL, NULL);
      g_clear_object (&f->carrier);
    }
}

static void
on_closed (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner)
{
  Fixture *f = owner;

  g_assert_cmpuint (f->n_closed++, ==, 0);
  g_assert_cmpuint (code, ==, 0);
  g_assert_false (sky_carrier_is_open (carrier));
  f->reason = g_strdup (reason);
  f->why = error != NULL ? g_error_copy (error) : NULL;
  g_clear_object (&f->carrier); /* as an owner may */
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->carrier = sky_carrier_poll_open_finish (result, &f->error);
  f->over = TRUE;
}

static void
try_open (Fixture *f, const char *body, gsize len)
{
  f->body = body;
  f->body_len = len;
  sky_carrier_poll_open_async (f->store, f->profile, &f->route, 4, NULL, NULL, on_opened, f);
  WAIT (f->over);
}

static void
begin (Fixture *f)
{
  static const SkyCarrierFuncs funcs = { .message = on_message, .closed = on_closed };

  sky_carrier_attend (SKY_CARRIER (f->carrier), &funcs, f);
  sky_carrier_poll_begin (f->carrier);
}

static void
open_session (Fixture *f, const char *body)
{
  try_open (f, body, strlen (body));
  g_assert_no_error (f->error);
  begin (f);
  WAIT (f->get != NULL);
  g_string_truncate (f->heard, 0);
}

static void
answer_get_len (Fixture *f, const char *body, gsize len)
{
  WAIT (f->get != NULL);
  line_answer (g_steal_pointer (&f->get), 200, "", body, len);
}

static void
answer_get (Fixture *f, const char *body)
{
  answer_get_len (f, body, strlen (body));
}

static void
answer_post (Fixture *f)
{
  WAIT (f->post != NULL);
  line_answer (g_steal_pointer (&f->post), 200, "", "ok", 2);
}

static void
say (Fixture *f, const char *text, gboolean binary)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  sky_carrier_send (SKY_CARRIER (f->carrier), bytes, binary);
}

typedef struct
{
  const char *name, *wire;
  gsize       len; /* 0: strlen */
  guint       revision;
  const char *heard;
} Handshake;

#define ROW(n, w, r, h) { n, w, sizeof (w) - 1, r, h }
#define OPEN_TEXT_4 OPEN_4 "\n"
#define OPEN_TEXT_3 "0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}\n"

static const Handshake handshakes[] = {
  ROW ("alone", OPEN_4, 4, OPEN_TEXT_4),
  ROW ("more", OPEN_4 SEP "42[\"\xf0\x9f\x8e\x89\"]" SEP "bAAECAw==" SEP "b" SEP "2", 4,
       OPEN_TEXT_4 "42[\"\xf0\x9f\x8e\x89\"]\n<\0\1\2\3>\n<>\n2\n"),
  ROW ("revision-3", OPEN_3 "2:40", 3, OPEN_TEXT_3 "40\n"),
  ROW ("revision-3-wrong-length", OPEN_3 "8:42[\"\xf0\x9f\x8e\x89\"]4:b4YQ==6:b4YWI=", 3, NULL),
  ROW ("revision-3-base64", OPEN_3 "8:42[\"\xf0\x9f\x8e\x89\"]6:b4YWI=", 3,
       OPEN_TEXT_3 "42[\"\xf0\x9f\x8e\x89\"]\n<ab>\n"),
};

static const char octets_3[] = "\0\6\11\xff"
                               "0{\"sid\":\"abc\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}";

static void
test_handshake (Fixture *f, gconstpointer data)
{
  const Handshake *v = data;

  try_open (f, v->wire, v->len);
  if (v->heard == NULL)
    {
      g_assert_error (f->error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_NO_ENGINE);
      g_assert_nonnull (strstr (f->error->message, "localhost:"));
      return;
    }
  g_assert_no_error (f->error);
  g_assert_cmpuint (sky_carrier_poll_get_revision (f->carrier), ==, v->revision);
  g_assert_cmpstr (sky_carrier_poll_get_sid (f->carrier), ==, "abc");
  g_assert_true (g_str_has_prefix (server_request (&f->server, 0), "GET /socket.io/?EIO=4&transport=polling HTTP/1.1"));
  pass_time (20);
  g_assert_cmpuint (f->server.requests->len, ==, 1); /* not before begin */
  begin (f);
  WAIT (f->get != NULL);
  g_assert_cmpstr (f->heard->str, ==, v->heard);
  g_assert_cmpuint (f->server.lines->len, ==, 1);
  g_assert_nonnull (strstr (server_request (&f->server, 1), v->revision == 3 ? "EIO=3" : "EIO=4"));
}

static void
test_octets (Fixture *f, gconstpointer data)
{
  static const char more[] = "\1\4\xff\4\0\xff\1\0\3\xff" "40,\1\3\xff\2hi";

  g_assert_cmpuint (sizeof octets_3 - 1 - 4, ==, 69);
  try_open (f, octets_3, sizeof octets_3 - 1);
  g_assert_no_error (f->error);
  g_assert_cmpuint (sky_carrier_poll_get_revision (f->carrier), ==, 3);
  begin (f);
  answer_get_len (f, more, sizeof more - 1);
  WAIT (f->n_gets == 2);
  g_assert_nonnull (memchr (f->heard->str, '<', f->heard->len));
  g_assert_cmpmem (f->heard->str + 70, f->heard->len - 70, "<\0\xff\1>\n40,\n2hi\n", 14);
}

typedef struct
{
  const char *name;
  guint       status;
  const char *body;
  int         code;
  const char *words;
} Refusal;

static const Refusal refusals[] = {
  { "transport", 400, "{\"code\":0,\"message\":\"Transport unknown\"}", SKY_CARRIER_POLL_ERROR_TRANSPORT,
    "Transport unknown" },
  { "session", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}", SKY_CARRIER_POLL_ERROR_SESSION, "Session ID" },
  { "method", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}", SKY_CARRIER_POLL_ERROR_REQUEST, "method" },
  { "request", 400, "{\"code\":3,\"message\":\"Bad request\"}", SKY_CARRIER_POLL_ERROR_REQUEST, "Bad request" },
  { "forbidden", 403, "{\"code\":4,\"message\":\"not from here\"}", SKY_CARRIER_POLL_ERROR_FORBIDDEN,
    "not from here (error 4, status 403)" },
  { "revision", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}", SKY_CARRIER_POLL_ERROR_REVISION,
    "protocol version" },
  { "no-message", 400, "{\"code\":1}", SKY_CARRIER_POLL_ERROR_SESSION, "no reason" },
  { "other-code", 400, "{\"code\":9}", SKY_CARRIER_POLL_ERROR_STATUS, "400 Status" },
  { "not-found", 404, "Cannot GET /socket.io/", SKY_CARRIER_POLL_ERROR_STATUS, "It says: Cannot GET" },
  { "page", 502, "<html>Bad Gateway</html>", SKY_CARRIER_POLL_ERROR_STATUS, "502 Status" },
  { "empty", 500, "", SKY_CARRIER_POLL_ERROR_STATUS, "500 Status" },
};

static void
test_refused (Fixture *f, gconstpointer data)
{
  const Refusal *v = data;

  f->status = v->status;
  try_open (f, v->body, strlen (v->body));
  g_assert_null (f->carrier);
  g_assert_error (f->error, SKY_CARRIER_POLL_ERROR, v->code);
  g_assert_nonnull (strstr (f->error->message, v->words));
  g_assert_nonnull (strstr (f->error->message, "localhost:"));
  g_assert_cmpuint (sky_carrier_poll_get_status (f->error), ==, v->status);
}

/* The same answers to a poll, and to a POST, end a session. */
static void
test_lost (Fixture *f, gconstpointer data)
{
  const Refusal *v = data;

  f->held = TRUE;
  open_session (f, OPEN_4);
  if (v->status % 2 == 0)
    line_answer (g_steal_pointer (&f->get), v->status, "", v->body, strlen (v->body));
  else
    {
      say (f, "4hi", FALSE);
      WAIT (f->post != NULL);
      line_answer (g_steal_pointer (&f->post), v->status, "", v->body, strlen (v->body));
    }
  WAIT (f->n_closed == 1);
  g_assert_error (f->why, SKY_CARRIER_POLL_ERROR, v->code);
  g_assert_cmpuint (sky_carrier_poll_get_status (f->why), ==, v->status);
  g_assert_nonnull (strstr (f->why->message, "ended the session"));
}

static const char *const no_engines[] = {
  "", "<html>Welcome</html>", "4hello", "0", "0{}", "0{\"sid\":1}", "{\"code\":1}", "ok", "0{\"sid\":\"abc\"}" SEP, "1", "2:40",
};

static void
test_no_engine (Fixture *f, gconstpointer data)
{
  try_open (f, data, strlen (data));
  g_assert_error (f->error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_NO_ENGINE);
}

static const char *const no_payloads[] = { "", "<html>log in</html>", "42[1]" SEP, "b!!!", "9", "\x1e" };

static void
test_no_payload (Fixture *f, gconstpointer data)
{
  open_session (f, OPEN_4);
  answer_get (f, data);
  WAIT (f->n_closed == 1);
  g_assert_error (f->why, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_PAYLOAD);
  g_assert_cmpstr (f->reason, ==, "parse error");
}

static void
test_batch (Fixture *f, gconstpointer data)
{
  f->held = TRUE;
  open_session (f, OPEN_4);
  say (f, "40", FALSE);
  say (f, "42[\"a\"]", FALSE);
  say (f, "\xff\xfe", TRUE);
  g_assert_cmpuint (sky_carrier_get_n_unsent (SKY_CARRIER (f->carrier)), ==, 11);
  WAIT (f->post != NULL);
  g_assert_cmpstr (f->posted->pdata[0], ==, "40" SEP "42[\"a\"]" SEP "b//4=");
  say (f, "41", FALSE);
  say (f, "9odd", FALSE); /* what a person wrote goes out as it is */
  say (f, "", FALSE);
  pass_time (20);
  g_assert_cmpuint (f->n_posts, ==, 1);
  g_assert_cmpuint (sky_carrier_get_n_unsent (SKY_CARRIER (f->carrier)), ==, 17);
  answer_post (f);
  WAIT (f->n_posts == 2);
  g_assert_cmpstr (f->posted->pdata[1], ==, "41" SEP "9odd");
  answer_post (f);
  WAIT (sky_carrier_get_n_unsent (SKY_CARRIER (f->carrier)) == 0);
  g_assert_cmpuint (f->server.lines->len, ==, 2);
}

/* maxPayload is 100: the payload is full to the octet, over it by one, and a first packet goes though it is too large. */
static void
test_max_payload (Fixture *f, gconstpointer data)
{
  g_autofree char *text = g_strnfill (50, '4'), *large = g_strnfill (200, '4'), *octets = g_strnfill (36, 'x');

  open_session (f, OPEN_4);
  say (f, text, FALSE);
  say (f, text + 1, FALSE); /* 50 + 1 + 49 */
  say (f, text, FALSE);
  say (f, text, FALSE);
  say (f, large, FALSE);
  say (f, "42", FALSE);
  say (f, octets, TRUE);  /* 49 in base64 */
  say (f, text + 4, FALSE); /* 2 + 1 + 49 + 1 + 46 = 99 */
  say (f, "4", FALSE);
  WAIT (f->n_posts == 6);
  g_assert_cmpuint (strlen (f->posted->pdata[0]), ==, 100);
  g_assert_cmpuint (strlen (f->posted->pdata[1]), ==, 50);
  g_assert_cmpuint (strlen (f->posted->pdata[2]), ==, 50);
  g_assert_cmpuint (strlen (f->posted->pdata[3]), ==, 200);
  g_assert_cmpuint (strlen (f->posted->pdata[4]), ==, 99);
  g_assert_cmpuint (strlen (f->posted->pdata[5]), ==, 1);
}

static void
test_batch_3 (Fixture *f, gconstpointer data)
{
  open_session (f, OPEN_3);
  say (f, "40", FALSE);
  say (f, "42[\"\xf0\x9f\x8e\x89\"]", FALSE);
  say (f, "ab", TRUE);
  WAIT (f->n_posts == 1);
  g_assert_cmpstr (f->posted->pdata[0], ==, "2:40" "8:42[\"\xf0\x9f\x8e\x89\"]" "6:b4YWI=");
}

static void
test_many (Fixture *f, gconstpointer data)
{
  g_autoptr(GString) payload = g_string_new (NULL);
  g_autoptr(GString) expected = g_string_new (NULL);

  for (guint i = 0; i < 50000; i++)
    {
      g_string_append_printf (payload, "%s42[%u]", i > 0 ? SEP : "", i);
      g_string_append_printf (expected, "42[%u]\n", i);
    }
  open_session (f, OPEN_4);
  answer_get (f, payload->str);
  answer_get (f, "42[\"last\"]");
  g_string_append (expected, "42[\"last\"]\n");
  WAIT (f->n_gets == 3);
  g_assert_cmpstr (f->heard->str, ==, expected->str);
}

static void
test_noop (Fixture *f, gconstpointer data)
{
  open_session (f, OPEN_4);
  answer_get (f, "6");
  answer_get (f, "6" SEP "2");
  WAIT (f->n_gets == 3);
  g_assert_cmpstr (f->heard->str, ==, "2\n");
}

static void
test_close (Fixture *f, gconstpointer data)
{
  gboolean answered = GPOINTER_TO_INT (data);

  f->held = TRUE;
  open_session (f, OPEN_4);
  say (f, "41", FALSE);
  sky_carrier_close (SKY_CARRIER (f->carrier), 1000, "bye");
  g_assert_false (sky_carrier_is_open (SKY_CARRIER (f->carrier)));
  say (f, "42[\"late\"]", FALSE);
  WAIT (f->n_posts == 1);
  g_assert_cmpstr (f->posted->pdata[0], ==, "41" SEP "1");
  answer_get (f, "6");
  pass_time (30);
  g_assert_cmpuint (f->n_closed, ==, 0);
  if (answered)
    answer_post (f);
  WAIT (f->n_closed == 1); /* after two seconds if nobody answers */
  g_assert_no_error (f->why);
  g_assert_cmpstr (f->reason, ==, "bye");
  g_assert_cmpuint (f->n_gets, ==, 1);
}

static void
test_close_while_posting (Fixture *f, gconstpointer data)
{
  f->held = TRUE;
  open_session (f, OPEN_4);
  say (f, "42[1]", FALSE);
  WAIT (f->n_posts == 1);
  sky_carrier_close (SKY_CARRIER (f->carrier), 1000, NULL);
  answer_post (f);
  WAIT (f->n_posts == 2);
  g_assert_cmpstr (f->posted->pdata[1], ==, "1");
  line_answer (g_steal_pointer (&f->get), 400, "", "{\"code\":1}", 10);
  pass_time (20);
  g_assert_cmpuint (f->n_closed, ==, 0);
  answer_post (f);
  WAIT (f->n_closed == 1);
  g_assert_no_error (f->why);
}

static void
test_server_closes (Fixture *f, gconstpointer data)
{
  open_session (f, OPEN_4);
  answer_get (f, "42[1]" SEP "1" SEP "42[2]");
  WAIT (f->n_closed == 1);
  g_assert_cmpstr (f->heard->str, ==, "42[1]\n1\n");
  g_assert_cmpstr (f->reason, ==, "server");
  g_assert_no_error (f->why);
  pass_time (20);
  g_assert_cmpuint (f->n_gets, ==, 1);
  g_assert_cmpuint (f->n_posts, ==, 0);
}

static void
test_line_breaks (Fixture *f, gconstpointer data)
{
  open_session (f, OPEN_4);
  line_close (f->get);
  f->get = NULL;
  WAIT (f->get != NULL || f->n_closed == 1);
  if (f->get != NULL) /* a GET on a kept line is asked once more */
    line_close (f->get);
  WAIT (f->n_closed == 1);
  g_assert_error (f->why, SKY_CALLER_ERROR, SKY_CALLER_ERROR_BROKEN);
  g_assert_cmpstr (f->reason, ==, "transport error");
}

static void
test_let_go (Fixture *f, gconstpointer data)
{
  f->let_go_at = 2 + GPOINTER_TO_UINT (data);
  open_session (f, OPEN_4);
  answer_get (f, "42[1]" SEP "42[2]" SEP "42[3]");
  WAIT (f->carrier == NULL);
  pass_time (20);
  g_assert_cmpuint (f->n_heard, ==, f->let_go_at);
  g_assert_cmpuint (f->n_gets, ==, 1);
  g_assert_cmpuint (f->n_closed, ==, 0);
}

static void
test_dispose (Fixture *f, gconstpointer data)
{
  Line *line;

  f->held = TRUE;
  open_session (f, OPEN_4);
  say (f, "42[1]", FALSE);
  WAIT (f->post != NULL);
  line = f->get;
  g_clear_object (&f->carrier);
  WAIT (line->ended && f->post->ended);
  g_assert_cmpuint (f->n_closed, ==, 0);
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  open_session (f, OPEN_4);
  sky_carrier_cut (SKY_CARRIER (f->carrier));
  g_assert_cmpuint (f->n_closed, ==, 0);
  g_assert_false (sky_carrier_is_open (SKY_CARRIER (f->carrier)));
  WAIT (f->n_closed == 1);
  g_assert_no_error (f->why);
  WAIT (f->get->ended);
}

static void
redirect (Server *s, Line *line, const char *head, GBytes *body)
{
  Fixture *f = s->test;
  g_autofree char *more = g_strdup_printf (
      "Location: http://127.0.0.1:%u/other/?room=1&EIO=4&transport=polling\r\n", s->port);

  if (strstr (head, "/socket.io/") != NULL)
    line_answer (line, 307, more, "", 0);
  else
    take_request (s, line, head, body);
  g_assert_cmpuint (f->n_posts, <, 2);
}

static void
test_redirect (Fixture *f, gconstpointer data)
{
  f->server.answer = redirect;
  open_session (f, OPEN_4);
  g_assert_true (g_str_has_prefix (server_request (&f->server, 1), "GET /other/?room=1&EIO=4&transport=polling HTTP"));
  g_assert_true (g_str_has_prefix (server_request (&f->server, 2),
                                   "GET /other/?room=1&EIO=4&transport=polling&sid=abc HTTP"));
  say (f, "40", FALSE);
  WAIT (f->n_posts == 1);
  g_assert_cmpstr (sky_carrier_poll_get_route (f->carrier)->host, ==, "127.0.0.1");
  g_assert_cmpstr (sky_carrier_poll_get_route (f->carrier)->base, ==, "/other/?room=1");
}

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)

static void
add_rows (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handshakes); i++)
    {
      g_autofree char *path = g_strconcat ("/carrier-poll/handshake/", handshakes[i].name, NULL);

      ADD (path, &handshakes[i], test_handshake);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *refused = g_strconcat ("/carrier-poll/refused/", refusals[i].name, NULL);
      g_autofree char *lost = g_strconcat ("/carrier-poll/lost/", refusals[i].name, NULL);

      ADD (refused, &refusals[i], test_refused);
      ADD (lost, &refusals[i], test_lost);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (no_engines); i++)
    {
      g_autofree char *path = g_strdup_printf ("/carrier-poll/no-engine/%" G_GSIZE_FORMAT, i);

      ADD (path, no_engines[i], test_no_engine);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (no_payloads); i++)
    {
      g_autofree char *path = g_strdup_printf ("/carrier-poll/no-payload/%" G_GSIZE_FORMAT, i);

      ADD (path, no_payloads[i], test_no_payload);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_rows ();
  ADD ("/carrier-poll/octets", NULL, test_octets);
  ADD ("/carrier-poll/batch", NULL, test_batch);
  ADD ("/carrier-poll/batch-3", NULL, test_batch_3);
  ADD ("/carrier-poll/max-payload", NULL, test_max_payload);
  ADD ("/carrier-poll/many", NULL, test_many);
  ADD ("/carrier-poll/noop", NULL, test_noop);
  ADD ("/carrier-poll/close/answered", GINT_TO_POINTER (TRUE), test_close);
  ADD ("/carrier-poll/close/not-answered", GINT_TO_POINTER (FALSE), test_close);
  ADD ("/carrier-poll/close/while-posting", NULL, test_close_while_posting);
  ADD ("/carrier-poll/close/by-server", NULL, test_server_closes);
  ADD ("/carrier-poll/line-breaks", NULL, test_line_breaks);
  ADD ("/carrier-poll/let-go/first", GUINT_TO_POINTER (0), test_let_go);
  ADD ("/carrier-poll/let-go/last", GUINT_TO_POINTER (2), test_let_go);
  ADD ("/carrier-poll/dispose", NULL, test_dispose);
  ADD ("/carrier-poll/cut", NULL, test_cut);
  ADD ("/carrier-poll/redirect", NULL, test_redirect);
  return g_test_run ();
}

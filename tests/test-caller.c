#include "peer/carrier/caller.h"

#include <zlib.h>

#include "peer/carrier/request.h"
#include "script-server.h"
#include "trace/store.h"

typedef struct
{
  Server      server;
  SkyStore   *store;
  SkyProfile *profile;
  SkyRoute    route;
  SkyCaller  *caller;
  SoupCookieJar *jar;

  const char *const *answers; /* one a request, the last one again; NULL: none */
  guint       n_answers;
  gsize       cut;   /* bytes that are sent first; 0: all */
  gboolean    close; /* after each answer */
  SkyAnswer  *answer;
  GError     *error;
  guint       n_over;
} Fixture;

static gboolean
on_rest (gpointer user_data)
{
  Fixture *f = user_data;
  Line *line = g_ptr_array_index (f->server.lines, f->server.lines->len - 1);

  line_send (line, f->answers[0] + f->cut);
  if (f->close)
    line_close (line);
  return G_SOURCE_REMOVE;
}

static void
give_answer (Server *s, Line *line, const char *head, GBytes *body)
{
  Fixture *f = s->test;
  guint at = MIN (s->requests->len, f->n_answers);

  if (at == 0 || f->answers[at - 1] == NULL)
    return;
  if (f->cut > 0)
    {
      line_send_len (line, f->answers[0], f->cut);
      g_timeout_add (1, on_rest, f);
      return;
    }
  line_send (line, f->answers[at - 1]);
  if (f->close)
    line_close (line);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autofree char *url = NULL;

  f->server.test = f;
  f->server.answer = give_answer;
  server_start (&f->server);
  url = g_strdup_printf ("http://localhost:%u", f->server.port);
  f->profile = sky_profile_new (url);
  g_assert_true (sky_route_resolve (&f->route, f->profile, NULL));
  f->store = sky_store_new (NULL, NULL);
  f->jar = soup_cookie_jar_new ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->caller);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  server_stop (&f->server);
  g_clear_pointer (&f->answer, sky_answer_free);
  g_clear_error (&f->error);
  sky_profile_free (f->profile);
  sky_route_clear (&f->route);
  g_object_unref (f->jar);
  g_assert_finalize_object (f->store);
}

static void
on_over_call (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  g_clear_pointer (&f->answer, sky_answer_free);
  g_clear_error (&f->error);
  f->answer = sky_caller_call_finish (SKY_CALLER (source), result, &f->error);
  g_assert_true ((f->answer == NULL) == (f->error != NULL));
  f->n_over++;
}

static void
begin (Fixture *f, const SkyCall *call, GCancellable *cancellable)
{
  if (f->caller == NULL)
    f->caller = sky_caller_new (f->store, "polling", f->profile, &f->route, f->jar);
  sky_caller_call_async (f->caller, call, cancellable, on_over_call, f);
}

static void
ask (Fixture *f, const SkyCall *call)
{
  guint n = f->n_over;

  begin (f, call, NULL);
  WAIT (f->n_over > n);
}

static void
get (Fixture *f, const char *target)
{
  ask (f, &(SkyCall) { .method = "GET", .target = target });
}

static void
post (Fixture *f, const char *text)
{
  g_autoptr(GBytes) body = g_bytes_new (text, strlen (text));

  ask (f, &(SkyCall) { .method = "POST", .target = "/p", .content_type = "text/plain;charset=UTF-8", .body = body });
}

static void
assert_body (Fixture *f, guint status, const char *text)
{
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->answer->status, ==, status);
  g_assert_cmpmem (g_bytes_get_data (f->answer->body, NULL), g_bytes_get_size (f->answer->body), text, strlen (text));
}

static void
assert_error (Fixture *f, int code, const char *words)
{
  g_assert_error (f->error, SKY_CALLER_ERROR, code);
  g_assert_nonnull (strstr (f->error->message, words));
}

#define OK "HTTP/1.1 200 OK\r\n"

typedef struct
{
  const char *name, *wire;
  gboolean    close;
  guint       status;
  const char *body;  /* NULL: an error */
  int         error; /* SkyCallerError */
  const char *words; /* of the error's sentence */
  guint       n_lines; /* connections that two requests need */
} Vector;

static const Vector vectors[] = {
  { "length", OK "Content-Length: 5\r\n\r\nhello", FALSE, 200, "hello", .n_lines = 1 },
  { "chunked", OK "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: x\r\n\r\n", FALSE, 200, "hello",
    .n_lines = 1 },
  { "until-close", OK "\r\nhello", TRUE, 200, "hello", .n_lines = 2 },
  { "empty", OK "Content-Length: 0\r\n\r\n", FALSE, 200, "", .n_lines = 1 },
  { "no-content", "HTTP/1.1 204 No\r\n\r\n", FALSE, 204, "", .n_lines = 1 },
  { "refusal", "HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\nno", FALSE, 400, "no", .n_lines = 1 },
  { "interim", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: y\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", FALSE, 200,
    "x", .n_lines = 1 },
  { "says-close", OK "Connection: close\r\nContent-Length: 1\r\n\r\nx", TRUE, 200, "x", .n_lines = 2 },
  { "one-point-oh", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", FALSE, 200, "x", .n_lines = 2 },
  { "one-point-oh-alive", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", FALSE, 200, "x",
    .n_lines = 1 },
  { "bare-lf", "HTTP/1.1 200 OK\nContent-Length: 1\n\nx", FALSE, 200, "x", .n_lines = 1 },
  { "idle-too-short", OK "Keep-Alive: timeout=1\r\nContent-Length: 1\r\n\r\nx", FALSE, 200, "x", .n_lines = 2 },
  { "no-http", "220 mail.example ESMTP\r\n", FALSE, .error = SKY_CALLER_ERROR_NOT_HTTP, .words = "localhost:" },
  { "switched", "HTTP/1.1 101 Switching\r\n\r\n", FALSE, .error = SKY_CALLER_ERROR_NOT_HTTP, .words = "101" },
  { "bad-chunk", OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n", FALSE, .error = SKY_CALLER_ERROR_NOT_HTTP,
    .words = "localhost:" },
  { "half-head", "HTTP/1.1 200 O", TRUE, .error = SKY_CALLER_ERROR_BROKEN, .words = "in the middle" },
  { "half-body", OK "Content-Length: 5\r\n\r\nhel", TRUE, .error = SKY_CALLER_ERROR_BROKEN, .words = "in the middle" },
  { "half-chunk", OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhel", TRUE, .error = SKY_CALLER_ERROR_BROKEN,
    .words = "in the middle" },
  { "too-long", OK "Content-Length: 5\r\nContent-Encoding: br\r\n\r\nhello", FALSE, .error = SKY_CALLER_ERROR_CODING,
    .words = "coded" },
  { "broken-gzip", OK "Content-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello", FALSE,
    .error = SKY_CALLER_ERROR_CODING, .words = "coded" },
};

static void
assert_vector (Fixture *f, const Vector *v)
{
  if (v->body != NULL)
    assert_body (f, v->status, v->body);
  else
    assert_error (f, v->error, v->words);
}

static void
test_answer (Fixture *f, gconstpointer data)
{
  const Vector *v = data;

  f->answers = &v->wire;
  f->n_answers = 1;
  f->close = v->close;
  for (f->cut = 1; f->cut < strlen (v->wire); f->cut++)
    {
      get (f, "/cut");
      assert_vector (f, v);
      g_clear_object (&f->caller); /* the rest may still come, on a connection that nobody reads */
      pass_time (2);
    }
  if (v->n_lines == 0)
    return;
  f->cut = 0;
  get (f, "/a");
  assert_vector (f, v);
  get (f, "/b");
  assert_vector (f, v);
  if (!g_str_equal (v->name, "idle-too-short"))
    g_assert_cmpuint (f->server.lines->len - (strlen (v->wire) - 1), ==, v->n_lines);
}

static void
test_head (Fixture *f, gconstpointer data)
{
  const char *const answers[] = {
    OK "Set-Cookie: srv=one; Path=/\r\nSet-Cookie: io=new; HttpOnly\r\nSet-Cookie: x=y; Domain=example.org\r\n"
       "Content-Length: 0\r\n\r\n",
  };
  const char *r;

  f->answers = answers;
  f->n_answers = 1;
  f->profile->cookies = g_strsplit ("me=1|io=old|bad=x\r\nX-Evil: 1", "|", -1);
  f->profile->user = g_strdup ("Aladdin:open sesame");
  f->profile->origin = g_strdup ("http://evil\r\nX-Evil: 2");
  f->profile->headers = g_strsplit ("X-Mine: a|user-agent: Me|broken|X-Evil\r\n: x|X-Two: b\nX-Evil: 3", "|", -1);
  f->profile->without = g_strsplit ("ACCEPT|accept-encoding|User-Agent", "|", -1);
  get (f, "/a b\r\nX-Evil: 4");
  r = server_request (&f->server, 0);
  g_assert_true (g_str_has_prefix (r, "GET /a%20b%0D%0AX-Evil:%204 HTTP/1.1\r\nHost: localhost:"));
  g_assert_nonnull (strstr (r, "\r\nCookie: me=1; io=old\r\n"));
  g_assert_nonnull (strstr (r, "\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n")); /* RFC 7617 §2 */
  g_assert_nonnull (strstr (r, "\r\nX-Mine: a\r\n"));
  g_assert_nonnull (strstr (r, "\r\nuser-agent: Me\r\n"));
  g_assert_null (strstr (r, "User-Agent"));
  g_assert_null (strstr (r, "\r\nAccept"));
  g_assert_null (strstr (r, "\nX-Evil"));
  g_assert_null (strstr (r, "Content-"));
  post (f, "hello");
  r = server_request (&f->server, 1);
  g_assert_nonnull (strstr (r, "\r\nCookie: me=1; srv=one; io=new\r\n") != NULL
                        ? strstr (r, "srv=one")
                        : strstr (r, "\r\nCookie: me=1; io=new; srv=one\r\n"));
  g_assert_nonnull (strstr (r, "\r\nContent-Length: 5\r\n"));
  g_assert_nonnull (strstr (r, "\r\nContent-Type: text/plain;charset=UTF-8\r\n"));
  g_assert_true (g_str_has_suffix (r, "\r\n\r\nhello"));
  g_assert_cmpuint (f->server.lines->len, ==, 1);
}

static void
test_defaults (Fixture *f, gconstpointer data)
{
  const char *const answers[] = { OK "Content-Length: 0\r\n\r\n" };
  const char *r;

  f->answers = answers;
  f->n_answers = 1;
  get (f, "/");
  r = server_request (&f->server, 0);
  g_assert_nonnull (strstr (r, "\r\nUser-Agent: Sockeye\r\n"));
  g_assert_nonnull (strstr (r, "\r\nAccept: */*\r\n"));
  g_assert_nonnull (strstr (r, "\r\nAccept-Encoding: gzip, deflate\r\n"));
  g_assert_null (strstr (r, "Cookie"));
  g_assert_null (strstr (r, "Origin"));
  g_assert_null (strstr (r, "Authorization"));
}

/* The profile has its say in an upgrade too, even if that breaks it. */
static void
test_upgrade_head (Fixture *f, gconstpointer data)
{
  g_autofree char *plain = sky_request_upgrade (f->profile, &f->route, f->jar), *odd = NULL, *other = NULL;
  g_autoptr(GUri) uri = g_uri_parse ("http://localhost/", G_URI_FLAGS_NONE, NULL);

  g_assert_nonnull (strstr (plain, "\r\nSec-WebSocket-Version: 13\r\n"));
  g_assert_nonnull (strstr (plain, "\r\nUser-Agent: Sockeye\r\n"));
  g_assert_null (strstr (plain, "Cookie"));
  soup_cookie_jar_set_cookie (f->jar, uri, "stick=y");
  f->profile->user = g_strdup ("a:b");
  f->profile->cookies = g_strsplit ("stick=old|me=1", "|", -1);
  f->profile->headers = g_strsplit ("Sec-WebSocket-Key: mine|Host: other|X-Evil: a\r\nX-Evil: b", "|", -1);
  f->profile->without = g_strsplit ("upgrade|Sec-WebSocket-Extensions|USER-AGENT|Host||", "|", -1);
  odd = sky_request_upgrade (f->profile, &f->route, f->jar);
  g_assert_true (g_str_has_suffix (odd, "\r\n\r\n"));
  g_assert_nonnull (strstr (odd, "\r\nHost: other\r\n"));
  g_assert_nonnull (strstr (odd, "\r\nSec-WebSocket-Key: mine\r\n"));
  g_assert_nonnull (strstr (odd, "\r\nConnection: Upgrade\r\n"));
  g_assert_nonnull (strstr (odd, "\r\nCookie: me=1; stick=y\r\n"));
  g_assert_nonnull (strstr (odd, "\r\nAuthorization: Basic YTpi\r\n"));
  g_assert_null (strstr (odd, "\r\nUpgrade:"));
  g_assert_null (strstr (odd, "Extensions"));
  g_assert_null (strstr (odd, "User-Agent"));
  g_assert_null (strstr (odd, "Evil"));
  g_free (f->route.host);
  f->route.host = g_strdup ("elsewhere.example"); /* a redirect led there */
  other = sky_request_upgrade (f->profile, &f->route, f->jar);
  g_assert_null (strstr (other, "Authorization"));
  g_assert_null (strstr (other, "Cookie"));
}

/* What a kept connection does when the server ends it: row by row, then what the next request sees. */
static void
test_stale (Fixture *f, gconstpointer data)
{
  const char *const answers[] = { OK "Content-Length: 1\r\n\r\na" };

  f->answers = answers;
  f->n_answers = 1;
  get (f, "/");
  line_close (g_ptr_array_index (f->server.lines, 0)); /* heard while idle */
  pass_time (50);
  post (f, "x");
  assert_body (f, 200, "a");
  g_assert_cmpuint (f->server.lines->len, ==, 2);
  line_close (g_ptr_array_index (f->server.lines, 1)); /* heard only when asking */
  get (f, "/");
  assert_body (f, 200, "a");
  g_assert_cmpuint (f->server.lines->len, ==, 3);
}

/* The second request is heard, and the line closed without an answer. */
static void
close_second (Server *s, Line *line, const char *head, GBytes *body)
{
  if (line->n_requests == 1)
    line_answer (line, 200, "", "a", 1);
  else
    line_close (line);
}

static void
test_not_twice (Fixture *f, gconstpointer data)
{
  f->server.answer = close_second;
  get (f, "/1");
  post (f, "told once");
  assert_error (f, SKY_CALLER_ERROR_BROKEN, "without an answer");
  g_assert_cmpuint (f->server.requests->len, ==, 2);
  get (f, "/2");
  get (f, "/3"); /* a GET is asked once more, on a fresh line */
  assert_body (f, 200, "a");
  g_assert_cmpuint (f->server.requests->len, ==, 5);
}

static void
close_all (Server *s, Line *line, const char *head, GBytes *body)
{
  line_close (line);
}

static void
test_not_for_ever (Fixture *f, gconstpointer data)
{
  f->server.answer = close_all;
  get (f, "/");
  assert_error (f, SKY_CALLER_ERROR_BROKEN, "without an answer");
  g_assert_cmpuint (f->server.requests->len, ==, 1);
}

static gboolean
was_noted (Fixture *f, const char *text)
{
  for (guint32 i = 0; i < sky_store_get_n_records (f->store); i++)
    {
      g_autoptr(GBytes) body = sky_store_get_body (f->store, i, 4096);
      gsize len;
      const char *shown = g_bytes_get_data (body, &len);

      if (len > 0 && g_strstr_len (shown, (gssize) len, text) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
test_redirect (Fixture *f, gconstpointer data)
{
  const char *const answers[] = {
    "HTTP/1.1 302 Found\r\nLocation: /b/c?x=1#frag\r\nSet-Cookie: s=1\r\nContent-Length: 3\r\n\r\nsee",
    "HTTP/1.1 307 Temporary\r\nLocation: d\r\nContent-Length: 0\r\n\r\n",
    OK "Content-Length: 2\r\n\r\nhi",
    "HTTP/1.1 303 See\r\nContent-Length: 0\r\n\r\n",
  };

  f->answers = answers;
  f->n_answers = G_N_ELEMENTS (answers);
  get (f, "/a");
  assert_body (f, 200, "hi");
  g_assert_cmpstr (f->answer->target, ==, "/b/d");
  g_assert_true (g_str_has_prefix (server_request (&f->server, 1), "GET /b/c?x=1 HTTP/1.1\r\n"));
  g_assert_nonnull (strstr (server_request (&f->server, 1), "\r\nCookie: s=1\r\n"));
  g_assert_true (g_str_has_prefix (server_request (&f->server, 2), "GET /b/d HTTP/1.1\r\n"));
  g_assert_cmpuint (f->server.lines->len, ==, 1);
  g_assert_true (was_noted (f, "redirected (302) to http://localhost:"));
  get (f, "/nowhere");
  assert_body (f, 303, "");
  g_assert_null (f->answer->target);
}

static void
test_redirect_elsewhere (Fixture *f, gconstpointer data)
{
  g_autofree char *there = g_strdup_printf (
      "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:%u/x\r\nSet-Cookie: mine=1\r\nContent-Length: 0\r\n\r\n",
      f->server.port);
  const char *const answers[] = { there, OK "Content-Length: 2\r\n\r\nhi" };
  const char *r;

  f->answers = answers;
  f->n_answers = 2;
  f->profile->user = g_strdup ("a:b");
  f->profile->cookies = g_strsplit ("secret=1", "|", -1);
  f->profile->headers = g_strsplit ("X-Mine: 1|Authorization: Bearer t", "|", -1);
  get (f, "/a");
  assert_body (f, 200, "hi");
  g_assert_nonnull (strstr (server_request (&f->server, 0), "Authorization: Bearer t\r\n"));
  g_assert_nonnull (strstr (server_request (&f->server, 0), "secret=1"));
  r = server_request (&f->server, 1);
  g_assert_nonnull (strstr (r, "\r\nHost: 127.0.0.1:"));
  g_assert_null (strstr (r, "Authorization"));
  g_assert_null (strstr (r, "secret"));
  g_assert_null (strstr (r, "mine=1"));
  g_assert_nonnull (strstr (r, "X-Mine: 1"));
  g_assert_cmpuint (f->server.lines->len, ==, 2);
  g_assert_cmpstr (f->answer->route.host, ==, "127.0.0.1");
}

typedef struct
{
  const char *name, *location, *words;
  guint       n_requests;
} Nowhere;

static const Nowhere nowheres[] = {
  { "for-ever", "/again", "more than 5 times", 6 },
  { "scheme", "ftp://localhost/", "no address of HTTP", 1 },
  { "script", "javascript:alert(1)", "no address of HTTP", 1 },
  { "no-host", "http:///x", "no address of HTTP", 1 },
  { "garbage", "http://[::1", "no address of HTTP", 1 },
};

static void
test_redirect_nowhere (Fixture *f, gconstpointer data)
{
  const Nowhere *v = data;
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
                                             v->location);

  f->answers = (const char *const *) &answer;
  f->n_answers = 1;
  get (f, "/");
  assert_error (f, SKY_CALLER_ERROR_REDIRECTS, v->words);
  g_assert_cmpuint (f->server.requests->len, ==, v->n_requests);
  ask (f, &(SkyCall) { .method = "GET", .target = "/", .no_redirects = TRUE });
  assert_body (f, 302, "");
  post (f, "x");
  assert_body (f, 302, "");
}

static gsize
deflate_zeros (gsize len, guint8 *out, gsize room)
{
  z_stream z = { .next_out = out, .avail_out = (uInt) room };
  g_autofree guint8 *zeros = g_malloc0 (len);

  g_assert_cmpint (deflateInit2 (&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  z.next_in = zeros;
  z.avail_in = (uInt) len;
  g_assert_cmpint (deflate (&z, Z_FINISH), ==, Z_STREAM_END);
  deflateEnd (&z);
  return z.total_out;
}

static void
give_zeros (Server *s, Line *line, const char *head, GBytes *body)
{
  static guint8 wire[200000];
  gsize len = deflate_zeros (strstr (head, "/bomb") != NULL ? SKY_CALLER_MAX_BODY + 1 : 100000, wire, sizeof wire);

  line_answer (line, 200, "Content-Encoding: gzip\r\n", (char *) wire, len);
}

static void
test_inflate (Fixture *f, gconstpointer data)
{
  f->server.answer = give_zeros;
  get (f, "/");
  g_assert_no_error (f->error);
  g_assert_cmpuint (g_bytes_get_size (f->answer->body), ==, 100000);
  get (f, "/bomb");
  assert_error (f, SKY_CALLER_ERROR_TOO_LONG, "64 MiB");
}

typedef struct
{
  Line *line;
  char *block;
  guint n;
} Flood;

/* Never blocks: the client in this very process has to read it. */
static gboolean
on_flood (gpointer user_data)
{
  Flood *flood = user_data;
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (flood->line->stream));

  g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), flood->block, 65536, NULL, NULL);
  return ++flood->n < 1000000 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
test_endless (Fixture *f, gconstpointer data)
{
  const char *const answers[] = { data };
  Flood flood = { 0 };
  guint source;

  f->answers = answers;
  f->n_answers = 1;
  flood.block = g_strnfill (65536, 'a');
  begin (f, &(SkyCall) { .method = "GET", .target = "/" }, NULL);
  WAIT (f->server.requests->len == 1);
  flood.line = g_ptr_array_index (f->server.lines, 0);
  source = g_idle_add (on_flood, &flood);
  WAIT (f->n_over == 1);
  g_source_remove (source);
  g_free (flood.block);
  g_assert_error (f->error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_TOO_LONG);
}

static void
test_silent (Fixture *f, gconstpointer data)
{
  const char *const answers[] = { OK "Content-Length: 5\r\n\r\nhel" };

  f->answers = answers;
  f->n_answers = GPOINTER_TO_UINT (data);
  ask (f, &(SkyCall) { .method = "GET", .target = "/", .timeout_msec = 100 });
  assert_error (f, SKY_CALLER_ERROR_SILENT, "within 0.1 s");
  WAIT (((Line *) g_ptr_array_index (f->server.lines, 0))->ended);
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  guint when = GPOINTER_TO_UINT (data);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();

  begin (f, &(SkyCall) { .method = "GET", .target = "/" }, cancellable);
  if (when > 0)
    WAIT (f->server.requests->len == 1);
  g_cancellable_cancel (cancellable);
  WAIT (f->n_over == 1);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  f->answers = (const char *const[]) { OK "Content-Length: 0\r\n\r\n" };
  f->n_answers = 1;
  get (f, "/");
  assert_body (f, 200, "");
}

static void
test_cut (Fixture *f, gconstpointer data)
{
  begin (f, &(SkyCall) { .method = "GET", .target = "/" }, NULL);
  WAIT (f->server.requests->len == 1);
  sky_caller_cut (f->caller);
  WAIT (f->n_over == 1);
  assert_error (f, SKY_CALLER_ERROR_BROKEN, "cut");
  WAIT (((Line *) g_ptr_array_index (f->server.lines, 0))->ended);
  sky_caller_cut (f->caller);
  begin (f, &(SkyCall) { .method = "GET", .target = "/" }, NULL);
  sky_caller_cut (f->caller); /* while it dials */
  WAIT (f->n_over == 2);
  assert_error (f, SKY_CALLER_ERROR_BROKEN, "cut");
}

/* The answer comes before the body was taken: it counts, and the rest is not sent. */
static void
refuse_at_once (Server *s, Line *line)
{
  if (line->heard->len > 1000 && line->n_requests++ == 0)
    line_answer (line, 413, "", "", 0);
}

static void
test_early_answer (Fixture *f, gconstpointer data)
{
  g_autofree char *big = g_strnfill (32 * 1024 * 1024, 'x');

  f->server.answer = NULL;
  f->server.raw = refuse_at_once;
  post (f, big);
  assert_body (f, 413, "");
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_socket_service_stop (f->server.service);
  g_socket_listener_close (G_SOCKET_LISTENER (f->server.service));
  get (f, "/");
  g_assert_nonnull (f->error);
  g_assert_cmpstr (g_quark_to_string (f->error->domain), ==, "SkyTcpError");
}

#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/caller/answer/", vectors[i].name, NULL);

      ADD (path, &vectors[i], test_answer);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (nowheres); i++)
    {
      g_autofree char *path = g_strconcat ("/caller/redirect/nowhere/", nowheres[i].name, NULL);

      ADD (path, &nowheres[i], test_redirect_nowhere);
    }
  ADD ("/caller/head", NULL, test_head);
  ADD ("/caller/defaults", NULL, test_defaults);
  ADD ("/caller/upgrade-head", NULL, test_upgrade_head);
  ADD ("/caller/stale", NULL, test_stale);
  ADD ("/caller/not-twice", NULL, test_not_twice);
  ADD ("/caller/not-for-ever", NULL, test_not_for_ever);
  ADD ("/caller/redirect/here", NULL, test_redirect);
  ADD ("/caller/redirect/elsewhere", NULL, test_redirect_elsewhere);
  ADD ("/caller/inflate", NULL, test_inflate);
  ADD ("/caller/endless/body", OK "\r\n", test_endless);
  ADD ("/caller/endless/chunk", OK "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n", test_endless);
  ADD ("/caller/endless/extension", OK "Transfer-Encoding: chunked\r\n\r\n1;x=", test_endless);
  ADD ("/caller/endless/head", OK "X: ", test_endless);
  ADD ("/caller/silent/never", GUINT_TO_POINTER (0), test_silent);
  ADD ("/caller/silent/half", GUINT_TO_POINTER (1), test_silent);
  ADD ("/caller/cancel/dial", GUINT_TO_POINTER (0), test_cancel);
  ADD ("/caller/cancel/answer", GUINT_TO_POINTER (1), test_cancel);
  ADD ("/caller/cut", NULL, test_cut);
  ADD ("/caller/early-answer", NULL, test_early_answer);
  ADD ("/caller/refused", NULL, test_refused);
  return g_test_run ();
}

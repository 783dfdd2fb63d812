#include <string.h>

#include "http/http-note.h"

#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define ASK                                                                                            \
  "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"         \
  "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: x, y\r\n"        \
  "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
#define PLAIN  "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\n"
#define NONE   SKY_HTTP_VERDICT_NONE
#define RIGHT  SKY_HTTP_VERDICT_RIGHT
#define WRONG  SKY_HTTP_VERDICT_WRONG

typedef struct
{
  const char    *name, *head, *other; /* the last header of @head is looked at, else its start line */
  SkyHttpVerdict verdict;
  const char    *brief, *explain; /* parts of them */
  gboolean       start;
} Vector;

static const Vector vectors[] = {
  { "start-upgrade", ASK, NULL, RIGHT, "GET, HTTP/1.1: right for an upgrade", "RFC 6455 §4.1", TRUE },
  { "start-post", "POST / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", NULL, WRONG, "POST, HTTP/1.1", "GET", TRUE },
  { "start-old", "GET / HTTP/1.0\r\nUpgrade: websocket\r\n\r\n", NULL, WRONG, "HTTP/1.0", "HTTP/1.1", TRUE },
  { "start-plain", PLAIN, NULL, NONE, "GET, HTTP/1.1", "ordinary", TRUE },
  { "start-101", ANSWER "\r\n", ASK, RIGHT, "101", "RFC 6455 §4.2.2", TRUE },
  { "start-101-alone", ANSWER "\r\n", NULL, RIGHT, "101", "WebSocket frames", TRUE },
  { "start-101-unasked", ANSWER "\r\n", PLAIN, WRONG, "101", "did not ask", TRUE },
  { "start-200", "HTTP/1.1 200 OK\r\n\r\n", ASK, WRONG, "200", "proxy", TRUE },
  { "start-200-plain", "HTTP/1.1 200 OK\r\n\r\n", PLAIN, RIGHT, "200", "did not ask", TRUE },
  { "start-301", "HTTP/1.1 301 Moved\r\n\r\n", ASK, WRONG, "elsewhere", "Location", TRUE },
  { "start-400", "HTTP/1.1 400 Bad\r\n\r\n", ASK, WRONG, "400", "sid", TRUE },
  { "start-401", "HTTP/1.1 401 No\r\n\r\n", ASK, WRONG, "401", "credentials", TRUE },
  { "start-403", "HTTP/1.1 403 No\r\n\r\n", ASK, WRONG, "403", "Origin", TRUE },
  { "start-404", "HTTP/1.1 404 No\r\n\r\n", ASK, WRONG, "404", "/socket.io/", TRUE },
  { "start-426", "HTTP/1.1 426 Up\r\n\r\n", ASK, WRONG, "426", "Sec-WebSocket-Version", TRUE },
  { "start-502", "HTTP/1.1 502 Bad\r\n\r\n", ASK, WRONG, "502", "proxy", TRUE },
  { "start-599", "HTTP/1.1 599 Odd\r\n\r\n", ASK, WRONG, "599", "§15.6", TRUE },
  { "start-999", "HTTP/1.1 999 Odd\r\n\r\n", ASK, WRONG, "999", "§15", TRUE },
  { "host", PLAIN, NULL, RIGHT, "site", "RFC 9110 §7.2" },
  { "host-twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", NULL, WRONG, "more than once", "only once" },
  { "upgrade", "GET / HTTP/1.1\r\nupgrade: WebSocket\r\n\r\n", NULL, RIGHT, "WebSocket", "RFC 6455" },
  { "upgrade-other", "GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", NULL, NONE, "another", "RFC 9110 §7.8" },
  { "upgrade-wrong", ANSWER "Upgrade: h2c\r\n\r\n", ASK, WRONG, "websocket", "RFC" },
  { "upgrade-426", "HTTP/1.1 426 Up\r\nUpgrade: websocket\r\n\r\n", ASK, NONE, "would switch", "RFC" },
  { "connection", ANSWER "Connection: Upgrade\r\n\r\n", ASK, RIGHT, "hop", "RFC 9110 §7.6.1" },
  { "connection-close", ANSWER "Connection: close\r\n\r\n", ASK, WRONG, "Upgrade", "RFC 9110 §7.6.1" },
  { "connection-plain", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", PLAIN, NONE, "ends", "RFC" },
  { "connection-keep", "HTTP/1.1 404 No\r\nConnection: keep-alive\r\n\r\n", ASK, NONE, "stays", "RFC" },
  { "key", "GET / HTTP/1.1\r\nSec-WebSocket-Key: " KEY "\r\n\r\n", NULL, RIGHT, "16 random bytes", ACCEPT },
  { "key-short", "GET / HTTP/1.1\r\nSec-WebSocket-Key: abc\r\n\r\n", NULL, WRONG, "base64", "RFC 6455 §4.1" },
  { "key-in-answer", ANSWER "Sec-WebSocket-Key: " KEY "\r\n\r\n", ASK, WRONG, "no place", "RFC" },
  { "version", "GET / HTTP/1.1\r\nSec-WebSocket-Version: 13\r\n\r\n", NULL, RIGHT, "6455", "§4.4" },
  { "version-old", "GET / HTTP/1.1\r\nSec-WebSocket-Version: 8\r\n\r\n", NULL, WRONG, "must be 13", "§4.4" },
  { "version-answer", "HTTP/1.1 426 Up\r\nSec-WebSocket-Version: 13, 8\r\n\r\n", ASK, NONE, "versions", "RFC" },
  { "protocol-offer", "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: x\r\n\r\n",
    ANSWER "Sec-WebSocket-Protocol: x\r\n\r\n", NONE, "offered", "chose: x" },
  { "protocol-none", "GET / HTTP/1.1\r\nSec-WebSocket-Protocol: x\r\n\r\n", ANSWER "\r\n", NONE, "offered",
    "chose none" },
  { "protocol", ANSWER "Sec-WebSocket-Protocol: y\r\n\r\n", ASK, RIGHT, "one of those", "RFC 6455" },
  { "protocol-alone", ANSWER "Sec-WebSocket-Protocol: y\r\n\r\n", NULL, NONE, "choice", "RFC 6455" },
  { "protocol-unasked", ANSWER "Sec-WebSocket-Protocol: z\r\n\r\n", ASK, WRONG, "not offered", "RFC 6455" },
  { "extensions", ANSWER "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", ASK, RIGHT, "agrees", "7692" },
  { "extensions-unasked", ANSWER "Sec-WebSocket-Extensions: x\r\n\r\n", ASK, WRONG, "not offered", "§9.1" },
  { "extensions-offer", ASK, ANSWER "\r\n", NONE, "offered", "works without" },
  { "accept", ANSWER "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", ASK, RIGHT, "follows",
    "Computed here: " ACCEPT " — they match." },
  { "accept-wrong", ANSWER "Sec-WebSocket-Accept: " KEY "\r\n\r\n", ASK, WRONG, "does not follow",
    "Computed here: " ACCEPT " — they differ." },
  { "accept-alone", ANSWER "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", NULL, NONE, "proof", "SHA-1" },
  { "accept-no-key", ANSWER "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", PLAIN, WRONG, "no key", "no Sec" },
  { "length-of-101", ANSWER "Content-Length: 0\r\n\r\n", ASK, WRONG, "no body", "101" },
  { "length", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", PLAIN, NONE, "bytes", "§8.6" },
  { "length-broken", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", PLAIN, WRONG, "relied", "no number" },
  { "chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", PLAIN, NONE, "chunks", "RFC 9112" },
  { "cors", "HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\n\r\n", PLAIN, NONE, "pages", "CORS" },
  { "cors-other", "HTTP/1.1 200 OK\r\nAccess-Control-Max-Age: 1\r\n\r\n", PLAIN, NONE, "CORS", "CORS" },
  { "accept-star", "GET / HTTP/1.1\r\nAccept-Charset: utf-8\r\n\r\n", NULL, NONE, "like", "§12.5" },
  { "sec-fetch", "GET / HTTP/1.1\r\nSec-Fetch-Mode: websocket\r\n\r\n", NULL, NONE, "browser", "script" },
  { "unknown", "GET / HTTP/1.1\r\nX-Mine: 1\r\n\r\n", NULL, NONE, NULL, "ignores" },
  { "unknown-prefix", "GET / HTTP/1.1\r\nHos: 1\r\n\r\n", NULL, NONE, NULL, "ignores" },
  { "malformed", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", NULL, WRONG, "not a header", "colon" },
  { "fold", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", NULL, WRONG, "continues", "RFC 9112 §5.2" },
};

static SkyHttpHead
decode (const char *text)
{
  SkyHttpHead head;

  g_assert_cmpint (sky_http_head_decode ((const guint8 *) text, strlen (text),
                                         g_str_has_prefix (text, "HTTP/"), &head, NULL),
                   ==, strlen (text));
  return head;
}

static void
assert_part (const char *text, const char *part)
{
  if (part == NULL)
    g_assert_null (text);
  else if (text == NULL || strstr (text, part) == NULL)
    g_error ("“%s” lacks “%s”", text, part);
}

static void
test_note (gconstpointer user_data)
{
  const Vector *v = user_data;
  SkyHttpHead head = decode (v->head);
  SkyHttpHead other = v->other != NULL ? decode (v->other) : (SkyHttpHead) { 0 };
  guint index = v->start ? SKY_HTTP_NOTE_START_LINE : head.n_headers - 1;
  g_auto(SkyHttpNote) note = { 0 };

  sky_http_note_make (&note, index, &head, (const guint8 *) v->head, v->other != NULL ? &other : NULL,
                      (const guint8 *) v->other);
  assert_part (note.brief, v->brief);
  assert_part (note.explain, v->explain);
  g_assert_cmpint (note.verdict, ==, v->verdict);
}

/* Every header that a handshake commonly brings has words beside it. */
static void
test_known (void)
{
  const char *names = "Host Upgrade Connection Sec-WebSocket-Key Sec-WebSocket-Version Sec-WebSocket-Protocol "
                      "Sec-WebSocket-Extensions Sec-WebSocket-Accept Origin User-Agent Cookie Set-Cookie "
                      "Authorization Cache-Control Pragma Date Server Content-Type Content-Length "
                      "Transfer-Encoding Keep-Alive Access-Control-Allow-Headers Vary Location Accept "
                      "Accept-Encoding Accept-Language X-Forwarded-For X-Forwarded-Proto Via Sec-Fetch-Site";
  g_auto(GStrv) all = g_strsplit (names, " ", -1);

  for (char **name = all; *name != NULL; name++)
    for (guint response = 0; response < 2; response++)
      {
        g_autofree char *text =
            g_strdup_printf ("%s\r\n%s: 1\r\n\r\n", response ? "HTTP/1.1 200 OK" : "GET / HTTP/1.1", *name);
        SkyHttpHead head = decode (text);
        g_auto(SkyHttpNote) note = { 0 };

        sky_http_note_make (&note, 0, &head, (const guint8 *) text, NULL, NULL);
        g_assert_nonnull (note.brief);
        g_assert_true (g_str_has_suffix (note.explain, "."));
        g_assert_true (g_utf8_validate (note.explain, -1, NULL));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/http-note/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_note);
    }
  g_test_add_func ("/http-note/known", test_known);
  return g_test_run ();
}

#include "peer/doctor/doctor.h"

#include <string.h>

#include "accept.h"
#include "peer/doctor/doctor-private.h"
#include "wait.h"

#define DEADLINE_USEC (40 * G_TIME_SPAN_SECOND)

/* ---- What one answer tells: bodies as they were measured (FEATURES.md §4.5) */

#define OPEN_4 "0{\"sid\":\"QCzqnUWebVNZL8wrAAAA\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000"
#define OPEN_3 "0{\"sid\":\"0-bG52Rq9dQ8juwCAAAE\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":5000}"

typedef struct
{
  const char *name;
  guint       status;
  const char *body;
  SkySign     sign;
  gint        code;
  guint       revision;
  const char *version; /* of a session */
  gboolean    joined, msgpack;
} Vector;

static const Vector vectors[] = {
  { "v4", 200, OPEN_4 ",\"maxPayload\":1000000}", SKY_SIGN_ENGINE, -1, 4, "socket.io-4" },
  { "v4-more", 200, OPEN_4 ",\"maxPayload\":1000000}\x1e" "4hello", SKY_SIGN_ENGINE, -1, 4, "socket.io-4" },
  { "v4-early", 200, OPEN_4 "}", SKY_SIGN_ENGINE, -1, 4, "socket.io-3-or-4" },
  { "v3", 200, OPEN_3, SKY_SIGN_ENGINE, -1, 4, "socket.io-3" },
  { "v2", 200, "97:" OPEN_4 "}2:40", SKY_SIGN_ENGINE, -1, 3, "socket.io-2", .joined = TRUE },
  { "v2-msgpack", 200, "97:" OPEN_4 "}21:4{\"type\":0,\"nsp\":\"/\"}", SKY_SIGN_ENGINE, -1, 3, "socket.io-2", TRUE, TRUE },
  { "v2-bare", 200, "97:" OPEN_4 "}", SKY_SIGN_ENGINE, -1, 3, "socket.io-2" },
  { "v4-eio3", 200, "118:" OPEN_4 ",\"maxPayload\":1000000}2:40", SKY_SIGN_ENGINE, -1, 3, "socket.io-4-eio3", .joined = TRUE },
  { "code-0", 400, "{\"code\":0,\"message\":\"Transport unknown\"}", SKY_SIGN_REFUSAL, 0 },
  { "code-1", 400, "{\"code\":1,\"message\":\"Session ID unknown\"}", SKY_SIGN_REFUSAL, 1 },
  { "code-2", 400, "{\"code\":2,\"message\":\"Bad handshake method\"}", SKY_SIGN_REFUSAL, 2 },
  { "code-3", 400, "{\"code\":3,\"message\":\"Bad request\"}", SKY_SIGN_REFUSAL, 3 },
  { "code-4", 403, "{\"code\":4,\"message\":\"origin not allowed\"}", SKY_SIGN_REFUSAL, 4 },
  { "code-5", 400, "{\"code\":5,\"message\":\"Unsupported protocol version\"}", SKY_SIGN_REFUSAL, 5 },
  { "code-6", 400, "{\"code\":6,\"message\":\"?\"}", SKY_SIGN_OTHER, -1 },
  { "plain-0", 400, "Transport unknown", SKY_SIGN_REFUSAL, 0 },
  { "upgrade", 426, "Upgrade Required", SKY_SIGN_UPGRADE, -1 },
  { "redirect", 307, "", SKY_SIGN_REDIRECT, -1 },
  { "wall", 401, "<h1>401</h1>", SKY_SIGN_WALL, -1 },
  { "gateway", 502, "<h1>502</h1>", SKY_SIGN_BACKEND, -1 },
  { "https-port", 400, "<center>The plain HTTP request was sent to HTTPS port</center>", SKY_SIGN_TLS_PORT, -1 },
  { "not-found", 404, "<h1>404</h1>", SKY_SIGN_NOT_FOUND, -1 },
  { "page", 200, "\n<!doctype html>", SKY_SIGN_PAGE, -1 },
  { "text", 200, "hello", SKY_SIGN_OTHER, -1 },
  { "no-sid", 200, "0{\"upgrades\":[]}", SKY_SIGN_OTHER, -1 },
  { "digits", 200, "99999999999999999999:0{", SKY_SIGN_OTHER, -1 },
};

static void
read_signs (const Vector *v, gsize len, SkySigns *signs)
{
  g_autoptr(GBytes) body = g_bytes_new_take (g_memdup2 (v->body, len), len);
  SkyAsk ask = { .status = v->status, .body = body };

  sky_signs_read (&ask, signs);
}

static void
test_signs (gconstpointer data)
{
  const Vector *v = data;
  gsize len = strlen (v->body);
  const char *end = strchr (v->body, '}');
  g_auto(SkySigns) whole = { 0 };

  for (gsize cut = 0; cut < len; cut++)
    {
      g_auto(SkySigns) signs = { 0 };

      read_signs (v, cut, &signs);
      if (v->sign == SKY_SIGN_ENGINE)
        g_assert_cmpint (signs.sign == SKY_SIGN_ENGINE, ==, cut > (gsize) (end - v->body));
      if (v->body[0] == '{')
        g_assert_cmpint (signs.sign, !=, SKY_SIGN_REFUSAL);
    }
  read_signs (v, len, &whole);
  g_assert_cmpint (whole.sign, ==, v->sign);
  g_assert_cmpint (whole.code, ==, v->code);
  if (v->sign != SKY_SIGN_ENGINE)
    return;
  g_assert_cmpuint (whole.revision, ==, v->revision);
  g_assert_cmpstr (sky_doctor_version (&whole), ==, v->version);
  g_assert_true (whole.upgrades);
  g_assert_cmpint (whole.joined, ==, v->joined);
  g_assert_cmpint (whole.msgpack, ==, v->msgpack);
}

typedef struct
{
  const char *name, *bytes;
  gsize       len;
  gsize       need; /* fewer bytes tell nothing */
} Stranger;

#define BYTES(text) text, sizeof text - 1

static const Stranger strangers[] = {
  { "SSH", BYTES ("SSH-2.0-OpenSSH_9.2p1\r\n"), 4 },
  { "TLS", BYTES ("\x15\x03\x01\0\x02\x02\x46"), 2 },
  { "HTTP/2", BYTES ("\0\0\x12\x04\0\0\0\0\0\0\x03"), 9 },
  { "Redis", BYTES ("-ERR wrong number of arguments for 'get' command\r\n"), 17 },
  { "SMTP", BYTES ("220 mail.example ESMTP ready\r\n"), 3 },
  { "FTP", BYTES ("220 (vsFTPd 3.0.3)\r\n"), 3 },
  { "MySQL", BYTES ("J\0\0\0\n8.0.32\0........"), 14 },
  { "POP3", BYTES ("+OK ready\r\n"), 3 },
  { "IMAP", BYTES ("* OK ready\r\n"), 4 },
  { NULL, BYTES ("hello there"), 0 },
  { NULL, BYTES ("\0\0\0\0\0\0\0\0\0"), 0 },
};

static void
test_stranger (gconstpointer data)
{
  const Stranger *v = data;

  for (gsize cut = 0; cut <= v->len; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (v->bytes, cut);
      g_autofree char *name = sky_signs_name_stranger (part, cut);
      g_autofree char *shown = sky_signs_printable (part, cut);

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      if (v->name == NULL)
        g_assert_null (name);
      else if (cut == v->len)
        g_assert_nonnull (strstr (name, v->name));
      else if (cut < v->need)
        g_assert_null (name);
    }
}

static void
test_printable (void)
{
  g_autofree char *text = sky_signs_printable ((const guint8 *) "a\r\n\x01\xff\xc3\xa9\xc3", 8);

  g_assert_cmpstr (text, ==, "a\\n\\x01\\xff\xc3\xa9\\xc3");
}

/* ---- The whole examination, against a server that answers by a script */

typedef struct
{
  const char *request; /* how the request line begins; "WS " instead of "GET " for an upgrade */
  const char *answer;  /* status line, headers and body; NULL: a right 101, WRONG: a wrong one */
  const char *frame;   /* WebSocket: a text that is sent at once, … */
  const char *then;    /* … and one that follows what the client says */
} Line;

#define WRONG      "wrong"
#define CLOSE      "close" /* instead of a text: the line is cut */
#define ECHO       "echo"  /* instead of a text: what came comes back */
#define TEXT(text) "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" text
#define REFUSED(code, message)                                                                                         \
  "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n{\"code\":" #code ",\"message\":\"" message "\"}"
#define OPEN       OPEN_4 ",\"maxPayload\":1000000}"

typedef struct
{
  const char   *name;
  SkyProtocol   protocol;
  SkyTransports transports;
  Line          lines[8];
  const char   *found; /* an id that is among the findings */
  const char   *bad;   /* all that are bad */
  const char   *path;  /* of what is better, if that has one */
} Script;

#define SESSION { "GET /socket.io/?EIO=4&transport=polling&sid=", TEXT ("40{\"sid\":\"x\"}") },                          \
                { "GET /socket.io/?EIO=4&transport=polling", TEXT (OPEN) }, { "POST ", TEXT ("ok") }
#define SOCKET  { "WS /socket.io/?EIO=4&transport=websocket&sid=", NULL, NULL, "3probe" },                              \
                { "WS /socket.io/", NULL, OPEN, "40{\"sid\":\"x\"}" }

static const Script scripts[] = {
  { "socket.io-4", 0, 0, { SESSION, SOCKET }, "namespace", "" },
  { "no-sticky", 0, 0, { { "POST ", REFUSED (1, "Session ID unknown") }, SESSION, SOCKET }, "socket.io-4", "no-sticky" },
  { "no-post", 0, 0, { { "POST ", "HTTP/1.1 405 No\r\nConnection: close\r\n\r\n" }, SESSION, SOCKET }, "websocket-ok", "no-post" },
  { "stripped", 0, SKY_TRANSPORTS_WEBSOCKET, { SESSION, { "WS ", "HTTP/1.1 502 Bad\r\nServer: p\r\nConnection: close\r\n\r\n" } },
    "sticky", "no-upgrade" },
  { "wrong-accept", 0, SKY_TRANSPORTS_WEBSOCKET, { SESSION, { "WS ", WRONG } }, "sticky", "wrong-accept" },
  { "plain-wrong-accept", SKY_PROTOCOL_WEBSOCKET, 0, { { "WS /", WRONG } }, "reached", "wrong-accept" },
  { "plain", SKY_PROTOCOL_WEBSOCKET, 0, { { "WS /", NULL } }, "websocket", "" },
  { "not-socket.io", SKY_PROTOCOL_SOCKET_IO, 0,
    { { "GET ", "HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\n\r\n" }, { "WS / ", NULL } }, "websocket", "not-socket.io" },
  { "revision", 0, 0,
    { { "GET /socket.io/?EIO=4", REFUSED (5, "Unsupported protocol version") },
      { "GET /socket.io/?EIO=3", TEXT ("97:" OPEN_4 "}2:40") }, { "POST ", TEXT ("ok") },
      { "WS /socket.io/?EIO=3&transport=websocket&sid=", NULL, NULL, "3probe" }, { "WS ", NULL, OPEN, NULL } },
    "wrong-revision", "engine.io", "/socket.io/" },
  { "no-polling", 0, 0, { { "GET ", REFUSED (0, "Transport unknown") }, SOCKET }, "no-polling", "websocket-only" },
  { "forbidden", 0, 0, { { "GET ", REFUSED (4, "no") } }, "reached", "forbidden" },
  { "credentials", 0, 0, { { "GET ", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nConnection: close\r\n\r\n" } },
    "reached", "auth-required" },
  { "pages", 0, 0, { { "", TEXT ("<html>") } }, "reached", "only-pages" },
  { "circle", 0, 0, { { "", "HTTP/1.1 302 Found\r\nLocation: /socket.io/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" } },
    "redirect", "nothing-found" },
  { "cut", 0, 0, { { "", "" } }, "reached", "hangs-up" },
  { "half", 0, 0, { { "", "HTTP/1.1 200 O" } }, "reached", NULL },
  { "echo", 0, 0, { SESSION, { "WS /socket.io/?EIO=4&transport=websocket&sid=", NULL, NULL, "3probe" }, { "WS ", NULL, OPEN, ECHO } },
    "websocket-ok", "engine.io", "/socket.io/" },
  { "closes", 0, 0, { SESSION, { "WS /socket.io/?EIO=4&transport=websocket&sid=", NULL, NULL, "3probe" }, { "WS ", NULL, OPEN, CLOSE } },
    "upgrade", "connect-closed" },
  { "refused", 0, 0, { SESSION, { "WS ", NULL, OPEN, "44{\"message\":\"no\",\"data\":{\"code\":42}}" } }, "upgrade-fails", "namespace-refused" },
  { "elsewhere", 0, 0,
    { { "GET /engine.io/?EIO=4", TEXT (OPEN) }, { "POST ", TEXT ("ok") }, { "WS /engine.io/?EIO=4&transport=websocket&sid=", NULL, NULL, "3probe" },
      { "WS /engine.io/", NULL, OPEN, "40{\"sid\":\"x\"}" }, { "", "HTTP/1.1 404 No\r\nConnection: close\r\n\r\n" } },
    "namespace", "wrong-path", "/engine.io/" },
};

typedef struct
{
  GSocketService *service;
  guint16         port;
  const Script   *script;
  GCancellable   *cancellable;
  guint           n_lines; /* open ones */
} Server;

typedef struct
{
  Server            *server;
  GSocketConnection *socket;
  GByteArray        *heard;
  guint8             block[4096];
  const Line        *line; /* NULL until the head has come */
  gboolean           said;
} Talk;

static void talk_read (Talk *self);

static void
talk_free (Talk *self)
{
  self->server->n_lines--;
  g_io_stream_close (G_IO_STREAM (self->socket), NULL, NULL);
  g_object_unref (self->socket);
  g_byte_array_unref (self->heard);
  g_free (self);
}

static void
talk_send (Talk *self, const void *data, gsize len)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (self->socket)), data, len, NULL, NULL, NULL);
}

static void
talk_send_text (Talk *self, const char *text)
{
  gsize len = strlen (text);
  guint8 header[4] = { 0x81, (guint8) MIN (len, 126), (guint8) (len >> 8), (guint8) len };

  talk_send (self, header, len < 126 ? 2 : 4);
  talk_send (self, text, len);
}

static void
talk_accept (Talk *self, gboolean wrong)
{
  g_autofree char *accept = make_accept ((const char *) self->heard->data);
  g_autofree char *answer = NULL;

  if (wrong)
    accept[0] = accept[0] == 'A' ? 'B' : 'A';
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
  talk_send (self, answer, strlen (answer));
}

static const Line *
find_line (const Script *script, const char *head)
{
  static const Line missing = { "", "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nnothing here" };
  gboolean upgrade = strstr (head, "Sec-WebSocket-Key: ") != NULL;
  g_autofree char *request = upgrade ? g_strconcat ("WS ", head + strlen ("GET "), NULL) : g_strdup (head);

  for (guint i = 0; i < G_N_ELEMENTS (script->lines) && script->lines[i].request != NULL; i++)
    if (g_str_has_prefix (request, script->lines[i].request))
      return &script->lines[i];
  return &missing;
}

/* Returns: whether more is to be read */
static gboolean
talk_answer (Talk *self)
{
  self->line = find_line (self->server->script, (const char *) self->heard->data);
  if (self->line->answer != NULL && strcmp (self->line->answer, WRONG) != 0)
    {
      talk_send (self, self->line->answer, strlen (self->line->answer));
      return FALSE;
    }
  talk_accept (self, self->line->answer != NULL);
  if (self->line->frame != NULL)
    talk_send_text (self, self->line->frame);
  g_byte_array_set_size (self->heard, 0);
  return TRUE;
}

/* The first frame that came is answered; a Close ends the line. Returns: whether more is to be read */
static gboolean
talk_go_on (Talk *self)
{
  guint8 *data = self->heard->data;
  gsize len = self->heard->len >= 6 ? data[1] & 127 : G_MAXSIZE;

  if (len > 125 || self->heard->len < len + 6)
    return TRUE;
  if ((data[0] & 15) == 8)
    return FALSE;
  for (gsize i = 0; i < len; i++)
    data[6 + i] ^= data[2 + i % 4];
  if (self->line->then == NULL || self->said)
    return TRUE;
  self->said = TRUE;
  if (strcmp (self->line->then, CLOSE) == 0)
    return FALSE;
  if (strcmp (self->line->then, ECHO) == 0)
    {
      g_autofree char *text = g_strndup ((const char *) data + 6, len);

      talk_send_text (self, text);
    }
  else
    talk_send_text (self, self->line->then);
  g_byte_array_set_size (self->heard, 0);
  return TRUE;
}

static void
on_read (GObject *input, GAsyncResult *result, gpointer user_data)
{
  Talk *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (input), result, NULL);
  gboolean more = n > 0;

  if (more)
    {
      g_byte_array_append (self->heard, self->block, n);
      g_byte_array_append (self->heard, (const guint8 *) "", 1);
      g_byte_array_set_size (self->heard, self->heard->len - 1);
      if (self->line != NULL)
        more = talk_go_on (self);
      else if (strstr ((const char *) self->heard->data, "\r\n\r\n") != NULL)
        more = talk_answer (self);
    }
  if (more)
    talk_read (self);
  else
    talk_free (self);
}

static void
talk_read (Talk *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->socket)), self->block,
                             sizeof self->block, G_PRIORITY_DEFAULT, self->server->cancellable, on_read, self);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *socket, GObject *source, gpointer user_data)
{
  Talk *talk = g_new0 (Talk, 1);

  talk->server = user_data;
  talk->server->n_lines++;
  talk->socket = g_object_ref (socket);
  talk->heard = g_byte_array_new ();
  talk_read (talk);
  return TRUE;
}

static void
server_start (Server *self, const Script *script)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) address = NULL;
  GError *error = NULL;

  *self = (Server) { .script = script };
  self->cancellable = g_cancellable_new ();
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
}

static void
server_stop (Server *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->cancellable);
  WAIT (self->n_lines == 0);
  g_object_unref (self->service);
  g_object_unref (self->cancellable);
}

typedef struct
{
  SkyReport    *report;
  GError       *error;
  gboolean      over;
  guint         n_told;
  GCancellable *cancel_at_first; /* nullable */
} Outcome;

static void
on_finding (const SkyFinding *finding, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->n_told++;
  if (outcome->cancel_at_first != NULL)
    g_cancellable_cancel (outcome->cancel_at_first);
}

static void
on_examined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->over);
  outcome->over = TRUE;
  outcome->report = sky_doctor_finish (result, &outcome->error);
}

static void
check_findings (const Script *v, const SkyReport *report)
{
  g_autoptr(GString) all = g_string_new (NULL), bad = g_string_new (NULL);
  gboolean found = FALSE;

  for (guint i = 0; i < report->findings->len; i++)
    {
      const SkyFinding *finding = report->findings->pdata[i];

      g_assert_cmpstr (finding->title, !=, "");
      g_assert_nonnull (finding->evidence);
      found |= strcmp (finding->id, v->found) == 0;
      g_string_append_printf (all, "%s ", finding->id);
      if (finding->level == SKY_FINDING_BAD)
        g_string_append_printf (bad, "%s%s", bad->len > 0 ? "," : "", finding->id);
    }
  g_test_message ("%s: %s", all->str, report->verdict);
  g_assert_true (found);
  if (v->bad != NULL)
    g_assert_cmpstr (bad->str, ==, v->bad);
  g_assert_cmpstr (report->better != NULL ? report->better->path : NULL, ==, v->path);
}

static void
test_script (gconstpointer data)
{
  const Script *v = data;
  Server server;
  Outcome outcome = { 0 };
  g_autofree char *url = NULL;
  g_autoptr(SkyProfile) profile = NULL;

  server_start (&server, v);
  url = g_strdup_printf ("%s://127.0.0.1:%u/", v->protocol == SKY_PROTOCOL_WEBSOCKET ? "ws" : "http", server.port);
  profile = sky_profile_new (url);
  profile->protocol = v->protocol;
  profile->transports = v->transports;
  profile->proxy = g_strdup ("none");
  sky_doctor_async (profile, NULL, on_finding, &outcome, NULL, on_examined, &outcome);
  WAIT (outcome.over);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_told, ==, outcome.report->findings->len);
  check_findings (v, outcome.report);
  sky_report_free (outcome.report);
  server_stop (&server);
}

/* Cancelled before it begins, at its first finding, and by chance in between: it ends with that, once. */
static void
test_cancel (gconstpointer data)
{
  guint n_turns = GPOINTER_TO_UINT (data);
  Server server;
  Outcome outcome = { 0 };
  gboolean was_over;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autofree char *url = NULL;
  g_autoptr(SkyProfile) profile = NULL;

  server_start (&server, &scripts[0]);
  url = g_strdup_printf ("http://127.0.0.1:%u/", server.port);
  profile = sky_profile_new (url);
  profile->proxy = g_strdup ("none");
  if (n_turns == 0)
    outcome.cancel_at_first = cancellable;
  else if (n_turns == 1)
    g_cancellable_cancel (cancellable);
  sky_doctor_async (profile, store, on_finding, &outcome, cancellable, on_examined, &outcome);
  for (guint i = 0; n_turns > 1 && i < n_turns && !outcome.over; i++)
    g_main_context_iteration (NULL, FALSE);
  was_over = outcome.over; /* how many turns it takes is GLib's business */
  if (n_turns > 1)
    g_cancellable_cancel (cancellable);
  WAIT (outcome.over);
  if (was_over)
    g_assert_no_error (outcome.error);
  else
    g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (was_over == (outcome.report != NULL));
  g_assert_true (n_turns > 30 || !was_over); /* else nothing was cancelled in between */
  g_clear_pointer (&outcome.report, sky_report_free);
  g_clear_error (&outcome.error);
  server_stop (&server);
}

static void
test_address (void)
{
  g_autoptr(SkyProfile) profile = sky_profile_new ("ftp://example.org");
  Outcome outcome = { 0 };

  sky_doctor_async (profile, NULL, NULL, NULL, NULL, on_examined, &outcome);
  WAIT (outcome.over);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_error_free (outcome.error);
}

int
main (int argc, char **argv)
{
  static const guint turns[] = { 0, 1, 2, 5, 9, 14, 20, 30, 45, 70, 100 };
  int failed;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/doctor/signs/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_signs);
    }
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/doctor/stranger/%u", i);

      g_test_add_data_func (path, &strangers[i], test_stranger);
    }
  g_test_add_func ("/doctor/printable", test_printable);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *path = g_strconcat ("/doctor/script/", scripts[i].name, NULL);

      g_test_add_data_func (path, &scripts[i], test_script);
    }
  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      g_autofree char *path = g_strdup_printf ("/doctor/cancel/%u", turns[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (turns[i]), test_cancel);
    }
  g_test_add_func ("/doctor/address", test_address);
  failed = g_test_run ();
  /* The leak checker stumbles over an idle thread that a TLS handshake failed in: its modules were loaded late. */
  g_thread_pool_set_max_unused_threads (0);
  g_thread_pool_stop_unused_threads ();
  g_usleep (G_USEC_PER_SEC / 10);
  return failed;
}

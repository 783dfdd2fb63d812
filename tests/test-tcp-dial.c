#include "tcp/tcp-dial.h"

#include "tcp/tcp-listen.h"
#include "tcp/tcp-tap.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)

/* What the server of a test does with whoever comes. */
typedef enum
{
  SERVE_SILENCE,
  SERVE_PLAIN, /* answers whatever it is told in HTTP without TLS */
  SERVE_CLOSE,
  SERVE_RESET,
  SERVE_TLS,
} Serve;

typedef struct
{
  SkyTcpListen    *listen;
  Serve            serve;
  GTlsCertificate *certificate;
  GIOStream       *stream; /* the connection that came last */
} Server;

/* A dial and what came of it. */
typedef struct
{
  gboolean   done;
  GIOStream *stream;
  GError    *error;
  GString   *steps; /* "0 localhost|1 localhost|…" */
  gint64     last_usec;
} Outcome;

static char *folder;

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (gboolean *done)
{
  gint64 deadline_usec = g_get_monotonic_time () + DEADLINE_USEC;
  guint wake_id = g_timeout_add (20, on_wake, NULL);

  while (!*done && g_get_monotonic_time () < deadline_usec)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake_id);
  g_assert_true (*done);
}

static gboolean
on_plain_input (GObject *input, gpointer user_data)
{
  Server *server = user_data;
  char got[4096];

  if (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), got, sizeof got,
                                                NULL, NULL)
      > 0)
    g_output_stream_write (g_io_stream_get_output_stream (server->stream),
                           "HTTP/1.1 400 Bad Request\r\n\r\n", 28, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_incoming (SkyTcpListen *listen, GSocketConnection *connection, gpointer user_data)
{
  Server *server = user_data;
  g_autoptr(SkyTcpTap) tap = NULL;
  g_autoptr(GSource) source = NULL;

  g_clear_object (&server->stream);
  server->stream = g_object_ref (G_IO_STREAM (connection));
  switch (server->serve)
    {
    case SERVE_SILENCE:
      break;
    case SERVE_PLAIN:
      source = g_pollable_input_stream_create_source (
          G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (server->stream)), NULL);
      g_source_set_callback (source, G_SOURCE_FUNC (on_plain_input), server, NULL);
      g_source_attach (source, NULL);
      break;
    case SERVE_CLOSE:
      g_io_stream_close (server->stream, NULL, NULL);
      break;
    case SERVE_RESET:
      tap = sky_tcp_tap_new (server->stream, NULL, NULL);
      sky_tcp_tap_cut (tap);
      break;
    case SERVE_TLS:
      g_object_unref (server->stream);
      server->stream
          = g_tls_server_connection_new (G_IO_STREAM (connection), server->certificate, NULL);
      g_tls_connection_handshake_async (G_TLS_CONNECTION (server->stream), 0, NULL, NULL, NULL);
      break;
    }
}

static void
server_init (Server *server, Serve serve, const char *bind, const char *certificate)
{
  g_autoptr(GError) error = NULL;

  *server = (Server){ .serve = serve };
  if (certificate != NULL)
    {
      g_autofree char *cert = g_strdup_printf ("%s/%s.pem", folder, certificate);
      g_autofree char *key = g_strdup_printf ("%s/%s.key", folder, certificate);

      server->certificate = g_tls_certificate_new_from_files (cert, key, &error);
      g_assert_no_error (error);
    }
  server->listen = sky_tcp_listen_new (bind, 0, &error);
  g_assert_no_error (error);
  g_signal_connect (server->listen, "incoming", G_CALLBACK (on_incoming), server);
}

static void
server_clear (Server *server)
{
  g_assert_finalize_object (server->listen);
  g_clear_object (&server->certificate);
  g_clear_object (&server->stream);
}

static void
on_step (SkyTcpDial *dial, int step, gint64 time_usec, const char *detail, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_cmpint (time_usec, >=, outcome->last_usec);
  outcome->last_usec = time_usec;
  g_string_append_printf (outcome->steps, "%d %s|", step, detail);
}

static void
on_dialled (GObject *dial, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->stream = sky_tcp_dial_finish (SKY_TCP_DIAL (dial), result, &outcome->error);
  outcome->done = TRUE;
}

static void
dial (Outcome *outcome, const SkyTcpTarget *target, GCancellable *cancellable)
{
  SkyTcpDial *self = sky_tcp_dial_new (target);

  *outcome = (Outcome){ .steps = g_string_new (NULL) };
  g_signal_connect (self, "step", G_CALLBACK (on_step), outcome);
  sky_tcp_dial_async (self, cancellable, on_dialled, outcome);
  wait_for (&outcome->done);
  g_assert_true ((outcome->stream != NULL) == (outcome->error == NULL));
  if (outcome->error != NULL)
    g_test_message ("%s %s", outcome->error->message, sky_tcp_error_advice (outcome->error->code));
  g_test_message ("%s", outcome->steps->str);
  g_assert_finalize_object (self);
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_object (&outcome->stream);
  g_clear_error (&outcome->error);
  g_string_free (outcome->steps, TRUE);
}

static void
assert_failed (Outcome *outcome, SkyTcpError code, const char *sentence)
{
  g_assert_error (outcome->error, SKY_TCP_ERROR, (int) code);
  if (strstr (outcome->error->message, sentence) == NULL)
    g_assert_cmpstr (outcome->error->message, ==, sentence);
  outcome_clear (outcome);
}

static void
test_plain (gconstpointer bind)
{
  Server server;
  Outcome outcome;
  g_autofree char *where = NULL;
  g_autofree char *connected = NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  server_init (&server, SERVE_SILENCE, bind, NULL);
  dial (&outcome, &(SkyTcpTarget){ .host = bind, .port = sky_tcp_listen_get_port (server.listen) },
        NULL);
  g_assert_no_error (outcome.error);
  where = g_strdup_printf (strchr (bind, ':') != NULL ? "[%s]:%u" : "%s:%u", (const char *) bind,
                           sky_tcp_listen_get_port (server.listen));
  connected = g_strdup_printf ("0 %s|1 %s|2 %s|3 %s|", (const char *) bind, (const char *) bind,
                               where, where);
  g_assert_cmpstr (outcome.steps->str, ==, connected);
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_cmpstr (facts.remote, ==, where);
  g_assert_cmpstr (facts.local, !=, where);
  g_assert_false (facts.tls);
  outcome_clear (&outcome);
  server_clear (&server);
}

static void
test_bracketed (void)
{
  Server server;
  Outcome outcome;

  server_init (&server, SERVE_SILENCE, "::1", NULL);
  dial (&outcome,
        &(SkyTcpTarget){ .host = "[::1]", .port = sky_tcp_listen_get_port (server.listen) }, NULL);
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);
  server_clear (&server);
}

static void
test_refused (void)
{
  Server server;
  Outcome outcome;
  guint16 port;
  g_autofree char *sentence = NULL;

  server_init (&server, SERVE_SILENCE, "127.0.0.1", NULL);
  port = sky_tcp_listen_get_port (server.listen);
  server_clear (&server);
  sentence = g_strdup_printf ("Nothing listens on localhost:%u: the connection was refused.", port);
  dial (&outcome, &(SkyTcpTarget){ .host = "localhost", .port = port }, NULL);
  assert_failed (&outcome, SKY_TCP_ERROR_REFUSED, sentence);
}

/* RFC 6761 §6.4: no name under .invalid exists; a resolver out of reach is slow to say so. */
static void
test_no_name (void)
{
  Outcome outcome;

  dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80, .timeout_msec = 3000 },
        NULL);
  if (g_error_matches (outcome.error, SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT))
    {
      g_test_skip ("the resolver does not answer");
      outcome_clear (&outcome);
      return;
    }
  assert_failed (&outcome, SKY_TCP_ERROR_NAME, "“sockeye.invalid”");
}

static void
on_cancel_step (gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
test_cancel (void)
{
  Server server;
  Outcome outcome;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GCancellable) already = g_cancellable_new ();
  SkyTcpTarget target = { .host = "127.0.0.1", .tls = TRUE };

  server_init (&server, SERVE_SILENCE, "127.0.0.1", NULL);
  target.port = sky_tcp_listen_get_port (server.listen);
  g_timeout_add_once (100, on_cancel_step, cancellable);
  dial (&outcome, &target, cancellable);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  g_cancellable_cancel (already);
  dial (&outcome, &target, already);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  outcome_clear (&outcome);
  server_clear (&server);
}

/* What a server that does not speak TLS makes of a dial that wants it. */
typedef struct
{
  const char  *name;
  Serve        serve;
  SkyTcpError  code;
  const char  *sentence;
} Mistake;

static const Mistake mistakes[] = {
  { "silent", SERVE_SILENCE, SKY_TCP_ERROR_TIMEOUT, "the TLS handshake was not over after 0.3 s." },
  { "plain", SERVE_PLAIN, SKY_TCP_ERROR_NOT_TLS, "does not speak TLS." },
  { "closes", SERVE_CLOSE, SKY_TCP_ERROR_RESET, "during the TLS handshake." },
  { "resets", SERVE_RESET, SKY_TCP_ERROR_RESET, "cut the line" },
};

static void
test_mistake (gconstpointer data)
{
  const Mistake *mistake = data;
  Server server;
  Outcome outcome;
  SkyTcpTarget target = { .host = "127.0.0.1", .tls = TRUE };

  server_init (&server, mistake->serve, "127.0.0.1", NULL);
  target.port = sky_tcp_listen_get_port (server.listen);
  target.timeout_msec = mistake->serve == SERVE_SILENCE ? 300 : 0;
  dial (&outcome, &target, NULL);
  assert_failed (&outcome, mistake->code, mistake->sentence);
  server_clear (&server);
}

typedef struct
{
  const char *name;
  const char *certificate, *ca;
  const char *host;
  gboolean    insecure;
  int         code; /* -1: it succeeds */
  const char *sentence;
} Trust;

static const Trust trusts[] = {
  { "self-signed", "good", NULL, "localhost", FALSE, SKY_TCP_ERROR_TLS_UNTRUSTED,
    "The certificate of localhost was not issued by an authority that this computer trusts "
    "(self-signed)." },
  { "trusted", "good", "good", "localhost", FALSE, -1, NULL },
  { "trusted-address", "good", "good", "127.0.0.1", FALSE, -1, NULL },
  { "other-authority", "good", "other", "localhost", FALSE, SKY_TCP_ERROR_TLS_UNTRUSTED,
    "The certificate of localhost was not issued by an authority in “" },
  { "wrong-name", "other", "other", "localhost", FALSE, SKY_TCP_ERROR_TLS_NAME,
    "The certificate of localhost is for another name: other.example, www.other.example." },
  { "expired", "expired", "expired", "localhost", FALSE, SKY_TCP_ERROR_TLS_EXPIRED,
    "The certificate of localhost expired on 20" },
  { "insecure", "good", NULL, "localhost", TRUE, -1, NULL },
  { "insecure-expired", "expired", NULL, "localhost", TRUE, -1, NULL },
  { "no-such-file", "good", "missing", "localhost", FALSE, SKY_TCP_ERROR_FAILED,
    "No authorities can be read from" },
};

static void
test_trust (gconstpointer data)
{
  const Trust *trust = data;
  Server server;
  Outcome outcome;
  g_autofree char *ca = trust->ca != NULL ? g_strdup_printf ("%s/%s.pem", folder, trust->ca) : NULL;
  SkyTcpTarget target
      = { .host = trust->host, .tls = TRUE, .insecure = trust->insecure, .ca_file = ca };
  g_auto(SkyTcpFacts) facts = { 0 };

  server_init (&server, SERVE_TLS, "127.0.0.1", trust->certificate);
  target.port = sky_tcp_listen_get_port (server.listen);
  dial (&outcome, &target, NULL);
  if (trust->code >= 0)
    {
      assert_failed (&outcome, (SkyTcpError) trust->code, trust->sentence);
      server_clear (&server);
      return;
    }
  g_assert_no_error (outcome.error);
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_true (facts.tls);
  g_assert_cmpstr (facts.tls_version, ==, "TLS 1.3");
  g_assert_nonnull (strstr (outcome.steps->str, "|5 "));
  g_assert_nonnull (strstr (outcome.steps->str, "|6 TLS 1.3 · "));
  g_assert_nonnull (strstr (outcome.steps->str, facts.tls_cipher));
  g_assert_true (strchr (facts.tls_cipher, '_') == NULL);
  g_assert_cmpstr (facts.tls_subject, ==, "CN=localhost");
  g_assert_cmpstr (facts.tls_issuer, ==, "CN=localhost");
  g_assert_cmpint (facts.tls_expires, !=, 0);
  g_assert_true (facts.tls_trusted == !trust->insecure);
  outcome_clear (&outcome);
  server_clear (&server);
}

static void
on_tap (SkyTcpTapEvent event, const guint8 *data, gsize len, gint64 time_usec, const GError *error,
        gpointer user_data)
{
  GString *log = user_data;

  switch (event)
    {
    case SKY_TCP_TAP_READ:
    case SKY_TCP_TAP_WRITTEN:
      g_string_append_len (log, (const char *) data, (gssize) len);
      break;
    case SKY_TCP_TAP_END:
      g_string_append (log, error != NULL ? "<broken>" : "<end>");
      break;
    case SKY_TCP_TAP_CLOSED:
      g_string_append (log, "<closed>");
      break;
    }
}

static void
on_read (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_input_stream_read_finish (G_INPUT_STREAM (stream), result, NULL);
  *(gboolean *) user_data = TRUE;
}

static void
on_closed (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (g_io_stream_close_finish (G_IO_STREAM (stream), result, NULL));
  *(gboolean *) user_data = TRUE;
}

static void
tap_put (SkyTcpTap *tap, const char *text)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (tap));
  gssize len = (gssize) strlen (text);

  g_assert_cmpint (g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output),
                                                               text, strlen (text), NULL, NULL),
                   ==, len);
}

static void
tap_get (SkyTcpTap *tap)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (tap));
  gboolean done = FALSE;
  char got[64];

  g_input_stream_read_async (input, got, sizeof got, G_PRIORITY_DEFAULT, NULL, on_read, &done);
  wait_for (&done);
}

/* Above TLS the tap shows what was said, and an end in order is told from a cut. */
static void
test_tap_over_tls (gconstpointer data)
{
  gboolean cut = GPOINTER_TO_INT (data);
  Server server;
  Outcome outcome;
  g_autoptr(GString) here = g_string_new (NULL), there = g_string_new (NULL);
  SkyTcpTap *a, *b;
  gboolean done = FALSE;

  server_init (&server, SERVE_TLS, "127.0.0.1", "good");
  dial (&outcome,
        &(SkyTcpTarget){ .host = "localhost",
                         .port = sky_tcp_listen_get_port (server.listen),
                         .tls = TRUE,
                         .insecure = TRUE },
        NULL);
  g_assert_no_error (outcome.error);
  a = sky_tcp_tap_new (outcome.stream, on_tap, here);
  b = sky_tcp_tap_new (server.stream, on_tap, there);
  tap_put (a, "hel");
  tap_put (a, "lo ");
  tap_get (b);
  tap_put (b, "world");
  tap_get (a);
  g_assert_cmpstr (here->str, ==, "hello world");
  g_assert_cmpstr (there->str, ==, "hello world");
  tap_put (a, "!");
  if (cut)
    sky_tcp_tap_cut (a);
  else
    {
      g_io_stream_close_async (G_IO_STREAM (a), G_PRIORITY_DEFAULT, NULL, on_closed, &done);
      wait_for (&done);
      tap_get (b);
    }
  tap_get (b);
  g_assert_cmpstr (here->str, ==, cut ? "hello world<closed>" : "hello world!<closed>");
  g_assert_cmpstr (there->str, ==, cut ? "hello world<broken>" : "hello world!<end>");
  g_assert_finalize_object (a);
  g_assert_finalize_object (b);
  outcome_clear (&outcome);
  server_clear (&server);
}

static void
test_advice (void)
{
  for (int code = SKY_TCP_ERROR_NAME; code <= SKY_TCP_ERROR_FAILED; code++)
    g_assert_true (g_str_has_suffix (sky_tcp_error_advice (code), "."));
}

static gboolean
run (const char *const *argv)
{
  int status;

  return g_spawn_sync (NULL, (char **) argv, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                           | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* Makes NAME.pem and NAME.key in the folder; no key is kept in the source. */
static gboolean
make_certificate (const char *name, const char *subject, const char *alternative)
{
  g_autofree char *cert = g_strdup_printf ("%s/%s.pem", folder, name);
  g_autofree char *key = g_strdup_printf ("%s/%s.key", folder, name);
  const char *argv[] = {
    "openssl", "req",     "-x509",   "-newkey",   "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes",  "-keyout", key,       "-out",      cert, "-days",    "2",
    "-subj",   subject,   "-addext", alternative, NULL
  };

  return run (argv);
}

/* The same as "good", with the same key, but its time was over a day ago. */
static gboolean
make_expired (void)
{
  g_autofree char *good = g_strdup_printf ("%s/good.pem", folder),
                  *good_key = g_strdup_printf ("%s/good.key", folder);
  g_autofree char *cert = g_strdup_printf ("%s/expired.pem", folder),
                  *key = g_strdup_printf ("%s/expired.key", folder);
  const char *argv[]
      = { "openssl", "x509", "-in", good, "-signkey", good_key, "-days", "-1", "-out", cert, NULL };
  const char *copy[] = { "cp", good_key, key, NULL };

  return run (argv) && run (copy);
}

static gboolean
make_certificates (void)
{
  folder = g_dir_make_tmp ("sky-dial-XXXXXX", NULL);
  return make_certificate ("good", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1")
         && make_certificate ("other", "/CN=other.example",
                              "subjectAltName=DNS:other.example,DNS:www.other.example")
         && make_expired ();
}

static void
remove_certificates (void)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

static void
add_tls_tests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (trusts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tcp-dial/trust/%s", trusts[i].name);

      g_test_add_data_func (path, &trusts[i], test_trust);
    }
  g_test_add_data_func ("/tcp-dial/tap-over-tls/close", GINT_TO_POINTER (FALSE), test_tap_over_tls);
  g_test_add_data_func ("/tcp-dial/tap-over-tls/cut", GINT_TO_POINTER (TRUE), test_tap_over_tls);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tcp-dial/plain/ipv4", "127.0.0.1", test_plain);
  g_test_add_data_func ("/tcp-dial/plain/ipv6", "::1", test_plain);
  g_test_add_func ("/tcp-dial/plain/bracketed", test_bracketed);
  g_test_add_func ("/tcp-dial/refused", test_refused);
  g_test_add_func ("/tcp-dial/no-name", test_no_name);
  g_test_add_func ("/tcp-dial/cancel", test_cancel);
  g_test_add_func ("/tcp-dial/advice", test_advice);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tcp-dial/mistake/%s", mistakes[i].name);

      g_test_add_data_func (path, &mistakes[i], test_mistake);
    }
  if (make_certificates ())
    add_tls_tests ();
  status = g_test_run ();
  remove_certificates ();
  return status;
}

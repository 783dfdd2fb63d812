#include "tcp-rig.h"

#include "tcp/tcp-tap.h"

#include <string.h>

static void
test_plain (gconstpointer bind)
{
  RigServer server;
  RigOutcome outcome;
  g_autofree char *where = NULL;
  g_autofree char *connected = NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_SILENCE, bind, NULL);
  rig_dial (&outcome, &(SkyTcpTarget){ .host = bind, .port = sky_tcp_listen_get_port (server.listen) },
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
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

static void
test_bracketed (void)
{
  RigServer server;
  RigOutcome outcome;

  rig_server_init (&server, RIG_SERVE_SILENCE, "::1", NULL);
  rig_dial (&outcome,
        &(SkyTcpTarget){ .host = "[::1]", .port = sky_tcp_listen_get_port (server.listen) }, NULL);
  g_assert_no_error (outcome.error);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

static void
test_refused (void)
{
  RigServer server;
  RigOutcome outcome;
  guint16 port;
  g_autofree char *sentence = NULL;

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  port = sky_tcp_listen_get_port (server.listen);
  rig_server_clear (&server);
  sentence = g_strdup_printf ("Nothing listens on localhost:%u: the connection was refused.", port);
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "localhost", .port = port }, NULL);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_REFUSED, sentence);
}

/* "localhost" has two addresses (RFC 6761 §6.3); the first refuses, and the steps say so. */
static void
test_second_address (void)
{
  RigServer server;
  RigOutcome outcome;
  guint16 port;
  g_autofree char *steps = NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  port = sky_tcp_listen_get_port (server.listen);
  rig_dial (&outcome, &(SkyTcpTarget){ .host = "localhost", .port = port }, NULL);
  g_assert_no_error (outcome.error);
  steps = g_strdup_printf ("0 localhost|1 localhost|2 [::1]:%u|2 127.0.0.1:%u|3 127.0.0.1:%u|", port,
                           port, port);
  g_assert_cmpstr (outcome.steps->str, ==, steps);
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_true (g_str_has_prefix (facts.remote, "127.0.0.1:"));
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* Run by test_offline() where there is no network at all. */
static void
dial_offline (void)
{
  static const char *const hosts[] = { "192.0.2.1", "2001:db8::1", "example.org" }; /* RFC 5737, 3849 */
  RigOutcome outcome;

  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      gint64 began_usec = g_get_monotonic_time ();
      gboolean name = i == 2;
      int code = name ? SKY_TCP_ERROR_NAME : SKY_TCP_ERROR_UNREACHABLE;

      rig_dial (&outcome, &(SkyTcpTarget){ .host = hosts[i], .port = 80 }, NULL);
      g_assert_cmpint (g_get_monotonic_time () - began_usec, <, 5 * G_TIME_SPAN_SECOND);
      g_assert_nonnull (strstr (sky_tcp_error_advice (code), "that this computer is online"));
      rig_assert_failed (&outcome, (SkyTcpError) code, hosts[i]);
    }
}

/* Runs a program without a network: root may do so by itself, others as root of a space of their own. */
static gboolean
run_offline (const char *program, const char *option)
{
  return rig_run ((const char *[]) { "unshare", "--net", program, option, NULL })
         || rig_run ((const char *[]) { "unshare", "--user", "--net", program, option, NULL });
}

static void
test_offline (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);

  g_assert_true (run_offline (self, "--offline"));
}

/* RFC 6761 §6.4: no name under .invalid exists; a resolver out of reach is slow to say so. */
static void
test_no_name (void)
{
  RigOutcome outcome;

  rig_dial (&outcome, &(SkyTcpTarget){ .host = "sockeye.invalid", .port = 80, .timeout_msec = 3000 },
        NULL);
  if (g_error_matches (outcome.error, SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT))
    {
      g_test_skip ("the resolver does not answer");
      rig_outcome_clear (&outcome);
      return;
    }
  rig_assert_failed (&outcome, SKY_TCP_ERROR_NAME, "“sockeye.invalid”");
}

static void
on_cancel_step (gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
test_cancel (void)
{
  RigServer server;
  RigOutcome outcome;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GCancellable) already = g_cancellable_new ();
  SkyTcpTarget target = { .host = "127.0.0.1", .tls = TRUE };

  rig_server_init (&server, RIG_SERVE_SILENCE, "127.0.0.1", NULL);
  target.port = sky_tcp_listen_get_port (server.listen);
  g_timeout_add_once (100, on_cancel_step, cancellable);
  rig_dial (&outcome, &target, cancellable);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  rig_outcome_clear (&outcome);
  g_cancellable_cancel (already);
  rig_dial (&outcome, &target, already);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* What a server that does not speak TLS makes of a dial that wants it. */
typedef struct
{
  const char  *name;
  RigServe        serve;
  SkyTcpError  code;
  const char  *sentence;
} Mistake;

static const Mistake mistakes[] = {
  { "silent", RIG_SERVE_SILENCE, SKY_TCP_ERROR_TIMEOUT, "the TLS handshake was not over after 0.3 s." },
  { "plain", RIG_SERVE_PLAIN, SKY_TCP_ERROR_NOT_TLS, "does not speak TLS." },
  { "closes", RIG_SERVE_CLOSE, SKY_TCP_ERROR_RESET, "during the TLS handshake." },
  { "resets", RIG_SERVE_RESET, SKY_TCP_ERROR_RESET, "cut the line" },
};

static void
test_mistake (gconstpointer data)
{
  const Mistake *mistake = data;
  RigServer server;
  RigOutcome outcome;
  SkyTcpTarget target = { .host = "127.0.0.1", .tls = TRUE };

  rig_server_init (&server, mistake->serve, "127.0.0.1", NULL);
  target.port = sky_tcp_listen_get_port (server.listen);
  target.timeout_msec = mistake->serve == RIG_SERVE_SILENCE ? 300 : 0;
  rig_dial (&outcome, &target, NULL);
  rig_assert_failed (&outcome, mistake->code, mistake->sentence);
  rig_server_clear (&server);
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
  { "no-such-file", "good", "missing", "localhost", FALSE, SKY_TCP_ERROR_FILE,
    "No authorities can be read from" },
};

static void
test_trust (gconstpointer data)
{
  const Trust *trust = data;
  RigServer server;
  RigOutcome outcome;
  g_autofree char *ca = trust->ca != NULL ? g_strdup_printf ("%s/%s.pem", rig_folder, trust->ca) : NULL;
  SkyTcpTarget target
      = { .host = trust->host, .tls = TRUE, .insecure = trust->insecure, .ca_file = ca };
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_TLS, "127.0.0.1", trust->certificate);
  target.port = sky_tcp_listen_get_port (server.listen);
  rig_dial (&outcome, &target, NULL);
  if (trust->code >= 0)
    {
      rig_assert_failed (&outcome, (SkyTcpError) trust->code, trust->sentence);
      rig_server_clear (&server);
      return;
    }
  g_assert_no_error (outcome.error);
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_true (facts.tls);
  g_assert_cmpstr (facts.tls_version, ==, "TLS 1.3");
  g_assert_nonnull (strstr (outcome.steps->str, "|5 "));
  g_assert_nonnull (strstr (outcome.steps->str, "|6 TLS 1.3, "));
  g_assert_nonnull (strstr (outcome.steps->str, facts.tls_cipher));
  g_assert_true (strchr (facts.tls_cipher, '_') == NULL);
  g_assert_cmpstr (facts.certificate->subject, ==, "CN=localhost");
  g_assert_cmpstr (facts.certificate->issuer, ==, "CN=localhost");
  g_assert_cmpint (facts.certificate->valid_until, !=, 0);
  g_assert_true (facts.tls_trusted == !trust->insecure);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
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
  rig_wait_for (&done);
}

/* Above TLS the tap shows what was said, and an end in order is told from a cut. */
static void
test_tap_over_tls (gconstpointer data)
{
  gboolean cut = GPOINTER_TO_INT (data);
  RigServer server;
  RigOutcome outcome;
  g_autoptr(GString) here = g_string_new (NULL), there = g_string_new (NULL);
  SkyTcpTap *a, *b;
  gboolean done = FALSE;

  rig_server_init (&server, RIG_SERVE_TLS, "127.0.0.1", "good");
  rig_dial (&outcome,
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
      rig_wait_for (&done);
      tap_get (b);
    }
  tap_get (b);
  g_assert_cmpstr (here->str, ==, cut ? "hello world<closed>" : "hello world!<closed>");
  g_assert_cmpstr (there->str, ==, cut ? "hello world<broken>" : "hello world!<end>");
  g_assert_finalize_object (a);
  g_assert_finalize_object (b);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

static void
test_advice (void)
{
  for (int code = SKY_TCP_ERROR_NAME; code <= SKY_TCP_ERROR_TLS_ASKS; code++)
    g_assert_true (g_str_has_suffix (sky_tcp_error_advice (code), "."));
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

  if (argc == 2 && g_str_equal (argv[1], "--offline"))
    {
      dial_offline ();
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tcp-dial/plain/ipv4", "127.0.0.1", test_plain);
  g_test_add_data_func ("/tcp-dial/plain/ipv6", "::1", test_plain);
  g_test_add_func ("/tcp-dial/plain/bracketed", test_bracketed);
  g_test_add_func ("/tcp-dial/refused", test_refused);
  g_test_add_func ("/tcp-dial/second-address", test_second_address);
  if (run_offline ("true", NULL)) /* some sandboxes let nobody go offline */
    g_test_add_func ("/tcp-dial/offline", test_offline);
  g_test_add_func ("/tcp-dial/no-name", test_no_name);
  g_test_add_func ("/tcp-dial/cancel", test_cancel);
  g_test_add_func ("/tcp-dial/advice", test_advice);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tcp-dial/mistake/%s", mistakes[i].name);

      g_test_add_data_func (path, &mistakes[i], test_mistake);
    }
  if (rig_make_certificates ())
    add_tls_tests ();
  status = g_test_run ();
  rig_remove_certificates ();
  return status;
}

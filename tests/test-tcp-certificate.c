#include "tcp-rig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define DAY 86400 /* seconds */

/* Dials @certificate on loopback as "localhost". */
static void
dial_tls (RigServer *server, RigOutcome *outcome, const char *certificate, SkyTcpTarget target)
{
  rig_server_init (server, RIG_SERVE_TLS, "127.0.0.1", certificate);
  target.host = "localhost";
  target.tls = TRUE;
  target.port = sky_tcp_listen_get_port (server->listen);
  rig_dial (outcome, &target, NULL);
}

/* Another program's opinion. */
static char *
ask_fingerprint (const char *name)
{
  g_autofree char *path = rig_path (name, "pem"), *answer = NULL;
  const char *argv[] = { "openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha256", NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &answer,
                               NULL, NULL, NULL));
  g_strchomp (answer);
  g_assert_nonnull (strchr (answer, '='));
  return g_strdup (strchr (answer, '=') + 1);
}

/* A certificate that is refused is shown. */
typedef struct
{
  const char *name, *ca;
  const char *subject, *issuer, *names;
  gint64      valid_until_day; /* from now */
  const char *problems;        /* how each goes on after "The certificate of localhost " */
} Refusal;

static const Refusal refusals[] = {
  { "good", NULL, "CN=localhost", "CN=localhost", "localhost 127.0.0.1", 2,
    "was not issued by an authority that this computer trusts (self-signed)." },
  { "other", "other", "CN=other.example", "CN=other.example", "other.example www.other.example", 2,
    "is for another name: other.example, www.other.example." },
  { "other", NULL, "CN=other.example", "CN=other.example", "other.example www.other.example", 2,
    "was not issued by an authority that this computer trusts (self-signed).|"
    "is for another name: other.example, www.other.example." },
  { "expired", NULL, "CN=localhost", "CN=localhost", "", -1,
    "was not issued by an authority that this computer trusts (self-signed).|expired on 20" },
  { "expired", "expired", "CN=localhost", "CN=localhost", "", -1, "expired on 20" },
  { "issued", NULL, "O=Issued Ltd,CN=localhost", "C=XX,O=Example,CN=Example CA\\, Inc", "localhost", 2,
    "was not issued by an authority that this computer trusts." },
};

static void
test_refused (gconstpointer data)
{
  const Refusal *refusal = data;
  RigServer server;
  RigOutcome outcome;
  g_autofree char *ca = refusal->ca != NULL ? rig_path (refusal->ca, "pem") : NULL;
  g_autofree char *names = NULL, *fingerprint = ask_fingerprint (refusal->name);
  g_auto(GStrv) problems = g_strsplit (refusal->problems, "|", -1);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const SkyTcpCertificate *certificate;

  dial_tls (&server, &outcome, refusal->name, (SkyTcpTarget){ .ca_file = ca });
  certificate = sky_tcp_error_get_certificate (outcome.error);
  g_assert_nonnull (certificate);
  g_assert_cmpstr (certificate->subject, ==, refusal->subject);
  g_assert_cmpstr (certificate->issuer, ==, refusal->issuer);
  names = g_strjoinv (" ", certificate->names);
  if (refusal->names[0] != '\0') /* openssl x509 keeps or drops them by its version */
    g_assert_cmpstr (names, ==, refusal->names);
  g_assert_cmpstr (certificate->fingerprint, ==, fingerprint);
  g_assert_cmpint (ABS (certificate->valid_until - now - refusal->valid_until_day * DAY), <, 600);
  if (refusal->valid_until_day > 0 || certificate->valid_from > certificate->valid_until) /* an older openssl's way to expire */
    g_assert_cmpint (ABS (certificate->valid_from - now), <, 600);
  g_assert_cmpuint (g_strv_length (certificate->problems), ==, g_strv_length (problems));
  for (guint i = 0; problems[i] != NULL; i++)
    {
      g_assert_true (g_str_has_prefix (certificate->problems[i], "The certificate of localhost "));
      g_assert_nonnull (strstr (certificate->problems[i], problems[i]));
    }
  g_assert_cmpstr (outcome.error->message, ==, certificate->problems[0]);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* Nothing is offered for acceptance when no certificate is to blame. */
static void
test_none_offered (void)
{
  RigServer server;
  RigOutcome outcome;

  rig_server_init (&server, RIG_SERVE_CLOSE, "127.0.0.1", NULL);
  rig_dial (&outcome,
            &(SkyTcpTarget){ .host = "127.0.0.1",
                             .port = sky_tcp_listen_get_port (server.listen),
                             .tls = TRUE },
            NULL);
  g_assert_null (sky_tcp_error_get_certificate (outcome.error));
  rig_assert_failed (&outcome, SKY_TCP_ERROR_RESET, "during the TLS handshake.");
  rig_server_clear (&server);
}

typedef struct
{
  const char *name;
  const char *certificate, *fingerprint_of, *ca;
  enum
  {
    AS_SHOWN,
    BARE,  /* lower case, no colons */
    SHORT, /* its first octet is missing */
    LONG,  /* one octet too many */
    EMPTY,
  } form;
  const char *verdict; /* how the note on TLS ends; NULL: it is refused */
} Acceptance;

static const Acceptance acceptances[] = {
  { "as-shown", "good", "good", NULL, AS_SHOWN, ", accepted by you|" },
  { "bare", "good", "good", NULL, BARE, ", accepted by you|" },
  { "wrong-name", "other", "other", NULL, AS_SHOWN, ", accepted by you|" },
  { "expired", "expired", "expired", NULL, AS_SHOWN, ", accepted by you|" },
  { "trusted-anyway", "good", "good", "good", AS_SHOWN, ", verified|" },
  { "other-but-trusted", "good", "other", "good", AS_SHOWN, ", verified|" },
  { "another", "good", "other", NULL, AS_SHOWN, NULL },
  { "same-key", "expired", "good", NULL, AS_SHOWN, NULL },
  { "short", "good", "good", NULL, SHORT, NULL },
  { "long", "good", "good", NULL, LONG, NULL },
  { "empty", "good", "good", NULL, EMPTY, NULL },
};

static char *
format_accepted (const Acceptance *acceptance)
{
  g_autofree char *shown = ask_fingerprint (acceptance->fingerprint_of);
  GString *bare;

  switch (acceptance->form)
    {
    case AS_SHOWN:
      return g_steal_pointer (&shown);
    case BARE:
      bare = g_string_new (shown);
      g_string_replace (bare, ":", "", 0);
      g_string_ascii_down (bare);
      return g_string_free (bare, FALSE);
    case SHORT:
      return g_strdup (shown + 3);
    case LONG:
      return g_strconcat (shown, ":00", NULL);
    case EMPTY:
      break;
    }
  return g_strdup ("");
}

static void
test_accepted (gconstpointer data)
{
  const Acceptance *acceptance = data;
  RigServer server;
  RigOutcome outcome;
  g_autofree char *accepted = format_accepted (acceptance);
  g_autofree char *ca = acceptance->ca != NULL ? rig_path (acceptance->ca, "pem") : NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  dial_tls (&server, &outcome, acceptance->certificate,
            (SkyTcpTarget){ .accepted = accepted, .ca_file = ca });
  if (acceptance->verdict == NULL)
    {
      g_assert_nonnull (sky_tcp_error_get_certificate (outcome.error));
      rig_assert_failed (&outcome, SKY_TCP_ERROR_TLS_UNTRUSTED,
                         acceptance->form == EMPTY
                             ? "was not issued by an authority that this computer trusts"
                             : "localhost shows another certificate than the one that you accepted.");
      rig_server_clear (&server);
      return;
    }
  g_assert_no_error (outcome.error);
  g_assert_true (g_str_has_suffix (outcome.steps->str, acceptance->verdict));
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_true (facts.tls_accepted == (acceptance->ca == NULL));
  g_assert_true (facts.tls_trusted == (acceptance->ca != NULL));
  g_assert_cmpuint (g_strv_length (facts.certificate->problems) > 0, ==, acceptance->ca == NULL);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* Only what an accepted certificate says is shown of one; and the words of the note. */
static void
test_described (void)
{
  RigServer server;
  RigOutcome outcome;
  g_autofree char *ca = rig_path ("ca", "pem"), *note = NULL, *day = NULL, *fingerprint = NULL;
  g_autoptr(GDateTime) until = NULL;
  g_auto(SkyTcpFacts) facts = { 0 };

  dial_tls (&server, &outcome, "issued", (SkyTcpTarget){ .ca_file = ca });
  g_assert_no_error (outcome.error);
  sky_tcp_facts_read (&facts, outcome.stream);
  until = g_date_time_new_from_unix_utc (facts.certificate->valid_until);
  day = g_date_time_format (until, "%Y-%m-%d");
  note = g_strdup_printf (
      "|6 TLS 1.3, %s, certificate of localhost by Example CA, Inc, valid until %s, verified|",
      facts.tls_cipher, day);
  g_assert_true (g_str_has_suffix (outcome.steps->str, note));
  fingerprint = ask_fingerprint ("issued");
  g_assert_cmpstr (facts.certificate->fingerprint, ==, fingerprint);
  g_assert_cmpstr (facts.certificate->names[0], ==, "localhost");
  g_assert_null (facts.certificate->problems[0]);
  g_assert_null (facts.proxy);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* What we show to a server that asks for a certificate. */
typedef struct
{
  const char *name;
  const char *cert, *key; /* of the folder; NULL: none given */
  const char *sentence;   /* NULL: it is shown */
} Own;

static const Own owns[] = {
  { "two-files", "good.pem", "good.key", NULL },
  { "one-file", "both.pem", NULL, NULL },
  { "other-key", "good.pem", "other.key", "does not belong to the certificate in “" },
  { "locked", "good.pem", "locked.key", "locked.key” is protected by a password." },
  { "locked-old", "good.pem", "locked-old.key", "locked-old.key” is protected by a password." },
  { "no-certificate", NULL, "good.key", "good.key” has no certificate to go with it." },
  { "no-key", "good.pem", NULL, "No certificate with its key can be read from “" },
  { "missing", "none.pem", "good.key", "No certificate can be read from “" },
  { "swapped", "good.key", "good.pem", "No certificate can be read from “" },
};

static void
test_own (gconstpointer data)
{
  const Own *own = data;
  RigServer server;
  RigOutcome outcome;
  g_autofree char *cert = own->cert != NULL ? g_build_filename (rig_folder, own->cert, NULL) : NULL;
  g_autofree char *key = own->key != NULL ? g_build_filename (rig_folder, own->key, NULL) : NULL;
  SkyTcpTarget target
      = { .host = "localhost", .tls = TRUE, .insecure = TRUE, .cert_file = cert, .key_file = key };
  g_autofree char *name = NULL;
  GTlsCertificate *seen;

  rig_server_init (&server, RIG_SERVE_TLS_ASKS, "127.0.0.1", "good");
  target.port = sky_tcp_listen_get_port (server.listen);
  rig_dial (&outcome, &target, NULL);
  if (own->sentence != NULL)
    {
      g_assert_cmpstr (outcome.steps->str, ==, "");
      rig_assert_failed (&outcome, SKY_TCP_ERROR_FILE, own->sentence);
      rig_server_clear (&server);
      return;
    }
  g_assert_no_error (outcome.error);
  rig_wait_for (&server.shaken);
  seen = g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (server.stream));
  g_assert_nonnull (seen);
  name = g_tls_certificate_get_subject_name (seen);
  g_assert_cmpstr (name, ==, "CN=localhost");
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* TLS 1.3: the dial succeeds, and the note says what the server will complain of. */
static void
test_asked (void)
{
  RigServer server;
  RigOutcome outcome;
  g_auto(SkyTcpFacts) facts = { 0 };

  rig_server_init (&server, RIG_SERVE_TLS_ASKS, "127.0.0.1", "good");
  rig_dial (&outcome,
            &(SkyTcpTarget){ .host = "localhost",
                             .port = sky_tcp_listen_get_port (server.listen),
                             .tls = TRUE,
                             .insecure = TRUE },
            NULL);
  g_assert_no_error (outcome.error);
  g_assert_true (g_str_has_suffix (outcome.steps->str, ", asked for your certificate and got none|"));
  sky_tcp_facts_read (&facts, outcome.stream);
  g_assert_true (facts.tls_asked);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

static GSubprocess *
serve_openssl (const char *flags, char **port)
{
  g_autofree char *cert = rig_path ("good", "pem"), *key = rig_path ("good", "key");
  g_autofree char *line = NULL;
  g_autofree char *command = g_strdup_printf (
      "openssl s_server -accept 127.0.0.1:0 -cert '%s' -key '%s' %s", cert, key, flags);
  g_auto(GStrv) argv = NULL;
  g_autoptr(GDataInputStream) output = NULL;
  GSubprocess *server;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  server = g_subprocess_newv ((const char *const *) argv,
                              G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  g_assert_nonnull (server);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  do
    {
      g_free (line);
      line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
      g_assert_nonnull (line);
    }
  while (!g_str_has_prefix (line, "ACCEPT 127.0.0.1:"));
  *port = g_strdup (strrchr (line, ':') + 1);
  return server;
}

/* TLS 1.2: the handshake fails, and the alert says nothing. */
static void
test_asked_old (void)
{
  g_autofree char *port = NULL;
  g_autoptr(GSubprocess) server = serve_openssl ("-www -tls1_2 -Verify 1", &port);
  RigOutcome outcome;

  rig_dial (&outcome,
            &(SkyTcpTarget){ .host = "127.0.0.1",
                             .port = (guint16) g_ascii_strtoull (port, NULL, 10),
                             .tls = TRUE,
                             .insecure = TRUE },
            NULL);
  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  rig_assert_failed (&outcome, SKY_TCP_ERROR_TLS_ASKS, " asks for a certificate of yours.");
}

static void
test_own_cancelled (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *both = rig_path ("both", "pem");
  RigServer server;
  RigOutcome outcome;
  SkyTcpTarget target = { .host = "localhost", .tls = TRUE, .insecure = TRUE, .cert_file = both };

  rig_server_init (&server, RIG_SERVE_TLS, "127.0.0.1", "good");
  target.port = sky_tcp_listen_get_port (server.listen);
  g_cancellable_cancel (cancellable);
  rig_dial (&outcome, &target, cancellable);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  rig_outcome_clear (&outcome);
  rig_server_clear (&server);
}

/* Dials without or with verification, and returns what openssl says of the session. */
static char *
ask_session (guint16 port, gboolean insecure, RigOutcome *outcome)
{
  static const char request[] = "GET / HTTP/1.0\r\n\r\n";
  g_autofree char *page = g_malloc0 (16384);
  gsize len = 0;

  rig_dial (outcome,
            &(SkyTcpTarget){ .host = "127.0.0.1",
                             .port = port,
                             .tls = TRUE,
                             .insecure = insecure,
                             .proxy = "none" },
            NULL);
  if (outcome->stream != NULL)
    {
      g_output_stream_write_all (g_io_stream_get_output_stream (outcome->stream), request,
                                 strlen (request), NULL, NULL, NULL);
      g_input_stream_read_all (g_io_stream_get_input_stream (outcome->stream), page, 16383, &len, NULL,
                               NULL);
    }
  return g_strdup (strstr (page, "Reused, TLS") != NULL ? "reused" : "new");
}

/* Run by test_resumed(): within a test glib-networking resumes no session. */
static int
dial_resumed (guint16 port)
{
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  RigOutcome outcome;

  first = ask_session (port, TRUE, &outcome);
  g_assert_no_error (outcome.error);
  rig_outcome_clear (&outcome);
  second = ask_session (port, TRUE, &outcome);
  g_assert_no_error (outcome.error);
  rig_outcome_clear (&outcome);
  third = ask_session (port, FALSE, &outcome);
  g_assert_nonnull (sky_tcp_error_get_certificate (outcome.error));
  rig_assert_failed (&outcome, SKY_TCP_ERROR_TLS_UNTRUSTED, "was not issued by an authority");
  return g_str_equal (second, "reused") ? 0 : 77;
}

/* What was waved through once is not trusted by whoever comes after, and resumes the session. */
static void
test_resumed (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL), *port = NULL;
  g_autoptr(GSubprocess) server = serve_openssl ("-www", &port);
  const char *argv[] = { self, "--resume", port, NULL };
  int status = -1;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, NULL));
  g_subprocess_force_exit (server);
  g_subprocess_wait (server, NULL, NULL);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    g_test_skip ("no session was resumed");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

static void
add_tests (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/tcp-certificate/refused/%s%s", refusals[i].name,
                             refusals[i].ca != NULL ? "-of-known-authority" : "");

      g_test_add_data_func (path, &refusals[i], test_refused);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (acceptances); i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/tcp-certificate/accepted/%s", acceptances[i].name);

      g_test_add_data_func (path, &acceptances[i], test_accepted);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (owns); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tcp-certificate/own/%s", owns[i].name);

      g_test_add_data_func (path, &owns[i], test_own);
    }
  g_test_add_func ("/tcp-certificate/own/asked", test_asked);
  g_test_add_func ("/tcp-certificate/own/asked-old", test_asked_old);
  g_test_add_func ("/tcp-certificate/own/cancelled", test_own_cancelled);
  g_test_add_func ("/tcp-certificate/described", test_described);
  g_test_add_func ("/tcp-certificate/resumed", test_resumed);
}

int
main (int argc, char **argv)
{
  int status;

  if (argc == 3 && g_str_equal (argv[1], "--resume"))
    return dial_resumed ((guint16) g_ascii_strtoull (argv[2], NULL, 10));
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tcp-certificate/none-offered", test_none_offered);
  if (rig_make_certificates ())
    add_tests ();
  status = g_test_run ();
  rig_remove_certificates ();
  return status;
}

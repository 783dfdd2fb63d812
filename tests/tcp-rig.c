#include "tcp-rig.h"

#include "tcp/tcp-tap.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)

char *rig_folder;

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options (void);

/*
 * GCC 12's leak sanitizer guesses where glibc keeps the thread-local memory of modules that are
 * loaded late, such as TLS and proxies, and dies where it guesses wrong.
 */
const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}
#endif

static gboolean
on_wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
rig_wait_for (gboolean *done)
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
  RigServer *server = user_data;
  char got[4096];

  if (g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), got, sizeof got,
                                                NULL, NULL)
      > 0)
    g_output_stream_write (g_io_stream_get_output_stream (server->stream),
                           "HTTP/1.1 400 Bad Request\r\n\r\n", 28, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_accept_any (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags errors,
               gpointer user_data)
{
  return TRUE;
}

static void
on_shaken (GObject *tls, GAsyncResult *result, gpointer user_data)
{
  RigServer *server = user_data;

  server->n_shaking--;
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, NULL))
    server->shaken = TRUE;
}

static void
on_incoming (SkyTcpListen *listen, GSocketConnection *connection, gpointer user_data)
{
  RigServer *server = user_data;
  g_autoptr(SkyTcpTap) tap = NULL;
  g_autoptr(GSource) source = NULL;

  g_clear_object (&server->stream);
  server->stream = g_object_ref (G_IO_STREAM (connection));
  switch (server->serve)
    {
    case RIG_SERVE_SILENCE:
      break;
    case RIG_SERVE_PLAIN:
      source = g_pollable_input_stream_create_source (
          G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (server->stream)), NULL);
      g_source_set_callback (source, G_SOURCE_FUNC (on_plain_input), server, NULL);
      g_source_attach (source, NULL);
      break;
    case RIG_SERVE_CLOSE:
      g_io_stream_close (server->stream, NULL, NULL);
      break;
    case RIG_SERVE_RESET:
      tap = sky_tcp_tap_new (server->stream, NULL, NULL);
      sky_tcp_tap_cut (tap);
      break;
    case RIG_SERVE_TLS:
    case RIG_SERVE_TLS_ASKS:
      g_object_unref (server->stream);
      server->stream
          = g_tls_server_connection_new (G_IO_STREAM (connection), server->certificate, NULL);
      g_object_set (server->stream, "authentication-mode",
                    server->serve == RIG_SERVE_TLS_ASKS ? G_TLS_AUTHENTICATION_REQUIRED
                                                        : G_TLS_AUTHENTICATION_NONE,
                    NULL);
      g_signal_connect (server->stream, "accept-certificate", G_CALLBACK (on_accept_any), NULL);
      server->n_shaking++;
      g_tls_connection_handshake_async (G_TLS_CONNECTION (server->stream), 0, NULL, on_shaken,
                                        server);
      break;
    }
}

void
rig_server_init (RigServer *server, RigServe serve, const char *bind, const char *certificate)
{
  g_autoptr(GError) error = NULL;

  *server = (RigServer){ .serve = serve };
  if (certificate != NULL)
    {
      g_autofree char *cert = g_strdup_printf ("%s/%s.pem", rig_folder, certificate);
      g_autofree char *key = g_strdup_printf ("%s/%s.key", rig_folder, certificate);

      server->certificate = g_tls_certificate_new_from_files (cert, key, &error);
      g_assert_no_error (error);
    }
  server->listen = sky_tcp_listen_new (bind, 0, &error);
  g_assert_no_error (error);
  g_signal_connect (server->listen, "incoming", G_CALLBACK (on_incoming), server);
}

void
rig_server_clear (RigServer *server)
{
  gint64 deadline_usec = g_get_monotonic_time () + DEADLINE_USEC;

  while (server->n_shaking > 0 && g_get_monotonic_time () < deadline_usec)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (server->n_shaking, ==, 0);
  g_assert_finalize_object (server->listen);
  g_clear_object (&server->certificate);
  g_clear_object (&server->stream);
}

static void
on_step (SkyTcpDial *dial, int step, gint64 time_usec, const char *detail, gpointer user_data)
{
  RigOutcome *outcome = user_data;

  g_assert_cmpint (time_usec, >=, outcome->last_usec);
  outcome->last_usec = time_usec;
  g_string_append_printf (outcome->steps, "%d %s|", step, detail);
}

static void
on_dialled (GObject *dial, GAsyncResult *result, gpointer user_data)
{
  RigOutcome *outcome = user_data;

  outcome->stream = sky_tcp_dial_finish (SKY_TCP_DIAL (dial), result, &outcome->error);
  outcome->done = TRUE;
}

void
rig_dial (RigOutcome *outcome, const SkyTcpTarget *target, GCancellable *cancellable)
{
  SkyTcpDial *self = sky_tcp_dial_new (target);

  *outcome = (RigOutcome){ .dial = self, .steps = g_string_new (NULL) };
  g_signal_connect (self, "step", G_CALLBACK (on_step), outcome);
  sky_tcp_dial_async (self, cancellable, on_dialled, outcome);
  rig_wait_for (&outcome->done);
  g_assert_true ((outcome->stream != NULL) == (outcome->error == NULL));
  if (outcome->error != NULL)
    g_test_message ("%s %s", outcome->error->message, sky_tcp_error_advice (outcome->error->code));
  g_test_message ("%s", outcome->steps->str);
}

void
rig_outcome_clear (RigOutcome *outcome)
{
  g_clear_object (&outcome->stream);
  g_assert_finalize_object (outcome->dial);
  g_clear_error (&outcome->error);
  g_string_free (outcome->steps, TRUE);
}

void
rig_assert_failed (RigOutcome *outcome, SkyTcpError code, const char *sentence)
{
  g_assert_error (outcome->error, SKY_TCP_ERROR, (int) code);
  if (strstr (outcome->error->message, sentence) == NULL)
    g_assert_cmpstr (outcome->error->message, ==, sentence);
  rig_outcome_clear (outcome);
}

gboolean
rig_run (const char *const *argv)
{
  int status;

  return g_spawn_sync (NULL, (char **) argv, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                           | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* Returns: (transfer full): "FOLDER/NAME.ENDING" */
char *
rig_path (const char *name, const char *ending)
{
  return g_strdup_printf ("%s/%s.%s", rig_folder, name, ending);
}

/* Makes NAME.pem and NAME.key in the folder, signed by itself or by @ca; no key is kept in the source. */
static gboolean
make_certificate (const char *name, const char *subject, const char *alternative, const char *ca)
{
  g_autofree char *cert = rig_path (name, "pem"), *key = rig_path (name, "key");
  g_autofree char *ca_cert = ca != NULL ? rig_path (ca, "pem") : NULL;
  g_autofree char *ca_key = ca != NULL ? rig_path (ca, "key") : NULL;
  const char *argv[] = { "openssl",
                         "req",
                         "-x509",
                         "-newkey",
                         "ec",
                         "-pkeyopt",
                         "ec_paramgen_curve:prime256v1",
                         "-nodes",
                         "-keyout",
                         key,
                         "-out",
                         cert,
                         "-days",
                         "2",
                         "-subj",
                         subject,
                         "-addext",
                         alternative,
                         ca != NULL ? "-CA" : NULL,
                         ca_cert,
                         "-CAkey",
                         ca_key,
                         NULL };

  return rig_run (argv);
}

static gboolean
copy (const char *from, const char *to)
{
  const char *argv[] = { "cp", from, to, NULL };

  return rig_run (argv);
}

/* The same as "good", with the same key, but its time was over a day ago. */
static gboolean
make_expired (void)
{
  g_autofree char *good = rig_path ("good", "pem"), *good_key = rig_path ("good", "key");
  g_autofree char *cert = rig_path ("expired", "pem"), *key = rig_path ("expired", "key");
  const char *argv[]
      = { "openssl", "x509", "-in", good, "-signkey", good_key, "-days", "-1", "-out", cert, NULL };
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) day_ago = g_date_time_add_days (now, -1);
  g_autofree char *end = g_date_time_format (day_ago, "%Y%m%d%H%M%SZ");
  const char *argv_new[] /* since 3.4 no number of days is below zero, and a time can be named */
      = { "openssl",   "x509",       "-in", good,   "-signkey", good_key, "-not_before", "20200101000000Z",
          "-not_after", end, "-out", cert, NULL };

  return (rig_run (argv) || rig_run (argv_new)) && copy (good_key, key);
}

/* The key of "good" behind a password, in the two forms that there are. */
static gboolean
make_locked (void)
{
  g_autofree char *key = rig_path ("good", "key");
  g_autofree char *locked = rig_path ("locked", "key"), *old = rig_path ("locked-old", "key");
  const char *argv[] = { "openssl",      "pkey", "-in",  key, "-aes256", "-passout",
                         "pass:correct", "-out", locked, NULL };
  const char *argv_old[] = { "openssl",      "ec",   "-in", key, "-aes256", "-passout",
                             "pass:correct", "-out", old,   NULL };

  return rig_run (argv) && rig_run (argv_old);
}

/* One file with the certificate and the key of "good". */
static gboolean
make_both (void)
{
  g_autofree char *key = rig_path ("good", "key"), *cert = rig_path ("good", "pem"),
                  *both = rig_path ("both", "pem");
  g_autofree char *a = NULL, *b = NULL, *text = NULL;

  if (!g_file_get_contents (key, &a, NULL, NULL) || !g_file_get_contents (cert, &b, NULL, NULL))
    return FALSE;
  text = g_strconcat (a, b, NULL);
  return g_file_set_contents (both, text, -1, NULL);
}

/* Returns: whether openssl is here; rig_remove_certificates() is due in any case */
gboolean
rig_make_certificates (void)
{
  rig_folder = g_dir_make_tmp ("sky-dial-XXXXXX", NULL);
  return make_certificate ("good", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1", NULL)
         && make_certificate ("other", "/CN=other.example",
                              "subjectAltName=DNS:other.example,DNS:www.other.example", NULL)
         && make_certificate ("ca", "/C=XX/O=Example/CN=Example CA, Inc",
                              "keyUsage=critical,keyCertSign,digitalSignature", NULL)
         && make_certificate ("issued", "/O=Issued Ltd/CN=localhost", "subjectAltName=DNS:localhost",
                              "ca")
         && make_expired () && make_locked () && make_both ();
}

void
rig_remove_certificates (void)
{
  g_autoptr(GDir) dir = g_dir_open (rig_folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (rig_folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (rig_folder);
  g_clear_pointer (&rig_folder, g_free);
}

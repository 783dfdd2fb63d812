#include "tcp/tcp-dial-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

/* A certificate and its key, shown to each other. */
typedef struct
{
  GIOStream *ends[2];
  GIOStream *client, *server;
  GError    *failure; /* the first */
  guint      n_pending;
} Meeting;

static void
meeting_free (Meeting *meeting)
{
  g_clear_object (&meeting->client);
  g_clear_object (&meeting->server);
  g_clear_object (&meeting->ends[0]);
  g_clear_object (&meeting->ends[1]);
  g_clear_error (&meeting->failure);
  g_free (meeting);
}

static gboolean
is_encrypted (const char *path)
{
  g_autofree char *pem = NULL;

  /* "BEGIN ENCRYPTED PRIVATE KEY" (RFC 7468 §11), or a head "Proc-Type: 4,ENCRYPTED" (RFC 1421 §4.6.1.1) */
  return g_file_get_contents (path, &pem, NULL, NULL) && strstr (pem, "ENCRYPTED") != NULL;
}

/**
 * sky_tcp_own_load:
 * @cert_file: PEM
 * @key_file: (nullable): PEM; %NULL if the key stands in @cert_file as well
 * @error: %SKY_TCP_ERROR_FILE
 *
 * Returns: (nullable) (transfer full): a certificate to show to servers that ask for one, or to clients; whether
 *   the key belongs to it, sky_tcp_own_check_async() finds out
 */
GTlsCertificate *
sky_tcp_own_load (const char *cert_file, const char *key_file, GError **error)
{
  const char *key = key_file != NULL ? key_file : cert_file;
  g_autoptr(GError) why = NULL;
  GTlsCertificate *own;

  if (cert_file == NULL)
    {
      g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FILE,
                   _("The key in “%s” has no certificate to go with it."), key);
      return NULL;
    }
  own = g_tls_certificate_new_from_files (cert_file, key, &why);
  if (own == NULL && is_encrypted (key))
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FILE,
                 _("The key in “%s” is protected by a password."), key);
  else if (own == NULL && key_file == NULL)
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FILE,
                 _("No certificate with its key can be read from “%s”: %s"), cert_file, why->message);
  else if (own == NULL)
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FILE,
                 _("No certificate can be read from “%s” with its key from “%s”: %s"), cert_file, key,
                 why->message);
  return own;
}

static gboolean
on_accept_any (GTlsConnection *tls, GTlsCertificate *certificate, GTlsCertificateFlags errors,
               gpointer user_data)
{
  return TRUE;
}

static void
on_met (GObject *tls, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Meeting *meeting = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (tls), result, &error)
      && meeting->failure == NULL)
    {
      meeting->failure = g_steal_pointer (&error);
      /* The other would wait for it. */
      for (guint i = 0; i < 2; i++)
        g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (meeting->ends[i])),
                           TRUE, TRUE, NULL);
    }
  if (--meeting->n_pending > 0)
    return;
  if (meeting->failure != NULL)
    g_task_return_error (task, g_steal_pointer (&meeting->failure));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
open_ends (Meeting *meeting, GError **error)
{
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, g_strerror (errno));
      return FALSE;
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GSocket) socket = g_socket_new_from_fd (fds[i], NULL);

      meeting->ends[i] = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }
  return TRUE;
}

/**
 * sky_tcp_own_check_async:
 * @callback: called once, from the main loop; the source object is %NULL
 *
 * Finds out whether the key of @own belongs to its certificate. In TLS 1.3 a server that is shown
 * a wrong one says so only after the handshake, and not why (RFC 8446 §4.4.3). GLib has no call that
 * compares the two; so the certificate is shown to ourselves, over a pair of sockets.
 */
void
sky_tcp_own_check_async (GTlsCertificate *own, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Meeting *meeting = g_new0 (Meeting, 1);
  GError *error = NULL;

  g_task_set_task_data (task, meeting, (GDestroyNotify) meeting_free);
  if (open_ends (meeting, &error))
    meeting->client = g_tls_client_connection_new (meeting->ends[0], NULL, &error);
  if (meeting->client != NULL)
    meeting->server = g_tls_server_connection_new (meeting->ends[1], own, &error);
  if (meeting->server == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_signal_connect (meeting->client, "accept-certificate", G_CALLBACK (on_accept_any), NULL);
  meeting->n_pending = 2;
  g_tls_connection_handshake_async (G_TLS_CONNECTION (meeting->client), G_PRIORITY_DEFAULT,
                                    cancellable, on_met, g_object_ref (task));
  g_tls_connection_handshake_async (G_TLS_CONNECTION (meeting->server), G_PRIORITY_DEFAULT,
                                    cancellable, on_met, g_object_ref (task));
}

/**
 * sky_tcp_own_check_finish:
 *
 * Returns: whether the key belongs to the certificate, or what TLS said
 */
gboolean
sky_tcp_own_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * sky_tcp_own_explain:
 * @key_file: (nullable): as for sky_tcp_own_load()
 *
 * Returns: (transfer full): that the two do not belong together, %SKY_TCP_ERROR_FILE
 */
GError *
sky_tcp_own_explain (const char *cert_file, const char *key_file)
{
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_FILE, _("The key in “%s” does not belong to the certificate in “%s”."),
                      key_file != NULL ? key_file : cert_file, cert_file);
}

static void
on_checked (GObject *none, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * sky_tcp_own_load_checked:
 *
 * As sky_tcp_own_load(), for a server: who connects could not tell why it fails. It takes the few milliseconds
 * of one handshake, in which nothing else is done.
 *
 * Returns: (nullable) (transfer full): a certificate whose key belongs to it
 */
GTlsCertificate *
sky_tcp_own_load_checked (const char *cert_file, const char *key_file, GError **error)
{
  g_autoptr(GTlsCertificate) own = sky_tcp_own_load (cert_file, key_file, error);
  g_autoptr(GMainContext) context = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  if (own == NULL)
    return NULL;
  context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  sky_tcp_own_check_async (own, NULL, on_checked, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  if (sky_tcp_own_check_finish (result, NULL))
    return g_steal_pointer (&own);
  g_propagate_error (error, sky_tcp_own_explain (cert_file, key_file));
  return NULL;
}

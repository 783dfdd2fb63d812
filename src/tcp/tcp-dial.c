#include "tcp/tcp-dial-private.h"

#include "base/clock.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/**
 * SkyTcpDial:
 *
 * One attempt to reach a host over TCP, with TLS if asked, through the system's proxies, over
 * whichever of its addresses answers first (RFC 8305). It says what it does by its signal "step".
 */
struct _SkyTcpDial
{
  GObject          parent_instance;
  char            *host, *ca_file;
  gboolean         tls, insecure;
  SkyTcpDialState  state;       /* borrows from this object, but owns its certificate */

  GTask           *task;        /* borrowed; NULL unless a dial is under way */
  GCancellable    *inner;
  GTlsDatabase    *authorities; /* nullable */
  GSource         *timeout;
  gulong           outer_id;
  gboolean         timed_out;
};

G_DEFINE_FINAL_TYPE (SkyTcpDial, sky_tcp_dial, G_TYPE_OBJECT)

#define DEFAULT_TIMEOUT_MSEC 20000

static guint step_signal;

static void
report (SkyTcpDial *self, SkyTcpStep step, const char *detail)
{
  self->state.step = step;
  g_signal_emit (self, step_signal, 0, step, sky_clock_now_usec (), detail != NULL ? detail : "");
}

static char *
format_remote (GIOStream *connection)
{
  g_autoptr(GSocketAddress) address = NULL;

  if (G_IS_SOCKET_CONNECTION (connection))
    address = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
}

static gboolean
on_accept_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, gpointer user_data)
{
  SkyTcpDial *self = user_data;

  if (self->insecure)
    return TRUE;
  g_set_object (&self->state.certificate, certificate);
  self->state.certificate_errors = errors;
  return FALSE;
}

static void
begin_tls (SkyTcpDial *self, GTlsConnection *tls)
{
  if (self->authorities != NULL)
    g_tls_connection_set_database (tls, self->authorities);
  g_signal_connect_object (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), self, 0);
  report (self, SKY_TCP_STEP_TLS_HANDSHAKE, self->host);
}

static void
end_tls (SkyTcpDial *self, GIOStream *tls)
{
  g_auto(SkyTcpFacts) facts = { 0 };
  g_autofree char *detail = NULL;

  sky_tcp_facts_read (&facts, tls);
  detail = g_strjoin (" · ", facts.tls_version != NULL ? facts.tls_version : "TLS",
                      facts.tls_cipher, NULL);
  report (self, SKY_TCP_STEP_TLS_DONE, detail);
}

static void
on_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
          GIOStream *connection, gpointer user_data)
{
  SkyTcpDial *self = user_data;
  g_autofree char *remote = format_remote (connection);

  if (self->task == NULL)
    return;
  switch (event)
    {
    case G_SOCKET_CLIENT_RESOLVING:
      report (self, SKY_TCP_STEP_RESOLVING, self->host);
      break;
    case G_SOCKET_CLIENT_RESOLVED:
      report (self, SKY_TCP_STEP_RESOLVED, self->host); /* which addresses, GSocketClient keeps to itself */
      break;
    case G_SOCKET_CLIENT_CONNECTING:
      report (self, SKY_TCP_STEP_CONNECTING, remote);
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      report (self, SKY_TCP_STEP_CONNECTED, remote);
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
      report (self, SKY_TCP_STEP_PROXY, remote);
      break;
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
      begin_tls (self, G_TLS_CONNECTION (connection));
      break;
    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
      end_tls (self, connection);
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
    case G_SOCKET_CLIENT_COMPLETE:
    default:
      break;
    }
}

static gboolean
on_timeout (gpointer user_data)
{
  SkyTcpDial *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->inner);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *outer, gpointer inner)
{
  g_cancellable_cancel (inner);
}

static void
stop_waiting (SkyTcpDial *self, GCancellable *outer)
{
  g_cancellable_disconnect (outer, self->outer_id);
  self->outer_id = 0;
  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
  g_clear_object (&self->inner);
  self->task = NULL;
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyTcpDial *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  stop_waiting (self, g_task_get_cancellable (task));
  if (connection != NULL)
    {
      /* What the tap gathers is sent when it is sent: no second wait in the kernel. */
      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                           NULL);
      g_task_return_pointer (task, connection, g_object_unref);
    }
  else if (self->timed_out)
    g_task_return_error (task, sky_tcp_dial_explain_timeout (&self->state));
  else
    g_task_return_error (task, sky_tcp_dial_explain (&self->state, error));
}

static gboolean
load_authorities (SkyTcpDial *self, GError **error)
{
  g_autoptr(GError) why = NULL;

  g_clear_object (&self->authorities);
  if (!self->tls || self->ca_file == NULL)
    return TRUE;
  if (g_path_is_absolute (self->ca_file))
    self->authorities = g_tls_file_database_new (self->ca_file, &why);
  else
    {
      g_autofree char *path = g_canonicalize_filename (self->ca_file, NULL);

      self->authorities = g_tls_file_database_new (path, &why);
    }
  if (self->authorities == NULL)
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FAILED,
                 _("No authorities can be read from “%s”: %s"), self->ca_file, why->message);
  return self->authorities != NULL;
}

static void
begin_waiting (SkyTcpDial *self, GCancellable *outer)
{
  self->timed_out = FALSE;
  self->inner = g_cancellable_new ();
  self->timeout = g_timeout_source_new (self->state.timeout_msec);
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_attach (self->timeout, g_main_context_get_thread_default ());
  if (outer != NULL)
    self->outer_id = g_cancellable_connect (outer, G_CALLBACK (on_cancelled),
                                            g_object_ref (self->inner), g_object_unref);
}

/**
 * sky_tcp_dial_async:
 * @callback: called once, from the main loop
 *
 * Dials. The timeout of the target covers everything from the name to the end of the TLS
 * handshake. The object can dial again after it is done, not before.
 */
void
sky_tcp_dial_async (SkyTcpDial *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSocketClient) client = NULL;
  g_autoptr(GSocketConnectable) address = NULL;
  GError *error = NULL;

  g_return_if_fail (SKY_IS_TCP_DIAL (self));
  g_return_if_fail (self->task == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sky_tcp_dial_async);
  g_clear_object (&self->state.certificate);
  if (!load_authorities (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->task = task;
  begin_waiting (self, cancellable);
  client = g_socket_client_new ();
  g_socket_client_set_tls (client, self->tls);
  g_signal_connect_object (client, "event", G_CALLBACK (on_event), self, 0);
  address = g_network_address_new (self->host, self->state.port);
  g_socket_client_connect_async (client, address, self->inner, on_connected,
                                 g_steal_pointer (&task));
}

/**
 * sky_tcp_dial_finish:
 * @error: %SKY_TCP_ERROR, with a sentence that names the host, or %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): a connection to put a tap on
 */
GIOStream *
sky_tcp_dial_finish (SkyTcpDial *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sky_tcp_dial_finalize (GObject *object)
{
  SkyTcpDial *self = SKY_TCP_DIAL (object);

  g_free (self->host);
  g_free (self->ca_file);
  g_clear_object (&self->state.certificate);
  g_clear_object (&self->authorities);
  G_OBJECT_CLASS (sky_tcp_dial_parent_class)->finalize (object);
}

static void
sky_tcp_dial_class_init (SkyTcpDialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_tcp_dial_finalize;

  /**
   * SkyTcpDial::step:
   * @step: a #SkyTcpStep
   * @time_usec: sky_clock_now_usec() when it began or was done
   * @detail: the host for RESOLVING and TLS_HANDSHAKE, the address and port for CONNECTING,
   *   CONNECTED and PROXY, version and cipher for TLS_DONE, else ""
   *
   * CONNECTING can come more than once: when an address is slow, the next is tried beside it.
   */
  step_signal = g_signal_new ("step", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_INT64, G_TYPE_STRING);
}

static void
sky_tcp_dial_init (SkyTcpDial *self)
{
}

/**
 * sky_tcp_dial_new:
 * @target: where to dial; copied. An IPv6 address may stand in brackets
 *
 * Returns: (transfer full): a dial that waits for sky_tcp_dial_async()
 */
SkyTcpDial *
sky_tcp_dial_new (const SkyTcpTarget *target)
{
  SkyTcpDial *self;
  gsize len;

  g_return_val_if_fail (target != NULL && target->host != NULL, NULL);

  self = g_object_new (SKY_TYPE_TCP_DIAL, NULL);
  len = strlen (target->host);
  if (len > 2 && target->host[0] == '[' && target->host[len - 1] == ']')
    self->host = g_strndup (target->host + 1, len - 2);
  else
    self->host = g_strdup (target->host);
  self->ca_file = g_strdup (target->ca_file);
  self->tls = target->tls;
  self->insecure = target->insecure;
  self->state.host = self->host;
  self->state.port = target->port;
  self->state.ca_file = self->ca_file;
  self->state.timeout_msec = target->timeout_msec > 0 ? target->timeout_msec : DEFAULT_TIMEOUT_MSEC;
  return self;
}

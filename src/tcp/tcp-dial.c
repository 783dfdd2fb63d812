#include "tcp/tcp-dial-private.h"

#include "base/clock.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* A dial from its beginning to its end: see #SkyTcpDial. What it reports in between is tcp-dial-steps.c's business. */

G_DEFINE_FINAL_TYPE (SkyTcpDial, sky_tcp_dial, G_TYPE_OBJECT)

#define DEFAULT_TIMEOUT_MSEC 20000

static guint step_signal;

/* @detail: (nullable): see SkyTcpDial::step */
void
sky_tcp_dial_report (SkyTcpDial *self, SkyTcpStep step, const char *detail)
{
  self->state.step = step;
  g_signal_emit (self, step_signal, 0, step, sky_clock_now_usec (), detail != NULL ? detail : "");
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

/* What the tap gathers is sent when it is sent: no second wait in the kernel. */
static void
finish_connection (SkyTcpDial *self, GSocketConnection *connection)
{
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (!self->tls)
    g_object_set_data (G_OBJECT (connection), SKY_TCP_MARK_PLAIN, GINT_TO_POINTER (TRUE));
  if (self->state.proxy != NULL && !self->state.direct)
    g_object_set_data_full (G_OBJECT (connection), SKY_TCP_MARK_PROXY, g_strdup (self->state.proxy),
                            g_free);
}

static void
return_failure (SkyTcpDial *self, GTask *task, const GError *error)
{
  if (self->state.step == SKY_TCP_STEP_RESOLVING)
    sky_tcp_dial_learn_proxy (self);
  if (self->refused)
    g_task_return_error (task, sky_tcp_dial_explain_certificate (&self->state));
  else if (self->timed_out)
    g_task_return_error (task, sky_tcp_dial_explain_timeout (&self->state));
  else
    g_task_return_error (task, sky_tcp_dial_explain (&self->state, error));
}

static void
on_connected (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyTcpDial *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) connection
      = g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, &error);

  stop_waiting (self, g_task_get_cancellable (task));
  if (connection == NULL || self->refused)
    {
      return_failure (self, task, error);
      return;
    }
  finish_connection (self, connection);
  g_task_return_pointer (task, g_steal_pointer (&connection), g_object_unref);
}

/* The scheme is what the system's settings go by; they know no ws:// and wss://. */
static void
connect_now (SkyTcpDial *self, GTask *task)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnectable) address
      = g_object_new (G_TYPE_NETWORK_ADDRESS, "hostname", self->host, "port", (guint) self->state.port,
                      "scheme", self->tls ? "https" : "http", NULL);

  g_socket_client_set_tls (client, self->tls);
  g_socket_client_set_enable_proxy (client, self->proxies != NULL);
  if (self->proxies != NULL)
    g_socket_client_set_proxy_resolver (client, G_PROXY_RESOLVER (self->proxies));
  sky_tcp_dial_watch (self, client);
  g_socket_client_connect_async (client, address, self->inner, on_connected, g_object_ref (task));
}

static void
on_own_checked (GObject *none, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyTcpDial *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;

  if (sky_tcp_own_check_finish (result, &error))
    {
      connect_now (self, task);
      return;
    }
  stop_waiting (self, g_task_get_cancellable (task));
  if (!self->timed_out && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&error);
      error = sky_tcp_own_explain (self->cert_file, self->key_file);
    }
  return_failure (self, task, error);
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
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_FILE,
                 _("No authorities can be read from “%s”: %s"), self->ca_file, why->message);
  return self->authorities != NULL;
}

static gboolean
load_own (SkyTcpDial *self, GError **error)
{
  g_clear_object (&self->own);
  if (!self->tls || (self->cert_file == NULL && self->key_file == NULL))
    return TRUE;
  self->own = sky_tcp_own_load (self->cert_file, self->key_file, error);
  return self->own != NULL;
}

static gboolean
choose_proxies (SkyTcpDial *self, GError **error)
{
  g_autofree char *uri = NULL;

  g_clear_object (&self->proxies);
  if (g_strcmp0 (self->proxy, "none") == 0)
    return TRUE;
  if (self->proxy != NULL && self->proxy[0] != '\0')
    {
      uri = sky_tcp_proxy_parse (self->proxy, error);
      if (uri == NULL)
        return FALSE;
    }
  self->proxies = sky_tcp_proxy_new (uri);
  return TRUE;
}

static void
forget_last (SkyTcpDial *self)
{
  g_clear_pointer (&self->state.certificate, sky_tcp_certificate_free);
  g_clear_pointer (&self->state.proxy, g_free);
  self->state.step = SKY_TCP_STEP_RESOLVING;
  self->state.certificate_errors = 0;
  self->state.certificate_changed = self->state.direct = self->refused = FALSE;
  self->state.asked = FALSE;
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
 * handshake. Files are read, the address of the proxy is checked, and whether the key belongs to
 * the certificate, before anything is sent. The object can dial again after it is done, not before.
 */
void
sky_tcp_dial_async (SkyTcpDial *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (SKY_IS_TCP_DIAL (self));
  g_return_if_fail (self->task == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sky_tcp_dial_async);
  forget_last (self);
  if (!load_authorities (self, &error) || !load_own (self, &error) || !choose_proxies (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->task = task;
  begin_waiting (self, cancellable);
  if (self->own != NULL)
    sky_tcp_own_check_async (self->own, self->inner, on_own_checked, g_steal_pointer (&task));
  else
    connect_now (self, task);
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
  g_free (self->cert_file);
  g_free (self->key_file);
  g_free (self->accepted);
  g_free (self->proxy);
  g_free (self->state.proxy);
  g_clear_pointer (&self->state.certificate, sky_tcp_certificate_free);
  g_clear_object (&self->authorities);
  g_clear_object (&self->own);
  sky_tcp_ask_forget (self->ask);
  g_clear_object (&self->ask);
  g_clear_object (&self->proxies);
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
   * @detail: for RESOLVING and RESOLVED the name that is looked up, which is the proxy's if there
   *   is one; for CONNECTING and CONNECTED the address and port, likewise; for PROXY
   *   "via http://host:port (CONNECT target:port)"; for TLS_HANDSHAKE the host; for TLS_DONE what
   *   sky_tcp_facts_describe_tls() says. No credentials stand in it
   *
   * CONNECTING can come more than once: when an address refuses, or is slow, the next is tried.
   */
  step_signal = g_signal_new ("step", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_INT64, G_TYPE_STRING);
}

static void
sky_tcp_dial_init (SkyTcpDial *self)
{
  self->ask = sky_tcp_ask_new (&self->state.asked);
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
  self->cert_file = g_strdup (target->cert_file);
  self->key_file = g_strdup (target->key_file);
  if (target->accepted != NULL && target->accepted[0] != '\0')
    self->accepted = g_strdup (target->accepted);
  self->proxy = g_strdup (target->proxy);
  self->tls = target->tls;
  self->insecure = target->insecure;
  self->state.host = self->host;
  self->state.port = target->port;
  self->state.ca_file = self->ca_file;
  self->state.timeout_msec = target->timeout_msec > 0 ? target->timeout_msec : DEFAULT_TIMEOUT_MSEC;
  return self;
}

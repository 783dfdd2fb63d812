#include "tcp/tcp-listen.h"

#include "tcp/tcp-dial-private.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/**
 * SkyTcpListen:
 *
 * A port that others connect to, on one address of this computer. Each who does is handed on by
 * the signal "incoming", in the thread-default main context of the time when it was made.
 */
struct _SkyTcpListen
{
  GObject          parent_instance;
  GSocketListener *listener;
  GCancellable    *cancellable;
  char            *bind;
  guint16          port;
  gboolean         loopback;
  GSource         *pause; /* nullable */
  GSource         *turn;  /* nullable */
};

G_DEFINE_FINAL_TYPE (SkyTcpListen, sky_tcp_listen, G_TYPE_OBJECT)

#define BACKLOG    1024
#define PAUSE_MSEC 100
#define TURN_MSEC  10

static guint incoming_signal;

static void accept_next (SkyTcpListen *self);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
on_pause_over (gpointer user_data)
{
  SkyTcpListen *self = user_data;

  clear_source (&self->pause);
  clear_source (&self->turn);
  accept_next (self);
  return G_SOURCE_REMOVE;
}

static void
pause_accepting (SkyTcpListen *self, guint msec)
{
  self->pause = g_timeout_source_new (msec);
  g_source_set_callback (self->pause, on_pause_over, self, NULL);
  g_source_attach (self->pause, g_main_context_get_thread_default ());
}

/*
 * In a flood of connections all others have their turn before the next one, those too that tidy up when idle; where
 * nobody ever is idle it comes in nevertheless.
 */
static void
accept_in_turn (SkyTcpListen *self)
{
  pause_accepting (self, TURN_MSEC);
  self->turn = g_idle_source_new ();
  g_source_set_callback (self->turn, on_pause_over, self, NULL);
  g_source_attach (self->turn, g_main_context_get_thread_default ());
}

static void
on_accepted (GObject *listener, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyTcpListen) self = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) connection
      = g_socket_listener_accept_finish (G_SOCKET_LISTENER (listener), result, NULL, &error);
  GCancellable *cancellable = g_task_get_cancellable (G_TASK (result));

  /* Closed in the meantime, so that user_data may be gone. */
  if (g_cancellable_is_cancelled (cancellable))
    return;
  self = g_object_ref (user_data);
  if (connection == NULL)
    {
      pause_accepting (self, PAUSE_MSEC); /* out of descriptors, most likely: the socket stays ready, and to ask again would spin */
      return;
    }
  g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                       NULL);
  g_signal_emit (self, incoming_signal, 0, connection);
  if (!g_cancellable_is_cancelled (self->cancellable))
    accept_in_turn (self);
}

static void
accept_next (SkyTcpListen *self)
{
  g_socket_listener_accept_async (self->listener, self->cancellable, on_accepted, self);
}

/**
 * sky_tcp_listen_close:
 *
 * Accepts no more. The connections that were handed on live on.
 */
void
sky_tcp_listen_close (SkyTcpListen *self)
{
  g_return_if_fail (SKY_IS_TCP_LISTEN (self));

  g_cancellable_cancel (self->cancellable);
  g_socket_listener_close (self->listener);
  clear_source (&self->pause);
  clear_source (&self->turn);
}

static void
sky_tcp_listen_dispose (GObject *object)
{
  sky_tcp_listen_close (SKY_TCP_LISTEN (object));
  G_OBJECT_CLASS (sky_tcp_listen_parent_class)->dispose (object);
}

static void
sky_tcp_listen_finalize (GObject *object)
{
  SkyTcpListen *self = SKY_TCP_LISTEN (object);

  g_clear_object (&self->listener);
  g_clear_object (&self->cancellable);
  g_free (self->bind);
  G_OBJECT_CLASS (sky_tcp_listen_parent_class)->finalize (object);
}

static void
sky_tcp_listen_class_init (SkyTcpListenClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_tcp_listen_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_tcp_listen_finalize;

  /**
   * SkyTcpListen::incoming:
   * @connection: a #GSocketConnection without TLS; the handler takes a reference, or it closes
   */
  incoming_signal = g_signal_new ("incoming", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_SOCKET_CONNECTION);
}

static void
sky_tcp_listen_init (SkyTcpListen *self)
{
  self->listener = g_socket_listener_new ();
  self->cancellable = g_cancellable_new ();
  g_socket_listener_set_backlog (self->listener, BACKLOG);
}

static void
explain (const GError *why, const char *where, GError **error)
{
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_IN_USE,
                 _("Another program listens on %s already."), where);
  else if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_NOT_ALLOWED,
                 _("You have no right to listen on %s."), where);
  else
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_NOT_ALLOWED,
                 _("%s cannot be listened on: %s"), where, why->message);
}

static gboolean
listen_on (SkyTcpListen *self, GInetAddress *inet, guint16 port, GError **error)
{
  g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new (inet, port);
  g_autoptr(GSocketAddress) effective = NULL;
  g_autofree char *where = sky_tcp_format_where (self->bind, port);
  g_autoptr(GError) why = NULL;

  if (!g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &effective, &why))
    {
      explain (why, where, error);
      return FALSE;
    }
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->loopback = g_inet_address_get_is_loopback (inet);
  return TRUE;
}

/**
 * sky_tcp_listen_new:
 * @bind: an address of this computer: "127.0.0.1", "::1", "0.0.0.0" or "::" for all of them;
 *   "localhost" is 127.0.0.1
 * @port: 0 for any that is free
 * @error: %SKY_TCP_ERROR_IN_USE or %SKY_TCP_ERROR_NOT_ALLOWED, with a sentence that names both
 *
 * Returns: (nullable) (transfer full): someone who listens already
 */
SkyTcpListen *
sky_tcp_listen_new (const char *bind, guint16 port, GError **error)
{
  g_autoptr(SkyTcpListen) self = NULL;
  g_autoptr(GInetAddress) inet = NULL;

  g_return_val_if_fail (bind != NULL, NULL);

  inet = g_inet_address_new_from_string (g_str_equal (bind, "localhost") ? "127.0.0.1" : bind);
  if (inet == NULL)
    {
      g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_NOT_ALLOWED,
                   _("“%s” is not an address to listen on."), bind);
      return NULL;
    }
  self = g_object_new (SKY_TYPE_TCP_LISTEN, NULL);
  self->bind = g_inet_address_to_string (inet);
  if (!listen_on (self, inet, port, error))
    return NULL;
  accept_next (self);
  return g_steal_pointer (&self);
}

/**
 * sky_tcp_listen_get_port:
 *
 * Returns: the port that was given or chosen
 */
guint16
sky_tcp_listen_get_port (SkyTcpListen *self)
{
  g_return_val_if_fail (SKY_IS_TCP_LISTEN (self), 0);

  return self->port;
}

/**
 * sky_tcp_listen_get_bind:
 *
 * Returns: (transfer none): the address, without brackets
 */
const char *
sky_tcp_listen_get_bind (SkyTcpListen *self)
{
  g_return_val_if_fail (SKY_IS_TCP_LISTEN (self), NULL);

  return self->bind;
}

/**
 * sky_tcp_listen_is_loopback:
 *
 * Returns: whether only this computer can connect
 */
gboolean
sky_tcp_listen_is_loopback (SkyTcpListen *self)
{
  g_return_val_if_fail (SKY_IS_TCP_LISTEN (self), FALSE);

  return self->loopback;
}

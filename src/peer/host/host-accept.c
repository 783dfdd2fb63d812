#include "peer/host/host-private.h"

#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* Who comes to a host, and whether there is room. */

#define GRACE_USEC (50 * G_TIME_SPAN_MILLISECOND) /* in which it ought to ask for something, if others have to go for it */

/* A client that has gone again already has no address; each needs an object of its own. */
static GSocketAddress *
take_address (GSocketAddress *address)
{
  return address != NULL ? address : g_inet_socket_address_new_from_string ("0.0.0.0", 0);
}

/* A client that is gone without a word is found out within two minutes, also where nothing is said. */
static void
keep_alive (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  g_socket_set_keepalive (socket, TRUE);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPIDLE, 60, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPINTVL, 15, NULL);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_KEEPCNT, 4, NULL);
}

/*
 * Nobody is asked for a certificate: without that NULL each connection would read all authorities that the
 * system trusts, for milliseconds, and keep them.
 *
 * Returns: (nullable) (transfer full): what is spoken on; %NULL if there is to be TLS and there is none
 */
static GIOStream *
secure (SkyHost *self, GSocketConnection *connection)
{
  GType type = g_tls_backend_get_server_connection_type (g_tls_backend_get_default ());
  GIOStream *tls;

  if (self->certificate == NULL)
    return g_object_ref (G_IO_STREAM (connection));
  tls = g_initable_new (type, NULL, NULL, "base-io-stream", connection, "certificate", self->certificate, "database",
                        NULL, NULL);
  /* Clients that hang up without TLS' goodbye are not wrong for that: HTTP and WebSocket have their own. */
  if (tls != NULL)
    g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  return tls;
}

/*
 * Somebody comes who is one too many: of those who never asked for anything, the one who is here longest has to go.
 * Returns: how many are left
 */
static guint
make_room (SkyHost *self)
{
  guint n_left = 0, max = self->house.options.max_connections;
  SkyHostSocket *oldest = NULL;
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket))
    {
      SkyHostSocket *one = socket;

      n_left += one->gone == 0;
      if (one->gone == 0 && !one->asked && (oldest == NULL || one->since_usec < oldest->since_usec))
        oldest = one;
    }
  if (n_left < max || oldest == NULL
      || (n_left < max + SKY_HOST_MAX_SURPLUS && g_get_monotonic_time () - oldest->since_usec < GRACE_USEC))
    return n_left;
  sky_host_socket_give_way (oldest);
  return n_left - 1;
}

/* Somebody with whom the handshake of TLS is being done. */
typedef struct
{
  SkyHost        *host;          /* borrowed: the sockets go before it */
  GSocketAddress *local, *remote;
} Guest;

static Guest *
guest_new (SkyHost *host, GSocketAddress *local, GSocketAddress *remote)
{
  Guest *self = g_new (Guest, 1);

  *self = (Guest) { host, g_object_ref (local), g_object_ref (remote) };
  return self;
}

static void
guest_free (gpointer data)
{
  Guest *self = data;

  g_object_unref (self->local);
  g_object_unref (self->remote);
  g_free (self);
}

static void
serve (SkyHost *self, SkyHostSocket *socket, GSocketAddress *local, GSocketAddress *remote)
{
  g_autoptr(GError) error = NULL;

  if (soup_server_accept_iostream (self->server, sky_link_get_stream (socket->link), local, remote, &error))
    return;
  sky_link_note (socket->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, "%s", error->message);
  g_hash_table_remove (self->sockets, remote);
}

static void
on_shake (SkyTcpShakeEvent event, gpointer user_data)
{
  const Guest *guest = user_data;
  SkyHost *self = guest->host;
  g_autoptr(GSocketAddress) local = g_object_ref (guest->local), remote = g_object_ref (guest->remote);
  SkyHostSocket *socket = g_hash_table_lookup (self->sockets, remote);

  if (event == SKY_TCP_SHAKE_GIVE_WAY)
    {
      sky_host_socket_give_way (socket);
      return;
    }
  g_clear_pointer (&socket->shake, sky_tcp_shake_free);
  sky_host_socket_touch (socket);
  serve (self, socket, local, remote);
}

/**
 * sky_host_accept:
 * @connection: somebody who has just come
 *
 * Takes it in as one more of the host's sockets, perhaps as one too many, or lets it go without a word. For the
 * "incoming" of a #SkyTcpListen.
 */
void
sky_host_accept (SkyTcpListen *listen, GSocketConnection *connection, gpointer user_data)
{
  SkyHost *self = user_data;
  guint n_sockets = g_hash_table_size (self->sockets), max = self->house.options.max_connections;
  g_autoptr(GSocketAddress) local
      = take_address (g_socket_connection_get_local_address (connection, NULL));
  g_autoptr(GSocketAddress) remote
      = take_address (g_socket_connection_get_remote_address (connection, NULL));
  g_autoptr(GIOStream) base = NULL;
  g_autofree char *name = NULL;
  SkyHostSocket *socket;

  if (n_sockets >= max)
    n_sockets = make_room (self);
  if (n_sockets >= max + SKY_HOST_MAX_SURPLUS || g_hash_table_size (self->sockets) >= 2 * max + SKY_HOST_MAX_SURPLUS)
    return;
  keep_alive (connection);
  base = secure (self, connection);
  if (base == NULL)
    return;
  name = g_strdup_printf (_("client %u"), ++self->n_accepted);
  socket = sky_host_socket_new (&self->house, name, base);
  socket->since_usec = g_get_monotonic_time ();
  socket->surplus = n_sockets >= max;
  socket->remote = remote;
  g_hash_table_insert (self->sockets, g_object_ref (remote), socket);
  if (G_IS_TLS_CONNECTION (base))
    socket->shake = sky_tcp_shake_new (self->shakes, G_TLS_CONNECTION (base), on_shake, guest_new (self, local, remote),
                                       guest_free);
  else
    serve (self, socket, local, remote);
}

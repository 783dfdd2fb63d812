#include "tcp/tcp-dial-private.h"

#include <glib/gi18n-lib.h>

/* What GSocketClient tells of a dial, said in steps; and whether the certificate that comes up is taken. */

static GSocketAddress *
get_remote (GIOStream *connection)
{
  if (!G_IS_SOCKET_CONNECTION (connection))
    return NULL;
  return g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
}

static void
set_proxy (SkyTcpDial *self, const char *uri)
{
  self->state.direct = uri == NULL;
  if (uri == NULL)
    return;
  g_free (self->state.proxy);
  self->state.proxy = sky_tcp_proxy_format (uri);
}

/* While it connects, the address is what the enumerator made, which knows whether it is a proxy's. */
static void
begin_connecting (SkyTcpDial *self, GIOStream *connection, const char *remote)
{
  g_autoptr(GSocketAddress) address = get_remote (connection);

  if (G_IS_PROXY_ADDRESS (address))
    set_proxy (self, g_proxy_address_get_uri (G_PROXY_ADDRESS (address)));
  else
    set_proxy (self, NULL);
  sky_tcp_dial_report (self, SKY_TCP_STEP_CONNECTING, remote);
}

/* Which proxy it will be is known once the system was asked. */
void
sky_tcp_dial_learn_proxy (SkyTcpDial *self)
{
  set_proxy (self, self->proxies != NULL ? sky_tcp_proxy_get_first (self->proxies) : NULL);
}

/* What is looked up here: behind a proxy only the proxy's name, the host's is its business. */
static char *
format_looked_up (SkyTcpDial *self)
{
  const char *uri = self->proxies != NULL ? sky_tcp_proxy_get_first (self->proxies) : NULL;
  g_autoptr(GUri) proxy = uri != NULL ? g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL) : NULL;

  return g_strdup (proxy != NULL && g_uri_get_host (proxy) != NULL ? g_uri_get_host (proxy)
                                                                   : self->host);
}

/* A proxy is asked for a tunnel even to port 80: a WebSocket needs one (RFC 6455 §4.1). */
static void
begin_proxy (SkyTcpDial *self)
{
  g_autofree char *where = sky_tcp_format_where (self->host, self->state.port);
  g_autofree char *detail = NULL;

  if (g_str_has_prefix (self->state.proxy, "http"))
    detail = g_strdup_printf (_("via %s (CONNECT %s)"), self->state.proxy, where);
  else
    detail = g_strdup_printf (_("via %s (to %s)"), self->state.proxy, where);
  sky_tcp_dial_report (self, SKY_TCP_STEP_PROXY, detail);
}

static gboolean
on_accept_certificate (GTlsConnection *tls, GTlsCertificate *certificate,
                       GTlsCertificateFlags errors, gpointer user_data)
{
  SkyTcpDial *self = user_data;

  if (self->accepted != NULL && sky_tcp_certificate_matches (certificate, self->accepted))
    {
      g_object_set_data (G_OBJECT (tls), SKY_TCP_MARK_ACCEPTED, GINT_TO_POINTER (TRUE));
      return TRUE;
    }
  if (self->insecure)
    return TRUE;
  g_clear_pointer (&self->state.certificate, sky_tcp_certificate_free);
  self->state.certificate = sky_tcp_certificate_new (certificate, errors, self->host, self->ca_file);
  self->state.certificate_errors = errors;
  self->state.certificate_changed = self->accepted != NULL;
  return FALSE;
}

static void
begin_tls (SkyTcpDial *self, GTlsConnection *tls)
{
  if (self->authorities != NULL)
    g_tls_connection_set_database (tls, self->authorities);
  if (self->own != NULL)
    g_tls_connection_set_certificate (tls, self->own);
  g_tls_connection_set_interaction (tls, self->ask);
  g_object_set_data_full (G_OBJECT (tls), SKY_TCP_MARK_HOST, g_strdup (self->host), g_free);
  g_signal_connect_object (tls, "accept-certificate", G_CALLBACK (on_accept_certificate), self, 0);
  sky_tcp_dial_report (self, SKY_TCP_STEP_TLS_HANDSHAKE, self->host);
}

/*
 * A session that is resumed is not verified again: what an earlier dial waved through, this one
 * would not even be asked about. So it is asked here.
 */
static gboolean
is_still_acceptable (SkyTcpDial *self, GTlsConnection *tls)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  GTlsCertificateFlags errors = g_tls_connection_get_peer_certificate_errors (tls);

  return certificate == NULL || errors == 0 || on_accept_certificate (tls, certificate, errors, self);
}

static void
end_tls (SkyTcpDial *self, GIOStream *tls)
{
  g_auto(SkyTcpFacts) facts = { 0 };
  g_autofree char *detail = NULL;

  if (!is_still_acceptable (self, G_TLS_CONNECTION (tls)))
    {
      self->refused = TRUE;
      g_cancellable_cancel (self->inner);
      return;
    }
  sky_tcp_facts_read (&facts, tls);
  detail = sky_tcp_facts_describe_tls (&facts);
  sky_tcp_dial_report (self, SKY_TCP_STEP_TLS_DONE, detail);
}

static void
on_event (GSocketClient *client, GSocketClientEvent event, GSocketConnectable *connectable,
          GIOStream *connection, gpointer user_data)
{
  SkyTcpDial *self = user_data;
  g_autoptr(GSocketAddress) address = get_remote (connection);
  g_autofree char *remote
      = address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;
  g_autofree char *looked_up = format_looked_up (self);

  if (self->task == NULL)
    return;
  switch (event)
    {
    case G_SOCKET_CLIENT_RESOLVING:
      sky_tcp_dial_report (self, SKY_TCP_STEP_RESOLVING, looked_up);
      break;
    case G_SOCKET_CLIENT_RESOLVED:
      sky_tcp_dial_report (self, SKY_TCP_STEP_RESOLVED, looked_up); /* which addresses, GSocketClient keeps to itself */
      break;
    case G_SOCKET_CLIENT_CONNECTING:
      begin_connecting (self, connection, remote);
      break;
    case G_SOCKET_CLIENT_CONNECTED:
      sky_tcp_dial_report (self, SKY_TCP_STEP_CONNECTED, remote);
      break;
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
      begin_proxy (self);
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

/* Says by "step" what @client does from now on. */
void
sky_tcp_dial_watch (SkyTcpDial *self, GSocketClient *client)
{
  g_signal_connect_object (client, "event", G_CALLBACK (on_event), self, 0);
}

#include "tcp/tcp-dial-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static GTlsConnection *
find_tls (GIOStream *connection)
{
  if (G_IS_TCP_WRAPPER_CONNECTION (connection))
    connection
        = g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (connection));
  return G_IS_TLS_CONNECTION (connection) ? G_TLS_CONNECTION (connection) : NULL;
}

/**
 * sky_tcp_facts_find_socket:
 *
 * Returns: (nullable) (transfer none): the socket below @connection
 */
GSocket *
sky_tcp_facts_find_socket (GIOStream *connection)
{
  g_autoptr(GIOStream) below = NULL;

  if (G_IS_SOCKET_CONNECTION (connection))
    return g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection));
  if (!G_IS_TLS_CONNECTION (connection))
    return NULL;
  g_object_get (connection, "base-io-stream", &below, NULL);
  return below != NULL ? sky_tcp_facts_find_socket (below) : NULL;
}

/* What GLib gives has room for an address ten times as long, and a host has thousands of them. */
static char *
format_address (GSocketAddress *address)
{
  g_autofree char *text = address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;

  return g_strdup (text != NULL ? text : "");
}

static const char *
version_name (GTlsProtocolVersion version)
{
  switch (version)
    {
    case G_TLS_PROTOCOL_VERSION_SSL_3_0:
      return "SSL 3.0";
    case G_TLS_PROTOCOL_VERSION_TLS_1_0:
      return "TLS 1.0";
    case G_TLS_PROTOCOL_VERSION_TLS_1_1:
      return "TLS 1.1";
    case G_TLS_PROTOCOL_VERSION_TLS_1_2:
      return "TLS 1.2";
    case G_TLS_PROTOCOL_VERSION_TLS_1_3:
      return "TLS 1.3";
    case G_TLS_PROTOCOL_VERSION_DTLS_1_0:
    case G_TLS_PROTOCOL_VERSION_DTLS_1_2:
    case G_TLS_PROTOCOL_VERSION_UNKNOWN:
      return NULL;
    }
  return NULL;
}

/*
 * Of a suite such as "TLS_AES_256_GCM_SHA384" only the cipher: how keys were agreed on is part of
 * its name up to TLS 1.2 and not since. An unknown suite keeps its name.
 */
static char *
cipher_name (GTlsConnection *tls)
{
  static const char *const ciphers[]
      = { "AES-256-GCM",       "AES-128-GCM", "AES-256-CCM", "AES-128-CCM",
          "CHACHA20-POLY1305", "AES-256-CBC", "AES-128-CBC" };
  char *suite = g_tls_connection_get_ciphersuite_name (tls);

  if (suite == NULL)
    return NULL;
  g_strdelimit (suite, "_", '-');
  for (gsize i = 0; i < G_N_ELEMENTS (ciphers); i++)
    if (strstr (suite, ciphers[i]) != NULL)
      {
        g_free (suite);
        return g_strdup (ciphers[i]);
      }
  return suite;
}

static void
read_tls (SkyTcpFacts *facts, GTlsConnection *tls)
{
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  GTlsCertificateFlags errors = g_tls_connection_get_peer_certificate_errors (tls);
  const char *host = g_object_get_data (G_OBJECT (tls), SKY_TCP_MARK_HOST);

  facts->tls = TRUE;
  facts->tls_version = g_strdup (version_name (g_tls_connection_get_protocol_version (tls)));
  facts->tls_cipher = cipher_name (tls);
  facts->tls_asked = g_object_get_data (G_OBJECT (tls), SKY_TCP_MARK_ASKED) != NULL;
  if (certificate == NULL)
    return;
  facts->certificate
      = sky_tcp_certificate_new (certificate, errors, host != NULL ? host : facts->remote, NULL);
  facts->tls_trusted = errors == 0;
  facts->tls_accepted = errors != 0 && g_object_get_data (G_OBJECT (tls), SKY_TCP_MARK_ACCEPTED);
}

/**
 * sky_tcp_facts_read:
 * @facts: (out caller-allocates): to be cleared with sky_tcp_facts_clear()
 * @connection: what #SkyTcpDial or #SkyTcpListen gave, or a #GTlsConnection on top of it
 *
 * Reads what is known. A server's peer seldom has a certificate: then there is none and
 * nothing that was trusted. Behind a proxy @remote is the proxy.
 */
void
sky_tcp_facts_read (SkyTcpFacts *facts, GIOStream *connection)
{
  gboolean plain = g_object_get_data (G_OBJECT (connection), SKY_TCP_MARK_PLAIN) != NULL;
  GTlsConnection *tls = plain ? NULL : find_tls (connection);
  GSocket *socket = sky_tcp_facts_find_socket (connection);
  g_autoptr(GSocketAddress) local
      = socket != NULL ? g_socket_get_local_address (socket, NULL) : NULL;
  g_autoptr(GSocketAddress) remote
      = socket != NULL ? g_socket_get_remote_address (socket, NULL) : NULL;

  *facts = (SkyTcpFacts){ .local = format_address (local), .remote = format_address (remote) };
  facts->proxy = g_strdup (g_object_get_data (G_OBJECT (connection), SKY_TCP_MARK_PROXY));
  if (tls != NULL)
    read_tls (facts, tls);
}

/**
 * sky_tcp_facts_clear:
 *
 * Frees what @facts owns and leaves it empty.
 */
void
sky_tcp_facts_clear (SkyTcpFacts *facts)
{
  g_free (facts->local);
  g_free (facts->remote);
  g_free (facts->proxy);
  g_free (facts->tls_version);
  g_free (facts->tls_cipher);
  g_clear_pointer (&facts->certificate, sky_tcp_certificate_free);
  *facts = (SkyTcpFacts){ 0 };
}

static const char *
format_trust (const SkyTcpFacts *facts)
{
  if (facts->tls_trusted)
    return _("verified");
  return facts->tls_accepted ? _("accepted by you") : _("not verified (told to take any)");
}

/**
 * sky_tcp_facts_describe_tls:
 *
 * Returns: (transfer full): one line, such as "TLS 1.3, AES-256-GCM, certificate of example.org by
 *   Example CA, valid until 2027-01-01, verified"
 */
char *
sky_tcp_facts_describe_tls (const SkyTcpFacts *facts)
{
  GString *text = g_string_new (facts->tls_version != NULL ? facts->tls_version : "TLS");

  if (facts->tls_cipher != NULL)
    g_string_append_printf (text, ", %s", facts->tls_cipher);
  if (facts->certificate != NULL)
    {
      g_autofree char *certificate = sky_tcp_certificate_describe (facts->certificate);

      g_string_append_printf (text, ", %s, %s", certificate, format_trust (facts));
    }
  if (facts->tls_asked)
    g_string_append_printf (text, ", %s", _("asked for your certificate and got none"));
  return g_string_free (text, FALSE);
}

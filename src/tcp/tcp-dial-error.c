#include "tcp/tcp-dial-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* What an error carries beside its sentence. */
typedef struct
{
  SkyTcpCertificate *certificate; /* nullable */
} SkyTcpErrorPrivate;

static void
sky_tcp_error_private_init (SkyTcpErrorPrivate *priv)
{
}

static void
sky_tcp_error_private_copy (const SkyTcpErrorPrivate *from, SkyTcpErrorPrivate *to)
{
  to->certificate = from->certificate != NULL ? sky_tcp_certificate_copy (from->certificate) : NULL;
}

static void
sky_tcp_error_private_clear (SkyTcpErrorPrivate *priv)
{
  g_clear_pointer (&priv->certificate, sky_tcp_certificate_free);
}

G_DEFINE_EXTENDED_ERROR (SkyTcpError, sky_tcp_error)

/**
 * sky_tcp_error_get_certificate:
 * @error: any
 *
 * Returns: (nullable) (transfer none): of %SKY_TCP_ERROR_TLS_UNTRUSTED, TLS_NAME and TLS_EXPIRED: the
 *   certificate that was refused, for a person to look at; accepting it is dialling again with its
 *   fingerprint
 */
const SkyTcpCertificate *
sky_tcp_error_get_certificate (const GError *error)
{
  return error->domain == SKY_TCP_ERROR ? sky_tcp_error_get_private (error)->certificate : NULL;
}

/* Returns: (transfer full): "host:port", with brackets around an IPv6 address (RFC 3986 §3.2.2) */
char *
sky_tcp_format_where (const char *host, guint16 port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

/* Returns: (transfer full): the gravest thing that is wrong with the certificate that was refused */
GError *
sky_tcp_dial_explain_certificate (const SkyTcpDialState *state)
{
  GTlsCertificateFlags errors = state->certificate_errors;
  SkyTcpError code = SKY_TCP_ERROR_TLS;
  GError *error;

  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA || state->certificate_changed)
    code = SKY_TCP_ERROR_TLS_UNTRUSTED;
  else if (errors & (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED))
    code = SKY_TCP_ERROR_TLS_EXPIRED;
  else if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    code = SKY_TCP_ERROR_TLS_NAME;
  error = state->certificate_changed
              ? g_error_new (SKY_TCP_ERROR, (int) code,
                             _("%s shows another certificate than the one that you accepted."), state->host)
              : g_error_new_literal (SKY_TCP_ERROR, (int) code, state->certificate->problems[0]);
  sky_tcp_error_get_private (error)->certificate = sky_tcp_certificate_copy (state->certificate);
  return error;
}

/*
 * glib-networking has no code for some of what GnuTLS says and passes it on in the person's
 * language: its own translation is what to look for.
 */
static gboolean
says (const GError *error, const char *saying)
{
  return strstr (error->message, saying) != NULL
         || strstr (error->message, g_dgettext ("gnutls30", saying)) != NULL;
}

static gboolean
is_not_tls (const GError *error)
{
  return says (error, "An unexpected TLS packet was received.")
         || says (error, "A TLS record packet with invalid length was received.")
         || says (error, "A record packet with illegal version was received.")
         || says (error, "A packet with illegal or unsupported version was received.");
}

/* It takes a close within the handshake for a sign that the peer does not speak TLS; it may. */
static gboolean
is_early_end (const GError *error)
{
  return error->code == G_TLS_ERROR_EOF
         || says (error, "The TLS connection was non-properly terminated.");
}

static GError *
explain_tls (const SkyTcpDialState *state, const char *where, const GError *error)
{
  if (state->certificate != NULL)
    return sky_tcp_dial_explain_certificate (state);
  if (state->asked)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_ASKS, _("%s asks for a certificate of yours."),
                        where);
  if (is_not_tls (error))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_NOT_TLS, _("%s does not speak TLS."), where);
  if (is_early_end (error))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_RESET,
                        _("%s closed the connection during the TLS handshake."), where);
  switch ((GTlsError) error->code)
    {
    case G_TLS_ERROR_NOT_TLS:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_NOT_TLS, _("%s does not speak TLS."),
                          where);
    case G_TLS_ERROR_CERTIFICATE_REQUIRED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_ASKS,
                          _("%s asks for a certificate of yours."), where);
    case G_TLS_ERROR_UNAVAILABLE:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS,
                          _("This computer lacks TLS for GLib (the package glib-networking)."));
    case G_TLS_ERROR_EOF:
    case G_TLS_ERROR_MISC:
    case G_TLS_ERROR_BAD_CERTIFICATE:
    case G_TLS_ERROR_HANDSHAKE:
    case G_TLS_ERROR_INAPPROPRIATE_FALLBACK:
    case G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD:
    default:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS,
                          _("The TLS handshake with %s failed: %s"), where, error->message);
    }
}

static GError *
explain_name (const SkyTcpDialState *state, const GError *error)
{
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_NAME,
                        _("“%s” could not be looked up: the name server gave no answer."),
                        state->host);
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_NAME, _("No address is known for “%s”."),
                      state->host);
}

/*
 * Whether there is no network to send into. An IPv6 address says so by EADDRNOTAVAIL, for which
 * GLib has no code, and later (2.84) that of a refusal; nor has it one for an interface or a
 * neighbour that is down.
 */
gboolean
sky_tcp_is_unreachable (const GError *error)
{
  static const int errnos[] = { EADDRNOTAVAIL, ENETDOWN, EHOSTDOWN };

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (errnos); i++)
    if ((g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        && strstr (error->message, g_strerror (errnos[i])) != NULL)
      return TRUE;
  return FALSE;
}

/*
 * GLib says these with error codes of the same domain; where there is no code of ours, its own
 * message follows.
 */
static GError *
explain_io (const SkyTcpDialState *state, const char *where, const GError *error)
{
  if (sky_tcp_is_unreachable (error))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_UNREACHABLE,
                        _("No way leads from this computer to %s."), where);
  switch ((int) error->code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_REFUSED,
                          _("Nothing listens on %s: the connection was refused."), where);
    case G_IO_ERROR_HOST_NOT_FOUND:
      return explain_name (state, error);
    case G_IO_ERROR_TIMED_OUT:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT, _("%s gave no answer."), where);
    case G_IO_ERROR_CONNECTION_CLOSED:
      if (state->asked)
        return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_ASKS,
                            _("%s asks for a certificate of yours."), where);
      if (state->step >= SKY_TCP_STEP_TLS_HANDSHAKE)
        return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_RESET,
                            _("%s cut the line during the TLS handshake."), where);
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_RESET, _("%s cut the line."), where);
    default:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_FAILED, _("No connection to %s: %s"), where,
                          error->message);
    }
}

/* Who is dialled, and through whom: what is said of them may be the proxy's doing. */
static char *
format_target (const SkyTcpDialState *state)
{
  g_autofree char *where = sky_tcp_format_where (state->host, state->port);

  if (state->proxy == NULL || state->direct)
    return g_steal_pointer (&where);
  return g_strdup_printf (_("%s through the proxy %s"), where, state->proxy);
}

/*
 * @error: what GLib said
 *
 * Returns: (transfer full): the same in %SKY_TCP_ERROR, a sentence that names the host; a
 *   cancellation stays what it is
 */
GError *
sky_tcp_dial_explain (const SkyTcpDialState *state, const GError *error)
{
  g_autofree char *where = format_target (state);
  GError *proxy;

  if (error->domain == SKY_TCP_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  proxy = sky_tcp_dial_explain_proxy (state, error);
  if (proxy != NULL)
    return proxy;
  if (error->domain == G_RESOLVER_ERROR)
    return explain_name (state, error);
  if (error->domain == G_TLS_ERROR)
    return explain_tls (state, where, error);
  if (error->domain == G_IO_ERROR)
    return explain_io (state, where, error);
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_FAILED, _("No connection to %s: %s"), where,
                      error->message);
}

/* Returns: (transfer full): what was waited for when the time was up */
GError *
sky_tcp_dial_explain_timeout (const SkyTcpDialState *state)
{
  g_autofree char *where = format_target (state);
  double seconds = state->timeout_msec / 1e3;
  GError *proxy = sky_tcp_dial_explain_proxy_timeout (state);

  if (proxy != NULL)
    return proxy;
  if (state->step >= SKY_TCP_STEP_TLS_HANDSHAKE)
    return g_error_new (
        SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT,
        _("%s accepted the connection, but the TLS handshake was not over after %g s."), where,
        seconds);
  if (state->step == SKY_TCP_STEP_RESOLVING)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT,
                        _("The address of “%s” was not known after %g s."), state->host, seconds);
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT, _("%s gave no answer within %g s."),
                      where, seconds);
}

/**
 * sky_tcp_error_advice:
 * @code: a #SkyTcpError
 *
 * Returns: (transfer none): what to do next, one sentence, translated
 */
const char *
sky_tcp_error_advice (int code)
{
  switch ((SkyTcpError) code)
    {
    case SKY_TCP_ERROR_NAME:
      return _("Check the spelling of the host name and that this computer is online.");
    case SKY_TCP_ERROR_REFUSED:
      return _("Check that the server is running and the port is right.");
    case SKY_TCP_ERROR_UNREACHABLE:
      return _("Check that this computer is online and, if the host is in a private network, that "
                "the VPN is up.");
    case SKY_TCP_ERROR_TIMEOUT:
      return _("Check the address; a firewall may be dropping the connection, or the server may "
                "be overloaded.");
    case SKY_TCP_ERROR_RESET:
      return _("Look into the server's log for why it dropped the connection, then try again.");
    case SKY_TCP_ERROR_NOT_TLS:
      return _("Try the address with ws:// or http://, or another port.");
    case SKY_TCP_ERROR_TLS:
      return _("Check the server's TLS settings and certificate.");
    case SKY_TCP_ERROR_TLS_UNTRUSTED:
      return _("Look at the certificate: if it is the server's, accept it for this host, or give its "
                "authority's certificate.");
    case SKY_TCP_ERROR_TLS_NAME:
      return _("Use a name that the certificate is for, or accept it for this host.");
    case SKY_TCP_ERROR_TLS_EXPIRED:
      return _("Renew the server's certificate, and check the clock of this computer.");
    case SKY_TCP_ERROR_PROXY:
      return _("Check the address of the proxy (http://host:port, https://, socks5:// or "
                "socks4a://), or connect without one.");
    case SKY_TCP_ERROR_PROXY_AUTH:
      return _("Give them in the address of the proxy, http://user:password@host:port, with %40 for "
                "“@”, %3A for “:” and %2F for “/” within them.");
    case SKY_TCP_ERROR_PROXY_TARGET:
      return _("Check the host and the port, and ask who runs the proxy: many let through port 443 "
                "only (wss://), or known hosts.");
    case SKY_TCP_ERROR_TLS_ASKS:
      return _("Give your certificate and its key, as PEM files, for this connection.");
    case SKY_TCP_ERROR_FILE:
      return _("Give PEM files that can be read; “openssl pkey -in key.pem -out plain.pem” takes the "
                "password off a key.");
    case SKY_TCP_ERROR_IN_USE:
      return _("Choose another port, or 0 for any that is free.");
    case SKY_TCP_ERROR_NOT_ALLOWED:
      return _("Choose a port above 1023 and an address of this computer.");
    case SKY_TCP_ERROR_FAILED:
      break;
    }
  return _("Check the address and try again.");
}

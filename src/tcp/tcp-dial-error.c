#include "tcp/tcp-dial-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

G_DEFINE_QUARK (sky-tcp-error-quark, sky_tcp_error)

/* Returns: (transfer full): "host:port", with brackets around an IPv6 address (RFC 3986 §3.2.2) */
char *
sky_tcp_format_where (const char *host, guint16 port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

static GError *
explain_untrusted (const SkyTcpDialState *state)
{
  g_autofree char *subject = g_tls_certificate_get_subject_name (state->certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (state->certificate);
  gboolean self_signed = subject != NULL && g_strcmp0 (subject, issuer) == 0;

  if (state->ca_file != NULL)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_UNTRUSTED,
                        _("The certificate of %s was not issued by an authority in “%s”."),
                        state->host, state->ca_file);
  if (self_signed)
    return g_error_new (
        SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_UNTRUSTED,
        _("The certificate of %s was not issued by an authority that this computer trusts "
           "(self-signed)."),
        state->host);
  return g_error_new (
      SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_UNTRUSTED,
      _("The certificate of %s was not issued by an authority that this computer trusts."),
      state->host);
}

/* What the certificate is for: its DNS names and addresses, or its subject if it has none. */
static char *
list_names (GTlsCertificate *certificate)
{
  g_autoptr(GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr(GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  GString *list = g_string_new (NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      gsize len;
      const char *name = g_bytes_get_data (names->pdata[i], &len);
      g_autofree char *valid = g_utf8_make_valid (name, (gssize) len);

      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", valid);
    }
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      g_autofree char *address = g_inet_address_to_string (addresses->pdata[i]);

      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", address);
    }
  if (list->len == 0)
    {
      g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

      g_string_append (list, subject != NULL ? subject : "?");
    }
  return g_string_free (list, FALSE);
}

static GError *
explain_expired (const SkyTcpDialState *state, GDateTime *date, const char *format)
{
  g_autofree char *day
      = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC") : g_strdup ("?");
  g_autoptr(GString) text = g_string_new (format);

  g_string_replace (text, "{host}", state->host, 1);
  g_string_replace (text, "{date}", day, 1);
  return g_error_new_literal (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_EXPIRED, text->str);
}

/* The first reason that makes the others pointless to mend. */
static GError *
explain_certificate (const SkyTcpDialState *state)
{
  GTlsCertificateFlags errors = state->certificate_errors;
  g_autoptr(GDateTime) from = g_tls_certificate_get_not_valid_before (state->certificate);
  g_autoptr(GDateTime) until = g_tls_certificate_get_not_valid_after (state->certificate);

  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return explain_untrusted (state);
  if (errors & G_TLS_CERTIFICATE_EXPIRED)
    return explain_expired (state, until, _("The certificate of {host} expired on {date}."));
  if (errors & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return explain_expired (state, from,
                            _("The certificate of {host} is not valid before {date}."));
  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    {
      g_autofree char *names = list_names (state->certificate);

      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS_NAME,
                          _("The certificate of %s is for another name: %s."), state->host, names);
    }
  if (errors & G_TLS_CERTIFICATE_REVOKED)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS,
                        _("The certificate of %s has been revoked."), state->host);
  if (errors & G_TLS_CERTIFICATE_INSECURE)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS,
                        _("The certificate of %s uses an algorithm that is no longer safe."),
                        state->host);
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS, _("The certificate of %s is not valid."),
                      state->host);
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
    return explain_certificate (state);
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
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TLS,
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
 * GLib says these with error codes of the same domain; where there is no code of ours, its own
 * message follows.
 */
static GError *
explain_io (const SkyTcpDialState *state, const char *where, const GError *error)
{
  switch ((int) error->code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_REFUSED,
                          _("Nothing listens on %s: the connection was refused."), where);
    case G_IO_ERROR_HOST_NOT_FOUND:
      return explain_name (state, error);
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_UNREACHABLE,
                          _("No way leads from this computer to %s."), where);
    case G_IO_ERROR_TIMED_OUT:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_TIMEOUT, _("%s gave no answer."), where);
    case G_IO_ERROR_CONNECTION_CLOSED:
      if (state->step >= SKY_TCP_STEP_TLS_HANDSHAKE)
        return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_RESET,
                            _("%s cut the line during the TLS handshake."), where);
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_RESET, _("%s cut the line."), where);
    case G_IO_ERROR_PROXY_FAILED:
    case G_IO_ERROR_PROXY_AUTH_FAILED:
    case G_IO_ERROR_PROXY_NEED_AUTH:
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                          _("The proxy on the way to %s refused: %s"), where, error->message);
    default:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_FAILED, _("No connection to %s: %s"), where,
                          error->message);
    }
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
  g_autofree char *where = sky_tcp_format_where (state->host, state->port);

  if (error->domain == SKY_TCP_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
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
  g_autofree char *where = sky_tcp_format_where (state->host, state->port);
  double seconds = state->timeout_msec / 1e3;

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
      return _("If the server is yours, give its authority's certificate, or allow any "
                "certificate for this connection.");
    case SKY_TCP_ERROR_TLS_NAME:
      return _(
          "Use a name that the certificate is for, or allow any certificate for this connection.");
    case SKY_TCP_ERROR_TLS_EXPIRED:
      return _("Renew the server's certificate, and check the clock of this computer.");
    case SKY_TCP_ERROR_PROXY:
      return _("Check the proxy in the system's network settings.");
    case SKY_TCP_ERROR_IN_USE:
      return _("Choose another port, or 0 for any that is free.");
    case SKY_TCP_ERROR_NOT_ALLOWED:
      return _("Choose a port above 1023 and an address of this computer.");
    case SKY_TCP_ERROR_FAILED:
      break;
    }
  return _("Check the address and try again.");
}

#include "tcp/tcp-dial-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

/* The status that GLib appends to "HTTP proxy connection failed: ", in every language. */
static int
read_status (const GError *error)
{
  const char *colon = strrchr (error->message, ' ');
  int status = colon != NULL ? atoi (colon + 1) : 0;

  return status >= 100 && status <= 599 ? status : 0;
}

/* RFC 9110 §9.3.6, §15: what one says to CONNECT who does not know it, and who could not do it. */
static GError *
explain_status (const SkyTcpDialState *state, const char *where, int status)
{
  switch (status)
    {
    case 400:
    case 404:
    case 405:
    case 426:
    case 501:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                          _("What answers on %s seems to be a web server and no proxy: to the request "
                             "for a tunnel (CONNECT) it said %d."),
                          state->proxy, status);
    case 502:
    case 503:
    case 504:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY_TARGET,
                          _("The proxy %s could not reach %s (it said %d)."), state->proxy, where,
                          status);
    default:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                          _("The proxy %s answered the request for a tunnel to %s with %d."),
                          state->proxy, where, status);
    }
}

/* The talk with the proxy failed. */
static GError *
explain_talk (const SkyTcpDialState *state, const char *where, const GError *error)
{
  switch (error->code)
    {
    case G_IO_ERROR_PROXY_NEED_AUTH:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY_AUTH,
                          _("The proxy %s asks for a user name and a password."), state->proxy);
    case G_IO_ERROR_PROXY_AUTH_FAILED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY_AUTH,
                          _("The proxy %s did not accept the user name and password."), state->proxy);
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY_TARGET,
                          _("The proxy %s does not allow a connection to %s."), state->proxy, where);
    case G_IO_ERROR_CONNECTION_REFUSED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY_TARGET,
                          _("The proxy %s says that %s refused the connection."), state->proxy, where);
    case G_IO_ERROR_HOST_NOT_FOUND:
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY_TARGET,
                          _("The proxy %s found no way to %s."), state->proxy, where);
    case G_IO_ERROR_CONNECTION_CLOSED:
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                          _("What answers on %s cut the line: perhaps it is no proxy, or of another kind."),
                          state->proxy);
    default:
      if (read_status (error) != 0)
        return explain_status (state, where, read_status (error));
      return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                          _("What answers on %s does not act as a proxy: %s"), state->proxy,
                          error->message);
    }
}

/* The proxy was not reached. */
static GError *
explain_reach (const SkyTcpDialState *state, const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                        _("No address is known for the proxy %s."), state->proxy);
  if (sky_tcp_is_unreachable (error))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                        _("No way leads from this computer to the proxy %s."), state->proxy);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                        _("Nothing listens where the proxy %s should be: the connection was refused."),
                        state->proxy);
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY, _("The proxy %s cannot be reached: %s"),
                      state->proxy, error->message);
}

static gboolean
is_proxy_error (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED);
}

/*
 * @error: what GLib said
 *
 * Returns: (nullable) (transfer full): the same as a sentence that names the proxy, or %NULL if
 *   no proxy is to blame
 */
GError *
sky_tcp_dial_explain_proxy (const SkyTcpDialState *state, const GError *error)
{
  g_autofree char *where = sky_tcp_format_where (state->host, state->port);

  if (state->proxy == NULL)
    return NULL;
  /* After one address of the proxy another is tried, and the step is that one's: the error tells. */
  if (is_proxy_error (error))
    return explain_talk (state, where, error);
  if (state->direct || state->certificate != NULL || state->step >= SKY_TCP_STEP_TLS_HANDSHAKE)
    return NULL;
  if (state->step == SKY_TCP_STEP_PROXY && error->domain == G_TLS_ERROR)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY, _("TLS with the proxy %s failed: %s"),
                        state->proxy, error->message);
  if (state->step == SKY_TCP_STEP_PROXY)
    return explain_talk (state, where, error);
  return explain_reach (state, error);
}

/* Returns: (nullable) (transfer full): what was waited for if it was a proxy */
GError *
sky_tcp_dial_explain_proxy_timeout (const SkyTcpDialState *state)
{
  g_autofree char *where = sky_tcp_format_where (state->host, state->port);
  double seconds = state->timeout_msec / 1e3;

  if (state->proxy == NULL || state->direct || state->step >= SKY_TCP_STEP_TLS_HANDSHAKE)
    return NULL;
  if (state->step == SKY_TCP_STEP_PROXY)
    return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                        _("The proxy %s took the connection, but had opened no way to %s after %g s."),
                        state->proxy, where, seconds);
  return g_error_new (SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                      _("The proxy %s gave no answer within %g s."), state->proxy, seconds);
}

#include "peer/host/host-http-private.h"

#include <string.h>

#include "peer/host/host-admin.h"

/* Who may talk from other origins, and cookies: PROTOCOL §2.5, §2.6, §13. */

static const char *
get_header (SoupServerMessage *message, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (message), name);
}

static gboolean
has_any (const SkyHostHouse *house)
{
  return house->options.cors != NULL && g_strv_contains (house->options.cors, "*");
}

/* Whether @origin is where this server itself is: its host is what the client asked for. */
static gboolean
is_own (SoupServerMessage *message, const char *origin)
{
  const char *host = get_header (message, "Host"), *rest = strstr (origin, "://");

  return host != NULL && rest != NULL && g_ascii_strcasecmp (rest + 3, host) == 0;
}

/* Whether a page of the hosted Admin UI asks, and there is something for it: it is the one page that is let in unasked. */
static gboolean
is_admin_page (const SkyHostHouse *house, SoupServerMessage *message)
{
  return sky_host_admin_owns (house, SKY_HOST_ADMIN_NSP)
         && g_strcmp0 (get_header (message, "Origin"), SKY_HOST_ADMIN_ORIGIN) == 0;
}

/* Returns: whether nothing is known against where the request comes from */
gboolean
sky_host_http_is_welcome (const SkyHostHouse *house, SoupServerMessage *message)
{
  const char *origin = get_header (message, "Origin");

  return !house->options.check_origin || origin == NULL || is_own (message, origin) || has_any (house)
         || is_admin_page (house, message) || (house->options.cors != NULL && g_strv_contains (house->options.cors, origin));
}

/* Errors have these headers too, or browsers hide the error from their page: PROTOCOL §2.6. */
void
sky_host_http_add_cors (const SkyHostHouse *house, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *const *cors = house->options.cors;
  const char *origin = get_header (message, "Origin");

  if (is_admin_page (house, message))
    {
      soup_message_headers_append (headers, "Vary", "Origin");
      soup_message_headers_replace (headers, "Access-Control-Allow-Origin", origin);
      soup_message_headers_replace (headers, "Access-Control-Allow-Credentials", "true");
      return;
    }
  if (cors == NULL || cors[0] == NULL)
    return;
  if (has_any (house))
    {
      soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
      return;
    }
  soup_message_headers_append (headers, "Vary", "Origin");
  if (cors[1] == NULL)
    origin = cors[0];
  else if (origin == NULL || !g_strv_contains (cors, origin))
    return;
  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", origin);
  soup_message_headers_replace (headers, "Access-Control-Allow-Credentials", "true");
}

/* libsoup takes an answer without a length for one that ends with its connection, and hangs up: this one has no body. */
static void
on_wrote_headers (SoupServerMessage *message, gpointer user_data)
{
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_NONE);
}

/**
 * sky_host_http_preflight:
 *
 * Answers a browser that asks whether it may ask, if others may at all.
 *
 * Returns: %FALSE if the request is to be judged as any other
 */
gboolean
sky_host_http_preflight (const SkyHostHouse *house, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const char *wanted = get_header (message, "Access-Control-Request-Headers");

  if (g_strcmp0 (soup_server_message_get_method (message), "OPTIONS") != 0
      || (house->options.cors == NULL && !is_admin_page (house, message)))
    return FALSE;
  soup_message_headers_replace (headers, "Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
  soup_message_headers_append (headers, "Vary", "Access-Control-Request-Headers");
  if (wanted != NULL)
    soup_message_headers_replace (headers, "Access-Control-Allow-Headers", wanted);
  if (is_admin_page (house, message) && get_header (message, "Access-Control-Request-Private-Network") != NULL)
    soup_message_headers_replace (headers, "Access-Control-Allow-Private-Network", "true");
  g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote_headers), NULL);
  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  return TRUE;
}

/* With the answer to the handshake only. The session is never found by it: PROTOCOL §13.1. */
void
sky_host_http_add_cookies (SkyHostSession *session, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  const SkyHostOptions *options = &session->house->options;

  if (options->cookie != NULL)
    {
      g_autofree char *cookie
          = g_strdup_printf ("%s=%s%s", options->cookie, session->sid, options->cookie_attributes);

      soup_message_headers_append (headers, "Set-Cookie", cookie);
    }
  for (gsize i = 0; options->set_cookies != NULL && options->set_cookies[i] != NULL; i++)
    soup_message_headers_append (headers, "Set-Cookie", options->set_cookies[i]);
}

#include "peer/carrier/request.h"

#include <string.h>

#include "http/http-line.h"
#include "http/http-upgrade.h"

#define MAX_COOKIES     180
#define MAX_COOKIES_LEN (32 * 1024) /* bytes */

static gboolean
replaces (const SkyProfile *profile, const char *name)
{
  for (char **line = profile->headers; line != NULL && *line != NULL; line++)
    if (sky_http_line_is (*line, name))
      return TRUE;
  return FALSE;
}

/* A header of the person's own is no default one: naming both leaves the person's. */
static gboolean
is_left_out (const SkyProfile *profile, const char *name, gsize len)
{
  g_autofree char *exact = g_strndup (name, len);

  if (len == 0 || replaces (profile, exact))
    return FALSE;
  for (char **without = profile->without; without != NULL && *without != NULL; without++)
    if (g_ascii_strcasecmp (*without, exact) == 0)
      return TRUE;
  return FALSE;
}

/*
 * Whether @route leads to the host that the person named: what is secret is for that one, not for
 * where it redirects to. From http to https of the same host nothing is given away.
 */
static gboolean
is_own_host (const SkyProfile *profile, const SkyRoute *route)
{
  g_auto(SkyRoute) own = { 0 };

  if (!sky_route_resolve (&own, profile, NULL))
    return TRUE; /* nobody was named: there is nothing to compare */
  if (g_ascii_strcasecmp (own.host, route->host) != 0)
    return FALSE;
  return own.tls == route->tls ? own.port == route->port : route->tls && own.port == 80 && route->port == 443;
}

static gboolean
is_secret (const char *line)
{
  return sky_http_line_is (line, "Authorization") || sky_http_line_is (line, "Cookie");
}

/* Cookies are kept for, and sent to, an address of HTTP, whatever the person typed. */
static GUri *
make_uri (const SkyRoute *route)
{
  g_autofree char *path = g_strndup (route->target, strcspn (route->target, "?"));

  return g_uri_build (G_URI_FLAGS_ENCODED, route->tls ? "https" : "http", NULL, route->host, route->port,
                      *path == '/' ? path : "/", NULL, NULL);
}

static gboolean
has_cookie (GSList *cookies, const char *pair)
{
  gsize len = strcspn (pair, "=");

  for (GSList *l = cookies; l != NULL; l = l->next)
    if (strlen (soup_cookie_get_name (l->data)) == len && strncmp (soup_cookie_get_name (l->data), pair, len) == 0)
      return TRUE;
  return FALSE;
}

static void
append_cookie (GString *line, const char *pair)
{
  if (!sky_http_line_value_fits (pair) || *pair == '\0')
    return;
  if (line->len > 0)
    g_string_append (line, "; ");
  g_string_append (line, pair);
}

/* The person's cookies, then the server's, which replace those of the same name. RFC 6265 §5.4 */
static char *
make_cookies (const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar, gboolean own)
{
  g_autoptr(GUri) uri = make_uri (route);
  GSList *kept = jar != NULL ? soup_cookie_jar_get_cookie_list (jar, uri, TRUE) : NULL;
  GString *line = g_string_new (NULL);

  for (char **pair = profile->cookies; own && pair != NULL && *pair != NULL; pair++)
    if (!has_cookie (kept, *pair))
      append_cookie (line, *pair);
  for (GSList *l = kept; l != NULL; l = l->next)
    {
      g_autofree char *pair = soup_cookie_to_cookie_header (l->data);

      append_cookie (line, pair);
    }
  g_slist_free_full (kept, (GDestroyNotify) soup_cookie_free);
  return g_string_free (line, line->len == 0);
}

/* RFC 7617 §2: in UTF-8. */
static char *
make_authorization (const SkyProfile *profile)
{
  g_autofree char *user = NULL;

  if (profile->user == NULL || *profile->user == '\0')
    return NULL;
  user = g_base64_encode ((const guchar *) profile->user, strlen (profile->user));
  return g_strconcat ("Basic ", user, NULL);
}

static void
append_header (GString *head, const SkyProfile *profile, const char *name, const char *value)
{
  if (value != NULL && sky_http_line_value_fits (value) && !replaces (profile, name)
      && !is_left_out (profile, name, strlen (name)))
    g_string_append_printf (head, "%s: %s\r\n", name, value);
}

static void
append_own_headers (GString *head, const SkyProfile *profile, gboolean own)
{
  for (char **line = profile->headers; line != NULL && *line != NULL; line++)
    if (sky_http_line_name_len (*line) > 0 && (own || !is_secret (*line)))
      g_string_append_printf (head, "%s\r\n", *line);
}

/**
 * sky_request_head:
 * @route: the host that is asked; its target is not looked at
 * @jar: (nullable): the cookies that were set so far
 *
 * Writes the head of a request that is no upgrade: what a browser would say, without what
 * @profile->without names, and with @profile->headers instead of the defaults of their names. What
 * would break a line is left out. Authorization and the person's cookies go only to the host that
 * the profile names, not to one that it redirects to.
 *
 * Returns: (transfer full): the head, to its empty line
 */
char *
sky_request_head (const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar, const SkyRequest *request)
{
  gboolean own = is_own_host (profile, route);
  g_autofree char *authorization = own ? make_authorization (profile) : NULL;
  g_auto(SkyRoute) asked = { 0 };
  g_autofree char *cookies = NULL;
  g_autofree char *length = request->body_len >= 0 ? g_strdup_printf ("%" G_GSSIZE_FORMAT, request->body_len) : NULL;
  GString *head = g_string_new (request->method);

  sky_route_copy (route, &asked);
  g_free (asked.target);
  asked.target = g_strdup (request->target);
  cookies = make_cookies (profile, &asked, jar, own);
  g_string_append_c (head, ' ');
  sky_http_line_append_target (head, request->target);
  g_string_append (head, " HTTP/1.1\r\n");
  append_header (head, profile, "Host", route->host_header);
  append_header (head, profile, "Connection", "keep-alive");
  append_header (head, profile, "Content-Length", length);
  append_header (head, profile, "Authorization", authorization);
  append_header (head, profile, "User-Agent", SKY_REQUEST_USER_AGENT);
  append_header (head, profile, "Content-Type", request->content_type);
  append_header (head, profile, "Accept", "*/*");
  append_header (head, profile, "Origin", profile->origin);
  append_header (head, profile, "Accept-Encoding", "gzip, deflate");
  append_header (head, profile, "Cookie", cookies);
  append_own_headers (head, profile, own);
  g_string_append (head, "\r\n");
  return g_string_free (head, FALSE);
}

static char *
make_key (void)
{
  guint8 random[16];

  for (guint i = 0; i < 4; i++)
    {
      guint32 word = g_random_int ();

      memcpy (random + 4 * i, &word, 4);
    }
  return sky_http_upgrade_key (random);
}

/* Takes the default headers out that the person does not want, though the handshake may fail for it. */
static char *
leave_out (const SkyProfile *profile, const char *head)
{
  g_auto(GStrv) lines = g_strsplit (head, "\r\n", -1);
  GString *left = g_string_new (lines[0]);

  for (char **line = lines + 1; *line != NULL; line++)
    if (!is_left_out (profile, *line, sky_http_line_name_len (*line)))
      g_string_append_printf (left, "\r\n%s", *line);
  return g_string_free (left, FALSE);
}

/**
 * sky_request_upgrade:
 * @jar: (nullable): the cookies that were set so far
 *
 * Writes the request that opens a WebSocket (RFC 6455 §4.1), with a fresh key. The profile has its
 * say as in sky_request_head(), even where that breaks the handshake: the person asked for it.
 *
 * Returns: (transfer full): the head, to its empty line
 */
char *
sky_request_upgrade (const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar)
{
  gboolean own = is_own_host (profile, route);
  g_autofree char *key = make_key ();
  g_autofree char *authorization = own ? make_authorization (profile) : NULL;
  g_autofree char *cookies = make_cookies (profile, route, jar, own);
  g_autoptr(GString) more = g_string_new (NULL);
  g_auto(GStrv) lines = NULL;
  g_autofree char *head = NULL;

  append_header (more, profile, "Authorization", authorization);
  append_header (more, profile, "User-Agent", SKY_REQUEST_USER_AGENT);
  append_header (more, profile, "Cookie", cookies);
  append_own_headers (more, profile, own);
  lines = g_strsplit (more->str, "\r\n", -1);
  head = sky_http_upgrade_request (
      &(SkyHttpUpgrade) { .host = route->host_header,
                          .target = route->target,
                          .key = key,
                          .origin = profile->origin,
                          .subprotocols = profile->subprotocols,
                          .extensions = profile->no_deflate ? NULL : "permessage-deflate; client_max_window_bits",
                          .headers = (const char *const *) lines });
  return leave_out (profile, head);
}

/* Whether there is room for what a Set-Cookie brings: each request carries all, and a server may set them without end. */
static gboolean
has_room (SoupCookieJar *jar, const char *value)
{
  GSList *kept = soup_cookie_jar_all_cookies (jar);
  gboolean known = has_cookie (kept, value);
  guint n = 0;
  gsize len = strlen (value);

  for (GSList *l = kept; l != NULL; l = l->next, n++)
    len += strlen (soup_cookie_get_name (l->data)) + strlen (soup_cookie_get_value (l->data));
  g_slist_free_full (kept, (GDestroyNotify) soup_cookie_free);
  return (known || n < MAX_COOKIES) && len <= MAX_COOKIES_LEN;
}

/**
 * sky_request_keep_cookies:
 * @jar: (nullable): takes them
 * @route: who answered, and the target that was asked for
 *
 * Remembers each Set-Cookie of an answer, as far as that host may set it and there is room: for 180, as
 * browsers have, and 32 KiB. RFC 6265 §5.3, §6.1
 */
void
sky_request_keep_cookies (SoupCookieJar *jar, const SkyRoute *route, const SkyHttpHead *head, const guint8 *head_data)
{
  g_autoptr(GUri) uri = make_uri (route);

  for (guint i = 0; jar != NULL && i < head->n_headers; i++)
    if (sky_http_header_is (head, head_data, i, "Set-Cookie"))
      {
        g_autofree char *value = sky_http_header_value (head, head_data, i);

        if (has_room (jar, value))
          soup_cookie_jar_set_cookie (jar, uri, value);
      }
}

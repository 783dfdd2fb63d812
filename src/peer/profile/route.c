#include "peer/profile/route.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static gboolean
is_default (const char *text)
{
  return text == NULL || *text == '\0' || strcmp (text, "/") == 0;
}

/* What the scheme and the path tell about the protocol, when the person left it open. */
static SkyProtocol
guess_protocol (GUri *uri)
{
  const char *path = g_uri_get_path (uri);

  if (strstr (path, "/socket.io") != NULL)
    return SKY_PROTOCOL_SOCKET_IO;
  if (strstr (path, "/engine.io") != NULL)
    return SKY_PROTOCOL_ENGINE_IO;
  return g_str_has_prefix (g_uri_get_scheme (uri), "ws") ? SKY_PROTOCOL_WEBSOCKET : SKY_PROTOCOL_SOCKET_IO;
}

static void
append_query (GString *base, const char *piece)
{
  if (piece != NULL && *piece != '\0')
    g_string_append_printf (base, "%c%s", strchr (base->str, '?') != NULL ? '&' : '?', piece);
}

/* The query of a person's URL may be copied from a log: what the engine writes itself is read, and taken out. */
static void
append_url_query (GString *base, GUri *uri, SkyRoute *route)
{
  g_auto(GStrv) pieces = g_strsplit (g_uri_get_query (uri) != NULL ? g_uri_get_query (uri) : "", "&", -1);

  for (char **piece = pieces; *piece != NULL; piece++)
    if (route->protocol == SKY_PROTOCOL_WEBSOCKET)
      append_query (base, *piece);
    else if (g_str_has_prefix (*piece, "EIO="))
      route->eio = strcmp (*piece, "EIO=4") == 0 ? 4 : 3;
    else if (strcmp (*piece, "transport=websocket") == 0)
      route->transports = SKY_TRANSPORTS_WEBSOCKET;
    else if (!g_str_has_prefix (*piece, "transport=") && !g_str_has_prefix (*piece, "sid="))
      append_query (base, *piece);
}

static char *
make_base (const SkyProfile *self, GUri *uri, SkyRoute *route, const char *engine_path)
{
  const char *path = route->protocol != SKY_PROTOCOL_WEBSOCKET ? engine_path : g_uri_get_path (uri);
  GString *base = g_string_new (*path != '\0' ? path : "/");

  append_url_query (base, uri, route);
  for (guint i = 0; self->query != NULL && self->query[i] != NULL; i++)
    {
      const char *equals = strchr (self->query[i], '=');
      g_autofree char *key = g_strndup (self->query[i], equals != NULL ? (gsize) (equals - self->query[i])
                                                                       : strlen (self->query[i]));
      g_autofree char *safe_key = g_uri_escape_string (key, NULL, FALSE);
      g_autofree char *safe_value = g_uri_escape_string (equals != NULL ? equals + 1 : "", NULL, FALSE);
      g_autofree char *piece = g_strconcat (safe_key, "=", safe_value, NULL);

      append_query (base, piece);
    }
  return g_string_free (base, FALSE);
}

/* A person types "localhost:3000" as well as a whole URL. */
static GUri *
parse_url (const SkyProfile *self, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (self->url != NULL ? self->url : ""));
  g_autofree char *whole = NULL;
  g_autoptr(GUri) uri = NULL;
  g_autoptr(GError) parse_error = NULL;

  if (*trimmed == '\0')
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("There is no address to connect to. Type one like ws://localhost:3000 or https://example.org."));
      return NULL;
    }
  whole = strstr (trimmed, "://") != NULL
              ? g_strdup (trimmed)
              : g_strconcat (self->protocol == SKY_PROTOCOL_WEBSOCKET ? "ws://" : "http://", trimmed, NULL);
  uri = g_uri_parse (whole, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_SCHEME_NORMALIZE,
                     &parse_error);
  if (strpbrk (trimmed, " \t\r\n") != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is not an address: there is a space in it."),
                 trimmed);
  else if (uri == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” is not an address: %s."), trimmed,
                 parse_error->message);
  else if (g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("“%s” names no host."), trimmed);
  else if (!g_strv_contains ((const char *const[]) { "ws", "wss", "http", "https", NULL }, g_uri_get_scheme (uri)))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("“%s” begins with %s://, but only ws, wss, http and https lead to a WebSocket."), trimmed,
                 g_uri_get_scheme (uri));
  else
    return g_steal_pointer (&uri);
  return NULL;
}

/*
 * Socket.IO: the path of the URL is the namespace, unless it is the path of the server itself. One
 * that is given apart gets its last slash, as socket.io-client does it; one in the URL stays as it is.
 */
static void
resolve_engine_path (const SkyProfile *self, GUri *uri, SkyRoute *route, char **engine_path)
{
  const char *path = g_uri_get_path (uri);
  const char *usual = route->protocol == SKY_PROTOCOL_ENGINE_IO ? "/engine.io/" : "/socket.io/";
  gboolean is_engine_path = strstr (path, "/socket.io") != NULL || strstr (path, "/engine.io") != NULL
                            || route->protocol == SKY_PROTOCOL_ENGINE_IO;

  if (self->path != NULL && *self->path != '\0')
    *engine_path = g_strconcat (*self->path != '/' ? "/" : "", self->path,
                                g_str_has_suffix (self->path, "/") ? "" : "/", NULL);
  else
    *engine_path = g_strdup (is_engine_path && !is_default (path) ? path : usual);
  route->nsp = is_engine_path || is_default (path) ? g_strdup ("/") : g_uri_unescape_string (path, NULL);
}

/**
 * sky_route_resolve:
 * @route: (out caller-allocates): where it leads; sky_route_clear() it
 * @error: %G_IO_ERROR_INVALID_ARGUMENT with a sentence, if the address is none
 */
gboolean
sky_route_resolve (SkyRoute *route, const SkyProfile *profile, GError **error)
{
  g_autoptr(GUri) uri = parse_url (profile, error);
  g_autofree char *engine_path = NULL;
  gboolean literal;
  int port;

  *route = (SkyRoute) { 0 };
  if (uri == NULL)
    return FALSE;
  route->protocol = profile->protocol != SKY_PROTOCOL_AUTO ? profile->protocol : guess_protocol (uri);
  route->tls = g_str_equal (g_uri_get_scheme (uri), "wss") || g_str_equal (g_uri_get_scheme (uri), "https");
  route->host = g_strdup (g_uri_get_host (uri));
  port = g_uri_get_port (uri);
  route->port = port > 0 ? port : route->tls ? 443 : 80;
  literal = strchr (route->host, ':') != NULL;
  route->host_header = port > 0 && port != (route->tls ? 443 : 80)
                           ? g_strdup_printf (literal ? "[%s]:%d" : "%s:%d", route->host, port)
                           : g_strdup_printf (literal ? "[%s]" : "%s", route->host);
  resolve_engine_path (profile, uri, route, &engine_path);
  route->eio = profile->eio;
  route->transports = profile->transports;
  route->base = make_base (profile, uri, route, engine_path);
  if (route->protocol == SKY_PROTOCOL_WEBSOCKET)
    route->target = g_strdup (route->base);
  else
    sky_route_aim (route, route->eio, "websocket", NULL);
  return TRUE;
}

/**
 * sky_route_make_origin:
 *
 * Returns: (transfer full) (nullable): the origin that @profile leads to, "https://example.org:443" (RFC 6454 §4):
 *   what is a secret of one server is no other's business; %NULL if the address is none
 */
char *
sky_route_make_origin (const SkyProfile *profile)
{
  g_auto(SkyRoute) route = { 0 };
  g_autofree char *host = sky_route_resolve (&route, profile, NULL) ? g_ascii_strdown (route.host, -1) : NULL;

  return host != NULL ? g_strdup_printf ("%s://%s:%u", route.tls ? "https" : "http", host, route.port) : NULL;
}

/* Returns: whether both lead to one origin */
gboolean
sky_route_same_server (const SkyProfile *a, const SkyProfile *b)
{
  g_autofree char *to_a = sky_route_make_origin (a), *to_b = sky_route_make_origin (b);

  return to_a != NULL && g_strcmp0 (to_a, to_b) == 0;
}

/**
 * sky_route_aim:
 * @revision: of Engine.IO: 3 or 4; 0 means 4
 * @transport: "polling" or "websocket"
 * @sid: (nullable): of a session that exists
 *
 * Sets the target to what the next request of an Engine.IO session asks for.
 */
void
sky_route_aim (SkyRoute *route, guint revision, const char *transport, const char *sid)
{
  g_autofree char *safe_sid = sid != NULL ? g_uri_escape_string (sid, NULL, FALSE) : NULL;

  g_free (route->target);
  route->target = g_strdup_printf ("%s%cEIO=%u&transport=%s%s%s", route->base, strchr (route->base, '?') ? '&' : '?',
                                   revision == 3 ? 3 : 4, transport, safe_sid != NULL ? "&sid=" : "",
                                   safe_sid != NULL ? safe_sid : "");
}

void
sky_route_copy (const SkyRoute *route, SkyRoute *copy)
{
  *copy = *route;
  copy->host = g_strdup (route->host);
  copy->host_header = g_strdup (route->host_header);
  copy->base = g_strdup (route->base);
  copy->target = g_strdup (route->target);
  copy->nsp = g_strdup (route->nsp);
}

void
sky_route_clear (SkyRoute *route)
{
  g_clear_pointer (&route->host, g_free);
  g_clear_pointer (&route->host_header, g_free);
  g_clear_pointer (&route->base, g_free);
  g_clear_pointer (&route->target, g_free);
  g_clear_pointer (&route->nsp, g_free);
}

#include "peer/profile.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const protocol_ids[] = {
  [SKY_PROTOCOL_AUTO] = "auto",
  [SKY_PROTOCOL_SOCKET_IO] = "socket.io",
  [SKY_PROTOCOL_ENGINE_IO] = "engine.io",
  [SKY_PROTOCOL_WEBSOCKET] = "websocket",
};

/* Returns: (transfer none): the name that CLI.md gives @protocol */
const char *
sky_protocol_id (SkyProtocol protocol)
{
  g_return_val_if_fail (protocol < G_N_ELEMENTS (protocol_ids), "");

  return protocol_ids[protocol];
}

gboolean
sky_protocol_from_id (const char *id, SkyProtocol *protocol)
{
  for (guint i = 0; i < G_N_ELEMENTS (protocol_ids); i++)
    if (g_strcmp0 (id, protocol_ids[i]) == 0)
      {
        *protocol = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * sky_profile_new:
 * @url: what the person typed
 *
 * Returns: (transfer full): a profile with everything else as it comes
 */
SkyProfile *
sky_profile_new (const char *url)
{
  SkyProfile *self = g_new0 (SkyProfile, 1);

  self->url = g_strdup (url);
  return self;
}

SkyProfile *
sky_profile_copy (const SkyProfile *self)
{
  SkyProfile *copy = g_memdup2 (self, sizeof *self);

  copy->url = g_strdup (self->url);
  copy->path = g_strdup (self->path);
  copy->namespaces = g_strdupv (self->namespaces);
  copy->auth = g_strdup (self->auth);
  copy->headers = g_strdupv (self->headers);
  copy->query = g_strdupv (self->query);
  copy->origin = g_strdup (self->origin);
  copy->subprotocols = g_strdup (self->subprotocols);
  copy->ca_file = g_strdup (self->ca_file);
  return copy;
}

void
sky_profile_free (SkyProfile *self)
{
  g_free (self->url);
  g_free (self->path);
  g_strfreev (self->namespaces);
  g_free (self->auth);
  g_strfreev (self->headers);
  g_strfreev (self->query);
  g_free (self->origin);
  g_free (self->subprotocols);
  g_free (self->ca_file);
  g_free (self);
}

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
append_query (GString *target, const char *piece)
{
  if (piece != NULL && *piece != '\0')
    g_string_append_printf (target, "%c%s", strchr (target->str, '?') != NULL ? '&' : '?', piece);
}

static char *
make_target (const SkyProfile *self, GUri *uri, SkyProtocol protocol, const char *engine_path)
{
  gboolean engine = protocol != SKY_PROTOCOL_WEBSOCKET;
  const char *path = engine ? engine_path : g_uri_get_path (uri);
  GString *target = g_string_new (*path != '\0' ? path : "/");

  append_query (target, g_uri_get_query (uri));
  for (guint i = 0; self->query != NULL && self->query[i] != NULL; i++)
    {
      const char *equals = strchr (self->query[i], '=');
      g_autofree char *key = g_strndup (self->query[i], equals != NULL ? (gsize) (equals - self->query[i])
                                                                       : strlen (self->query[i]));
      g_autofree char *safe_key = g_uri_escape_string (key, NULL, FALSE);
      g_autofree char *safe_value = g_uri_escape_string (equals != NULL ? equals + 1 : "", NULL, FALSE);
      g_autofree char *piece = g_strconcat (safe_key, "=", safe_value, NULL);

      append_query (target, piece);
    }
  if (engine && strstr (target->str, "EIO=") == NULL)
    append_query (target, "EIO=4&transport=websocket");
  return g_string_free (target, FALSE);
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

/* Socket.IO: the path of the URL is the namespace, unless it is the path of the server itself. */
static void
resolve_engine_path (const SkyProfile *self, GUri *uri, SkyRoute *route, char **engine_path)
{
  const char *path = g_uri_get_path (uri);
  const char *usual = route->protocol == SKY_PROTOCOL_ENGINE_IO ? "/engine.io/" : "/socket.io/";
  gboolean is_engine_path = strstr (path, "/socket.io") != NULL || strstr (path, "/engine.io") != NULL
                            || route->protocol == SKY_PROTOCOL_ENGINE_IO;

  *engine_path = g_strdup (self->path != NULL && *self->path != '\0'  ? self->path
                           : is_engine_path && !is_default (path) ? path
                                                                      : usual);
  if (**engine_path != '/')
    {
      g_autofree char *bare = g_steal_pointer (engine_path);

      *engine_path = g_strconcat ("/", bare, NULL);
    }
  route->nsp = is_engine_path || is_default (path) ? g_strdup ("/") : g_uri_unescape_string (path, NULL);
}

/**
 * sky_profile_resolve:
 * @route: (out caller-allocates): where it leads; sky_route_clear() it
 * @error: %G_IO_ERROR_INVALID_ARGUMENT with a sentence, if the address is none
 */
gboolean
sky_profile_resolve (const SkyProfile *self, SkyRoute *route, GError **error)
{
  g_autoptr(GUri) uri = parse_url (self, error);
  g_autofree char *engine_path = NULL;
  gboolean literal;
  int port;

  *route = (SkyRoute) { 0 };
  if (uri == NULL)
    return FALSE;
  route->protocol = self->protocol != SKY_PROTOCOL_AUTO ? self->protocol : guess_protocol (uri);
  route->tls = g_str_equal (g_uri_get_scheme (uri), "wss") || g_str_equal (g_uri_get_scheme (uri), "https");
  route->host = g_strdup (g_uri_get_host (uri));
  port = g_uri_get_port (uri);
  route->port = port > 0 ? port : route->tls ? 443 : 80;
  literal = strchr (route->host, ':') != NULL;
  route->host_header = port > 0 && port != (route->tls ? 443 : 80)
                           ? g_strdup_printf (literal ? "[%s]:%d" : "%s:%d", route->host, port)
                           : g_strdup_printf (literal ? "[%s]" : "%s", route->host);
  resolve_engine_path (self, uri, route, &engine_path);
  route->target = make_target (self, uri, route->protocol, engine_path);
  return TRUE;
}

void
sky_route_copy (const SkyRoute *route, SkyRoute *copy)
{
  *copy = *route;
  copy->host = g_strdup (route->host);
  copy->host_header = g_strdup (route->host_header);
  copy->target = g_strdup (route->target);
  copy->nsp = g_strdup (route->nsp);
}

void
sky_route_clear (SkyRoute *route)
{
  g_clear_pointer (&route->host, g_free);
  g_clear_pointer (&route->host_header, g_free);
  g_clear_pointer (&route->target, g_free);
  g_clear_pointer (&route->nsp, g_free);
}

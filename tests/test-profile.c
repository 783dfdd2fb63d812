#include "peer/route.h"

typedef struct
{
  const char *name, *url;
  SkyProtocol protocol;
  const char *path, *query; /* options */
  const char *host;         /* NULL: the address is refused */
  guint16     port;
  gboolean    tls;
  SkyProtocol found;
  const char *host_header, *target, *nsp;
} Vector;

#define ENGINE_QUERY "EIO=4&transport=websocket"

static const Vector vectors[] = {
  { "bare-host", "localhost:3000", SKY_PROTOCOL_AUTO, NULL, NULL, "localhost", 3000, FALSE, SKY_PROTOCOL_SOCKET_IO,
    "localhost:3000", "/socket.io/?" ENGINE_QUERY, "/" },
  { "bare-host-websocket", "localhost:3000/echo", SKY_PROTOCOL_WEBSOCKET, NULL, NULL, "localhost", 3000, FALSE,
    SKY_PROTOCOL_WEBSOCKET, "localhost:3000", "/echo", "/echo" },
  { "https", "https://example.org", SKY_PROTOCOL_AUTO, NULL, NULL, "example.org", 443, TRUE, SKY_PROTOCOL_SOCKET_IO,
    "example.org", "/socket.io/?" ENGINE_QUERY, "/" },
  { "namespace", "http://h:1/chat?token=1", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 1, FALSE, SKY_PROTOCOL_SOCKET_IO, "h:1",
    "/socket.io/?token=1&" ENGINE_QUERY, "/chat" },
  { "server-path", "ws://h:1/socket.io/", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 1, FALSE, SKY_PROTOCOL_SOCKET_IO, "h:1",
    "/socket.io/?" ENGINE_QUERY, "/" },
  { "whole-target", "ws://h:1/socket.io/?EIO=4&transport=websocket", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 1, FALSE,
    SKY_PROTOCOL_SOCKET_IO, "h:1", "/socket.io/?" ENGINE_QUERY, "/" },
  { "websocket", "wss://h/a/b?c=d", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 443, TRUE, SKY_PROTOCOL_WEBSOCKET, "h",
    "/a/b?c=d", "/a/b" },
  { "default-port-unsaid", "wss://h:443/", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 443, TRUE, SKY_PROTOCOL_WEBSOCKET, "h", "/",
    "/" },
  { "ipv6", "ws://[::1]:9/", SKY_PROTOCOL_AUTO, NULL, NULL, "::1", 9, FALSE, SKY_PROTOCOL_WEBSOCKET, "[::1]:9", "/", "/" },
  { "path-option", "http://h:1/chat", SKY_PROTOCOL_SOCKET_IO, "my/io/", NULL, "h", 1, FALSE, SKY_PROTOCOL_SOCKET_IO, "h:1",
    "/my/io/?" ENGINE_QUERY, "/chat" },
  { "query-option", "ws://h:1/?a=1", SKY_PROTOCOL_AUTO, NULL, "b c=d&e", "h", 1, FALSE, SKY_PROTOCOL_WEBSOCKET, "h:1",
    "/?a=1&b%20c=d%26e", "/" },
  { "engine", "http://h:1/engine.io/", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 1, FALSE, SKY_PROTOCOL_ENGINE_IO, "h:1",
    "/engine.io/?" ENGINE_QUERY, "/" },
  { "spaces", "  ws://h:1/  ", SKY_PROTOCOL_AUTO, NULL, NULL, "h", 1, FALSE, SKY_PROTOCOL_WEBSOCKET, "h:1", "/", "/" },
  { "empty", "", SKY_PROTOCOL_AUTO, NULL, NULL, NULL, 0, FALSE, 0, NULL, NULL, NULL },
  { "no-host", "ws:///x", SKY_PROTOCOL_AUTO, NULL, NULL, NULL, 0, FALSE, 0, NULL, NULL, NULL },
  { "other-scheme", "ftp://h/", SKY_PROTOCOL_AUTO, NULL, NULL, NULL, 0, FALSE, 0, NULL, NULL, NULL },
  { "space", "http://local host/", SKY_PROTOCOL_AUTO, NULL, NULL, NULL, 0, FALSE, 0, NULL, NULL, NULL },
  { "bad-port", "ws://h:99999/", SKY_PROTOCOL_AUTO, NULL, NULL, NULL, 0, FALSE, 0, NULL, NULL, NULL },
};

static void
test_resolve (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyProfile) profile = sky_profile_new (v->url);
  g_autoptr(SkyProfile) copy = NULL;
  g_auto(SkyRoute) route = { 0 };
  g_autoptr(GError) error = NULL;

  profile->protocol = v->protocol;
  profile->path = g_strdup (v->path);
  if (v->query != NULL)
    profile->query = g_strdupv ((char *[]) { (char *) v->query, NULL });
  copy = sky_profile_copy (profile);
  if (v->host == NULL)
    {
      g_assert_false (sky_route_resolve (&route, copy, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      return;
    }
  g_assert_true (sky_route_resolve (&route, copy, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (route.host, ==, v->host);
  g_assert_cmpuint (route.port, ==, v->port);
  g_assert_cmpint (route.tls, ==, v->tls);
  g_assert_cmpint (route.protocol, ==, v->found);
  g_assert_cmpstr (route.host_header, ==, v->host_header);
  g_assert_cmpstr (route.target, ==, v->target);
  if (v->found == SKY_PROTOCOL_SOCKET_IO)
    g_assert_cmpstr (route.nsp, ==, v->nsp);
}

static void
test_ids (void)
{
  SkyProtocol protocol;

  for (SkyProtocol p = SKY_PROTOCOL_AUTO; p <= SKY_PROTOCOL_WEBSOCKET; p++)
    {
      g_assert_true (sky_protocol_from_id (sky_protocol_id (p), &protocol));
      g_assert_cmpint (protocol, ==, p);
    }
  g_assert_false (sky_protocol_from_id ("gopher", &protocol));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/profile/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_resolve);
    }
  g_test_add_func ("/profile/ids", test_ids);
  return g_test_run ();
}

#include "peer/profile/route.h"

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
  { "path-option-bare", "http://h:1/chat", SKY_PROTOCOL_SOCKET_IO, "/my/io", NULL, "h", 1, FALSE, SKY_PROTOCOL_SOCKET_IO, "h:1",
    "/my/io/?" ENGINE_QUERY, "/chat" },
  { "path-in-url", "http://h:1/a/socket.io", SKY_PROTOCOL_SOCKET_IO, NULL, NULL, "h", 1, FALSE, SKY_PROTOCOL_SOCKET_IO, "h:1",
    "/a/socket.io?" ENGINE_QUERY, "/" },
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

/* Backoff: PROTOCOL §12.1. */
static const struct
{
  SkyReconnect reconnect;
  guint        attempt;
  double       chance;
  guint        msec;
} delays[] = {
  { { -1, 1000, 5000, 50 }, 1, 0, 1000 },
  { { -1, 1000, 5000, 50 }, 1, -1, 500 },
  { { -1, 1000, 5000, 50 }, 1, 1, 1500 },
  { { -1, 1000, 5000, 50 }, 2, 0.5, 2500 },
  { { -1, 1000, 5000, 50 }, 3, 0, 4000 },
  { { -1, 1000, 5000, 50 }, 4, 0, 5000 },
  { { -1, 1000, 5000, 50 }, 4, 1, 5000 }, /* never over the max */
  { { -1, 1000, 5000, 50 }, 4, -1, 2500 },
  { { -1, 1000, 5000, 50 }, G_MAXUINT, 0, 5000 },
  { { -1, 1000, 5000, 0 }, 2, 1, 2000 },
  { { -1, 1000, 5000, 100 }, 1, -1, 0 },
  { { -1, 1000, 5000, 900 }, 1, -1, 0 }, /* more than all is all */
  { { -1, 9000, 5000, 0 }, 1, 0, 5000 },
  { { -1, 0, 5000, 50 }, G_MAXUINT, 1, 0 },
  { { -1, G_MAXUINT, G_MAXUINT, 100 }, 2, 1, G_MAXUINT },
};

static void
test_delays (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    g_assert_cmpuint (sky_reconnect_delay (&delays[i].reconnect, delays[i].attempt, delays[i].chance), ==,
                      delays[i].msec);
}

/* What a person's URL says of the engine is taken, and the rest is kept. */
static const struct
{
  const char   *url;
  guint         eio, asked; /* by the profile; with what is aimed */
  const char   *sid, *target;
  guint         found;
  SkyTransports transports;
} aims[] = {
  { "http://h/", 0, 0, NULL, "/socket.io/?EIO=4&transport=polling", 0, SKY_TRANSPORTS_BOTH },
  { "http://h/", 0, 3, NULL, "/socket.io/?EIO=3&transport=polling", 0, SKY_TRANSPORTS_BOTH },
  { "http://h/", 3, 3, "a b&c", "/socket.io/?EIO=3&transport=polling&sid=a%20b%26c", 3, SKY_TRANSPORTS_BOTH },
  { "http://h/?x=1&EIO=3&y=2", 0, 3, "s", "/socket.io/?x=1&y=2&EIO=3&transport=polling&sid=s", 3, SKY_TRANSPORTS_BOTH },
  { "http://h/?EIO=4&transport=websocket&sid=old", 0, 4, NULL, "/socket.io/?EIO=4&transport=polling", 4, SKY_TRANSPORTS_WEBSOCKET },
  { "http://h/?transport=polling&sidecar=1", 0, 4, NULL, "/socket.io/?sidecar=1&EIO=4&transport=polling", 0, SKY_TRANSPORTS_BOTH },
  { "http://h/?EIO=2", 4, 3, NULL, "/socket.io/?EIO=3&transport=polling", 3, SKY_TRANSPORTS_BOTH },
};

static void
test_aims (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (aims); i++)
    {
      g_autoptr(SkyProfile) profile = sky_profile_new (aims[i].url);
      g_auto(SkyRoute) route = { 0 }, copy = { 0 };

      profile->eio = aims[i].eio;
      g_assert_true (sky_route_resolve (&route, profile, NULL));
      sky_route_copy (&route, &copy);
      sky_route_aim (&copy, aims[i].asked, "polling", aims[i].sid);
      g_assert_cmpstr (copy.target, ==, aims[i].target);
      g_assert_cmpuint (route.eio, ==, aims[i].found);
      g_assert_cmpint (route.transports, ==, aims[i].transports);
    }
}

static void
test_auths (void)
{
  g_autoptr(SkyProfile) profile = sky_profile_new ("h");

  g_assert_null (sky_profile_get_auth (profile, "/"));
  profile->auth = g_strdup ("");
  g_assert_null (sky_profile_get_auth (profile, "/"));
  profile->namespaces = g_strsplit ("/|/a|/b", "|", -1);
  profile->auths = g_strsplit ("|{\"a\":1}", "|", -1); /* shorter than it should be */
  g_assert_null (sky_profile_get_auth (profile, "/"));
  g_free (profile->auth);
  profile->auth = g_strdup ("{}");
  g_assert_cmpstr (sky_profile_get_auth (profile, "/"), ==, "{}");
  g_assert_cmpstr (sky_profile_get_auth (profile, "/a"), ==, "{\"a\":1}");
  g_assert_cmpstr (sky_profile_get_auth (profile, "/b"), ==, "{}");
  g_assert_cmpstr (sky_profile_get_auth (profile, "/c"), ==, "{}");
}

static void
test_replies (void)
{
  g_autoptr(SkyProfile) profile = sky_profile_new ("h");

  g_assert_null (sky_profile_get_reply (profile, "a"));
  profile->replies = g_strsplit ("ab=1|a=2,\"=\"|c=|none", "|", -1);
  g_assert_cmpstr (sky_profile_get_reply (profile, "a"), ==, "2,\"=\"");
  g_assert_cmpstr (sky_profile_get_reply (profile, "ab"), ==, "1");
  g_assert_cmpstr (sky_profile_get_reply (profile, "c"), ==, "");
  g_assert_null (sky_profile_get_reply (profile, "none"));
  g_assert_null (sky_profile_get_reply (profile, ""));
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
  g_test_add_func ("/profile/delays", test_delays);
  g_test_add_func ("/profile/aims", test_aims);
  g_test_add_func ("/profile/auths", test_auths);
  g_test_add_func ("/profile/replies", test_replies);
  return g_test_run ();
}

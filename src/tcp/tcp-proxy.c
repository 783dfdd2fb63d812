#include "tcp/tcp-proxy.h"

#include "tcp/tcp-dial-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * SkyTcpProxy:
 *
 * Says which proxies lead to a target, one that was chosen or those of the system's settings, and
 * remembers its answer, so that a failure can name the proxy.
 */
struct _SkyTcpProxy
{
  GObject parent_instance;
  char   *chosen; /* nullable */
  char  **found;  /* nullable; the answer */
};

static void proxy_resolver_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyTcpProxy, sky_tcp_proxy, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, proxy_resolver_init))

/* What GLib speaks; the aliases are curl's, and in GLib's too the proxy looks the name up. */
static const struct
{
  const char *scheme, *protocol;
  guint16     port;
} schemes[] = {
  { "http", "http", 80 },        { "https", "https", 443 },     { "socks5", "socks5", 1080 },
  { "socks5h", "socks5", 1080 }, { "socks", "socks5", 1080 },   { "socks4a", "socks4a", 1080 },
  { "socks4", "socks4", 1080 },
};

/* The text may be wrong in a way that hides where its password ends: nothing before an "@" is shown. */
static gboolean
fail_invalid (const char *text, GError **error)
{
  const char *at = strrchr (text, '@');

  g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY, _("“%s” is not the address of a proxy."),
               at != NULL ? at + 1 : text);
  return FALSE;
}

static gboolean
has_tail (GUri *uri)
{
  const char *path = g_uri_get_path (uri);

  return (path[0] != '\0' && strcmp (path, "/") != 0) || g_uri_get_query (uri) != NULL
         || g_uri_get_fragment (uri) != NULL;
}

/**
 * sky_tcp_proxy_parse:
 * @text: "http://user:password@host:port"; also https, socks5, socks5h, socks4a, socks4; without
 *   a scheme it is http
 * @error: %SKY_TCP_ERROR_PROXY; its sentence shows no credentials
 *
 * Returns: (nullable) (transfer full): a URI with scheme and port that GLib understands, with
 *   its credentials
 */
char *
sky_tcp_proxy_parse (const char *text, GError **error)
{
  g_autofree char *full
      = strstr (text, "://") != NULL ? g_strdup (text) : g_strconcat ("http://", text, NULL);
  g_autoptr(GUri) uri = g_uri_parse (full, G_URI_FLAGS_HAS_PASSWORD, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  for (gsize i = 0; host != NULL && host[0] != '\0' && !has_tail (uri) && i < G_N_ELEMENTS (schemes);
       i++)
    if (strcmp (g_uri_get_scheme (uri), schemes[i].scheme) == 0 && g_uri_get_port (uri) != 0)
      return g_uri_join_with_user (
          G_URI_FLAGS_HAS_PASSWORD, schemes[i].protocol, g_uri_get_user (uri),
          g_uri_get_password (uri), NULL, host,
          g_uri_get_port (uri) > 0 ? g_uri_get_port (uri) : schemes[i].port, "", NULL, NULL);
  fail_invalid (text, error);
  return NULL;
}

/* Returns: (transfer full): "scheme://host:port" of @uri: no credentials */
char *
sky_tcp_proxy_format (const char *uri)
{
  g_autoptr(GUri) parsed = g_uri_parse (uri, G_URI_FLAGS_HAS_PASSWORD, NULL);
  g_autofree char *where = NULL;

  if (parsed == NULL || g_uri_get_host (parsed) == NULL)
    return g_strdup ("?");
  if (g_uri_get_port (parsed) > 0)
    where = sky_tcp_format_where (g_uri_get_host (parsed), (guint16) g_uri_get_port (parsed));
  else
    where = g_strdup (g_uri_get_host (parsed));
  return g_strconcat (g_uri_get_scheme (parsed), "://", where, NULL);
}

static gboolean
sky_tcp_proxy_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

/* Returns: (nullable) (transfer full): a copy of @found, which is kept, or why there is none */
static char **
take_answer (SkyTcpProxy *self, char **found, const GError *why, GError **error)
{
  g_strfreev (self->found);
  self->found = found;
  if (found == NULL)
    g_set_error (error, SKY_TCP_ERROR, SKY_TCP_ERROR_PROXY,
                 _("The system's settings do not say which proxy to use: %s"), why->message);
  return g_strdupv (found);
}

static char **
sky_tcp_proxy_lookup (GProxyResolver *resolver, const char *uri, GCancellable *cancellable,
                      GError **error)
{
  SkyTcpProxy *self = SKY_TCP_PROXY (resolver);
  const char *chosen[] = { self->chosen, NULL };
  g_autoptr(GError) why = NULL;
  char **found;

  if (self->chosen != NULL)
    found = g_strdupv ((char **) chosen);
  else
    found = g_proxy_resolver_lookup (g_proxy_resolver_get_default (), uri, cancellable, &why);
  return take_answer (self, found, why, error);
}

static void
on_looked_up (GObject *resolver, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) why = NULL;
  GError *error = NULL;
  char **found = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (resolver), result, &why);

  found = take_answer (g_task_get_source_object (task), found, why, &error);
  if (found != NULL)
    g_task_return_pointer (task, found, (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
}

static void
sky_tcp_proxy_lookup_async (GProxyResolver *resolver, const char *uri, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  SkyTcpProxy *self = SKY_TCP_PROXY (resolver);
  g_autoptr(GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  if (self->chosen != NULL)
    g_task_return_pointer (task, sky_tcp_proxy_lookup (resolver, uri, NULL, NULL),
                           (GDestroyNotify) g_strfreev);
  else
    g_proxy_resolver_lookup_async (g_proxy_resolver_get_default (), uri, cancellable, on_looked_up,
                                   g_steal_pointer (&task));
}

static char **
sky_tcp_proxy_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
proxy_resolver_init (GProxyResolverInterface *iface)
{
  iface->is_supported = sky_tcp_proxy_is_supported;
  iface->lookup = sky_tcp_proxy_lookup;
  iface->lookup_async = sky_tcp_proxy_lookup_async;
  iface->lookup_finish = sky_tcp_proxy_lookup_finish;
}

static void
sky_tcp_proxy_finalize (GObject *object)
{
  SkyTcpProxy *self = SKY_TCP_PROXY (object);

  g_free (self->chosen);
  g_strfreev (self->found);
  G_OBJECT_CLASS (sky_tcp_proxy_parent_class)->finalize (object);
}

static void
sky_tcp_proxy_class_init (SkyTcpProxyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_tcp_proxy_finalize;
}

static void
sky_tcp_proxy_init (SkyTcpProxy *self)
{
}

/**
 * sky_tcp_proxy_new:
 * @uri: (nullable): what sky_tcp_proxy_parse() made, or %NULL to ask the system
 */
SkyTcpProxy *
sky_tcp_proxy_new (const char *uri)
{
  SkyTcpProxy *self = g_object_new (SKY_TYPE_TCP_PROXY, NULL);

  self->chosen = g_strdup (uri);
  return self;
}

/* Returns: (nullable) (transfer none): the proxy that is tried first, with its credentials */
const char *
sky_tcp_proxy_get_first (SkyTcpProxy *self)
{
  const char *first = self->found != NULL ? self->found[0] : self->chosen;

  return first != NULL && !g_str_has_prefix (first, "direct:") ? first : NULL;
}

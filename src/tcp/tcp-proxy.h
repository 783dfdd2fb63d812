#pragma once

#include <gio/gio.h>

char *sky_tcp_proxy_parse (const char *text, GError **error);
char *sky_tcp_proxy_format (const char *uri);

#define SKY_TYPE_TCP_PROXY (sky_tcp_proxy_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpProxy, sky_tcp_proxy, SKY, TCP_PROXY, GObject)

SkyTcpProxy *sky_tcp_proxy_new (const char *uri);
const char  *sky_tcp_proxy_get_first (SkyTcpProxy *self);

#pragma once

#include "tcp/tcp-dial.h"

#define SKY_TYPE_TCP_LISTEN (sky_tcp_listen_get_type ())
G_DECLARE_FINAL_TYPE (SkyTcpListen, sky_tcp_listen, SKY, TCP_LISTEN, GObject)

/* signal "incoming" (GSocketConnection *connection) */
SkyTcpListen *sky_tcp_listen_new (const char *bind, guint16 port, GError **error);
guint16       sky_tcp_listen_get_port (SkyTcpListen *self);
const char   *sky_tcp_listen_get_bind (SkyTcpListen *self);
gboolean      sky_tcp_listen_is_loopback (SkyTcpListen *self);
void          sky_tcp_listen_close (SkyTcpListen *self);

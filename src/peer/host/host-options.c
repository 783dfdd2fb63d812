#include "peer/host/host-options.h"

#define MAX_MESSAGE  (64 * 1024 * 1024) /* bytes: the trace joins no longer one */
#define MAX_BUFFERED (16 * 1024 * 1024) /* bytes */

static guint
or_else (guint given, guint otherwise)
{
  return given != 0 ? given : otherwise;
}

/**
 * sky_host_options_dup:
 * @to: (out caller-allocates): the same as @from, to be cleared with sky_host_options_clear()
 */
void
sky_host_options_dup (const SkyHostOptions *from, SkyHostOptions *to)
{
  *to = *from;
  to->bind = g_strdup (from->bind);
  to->path = g_strdup (from->path);
  to->cors = (const char *const *) g_strdupv ((char **) from->cors);
  to->tls_cert = g_strdup (from->tls_cert);
  to->tls_key = g_strdup (from->tls_key);
  to->cookie = g_strdup (from->cookie);
  to->set_cookies = (const char *const *) g_strdupv ((char **) from->set_cookies);
  to->deny_query = g_strdup (from->deny_query);
  to->cookie_attributes = g_strdup (from->cookie_attributes);
  to->admin_username = g_strdup (from->admin_username);
  to->admin_password = g_strdup (from->admin_password);
}

/**
 * sky_host_options_copy:
 * @from: as a caller gave them
 * @to: (out caller-allocates): the same with nothing left to default, to be cleared with
 *   sky_host_options_clear()
 *
 * The defaults are socket.io's.
 */
void
sky_host_options_copy (const SkyHostOptions *from, SkyHostOptions *to)
{
  sky_host_options_dup (from, to);
  to->protocol = from->protocol != SKY_PROTOCOL_AUTO ? from->protocol : SKY_PROTOCOL_SOCKET_IO;
  if (to->bind == NULL)
    to->bind = g_strdup ("127.0.0.1");
  if (to->cookie_attributes == NULL)
    to->cookie_attributes = g_strdup ("; Path=/; HttpOnly; SameSite=Lax");
  if (to->path == NULL && to->protocol != SKY_PROTOCOL_WEBSOCKET)
    to->path = g_strdup (to->protocol == SKY_PROTOCOL_ENGINE_IO ? "/engine.io/" : "/socket.io/");
  to->ping_interval_msec = or_else (from->ping_interval_msec, 25000);
  to->ping_timeout_msec = or_else (from->ping_timeout_msec, 20000);
  to->connect_timeout_msec = or_else (from->connect_timeout_msec, 45000);
  to->upgrade_timeout_msec = or_else (from->upgrade_timeout_msec, 10000);
  to->idle_timeout_msec = or_else (from->idle_timeout_msec, 30000);
  to->max_connections = or_else (from->max_connections, 1000);
  to->max_buffered = from->max_buffered != 0 ? from->max_buffered : MAX_BUFFERED;
  to->max_payload = from->max_payload != 0 ? MIN (from->max_payload, MAX_MESSAGE) : 1000000;
  to->parser = from->parser == SKY_PARSER_MSGPACK ? SKY_PARSER_MSGPACK : SKY_PARSER_DEFAULT;
}

/* Frees what sky_host_options_copy() made. */
void
sky_host_options_clear (SkyHostOptions *self)
{
  g_free ((char *) self->bind);
  g_free ((char *) self->path);
  g_strfreev ((char **) self->cors);
  g_free ((char *) self->tls_cert);
  g_free ((char *) self->tls_key);
  g_free ((char *) self->cookie);
  g_strfreev ((char **) self->set_cookies);
  g_free ((char *) self->deny_query);
  g_free ((char *) self->cookie_attributes);
  g_free ((char *) self->admin_username);
  g_free ((char *) self->admin_password);
  *self = (SkyHostOptions) { 0 };
}

/* Returns: how many bytes a message may have that is only echoed */
guint64
sky_host_options_get_max_echo (const SkyHostOptions *given)
{
  return given->max_payload != 0 ? MIN (given->max_payload, MAX_MESSAGE) : MAX_MESSAGE;
}

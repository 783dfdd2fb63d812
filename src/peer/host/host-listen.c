#include "peer/host/host-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/resource.h>

#include "tcp/tcp-self.h"

#define N_FILES       200 /* that are open for other reasons */
#define N_PORTS_TRIED 20  /* in search of a free one to advise */

/* Where a host listens, and what it has to have before it does. */

/* Returns: the next port above that is free, 0 if there is none near */
static guint16
find_free_port (SkyHost *self)
{
  for (guint i = 1; i <= N_PORTS_TRIED && self->house.options.port + i <= G_MAXUINT16; i++)
    {
      g_autoptr(SkyTcpListen) probe
          = sky_tcp_listen_new (self->house.options.bind, (guint16) (self->house.options.port + i), NULL);

      if (probe != NULL)
        return (guint16) (self->house.options.port + i);
    }
  return 0;
}

static void
fail (SkyHost *self, const GError *error)
{
  g_autofree char *advice = NULL;

  if (g_error_matches (error, SKY_TCP_ERROR, SKY_TCP_ERROR_IN_USE))
    self->free_port = find_free_port (self);
  if (self->free_port != 0)
    advice = g_strdup_printf (_("Port %u is free: use that, or end the other program."), self->free_port);
  sky_peer_fail (SKY_PEER (self), error->message, advice != NULL ? advice : sky_tcp_error_advice (error->code),
                 self->free_port != 0 ? SKY_REMEDY_USE_PORT : SKY_REMEDY_NONE);
}

static gboolean
load_certificate (SkyHost *self, GError **error)
{
  const SkyHostOptions *options = &self->house.options;
  const char *const names[] = { "localhost", "127.0.0.1", "::1", options->bind, NULL };

  g_clear_object (&self->certificate);
  if (options->tls_cert == NULL && options->tls_key == NULL && !options->tls_self_signed)
    return TRUE;
  if (!options->tls_self_signed)
    return (self->certificate = sky_tcp_own_load_checked (options->tls_cert, options->tls_key, error)) != NULL;
  if (self->self_made == NULL) /* who trusts it need not do so again after a stop */
    self->self_made = sky_tcp_self_sign (names, error);
  return g_set_object (&self->certificate, self->self_made);
}

/* Each connection is a file; shells often allow 1024. */
static void
allow_files (guint n)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= n)
    return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? n : MIN (n, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* "localhost:3000"; a port that is not known yet is not told. */
static void
set_title (SkyHost *self, guint16 port)
{
  const char *bind = self->house.options.bind;
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (bind);
  gboolean loopback = inet != NULL && g_inet_address_get_is_loopback (inet);
  g_autofree char *title = g_strdup_printf (port != 0 ? "%s:%u" : "%s", loopback ? "localhost" : bind, port);

  sky_peer_set_title (SKY_PEER (self), title);
}

/**
 * sky_host_listen:
 *
 * Begins to listen as the host's options say. Nobody is let in before something hears its "incoming".
 *
 * Returns: whether it listens; else it has failed, and said why
 */
gboolean
sky_host_listen (SkyHost *self)
{
  g_autoptr(GError) error = NULL;

  self->free_port = 0;
  set_title (self, self->house.options.port);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_WORKING);
  if (load_certificate (self, &error))
    self->listen = sky_tcp_listen_new (self->house.options.bind, self->house.options.port, &error);
  if (self->listen == NULL)
    {
      fail (self, error);
      return FALSE;
    }
  allow_files (self->house.options.max_connections + SKY_HOST_MAX_SURPLUS + N_FILES);
  self->port = sky_tcp_listen_get_port (self->listen);
  set_title (self, self->port);
  return TRUE;
}

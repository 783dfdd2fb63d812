#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What would mend the connection, and the one sentence about it. */

/* Returns: (transfer full): @url with another scheme and path; what is NULL stays */
static char *
change_url (const char *url, const SkyRoute *route, const char *scheme, const char *path)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (url));
  g_autofree char *whole = strstr (trimmed, "://") != NULL ? g_strdup (trimmed) : g_strconcat ("http://", trimmed, NULL);
  g_autoptr(GUri) uri = g_uri_parse (whole, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autoptr(GUri) changed = NULL;
  int port;

  if (uri == NULL)
    return g_strdup (url);
  port = scheme != NULL && g_uri_get_port (uri) < 0 ? route->port : g_uri_get_port (uri);
  changed = g_uri_build (G_URI_FLAGS_ENCODED, scheme != NULL ? scheme : g_uri_get_scheme (uri), g_uri_get_userinfo (uri),
                         g_uri_get_host (uri), port, path != NULL ? path : g_uri_get_path (uri), g_uri_get_query (uri),
                         NULL);
  return g_uri_to_string (changed);
}

static void
replace (char **place, char *text)
{
  g_free (*place);
  *place = text;
}

/* Goes on with TLS, or without. */
void
sky_doctor_mend_tls (SkyDoctor *self, gboolean tls)
{
  gboolean ws = g_str_has_prefix (self->profile->url, "ws");
  const char *scheme = tls ? (ws ? "wss" : "https") : (ws ? "ws" : "http");

  replace (&self->better->url, change_url (self->better->url, &self->engine, scheme, NULL));
  replace (&self->profile->url, g_strdup (self->better->url));
  self->changed = TRUE;
  sky_doctor_aim (self);
}

void
sky_doctor_mend_protocol (SkyDoctor *self, SkyProtocol protocol)
{
  self->better->protocol = protocol;
  self->changed = TRUE;
}

/**
 * sky_doctor_mend_path:
 * @in_url: it is the URL's, for a plain WebSocket; else that of the Engine.IO server
 *
 * A path that was part of another URL's path is no namespace any more.
 */
void
sky_doctor_mend_path (SkyDoctor *self, const char *path, gboolean in_url)
{
  SkyProfile *profiles[] = { self->better, self->profile };

  for (guint i = 0; i < G_N_ELEMENTS (profiles); i++)
    {
      if (in_url)
        replace (&profiles[i]->url, change_url (profiles[i]->url, &self->engine, NULL, path));
      else
        replace (&profiles[i]->path, g_strdup (path));
      if (!in_url && profiles[i]->namespaces == NULL && self->engine.nsp != NULL && strlen (self->engine.nsp) > 1
          && g_str_has_prefix (path, self->engine.nsp))
        replace (&profiles[i]->url, change_url (profiles[i]->url, &self->engine, NULL, "/"));
    }
  self->changed = TRUE;
  sky_doctor_aim (self);
}

void
sky_doctor_mend_transports (SkyDoctor *self, SkyTransports transports)
{
  self->better->transports = transports;
  self->changed = TRUE;
}

/* Returns: (transfer none): the id of the finding: FEATURES.md §4.5 */
const char *
sky_doctor_version (const SkySigns *signs)
{
  if (signs->max_payload != 0)
    return signs->revision == 3 ? "socket.io-4-eio3" : "socket.io-4";
  if (signs->revision == 3)
    return "socket.io-2";
  return signs->ping_timeout_msec == 5000 ? "socket.io-3" : "socket.io-3-or-4";
}

/* Returns: (transfer full): its name for people */
char *
sky_doctor_describe (const char *id)
{
  return g_strdup (strcmp (id, "socket.io-4-eio3") == 0   ? _("Socket.IO 4 (Engine.IO 3 as well)")
                   : strcmp (id, "socket.io-4") == 0      ? "Socket.IO 4"
                   : strcmp (id, "socket.io-3") == 0      ? "Socket.IO 3"
                   : strcmp (id, "socket.io-3-or-4") == 0 ? _("Socket.IO 4.0–4.4 or 3")
                                                          : "Socket.IO 2");
}

static const SkyFinding *
first_of (SkyDoctor *self, SkyFindingLevel level)
{
  for (guint i = 0; i < self->findings->len; i++)
    if (((SkyFinding *) self->findings->pdata[i])->level == level)
      return self->findings->pdata[i];
  return NULL;
}

/* Returns: (transfer full): one sentence: what answers there, and what is wrong with it */
char *
sky_doctor_verdict (SkyDoctor *self)
{
  const SkyFinding *bad = first_of (self, SKY_FINDING_BAD);
  const SkyFinding *warning = first_of (self, SKY_FINDING_WARNING);

  if (self->what == NULL)
    return g_strdup (bad != NULL ? bad->title : _("Nothing that is known answers there."));
  if (bad != NULL)
    return g_strdup_printf (_("%s answers at %s, but the connection as asked for fails: %s"), self->what, self->where,
                            bad->title);
  if (warning != NULL)
    return g_strdup_printf (_("%s answers at %s, and a connection works, but: %s"), self->what, self->where,
                            warning->title);
  return g_strdup_printf (_("%s answers at %s, and a connection as asked for works."), self->what, self->where);
}

#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What is spoken there: the first question, its answer, and whom it shows. */

static void ask_engine (SkyDoctor *self, guint revision, gboolean follow);
static void ask_plain (SkyDoctor *self);

static gboolean
wants_plain (SkyDoctor *self)
{
  g_auto(SkyRoute) route = { 0 };

  return sky_route_resolve (&route, self->profile, NULL) && route.protocol == SKY_PROTOCOL_WEBSOCKET;
}

static char *
join_url (const SkyRoute *route, gboolean ws)
{
  return g_strdup_printf ("%s%s://%s%.*s", ws ? "ws" : "http", route->tls ? "s" : "", route->host_header,
                          (int) strcspn (route->base, "?"), route->base);
}

static void
find_wall (SkyDoctor *self, const SkyAsk *ask)
{
  g_autofree char *challenge = sky_ask_header (ask, ask->status == 407 ? "Proxy-Authenticate" : "WWW-Authenticate");

  self->hopeless = TRUE;
  sky_doctor_find (self, SKY_FINDING_BAD, ask->status == 403 ? "forbidden" : "auth-required",
                   ask->status == 403   ? g_strdup_printf (_("%s answers 403: it lets nobody in like this."), ask->route.host_header)
                   : ask->status == 407 ? g_strdup (_("A proxy wants credentials (407)."))
                   : challenge != NULL
                       ? g_strdup_printf (_("%s wants credentials (401): %s."), ask->route.host_header, challenge)
                       : g_strdup_printf (_("%s wants credentials (401)."), ask->route.host_header),
                   sky_ask_evidence (ask),
                   ask->status == 403
                       ? _("Ask what it checks: an Origin, a header, a cookie, or your address. Add it under Options.")
                   : ask->status == 407 ? _("Give name and password in the proxy's address.")
                                        : _("Add what it asks for: --user name:password, or a header."));
}

/* A wall, or nothing behind a proxy: it is the same at every path. Returns: whether it was that */
static gboolean
find_end (SkyDoctor *self, const SkyAsk *ask, const SkySigns *signs)
{
  if (signs->sign == SKY_SIGN_WALL)
    find_wall (self, ask);
  else if (signs->sign == SKY_SIGN_BACKEND)
    {
      self->hopeless = TRUE;
      sky_doctor_find (self, SKY_FINDING_BAD, "backend-down",
                       g_strdup_printf (_("%s answers %u: a proxy is there, but the server behind it is not."),
                                        ask->route.host_header, ask->status),
                       sky_ask_evidence (ask),
                       _("Start the server behind the proxy, or correct the address that the proxy has for it."));
    }
  else if (signs->sign == SKY_SIGN_NOTHING)
    {
      self->hopeless = TRUE;
      sky_doctor_find (self, SKY_FINDING_BAD, "lost", g_strdup (ask->error->message), sky_ask_evidence (ask),
                       _("It took a connection just before: look whether the server crashes or is overloaded."));
    }
  else
    return FALSE;
  sky_doctor_end (self);
  return TRUE;
}

static void
on_without_origin (SkyDoctor *self, SkyAsk *ask)
{
  g_auto(SkySigns) signs = { 0 };
  gboolean origin;

  sky_signs_read (ask, &signs);
  origin = signs.sign == SKY_SIGN_ENGINE;
  self->hopeless = TRUE;
  if (origin)
    sky_doctor_keep_session (self, &ask->route, &signs);
  sky_doctor_find (self, SKY_FINDING_BAD, origin ? "origin-refused" : "forbidden",
                   origin ? g_strdup_printf (_("%s turns away the Origin %s, and answers without it."),
                                             ask->route.host_header, self->asked->origin)
                          : g_strdup_printf (_("%s turned the request away: %s"), ask->route.host_header,
                                             sky_signs_explain_code (4)),
                   g_strdup (ask->question.note),
                   origin ? _("Take the Origin out, or have the server allow it (cors.origin, or allowRequest).")
                          : _("Ask what the server checks in allowRequest: an Origin, a header or a cookie, and add it."));
  sky_doctor_end (self);
}

/* Code 4, and an Origin was given: is it that? */
static void
find_forbidden (SkyDoctor *self, const SkyAsk *ask)
{
  if (self->profile->origin == NULL)
    {
      self->hopeless = TRUE;
      sky_doctor_find (self, SKY_FINDING_BAD, "forbidden",
                       g_strdup_printf (_("%s turned the request away: %s"), ask->route.host_header,
                                        sky_signs_explain_code (4)),
                       sky_ask_evidence (ask),
                       _("Ask what the server checks in allowRequest: an Origin, a header or a cookie, and add it."));
      sky_doctor_end (self);
      return;
    }
  g_clear_pointer (&self->profile->origin, g_free);
  sky_doctor_call (self,
                   &(SkyQuestion) { .route = &ask->route, .name = _("doctor: without Origin"), .note = sky_ask_evidence (ask) },
                   on_without_origin);
}

/* Code 5: the other one is asked for, once. */
static void
try_other_revision (SkyDoctor *self, const SkyAsk *ask, gboolean asked_3)
{
  self->signs.code = 5;
  sky_doctor_find (self, self->asked->eio != 0 ? SKY_FINDING_BAD : SKY_FINDING_INFO, "wrong-revision",
                   g_strdup_printf (_("%s does not speak revision %u of Engine.IO."), ask->route.host_header, asked_3 ? 3 : 4),
                   sky_ask_evidence (ask),
                   asked_3 ? _("Connect with Engine.IO 4 (--eio 4).") : _("Connect with Engine.IO 3 (--eio 3)."));
  self->profile->eio = asked_3 ? 4 : 3;
  self->better->eio = self->profile->eio;
  self->changed |= self->asked->eio != 0;
  ask_engine (self, self->profile->eio, FALSE);
}

static void
find_refusal (SkyDoctor *self, const SkyAsk *ask, const SkySigns *signs)
{
  gboolean asked_3 = strstr (ask->route.target, "EIO=3") != NULL;

  g_free (self->where);
  self->where = join_url (&self->engine, FALSE);
  if (self->what == NULL)
    self->what = g_strdup (_("An Engine.IO server"));
  if (signs->code == 4)
    find_forbidden (self, ask);
  else if (signs->code == 5 && self->signs.code != 5)
    try_other_revision (self, ask, asked_3);
  else if (signs->code == 0)
    {
      self->refuses_polling = TRUE;
      sky_doctor_find (self, SKY_FINDING_INFO, "no-polling",
                       g_strdup_printf (_("%s offers no long-polling. %s"), ask->route.host_header,
                                        sky_signs_explain_code (0)),
                       sky_ask_evidence (ask), NULL);
      self->signs.revision = asked_3 ? 3 : 4;
      self->signs.upgrades = TRUE;
      sky_doctor_upgrade (self);
    }
  else
    {
      sky_doctor_find (self, SKY_FINDING_WARNING, "refused-session",
                       g_strdup_printf (_("%s opened no session: %s"), ask->route.host_header,
                                        sky_signs_explain_code (signs->code)),
                       sky_ask_evidence (ask), NULL);
      self->signs.revision = asked_3 ? 3 : 4;
      sky_doctor_upgrade (self);
    }
}

/* A redirect is followed once, and what it leads to is examined. */
static void
find_redirect (SkyDoctor *self, const SkyAsk *ask)
{
  g_autofree char *to = sky_ask_header (ask, "Location");
  gboolean fatal = self->asked->transports == SKY_TRANSPORTS_WEBSOCKET
                   || self->asked->transports == SKY_TRANSPORTS_WEBSOCKET_FIRST || wants_plain (self);

  sky_doctor_find (self, fatal ? SKY_FINDING_BAD : SKY_FINDING_WARNING, "redirect",
                   g_strdup_printf (_("%s sends requests elsewhere: to %s."), ask->route.host_header,
                                    to != NULL ? to : _("nowhere (no Location)")),
                   sky_ask_evidence (ask),
                   _("Connect to that address directly: polling follows a redirect, a WebSocket does not."));
  self->followed = TRUE;
  ask_engine (self, self->profile->eio, TRUE);
}

/* The address that redirects led to is the one from now on. */
static void
move_to (SkyDoctor *self, const SkyAsk *ask)
{
  const SkyRoute *route = &ask->answer->route;
  const char *target = ask->answer->target != NULL ? ask->answer->target : ask->route.target;
  g_autofree char *path = g_strndup (target, strcspn (target, "?"));
  gboolean ws = g_str_has_prefix (self->asked->url, "ws");
  g_autofree char *url = g_strdup_printf ("%s%s://%s%s", ws ? "ws" : "http", route->tls ? "s" : "", route->host_header,
                                          self->engine.nsp != NULL ? self->engine.nsp : "/");

  g_free (self->profile->url);
  self->profile->url = g_strdup (url);
  g_free (self->better->url);
  self->better->url = g_steal_pointer (&url);
  sky_doctor_mend_path (self, path, FALSE);
}

/* What is told if nothing better comes: an answer says more than none. */
static void
remember (SkyDoctor *self, const SkyAsk *ask, const SkySigns *signs)
{
  gboolean dumb = self->first_sign == SKY_SIGN_SILENT || self->first_sign == SKY_SIGN_CUT;

  if (self->first != NULL && (ask->status == 0 || !dumb))
    return;
  g_free (self->first);
  self->first = sky_ask_evidence (ask);
  self->first_sign = signs->sign;
}

static void
on_engine (SkyDoctor *self, SkyAsk *ask)
{
  g_auto(SkySigns) signs = { 0 };

  sky_signs_read (ask, &signs);
  if (ask->question.follow && ask->answer != NULL && ask->answer->target != NULL)
    move_to (self, ask);
  if (signs.sign == SKY_SIGN_ENGINE)
    sky_doctor_meet_engine (self, sky_ask_evidence (ask), ask->opened, &signs);
  else if (signs.sign == SKY_SIGN_REFUSAL)
    find_refusal (self, ask, &signs);
  else if (signs.sign == SKY_SIGN_REDIRECT && !self->followed)
    find_redirect (self, ask);
  else if (!find_end (self, ask, &signs))
    {
      remember (self, ask, &signs);
      if (!self->tls_tried
          && (signs.sign == SKY_SIGN_NOT_HTTP || signs.sign == SKY_SIGN_CUT || signs.sign == SKY_SIGN_TLS_PORT))
        sky_doctor_try_tls (self, ask);
      else if (!self->plain_asked)
        ask_plain (self);
      else
        sky_doctor_hunt (self);
    }
}

static void
ask_engine (SkyDoctor *self, guint revision, gboolean follow)
{
  self->engine_asked = TRUE;
  sky_route_aim (&self->engine, revision, "polling", NULL);
  sky_doctor_call (self, &(SkyQuestion) { .route = &self->engine, .name = _("doctor: Engine.IO"), .follow = follow },
                   on_engine);
}

static void
on_plain (SkyDoctor *self, SkyAsk *ask)
{
  g_auto(SkySigns) signs = { 0 };

  sky_signs_read (ask, &signs);
  if (ask->opened)
    sky_doctor_meet_plain (self, sky_ask_evidence (ask), signs.sign == SKY_SIGN_ENGINE);
  else if (signs.sign == SKY_SIGN_WRONG)
    {
      self->hopeless = TRUE;
      sky_doctor_find (self, SKY_FINDING_BAD, "wrong-accept", g_strdup (ask->error->message), sky_ask_evidence (ask),
                       _("The server, or a proxy in between, has a fault: its handshake must follow RFC 6455 §4.2.2."));
      sky_doctor_end (self);
    }
  else if (self->engine_asked || !find_end (self, ask, &signs))
    {
      remember (self, ask, &signs);
      if (!self->tls_tried
          && (signs.sign == SKY_SIGN_NOT_HTTP || signs.sign == SKY_SIGN_TLS_PORT
              || (signs.sign == SKY_SIGN_CUT && self->engine_asked)))
        sky_doctor_try_tls (self, ask);
      else if (!self->engine_asked)
        ask_engine (self, self->profile->eio, FALSE);
      else
        sky_doctor_hunt (self);
    }
}

static void
ask_plain (SkyDoctor *self)
{
  self->plain_asked = TRUE;
  sky_doctor_open (self, &(SkyQuestion) { .route = &self->plain, .name = _("doctor: WebSocket"), .wait_msec = 400 },
                   on_plain);
}

/**
 * sky_doctor_speak:
 *
 * Asks what the profile means first: an Engine.IO session, or a plain WebSocket.
 */
void
sky_doctor_speak (SkyDoctor *self)
{
  self->plain_asked = self->engine_asked = FALSE;
  if (wants_plain (self))
    ask_plain (self);
  else
    ask_engine (self, self->profile->eio, FALSE);
}

static void
find_not_websocket (SkyDoctor *self)
{
  if (self->asked->protocol != SKY_PROTOCOL_WEBSOCKET)
    return;
  sky_doctor_find (self, SKY_FINDING_BAD, "not-websocket",
                   g_strdup_printf (_("Plain WebSocket was chosen, but Socket.IO is spoken at %s."), self->where),
                   NULL, _("Choose Socket.IO."));
  sky_doctor_mend_protocol (self, SKY_PROTOCOL_SOCKET_IO);
}

/**
 * sky_doctor_meet_engine:
 * @evidence: (transfer full): what it was seen by
 * @by_websocket: the session was one over WebSocket, and is over
 * @signs: of the session that was opened; emptied
 *
 * An Engine.IO server is there. What more it can is asked from here.
 */
void
sky_doctor_meet_engine (SkyDoctor *self, char *evidence, gboolean by_websocket, SkySigns *signs)
{
  const char *id = sky_doctor_version (signs);

  sky_signs_clear (&self->signs);
  self->signs = *signs;
  *signs = (SkySigns) { 0 };
  g_free (self->what);
  self->what = sky_doctor_describe (id);
  g_free (self->where);
  self->where = join_url (&self->engine, FALSE);
  if (!by_websocket)
    sky_doctor_keep_session (self, &self->engine, &self->signs);
  sky_doctor_find (self, SKY_FINDING_GOOD, id,
                   self->signs.joined || self->signs.revision == 4
                       ? g_strdup_printf (_("The answer is that of %s."), self->what)
                       : g_strdup (_("The answer is that of Engine.IO 3.")),
                   evidence, NULL);
  find_not_websocket (self);
  if (by_websocket)
    sky_doctor_upgrade (self);
  else
    {
      self->has_polling = TRUE;
      sky_doctor_post (self);
    }
}

/**
 * sky_doctor_meet_plain:
 * @evidence: (transfer full): of a WebSocket that opened
 * @engine: an Engine.IO open packet came on it
 */
void
sky_doctor_meet_plain (SkyDoctor *self, char *evidence, gboolean engine)
{
  gboolean unwanted = self->asked->protocol == SKY_PROTOCOL_SOCKET_IO || self->asked->protocol == SKY_PROTOCOL_ENGINE_IO;

  self->plain_found = self->has_websocket = TRUE;
  g_free (self->what);
  self->what = g_strdup (engine ? _("A WebSocket with Engine.IO in it") : _("A plain WebSocket server"));
  g_free (self->where);
  self->where = join_url (&self->plain, TRUE);
  sky_doctor_find (self, SKY_FINDING_GOOD, "websocket",
                   g_strdup_printf (_("A WebSocket opens at %s."), self->where), evidence, NULL);
  if (unwanted)
    {
      sky_doctor_find (self, SKY_FINDING_BAD, "not-socket.io",
                       g_strdup_printf (_("Socket.IO was chosen, but plain WebSocket is spoken at %s."), self->where),
                       NULL, _("Choose WebSocket."));
      sky_doctor_mend_protocol (self, SKY_PROTOCOL_WEBSOCKET);
    }
  sky_doctor_origin (self);
}

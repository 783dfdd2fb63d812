#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define N_POSTS 3

/* The session that polling opened is asked for again, on fresh connections; then the same over WebSocket. */

static void probe (SkyDoctor *self);

/* How bad it is that a transport fails: what was asked for decides. */
static SkyFindingLevel
level_of_polling (SkyDoctor *self)
{
  switch (self->asked->transports)
    {
    case SKY_TRANSPORTS_BOTH:
    case SKY_TRANSPORTS_POLLING:
      return SKY_FINDING_BAD;
    case SKY_TRANSPORTS_WEBSOCKET_FIRST:
      return SKY_FINDING_WARNING;
    case SKY_TRANSPORTS_WEBSOCKET:
    default:
      return SKY_FINDING_INFO;
    }
}

static SkyFindingLevel
level_of_websocket (SkyDoctor *self)
{
  gboolean other = self->has_polling && self->sticky;

  switch (self->asked->transports)
    {
    case SKY_TRANSPORTS_POLLING:
      return SKY_FINDING_INFO;
    case SKY_TRANSPORTS_WEBSOCKET:
      return SKY_FINDING_BAD;
    case SKY_TRANSPORTS_BOTH:
    case SKY_TRANSPORTS_WEBSOCKET_FIRST:
    default:
      return other ? SKY_FINDING_WARNING : SKY_FINDING_BAD;
    }
}

static void post (SkyDoctor *self);

static void
find_no_post (SkyDoctor *self, const SkyAsk *ask, const SkySigns *signs)
{
  if (signs->code == 1)
    sky_doctor_find (self, level_of_polling (self), "no-sticky",
                     g_strdup_printf (_("%s forgets the session between two requests: no sticky sessions."),
                                      ask->route.host_header),
                     g_strdup_printf ("%s\n%s", ask->question.note, sky_signs_explain_code (1)),
                     _("Make the balancer send a session to one process (by cookie or address), or use WebSocket only (--transports websocket)."));
  else
    sky_doctor_find (self, level_of_polling (self), "no-post",
                     g_strdup_printf (_("%s opens a session, but does not take what is posted to it."),
                                      ask->route.host_header),
                     g_strdup (ask->question.note),
                     _("Let POST through to this path, or use WebSocket only (--transports websocket)."));
}

static void
on_posted (SkyDoctor *self, SkyAsk *ask)
{
  g_auto(SkySigns) signs = { 0 };

  if (ask->status == 200 && ++self->n_posts < N_POSTS)
    {
      post (self);
      return;
    }
  sky_signs_read (ask, &signs);
  self->sticky = ask->status == 200;
  ask->question.note = sky_ask_evidence (ask);
  if (self->sticky)
    sky_doctor_find (self, SKY_FINDING_GOOD, "sticky",
                     g_strdup_printf (_("%u requests on connections of their own reached the same session."), N_POSTS),
                     g_strdup (ask->question.note), NULL);
  else
    find_no_post (self, ask, &signs);
  sky_doctor_upgrade (self);
}

/* A heartbeat is what a client may post at any time, and it is answered at once. */
static void
post (SkyDoctor *self)
{
  sky_route_aim (&self->engine, self->signs.revision, "polling", self->signs.sid);
  sky_doctor_call (self,
                   &(SkyQuestion) { .route = &self->engine,
                                    .name = _("doctor: the same session"),
                                    .body = self->signs.revision == 3 ? "1:2" : "3" },
                   on_posted);
}

/**
 * sky_doctor_post:
 *
 * Is the session known to whoever answers a connection of its own? PROTOCOL.md §2.1, code 1.
 */
void
sky_doctor_post (SkyDoctor *self)
{
  self->n_posts = 0;
  post (self);
}

static void
find_no_websocket (SkyDoctor *self, const SkyAsk *ask, const SkySigns *signs)
{
  SkyFindingLevel level = level_of_websocket (self);
  g_autofree char *evidence = sky_ask_evidence (ask);
  g_autofree char *why = NULL;

  if (signs->sign == SKY_SIGN_WRONG)
    sky_doctor_find (self, level, "wrong-accept", g_strdup (ask->error->message), g_steal_pointer (&evidence),
                     _("The server, or a proxy in between, has a fault: its handshake must follow RFC 6455 §4.2.2."));
  else if (signs->code == 0)
    sky_doctor_find (self, level, "no-websocket",
                     g_strdup_printf (_("%s offers no WebSocket. %s"), ask->route.host_header, sky_signs_explain_code (0)),
                     g_steal_pointer (&evidence), _("Use polling only (--transports polling), or switch WebSocket on at the server."));
  else if (ask->opened)
    sky_doctor_find (self, level, "no-open",
                     g_strdup_printf (_("%s opens a WebSocket, but sends no Engine.IO open packet."), ask->route.host_header),
                     g_steal_pointer (&evidence), _("Look at the server: something else takes its upgrades."));
  else
    {
      why = signs->code >= 0 ? g_strdup_printf ("%s\n%s", evidence, sky_signs_explain_code (signs->code))
                             : g_steal_pointer (&evidence);
      sky_doctor_find (self, level, "no-upgrade",
                       self->has_polling
                           ? g_strdup (_("Polling works, but the upgrade to WebSocket does not get through: a proxy strips it."))
                           : g_strdup (_("The upgrade to WebSocket does not get through.")),
                       g_steal_pointer (&why),
                       _("Have the proxy use HTTP/1.1 and pass on Upgrade and Connection, or use polling only (--transports polling)."));
    }
  if (level == SKY_FINDING_BAD && self->has_polling && self->sticky)
    sky_doctor_mend_transports (self, SKY_TRANSPORTS_POLLING);
  else if (level == SKY_FINDING_BAD)
    self->hopeless = TRUE;
}

static void
find_no_polling (SkyDoctor *self)
{
  if (level_of_polling (self) < SKY_FINDING_WARNING)
    return;
  if (self->refuses_polling)
    sky_doctor_find (self, level_of_polling (self), "websocket-only",
                     g_strdup_printf (_("%s takes WebSocket only, and polling was to come first."), self->engine.host_header),
                     NULL, _("Use WebSocket only (--transports websocket)."));
  if (level_of_polling (self) == SKY_FINDING_BAD)
    sky_doctor_mend_transports (self, SKY_TRANSPORTS_WEBSOCKET);
}

static void
find_websocket (SkyDoctor *self, SkyAsk *ask, SkySigns *signs)
{
  self->has_websocket = TRUE;
  sky_doctor_find (self, SKY_FINDING_GOOD, "websocket-ok",
                   g_strdup_printf (_("A WebSocket opens at %s, with a session of its own."), self->where),
                   sky_ask_evidence (ask), NULL);
  if (self->signs.sid == NULL)
    {
      gint code = self->signs.code;

      sky_signs_clear (&self->signs);
      self->signs = *signs;
      self->signs.code = code;
      *signs = (SkySigns) { 0 };
      g_free (self->what);
      self->what = sky_doctor_describe (sky_doctor_version (&self->signs));
      sky_doctor_find (self, SKY_FINDING_GOOD, sky_doctor_version (&self->signs),
                       g_strdup_printf (_("The answer is that of %s."), self->what), sky_ask_evidence (ask), NULL);
    }
  if (!self->has_polling || !self->sticky)
    find_no_polling (self);
}

static void
on_websocket (SkyDoctor *self, SkyAsk *ask)
{
  g_auto(SkySigns) signs = { 0 };

  sky_signs_read (ask, &signs);
  if (signs.sign == SKY_SIGN_ENGINE)
    {
      find_websocket (self, ask, &signs);
      probe (self);
      return;
    }
  find_no_websocket (self, ask, &signs);
  if (self->has_polling && self->sticky)
    sky_doctor_join (self);
  else
    sky_doctor_end (self);
}

/**
 * sky_doctor_upgrade:
 *
 * WebSocket, first with a session of its own: then nothing but the upgrade itself can fail.
 */
void
sky_doctor_upgrade (SkyDoctor *self)
{
  sky_route_aim (&self->engine, self->signs.revision, "websocket", NULL);
  sky_doctor_open (self, &(SkyQuestion) { .route = &self->engine, .name = _("doctor: WebSocket") }, on_websocket);
}

static void
on_probed (SkyDoctor *self, SkyAsk *ask)
{
  const SkyAskMessage *message = ask->messages->len > 0 ? ask->messages->pdata[0] : NULL;
  gsize len = 0;
  const char *text = message != NULL ? g_bytes_get_data (message->data, &len) : NULL;

  if (len == 6 && memcmp (text, "3probe", 6) == 0)
    sky_doctor_find (self, SKY_FINDING_GOOD, "upgrade", g_strdup (_("The polling session can be moved to a WebSocket.")),
                     sky_ask_evidence (ask), NULL);
  else
    sky_doctor_find (self, SKY_FINDING_WARNING, "upgrade-fails",
                     g_strdup (_("A WebSocket opens, but the polling session cannot be moved to it.")),
                     sky_ask_evidence (ask),
                     _("Use WebSocket only (--transports websocket): the upgrade is answered by another server than the polls."));
  sky_doctor_join (self);
}

static void
probe (SkyDoctor *self)
{
  g_autoptr(GBytes) ping = g_bytes_new_static ("2probe", 6);

  if (!self->has_polling || !self->sticky || !self->signs.upgrades)
    {
      if (self->has_polling && self->sticky)
        sky_doctor_find (self, SKY_FINDING_INFO, "no-upgrades-offered",
                         g_strdup (_("The server does not offer to move a session from polling to WebSocket.")),
                         g_strdup ("upgrades: []"), NULL);
      sky_doctor_join (self);
      return;
    }
  sky_route_aim (&self->engine, self->signs.revision, "websocket", self->signs.sid);
  sky_doctor_open (self,
                   &(SkyQuestion) { .route = &self->engine, .name = _("doctor: upgrade"), .say = ping, .say_first = TRUE },
                   on_probed);
}

#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FOREIGN "https://example.com"

/* What a page of another site would be allowed: worth a word once all else works. */

static const char *
origin_of (SkyDoctor *self)
{
  return self->asked->origin != NULL && *self->asked->origin != '\0' ? self->asked->origin : FOREIGN;
}

static void
on_foreign_websocket (SkyDoctor *self, SkyAsk *ask)
{
  if (ask->opened && self->asked->origin == NULL)
    sky_doctor_find (self, SKY_FINDING_INFO, "any-origin",
                     g_strdup (_("A page of any site may open a WebSocket here: CORS does not cover it.")),
                     sky_ask_evidence (ask),
                     _("If the server trusts cookies, have it check Origin (allowRequest), or other sites can act for its users (CSWSH)."));
  else if (!ask->opened && self->asked->origin == NULL)
    sky_doctor_find (self, SKY_FINDING_INFO, "origin-checked",
                     g_strdup_printf (_("A WebSocket with the Origin %s is refused: the server checks it."), FOREIGN),
                     sky_ask_evidence (ask), NULL);
  sky_doctor_end (self);
}

static void
ask_foreign_websocket (SkyDoctor *self)
{
  const SkyRoute *route = self->plain_found ? &self->plain : &self->engine;

  if (!self->has_websocket)
    {
      sky_doctor_end (self);
      return;
    }
  if (!self->plain_found)
    sky_route_aim (&self->engine, self->signs.revision, "websocket", NULL);
  sky_doctor_open (self,
                   &(SkyQuestion) { .route = route,
                                    .name = _("doctor: another Origin"),
                                    .origin = origin_of (self),
                                    .wait_msec = 200 },
                   on_foreign_websocket);
}

static void
on_foreign (SkyDoctor *self, SkyAsk *ask)
{
  g_auto(SkySigns) signs = { 0 };
  g_autofree char *allow = sky_ask_header (ask, "Access-Control-Allow-Origin");
  g_autofree char *credentials = sky_ask_header (ask, "Access-Control-Allow-Credentials");
  g_autofree char *evidence = sky_ask_evidence (ask);
  g_autofree char *shown
      = g_strdup_printf ("%s\nOrigin: %s → Access-Control-Allow-Origin: %s%s%s", evidence, origin_of (self),
                         allow != NULL ? allow : _("none"), credentials != NULL ? ", Access-Control-Allow-Credentials: " : "",
                         credentials != NULL ? credentials : "");

  sky_signs_read (ask, &signs);
  if (signs.sign == SKY_SIGN_ENGINE)
    sky_doctor_keep_session (self, &ask->route, &signs);
  if (allow == NULL)
    sky_doctor_find (self, SKY_FINDING_INFO, "no-cors",
                     g_strdup_printf (_("A browser's page from %s could not poll here: the server sends no CORS headers."),
                                      origin_of (self)),
                     g_steal_pointer (&shown), _("Only if pages of that site need it: set cors.origin at the server."));
  else
    sky_doctor_find (self, SKY_FINDING_INFO, "cors",
                     g_strdup_printf (_("CORS: a browser's page from %s may read the answers."), allow),
                     g_steal_pointer (&shown), NULL);
  ask_foreign_websocket (self);
}

/**
 * sky_doctor_origin:
 *
 * What Origin does: the last step, asked only if nothing is wrong so far. PROTOCOL.md §13.
 */
void
sky_doctor_origin (SkyDoctor *self)
{
  if (sky_doctor_is_bad (self))
    sky_doctor_end (self);
  else if (!self->has_polling)
    ask_foreign_websocket (self);
  else
    {
      sky_route_aim (&self->engine, self->signs.revision, "polling", NULL);
      sky_doctor_call (self,
                       &(SkyQuestion) { .route = &self->engine, .name = _("doctor: another Origin"), .origin = origin_of (self) },
                       on_foreign);
    }
}

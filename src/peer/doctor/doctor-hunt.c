#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Nothing that fits was at the path that was asked for: other usual ones are tried, all at once. */

typedef enum
{
  TRY_POLLING,
  TRY_ENGINE,    /* Engine.IO over WebSocket, where a server knows no other */
  TRY_WEBSOCKET, /* a plain one */
} TryKind;

typedef struct
{
  TryKind  kind;
  char    *path;
  SkySigns signs;
  char    *evidence;
  gboolean found;
} Try;

struct _SkyHunt
{
  GPtrArray *tries; /* of Try, the best guess first */
  guint      n_left;
};

static void
try_free (gpointer data)
{
  Try *self = data;

  g_free (self->path);
  g_free (self->evidence);
  sky_signs_clear (&self->signs);
  g_free (self);
}

void
sky_hunt_free (SkyHunt *self)
{
  g_ptr_array_unref (self->tries);
  g_free (self);
}

static char *
path_of (const SkyRoute *route)
{
  return g_strndup (route->base, strcspn (route->base, "?"));
}

static void
add (SkyDoctor *doctor, SkyHunt *self, TryKind kind, const char *path)
{
  g_autofree char *asked = path_of (kind == TRY_WEBSOCKET ? &doctor->plain : &doctor->engine);
  Try *try;

  if (strcmp (path, asked) == 0 && (kind == TRY_WEBSOCKET ? doctor->plain_asked : kind == TRY_POLLING))
    return;
  for (guint i = 0; i < self->tries->len; i++)
    {
      const Try *other = self->tries->pdata[i];

      if (other->kind == kind && strcmp (other->path, path) == 0)
        return;
    }
  try = g_new0 (Try, 1);
  try->kind = kind;
  try->path = g_strdup (path);
  g_ptr_array_add (self->tries, try);
}

/* The other spelling, and what people mount the server at. */
static void
add_paths (SkyDoctor *self, SkyHunt *hunt)
{
  g_autofree char *asked = path_of (&self->engine), *url = path_of (&self->plain);
  gsize len = strlen (asked), url_len = strlen (url);
  g_autofree char *other = len > 1 && asked[len - 1] == '/' ? g_strndup (asked, len - 1) : g_strconcat (asked, "/", NULL);
  g_autofree char *below = g_strconcat (url, url_len > 0 && url[url_len - 1] == '/' ? "" : "/", "socket.io/", NULL);
  g_autofree char *bare = g_strconcat (url, url_len > 0 && url[url_len - 1] == '/' ? "" : "/", NULL);

  add (self, hunt, TRY_ENGINE, asked);
  add (self, hunt, TRY_POLLING, other);
  if (strstr (url, "socket.io") == NULL)
    add (self, hunt, TRY_POLLING, below);
  add (self, hunt, TRY_POLLING, "/socket.io/");
  add (self, hunt, TRY_POLLING, "/socket.io");
  add (self, hunt, TRY_POLLING, "/engine.io/");
  add (self, hunt, TRY_POLLING, "/engine.io");
  if (url_len > 1)
    add (self, hunt, TRY_POLLING, bare);
  add (self, hunt, TRY_WEBSOCKET, "/");
  add (self, hunt, TRY_WEBSOCKET, "/ws");
}

static gboolean
aim (SkyDoctor *self, const Try *try, SkyRoute *route)
{
  g_autoptr(SkyProfile) profile = sky_profile_copy (self->profile);

  g_free (profile->path);
  profile->path = g_strdup (try->path);
  profile->protocol = SKY_PROTOCOL_SOCKET_IO;
  if (!sky_route_resolve (route, profile, NULL))
    return FALSE;
  if (try->kind != TRY_WEBSOCKET)
    {
      sky_route_aim (route, self->profile->eio, try->kind == TRY_POLLING ? "polling" : "websocket", NULL);
      return TRUE;
    }
  g_free (route->target);
  route->target = g_strdup (try->path);
  return TRUE;
}

typedef struct
{
  SkySign     sign;
  const char *id, *title, *advice; /* @title with a host */
} Nothing;

static const Nothing nothings[] = {
  { SKY_SIGN_SILENT, "silent", N_("%s takes connections, but answers nothing."),
    N_("Check that it is the right port, and that the server is not stopped in a debugger.") },
  { SKY_SIGN_CUT, "hangs-up", N_("%s takes connections, and hangs up without an answer."),
    N_("Check the port, and the server's log.") },
  { SKY_SIGN_PAGE, "only-pages", N_("%s answers with a web page, and nothing speaks Socket.IO or WebSocket at any usual path."),
    N_("It is a web server, or a network that wants a login first: open the address in a browser, and ask for the right one.") },
  { SKY_SIGN_UPGRADE, "no-upgrade", N_("%s demands WebSocket (426), but opens none."), N_("Ask which path its WebSocket has.") },
  { SKY_SIGN_OTHER, "nothing-found", N_("Nothing at %s speaks Socket.IO or WebSocket, at any usual path."),
    N_("Check the address and the port, and that the server is running with Socket.IO or WebSocket attached.") },
};

static void
find_nothing (SkyDoctor *self)
{
  const Nothing *nothing = nothings;
  GString *title;

  while (nothing->sign != self->first_sign && nothing->sign != SKY_SIGN_OTHER)
    nothing++;
  title = g_string_new (_(nothing->title));
  g_string_replace (title, "%s", self->engine.host_header, 1);
  self->hopeless = TRUE;
  sky_doctor_find (self, SKY_FINDING_BAD, nothing->id, g_string_free (title, FALSE), g_strdup (self->first),
                   _(nothing->advice));
  sky_doctor_end (self);
}

static void
find_wrong_path (SkyDoctor *self, const Try *try)
{
  gboolean plain = try->kind == TRY_WEBSOCKET;
  g_autofree char *asked = path_of (plain && self->asked->protocol != SKY_PROTOCOL_SOCKET_IO ? &self->plain : &self->engine);

  sky_doctor_find (self, SKY_FINDING_BAD, "wrong-path",
                   plain ? g_strdup_printf (_("Nothing is at %s, but a WebSocket opens at %s."), asked, try->path)
                         : g_strdup_printf (_("Nothing is at %s, but Engine.IO answers at %s."), asked, try->path),
                   g_strdup (self->first), _("Use that path."));
  sky_doctor_mend_path (self, try->path, plain);
}

/* Sessions that were opened by trying, and are not gone on with. */
static void
keep_others (SkyDoctor *self, const SkyHunt *hunt, const Try *best)
{
  for (guint i = 0; i < hunt->tries->len; i++)
    {
      const Try *try = hunt->tries->pdata[i];
      g_auto(SkyRoute) route = { 0 };

      if (try != best && try->found && try->kind == TRY_POLLING && aim (self, try, &route))
        sky_doctor_keep_session (self, &route, &try->signs);
    }
}

static void
choose (SkyDoctor *self)
{
  SkyHunt *hunt = self->hunt;
  Try *best = NULL;

  self->hunt = NULL;
  for (guint i = 0; i < hunt->tries->len && best == NULL; i++)
    if (((Try *) hunt->tries->pdata[i])->found)
      best = hunt->tries->pdata[i];
  keep_others (self, hunt, best);
  if (best == NULL)
    find_nothing (self);
  else
    {
      if (best->kind != TRY_ENGINE)
        find_wrong_path (self, best);
      self->refuses_polling = best->kind == TRY_ENGINE;
      if (best->kind == TRY_WEBSOCKET)
        sky_doctor_meet_plain (self, g_strdup (best->evidence), FALSE);
      else
        sky_doctor_meet_engine (self, g_strdup (best->evidence), best->kind == TRY_ENGINE, &best->signs);
    }
  sky_hunt_free (hunt);
}

static void
on_tried (SkyDoctor *self, SkyAsk *ask)
{
  Try *try = self->hunt->tries->pdata[ask->question.index];

  sky_signs_read (ask, &try->signs);
  try->evidence = sky_ask_evidence (ask);
  try->found = try->kind == TRY_WEBSOCKET ? ask->opened : try->signs.sign == SKY_SIGN_ENGINE;
  if (--self->hunt->n_left == 0)
    choose (self);
}

/**
 * sky_doctor_hunt:
 *
 * Tries the other paths that servers usually have. 404, a page or silence at one path says little of
 * the next: FEATURES.md §4.5.
 */
void
sky_doctor_hunt (SkyDoctor *self)
{
  SkyHunt *hunt = g_new0 (SkyHunt, 1);

  self->hunt = hunt;
  hunt->tries = g_ptr_array_new_with_free_func (try_free);
  add_paths (self, hunt);
  hunt->n_left = hunt->tries->len;
  for (guint i = 0; i < hunt->tries->len; i++)
    {
      const Try *try = hunt->tries->pdata[i];
      g_auto(SkyRoute) route = { 0 };
      SkyQuestion question = { .route = &route, .name = _("doctor: another path"), .index = i };

      question.wait_msec = try->kind == TRY_WEBSOCKET ? 400 : 0;
      if (!aim (self, try, &route))
        g_assert_not_reached (); /* the paths are ours, or were resolved before */
      else if (try->kind == TRY_POLLING)
        sky_doctor_call (self, &question, on_tried);
      else
        sky_doctor_open (self, &question, on_tried);
    }
}

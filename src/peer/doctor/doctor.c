#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ALL_MSEC 20000 /* for the whole examination */

static void
finding_free (gpointer data)
{
  SkyFinding *self = data;

  g_free (self->id);
  g_free (self->title);
  g_free (self->evidence);
  g_free (self->advice);
  g_free (self);
}

void
sky_report_free (SkyReport *self)
{
  g_free (self->verdict);
  g_ptr_array_unref (self->findings);
  g_clear_pointer (&self->better, sky_profile_free);
  g_free (self);
}

static void
session_free (gpointer data)
{
  SkyAskSession *self = data;

  sky_route_clear (&self->route);
  g_free (self->sid);
  g_free (self);
}

static void
stop_clocks (SkyDoctor *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
}

static void
doctor_free (gpointer data)
{
  SkyDoctor *self = data;

  stop_clocks (self);
  g_clear_object (&self->store);
  sky_profile_free (self->asked);
  sky_profile_free (self->profile);
  g_clear_pointer (&self->better, sky_profile_free);
  g_clear_object (&self->jar);
  g_ptr_array_unref (self->asks);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_ptr_array_unref (self->sessions);
  sky_route_clear (&self->engine);
  sky_route_clear (&self->plain);
  sky_signs_clear (&self->signs);
  g_clear_pointer (&self->hunt, sky_hunt_free);
  g_free (self->first);
  g_free (self->what);
  g_free (self->where);
  g_free (self);
}

/* Nobody waits for an answer any more. */
static void
abandon_asks (SkyDoctor *self)
{
  g_autoptr(GPtrArray) asks = g_ptr_array_copy (self->asks, NULL, NULL);

  self->ended = TRUE;
  self->ending = FALSE;
  stop_clocks (self);
  for (guint i = 0; i < asks->len; i++)
    if (g_ptr_array_find (self->asks, asks->pdata[i], NULL))
      sky_ask_abandon (asks->pdata[i]);
}

static void
give_report (SkyDoctor *self)
{
  g_autoptr(GTask) task = g_object_ref (self->task);
  SkyReport *report = g_new0 (SkyReport, 1);

  report->verdict = sky_doctor_verdict (self);
  abandon_asks (self);
  report->findings = g_steal_pointer (&self->findings);
  if (self->changed && !self->hopeless)
    report->better = g_steal_pointer (&self->better);
  g_task_return_pointer (task, report, (GDestroyNotify) sky_report_free);
  g_object_unref (task);
}

/**
 * sky_doctor_find:
 * @title: (transfer full): one sentence
 * @evidence: (transfer full): what it was seen by
 * @advice: (nullable): the one thing to do
 *
 * Adds a finding, and tells whoever listens. The listener may cancel, but nothing is torn down
 * before the main loop turns.
 */
void
sky_doctor_find (SkyDoctor *self, SkyFindingLevel level, const char *id, char *title, char *evidence,
                 const char *advice)
{
  SkyFinding *finding = g_new0 (SkyFinding, 1);

  g_assert (!self->ended);
  finding->level = level;
  finding->id = g_strdup (id);
  finding->title = title;
  finding->evidence = evidence != NULL ? evidence : g_strdup ("");
  finding->advice = g_strdup (advice);
  g_ptr_array_add (self->findings, finding);
  if (self->progress != NULL)
    self->progress (finding, self->progress_data);
}

/* Whether something was found that keeps the connection as asked for from working. */
gboolean
sky_doctor_is_bad (SkyDoctor *self)
{
  for (guint i = 0; i < self->findings->len; i++)
    if (((SkyFinding *) self->findings->pdata[i])->level == SKY_FINDING_BAD)
      return TRUE;
  return FALSE;
}

static void
on_session_closed (SkyDoctor *self, SkyAsk *ask)
{
}

/* Sessions of long-polling are closed as a client closes them. */
static gboolean
close_session (SkyDoctor *self)
{
  SkyAskSession *session;

  if (self->sessions->len == 0)
    return FALSE;
  session = self->sessions->pdata[self->sessions->len - 1];
  sky_route_aim (&session->route, session->revision, "polling", session->sid);
  sky_doctor_call (self,
                   &(SkyQuestion) { .route = &session->route,
                                    .name = _("doctor: close the session"),
                                    .body = session->revision == 3 ? "1:1" : "1" },
                   on_session_closed);
  g_ptr_array_set_size (self->sessions, (gint) self->sessions->len - 1);
  return TRUE;
}

/**
 * sky_doctor_end:
 *
 * Nothing more is to be found out: closes what is open, waits for what is under way, and reports.
 */
void
sky_doctor_end (SkyDoctor *self)
{
  if (self->ended)
    return;
  self->ending = TRUE;
  while (close_session (self))
    ;
  if (self->asks->len == 0)
    give_report (self);
}

/* A session is remembered, to be closed at the end. */
void
sky_doctor_keep_session (SkyDoctor *self, const SkyRoute *route, const SkySigns *signs)
{
  SkyAskSession *session = g_new0 (SkyAskSession, 1);

  sky_route_copy (route, &session->route);
  session->sid = g_strdup (signs->sid);
  session->revision = signs->revision;
  g_ptr_array_add (self->sessions, session);
}

static gboolean
on_deadline (gpointer user_data)
{
  SkyDoctor *self = user_data;

  self->deadline = 0;
  if (!self->ending)
    sky_doctor_find (self, self->joined || self->plain_found ? SKY_FINDING_WARNING : SKY_FINDING_BAD, "time-out",
                     g_strdup_printf (_("The examination was ended after %u seconds: not all was looked at."),
                                      ALL_MSEC / 1000),
                     NULL, _("Check whether the server, or the way to it, is very slow."));
  give_report (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  SkyDoctor *self = user_data;
  g_autoptr(GTask) task = g_object_ref (self->task);

  abandon_asks (self);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* Where Engine.IO and where a plain WebSocket would be, as the profile is now. */
gboolean
sky_doctor_aim (SkyDoctor *self)
{
  g_autoptr(SkyProfile) engine = sky_profile_copy (self->profile);
  g_autoptr(SkyProfile) plain = sky_profile_copy (self->profile);

  if (engine->protocol == SKY_PROTOCOL_AUTO || engine->protocol == SKY_PROTOCOL_WEBSOCKET)
    engine->protocol = SKY_PROTOCOL_SOCKET_IO;
  plain->protocol = SKY_PROTOCOL_WEBSOCKET;
  sky_route_clear (&self->engine);
  sky_route_clear (&self->plain);
  return sky_route_resolve (&self->engine, engine, NULL) && sky_route_resolve (&self->plain, plain, NULL);
}

static SkyDoctor *
doctor_new (const SkyProfile *profile, SkyStore *store)
{
  SkyDoctor *self = g_new0 (SkyDoctor, 1);

  self->store = store != NULL ? g_object_ref (store) : NULL;
  self->asked = sky_profile_copy (profile);
  self->better = sky_profile_copy (profile);
  self->profile = sky_profile_copy (profile);
  self->profile->timeout_msec = SKY_ASK_MSEC;
  self->jar = soup_cookie_jar_new ();
  self->asks = g_ptr_array_new ();
  self->findings = g_ptr_array_new_with_free_func (finding_free);
  self->sessions = g_ptr_array_new_with_free_func (session_free);
  self->signs.code = -1;
  return self;
}

/**
 * sky_doctor_async:
 * @profile: the connection that fails, or is in doubt; copied
 * @store: (nullable): where each question is recorded, as a link of its own
 * @progress: (nullable): is told of each finding as it is made
 * @callback: called within 20 seconds
 *
 * Asks a server, step by step, what it speaks, and what keeps the profile from working with it:
 * name and port, TLS, Engine.IO and its version, WebSocket, stickiness, namespace, parser, Origin.
 * Each question has three seconds. What was opened is closed again.
 */
void
sky_doctor_async (const SkyProfile *profile, SkyStore *store, SkyDoctorFunc progress, gpointer progress_data,
                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  SkyDoctor *self = doctor_new (profile, store);
  g_auto(SkyRoute) route = { 0 };
  GError *error = NULL;

  self->task = task;
  self->progress = progress;
  self->progress_data = progress_data;
  g_task_set_task_data (task, self, doctor_free);
  if (self->store == NULL)
    self->store = sky_store_new (NULL, &error);
  if (self->store == NULL || !sky_route_resolve (&route, profile, &error) || !sky_doctor_aim (self))
    {
      self->ended = TRUE;
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  self->deadline = g_timeout_add (ALL_MSEC, on_deadline, self);
  if (cancellable != NULL)
    {
      self->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), self, NULL);
      g_source_attach (self->cancelled, g_main_context_get_thread_default ());
    }
  sky_doctor_reach (self);
}

/**
 * sky_doctor_finish:
 * @error: %G_IO_ERROR_INVALID_ARGUMENT if the profile's address is none, %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): what was found. The connection as asked for would work if no
 *   finding is %SKY_FINDING_BAD
 */
SkyReport *
sky_doctor_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

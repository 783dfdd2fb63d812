#include "peer/carrier/caller-private.h"

#include <glib/gi18n-lib.h>

#include "base/fault.h"
#include "peer/carrier/opening-dial.h"
#include "peer/carrier/request.h"
#include "peer/profile/profile-secrets.h"

#define MAX_REDIRECTS 5
#define BLOCK_LEN     32768

G_DEFINE_FINAL_TYPE (SkyCaller, sky_caller, G_TYPE_OBJECT)
G_DEFINE_QUARK (sky-caller-error-quark, sky_caller_error)

static void ask (GTask *task);

static void
stop_waiting (SkyCallerCall *call)
{
  sky_caller_clear_source (&call->readable);
  sky_caller_clear_source (&call->cancelled);
  g_clear_handle_id (&call->timeout, g_source_remove);
}

static void
call_free (gpointer data)
{
  SkyCallerCall *call = data;

  stop_waiting (call);
  g_free (call->method);
  g_free (call->content_type);
  g_clear_pointer (&call->body, g_bytes_unref);
  sky_route_clear (&call->route);
  g_object_unref (call->io);
  sky_reply_clear (&call->reply);
  g_free (call);
}

static void
sky_caller_dispose (GObject *object)
{
  SkyCaller *self = SKY_CALLER (object);

  sky_caller_drop_line (self, FALSE);
  g_clear_pointer (&self->link, sky_link_free);
  G_OBJECT_CLASS (sky_caller_parent_class)->dispose (object);
}

static void
sky_caller_finalize (GObject *object)
{
  SkyCaller *self = SKY_CALLER (object);

  g_clear_object (&self->store);
  g_clear_object (&self->jar);
  g_free (self->name);
  g_clear_pointer (&self->profile, sky_profile_free);
  sky_route_clear (&self->home);
  sky_route_clear (&self->there);
  G_OBJECT_CLASS (sky_caller_parent_class)->finalize (object);
}

static void
sky_caller_class_init (SkyCallerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_caller_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_caller_finalize;
}

static void
sky_caller_init (SkyCaller *self)
{
}

/**
 * sky_caller_new:
 * @store: the trace into which all that passes goes
 * @name: of each of its connections there
 * @route: whom to ask; its target is not looked at
 * @jar: (nullable): cookies to send, and to put those in that answers set; shared
 *
 * Returns: (transfer full): a caller that has not dialled yet
 */
SkyCaller *
sky_caller_new (SkyStore *store, const char *name, const SkyProfile *profile, const SkyRoute *route,
                SoupCookieJar *jar)
{
  SkyCaller *self = g_object_new (SKY_TYPE_CALLER, NULL);

  self->store = g_object_ref (store);
  self->name = g_strdup (name);
  self->profile = sky_profile_copy (profile);
  sky_route_copy (route, &self->home);
  self->jar = jar != NULL ? g_object_ref (jar) : NULL;
  return self;
}

/* From now on, it is @route that is asked: a redirect led there for good. */
void
sky_caller_aim (SkyCaller *self, const SkyRoute *route)
{
  sky_route_clear (&self->home);
  sky_route_copy (route, &self->home);
}

/* The call is over. Returns: (transfer full): the task, to be returned; what is under way for it ends */
static GTask *
end_call (GTask *task, gboolean keep_line)
{
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);
  gboolean writing = call->writing;

  g_object_ref (task);
  g_assert (self->task == task);
  stop_waiting (call);
  self->task = NULL;
  call->writing = FALSE;
  g_cancellable_cancel (call->io);
  if (!keep_line || writing)
    sky_caller_drop_line (self, writing);
  return task;
}

static void
fail (GTask *task, GError *error)
{
  g_autoptr(GTask) ended = end_call (task, FALSE);

  g_task_return_error (ended, error);
}

static void
follow (GTask *task, const SkyRoute *where)
{
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);
  g_autofree char *target = sky_secret_blank_url (where->target);
  GError *error = NULL;

  if (++call->n_redirects > MAX_REDIRECTS)
    {
      sky_fail (&error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_REDIRECTS,
                _("%s redirects more than %d times, at last to %s on %s."), self->home.host_header, MAX_REDIRECTS,
                target, where->host_header);
      fail (task, error);
      return;
    }
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE, _("redirected (%u) to %s%s%s"), call->reply.head.status,
                 where->tls ? "https://" : "http://", where->host_header, target);
  sky_route_clear (&call->route);
  sky_route_copy (where, &call->route);
  ask (task);
}

/* The answer is whole. */
static void
take_answer (GTask *task)
{
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);
  guint idle_msec;
  gboolean redirects = FALSE, keeps = sky_reply_keeps_alive (&call->reply, &idle_msec) && !call->writing;
  g_auto(SkyRoute) where = { 0 };
  g_autoptr(GTask) ended = NULL;
  GError *error = NULL;
  SkyAnswer *answer;

  sky_caller_clear_source (&call->readable);
  sky_request_keep_cookies (self->jar, &call->route, &call->reply.head, call->reply.head_data->data);
  if (keeps)
    sky_caller_keep_line (self, idle_msec);
  else
    sky_caller_drop_line (self, call->writing);
  sky_route_copy (&call->route, &where);
  if (g_str_equal (call->method, "GET") && !call->no_redirects
      && !sky_reply_redirect (&call->reply, &where, &redirects, &error))
    {
      fail (task, error);
      return;
    }
  if (redirects)
    {
      follow (task, &where);
      return;
    }
  ended = end_call (task, TRUE);
  answer = sky_reply_finish (&call->reply, &call->route, &error);
  if (answer == NULL)
    {
      g_task_return_error (ended, error);
      return;
    }
  answer->target = call->n_redirects > 0 ? g_strdup (call->route.target) : NULL;
  g_task_return_pointer (ended, answer, (GDestroyNotify) sky_answer_free);
}

/*
 * A server may close a kept connection just when the next request goes out. That is nobody's
 * fault, so it is asked once more; but a POST that it may have heard is not told twice. RFC 9112 §9.3.1
 */
static gboolean
may_ask_again (SkyCaller *self, SkyCallerCall *call)
{
  if (!call->reused || call->reply.n_bytes > 0)
    return FALSE;
  return call->body == NULL || sky_link_get_n_taken (self->link) == call->n_taken;
}

static void
take_end (GTask *task, const GError *why)
{
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  if (may_ask_again (self, call))
    {
      sky_caller_drop_line (self, call->writing);
      ask (task);
    }
  else if (call->reply.n_bytes == 0
           && (error = sky_opening_dial_blame (sky_caller_get_link (self), call->route.host_header, why)) != NULL)
    fail (task, error);
  else if (sky_reply_end (&call->reply, why, &error))
    take_answer (task);
  else
    fail (task, error);
}

gboolean
sky_caller_on_readable (GObject *input, gpointer user_data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (user_data));
  SkyCallerCall *call = g_task_get_task_data (task);
  g_autofree guint8 *block = g_malloc (BLOCK_LEN);
  GSource *source = call->readable;
  GError *error = NULL;

  while (call->readable == source)
    {
      g_autoptr(GError) why = NULL;
      gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), block, BLOCK_LEN, NULL,
                                                           &why);

      if (n < 0 && g_error_matches (why, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      if (n <= 0)
        take_end (task, why);
      else if (!sky_reply_feed (&call->reply, block, (gsize) n, &error))
        fail (task, error);
      else if (call->reply.done)
        take_answer (task);
      else
        continue;
      break;
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  SkyCallerCall *call = g_task_get_task_data (task);
  GError *error = NULL;

  call->timeout = 0;
  sky_fail (&error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_SILENT, _("%s did not answer within %g s."),
            call->route.host_header, call->timeout_msec / 1000.0);
  fail (task, error);
  return G_SOURCE_REMOVE;
}

/* The time for an answer; a dial has its own, and an error that tells more. */
static void
start_timeout (GTask *task)
{
  SkyCallerCall *call = g_task_get_task_data (task);

  g_clear_handle_id (&call->timeout, g_source_remove);
  if (call->timeout_msec > 0)
    call->timeout = g_timeout_add_full (G_PRIORITY_DEFAULT, call->timeout_msec, on_timeout, g_object_ref (task),
                                        g_object_unref);
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  SkyCaller *self = g_task_get_source_object (task);
  GError *error = NULL;
  GIOStream *stream = sky_opening_dial_finish (result, &error);

  if (self->task != task)
    g_clear_error (&error);
  else if (stream == NULL)
    fail (task, error);
  else
    {
      start_timeout (task);
      sky_caller_write (task);
    }
}

/* Asks for what the route of the call says, on the connection that is there or on a fresh one. */
static void
ask (GTask *task)
{
  SkyCaller *self = g_task_get_source_object (task);
  SkyCallerCall *call = g_task_get_task_data (task);

  sky_caller_clear_source (&call->readable);
  call->reused = sky_caller_leads_there (self, &call->route);
  if (call->reused)
    {
      sky_caller_write (task);
      return;
    }
  if (call->writing)
    {
      g_cancellable_cancel (call->io);
      g_object_unref (call->io);
      call->io = g_cancellable_new ();
      call->writing = FALSE;
    }
  sky_caller_drop_line (self, FALSE);
  g_clear_pointer (&self->link, sky_link_free);
  sky_route_clear (&self->there);
  sky_route_copy (&call->route, &self->there);
  self->link = sky_link_new (self->store, self->name, SKY_ROLE_CLIENT);
  sky_link_set_quiet (self->link, self->quiet);
  self->quiet = TRUE;
  g_clear_handle_id (&call->timeout, g_source_remove);
  sky_opening_dial_async (self->link, self->profile, &call->route, call->io, on_dialed, g_object_ref (task));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  fail (user_data, error);
  return G_SOURCE_REMOVE;
}

static SkyCallerCall *
call_new (SkyCaller *self, const SkyCall *call)
{
  SkyCallerCall *copy = g_new0 (SkyCallerCall, 1);

  copy->method = g_strdup (call->method);
  copy->content_type = g_strdup (call->content_type);
  copy->body = call->body != NULL ? g_bytes_ref (call->body) : NULL;
  copy->timeout_msec = call->timeout_msec;
  copy->no_redirects = call->no_redirects;
  copy->io = g_cancellable_new ();
  sky_route_copy (&self->home, &copy->route);
  g_free (copy->route.target);
  copy->route.target = g_strdup (call->target);
  return copy;
}

/**
 * sky_caller_call_async:
 * @call: what to ask for; copied. No other call may be under way.
 * @cancellable: (nullable): ends it, and the connection that it is on
 *
 * Asks, dials first if there is no connection, and follows up to five redirects of a GET, which
 * are noted in the trace.
 */
void
sky_caller_call_async (SkyCaller *self, const SkyCall *call, GCancellable *cancellable,
                       GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  SkyCallerCall *copy;

  g_return_if_fail (self->task == NULL);

  copy = call_new (self, call);
  g_task_set_task_data (task, copy, call_free);
  g_task_set_check_cancellable (task, FALSE);
  self->task = task;
  start_timeout (task);
  if (cancellable != NULL)
    {
      copy->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (copy->cancelled, G_SOURCE_FUNC (on_cancelled), g_object_ref (task), g_object_unref);
      g_source_attach (copy->cancelled, g_main_context_get_thread_default ());
    }
  ask (task);
}

/**
 * sky_caller_call_finish:
 * @error: %SKY_TCP_ERROR, %SKY_CALLER_ERROR or %G_IO_ERROR_CANCELLED, with a whole sentence
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status
 */
SkyAnswer *
sky_caller_call_finish (SkyCaller *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The first connection, too, is a further one of a session: see sky_link_set_quiet(). */
void
sky_caller_set_quiet (SkyCaller *self)
{
  self->quiet = TRUE;
}

/* Returns: (transfer none) (nullable): the present connection, or the last one */
SkyLink *
sky_caller_get_link (SkyCaller *self)
{
  return self->link;
}

/**
 * sky_caller_cut:
 *
 * Cuts the connection with a reset. A call under way fails with %SKY_CALLER_ERROR_BROKEN.
 */
void
sky_caller_cut (SkyCaller *self)
{
  g_autoptr(SkyCaller) alive = g_object_ref (self);
  GError *error = NULL;

  sky_caller_drop_line (self, TRUE);
  if (self->task == NULL)
    return;
  sky_fail (&error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_BROKEN, _("The connection to %s was cut here."),
            self->there.host_header);
  fail (self->task, error);
}

void
sky_answer_free (SkyAnswer *self)
{
  g_bytes_unref (self->head);
  g_bytes_unref (self->body);
  g_free (self->target);
  sky_route_clear (&self->route);
  g_free (self);
}

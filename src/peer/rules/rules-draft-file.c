#include "peer/rules/rules-draft-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/file-problem.h"

/* How the text of a draft comes from a file and goes there. Files are read and written in a thread. */

#define SETTLE_MSEC   100   /* editors write in several steps */
#define DEADLINE_MSEC 20000 /* for a disk that does not answer */

/* What a thread does, and what became of it. */
typedef struct
{
  GFile   *file;
  char    *text; /* to write, or what was read */
  char    *etag; /* nullable */
  char    *aside; /* nullable: what another program had written is there now */
  guint    serial, deadline;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_clear_handle_id (&job->deadline, g_source_remove);
  g_object_unref (job->file);
  g_free (job->text);
  g_free (job->etag);
  g_free (job->aside);
  g_free (job);
}

static char *
get_name (GFile *file)
{
  g_autofree char *base = g_file_get_basename (file);

  return g_filename_display_name (base);
}

/* Returns: whether it can be read to its end: a pipe would hold the thread for good */
static gboolean
is_plain (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFileInfo) info
      = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    return TRUE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "");
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("it is no ordinary file"));
  return FALSE;
}

static gboolean
read_text (Job *job, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFileInputStream) stream = NULL;
  g_autoptr(GFileInfo) info = NULL;
  g_autofree char *text = NULL;
  gsize len = 0;

  if (!is_plain (job->file, cancellable, error))
    return FALSE;
  stream = g_file_read (job->file, cancellable, error);
  if (stream == NULL)
    return FALSE;
  text = g_malloc (SKY_RULES_MAX_LEN + 2);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), text, SKY_RULES_MAX_LEN + 1, &len, cancellable, error))
    return FALSE;
  text[len] = '\0';
  if (len > SKY_RULES_MAX_LEN)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, _("it is larger than 1 MiB"));
  else if (!g_utf8_validate_len (text, len, NULL))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("it is no text of UTF-8"));
  else
    {
      info = g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_ETAG_VALUE, cancellable, NULL);
      job->etag = info != NULL ? g_strdup (g_file_info_get_etag (info)) : NULL;
      job->text = g_realloc (g_steal_pointer (&text), len + 1);
      return TRUE;
    }
  return FALSE;
}

static void
load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = get_name (job->file);

  if (read_text (job, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, error->domain, error->code, _("Cannot open “%s”: %s."), name, sky_file_problem (error));
}

/* What another program has written since we read it stays beside ours, as "NAME~". */
static gboolean
write_text (Job *job, GCancellable *cancellable, GError **error)
{
  g_autofree char *etag = g_steal_pointer (&job->etag), *name = NULL;
  g_autoptr(GError) problem = NULL;
  gsize len = strlen (job->text);

  if (g_file_replace_contents (job->file, job->text, len, etag, FALSE, G_FILE_CREATE_NONE, &job->etag, cancellable,
                               &problem))
    return TRUE;
  if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  name = get_name (job->file);
  job->aside = g_strconcat (name, "~", NULL);
  return g_file_replace_contents (job->file, job->text, len, NULL, TRUE, G_FILE_CREATE_NONE, &job->etag, cancellable,
                                  error);
}

static void
save (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = get_name (job->file);

  if (write_text (job, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, error->domain, error->code, _("Cannot save “%s”: %s."), name, sky_file_problem (error));
}

static void
on_deadline (gpointer user_data)
{
  GTask *task = user_data;
  Job *job = g_task_get_task_data (task);

  job->deadline = 0;
  g_cancellable_cancel (g_task_get_cancellable (task));
}

static GTask *
begin (SkyRulesDraft *self, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->file = g_object_ref (file);
  job->serial = ++self->serial;
  self->n_busy++;
  job->deadline = g_timeout_add_once (DEADLINE_MSEC, on_deadline, task);
  g_task_set_task_data (task, job, job_free);
  return task;
}

static gboolean
finish (GAsyncResult *result, GError **error)
{
  SkyRulesDraft *self = g_task_get_source_object (G_TASK (result));
  Job *job = g_task_get_task_data (G_TASK (result));

  g_clear_handle_id (&job->deadline, g_source_remove);
  self->n_busy--;
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void on_file (SkyRulesDraft *self);

/* From now on the text is that of @file. */
static void
adopt (SkyRulesDraft *self, Job *job)
{
  if (self->file == NULL || !g_file_equal (self->file, job->file))
    {
      sky_rules_draft_drop_file (self);
      self->file = g_object_ref (job->file);
      self->monitor = g_file_monitor_file (job->file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
      if (self->monitor != NULL)
        g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (on_file), self);
    }
  g_free (self->etag);
  self->etag = g_steal_pointer (&job->etag);
  g_free (self->base);
  self->base = g_strdup (job->text);
}

/* The file has changed: an unmodified draft follows, another keeps what a person wrote. */
static void
follow (SkyRulesDraft *self, Job *job)
{
  g_autofree char *name = get_name (job->file);

  if (g_str_equal (job->text, self->base))
    {
      g_free (self->etag);
      self->etag = g_steal_pointer (&job->etag);
      sky_rules_draft_set_notice (self, NULL);
    }
  else if (sky_rules_draft_is_modified (self) && !g_str_equal (job->text, self->text))
    sky_rules_draft_set_notice (
        self, g_strdup_printf (_("Another program has changed “%s”. Your text stays; Open… would read the file, "
                                 "and Save would keep its content as “%s~”."),
                               name, name));
  else
    {
      adopt (self, job);
      sky_rules_draft_set_notice (self, g_strdup_printf (_("Read “%s” again, which another program has changed."), name));
      sky_rules_draft_put (self, job->text);
    }
  sky_rules_draft_tell (self);
}

/* Returns: (nullable): what was read, or why it was not in @error; %NULL if nobody wants to know any more */
static Job *
end_reading (GAsyncResult *result, GError **error)
{
  SkyRulesDraft *self = g_task_get_source_object (G_TASK (result));
  Job *job = g_task_get_task_data (G_TASK (result));

  finish (result, error);
  return job->serial == self->serial && self->host != NULL ? job : NULL;
}

static void
on_reread (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SkyRulesDraft *self = SKY_RULES_DRAFT (source);
  g_autoptr(GError) error = NULL;
  Job *job = end_reading (result, &error);

  if (job == NULL)
    return;
  if (error == NULL)
    {
      follow (self, job);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_autofree char *name = get_name (job->file);

      g_clear_pointer (&self->etag, g_free);
      sky_rules_draft_set_notice (
          self, g_strdup_printf (_("“%s” is gone from the disk. The text is still here: Save writes it again."), name));
    }
  else
    sky_rules_draft_set_notice (self, g_strdup_printf (_("%s The text stays as it is."), error->message));
  sky_rules_draft_tell (self);
}

static void
on_returned (GObject *source, GAsyncResult *result, gpointer modified)
{
  SkyRulesDraft *self = SKY_RULES_DRAFT (source);
  g_autoptr(GError) error = NULL;
  Job *job = end_reading (result, &error);

  if (job == NULL)
    return;
  if (error == NULL)
    {
      adopt (self, job);
      if (modified == NULL)
        sky_rules_draft_put (self, job->text);
    }
  else
    sky_rules_draft_set_notice (self, g_strdup_printf (_("%s The text is as it was."), error->message));
  sky_rules_draft_tell (self);
}

/**
 * sky_rules_draft_return_to:
 * @modified: whether a person has changed the text since it was read from @file: it stays then, else it
 *   becomes what the file has now
 *
 * The text, which was kept elsewhere meanwhile, is that of @file again.
 */
void
sky_rules_draft_return_to (SkyRulesDraft *self, GFile *file, gboolean modified)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SKY_IS_RULES_DRAFT (self));
  g_return_if_fail (G_IS_FILE (file));

  task = begin (self, file, on_returned, GINT_TO_POINTER (modified));
  g_task_run_in_thread (task, load);
}

static void
on_settled (gpointer user_data)
{
  SkyRulesDraft *self = user_data;
  g_autoptr(GTask) task = NULL;

  self->settle = 0;
  if (self->n_busy > 0)
    {
      on_file (self);
      return;
    }
  task = begin (self, self->file, on_reread, NULL);
  g_task_run_in_thread (task, load);
}

static void
on_file (SkyRulesDraft *self)
{
  g_clear_handle_id (&self->settle, g_source_remove);
  self->settle = g_timeout_add_once (SETTLE_MSEC, on_settled, self);
}

/* It is no longer the text of a file. */
void
sky_rules_draft_drop_file (SkyRulesDraft *self)
{
  g_clear_handle_id (&self->settle, g_source_remove);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);
  g_clear_object (&self->file);
  g_clear_pointer (&self->etag, g_free);
}

/**
 * sky_rules_draft_load_async:
 * @file: a rules file, right or wrong
 *
 * Takes its text in the place of what is there, and follows the file from then on: while the text is that of the
 * file, it is read again when another program changes it. See sky_rules_draft_get_notice().
 */
void
sky_rules_draft_load_async (SkyRulesDraft *self, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (SKY_IS_RULES_DRAFT (self));
  g_return_if_fail (G_IS_FILE (file));

  task = begin (self, file, callback, user_data);
  g_task_run_in_thread (task, load);
}

/**
 * sky_rules_draft_load_finish:
 * @error: a sentence that names the file; the text is as it was then
 */
gboolean
sky_rules_draft_load_finish (SkyRulesDraft *self, GAsyncResult *result, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!finish (result, error))
    return FALSE;
  if (job->serial != self->serial)
    return TRUE; /* something else was asked for meanwhile */
  adopt (self, job);
  sky_rules_draft_set_notice (self, NULL);
  sky_rules_draft_put (self, job->text);
  sky_rules_draft_tell (self);
  return TRUE;
}

/**
 * sky_rules_draft_save_async:
 * @file: (nullable): where; %NULL: the file that it came from
 *
 * Writes the text as it is now, with its mistakes; the file is never seen half written. What another program
 * wrote there meanwhile is kept beside it, as "NAME~", and the notice says so.
 */
void
sky_rules_draft_save_async (SkyRulesDraft *self, GFile *file, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  Job *job;

  g_return_if_fail (SKY_IS_RULES_DRAFT (self));
  g_return_if_fail (file != NULL || self->file != NULL);

  if (file == NULL)
    file = self->file;
  if (self->saving)
    {
      g_task_report_new_error (self, callback, user_data, sky_rules_draft_save_async, G_IO_ERROR, G_IO_ERROR_PENDING,
                               _("The rules are still being saved: wait a moment."));
      return;
    }
  self->saving = TRUE;
  task = begin (self, file, callback, user_data);
  job = g_task_get_task_data (task);
  job->text = g_strdup (self->text);
  if (self->file != NULL && g_file_equal (self->file, file))
    job->etag = g_strdup (self->etag);
  g_task_run_in_thread (task, save);
}

/**
 * sky_rules_draft_save_finish:
 * @error: a sentence that names the file: what was there is there still; or G_IO_ERROR_PENDING
 */
gboolean
sky_rules_draft_save_finish (SkyRulesDraft *self, GAsyncResult *result, GError **error)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autofree char *name = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (job == NULL)
    return g_task_propagate_boolean (G_TASK (result), error);
  self->saving = FALSE;
  if (!finish (result, error))
    return FALSE;
  if (job->serial != self->serial)
    return TRUE;
  adopt (self, job);
  name = get_name (job->file);
  sky_rules_draft_set_notice (
      self, job->aside == NULL ? NULL
                               : g_strdup_printf (_("“%s” is saved. What another program had written there is kept as “%s”."),
                                                  name, job->aside));
  sky_rules_draft_tell (self);
  return TRUE;
}

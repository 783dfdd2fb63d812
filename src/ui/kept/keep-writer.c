#include "ui/kept/keep-writer.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#define END_WITHIN_USEC (20 * G_USEC_PER_SEC) /* for a disk that does not answer when the program ends */

/* One of those who are told. */
typedef struct
{
  GWeakRef owner;
  void   (*func) (gpointer owner, const GError *error);
} Told;

/* A file that is to be written. */
typedef struct
{
  char      *path;
  JsonNode  *root; /* nullable; neither this … */
  char      *text; /* … nor that: the file goes */
  GPtrArray *told; /* of Told */
  GError    *error;
} Job;

static GMutex       lock; /* for all of these but the pool, which is the main loop's */
static GCond        at_rest;
static GQueue       waiting = G_QUEUE_INIT, over = G_QUEUE_INIT; /* of Job */
static Job         *current;
static guint        tell_source;
static GThreadPool *pool;   /* nullable: of one thread */
static gint64       deadline; /* 0 until the program ends: nobody waits for the writer any more, but here */

static void
told_free (gpointer data)
{
  Told *told = data;

  g_weak_ref_clear (&told->owner);
  g_free (told);
}

static void
job_free (Job *job)
{
  g_free (job->path);
  g_clear_pointer (&job->root, json_node_unref);
  g_free (job->text);
  g_ptr_array_unref (job->told);
  g_clear_error (&job->error);
  g_free (job);
}

/* What is kept may be secret: the file is for its owner only, and it is never seen half written. */
static gboolean
write_file (const char *path, const char *text, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (path);

  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), _("Cannot make the folder “%s”: %s"), dir,
                   g_strerror (errno));
      return FALSE;
    }
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

/* Who is gone hears nothing: then it is for standard error. */
static void
tell (Job *job)
{
  gboolean heard = FALSE;

  for (guint i = 0; job->error != NULL && i < job->told->len; i++)
    {
      Told *told = job->told->pdata[i];
      g_autoptr(GObject) owner = g_weak_ref_get (&told->owner);

      if (owner != NULL)
        told->func (owner, job->error);
      heard |= owner != NULL;
    }
  if (job->error != NULL && !heard)
    g_warning ("%s", job->error->message);
  job_free (job);
}

static gboolean
on_over (gpointer user_data)
{
  GQueue told;

  g_mutex_lock (&lock);
  told = over;
  g_queue_init (&over);
  tell_source = 0;
  g_mutex_unlock (&lock);
  while (!g_queue_is_empty (&told))
    tell (g_queue_pop_head (&told));
  return G_SOURCE_REMOVE;
}

/* With the lock. */
static void
end_job (Job *job)
{
  g_queue_push_tail (&over, job);
  if (tell_source == 0)
    tell_source = g_idle_add_full (G_PRIORITY_DEFAULT, on_over, NULL, NULL);
}

/* In the thread, once for each job that was queued: does the one that has waited longest. */
static void
do_next (gpointer data, gpointer user_data)
{
  g_autofree char *text = NULL;
  Job *job;

  g_mutex_lock (&lock);
  job = current = g_queue_pop_head (&waiting);
  g_mutex_unlock (&lock);
  text = job->root != NULL ? json_to_string (job->root, TRUE) : NULL;
  if (text != NULL || job->text != NULL)
    write_file (job->path, text != NULL ? text : job->text, &job->error);
  else
    g_unlink (job->path);
  g_mutex_lock (&lock);
  current = NULL;
  end_job (job);
  g_cond_broadcast (&at_rest);
  g_mutex_unlock (&lock);
}

static void
add_told (Job *job, const SkyKeepTold *told)
{
  Told *copy;

  if (told == NULL)
    return;
  copy = g_new0 (Told, 1);
  g_weak_ref_init (&copy->owner, told->owner);
  copy->func = told->func;
  g_ptr_array_add (job->told, copy);
}

static Job *
find_waiting (const char *path)
{
  for (GList *at = waiting.head; at != NULL; at = at->next)
    if (g_str_equal (((Job *) at->data)->path, path))
      return at->data;
  return NULL;
}

static Job *
job_new (const char *path)
{
  Job *job = g_new0 (Job, 1);

  job->path = g_strdup (path);
  job->told = g_ptr_array_new_with_free_func (told_free);
  return job;
}

static void
put (const char *path, JsonNode *root, const char *text, const SkyKeepTold *told)
{
  Job *job;

  if (pool == NULL)
    pool = g_thread_pool_new (do_next, NULL, 1, FALSE, NULL);
  g_mutex_lock (&lock);
  job = find_waiting (path);
  if (job == NULL)
    {
      job = job_new (path);
      g_queue_push_tail (&waiting, job);
      g_thread_pool_push (pool, pool, NULL);
    }
  g_clear_pointer (&job->root, json_node_unref);
  g_free (job->text);
  job->root = root != NULL ? json_node_ref (root) : NULL;
  job->text = g_strdup (text);
  add_told (job, told);
  g_mutex_unlock (&lock);
  if (deadline != 0)
    sky_keep_writer_wait (deadline - g_get_monotonic_time ());
}

/**
 * sky_keep_writer_put:
 * @path: the file; its folder is made if need be
 * @root: (nullable): what is to stand in it, which nobody changes any more; %NULL: the file goes
 * @told: (nullable): copied; whom to tell if it cannot be written
 */
void
sky_keep_writer_put (const char *path, JsonNode *root, const SkyKeepTold *told)
{
  put (path, root, NULL, told);
}

/* As sky_keep_writer_put() with what is JSON already; copied */
void
sky_keep_writer_put_text (const char *path, const char *text, const SkyKeepTold *told)
{
  put (path, NULL, text, told);
}

/**
 * sky_keep_writer_refuse:
 * @error: why a file is not to be written at all; copied
 * @told: (nullable): told as if that had been tried; %NULL: nobody wants to know
 */
void
sky_keep_writer_refuse (const GError *error, const SkyKeepTold *told)
{
  Job *job;

  if (told == NULL)
    return;
  job = job_new ("");
  job->error = g_error_copy (error);
  add_told (job, told);
  g_mutex_lock (&lock);
  end_job (job);
  g_mutex_unlock (&lock);
}

/**
 * sky_keep_writer_peek:
 * @root: (out) (transfer full) (nullable): what will stand in the file, not to be changed; %NULL: the file goes
 *
 * Whoever reads a file asks this first, so that what it reads is the newest.
 *
 * Returns: whether @path is still to be written
 */
gboolean
sky_keep_writer_peek (const char *path, JsonNode **root)
{
  g_autofree char *text = NULL;
  Job *job;

  *root = NULL;
  g_mutex_lock (&lock);
  job = find_waiting (path);
  if (job == NULL && current != NULL && g_str_equal (current->path, path))
    job = current;
  if (job != NULL && job->root != NULL)
    *root = json_node_ref (job->root);
  else if (job != NULL)
    text = g_strdup (job->text);
  g_mutex_unlock (&lock);
  if (text != NULL)
    *root = json_from_string (text, NULL);
  return job != NULL;
}

/**
 * sky_keep_writer_wait:
 * @within_usec: microseconds; no longer than this
 *
 * Blocks until all is on the disk; what went wrong is told before it returns.
 *
 * Returns: %FALSE if the disk was too slow
 */
gboolean
sky_keep_writer_wait (gint64 within_usec)
{
  gint64 until = g_get_monotonic_time () + within_usec;
  guint source;
  gboolean done;

  g_mutex_lock (&lock);
  while ((done = current == NULL && g_queue_is_empty (&waiting)) == FALSE)
    if (!g_cond_wait_until (&at_rest, &lock, until))
      break;
  source = tell_source;
  g_mutex_unlock (&lock);
  if (source != 0)
    {
      g_source_remove (source);
      on_over (NULL);
    }
  return done;
}

/**
 * sky_keep_writer_end:
 *
 * The program ends: what was put, and what will be from now on, is on the disk before it is gone.
 */
void
sky_keep_writer_end (void)
{
  deadline = g_get_monotonic_time () + END_WITHIN_USEC;
  if (!sky_keep_writer_wait (END_WITHIN_USEC))
    g_warning ("The disk did not answer: what was changed last may be lost");
}

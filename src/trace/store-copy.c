#include "trace/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* How a capture is saved: beside the file of the chosen name, which is never seen half written. */

#define PIECE_LEN (256 * 1024)       /* bytes between two looks at whether it was cancelled */
#define SYNC_LEN  (16 * 1024 * 1024) /* bytes after which the disk has to catch up: who else writes does not wait for long */
#define N_TRIES   10

typedef struct
{
  SkySpoolView view;
  GFile       *to;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  sky_spool_view_clear (&copy->view);
  g_object_unref (copy->to);
  g_free (copy);
}

/* Returns: (nullable) (transfer full): all that was added so far, on its way to @to */
static Copy *
copy_new (SkyStore *self, GFile *to, GError **error)
{
  SkySpoolView view;
  gboolean whole;
  Copy *copy;

  sky_store_settle (self);
  whole = sky_spool_look (self->wire, &view, error);
  sky_store_check_trouble (self);
  if (!whole)
    return NULL;
  copy = g_new (Copy, 1);
  *copy = (Copy) { view, g_object_ref (to) };
  return copy;
}

static gboolean
fail (GError **error, int saved_errno)
{
  g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno), g_strerror (saved_errno));
  return FALSE;
}

static gboolean
sync_file (int fd, GError **error)
{
  return fsync (fd) == 0 || fail (error, errno);
}

/* Whether @path, by whatever name, is the file that the capture is in */
static gboolean
is_own (const Copy *copy, const struct stat *there)
{
  struct stat own;

  return copy->view.fd >= 0 && fstat (copy->view.fd, &own) == 0 && own.st_dev == there->st_dev && own.st_ino == there->st_ino;
}

static gboolean
is_locked (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
  gboolean locked = fd >= 0 && sky_spool_is_locked (fd);

  if (fd >= 0)
    close (fd);
  return locked;
}

/* What must not be replaced: a device, and another capture that grows, whose owner would go on in a file without a name. */
static gboolean
check_place (Copy *copy, gboolean *own, GError **error)
{
  const char *path = g_file_peek_path (copy->to);
  struct stat there;

  *own = FALSE;
  if (path == NULL || lstat (path, &there) != 0 || S_ISLNK (there.st_mode))
    return TRUE;
  *own = is_own (copy, &there);
  if (S_ISDIR (there.st_mode))
    return fail (error, EISDIR);
  if (*own)
    return TRUE;
  if (!S_ISREG (there.st_mode))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("There is a device of that name."));
  else if (is_locked (path))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("The capture %s is still being written."), path);
  else
    return TRUE;
  return FALSE;
}

/* The name of the file beside it is nothing to a person: it is the folder that refuses. */
static void
explain (GError **error, GFile *folder)
{
  g_autofree char *name = g_file_get_parse_name (folder);
  int saved_errno = g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ? EACCES
                    : g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_READ_ONLY)       ? EROFS
                    : g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)        ? ENOSPC
                    : g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)       ? ENOENT
                    : g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY)   ? ENOTDIR
                                                                                       : 0;

  if (saved_errno == 0)
    return;
  g_clear_error (error);
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno), _("Could not make a file in %s: %s"), name,
               g_strerror (saved_errno));
}

/* Returns: (nullable) (transfer full): an empty file in the folder of @to, for its owner only */
static GFileOutputStream *
make_part (GFile *to, GFile **part, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFile) folder = g_file_get_parent (to);
  GFileOutputStream *out = NULL;
  g_autoptr(GError) wrong = NULL;

  if (folder == NULL) /* "/" */
    {
      fail (error, EISDIR);
      return NULL;
    }
  for (guint i = 0; out == NULL && i < N_TRIES && (i == 0 || g_error_matches (wrong, G_IO_ERROR, G_IO_ERROR_EXISTS)); i++)
    {
      g_autofree char *name = g_strdup_printf (".sockeye-%08x.part", g_random_int ());

      g_clear_error (&wrong);
      g_clear_object (part);
      *part = g_file_get_child (folder, name);
      out = g_file_create (*part, G_FILE_CREATE_PRIVATE, cancellable, &wrong);
    }
  if (out == NULL)
    {
      explain (&wrong, folder);
      g_propagate_error (error, g_steal_pointer (&wrong));
    }
  return out;
}

static gboolean
sync_stream (GOutputStream *out, GError **error)
{
  return !G_IS_FILE_DESCRIPTOR_BASED (out)
         || sync_file (g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (out)), error);
}

static gboolean
write_all (Copy *copy, GOutputStream *out, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_LEN);
  guint64 len = sky_spool_view_get_len (&copy->view), done = 0, synced = 0;

  while (done < len)
    {
      gsize n = sky_spool_view_read (&copy->view, done, PIECE_LEN, piece);

      if (n == 0)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("The capture file cannot be read any more."));
          return FALSE;
        }
      if (!g_output_stream_write_all (out, piece, n, NULL, cancellable, error))
        return FALSE;
      done += n;
      if (done - synced < SYNC_LEN)
        continue;
      if (!sync_stream (out, error))
        return FALSE;
      synced = done;
    }
  return sync_stream (out, error);
}

static gboolean
run (Copy *copy, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFile) part = NULL;
  g_autoptr(GFileOutputStream) out = NULL;
  gboolean own, done;

  if (!check_place (copy, &own, error))
    return FALSE;
  if (own)
    return sync_file (copy->view.fd, error);
  out = make_part (copy->to, &part, cancellable, error);
  if (out == NULL)
    return FALSE;
  done = write_all (copy, G_OUTPUT_STREAM (out), cancellable, error)
         && g_output_stream_close (G_OUTPUT_STREAM (out), cancellable, error)
         && g_file_move (part, copy->to, G_FILE_COPY_OVERWRITE | G_FILE_COPY_NO_FALLBACK_FOR_MOVE, cancellable, NULL, NULL,
                         error);
  if (!done)
    {
      g_output_stream_close (G_OUTPUT_STREAM (out), NULL, NULL);
      g_file_delete (part, NULL, NULL);
    }
  return done;
}

/**
 * sky_store_save_copy:
 * @to: replaced if it exists, by one that is whole; if it is the capture file itself, that is brought up to date
 * @error: set if @to cannot be written, or if bytes were lost before; what there is stays as it was
 *
 * Blocks while it copies: see sky_store_save_copy_async().
 *
 * Returns: whether @to holds the whole capture
 */
gboolean
sky_store_save_copy (SkyStore *self, GFile *to, GError **error)
{
  Copy *copy;
  gboolean done;

  g_return_val_if_fail (SKY_IS_STORE (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (to), FALSE);

  copy = copy_new (self, to, error);
  done = copy != NULL && run (copy, NULL, error);
  g_clear_pointer (&copy, copy_free);
  return done;
}

static void
in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (run (task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * sky_store_save_copy_async:
 * @to: see sky_store_save_copy()
 * @cancellable: (nullable): when it is cancelled, @to stays as it was, and nothing remains beside it
 *
 * Copies what the capture holds now, in a thread: it may grow meanwhile.
 */
void
sky_store_save_copy_async (SkyStore *self, GFile *to, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;
  Copy *copy;

  g_return_if_fail (SKY_IS_STORE (self));
  g_return_if_fail (G_IS_FILE (to));

  /* Without the store, which the copy does not need: the thread may be the last to hold the task. */
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sky_store_save_copy_async);
  copy = copy_new (self, to, &error);
  if (copy == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, copy, copy_free);
  /* It is over when the thread is done, cancelled or not. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, in_thread);
}

/**
 * sky_store_save_copy_finish:
 * @result: as the callback was given it; its source object is %NULL
 * @error: see sky_store_save_copy(); %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the file holds the whole capture, as it was when it was asked for
 */
gboolean
sky_store_save_copy_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

#include "ui/compose/file-load.h"

#include <glib/gi18n-lib.h>

#include "peer/file-problem.h"

/* Reads to the end, but never more than a byte above the limit: a file may be endless. */
static GBytes *
load_one (const char *path, gsize limit, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFile) file = g_file_new_for_commandline_arg (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr(GError) problem = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read (file, cancellable, &problem);
  g_autoptr(GByteArray) content = g_byte_array_new ();
  gssize n = -1;

  if (stream != NULL)
    {
      guint8 block[16384];

      while (content->len <= limit
             && (n = g_input_stream_read (G_INPUT_STREAM (stream), block, sizeof block, cancellable,
                                          &problem))
                    > 0)
        g_byte_array_append (content, block, (guint) n);
    }
  if (n < 0)
    {
      g_set_error (error, problem->domain, problem->code, _("Cannot read “%s”: %s"), name,
                   sky_file_problem (problem));
      return NULL;
    }
  if (content->len > limit)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                   _("“%s” is too large: the files of one message can have %d MiB together"), name,
                   SKY_FILE_LOAD_MAX_LEN >> 20);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

static void
load (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr(GPtrArray) contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gsize left = SKY_FILE_LOAD_MAX_LEN;

  for (char **path = task_data; *path != NULL; path++)
    {
      GError *error = NULL;
      GBytes *content = load_one (*path, left, cancellable, &error);

      if (content == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
      left -= g_bytes_get_size (content);
      g_ptr_array_add (contents, content);
    }
  g_task_return_pointer (task, g_steal_pointer (&contents), (GDestroyNotify) g_ptr_array_unref);
}

/**
 * sky_file_load_async:
 * @paths: paths or URIs
 *
 * Reads files in a thread, at most %SKY_FILE_LOAD_MAX_LEN bytes of all together.
 */
void
sky_file_load_async (const char *const *paths, GCancellable *cancellable,
                     GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, load);
}

/**
 * sky_file_load_finish:
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the contents in the order of the
 *   paths; %NULL with @error, a sentence that names the file
 */
GPtrArray *
sky_file_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

#include "trace/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/store-private.h"

/* The folder of kept captures: what a person saw is still there after a click, a quit or a crash. */

#define SUFFIX    ".pcapng"
#define STAMP     "%Y-%m-%dT%H%M%S-"
#define STAMP_LEN 18 /* bytes of what STAMP makes */
#define NAME_LEN  64 /* bytes of a name, at most */
#define N_TRIES   1000

#define N_KEPT         30
#define KEPT_LEN       (G_GUINT64_CONSTANT (2) << 30) /* bytes of all of them */
#define EMPTY_LIFE_SEC 60 /* by then, who made a file has begun to write it */

/* Paths that were made by this run. */
static GHashTable *own;

void
sky_kept_free (SkyKept *kept)
{
  g_free (kept->path);
  g_free (kept->name);
  g_free (kept);
}

/**
 * sky_keep_get_dir:
 *
 * Returns: (transfer full): the folder of kept captures, which need not exist:
 *   sockeye/captures where the user's programs keep their state
 */
char *
sky_keep_get_dir (void)
{
  return g_build_filename (g_get_user_state_dir (), "sockeye", "captures", NULL);
}

/* Letters, digits, dots and hyphens may be in any file's name; the rest becomes underscores. */
static char *
make_safe (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autoptr(GString) safe = g_string_new (NULL);

  for (const char *at = valid; *at != '\0' && safe->len < NAME_LEN - 4; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '-' || (c == '.' && safe->len > 0) || (g_unichar_isalnum (c) && c != 0xfffd))
        g_string_append_unichar (safe, c);
      else if (safe->len == 0 || safe->str[safe->len - 1] != '_')
        g_string_append_c (safe, '_');
    }
  if (strspn (safe->str, "_") == safe->len)
    g_string_assign (safe, "capture");
  return g_string_free (g_steal_pointer (&safe), FALSE);
}

static gboolean
has_stamp (const char *file)
{
  static const char like[STAMP_LEN + 1] = "0000-00-00T000000-";

  for (guint i = 0; i < STAMP_LEN; i++)
    if (like[i] == '0' ? !g_ascii_isdigit (file[i]) : file[i] != like[i])
      return FALSE;
  return TRUE;
}

/* Returns: (nullable) (transfer full): the name within a file's, %NULL if we did not give it */
static char *
find_name (const char *file)
{
  char *name, *mark;

  if (!has_stamp (file) || !g_str_has_suffix (file, SUFFIX))
    return NULL;
  name = g_strndup (file + STAMP_LEN, strlen (file) - STAMP_LEN - strlen (SUFFIX));
  mark = strrchr (name, '~');
  if (mark != NULL)
    *mark = '\0';
  mark = strrchr (name, '_');
  /* Of what was made safe, a port is worth being read as one again. */
  if (mark != NULL && mark[1] != '\0' && strspn (mark + 1, "0123456789") == strlen (mark + 1))
    *mark = ':';
  return name;
}

static char *
make_path (const char *dir, const char *stamp, const char *name, guint try)
{
  g_autofree char *file = try == 0 ? g_strconcat (stamp, name, SUFFIX, NULL)
                                   : g_strdup_printf ("%s%s~%u" SUFFIX, stamp, name, try + 1);

  return g_build_filename (dir, file, NULL);
}

static gboolean
make_dir (const char *dir, GError **error)
{
  if (g_mkdir_with_parents (dir, 0700) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), _("Could not make the folder %s: %s"), dir,
               g_strerror (errno));
  return FALSE;
}

/* Returns: (nullable) (transfer full): the path of an empty file that nobody else has */
static char *
make_file (const char *dir, const char *stamp, const char *name, GError **error)
{
  int saved_errno = EEXIST;

  for (guint try = 0; saved_errno == EEXIST && try < N_TRIES; try++)
    {
      g_autofree char *path = make_path (dir, stamp, name, try);
      int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

      saved_errno = errno;
      if (fd < 0)
        continue;
      close (fd);
      return g_steal_pointer (&path);
    }
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno), _("Could not make a file in %s: %s"),
               dir, g_strerror (saved_errno));
  return NULL;
}

/**
 * sky_keep_new_path:
 * @name: whose capture it will be: a host and port; what no file's name may have is replaced
 * @error: set if the folder or a file in it cannot be made
 *
 * Makes an empty file, readable by its owner only: "2026-11-21T170501-chat.example.org.pcapng".
 * The time is local; "~2" and so on follows the name if that is taken. No other process gets the
 * same path, and sky_keep_prune() spares it as long as this one runs.
 *
 * Returns: (nullable) (transfer full): its path
 */
char *
sky_keep_new_path (const char *name, GError **error)
{
  g_autofree char *dir = sky_keep_get_dir ();
  g_autofree char *safe = NULL, *stamp = NULL, *path = NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  g_return_val_if_fail (name != NULL, NULL);

  if (!make_dir (dir, error))
    return NULL;
  safe = make_safe (name);
  stamp = g_date_time_format (now, STAMP);
  path = make_file (dir, stamp, safe, error);
  if (path == NULL)
    return NULL;
  if (own == NULL)
    own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (own, g_strdup (path));
  return g_steal_pointer (&path);
}

/**
 * sky_keep_new_store:
 * @name: see sky_keep_new_path()
 * @error: set if there is no place for it: no folder, a full disk
 *
 * Its file stays when the store goes, unless no record was ever in it.
 *
 * Returns: (nullable) (transfer full): an empty trace that is kept
 */
SkyStore *
sky_keep_new_store (const char *name, GError **error)
{
  g_autofree char *path = sky_keep_new_path (name, error);
  g_autoptr(SkyStore) store = path != NULL ? sky_store_new (path, error) : NULL;

  if (store != NULL)
    store->drop_empty = TRUE;
  else if (path != NULL)
    g_unlink (path);
  if (store == NULL || sky_store_flush (store, error))
    return g_steal_pointer (&store);
  return NULL;
}

/* Returns: (nullable) (transfer full): what is there, if it is a regular file that we named */
static SkyKept *
look_at (const char *path)
{
  g_autofree char *file = g_path_get_basename (path);
  g_autofree char *name = find_name (file);
  int fd = name != NULL ? g_open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0) : -1;
  struct stat about;
  SkyKept *kept = NULL;

  if (fd < 0)
    return NULL;
  if (fstat (fd, &about) == 0 && S_ISREG (about.st_mode))
    {
      kept = g_new0 (SkyKept, 1);
      kept->path = g_strdup (path);
      kept->name = g_steal_pointer (&name);
      kept->time_sec = about.st_mtime;
      kept->len = (guint64) about.st_size;
      kept->in_use = sky_spool_is_locked (fd);
    }
  close (fd);
  return kept;
}

/* Newest first; within a second, as the names say. */
static int
compare (gconstpointer a, gconstpointer b)
{
  const SkyKept *left = *(SkyKept *const *) a, *right = *(SkyKept *const *) b;

  if (left->time_sec != right->time_sec)
    return left->time_sec < right->time_sec ? 1 : -1;
  return strcmp (right->path, left->path);
}

/* A capture that ended before it had anything to say */
static gboolean
is_empty (const SkyKept *kept)
{
  g_autoptr(GByteArray) header = g_byte_array_new ();

  sky_pcapng_write_header (header);
  return !kept->in_use && kept->len <= header->len;
}

static GPtrArray *
list_all (void)
{
  g_autofree char *dir_path = sky_keep_get_dir ();
  g_autoptr(GDir) dir = g_dir_open (dir_path, 0, NULL);
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_kept_free);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir_path, file, NULL);
      SkyKept *kept = look_at (path);

      if (kept != NULL)
        g_ptr_array_add (all, kept);
    }
  g_ptr_array_sort (all, compare);
  return all;
}

/**
 * sky_keep_list:
 *
 * Files that we did not name are passed over, and so are captures that ended empty.
 *
 * Returns: (transfer container) (element-type SkyKept): what is kept, newest first
 */
GPtrArray *
sky_keep_list (void)
{
  GPtrArray *list = list_all ();

  for (guint i = list->len; i > 0; i--)
    if (is_empty (list->pdata[i - 1]))
      g_ptr_array_remove_index (list, i - 1);
  return list;
}

/**
 * sky_keep_get_name:
 *
 * Returns: (nullable) (transfer full): whose capture @path is, %NULL if it is none that is kept
 */
char *
sky_keep_get_name (const char *path)
{
  g_autofree char *dir = sky_keep_get_dir ();
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *file = g_path_get_basename (path);

  return g_str_equal (dir, parent) ? find_name (file) : NULL;
}

static gboolean
is_spared (const SkyKept *kept)
{
  return kept->in_use || (own != NULL && g_hash_table_contains (own, kept->path));
}

/**
 * sky_keep_prune:
 *
 * Keeps the newest 30 captures as long as they are no more than 2 GiB in all, and removes the
 * others. What is never removed: a capture that somebody writes, in this process or another; one
 * that this run made; the newest that may go, however large it is; and files that we did not
 * name. The first two count nevertheless. Captures that ended empty go after a minute.
 */
void
sky_keep_prune (void)
{
  g_autoptr(GPtrArray) all = list_all ();
  gint64 now_sec = g_get_real_time () / G_USEC_PER_SEC;
  guint n = 0, n_others = 0;
  guint64 len = 0;

  for (guint i = 0; i < all->len; i++)
    if (is_spared (all->pdata[i]))
      {
        n++;
        len += ((SkyKept *) all->pdata[i])->len;
      }
  for (guint i = 0; i < all->len; i++)
    {
      SkyKept *kept = all->pdata[i];
      gboolean empty = is_empty (kept), fits = n < N_KEPT && len + kept->len <= KEPT_LEN;

      if (is_spared (kept) || (empty && kept->time_sec > now_sec - EMPTY_LIFE_SEC))
        continue;
      if (empty || (!fits && n_others > 0))
        {
          g_unlink (kept->path);
          continue;
        }
      n++;
      n_others++;
      len += kept->len;
    }
}

/**
 * sky_keep_remove:
 * @path: of a kept capture
 * @error: %G_IO_ERROR_BUSY if somebody writes it, or why it cannot be removed; that it is gone
 *   already is no error
 *
 * Returns: whether it is gone
 */
gboolean
sky_keep_remove (const char *path, GError **error)
{
  g_autofree char *name = sky_keep_get_name (path);
  g_autoptr(SkyKept) kept = look_at (path);

  g_return_val_if_fail (name != NULL, FALSE);

  if (kept != NULL && kept->in_use)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("The capture %s is still being written."), path);
      return FALSE;
    }
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), _("Could not remove the capture %s: %s"), path,
               g_strerror (errno));
  return FALSE;
}

#include "trace/store-private.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW G_GINT64_CONSTANT (1700000000000000)

/* A capture that is saved, and what became of it */
typedef struct
{
  char    *dir, *path, *copy;
  GFile   *to;
  SkyStore *store;
  gboolean over, saved;
  GError  *error;
} Saving;

static void
saving_begin (Saving *saving, const char *name, gboolean named)
{
  saving->dir = g_dir_make_tmp ("store-XXXXXX", NULL);
  saving->path = g_build_filename (saving->dir, "a.pcapng", NULL);
  saving->copy = g_build_filename (saving->dir, name, NULL);
  saving->to = g_file_new_for_path (saving->copy);
  saving->store = sky_store_new (named ? saving->path : NULL, NULL);
  sky_store_add_link (saving->store, "a", SKY_ROLE_CLIENT);
}

/* Nothing else is left: no part of a file, whatever happened. */
static void
saving_end (Saving *saving)
{
  g_object_unref (saving->store);
  g_object_unref (saving->to);
  g_remove (saving->path);
  g_remove (saving->copy);
  g_assert_cmpint (g_rmdir (saving->dir), ==, 0);
  g_clear_error (&saving->error);
  g_free (saving->dir);
  g_free (saving->path);
  g_free (saving->copy);
}

static void
grow (Saving *saving, gsize len)
{
  g_autofree guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8) (i * 2654435761u >> 13);
  sky_store_add_bytes (saving->store, 0, SKY_FROM_SERVER, NOW, data, len);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = user_data;

  saving->saved = sky_store_save_copy_finish (result, &saving->error);
  saving->over = TRUE;
}

static gboolean
save (Saving *saving, GCancellable *cancellable)
{
  saving->over = FALSE;
  sky_store_save_copy_async (saving->store, saving->to, cancellable, on_saved, saving);
  g_assert_false (saving->over);
  while (!saving->over)
    g_main_context_iteration (NULL, TRUE);
  return saving->saved;
}

static void
assert_copy (Saving *saving, const char *expected, gsize len)
{
  g_autofree char *copied = NULL;
  gsize copied_len;

  g_assert_true (g_file_get_contents (saving->copy, &copied, &copied_len, NULL));
  g_assert_cmpmem (copied, copied_len, expected, len);
}

/* What comes after the moment at which it was asked for is not in it, and disturbs nothing. */
static void
test_growing (gconstpointer data)
{
  Saving saving = { 0 };
  g_autofree char *before = NULL;
  gsize len;
  GStatBuf about;

  saving_begin (&saving, "b.pcapng", data != NULL);
  grow (&saving, 5 * 1024 * 1024 + 17);
  g_assert_true (sky_store_save_copy (saving.store, saving.to, NULL));
  g_assert_true (g_file_get_contents (saving.copy, &before, &len, NULL));
  g_assert_cmpuint (len, >, 5 * 1024 * 1024);
  sky_store_save_copy_async (saving.store, saving.to, NULL, on_saved, &saving);
  while (!saving.over)
    {
      grow (&saving, 300000);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_no_error (saving.error);
  assert_copy (&saving, before, len);
  g_assert_cmpint (g_stat (saving.copy, &about), ==, 0);
  g_assert_cmpint (about.st_mode & 0777, ==, 0600);
  saving_end (&saving);
}

/* The store may go before its copy is there. */
static void
test_outlives (void)
{
  Saving saving = { 0 };
  g_autofree char *before = NULL;
  gsize len;

  saving_begin (&saving, "b.pcapng", FALSE);
  grow (&saving, 3 * 1024 * 1024);
  g_assert_true (sky_store_save_copy (saving.store, saving.to, NULL));
  g_assert_true (g_file_get_contents (saving.copy, &before, &len, NULL));
  g_remove (saving.copy);
  sky_store_save_copy_async (saving.store, saving.to, NULL, on_saved, &saving);
  g_object_unref (saving.store);
  while (!saving.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (saving.error);
  assert_copy (&saving, before, len);
  saving.store = sky_store_new (NULL, NULL);
  saving_end (&saving);
}

/* Whatever the disk did not take is in memory, and is saved from there. */
static void
test_from_memory (void)
{
  Saving saving = { 0 };
  g_autofree char *copied = NULL;
  gsize len;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  saving_begin (&saving, "b.pcapng", FALSE);
  g_object_unref (saving.store);
  saving.store = sky_store_new ("/dev/full", NULL);
  sky_store_add_link (saving.store, "a", SKY_ROLE_CLIENT);
  grow (&saving, 3 * 1024 * 1024);
  g_assert_true (save (&saving, NULL));
  g_assert_true (g_file_get_contents (saving.copy, &copied, &len, NULL));
  g_assert_cmpuint (len, >, 3 * 1024 * 1024);
  for (guint i = 0; i < 8; i++)
    grow (&saving, 3 * 1024 * 1024);
  g_assert_false (save (&saving, NULL));
  g_assert_nonnull (strstr (saving.error->message, "lost"));
  assert_copy (&saving, copied, len);
  saving_end (&saving);
}

/* By any name, the capture's own file is not replaced: it would go on growing where nobody finds it. */
static void
test_onto_itself (void)
{
  Saving saving = { 0 };
  g_autofree char *again = NULL;
  GStatBuf before, after;

  saving_begin (&saving, "link.pcapng", TRUE);
  g_assert_cmpint (link (saving.path, saving.copy), ==, 0);
  again = g_build_filename (saving.dir, ".", "a.pcapng", NULL);
  for (guint i = 0; i < 2; i++)
    {
      grow (&saving, 100000);
      g_stat (saving.path, &before);
      if (i > 0)
        {
          g_object_unref (saving.to);
          saving.to = g_file_new_for_path (again);
        }
      g_assert_true (save (&saving, NULL));
      g_stat (saving.path, &after);
      g_assert_cmpuint (after.st_ino, ==, before.st_ino);
      g_assert_cmpint (after.st_size, >, before.st_size);
    }
  saving_end (&saving);
}

static void
test_onto_another (void)
{
  Saving saving = { 0 };
  g_autoptr(SkyStore) other = NULL;

  saving_begin (&saving, "b.pcapng", TRUE);
  other = sky_store_new (saving.copy, NULL);
  g_assert_false (save (&saving, NULL));
  g_assert_error (saving.error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&saving.error);
  g_clear_object (&other);
  g_assert_true (save (&saving, NULL));
  saving_end (&saving);
}

static guint
count_files (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* Before it has begun, and in the middle of it. */
static void
test_cancelled (void)
{
  Saving saving = { 0 };
  g_autoptr(GCancellable) before = g_cancellable_new (), within = g_cancellable_new ();

  saving_begin (&saving, "b.pcapng", TRUE);
  grow (&saving, 64 * 1024 * 1024);
  g_assert_true (g_file_set_contents (saving.copy, "precious", -1, NULL));
  g_cancellable_cancel (before);
  g_assert_false (save (&saving, before));
  g_assert_error (saving.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&saving.error);
  saving.over = FALSE;
  sky_store_save_copy_async (saving.store, saving.to, within, on_saved, &saving);
  while (count_files (saving.dir) == 2)
    g_thread_yield ();
  g_cancellable_cancel (within);
  while (!saving.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (saving.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_copy (&saving, "precious", 8);
  saving_end (&saving);
}

/* Where it cannot be: why, in a sentence that names a place the person knows; and what was there is as it was. */
static void
test_refused (void)
{
  static const struct
  {
    const char  *under;
    GIOErrorEnum code;
    const char  *says;
  } places[] = {
    { "", G_IO_ERROR_IS_DIRECTORY, "directory" },
    { "missing/b.pcapng", G_IO_ERROR_NOT_FOUND, "missing" },
    { "a.txt/b.pcapng", G_IO_ERROR_NOT_DIRECTORY, "a.txt" },
    { "closed/b.pcapng", G_IO_ERROR_PERMISSION_DENIED, "closed" },
    { "fifo", G_IO_ERROR_NOT_REGULAR_FILE, "device" },
  };
  Saving saving = { 0 };
  g_autofree char *text = NULL, *closed = NULL, *fifo = NULL;

  saving_begin (&saving, "b.pcapng", TRUE);
  text = g_build_filename (saving.dir, "a.txt", NULL);
  closed = g_build_filename (saving.dir, "closed", NULL);
  fifo = g_build_filename (saving.dir, "fifo", NULL);
  g_assert_true (g_file_set_contents (text, "", 0, NULL));
  g_assert_cmpint (g_mkdir (closed, 0500), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_build_filename (saving.dir, places[i].under, NULL);

      if (places[i].code == G_IO_ERROR_PERMISSION_DENIED && g_access (closed, W_OK) == 0)
        continue; /* who may write everywhere */
      g_object_unref (saving.to);
      saving.to = g_file_new_for_path (path);
      g_assert_false (save (&saving, NULL));
      g_assert_error (saving.error, G_IO_ERROR, (int) places[i].code);
      g_assert_nonnull (strstr (saving.error->message, places[i].says));
      g_assert_null (strstr (saving.error->message, ".part"));
      g_clear_error (&saving.error);
    }
  g_remove (text);
  g_rmdir (closed);
  g_remove (fifo);
  saving_end (&saving);
}

/* The largest file that we may write is a full disk. */
static void
test_full (void)
{
  struct rlimit before, little;
  Saving saving = { 0 };

  saving_begin (&saving, "b.pcapng", FALSE);
  grow (&saving, 3 * 1024 * 1024);
  g_assert_true (g_file_set_contents (saving.copy, "precious", -1, NULL));
  g_assert_cmpint (sky_store_flush (saving.store, NULL), ==, TRUE);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  little = (struct rlimit) { 1024 * 1024, before.rlim_max };
  setrlimit (RLIMIT_FSIZE, &little);
  g_assert_false (save (&saving, NULL));
  setrlimit (RLIMIT_FSIZE, &before);
  g_assert_nonnull (saving.error);
  assert_copy (&saving, "precious", 8);
  saving_end (&saving);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store-copy/growing/named", "named", test_growing);
  g_test_add_data_func ("/store-copy/growing/unnamed", NULL, test_growing);
  g_test_add_func ("/store-copy/outlives", test_outlives);
  g_test_add_func ("/store-copy/from-memory", test_from_memory);
  g_test_add_func ("/store-copy/onto-itself", test_onto_itself);
  g_test_add_func ("/store-copy/onto-another", test_onto_another);
  g_test_add_func ("/store-copy/cancelled", test_cancelled);
  g_test_add_func ("/store-copy/refused", test_refused);
  g_test_add_func ("/store-copy/full", test_full);
  return g_test_run ();
}

#include "ui/kept/keep-writer.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* GLib calls this one: a disk that answers when it is let. It notes of which file it was asked, by its first letter. */
static GMutex   lock;
static GCond    moved;
static gboolean busy;
static GString *asked;

int
fsync (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = g_file_read_link (link, NULL);
  g_autofree char *name = g_path_get_basename (path);

  g_mutex_lock (&lock);
  if (strstr (name, ".json") != NULL) /* else it is of the folder */
    g_string_append_c (asked, name[0]);
  g_cond_broadcast (&moved);
  while (busy)
    g_cond_wait (&moved, &lock);
  g_mutex_unlock (&lock);
  return 0;
}

static void
set_busy (gboolean value)
{
  g_mutex_lock (&lock);
  busy = value;
  g_cond_broadcast (&moved);
  g_mutex_unlock (&lock);
}

static void
wait_for_question (void)
{
  g_mutex_lock (&lock);
  while (asked->len == 0)
    g_cond_wait (&moved, &lock);
  g_mutex_unlock (&lock);
}

static void
all_written (void)
{
  g_assert_true (sky_keep_writer_wait (20 * G_USEC_PER_SEC));
}

typedef struct
{
  char *dir, *path[5];
} Files;

/* Files that have something in them: GLib does not wait for the disk with others. */
static void
files_begin (Files *files)
{
  files->dir = g_dir_make_tmp ("sky-keep-writer-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files->path); i++)
    {
      g_autofree char *name = g_strdup_printf ("%c.json", 'a' + i);

      files->path[i] = g_build_filename (files->dir, name, NULL);
      g_assert_true (g_file_set_contents_full (files->path[i], "\"old\"", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
  g_string_truncate (asked, 0);
}

static void
files_end (Files *files)
{
  for (guint i = 0; i < G_N_ELEMENTS (files->path); i++)
    {
      g_unlink (files->path[i]);
      g_free (files->path[i]);
    }
  g_assert_cmpint (g_rmdir (files->dir), ==, 0);
  g_free (files->dir);
}

static void
assert_text (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_next (const char *path, const char *expected)
{
  g_autoptr(JsonNode) root = NULL;

  g_assert_true (sky_keep_writer_peek (path, &root));
  g_assert_cmpstr (root != NULL ? json_node_get_string (root) : NULL, ==, expected);
}

/* One file is on its way: what comes for others waits in order, and of each only the newest. Who reads has that. */
static void
test_last_wins (void)
{
  g_autoptr(JsonNode) tree = json_from_string ("\"a3\"", NULL);
  g_autoptr(JsonNode) none = NULL;
  Files files;

  files_begin (&files);
  set_busy (TRUE);
  sky_keep_writer_put_text (files.path[0], "\"a1\"", NULL);
  wait_for_question ();
  assert_next (files.path[0], "a1");
  sky_keep_writer_put_text (files.path[1], "\"b1\"", NULL);
  sky_keep_writer_put_text (files.path[0], "\"a2\"", NULL);
  sky_keep_writer_put (files.path[2], NULL, NULL);
  sky_keep_writer_put (files.path[0], tree, NULL);
  sky_keep_writer_put_text (files.path[1], "\"b2\"", NULL);
  assert_next (files.path[0], "a3");
  assert_next (files.path[1], "b2");
  assert_next (files.path[2], NULL);
  g_assert_false (sky_keep_writer_peek (files.path[3], &none));
  assert_text (files.path[0], "\"old\"");
  g_assert_false (sky_keep_writer_wait (10000));

  set_busy (FALSE);
  all_written ();
  g_assert_cmpstr (asked->str, ==, "aba");
  assert_text (files.path[0], "\"a3\"");
  assert_text (files.path[1], "\"b2\"");
  g_assert_false (g_file_test (files.path[2], G_FILE_TEST_EXISTS));
  g_assert_false (sky_keep_writer_peek (files.path[0], &none));
  files_end (&files);
}

static void
test_many (void)
{
  Files files;
  guint last[G_N_ELEMENTS (files.path)] = { 0 };

  files_begin (&files);
  for (guint i = 1; i <= 500; i++)
    {
      guint which = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (files.path));
      g_autofree char *text = g_strdup_printf ("%u", last[which] = i);

      sky_keep_writer_put_text (files.path[which], text, NULL);
      if (i % 50 == 0)
        g_usleep (500);
    }
  all_written ();
  for (guint i = 0; i < G_N_ELEMENTS (files.path); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", last[i]);

      assert_text (files.path[i], text);
    }
  files_end (&files);
}

static void
on_told (gpointer owner, const GError *error)
{
  guint n = GPOINTER_TO_UINT (g_object_get_data (owner, "told")) + 1;

  g_assert_nonnull (error);
  g_object_set_data (owner, "told", GUINT_TO_POINTER (n));
}

static guint
count_told (gpointer owner)
{
  return GPOINTER_TO_UINT (g_object_get_data (owner, "told"));
}

/* Whoever asked for one of those that were joined hears it, once, in the main loop; and of what went well nobody hears. */
static void
test_told (void)
{
  g_autoptr(GObject) first = g_object_new (G_TYPE_OBJECT, NULL), second = g_object_new (G_TYPE_OBJECT, NULL);
  const SkyKeepTold told_first = { first, on_told }, told_second = { second, on_told };
  g_autofree char *below = NULL;
  Files files;

  files_begin (&files);
  below = g_build_filename (files.path[1], "no-folder.json", NULL);
  set_busy (TRUE);
  sky_keep_writer_put_text (files.path[0], "1", &told_first);
  wait_for_question ();
  sky_keep_writer_put_text (below, "1", &told_first);
  sky_keep_writer_put_text (below, "2", &told_second);
  set_busy (FALSE);
  while (count_told (second) == 0)
    g_main_context_iteration (NULL, TRUE);
  all_written ();
  g_assert_cmpuint (count_told (first), ==, 1);
  g_assert_cmpuint (count_told (second), ==, 1);
  files_end (&files);
}

static void
test_refused (void)
{
  g_autoptr(GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  const SkyKeepTold told = { owner, on_told };
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_READ_ONLY, "not ours");

  sky_keep_writer_refuse (error, NULL);
  sky_keep_writer_refuse (error, &told);
  g_assert_cmpuint (count_told (owner), ==, 0); /* who changes a list is not interrupted */
  while (count_told (owner) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count_told (owner), ==, 1);
}

static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && (level & G_LOG_LEVEL_WARNING) && strstr (fields[i].value, "a.json") != NULL)
      (*(guint *) user_data)++;
  return G_LOG_WRITER_HANDLED;
}

/* Who asked is gone: it is said where somebody may still see it. */
static void
test_told_nobody (void)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  const SkyKeepTold told = { owner, on_told };
  g_autofree char *below = NULL;
  static guint n_warnings;
  Files files;

  files_begin (&files);
  below = g_build_filename (files.path[0], "no-folder.json", NULL);
  sky_keep_writer_put_text (below, "1", &told);
  g_object_unref (owner);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (on_log, &n_warnings, NULL);
  all_written ();
  g_assert_cmpuint (n_warnings, ==, 1);
  files_end (&files);
}

/* At the end of the program nothing is left to a loop that does not turn any more. */
static void
test_end (void)
{
  Files files;

  files_begin (&files);
  for (guint i = 0; i < G_N_ELEMENTS (files.path); i++)
    sky_keep_writer_put_text (files.path[i], "1", NULL);
  sky_keep_writer_end ();
  for (guint i = 0; i < G_N_ELEMENTS (files.path); i++)
    {
      assert_text (files.path[i], "1");
      sky_keep_writer_put_text (files.path[i], "2", NULL);
      assert_text (files.path[i], "2");
    }
  files_end (&files);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  asked = g_string_new (NULL);
  g_test_add_func ("/keep-writer/last-wins", test_last_wins);
  g_test_add_func ("/keep-writer/many", test_many);
  g_test_add_func ("/keep-writer/told", test_told);
  g_test_add_func ("/keep-writer/refused", test_refused);
  g_test_add_func ("/keep-writer/told-nobody", test_told_nobody);
  g_test_add_func ("/keep-writer/zz-end", test_end); /* the writer ends only once */
  return g_test_run ();
}

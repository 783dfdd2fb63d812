#include "trace/keep.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "trace-talk.h"
#include "trace/pcapng.h"

#define GIB G_GUINT64_CONSTANT (1073741824)

static char *program;

/* What a capture is for, and what its file and its row say. */
typedef struct
{
  const char *what, *name, *file, *shown;
} Name;

static const Name names[] = {
  { "host", "chat.example.org", "chat.example.org", "chat.example.org" },
  { "port", "localhost:3000", "localhost_3000", "localhost:3000" },
  { "ipv6", "[::1]:3000", "_1_3000", "_1:3000" },
  { "idn", "grüße.example:80", "grüße.example_80", "grüße.example:80" },
  { "escape", "../../etc/passwd", "_._.._etc_passwd", "_._.._etc_passwd" },
  { "hidden", ".hidden", "_hidden", "_hidden" },
  { "shell", "a b\n$(c)'\"\\|~2", "a_b_c_2", "a_b_c:2" },
  { "no-utf8", "a\xff\xfe/b", "a_b", "a_b" },
  { "empty", "", "capture", "capture" },
  { "nothing-safe", "///", "capture", "capture" },
  { "long", "0123456789012345678901234567890123456789012345678901234567890123456789",
    "012345678901234567890123456789012345678901234567890123456789",
    "012345678901234567890123456789012345678901234567890123456789" },
};

static SkyKept *
nth (GPtrArray *list, guint n)
{
  g_assert_cmpuint (n, <, list->len);
  return list->pdata[n];
}

static void
clean (void)
{
  g_autofree char *dir_path = sky_keep_get_dir ();
  g_autoptr(GDir) dir = g_dir_open (dir_path, 0, NULL);
  const char *file;

  while (dir != NULL && (file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir_path, file, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

/* A file as an earlier run left it: @age_sec old, and sparse. */
static char *
leave (const char *file, gint64 age_sec, guint64 len)
{
  g_autofree char *dir = sky_keep_get_dir ();
  char *path = g_build_filename (dir, file, NULL);
  gint64 then = g_get_real_time () / G_USEC_PER_SEC - age_sec;
  struct utimbuf times = { then, then };

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, (off_t) len), ==, 0);
  g_assert_cmpint (g_utime (path, &times), ==, 0);
  return path;
}

static void
test_name (gconstpointer data)
{
  const Name *v = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = sky_keep_new_path (v->name, &error);
  g_autofree char *again = sky_keep_new_path (v->name, NULL);
  g_autofree char *dir = sky_keep_get_dir (), *parent = NULL, *file = NULL, *tail = NULL, *shown = NULL;
  g_autoptr(GPtrArray) list = NULL;
  GStatBuf about;

  g_assert_no_error (error);
  parent = g_path_get_dirname (path);
  file = g_path_get_basename (path);
  tail = g_strconcat ("-", v->file, ".pcapng", NULL);
  g_assert_cmpstr (parent, ==, dir);
  g_assert_true (g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\dT\\d{6}-", file, 0, 0));
  g_assert_cmpstr (file + 17, ==, tail);
  g_assert_cmpstr (path, !=, again);
  shown = sky_keep_get_name (again);
  g_assert_cmpstr (shown, ==, v->shown);
  g_assert_cmpint (g_stat (path, &about), ==, 0);
  g_assert_cmphex (about.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (dir, &about), ==, 0);
  g_assert_cmphex (about.st_mode & 0777, ==, 0700);

  g_assert_cmpint (truncate (path, 1000) | truncate (again, 1000), ==, 0);
  list = sky_keep_list ();
  g_assert_cmpuint (list->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (nth (list, i)->name, ==, v->shown);
  clean ();
}

static void
test_list (void)
{
  g_autofree char *old = leave ("2020-01-01T000000-old.pcapng", 5000, 1000);
  g_autofree char *new = leave ("2020-01-01T000001-new.example_1.pcapng", 50, 2000);
  g_autofree char *empty = leave ("2020-01-01T000002-empty.pcapng", 5, 28);
  g_autofree char *foreign = leave ("holiday.pcapng", 1, 1000);
  g_autofree char *other = leave ("2020-01-01T000003-notes.txt", 1, 1000);
  g_autofree char *link = g_build_filename (g_get_user_state_dir (), "sockeye", "captures",
                                            "2020-01-01T000004-link.pcapng", NULL);
  g_autoptr(GPtrArray) list = NULL;

  g_assert_cmpint (symlink (old, link), ==, 0);
  list = sky_keep_list ();
  g_assert_cmpuint (list->len, ==, 2);
  g_assert_true (g_file_test (empty, G_FILE_TEST_EXISTS));
  g_assert_cmpstr (nth (list, 0)->path, ==, new);
  g_assert_cmpstr (nth (list, 0)->name, ==, "new.example:1");
  g_assert_cmpuint (nth (list, 0)->len, ==, 2000);
  g_assert_false (nth (list, 0)->in_use);
  g_assert_cmpint (ABS (nth (list, 0)->time_sec + 50 - g_get_real_time () / G_USEC_PER_SEC), <=, 5);
  g_assert_cmpstr (nth (list, 1)->path, ==, old);
  g_assert_null (sky_keep_get_name (foreign));
  g_assert_null (sky_keep_get_name (other));
  g_assert_null (sky_keep_get_name ("/2020-01-01T000000-old.pcapng"));
  g_assert_true (sky_keep_remove (old, NULL));
  g_assert_true (sky_keep_remove (old, NULL));
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  clean ();
}

static void
test_store (void)
{
  g_autoptr(GError) error = NULL;
  SkyStore *store = sky_keep_new_store ("localhost:3000", &error);
  g_autofree char *path = g_strdup (sky_store_get_path (store));
  g_autoptr(GPtrArray) list = sky_keep_list ();
  SkyFeed *feed;

  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_true (nth (list, 0)->in_use);
  g_assert_false (sky_keep_remove (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_object_unref (store);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  store = sky_keep_new_store ("localhost:3000", NULL);
  g_free (path);
  path = g_strdup (sky_store_get_path (store));
  feed = talk_chat (store);
  sky_feed_free (feed);
  g_object_unref (store);
  g_ptr_array_unref (list);
  list = sky_keep_list ();
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (nth (list, 0)->path, ==, path);
  g_assert_false (nth (list, 0)->in_use);
  clean ();
}

static void
test_prune_count (void)
{
  char *paths[40];
  g_autoptr(SkyStore) store = sky_keep_new_store ("live", NULL);
  g_autofree char *mine = sky_keep_new_path ("mine", NULL);
  g_autofree char *foreign = leave ("holiday.pcapng", 100000, 1000);
  g_autofree char *fresh = leave ("2020-01-01T000000-fresh.pcapng", 0, 28);
  g_autofree char *stale = leave ("2020-01-01T000000-stale.pcapng", 100, 28);

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *file = g_strdup_printf ("2020-01-01T%06u-a.pcapng", 999999 - i);

      paths[i] = leave (file, 1000 - 10 * i, 1000);
    }
  /* Written last week, but by this run. */
  g_assert_cmpint (truncate (mine, 1000), ==, 0);
  g_assert_cmpint (g_utime (mine, &(struct utimbuf) { 1, 1 }), ==, 0);
  sky_keep_prune ();
  for (guint i = 0; i < 40; i++)
    g_assert_cmpint (g_file_test (paths[i], G_FILE_TEST_EXISTS), ==, i >= 12);
  g_assert_true (g_file_test (mine, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (sky_store_get_path (store), G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fresh, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (stale, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < 40; i++)
    g_free (paths[i]);
  clean ();
}

/* What is too large goes, and what is older and small stays; the newest stays in any case. */
static void
test_prune_size (void)
{
  g_autofree char *a = leave ("2020-01-01T000009-a.pcapng", 10, GIB);
  g_autofree char *b = leave ("2020-01-01T000008-b.pcapng", 20, GIB + 1);
  g_autofree char *c = leave ("2020-01-01T000007-c.pcapng", 30, GIB);
  g_autofree char *d = leave ("2020-01-01T000006-d.pcapng", 40, 1000);
  g_autofree char *huge = NULL;

  sky_keep_prune ();
  g_assert_true (g_file_test (a, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (b, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (c, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (d, G_FILE_TEST_EXISTS));
  huge = leave ("2020-01-01T000010-huge.pcapng", 5, 5 * GIB);
  sky_keep_prune ();
  g_assert_true (g_file_test (huge, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (a, G_FILE_TEST_EXISTS) || g_file_test (c, G_FILE_TEST_EXISTS));
  clean ();
}

static void
test_no_folder (void)
{
  g_autofree char *dir = sky_keep_get_dir ();
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (g_rmdir (dir), ==, 0);
  g_assert_true (g_file_set_contents (dir, "a file where a folder should be", -1, NULL));
  g_assert_null (sky_keep_new_path ("a", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, dir));
  g_clear_error (&error);
  g_assert_null (sky_keep_new_store ("a", &error));
  g_assert_nonnull (error);
  list = sky_keep_list ();
  g_assert_cmpuint (list->len, ==, 0);
  sky_keep_prune ();
  g_unlink (dir);
}

/* ---- a program that captures, until it is killed */

static gboolean
on_tick (gpointer user_data)
{
  talk_text (user_data, SKY_FROM_SERVER, 100, "42/chat,[\"tock\",\"more and more\"]");
  return G_SOURCE_CONTINUE;
}

static int
capture (void)
{
  SkyStore *store = sky_keep_new_store ("chat.example.org:3000", NULL);

  g_timeout_add (1, on_tick, talk_chat (store));
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 0;
}

static SkyKept *
wait_for_capture (void)
{
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr(GPtrArray) list = sky_keep_list ();

      if (list->len == 1 && nth (list, 0)->len > 5000)
        return g_ptr_array_steal_index (list, 0);
      g_usleep (10000);
    }
  g_assert_not_reached ();
}

static void
test_killed (void)
{
  g_autoptr(GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, program, "--capture", NULL);
  g_autoptr(SkyKept) during = wait_for_capture ();
  g_autoptr(SkyKept) after = NULL;
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = NULL;
  guint32 event;

  g_assert_true (during->in_use);
  g_assert_false (sky_keep_remove (during->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  sky_keep_prune ();
  g_subprocess_send_signal (child, SIGKILL);
  g_assert_true (g_subprocess_wait (child, NULL, NULL));

  after = wait_for_capture ();
  g_assert_false (after->in_use);
  g_assert_cmpstr (after->path, ==, during->path);
  g_assert_cmpstr (after->name, ==, "chat.example.org:3000");
  file = g_file_new_for_path (after->path);
  g_assert_true (sky_pcapng_load (file, store, NULL, &error));
  g_assert_no_error (error);
  event = talk_find (store, 0, SKY_LAYER_SIO, SKY_KIND_EVENT);
  g_assert_cmpuint (event, !=, SKY_RECORD_NONE);
  g_assert_cmpuint (sky_store_get_n_records (store), >, 30);
  clean ();
}

int
main (int argc, char **argv)
{
  g_autofree char *state = NULL;
  int status;

  if (argc > 1 && g_str_equal (argv[1], "--capture"))
    return capture ();
  program = g_file_read_link ("/proc/self/exe", NULL);
  state = g_dir_make_tmp ("sky-keep-XXXXXX", NULL);
  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat ("/keep/name/", names[i].what, NULL);

      g_test_add_data_func (path, &names[i], test_name);
    }
  g_test_add_func ("/keep/list", test_list);
  g_test_add_func ("/keep/store", test_store);
  g_test_add_func ("/keep/prune/count", test_prune_count);
  g_test_add_func ("/keep/prune/size", test_prune_size);
  g_test_add_func ("/keep/killed", test_killed);
  g_test_add_func ("/keep/no-folder", test_no_folder);
  status = g_test_run ();
  g_free (program);
  g_assert_cmpint (g_chdir (state), ==, 0);
  g_rmdir ("sockeye");
  g_rmdir (state);
  return status;
}

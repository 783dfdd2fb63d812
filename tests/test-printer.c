#include "cli/printer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "own-memory.h"
#include "trace-talk.h"

/* What a reader gets of a trace, and of what is said besides, however it reads. */

#define LINE_LEN  10000 /* bytes, with the end of line */
#define BLOCK_LEN 65536
#define N_ROUNDS  6000
#define BEHIND_MB 16

/* Standard output is somebody else's for a while: the test's own words go there, too. */
typedef struct
{
  int         saved, reader; /* descriptors; the reader -1 if nothing can be read */
  SkyStore   *store;
  SkyPrinter *printer;
  GString    *got;
  gboolean    reached;
} Stage;

static void
on_reached (gpointer user_data)
{
  ((Stage *) user_data)->reached = TRUE;
}

static void
set_output (Stage *stage, int fd)
{
  fflush (stdout);
  stage->saved = dup (STDOUT_FILENO);
  g_assert_cmpint (dup2 (fd, STDOUT_FILENO), ==, STDOUT_FILENO);
  close (fd);
}

static void
stage_init (Stage *stage, int fd)
{
  *stage = (Stage) { .reader = -1, .store = sky_store_new (NULL, NULL), .got = g_string_new (NULL) };
  if (fd < 0)
    {
      int ends[2];

      g_assert_cmpint (pipe (ends), ==, 0);
      g_assert_cmpint (fcntl (ends[0], F_SETFL, O_NONBLOCK), ==, 0);
      stage->reader = ends[0];
      fd = ends[1];
    }
  set_output (stage, fd);
  stage->printer = sky_printer_new (stage->store, NULL, NULL, NULL);
  sky_printer_set_limit (stage->printer, 0, on_reached, stage);
}

static void
stage_clear (Stage *stage)
{
  sky_printer_free (stage->printer);
  g_object_unref (stage->store);
  g_string_free (stage->got, TRUE);
  if (stage->reader >= 0)
    close (stage->reader);
  g_assert_cmpint (dup2 (stage->saved, STDOUT_FILENO), ==, STDOUT_FILENO);
  close (stage->saved);
}

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Returns: bytes that were there to read, @max at most */
static gsize
read_some (Stage *stage, gsize max)
{
  static char block[BLOCK_LEN];
  gssize len = read (stage->reader, block, MIN (max, sizeof block));

  g_string_append_len (stage->got, block, MAX (len, 0));
  return (gsize) MAX (len, 0);
}

static void
say_line (Stage *stage, guint n)
{
  static char line[LINE_LEN];

  memset (line, 'x', sizeof line - 1);
  memcpy (line, (char[]) { 'a' + n / 676 % 26, 'a' + n / 26 % 26, 'a' + n % 26 }, 3);
  sky_printer_say (stage->printer, line);
}

/* Takes whole lines from what was read, which have to be those from @n on. Returns: the next one's number */
static guint
check_lines (Stage *stage, guint n)
{
  for (; stage->got->len >= LINE_LEN; n++)
    {
      g_assert_cmpint (stage->got->str[0], ==, 'a' + n / 676 % 26);
      g_assert_cmpint (stage->got->str[1], ==, 'a' + n / 26 % 26);
      g_assert_cmpint (stage->got->str[2], ==, 'a' + n % 26);
      g_assert_cmpint (stage->got->str[LINE_LEN - 1], ==, '\n');
      g_string_erase (stage->got, 0, LINE_LEN);
    }
  return n;
}

/* Nobody reads: nothing waits for that, nothing is lost, and it is told when that is too much. */
static void
test_behind (void)
{
  guint n_said = 0, n_read = 0;
  Stage stage;

  stage_init (&stage, -1);
  for (; !sky_printer_is_behind (stage.printer); n_said++)
    {
      g_assert_cmpuint (n_said, <=, (BEHIND_MB + 1) * 1024 * 1024 / LINE_LEN);
      say_line (&stage, n_said);
      turn ();
    }
  g_assert_cmpuint (n_said, >=, BEHIND_MB * 1024 * 1024 / LINE_LEN);
  while (n_read < n_said)
    {
      read_some (&stage, BLOCK_LEN);
      n_read = check_lines (&stage, n_read);
      turn ();
    }
  g_assert_false (sky_printer_is_behind (stage.printer));
  g_assert_false (stage.reached);
  g_assert_null (sky_printer_get_trouble (stage.printer));
  stage_clear (&stage);
}

/* A reader that never quite catches up: what it has read is not kept. */
static void
test_never_caught_up (void)
{
  guint n_said = 0, n_read = 0;
  guint64 before;
  Stage stage;

  stage_init (&stage, -1);
  for (; n_said < 50; n_said++)
    say_line (&stage, n_said);
  before = count_own_memory ();
  for (; n_said < N_ROUNDS; n_said++)
    {
      say_line (&stage, n_said);
      turn ();
      g_assert_cmpuint (read_some (&stage, LINE_LEN), >, 0);
      n_read = check_lines (&stage, n_read);
    }
  g_assert_cmpuint (count_own_memory () - MIN (before, count_own_memory ()), <, 20 * 1024 * 1024);
  sky_printer_set_style (stage.printer, SKY_PRINT_NOTHING);
  while (read_some (&stage, BLOCK_LEN) > 0)
    turn ();
  g_assert_cmpuint (check_lines (&stage, n_read), ==, n_said);
  stage_clear (&stage);
}

/* A full disk is told; a reader who leaves is no trouble. Either ends it. */
static void
test_broken (gconstpointer path)
{
  g_autoptr(SkyFeed) feed = NULL;
  Stage stage;

  if (path != NULL && !g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  stage_init (&stage, path != NULL ? open (path, O_WRONLY | O_CLOEXEC) : -1);
  if (path == NULL)
    {
      close (stage.reader);
      stage.reader = -1;
    }
  feed = sky_feed_new (stage.store, "a", SKY_ROLE_CLIENT);
  talk_upgrade (feed, 1);
  turn ();
  g_assert_true (stage.reached);
  g_assert_cmpstr (sky_printer_get_trouble (stage.printer), ==, path != NULL ? g_strerror (ENOSPC) : NULL);
  sky_printer_finish (stage.printer);
  sky_printer_say (stage.printer, "more");
  g_assert_false (sky_printer_is_behind (stage.printer));
  g_clear_pointer (&feed, sky_feed_free);
  stage_clear (&stage);
}

/* The end waits for whoever reads, and all of it comes. */
static gpointer
read_all (gpointer user_data)
{
  Stage *stage = user_data;

  g_assert_cmpint (fcntl (stage->reader, F_SETFL, 0), ==, 0);
  g_usleep (50000);
  while (read_some (stage, BLOCK_LEN) > 0)
    ;
  return NULL;
}

static void
test_finish (void)
{
  g_autoptr(SkyFeed) feed = NULL;
  GThread *reader;
  Stage stage;

  stage_init (&stage, -1);
  for (guint n = 0; n < 100; n++)
    say_line (&stage, n);
  feed = sky_feed_new (stage.store, "a", SKY_ROLE_CLIENT);
  talk_upgrade (feed, 1);
  reader = g_thread_new ("reader", read_all, &stage);
  sky_printer_finish (stage.printer);
  g_assert_true (sky_printer_is_done (stage.printer));
  g_assert_cmpint (dup2 (stage.saved, STDOUT_FILENO), ==, STDOUT_FILENO); /* so the reader comes to an end */
  g_thread_join (reader);
  g_assert_cmpuint (check_lines (&stage, 0), ==, 100);
  g_assert_true (strstr (stage.got->str, "101 Switching Protocols") != NULL && g_str_has_suffix (stage.got->str, "\n"));
  g_clear_pointer (&feed, sky_feed_free);
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN); /* as GSocket does */
  g_test_add_func ("/printer/behind", test_behind);
  g_test_add_func ("/printer/never-caught-up", test_never_caught_up);
  g_test_add_data_func ("/printer/full", "/dev/full", test_broken);
  g_test_add_data_func ("/printer/left", NULL, test_broken);
  g_test_add_func ("/printer/finish", test_finish);
  return g_test_run ();
}

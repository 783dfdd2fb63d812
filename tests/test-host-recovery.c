#include "peer/host/host-recovery.h"

#include <string.h>

#define NOW  G_GINT64_CONSTANT (1700000000000000) /* microseconds since 1970 */
#define KEEP 120000                               /* milliseconds */

/* Lists of words: "a b" is a and b, "" is an empty list, NULL is none. */
static char **
split (const char *words)
{
  return words == NULL ? NULL : *words == '\0' ? g_new0 (char *, 1) : g_strsplit (words, " ", -1);
}

/* Returns: (transfer full): the last argument of the event, which is its offset */
static char *
say (SkyHostRecovery *books, const char *nsp, const char *rooms, const char *except, const char *json, gint64 now_usec)
{
  g_auto(GStrv) to = split (rooms), without = split (except);
  guint64 offset = 0, last = sky_host_recovery_get_last (books);
  g_autofree char *out = sky_host_recovery_log (
      books, &(SkyHostSaid) { .nsp = nsp, .rooms = (const char *const *) to, .except = (const char *const *) without, .json = json },
      now_usec, &offset);
  char *end;

  g_assert_nonnull (out);
  g_assert_cmpuint (offset, >, last);
  g_assert_cmpuint (offset, ==, sky_host_recovery_get_last (books));
  g_assert_true (g_str_has_suffix (out, "\"]"));
  out[strlen (out) - 2] = '\0';
  end = strrchr (out, '"');
  g_assert_true (g_str_has_prefix (json, "[") && strncmp (out, json, strlen (json) - 1) == 0);
  return g_strdup (end + 1);
}

static void
leave (SkyHostRecovery *books, const char *nsp, const char *pid, const char *rooms, guint64 n_sent, gint64 now_usec)
{
  SkyHostKept *kept = g_new0 (SkyHostKept, 1);

  kept->nsp = g_strdup (nsp);
  kept->id = g_strconcat (pid, "-id", NULL);
  kept->pid = g_strdup (pid);
  kept->rooms = split (rooms);
  kept->variables = g_strdup ("{}");
  kept->n_sent = n_sent;
  kept->n_left = sky_host_recovery_get_last (books);
  sky_host_recovery_keep (books, kept, now_usec);
}

/* Returns: (transfer full): the names of the events that it has missed, or why it is not recovered */
static char *
come_back (SkyHostRecovery *books, const char *nsp, const char *pid, const char *offset)
{
  g_autoptr(GPtrArray) missed = NULL;
  SkyRecoveryVerdict verdict;
  g_autoptr(SkyHostKept) kept = sky_host_recovery_take (books, nsp, pid, offset, &missed, &verdict);
  GString *names = g_string_new (NULL);

  g_assert_true ((kept != NULL) == (verdict == SKY_RECOVERY_DONE));
  g_assert_true ((missed != NULL) == (verdict == SKY_RECOVERY_DONE));
  if (kept == NULL)
    g_string_append (names, verdict == SKY_RECOVERY_UNKNOWN ? "unknown" : "lost");
  for (guint i = 0; missed != NULL && i < missed->len; i++)
    {
      const SkyHostSaid *said = g_ptr_array_index (missed, i);

      g_string_append_len (names, said->json + 2, 1);
    }
  return g_string_free (names, FALSE);
}

static void
expect (SkyHostRecovery *books, const char *nsp, const char *pid, const char *offset, const char *expected)
{
  g_autofree char *came = come_back (books, nsp, pid, offset);

  g_assert_cmpstr (came, ==, expected);
}

/* Who gets what of all that may be said while one is away who was in "tea" and "milk". */
static const struct
{
  const char *nsp, *rooms, *except;
  gboolean    meant;
} meant[] = {
  { "/", NULL, NULL, TRUE },          { "/", NULL, "", TRUE },
  { "/chat", NULL, NULL, FALSE },     { "/", "tea", NULL, TRUE },
  { "/", "beer", NULL, FALSE },       { "/", "beer milk", NULL, TRUE },
  { "/", "", NULL, FALSE },           { "/", "ann-id", NULL, TRUE },
  { "/", "bob-id", NULL, FALSE },     { "/", NULL, "ann-id", FALSE },
  { "/", "tea", "milk", FALSE },      { "/", "tea milk", "beer", TRUE },
};

static void
test_meant (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *first = say (books, "/", "ann-id", NULL, "[\"a\"]", NOW);
  g_autofree char *other = NULL;

  leave (books, "/", "ann", "ann-id tea milk", sky_host_recovery_get_last (books), NOW);
  other = say (books, meant[i].nsp, meant[i].rooms, meant[i].except, "[\"b\",1]", NOW);
  expect (books, "/", "ann", first, meant[i].meant ? "b" : "");
}

static void
test_once (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW);
  g_autofree char *b = say (books, "/", NULL, NULL, "[\"b\"]", NOW), *c = NULL;
  guint64 n_sent = sky_host_recovery_get_last (books);

  g_assert_cmpstr (a, !=, b);
  leave (books, "/", "ann", "ann-id", n_sent, NOW);
  expect (books, "/chat", "ann", a, "unknown");
  expect (books, "/", "bob", a, "unknown");
  expect (books, "/", "ann", "", "lost");
  expect (books, "/", "ann", "0", "lost");
  expect (books, "/", "ann", "!", "lost");
  expect (books, "/", "ann", "zzzzzzzzzzzzzzzzzzzz", "lost");
  c = say (books, "/", NULL, NULL, "[\"c\"]", NOW);
  expect (books, "/", "ann", a, "bc"); /* b was sent, and did not arrive */
  expect (books, "/", "ann", a, "unknown");
}

/* What was said to rooms that it joined after that is not for it, if it had all that was. */
static void
test_had_all (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", "ann-id", NULL, "[\"a\"]", NOW), *b = NULL, *c = NULL;
  guint64 n_sent = sky_host_recovery_get_last (books);

  b = say (books, "/", "tea", NULL, "[\"b\"]", NOW); /* she was not there yet */
  leave (books, "/", "ann", "ann-id tea", n_sent, NOW);
  c = say (books, "/", "tea", NULL, "[\"c\"]", NOW);
  expect (books, "/", "ann", a, "c");
}

static void
test_too_late (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW), *b = NULL;
  guint64 n_sent = sky_host_recovery_get_last (books);
  const gint64 msec = 1000;

  leave (books, "/", "ann", "ann-id", n_sent, NOW);
  leave (books, "/", "bob", "bob-id", n_sent, NOW + msec);
  b = say (books, "/", NULL, NULL, "[\"b\"]", NOW + msec);
  g_assert_true (sky_host_recovery_expire (books, NOW + KEEP * msec + 1, KEEP));
  expect (books, "/", "ann", a, "unknown");
  expect (books, "/", "bob", a, "b");
  g_assert_true (sky_host_recovery_expire (books, NOW + KEEP * msec + 60000 * msec, KEEP));
  g_assert_false (sky_host_recovery_expire (books, NOW + KEEP * msec + 60002 * msec, KEEP));
}

/* Long idle: its last event is forgotten, but nothing that it has missed. */
static void
test_idle (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW), *b = NULL;
  const gint64 hour_usec = 3600 * G_GINT64_CONSTANT (1000000);
  guint64 n_sent = sky_host_recovery_get_last (books);

  g_assert_false (sky_host_recovery_expire (books, NOW + hour_usec, KEEP));
  leave (books, "/", "ann", "ann-id", n_sent, NOW + hour_usec);
  b = say (books, "/", NULL, NULL, "[\"b\"]", NOW + hour_usec);
  expect (books, "/", "ann", a, "b");
}

static void
test_many (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW), *last = NULL;
  guint64 n_sent = sky_host_recovery_get_last (books);

  leave (books, "/", "ann", "ann-id", n_sent, NOW);
  leave (books, "/", "bob", "bob-id", n_sent, NOW);
  for (guint i = 0; i < SKY_RECOVERY_MAX_EVENTS; i++)
    {
      g_free (last);
      last = say (books, "/", "elsewhere", NULL, "[\"b\"]", NOW);
    }
  expect (books, "/", "ann", a, ""); /* "a" itself is forgotten, and that does no harm */
  g_free (say (books, "/", "elsewhere", NULL, "[\"b\"]", NOW));
  expect (books, "/", "bob", a, "lost");
}

static void
test_long (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW);
  g_autofree char *fill = g_strnfill (SKY_RECOVERY_MAX_LOG_LEN, 'x'), *json = g_strdup_printf ("[\"%s\"]", fill);
  guint64 n_sent = sky_host_recovery_get_last (books);

  leave (books, "/", "ann", "ann-id", n_sent, NOW);
  g_free (say (books, "/", NULL, NULL, json, NOW));
  expect (books, "/", "ann", a, "lost");
}

static void
test_many_kept (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW);
  guint64 n_sent = sky_host_recovery_get_last (books);

  leave (books, "/", "first", "first-id", n_sent, NOW);
  leave (books, "/", "second", "second-id", n_sent, NOW);
  leave (books, "/", "second", "second-id", n_sent, NOW); /* again: it is one */
  for (guint i = 0; i < SKY_RECOVERY_MAX_KEPT - 1; i++)
    {
      g_autofree char *pid = g_strdup_printf ("pid-%u", i);

      leave (books, "/", pid, "room", n_sent, NOW);
    }
  expect (books, "/", "first", a, "unknown");
  expect (books, "/", "second", a, "");
  expect (books, "/", "pid-0", a, "");
}

/* Too much to remember: it is not. */
static void
test_long_kept (void)
{
  g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
  g_autofree char *a = say (books, "/", NULL, NULL, "[\"a\"]", NOW), *rooms = g_strnfill (SKY_RECOVERY_MAX_KEPT_LEN, 'x');

  leave (books, "/", "ann", rooms, sky_host_recovery_get_last (books), NOW);
  expect (books, "/", "ann", a, "unknown");
}

/* An event without arguments, without a name, or with blanks at its end. */
static void
test_arguments (void)
{
  static const struct { const char *json, *start; } rows[] = {
    { "[\"a\"]", "[\"a\",\"" }, { "[\"a\",[1]] \n", "[\"a\",[1],\"" }, { "[\"]\",{\"b\":\"]\"}]", "[\"]\",{\"b\":\"]\"},\"" }, { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(SkyHostRecovery) books = sky_host_recovery_new ();
      guint64 offset = 0;
      g_autofree char *out
          = sky_host_recovery_log (books, &(SkyHostSaid) { .nsp = "/", .json = rows[i].json }, NOW, &offset);

      g_assert_true ((out == NULL) == (rows[i].start == NULL));
      g_assert_true (out == NULL || (g_str_has_prefix (out, rows[i].start) && g_str_has_suffix (out, "\"]")));
      g_assert_cmpuint (offset, ==, out == NULL ? 0 : NOW / 1000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (meant); i++)
    {
      g_autofree char *path = g_strdup_printf ("/host-recovery/meant/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_meant);
    }
  g_test_add_func ("/host-recovery/once", test_once);
  g_test_add_func ("/host-recovery/had-all", test_had_all);
  g_test_add_func ("/host-recovery/too-late", test_too_late);
  g_test_add_func ("/host-recovery/idle", test_idle);
  g_test_add_func ("/host-recovery/many", test_many);
  g_test_add_func ("/host-recovery/long", test_long);
  g_test_add_func ("/host-recovery/many-kept", test_many_kept);
  g_test_add_func ("/host-recovery/long-kept", test_long_kept);
  g_test_add_func ("/host-recovery/arguments", test_arguments);
  return g_test_run ();
}

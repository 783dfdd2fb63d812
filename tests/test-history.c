#include "ui/compose/history.h"

#include <glib/gstdio.h>

#include "ui/kept/keep-writer.h"

#define URL "http://ann:hunter2@localhost:3000/chat?t=s3cret&x=1#s3cret"

static char *
make_path (char **dir)
{
  *dir = g_dir_make_tmp ("sky-history-XXXXXX", NULL);
  return g_build_filename (*dir, "sockeye", "history.json", NULL);
}

static void
clean (const char *dir)
{
  g_autofree char *inner = g_build_filename (dir, "sockeye", NULL);
  g_autofree char *file = g_build_filename (inner, "history.json", NULL);
  g_autofree char *bad = g_strconcat (file, ".bad", NULL);

  g_remove (file);
  g_remove (bad);
  g_remove (inner);
  g_remove (dir);
}

static void
flush (SkyHistory *history)
{
  sky_history_flush (history);
  g_assert_true (sky_keep_writer_wait (10 * G_USEC_PER_SEC));
}

static SkySent *
get (SkyHistory *history, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (history), position);
}

static guint
count (SkyHistory *history)
{
  return g_list_model_get_n_items (G_LIST_MODEL (history));
}

static void
add_event (SkyHistory *history, const char *event, const char *args)
{
  g_autoptr(SkySent) sent = sky_sent_new_event (URL, "/chat", event, args, TRUE, 5);

  sky_history_add (history, sent);
}

/* What was kept is there again, newest first, and for nobody else to read. */
static void
test_keep (void)
{
  g_autofree char *dir = NULL, *path = make_path (&dir);
  g_autoptr(SkyHistory) first = sky_history_new (path);
  g_autoptr(SkyHistory) second = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new_static ("\0\1", 2);
  g_autoptr(SkySent) text = sky_sent_new_text (URL, "grüße\n"),
                      binary = sky_sent_new_binary (URL, bytes);
  g_autoptr(SkySent) newest = NULL, oldest = NULL;
  GStatBuf info;

  add_event (first, "hi", "{\"a\": 1}");
  sky_history_add (first, text);
  sky_history_add (first, binary);
  flush (first);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);

  second = sky_history_new (path);
  g_assert_cmpuint (count (second), ==, 3);
  newest = get (second, 0);
  oldest = get (second, 2);
  g_assert_cmpint (newest->kind, ==, SKY_SENT_BINARY);
  g_assert_cmpstr (newest->text, ==, "AAE=");
  g_assert_cmpint (oldest->kind, ==, SKY_SENT_EVENT);
  g_assert_cmpstr (oldest->event, ==, "hi");
  g_assert_cmpstr (oldest->nsp, ==, "/chat");
  g_assert_cmpstr (oldest->text, ==, "{\"a\": 1}");
  g_assert_true (oldest->ask);
  g_assert_cmpuint (oldest->timeout_sec, ==, 5);
  clean (dir);
}

/* What proves who somebody is stays out of the file, and what an older version wrote there goes. */
static void
test_no_secrets (void)
{
  static const struct
  {
    const char *url;
    gboolean    same;
  } places[] = {
    { URL, TRUE },
    { "http://ann:other@localhost:3000/chat", TRUE },
    { "http://ann:hunter2@localhost:3000/chat?t=another", TRUE },
    { "http://ann:hunter2@localhost:3000/", FALSE },
    { "http://bob:hunter2@localhost:3000/chat", FALSE },
    { "http://ann:hunter2@localhost:3001/chat", FALSE },
    { "https://ann:hunter2@localhost:3000/chat", FALSE },
    { "", FALSE },
  };
  g_autofree char *dir = NULL, *path = make_path (&dir), *inner = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "[{\"kind\":\"text\",\"url\":\"" URL "\",\"text\":\"1\"}]", -1, NULL));
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr(SkyHistory) history = sky_history_new (path);
      g_autofree char *kept = NULL;
      g_autoptr(SkySent) sent = NULL;

      if (round == 1)
        add_event (history, "hi", "1");
      sent = get (history, 0);
      for (guint i = 0; i < G_N_ELEMENTS (places); i++)
        g_assert_cmpint (sky_sent_is_to (sent, places[i].url), ==, places[i].same);
      flush (history);
      g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
      g_assert_nonnull (strstr (kept, "localhost:3000/chat"));
      g_assert_null (strstr (kept, "s3cret"));
      g_assert_null (strstr (kept, "hunter2"));
    }
  clean (dir);
}

static void
test_limit (void)
{
  g_autofree char *dir = NULL, *path = make_path (&dir);
  g_autoptr(SkyHistory) history = sky_history_new (path);
  g_autoptr(SkySent) newest = NULL;

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *args = g_strdup_printf ("%u", i % 250);

      add_event (history, "e", args);
    }
  g_assert_cmpuint (count (history), ==, 200);
  add_event (history, "e", "200"); /* was sent before: it moves to the front */
  g_assert_cmpuint (count (history), ==, 200);
  newest = get (history, 0);
  g_assert_cmpstr (newest->text, ==, "200");
  flush (history);
  clean (dir);
}

/* A file that is no history is set aside, not overwritten. */
static void
test_bad (void)
{
  static const char *const bad[] = { "", "{}", "[1,", "\xff", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *dir = NULL, *path = make_path (&dir);
      g_autofree char *inner = g_path_get_dirname (path), *aside = g_strconcat (path, ".bad", NULL);
      g_autofree char *kept = NULL;
      g_autoptr(SkyHistory) history = NULL;

      g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      history = sky_history_new (path);
      g_assert_cmpuint (count (history), ==, 0);
      add_event (history, "e", "1");
      flush (history);
      g_assert_true (g_file_get_contents (aside, &kept, NULL, NULL));
      g_assert_cmpstr (kept, ==, bad[i]);
      clean (dir);
    }
}

/* Entries that say nothing are passed over, and the others are good. */
static void
test_odd_entries (void)
{
  static const char text[]
      = "[1, null, {}, {\"kind\":\"event\",\"url\":\"u\",\"text\":\"1\"},"
        "{\"kind\":7,\"url\":\"u\",\"text\":\"1\"}, {\"kind\":\"text\",\"url\":[],\"text\":\"1\"},"
        "{\"kind\":\"text\",\"url\":\"u\",\"text\":\"good\",\"time_usec\":\"x\",\"ack_within_sec\":"
        "-4}]";
  g_autofree char *dir = NULL, *path = make_path (&dir);
  g_autofree char *inner = g_path_get_dirname (path);
  g_autoptr(SkyHistory) history = NULL;
  g_autoptr(SkySent) sent = NULL;

  g_assert_cmpint (g_mkdir (inner, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  history = sky_history_new (path);
  g_assert_cmpuint (count (history), ==, 1);
  sent = get (history, 0);
  g_assert_cmpstr (sent->text, ==, "good");
  g_assert_false (sent->ask);
  clean (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/keep", test_keep);
  g_test_add_func ("/history/no-secrets", test_no_secrets);
  g_test_add_func ("/history/limit", test_limit);
  g_test_add_func ("/history/bad", test_bad);
  g_test_add_func ("/history/odd-entries", test_odd_entries);
  return g_test_run ();
}

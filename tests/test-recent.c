#include "ui/kept/recent.h"

#include <glib/gstdio.h>

#include "ui/kept/saved.h"

/* What may lie in the file, and what is made of it. */
typedef struct
{
  const char *name, *text;
  guint       n;
  gboolean    aside;
  const char *first;
} Vector;

static const Vector vectors[] = {
  { "empty-list", "[]", 0, FALSE, NULL },
  { "one", "[{\"kind\":\"connection\",\"what\":\"ws://a\",\"protocol\":\"websocket\",\"time\":5}]", 1, FALSE, "ws://a" },
  { "no-time", "[{\"kind\":\"server\",\"what\":\"3000\"}]", 1, FALSE, "3000" },
  { "unknown-kind", "[{\"kind\":\"relay\",\"what\":\"x\"},{\"kind\":\"server\",\"what\":\"1\"}]", 1, FALSE, "1" },
  { "wrong-types", "[7,{\"kind\":3,\"what\":[]},{\"kind\":\"server\",\"what\":\"1\",\"time\":\"now\"}]", 1, FALSE, "1" },
  { "object", "{}", 0, TRUE, NULL },
  { "format-1", "{\"format\":1,\"entries\":[{\"kind\":\"server\",\"what\":\"1\"}]}", 1, FALSE, "1" },
  { "format-1-no-entries", "{\"format\":1}", 0, FALSE, NULL },
  { "format-2", "{\"format\":2,\"entries\":[{\"kind\":\"server\",\"what\":\"1\"}]}", 0, FALSE, NULL },
  { "profile-wins", "[{\"kind\":\"connection\",\"what\":\"ws://a\",\"profile\":{\"url\":\"ws://b\"}}]", 1, FALSE, "ws://b" },
  { "profile-broken", "[{\"kind\":\"connection\",\"what\":\"ws://a\",\"profile\":[]}]", 1, FALSE, "ws://a" },
  { "old-with-token", "[{\"kind\":\"connection\",\"what\":\"ws://a/?token=x\"}]", 1, FALSE, "ws://a/?token=" },
  { "cut", "[{\"kind\":\"server\",\"wh", 0, TRUE, NULL },
  { "nothing", "", 0, TRUE, NULL },
  { "garbage", "\xff\xfe\x01", 0, TRUE, NULL },
};

static char *
make_path (char **dir)
{
  *dir = g_dir_make_tmp ("sky-recent-XXXXXX", NULL);
  return g_build_filename (*dir, "deeper", "recent.json", NULL);
}

static void
written (void)
{
  g_assert_true (sky_keep_writer_wait (10 * G_USEC_PER_SEC));
}

/* Whom a list tells what went wrong. */
static void
on_told (gpointer owner, const GError *error)
{
  g_object_set_data_full (owner, "said", g_strdup (error->message), g_free);
}

static void
clean (const char *dir, const char *path)
{
  g_autofree char *aside = g_strconcat (path, ".bad", NULL);
  g_autofree char *deeper = g_path_get_dirname (path);

  written ();
  g_unlink (path);
  g_unlink (aside);
  g_rmdir (deeper);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static void
test_read (gconstpointer data)
{
  const Vector *v = data;
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *aside = g_strconcat (path, ".bad", NULL);
  g_autofree char *deeper = g_path_get_dirname (path);
  g_autoptr(SkyRecent) recent = NULL;

  g_mkdir (deeper, 0700);
  g_assert_true (g_file_set_contents (path, v->text, -1, NULL));
  recent = sky_recent_new (path);
  g_assert_cmpuint (sky_recent_get_n (recent), ==, v->n);
  g_assert_cmpint (g_file_test (aside, G_FILE_TEST_EXISTS), ==, v->aside);
  g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, !v->aside);
  if (v->first != NULL)
    g_assert_cmpstr (sky_recent_get (recent, 0)->what, ==, v->first);
  clean (dir, path);
}

static void
test_write (void)
{
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  SkyRecent *recent = sky_recent_new (path);
  GStatBuf info;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *port = g_strdup_printf ("%u", i);

      sky_recent_add (recent, SKY_RECENT_HOST, port, NULL);
    }
  sky_recent_add (recent, SKY_RECENT_CLIENT, "ws://ü/\"?a=b", "websocket");
  sky_recent_add (recent, SKY_RECENT_HOST, "15", NULL);
  g_assert_cmpuint (sky_recent_get_n (recent), ==, 12);
  sky_recent_free (recent);

  written ();
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  recent = sky_recent_new (path);
  g_assert_cmpuint (sky_recent_get_n (recent), ==, 12);
  g_assert_cmpstr (sky_recent_get (recent, 0)->what, ==, "15");
  g_assert_cmpstr (sky_recent_get (recent, 1)->what, ==, "ws://ü/\"?a=b");
  g_assert_cmpstr (sky_recent_get (recent, 1)->protocol, ==, "websocket");
  g_assert_cmpint (sky_recent_get (recent, 1)->kind, ==, SKY_RECENT_CLIENT);
  g_assert_cmpstr (sky_recent_get (recent, 2)->what, ==, "19");
  g_assert_cmpint (sky_recent_get (recent, 0)->time_sec, >, 0);
  sky_recent_clear (recent, NULL);
  sky_recent_free (recent);

  recent = sky_recent_new (path);
  g_assert_cmpuint (sky_recent_get_n (recent), ==, 0);
  sky_recent_free (recent);
  clean (dir, path);
}

static SkyProfile *
make_profile (void)
{
  SkyProfile *profile = sky_profile_new ("http://h/chat?token=s3cret1");

  profile->headers = g_strsplit ("Authorization: Bearer s3cret2|X-Plain: yes", "|", -1);
  profile->auth = g_strdup ("{\"token\":\"s3cret3\"}");
  profile->user = g_strdup ("ann:s3cret4");
  profile->path = g_strdup ("/my.io/");
  return profile;
}

static char *
read_all (const char *path)
{
  char *text = NULL;

  written ();
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
assert_whole (const SkyRecentEntry *entry, guint n_missing)
{
  g_auto(GStrv) missing = NULL;
  g_autoptr(SkyProfile) profile = sky_recent_entry_make_profile (entry, &missing);

  g_assert_cmpuint (g_strv_length (missing), ==, n_missing);
  g_assert_cmpstr (profile->path, ==, "/my.io/");
  g_assert_cmpstr (profile->headers[1], ==, "X-Plain: yes");
  g_assert_cmpstr (profile->url, ==, n_missing > 0 ? "http://h/chat?token=" : "http://h/chat?token=s3cret1");
  g_assert_cmpstr (profile->headers[0], ==, n_missing > 0 ? "Authorization:" : "Authorization: Bearer s3cret2");
}

/* A whole profile comes back, but its secrets only as long as the program runs. */
static void
test_secrets_stay_out (void)
{
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *text = NULL, *id = NULL;
  g_autoptr(SkyProfile) profile = make_profile ();
  SkyRecent *recent = sky_recent_new (path);

  id = g_strdup (sky_recent_add_client (recent, profile, NULL)->id);
  assert_whole (sky_recent_find (recent, id), 0);
  sky_recent_free (recent);
  text = read_all (path);
  g_assert_null (strstr (text, "s3cret"));

  recent = sky_recent_new (path);
  assert_whole (sky_recent_find (recent, id), 4);
  sky_recent_remove (recent, id, NULL);
  g_assert_null (sky_recent_find (recent, id));
  sky_recent_free (recent);
  clean (dir, path);
}

static void
test_saved (void)
{
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *text = NULL, *first = NULL, *second = NULL;
  g_autoptr(SkyProfile) profile = make_profile ();
  SkySaved *saved = sky_saved_new (path);
  g_autoptr(JsonObject) secrets = NULL;
  SkyRecentEntry *removed;

  first = g_strdup (sky_saved_add (saved, "Zebra", profile, NULL)->id);
  secrets = sky_recent_entry_write_secrets (sky_saved_find (saved, first));
  second = g_strdup (sky_saved_add (saved, "apple", profile, NULL)->id);
  g_assert_cmpstr (sky_saved_get (saved, 0)->name, ==, "Zebra");
  sky_saved_rename (saved, first, "zoo", NULL);
  sky_saved_update (saved, second, NULL, NULL);
  sky_saved_free (saved);
  text = read_all (path);
  g_assert_null (strstr (text, "s3cret"));
  g_assert_nonnull (strstr (text, "\"format\" : 1"));

  saved = sky_saved_new (path);
  g_assert_null (sky_saved_get_trouble (saved));
  g_assert_cmpuint (sky_saved_get_n (saved), ==, 2);
  g_assert_cmpstr (sky_saved_get (saved, 0)->name, ==, "apple");
  g_assert_cmpstr (sky_saved_get (saved, 1)->name, ==, "zoo");
  assert_whole (sky_saved_find (saved, first), 4);
  sky_saved_read_secrets (saved, first, secrets);
  assert_whole (sky_saved_find (saved, first), 0);

  removed = sky_recent_entry_copy (sky_saved_find (saved, first));
  sky_saved_remove (saved, first, NULL);
  g_assert_null (sky_saved_find (saved, first));
  sky_saved_restore (saved, removed, NULL);
  assert_whole (sky_saved_find (saved, first), 0);
  sky_recent_entry_free (removed);
  sky_saved_free (saved);
  clean (dir, path);
}

static guint
count_missing (const SkyRecentEntry *entry)
{
  g_auto(GStrv) missing = NULL;
  g_autoptr(SkyProfile) profile = sky_recent_entry_make_profile (entry, &missing);

  return g_strv_length (missing);
}

/* Somebody edits the file: what was kept for one server is not said to another, until a person says that it is its. */
static void
test_led_elsewhere (void)
{
  static const struct
  {
    const char *url;
    gboolean    same;
    gboolean    old; /* as the first versions stored them: they may be anybody's */
  } moves[] = {
    { "http://one.test/other?a=1", TRUE }, { "ws://ONE.test:80", TRUE },    { "http://two.test", FALSE },
    { "https://one.test", FALSE },         { "http://one.test:81", FALSE }, { "no address", FALSE },
    { "http://one.test", TRUE, TRUE },     { "http://two.test", TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    {
      g_autoptr(SkyProfile) profile = sky_profile_new ("http://one.test");
      g_autoptr(JsonObject) given = json_object_new (), file = NULL, kept = NULL;
      g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
      SkyRecentEntry *entry, *again;

      profile->admin_password = g_strdup ("s3cret");
      entry = sky_recent_entry_new_client (SKY_RECENT_SAVED, profile);
      kept = sky_recent_entry_write_secrets (entry);
      if (moves[i].old)
        json_object_remove_member (kept, "origin");
      file = sky_recent_entry_write (entry);
      json_object_set_string_member (json_object_get_object_member (file, "profile"), "url", moves[i].url);
      json_node_set_object (node, file);
      again = sky_recent_entry_read (node);
      g_assert_cmpuint (g_strv_length (again->secret), ==, 1);
      g_assert_cmpuint (count_missing (again), ==, 1);
      sky_recent_entry_read_secrets (again, kept);
      g_assert_cmpuint (count_missing (again), ==, moves[i].same ? 0 : 1);
      json_object_set_string_member (given, again->secret[0], "other");
      sky_recent_entry_learn (again, given);
      g_assert_cmpuint (count_missing (again), ==, 0);
      sky_recent_entry_free (again);
      sky_recent_entry_free (entry);
    }
}

/* What another version wrote is there after we wrote. */
static void
test_unknown_survives (void)
{
  static const char text[] = "{\"format\":1,\"theme\":\"red\",\"entries\":[{\"kind\":\"saved\",\"id\":\"i\",\"name\":\"n\","
                             "\"what\":\"ws://a\",\"icon\":\"star\",\"profile\":{\"url\":\"ws://a\",\"pigeon\":7}},"
                             "{\"kind\":\"relay\",\"what\":\"later\"}]}";
  static const char *const kept[] = { "theme", "star", "pigeon", "later", "renamed" };
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *deeper = g_path_get_dirname (path);
  g_autofree char *after = NULL;
  SkySaved *saved;

  g_mkdir (deeper, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  saved = sky_saved_new (path);
  g_assert_cmpuint (sky_saved_get_n (saved), ==, 1);
  sky_saved_rename (saved, "i", "renamed", NULL);
  sky_saved_free (saved);
  after = read_all (path);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    g_assert_nonnull (strstr (after, kept[i]));
  clean (dir, path);
}

static void
test_newer_is_left_alone (void)
{
  static const char text[] = "{\"format\":2,\"entries\":{}}";
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *deeper = g_path_get_dirname (path);
  g_autofree char *after = NULL;
  g_autoptr(SkyProfile) profile = make_profile ();
  g_autoptr(GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  const SkyKeepTold told = { owner, on_told };
  SkySaved *saved;

  g_mkdir (deeper, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  saved = sky_saved_new (path);
  g_assert_nonnull (strstr (sky_saved_get_trouble (saved), path));
  sky_saved_add (saved, "n", profile, &told);
  written ();
  g_assert_cmpstr (g_object_get_data (owner, "said"), ==, sky_saved_get_trouble (saved));
  g_assert_cmpuint (sky_saved_get_n (saved), ==, 1);
  sky_saved_free (saved);
  after = read_all (path);
  g_assert_cmpstr (after, ==, text);
  clean (dir, path);
}

/* Broken once, and again: both are there to be looked at. */
static void
test_aside_twice (void)
{
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *deeper = g_path_get_dirname (path);
  g_autofree char *second = g_strconcat (path, ".bad2", NULL), *text = NULL;

  g_mkdir (deeper, 0700);
  for (guint i = 0; i < 2; i++)
    {
      SkySaved *saved;

      g_assert_true (g_file_set_contents (path, i == 0 ? "one" : "two", -1, NULL));
      saved = sky_saved_new (path);
      g_assert_nonnull (sky_saved_get_trouble (saved));
      sky_saved_free (saved);
    }
  text = read_all (second);
  g_assert_cmpstr (text, ==, "two");
  g_unlink (second);
  clean (dir, path);
}

static void
test_unwritable (void)
{
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *deeper = g_path_get_dirname (path);
  g_autoptr(SkyRecent) recent = sky_recent_new (path);
  g_autoptr(GObject) owner = g_object_new (G_TYPE_OBJECT, NULL);
  const SkyKeepTold told = { owner, on_told };
  g_autoptr(SkyProfile) profile = make_profile ();

  g_assert_true (g_file_set_contents (deeper, "a file where a folder should be", -1, NULL));
  sky_recent_add_client (recent, profile, &told);
  written ();
  g_assert_nonnull (strstr (g_object_get_data (owner, "said"), deeper));
  g_assert_cmpuint (sky_recent_get_n (recent), ==, 1);
  g_unlink (deeper);
  g_rmdir (dir);
}

/* "c" a connection, "k" a kept capture, "u" one in use; each a second older than the one before. */
typedef struct
{
  const char *have, *shown;
} Mix;

static const Mix mixes[] = {
  { "", "" },
  { "ck", "ck" },
  { "kc", "kc" },
  { "ukuc", "kc" },
  { "kkkkkkkkkk", "kkkkkkkk" },
  { "cccccccccc", "cccccccc" },
  { "kkkkkkkkkkcccccccccc", "kkkkcccc" },
  { "cccccccccckkkkkkkkkk", "cccckkkk" },
  { "kkkkkkkkkkc", "kkkkkkkc" },
  { "ccccccccccck", "ccccccck" },
  { "kckckckckckckckckckc", "kckckckc" },
};

static void
test_mix (gconstpointer data)
{
  const Mix *v = data;
  g_autofree char *dir = NULL;
  g_autofree char *path = make_path (&dir);
  g_autofree char *deeper = g_path_get_dirname (path);
  g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_kept_free);
  g_autoptr(GString) text = g_string_new ("["), shown = g_string_new (NULL);
  g_autoptr(GPtrArray) mixed = NULL;
  g_autoptr(SkyRecent) recent = NULL;

  for (guint i = 0; v->have[i] != '\0'; i++)
    {
      SkyKept *one = g_new0 (SkyKept, 1);

      one->path = g_strdup ("/captures/a b.pcapng");
      one->name = g_strdup ("a:1");
      one->time_sec = 1000 - i;
      one->len = 77;
      one->in_use = v->have[i] == 'u';
      if (v->have[i] != 'c')
        g_ptr_array_add (kept, one);
      else
        {
          sky_kept_free (one);
          g_string_append_printf (text, "%s{\"kind\":\"server\",\"what\":\"%u\",\"time\":%u}",
                                  text->len > 1 ? "," : "", i, 1000 - i);
        }
    }
  g_string_append_c (text, ']');
  g_mkdir (deeper, 0700);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
  recent = sky_recent_new (path);
  mixed = sky_recent_mix (recent, kept, 8);
  for (guint i = 0; i < mixed->len; i++)
    {
      const SkyRecentEntry *entry = mixed->pdata[i];

      g_string_append_c (shown, entry->kind == SKY_RECENT_KEPT ? 'k' : 'c');
      if (entry->kind != SKY_RECENT_KEPT)
        continue;
      g_assert_cmpstr (entry->what, ==, "file:///captures/a%20b.pcapng");
      g_assert_cmpstr (entry->name, ==, "a:1");
      g_assert_cmpuint (entry->len, ==, 77);
    }
  g_assert_cmpstr (shown->str, ==, v->shown);
  clean (dir, path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/recent/read/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_read);
    }
  for (guint i = 0; i < G_N_ELEMENTS (mixes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/recent/mix/%u-%s", i, mixes[i].have);

      g_test_add_data_func (path, &mixes[i], test_mix);
    }
  g_test_add_func ("/recent/write", test_write);
  g_test_add_func ("/recent/unwritable", test_unwritable);
  g_test_add_func ("/recent/secrets-stay-out", test_secrets_stay_out);
  g_test_add_func ("/recent/saved", test_saved);
  g_test_add_func ("/recent/led-elsewhere", test_led_elsewhere);
  g_test_add_func ("/recent/unknown-survives", test_unknown_survives);
  g_test_add_func ("/recent/newer-is-left-alone", test_newer_is_left_alone);
  g_test_add_func ("/recent/aside-twice", test_aside_twice);
  return g_test_run ();
}

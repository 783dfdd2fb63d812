#include "peer/rules/rules-draft.h"

#include <glib/gstdio.h>
#include <string.h>

#include "peer/rules/rules-edit.h"

#include "wait.h"

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)

/* One member of `server` is set to @json, or taken away, and this becomes of the text. */
typedef struct
{
  const char *name, *text, *member, *json, *becomes; /* @becomes: NULL: refused, with @refusal in the sentence */
  const char *refusal;
} Edit;

static const Edit edits[] = {
  { "value", "{\"server\":{\"port\":1,\"cors\":\"*\"}}", "port", "3000", "{\"server\":{\"port\":3000,\"cors\":\"*\"}}" },
  { "spelling", "{ \"n\\u0061me\" : 1.50 ,\n\t\"server\" : { \"port\" : 1 } , \"x\":[ ] }\n", "port", "2",
    "{ \"n\\u0061me\" : 1.50 ,\n\t\"server\" : { \"port\" : 2 } , \"x\":[ ] }\n" },
  { "escaped", "{\"s\\u0065rver\":{\"p\\u006frt\":1}}", "port", "2", "{\"s\\u0065rver\":{\"p\\u006frt\":2}}" },
  { "last-of-two", "{\"server\":{\"port\":1,\"port\":2}}", "port", "3", "{\"server\":{\"port\":1,\"port\":3}}" },
  { "bigger", "{\"server\":{\"tls\":\"self-signed\"},\"a\":1}", "tls", "{\"cert\":\"c\",\"key\":\"k\"}",
    "{\"server\":{\"tls\":{\"cert\":\"c\",\"key\":\"k\"}},\"a\":1}" },
  { "append-tight", "{\"server\":{\"port\":1}}", "cors", "\"*\"", "{\"server\":{\"port\":1,\"cors\":\"*\"}}" },
  { "append-line", "{ \"server\": { \"port\": 1 } }", "cors", "\"*\"", "{ \"server\": { \"port\": 1, \"cors\": \"*\" } }" },
  { "append-lines", "{\n  \"server\": {\n    \"port\": 1\n  }\n}\n", "cors", "\"*\"",
    "{\n  \"server\": {\n    \"port\": 1,\n    \"cors\": \"*\"\n  }\n}\n" },
  { "append-third", "{ \"server\": { \"port\": 1,  \"path\" :\"/\" } }", "cors", "[]",
    "{ \"server\": { \"port\": 1,  \"path\" :\"/\",  \"cors\" :[] } }" },
  { "append-comma-in-text", "{ \"server\": { \"a,b\": \"c,d\", \"e\": \",\" } }", "f", "1",
    "{ \"server\": { \"a,b\": \"c,d\", \"e\": \",\", \"f\": 1 } }" },
  { "append-empty", "{ \"server\": {} }", "cors", "\"*\"", "{ \"server\": { \"cors\": \"*\" } }" },
  { "no-server", "{\n  \"name\": \"N\",\n  \"namespaces\": {}\n}", "port", "1",
    "{\n  \"name\": \"N\",\n  \"server\": { \"port\": 1 },\n  \"namespaces\": {}\n}" },
  { "no-server-first", "{\"onOpen\":[]}", "protocol", "\"websocket\"",
    "{\"server\": { \"protocol\": \"websocket\" }, \"onOpen\":[]}" },
  { "no-server-last", "{ \"name\": \"server\" }", "port", "1", "{ \"name\": \"server\", \"server\": { \"port\": 1 } }" },
  { "empty-object", "{}\n", "port", "1", "{\n  \"server\": { \"port\": 1 }\n}\n" },
  { "nothing", " \n", "port", "1", "{\n  \"server\": { \"port\": 1 }\n}\n" },
  { "remove-first", "{\"server\":{\"port\":1, \"cors\":\"*\"}}", "port", NULL, "{\"server\":{\"cors\":\"*\"}}" },
  { "remove-last", "{\"server\":{\"port\":1 ,\n \"cors\":\"*\" }}", "cors", NULL, "{\"server\":{\"port\":1 }}" },
  { "remove-mid", "{\"server\":{\"a\":1, \"b\":[2,3], \"c\":4}}", "b", NULL, "{\"server\":{\"a\":1, \"c\":4}}" },
  { "remove-only", "{\"server\":{ \"port\": 1 },\"a\":2}", "port", NULL, "{\"server\":{},\"a\":2}" },
  { "remove-none", "{\"server\":{\"port\":1}}", "cors", NULL, "{\"server\":{\"port\":1}}" },
  { "remove-no-server", "{ }", "cors", NULL, "{ }" },
  { "utf8", "{\"name\":\"ü, “x”\",\"server\":{\"path\":\"/ä\"}}", "path", "\"/ö/\"", "{\"name\":\"ü, “x”\",\"server\":{\"path\":\"/ö/\"}}" },
  { "broken", "{\n\"server\": {\"port\": 1,}\n}", "port", "2", NULL, "line 2" },
  { "cut", "{\"server\":{\"port\":1}", "port", "2", NULL, "line 1" },
  { "list", "[]", "port", "2", NULL, "object" },
  { "odd-server", "{\"server\":5}", "port", "2", NULL, "server" },
  { "odd-value", "{\"server\":{}}", "port", "2,", NULL, "JSON" },
};

static void
test_edit (gconstpointer data)
{
  const Edit *e = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = sky_rules_edit_server (e->text, e->member, e->json, &error), *found = NULL;

  g_assert_cmpstr (text, ==, e->becomes);
  if (e->becomes == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_nonnull (strstr (error->message, e->refusal));
      return;
    }
  g_assert_no_error (error);
  found = sky_rules_edit_find_server (text, e->member);
  g_assert_cmpstr (found, ==, e->json);
}

/* No cut of a text makes the edit read beyond it, or do anything to a text with a mistake. */
static void
test_edit_cuts (gconstpointer data)
{
  const Edit *e = data;

  for (gsize cut = 0; cut < strlen (e->text); cut++)
    {
      g_autofree char *part = g_strndup (e->text, cut), *text = sky_rules_edit_server (part, e->member, e->json, NULL);
      SkyJsonValue root;

      if (text != NULL)
        g_assert_true (sky_json_parse (text, strlen (text), &root, NULL, NULL));
    }
}

static void
count (SkyRulesDraft *draft, guint *n)
{
  ++*n;
}

#define RULES(answer) "{\"namespaces\":{\"/\":{\"on\":{\"q\":[{\"ack\":[" answer "]}]}}}}"

/* What is typed, and what becomes of it: whether there is a problem, where, and whose rules hold. */
typedef struct
{
  const char *text;
  guint       line, column; /* 0: none */
  const char *part;   /* of the sentence; NULL: no problem */
  gboolean    played; /* the host plays it */
} Typed;

static const Typed typed[] = {
  { RULES ("1"), 0, 0, NULL, TRUE },
  { "{\"namespaces\":{\"/\":{\"on\":5}}}", 1, 26, "namespaces./.on", FALSE },
  { "{\n  \"ü\": 1,\n}", 2, 9, "comma", FALSE },
  { "{", 1, 2, "ends", FALSE },
  { RULES ("2"), 0, 0, NULL, TRUE },
  { "{\"server\":{\"protocol\":\"websocket\"}}", 0, 0, "stop it first", FALSE },
  { RULES ("2"), 0, 0, NULL, TRUE },
  { " \n", 0, 0, NULL, TRUE },
  { "5", 1, 1, "object", FALSE },
};

static void
test_judge (void)
{
  g_autoptr(SkyHost) host = sky_host_new (NULL, NULL);
  g_autoptr(SkyRulesDraft) draft = sky_rules_draft_new (host, RULES ("0"));
  g_autofree char *before = NULL;
  guint n_judged = 0, n_changed = 0;
  SkyRulesProblem problem;

  g_signal_connect (draft, "judged", G_CALLBACK (count), &n_judged);
  g_signal_connect (draft, "changed", G_CALLBACK (count), &n_changed);
  g_assert_cmpstr (sky_host_get_rules (host), ==, RULES ("0"));
  sky_peer_start (SKY_PEER (host));
  for (guint i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      const Typed *t = &typed[i];

      g_free (before);
      before = g_strdup (sky_host_get_rules (host));
      sky_rules_draft_set_text (draft, t->text);
      g_assert_cmpuint (n_judged, ==, i + 1);
      g_assert_cmpstr (sky_rules_draft_get_text (draft), ==, t->text);
      g_assert_true (sky_rules_draft_is_modified (draft));
      g_assert_cmpint (sky_rules_draft_get_problem (draft, &problem), ==, t->part != NULL);
      g_assert_cmpstr (sky_host_get_rules (host), ==,
                       !t->played               ? before
                       : g_str_equal (t->text, " \n") ? NULL
                                                      : t->text);
      if (t->part == NULL)
        continue;
      g_assert_nonnull (strstr (problem.message, t->part));
      g_assert_cmpuint (problem.line, ==, t->line);
      g_assert_cmpuint (problem.column, ==, t->column);
    }
  g_assert_cmpuint (n_changed, ==, 0);
  sky_rules_draft_revert (draft);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_false (sky_rules_draft_is_modified (draft));
  g_assert_cmpstr (sky_host_get_rules (host), ==, RULES ("0"));
}

/* Rules for another protocol wait until the server has stopped, and hold when it starts again. */
static void
test_protocol (void)
{
  const char *other = "{\"server\":{\"protocol\":\"websocket\"}}";
  g_autoptr(SkyHost) host = sky_host_new (NULL, NULL);
  g_autoptr(SkyRulesDraft) draft = g_object_ref (sky_rules_draft_of (host));
  g_autoptr(GError) error = NULL;
  guint n_judged = 0;

  g_assert_true (sky_rules_draft_of (host) == draft);
  g_assert_cmpstr (sky_rules_draft_get_text (draft), ==, "");
  sky_peer_start (SKY_PEER (host));
  sky_rules_draft_set_text (draft, other);
  g_assert_true (sky_rules_draft_get_problem (draft, NULL));
  g_signal_connect (draft, "judged", G_CALLBACK (count), &n_judged);
  sky_peer_stop (SKY_PEER (host));
  WAIT (sky_peer_get_state (SKY_PEER (host)) == SKY_PEER_CLOSED);
  g_assert_cmpuint (n_judged, ==, 1);
  g_assert_false (sky_rules_draft_get_problem (draft, NULL));
  sky_peer_start (SKY_PEER (host));
  g_assert_cmpint (sky_host_get_options (host)->protocol, ==, SKY_PROTOCOL_WEBSOCKET);
  g_clear_object (&host);
  g_assert_null (sky_rules_draft_get_host (draft));
  sky_rules_draft_set_text (draft, "{");
}

static void
test_server (void)
{
  g_autoptr(SkyHost) host = sky_host_new (NULL, NULL);
  SkyRulesDraft *draft = sky_rules_draft_new (host, RULES ("1"));
  g_autofree char *port = NULL, *kept = NULL, *cors = NULL;
  g_autoptr(GError) error = NULL;
  guint n_changed = 0;

  sky_rules_draft_keep (draft);
  g_assert_true (sky_rules_draft_of (host) == draft);
  g_signal_connect (draft, "changed", G_CALLBACK (count), &n_changed);
  g_assert_true (sky_rules_draft_set_server (draft, "port", "3210", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpuint (sky_host_get_options (host)->port, ==, 3210);
  port = sky_rules_draft_get_server (draft, "port");
  g_assert_cmpstr (port, ==, "3210");
  g_assert_false (sky_rules_draft_set_server (draft, "port", "99999", &error));
  g_assert_nonnull (strstr (error->message, "server.port"));
  g_clear_error (&error);
  g_assert_false (sky_rules_draft_get_problem (draft, NULL));
  sky_rules_draft_set_text (draft, "{\"server\":{\"port\":1,}}");
  g_assert_false (sky_rules_draft_set_server (draft, "port", "2", &error));
  g_assert_nonnull (strstr (error->message, "line 1"));
  kept = sky_rules_draft_get_server (draft, "port");
  g_assert_cmpstr (kept, ==, "3210");
  cors = sky_rules_draft_get_server (draft, "cors");
  g_assert_null (cors);
  g_assert_cmpuint (n_changed, ==, 1);
}

/* A folder of its own, and a draft that begins with no file. */
typedef struct
{
  char          *dir, *path;
  GFile         *file;
  SkyHost       *host;
  SkyRulesDraft *draft; /* of the host */
  gboolean       done;
  GError        *error;
} Rig;

static void
rig_set_up (Rig *rig, gconstpointer data)
{
  rig->dir = g_dir_make_tmp ("rules-draft-XXXXXX", NULL);
  rig->path = g_build_filename (rig->dir, "mine.json", NULL);
  rig->file = g_file_new_for_path (rig->path);
  rig->host = sky_host_new (NULL, NULL);
  rig->draft = sky_rules_draft_of (rig->host);
}

static void
rig_tear_down (Rig *rig, gconstpointer data)
{
  g_autoptr(GDir) dir = g_dir_open (rig->dir, 0, NULL);
  const char *name;

  g_object_unref (rig->host);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (rig->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (rig->dir);
  g_object_unref (rig->file);
  g_free (rig->path);
  g_free (rig->dir);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Rig *rig = user_data;

  sky_rules_draft_load_finish (SKY_RULES_DRAFT (source), result, &rig->error);
  rig->done = TRUE;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Rig *rig = user_data;

  sky_rules_draft_save_finish (SKY_RULES_DRAFT (source), result, &rig->error);
  rig->done = TRUE;
}

static void
load (Rig *rig, GFile *file)
{
  g_clear_error (&rig->error);
  rig->done = FALSE;
  sky_rules_draft_load_async (rig->draft, file, on_loaded, rig);
  WAIT (rig->done);
}

static void
save (Rig *rig, GFile *file)
{
  g_clear_error (&rig->error);
  rig->done = FALSE;
  sky_rules_draft_save_async (rig->draft, file, on_saved, rig);
  WAIT (rig->done);
}

static void
write_file (Rig *rig, const char *text, gssize len)
{
  g_assert_true (g_file_set_contents (rig->path, text, len, NULL));
}

static void
expect_file (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_save (Rig *rig, gconstpointer data)
{
  sky_rules_draft_set_text (rig->draft, RULES ("1"));
  g_assert_true (sky_rules_draft_is_modified (rig->draft));
  save (rig, rig->file);
  g_assert_no_error (rig->error);
  g_assert_false (sky_rules_draft_is_modified (rig->draft));
  g_assert_true (g_file_equal (sky_rules_draft_get_file (rig->draft), rig->file));
  expect_file (rig->path, RULES ("1"));
  sky_rules_draft_set_text (rig->draft, "{ mistakes are saved, too");
  save (rig, NULL);
  g_assert_no_error (rig->error);
  expect_file (rig->path, "{ mistakes are saved, too");
  g_assert_null (sky_rules_draft_get_notice (rig->draft));
}

/* What cannot be opened, and the sentence. */
static void
test_refused (Rig *rig, gconstpointer data)
{
  g_autofree char *big = g_strnfill (SKY_RULES_MAX_LEN + 1, ' ');
  g_autoptr(GFile) folder = g_file_new_for_path (rig->dir);
  const struct
  {
    const char *text;
    gssize      len;
    const char *sentence;
  } rows[] = {
    { NULL, 0, "Cannot open “mine.json”: there is no such file." },
    { "\xff{}", -1, "Cannot open “mine.json”: it is no text of UTF-8." },
    { "{}\0", 3, "Cannot open “mine.json”: it is no text of UTF-8." },
    { big, -1, "Cannot open “mine.json”: it is larger than 1 MiB." },
  };

  sky_rules_draft_set_text (rig->draft, RULES ("1"));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i].text != NULL)
        write_file (rig, rows[i].text, rows[i].len);
      load (rig, rig->file);
      g_assert_nonnull (rig->error);
      g_assert_cmpstr (rig->error->message, ==, rows[i].sentence);
      g_assert_cmpstr (sky_rules_draft_get_text (rig->draft), ==, RULES ("1"));
      g_assert_null (sky_rules_draft_get_file (rig->draft));
    }
  load (rig, folder);
  g_assert_nonnull (strstr (rig->error->message, "it is a folder"));
  save (rig, folder);
  g_assert_nonnull (strstr (rig->error->message, "Cannot save"));
  g_assert_true (sky_rules_draft_is_modified (rig->draft));
  g_clear_error (&rig->error);
}

/* A pipe is not waited for. */
static void
test_pipe (Rig *rig, gconstpointer data)
{
  g_assert_cmpint (mkfifo (rig->path, 0600), ==, 0);
  load (rig, rig->file);
  g_assert_nonnull (strstr (rig->error->message, "ordinary"));
  g_clear_error (&rig->error);
}

/* The longest file there may be, and one with a mistake, are opened. */
static void
test_load (Rig *rig, gconstpointer data)
{
  g_autofree char *big = g_strnfill (SKY_RULES_MAX_LEN, ' ');
  SkyRulesProblem problem;

  memcpy (big, "{}", 2);
  write_file (rig, big, SKY_RULES_MAX_LEN);
  load (rig, rig->file);
  g_assert_no_error (rig->error);
  g_assert_cmpuint (strlen (sky_host_get_rules (rig->host)), ==, SKY_RULES_MAX_LEN);
  write_file (rig, "{\n5}", -1);
  load (rig, rig->file);
  g_assert_no_error (rig->error);
  g_assert_true (sky_rules_draft_get_problem (rig->draft, &problem));
  g_assert_cmpuint (problem.line, ==, 2);
  g_assert_cmpuint (strlen (sky_host_get_rules (rig->host)), ==, SKY_RULES_MAX_LEN);
}

/* Another program writes the file: what a person has not touched follows, what they wrote stays. */
static void
test_follow (Rig *rig, gconstpointer data)
{
  g_autofree char *aside = g_strconcat (rig->path, "~", NULL);
  guint n_changed = 0;

  write_file (rig, RULES ("1"), -1);
  load (rig, rig->file);
  g_signal_connect (rig->draft, "changed", G_CALLBACK (count), &n_changed);
  write_file (rig, RULES ("2"), -1);
  WAIT (n_changed > 0 && g_str_equal (sky_rules_draft_get_text (rig->draft), RULES ("2")));
  g_assert_cmpstr (sky_host_get_rules (rig->host), ==, RULES ("2"));
  g_assert_nonnull (strstr (sky_rules_draft_get_notice (rig->draft), "Read “mine.json” again"));
  sky_rules_draft_set_text (rig->draft, RULES ("\"my own\""));
  write_file (rig, RULES ("3"), -1);
  WAIT (strstr (sky_rules_draft_get_notice (rig->draft), "Your text stays") != NULL);
  g_assert_cmpstr (sky_rules_draft_get_text (rig->draft), ==, RULES ("\"my own\""));
  expect_file (rig->path, RULES ("3"));
  save (rig, NULL);
  g_assert_no_error (rig->error);
  expect_file (rig->path, RULES ("\"my own\""));
  expect_file (aside, RULES ("3"));
  g_assert_nonnull (strstr (sky_rules_draft_get_notice (rig->draft), "kept as “mine.json~”"));
  g_remove (rig->path);
  WAIT (strstr (sky_rules_draft_get_notice (rig->draft), "gone from the disk") != NULL);
  g_assert_cmpstr (sky_rules_draft_get_text (rig->draft), ==, RULES ("\"my own\""));
  save (rig, NULL);
  g_assert_no_error (rig->error);
  expect_file (rig->path, RULES ("\"my own\""));
}

/* A text that was kept elsewhere is that of its file again; what a person had changed stays. */
static void
test_return (Rig *rig, gconstpointer data)
{
  guint n_changed = 0;

  write_file (rig, RULES ("1"), -1);
  g_signal_connect (rig->draft, "changed", G_CALLBACK (count), &n_changed);
  sky_rules_draft_set_text (rig->draft, RULES ("\"mine\""));
  sky_rules_draft_return_to (rig->draft, rig->file, TRUE);
  WAIT (n_changed == 1);
  g_assert_cmpstr (sky_rules_draft_get_text (rig->draft), ==, RULES ("\"mine\""));
  g_assert_true (sky_rules_draft_is_modified (rig->draft));
  g_assert_true (g_file_equal (sky_rules_draft_get_file (rig->draft), rig->file));
  sky_rules_draft_return_to (rig->draft, rig->file, FALSE);
  WAIT (n_changed == 2);
  g_assert_cmpstr (sky_rules_draft_get_text (rig->draft), ==, RULES ("1"));
  g_assert_false (sky_rules_draft_is_modified (rig->draft));
  g_remove (rig->path);
  sky_rules_draft_return_to (rig->draft, rig->file, FALSE);
  WAIT (n_changed == 3);
  g_assert_nonnull (strstr (sky_rules_draft_get_notice (rig->draft), "The text is as it was"));
  g_assert_cmpstr (sky_rules_draft_get_text (rig->draft), ==, RULES ("1"));
}

/* Its host goes while a file is read, and two saves at a time are one too many. */
static void
test_hasty (Rig *rig, gconstpointer data)
{
  gboolean second = FALSE;

  sky_rules_draft_set_text (rig->draft, RULES ("1"));
  rig->done = FALSE;
  sky_rules_draft_save_async (rig->draft, rig->file, on_saved, rig);
  {
    Rig other = { .draft = rig->draft };

    sky_rules_draft_save_async (rig->draft, rig->file, on_saved, &other);
    WAIT (other.done && rig->done);
    second = g_error_matches (other.error, G_IO_ERROR, G_IO_ERROR_PENDING);
    g_clear_error (&other.error);
  }
  g_assert_true (second);
  g_assert_no_error (rig->error);
  rig->done = FALSE;
  sky_rules_draft_load_async (rig->draft, rig->file, on_loaded, rig);
  g_clear_object (&rig->host);
  WAIT (rig->done);
  rig->host = sky_host_new (NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autofree char *path = g_strconcat ("/rules-edit/", edits[i].name, NULL);
      g_autofree char *cuts = g_strconcat ("/rules-edit-cuts/", edits[i].name, NULL);

      g_test_add_data_func (path, &edits[i], test_edit);
      g_test_add_data_func (cuts, &edits[i], test_edit_cuts);
    }
  g_test_add_func ("/rules-draft/judge", test_judge);
  g_test_add_func ("/rules-draft/protocol", test_protocol);
  g_test_add_func ("/rules-draft/server", test_server);
  g_test_add ("/rules-draft/save", Rig, NULL, rig_set_up, test_save, rig_tear_down);
  g_test_add ("/rules-draft/refused", Rig, NULL, rig_set_up, test_refused, rig_tear_down);
  g_test_add ("/rules-draft/pipe", Rig, NULL, rig_set_up, test_pipe, rig_tear_down);
  g_test_add ("/rules-draft/load", Rig, NULL, rig_set_up, test_load, rig_tear_down);
  g_test_add ("/rules-draft/follow", Rig, NULL, rig_set_up, test_follow, rig_tear_down);
  g_test_add ("/rules-draft/return", Rig, NULL, rig_set_up, test_return, rig_tear_down);
  g_test_add ("/rules-draft/hasty", Rig, NULL, rig_set_up, test_hasty, rig_tear_down);
  return g_test_run ();
}

#include "ui/rules/rules-keep.h"

#include <glib/gstdio.h>

#include "ui/kept/keep-writer.h"
#include "ui/kept/state-file.h"

#define SETTLE_MSEC 500
#define MAX_LEN     (4 * SKY_RULES_MAX_LEN) /* bytes of a file: a text can grow when it is quoted */
#define N_KEPT      24 /* files; the oldest goes */
#define N_TWINS     9  /* servers on any free port that are kept apart */

/* One draft, and its file. */
typedef struct
{
  SkyRulesDraft *draft; /* borrowed: it owns us */
  char          *path;
  char          *text, *uri; /* as they are to be written; @uri: nullable */
  const char    *first;
  gboolean       modified;
  guint          settle; /* source */
} Keep;

static GPtrArray *keeps; /* of Keep, borrowed: all that live */

static char *
get_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "sockeye", "rules", NULL);
}

static void write_file (Keep *self);

/* Returns: (nullable): whose file that is */
static Keep *
find (const char *path)
{
  for (guint i = 0; keeps != NULL && i < keeps->len; i++)
    if (g_str_equal (((Keep *) keeps->pdata[i])->path, path))
      return keeps->pdata[i];
  return NULL;
}

/* Whether it was closed, though it can still be brought back, or could not start */
static gboolean
is_at_rest (Keep *self)
{
  SkyHost *host = sky_rules_draft_get_host (self->draft);
  SkyPeerState state = host != NULL ? sky_peer_get_state (SKY_PEER (host)) : SKY_PEER_CLOSED;

  return state == SKY_PEER_CLOSED || state == SKY_PEER_FAILED || state == SKY_PEER_CLOSING;
}

/* "3000.json"; a second server on it, while the first is there, has a file of its own. */
static char *
choose_path (guint16 port, gboolean over)
{
  g_autofree char *folder = get_folder (), *path = NULL;

  for (guint i = 1; i <= N_TWINS; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strdup_printf ("%u.json", port) : g_strdup_printf ("%u-%u.json", port, i);

      g_free (path);
      path = g_build_filename (folder, name, NULL);
      if (find (path) == NULL || (over && is_at_rest (find (path))))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* Who reads the file from now on is another server: what the one that is at rest has goes elsewhere. */
static void
take_over (const char *path, guint16 port)
{
  Keep *before = find (path);
  char *twin = before != NULL ? choose_path (port, FALSE) : NULL;

  if (before == NULL)
    return;
  if (before->settle != 0)
    write_file (before);
  if (twin == NULL)
    return;
  g_free (before->path);
  before->path = twin;
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  GStatBuf left = { 0 }, right = { 0 };

  g_stat (*(char *const *) a, &left);
  g_stat (*(char *const *) b, &right);
  return left.st_mtime < right.st_mtime ? -1 : left.st_mtime > right.st_mtime;
}

static void
prune (void)
{
  g_autofree char *folder = get_folder ();
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  if (paths->len <= N_KEPT)
    return;
  g_ptr_array_sort (paths, compare_age);
  for (guint i = 0; i < paths->len - N_KEPT; i++)
    if (find (paths->pdata[i]) == NULL)
      g_unlink (paths->pdata[i]);
}

/* Returns: (nullable): what is to stand in the file; nothing if it is what a new server has anyway */
static JsonNode *
make_root (Keep *self)
{
  g_autoptr(JsonObject) object = NULL;
  JsonNode *root;

  if (self->uri == NULL && g_str_equal (self->text, self->first))
    return NULL;
  object = json_object_new ();
  root = json_node_new (JSON_NODE_OBJECT);
  json_object_set_string_member (object, "text", self->text);
  json_object_set_boolean_member (object, "modified", self->modified);
  if (self->uri != NULL)
    json_object_set_string_member (object, "file", self->uri);
  json_node_set_object (root, object);
  return root;
}

static void
write_file (Keep *self)
{
  g_autoptr(JsonNode) root = make_root (self);

  g_clear_handle_id (&self->settle, g_source_remove);
  sky_keep_writer_put (self->path, root, NULL);
}

static void
on_settled (gpointer user_data)
{
  Keep *self = user_data;

  self->settle = 0;
  write_file (self);
}

static void
take (Keep *self)
{
  GFile *file = sky_rules_draft_get_file (self->draft);

  g_free (self->text);
  g_free (self->uri);
  self->text = g_strdup (sky_rules_draft_get_text (self->draft));
  self->uri = file != NULL ? g_file_get_uri (file) : NULL;
  self->modified = sky_rules_draft_is_modified (self->draft);
}

static void
on_changed (SkyRulesDraft *draft, Keep *self)
{
  GFile *file = sky_rules_draft_get_file (draft);
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;

  if (g_str_equal (self->text, sky_rules_draft_get_text (draft)) && g_strcmp0 (self->uri, uri) == 0
      && self->modified == sky_rules_draft_is_modified (draft))
    return;
  take (self);
  if (self->settle == 0)
    self->settle = g_timeout_add_once (SETTLE_MSEC, on_settled, self);
}

static void
keep_free (gpointer data)
{
  Keep *self = data;

  if (self->settle != 0)
    write_file (self);
  g_ptr_array_remove_fast (keeps, self);
  g_free (self->path);
  g_free (self->text);
  g_free (self->uri);
  g_free (self);
}

static gboolean
has_text (JsonNode *root)
{
  return JSON_NODE_HOLDS_OBJECT (root) && sky_state_file_get_string (json_node_get_object (root), "text") != NULL;
}

/* Puts back what was kept, and the file that it belongs to. */
static void
restore (SkyRulesDraft *draft, JsonObject *object)
{
  const char *text = sky_state_file_get_string (object, "text"), *uri = sky_state_file_get_string (object, "file");
  g_autoptr(GFile) file = uri != NULL ? g_file_new_for_uri (uri) : NULL;

  sky_rules_draft_set_text (draft, text);
  if (file != NULL)
    sky_rules_draft_return_to (draft, file, json_object_get_boolean_member_with_default (object, "modified", TRUE));
}

/**
 * sky_rules_keep_draft:
 * @port: by which a person knows this server; 0 for any
 * @first: (transfer none): what a new server plays; never freed
 *
 * Gives a host its draft: what was kept for that port, or @first. From then on what becomes of it is kept.
 *
 * Returns: (transfer none): the draft, see sky_rules_draft_of()
 */
SkyRulesDraft *
sky_rules_keep_draft (SkyHost *host, guint16 port, const char *first)
{
  SkyRulesDraft *draft = sky_rules_draft_new (host, first);
  g_autofree char *path = choose_path (port, TRUE);
  g_autoptr(JsonNode) root = NULL;
  Keep *self;

  if (path != NULL)
    {
      take_over (path, port);
      root = sky_state_file_load_root (path, MAX_LEN, has_text, NULL);
    }
  sky_rules_draft_keep (draft);
  if (root != NULL)
    restore (draft, json_node_get_object (root));
  if (path == NULL)
    return draft;
  if (keeps == NULL)
    keeps = g_ptr_array_new ();
  self = g_new0 (Keep, 1);
  self->draft = draft;
  self->path = g_steal_pointer (&path);
  self->first = first;
  take (self);
  g_ptr_array_add (keeps, self);
  g_signal_connect (draft, "judged", G_CALLBACK (on_changed), self);
  g_signal_connect (draft, "changed", G_CALLBACK (on_changed), self);
  g_object_set_data_full (G_OBJECT (draft), "sky-rules-keep", self, keep_free);
  prune ();
  return draft;
}

/* The program ends: what was changed just now is given to the writer, which is to end, too. */
void
sky_rules_keep_flush (void)
{
  for (guint i = 0; keeps != NULL && i < keeps->len; i++)
    if (((Keep *) keeps->pdata[i])->settle != 0)
      write_file (keeps->pdata[i]);
}

#include "ui/recent.h"

#include "ui/state-file.h"

#define N_KEPT       12
#define MAX_FILE_LEN (1 << 20) /* bytes; a longer file is none of ours */

struct _SkyRecent
{
  char      *path;
  GPtrArray *entries; /* of SkyRecentEntry, owned */
};

static const char *const kind_ids[] = { "connection", "server", "capture" };

static void
entry_free (gpointer data)
{
  SkyRecentEntry *entry = data;

  g_free (entry->what);
  g_free (entry->protocol);
  g_free (entry->name);
  g_free (entry);
}

static SkyRecentEntry *
entry_new (SkyRecentKind kind, const char *what, const char *protocol, gint64 time_sec)
{
  SkyRecentEntry *entry = g_new0 (SkyRecentEntry, 1);

  entry->kind = kind;
  entry->what = g_strdup (what);
  entry->protocol = g_strdup (protocol);
  entry->time_sec = time_sec;
  return entry;
}

/* An entry that says nothing useful is passed over; the others are still good. */
static void
read_entry (SkyRecent *self, JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *kind = object != NULL ? sky_state_file_get_string (object, "kind") : NULL;
  const char *what = object != NULL ? sky_state_file_get_string (object, "what") : NULL;

  if (kind == NULL || what == NULL || self->entries->len >= N_KEPT)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kind_ids); i++)
    if (g_str_equal (kind, kind_ids[i]))
      g_ptr_array_add (self->entries,
                       entry_new (i, what, sky_state_file_get_string (object, "protocol"),
                                  sky_state_file_get_int (object, "time")));
}

/**
 * sky_recent_new:
 * @path: the file; it need not exist. One that cannot be understood is renamed to "….bad"
 *   beside it, for a person to look at, and the list begins empty
 *
 * Returns: (transfer full): free with sky_recent_free()
 */
SkyRecent *
sky_recent_new (const char *path)
{
  SkyRecent *self = g_new0 (SkyRecent, 1);
  g_autoptr(JsonArray) array = sky_state_file_load (path, MAX_FILE_LEN);

  self->path = g_strdup (path);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    read_entry (self, json_array_get_element (array, i));
  return self;
}

void
sky_recent_free (SkyRecent *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self->path);
  g_free (self);
}

/**
 * sky_recent_get_n:
 *
 * Returns: how many entries there are
 */
guint
sky_recent_get_n (SkyRecent *self)
{
  return self->entries->len;
}

/**
 * sky_recent_get:
 * @position: from 0, the newest
 *
 * Returns: (transfer none): the entry, until the list is changed
 */
const SkyRecentEntry *
sky_recent_get (SkyRecent *self, guint position)
{
  g_return_val_if_fail (position < self->entries->len, NULL);

  return self->entries->pdata[position];
}

static gboolean
save (SkyRecent *self, GError **error)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const SkyRecentEntry *entry = self->entries->pdata[i];

      json_builder_begin_object (builder);
      sky_state_file_add_string (builder, "kind", kind_ids[entry->kind]);
      sky_state_file_add_string (builder, "what", entry->what);
      sky_state_file_add_string (builder, "protocol", entry->protocol);
      sky_state_file_add_int (builder, "time", entry->time_sec);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return sky_state_file_save (self->path, builder, error);
}

/**
 * sky_recent_add:
 * @kind: what was opened
 * @what: see #SkyRecentEntry
 * @protocol: (nullable): see #SkyRecentEntry
 *
 * Puts it first, now, and saves the list. An entry of the same kind and words is replaced.
 *
 * Returns: %FALSE with @error if the file could not be written; the list holds the entry anyway
 */
gboolean
sky_recent_add (SkyRecent *self, SkyRecentKind kind, const char *what, const char *protocol, GError **error)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      const SkyRecentEntry *entry = self->entries->pdata[i];

      if (entry->kind == kind && g_str_equal (entry->what, what))
        g_ptr_array_remove_index (self->entries, i--);
    }
  g_ptr_array_insert (self->entries, 0, entry_new (kind, what, protocol, g_get_real_time () / G_USEC_PER_SEC));
  if (self->entries->len > N_KEPT)
    g_ptr_array_set_size (self->entries, N_KEPT);
  return save (self, error);
}

/**
 * sky_recent_clear:
 *
 * Forgets all, and saves the empty list.
 *
 * Returns: %FALSE with @error if the file could not be written
 */
gboolean
sky_recent_clear (SkyRecent *self, GError **error)
{
  g_ptr_array_set_size (self->entries, 0);
  return save (self, error);
}

static SkyRecentEntry *
entry_new_kept (const SkyKept *kept)
{
  g_autofree char *uri = g_filename_to_uri (kept->path, NULL, NULL);
  SkyRecentEntry *entry = entry_new (SKY_RECENT_KEPT, uri, NULL, kept->time_sec);

  entry->name = g_strdup (kept->name);
  entry->len = kept->len;
  return entry;
}

static int
compare_time (gconstpointer a, gconstpointer b)
{
  const SkyRecentEntry *left = *(SkyRecentEntry *const *) a, *right = *(SkyRecentEntry *const *) b;

  return left->time_sec > right->time_sec ? -1 : left->time_sec < right->time_sec;
}

/**
 * sky_recent_mix:
 * @kept: (element-type SkyKept): captures, newest first; those that somebody writes are left out
 * @most: how many entries to return at most
 *
 * Neither the connections nor the captures push the others out of their half of @most.
 *
 * Returns: (transfer container) (element-type SkyRecentEntry): both, newest first
 */
GPtrArray *
sky_recent_mix (SkyRecent *self, GPtrArray *kept, guint most)
{
  GPtrArray *mixed = g_ptr_array_new_with_free_func (entry_free);
  guint room = MAX (most / 2, most - MIN (most, self->entries->len));

  for (guint i = 0; i < kept->len && mixed->len < room; i++)
    if (!((SkyKept *) kept->pdata[i])->in_use)
      g_ptr_array_add (mixed, entry_new_kept (kept->pdata[i]));
  room = most - mixed->len;
  for (guint i = 0; i < MIN (room, self->entries->len); i++)
    {
      const SkyRecentEntry *entry = self->entries->pdata[i];

      g_ptr_array_add (mixed, entry_new (entry->kind, entry->what, entry->protocol, entry->time_sec));
    }
  g_ptr_array_sort (mixed, compare_time);
  return mixed;
}

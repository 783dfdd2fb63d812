#include "ui/kept/entry-file.h"

#include <glib/gi18n-lib.h>

#include "ui/kept/state-file.h"

#define MAX_FILE_LEN (4 << 20) /* bytes; a longer file is none of ours */

/* The first versions wrote the bare list. */
static gboolean
is_ours (JsonNode *root)
{
  if (JSON_NODE_HOLDS_ARRAY (root))
    return TRUE;
  return JSON_NODE_HOLDS_OBJECT (root) && sky_state_file_get_int (json_node_get_object (root), "format") > 0;
}

static JsonArray *
get_entries (SkyEntryFile *self, JsonNode *root)
{
  JsonNode *entries;

  if (JSON_NODE_HOLDS_ARRAY (root))
    return json_node_get_array (root);
  self->root = json_node_dup_object (root);
  self->foreign = sky_state_file_get_int (self->root, "format") > SKY_ENTRY_FILE_FORMAT;
  if (self->foreign)
    self->trouble = g_strdup_printf (_("“%s” was written by a newer Sockeye. It is left as it is."), self->path);
  entries = json_object_get_member (self->root, "entries");
  return entries != NULL && JSON_NODE_HOLDS_ARRAY (entries) && !self->foreign ? json_node_get_array (entries) : NULL;
}

static void
keep_stranger (SkyEntryFile *self, JsonNode *node)
{
  if (self->strangers == NULL)
    self->strangers = json_array_new ();
  json_array_add_element (self->strangers, json_node_copy (node));
}

/**
 * sky_entry_file_load:
 * @self: (out caller-allocates): sky_entry_file_clear() it
 * @path: it need not exist; what cannot be understood is renamed to "….bad", for a person to look at
 * @entries: (element-type SkyRecentEntry): what is read is appended here; what cannot be used is only written again
 * @most: how many to read at most
 */
void
sky_entry_file_load (SkyEntryFile *self, const char *path, GPtrArray *entries, guint most)
{
  g_autofree char *aside = NULL;
  g_autoptr(JsonNode) root = sky_state_file_load_root (path, MAX_FILE_LEN, is_ours, &aside);
  JsonArray *array;

  *self = (SkyEntryFile) { .path = g_strdup (path) };
  if (aside != NULL)
    self->trouble = g_strdup_printf (_("“%s” could not be read. It was set aside as “%s”."), path, aside);
  else if (root == NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    {
      self->trouble = g_strdup_printf (_("“%s” could not be read. It is left as it is."), path);
      self->foreign = TRUE;
    }
  array = root != NULL ? get_entries (self, root) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array) && entries->len < most; i++)
    {
      SkyRecentEntry *entry = sky_recent_entry_read (json_array_get_element (array, i));

      if (entry != NULL)
        g_ptr_array_add (entries, entry);
      else
        keep_stranger (self, json_array_get_element (array, i));
    }
}

/**
 * sky_entry_file_save:
 * @entries: (element-type SkyRecentEntry): all of them
 * @told: (nullable): whom to tell if the file cannot be written, or is not ours to write
 *
 * It is written in a moment: see keep-writer.h.
 */
void
sky_entry_file_save (SkyEntryFile *self, GPtrArray *entries, const SkyKeepTold *told)
{
  JsonArray *array;
  g_autoptr(JsonNode) node = NULL;
  g_autofree char *text = NULL;

  if (self->foreign)
    {
      g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_READ_ONLY, self->trouble);

      sky_keep_writer_refuse (error, told);
      return;
    }
  array = json_array_new ();
  for (guint i = 0; i < entries->len; i++)
    json_array_add_object_element (array, sky_recent_entry_write (entries->pdata[i]));
  for (guint i = 0; self->strangers != NULL && i < json_array_get_length (self->strangers); i++)
    json_array_add_element (array, json_array_dup_element (self->strangers, i));
  if (self->root == NULL)
    self->root = json_object_new ();
  json_object_set_int_member (self->root, "format", SKY_ENTRY_FILE_FORMAT);
  json_object_set_array_member (self->root, "entries", array);
  node = json_node_init_object (json_node_alloc (), self->root);
  text = json_to_string (node, TRUE);
  sky_keep_writer_put_text (self->path, text, told);
}

void
sky_entry_file_clear (SkyEntryFile *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->trouble, g_free);
  g_clear_pointer (&self->root, json_object_unref);
  g_clear_pointer (&self->strangers, json_array_unref);
}

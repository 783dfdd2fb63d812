#include "ui/kept/state-file.h"

#include <glib/gstdio.h>

#include "ui/kept/keep-writer.h"

#define N_ASIDE 99 /* broken files that are kept beside each other */

/* Returns: (transfer full) (nullable): the name it has now; nothing that lies there already is overwritten */
static char *
set_aside (const char *path)
{
  for (guint i = 1; i <= N_ASIDE; i++)
    {
      g_autofree char *aside = i == 1 ? g_strconcat (path, ".bad", NULL) : g_strdup_printf ("%s.bad%u", path, i);

      if (!g_file_test (aside, G_FILE_TEST_EXISTS) && g_rename (path, aside) == 0)
        return g_steal_pointer (&aside);
    }
  return NULL;
}

static JsonNode *
parse (const char *text, gsize len)
{
  g_autoptr(JsonParser) parser = json_parser_new ();

  return json_parser_load_from_data (parser, text, (gssize) len, NULL) ? json_parser_steal_root (parser) : NULL;
}

/**
 * sky_state_file_load_root:
 * @path: the file; it need not exist
 * @max_len: bytes; a longer file is none of ours
 * @is_ours: (nullable): whether its content can be used
 * @aside: (out) (nullable) (optional): if it cannot, what it was renamed to, "….bad" beside it, for a person to look at
 *
 * Returns: (transfer full) (nullable): what is in it, or will be as soon as it is written, %NULL if nothing can be used; not
 *   to be changed
 */
JsonNode *
sky_state_file_load_root (const char *path, gsize max_len, SkyStateFileCheck is_ours, char **aside)
{
  g_autofree char *text = NULL, *renamed = NULL;
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(GError) error = NULL;
  gsize len = 0;

  if (aside != NULL)
    *aside = NULL;
  if (sky_keep_writer_peek (path, &root))
    return g_steal_pointer (&root);
  if (!g_file_get_contents (path, &text, &len, &error) && g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return NULL;
  root = text != NULL && len <= max_len ? parse (text, len) : NULL;
  if (root != NULL && (is_ours == NULL || is_ours (root)))
    return g_steal_pointer (&root);
  renamed = set_aside (path);
  if (aside != NULL)
    *aside = g_steal_pointer (&renamed);
  return NULL;
}

static gboolean
is_array (JsonNode *root)
{
  return JSON_NODE_HOLDS_ARRAY (root);
}

/**
 * sky_state_file_load:
 * @path: the file; it need not exist. One that cannot be understood is renamed to "….bad"
 *   beside it, for a person to look at
 * @max_len: bytes; a longer file is none of ours
 *
 * Returns: (transfer full) (nullable): what is in it, %NULL if nothing can be used
 */
JsonArray *
sky_state_file_load (const char *path, gsize max_len)
{
  g_autoptr(JsonNode) root = sky_state_file_load_root (path, max_len, is_array, NULL);

  return root != NULL ? json_node_dup_array (root) : NULL;
}

/**
 * sky_state_file_get_string:
 *
 * Returns: (nullable) (transfer none): the member's text, %NULL if it has none
 */
const char *
sky_state_file_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/**
 * sky_state_file_get_int:
 *
 * Returns: the member's number, 0 if it has none
 */
gint64
sky_state_file_get_int (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;
}

/**
 * sky_state_file_add_string:
 * @value: (nullable): %NULL adds nothing
 */
void
sky_state_file_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
sky_state_file_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

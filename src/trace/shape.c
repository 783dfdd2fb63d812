#include "trace/shape-private.h"

#include <string.h>

#include "base/json.h"

#define MAX_NAME_LEN 128 /* bytes of a key, as spelled; longer ones are passed over */

static void
node_clear (SkyShapeNode *node)
{
  g_clear_pointer (&node->keys, g_ptr_array_unref);
  g_clear_pointer (&node->items, g_ptr_array_unref);
  g_clear_pointer (&node->name, g_free);
}

static void
node_free (gpointer data)
{
  node_clear (data);
  g_free (data);
}

/* Returns: (nullable): a node at the end of @list, or %NULL if there is no room for more */
static SkyShapeNode *
append_node (SkyShape *self, GPtrArray **list, char *name)
{
  SkyShapeNode *node;

  if (self->n_nodes >= SKY_SHAPE_MAX_NODES)
    {
      g_free (name);
      return NULL;
    }
  if (*list == NULL)
    *list = g_ptr_array_new_with_free_func (node_free);
  self->n_nodes++;
  node = g_new0 (SkyShapeNode, 1);
  node->name = name;
  g_ptr_array_add (*list, node);
  return node;
}

/* Samples of one event have their keys in the same order: @hint is where the next one probably is. */
static SkyShapeNode *
find_key (SkyShape *self, SkyShapeNode *object, const char *text, const SkyJsonValue *key, guint *hint)
{
  guint n = object->keys != NULL ? object->keys->len : 0;
  SkyShapeNode *node;
  char *name;

  for (guint i = 0; i < n; i++)
    {
      guint at = (*hint + i) % n;

      node = object->keys->pdata[at];
      if (sky_json_string_equal (text, key, node->name))
        {
          *hint = at + 1;
          return node;
        }
    }
  name = n < SKY_SHAPE_MAX_KEYS && key->len <= MAX_NAME_LEN + 2 ? sky_json_unquote (text, key, NULL) : NULL;
  node = name != NULL ? append_node (self, &object->keys, name) : NULL;
  *hint = n + 1;
  if (node == NULL)
    object->more = TRUE;
  return node;
}

static gboolean
is_binary (const char *text, const SkyJsonValue *object)
{
  SkyJsonIter iter;
  SkyJsonValue key, value;

  sky_json_iter_init (&iter, text, object);
  return sky_json_iter_next (&iter, &key, &value) && sky_json_string_equal (text, &key, "$bin")
         && value.type == SKY_JSON_STRING && !sky_json_iter_next (&iter, NULL, &value);
}

static guint
type_of (const char *text, const SkyJsonValue *value)
{
  switch (value->type)
    {
    case SKY_JSON_NULL:
      return SKY_SHAPE_NULL;
    case SKY_JSON_FALSE:
    case SKY_JSON_TRUE:
      return SKY_SHAPE_BOOLEAN;
    case SKY_JSON_NUMBER:
      return SKY_SHAPE_NUMBER;
    case SKY_JSON_STRING:
      return SKY_SHAPE_STRING;
    case SKY_JSON_ARRAY:
      return SKY_SHAPE_ARRAY;
    case SKY_JSON_OBJECT:
    default:
      return is_binary (text, value) ? SKY_SHAPE_BINARY : SKY_SHAPE_OBJECT;
    }
}

static void add_value (SkyShape *self, SkyShapeNode *node, const char *text, const SkyJsonValue *value, guint depth);

static void
add_object (SkyShape *self, SkyShapeNode *node, const char *text, const SkyJsonValue *object, guint depth)
{
  SkyJsonIter iter;
  SkyJsonValue key, value;
  guint hint = 0;

  node->n_objects++;
  sky_json_iter_init (&iter, text, object);
  while (iter.n_items < 4 * SKY_SHAPE_MAX_KEYS && sky_json_iter_next (&iter, &key, &value))
    {
      SkyShapeNode *member = find_key (self, node, text, &key, &hint);

      if (member != NULL)
        add_value (self, member, text, &value, depth);
    }
}

static void
add_items (SkyShape *self, SkyShapeNode *node, const char *text, const SkyJsonValue *array, guint depth)
{
  SkyJsonIter iter;
  SkyJsonValue value;

  sky_json_iter_init (&iter, text, array);
  while (iter.n_items < SKY_SHAPE_MAX_KEYS && sky_json_iter_next (&iter, NULL, &value))
    {
      if (node->items == NULL && append_node (self, &node->items, NULL) == NULL)
        return;
      add_value (self, node->items->pdata[0], text, &value, depth);
    }
}

/* It recurses, but no deeper than SKY_SHAPE_MAX_DEPTH. */
static void
add_value (SkyShape *self, SkyShapeNode *node, const char *text, const SkyJsonValue *value, guint depth)
{
  guint type = type_of (text, value);

  node->n_seen++;
  node->types |= type;
  if (depth >= SKY_SHAPE_MAX_DEPTH)
    return;
  if (type == SKY_SHAPE_OBJECT)
    add_object (self, node, text, value, depth + 1);
  else if (type == SKY_SHAPE_ARRAY)
    add_items (self, node, text, value, depth + 1);
}

/* Returns: (transfer full): nothing known yet */
SkyShape *
sky_shape_new (void)
{
  return g_new0 (SkyShape, 1);
}

void
sky_shape_free (SkyShape *self)
{
  node_clear (&self->args);
  g_free (self);
}

/**
 * sky_shape_add:
 * @args: (array length=len): a JSON array: the arguments, binary as {"$bin":"base64"}
 * @len: bytes
 *
 * Learns from one sample. Work is that of one walk over @args.
 *
 * Returns: whether it was such an array
 */
gboolean
sky_shape_add (SkyShape *self, const char *args, gsize len)
{
  SkyJsonValue root, value;
  SkyJsonIter iter;

  if (!sky_json_parse (args, len, &root, NULL, NULL) || root.type != SKY_JSON_ARRAY)
    return FALSE;
  self->args.n_objects++;
  sky_json_iter_init (&iter, args, &root);
  while (iter.n_items < SKY_SHAPE_MAX_KEYS && sky_json_iter_next (&iter, NULL, &value))
    {
      guint n = self->args.keys != NULL ? self->args.keys->len : 0;
      SkyShapeNode *node = iter.n_items <= n ? self->args.keys->pdata[iter.n_items - 1]
                                             : append_node (self, &self->args.keys, NULL);

      if (node == NULL)
        break;
      add_value (self, node, args, &value, 0);
    }
  return TRUE;
}

/**
 * sky_shape_get_n_args:
 *
 * Returns: the most arguments that a sample had
 */
guint
sky_shape_get_n_args (const SkyShape *self)
{
  return self->args.keys != NULL ? self->args.keys->len : 0;
}

static const SkyShapeNode *
get_member (const SkyShapeNode *object, const char *name)
{
  for (guint i = 0; object->keys != NULL && i < object->keys->len; i++)
    if (g_str_equal (((SkyShapeNode *) object->keys->pdata[i])->name, name))
      return object->keys->pdata[i];
  return NULL;
}

/**
 * sky_shape_keys:
 * @arg: position of an argument, from 0
 * @path: keys to go down by, NULL-terminated; "" stands for the items of an array
 *
 * Returns: (transfer full): the keys that the object there was seen with, in the order of their coming
 */
GStrv
sky_shape_keys (const SkyShape *self, guint arg, const char *const *path)
{
  const SkyShapeNode *node = arg < sky_shape_get_n_args (self) ? self->args.keys->pdata[arg] : NULL;
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (; node != NULL && *path != NULL; path++)
    node = **path != '\0'       ? get_member (node, *path)
           : node->items != NULL ? node->items->pdata[0]
                                 : NULL;
  for (guint i = 0; node != NULL && node->keys != NULL && i < node->keys->len; i++)
    g_strv_builder_add (names, ((SkyShapeNode *) node->keys->pdata[i])->name);
  return g_strv_builder_end (names);
}

#include "trace/detail-tree.h"

/* The detail, shared by its tree and all items of it. */
typedef struct
{
  SkyDetail *detail;
} Shared;

struct _SkyFieldItem
{
  GObject         parent_instance;
  const SkyField *field;    /* borrowed from @shared */
  Shared         *shared;   /* a reference */
  SkyFieldItem   *parent;   /* borrowed */
  GListStore     *children; /* nullable: not made before there is one */
  guint           layer;    /* ordinal of its title */
};

struct _SkyDetailTree
{
  GObject     parent_instance;
  Shared     *shared; /* a reference */
  GListStore *layers; /* of SkyFieldItem */
};

G_DEFINE_FINAL_TYPE (SkyFieldItem, sky_field_item, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE (SkyDetailTree, sky_detail_tree, G_TYPE_OBJECT)

static void
shared_clear (gpointer data)
{
  sky_detail_free (((Shared *) data)->detail);
}

static void
shared_unref (Shared *shared)
{
  g_rc_box_release_full (shared, shared_clear);
}

static void
sky_field_item_finalize (GObject *object)
{
  SkyFieldItem *self = SKY_FIELD_ITEM (object);

  g_clear_object (&self->children);
  g_clear_pointer (&self->shared, shared_unref);
  G_OBJECT_CLASS (sky_field_item_parent_class)->finalize (object);
}

static void
sky_field_item_class_init (SkyFieldItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_field_item_finalize;
}

static void
sky_field_item_init (SkyFieldItem *self)
{
}

/* Returns: (transfer none): good as long as @self */
const SkyField *
sky_field_item_get_field (SkyFieldItem *self)
{
  return self->field;
}

/* Returns: which layer it belongs to, counted from 0 at the bottom of the cake */
guint
sky_field_item_get_layer (SkyFieldItem *self)
{
  return self->layer;
}

/* Returns: (transfer none) (nullable): what it is a part of */
SkyFieldItem *
sky_field_item_get_parent (SkyFieldItem *self)
{
  return self->parent;
}

/* Returns: (transfer none) (nullable): its parts, or NULL if it has none */
GListModel *
sky_field_item_get_children (SkyFieldItem *self)
{
  return self->children != NULL ? G_LIST_MODEL (self->children) : NULL;
}

static void
sky_detail_tree_finalize (GObject *object)
{
  SkyDetailTree *self = SKY_DETAIL_TREE (object);

  g_clear_object (&self->layers);
  g_clear_pointer (&self->shared, shared_unref);
  G_OBJECT_CLASS (sky_detail_tree_parent_class)->finalize (object);
}

static void
sky_detail_tree_class_init (SkyDetailTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_detail_tree_finalize;
}

static void
sky_detail_tree_init (SkyDetailTree *self)
{
  self->layers = g_list_store_new (SKY_TYPE_FIELD_ITEM);
}

static SkyFieldItem *
add_item (SkyDetailTree *self, const SkyField *field, SkyFieldItem *parent)
{
  g_autoptr(SkyFieldItem) item = g_object_new (SKY_TYPE_FIELD_ITEM, NULL);
  guint n_layers = g_list_model_get_n_items (G_LIST_MODEL (self->layers));

  item->shared = g_rc_box_acquire (self->shared);
  item->field = field;
  item->parent = parent;
  item->layer = parent != NULL ? parent->layer : n_layers;
  if (parent != NULL && parent->children == NULL)
    parent->children = g_list_store_new (SKY_TYPE_FIELD_ITEM);
  g_list_store_append (parent != NULL ? parent->children : self->layers, item);
  return item;
}

/**
 * sky_detail_tree_new:
 * @number: of a record of @store
 *
 * Returns: (transfer full): the record taken apart; it does not follow what comes later
 */
SkyDetailTree *
sky_detail_tree_new (SkyStore *store, guint32 number)
{
  SkyDetailTree *self = g_object_new (SKY_TYPE_DETAIL_TREE, NULL);
  SkyBytesSource source = sky_store_get_source (store);
  g_autoptr(GPtrArray) open = g_ptr_array_new (); /* the last item of each depth */
  const GPtrArray *list;

  self->shared = g_rc_box_new0 (Shared);
  self->shared->detail = sky_detail_new (number, &source);
  list = self->shared->detail->fields->list;
  for (guint i = 0; i < list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (list, i);
      guint depth = MIN (field->depth, open->len);

      g_ptr_array_set_size (open, (int) depth);
      g_ptr_array_add (
          open, add_item (self, field, depth > 0 ? g_ptr_array_index (open, depth - 1) : NULL));
    }
  return self;
}

/* Returns: (transfer none): of SkyFieldItem, the lowest layer first */
GListModel *
sky_detail_tree_get_layers (SkyDetailTree *self)
{
  return G_LIST_MODEL (self->layers);
}

guint
sky_detail_tree_get_n_buffers (SkyDetailTree *self)
{
  return self->shared->detail->buffers->len;
}

/**
 * sky_detail_tree_get_buffer:
 * @title: (out) (optional): what the bytes are, translated
 *
 * Returns: (transfer none): the bytes that fields of buffer @buffer point into
 */
GBytes *
sky_detail_tree_get_buffer (SkyDetailTree *self, guint buffer, const char **title)
{
  const SkyDetailBuffer *found;

  g_return_val_if_fail (buffer < sky_detail_tree_get_n_buffers (self), NULL);

  found = g_ptr_array_index (self->shared->detail->buffers, buffer);
  if (title != NULL)
    *title = found->title;
  return found->bytes;
}

static gboolean
covers (const SkyField *field, guint buffer, gsize offset)
{
  return field->buffer == buffer && offset >= field->start && offset - field->start < field->len;
}

/* Parts may lie in another buffer than their title, so each is looked at. */
static SkyFieldItem *
find_in (GListModel *items, guint buffer, gsize offset)
{
  SkyFieldItem *best = NULL;

  for (guint i = 0; items != NULL && i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr(SkyFieldItem) item = g_list_model_get_item (items, i);
      SkyFieldItem *found = find_in (sky_field_item_get_children (item), buffer, offset);

      if (found == NULL && covers (item->field, buffer, offset))
        found = item;
      if (found != NULL && (best == NULL || found->field->len <= best->field->len))
        best = found;
    }
  return best;
}

/**
 * sky_detail_tree_find:
 *
 * Returns: (transfer none) (nullable): the narrowest field that the byte at @offset of buffer
 *   @buffer belongs to
 */
SkyFieldItem *
sky_detail_tree_find (SkyDetailTree *self, guint buffer, gsize offset)
{
  return find_in (G_LIST_MODEL (self->layers), buffer, offset);
}

#pragma once

#include "base/field.h"
#include "trace/store.h"

/* One field of a record, for a tree of rows. */
#define SKY_TYPE_FIELD_ITEM (sky_field_item_get_type ())
G_DECLARE_FINAL_TYPE (SkyFieldItem, sky_field_item, SKY, FIELD_ITEM, GObject)

const SkyField *sky_field_item_get_field (SkyFieldItem *self);
guint           sky_field_item_get_layer (SkyFieldItem *self);
SkyFieldItem   *sky_field_item_get_parent (SkyFieldItem *self);
GListModel     *sky_field_item_get_children (SkyFieldItem *self);

/**
 * SkyDetailTree:
 *
 * One record decoded whole: a GListModel of its layers, each a SkyFieldItem with its fields, and
 * the buffers that they point into.
 */
#define SKY_TYPE_DETAIL_TREE (sky_detail_tree_get_type ())
G_DECLARE_FINAL_TYPE (SkyDetailTree, sky_detail_tree, SKY, DETAIL_TREE, GObject)

SkyDetailTree *sky_detail_tree_new (SkyStore *store, guint32 number);
GListModel    *sky_detail_tree_get_layers (SkyDetailTree *self);
guint          sky_detail_tree_get_n_buffers (SkyDetailTree *self);
GBytes        *sky_detail_tree_get_buffer (SkyDetailTree *self, guint buffer, const char **title);
SkyFieldItem  *sky_detail_tree_find (SkyDetailTree *self, guint buffer, gsize offset);

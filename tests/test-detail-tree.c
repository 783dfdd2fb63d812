#include "trace/detail-tree.h"

#include "trace-talk.h"

/* A masked event: frame, packet, packet, event, over the wire and the unmasked payload. */
static SkyDetailTree *
make_tree (SkyStore *store)
{
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "a", SKY_ROLE_CLIENT);

  talk_upgrade (feed, 0);
  talk_text (feed, SKY_FROM_SERVER, 1,
             "0{\"sid\":\"s\",\"upgrades\":[],\"pingInterval\":1,\"pingTimeout\":1}");
  talk_text (feed, SKY_FROM_CLIENT, 2, "40");
  talk_text (feed, SKY_FROM_SERVER, 3, "40{\"sid\":\"t\"}");
  talk_text (feed, SKY_FROM_CLIENT, 4, "42[\"hi\",{\"a\":1}]");
  return sky_detail_tree_new (store, sky_store_get_n_records (store) - 1);
}

static void
test_buffers (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyDetailTree) tree = make_tree (store);
  const char *title;

  g_assert_cmpuint (sky_detail_tree_get_n_buffers (tree), ==, 2);
  g_assert_cmpuint (g_bytes_get_size (sky_detail_tree_get_buffer (tree, 0, &title)), ==,
                    2 + 4 + 16);
  g_assert_cmpstr (title, ==, "On the wire");
  g_assert_cmpmem (g_bytes_get_data (sky_detail_tree_get_buffer (tree, 1, NULL), NULL), 16,
                   "42[\"hi\",{\"a\":1}]", 16);
}

static void
check_item (GListModel *items, guint layer, SkyFieldItem *parent, guint *n_items)
{
  for (guint i = 0; items != NULL && i < g_list_model_get_n_items (items); i++, ++*n_items)
    {
      g_autoptr(SkyFieldItem) item = g_list_model_get_item (items, i);

      g_assert_true (sky_field_item_get_parent (item) == parent);
      g_assert_cmpuint (sky_field_item_get_layer (item), ==, parent != NULL ? layer : i);
      check_item (sky_field_item_get_children (item), parent != NULL ? layer : i, item, n_items);
    }
}

static void
test_tree (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyDetailTree) tree = make_tree (store);
  guint n_items = 0;

  check_item (sky_detail_tree_get_layers (tree), 0, NULL, &n_items);
  g_assert_cmpuint (g_list_model_get_n_items (sky_detail_tree_get_layers (tree)), >=, 3);
  g_assert_cmpuint (n_items, >, 10);
}

/* The narrowest field wins: the opcode's byte is no "frame", an argument's no "data". */
static void
test_find (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyDetailTree) tree = make_tree (store);
  SkyFieldItem *item = sky_detail_tree_find (tree, 0, 3);

  g_assert_cmpstr (sky_field_item_get_field (item)->name, ==, "Masking key");
  item = sky_detail_tree_find (tree, 1, 9);
  g_assert_cmpuint (sky_field_item_get_field (item)->start, ==, 8);
  g_assert_cmpuint (sky_field_item_get_field (item)->len, ==, 7);
  g_assert_null (sky_detail_tree_find (tree, 1, 999));
  g_assert_null (sky_detail_tree_find (tree, 9, 0));
}

/* Items outlive their tree: a list may still hold one. */
static void
test_life (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  SkyDetailTree *tree = make_tree (store);
  g_autoptr(SkyFieldItem) item = g_list_model_get_item (sky_detail_tree_get_layers (tree), 0);

  g_object_unref (tree);
  g_assert_cmpstr (sky_field_item_get_field (item)->name, ==, "WebSocket frame");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/detail-tree/buffers", test_buffers);
  g_test_add_func ("/detail-tree/tree", test_tree);
  g_test_add_func ("/detail-tree/find", test_find);
  g_test_add_func ("/detail-tree/life", test_life);
  return g_test_run ();
}

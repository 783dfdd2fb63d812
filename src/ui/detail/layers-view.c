#include "ui/detail/layers-view.h"

#include "ui/detail/hex-view.h"
#include "ui/parts/label.h"
#include "ui/parts/list-focus.h"
#include "ui/ui.h"

#define ENOUGH_FIELDS 4 /* so many are shown at first, if the record has them */

struct _SkyLayersView
{
  GtkWidget           parent_instance;
  GtkWidget          *paned;
  GtkListView        *list;
  SkyHexView         *hex;
  SkyDetailTree      *tree;      /* nullable */
  GtkSingleSelection *selection; /* nullable */
  gboolean            settling;  /* our own doing, not a person's */
};

G_DEFINE_FINAL_TYPE (SkyLayersView, sky_layers_view, GTK_TYPE_WIDGET)

static GListModel *
make_children (gpointer item, gpointer user_data)
{
  GListModel *children = sky_field_item_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *expander = gtk_tree_expander_new (),
            *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (NULL), *value = sky_label_new_cut (NULL, "value");

  gtk_widget_set_hexpand (value, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_label_new (NULL));
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), value);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

/* The colour that the layer's bytes have below, as a narrow bar before its title. */
static void
show_hue (GtkLabel *label, guint hue)
{
  const GdkRGBA *color = sky_hex_view_get_hue (hue);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes,
                          pango_attr_foreground_new ((guint16) (color->red * G_MAXUINT16),
                                                     (guint16) (color->green * G_MAXUINT16),
                                                     (guint16) (color->blue * G_MAXUINT16)));
  gtk_label_set_attributes (label, attributes);
  gtk_label_set_text (label, "▍");
  pango_attr_list_unref (attributes);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item));
  GtkTreeListRow *row = gtk_list_item_get_item (list_item);
  g_autoptr(SkyFieldItem) item = gtk_tree_list_row_get_item (row);
  const SkyField *field = sky_field_item_get_field (item);
  GtkWidget *box = gtk_tree_expander_get_child (expander), *bar = gtk_widget_get_first_child (box);
  GtkWidget *name = gtk_widget_get_next_sibling (bar), *value = gtk_widget_get_last_child (box);
  gboolean title = field->depth == 0 && !field->faulty;

  gtk_tree_expander_set_list_row (expander, row);
  show_hue (GTK_LABEL (bar), sky_field_item_get_layer (item));
  gtk_widget_set_visible (bar, title);
  gtk_label_set_text (GTK_LABEL (name), field->name);
  gtk_label_set_text (GTK_LABEL (value), field->value != NULL ? field->value : "");
  gtk_label_set_wrap (GTK_LABEL (value), field->faulty);
  gtk_label_set_ellipsize (GTK_LABEL (value),
                           field->faulty ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (value, field->faulty ? NULL : field->value);
  gtk_widget_set_css_classes (GTK_WIDGET (expander),
                              (const char *[]) { "field", title ? "title" : "part",
                                                 field->faulty ? "faulty" : NULL, NULL });
}

static void
show_field (SkyLayersView *self, SkyFieldItem *item)
{
  const SkyField *field = item != NULL ? sky_field_item_get_field (item) : NULL;

  if (field != NULL)
    sky_hex_view_set_highlight (self->hex, field->buffer, field->start, field->len,
                                sky_field_item_get_layer (item));
  else
    sky_hex_view_set_highlight (self->hex, 0, 0, 0, 0);
}

static void
on_selected (SkyLayersView *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr(SkyFieldItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (!self->settling)
    show_field (self, item);
}

/* Returns: where the tree shows @item; its titles are opened for that */
static guint
position_of (SkyLayersView *self, SkyFieldItem *item)
{
  GListModel *rows = gtk_single_selection_get_model (self->selection);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr(GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr(SkyFieldItem) here = gtk_tree_list_row_get_item (row);

      if (here == item)
        return i;
      for (SkyFieldItem *parent = sky_field_item_get_parent (item); parent != NULL;
           parent = sky_field_item_get_parent (parent))
        if (here == parent)
          gtk_tree_list_row_set_expanded (row, TRUE);
    }
  return GTK_INVALID_LIST_POSITION;
}

static void
on_byte (SkyLayersView *self, guint buffer, guint64 offset)
{
  SkyFieldItem *item
      = self->tree != NULL ? sky_detail_tree_find (self->tree, buffer, (gsize) offset) : NULL;
  guint position = item != NULL ? position_of (self, item) : GTK_INVALID_LIST_POSITION;

  if (self->selection == NULL)
    return;
  self->settling = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->settling = FALSE;
  show_field (self, item);
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

/* The ground of each layer's bytes; an outer layer's lies under that of what it carries. */
static void
mark_layers (SkyLayersView *self)
{
  GListModel *layers = sky_detail_tree_get_layers (self->tree);

  for (guint i = 0; i < g_list_model_get_n_items (layers); i++)
    {
      g_autoptr(SkyFieldItem) item = g_list_model_get_item (layers, i);
      const SkyField *field = sky_field_item_get_field (item);

      if (field->len > 0)
        sky_hex_view_add_mark (self->hex, field->buffer, field->start, field->len, i);
    }
}

/* What was chosen stands at the end of the tree: that is open, and the layers below it wait folded. */
static void
fold_lower_layers (GtkTreeListModel *rows, GListModel *layers)
{
  guint n_shown = 0;

  for (guint i = g_list_model_get_n_items (layers); i > 0; i--)
    {
      g_autoptr(GtkTreeListRow) row = gtk_tree_list_model_get_child_row (rows, i - 1);
      GListModel *children = gtk_tree_list_row_get_children (row);

      if (n_shown >= ENOUGH_FIELDS)
        gtk_tree_list_row_set_expanded (row, FALSE);
      else if (children != NULL)
        n_shown += g_list_model_get_n_items (children);
    }
}

/**
 * sky_layers_view_set_tree:
 * @tree: (nullable): the record to show
 */
void
sky_layers_view_set_tree (SkyLayersView *self, SkyDetailTree *tree)
{
  g_autoptr(GtkTreeListModel) rows = NULL;

  g_return_if_fail (SKY_IS_LAYERS_VIEW (self));

  g_set_object (&self->tree, tree);
  gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->selection);
  sky_hex_view_clear (self->hex);
  if (tree == NULL)
    return;
  for (guint i = 0; i < sky_detail_tree_get_n_buffers (tree); i++)
    {
      const char *title;
      GBytes *bytes = sky_detail_tree_get_buffer (tree, i, &title);

      sky_hex_view_add_buffer (self->hex, title, bytes);
    }
  mark_layers (self);
  gtk_widget_set_visible (gtk_paned_get_start_child (GTK_PANED (self->paned)),
                          g_list_model_get_n_items (sky_detail_tree_get_layers (tree)) > 0);
  rows = gtk_tree_list_model_new (g_object_ref (sky_detail_tree_get_layers (tree)), FALSE, TRUE,
                                  make_children, NULL, NULL);
  fold_lower_layers (rows, sky_detail_tree_get_layers (tree));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (rows));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

static void
sky_layers_view_dispose (GObject *object)
{
  SkyLayersView *self = SKY_LAYERS_VIEW (object);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->tree);
  g_clear_pointer (&self->paned, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_layers_view_parent_class)->dispose (object);
}

static void
sky_layers_view_class_init (SkyLayersViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_layers_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
scrolled (GtkWidget *child)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), child);
  return scroller;
}

static void
sky_layers_view_init (SkyLayersView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "fields");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Layers and fields"), -1);
  sky_list_focus_leave_on_tab (GTK_WIDGET (self->list));
  self->hex = SKY_HEX_VIEW (sky_hex_view_new ());
  g_signal_connect_swapped (self->hex, "byte-selected", G_CALLBACK (on_byte), self);
  self->paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  gtk_paned_set_start_child (GTK_PANED (self->paned), scrolled (GTK_WIDGET (self->list)));
  gtk_paned_set_end_child (GTK_PANED (self->paned), scrolled (GTK_WIDGET (self->hex)));
  gtk_paned_set_resize_end_child (GTK_PANED (self->paned), TRUE);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->paned), FALSE);
  gtk_widget_set_size_request (gtk_paned_get_start_child (GTK_PANED (self->paned)), -1, 80);
  gtk_widget_set_size_request (gtk_paned_get_end_child (GTK_PANED (self->paned)), -1, 80);
  gtk_widget_set_parent (self->paned, GTK_WIDGET (self));
}

/**
 * sky_layers_view_new:
 *
 * Returns: a view without a record
 */
GtkWidget *
sky_layers_view_new (void)
{
  return g_object_new (SKY_TYPE_LAYERS_VIEW, NULL);
}

#include "ui/parts/table-columns.h"

#define COLUMNS "sky-columns" /* on a view: all of them, shown or not */
#define RIGHT   "sky-right"   /* on a column: whether it is aligned so */
#define SPOKEN  "sky-spoken"  /* on a row: what it says, owned */

static GPtrArray *
get_all (GtkColumnView *view)
{
  return g_object_get_data (G_OBJECT (view), COLUMNS);
}

/* Numbers stand to the right, and so does their title: the header has no property for that. */
static void
align_title (GtkWidget *widget, const char *title)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), title))
    {
      gtk_widget_set_hexpand (widget, TRUE);
      gtk_label_set_xalign (GTK_LABEL (widget), 1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    align_title (child, title);
}

static void
insert (GtkColumnView *view, guint position, GtkColumnViewColumn *column)
{
  gtk_column_view_insert_column (view, position, column);
  if (g_object_get_data (G_OBJECT (column), RIGHT) != NULL) /* the header is the first child */
    align_title (gtk_widget_get_first_child (GTK_WIDGET (view)), gtk_column_view_column_get_title (column));
}

/**
 * sky_table_columns_add:
 * @factory: (transfer full): of its cells
 * @title: in the person's language
 * @width: logical pixels; 0 takes what is left
 * @right: whether its title is aligned as numbers are
 *
 * Returns: (transfer none): the column, the last one of @view
 */
GtkColumnViewColumn *
sky_table_columns_add (GtkColumnView *view, GtkListItemFactory *factory, const char *title, int width, gboolean right)
{
  GtkColumnViewColumn *column = gtk_column_view_column_new (title, factory);
  GPtrArray *all = get_all (view);

  if (all == NULL)
    {
      all = g_ptr_array_new_with_free_func (g_object_unref);
      g_object_set_data_full (G_OBJECT (view), COLUMNS, all, (GDestroyNotify) g_ptr_array_unref);
    }
  gtk_column_view_column_set_expand (column, width == 0);
  gtk_column_view_column_set_fixed_width (column, width > 0 ? width : -1);
  g_object_set_data (G_OBJECT (column), RIGHT, GINT_TO_POINTER (right));
  insert (view, g_list_model_get_n_items (gtk_column_view_get_columns (view)), column);
  g_ptr_array_add (all, column);
  return column;
}

/**
 * sky_table_columns_get:
 * @which: as they were added, from 0
 *
 * Returns: (transfer none): it, shown or not
 */
GtkColumnViewColumn *
sky_table_columns_get (GtkColumnView *view, guint which)
{
  return get_all (view)->pdata[which];
}

/**
 * sky_table_columns_show:
 * @which: as they were added, from 0
 *
 * Shows a column or leaves it out. It is taken out rather than hidden: GTK 4.8 keeps room for those that are hidden.
 */
void
sky_table_columns_show (GtkColumnView *view, guint which, gboolean shown)
{
  GtkColumnViewColumn *column = sky_table_columns_get (view, which);
  guint position = 0;

  if ((gtk_column_view_column_get_column_view (column) != NULL) == shown)
    return;
  if (!shown)
    {
      gtk_column_view_remove_column (view, column);
      return;
    }
  for (guint i = 0; i < which; i++)
    position += gtk_column_view_column_get_column_view (sky_table_columns_get (view, i)) != NULL;
  insert (view, position, column);
}

/**
 * sky_table_columns_speak:
 * @cell: one of the row's
 * @sentence: all that matters of the row
 *
 * Gives a row what it says to who hears it. That is a message on the accessibility bus, and so only sent when it is new.
 */
void
sky_table_columns_speak (GtkWidget *cell, const char *sentence)
{
  GtkWidget *parent = gtk_widget_get_parent (cell), *row = parent != NULL ? gtk_widget_get_parent (parent) : NULL;

  if (row == NULL || g_strcmp0 (g_object_get_data (G_OBJECT (row), SPOKEN), sentence) == 0)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
  g_object_set_data_full (G_OBJECT (row), SPOKEN, g_strdup (sentence), g_free);
}

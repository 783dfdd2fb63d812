#include "ui/timeline-columns.h"

#include "ui/ui.h"

/* What hangs on a cell */
#define ITEM_KEY    "sky-list-item"
#define COLUMN_KEY  "sky-column"
#define HANDLER_KEY "sky-changed-handler"
#define VIEW_KEY    "sky-view" /* on a factory too */

typedef struct
{
  const char *title;
  int         width;     /* logical pixels; 0: takes what is left */
  int         min_table; /* logical pixels; hidden in a narrower table */
  gboolean    right;     /* aligned so */
  gboolean    amendable; /* shows what may become known later */
  GtkWidget *(*make) (void);
  void (*show) (GtkWidget *cell, SkyRow *row, GtkListItem *item);
} Column;

static GtkWidget *
make_text (void)
{
  GtkWidget *text = gtk_inscription_new (NULL);

  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (text), GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_yalign (GTK_INSCRIPTION (text), 0);    /* an ellipsis makes the line taller */
  gtk_widget_set_valign (text, GTK_ALIGN_CENTER);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 1);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), 1);
  return text;
}

static GtkWidget *
make_number (void)
{
  GtkWidget *text = make_text ();

  gtk_inscription_set_xalign (GTK_INSCRIPTION (text), 1);
  gtk_widget_add_css_class (text, "numeric");
  gtk_widget_add_css_class (text, "dim-label");
  return text;
}

static GtkWidget *
make_time (void)
{
  GtkWidget *text = make_text ();

  gtk_widget_add_css_class (text, "numeric");
  return text;
}

static GtkWidget *
make_direction (void)
{
  return gtk_label_new (NULL);
}

static GtkWidget *
make_badge (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_halign (label, GTK_ALIGN_START);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  return label;
}

static GtkWidget *
make_data (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *text = make_text (), *ack = gtk_label_new (NULL);

  gtk_inscription_set_min_chars (GTK_INSCRIPTION (text), 9);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (text), 9);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (ack), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (text, "monospace");
  gtk_widget_add_css_class (text, "data");
  gtk_widget_add_css_class (ack, "dim-label");
  gtk_widget_add_css_class (ack, "ack");
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), ack);
  return box;
}

static void
set_text (GtkWidget *cell, const char *text)
{
  gtk_inscription_set_text (GTK_INSCRIPTION (cell), text != NULL ? text : "");
}

/* The row is read as one sentence, not cell by cell: its widget is the cell's. */
static void
speak (GtkWidget *cell, SkyRow *row)
{
  GtkWidget *parent = gtk_widget_get_parent (cell), *line = parent != NULL ? gtk_widget_get_parent (parent) : NULL;
  g_autofree char *spoken = NULL;

  if (line == NULL)
    return;
  spoken = sky_row_format_spoken (row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (line), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
show_number (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  g_autofree char *text = g_strdup_printf ("%u", sky_row_get_number (row) + 1);

  set_text (cell, text);
  speak (cell, row);
}

static void
show_time (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  g_autofree char *text = sky_row_format_time (row);

  set_text (cell, text);
}

static void
show_delta (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  GtkSelectionModel *model = gtk_column_view_get_model (g_object_get_data (G_OBJECT (cell), VIEW_KEY));
  guint position = gtk_list_item_get_position (item);
  g_autofree char *text = NULL;

  if (GTK_IS_SINGLE_SELECTION (model) && position > 0)
    {
      GListModel *list = gtk_single_selection_get_model (GTK_SINGLE_SELECTION (model));

      text = g_strdup_printf ("%.1f", sky_record_list_get_delta_usec (SKY_RECORD_LIST (list), position) / 1e3);
    }
  set_text (cell, text);
}

static void
show_direction (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  gboolean none = sky_row_get_record (row)->layer == SKY_LAYER_NOTE, in = sky_row_is_in (row);

  gtk_label_set_text (GTK_LABEL (cell), none ? "" : in ? "↓" : "↑");
  gtk_widget_set_css_classes (cell, (const char *[]) { "direction", in ? "in" : "out", NULL });
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  none ? "" : in ? _("received") : _("sent"), -1);
}

static void
show_layer (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  const SkyRecord *record = sky_row_get_record (row);
  const char *title = sky_layer_title (record->layer);
  gboolean faulty = record->faults != 0 || record->kind == SKY_KIND_ERROR;
  g_autofree char *marked = faulty ? g_strconcat ("▲ ", title, NULL) : NULL;
  g_autofree char *faults = record->faults != 0 ? sky_row_format_faults (row) : NULL;

  gtk_label_set_text (GTK_LABEL (cell), faulty ? marked : title);
  gtk_widget_set_css_classes (
      cell, (const char *[]) { "badge", faulty ? "faulty" : sky_layer_id (record->layer), NULL });
  gtk_widget_set_tooltip_text (cell, faults);
}

static void
show_namespace (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  set_text (cell, sky_row_get_summary (row)->nsp);
}

static void
show_event (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  const SkyRecord *record = sky_row_get_record (row);
  const SkySummary *summary = sky_row_get_summary (row);
  gboolean ack = record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK;
  g_autofree char *numbered = NULL;

  if (ack && summary->has_ack)
    numbered = g_strdup_printf (_("ack %" G_GUINT64_FORMAT), summary->ack);
  set_text (cell, numbered != NULL ? numbered : summary->event);
  if (record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT)
    gtk_widget_remove_css_class (cell, "dim-label");
  else
    gtk_widget_add_css_class (cell, "dim-label");
}

static void
show_data (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  GtkWidget *ack = gtk_widget_get_last_child (cell);
  g_autofree char *text = sky_row_format_ack (row);

  set_text (gtk_widget_get_first_child (cell), sky_row_get_summary (row)->data);
  gtk_widget_set_visible (ack, *text != '\0');
  if (*text != '\0')
    gtk_label_set_text (GTK_LABEL (ack), text);
}

static void
show_size (GtkWidget *cell, SkyRow *row, GtkListItem *item)
{
  g_autofree char *text = sky_row_format_size (row);

  set_text (cell, text);
}

static const Column columns[SKY_N_COLUMNS] = {
  [SKY_COLUMN_NUMBER] = { "#", 56, 0, TRUE, TRUE, make_number, show_number },
  [SKY_COLUMN_TIME] = { N_("Time"), 106, 520, FALSE, FALSE, make_time, show_time },
  [SKY_COLUMN_DELTA] = { N_("Δ ms"), 66, 680, TRUE, FALSE, make_number, show_delta },
  [SKY_COLUMN_DIRECTION] = { N_("⇅"), 32, 0, FALSE, FALSE, make_direction, show_direction },
  [SKY_COLUMN_LAYER] = { N_("Layer"), 112, 0, FALSE, TRUE, make_badge, show_layer },
  [SKY_COLUMN_NAMESPACE] = { N_("Namespace"), 92, 800, FALSE, FALSE, make_text, show_namespace },
  [SKY_COLUMN_EVENT] = { N_("Event"), 132, 0, FALSE, FALSE, make_text, show_event },
  [SKY_COLUMN_DATA] = { N_("Data"), 0, 0, FALSE, TRUE, make_data, show_data },
  [SKY_COLUMN_SIZE] = { N_("Size"), 74, 760, TRUE, FALSE, make_number, show_size },
};

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const Column *column = user_data;
  GtkWidget *cell = column->make ();

  g_object_set_data (G_OBJECT (cell), ITEM_KEY, item);
  g_object_set_data (G_OBJECT (cell), COLUMN_KEY, user_data);
  g_object_set_data (G_OBJECT (cell), VIEW_KEY, g_object_get_data (G_OBJECT (factory), VIEW_KEY));
  gtk_list_item_set_child (item, cell);
}

static void
on_changed (SkyRow *row, GtkListItem *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  const Column *column = g_object_get_data (G_OBJECT (cell), COLUMN_KEY);

  column->show (cell, row, item);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const Column *column = user_data;
  GtkWidget *cell = gtk_list_item_get_child (item);
  SkyRow *row = gtk_list_item_get_item (item);

  column->show (cell, row, item);
  if (!column->amendable)
    return;
  g_object_set_data (G_OBJECT (cell), HANDLER_KEY,
                     GSIZE_TO_POINTER (g_signal_connect (row, "changed", G_CALLBACK (on_changed), item)));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  gulong handler = cell != NULL ? GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (cell), HANDLER_KEY)) : 0;

  if (handler == 0)
    return;
  g_object_set_data (G_OBJECT (cell), HANDLER_KEY, NULL);
  g_signal_handler_disconnect (gtk_list_item_get_item (item), handler);
}

/* Numbers stand to the right, and so does the title of the column that was added last. */
static void
align_title (GtkColumnView *view)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *widget = header != NULL ? gtk_widget_get_last_child (header) : NULL;

  while (widget != NULL && !GTK_IS_LABEL (widget))
    widget = gtk_widget_get_first_child (widget);
  if (widget == NULL)
    return;
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_label_set_xalign (GTK_LABEL (widget), 1);
}

/**
 * sky_timeline_columns_add:
 * @view: over a GtkSingleSelection of a SkyRecordList
 *
 * Gives the table its columns.
 */
void
sky_timeline_columns_add (GtkColumnView *view)
{
  for (SkyColumn i = 0; i < SKY_N_COLUMNS; i++)
    {
      const Column *about = &columns[i];
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr(GtkColumnViewColumn) column = NULL;

      g_object_set_data (G_OBJECT (factory), VIEW_KEY, view);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), (gpointer) about);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), (gpointer) about);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), (gpointer) about);
      column = gtk_column_view_column_new (_(about->title), factory);
      gtk_column_view_column_set_resizable (column, i != SKY_COLUMN_DIRECTION);
      gtk_column_view_column_set_expand (column, about->width == 0);
      gtk_column_view_column_set_fixed_width (column, about->width > 0 ? about->width : -1);
      gtk_column_view_append_column (view, column);
      if (about->right)
        align_title (view);
    }
}

/**
 * sky_timeline_columns_fit:
 * @width: of the table, in logical pixels
 * @socket_io: whether there are namespaces
 *
 * Leaves out what there is no room for, the least telling first.
 */
void
sky_timeline_columns_fit (GtkColumnView *view, int width, gboolean socket_io)
{
  GListModel *list = gtk_column_view_get_columns (view);

  for (SkyColumn i = 0; i < SKY_N_COLUMNS; i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (list, i);
      gboolean visible = width >= columns[i].min_table && (i != SKY_COLUMN_NAMESPACE || socket_io);

      if (gtk_column_view_column_get_visible (column) != visible)
        gtk_column_view_column_set_visible (column, visible);
    }
}

/* Returns: (nullable): the list item that @widget shows, if it is a cell, or the first cell of a row */
static GtkListItem *
item_of (GtkWidget *widget)
{
  for (guint depth = 0; widget != NULL && depth < 3; depth++, widget = gtk_widget_get_first_child (widget))
    {
      GtkListItem *item = g_object_get_data (G_OBJECT (widget), ITEM_KEY);

      if (item != NULL)
        return item;
    }
  return NULL;
}

/**
 * sky_timeline_columns_pick:
 * @x: in @view's own coordinates
 * @position: (out): which row is there
 *
 * Returns: whether there is a row
 */
gboolean
sky_timeline_columns_pick (GtkColumnView *view, double x, double y, guint *position)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);

  for (; widget != NULL && widget != GTK_WIDGET (view); widget = gtk_widget_get_parent (widget))
    {
      GtkListItem *item = GTK_IS_LIST_VIEW (widget) ? NULL : item_of (widget);

      if (item == NULL)
        continue;
      *position = gtk_list_item_get_position (item);
      return *position != GTK_INVALID_LIST_POSITION;
    }
  return FALSE;
}

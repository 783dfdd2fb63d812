#include "ui/timeline/timeline-columns.h"

#include <inttypes.h>

#include "ui/parts/table-columns.h"
#include "ui/timeline/record-cell.h"
#include "ui/ui.h"

#define DIGIT_WIDTH 9   /* logical pixels */
#define NARROW      500 /* logical pixels; a table below this is a narrow one */

/* What hangs on a cell */
#define ITEM_KEY    "sky-list-item"
#define COLUMN_KEY  "sky-column"
#define HANDLER_KEY "sky-changed-handler"
#define VIEW_KEY    "sky-view" /* on a factory too */
#define SPOKEN_KEY  "sky-spoken" /* on a row: the number of the record that it speaks of */

typedef struct
{
  const char *title;
  int         width;     /* logical pixels; 0: takes what is left */
  int         narrow;    /* … in a narrow table */
  int         min_table; /* logical pixels; hidden in a narrower table */
  gboolean    right;     /* aligned so */
  gboolean    amendable; /* shows what may become known later */
  SkyCellLook look;
  void (*show) (SkyRecordCell *cell, SkyRow *row, GtkListItem *item);
} Column;

static const GdkRGBA layer_colors[SKY_N_LAYERS] = {
  [SKY_LAYER_TCP] = { 0.37f, 0.36f, 0.39f, 1 },  [SKY_LAYER_TLS] = { 0.37f, 0.36f, 0.39f, 1 },
  [SKY_LAYER_HTTP] = { 0.34f, 0.38f, 0.42f, 1 }, [SKY_LAYER_UPGRADE] = { 0.53f, 0.37f, 0.24f, 1 },
  [SKY_LAYER_WS] = { 0.11f, 0.44f, 0.85f, 1 },   [SKY_LAYER_EIO] = { 0.51f, 0.24f, 0.61f, 1 },
  [SKY_LAYER_SIO] = { 0.11f, 0.51f, 0.35f, 1 },  [SKY_LAYER_NOTE] = { 0.42f, 0.42f, 0.43f, 1 },
};
static const GdkRGBA fault_color = { 0.75f, 0.11f, 0.16f, 1 };
static const GdkRGBA out_color = { 0.85f, 0.35f, 0.11f, 1 }, in_color = { 0.16f, 0.48f, 0.87f, 1 };

static void
show_number (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  char text[16];

  g_snprintf (text, sizeof text, "%u", sky_row_get_number (row) + 1);
  sky_record_cell_set_text (cell, text, TRUE);
}

static void
show_time (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  g_autofree char *text = sky_row_format_time (row);

  sky_record_cell_set_text (cell, text, FALSE);
}

static void
show_delta (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  GtkSelectionModel *model
      = gtk_column_view_get_model (g_object_get_data (G_OBJECT (cell), VIEW_KEY));
  guint position = gtk_list_item_get_position (item);
  char text[32] = "";

  if (GTK_IS_SINGLE_SELECTION (model) && position > 0)
    {
      GListModel *list = gtk_single_selection_get_model (GTK_SINGLE_SELECTION (model));

      g_snprintf (text, sizeof text, "%.1f",
                  sky_record_list_get_delta_usec (SKY_RECORD_LIST (list), position) / 1e3);
    }
  sky_record_cell_set_text (cell, text, TRUE);
}

static void
show_direction (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  gboolean none = sky_row_get_record (row)->layer == SKY_LAYER_NOTE, in = sky_row_is_in (row);

  sky_record_cell_set_text (cell, none ? "" : in ? "↓" : "↑", FALSE);
  sky_record_cell_set_color (cell, in ? &in_color : &out_color);
}

static gboolean
is_faulty (const SkyRecord *record)
{
  return record->faults != 0 || record->kind == SKY_KIND_ERROR;
}

static void
show_layer (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  const SkyRecord *record = sky_row_get_record (row);
  const char *title = sky_layer_title (record->layer);
  g_autofree char *marked = sky_row_is_unheard (row) ? g_strdup (_("No listener"))
                            : is_faulty (record)     ? g_strconcat ("▲ ", title, NULL)
                                                     : NULL;

  sky_record_cell_set_text (cell, marked != NULL ? marked : title, FALSE);
  sky_record_cell_set_color (cell, marked != NULL ? &fault_color : &layer_colors[record->layer]);
}

static void
show_namespace (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  sky_record_cell_set_text (cell, sky_row_get_summary (row)->nsp, FALSE);
}

static void
show_event (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  const SkyRecord *record = sky_row_get_record (row);
  const SkySummary *summary = sky_row_get_summary (row);
  gboolean ack = record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK;
  gboolean event = record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT;
  g_autofree char *numbered = NULL;

  if (ack && summary->has_ack)
    numbered = g_strdup_printf (_("ack %" PRIu64), summary->ack);
  sky_record_cell_set_text (cell, numbered != NULL ? numbered : summary->event, !event);
}

static void
show_data (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  g_autofree char *ack = sky_row_format_ack (row);

  sky_record_cell_set_text (cell, sky_row_get_summary (row)->data, FALSE);
  sky_record_cell_set_aside (cell, ack);
}

static void
show_size (SkyRecordCell *cell, SkyRow *row, GtkListItem *item)
{
  g_autofree char *text = sky_row_format_size (row);

  sky_record_cell_set_text (cell, text, TRUE);
}

static const Column columns[SKY_N_COLUMNS] = {
  [SKY_COLUMN_NUMBER] = { "#", 58, 46, 0, TRUE, TRUE, SKY_CELL_NUMBER, show_number },
  [SKY_COLUMN_TIME] = { N_("Time"), 106, 106, NARROW, FALSE, FALSE, SKY_CELL_TEXT, show_time },
  [SKY_COLUMN_DELTA] = { N_("Δ ms"), 74, 74, 720, TRUE, FALSE, SKY_CELL_NUMBER, show_delta },
  [SKY_COLUMN_DIRECTION] = { N_("⇅"), 32, 28, 0, FALSE, FALSE, SKY_CELL_GLYPH, show_direction },
  [SKY_COLUMN_LAYER] = { N_("Layer"), 106, 96, 0, FALSE, TRUE, SKY_CELL_BADGE, show_layer },
  [SKY_COLUMN_NAMESPACE]
  = { N_("Namespace"), 92, 92, 860, FALSE, FALSE, SKY_CELL_TEXT, show_namespace },
  [SKY_COLUMN_EVENT] = { N_("Event"), 124, 96, 0, FALSE, FALSE, SKY_CELL_TEXT, show_event },
  [SKY_COLUMN_DATA] = { N_("Data"), 0, 0, 0, FALSE, TRUE, SKY_CELL_DATA, show_data },
  [SKY_COLUMN_SIZE] = { N_("Size"), 74, 74, 800, TRUE, FALSE, SKY_CELL_NUMBER, show_size },
};

/* The rules that a record breaks, or why it is flagged, for who points at its badge. */
static gboolean
on_query_tooltip (GtkWidget *cell, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                  GtkListItem *item)
{
  SkyRow *row = gtk_list_item_get_item (item);
  g_autofree char *faults = row != NULL ? sky_row_format_faults (row) : NULL;

  if (row != NULL && sky_row_is_unheard (row))
    {
      gtk_tooltip_set_text (tooltip, _("No rule of this server answers this event. Write one under Rules."));
      return TRUE;
    }
  if (faults == NULL || *faults == '\0')
    return FALSE;
  gtk_tooltip_set_text (tooltip, faults);
  return TRUE;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const Column *column = user_data;
  GtkWidget *cell = sky_record_cell_new (column->look);

  g_object_set_data (G_OBJECT (cell), ITEM_KEY, item);
  g_object_set_data (G_OBJECT (cell), COLUMN_KEY, user_data);
  g_object_set_data (G_OBJECT (cell), VIEW_KEY, g_object_get_data (G_OBJECT (factory), VIEW_KEY));
  if (column->look == SKY_CELL_BADGE)
    {
      gtk_widget_set_has_tooltip (cell, TRUE);
      g_signal_connect (cell, "query-tooltip", G_CALLBACK (on_query_tooltip), item);
    }
  gtk_list_item_set_child (item, cell);
}

static void
on_changed (SkyRow *row, GtkListItem *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  const Column *column = g_object_get_data (G_OBJECT (cell), COLUMN_KEY);

  column->show (SKY_RECORD_CELL (cell), row, item);
  g_object_set_data (G_OBJECT (gtk_widget_get_parent (gtk_widget_get_parent (cell))), SPOKEN_KEY,
                     NULL);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  const Column *column = user_data;
  GtkWidget *cell = gtk_list_item_get_child (item);
  SkyRow *row = gtk_list_item_get_item (item);

  column->show (SKY_RECORD_CELL (cell), row, item);
  if (!column->amendable)
    return;
  g_object_set_data (
      G_OBJECT (cell), HANDLER_KEY,
      GSIZE_TO_POINTER (g_signal_connect (row, "changed", G_CALLBACK (on_changed), item)));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  gulong handler
      = cell != NULL ? GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (cell), HANDLER_KEY)) : 0;

  if (handler == 0)
    return;
  g_object_set_data (G_OBJECT (cell), HANDLER_KEY, NULL);
  g_signal_handler_disconnect (gtk_list_item_get_item (item), handler);
}

static void
add_column (GtkColumnView *view, SkyColumn which)
{
  const Column *about = &columns[which];
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_object_set_data (G_OBJECT (factory), VIEW_KEY, view);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), (gpointer) about);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), (gpointer) about);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), (gpointer) about);
  column = sky_table_columns_add (view, factory, _(about->title), about->width, about->right);
  gtk_column_view_column_set_resizable (column, which != SKY_COLUMN_DIRECTION);
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
    add_column (view, i);
  sky_timeline_columns_fit (view, G_MAXINT, TRUE, 0);
}

/* A column that nobody has resized is as wide as suits the table. */
static void
suit_width (GtkColumnViewColumn *column, const Column *about, gboolean narrow)
{
  int before = narrow ? about->width : about->narrow;

  if (about->width > 0 && gtk_column_view_column_get_fixed_width (column) == before)
    gtk_column_view_column_set_fixed_width (column, narrow ? about->narrow : about->width);
}

/* Numbers get longer; what a person made wider stays so. */
static void
widen_number (GtkColumnViewColumn *column, guint32 n_records)
{
  int needed = columns[SKY_COLUMN_NUMBER].narrow;

  for (guint32 n = n_records / 1000; n > 0; n /= 10)
    needed += DIGIT_WIDTH;
  if (gtk_column_view_column_get_fixed_width (column) < needed)
    gtk_column_view_column_set_fixed_width (column, needed);
}

/**
 * sky_timeline_columns_fit:
 * @width: of the table, in logical pixels
 * @socket_io: whether there are namespaces
 * @n_records: the largest number to show
 *
 * Leaves out what there is no room for, the least telling first.
 */
void
sky_timeline_columns_fit (GtkColumnView *view, int width, gboolean socket_io, guint32 n_records)
{
  for (SkyColumn i = 0; i < SKY_N_COLUMNS; i++)
    suit_width (sky_table_columns_get (view, i), &columns[i], width < NARROW);
  widen_number (sky_table_columns_get (view, SKY_COLUMN_NUMBER), n_records);
  for (SkyColumn i = 0; i < SKY_N_COLUMNS; i++)
    sky_table_columns_show (view, i, width >= columns[i].min_table && (i != SKY_COLUMN_NAMESPACE || socket_io));
}

/* Returns: (nullable): the list item that @widget shows, if it is a cell, or the first cell of a
 * row */
static GtkListItem *
item_of (GtkWidget *widget)
{
  for (guint depth = 0; widget != NULL && depth < 3;
       depth++, widget = gtk_widget_get_first_child (widget))
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

/**
 * sky_timeline_columns_speak:
 *
 * Gives each row that is at hand its sentence, for who hears it. That is a message on the
 * accessibility bus for each, so it is done when the flow rests, not in every frame of a flood.
 */
void
sky_timeline_columns_speak (GtkColumnView *view)
{
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (view));

  while (list != NULL && !GTK_IS_LIST_VIEW (list))
    list = gtk_widget_get_prev_sibling (list);
  for (GtkWidget *line = list != NULL ? gtk_widget_get_first_child (list) : NULL; line != NULL;
       line = gtk_widget_get_next_sibling (line))
    {
      GtkListItem *item = item_of (line);
      SkyRow *row = item != NULL ? gtk_list_item_get_item (item) : NULL;
      guint number = row != NULL ? sky_row_get_number (row) + 1 : 0;
      g_autofree char *spoken = NULL;

      if (row == NULL
          || GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (line), SPOKEN_KEY)) == number)
        continue;
      spoken = sky_row_format_spoken (row);
      gtk_accessible_update_property (GTK_ACCESSIBLE (line), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken,
                                      -1);
      g_object_set_data (G_OBJECT (line), SPOKEN_KEY, GUINT_TO_POINTER (number));
    }
}

#include "ui/rooms/rooms-row.h"

#include "base/clock.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/table-columns.h"
#include "ui/rooms/rooms-name.h"
#include "ui/roster/roster-node.h"
#include "ui/roster/roster-order.h"
#include "ui/roster/roster-words.h"
#include "ui/timeline/record-cell.h"
#include "ui/ui.h"

#define NODE    "sky-node"            /* on a cell: owned while it is bound, for its row may get another place */
#define HANDLER "sky-changed-handler" /* … and the handler of that */
#define ROSTER  "sky-roster"          /* on a factory, and on a cell */
#define WATCH   "sky-watch"           /* on a factory */

#define MARGIN        2  /* rows at each end, as the place of the view is only reckoned */
#define OTHERS_A_TICK 10 /* rows out of view */

typedef enum { COLUMN_NAME, COLUMN_SOCKETS, COLUMN_RATE, N_COLUMNS } Column;

typedef struct
{
  SkyRoomsRowFunc func;
  gpointer        user_data;
} Watch;

typedef void (*ShowFunc) (GtkWidget *cell, SkyRoster *roster, SkyRosterNode *node);

static guint
count (SkyRoster *roster, SkyRosterNode *node)
{
  return sky_roster_get_n_sockets (roster, sky_roster_node_get_nsp (node), sky_roster_node_get_room (node));
}

static double
rate_of (SkyRoster *roster, SkyRosterNode *node)
{
  const char *socket = sky_roster_node_get_socket (node);

  return sky_roster_get_rate (roster, sky_roster_node_get_nsp (node),
                              socket != NULL ? NULL : sky_roster_node_get_room (node), socket, sky_clock_now_usec ());
}

/* Returns: (transfer full): all that matters of the row, in one sentence */
static char *
tell (SkyRoster *roster, SkyRosterNode *node)
{
  SkyRosterKind kind = sky_roster_node_get_kind (node);
  g_autofree char *sockets = sky_roster_count_sockets (count (roster, node));
  g_autofree char *name = NULL;
  SkyRosterSocket socket;

  if (kind == SKY_ROSTER_SPACE)
    return g_strdup_printf (_("Namespace %s, %s"), sky_roster_node_get_nsp (node), sockets);
  if (kind == SKY_ROSTER_ROOM)
    {
      name = sky_roster_quote_room (sky_roster_node_get_room (node));
      return g_strdup_printf (_("Room %s, %s"), name, sockets);
    }
  name = sky_roster_name_socket (roster, sky_roster_node_get_nsp (node), sky_roster_node_get_socket (node));
  if (!sky_roster_find_socket (roster, sky_roster_node_get_nsp (node), sky_roster_node_get_socket (node), &socket))
    return g_steal_pointer (&name);
  return g_strdup_printf (_("Socket %s, %s"), name, sky_roster_transport_title (socket.transport));
}

static void
show_socket (SkyRoomsName *name, SkyRoster *roster, SkyRosterNode *node)
{
  const char *id = sky_roster_node_get_socket (node);
  g_autofree char *alone = sky_roster_short_id (id), *brief = sky_roster_brief_id (id);
  g_autofree char *beside = NULL;
  SkyRosterSocket socket = { 0 };
  const char *glyph;
  GdkRGBA color;
  gboolean polling;

  sky_roster_find_socket (roster, sky_roster_node_get_nsp (node), id, &socket);
  polling = g_strcmp0 (socket.transport, "polling") == 0;
  glyph = sky_roster_transport_glyph (socket.transport, &color);
  beside = g_strdup_printf ("%s%s%s", socket.label != NULL ? brief : "", socket.label != NULL && polling ? " · " : "",
                            polling ? _("polling") : "");
  sky_rooms_name_set_glyph (name, glyph, &color);
  sky_rooms_name_set_text (name, socket.label != NULL ? socket.label : alone, *beside != '\0' ? beside : NULL, FALSE);
  sky_lazy_tip_set (GTK_WIDGET (name), sky_roster_transport_title (socket.transport));
}

static void
show_name (GtkWidget *expander, SkyRoster *roster, SkyRosterNode *node)
{
  SkyRoomsName *name = SKY_ROOMS_NAME (gtk_tree_expander_get_child (GTK_TREE_EXPANDER (expander)));
  SkyRosterKind kind = sky_roster_node_get_kind (node);
  gboolean is_room = kind == SKY_ROSTER_ROOM;
  const char *title = is_room ? sky_roster_node_get_room (node) : sky_roster_node_get_nsp (node);
  g_autofree char *sentence = tell (roster, node);

  if (kind == SKY_ROSTER_SOCKET)
    show_socket (name, roster, node);
  else
    {
      g_autofree char *marked = is_room ? sky_roster_mark_room (title) : g_strdup (title);

      sky_rooms_name_set_glyph (name, NULL, NULL);
      sky_rooms_name_set_text (name, marked, NULL, kind == SKY_ROSTER_SPACE);
      sky_lazy_tip_set (GTK_WIDGET (name), title);
    }
  sky_table_columns_speak (expander, sentence);
}

static void
show_count (GtkWidget *cell, SkyRoster *roster, SkyRosterNode *node)
{
  g_autofree char *text = sky_roster_node_get_kind (node) != SKY_ROSTER_SOCKET
                              ? g_strdup_printf ("%u", count (roster, node)) : NULL;

  sky_record_cell_set_text (SKY_RECORD_CELL (cell), text, FALSE);
}

static void
show_rate (GtkWidget *cell, SkyRoster *roster, SkyRosterNode *node)
{
  g_autofree char *text = sky_roster_format_rate (rate_of (roster, node));

  sky_record_cell_set_text (SKY_RECORD_CELL (cell), text, TRUE);
}

static const struct
{
  const char *title;
  int         width; /* logical pixels; 0 takes what is left */
  SkyRosterBy by;
  ShowFunc    show;
} columns[N_COLUMNS] = {
  [COLUMN_NAME] = { N_("Rooms and sockets"), 0, SKY_ROSTER_BY_NAME, show_name },
  [COLUMN_SOCKETS] = { N_("Sockets"), 66, SKY_ROSTER_BY_COUNT, show_count },
  [COLUMN_RATE] = { N_("ev/s"), 50, SKY_ROSTER_BY_RATE, show_rate },
};

static GtkWidget *
make_name (void)
{
  GtkWidget *expander = gtk_tree_expander_new ();

  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), sky_rooms_name_new ());
  return expander;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *cell = GPOINTER_TO_UINT (column) == COLUMN_NAME ? make_name () : sky_record_cell_new (SKY_CELL_NUMBER);

  g_object_set_data (G_OBJECT (cell), ROSTER, g_object_get_data (G_OBJECT (factory), ROSTER));
  gtk_list_item_set_child (item, cell);
}

static SkyRosterNode *
node_of (GtkListItem *item)
{
  return gtk_tree_list_row_get_item (gtk_list_item_get_item (item));
}

static void
show (GtkListItem *item, SkyRosterNode *node, Column column)
{
  GtkWidget *cell = gtk_list_item_get_child (item);

  columns[column].show (cell, g_object_get_data (G_OBJECT (cell), ROSTER), node);
}

static void
on_name_changed (SkyRosterNode *node, GtkListItem *item)
{
  show (item, node, COLUMN_NAME);
}

static void
on_sockets_changed (SkyRosterNode *node, GtkListItem *item)
{
  show (item, node, COLUMN_SOCKETS);
}

static void
on_rate_changed (SkyRosterNode *node, GtkListItem *item)
{
  show (item, node, COLUMN_RATE);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  static const GCallback handlers[] = { G_CALLBACK (on_name_changed), G_CALLBACK (on_sockets_changed),
                                        G_CALLBACK (on_rate_changed) };
  SkyRosterNode *node = node_of (item);
  GtkWidget *cell = gtk_list_item_get_child (item);

  if (GTK_IS_TREE_EXPANDER (cell))
    {
      const Watch *watch = g_object_get_data (G_OBJECT (factory), WATCH);

      gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (cell), gtk_list_item_get_item (item));
      watch->func (gtk_list_item_get_item (item), watch->user_data);
    }
  g_object_set_data_full (G_OBJECT (cell), NODE, node, g_object_unref);
  show (item, node, GPOINTER_TO_UINT (column));
  g_object_set_data (G_OBJECT (cell), HANDLER,
                     GSIZE_TO_POINTER (g_signal_connect (node, "changed", handlers[GPOINTER_TO_UINT (column)], item)));
}

/* The expander keeps its row until it gets the next one: without any it would drop its arrow, and make another one. */
static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *cell = gtk_list_item_get_child (item);

  if (cell == NULL)
    return;
  if (g_object_get_data (G_OBJECT (cell), NODE) != NULL)
    g_signal_handler_disconnect (g_object_get_data (G_OBJECT (cell), NODE),
                                 GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (cell), HANDLER)));
  g_object_set_data (G_OBJECT (cell), NODE, NULL);
}

/**
 * sky_rooms_row_add_columns:
 * @view: over a GtkTreeListModel of SkyRosterNode
 * @roster: what the rows are of; it outlives the columns
 * @func: called for each row that comes into view
 *
 * Gives the tree its columns.
 */
void
sky_rooms_row_add_columns (GtkColumnView *view, SkyRoster *roster, SkyRoomsRowFunc func, gpointer user_data)
{
  const Watch watch = { func, user_data };

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      GtkColumnViewColumn *column;

      g_object_set_data_full (G_OBJECT (factory), ROSTER, g_object_ref (roster), g_object_unref);
      g_object_set_data_full (G_OBJECT (factory), WATCH, g_memdup2 (&watch, sizeof watch), g_free);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GUINT_TO_POINTER (i));
      column = sky_table_columns_add (view, factory, _(columns[i].title), columns[i].width, i != COLUMN_NAME);
      sky_roster_order_offer (view, column, columns[i].by);
    }
}

static guint
find_in (GListModel *list, const char *key)
{
  return list != NULL ? sky_roster_list_find (SKY_ROSTER_LIST (list), key) : G_MAXUINT;
}

/**
 * sky_rooms_row_find:
 * @rows: over @spaces
 *
 * Returns: where the row of @choice is, or %GTK_INVALID_LIST_POSITION if it cannot be seen
 */
guint
sky_rooms_row_find (GtkTreeListModel *rows, SkyRosterList *spaces, const SkyRosterChoice *choice)
{
  g_autofree char *space_key = sky_roster_node_make_key (choice->nsp, NULL, NULL);
  g_autofree char *room_key = sky_roster_node_make_key (choice->nsp, choice->room, NULL);
  g_autofree char *key = sky_roster_node_make_key (choice->nsp, choice->room, choice->socket);
  g_autoptr(GtkTreeListRow) space = NULL, row = NULL, last = NULL;
  guint i = sky_roster_list_find (spaces, space_key);

  if (i == G_MAXUINT)
    return GTK_INVALID_LIST_POSITION;
  space = gtk_tree_list_model_get_child_row (rows, i);
  if (choice->room == NULL && choice->socket == NULL)
    return gtk_tree_list_row_get_position (space);
  i = find_in (gtk_tree_list_row_get_children (space), choice->room != NULL ? room_key : key);
  if (i == G_MAXUINT)
    return GTK_INVALID_LIST_POSITION;
  row = gtk_tree_list_row_get_child_row (space, i);
  if (choice->room == NULL || choice->socket == NULL)
    return gtk_tree_list_row_get_position (row);
  i = find_in (gtk_tree_list_row_get_children (row), key);
  last = i != G_MAXUINT ? gtk_tree_list_row_get_child_row (row, i) : NULL;
  return last != NULL ? gtk_tree_list_row_get_position (last) : GTK_INVALID_LIST_POSITION;
}

static void
refresh (GtkTreeListModel *rows, guint position)
{
  g_autoptr(GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (rows), position);
  g_autoptr(SkyRosterNode) node = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (node != NULL)
    sky_roster_node_refresh (node);
}

/**
 * sky_rooms_row_refresh_seen:
 * @turn: (inout): belongs to @view, 0 at first
 *
 * Brings the rows in view up to date, and a few of the others in turn: a list view keeps 200 rows, and a number that
 * changes in one of them is drawn, seen or not. All rows are taken to be of the same height.
 */
void
sky_rooms_row_refresh_seen (GtkColumnView *view, GtkTreeListModel *rows, guint *turn)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));
  guint n_rows = g_list_model_get_n_items (G_LIST_MODEL (rows)), first, last;
  double top = gtk_adjustment_get_value (adjustment), page = gtk_adjustment_get_page_size (adjustment);
  double rows_a_pixel = n_rows / MAX (gtk_adjustment_get_upper (adjustment), 1);

  first = (guint) (top * rows_a_pixel);
  first -= MIN (first, MARGIN);
  last = (guint) ((top + page) * rows_a_pixel) + MARGIN;
  for (guint i = first; i < n_rows && i <= last; i++)
    refresh (rows, i);
  for (guint i = 0; i < MIN (OTHERS_A_TICK, n_rows); i++)
    refresh (rows, (*turn)++ % n_rows);
}

#include "ui/rooms/clients-row.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "ui/parts/table-columns.h"
#include "ui/roster/roster-node.h"
#include "ui/roster/roster-order.h"
#include "ui/roster/roster-words.h"
#include "ui/timeline/record-cell.h"
#include "ui/ui.h"

#define ROSTER  "sky-roster"          /* on a factory, and on a cell */
#define COLUMN  "sky-column"          /* on a cell: its index */
#define HANDLER "sky-changed-handler" /* on a cell */

typedef enum
{
  COLUMN_GLYPH,
  COLUMN_NAME,
  COLUMN_SPACE,
  COLUMN_ADDRESS,
  COLUMN_TRANSPORT,
  COLUMN_VERSION,
  COLUMN_LATENCY,
  COLUMN_BUFFERED,
  COLUMN_ROOMS,
  COLUMN_SINCE,
  COLUMN_IN,
  COLUMN_OUT,
  COLUMN_RATE,
  N_COLUMNS,
} Column;

static const struct
{
  const char *title;
  int         width;     /* logical pixels; 0 takes what is left */
  int         min_table; /* logical pixels; left out of a narrower table */
  SkyCellLook look;
  SkyRosterBy by;        /* 0: it is nothing to sort by */
} columns[N_COLUMNS] = {
  [COLUMN_GLYPH] = { "", 28, 0, SKY_CELL_GLYPH },
  [COLUMN_NAME] = { N_("Socket"), 130, 0, SKY_CELL_TEXT, SKY_ROSTER_BY_NAME },
  [COLUMN_SPACE] = { N_("Namespace"), 104, 0, SKY_CELL_TEXT, SKY_ROSTER_BY_SPACE },
  [COLUMN_ADDRESS] = { N_("Address"), 128, 920, SKY_CELL_TEXT, SKY_ROSTER_BY_ADDRESS },
  [COLUMN_TRANSPORT] = { N_("Transport"), 158, 590, SKY_CELL_TEXT, SKY_ROSTER_BY_TRANSPORT },
  [COLUMN_VERSION] = { N_("Version"), 104, 1024, SKY_CELL_TEXT },
  [COLUMN_LATENCY] = { N_("Latency"), 72, 790, SKY_CELL_NUMBER, SKY_ROSTER_BY_LATENCY },
  [COLUMN_BUFFERED] = { N_("Buffered"), 80, 1120, SKY_CELL_NUMBER, SKY_ROSTER_BY_BUFFERED },
  [COLUMN_ROOMS] = { N_("Rooms"), 0, 0, SKY_CELL_TEXT },
  /* Translators: heads of narrow columns: connected since when; events in and out; events a second */
  [COLUMN_SINCE] = { N_("Since"), 76, 670, SKY_CELL_TEXT },
  [COLUMN_IN] = { N_("In"), 52, 400, SKY_CELL_NUMBER, SKY_ROSTER_BY_IN },
  [COLUMN_OUT] = { N_("Out"), 52, 400, SKY_CELL_NUMBER, SKY_ROSTER_BY_OUT },
  [COLUMN_RATE] = { N_("ev/s"), 50, 720, SKY_CELL_NUMBER, SKY_ROSTER_BY_RATE },
};

/* Whether the handshake says that it began on long-polling. */
static gboolean
began_polling (const SkyRosterSocket *socket)
{
  const char *json = socket->handshake;
  SkyJsonValue object, query, transport;

  return json != NULL && sky_json_parse (json, strlen (json), &object, NULL, NULL) && object.type == SKY_JSON_OBJECT
         && sky_json_member (json, &object, "query", &query) && query.type == SKY_JSON_OBJECT
         && sky_json_member (json, &query, "transport", &transport)
         && sky_json_string_equal (json, &transport, "polling");
}

/* Returns: (transfer full): "WebSocket", or how it got there: "polling → WebSocket" */
char *
sky_clients_row_transport (const SkyRosterSocket *socket)
{
  const char *title = sky_roster_transport_title (socket->transport);

  if (g_strcmp0 (socket->transport, "websocket") == 0 && began_polling (socket))
    return g_strdup_printf (_("polling → %s"), title);
  return g_strdup (title);
}

/* Returns: (transfer full): "EIO 4 (v3+)": what the client's version of Socket.IO can be */
char *
sky_clients_row_version (const SkyRosterSocket *socket)
{
  if (socket->revision == 0)
    return g_strdup ("");
  return g_strdup_printf (socket->revision < 4 ? _("v2 (EIO %u)") : _("v3, v4 (EIO %u)"), socket->revision);
}

static char *
format_latency (gint64 latency_usec)
{
  return latency_usec > 0 ? g_strdup_printf (_("%.1f ms"), (double) latency_usec / 1e3) : g_strdup ("—");
}

static char *
format (SkyRoster *roster, const SkyRosterSocket *socket, Column column)
{
  g_autofree char *time = NULL;

  switch (column)
    {
    case COLUMN_NAME:
      return sky_roster_name_socket (roster, socket->nsp, socket->id);
    case COLUMN_SPACE:
      return g_strdup (socket->nsp);
    case COLUMN_ADDRESS:
      return g_strdup (socket->address);
    case COLUMN_TRANSPORT:
      return sky_clients_row_transport (socket);
    case COLUMN_VERSION:
      return sky_clients_row_version (socket);
    case COLUMN_LATENCY:
      return format_latency (socket->latency_usec);
    case COLUMN_BUFFERED:
      return g_format_size (socket->n_buffered);
    case COLUMN_ROOMS:
      return sky_roster_list_rooms (roster, socket->nsp, socket->id, FALSE);
    case COLUMN_SINCE:
      time = sky_clock_format_time (socket->since_usec);
      return g_strdup_printf ("%.8s", time);
    case COLUMN_IN:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, socket->n_in);
    case COLUMN_OUT:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, socket->n_out);
    case COLUMN_RATE:
      return sky_roster_format_rate (
          sky_roster_get_rate (roster, socket->nsp, NULL, socket->id, sky_clock_now_usec ()));
    case COLUMN_GLYPH:
    case N_COLUMNS:
      break;
    }
  return NULL;
}

/* Returns: (transfer full): all that matters of the row, in one sentence */
static char *
tell (SkyRoster *roster, const SkyRosterSocket *socket)
{
  g_autofree char *name = sky_roster_name_socket (roster, socket->nsp, socket->id);
  g_autofree char *rooms = sky_roster_list_rooms (roster, socket->nsp, socket->id, FALSE);
  g_autofree char *transport = sky_clients_row_transport (socket);

  if (*socket->nsp == '\0') /* it speaks no Socket.IO */
    return g_strdup_printf (_("Socket %s, %s"), name, transport);
  if (*rooms == '\0')
    return g_strdup_printf (_("Socket %s in %s, %s, in no room"), name, socket->nsp, transport);
  return g_strdup_printf (_("Socket %s in %s, %s, rooms: %s"), name, socket->nsp, transport, rooms);
}

static void
show (SkyRosterNode *node, GtkListItem *item)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  SkyRoster *roster = g_object_get_data (G_OBJECT (cell), ROSTER);
  Column column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), COLUMN));
  g_autofree char *text = NULL, *sentence = NULL;
  SkyRosterSocket socket;
  GdkRGBA color;

  if (!sky_roster_find_socket (roster, sky_roster_node_get_nsp (node), sky_roster_node_get_socket (node), &socket))
    return;
  if (column == COLUMN_GLYPH)
    {
      sky_record_cell_set_text (SKY_RECORD_CELL (cell), sky_roster_transport_glyph (socket.transport, &color), FALSE);
      sky_record_cell_set_color (SKY_RECORD_CELL (cell), &color);
      sentence = tell (roster, &socket);
      sky_table_columns_speak (cell, sentence);
      return;
    }
  text = format (roster, &socket, column);
  sky_record_cell_set_text (SKY_RECORD_CELL (cell), text, columns[column].look == SKY_CELL_NUMBER);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *cell = sky_record_cell_new (columns[GPOINTER_TO_UINT (column)].look);

  g_object_set_data (G_OBJECT (cell), ROSTER, g_object_get_data (G_OBJECT (factory), ROSTER));
  g_object_set_data (G_OBJECT (cell), COLUMN, column);
  gtk_list_item_set_child (item, cell);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  SkyRosterNode *node = gtk_list_item_get_item (item);

  show (node, item);
  g_object_set_data (G_OBJECT (gtk_list_item_get_child (item)), HANDLER,
                     GSIZE_TO_POINTER (g_signal_connect (node, "changed", G_CALLBACK (show), item)));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *cell = gtk_list_item_get_child (item);
  gulong handler = cell != NULL ? GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (cell), HANDLER)) : 0;

  if (handler == 0)
    return;
  g_object_set_data (G_OBJECT (cell), HANDLER, NULL);
  g_signal_handler_disconnect (gtk_list_item_get_item (item), handler);
}

/**
 * sky_clients_row_add_columns:
 * @view: over a SkyRosterList of sockets
 * @roster: what they are of
 */
void
sky_clients_row_add_columns (GtkColumnView *view, SkyRoster *roster)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      GtkColumnViewColumn *column;

      g_object_set_data_full (G_OBJECT (factory), ROSTER, g_object_ref (roster), g_object_unref);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), GUINT_TO_POINTER (i));
      column = sky_table_columns_add (view, factory, *columns[i].title != '\0' ? _(columns[i].title) : "",
                                      columns[i].width, columns[i].look == SKY_CELL_NUMBER);
      gtk_column_view_column_set_resizable (column, i != COLUMN_GLYPH);
      if (columns[i].by != SKY_ROSTER_BY_COMING)
        sky_roster_order_offer (view, column, columns[i].by);
    }
}

/**
 * sky_clients_row_fit:
 * @width: of the table, in logical pixels
 * @flat: whether there are neither namespaces nor rooms
 *
 * Leaves out what there is no room for, the least telling first, and what says nothing.
 */
void
sky_clients_row_fit (GtkColumnView *view, int width, gboolean flat)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      gboolean moot = flat && (i == COLUMN_SPACE || i == COLUMN_ROOMS);

      sky_table_columns_show (view, i, !moot && width >= columns[i].min_table);
    }
  /* What takes the rest of the width is gone with the rooms. */
  gtk_column_view_column_set_expand (sky_table_columns_get (view, COLUMN_NAME), flat);
}

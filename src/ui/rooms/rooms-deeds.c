#include "ui/rooms/rooms-deeds.h"

#include "base/clock.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/table-columns.h"
#include "ui/roster/roster-deeds.h"
#include "ui/roster/roster-words.h"
#include "ui/timeline/record-cell.h"
#include "ui/ui.h"

#define ROSTER "sky-roster" /* on a factory, and on a cell */

typedef enum { COLUMN_TIME, COLUMN_WHAT, COLUMN_ROOM, COLUMN_SOCKET, COLUMN_WHY, N_COLUMNS } Column;

static const struct
{
  const char *title;
  GdkRGBA     color; /* of the badge: white on it is read easily */
} whats[] = {
  /* Translators: what a socket did, as a badge */
  [SKY_ROSTER_CONNECTED] = { N_("connected"), { 0.11f, 0.44f, 0.60f, 1 } },
  [SKY_ROSTER_DISCONNECTED] = { N_("disconnected"), { 0.42f, 0.42f, 0.43f, 1 } },
  [SKY_ROSTER_JOINED] = { N_("joined"), { 0.11f, 0.51f, 0.35f, 1 } },
  [SKY_ROSTER_LEFT] = { N_("left"), { 0.75f, 0.11f, 0.16f, 1 } },
  [SKY_ROSTER_BROADCAST] = { N_("broadcast"), { 0.11f, 0.44f, 0.85f, 1 } },
};

static const struct
{
  const char *title;
  int         width;     /* logical pixels; 0 takes what is left */
  int         min_table; /* logical pixels; left out of a narrower table */
  SkyCellLook look;
} columns[N_COLUMNS] = {
  [COLUMN_TIME] = { N_("Time"), 106, 520, SKY_CELL_TEXT },
  [COLUMN_WHAT] = { N_("Activity"), 106, 0, SKY_CELL_BADGE },
  [COLUMN_ROOM] = { N_("Room"), 96, 560, SKY_CELL_TEXT },
  [COLUMN_SOCKET] = { N_("Socket"), 180, 0, SKY_CELL_TEXT },
  [COLUMN_WHY] = { N_("Why"), 0, 0, SKY_CELL_TEXT },
};

/* Who has gone is called what it was called then. */
static char *
name_socket (SkyRoster *roster, const SkyRosterDeed *deed)
{
  g_autofree char *brief = NULL;
  SkyRosterSocket socket;

  if (deed->socket == NULL)
    return NULL;
  if (deed->label == NULL || sky_roster_find_socket (roster, deed->nsp, deed->socket, &socket))
    return sky_roster_name_socket (roster, deed->nsp, deed->socket);
  brief = sky_roster_brief_id (deed->socket);
  return g_strdup_printf ("%s %s", deed->label, brief);
}

/* "alice x7Qk…AAAB", or for a broadcast "alice x7Qk…AAAB → 2 sockets" */
static char *
format_socket (SkyRoster *roster, const SkyRosterDeed *deed)
{
  g_autofree char *name = name_socket (roster, deed);
  g_autofree char *receivers = sky_roster_count_sockets (deed->n_receivers);

  if (deed->what != SKY_ROSTER_BROADCAST)
    return g_steal_pointer (&name);
  /* Translators: from whom, to how many; the arrow points the way one reads */
  return g_strdup_printf (_("%s → %s"), name != NULL ? name : _("server"), receivers);
}

/* "tea, art": a broadcast may go to several at once */
static char *
format_room (const SkyRosterDeed *deed)
{
  g_autofree char *others = deed->also != NULL ? g_strjoinv (", ", (char **) deed->also) : NULL;

  if (others != NULL)
    return g_strdup_printf ("%s, %s", deed->room, others);
  return deed->room != NULL ? sky_roster_quote_room (deed->room) : NULL;
}

static char *
format (SkyRoster *roster, const SkyRosterDeed *deed, Column column)
{
  switch (column)
    {
    case COLUMN_TIME:
      return sky_clock_format_time (deed->time_usec);
    case COLUMN_WHAT:
      return g_strdup (_(whats[deed->what].title));
    case COLUMN_ROOM:
      return format_room (deed);
    case COLUMN_SOCKET:
      return format_socket (roster, deed);
    case COLUMN_WHY:
      return g_strdup (deed->why);
    case N_COLUMNS:
      break;
    }
  return NULL;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer column)
{
  GtkWidget *cell = sky_record_cell_new (columns[GPOINTER_TO_UINT (column)].look);

  g_object_set_data (G_OBJECT (cell), ROSTER, g_object_get_data (G_OBJECT (factory), ROSTER));
  gtk_list_item_set_child (item, cell);
  gtk_list_item_set_activatable (item, FALSE);
}

/* The row says it all in one sentence. */
static void
speak (GtkWidget *cell, SkyRoster *roster, const SkyRosterDeed *deed)
{
  g_autofree char *time = sky_clock_format_time (deed->time_usec);
  g_autofree char *socket = format_socket (roster, deed), *room = format_room (deed);
  g_autofree char *spoken
      = g_strdup_printf ("%s %s %s %s %s", time, _(whats[deed->what].title), room != NULL ? room : "",
                         socket != NULL ? socket : "", deed->why != NULL ? deed->why : "");

  sky_table_columns_speak (cell, spoken);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  Column column = GPOINTER_TO_UINT (user_data);
  GtkWidget *cell = gtk_list_item_get_child (item);
  SkyRoster *roster = g_object_get_data (G_OBJECT (cell), ROSTER);
  const SkyRosterDeed *deed = sky_roster_deed_item_get (gtk_list_item_get_item (item));
  g_autofree char *text = deed->nsp != NULL ? format (roster, deed, column) : NULL;

  sky_record_cell_set_text (SKY_RECORD_CELL (cell), text, FALSE);
  if (column == COLUMN_WHAT)
    sky_record_cell_set_color (SKY_RECORD_CELL (cell), &whats[deed->what].color);
  if (column == COLUMN_WHY)
    {
      sky_lazy_tip_set (cell, text); /* some of it may be cut off */
      speak (cell, roster, deed);
    }
}

/**
 * sky_rooms_deeds_add_columns:
 * @view: over a SkyRosterDeeds
 * @roster: what they are of; it outlives the columns
 */
void
sky_rooms_deeds_add_columns (GtkColumnView *view, SkyRoster *roster)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      GtkColumnViewColumn *column;

      g_object_set_data_full (G_OBJECT (factory), ROSTER, g_object_ref (roster), g_object_unref);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GUINT_TO_POINTER (i));
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), GUINT_TO_POINTER (i));
      column = sky_table_columns_add (view, factory, _(columns[i].title), columns[i].width, FALSE);
      gtk_column_view_column_set_resizable (column, TRUE);
    }
}

/**
 * sky_rooms_deeds_fit:
 * @width: of the table, in logical pixels
 * @one_room: whether all deeds are of the same room, or of none
 *
 * Leaves out what there is no room for, or what says nothing.
 */
void
sky_rooms_deeds_fit (GtkColumnView *view, int width, gboolean one_room)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    sky_table_columns_show (view, i, width >= columns[i].min_table && (i != COLUMN_ROOM || !one_room));
}

#include "ui/rooms/rooms-pane.h"

#include "base/clock.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/list-focus.h"
#include "ui/parts/wrap-bar.h"
#include "ui/rooms/rooms-chart.h"
#include "ui/rooms/rooms-deeds.h"
#include "ui/rooms/rooms-emit.h"
#include "ui/rooms/rooms-hands.h"
#include "ui/rooms/rooms-tree.h"
#include "ui/roster/roster-deeds.h"
#include "ui/roster/roster-empty.h"
#include "ui/roster/roster-tick.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define EMIT_HEIGHT 172 /* logical pixels that the emit box gets at first */
#define TREE_WIDTH  310 /* … and the tree */
#define NARROW      700 /* of the part beside the tree; its buttons have short names then */
#define CHART_MIN_HEIGHT 300 /* of the panes above; below that the list is worth more than the chart */

struct _SkyRoomsPane
{
  GtkWidget       parent_instance;
  GtkPaned       *rows, *columns;
  SkyRoomsTree   *tree;
  GtkStack       *stack;
  GtkLabel       *problem, *name, *facts;
  SkyRosterEmpty *empty;
  GtkWidget      *copy, *chart_box;
  SkyRoomsHands  *hands;
  SkyRoomsChart  *chart;
  GtkColumnView  *deeds_view;
  SkyRoomsEmit   *emit;
  GtkScrolledWindow *deeds_scroller;
  SkyRoster      *roster;
  SkyRosterDeeds *deeds;
  SkyRosterTick  *tick;
  char           *named; /* nullable: the socket that was called so in @name when it was there */
  gboolean        placed, began;
  gboolean        half_done; /* the tree has caught up, and the rest has not */
};

G_DEFINE_FINAL_TYPE (SkyRoomsPane, sky_rooms_pane, GTK_TYPE_WIDGET)

static void
complain (SkyRoomsPane *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

/* What a socket's own events are emitted to, or moved by: its id is a room as well. */
static const char *
get_who (const SkyRosterChoice *choice)
{
  return choice->socket != NULL ? choice->socket : choice->room;
}

static char *
describe_place (SkyRoomsPane *self, const SkyRosterChoice *choice)
{
  guint n_sockets = sky_roster_get_n_sockets (self->roster, choice->nsp, choice->room);
  gint64 created_usec = sky_roster_get_created (self->roster, choice->nsp, choice->room);
  g_autofree char *sockets = sky_roster_count_sockets (n_sockets);
  g_autofree char *time = sky_clock_format_time (created_usec);

  if (created_usec == 0)
    return g_strdup (_("nobody is in it any more"));
  return g_strdup_printf (_("created %.8s · %s · peak %u"), time, sockets,
                          sky_roster_get_peak (self->roster, choice->nsp, choice->room));
}

static char *
describe_socket (SkyRoomsPane *self, const SkyRosterChoice *choice)
{
  g_autofree char *rooms = sky_roster_list_rooms (self->roster, choice->nsp, choice->socket, FALSE), *time = NULL;
  SkyRosterSocket socket;

  if (!sky_roster_find_socket (self->roster, choice->nsp, choice->socket, &socket))
    return g_strdup (_("disconnected"));
  time = sky_clock_format_time (socket.since_usec);
  return g_strdup_printf (_("connected %.8s · %s · rooms: %s"), time, sky_roster_transport_title (socket.transport),
                          *rooms != '\0' ? rooms : "—");
}

/* Who has gone is called what it was called. */
static char *
name_choice (SkyRoomsPane *self, const SkyRosterChoice *choice)
{
  SkyRosterSocket socket;
  gboolean there = choice->socket != NULL && sky_roster_find_socket (self->roster, choice->nsp, choice->socket, &socket);

  if (choice->socket != NULL && !there && g_strcmp0 (self->named, choice->socket) == 0)
    return g_strdup (gtk_label_get_text (self->name));
  g_free (self->named);
  self->named = there ? g_strdup (choice->socket) : NULL;
  return choice->socket != NULL ? sky_roster_name_socket (self->roster, choice->nsp, choice->socket)
         : choice->room != NULL ? sky_roster_mark_room (choice->room)
                                : g_strdup (choice->nsp);
}

static void
show_head (SkyRoomsPane *self, const SkyRosterChoice *choice)
{
  g_autofree char *name = name_choice (self, choice);
  g_autofree char *facts = choice->socket != NULL ? describe_socket (self, choice) : describe_place (self, choice);

  gtk_label_set_text (self->name, name);
  sky_lazy_tip_set (GTK_WIDGET (self->name), choice->socket != NULL ? choice->socket : name);
  gtk_label_set_text (self->facts, facts);
  sky_lazy_tip_set (GTK_WIDGET (self->facts), facts);
  sky_lazy_tip_set (self->copy, choice->socket != NULL ? _("Copy the id (Ctrl+C in the tree)")
                                                       : _("Copy the name (Ctrl+C in the tree)"));
}

static void
show_empty (SkyRoomsPane *self)
{
  const char *address = sky_roster_get_address (self->roster);

  if (sky_roster_get_n_namespaces (self->roster) > 0)
    sky_roster_empty_show (self->empty, _("Choose a namespace, a room or a socket"),
                           _("Then you see who came and went, when and why, and can emit to them."), NULL);
  else
    sky_roster_empty_show (
        self->empty, _("No one is here yet"),
        address != NULL
            ? _("A room is a group of sockets on the server, by name: what is emitted to it reaches everyone in it. "
                "As soon as a client connects, its namespace, rooms and sockets appear here. Connect one to")
            : _("A room is a group of sockets on the server, by name: what is emitted to it reaches everyone in it. "
                "As soon as a client connects, its namespace, rooms and sockets appear here."),
        address);
  gtk_stack_set_visible_child_name (self->stack, "empty");
}

/* Whoever looks at the newest deeds goes on doing so; whoever reads older ones is left in peace. */
static void
show_deeds (SkyRoomsPane *self, const SkyRosterChoice *choice)
{
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->deeds_scroller);
  gboolean at_top = gtk_adjustment_get_value (adjustment) < 1;
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (self->deeds_view));

  if (!sky_roster_deeds_show (self->deeds, choice) || !at_top)
    return;
  while (list != NULL && !GTK_IS_LIST_VIEW (list))
    list = gtk_widget_get_prev_sibling (list);
  if (list != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->deeds)) > 0)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", 0);
}

static void
show_choice (SkyRoomsPane *self)
{
  const SkyRosterChoice *choice = sky_rooms_tree_get_choice (self->tree);
  GtkWidget *focus;

  if (choice->nsp == NULL)
    {
      show_empty (self);
      return;
    }
  show_head (self, choice);
  focus = sky_list_focus_get_within (GTK_WIDGET (self->hands));
  sky_rooms_hands_show (self->hands, choice, gtk_widget_get_width (GTK_WIDGET (self->stack)) < NARROW);
  if (sky_list_focus_is_lost (focus))
    sky_rooms_tree_focus (self->tree);
  gtk_widget_set_visible (self->chart_box,
                          choice->socket == NULL
                              && gtk_widget_get_height (GTK_WIDGET (self->columns)) >= CHART_MIN_HEIGHT);
  if (choice->socket == NULL)
    sky_rooms_chart_show (self->chart, self->roster, choice->nsp, choice->room);
  show_deeds (self, choice);
  gtk_stack_set_visible_child_name (self->stack, "choice");
}

/* The first room that there is explains the pane better than words. */
static void
begin (SkyRoomsPane *self)
{
  guint n_spaces = sky_roster_get_n_namespaces (self->roster);

  if (self->began || sky_rooms_tree_get_choice (self->tree)->nsp != NULL)
    return;
  for (guint i = 0; i < n_spaces && !self->began; i++)
    {
      const char *nsp = sky_roster_get_namespace (self->roster, i);
      const char *room = sky_roster_get_room (self->roster, nsp, 0, FALSE);

      self->began = room != NULL;
      if (room != NULL)
        sky_rooms_tree_open (self->tree, nsp, room);
    }
}

/* Tree and table in one frame would be too much where a thousand sockets come and go. */
static void
on_tick (gpointer user_data)
{
  SkyRoomsPane *self = user_data;

  self->half_done = !self->half_done;
  if (self->half_done)
    {
      sky_rooms_tree_refresh (self->tree);
      begin (self);
      sky_roster_tick_hurry (self->tick);
      return;
    }
  show_choice (self);
  sky_rooms_deeds_fit (self->deeds_view, gtk_widget_get_width (GTK_WIDGET (self->stack)),
                       sky_rooms_tree_get_choice (self->tree)->room != NULL);
  sky_rooms_emit_refresh (self->emit);
}

static void
on_chosen (SkyRoomsPane *self)
{
  const SkyRosterChoice *choice = sky_rooms_tree_get_choice (self->tree);

  complain (self, NULL);
  show_choice (self);
  sky_roster_tick_want (self->tick);
  if (choice->nsp != NULL)
    sky_rooms_emit_aim (self->emit, choice->nsp, get_who (choice));
}

static void
on_emit (SkyRoomsPane *self)
{
  const SkyRosterChoice *choice = sky_rooms_tree_get_choice (self->tree);

  sky_rooms_emit_aim (self->emit, choice->nsp, get_who (choice));
  sky_rooms_emit_focus (self->emit);
}

static void
on_copy (SkyRoomsPane *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->tree), "rooms.copy", NULL);
}

static void
on_done (SkyRoomsPane *self, const char *problem)
{
  complain (self, problem);
}

static void
sky_rooms_pane_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (SKY_ROOMS_PANE (widget)->rows), orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
sky_rooms_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SkyRoomsPane *self = SKY_ROOMS_PANE (widget);

  if (!self->placed && width > 0)
    {
      gtk_paned_set_position (self->columns, MIN (TREE_WIDTH, width * 2 / 5));
      gtk_paned_set_position (self->rows, MAX (height - EMIT_HEIGHT, 0));
      self->placed = TRUE;
    }
  gtk_widget_allocate (GTK_WIDGET (self->rows), width, height, baseline, NULL);
}

static void
sky_rooms_pane_dispose (GObject *object)
{
  SkyRoomsPane *self = SKY_ROOMS_PANE (object);

  g_clear_pointer (&self->tick, sky_roster_tick_free);
  if (self->deeds_view != NULL)
    gtk_column_view_set_model (self->deeds_view, NULL);
  if (self->rows != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->rows));
  self->rows = NULL;
  g_clear_object (&self->deeds);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_rooms_pane_parent_class)->dispose (object);
}

static void
sky_rooms_pane_finalize (GObject *object)
{
  g_free (SKY_ROOMS_PANE (object)->named);
  G_OBJECT_CLASS (sky_rooms_pane_parent_class)->finalize (object);
}

static void
sky_rooms_pane_init (SkyRoomsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_rooms_pane_class_init (SkyRoomsPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_rooms_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_rooms_pane_finalize;
  widget_class->measure = sky_rooms_pane_measure;
  widget_class->size_allocate = sky_rooms_pane_size_allocate;
  g_type_ensure (SKY_TYPE_ROOMS_CHART);
  g_type_ensure (SKY_TYPE_ROOMS_EMIT);
  g_type_ensure (SKY_TYPE_ROOMS_HANDS);
  g_type_ensure (SKY_TYPE_ROOMS_TREE);
  g_type_ensure (SKY_TYPE_ROSTER_EMPTY);
  g_type_ensure (SKY_TYPE_WRAP_BAR);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, rows);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, columns);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, tree);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, empty);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, problem);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, name);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, facts);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, chart_box);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, hands);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, copy);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, chart);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, deeds_view);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, deeds_scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPane, emit);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_emit);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_done);
}

/**
 * sky_rooms_pane_new:
 * @roster: what it shows, and acts through
 *
 * Returns: (transfer floating): the pane; it looks at the roster only while it is seen
 */
GtkWidget *
sky_rooms_pane_new (SkyRoster *roster)
{
  SkyRoomsPane *self = g_object_new (SKY_TYPE_ROOMS_PANE, NULL);
  g_autoptr(GtkNoSelection) deeds = NULL;

  self->roster = g_object_ref (roster);
  self->deeds = sky_roster_deeds_new (roster);
  deeds = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->deeds)));
  sky_rooms_deeds_add_columns (self->deeds_view, roster);
  gtk_column_view_set_model (self->deeds_view, GTK_SELECTION_MODEL (deeds));
  sky_list_focus_leave_on_tab (GTK_WIDGET (self->deeds_view));
  sky_rooms_hands_set_roster (self->hands, roster);
  sky_rooms_tree_set_roster (self->tree, roster);
  sky_rooms_emit_set_roster (self->emit, roster);
  self->tick = sky_roster_tick_new (GTK_WIDGET (self), roster, on_tick, self);
  show_choice (self);
  return GTK_WIDGET (self);
}

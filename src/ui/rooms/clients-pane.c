#include "ui/rooms/clients-pane.h"

#include "ui/parts/list-focus.h"
#include "ui/rooms/clients-detail.h"
#include "ui/rooms/clients-row.h"
#include "ui/rooms/rooms-part.h"
#include "ui/roster/roster-empty.h"
#include "ui/roster/roster-list.h"
#include "ui/roster/roster-tick.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

struct _SkyClientsPane
{
  GtkWidget           parent_instance;
  GtkPaned           *rows;
  GtkEditable        *entry;
  GtkStack           *stack;
  GtkLabel           *count, *problem;
  SkyRosterEmpty     *empty;
  GtkMenuButton      *order_button;
  SkyRoomsPart       *part;
  GtkColumnView      *view;
  SkyClientsDetail   *detail;
  SkyRoster          *roster;
  SkyRosterList      *sockets;
  GtkSingleSelection *selection;
  SkyRosterTick      *tick;
  SkyRosterChoice     choice;
  gboolean            placed, refreshing;
};

G_DEFINE_FINAL_TYPE (SkyClientsPane, sky_clients_pane, GTK_TYPE_WIDGET)

static void
reselect (SkyClientsPane *self)
{
  g_autofree char *key = sky_roster_node_make_key (self->choice.nsp, NULL, self->choice.socket);
  guint position = self->choice.nsp != NULL ? sky_roster_list_find (self->sockets, key) : GTK_INVALID_LIST_POSITION;

  if (position != gtk_single_selection_get_selected (self->selection))
    gtk_single_selection_set_selected (self->selection, position);
}

/* "12 of 1,000 clients" while there is a filter. @more: there are some that the roster has no room for */
static char *
count_clients (guint n_shown, guint n_all, gboolean more)
{
  g_autofree char *all = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%'u socket", "%'u sockets", n_all), n_all);

  if (more)
    return g_strdup_printf (_("%s, and more that are not shown"), all);
  /* Translators: of a filtered list: 12 of “1,000 sockets” */
  return n_shown == n_all ? g_steal_pointer (&all) : g_strdup_printf (_("%'u of %s"), n_shown, all);
}

static guint
count_all (SkyClientsPane *self)
{
  guint n_spaces = sky_roster_get_n_namespaces (self->roster), n_all = 0;

  for (guint i = 0; i < n_spaces; i++)
    n_all += sky_roster_get_n_sockets (self->roster, sky_roster_get_namespace (self->roster, i), NULL);
  return n_all;
}

static void
show_empty (SkyClientsPane *self)
{
  const char *address = sky_roster_get_address (self->roster);

  if (*gtk_editable_get_text (self->entry) != '\0' && count_all (self) > 0)
    sky_roster_empty_show (self->empty, _("No client has this in its name"),
                           _("Names, ids, addresses and namespaces are searched."), NULL);
  else
    sky_roster_empty_show (self->empty, _("No client is connected"),
                           address != NULL
                               ? _("Each client stands here: where it comes from, over which transport, what it said "
                                   "on connecting, and how it fares. Connect one to")
                               : _("Each client stands here: where it comes from, over which transport, what it said "
                                   "on connecting, and how it fares."),
                           address);
}

static void
show_state (SkyClientsPane *self)
{
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->sockets)), n_all = count_all (self);
  g_autofree char *count = count_clients (n_shown, n_all, sky_roster_is_full (self->roster));

  if (g_strcmp0 (gtk_label_get_text (self->count), count) != 0)
    gtk_label_set_text (self->count, count);
  if (n_shown == 0)
    show_empty (self);
  gtk_stack_set_visible_child_name (self->stack, n_shown > 0 ? "table" : "empty");
  gtk_widget_set_visible (GTK_WIDGET (self->detail), n_shown > 0); /* nobody there, nothing to choose */
  sky_rooms_part_set_everyone (self->part, self->roster, n_all > 0 ? NULL : _("Nobody is connected."));
}

static void
show_choice (SkyClientsPane *self)
{
  sky_clients_detail_show (self->detail, self->roster, self->choice.nsp, self->choice.socket);
}

static void
refresh (SkyClientsPane *self)
{
  SkyRosterSight sight = { gtk_editable_get_text (self->entry), FALSE, sky_roster_order_get (self->view) };
  GtkWidget *focus = sky_list_focus_get_within (GTK_WIDGET (self));

  self->refreshing = TRUE;
  sky_roster_list_refresh (self->sockets, &sight);
  sky_roster_list_refresh_nodes (self->sockets);
  if (sky_roster_list_is_behind (self->sockets))
    sky_roster_tick_hurry (self->tick);
  reselect (self);
  self->refreshing = FALSE;
  show_state (self);
  show_choice (self);
  if (sky_list_focus_is_lost (focus))
    gtk_widget_grab_focus (count_all (self) > 0 ? GTK_WIDGET (self->view) : GTK_WIDGET (self->entry));
}

static void
on_search (SkyClientsPane *self)
{
  if (self->sockets != NULL)
    refresh (self);
}

static void
on_tick (gpointer user_data)
{
  SkyClientsPane *self = user_data;

  sky_clients_row_fit (self->view, gtk_widget_get_width (GTK_WIDGET (self)),
                       sky_roster_is_flat (self->roster));
  refresh (self);
}

static void
on_selected (SkyClientsPane *self)
{
  SkyRosterNode *node = gtk_single_selection_get_selected_item (self->selection);

  if (self->refreshing || node == NULL)
    return;
  sky_roster_choice_set (&self->choice, sky_roster_node_get_nsp (node), NULL, sky_roster_node_get_socket (node));
  show_choice (self);
}

static void
on_part_done (SkyClientsPane *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyClientsPane *self = SKY_CLIENTS_PANE (widget);

  if (self->choice.socket != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->choice.socket);
}

static void
sky_clients_pane_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline,
                          int           *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (SKY_CLIENTS_PANE (widget)->rows), orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

static void
sky_clients_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SkyClientsPane *self = SKY_CLIENTS_PANE (widget);

  if (!self->placed && height > 0)
    {
      gtk_paned_set_position (self->rows, height / 2);
      self->placed = TRUE;
    }
  gtk_widget_allocate (GTK_WIDGET (self->rows), width, height, baseline, NULL);
}

static void
sky_clients_pane_dispose (GObject *object)
{
  SkyClientsPane *self = SKY_CLIENTS_PANE (object);

  self->refreshing = TRUE;
  g_clear_pointer (&self->tick, sky_roster_tick_free);
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->sockets);
  if (self->rows != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->rows));
  self->rows = NULL;
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_clients_pane_parent_class)->dispose (object);
}

static void
sky_clients_pane_finalize (GObject *object)
{
  sky_roster_choice_clear (&SKY_CLIENTS_PANE (object)->choice);
  G_OBJECT_CLASS (sky_clients_pane_parent_class)->finalize (object);
}

static void
sky_clients_pane_init (SkyClientsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_list_focus_leave_on_tab (GTK_WIDGET (self->view));
  sky_list_focus_leave_search (GTK_SEARCH_ENTRY (self->entry), GTK_WIDGET (self->view));
}

static void
sky_clients_pane_class_init (SkyClientsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_CLIENTS_DETAIL);
  g_type_ensure (SKY_TYPE_ROOMS_PART);
  g_type_ensure (SKY_TYPE_ROSTER_EMPTY);
  object_class->dispose = sky_clients_pane_dispose;
  object_class->finalize = sky_clients_pane_finalize;
  widget_class->measure = sky_clients_pane_measure;
  widget_class->size_allocate = sky_clients_pane_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "clients-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, rows);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, entry);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, count);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, problem);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, empty);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, order_button);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, part);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, view);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, detail);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_install_action (widget_class, "clients.copy", NULL, copy);
  gtk_widget_class_bind_template_callback (widget_class, on_part_done);
}

/**
 * sky_clients_pane_new:
 * @roster: whose sockets it shows
 *
 * Returns: (transfer floating): the pane; it looks at the roster only while it is seen
 */
GtkWidget *
sky_clients_pane_new (SkyRoster *roster)
{
  static const SkyRosterOffer offers[] = {
    { SKY_ROSTER_BY_COMING, N_("Time of connecting") },
    { SKY_ROSTER_BY_NAME, N_("Name") },
    { SKY_ROSTER_BY_SPACE, N_("Namespace") },
    { SKY_ROSTER_BY_ADDRESS, N_("Address") },
    { SKY_ROSTER_BY_TRANSPORT, N_("Transport") },
    { SKY_ROSTER_BY_RATE, N_("Events a second") },
    { SKY_ROSTER_BY_LATENCY, N_("Latency") },
    { SKY_ROSTER_BY_BUFFERED, N_("Buffered bytes") },
    { SKY_ROSTER_BY_IN, N_("Events received") },
    { SKY_ROSTER_BY_OUT, N_("Events sent") },
  };
  SkyClientsPane *self = g_object_new (SKY_TYPE_CLIENTS_PANE, NULL);

  self->roster = g_object_ref (roster);
  self->sockets = sky_roster_list_new_sockets (roster);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->sockets));
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  sky_clients_row_add_columns (self->view, roster);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  sky_roster_order_fill_menu (self->order_button, self->view, offers, G_N_ELEMENTS (offers), NULL);
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (on_search), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  self->tick = sky_roster_tick_new (GTK_WIDGET (self), roster, on_tick, self);
  refresh (self);
  return GTK_WIDGET (self);
}

#include "ui/clients-pane.h"

#include "ui/clients-detail.h"
#include "ui/clients-row.h"
#include "ui/list-focus.h"
#include "ui/roster-list.h"
#include "ui/roster-tick.h"
#include "ui/roster-words.h"
#include "ui/ui.h"

struct _SkyClientsPane
{
  GtkWidget           parent_instance;
  GtkPaned           *rows;
  GtkEditable        *entry;
  GtkStack           *stack;
  GtkLabel           *count, *empty_title, *empty_text;
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

static void
show_state (SkyClientsPane *self)
{
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->sockets));
  gboolean filtered = *gtk_editable_get_text (self->entry) != '\0';
  g_autofree char *count = sky_roster_count_sockets (n_shown);

  gtk_label_set_text (self->count, count);
  gtk_label_set_text (self->empty_title, filtered ? _("No client has this in its name") : _("No client is connected"));
  gtk_label_set_text (self->empty_text,
                      filtered ? _("Names, ids, addresses and namespaces are searched.")
                               : _("Each client that joins a namespace of this server stands here: where it comes "
                                   "from, over which transport, what it said on connecting, and how it fares."));
  gtk_stack_set_visible_child_name (self->stack, n_shown > 0 ? "table" : "empty");
}

static void
show_choice (SkyClientsPane *self)
{
  sky_clients_detail_show (self->detail, self->roster, self->choice.nsp, self->choice.socket);
}

static void
refresh (SkyClientsPane *self)
{
  SkyRosterSight sight = { gtk_editable_get_text (self->entry), FALSE };

  self->refreshing = TRUE;
  sky_roster_list_refresh (self->sockets, &sight);
  reselect (self);
  self->refreshing = FALSE;
  show_state (self);
  show_choice (self);
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

  sky_clients_row_fit (self->view, gtk_widget_get_width (GTK_WIDGET (self)));
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
}

static void
sky_clients_pane_class_init (SkyClientsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_CLIENTS_DETAIL);
  object_class->dispose = sky_clients_pane_dispose;
  object_class->finalize = sky_clients_pane_finalize;
  widget_class->measure = sky_clients_pane_measure;
  widget_class->size_allocate = sky_clients_pane_size_allocate;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "clients-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, rows);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, entry);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, count);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, empty_title);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, empty_text);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, view);
  gtk_widget_class_bind_template_child (widget_class, SkyClientsPane, detail);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
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
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  self->tick = sky_roster_tick_new (GTK_WIDGET (self), roster, on_tick, self);
  refresh (self);
  return GTK_WIDGET (self);
}

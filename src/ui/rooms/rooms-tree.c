#include "ui/rooms/rooms-tree.h"

#include "ui/parts/list-focus.h"
#include "ui/rooms/rooms-row.h"
#include "ui/roster/roster-list.h"
#include "ui/ui.h"

struct _SkyRoomsTree
{
  GtkWidget           parent_instance;
  GtkWidget          *box;
  GtkEditable        *entry;
  GtkStack           *stack;
  GtkColumnView      *view;
  GtkMenuButton      *order_button;
  GtkLabel           *missing;
  SkyRoster          *roster;    /* nullable */
  SkyRosterList      *spaces;    /* nullable */
  GtkTreeListModel   *rows;      /* nullable */
  GtkSingleSelection *selection; /* nullable */
  GHashTable         *folded;    /* keys of namespaces that were closed, and of rooms that were opened */
  SkyRosterChoice     choice;
  guint               catching_up; /* tick callback, 0 for none */
  guint               turn;     /* the row out of view that is looked at next */
  gboolean            untended; /* something is to be opened */
  gboolean            refreshing;
  gboolean            private; /* rooms that are a socket's own are shown */
};

G_DEFINE_FINAL_TYPE (SkyRoomsTree, sky_rooms_tree, GTK_TYPE_WIDGET)

static guint chosen_signal;

static GListModel *
open_node (gpointer item, gpointer user_data)
{
  SkyRoomsTree *self = user_data;
  g_autofree char *key = NULL;
  g_autoptr(GObject) parent = NULL;
  SkyRosterNode *node = item;
  guint i;

  if (sky_roster_node_get_kind (node) == SKY_ROSTER_SPACE)
    return (GListModel *) sky_roster_list_open (self->spaces, node);
  key = sky_roster_node_make_key (sky_roster_node_get_nsp (node), NULL, NULL);
  i = sky_roster_list_find (self->spaces, key);
  parent = i != G_MAXUINT ? g_list_model_get_item (G_LIST_MODEL (self->spaces), i) : NULL;
  if (parent != NULL)
    {
      g_autoptr(SkyRosterList) rooms = sky_roster_list_open (self->spaces, SKY_ROSTER_NODE (parent));

      return (GListModel *) sky_roster_list_open (rooms, node);
    }
  return NULL;
}

/* Namespaces are open unless somebody closes them, rooms the other way round. */
static gboolean
wants_open (SkyRoomsTree *self, SkyRosterNode *node)
{
  gboolean other = g_hash_table_contains (self->folded, sky_roster_node_get_key (node));

  return (sky_roster_node_get_kind (node) == SKY_ROSTER_SPACE) != other;
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SKY_ROOMS_TREE (widget)->catching_up = 0;
  sky_rooms_tree_refresh (SKY_ROOMS_TREE (widget));
  return G_SOURCE_REMOVE;
}

/* There is more to show than one frame has time for. */
static void
catch_up (SkyRoomsTree *self)
{
  if (self->catching_up == 0)
    self->catching_up = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_frame, NULL, NULL);
}

/* What a person has done to a row outlasts the row. */
static void
on_expanded (GtkTreeListRow *row, GParamSpec *pspec, SkyRoomsTree *self)
{
  g_autoptr(SkyRosterNode) node = gtk_tree_list_row_get_item (row);

  if (gtk_tree_list_row_get_expanded (row))
    catch_up (self);
  if (self->refreshing || node == NULL || gtk_tree_list_row_get_expanded (row) == wants_open (self, node))
    return;
  if (!g_hash_table_remove (self->folded, sky_roster_node_get_key (node)))
    g_hash_table_add (self->folded, g_strdup (sky_roster_node_get_key (node)));
}

/* A row is an object of its own only as long as it is in view. */
static void
watch_row (GtkTreeListRow *row, gpointer user_data)
{
  if (g_object_get_data (G_OBJECT (row), "sky-watched") != NULL)
    return;
  g_object_set_data (G_OBJECT (row), "sky-watched", user_data);
  g_signal_connect_object (row, "notify::expanded", G_CALLBACK (on_expanded), user_data, 0);
}

static void
tend_row (SkyRoomsTree *self, GtkTreeListRow *row)
{
  g_autoptr(SkyRosterNode) node = gtk_tree_list_row_get_item (row);

  if (node == NULL || !gtk_tree_list_row_is_expandable (row))
    return;
  if (gtk_tree_list_row_get_expanded (row) != wants_open (self, node))
    gtk_tree_list_row_set_expanded (row, wants_open (self, node));
}

/* Only those that somebody has opened: to look at a row costs a list of its sockets. */
static void
tend_rooms (SkyRoomsTree *self, GtkTreeListRow *space, SkyRosterList *rooms)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->folded);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint position = sky_roster_list_find (rooms, key);
      g_autoptr(GtkTreeListRow) room
          = position != G_MAXUINT ? gtk_tree_list_row_get_child_row (space, position) : NULL;

      if (room != NULL)
        tend_row (self, room);
    }
}

/* Rows of rooms that came back, or moved, are as open as they were. */
static void
tend (SkyRoomsTree *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->spaces)); i++)
    {
      g_autoptr(GtkTreeListRow) space = gtk_tree_list_model_get_child_row (self->rows, i);
      GListModel *rooms;

      tend_row (self, space);
      rooms = gtk_tree_list_row_get_children (space);
      if (rooms != NULL)
        tend_rooms (self, space, SKY_ROSTER_LIST (rooms));
    }
}

static void
reselect (SkyRoomsTree *self)
{
  guint position = self->choice.nsp != NULL ? sky_rooms_row_find (self->rows, self->spaces, &self->choice) : GTK_INVALID_LIST_POSITION;

  if (position != gtk_single_selection_get_selected (self->selection))
    gtk_single_selection_set_selected (self->selection, position);
}

static void
on_scrolled (SkyRoomsTree *self)
{
  if (!self->refreshing && self->rows != NULL)
    sky_rooms_row_refresh_seen (self->view, self->rows, &self->turn);
}

static void
show_state (SkyRoomsTree *self)
{
  gboolean any = g_list_model_get_n_items (G_LIST_MODEL (self->spaces)) > 0;
  const char *words = gtk_editable_get_text (self->entry);

  gtk_label_set_text (self->missing, *words != '\0' ? _("No namespace, room or socket has this in its name.")
                                                    : _("No namespace yet: nobody is connected."));
  gtk_stack_set_visible_child_name (self->stack, any ? "tree" : "empty");
}

/**
 * sky_rooms_tree_refresh:
 *
 * Catches up with the roster. What is chosen, open and in view stays so.
 */
void
sky_rooms_tree_refresh (SkyRoomsTree *self)
{
  SkyRosterSight sight;

  g_return_if_fail (SKY_IS_ROOMS_TREE (self));

  if (self->spaces == NULL)
    return;
  sight = (SkyRosterSight) { gtk_editable_get_text (self->entry), self->private,
                             sky_roster_order_get (self->view) };
  self->refreshing = TRUE;
  if (sky_roster_list_refresh (self->spaces, &sight) || self->untended)
    tend (self);
  self->untended = FALSE;
  reselect (self);
  sky_rooms_row_refresh_seen (self->view, self->rows, &self->turn);
  self->refreshing = FALSE;
  if (sky_roster_list_is_behind (self->spaces))
    catch_up (self);
  show_state (self);
}

static void
on_selected (SkyRoomsTree *self)
{
  GtkTreeListRow *row = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr(SkyRosterNode) node = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (self->refreshing || node == NULL)
    return;
  sky_roster_choice_set (&self->choice, sky_roster_node_get_nsp (node), sky_roster_node_get_room (node),
                         sky_roster_node_get_socket (node));
  g_signal_emit (self, chosen_signal, 0);
}

/* Return and a double click open and close, as everywhere. */
static void
on_activate (SkyRoomsTree *self, guint position)
{
  g_autoptr(GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row != NULL && gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

/**
 * sky_rooms_tree_choose:
 * @nsp: (nullable): %NULL chooses nothing
 */
void
sky_rooms_tree_choose (SkyRoomsTree *self, const char *nsp, const char *room, const char *socket)
{
  SkyRosterChoice next = { (char *) nsp, (char *) room, (char *) socket };

  g_return_if_fail (SKY_IS_ROOMS_TREE (self));

  if (sky_roster_choice_equal (&self->choice, &next))
    return;
  sky_roster_choice_set (&self->choice, nsp, room, socket);
  self->refreshing = TRUE;
  if (self->selection != NULL)
    reselect (self);
  self->refreshing = FALSE;
  g_signal_emit (self, chosen_signal, 0);
}

/**
 * sky_rooms_tree_open:
 * @room: is chosen, and its sockets are shown
 */
void
sky_rooms_tree_open (SkyRoomsTree *self, const char *nsp, const char *room)
{
  g_return_if_fail (SKY_IS_ROOMS_TREE (self));

  g_hash_table_add (self->folded, sky_roster_node_make_key (nsp, room, NULL));
  self->untended = TRUE;
  sky_rooms_tree_refresh (self);
  sky_rooms_tree_choose (self, nsp, room, NULL);
}

const SkyRosterChoice *
sky_rooms_tree_get_choice (SkyRoomsTree *self)
{
  return &self->choice;
}

/* Gives the rows the focus. */
void
sky_rooms_tree_focus (SkyRoomsTree *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/**
 * sky_rooms_tree_set_roster:
 * @roster: to be set once
 */
void
sky_rooms_tree_set_roster (SkyRoomsTree *self, SkyRoster *roster)
{
  static const SkyRosterOffer offers[] = {
    { SKY_ROSTER_BY_COMING, N_("Rooms by name, sockets as they came") },
    { SKY_ROSTER_BY_NAME, N_("All by name") },
    { SKY_ROSTER_BY_COUNT, N_("Number of sockets") },
    { SKY_ROSTER_BY_RATE, N_("Events a second") },
  };
  g_autoptr(GMenu) more = g_menu_new ();

  g_return_if_fail (SKY_IS_ROOMS_TREE (self) && self->roster == NULL);

  self->roster = g_object_ref (roster);
  self->spaces = sky_roster_list_new (roster);
  self->rows
      = gtk_tree_list_model_new (G_LIST_MODEL (g_object_ref (self->spaces)), FALSE, FALSE, open_node, self, NULL);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->rows));
  sky_rooms_row_add_columns (self->view, roster, watch_row, self);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_menu_append (more, _("Own rooms of sockets"), "tree.private");
  sky_roster_order_fill_menu (self->order_button, self->view, offers, G_N_ELEMENTS (offers), G_MENU_MODEL (more));
  g_signal_connect_object (gtk_column_view_get_sorter (self->view), "changed", G_CALLBACK (sky_rooms_tree_refresh),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view)), "value-changed",
                           G_CALLBACK (on_scrolled), self, G_CONNECT_SWAPPED);
  sky_rooms_tree_refresh (self);
}

/* Each socket is in a room of its own, named by its id. */
static void
on_private (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  SkyRoomsTree *self = user_data;

  self->private = g_variant_get_boolean (value);
  g_simple_action_set_state (action, value);
  sky_rooms_tree_refresh (self);
}

/* Of a socket its id, of the others the name. */
static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const SkyRosterChoice *choice = &SKY_ROOMS_TREE (widget)->choice;
  const char *text = choice->socket != NULL ? choice->socket : choice->room != NULL ? choice->room : choice->nsp;

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
sky_rooms_tree_dispose (GObject *object)
{
  SkyRoomsTree *self = SKY_ROOMS_TREE (object);

  self->refreshing = TRUE;
  if (self->catching_up != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->catching_up);
  self->catching_up = 0;
  if (self->view != NULL)
    gtk_column_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_object (&self->spaces);
  g_clear_object (&self->roster);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_rooms_tree_parent_class)->dispose (object);
}

static void
sky_rooms_tree_finalize (GObject *object)
{
  SkyRoomsTree *self = SKY_ROOMS_TREE (object);

  g_hash_table_unref (self->folded);
  sky_roster_choice_clear (&self->choice);
  G_OBJECT_CLASS (sky_rooms_tree_parent_class)->finalize (object);
}

static void
sky_rooms_tree_init (SkyRoomsTree *self)
{
  static const GActionEntry entries[] = { { "private", NULL, NULL, "false", on_private } };
  g_autoptr(GSimpleActionGroup) actions = g_simple_action_group_new ();

  self->folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "tree", G_ACTION_GROUP (actions));
  sky_list_focus_leave_on_tab (GTK_WIDGET (self->view));
  sky_list_focus_leave_search (GTK_SEARCH_ENTRY (self->entry), GTK_WIDGET (self->view));
}

static void
sky_rooms_tree_class_init (SkyRoomsTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sky_rooms_tree_dispose;
  object_class->finalize = sky_rooms_tree_finalize;
  chosen_signal
      = g_signal_new ("chosen", SKY_TYPE_ROOMS_TREE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-tree.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTree, box);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTree, entry);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTree, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTree, view);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTree, order_button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsTree, missing);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_install_action (widget_class, "rooms.copy", NULL, copy);
  gtk_widget_class_bind_template_callback (widget_class, sky_rooms_tree_refresh);
}

#include "ui/window/sidebar.h"

#include "peer/client/client.h"
#include "peer/host/host.h"
#include "ui/ui.h"
#include "ui/window/sidebar-row.h"

#define COUNT_INTERVAL_MSEC 500

struct _SkySidebar
{
  GtkWidget           parent_instance;
  GtkWidget          *scroller, *menu;
  GtkListView        *view;
  GListStore         *peers; /* of SkyPeer, by section */
  GtkSingleSelection *selection;
  GPtrArray          *bound; /* of GtkListItem that are in view; borrowed */
  SkyPeer            *watched; /* owned, nullable: the one that is selected */
  guint               ticker;
};

G_DEFINE_FINAL_TYPE (SkySidebar, sky_sidebar, GTK_TYPE_WIDGET)

typedef enum { PROP_SELECTED = 1 } SkySidebarProp;
static GParamSpec *props[PROP_SELECTED + 1];
static guint close_request_signal;

static const char *const headings[] = { N_("CONNECTIONS"), N_("SERVERS"), N_("CAPTURES") };

static guint
section_of (SkyPeer *peer)
{
  if (SKY_IS_CLIENT (peer))
    return 0;
  return SKY_IS_HOST (peer) ? 1 : 2;
}

static void
write_heading (SkySidebar *self, GtkListItem *item)
{
  guint position = gtk_list_item_get_position (item);
  guint section = section_of (gtk_list_item_get_item (item));
  g_autoptr(SkyPeer) before = position > 0 ? sky_sidebar_get_nth (self, position - 1) : NULL;
  gboolean first = before == NULL || section_of (before) != section;

  sky_sidebar_row_set_heading (SKY_SIDEBAR_ROW (gtk_list_item_get_child (item)),
                               first ? _(headings[section]) : NULL);
}

static void
on_row_close (SkySidebarRow *row, SkySidebar *self)
{
  g_autoptr(SkyPeer) peer = g_object_ref (sky_sidebar_row_get_peer (row));

  g_signal_emit (self, close_request_signal, 0, peer);
}

static void
pop_up (SkySidebar *self, GtkWidget *row, double x, double y)
{
  gtk_widget_translate_coordinates (row, GTK_WIDGET (self), x, y, &x, &y);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_row_pressed (GtkGestureClick *gesture, int n_press, double x, double y, SkySidebar *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  sky_sidebar_select (self, sky_sidebar_row_get_peer (SKY_SIDEBAR_ROW (row)));
  pop_up (self, row, x, y);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, SkySidebar *self)
{
  GtkWidget *row = sky_sidebar_row_new ();
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_row_pressed), self, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (press));
  g_signal_connect_object (row, "close", G_CALLBACK (on_row_close), self, 0);
  gtk_list_item_set_child (item, row);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SkySidebar *self)
{
  sky_sidebar_row_set_peer (SKY_SIDEBAR_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
  g_ptr_array_add (self->bound, item);
  write_heading (self, item);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, SkySidebar *self)
{
  sky_sidebar_row_set_peer (SKY_SIDEBAR_ROW (gtk_list_item_get_child (item)), NULL);
  g_ptr_array_remove_fast (self->bound, item);
}

/* Who is first of a section may have changed, for rows that stay bound too. */
static void
on_items_changed (SkySidebar *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    write_heading (self, self->bound->pdata[i]);
}

static gboolean
on_count (gpointer user_data)
{
  SkySidebar *self = user_data;

  for (guint i = 0; i < self->bound->len; i++)
    sky_sidebar_row_count (SKY_SIDEBAR_ROW (gtk_list_item_get_child (self->bound->pdata[i])));
  return G_SOURCE_CONTINUE;
}

/* What can be done with the one that is selected */
static void
update_actions (SkySidebar *self)
{
  SkyPeer *peer = sky_sidebar_get_selected (self);
  SkyPeerState state = peer != NULL ? sky_peer_get_state (peer) : SKY_PEER_IDLE;
  gboolean talks = peer != NULL && (SKY_IS_CLIENT (peer) || SKY_IS_HOST (peer));
  gboolean runs = state == SKY_PEER_WORKING || state == SKY_PEER_OPEN;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sidebar.start", talks && !runs && state != SKY_PEER_CLOSING);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sidebar.stop", talks && (runs || state == SKY_PEER_WAITING));
}

static void
on_selected (SkySidebar *self)
{
  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_func (self->watched, update_actions, self);
  g_set_object (&self->watched, sky_sidebar_get_selected (self));
  if (self->watched != NULL)
    g_signal_connect_object (self->watched, "notify::state", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

/**
 * sky_sidebar_add:
 * @peer: goes to the end of its section
 */
void
sky_sidebar_add (SkySidebar *self, SkyPeer *peer)
{
  guint n_peers = sky_sidebar_get_n_peers (self);
  guint at = 0;

  g_return_if_fail (SKY_IS_SIDEBAR (self) && SKY_IS_PEER (peer));

  for (; at < n_peers; at++)
    {
      g_autoptr(SkyPeer) other = sky_sidebar_get_nth (self, at);

      if (section_of (other) > section_of (peer))
        break;
    }
  g_list_store_insert (self->peers, at, peer);
}

/**
 * sky_sidebar_remove:
 * @peer: is taken out; if it was selected its neighbour is selected in its place
 */
void
sky_sidebar_remove (SkySidebar *self, SkyPeer *peer)
{
  gboolean was_selected = sky_sidebar_get_selected (self) == peer;
  guint position, n_left;

  g_return_if_fail (SKY_IS_SIDEBAR (self));

  if (!g_list_store_find (self->peers, peer, &position))
    return;
  g_list_store_remove (self->peers, position);
  n_left = sky_sidebar_get_n_peers (self);
  if (was_selected && n_left > 0)
    gtk_single_selection_set_selected (self->selection, MIN (position, n_left - 1));
}

/**
 * sky_sidebar_get_nth:
 * @position: from 0, as shown from top to bottom
 *
 * Returns: (nullable) (transfer full): the peer there
 */
SkyPeer *
sky_sidebar_get_nth (SkySidebar *self, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (self->peers), position);
}

/**
 * sky_sidebar_get_n_peers:
 *
 * Returns: how many there are, of all kinds
 */
guint
sky_sidebar_get_n_peers (SkySidebar *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->peers));
}

/**
 * sky_sidebar_get_selected:
 *
 * Returns: (nullable) (transfer none): the peer that is selected
 */
SkyPeer *
sky_sidebar_get_selected (SkySidebar *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

/**
 * sky_sidebar_select:
 * @peer: (nullable): one that was added, or %NULL to select none
 */
void
sky_sidebar_select (SkySidebar *self, SkyPeer *peer)
{
  guint position = GTK_INVALID_LIST_POSITION;

  g_return_if_fail (SKY_IS_SIDEBAR (self));

  if (peer != NULL && !g_list_store_find (self->peers, peer, &position))
    return;
  gtk_single_selection_set_selected (self->selection, position);
  if (peer != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
}

static void
close_selected (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyPeer *selected = sky_sidebar_get_selected (SKY_SIDEBAR (widget));
  g_autoptr(SkyPeer) peer = selected != NULL ? g_object_ref (selected) : NULL;

  if (peer != NULL)
    g_signal_emit (widget, close_request_signal, 0, peer);
}

static void
start_selected (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (SKY_SIDEBAR (widget)->watched != NULL)
    sky_peer_start (SKY_SIDEBAR (widget)->watched);
}

static void
stop_selected (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (SKY_SIDEBAR (widget)->watched != NULL)
    sky_peer_stop (SKY_SIDEBAR (widget)->watched);
}

/* By keyboard, at the row with the focus. */
static void
show_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkySidebar *self = SKY_SIDEBAR (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (self->watched != NULL && focus != NULL && gtk_widget_is_ancestor (focus, widget))
    pop_up (self, focus, 24, gtk_widget_get_height (focus));
}

static void
sky_sidebar_map (GtkWidget *widget)
{
  SkySidebar *self = SKY_SIDEBAR (widget);

  GTK_WIDGET_CLASS (sky_sidebar_parent_class)->map (widget);
  self->ticker = g_timeout_add (COUNT_INTERVAL_MSEC, on_count, self);
  on_count (self);
}

static void
sky_sidebar_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SKY_SIDEBAR (widget)->ticker, g_source_remove);
  GTK_WIDGET_CLASS (sky_sidebar_parent_class)->unmap (widget);
}

static void
sky_sidebar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SkySidebarProp) id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, sky_sidebar_get_selected (SKY_SIDEBAR (object)));
      break;
    }
}

static void
sky_sidebar_dispose (GObject *object)
{
  SkySidebar *self = SKY_SIDEBAR (object);

  if (self->watched != NULL)
    g_signal_handlers_disconnect_by_data (self->watched, self);
  g_clear_object (&self->watched);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->peers);
  G_OBJECT_CLASS (sky_sidebar_parent_class)->dispose (object);
}

static void
sky_sidebar_finalize (GObject *object)
{
  g_ptr_array_unref (SKY_SIDEBAR (object)->bound);
  G_OBJECT_CLASS (sky_sidebar_parent_class)->finalize (object);
}

static void
sky_sidebar_init (SkySidebar *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->bound = g_ptr_array_new ();
  self->peers = g_list_store_new (SKY_TYPE_PEER);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->peers)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->peers, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
sky_sidebar_class_init (SkySidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sky_sidebar_get_property;
  object_class->dispose = sky_sidebar_dispose;
  object_class->finalize = sky_sidebar_finalize;
  widget_class->map = sky_sidebar_map;
  widget_class->unmap = sky_sidebar_unmap;

  props[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, SKY_TYPE_PEER,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  close_request_signal = g_signal_new ("close-request", SKY_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, SKY_TYPE_PEER);

  gtk_widget_class_set_css_name (widget_class, "skysidebar");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, SkySidebar, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkySidebar, menu);
  gtk_widget_class_bind_template_child (widget_class, SkySidebar, view);
  gtk_widget_class_install_action (widget_class, "sidebar.close", NULL, close_selected);
  gtk_widget_class_install_action (widget_class, "sidebar.start", NULL, start_selected);
  gtk_widget_class_install_action (widget_class, "sidebar.stop", NULL, stop_selected);
  gtk_widget_class_install_action (widget_class, "sidebar.menu", NULL, show_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "sidebar.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "sidebar.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "sidebar.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Delete, 0, "sidebar.close", NULL);
}

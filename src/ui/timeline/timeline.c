#include "ui/timeline/timeline-private.h"

#include "ui/parts/list-focus.h"
#include "ui/parts/wrap-bar.h"
#include "ui/timeline/timeline-columns.h"
#include "ui/ui.h"

G_DEFINE_FINAL_TYPE (SkyTimeline, sky_timeline, GTK_TYPE_WIDGET)

typedef enum { SIGNAL_RECORD_SELECTED, SIGNAL_RECORD_ACTIVATED, N_SIGNALS } SkyTimelineSignal;
static guint signals[N_SIGNALS];

/* The selection follows its record through a filter, once the list has got that far. */
static void
reselect (SkyTimeline *self)
{
  guint position = GTK_INVALID_LIST_POSITION;

  if (self->selected != SKY_RECORD_NONE && self->list != NULL)
    position = sky_record_list_find (self->list, self->selected);
  if (position != gtk_single_selection_get_selected (self->selection))
    {
      self->reselecting = TRUE;
      gtk_single_selection_set_selected (self->selection, position);
      self->reselecting = FALSE;
    }
  if (position != GTK_INVALID_LIST_POSITION && self->reveal)
    {
      self->reveal = FALSE;
      sky_follow_show (self->follow, position);
    }
}

/* What depends on how many rows there are. */
void
sky_timeline_list_changed (SkyTimeline *self)
{
  sky_timeline_update_placeholder (self);
  sky_timeline_update_hidden (self);
  if (self->selected != SKY_RECORD_NONE)
    reselect (self);
  sky_follow_grown (self->follow);
}

/* Once a frame, and only while there is something to do. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SkyTimeline *self = SKY_TIMELINE (widget);

  sky_timeline_columns_fit (self->view, gtk_widget_get_width (widget), self->socket_io,
                            self->store != NULL ? sky_store_get_n_records (self->store) : 0);
  if (self->resume)
    sky_follow_set_active (self->follow, TRUE);
  self->resume = FALSE;
  if (self->list != NULL && sky_record_list_catch_up (self->list))
    return G_SOURCE_CONTINUE;
  if (self->list == NULL || g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0)
    sky_timeline_update_placeholder (self);
  sky_timeline_update_hidden (self);
  sky_timeline_columns_speak (self->view);
  sky_timeline_update_actions (self);
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
want_tick (SkyTimeline *self)
{
  if (self->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
}

static void
drop_tick (SkyTimeline *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
on_follow_toggled (SkyTimeline *self)
{
  sky_follow_set_active (self->follow, gtk_toggle_button_get_active (self->follow_button));
}

static void
on_follow_active (SkyTimeline *self)
{
  gtk_toggle_button_set_active (self->follow_button, sky_follow_get_active (self->follow));
}

static void
set_selected (SkyTimeline *self, guint32 number)
{
  if (self->selected == number)
    return;
  self->selected = number;
  sky_timeline_update_actions (self);
  g_signal_emit (self, signals[SIGNAL_RECORD_SELECTED], 0, number);
}

static void
on_selected (SkyTimeline *self)
{
  SkyRow *row = gtk_single_selection_get_selected_item (self->selection);

  if (self->reselecting)
    return;
  if (row != NULL && !self->resume)
    sky_follow_set_active (self->follow, FALSE);
  set_selected (self, row != NULL ? sky_row_get_number (row) : SKY_RECORD_NONE);
}

/* Selects a record and scrolls to it; SKY_RECORD_NONE selects nothing. */
void
sky_timeline_select (SkyTimeline *self, guint32 number)
{
  set_selected (self, number);
  if (self->selection == NULL)
    return;
  self->reveal = number != SKY_RECORD_NONE;
  if (self->reveal)
    sky_follow_set_active (self->follow, FALSE);
  reselect (self);
}

static void
on_activate (SkyTimeline *self, guint position)
{
  if (self->selected != SKY_RECORD_NONE)
    g_signal_emit (self, signals[SIGNAL_RECORD_ACTIVATED], 0, self->selected);
}

/* End goes to the newest row, and stays there. */
static gboolean
on_key (SkyTimeline *self, guint key)
{
  if (key == GDK_KEY_End || key == GDK_KEY_KP_End)
    {
      self->resume = TRUE;
      want_tick (self);
    }
  return GDK_EVENT_PROPAGATE;
}

static void
sky_timeline_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sky_timeline_parent_class)->map (widget);
  want_tick (SKY_TIMELINE (widget));
}

static void
sky_timeline_unmap (GtkWidget *widget)
{
  drop_tick (SKY_TIMELINE (widget));
  GTK_WIDGET_CLASS (sky_timeline_parent_class)->unmap (widget);
}

/**
 * sky_timeline_set_store:
 * @store: (nullable): the trace to show from now on
 *
 * Nothing is selected then, and the newest row is followed.
 */
void
sky_timeline_set_store (SkyTimeline *self, SkyStore *store)
{
  g_return_if_fail (SKY_IS_TIMELINE (self));

  if (self->store == store)
    return;
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  gtk_column_view_set_model (self->view, NULL);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_set_object (&self->store, store);
  set_selected (self, SKY_RECORD_NONE);
  if (store != NULL)
    {
      self->list = sky_record_list_new (store);
      self->selection = gtk_single_selection_new (NULL);
      gtk_single_selection_set_autoselect (self->selection, FALSE);
      gtk_single_selection_set_can_unselect (self->selection, TRUE);
      sky_timeline_apply_filter (self);
      gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->list));
      gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
      gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
      g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (on_selected),
                                self);
      g_signal_connect_object (self->list, "items-changed", G_CALLBACK (sky_timeline_list_changed),
                               self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
      g_signal_connect_object (store, "grew", G_CALLBACK (want_tick), self, G_CONNECT_SWAPPED);
    }
  sky_timeline_update_placeholder (self);
  sky_follow_set_active (self->follow, TRUE);
  want_tick (self);
}

/**
 * sky_timeline_set_kind:
 * @socket_io: whether Engine.IO and Socket.IO are spoken, or WebSocket alone
 */
void
sky_timeline_set_kind (SkyTimeline *self, gboolean socket_io)
{
  g_return_if_fail (SKY_IS_TIMELINE (self));

  self->socket_io = socket_io;
  sky_layer_switch_set_kind (self->layers, socket_io);
  want_tick (self);
}

/**
 * sky_timeline_focus_filter:
 *
 * Puts the cursor into the filter, all of it selected, to be typed over.
 */
void
sky_timeline_focus_filter (SkyTimeline *self)
{
  g_return_if_fail (SKY_IS_TIMELINE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (self->entry, 0, -1);
}

static void
sky_timeline_dispose (GObject *object)
{
  SkyTimeline *self = SKY_TIMELINE (object);

  if (self->view != NULL)
    sky_timeline_set_store (self, NULL);
  drop_tick (self);
  g_clear_object (&self->follow);
  g_clear_pointer (&self->hidden, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), SKY_TYPE_TIMELINE);
  G_OBJECT_CLASS (sky_timeline_parent_class)->dispose (object);
}

static void
sky_timeline_class_init (SkyTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_timeline_dispose;
  widget_class->map = sky_timeline_map;
  widget_class->unmap = sky_timeline_unmap;
  signals[SIGNAL_RECORD_SELECTED]
      = g_signal_new ("record-selected", SKY_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_RECORD_ACTIVATED]
      = g_signal_new ("record-activated", SKY_TYPE_TIMELINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_UINT);
  g_type_ensure (SKY_TYPE_WRAP_BAR);
  g_type_ensure (SKY_TYPE_LAYER_SWITCH);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, box);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, menu);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, layers);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, entry);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, follow_button);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, hidden_button);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, error);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, view);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, empty_title);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, empty_text);
  gtk_widget_class_bind_template_child (widget_class, SkyTimeline, empty_button);
  gtk_widget_class_bind_template_callback (widget_class, on_follow_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  sky_timeline_install_actions (widget_class);
  sky_timeline_install_filter (widget_class);
}

static void
sky_timeline_init (SkyTimeline *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkAdjustment *across;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->selected = SKY_RECORD_NONE;
  sky_timeline_update_actions (self);
  self->socket_io = TRUE;
  self->follow = sky_follow_new (self->view, gtk_scrolled_window_get_vadjustment (self->scroller));
  g_signal_connect_object (self->follow, "notify::active", G_CALLBACK (on_follow_active), self,
                           G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
  sky_list_focus_leave_on_tab (GTK_WIDGET (self->view));
  across = gtk_scrolled_window_get_hadjustment (self->scroller);
  g_signal_connect_object (across, "notify::page-size", G_CALLBACK (want_tick), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "value-changed",
                           G_CALLBACK (want_tick), self, G_CONNECT_SWAPPED);
  sky_timeline_columns_add (self->view);
  sky_timeline_update_placeholder (self);
}

/**
 * sky_timeline_new:
 *
 * Returns: a timeline without a trace
 */
GtkWidget *
sky_timeline_new (void)
{
  return g_object_new (SKY_TYPE_TIMELINE, NULL);
}

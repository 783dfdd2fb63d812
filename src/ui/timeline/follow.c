#include "ui/timeline/follow.h"

#include "ui/ui.h"

struct _SkyFollow
{
  GObject        parent_instance;
  GtkColumnView *view;       /* borrowed: it outlives this */
  GtkAdjustment *adjustment; /* owned */
  double         last_value, last_upper, last_page;
  guint          resized; /* source: shows the end again */
  gboolean       active;
};

G_DEFINE_FINAL_TYPE (SkyFollow, sky_follow, G_TYPE_OBJECT)

typedef enum { PROP_ACTIVE = 1 } SkyFollowProp;
static GParamSpec *props[PROP_ACTIVE + 1];

/* The list view inside the column view owns the action. */
static GtkWidget *
find_list (GtkColumnView *view)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_VIEW (child))
      return child;
  return NULL;
}

/**
 * sky_follow_show:
 * @position: of a row
 *
 * Scrolls no further than needed to see that row; selection and focus stay where they are.
 */
void
sky_follow_show (SkyFollow *self, guint position)
{
  GtkWidget *list = find_list (self->view);

  if (list != NULL)
    gtk_widget_activate_action (list, "list.scroll-to-item", "u", position);
}

/**
 * sky_follow_grown:
 *
 * The list has got longer: shows its end if that is wanted.
 */
void
sky_follow_grown (SkyFollow *self)
{
  GtkSelectionModel *model = gtk_column_view_get_model (self->view);
  guint n_items = model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;

  if (self->active && n_items > 0)
    sky_follow_show (self, n_items - 1);
}

gboolean
sky_follow_get_active (SkyFollow *self)
{
  g_return_val_if_fail (SKY_IS_FOLLOW (self), FALSE);
  return self->active;
}

/**
 * sky_follow_set_active:
 * @active: whether to stay at the newest row; if so, goes there now
 */
void
sky_follow_set_active (SkyFollow *self, gboolean active)
{
  g_return_if_fail (SKY_IS_FOLLOW (self));

  if (active != self->active)
    {
      self->active = active;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ACTIVE]);
    }
  sky_follow_grown (self);
}

/* A value that moves while the list's length and the window's do not was moved by a person. */
static void
on_value (SkyFollow *self)
{
  double value = gtk_adjustment_get_value (self->adjustment);
  double upper = gtk_adjustment_get_upper (self->adjustment);
  double page = gtk_adjustment_get_page_size (self->adjustment);
  gboolean same = upper == self->last_upper && page == self->last_page;
  double before = self->last_value;

  self->last_value = value;
  self->last_upper = upper;
  self->last_page = page;
  if (!same)
    return;
  if (value < before - 1 && self->active)
    sky_follow_set_active (self, FALSE);
  else if (value > before && value + page >= upper - 1 && !self->active)
    sky_follow_set_active (self, TRUE);
}

static gboolean
is_at_end (SkyFollow *self)
{
  return gtk_adjustment_get_value (self->adjustment) + gtk_adjustment_get_page_size (self->adjustment)
         >= gtk_adjustment_get_upper (self->adjustment) - 1;
}

static void
on_settled (gpointer user_data)
{
  SkyFollow *self = user_data;

  self->resized = 0;
  if (!is_at_end (self))
    sky_follow_grown (self);
}

/* A row that came while the list was laid out, or a bar that appeared below it: the newest row would be out of sight. */
static void
on_changed (SkyFollow *self)
{
  if (self->active && self->resized == 0 && !is_at_end (self))
    self->resized = g_idle_add_once (on_settled, self);
}

/* Who presses at a row means this one: it must not slip away below the finger before that is lifted. */
static void
on_press (SkyFollow *self)
{
  if (self->active)
    sky_follow_set_active (self, FALSE);
}

static void
heed_presses (SkyFollow *self)
{
  GtkGesture *press = gtk_gesture_click_new ();
  GtkWidget *list = find_list (self->view);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), 0);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_press), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (list != NULL ? list : GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (press));
}

static void
sky_follow_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, SKY_FOLLOW (object)->active);
}

static void
sky_follow_dispose (GObject *object)
{
  SkyFollow *self = SKY_FOLLOW (object);

  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  g_clear_handle_id (&self->resized, g_source_remove);
  g_clear_object (&self->adjustment);
  G_OBJECT_CLASS (sky_follow_parent_class)->dispose (object);
}

static void
sky_follow_class_init (SkyFollowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sky_follow_dispose;
  object_class->get_property = sky_follow_get_property;
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, TRUE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
sky_follow_init (SkyFollow *self)
{
  self->active = TRUE;
}

/**
 * sky_follow_new:
 * @view: outlives what is returned
 * @adjustment: the vertical one of what @view scrolls in
 *
 * Returns: (transfer full): a follower that is active
 */
SkyFollow *
sky_follow_new (GtkColumnView *view, GtkAdjustment *adjustment)
{
  SkyFollow *self = g_object_new (SKY_TYPE_FOLLOW, NULL);

  self->view = view;
  self->adjustment = g_object_ref (adjustment);
  g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (on_value), self);
  g_signal_connect_swapped (adjustment, "changed", G_CALLBACK (on_changed), self);
  heed_presses (self);
  return self;
}

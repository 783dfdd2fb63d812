#include "ui/window/sidebar-row.h"

#include "ui/link/countdown.h"
#include "ui/link/state-dot.h"
#include "ui/parts/wrap-bar.h"
#include "ui/ui.h"

struct _SkySidebarRow
{
  GtkWidget    parent_instance;
  GtkWidget   *box, *close, *waiting, *again;
  GtkLabel    *heading, *title, *subtitle, *count;
  SkyStateDot *dot;
  SkyCountdown *countdown;
  SkyPeer     *peer;
  guint32      n_shown; /* the number that @count says */
};

G_DEFINE_FINAL_TYPE (SkySidebarRow, sky_sidebar_row, GTK_TYPE_WIDGET)

static guint close_signal;

static void
on_close (SkySidebarRow *self)
{
  if (self->peer != NULL)
    g_signal_emit (self, close_signal, 0);
}

/* A press on the heading is not meant for the row beneath it. */
static void
on_heading_pressed (GtkGesture *gesture)
{
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

/* What does not fit is told in full. */
static gboolean
on_query_tooltip (GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, gtk_label_get_text (label));
  return pango_layout_is_ellipsized (gtk_label_get_layout (label));
}

/* The list's own line has the focus, and so the name. */
static void
on_title (SkySidebarRow *self)
{
  GtkWidget *line = gtk_widget_get_parent (GTK_WIDGET (self));
  const char *title = sky_peer_get_title (self->peer);
  g_autofree char *name = g_strdup_printf (_("Close %s"), title != NULL ? title : "");

  gtk_label_set_text (self->title, title != NULL ? title : "");
  gtk_widget_set_tooltip_text (self->close, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->close), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (line != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (line), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "", -1);
}

static void
on_subtitle (SkySidebarRow *self)
{
  const char *subtitle = sky_peer_get_subtitle (self->peer);
  gboolean shown = subtitle != NULL && *subtitle != '\0';

  gtk_label_set_text (self->subtitle, shown ? subtitle : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), shown && !sky_countdown_runs_for (self->peer));
}

/* While it is tried again that stands in the subtitle's place, from the first attempt to the last. */
static void
on_state (SkySidebarRow *self)
{
  gboolean tall = sky_countdown_runs_for (self->peer);

  gtk_widget_set_visible (self->waiting, tall);
  gtk_widget_set_valign (GTK_WIDGET (self->dot), tall ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
  gtk_widget_set_valign (gtk_widget_get_parent (GTK_WIDGET (self->count)), tall ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (self->again, sky_peer_get_state (self->peer) == SKY_PEER_WAITING);
  on_subtitle (self);
}

static void
on_again (SkySidebarRow *self)
{
  if (self->peer != NULL)
    sky_peer_start (self->peer);
}

static void
on_stop (SkySidebarRow *self)
{
  if (self->peer != NULL)
    sky_peer_stop (self->peer);
}

/**
 * sky_sidebar_row_count:
 *
 * Writes the number of records of the peer's trace anew if it has changed.
 */
void
sky_sidebar_row_count (SkySidebarRow *self)
{
  SkyStore *store = self->peer != NULL ? sky_peer_get_store (self->peer) : NULL;
  guint32 n_records = store != NULL ? sky_store_get_n_records (store) : 0;
  g_autofree char *text = NULL;

  if (n_records == self->n_shown)
    return;
  self->n_shown = n_records;
  text = g_strdup_printf ("%'u", n_records);
  gtk_label_set_text (self->count, n_records > 0 ? text : "");
}

/**
 * sky_sidebar_row_set_peer:
 * @peer: (nullable): whom to show, %NULL when the row goes out of view
 */
void
sky_sidebar_row_set_peer (SkySidebarRow *self, SkyPeer *peer)
{
  g_return_if_fail (SKY_IS_SIDEBAR_ROW (self));

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_set_object (&self->peer, peer);
  if (self->dot != NULL)
    {
      sky_state_dot_set_peer (self->dot, peer);
      sky_countdown_set_peer (self->countdown, peer);
    }
  if (peer == NULL)
    return;
  g_signal_connect_object (peer, "notify::title", G_CALLBACK (on_title), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peer, "notify::subtitle", G_CALLBACK (on_subtitle), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peer, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_title (self);
  on_state (self);
  sky_sidebar_row_count (self);
}

/**
 * sky_sidebar_row_get_peer:
 *
 * Returns: (nullable) (transfer none): whom the row shows
 */
SkyPeer *
sky_sidebar_row_get_peer (SkySidebarRow *self)
{
  g_return_val_if_fail (SKY_IS_SIDEBAR_ROW (self), NULL);

  return self->peer;
}

/**
 * sky_sidebar_row_set_heading:
 * @heading: (nullable): the section that this row is the first of
 */
void
sky_sidebar_row_set_heading (SkySidebarRow *self, const char *heading)
{
  g_return_if_fail (SKY_IS_SIDEBAR_ROW (self));

  gtk_label_set_text (self->heading, heading != NULL ? heading : "");
  gtk_widget_set_visible (GTK_WIDGET (self->heading), heading != NULL);
}

static void
sky_sidebar_row_dispose (GObject *object)
{
  SkySidebarRow *self = SKY_SIDEBAR_ROW (object);

  sky_sidebar_row_set_peer (self, NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  self->dot = NULL;
  G_OBJECT_CLASS (sky_sidebar_row_parent_class)->dispose (object);
}

static void
sky_sidebar_row_init (SkySidebarRow *self)
{
  GtkGesture *press = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  sky_countdown_set_stacked (self->countdown, TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_heading_pressed), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self->heading), GTK_EVENT_CONTROLLER (press));
}

static void
sky_sidebar_row_class_init (SkySidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_sidebar_row_dispose;
  close_signal = g_signal_new ("close", SKY_TYPE_SIDEBAR_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
  g_type_ensure (SKY_TYPE_COUNTDOWN);
  g_type_ensure (SKY_TYPE_STATE_DOT);
  g_type_ensure (SKY_TYPE_WRAP_BAR);
  gtk_widget_class_set_css_name (widget_class, "sidebarrow");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, box);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, heading);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, dot);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, title);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, count);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, close);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, waiting);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, again);
  gtk_widget_class_bind_template_child (widget_class, SkySidebarRow, countdown);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
}

/**
 * sky_sidebar_row_new:
 *
 * Returns: (transfer floating): a row without a peer; signal "close" when its button is pressed
 */
GtkWidget *
sky_sidebar_row_new (void)
{
  return g_object_new (SKY_TYPE_SIDEBAR_ROW, NULL);
}

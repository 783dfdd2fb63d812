#include "ui/link/countdown.h"

#include "ui/ui.h"

#define TICK_MSEC 250 /* a second that has passed is seen soon, and digits change at an even pace */

struct _SkyCountdown
{
  GtkWidget parent_instance;
  GtkLabel *label;
  SkyPeer  *peer; /* nullable */
  gboolean  stacked;
};

G_DEFINE_FINAL_TYPE (SkyCountdown, sky_countdown, GTK_TYPE_WIDGET)

/* All that are on the screen and count share one timer. */
static GPtrArray *counting; /* of SkyCountdown, borrowed */
static guint ticker;

/**
 * sky_countdown_runs_for:
 *
 * Returns: whether the peer's connection broke and is tried again: it waits for that, or is at it
 */
gboolean
sky_countdown_runs_for (SkyPeer *peer)
{
  SkyPeerState state = sky_peer_get_state (peer);

  return state == SKY_PEER_WAITING || (state == SKY_PEER_WORKING && sky_peer_get_attempt (peer) > 0);
}

static char *
make_text (SkyPeer *peer, gboolean stacked)
{
  gint64 left_usec = sky_peer_get_retry_at (peer) - g_get_monotonic_time ();
  guint attempt = sky_peer_get_attempt (peer);

  guint left_sec = (guint) (MAX (left_usec + G_USEC_PER_SEC - 1, 0) / G_USEC_PER_SEC);
  gboolean waits = sky_peer_get_state (peer) == SKY_PEER_WAITING;

  if (waits)
    attempt++;
  if (!waits || left_sec == 0)
    return g_strdup_printf (stacked ? _("Trying again now\nattempt %u") : _("Trying again now · attempt %u"), attempt);
  return g_strdup_printf (stacked ? _("Trying again in %u s\nattempt %u") : _("Trying again in %u s · attempt %u"),
                          left_sec, attempt);
}

static void
write_text (SkyCountdown *self)
{
  g_autofree char *text = make_text (self->peer, self->stacked);

  if (g_strcmp0 (gtk_label_get_text (self->label), text) != 0)
    gtk_label_set_text (self->label, text);
}

static gboolean
on_tick (gpointer user_data)
{
  for (guint i = 0; i < counting->len; i++)
    write_text (counting->pdata[i]);
  return G_SOURCE_CONTINUE;
}

static void
set_counting (SkyCountdown *self, gboolean count)
{
  if (counting == NULL)
    counting = g_ptr_array_new ();
  if (count == g_ptr_array_find (counting, self, NULL))
    return;
  if (count)
    g_ptr_array_add (counting, self);
  else
    g_ptr_array_remove_fast (counting, self);
  if (counting->len == 0)
    g_clear_handle_id (&ticker, g_source_remove);
  else if (ticker == 0)
    ticker = g_timeout_add (TICK_MSEC, on_tick, NULL);
}

static void
on_changed (SkyCountdown *self)
{
  gboolean runs = self->peer != NULL && sky_countdown_runs_for (self->peer);

  gtk_widget_set_visible (GTK_WIDGET (self), runs);
  if (runs)
    write_text (self);
  set_counting (self, runs && gtk_widget_get_mapped (GTK_WIDGET (self))
                          && sky_peer_get_state (self->peer) == SKY_PEER_WAITING);
}

/**
 * sky_countdown_set_peer:
 * @peer: (nullable): whose next attempt to count down to
 */
void
sky_countdown_set_peer (SkyCountdown *self, SkyPeer *peer)
{
  static const char *const watched[] = { "notify::state", "notify::retry-at", "notify::attempt" };

  g_return_if_fail (SKY_IS_COUNTDOWN (self));

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_set_object (&self->peer, peer);
  for (guint i = 0; peer != NULL && i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (peer, watched[i], G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
}

/**
 * sky_countdown_set_stacked:
 * @stacked: whether the attempt has a line of its own, where there is little room
 */
void
sky_countdown_set_stacked (SkyCountdown *self, gboolean stacked)
{
  g_return_if_fail (SKY_IS_COUNTDOWN (self));

  self->stacked = stacked;
  on_changed (self);
}

static void
sky_countdown_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sky_countdown_parent_class)->map (widget);
  on_changed (SKY_COUNTDOWN (widget));
}

static void
sky_countdown_unmap (GtkWidget *widget)
{
  set_counting (SKY_COUNTDOWN (widget), FALSE);
  GTK_WIDGET_CLASS (sky_countdown_parent_class)->unmap (widget);
}

static void
sky_countdown_dispose (GObject *object)
{
  SkyCountdown *self = SKY_COUNTDOWN (object);

  set_counting (self, FALSE);
  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_clear_object (&self->peer);
  if (self->label != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->label)));
  G_OBJECT_CLASS (sky_countdown_parent_class)->dispose (object);
}

static void
sky_countdown_init (SkyCountdown *self)
{
  self->label = GTK_LABEL (gtk_label_new (""));
  gtk_label_set_xalign (self->label, 0);
  gtk_label_set_wrap (self->label, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "numeric");
  gtk_widget_set_parent (GTK_WIDGET (self->label), GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
sky_countdown_class_init (SkyCountdownClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_countdown_dispose;
  widget_class->map = sky_countdown_map;
  widget_class->unmap = sky_countdown_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "countdown");
}

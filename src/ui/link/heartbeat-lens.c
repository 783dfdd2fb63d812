#include "ui/link/heartbeat-lens.h"

#include "ui/link/heartbeat-ring.h"
#include "ui/ui.h"

#define TICK_MSEC  500
#define GRACE_USEC G_USEC_PER_SEC /* a ping takes its time, and timers theirs: less than this is not late */

struct _SkyHeartbeatLens
{
  GtkWidget         parent_instance;
  GtkWidget        *button;
  GtkPopover       *popover;
  SkyHeartbeatRing *ring;
  GtkLabel         *label, *how, *interval, *timeout, *last, *next, *death, *rtt, *rtt_name;
  SkyClient        *client; /* nullable */
  guint             ticker;
};

G_DEFINE_FINAL_TYPE (SkyHeartbeatLens, sky_heartbeat_lens, GTK_TYPE_WIDGET)

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

/* Whole seconds, begun ones counted */
static guint
to_sec (gint64 usec)
{
  return (guint) (MAX (usec + G_USEC_PER_SEC - 1, 0) / G_USEC_PER_SEC);
}

/* Who waits for the other's ping counts it late after a moment; our own ping waits for its answer at once. */
static gboolean
is_overdue (const SkyHeartbeat *beat, gint64 now_usec)
{
  gint64 grace_usec = MIN (GRACE_USEC, (gint64) beat->timeout_msec * 1000 / 4);

  return now_usec > beat->next_usec + grace_usec;
}

static char *
describe_how (const SkyHeartbeat *beat)
{
  double interval = beat->interval_msec / 1000.0, timeout = beat->timeout_msec / 1000.0;

  if (beat->revision == 3)
    return g_strdup_printf (_("In Engine.IO 3 this side pings, every %g s, and the server answers with a pong. "
                              "If none comes within %g s, the connection counts as dead."),
                            interval, timeout);
  return g_strdup_printf (_("In Engine.IO 4 the server pings, every %g s, and this side answers with a pong. "
                            "If no ping comes for %g + %g s, the connection counts as dead."),
                          interval, interval, timeout);
}

static char *
describe_next (const SkyHeartbeat *beat, gint64 now_usec)
{
  if (now_usec <= beat->next_usec)
    /* Translators: when the next ping is due */
    return g_strdup_printf (_("in %u s"), to_sec (beat->next_usec - now_usec));
  if (beat->revision == 3)
    return g_strdup_printf (_("sent %.1f s ago, not answered yet"), (now_usec - beat->next_usec) / 1e6);
  return g_strdup_printf (_("%.1f s late"), (now_usec - beat->next_usec) / 1e6);
}

static char *
describe_short (const SkyHeartbeat *beat, gint64 now_usec)
{
  if (is_overdue (beat, now_usec))
    return g_strdup_printf (_("dead in %u s"), to_sec (beat->death_usec - now_usec));
  return g_strdup_printf (_("ping in %u s"), to_sec (beat->next_usec - now_usec));
}

static void
show_details (SkyHeartbeatLens *self, const SkyHeartbeat *beat, gint64 now_usec)
{
  g_autofree char *how = describe_how (beat), *next = describe_next (beat, now_usec);
  g_autofree char *interval = g_strdup_printf (_("%g s"), beat->interval_msec / 1000.0);
  g_autofree char *timeout = g_strdup_printf (_("%g s"), beat->timeout_msec / 1000.0);
  g_autofree char *last = g_strdup_printf (_("%u s ago"), (guint) ((now_usec - beat->last_usec) / G_USEC_PER_SEC));
  g_autofree char *death = g_strdup_printf (_("in %u s"), to_sec (beat->death_usec - now_usec));
  g_autofree char *rtt = g_strdup_printf (_("%.1f ms"), beat->rtt_usec / 1000.0);

  set_text (self->how, how);
  set_text (self->interval, interval);
  set_text (self->timeout, timeout);
  set_text (self->last, last);
  set_text (self->next, next);
  set_text (self->death, death);
  set_text (self->rtt, rtt);
  gtk_widget_set_visible (GTK_WIDGET (self->rtt), beat->rtt_usec > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->rtt_name), beat->rtt_usec > 0);
}

static void
show_beat (SkyHeartbeatLens *self, const SkyHeartbeat *beat)
{
  gint64 now_usec = g_get_monotonic_time ();
  gint64 from_usec = now_usec > beat->next_usec ? beat->next_usec : beat->last_usec;
  gint64 to_usec = now_usec > beat->next_usec ? beat->death_usec : beat->next_usec;
  gboolean overdue = is_overdue (beat, now_usec);
  g_autofree char *text = describe_short (beat, now_usec);

  /* Between due and late the ring is full: it does not blink with every ping. */
  sky_heartbeat_ring_set (self->ring,
                          now_usec > beat->next_usec && !overdue
                              ? 1
                              : (double) (now_usec - from_usec) / MAX (to_usec - from_usec, 1),
                          overdue);
  set_text (self->label, text);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->popover)))
    show_details (self, beat, now_usec);
}

static gboolean
on_tick (gpointer user_data)
{
  SkyHeartbeatLens *self = user_data;
  SkyHeartbeat beat;

  if (sky_client_get_heartbeat (self->client, &beat))
    show_beat (self, &beat);
  return G_SOURCE_CONTINUE;
}

/* The session may have begun or ended: what is on the screen or not is known after that. */
static void
on_changed (SkyHeartbeatLens *self)
{
  SkyHeartbeat beat;
  gboolean beats = self->client != NULL && sky_client_get_heartbeat (self->client, &beat);

  gtk_widget_set_visible (GTK_WIDGET (self), beats);
  if (beats)
    show_beat (self, &beat);
  if (!beats || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    g_clear_handle_id (&self->ticker, g_source_remove);
  else if (self->ticker == 0)
    self->ticker = g_timeout_add (TICK_MSEC, on_tick, self);
}

static gboolean
on_query_tooltip (SkyHeartbeatLens *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  g_autofree char *how = NULL, *next = NULL, *text = NULL;
  gint64 now_usec = g_get_monotonic_time ();
  SkyHeartbeat beat;

  if (self->client == NULL || !sky_client_get_heartbeat (self->client, &beat))
    return FALSE;
  how = describe_how (&beat);
  next = describe_next (&beat, now_usec);
  text = g_strdup_printf (_("%s\nNext ping: %s. Dead in %u s."), how, next, to_sec (beat.death_usec - now_usec));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/**
 * sky_heartbeat_lens_set_client:
 * @client: (nullable): whose heartbeat to show
 */
void
sky_heartbeat_lens_set_client (SkyHeartbeatLens *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_HEARTBEAT_LENS (self));

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  if (client != NULL)
    {
      g_signal_connect_object (client, "heartbeat", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "notify::state", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
  on_changed (self);
}

static void
sky_heartbeat_lens_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sky_heartbeat_lens_parent_class)->map (widget);
  on_changed (SKY_HEARTBEAT_LENS (widget));
}

static void
sky_heartbeat_lens_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SKY_HEARTBEAT_LENS (widget)->ticker, g_source_remove);
  GTK_WIDGET_CLASS (sky_heartbeat_lens_parent_class)->unmap (widget);
}

static void
sky_heartbeat_lens_dispose (GObject *object)
{
  SkyHeartbeatLens *self = SKY_HEARTBEAT_LENS (object);

  g_clear_handle_id (&self->ticker, g_source_remove);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_heartbeat_lens_parent_class)->dispose (object);
}

static void
sky_heartbeat_lens_init (SkyHeartbeatLens *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
sky_heartbeat_lens_class_init (SkyHeartbeatLensClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_heartbeat_lens_dispose;
  widget_class->map = sky_heartbeat_lens_map;
  widget_class->unmap = sky_heartbeat_lens_unmap;
  g_type_ensure (SKY_TYPE_HEARTBEAT_RING);
  gtk_widget_class_set_css_name (widget_class, "heartbeatlens");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "heartbeat-lens.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, button);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, ring);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, label);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, how);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, interval);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, timeout);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, last);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, next);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, death);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, rtt);
  gtk_widget_class_bind_template_child (widget_class, SkyHeartbeatLens, rtt_name);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
}

/* Returns: (transfer floating): invisible until there is a heartbeat */
GtkWidget *
sky_heartbeat_lens_new (void)
{
  return g_object_new (SKY_TYPE_HEARTBEAT_LENS, NULL);
}

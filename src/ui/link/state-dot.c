#include "ui/link/state-dot.h"

#include <math.h>

#include "base/clock.h"
#include "peer/capture/capture.h"
#include "peer/host/host.h"
#include "ui/link/transport-way.h"
#include "ui/ui.h"

#define DOT_SIZE 10 /* logical pixels */
#define OPENED   "sky-opened" /* kept on a SkyPeer: microseconds of the wall clock, 0 while it is not open */

struct _SkyStateDot
{
  GtkWidget parent_instance;
  SkyPeer  *peer;  /* nullable */
  SkyPeerState state;
  gboolean     shown;
};

G_DEFINE_FINAL_TYPE (SkyStateDot, sky_state_dot, GTK_TYPE_WIDGET)

static const struct
{
  const char *css, *client, *host, *capture;
} looks[] = {
  [SKY_PEER_IDLE] = { "idle", N_("not connected"), N_("not started"), N_("not loaded") },
  [SKY_PEER_WORKING] = { "working", N_("connecting"), N_("starting"), N_("loading") },
  [SKY_PEER_OPEN] = { "open", N_("connected"), N_("listening"), N_("loaded") },
  [SKY_PEER_WAITING] = { "waiting", N_("waiting to reconnect"), N_("waiting"), N_("waiting") },
  [SKY_PEER_CLOSING] = { "working", N_("closing"), N_("stopping"), N_("closing") },
  [SKY_PEER_CLOSED] = { "idle", N_("closed"), N_("stopped"), N_("loaded") },
  [SKY_PEER_FAILED] = { "failed", N_("failed"), N_("failed"), N_("failed") },
};

/**
 * sky_state_words:
 * @peer: a client, a host, a capture
 *
 * Returns: (transfer none): its state in a word or two, translated, in lower case
 */
const char *
sky_state_words (SkyPeer *peer)
{
  SkyPeerState state = sky_peer_get_state (peer);

  if (SKY_IS_HOST (peer))
    return _(looks[state].host);
  return SKY_IS_CAPTURE (peer) ? _(looks[state].capture) : _(looks[state].client);
}

static void
on_watched (SkyPeer *peer)
{
  gint64 now_usec = sky_peer_get_state (peer) == SKY_PEER_OPEN ? sky_clock_now_usec () : 0;

  g_object_set_data_full (G_OBJECT (peer), OPENED, g_memdup2 (&now_usec, sizeof now_usec), g_free);
}

/**
 * sky_state_watch:
 * @peer: from now on it is remembered when it opened; to watch it twice is the same as once
 */
void
sky_state_watch (SkyPeer *peer)
{
  if (g_object_get_data (G_OBJECT (peer), OPENED) != NULL)
    return;
  g_signal_connect (peer, "notify::state", G_CALLBACK (on_watched), NULL);
  if (SKY_IS_CLIENT (peer))
    sky_transport_way_watch (SKY_CLIENT (peer));
  on_watched (peer);
}

/**
 * sky_state_get_open_usec:
 * @peer: one that is watched
 *
 * Returns: for how long it has been open, in microseconds, or -1 if it is not
 */
gint64
sky_state_get_open_usec (SkyPeer *peer)
{
  const gint64 *opened_usec = g_object_get_data (G_OBJECT (peer), OPENED);

  return opened_usec != NULL && *opened_usec > 0 ? sky_clock_now_usec () - *opened_usec : -1;
}

static void
show (SkyStateDot *self, SkyPeerState state, const char *words)
{
  self->state = state;
  self->shown = TRUE;
  gtk_widget_set_css_classes (GTK_WIDGET (self), (const char *[]) { "state-dot", looks[state].css, NULL });
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_state (SkyStateDot *self)
{
  show (self, sky_peer_get_state (self->peer), sky_state_words (self->peer));
}

/**
 * sky_state_dot_set_state:
 * @words: what it is for who cannot see it; copied
 *
 * Shows something that is no peer but fares alike.
 */
void
sky_state_dot_set_state (SkyStateDot *self, SkyPeerState state, const char *words)
{
  g_return_if_fail (SKY_IS_STATE_DOT (self) && self->peer == NULL);

  show (self, state, words);
}

/**
 * sky_state_dot_set_peer:
 * @peer: (nullable): whose state to show from now on
 */
void
sky_state_dot_set_peer (SkyStateDot *self, SkyPeer *peer)
{
  g_return_if_fail (SKY_IS_STATE_DOT (self));

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_set_object (&self->peer, peer);
  self->shown = peer != NULL;
  if (peer == NULL)
    return;
  g_signal_connect_object (peer, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
}

static void
draw_cross (cairo_t *cr, double size)
{
  cairo_move_to (cr, 1.5, 1.5);
  cairo_line_to (cr, size - 1.5, size - 1.5);
  cairo_move_to (cr, size - 1.5, 1.5);
  cairo_line_to (cr, 1.5, size - 1.5);
  cairo_set_line_width (cr, 2.2);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (cr);
}

/* Hands of a clock, within the ring. */
static void
draw_hands (cairo_t *cr, double middle, double radius)
{
  cairo_move_to (cr, middle, middle - radius + 1);
  cairo_line_to (cr, middle, middle);
  cairo_line_to (cr, middle + radius - 1.5, middle);
  cairo_set_line_width (cr, 1.3);
  cairo_stroke (cr);
}

/* A disc is open, half a disc on its way, a clock waits, a ring is at rest, a cross has failed. */
static void
draw (cairo_t *cr, SkyPeerState state, double size)
{
  double middle = size / 2, radius = size / 2 - 1;

  if (state == SKY_PEER_FAILED)
    {
      draw_cross (cr, size);
      return;
    }
  cairo_arc (cr, middle, middle, state == SKY_PEER_OPEN ? radius + 0.5 : radius, 0, 2 * G_PI);
  if (state == SKY_PEER_OPEN)
    {
      cairo_fill (cr);
      return;
    }
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  if (state == SKY_PEER_WORKING || state == SKY_PEER_CLOSING)
    {
      cairo_arc (cr, middle, middle, radius, G_PI_2, 3 * G_PI_2);
      cairo_fill (cr);
    }
  else if (state == SKY_PEER_WAITING)
    draw_hands (cr, middle, radius);
}

static void
sky_state_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkyStateDot *self = SKY_STATE_DOT (widget);
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, DOT_SIZE, DOT_SIZE);
  cairo_t *cr;
  GdkRGBA color;

  if (!self->shown)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cr = gtk_snapshot_append_cairo (snapshot, &area);
  gdk_cairo_set_source_rgba (cr, &color);
  draw (cr, self->state, DOT_SIZE);
  cairo_destroy (cr);
}

static void
sky_state_dot_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  *minimum = *natural = DOT_SIZE;
}

static void
sky_state_dot_dispose (GObject *object)
{
  sky_state_dot_set_peer (SKY_STATE_DOT (object), NULL);
  G_OBJECT_CLASS (sky_state_dot_parent_class)->dispose (object);
}

static void
sky_state_dot_init (SkyStateDot *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

static void
sky_state_dot_class_init (SkyStateDotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_state_dot_dispose;
  widget_class->snapshot = sky_state_dot_snapshot;
  widget_class->measure = sky_state_dot_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

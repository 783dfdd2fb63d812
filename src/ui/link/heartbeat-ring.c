#include "ui/link/heartbeat-ring.h"
#include "ui/parts/marks.h"

#include <math.h>

#define SIZE    14 /* logical pixels */
#define WIDTH   2.5
#define N_STEPS 40 /* about the pixels of its circumference: what lies between two is not seen */
#define N_CALM  4  /* steps for who does not want things to move */

struct _SkyHeartbeatRing
{
  GtkWidget parent_instance;
  guint     step; /* of N_STEPS */
  gboolean  overdue;
};

G_DEFINE_FINAL_TYPE (SkyHeartbeatRing, sky_heartbeat_ring, GTK_TYPE_WIDGET)

static gboolean
wants_motion (GtkWidget *widget)
{
  gboolean animations;

  g_object_get (gtk_widget_get_settings (widget), "gtk-enable-animations", &animations, NULL);
  return animations;
}

/**
 * sky_heartbeat_ring_set:
 * @part: 0 to 1: of the time to the next ping, or, if that is late, to the end
 *
 * Draws anew only if that can be seen.
 */
void
sky_heartbeat_ring_set (SkyHeartbeatRing *self, double part, gboolean overdue)
{
  guint n_steps = wants_motion (GTK_WIDGET (self)) ? N_STEPS : N_CALM;
  guint step = (guint) floor (CLAMP (part, 0, 1) * n_steps) * (N_STEPS / n_steps);

  g_return_if_fail (SKY_IS_HEARTBEAT_RING (self));

  if (step == self->step && overdue == self->overdue)
    return;
  self->step = step;
  self->overdue = overdue;
  sky_marks_set (GTK_WIDGET (self), "overdue", overdue);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
draw_mark (cairo_t *cr, double middle)
{
  cairo_rectangle (cr, middle - 0.8, middle - 3, 1.6, 3.6);
  cairo_rectangle (cr, middle - 0.8, middle + 1.4, 1.6, 1.6);
  cairo_fill (cr);
}

static void
sky_heartbeat_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkyHeartbeatRing *self = SKY_HEARTBEAT_RING (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, SIZE, SIZE));
  double middle = SIZE / 2.0, radius = middle - WIDTH / 2;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  cairo_set_line_width (cr, WIDTH);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * 0.25);
  cairo_arc (cr, middle, middle, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &color);
  if (self->step > 0)
    {
      cairo_arc (cr, middle, middle, radius, -G_PI_2, -G_PI_2 + 2 * G_PI * self->step / N_STEPS);
      cairo_stroke (cr);
    }
  if (self->overdue)
    draw_mark (cr, middle);
  cairo_destroy (cr);
}

static void
sky_heartbeat_ring_measure (GtkWidget     *widget,
                            GtkOrientation orientation,
                            int            for_size,
                            int           *minimum,
                            int           *natural,
                            int           *minimum_baseline,
                            int           *natural_baseline)
{
  *minimum = *natural = SIZE;
}

static void
sky_heartbeat_ring_init (SkyHeartbeatRing *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

static void
sky_heartbeat_ring_class_init (SkyHeartbeatRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = sky_heartbeat_ring_snapshot;
  widget_class->measure = sky_heartbeat_ring_measure;
  gtk_widget_class_set_css_name (widget_class, "heartbeatring");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

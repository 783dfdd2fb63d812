#include "ui/link/sparkline.h"

#include <string.h>

#define BAR_WIDTH 2 /* logical pixels, of which half a pixel is the gap */
#define HEIGHT    16

struct _SkySparkline
{
  GtkWidget parent_instance;
  double    values[SKY_SPARKLINE_LEN]; /* the oldest first */
};

G_DEFINE_FINAL_TYPE (SkySparkline, sky_sparkline, GTK_TYPE_WIDGET)

/**
 * sky_sparkline_push:
 * @value: of the second that has passed
 *
 * Moves all bars on by one. Nothing is drawn anew while all is nought.
 */
void
sky_sparkline_push (SkySparkline *self, double value)
{
  gboolean was_flat = sky_sparkline_get_max (self) <= 0;

  memmove (self->values, self->values + 1, sizeof self->values - sizeof *self->values);
  self->values[SKY_SPARKLINE_LEN - 1] = value;
  if (!was_flat || value > 0)
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sky_sparkline_clear:
 *
 * Forgets the minute.
 */
void
sky_sparkline_clear (SkySparkline *self)
{
  memset (self->values, 0, sizeof self->values);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sky_sparkline_get_max:
 *
 * Returns: the highest of the bars
 */
double
sky_sparkline_get_max (SkySparkline *self)
{
  double max = 0;

  for (guint i = 0; i < SKY_SPARKLINE_LEN; i++)
    max = MAX (max, self->values[i]);
  return max;
}

static void
sky_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkySparkline *self = SKY_SPARKLINE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double max = MAX (sky_sparkline_get_max (self), 1), step = (double) width / SKY_SPARKLINE_LEN;
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL; /* time runs as people read */
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  for (guint i = 0; i < SKY_SPARKLINE_LEN; i++)
    {
      double bar = MAX (self->values[i] / max * height, 1);
      double x = rtl ? width - (i + 1) * step + 0.5 : i * step;

      cairo_rectangle (cr, x, height - bar, step - 0.5, bar);
    }
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
sky_sparkline_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? SKY_SPARKLINE_LEN * BAR_WIDTH : HEIGHT;
}

static void
sky_sparkline_init (SkySparkline *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

static void
sky_sparkline_class_init (SkySparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = sky_sparkline_snapshot;
  widget_class->measure = sky_sparkline_measure;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

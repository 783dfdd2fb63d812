#include "ui/handshake/waterfall-bar.h"

#define BAR_HEIGHT 12 /* logical pixels */
#define MIN_LEN    2

struct _SkyWaterfallBar
{
  GtkWidget parent_instance;
  double    start, len; /* parts of the whole, from 0 to 1 */
};

G_DEFINE_FINAL_TYPE (SkyWaterfallBar, sky_waterfall_bar, GTK_TYPE_WIDGET)

static void
sky_waterfall_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkyWaterfallBar *self = SKY_WATERFALL_BAR (widget);
  double width = gtk_widget_get_width (widget), len = MAX (self->len * width, MIN_LEN);
  double x = MIN (self->start * width, width - len),
         y = (gtk_widget_get_height (widget) - BAR_HEIGHT) / 2.0;
  GskRoundedRect outline;
  GdkRGBA color;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    x = width - x - len;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gsk_rounded_rect_init_from_rect (
      &outline, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) len, BAR_HEIGHT), 2);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &color, &outline.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
sky_waterfall_bar_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 60 : BAR_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 400 : BAR_HEIGHT;
}

static void
sky_waterfall_bar_class_init (SkyWaterfallBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = sky_waterfall_bar_snapshot;
  widget_class->measure = sky_waterfall_bar_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sky_waterfall_bar_init (SkyWaterfallBar *self)
{
}

/**
 * sky_waterfall_bar_new:
 * @start: where it begins, as a part of the whole
 * @len: how long it is, as a part of the whole
 *
 * Returns: a bar; the words are beside it
 */
GtkWidget *
sky_waterfall_bar_new (double start, double len)
{
  SkyWaterfallBar *self = g_object_new (SKY_TYPE_WATERFALL_BAR, NULL);

  self->start = CLAMP (start, 0, 1);
  self->len = CLAMP (len, 0, 1);
  return GTK_WIDGET (self);
}

#include "ui/parts/wrap-bar.h"

#include "ui/ui.h"

struct _SkyWrapBar
{
  GtkWidget parent_instance;
  int       spacing;     /* logical pixels */
  int       split_width; /* logical pixels; below this they stand under each other */
  gboolean  equal;       /* both are as wide; else the last one takes what is left, or the first if only that expands */
};

G_DEFINE_FINAL_TYPE (SkyWrapBar, sky_wrap_bar, GTK_TYPE_WIDGET)

typedef enum { PROP_SPACING = 1, PROP_SPLIT_WIDTH, PROP_EQUAL } SkyWrapBarProp;
static GParamSpec *props[PROP_EQUAL + 1];

static int
natural_width (GtkWidget *child)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

/* Returns: how wide the first one is beside the second, or 0 if they do not stand so */
static int
first_width (SkyWrapBar *self, GtkWidget *first, GtkWidget *second, int width)
{
  int natural = natural_width (first), minimum;

  if (width < self->split_width)
    return 0;
  if (self->equal)
    return (width - self->spacing) / 2;
  gtk_widget_measure (second, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  if (natural + self->spacing + minimum > width)
    return 0;
  if (!gtk_widget_compute_expand (first, GTK_ORIENTATION_HORIZONTAL)
      || gtk_widget_compute_expand (second, GTK_ORIENTATION_HORIZONTAL))
    return natural;
  return MAX (natural, width - self->spacing - natural_width (second));
}

static void
measure_height (SkyWrapBar *self, GtkWidget *first, GtkWidget *second, int width, int *minimum,
                int *natural)
{
  int left = width >= 0 ? first_width (self, first, second, width) : natural_width (first);
  int right = left > 0 ? MAX (width - left - self->spacing, -1) : width;
  int min[2], nat[2];

  gtk_widget_measure (first, GTK_ORIENTATION_VERTICAL, left > 0 ? left : width, &min[0], &nat[0],
                      NULL, NULL);
  gtk_widget_measure (second, GTK_ORIENTATION_VERTICAL, right, &min[1], &nat[1], NULL, NULL);
  *minimum = left > 0 ? MAX (min[0], min[1]) : min[0] + self->spacing + min[1];
  *natural = left > 0 ? MAX (nat[0], nat[1]) : nat[0] + self->spacing + nat[1];
}

static void
sky_wrap_bar_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  SkyWrapBar *self = SKY_WRAP_BAR (widget);
  GtkWidget *first = gtk_widget_get_first_child (widget),
            *second = gtk_widget_get_last_child (widget);
  int min[2], nat[2];

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      measure_height (self, first, second, for_size, minimum, natural);
      return;
    }
  gtk_widget_measure (first, orientation, -1, &min[0], &nat[0], NULL, NULL);
  gtk_widget_measure (second, orientation, -1, &min[1], &nat[1], NULL, NULL);
  *minimum = MAX (min[0], min[1]);
  *natural = nat[0] + self->spacing + nat[1];
}

static void
place (GtkWidget *child, int x, int y, int width, int height)
{
  gtk_widget_size_allocate (child, &(GtkAllocation) { x, y, width, height }, -1);
}

static void
sky_wrap_bar_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SkyWrapBar *self = SKY_WRAP_BAR (widget);
  GtkWidget *first = gtk_widget_get_first_child (widget),
            *second = gtk_widget_get_last_child (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int left = first_width (self, first, second, width), rest = width - left - self->spacing, top;

  if (left > 0)
    {
      place (first, rtl ? rest + self->spacing : 0, 0, left, height);
      place (second, rtl ? 0 : left + self->spacing, 0, rest, height);
      return;
    }
  gtk_widget_measure (first, GTK_ORIENTATION_VERTICAL, width, NULL, &top, NULL, NULL);
  place (first, 0, 0, width, top);
  place (second, 0, top + self->spacing, width, MAX (height - top - self->spacing, 0));
}

static GtkSizeRequestMode
sky_wrap_bar_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
sky_wrap_bar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SkyWrapBar *self = SKY_WRAP_BAR (object);

  switch ((SkyWrapBarProp) id)
    {
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    case PROP_SPLIT_WIDTH:
      self->split_width = g_value_get_int (value);
      break;
    case PROP_EQUAL:
      self->equal = g_value_get_boolean (value);
      break;
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
sky_wrap_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (sky_wrap_bar_parent_class)->dispose (object);
}

static void
sky_wrap_bar_class_init (SkyWrapBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sky_wrap_bar_dispose;
  object_class->set_property = sky_wrap_bar_set_property;
  widget_class->measure = sky_wrap_bar_measure;
  widget_class->size_allocate = sky_wrap_bar_size_allocate;
  widget_class->get_request_mode = sky_wrap_bar_get_request_mode;
  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_SPLIT_WIDTH] = g_param_spec_int ("split-width", NULL, NULL, 0, G_MAXINT, 0, flags);
  props[PROP_EQUAL] = g_param_spec_boolean ("equal", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
sky_wrap_bar_init (SkyWrapBar *self)
{
}

/**
 * sky_wrap_bar_new:
 *
 * Returns: a bar that needs two children before it is shown
 */
GtkWidget *
sky_wrap_bar_new (void)
{
  return g_object_new (SKY_TYPE_WRAP_BAR, NULL);
}

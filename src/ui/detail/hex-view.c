#include "ui/detail/hex-view-private.h"
#include "ui/parts/left-to-right.h"
#include "ui/ui.h"

#define PAD 8 /* logical pixels around all */

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyHexView, sky_hex_view, GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

typedef enum { PROP_HADJUSTMENT = 1, PROP_VADJUSTMENT, PROP_HPOLICY, PROP_VPOLICY } SkyHexViewProp;

/* All characters are as wide as a digit: the view is drawn in a grid. */
static void
measure_font (SkyHexView *self)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0000000000");
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  self->char_width = logical.width / 10.0 / PANGO_SCALE;
  self->row_height = PANGO_PIXELS_CEIL (logical.height) + 1;
}

static double
needed_width (SkyHexView *self, guint per_row)
{
  return (sky_hex_text_column (sky_hex_rows_digits (&self->rows), per_row) + per_row)
             * self->char_width
         + 2 * PAD;
}

static void
configure (SkyHexView *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self)),
      height = gtk_widget_get_height (GTK_WIDGET (self));
  guint per_row = 16;
  double upper_x, upper_y;

  if (self->char_width <= 0)
    measure_font (self);
  while (per_row > 4 && needed_width (self, per_row) > width)
    per_row /= 2;
  if (per_row != self->rows.per_row)
    sky_hex_rows_set_per_row (&self->rows, per_row);
  upper_x = MAX (needed_width (self, per_row), width);
  upper_y = MAX (self->rows.n_rows * self->row_height + 2 * PAD, height);
  gtk_adjustment_configure (
      self->adjustments[GTK_ORIENTATION_HORIZONTAL],
      gtk_adjustment_get_value (self->adjustments[GTK_ORIENTATION_HORIZONTAL]), 0, upper_x,
      width * 0.1, width * 0.9, width);
  gtk_adjustment_configure (self->adjustments[GTK_ORIENTATION_VERTICAL],
                            gtk_adjustment_get_value (self->adjustments[GTK_ORIENTATION_VERTICAL]),
                            0, upper_y, self->row_height, height * 0.9, height);
}

static void
sky_hex_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  configure (SKY_HEX_VIEW (widget));
}

static void
sky_hex_view_measure (GtkWidget     *widget,
                      GtkOrientation orientation,
                      int            for_size,
                      int           *minimum,
                      int           *natural,
                      int           *minimum_baseline,
                      int           *natural_baseline)
{
  SkyHexView *self = SKY_HEX_VIEW (widget);

  if (self->char_width <= 0)
    measure_font (self);
  *minimum = 0;
  *natural = (int) (orientation == GTK_ORIENTATION_HORIZONTAL
                        ? needed_width (self, 16)
                        : MIN (self->rows.n_rows, 24) * self->row_height + 2 * PAD);
}

static void
sky_hex_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  sky_hex_view_draw (SKY_HEX_VIEW (widget), snapshot);
}

static void
sky_hex_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (sky_hex_view_parent_class)->css_changed (widget, change);
  SKY_HEX_VIEW (widget)->char_width = 0;
  gtk_widget_queue_resize (widget);
}

static void
set_adjustment (SkyHexView *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  if (self->adjustments[orientation] != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustments[orientation], self);
  g_clear_object (&self->adjustments[orientation]);
  self->adjustments[orientation]
      = g_object_ref_sink (adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (self->adjustments[orientation], "value-changed",
                            G_CALLBACK (gtk_widget_queue_draw), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
sky_hex_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SkyHexView *self = SKY_HEX_VIEW (object);

  switch ((SkyHexViewProp) id)
    {
    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROP_HPOLICY:
      self->policies[GTK_ORIENTATION_HORIZONTAL] = g_value_get_enum (value);
      break;
    case PROP_VPOLICY:
      self->policies[GTK_ORIENTATION_VERTICAL] = g_value_get_enum (value);
      break;
    }
}

static void
sky_hex_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SkyHexView *self = SKY_HEX_VIEW (object);

  switch ((SkyHexViewProp) id)
    {
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROP_HPOLICY:
      g_value_set_enum (value, (int) self->policies[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VPOLICY:
      g_value_set_enum (value, (int) self->policies[GTK_ORIENTATION_VERTICAL]);
      break;
    }
}

static void
sky_hex_view_finalize (GObject *object)
{
  SkyHexView *self = SKY_HEX_VIEW (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->adjustments); i++)
    {
      if (self->adjustments[i] != NULL)
        g_signal_handlers_disconnect_by_data (self->adjustments[i], self);
      g_clear_object (&self->adjustments[i]);
    }
  sky_hex_rows_clear (&self->rows);
  g_clear_pointer (&self->marks, g_array_unref);
  G_OBJECT_CLASS (sky_hex_view_parent_class)->finalize (object);
}

static void
sky_hex_view_class_init (SkyHexViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = sky_hex_view_set_property;
  object_class->get_property = sky_hex_view_get_property;
  object_class->finalize = sky_hex_view_finalize;
  widget_class->measure = sky_hex_view_measure;
  widget_class->size_allocate = sky_hex_view_size_allocate;
  widget_class->snapshot = sky_hex_view_snapshot;
  widget_class->css_changed = sky_hex_view_css_changed;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HPOLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VPOLICY, "vscroll-policy");
  gtk_widget_class_set_css_name (widget_class, "hexview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  sky_hex_view_install_keys (widget_class);
}

static void
sky_hex_view_init (SkyHexView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  sky_hex_rows_init (&self->rows);
  self->marks = g_array_new (FALSE, FALSE, sizeof (SkyHexSpan));
  set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);
  gtk_widget_set_focusable (widget, TRUE);
  sky_left_to_right_keep (widget);
  gtk_widget_add_css_class (widget, "monospace");
  gtk_widget_set_cursor_from_name (widget, "text");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Bytes"),
                                  -1);
  sky_hex_view_add_pointer (self);
}

/**
 * sky_hex_view_new:
 *
 * Returns: a view without bytes
 */
GtkWidget *
sky_hex_view_new (void)
{
  return g_object_new (SKY_TYPE_HEX_VIEW, NULL);
}

/**
 * sky_hex_view_clear:
 *
 * Takes all buffers, marks and the cursor away.
 */
void
sky_hex_view_clear (SkyHexView *self)
{
  guint per_row = self->rows.per_row;

  sky_hex_rows_clear (&self->rows);
  sky_hex_rows_init (&self->rows);
  self->rows.per_row = per_row;
  g_array_set_size (self->marks, 0);
  self->highlight.len = 0;
  self->has_cursor = FALSE;
  self->cursor_buffer = 0;
  gtk_adjustment_set_value (self->adjustments[GTK_ORIENTATION_VERTICAL], 0);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sky_hex_view_add_buffer:
 * @bytes: kept, not copied
 *
 * Shows them below the others; buffers are counted from 0.
 */
void
sky_hex_view_add_buffer (SkyHexView *self, const char *title, GBytes *bytes)
{
  sky_hex_rows_add (&self->rows, title, bytes);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sky_hex_view_add_mark:
 * @hue: any number; the same one is the same colour
 *
 * Gives bytes a faint ground. A later mark lies on top of an earlier one.
 */
void
sky_hex_view_add_mark (SkyHexView *self, guint buffer, gsize start, gsize len, guint hue)
{
  SkyHexSpan mark = { buffer, hue, start, len };

  g_array_append_val (self->marks, mark);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sky_hex_view_set_highlight:
 * @len: bytes; 0 for none
 *
 * Lights bytes, and scrolls to them.
 */
void
sky_hex_view_set_highlight (SkyHexView *self, guint buffer, gsize start, gsize len, guint hue)
{
  self->highlight = (SkyHexSpan) { buffer, hue, start, len };
  if (len > 0)
    sky_hex_view_reveal (self, buffer, start);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Scrolls no further than needed to see the byte. */
void
sky_hex_view_reveal (SkyHexView *self, guint buffer, gsize offset)
{
  double y = sky_hex_rows_find (&self->rows, buffer, offset) * self->row_height + PAD;

  if (self->row_height > 0)
    gtk_adjustment_clamp_page (self->adjustments[GTK_ORIENTATION_VERTICAL], y - self->row_height,
                               y + 2 * self->row_height);
}

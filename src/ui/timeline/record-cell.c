#include "ui/timeline/record-cell.h"

#include <string.h>

#define GAP       8 /* logical pixels between a text and what is beside it */
#define PAD       6 /* logical pixels within a badge */
#define RADIUS    4
#define MIN_ROOM  48 /* logical pixels that data keep beside an aside */
#define MIN_ASIDE 64 /* logical pixels; less of it says nothing */
#define DIM       0.6f
#define BEND      0.25f /* of a glyph's colour towards the text's, to stand out on dark and light rows */

struct _SkyRecordCell
{
  GtkWidget   parent_instance;
  SkyCellLook look;
  char       *text, *aside; /* nullable */
  GdkRGBA     color;        /* of the glyph, or of the badge's ground */
  gboolean    dim;
};

G_DEFINE_FINAL_TYPE (SkyRecordCell, sky_record_cell, GTK_TYPE_WIDGET)

/**
 * sky_record_cell_set_text:
 * @text: (nullable): one line
 * @dim: whether it is of less weight than others
 */
void
sky_record_cell_set_text (SkyRecordCell *self, const char *text, gboolean dim)
{
  if (g_strcmp0 (self->text, text) == 0 && self->dim == dim)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  self->dim = dim;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sky_record_cell_set_aside:
 * @aside: (nullable): shown dim at the end of the cell
 */
void
sky_record_cell_set_aside (SkyRecordCell *self, const char *aside)
{
  if (g_strcmp0 (self->aside, aside) == 0)
    return;
  g_free (self->aside);
  self->aside = g_strdup (aside);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * sky_record_cell_set_color:
 *
 * Sets the colour of a glyph, or of a badge's ground.
 */
void
sky_record_cell_set_color (SkyRecordCell *self, const GdkRGBA *color)
{
  if (gdk_rgba_equal (&self->color, color))
    return;
  self->color = *color;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* @x: from the edge where a line begins. Within its width a layout stands where its own language begins. */
static void
append_layout (SkyRecordCell *self, GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color, double x, double y)
{
  PangoRectangle logical;

  pango_layout_get_pixel_extents (layout, NULL, &logical);
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = gtk_widget_get_width (GTK_WIDGET (self)) - x - logical.width;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x - logical.x), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static PangoLayout *
make_layout (GtkWidget *font, const char *text, int width)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (font, text);

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, MAX (width, 0) * PANGO_SCALE);
  return layout;
}

/* Text with a fallback font is taller, but stands on the same line as its neighbours. */
static double
top_of (SkyRecordCell *self, PangoLayout *layout, PangoLayout *plain)
{
  int line_height;

  pango_layout_get_pixel_size (plain, NULL, &line_height);
  return (gtk_widget_get_height (GTK_WIDGET (self)) - line_height) / 2
         + (pango_layout_get_baseline (plain) - pango_layout_get_baseline (layout))
               / (double) PANGO_SCALE;
}

static void
draw_badge (SkyRecordCell *self, GtkSnapshot *snapshot, PangoLayout *layout, PangoLayout *plain)
{
  gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  double y = top_of (self, layout, plain);
  int width, height;
  GskRoundedRect outline;

  pango_layout_get_pixel_size (layout, &width, NULL);
  pango_layout_get_pixel_size (plain, NULL, &height);
  width += 2 * PAD;
  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT ((float) (rtl ? gtk_widget_get_width (GTK_WIDGET (self)) - width : 0), (float) y - 1,
                           (float) width, (float) (height + 2)),
      RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &self->color, &outline.bounds);
  gtk_snapshot_pop (snapshot);
  append_layout (self, snapshot, layout, &(GdkRGBA) { 1, 1, 1, 1 }, PAD, y);
}

static GdkRGBA
bend (const GdkRGBA *color, const GdkRGBA *text)
{
  return (GdkRGBA) { color->red + BEND * (text->red - color->red), color->green + BEND * (text->green - color->green),
                     color->blue + BEND * (text->blue - color->blue), color->alpha };
}

/* Returns: how much room the text wants beside an aside: a short one has no use for more */
static int
text_room (SkyRecordCell *self)
{
  g_autoptr(PangoLayout) layout = NULL;
  int width;

  if (self->text == NULL || strlen (self->text) > MIN_ROOM / 4)
    return self->text != NULL ? MIN_ROOM : 0;
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->text);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return MIN (width, MIN_ROOM);
}

/* Returns: how much room is left of it */
static int
draw_aside (SkyRecordCell *self, GtkSnapshot *snapshot, int width, const GdkRGBA *color)
{
  g_autoptr(PangoLayout) layout = NULL;
  GtkWidget *font = gtk_widget_get_parent (GTK_WIDGET (self)); /* the row's: it is no data */
  g_autoptr(PangoLayout) plain = gtk_widget_create_pango_layout (GTK_WIDGET (self), "0");
  int taken, room;
  GdkRGBA dim = *color;

  if (self->aside == NULL || *self->aside == '\0')
    return width;
  room = width - text_room (self) - GAP;
  if (room < MIN_ASIDE)
    return width;
  layout = make_layout (font, self->aside, room);
  pango_layout_get_pixel_size (layout, &taken, NULL);
  dim.alpha *= DIM;
  append_layout (self, snapshot, layout, &dim, width - taken, top_of (self, layout, plain));
  return width - taken - GAP;
}

static void
sky_record_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkyRecordCell *self = SKY_RECORD_CELL (widget);
  int width = gtk_widget_get_width (widget), taken;
  g_autoptr(PangoLayout) layout = NULL;
  g_autoptr(PangoLayout) plain = gtk_widget_create_pango_layout (widget, "0");
  GdkRGBA color;
  double y;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  width = draw_aside (self, snapshot, width, &color);
  if (self->text == NULL || *self->text == '\0')
    return;
  layout = make_layout (widget, self->text, self->look == SKY_CELL_BADGE ? width - 2 * PAD : width);
  y = top_of (self, layout, plain);
  pango_layout_get_pixel_size (layout, &taken, NULL);
  if (self->dim)
    color.alpha *= DIM;
  switch (self->look)
    {
    case SKY_CELL_BADGE:
      draw_badge (self, snapshot, layout, plain);
      break;
    case SKY_CELL_GLYPH:
      color = bend (&self->color, &color);
      append_layout (self, snapshot, layout, &color, (width - taken) / 2.0, y);
      break;
    case SKY_CELL_NUMBER:
      append_layout (self, snapshot, layout, &color, width - taken, y);
      break;
    case SKY_CELL_TEXT:
    case SKY_CELL_DATA:
      append_layout (self, snapshot, layout, &color, 0, y);
      break;
    }
}

static void
sky_record_cell_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  SkyRecordCell *self = SKY_RECORD_CELL (widget);
  int line_height = 0;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");

      pango_layout_get_pixel_size (layout, NULL, &line_height);
    }
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? line_height
                        : self->look == SKY_CELL_DATA           ? MIN_ROOM
                                                                : 0;
}

static void
sky_record_cell_finalize (GObject *object)
{
  SkyRecordCell *self = SKY_RECORD_CELL (object);

  g_free (self->text);
  g_free (self->aside);
  G_OBJECT_CLASS (sky_record_cell_parent_class)->finalize (object);
}

static void
sky_record_cell_class_init (SkyRecordCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_record_cell_finalize;
  widget_class->snapshot = sky_record_cell_snapshot;
  widget_class->measure = sky_record_cell_measure;
  gtk_widget_class_set_css_name (widget_class, "recordcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sky_record_cell_init (SkyRecordCell *self)
{
}

/**
 * sky_record_cell_new:
 *
 * Returns: an empty cell
 */
GtkWidget *
sky_record_cell_new (SkyCellLook look)
{
  static const char *const classes[] = { "text", "numeric", "glyph", "badge", "data" };
  SkyRecordCell *self = g_object_new (SKY_TYPE_RECORD_CELL, "css-classes",
                                      (const char *[]) { classes[look], NULL }, NULL);

  self->look = look;
  return GTK_WIDGET (self);
}

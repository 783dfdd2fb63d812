#include "ui/rooms/rooms-name.h"

#include <string.h>

#define GLYPH_WIDTH 12    /* logical pixels, as the others */
#define GAP         6     /* between the glyph and the name */
#define MIN_ASIDE   24    /* of the aside to be seen, or none of it */
#define BEND        0.25f /* of the glyph's colour towards the text's, to stand out on dark and light rows */

struct _SkyRoomsName
{
  GtkWidget parent_instance;
  char     *markup, *glyph; /* nullable */
  int       name_len;       /* bytes of @markup that are the name; the aside follows */
  GdkRGBA   color;          /* of the glyph */
};

G_DEFINE_FINAL_TYPE (SkyRoomsName, sky_rooms_name, GTK_TYPE_WIDGET)

/* Returns: whether it is another one */
static gboolean
set_string (char **place, const char *string)
{
  if (g_strcmp0 (*place, string) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (string);
  return TRUE;
}

/**
 * sky_rooms_name_set_text:
 * @aside: (nullable): of less weight, and the first to be cut off; it goes if only part of the name could stand before it
 * @heading: whether it stands out, as that of a namespace does
 */
void
sky_rooms_name_set_text (SkyRoomsName *self, const char *name, const char *aside, gboolean heading)
{
  g_autofree char *plain = g_markup_escape_text (name, -1);
  g_autofree char *beside
      = aside != NULL ? g_markup_printf_escaped (" <span size=\"smaller\" alpha=\"65%%\">%s</span>", aside) : NULL;
  g_autofree char *markup = g_strconcat (plain, beside, NULL);

  self->name_len = (int) strlen (plain);
  if (set_string (&self->markup, markup))
    gtk_widget_queue_draw (GTK_WIDGET (self));
  if (gtk_widget_has_css_class (GTK_WIDGET (self), "heading") != heading)
    gtk_widget_set_css_classes (GTK_WIDGET (self), (const char *[]) { heading ? "heading" : NULL, NULL });
}

/**
 * sky_rooms_name_set_glyph:
 * @glyph: (nullable): %NULL leaves no room for one
 * @color: (nullable): of it
 */
void
sky_rooms_name_set_glyph (SkyRoomsName *self, const char *glyph, const GdkRGBA *color)
{
  if (!set_string (&self->glyph, glyph) && (color == NULL || gdk_rgba_equal (&self->color, color)))
    return;
  if (color != NULL)
    self->color = *color;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Where right to left is read, it is the other way round. A fallback font is taller, but stands on the same line. */
static void
draw (GtkWidget *widget, GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color, int from, int room,
      gboolean centered)
{
  g_autoptr(PangoLayout) plain = gtk_widget_create_pango_layout (widget, "0");
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  PangoRectangle at;
  int line_height, x;
  double y;

  pango_layout_get_pixel_extents (layout, NULL, &at);
  pango_layout_get_pixel_size (plain, NULL, &line_height);
  y = (gtk_widget_get_height (widget) - line_height) / 2
      + (pango_layout_get_baseline (plain) - pango_layout_get_baseline (layout)) / (double) PANGO_SCALE;
  x = centered ? (room - at.width) / 2 : 0;
  x = rtl ? gtk_widget_get_width (widget) - from - x - at.width : from + x;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (x - at.x), (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_glyph (SkyRoomsName *self, GtkSnapshot *snapshot, const GdkRGBA *text)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->glyph);
  g_autoptr(PangoAttrList) attrs = pango_attr_list_new ();
  const GdkRGBA *own = &self->color;
  GdkRGBA color = { own->red + BEND * (text->red - own->red), own->green + BEND * (text->green - own->green),
                    own->blue + BEND * (text->blue - own->blue), own->alpha };

  pango_attr_list_insert (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attrs);
  draw (GTK_WIDGET (self), snapshot, layout, &color, 0, GLYPH_WIDTH, TRUE);
}

/* Whether the name alone would be whole in @room pixels, and would not be with a part of the aside. */
static gboolean
is_tight (SkyRoomsName *self, PangoLayout *layout, int room)
{
  g_autoptr(PangoLayout) plain = NULL;
  int width;

  if (!pango_layout_is_ellipsized (layout) || self->markup[self->name_len] == '\0')
    return FALSE;
  plain = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  pango_layout_set_markup (plain, self->markup, self->name_len);
  pango_layout_get_pixel_size (plain, &width, NULL);
  return width + MIN_ASIDE > room;
}

static void
sky_rooms_name_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkyRoomsName *self = SKY_ROOMS_NAME (widget);
  int from = self->glyph != NULL ? GLYPH_WIDTH + GAP : 0, room = MAX (gtk_widget_get_width (widget) - from, 0);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  GdkRGBA color;

  if (self->markup == NULL)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  if (self->glyph != NULL)
    draw_glyph (self, snapshot, &color);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, room * PANGO_SCALE);
  pango_layout_set_markup (layout, self->markup, -1);
  if (is_tight (self, layout, room))
    pango_layout_set_markup (layout, self->markup, self->name_len);
  draw (widget, snapshot, layout, &color, from, room, FALSE);
}

static void
sky_rooms_name_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  int line_height = 0;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");

      pango_layout_get_pixel_size (layout, NULL, &line_height);
    }
  *minimum = *natural = line_height;
}

static void
sky_rooms_name_finalize (GObject *object)
{
  SkyRoomsName *self = SKY_ROOMS_NAME (object);

  g_free (self->markup);
  g_free (self->glyph);
  G_OBJECT_CLASS (sky_rooms_name_parent_class)->finalize (object);
}

static void
sky_rooms_name_class_init (SkyRoomsNameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_rooms_name_finalize;
  widget_class->snapshot = sky_rooms_name_snapshot;
  widget_class->measure = sky_rooms_name_measure;
  gtk_widget_class_set_css_name (widget_class, "roomsname");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sky_rooms_name_init (SkyRoomsName *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
}

/* Returns: an empty name */
GtkWidget *
sky_rooms_name_new (void)
{
  return g_object_new (SKY_TYPE_ROOMS_NAME, NULL);
}

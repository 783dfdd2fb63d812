#include "ui/rooms/rooms-chart.h"

#include <math.h>

#include "base/clock.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define SPAN_USEC  (5 * 60 * G_USEC_PER_SEC)
#define N_POINTS   301 /* one a second */
#define STEP_USEC  (SPAN_USEC / (N_POINTS - 1))
#define HEIGHT     112 /* logical pixels, as the others */
#define MIN_WIDTH  160
#define GAP        6
#define LINE_WIDTH 2
#define DIM        0.65f

struct _SkyRoomsChart
{
  GtkWidget parent_instance;
  GArray   *points;      /* of guint, the oldest first */
  gint64    end_usec;    /* when the last one was */
  graphene_rect_t area;  /* where the line was drawn last */
  guint     max;         /* of them */
  GArray   *past;        /* nullable: what was drawn when the room went, or came back … */
  gint64    past_usec;   /* … which was then */
  gint64    created_usec; /* of the room, as it is now; 0 once it is gone */
  char     *place;       /* nullable: what is drawn */
  char     *description; /* nullable */
};

G_DEFINE_FINAL_TYPE (SkyRoomsChart, sky_rooms_chart, GTK_TYPE_WIDGET)

static void
describe (SkyRoomsChart *self)
{
  const guint *points = (const guint *) self->points->data;
  g_autofree char *text
      = g_strdup_printf (_("Sockets over the last 5 minutes: %u at the beginning, %u at most, %u now"), points[0],
                         self->max, points[self->points->len - 1]);

  if (g_strcmp0 (self->description, text) == 0)
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_free (self->description);
  self->description = g_steal_pointer (&text);
}

/* The roster forgets a room that its last member has left; whoever looks at it still sees how that went. */
static void
keep_past (SkyRoomsChart *self, const char *nsp, const char *room, gint64 created_usec)
{
  g_autofree char *place = g_strjoin ("\n", nsp, room, NULL); /* a namespace has one line */

  if (g_strcmp0 (self->place, place) != 0)
    {
      g_clear_pointer (&self->past, g_array_unref);
      g_free (self->place);
      self->place = g_steal_pointer (&place);
    }
  else if (self->created_usec != created_usec)
    {
      g_clear_pointer (&self->past, g_array_unref);
      self->past = g_steal_pointer (&self->points);
      self->past_usec = self->end_usec;
    }
  self->created_usec = created_usec;
}

/* Fills in what was before the room's present life. */
static void
add_past (SkyRoomsChart *self, gint64 now_usec)
{
  for (guint i = 0; self->past != NULL && i < self->points->len; i++)
    {
      gint64 ago_usec = self->past_usec - (now_usec - (gint64) (self->points->len - 1 - i) * STEP_USEC);

      if (ago_usec >= 0 && ago_usec / STEP_USEC < self->past->len)
        g_array_index (self->points, guint, i)
            = g_array_index (self->past, guint, self->past->len - 1 - (guint) (ago_usec / STEP_USEC));
    }
}

/**
 * sky_rooms_chart_show:
 * @room: (nullable): %NULL for the whole namespace
 *
 * Draws the five minutes that end now.
 */
void
sky_rooms_chart_show (SkyRoomsChart *self, SkyRoster *roster, const char *nsp, const char *room)
{
  gint64 now_usec = sky_clock_now_usec ();

  g_return_if_fail (SKY_IS_ROOMS_CHART (self));

  keep_past (self, nsp, room, sky_roster_get_created (roster, nsp, room));
  g_clear_pointer (&self->points, g_array_unref);
  self->points = sky_roster_get_history (roster, nsp, room, now_usec - SPAN_USEC, now_usec, N_POINTS);
  add_past (self, now_usec);
  self->end_usec = now_usec;
  self->max = 0;
  for (guint i = 0; i < self->points->len; i++)
    self->max = MAX (self->max, g_array_index (self->points, guint, i));
  if (self->points->len > 0)
    describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The lowest of 1, 2, 5, 10, 20… that is not below @max: a scale that a person can read. */
static guint
round_up (guint max)
{
  double power = pow (10, floor (log10 (MAX (max, 1))));

  for (guint i = 0; i < 3; i++)
    if (max <= (double[]) { 1, 2, 5 }[i] * power)
      return (guint) ((double[]) { 1, 2, 5 }[i] * power);
  return (guint) (10 * power);
}

typedef enum { ALIGN_START, ALIGN_MIDDLE, ALIGN_END } Align;

/* Time runs as people read. Returns: where the @x of who reads from the left is */
static double
mirror (SkyRoomsChart *self, double x)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL
             ? gtk_widget_get_width (GTK_WIDGET (self)) - x
             : x;
}

/* Returns: how wide it is */
static int
put_text (SkyRoomsChart *self, GtkSnapshot *snapshot, const char *text, double x, double y, Align align)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GdkRGBA color;
  int width, height;

  gtk_style_context_get_color (gtk_widget_get_style_context (gtk_widget_get_parent (GTK_WIDGET (self))), &color);
  color.alpha *= DIM;
  pango_layout_get_pixel_size (layout, &width, &height);
  x -= width * (int) align / 2;
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = mirror (self, x) - width;
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
  return width;
}

static void
trace_steps (SkyRoomsChart *self, cairo_t *cr, const graphene_rect_t *area, guint top)
{
  double step = area->size.width / (N_POINTS - 1), before = 0;

  for (guint i = 0; i < self->points->len; i++)
    {
      double x = mirror (self, area->origin.x + i * step);
      double y = area->origin.y + area->size.height * (1 - (double) g_array_index (self->points, guint, i) / top);

      if (i == 0)
        cairo_move_to (cr, x, y);
      else if (y != before)
        {
          cairo_line_to (cr, x, before);
          cairo_line_to (cr, x, y);
        }
      before = y;
    }
  cairo_line_to (cr, mirror (self, area->origin.x + area->size.width), before);
}

static void
draw_line (SkyRoomsChart *self, GtkSnapshot *snapshot, const graphene_rect_t *area, guint top)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, gtk_widget_get_width (GTK_WIDGET (self)),
                                               gtk_widget_get_height (GTK_WIDGET (self)));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  double bottom = area->origin.y + area->size.height;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  trace_steps (self, cr, area, top);
  cairo_line_to (cr, mirror (self, area->origin.x + area->size.width), bottom);
  cairo_line_to (cr, mirror (self, area->origin.x), bottom);
  cairo_close_path (cr);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, 0.12);
  cairo_fill (cr);
  trace_steps (self, cr, area, top);
  cairo_set_line_width (cr, LINE_WIDTH);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_grid (SkyRoomsChart *self, GtkSnapshot *snapshot, const graphene_rect_t *area, int line_height, guint top)
{
  double right = area->origin.x + area->size.width, bottom = area->origin.y + area->size.height;
  g_autofree char *highest = g_strdup_printf ("%u", top);
  float left = (float) MIN (mirror (self, area->origin.x), mirror (self, right));
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (gtk_widget_get_parent (GTK_WIDGET (self))), &color);
  color.alpha *= 0.15f;
  for (guint i = 0; i <= 2; i++)
    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT (left, roundf (area->origin.y + area->size.height * i / 2),
                                                    area->size.width, 1));
  put_text (self, snapshot, highest, area->origin.x - GAP, area->origin.y - line_height / 2.0, ALIGN_END);
  put_text (self, snapshot, "0", area->origin.x - GAP, bottom - line_height / 2.0, ALIGN_END);
  put_text (self, snapshot, _("5 min ago"), area->origin.x, bottom + GAP, ALIGN_START);
  put_text (self, snapshot, _("2½ min"), (area->origin.x + right) / 2, bottom + GAP, ALIGN_MIDDLE);
  put_text (self, snapshot, _("now"), right, bottom + GAP, ALIGN_END);
}

static void
sky_rooms_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SkyRoomsChart *self = SKY_ROOMS_CHART (widget);
  guint top = round_up (self->max);
  g_autofree char *highest = g_strdup_printf ("%u", top);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, highest);
  graphene_rect_t area;
  int width, height;

  if (self->points == NULL || self->points->len == 0)
    return;
  pango_layout_get_pixel_size (layout, &width, &height);
  area = GRAPHENE_RECT_INIT (width + GAP, height / 2.0f, gtk_widget_get_width (widget) - width - GAP - 1,
                             gtk_widget_get_height (widget) - 1.5f * height - GAP);
  self->area = area;
  draw_grid (self, snapshot, &area, height, top);
  draw_line (self, snapshot, &area, top);
}

/* "22:14:07 · 3 sockets", where the pointer is */
static gboolean
sky_rooms_chart_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  SkyRoomsChart *self = SKY_ROOMS_CHART (widget);
  double place = self->area.size.width > 0 ? (mirror (self, x) - self->area.origin.x) / self->area.size.width : -1;
  g_autofree char *time = NULL, *sockets = NULL, *text = NULL;
  guint i;

  if (keyboard || place < 0 || place > 1 || self->points == NULL || self->points->len < N_POINTS)
    {
      gtk_tooltip_set_text (tooltip, self->description);
      return self->description != NULL;
    }
  i = (guint) (place * (N_POINTS - 1));
  time = sky_clock_format_time (self->end_usec - (N_POINTS - 1 - i) * STEP_USEC);
  sockets = sky_roster_count_sockets (g_array_index (self->points, guint, i));
  text = g_strdup_printf ("%.8s · %s", time, sockets);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
sky_rooms_chart_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : HEIGHT;
}

static void
sky_rooms_chart_finalize (GObject *object)
{
  SkyRoomsChart *self = SKY_ROOMS_CHART (object);

  g_clear_pointer (&self->points, g_array_unref);
  g_clear_pointer (&self->past, g_array_unref);
  g_free (self->description);
  g_free (self->place);
  G_OBJECT_CLASS (sky_rooms_chart_parent_class)->finalize (object);
}

static void
sky_rooms_chart_init (SkyRoomsChart *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

static void
sky_rooms_chart_class_init (SkyRoomsChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_rooms_chart_finalize;
  widget_class->snapshot = sky_rooms_chart_snapshot;
  widget_class->measure = sky_rooms_chart_measure;
  widget_class->query_tooltip = sky_rooms_chart_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "roomschart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

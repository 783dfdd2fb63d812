#include "ui/detail/hex-view-private.h"
#include "ui/ui.h"

#define PAD 8 /* logical pixels around all */

static const GdkRGBA hues[SKY_N_HUES] = {
  { 0.38f, 0.63f, 0.92f, 1 }, { 0.70f, 0.49f, 0.80f, 1 }, { 0.20f, 0.72f, 0.48f, 1 },
  { 0.90f, 0.62f, 0.15f, 1 }, { 0.87f, 0.42f, 0.42f, 1 }, { 0.45f, 0.60f, 0.62f, 1 },
};

/* Returns: (transfer none): the colour that stands for a layer, in the tree and in the bytes */
const GdkRGBA *
sky_hex_view_get_hue (guint hue)
{
  return &hues[hue % SKY_N_HUES];
}

static gboolean
in_span (const SkyHexSpan *span, const SkyHexRow *row, guint index)
{
  gsize offset = row->offset + index;

  return span->buffer == row->buffer && offset >= span->start && offset - span->start < span->len;
}

static gboolean
is_selected (SkyHexView *self, const SkyHexRow *row, guint index)
{
  gsize offset = row->offset + index;

  return self->has_cursor && self->anchor != self->cursor && row->buffer == self->cursor_buffer
         && offset >= MIN (self->anchor, self->cursor)
         && offset <= MAX (self->anchor, self->cursor);
}

/* Returns: FALSE if the byte has no ground of its own */
static gboolean
ground (SkyHexView *self, const SkyHexRow *row, guint index, GdkRGBA *color)
{
  if (is_selected (self, row, index))
    {
      *color = (GdkRGBA) { 0.21f, 0.52f, 0.89f, 0.55f };
      return TRUE;
    }
  if (in_span (&self->highlight, row, index))
    {
      *color = hues[self->highlight.hue % SKY_N_HUES];
      color->alpha = 0.6f;
      return TRUE;
    }
  for (guint i = self->marks->len; i > 0; i--)
    {
      const SkyHexSpan *mark = &g_array_index (self->marks, SkyHexSpan, i - 1);

      if (!in_span (mark, row, index))
        continue;
      *color = hues[mark->hue % SKY_N_HUES];
      color->alpha = 0.22f;
      return TRUE;
    }
  return FALSE;
}

static void
fill (SkyHexView *self, GtkSnapshot *snapshot, const GdkRGBA *color, double column,
      double n_columns, double x, double y)
{
  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) (x + column * self->char_width),
                                                  (float) y, (float) (n_columns * self->char_width),
                                                  (float) self->row_height));
}

/* Neighbours of one colour make one rectangle, without the gap behind the last of them. */
static void
draw_grounds (SkyHexView *self, GtkSnapshot *snapshot, const SkyHexRow *row, guint digits, double x,
              double y)
{
  guint text = sky_hex_text_column (digits, self->rows.per_row);

  for (guint i = 0, end; i < row->len; i = end)
    {
      GdkRGBA color, next;
      guint column = sky_hex_column (digits, i);

      end = i + 1;
      if (!ground (self, row, i, &color))
        continue;
      while (end < row->len && ground (self, row, end, &next) && gdk_rgba_equal (&color, &next))
        end++;
      fill (self, snapshot, &color, column, sky_hex_column (digits, end - 1) + 2 - column, x, y);
      fill (self, snapshot, &color, text + i, end - i, x, y);
    }
}

static void
draw_cursor (SkyHexView *self, GtkSnapshot *snapshot, const SkyHexRow *row, guint digits,
             const GdkRGBA *color, double x, double y)
{
  guint index = (guint) (self->cursor - row->offset);
  const float widths[4] = { 1, 1, 1, 1 };
  const GdkRGBA colors[4] = { *color, *color, *color, *color };
  GskRoundedRect outline;

  if (!self->has_cursor || row->buffer != self->cursor_buffer || self->cursor < row->offset
      || index >= row->len)
    return;
  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT ((float) (x + sky_hex_column (digits, index) * self->char_width - 1),
                           (float) y, (float) (2 * self->char_width + 2), (float) self->row_height),
      2);
  gtk_snapshot_append_border (snapshot, &outline, widths, colors);
}

static void
draw_layout (GtkSnapshot *snapshot, PangoLayout *layout, const GdkRGBA *color, double x, double y)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_row (SkyHexView *self, GtkSnapshot *snapshot, guint64 number, PangoLayout *layout,
          const GdkRGBA *color, double x, double y)
{
  guint digits = sky_hex_rows_digits (&self->rows);
  g_autoptr(GString) text = g_string_new (NULL);
  GdkRGBA dim = *color;
  SkyHexRow row;

  dim.alpha *= 0.6f;
  if (!sky_hex_rows_get (&self->rows, number, &row))
    return;
  if (row.title)
    {
      const SkyHexBuffer *buffer = g_ptr_array_index (self->rows.buffers, row.buffer);

      g_string_printf (text, "%s · ", buffer->title);
      g_string_append_printf (text,
                              ngettext ("%'zu byte", "%'zu bytes",
                                        g_bytes_get_size (buffer->bytes)),
                              g_bytes_get_size (buffer->bytes));
      pango_layout_set_text (layout, text->str, -1);
      draw_layout (snapshot, layout, &dim, x, y);
      return;
    }
  draw_grounds (self, snapshot, &row, digits, x, y);
  sky_hex_format_row (text, &row, digits, self->rows.per_row);
  pango_layout_set_text (layout, text->str, (int) digits);
  draw_layout (snapshot, layout, &dim, x, y);
  pango_layout_set_text (layout, text->str + digits, -1);
  draw_layout (snapshot, layout, color, x + digits * self->char_width, y);
  draw_cursor (self, snapshot, &row, digits, color, x, y);
}

/* Draws the rows that are in sight, and no others. */
void
sky_hex_view_draw (SkyHexView *self, GtkSnapshot *snapshot)
{
  GtkWidget *widget = GTK_WIDGET (self);
  double top = gtk_adjustment_get_value (self->adjustments[GTK_ORIENTATION_VERTICAL]) - PAD;
  double left = gtk_adjustment_get_value (self->adjustments[GTK_ORIENTATION_HORIZONTAL]) - PAD;
  int height = gtk_widget_get_height (widget);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  guint64 first = top > 0 ? (guint64) (top / self->row_height) : 0;
  GdkRGBA color;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget), (float) height));
  for (guint64 row = first; row < self->rows.n_rows && row * self->row_height - top < height; row++)
    draw_row (self, snapshot, row, layout, &color, -left, row * self->row_height - top);
  gtk_snapshot_pop (snapshot);
}

/**
 * sky_hex_view_locate:
 * @x: in the widget's own coordinates
 *
 * Returns: whether there is a byte there, as digits or as text
 */
gboolean
sky_hex_view_locate (SkyHexView *self, double x, double y, guint *buffer, gsize *offset)
{
  double column
      = (x + gtk_adjustment_get_value (self->adjustments[GTK_ORIENTATION_HORIZONTAL]) - PAD)
        / self->char_width;
  double line = (y + gtk_adjustment_get_value (self->adjustments[GTK_ORIENTATION_VERTICAL]) - PAD)
                / self->row_height;
  guint digits = sky_hex_rows_digits (&self->rows),
        text = sky_hex_text_column (digits, self->rows.per_row), index = 0;
  SkyHexRow row;

  if (line < 0 || !sky_hex_rows_get (&self->rows, (guint64) line, &row) || row.title)
    return FALSE;
  if (column >= text)
    index = (guint) (column - text);
  else
    while (index + 1 < self->rows.per_row && column >= sky_hex_column (digits, index + 1) - 0.5)
      index++;
  *buffer = row.buffer;
  *offset = row.offset + MIN (index, row.len - 1);
  return TRUE;
}

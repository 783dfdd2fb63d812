#include "base/hex.h"
#include "ui/detail/hex-view-private.h"
#include "ui/ui.h"

static guint byte_selected_signal;

static void
tell (SkyHexView *self)
{
  const SkyHexBuffer *buffer = g_ptr_array_index (self->rows.buffers, self->cursor_buffer);
  const guint8 *data = g_bytes_get_data (buffer->bytes, NULL);
  /* Translators: for a screen reader: whose bytes, which of them, and what it is */
  g_autofree char *spoken = g_strdup_printf (_("%s, byte %zu: %02x"),
                                             buffer->title, self->cursor, data[self->cursor]);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, spoken,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
put_cursor (SkyHexView *self, guint buffer, gsize offset, gboolean extend)
{
  if (extend && self->has_cursor && buffer != self->cursor_buffer)
    return;
  self->cursor_buffer = buffer;
  self->cursor = offset;
  if (!extend || !self->has_cursor)
    self->anchor = offset;
  self->has_cursor = TRUE;
  tell (self);
  if (!extend)
    g_signal_emit (self, byte_selected_signal, 0, buffer, (guint64) offset);
}

static void
on_drag_begin (SkyHexView *self, double x, double y)
{
  guint buffer;
  gsize offset;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (sky_hex_view_locate (self, x, y, &buffer, &offset))
    put_cursor (self, buffer, offset, FALSE);
}

static void
on_drag_update (SkyHexView *self, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;
  guint buffer;
  gsize offset;

  if (!gtk_gesture_drag_get_start_point (drag, &x, &y) || ABS (dx) + ABS (dy) < 3)
    return;
  if (sky_hex_view_locate (self, x + dx, y + dy, &buffer, &offset))
    put_cursor (self, buffer, offset, TRUE);
}

/* What a pointer does: a click sets the cursor, a drag selects. */
void
sky_hex_view_add_pointer (SkyHexView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

static gboolean
on_move (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SkyHexView *self = SKY_HEX_VIEW (widget);
  int bytes, rows;
  gboolean extend;
  gsize len;
  gint64 to;

  g_variant_get (args, "(iib)", &bytes, &rows, &extend);
  if (self->rows.buffers->len == 0)
    return FALSE;
  len = sky_hex_rows_len (&self->rows, self->cursor_buffer);
  if (len == 0)
    return FALSE;
  to = self->has_cursor ? (gint64) self->cursor + bytes + (gint64) rows * self->rows.per_row : 0;
  put_cursor (self, self->cursor_buffer, (gsize) CLAMP (to, 0, (gint64) len - 1), extend);
  sky_hex_view_reveal (self, self->cursor_buffer, self->cursor);
  return TRUE;
}

/* Returns: (nullable): the selected bytes, else the highlight, else all of the first buffer */
static const guint8 *
chosen (SkyHexView *self, gsize *len)
{
  guint index = self->has_cursor          ? self->cursor_buffer
                : self->highlight.len > 0 ? self->highlight.buffer
                                          : 0;
  const SkyHexBuffer *buffer;
  const guint8 *data;

  if (index >= self->rows.buffers->len)
    return NULL;
  buffer = g_ptr_array_index (self->rows.buffers, index);
  data = g_bytes_get_data (buffer->bytes, len);
  if (self->has_cursor && self->anchor != self->cursor)
    {
      *len = MAX (self->anchor, self->cursor) - MIN (self->anchor, self->cursor) + 1;
      return data + MIN (self->anchor, self->cursor);
    }
  if (self->highlight.len > 0 && self->highlight.buffer == index)
    {
      *len = self->highlight.len;
      return data + self->highlight.start;
    }
  return data;
}

static void
copy_hex (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gsize len;
  const guint8 *data = chosen (SKY_HEX_VIEW (widget), &len);
  g_autofree char *text = data != NULL ? sky_hex_format (data, len, " ") : NULL;

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
copy_text (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gsize len;
  const guint8 *data = chosen (SKY_HEX_VIEW (widget), &len);
  g_autofree char *text
      = data != NULL ? g_utf8_make_valid ((const char *) data, (gssize) len) : NULL;

  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
bind_move (GtkWidgetClass *widget_class, guint key, int bytes, int rows)
{
  gtk_widget_class_add_binding (widget_class, key, 0, on_move, "(iib)", bytes, rows, FALSE);
  gtk_widget_class_add_binding (widget_class, key, GDK_SHIFT_MASK, on_move, "(iib)", bytes, rows,
                                TRUE);
}

/* Arrows move the cursor, and select with Shift; Ctrl+C copies hex, and text with Shift. */
void
sky_hex_view_install_keys (GtkWidgetClass *widget_class)
{
  byte_selected_signal
      = g_signal_new ("byte-selected", SKY_TYPE_HEX_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT64);
  gtk_widget_class_install_action (widget_class, "hex.copy", NULL, copy_hex);
  gtk_widget_class_install_action (widget_class, "hex.copy-text", NULL, copy_text);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "hex.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "hex.copy-text", NULL);
  bind_move (widget_class, GDK_KEY_Left, -1, 0);
  bind_move (widget_class, GDK_KEY_Right, 1, 0);
  bind_move (widget_class, GDK_KEY_Up, 0, -1);
  bind_move (widget_class, GDK_KEY_Down, 0, 1);
  bind_move (widget_class, GDK_KEY_Page_Up, 0, -16);
  bind_move (widget_class, GDK_KEY_Page_Down, 0, 16);
  bind_move (widget_class, GDK_KEY_Home, G_MININT, 0);
  bind_move (widget_class, GDK_KEY_End, G_MAXINT, 0);
}

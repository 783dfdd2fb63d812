#include "ui/parts/json-editor.h"

#include "ui/parts/left-to-right.h"
#include "ui/parts/list-focus.h"
#include "ui/parts/settle.h"
#include "ui/parts/source-scheme.h"
#include "ui/parts/source-text.h"
#include "ui/ui.h"

#define SETTLE_MSEC 150

struct _SkyJsonEditor
{
  GtkWidget        parent_instance;
  GtkWidget       *overlay;
  GtkSourceView   *view;
  GtkSourceBuffer *buffer;
  GtkLabel        *placeholder;
  GtkTextTag      *error, *chip;
  SkySettle        settle;
  guint            scheme_source;
};

G_DEFINE_FINAL_TYPE (SkyJsonEditor, sky_json_editor, GTK_TYPE_WIDGET)

typedef enum { PROP_LABEL = 1, PROP_PLACEHOLDER, PROP_PLAIN } SkyJsonEditorProp;
static GParamSpec *props[PROP_PLAIN + 1];
enum { SIGNAL_TYPED, SIGNAL_SETTLED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_settle (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SETTLED], 0);
}

static void
on_changed (SkyJsonEditor *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->placeholder),
                          gtk_text_buffer_get_char_count (GTK_TEXT_BUFFER (self->buffer)) == 0);
  sky_settle_wait (&self->settle);
  g_signal_emit (self, signals[SIGNAL_TYPED], 0);
}

/**
 * sky_json_editor_settle:
 *
 * If something was typed just now, "settled" is emitted at once instead of in a moment.
 */
void
sky_json_editor_settle (SkyJsonEditor *self)
{
  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  sky_settle_now (&self->settle);
}

/**
 * sky_json_editor_get_text:
 *
 * Returns: (transfer full): all of it
 */
char *
sky_json_editor_get_text (SkyJsonEditor *self)
{
  g_return_val_if_fail (SKY_IS_JSON_EDITOR (self), NULL);

  return sky_source_text_get (self->buffer);
}

/**
 * sky_json_editor_set_text:
 * @undoable: whether Ctrl+Z brings back what was there
 */
void
sky_json_editor_set_text (SkyJsonEditor *self, const char *text, gboolean undoable)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter start, end;

  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  if (!undoable)
    {
      gtk_text_buffer_set_text (buffer, text, -1);
      return;
    }
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_delete (buffer, &start, &end);
  gtk_text_buffer_insert (buffer, &start, text, -1);
  gtk_text_buffer_end_user_action (buffer);
}

/* Whether a value at @at would stand right behind another one. */
static gboolean
follows_value (const GtkTextIter *at)
{
  GtkTextIter before = *at;

  while (gtk_text_iter_backward_char (&before))
    if (!g_unichar_isspace (gtk_text_iter_get_char (&before)))
      return strchr (",:[{(", (int) gtk_text_iter_get_char (&before)) == NULL;
  return FALSE;
}

static gboolean
precedes_value (const GtkTextIter *at)
{
  GtkTextIter after = *at;

  while (!gtk_text_iter_is_end (&after) && g_unichar_isspace (gtk_text_iter_get_char (&after)))
    gtk_text_iter_forward_char (&after);
  return !gtk_text_iter_is_end (&after)
         && strchr (",]})", (int) gtk_text_iter_get_char (&after)) == NULL;
}

/**
 * sky_json_editor_insert_argument:
 * @text: a JSON value
 *
 * Puts @text where the cursor is, in the place of the selection, with a comma on either side if
 * one is needed there.
 */
void
sky_json_editor_insert_argument (SkyJsonEditor *self, const char *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  g_autofree char *whole = NULL;
  GtkTextIter at;

  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  gtk_text_buffer_get_iter_at_mark (buffer, &at, gtk_text_buffer_get_insert (buffer));
  whole
      = g_strconcat (follows_value (&at) ? ", " : "", text, precedes_value (&at) ? ", " : "", NULL);
  gtk_text_buffer_insert (buffer, &at, whole, -1);
  gtk_text_buffer_end_user_action (buffer);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/**
 * sky_json_editor_set_keys:
 * @keys: tells the names of members, at Ctrl+Space; to be set once
 */
void
sky_json_editor_set_keys (SkyJsonEditor *self, SkyCompleteKeys *keys)
{
  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  sky_complete_keys_attach (keys, self->view);
}

/**
 * sky_json_editor_go_to_gap:
 *
 * Puts the cursor into the first empty string, or else at the beginning.
 */
void
sky_json_editor_go_to_gap (SkyJsonEditor *self)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter at, end;

  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  gtk_text_buffer_get_start_iter (buffer, &at);
  if (gtk_text_iter_forward_search (&at, "\"\"", GTK_TEXT_SEARCH_TEXT_ONLY, &at, &end, NULL))
    gtk_text_iter_forward_char (&at);
  gtk_text_buffer_place_cursor (buffer, &at);
}

/* Bytes of UTF-8 to a place in the buffer. */
static void
get_iter (SkyJsonEditor *self, const char *text, gsize pos, GtkTextIter *iter)
{
  gtk_text_buffer_get_iter_at_offset (GTK_TEXT_BUFFER (self->buffer), iter,
                                      (int) g_utf8_strlen (text, (gssize) pos));
}

/**
 * sky_json_editor_clear_marks:
 *
 * Takes away what was marked as wrong, or as a chip.
 */
void
sky_json_editor_clear_marks (SkyJsonEditor *self)
{
  GtkTextIter start, end;

  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  gtk_text_buffer_remove_tag (GTK_TEXT_BUFFER (self->buffer), self->error, &start, &end);
  gtk_text_buffer_remove_tag (GTK_TEXT_BUFFER (self->buffer), self->chip, &start, &end);
}

static gboolean
is_quote (gunichar c, gpointer user_data)
{
  return c == '"';
}

/* Letters and digits, a string to its second quote if that is on the line, or one character. */
static void
go_to_word_end (GtkTextIter *at)
{
  gboolean string = gtk_text_iter_get_char (at) == '"',
           letters = g_unichar_isalnum (gtk_text_iter_get_char (at));
  GtkTextIter line_end = *at;

  if (!gtk_text_iter_ends_line (&line_end))
    gtk_text_iter_forward_to_line_end (&line_end);
  if (string)
    gtk_text_iter_forward_find_char (at, is_quote, NULL, &line_end);
  while (letters && g_unichar_isalnum (gtk_text_iter_get_char (at))
         && gtk_text_iter_forward_char (at))
    ;
  if (!letters)
    gtk_text_iter_forward_char (at);
}

/**
 * sky_json_editor_mark_error:
 * @pos: bytes from the beginning of the text
 *
 * Underlines the word or string there; at the end of the text, or of a line, what stands before it.
 */
void
sky_json_editor_mark_error (SkyJsonEditor *self, gsize pos)
{
  g_autofree char *text = sky_json_editor_get_text (self);
  GtkTextIter start, end;

  get_iter (self, text, MIN (pos, strlen (text)), &start);
  while (g_unichar_isspace (gtk_text_iter_get_char (&start)) || gtk_text_iter_is_end (&start))
    if (!gtk_text_iter_backward_char (&start))
      break;
  end = start;
  go_to_word_end (&end);
  gtk_text_buffer_apply_tag (GTK_TEXT_BUFFER (self->buffer), self->error, &start, &end);
}

/**
 * sky_json_editor_mark_chip:
 * @pos: bytes from the beginning of the text
 * @len: bytes
 *
 * Shows that these characters stand for something else, such as a file.
 */
void
sky_json_editor_mark_chip (SkyJsonEditor *self, gsize pos, gsize len)
{
  g_autofree char *text = sky_json_editor_get_text (self);
  GtkTextIter start, end;

  get_iter (self, text, pos, &start);
  get_iter (self, text, pos + len, &end);
  gtk_text_buffer_apply_tag (GTK_TEXT_BUFFER (self->buffer), self->chip, &start, &end);
}

/**
 * sky_json_editor_set_placeholder:
 * @placeholder: shown while there is no text
 */
void
sky_json_editor_set_placeholder (SkyJsonEditor *self, const char *placeholder)
{
  g_return_if_fail (SKY_IS_JSON_EDITOR (self));

  gtk_label_set_text (self->placeholder, placeholder != NULL ? placeholder : "");
}

/* For any text, or for arguments: GtkSourceView's own JSON takes the comma between two of them for an error. */
static void
set_plain (SkyJsonEditor *self, gboolean plain)
{
  gtk_source_buffer_set_language (self->buffer, plain ? NULL : sky_source_text_get_language ("sky-json-args"));
  gtk_source_buffer_set_highlight_matching_brackets (self->buffer, !plain);
  gtk_source_view_set_show_line_numbers (self->view, !plain);
}

/* The placeholder begins where the text would, right of the line numbers. */
static gboolean
on_place_placeholder (GtkOverlay *overlay, GtkWidget *child, GdkRectangle *area,
                      SkyJsonEditor *self)
{
  double left, top;
  GdkRectangle cursor;
  int x, y, height;

  gtk_text_view_get_cursor_locations (GTK_TEXT_VIEW (self->view), NULL, &cursor, NULL);
  gtk_text_view_buffer_to_window_coords (GTK_TEXT_VIEW (self->view), GTK_TEXT_WINDOW_WIDGET,
                                         cursor.x, cursor.y, &x, &y);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (overlay), x, y, &left,
                                    &top);
  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  *area = (GdkRectangle){ (int) left, (int) top,
                          MAX (1, gtk_widget_get_width (GTK_WIDGET (overlay)) - (int) left - 8),
                          height };
  return TRUE;
}

static void
on_scheme (gpointer user_data)
{
  SkyJsonEditor *self = user_data;
  GdkRGBA color;

  self->scheme_source = 0;
  sky_source_scheme_apply (GTK_WIDGET (self), self->buffer);
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (self)), &color);
  color.alpha = 0.12f;
  g_object_set (self->chip, "background-rgba", &color, NULL);
}

static void
sky_json_editor_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  SkyJsonEditor *self = SKY_JSON_EDITOR (widget);

  GTK_WIDGET_CLASS (sky_json_editor_parent_class)->css_changed (widget, change);
  if (self->scheme_source == 0)
    self->scheme_source = g_idle_add_once (on_scheme, self);
}

static gboolean
sky_json_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SKY_JSON_EDITOR (widget)->view));
}

static void
sky_json_editor_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SkyJsonEditor *self = SKY_JSON_EDITOR (object);

  switch ((SkyJsonEditorProp) id)
    {
    case PROP_LABEL:
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_value_get_string (value), -1);
      break;
    case PROP_PLACEHOLDER:
      sky_json_editor_set_placeholder (self, g_value_get_string (value));
      break;
    case PROP_PLAIN:
      set_plain (self, g_value_get_boolean (value));
      break;
    }
}

static void
sky_json_editor_dispose (GObject *object)
{
  SkyJsonEditor *self = SKY_JSON_EDITOR (object);

  sky_settle_stop (&self->settle);
  g_clear_handle_id (&self->scheme_source, g_source_remove);
  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_json_editor_parent_class)->dispose (object);
}

static void
sky_json_editor_init (SkyJsonEditor *self)
{
  self->settle = (SkySettle) { .msec = SETTLE_MSEC, .func = on_settle, .user_data = self };
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->view));
  sky_left_to_right_keep (GTK_WIDGET (self->placeholder));
  self->chip = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL, NULL);
  self->error = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL, "underline",
                                            PANGO_UNDERLINE_ERROR, NULL);
  set_plain (self, FALSE);
}

static void
sky_json_editor_class_init (SkyJsonEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags writable = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  gtk_source_init ();
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_BUFFER);

  object_class->set_property = sky_json_editor_set_property;
  object_class->dispose = sky_json_editor_dispose;
  widget_class->grab_focus = sky_json_editor_grab_focus;
  widget_class->focus = sky_list_focus_pass;
  widget_class->css_changed = sky_json_editor_css_changed;

  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, writable);
  props[PROP_PLACEHOLDER] = g_param_spec_string ("placeholder", NULL, NULL, NULL, writable);
  props[PROP_PLAIN] = g_param_spec_boolean ("plain", NULL, NULL, FALSE, writable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  signals[SIGNAL_TYPED] = g_signal_new ("typed", SKY_TYPE_JSON_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", SKY_TYPE_JSON_EDITOR, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (widget_class, "skyeditor");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "json-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyJsonEditor, overlay);
  gtk_widget_class_bind_template_child (widget_class, SkyJsonEditor, view);
  gtk_widget_class_bind_template_child (widget_class, SkyJsonEditor, buffer);
  gtk_widget_class_bind_template_child (widget_class, SkyJsonEditor, placeholder);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_place_placeholder);
}

#include "ui/rules/rules-editor.h"

#include "ui/parts/left-to-right.h"
#include "ui/parts/list-focus.h"
#include "ui/parts/settle.h"
#include "ui/parts/source-scheme.h"
#include "ui/parts/source-text.h"
#include "ui/ui.h"

#define SETTLE_MSEC 200
#define CATEGORY    "sky-mistake"

struct _SkyRulesEditor
{
  GtkWidget        parent_instance;
  GtkWidget       *scroller;
  GtkSourceView   *view;
  GtkSourceBuffer *buffer;
  GtkTextTag      *error;
  GtkTextMark     *place; /* nullable, owned by the buffer: where the mistake is */
  GtkSourceMark   *sign;  /* nullable, owned by the buffer: beside its line */
  char            *message; /* nullable: what it is */
  GPtrArray       *rows;  /* of GtkTextMark: where the rules begin */
  SkySettle        settle;
  guint            scheme_source;
  gboolean         filled; /* it has got its first text, which cannot be undone */
};

G_DEFINE_FINAL_TYPE (SkyRulesEditor, sky_rules_editor, GTK_TYPE_WIDGET)

enum { SIGNAL_SETTLED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_settle (gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_SETTLED], 0);
}

static void
on_changed (SkyRulesEditor *self)
{
  sky_settle_wait (&self->settle);
}

/**
 * sky_rules_editor_settle:
 *
 * If something was typed just now, "settled" is emitted at once instead of in a moment.
 */
void
sky_rules_editor_settle (SkyRulesEditor *self)
{
  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  sky_settle_now (&self->settle);
}

/**
 * sky_rules_editor_get_text:
 *
 * Returns: (transfer full): all of it
 */
char *
sky_rules_editor_get_text (SkyRulesEditor *self)
{
  g_return_val_if_fail (SKY_IS_RULES_EDITOR (self), NULL);

  return sky_source_text_get (self->buffer);
}

/* How many bytes, in whole characters, both texts begin with. */
static gsize
count_alike (const char *a, const char *b)
{
  gsize n = 0;

  while (a[n] != '\0' && a[n] == b[n])
    n++;
  while (n > 0 && ((guint8) a[n] & 0xc0) == 0x80)
    n--;
  return n;
}

/* … and end with, without those that they begin with. */
static gsize
count_alike_end (const char *a, gsize a_len, const char *b, gsize b_len)
{
  gsize n = 0;

  while (n < a_len && n < b_len && a[a_len - 1 - n] == b[b_len - 1 - n])
    n++;
  while (n > 0 && ((guint8) a[a_len - n] & 0xc0) == 0x80)
    n--;
  return n;
}

/**
 * sky_rules_editor_set_text:
 *
 * Shows @text, which somebody else has written. Only what differs is replaced, so that the cursor and the view
 * stay; but for the first text, Ctrl+Z brings back what was there. It counts as settled.
 */
void
sky_rules_editor_set_text (SkyRulesEditor *self, const char *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  g_autofree char *old = sky_rules_editor_get_text (self);
  gsize same = count_alike (old, text), old_len = strlen (old) - same, len = strlen (text) - same;
  gsize same_end = count_alike_end (old + same, old_len, text + same, len);
  GtkTextIter start, end;

  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  if (!self->filled)
    {
      self->filled = TRUE;
      gtk_text_buffer_set_text (buffer, text, -1);
      gtk_text_buffer_get_start_iter (buffer, &start);
      gtk_text_buffer_place_cursor (buffer, &start);
    }
  else if (old_len > same_end || len > same_end)
    {
      gtk_text_buffer_begin_user_action (buffer);
      gtk_text_buffer_get_iter_at_offset (buffer, &start, (int) g_utf8_strlen (old, (gssize) same));
      gtk_text_buffer_get_iter_at_offset (buffer, &end, (int) g_utf8_strlen (old, (gssize) (same + old_len - same_end)));
      gtk_text_buffer_delete (buffer, &start, &end);
      gtk_text_buffer_insert (buffer, &start, text + same, (int) (len - same_end));
      gtk_text_buffer_end_user_action (buffer);
    }
  sky_settle_stop (&self->settle);
}

/**
 * sky_rules_editor_insert:
 *
 * Puts @text where the cursor is, in the place of the selection.
 */
void
sky_rules_editor_insert (SkyRulesEditor *self, const char *text)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);

  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete_selection (buffer, TRUE, TRUE);
  gtk_text_buffer_insert_at_cursor (buffer, text, -1);
  gtk_text_buffer_end_user_action (buffer);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
}

/* @keys: tells the names of members, at Ctrl+Space; to be set once */
void
sky_rules_editor_set_keys (SkyRulesEditor *self, SkyCompleteKeys *keys)
{
  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  sky_complete_keys_attach (keys, self->view);
}

/**
 * sky_rules_editor_clear_error:
 *
 * Nothing is wrong any more.
 */
void
sky_rules_editor_clear_error (SkyRulesEditor *self)
{
  GtkTextIter start, end;

  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  gtk_text_buffer_remove_tag (GTK_TEXT_BUFFER (self->buffer), self->error, &start, &end);
  if (self->place != NULL)
    gtk_text_buffer_delete_mark (GTK_TEXT_BUFFER (self->buffer), self->place);
  if (self->sign != NULL)
    gtk_text_buffer_delete_mark (GTK_TEXT_BUFFER (self->buffer), GTK_TEXT_MARK (self->sign));
  self->place = NULL;
  self->sign = NULL;
  g_clear_pointer (&self->message, g_free);
}

/* Something that can be seen is underlined: at the end of a line or of all, the character before. */
static void
make_visible (GtkTextIter *start, GtkTextIter *end)
{
  if (gtk_text_iter_equal (start, end))
    gtk_text_iter_forward_char (end);
  while (g_unichar_isspace (gtk_text_iter_get_char (start)) || gtk_text_iter_is_end (start))
    {
      if (!gtk_text_iter_backward_char (start))
        break;
      *end = *start;
      gtk_text_iter_forward_char (end);
    }
}

/**
 * sky_rules_editor_mark_error:
 * @pos: bytes from the beginning of the text
 * @len: bytes; not all of a value that has many lines is marked
 * @message: what is wrong
 */
void
sky_rules_editor_mark_error (SkyRulesEditor *self, gsize pos, gsize len, const char *message)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  g_autofree char *text = sky_rules_editor_get_text (self);
  gsize text_len = strlen (text);
  GtkTextIter start, end, line_end;

  sky_rules_editor_clear_error (self);
  pos = MIN (pos, text_len);
  len = MIN (len, text_len - pos);
  gtk_text_buffer_get_iter_at_offset (buffer, &start, (int) g_utf8_strlen (text, (gssize) pos));
  end = line_end = start;
  gtk_text_iter_forward_chars (&end, (int) g_utf8_strlen (text + pos, (gssize) len));
  if (!gtk_text_iter_ends_line (&line_end))
    gtk_text_iter_forward_to_line_end (&line_end);
  if (gtk_text_iter_compare (&end, &line_end) > 0)
    end = line_end;
  make_visible (&start, &end);
  gtk_text_buffer_apply_tag (buffer, self->error, &start, &end);
  self->place = gtk_text_buffer_create_mark (buffer, NULL, &start, TRUE);
  gtk_text_iter_set_line_offset (&start, 0);
  self->sign = gtk_source_buffer_create_source_mark (self->buffer, NULL, CATEGORY, &start);
  self->message = g_strdup (message);
}

static void
go_to (SkyRulesEditor *self, GtkTextMark *mark)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (self->buffer);
  GtkTextIter at;

  gtk_text_buffer_get_iter_at_mark (buffer, &at, mark);
  gtk_text_buffer_place_cursor (buffer, &at);
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view), gtk_text_buffer_get_insert (buffer), 0.1, FALSE, 0, 0);
}

/* The cursor goes to the mistake, if there is one. */
void
sky_rules_editor_go_to_error (SkyRulesEditor *self)
{
  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  if (self->place != NULL)
    go_to (self, self->place);
}

static void
clear_rows (SkyRulesEditor *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    gtk_text_buffer_delete_mark (GTK_TEXT_BUFFER (self->buffer), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

/**
 * sky_rules_editor_set_rows:
 * @lines: (array length=n_lines): where rules begin in the text as it is now, from 1
 */
void
sky_rules_editor_set_rows (SkyRulesEditor *self, const guint *lines, guint n_lines)
{
  GtkTextIter at;

  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  clear_rows (self);
  for (guint i = 0; i < n_lines; i++)
    {
      gtk_text_buffer_get_iter_at_line (GTK_TEXT_BUFFER (self->buffer), &at, (int) lines[i] - 1);
      while (g_unichar_isspace (gtk_text_iter_get_char (&at)) && !gtk_text_iter_ends_line (&at))
        gtk_text_iter_forward_char (&at);
      g_ptr_array_add (self->rows, gtk_text_buffer_create_mark (GTK_TEXT_BUFFER (self->buffer), NULL, &at, TRUE));
    }
}

/* The cursor goes to that rule, wherever it has moved to. */
void
sky_rules_editor_go_to_row (SkyRulesEditor *self, guint row)
{
  g_return_if_fail (SKY_IS_RULES_EDITOR (self));

  if (row < self->rows->len)
    go_to (self, self->rows->pdata[row]);
}

static char *
on_mark_tooltip (GtkSourceMarkAttributes *attributes, GtkSourceMark *mark, SkyRulesEditor *self)
{
  return g_strdup (self->message);
}

static void
add_mark_category (SkyRulesEditor *self)
{
  g_autoptr(GtkSourceMarkAttributes) attributes = gtk_source_mark_attributes_new ();
  const GdkRGBA ground = { 0.88f, 0.11f, 0.14f, 0.10f };

  gtk_source_mark_attributes_set_icon_name (attributes, "dialog-warning-symbolic");
  gtk_source_mark_attributes_set_background (attributes, &ground);
  g_signal_connect_object (attributes, "query-tooltip-text", G_CALLBACK (on_mark_tooltip), self, 0);
  gtk_source_view_set_mark_attributes (self->view, CATEGORY, attributes, 1);
}

static void
on_scheme (gpointer user_data)
{
  SkyRulesEditor *self = user_data;

  self->scheme_source = 0;
  sky_source_scheme_apply (GTK_WIDGET (self), self->buffer);
}

static void
sky_rules_editor_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  SkyRulesEditor *self = SKY_RULES_EDITOR (widget);

  GTK_WIDGET_CLASS (sky_rules_editor_parent_class)->css_changed (widget, change);
  if (self->scheme_source == 0)
    self->scheme_source = g_idle_add_once (on_scheme, self);
}

static gboolean
sky_rules_editor_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SKY_RULES_EDITOR (widget)->view));
}

static void
sky_rules_editor_dispose (GObject *object)
{
  SkyRulesEditor *self = SKY_RULES_EDITOR (object);

  sky_settle_stop (&self->settle);
  g_clear_handle_id (&self->scheme_source, g_source_remove);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_rules_editor_parent_class)->dispose (object);
}

static void
sky_rules_editor_finalize (GObject *object)
{
  SkyRulesEditor *self = SKY_RULES_EDITOR (object);

  g_ptr_array_unref (self->rows);
  g_free (self->message);
  G_OBJECT_CLASS (sky_rules_editor_parent_class)->finalize (object);
}

static void
sky_rules_editor_init (SkyRulesEditor *self)
{
  self->rows = g_ptr_array_new ();
  self->settle = (SkySettle) { .msec = SETTLE_MSEC, .func = on_settle, .user_data = self };
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->view));
  gtk_source_buffer_set_language (self->buffer, sky_source_text_get_language ("sky-rules"));
  add_mark_category (self);
  self->error = gtk_text_buffer_create_tag (GTK_TEXT_BUFFER (self->buffer), NULL, "underline", PANGO_UNDERLINE_ERROR, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rules"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _("Ctrl+Tab leaves the text"), -1);
}

static void
sky_rules_editor_class_init (SkyRulesEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_source_init ();
  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  g_type_ensure (GTK_SOURCE_TYPE_BUFFER);
  object_class->dispose = sky_rules_editor_dispose;
  object_class->finalize = sky_rules_editor_finalize;
  widget_class->grab_focus = sky_rules_editor_grab_focus;
  widget_class->focus = sky_list_focus_pass;
  widget_class->css_changed = sky_rules_editor_css_changed;
  signals[SIGNAL_SETTLED] = g_signal_new ("settled", SKY_TYPE_RULES_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "ruleseditor");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rules-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRulesEditor, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesEditor, view);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesEditor, buffer);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

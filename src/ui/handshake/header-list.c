#include "ui/handshake/header-list.h"

#include "ui/parts/label.h"
#include "ui/parts/left-to-right.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

#define LINE_KEY "sky-line"

struct _SkyHeaderList
{
  GtkWidget        parent_instance;
  GtkWidget       *box;
  GtkLabel        *title, *missing;
  GtkToggleButton *as_raw;
  GtkListBox      *list;
  GtkTextView     *raw;
  GtkStack        *stack;
  GPtrArray       *lines; /* nullable: of SkyHandshakeLine */
  gboolean         settling;
};

G_DEFINE_FINAL_TYPE (SkyHeaderList, sky_header_list, GTK_TYPE_WIDGET)

static guint line_selected_signal;

static const char *
mark_of (SkyVerdict verdict)
{
  return verdict == SKY_VERDICT_RIGHT ? "✓" : verdict == SKY_VERDICT_WRONG ? "✗" : "";
}

/* The text gives way before the remark does: all of it is in the tooltip and in the raw text. */
static GtkWidget *
make_row (SkyHandshakeLine *line)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *text = sky_label_new_cut (line->text, "monospace"), *mark = gtk_label_new (mark_of (line->verdict));
  GtkWidget *brief = sky_label_new_cut (line->brief, "brief");
  g_autofree char *spoken = g_strdup_printf ("%s. %s%s", line->text,
                                             line->verdict == SKY_VERDICT_RIGHT   ? _("Right: ")
                                             : line->verdict == SKY_VERDICT_WRONG ? _("Wrong: ")
                                                                                  : "",
                                             line->brief != NULL ? line->brief : "");

  gtk_widget_set_hexpand (text, TRUE);
  gtk_label_set_width_chars (GTK_LABEL (mark), 2);
  gtk_widget_add_css_class (mark, "mark");
  gtk_widget_add_css_class (row, line->verdict == SKY_VERDICT_RIGHT   ? "right"
                                 : line->verdict == SKY_VERDICT_WRONG ? "wrong"
                                                                      : "neutral");
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), text);
  gtk_box_append (GTK_BOX (box), brief);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_tooltip_text (row, line->text);
  g_object_set_data (G_OBJECT (row), LINE_KEY, line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

static void
show_page (SkyHeaderList *self)
{
  const char *page = self->lines == NULL || self->lines->len == 0     ? "missing"
                     : gtk_toggle_button_get_active (self->as_raw) ? "raw"
                                                                   : "lines";

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (GTK_WIDGET (self->as_raw), self->lines != NULL && self->lines->len > 0);
}

static void
on_row (SkyHeaderList *self, GtkListBoxRow *row)
{
  if (!self->settling && row != NULL)
    g_signal_emit (self, line_selected_signal, 0, g_object_get_data (G_OBJECT (row), LINE_KEY));
}

/**
 * sky_header_list_set_title:
 * @title: what it is, translated
 */
void
sky_header_list_set_title (SkyHeaderList *self, const char *title)
{
  g_return_if_fail (SKY_IS_HEADER_LIST (self));

  gtk_label_set_text (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
}

/**
 * sky_header_list_set_lines:
 * @lines: (nullable) (element-type SkyHandshakeLine): kept
 * @raw: (nullable): the head as it was on the wire
 */
void
sky_header_list_set_lines (SkyHeaderList *self, GPtrArray *lines, GBytes *raw)
{
  GtkListBoxRow *row;
  g_autofree char *text = NULL;

  g_return_if_fail (SKY_IS_HEADER_LIST (self));

  self->settling = TRUE;
  while ((row = gtk_list_box_get_row_at_index (self->list, 0)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  self->settling = FALSE;
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  self->lines = lines != NULL ? g_ptr_array_ref (lines) : NULL;
  for (guint i = 0; lines != NULL && i < lines->len; i++)
    gtk_list_box_append (self->list, make_row (g_ptr_array_index (lines, i)));
  if (raw != NULL)
    text = g_utf8_make_valid (g_bytes_get_data (raw, NULL), (gssize) g_bytes_get_size (raw));
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->raw), text != NULL ? text : "", -1);
  show_page (self);
}

/**
 * sky_header_list_light:
 * @line: (nullable): the line that was chosen, here or on the other side
 *
 * Lights that line, and those that belong together with it.
 */
void
sky_header_list_light (SkyHeaderList *self, const SkyHandshakeLine *line)
{
  GtkListBoxRow *row;
  gboolean mine = FALSE;

  g_return_if_fail (SKY_IS_HEADER_LIST (self));

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    {
      const SkyHandshakeLine *here = g_object_get_data (G_OBJECT (row), LINE_KEY);

      mine |= here == line;
      sky_marks_set (GTK_WIDGET (row), "mate", line != NULL && here != line && line->pair != SKY_PAIR_NONE && here->pair == line->pair);
    }
  self->settling = TRUE;
  if (!mine)
    gtk_list_box_unselect_all (self->list);
  self->settling = FALSE;
}

/**
 * sky_header_list_select:
 * @line: one of its lines
 *
 * Does what a click on that line does.
 */
void
sky_header_list_select (SkyHeaderList *self, const SkyHandshakeLine *line)
{
  guint index;

  g_return_if_fail (SKY_IS_HEADER_LIST (self));

  if (self->lines != NULL && g_ptr_array_find (self->lines, line, &index))
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int) index));
}

static void
sky_header_list_dispose (GObject *object)
{
  SkyHeaderList *self = SKY_HEADER_LIST (object);

  g_clear_pointer (&self->lines, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), SKY_TYPE_HEADER_LIST);
  G_OBJECT_CLASS (sky_header_list_parent_class)->dispose (object);
}

static void
sky_header_list_class_init (SkyHeaderListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_header_list_dispose;
  line_selected_signal = g_signal_new ("line-selected", SKY_TYPE_HEADER_LIST, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "header-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, box);
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, title);
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, missing);
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, as_raw);
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, list);
  gtk_widget_class_bind_template_child (widget_class, SkyHeaderList, raw);
  gtk_widget_class_bind_template_callback (widget_class, on_row);
  gtk_widget_class_bind_template_callback (widget_class, show_page);
}

static void
sky_header_list_init (SkyHeaderList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->raw));
}

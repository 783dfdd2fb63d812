#include "ui/options/options-form-private.h"

#include "ui/parts/json-editor.h"
#include "ui/parts/label.h"
#include "ui/parts/left-to-right.h"
#include "ui/ui.h"

#define EDITOR_HEIGHT 120 /* pixels */
#define CAPTION_CHARS 42  /* a line of help at least: else its height is asked for at a word a line */

G_DEFINE_FINAL_TYPE (SkyOptionsForm, sky_options_form, GTK_TYPE_WIDGET)

static guint changed_signal;

/**
 * sky_options_form_changed:
 *
 * Says that a control within a field has changed that the form does not know of.
 */
void
sky_options_form_changed (SkyOptionsForm *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static GtkWidget *
make_label (const char *text, const char *css)
{
  GtkWidget *label = sky_label_new_wrapped (text, css);

  if (g_str_equal (css, "caption"))
    gtk_label_set_width_chars (GTK_LABEL (label), CAPTION_CHARS);
  return label;
}

/* Help, and what is wrong, stand below the control. */
static GtkWidget *
make_below (SkyOptionsField *field, const char *help)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *hint = make_label (help, "caption");

  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_set_visible (hint, help != NULL);
  field->error = GTK_LABEL (make_label (NULL, "caption"));
  gtk_widget_add_css_class (GTK_WIDGET (field->error), "error");
  gtk_widget_set_visible (GTK_WIDGET (field->error), FALSE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (field->error));
  gtk_box_append (GTK_BOX (box), hint);
  return box;
}

/* Return in a field is for the dialog's button. GTK 4.8 has no such property for spin buttons, only for the text in them. */
static void
let_return_apply (GtkWidget *control)
{
  GtkEditable *text = GTK_IS_EDITABLE (control) ? gtk_editable_get_delegate (GTK_EDITABLE (control)) : NULL;

  if (GTK_IS_TEXT (text))
    gtk_text_set_activates_default (GTK_TEXT (text), TRUE);
}

/* @line: what is placed: @control, or a box that holds it */
static void
add_field (SkyOptionsForm *self, const char *id, const char *label, GtkWidget *control, GtkWidget *line, const char *help,
           gboolean wide)
{
  SkyOptionsField *field = g_new0 (SkyOptionsField, 1);
  int row = self->n_rows;

  field->label = make_label (label, wide ? "heading" : "field-label");
  field->control = control;
  field->below = make_below (field, help);
  let_return_apply (control);
  gtk_widget_set_valign (field->label, wide ? GTK_ALIGN_END : GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (line, TRUE);
  if (!SKY_IS_OPTIONS_TABLE (control))
    gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_grid_attach (self->grid, field->label, 0, row, wide ? 2 : 1, 1);
  gtk_grid_attach (self->grid, line, wide ? 0 : 1, wide ? row + 1 : row, wide ? 2 : 1, 1);
  gtk_grid_attach (self->grid, field->below, wide ? 0 : 1, wide ? row + 2 : row + 1, wide ? 2 : 1, 1);
  gtk_widget_add_css_class (field->below, "below");
  self->n_rows += wide ? 3 : 2;
  g_hash_table_insert (self->fields, (gpointer) id, field);
}

/**
 * sky_options_form_add_heading:
 * @help: (nullable): a sentence below it
 */
void
sky_options_form_add_heading (SkyOptionsForm *self, const char *text, const char *help)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *hint = make_label (help, "caption");

  gtk_widget_add_css_class (hint, "dim-label");
  gtk_widget_set_visible (hint, help != NULL);
  gtk_widget_add_css_class (box, "form-heading");
  gtk_box_append (GTK_BOX (box), make_label (text, "heading"));
  gtk_box_append (GTK_BOX (box), hint);
  gtk_grid_attach (self->grid, box, 0, self->n_rows++, 2, 1);
}

/**
 * sky_options_form_add_entry:
 * @id: static
 * @hint: (nullable): shown where nothing is typed
 * @help: a sentence
 */
void
sky_options_form_add_entry (SkyOptionsForm *self, const char *id, const char *label, const char *hint, const char *help)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), hint);
  gtk_widget_add_css_class (entry, "monospace");
  sky_left_to_right_keep (entry);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (sky_options_form_changed), self);
  add_field (self, id, label, entry, entry, help, FALSE);
}

void
sky_options_form_add_password (SkyOptionsForm *self, const char *id, const char *label, const char *help)
{
  GtkWidget *entry = gtk_password_entry_new ();

  gtk_password_entry_set_show_peek_icon (GTK_PASSWORD_ENTRY (entry), TRUE);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (sky_options_form_changed), self);
  add_field (self, id, label, entry, entry, help, FALSE);
}

static void
on_file (GtkNativeDialog *dialog, int response, GtkEditable *entry)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      gtk_editable_set_text (entry, g_file_peek_path (file) != NULL ? g_file_peek_path (file) : "");
    }
  g_object_unref (dialog);
}

static void
on_choose (GtkWidget *button, GtkEditable *entry)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_("Choose a file"), GTK_WINDOW (gtk_widget_get_root (button)),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_file), entry, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
sky_options_form_add_file (SkyOptionsForm *self, const char *id, const char *label, const char *hint, const char *help)
{
  GtkWidget *entry = gtk_entry_new (), *button = gtk_button_new_with_label (_("Choose…"));
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *name = g_strdup_printf (_("Choose: %s"), label);

  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), hint);
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_widget_add_css_class (entry, "monospace");
  sky_left_to_right_keep (entry);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (sky_options_form_changed), self);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choose), entry, 0);
  gtk_box_append (GTK_BOX (line), entry);
  gtk_box_append (GTK_BOX (line), button);
  add_field (self, id, label, entry, line, help, FALSE);
}

/**
 * sky_options_form_add_choice:
 * @choices: what may be chosen, %NULL at the end
 */
void
sky_options_form_add_choice (SkyOptionsForm *self, const char *id, const char *label, const char *const *choices,
                             const char *help)
{
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (choices);

  g_signal_connect_swapped (drop_down, "notify::selected", G_CALLBACK (sky_options_form_changed), self);
  add_field (self, id, label, drop_down, drop_down, help, FALSE);
}

void
sky_options_form_add_switch (SkyOptionsForm *self, const char *id, const char *label, const char *help)
{
  GtkWidget *check = gtk_check_button_new_with_label (label);

  g_signal_connect_swapped (check, "toggled", G_CALLBACK (sky_options_form_changed), self);
  add_field (self, id, label, check, check, help, FALSE);
  gtk_label_set_text (GTK_LABEL (sky_options_form_find (self, id)->label), "");
}

/**
 * sky_options_form_add_number:
 * @unit: behind it, "ms"
 */
void
sky_options_form_add_number (SkyOptionsForm *self, const char *id, const char *label, const char *unit, double least,
                             double most, double step, const char *help)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (least, most, step);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *behind = make_label (unit, "dim-label");

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 8);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (sky_options_form_changed), self);
  gtk_label_set_wrap (GTK_LABEL (behind), FALSE);
  gtk_box_append (GTK_BOX (line), spin);
  gtk_box_append (GTK_BOX (line), behind);
  add_field (self, id, label, spin, line, help, FALSE);
}

/**
 * sky_options_form_add_wide:
 * @control: takes the whole width, below its label; a table, or anything that has no "changed" of its own
 */
void
sky_options_form_add_wide (SkyOptionsForm *self, const char *id, const char *label, GtkWidget *control, const char *help)
{
  if (SKY_IS_OPTIONS_TABLE (control))
    g_signal_connect_swapped (control, "changed", G_CALLBACK (sky_options_form_changed), self);
  add_field (self, id, label, control, control, help, TRUE);
}

void
sky_options_form_add_json (SkyOptionsForm *self, const char *id, const char *label, const char *hint, const char *help)
{
  GtkWidget *editor = g_object_new (SKY_TYPE_JSON_EDITOR, "label", label, "placeholder", hint, NULL);

  gtk_widget_set_size_request (editor, -1, EDITOR_HEIGHT);
  gtk_widget_set_vexpand (editor, FALSE);
  g_signal_connect_swapped (editor, "typed", G_CALLBACK (sky_options_form_changed), self);
  add_field (self, id, label, editor, editor, help, TRUE);
}

/**
 * sky_options_form_add_note:
 * @text: a warning, over the whole width
 */
void
sky_options_form_add_note (SkyOptionsForm *self, const char *id, const char *text)
{
  SkyOptionsField *field = g_new0 (SkyOptionsField, 1);
  GtkWidget *note = make_label (text, "warning-note");

  field->label = field->control = field->below = note;
  gtk_grid_attach (self->grid, note, 1, self->n_rows++, 1, 1);
  g_hash_table_insert (self->fields, (gpointer) id, field);
}

static gboolean
focus_first (GtkWidget *widget)
{
  if (!gtk_widget_get_visible (widget) || !gtk_widget_is_sensitive (widget))
    return FALSE;
  if (gtk_widget_grab_focus (widget))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (focus_first (child))
      return TRUE;
  return FALSE;
}

/* Puts the cursor into the first field. */
void
sky_options_form_begin (SkyOptionsForm *self)
{
  focus_first (GTK_WIDGET (self->grid));
}

static GtkWidget *
find_label (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_LABEL (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_label (child);
  return found;
}

/* GTK 4.8 gives the rows of a GtkStackSidebar no names: this does, once it has its pages. */
void
sky_options_form_name_pages (GtkWidget *sidebar)
{
  for (GtkWidget *child = gtk_widget_get_first_child (sidebar); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LIST_BOX_ROW (child) && find_label (child) != NULL)
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      gtk_label_get_text (GTK_LABEL (find_label (child))), -1);
    else
      sky_options_form_name_pages (child);
}

static void
sky_options_form_dispose (GObject *object)
{
  SkyOptionsForm *self = SKY_OPTIONS_FORM (object);

  g_hash_table_remove_all (self->fields);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_options_form_parent_class)->dispose (object);
}

static void
sky_options_form_finalize (GObject *object)
{
  g_hash_table_unref (SKY_OPTIONS_FORM (object)->fields);
  G_OBJECT_CLASS (sky_options_form_parent_class)->finalize (object);
}

static void
sky_options_form_init (SkyOptionsForm *self)
{
  self->fields = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  self->grid = GTK_GRID (gtk_grid_new ());
  self->scroller = gtk_scrolled_window_new ();
  gtk_widget_add_css_class (GTK_WIDGET (self->grid), "options-form");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->grid));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

static void
sky_options_form_class_init (SkyOptionsFormClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_options_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_options_form_finalize;
  changed_signal = g_signal_new ("changed", SKY_TYPE_OPTIONS_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "optionsform");
}

/* Returns: (transfer floating): a page without fields */
GtkWidget *
sky_options_form_new (void)
{
  return g_object_new (SKY_TYPE_OPTIONS_FORM, NULL);
}

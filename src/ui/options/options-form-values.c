#include "ui/options/options-form-private.h"

#include "ui/parts/json-editor.h"
#include "ui/parts/marks.h"

/* What is in the fields of a form, what is wrong with it, and who may change it. */

/* Returns: (transfer none): field @id, which there is */
SkyOptionsField *
sky_options_form_find (SkyOptionsForm *self, const char *id)
{
  SkyOptionsField *field = g_hash_table_lookup (self->fields, id);

  g_assert (field != NULL);
  return field;
}

/* Returns: (transfer none): the control of field @id */
GtkWidget *
sky_options_form_get (SkyOptionsForm *self, const char *id)
{
  return sky_options_form_find (self, id)->control;
}

/* Returns: (transfer full): what is typed, without blanks around it; passwords as they are */
char *
sky_options_form_get_text (SkyOptionsForm *self, const char *id)
{
  GtkWidget *control = sky_options_form_find (self, id)->control;

  if (SKY_IS_JSON_EDITOR (control))
    return g_strstrip (sky_json_editor_get_text (SKY_JSON_EDITOR (control)));
  if (GTK_IS_PASSWORD_ENTRY (control))
    return g_strdup (gtk_editable_get_text (GTK_EDITABLE (control)));
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (control))));
}

/* Puts what is typed into @to, %NULL for nothing. */
void
sky_options_form_take_text (SkyOptionsForm *self, const char *id, char **to)
{
  char *text = sky_options_form_get_text (self, id);

  g_free (*to);
  *to = text;
  if (*text == '\0')
    g_clear_pointer (to, g_free);
}

/* @text: (nullable) */
void
sky_options_form_set_text (SkyOptionsForm *self, const char *id, const char *text)
{
  GtkWidget *control = sky_options_form_find (self, id)->control;

  if (SKY_IS_JSON_EDITOR (control))
    sky_json_editor_set_text (SKY_JSON_EDITOR (control), text != NULL ? text : "", FALSE);
  else
    gtk_editable_set_text (GTK_EDITABLE (control), text != NULL ? text : "");
}

guint
sky_options_form_get_chosen (SkyOptionsForm *self, const char *id)
{
  return gtk_drop_down_get_selected (GTK_DROP_DOWN (sky_options_form_find (self, id)->control));
}

void
sky_options_form_set_chosen (SkyOptionsForm *self, const char *id, guint chosen)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (sky_options_form_find (self, id)->control), chosen);
}

gboolean
sky_options_form_get_on (SkyOptionsForm *self, const char *id)
{
  return gtk_check_button_get_active (GTK_CHECK_BUTTON (sky_options_form_find (self, id)->control));
}

void
sky_options_form_set_on (SkyOptionsForm *self, const char *id, gboolean on)
{
  gtk_check_button_set_active (GTK_CHECK_BUTTON (sky_options_form_find (self, id)->control), on);
}

guint
sky_options_form_get_number (SkyOptionsForm *self, const char *id)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (sky_options_form_find (self, id)->control);

  gtk_spin_button_update (spin); /* what is typed counts before the cursor leaves, too */
  return (guint) gtk_spin_button_get_value_as_int (spin);
}

void
sky_options_form_set_number (SkyOptionsForm *self, const char *id, guint number)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (sky_options_form_find (self, id)->control), number);
}

static GtkWidget *
get_line (const SkyOptionsField *field)
{
  GtkWidget *parent = gtk_widget_get_parent (field->control);

  return GTK_IS_BOX (parent) ? parent : field->control;
}

void
sky_options_form_set_visible (SkyOptionsForm *self, const char *id, gboolean visible)
{
  const SkyOptionsField *field = sky_options_form_find (self, id);

  gtk_widget_set_visible (field->label, visible);
  gtk_widget_set_visible (get_line (field), visible);
  gtk_widget_set_visible (field->below, visible);
}

void
sky_options_form_set_sensitive (SkyOptionsForm *self, const char *id, gboolean sensitive)
{
  const SkyOptionsField *field = sky_options_form_find (self, id);

  gtk_widget_set_sensitive (field->label, sensitive);
  gtk_widget_set_sensitive (get_line (field), sensitive);
  gtk_widget_set_sensitive (field->below, sensitive);
}

/**
 * sky_options_form_mark:
 * @problem: (nullable) (transfer full): what is wrong with field @id, a sentence
 *
 * Returns: whether nothing is
 */
gboolean
sky_options_form_mark (SkyOptionsForm *self, const char *id, char *problem)
{
  const SkyOptionsField *field = sky_options_form_find (self, id);
  g_autofree char *owned = problem;

  gtk_label_set_text (field->error, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (field->error), problem != NULL);
  sky_marks_set_wrong (field->control, problem != NULL);
  return problem == NULL;
}

/* Marks the lines of table @id that are wrong. Returns: whether none is */
gboolean
sky_options_form_check_table (SkyOptionsForm *self, const char *id)
{
  return sky_options_table_check (SKY_OPTIONS_TABLE (sky_options_form_find (self, id)->control));
}

void
sky_options_form_focus (SkyOptionsForm *self, const char *id)
{
  gtk_widget_grab_focus (sky_options_form_find (self, id)->control);
}

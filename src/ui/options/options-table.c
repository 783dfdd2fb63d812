#include "ui/options/options-table.h"

#include <string.h>

#include "ui/parts/left-to-right.h"
#include "ui/parts/list-focus.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

struct _SkyOptionsTable
{
  GtkWidget       parent_instance;
  GtkWidget      *box;
  GPtrArray      *rows; /* of Row, owned; the last one is empty */
  char           *name, *value, *name_hint, *value_hint;
  SkyOptionsCheck check;
  gboolean        filling;
};

typedef struct
{
  SkyOptionsTable *table;
  GtkWidget       *box, *name, *value, *remove, *error;
} Row;

G_DEFINE_FINAL_TYPE (SkyOptionsTable, sky_options_table, GTK_TYPE_WIDGET)

static guint changed_signal;

static void append_row (SkyOptionsTable *self, const char *name, const char *value);

static const char *
get_text (GtkWidget *entry)
{
  return gtk_editable_get_text (GTK_EDITABLE (entry));
}

static gboolean
is_empty (const Row *row)
{
  return *get_text (row->name) == '\0' && *get_text (row->value) == '\0';
}

/* "Header 2" */
static void
number_rows (SkyOptionsTable *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = self->rows->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s %u", self->name, i + 1);
      g_autofree char *value = g_strdup_printf ("%s %u", self->value, i + 1);
      g_autofree char *remove = g_strdup_printf (_("Remove: %s"), name);

      gtk_accessible_update_property (GTK_ACCESSIBLE (row->name), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->value), GTK_ACCESSIBLE_PROPERTY_LABEL, value, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
      gtk_widget_set_sensitive (row->remove, i + 1 < self->rows->len);
    }
}

static void
on_typed (Row *row)
{
  SkyOptionsTable *self = row->table;

  if (self->filling)
    return;
  if (!is_empty (self->rows->pdata[self->rows->len - 1]))
    append_row (self, "", "");
  g_signal_emit (self, changed_signal, 0);
}

static void
remove_row (SkyOptionsTable *self, Row *row)
{
  gtk_box_remove (GTK_BOX (self->box), row->box);
  g_ptr_array_remove (self->rows, row);
}

/* The keyboard goes on at the line that takes its place. */
static void
on_remove (Row *row)
{
  SkyOptionsTable *self = row->table;
  guint index;

  g_ptr_array_find (self->rows, row, &index);
  remove_row (self, row);
  number_rows (self);
  gtk_widget_grab_focus (((Row *) self->rows->pdata[index])->name);
  g_signal_emit (self, changed_signal, 0);
}

static GtkWidget *
add_entry (Row *row, GtkWidget *line, const char *text, const char *hint, gboolean wide)
{
  GtkWidget *entry = gtk_entry_new ();

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), hint);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), wide ? 12 : 16);
  gtk_widget_set_hexpand (entry, wide);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_widget_add_css_class (entry, "monospace");
  sky_left_to_right_keep (entry);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_typed), row);
  gtk_box_append (GTK_BOX (line), entry);
  return entry;
}

static void
append_row (SkyOptionsTable *self, const char *name, const char *value)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  row->table = self;
  row->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  row->name = add_entry (row, line, name, self->name_hint, FALSE);
  row->value = add_entry (row, line, value, self->value_hint, TRUE);
  row->remove = gtk_button_new_from_icon_name ("list-remove-symbolic");
  gtk_button_set_has_frame (GTK_BUTTON (row->remove), FALSE);
  gtk_widget_set_tooltip_text (row->remove, _("Remove this line"));
  g_signal_connect_swapped (row->remove, "clicked", G_CALLBACK (on_remove), row);
  gtk_box_append (GTK_BOX (line), row->remove);
  row->error = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (row->error), 0);
  gtk_label_set_wrap (GTK_LABEL (row->error), TRUE);
  gtk_widget_add_css_class (row->error, "error");
  gtk_widget_add_css_class (row->error, "caption");
  gtk_widget_set_visible (row->error, FALSE);
  gtk_box_append (GTK_BOX (row->box), line);
  gtk_box_append (GTK_BOX (row->box), row->error);
  gtk_box_append (GTK_BOX (self->box), row->box);
  g_ptr_array_add (self->rows, row);
  number_rows (self);
}

/**
 * sky_options_table_set_columns:
 * @names: (nullable): of the lines
 * @values: (nullable): theirs, as long as @names or shorter
 *
 * Shows these, over what was typed.
 */
void
sky_options_table_set_columns (SkyOptionsTable *self, const char *const *names, const char *const *values)
{
  self->filling = TRUE;
  while (self->rows->len > 0)
    remove_row (self, self->rows->pdata[0]);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      append_row (self, names[i], values != NULL && *values != NULL ? *values : "");
      values = values != NULL && *values != NULL ? values + 1 : NULL;
    }
  append_row (self, "", "");
  self->filling = FALSE;
}

/**
 * sky_options_table_get_columns:
 * @names: (out) (transfer full): of the lines that are not empty, without blanks around them; %NULL if there are none
 * @values: (out) (transfer full): theirs; likewise
 */
void
sky_options_table_get_columns (SkyOptionsTable *self, GStrv *names, GStrv *values)
{
  g_autoptr(GStrvBuilder) name_builder = g_strv_builder_new (), value_builder = g_strv_builder_new ();
  guint n = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = self->rows->pdata[i];
      g_autofree char *name = g_strstrip (g_strdup (get_text (row->name)));
      g_autofree char *value = g_strstrip (g_strdup (get_text (row->value)));

      if (*name == '\0' && *value == '\0')
        continue;
      g_strv_builder_add (name_builder, name);
      g_strv_builder_add (value_builder, value);
      n++;
    }
  *names = n > 0 ? g_strv_builder_end (name_builder) : NULL;
  *values = n > 0 ? g_strv_builder_end (value_builder) : NULL;
}

/**
 * sky_options_table_set:
 * @items: (nullable): "name", @separator, "value"
 */
void
sky_options_table_set (SkyOptionsTable *self, const char *const *items, const char *separator)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new (), values = g_strv_builder_new ();
  g_auto(GStrv) all_names = NULL, all_values = NULL;

  for (; items != NULL && *items != NULL; items++)
    {
      gsize len = strcspn (*items, (const char[]) { *separator, '\0' });
      g_autofree char *name = g_strstrip (g_strndup (*items, len));
      g_autofree char *value = g_strstrip (g_strdup ((*items)[len] != '\0' ? *items + len + 1 : ""));

      g_strv_builder_add (names, name);
      g_strv_builder_add (values, value);
    }
  all_names = g_strv_builder_end (names);
  all_values = g_strv_builder_end (values);
  sky_options_table_set_columns (self, (const char *const *) all_names, (const char *const *) all_values);
}

/* Returns: (transfer full) (nullable): "name", @separator, "value"; %NULL if all lines are empty */
GStrv
sky_options_table_get (SkyOptionsTable *self, const char *separator)
{
  g_auto(GStrv) values = NULL;
  GStrv names;

  sky_options_table_get_columns (self, &names, &values);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *name = names[i];

      names[i] = g_strconcat (name, separator, values[i], NULL);
    }
  return names;
}

static gboolean
check_row (SkyOptionsTable *self, Row *row)
{
  g_autofree char *name = g_strstrip (g_strdup (get_text (row->name)));
  g_autofree char *value = g_strstrip (g_strdup (get_text (row->value)));
  g_autofree char *problem = is_empty (row) ? NULL : self->check (name, value);

  gtk_label_set_text (GTK_LABEL (row->error), problem != NULL ? problem : "");
  gtk_widget_set_visible (row->error, problem != NULL);
  sky_marks_set (row->box, "wrong", problem != NULL);
  return problem == NULL;
}

/* Marks the lines that are wrong. Returns: whether there is none */
gboolean
sky_options_table_check (SkyOptionsTable *self)
{
  gboolean right = TRUE;

  for (guint i = 0; i < self->rows->len; i++)
    right &= check_row (self, self->rows->pdata[i]);
  return right;
}

static gboolean
sky_options_table_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (((Row *) SKY_OPTIONS_TABLE (widget)->rows->pdata[0])->name);
}

static void
sky_options_table_dispose (GObject *object)
{
  SkyOptionsTable *self = SKY_OPTIONS_TABLE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_ptr_array_set_size (self->rows, 0);
  G_OBJECT_CLASS (sky_options_table_parent_class)->dispose (object);
}

static void
sky_options_table_finalize (GObject *object)
{
  SkyOptionsTable *self = SKY_OPTIONS_TABLE (object);

  g_ptr_array_unref (self->rows);
  g_free (self->name);
  g_free (self->value);
  g_free (self->name_hint);
  g_free (self->value_hint);
  G_OBJECT_CLASS (sky_options_table_parent_class)->finalize (object);
}

static void
sky_options_table_init (SkyOptionsTable *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
sky_options_table_class_init (SkyOptionsTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_options_table_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_options_table_finalize;
  widget_class->grab_focus = sky_options_table_grab_focus;
  widget_class->focus = sky_list_focus_pass;
  changed_signal = g_signal_new ("changed", SKY_TYPE_OPTIONS_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "optionstable");
}

/**
 * sky_options_table_new:
 * @name: what a line's first half is, "Header": its accessible name, with a number
 * @value: what its second half is
 * @name_hint: shown where nothing is typed
 * @value_hint: likewise
 * @check: judges a line
 *
 * Returns: (transfer floating): an empty table
 */
GtkWidget *
sky_options_table_new (const char     *name,
                       const char     *value,
                       const char     *name_hint,
                       const char     *value_hint,
                       SkyOptionsCheck check)
{
  SkyOptionsTable *self = g_object_new (SKY_TYPE_OPTIONS_TABLE, NULL);

  self->name = g_strdup (name);
  self->value = g_strdup (value);
  self->name_hint = g_strdup (name_hint);
  self->value_hint = g_strdup (value_hint);
  self->check = check;
  append_row (self, "", "");
  return GTK_WIDGET (self);
}

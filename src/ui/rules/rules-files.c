#include "ui/rules/rules-files.h"

#include "ui/ui.h"

/* The files that a person reads rules from and saves them to. */

typedef struct
{
  SkyRulesDraft    *draft;
  GWeakRef          pane;
  SkyRulesFilesFunc func;
  gboolean          save;
} Deed;

static Deed *
deed_new (SkyRulesDraft *draft, GtkWidget *pane, gboolean save, SkyRulesFilesFunc func)
{
  Deed *self = g_new0 (Deed, 1);

  self->draft = g_object_ref (draft);
  self->save = save;
  self->func = func;
  g_weak_ref_init (&self->pane, pane);
  return self;
}

static void
deed_free (Deed *self)
{
  g_weak_ref_clear (&self->pane);
  g_object_unref (self->draft);
  g_free (self);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Deed *self = user_data;
  g_autoptr(GtkWidget) pane = g_weak_ref_get (&self->pane);
  g_autoptr(GError) error = NULL;

  if (self->save)
    sky_rules_draft_save_finish (self->draft, result, &error);
  else
    sky_rules_draft_load_finish (self->draft, result, &error);
  if (pane != NULL)
    self->func (self->draft, error != NULL ? error->message : NULL, pane);
  deed_free (self);
}

static void
begin (Deed *self, GFile *file)
{
  if (self->save)
    sky_rules_draft_save_async (self->draft, file, on_done, self);
  else
    sky_rules_draft_load_async (self->draft, file, on_done, self);
}

static void
on_response (GtkNativeDialog *dialog, int response, Deed *self)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  if (file != NULL)
    begin (self, file);
  else
    deed_free (self);
  g_object_unref (dialog);
}

static void
add_filters (GtkFileChooser *chooser)
{
  g_autoptr(GtkFileFilter) rules = gtk_file_filter_new (), all = gtk_file_filter_new ();

  gtk_file_filter_set_name (rules, _("Rules (JSON)"));
  gtk_file_filter_add_suffix (rules, "json");
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, rules);
  gtk_file_chooser_add_filter (chooser, all);
}

static void
ask (Deed *self, GtkWidget *pane)
{
  GFile *file = sky_rules_draft_get_file (self->draft);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      self->save ? _("Save the rules") : _("Open rules"), GTK_WINDOW (gtk_widget_get_root (pane)),
      self->save ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);

  add_filters (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    gtk_file_chooser_set_file (GTK_FILE_CHOOSER (dialog), file, NULL);
  else if (self->save)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "rules.json");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/* Returns: (transfer full): what @file (nullable) is called */
char *
sky_rules_files_name (GFile *file)
{
  g_autofree char *base = file != NULL ? g_file_get_basename (file) : NULL;

  return base != NULL ? g_filename_display_name (base) : g_strdup (_("In no file"));
}

/* Asks for a file and takes its text in the place of the draft's. */
void
sky_rules_files_open (SkyRulesDraft *draft, GtkWidget *pane, SkyRulesFilesFunc func)
{
  ask (deed_new (draft, pane, FALSE, func), pane);
}

/**
 * sky_rules_files_save:
 * @as: ask for a file even if the draft has one
 *
 * Saves the draft's text.
 */
void
sky_rules_files_save (SkyRulesDraft *draft, GtkWidget *pane, gboolean as, SkyRulesFilesFunc func)
{
  Deed *self = deed_new (draft, pane, TRUE, func);

  if (as || sky_rules_draft_get_file (draft) == NULL)
    ask (self, pane);
  else
    begin (self, NULL);
}

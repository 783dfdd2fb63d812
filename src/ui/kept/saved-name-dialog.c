#include "ui/kept/saved-name-dialog.h"

#include "ui/ui.h"

struct _SkySavedNameDialog
{
  GtkWindow    parent_instance;
  GtkWidget   *box, *save;
  GtkEditable *name;
  GtkLabel    *help;
};

G_DEFINE_FINAL_TYPE (SkySavedNameDialog, sky_saved_name_dialog, GTK_TYPE_WINDOW)

static guint done_signal;

static void
on_changed (SkySavedNameDialog *self)
{
  const char *text = gtk_editable_get_text (self->name);

  gtk_widget_set_sensitive (self->save, text[strspn (text, " \t")] != '\0');
}

static void
on_save (SkySavedNameDialog *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (self->name)));

  if (*name == '\0')
    return;
  g_signal_emit (self, done_signal, 0, name);
  gtk_window_close (GTK_WINDOW (self));
}

static void
sky_saved_name_dialog_dispose (GObject *object)
{
  gtk_window_set_child (GTK_WINDOW (object), NULL);
  G_OBJECT_CLASS (sky_saved_name_dialog_parent_class)->dispose (object);
}

static void
sky_saved_name_dialog_init (SkySavedNameDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_saved_name_dialog_class_init (SkySavedNameDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_saved_name_dialog_dispose;
  done_signal = g_signal_new ("done", SKY_TYPE_SAVED_NAME_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_STRING);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "saved-name-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SkySavedNameDialog, box);
  gtk_widget_class_bind_template_child (widget_class, SkySavedNameDialog, save);
  gtk_widget_class_bind_template_child (widget_class, SkySavedNameDialog, name);
  gtk_widget_class_bind_template_child (widget_class, SkySavedNameDialog, help);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
}

/**
 * sky_saved_name_dialog_new:
 * @name: to begin with
 * @help: what comes of it, a sentence or two
 *
 * Returns: (transfer none): a window that destroys itself when it is done
 */
GtkWidget *
sky_saved_name_dialog_new (GtkWindow *parent, const char *title, const char *name, const char *help)
{
  SkySavedNameDialog *self = g_object_new (SKY_TYPE_SAVED_NAME_DIALOG, "transient-for", parent, "title", title, NULL);

  gtk_editable_set_text (self->name, name);
  gtk_label_set_text (self->help, help);
  on_changed (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->name));
  return GTK_WIDGET (self);
}

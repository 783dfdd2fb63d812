#include "ui/options-dialog.h"

#include <string.h>

#include "ui/options-pages.h"
#include "ui/ui.h"

struct _SkyOptionsDialog
{
  GtkWindow       parent_instance;
  GtkWidget      *box, *connected;
  GtkStack       *stack;
  GtkLabel       *status;
  SkyOptionsForm *forms[SKY_OPTIONS_N_PAGES]; /* borrowed */
  SkyProfile     *profile;
  gboolean        loading;
};

G_DEFINE_FINAL_TYPE (SkyOptionsDialog, sky_options_dialog, GTK_TYPE_WINDOW)

static guint apply_signal;

/* What was shown last is where a person goes on; for as long as the program runs. */
static const char *last_page = "address";

static void
enable (SkyOptionsDialog *self, gboolean right)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options.apply", right);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "options.apply-now", right);
}

/* A page with something wrong on it is marked in the sidebar: the person may look at another one. */
static void
check (SkyOptionsDialog *self)
{
  gboolean right = TRUE;

  if (self->loading)
    return;
  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    {
      gboolean page_right = sky_options_pages[i]->check (self->forms[i]);

      gtk_stack_page_set_needs_attention (gtk_stack_get_page (self->stack, GTK_WIDGET (self->forms[i])), !page_right);
      right &= page_right;
    }
  enable (self, right);
}

static void
apply (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyOptionsDialog *self = SKY_OPTIONS_DIALOG (widget);
  g_autoptr(SkyProfile) profile = sky_profile_copy (self->profile);

  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    sky_options_pages[i]->store (self->forms[i], profile);
  g_signal_emit (self, apply_signal, 0, profile, g_str_equal (action, "options.apply-now"));
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_page (SkyOptionsDialog *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    if (g_strcmp0 (name, sky_options_pages[i]->id) == 0)
      last_page = sky_options_pages[i]->id;
}

static void
load (SkyOptionsDialog *self, const SkyProfile *profile)
{
  self->profile = sky_profile_copy (profile);
  self->loading = TRUE;
  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    sky_options_pages[i]->load (self->forms[i], profile);
  self->loading = FALSE;
  check (self);
}

static void
sky_options_dialog_dispose (GObject *object)
{
  SkyOptionsDialog *self = SKY_OPTIONS_DIALOG (object);

  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    if (self->forms[i] != NULL)
      g_signal_handlers_disconnect_by_data (self->forms[i], self);
  memset (self->forms, 0, sizeof self->forms);
  if (self->stack != NULL)
    g_signal_handlers_disconnect_by_data (self->stack, self);
  gtk_window_set_child (GTK_WINDOW (self), NULL);
  g_clear_pointer (&self->profile, sky_profile_free);
  G_OBJECT_CLASS (sky_options_dialog_parent_class)->dispose (object);
}

static void
sky_options_dialog_init (SkyOptionsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < SKY_OPTIONS_N_PAGES; i++)
    {
      const SkyOptionsPage *page = sky_options_pages[i];

      self->forms[i] = SKY_OPTIONS_FORM (sky_options_form_new ());
      page->build (self->forms[i]);
      gtk_stack_add_titled (self->stack, GTK_WIDGET (self->forms[i]), page->id, _(page->title));
      g_signal_connect_swapped (self->forms[i], "changed", G_CALLBACK (check), self);
    }
  gtk_stack_set_visible_child_name (self->stack, last_page);
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (on_page), self);
}

static void
sky_options_dialog_class_init (SkyOptionsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_options_dialog_dispose;
  apply_signal = g_signal_new ("apply", SKY_TYPE_OPTIONS_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                               G_TYPE_POINTER, G_TYPE_BOOLEAN);
  gtk_widget_class_install_action (widget_class, "options.apply", NULL, apply);
  gtk_widget_class_install_action (widget_class, "options.apply-now", NULL, apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "options.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "options.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "options-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsDialog, box);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsDialog, status);
  gtk_widget_class_bind_template_child (widget_class, SkyOptionsDialog, connected);
}

/**
 * sky_options_dialog_new:
 * @profile: shown to be changed; copied
 * @status: (nullable): if there is a connection that would have to be made again: that it is so, a sentence
 *
 * Returns: (transfer none): a window that destroys itself when it is done
 */
GtkWidget *
sky_options_dialog_new (GtkWindow *parent, const SkyProfile *profile, const char *status)
{
  SkyOptionsDialog *self = g_object_new (SKY_TYPE_OPTIONS_DIALOG, "transient-for", parent, NULL);

  gtk_widget_set_visible (self->connected, status != NULL);
  gtk_label_set_text (self->status, status != NULL ? status : "");
  load (self, profile);
  return GTK_WIDGET (self);
}

#include "ui/host-setup.h"

#include <string.h>

#include "ui/ui.h"

struct _SkyHostSetupDialog
{
  GtkWindow       parent_instance;
  GtkWidget      *box, *running;
  GtkStack       *stack;
  GtkLabel       *status;
  SkyOptionsForm *forms[SKY_N_HOST_PAGES]; /* borrowed */
  SkyRulesDraft  *draft;
  GPtrArray      *before; /* of each field what it made when it was loaded: JSON, nullable */
  gboolean        loading;
};

G_DEFINE_FINAL_TYPE (SkyHostSetupDialog, sky_host_setup_dialog, GTK_TYPE_WINDOW)

static guint apply_signal;

static const struct
{
  const char *id, *title;
} pages[SKY_N_HOST_PAGES] = {
  [SKY_HOST_PAGE_ENGINE] = { "engine", N_("Engine.IO") },
  [SKY_HOST_PAGE_WEB] = { "web", N_("Web pages") },
  [SKY_HOST_PAGE_SECURITY] = { "security", N_("Security") },
  [SKY_HOST_PAGE_RECOVERY] = { "recovery", N_("Recovery") },
  [SKY_HOST_PAGE_ADMIN] = { "admin", N_("Admin") },
};

/* What was shown last is where a person goes on; for as long as the program runs. */
static const char *last_page = "engine";

static void
check (SkyHostSetupDialog *self)
{
  gboolean right[SKY_N_HOST_PAGES], all = TRUE;

  if (self->loading)
    return;
  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    right[i] = TRUE;
  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];

      if (field->check != NULL && !field->check (field, self->forms[field->page]))
        right[field->page] = all = FALSE;
    }
  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    gtk_stack_page_set_needs_attention (gtk_stack_get_page (self->stack, GTK_WIDGET (self->forms[i])), !right[i]);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.apply", all);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "setup.apply-now", all);
}

/* What the person did not touch stays as it is spelled. Returns: %FALSE if something was refused; that is told */
static gboolean
store (SkyHostSetupDialog *self)
{
  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];
      g_autofree char *json = field->make (field, self->forms[field->page]);
      g_autoptr(GError) error = NULL;

      if (g_strcmp0 (json, self->before->pdata[i]) == 0)
        continue;
      sky_host_setup_begin (self->draft);
      if (!sky_rules_draft_set_server (self->draft, field->member, json, &error))
        {
          gtk_widget_set_visible (self->running, TRUE);
          gtk_label_set_text (self->status, error->message);
          return FALSE;
        }
      g_free (self->before->pdata[i]);
      self->before->pdata[i] = g_steal_pointer (&json);
    }
  return TRUE;
}

static void
apply (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyHostSetupDialog *self = SKY_HOST_SETUP_DIALOG (widget);

  if (!store (self))
    return;
  g_signal_emit (self, apply_signal, 0, g_str_equal (action, "setup.apply-now"));
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_page (SkyHostSetupDialog *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    if (g_strcmp0 (name, pages[i].id) == 0)
      last_page = pages[i].id;
}

static void
load (SkyHostSetupDialog *self)
{
  SkyHost *host = sky_rules_draft_get_host (self->draft);
  const SkyHostOptions *options = sky_host_get_options (host);
  gboolean open = sky_peer_get_state (SKY_PEER (host)) == SKY_PEER_OPEN;

  self->loading = TRUE;
  for (guint i = 0; i < sky_n_host_fields; i++)
    {
      const SkyHostField *field = &sky_host_fields[i];
      g_autofree char *json = sky_rules_draft_get_server (self->draft, field->member);

      field->load (field, self->forms[field->page], json);
      g_ptr_array_add (self->before, field->make (field, self->forms[field->page]));
      sky_options_form_set_sensitive (self->forms[field->page], field->member,
                                      (!field->of_socket_io || options->protocol == SKY_PROTOCOL_SOCKET_IO)
                                          && (!field->of_engine_io || options->protocol != SKY_PROTOCOL_WEBSOCKET));
    }
  sky_host_setup_tls_show_certificate (self->forms[SKY_HOST_PAGE_SECURITY], host);
  gtk_widget_set_visible (self->running, open);
  gtk_label_set_text (self->status, _("The server runs. Encryption, pings and the parser change when it is started again; "
                                      "all else at once."));
  self->loading = FALSE;
  check (self);
}

static void
sky_host_setup_dialog_dispose (GObject *object)
{
  SkyHostSetupDialog *self = SKY_HOST_SETUP_DIALOG (object);

  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    if (self->forms[i] != NULL)
      g_signal_handlers_disconnect_by_data (self->forms[i], self);
  memset (self->forms, 0, sizeof self->forms);
  if (self->stack != NULL)
    g_signal_handlers_disconnect_by_data (self->stack, self);
  gtk_window_set_child (GTK_WINDOW (self), NULL);
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (sky_host_setup_dialog_parent_class)->dispose (object);
}

static void
sky_host_setup_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (SKY_HOST_SETUP_DIALOG (object)->before);
  G_OBJECT_CLASS (sky_host_setup_dialog_parent_class)->finalize (object);
}

static void
sky_host_setup_dialog_init (SkyHostSetupDialog *self)
{
  self->before = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    {
      self->forms[i] = SKY_OPTIONS_FORM (sky_options_form_new ());
      gtk_stack_add_titled (self->stack, GTK_WIDGET (self->forms[i]), pages[i].id, _(pages[i].title));
    }
  for (guint i = 0; i < sky_n_host_fields; i++)
    sky_host_fields[i].build (&sky_host_fields[i], self->forms[sky_host_fields[i].page]);
  for (guint i = 0; i < SKY_N_HOST_PAGES; i++)
    g_signal_connect_swapped (self->forms[i], "changed", G_CALLBACK (check), self);
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (on_page), self);
}

static void
sky_host_setup_dialog_class_init (SkyHostSetupDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_host_setup_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_host_setup_dialog_finalize;
  apply_signal = g_signal_new ("apply", SKY_TYPE_HOST_SETUP_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                               G_TYPE_BOOLEAN);
  gtk_widget_class_install_action (widget_class, "setup.apply", NULL, apply);
  gtk_widget_class_install_action (widget_class, "setup.apply-now", NULL, apply);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "setup.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "setup.apply", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "host-setup-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyHostSetupDialog, box);
  gtk_widget_class_bind_template_child (widget_class, SkyHostSetupDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyHostSetupDialog, status);
  gtk_widget_class_bind_template_child (widget_class, SkyHostSetupDialog, running);
}

/**
 * sky_host_setup_dialog_new:
 * @draft: whose `server` is shown to be changed
 * @page: the page to begin with: "engine", "web", "security", "recovery", "admin"; "" for the last one
 *
 * Returns: (transfer none): a window that destroys itself when it is done
 */
GtkWidget *
sky_host_setup_dialog_new (GtkWindow *parent, SkyRulesDraft *draft, const char *page)
{
  SkyHostSetupDialog *self = g_object_new (SKY_TYPE_HOST_SETUP_DIALOG, "transient-for", parent, NULL);

  self->draft = g_object_ref (draft);
  load (self);
  gtk_stack_set_visible_child_name (self->stack, *page != '\0' ? page : last_page);
  return GTK_WIDGET (self);
}

#include "ui/host/host-code-button.h"

#include "peer/code/client-code.h"
#include "ui/ui.h"

#define COPIED_MSEC 2000 /* how long the button says so */

struct _SkyHostCodeButton
{
  GtkWidget parent_instance;
  GtkWidget *button;
  SkyHost  *host;
  guint     copied; /* source */
};

G_DEFINE_FINAL_TYPE (SkyHostCodeButton, sky_host_code_button, GTK_TYPE_WIDGET)

static void
on_copied (gpointer user_data)
{
  SkyHostCodeButton *self = user_data;

  self->copied = 0;
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), _("Copy client code"));
}

static void
copy (SkyHostCodeButton *self, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), _("Copied"));
  g_clear_handle_id (&self->copied, g_source_remove);
  self->copied = g_timeout_add_once (COPIED_MSEC, on_copied, self);
}

static void
copy_code (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyHostCodeButton *self = SKY_HOST_CODE_BUTTON (widget);
  g_autofree char *text = NULL;
  SkyClientCode code;

  if (!sky_client_code_from_id (g_variant_get_string (parameter, NULL), &code))
    return;
  text = sky_client_code_write (code, self->host);
  copy (self, text);
}

static void
copy_address (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyHostCodeButton *self = SKY_HOST_CODE_BUTTON (widget);
  g_autofree char *url = sky_host_get_url (self->host);

  copy (self, url);
}

static GMenuModel *
make_menu (void)
{
  g_autoptr(GMenu) codes = g_menu_new (), address = g_menu_new ();
  GMenu *menu = g_menu_new ();

  for (guint i = 0; i < SKY_N_CLIENT_CODES; i++)
    {
      g_autoptr(GMenuItem) item = g_menu_item_new (sky_client_code_get_name (i), NULL);

      g_menu_item_set_action_and_target (item, "code.copy", "s", sky_client_code_get_id (i));
      g_menu_append_item (codes, item);
    }
  g_menu_append (address, _("Address only"), "code.copy-address");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (codes));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (address));
  return G_MENU_MODEL (menu);
}

/* A port that was never listened on may be another one in the end. */
static void
on_state (SkyHostCodeButton *self)
{
  gtk_widget_set_sensitive (self->button, sky_host_get_port (self->host) != 0);
}

/**
 * sky_host_code_button_set_host:
 * @host: whose clients are written; set once
 */
void
sky_host_code_button_set_host (SkyHostCodeButton *self, SkyHost *host)
{
  g_return_if_fail (SKY_IS_HOST_CODE_BUTTON (self) && self->host == NULL);

  self->host = g_object_ref (host);
  g_signal_connect_object (host, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
}

static void
sky_host_code_button_dispose (GObject *object)
{
  SkyHostCodeButton *self = SKY_HOST_CODE_BUTTON (object);

  g_clear_handle_id (&self->copied, g_source_remove);
  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (sky_host_code_button_parent_class)->dispose (object);
}

static void
sky_host_code_button_init (SkyHostCodeButton *self)
{
  g_autoptr(GMenuModel) menu = make_menu ();

  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->button), _("Copy client code"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->button), menu);
  gtk_widget_set_tooltip_text (self->button,
                               _("A program that connects to this server as it is set up now, ready to be pasted and run"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Copy client code"), -1);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

static void
sky_host_code_button_class_init (SkyHostCodeButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_host_code_button_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "code.copy", "s", copy_code);
  gtk_widget_class_install_action (widget_class, "code.copy-address", NULL, copy_address);
}

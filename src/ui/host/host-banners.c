#include "ui/host/host-banners.h"

#include "ui/ui.h"

typedef enum { BANNER_NETWORK, BANNER_ADMIN, BANNER_BEHIND, BANNER_TLS, N_BANNERS } Banner;

struct _SkyHostBanners
{
  GtkWidget  parent_instance;
  GtkWidget *box;
  GtkWidget *rows[N_BANNERS]; /* borrowed */
  GtkLabel  *texts[N_BANNERS];
  gboolean   hushed[N_BANNERS]; /* put away by the person */
  SkyHost   *host;
};

G_DEFINE_FINAL_TYPE (SkyHostBanners, sky_host_banners, GTK_TYPE_WIDGET)

/* A warning stays while it is true. */
static const struct
{
  const char *button, *action, *target; /* @target: nullable */
  gboolean    warns;
} kinds[N_BANNERS] = {
  [BANNER_NETWORK] = { N_("Only this computer"), "host.only-here", NULL, TRUE },
  [BANNER_ADMIN] = { N_("Set a password…"), "host.options", "admin", TRUE },
  [BANNER_BEHIND] = { N_("Restart now"), "host.restart", NULL, FALSE },
  [BANNER_TLS] = { N_("How to trust it…"), "host.options", "security", FALSE },
};

static gboolean
is_loopback (const SkyHostOptions *options)
{
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (options->bind);

  return g_str_equal (options->bind, "localhost") || (inet != NULL && g_inet_address_get_is_loopback (inet));
}

static gboolean
speaks_tls (const SkyHostOptions *options)
{
  return options->tls_self_signed || options->tls_cert != NULL || options->tls_key != NULL;
}

/* Returns: (nullable): what there is to say now; it is no news while nothing listens */
static const char *
get_text (SkyHostBanners *self, Banner banner)
{
  const SkyHostOptions *options = sky_host_get_options (self->host);
  gboolean open = sky_peer_get_state (SKY_PEER (self->host)) == SKY_PEER_OPEN;

  switch (banner)
    {
    case BANNER_NETWORK:
      if (!open || is_loopback (options))
        return NULL;
      return speaks_tls (options) ? _("Others on the network can reach this server.")
                                  : _("Others on the network can reach this server, and nothing is encrypted on the way.");
    case BANNER_ADMIN:
      return open && options->admin && options->admin_username == NULL && options->protocol == SKY_PROTOCOL_SOCKET_IO
                 ? _("Whoever reaches this server can watch it at /admin: no password is asked for.")
                 : NULL;
    case BANNER_BEHIND:
      return sky_host_is_behind (self->host) ? _("Some of what the rules say of the server holds when it is started again.")
                                             : NULL;
    case BANNER_TLS:
      return open && options->tls_self_signed
                 ? _("It made its certificate itself: clients refuse it until they are told to trust it.")
                 : NULL;
    case N_BANNERS:
    default:
      return NULL;
    }
}

/**
 * sky_host_banners_refresh:
 *
 * Shows what holds now, and no more what does not.
 */
void
sky_host_banners_refresh (SkyHostBanners *self)
{
  g_return_if_fail (SKY_IS_HOST_BANNERS (self));

  for (guint i = 0; i < N_BANNERS; i++)
    {
      const char *text = get_text (self, i);

      self->hushed[i] = self->hushed[i] && text != NULL;
      if (text != NULL)
        gtk_label_set_text (self->texts[i], text);
      gtk_widget_set_visible (self->rows[i], text != NULL && !self->hushed[i]);
    }
}

static void
on_hush (GtkWidget *button, SkyHostBanners *self)
{
  self->hushed[GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "banner"))] = TRUE;
  sky_host_banners_refresh (self);
}

static GtkWidget *
make_hush (SkyHostBanners *self, Banner banner)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("Hide"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Hide this hint"), -1);
  g_object_set_data (G_OBJECT (button), "banner", GUINT_TO_POINTER (banner));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_hush), self, 0);
  return button;
}

static void
add_row (SkyHostBanners *self, Banner banner)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *text = gtk_label_new (NULL), *button;
  GtkWidget *icon = gtk_image_new_from_icon_name (kinds[banner].warns ? "dialog-warning-symbolic"
                                                                      : "dialog-information-symbolic");

  button = gtk_button_new_with_label (_(kinds[banner].button));
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (kinds[banner].target != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", kinds[banner].target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), kinds[banner].action);
  gtk_widget_add_css_class (row, "problem");
  gtk_widget_add_css_class (row, "banner");
  gtk_widget_add_css_class (row, kinds[banner].warns ? "warning" : "waiting");
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), text);
  gtk_box_append (GTK_BOX (row), button);
  if (!kinds[banner].warns)
    gtk_box_append (GTK_BOX (row), make_hush (self, banner));
  gtk_box_append (GTK_BOX (self->box), row);
  self->rows[banner] = row;
  self->texts[banner] = GTK_LABEL (text);
}

static void
sky_host_banners_dispose (GObject *object)
{
  SkyHostBanners *self = SKY_HOST_BANNERS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (sky_host_banners_parent_class)->dispose (object);
}

static void
sky_host_banners_init (SkyHostBanners *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  for (guint i = 0; i < N_BANNERS; i++)
    add_row (self, i);
}

static void
sky_host_banners_class_init (SkyHostBannersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_host_banners_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

/**
 * sky_host_banners_new:
 * @host: whom they are about
 *
 * Its buttons activate actions "host." of a widget above it.
 *
 * Returns: (transfer floating): a widget that takes no room while there is nothing to say
 */
GtkWidget *
sky_host_banners_new (SkyHost *host)
{
  SkyHostBanners *self = g_object_new (SKY_TYPE_HOST_BANNERS, NULL);

  self->host = g_object_ref (host);
  sky_host_banners_refresh (self);
  return GTK_WIDGET (self);
}

#include "ui/host/host-bar-private.h"

#include "ui/host/host-setup.h"
#include "ui/parts/left-to-right.h"
#include "ui/parts/wrap-bar.h"
#include "ui/ui.h"

G_DEFINE_FINAL_TYPE (SkyHostBar, sky_host_bar, GTK_TYPE_WIDGET)

/* In the order of the drop-down */
static const SkyProtocol protocols[] = { SKY_PROTOCOL_SOCKET_IO, SKY_PROTOCOL_ENGINE_IO, SKY_PROTOCOL_WEBSOCKET };

static const struct
{
  const char *label, *css;
} actions[] = {
  [SKY_PEER_IDLE] = { N_("Start"), "suggested-action" },      [SKY_PEER_WORKING] = { N_("Cancel"), NULL },
  [SKY_PEER_OPEN] = { N_("Stop"), "destructive-action" },     [SKY_PEER_WAITING] = { N_("Cancel"), NULL },
  [SKY_PEER_CLOSING] = { N_("Stopping…"), NULL },             [SKY_PEER_CLOSED] = { N_("Start"), "suggested-action" },
  [SKY_PEER_FAILED] = { N_("Start"), "suggested-action" },
};

/* How many options are not as they come, and which. */
static void
show_options (SkyHostBar *self)
{
  g_auto(GStrv) lines = sky_host_setup_summarize (self->draft);
  g_autofree char *list = g_strjoinv ("\n", lines);
  g_autofree char *tooltip = g_strdup_printf (_("Set in the rules:\n%s"), list);
  g_autofree char *count = g_strdup_printf ("%u", g_strv_length (lines));
  g_autofree char *name = g_strdup_printf (_("Options, %s set"), count);
  gboolean any = lines[0] != NULL;

  gtk_label_set_text (self->n_options, count);
  gtk_widget_set_visible (GTK_WIDGET (self->n_options), any);
  gtk_widget_set_tooltip_text (self->options,
                               any ? tooltip : _("Transports, timeouts, CORS, certificates, recovery, admin"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->options), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  any ? name : _("Options…"), -1);
}

/* @force: what somebody has typed does not stay, either */
void
sky_host_bar_refresh (SkyHostBar *self, gboolean force)
{
  const SkyHostOptions *options = sky_host_get_options (self->host);

  self->loading = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
    if (protocols[i] == options->protocol)
      gtk_drop_down_set_selected (self->protocol, i);
  sky_host_bar_show_entries (self, force);
  self->loading = FALSE;
  show_options (self);
  sky_host_banners_refresh (self->banners);
}

static void
on_rules (SkyHostBar *self)
{
  sky_host_bar_refresh (self, FALSE);
}

static void
on_state (SkyHostBar *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->host));
  GtkWidget *action = GTK_WIDGET (self->action);

  gtk_button_set_label (self->action, _(actions[state].label));
  gtk_widget_remove_css_class (action, "suggested-action");
  gtk_widget_remove_css_class (action, "destructive-action");
  if (actions[state].css != NULL)
    gtk_widget_add_css_class (action, actions[state].css);
  gtk_widget_set_sensitive (action, state != SKY_PEER_CLOSING);
  sky_host_bar_refresh (self, !sky_host_bar_is_at_rest (self) && state != SKY_PEER_CLOSING);
  if (self->again && sky_host_bar_is_at_rest (self))
    {
      self->again = FALSE;
      sky_peer_start (SKY_PEER (self->host));
    }
}

/* Whoever is connected is told goodbye first. */
void
sky_host_bar_restart (SkyHostBar *self)
{
  self->again = !sky_host_bar_is_at_rest (self);
  if (!self->again)
    sky_peer_start (SKY_PEER (self->host));
  else if (sky_peer_get_state (SKY_PEER (self->host)) != SKY_PEER_CLOSING)
    sky_peer_stop (SKY_PEER (self->host));
}

/* Rules for one protocol are none for another: then an example that is can take their place. */
static void
offer_instead (SkyHostBar *self, SkyProtocol wanted)
{
  const char *name = sky_host_setup_get_example (wanted, NULL);
  g_autofree char *label = g_strdup_printf (_("Use the rules “%s”"), name);

  sky_host_bar_show_wrong (self, NULL, _("These rules are for another protocol, and would not be understood by this one."));
  gtk_button_set_label (GTK_BUTTON (self->instead), label);
  g_object_set_data (G_OBJECT (self->instead), "protocol", GUINT_TO_POINTER (wanted));
  gtk_widget_set_visible (self->instead, name != NULL);
}

static void
restart_if_running (SkyHostBar *self)
{
  if (!sky_host_bar_is_at_rest (self))
    sky_host_bar_restart (self);
}

static void
on_protocol (SkyHostBar *self)
{
  guint chosen = gtk_drop_down_get_selected (self->protocol);
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;

  if (self->loading || self->host == NULL || protocols[chosen] == sky_host_get_options (self->host)->protocol)
    return;
  sky_host_bar_show_wrong (self, NULL, NULL);
  sky_host_setup_begin (self->draft);
  json = protocols[chosen] != SKY_PROTOCOL_SOCKET_IO ? sky_host_setup_quote (sky_protocol_id (protocols[chosen])) : NULL;
  if (sky_rules_draft_set_server (self->draft, "protocol", json, &error))
    {
      restart_if_running (self);
      return;
    }
  sky_host_bar_refresh (self, FALSE);
  if (error->domain == SKY_RULES_ERROR)
    offer_instead (self, protocols[chosen]);
  else
    sky_host_bar_show_wrong (self, NULL, error->message);
}

/* The server stays where it is. */
static void
on_instead (SkyHostBar *self)
{
  SkyProtocol wanted = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (self->instead), "protocol"));
  g_autofree char *bind = sky_rules_draft_get_server (self->draft, "bind");
  g_autofree char *port = sky_rules_draft_get_server (self->draft, "port");
  const char *text = NULL;

  if (sky_host_setup_get_example (wanted, &text) == NULL)
    return;
  sky_host_bar_show_wrong (self, NULL, NULL);
  sky_rules_draft_replace (self->draft, text);
  if (port != NULL)
    sky_host_bar_set_server (self, NULL, "port", port);
  if (bind != NULL)
    sky_host_bar_set_server (self, NULL, "bind", bind);
  restart_if_running (self);
}

static void
on_action (SkyHostBar *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->host));

  self->again = FALSE;
  if (state == SKY_PEER_OPEN || state == SKY_PEER_WORKING || state == SKY_PEER_WAITING)
    sky_peer_stop (SKY_PEER (self->host));
  else
    sky_host_bar_take_entries (self);
}

static void
listen_only_here (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyHostBar *self = SKY_HOST_BAR (widget);

  sky_host_bar_show_wrong (self, NULL, NULL);
  if (sky_host_bar_set_server (self, self->bind, "bind", NULL))
    sky_host_bar_restart (self);
}

static void
restart_now (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sky_host_bar_restart (SKY_HOST_BAR (widget));
}

static void
on_apply (SkyHostBar *self, gboolean now, SkyPagesDialog *dialog)
{
  sky_host_bar_show_wrong (self, NULL, NULL);
  sky_host_bar_refresh (self, TRUE);
  if (now && sky_host_is_behind (self->host))
    sky_host_bar_restart (self);
}

static void
show_setup (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyHostBar *self = SKY_HOST_BAR (widget);
  GtkWidget *dialog = sky_host_setup_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), self->draft,
                                                 g_variant_get_string (parameter, NULL));

  g_signal_connect_object (dialog, "apply", G_CALLBACK (on_apply), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * sky_host_bar_focus_port:
 *
 * Puts the cursor into the port, all of it selected.
 */
void
sky_host_bar_focus_port (SkyHostBar *self)
{
  g_return_if_fail (SKY_IS_HOST_BAR (self));

  gtk_widget_grab_focus (self->port);
}

/**
 * sky_host_bar_use_port:
 * @port: to listen on from now on
 *
 * Writes it into the rules, and starts the server with it.
 */
void
sky_host_bar_use_port (SkyHostBar *self, guint16 port)
{
  g_autofree char *json = g_strdup_printf ("%u", port);

  g_return_if_fail (SKY_IS_HOST_BAR (self));

  sky_host_bar_show_wrong (self, NULL, NULL);
  if (sky_host_bar_set_server (self, self->port, "port", json))
    sky_host_bar_restart (self);
}

/* Escape: the entries say again what holds. What is below has the key if they do. */
static gboolean
take_back (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SkyHostBar *self = SKY_HOST_BAR (widget);
  gboolean any = gtk_widget_get_visible (self->wrong_box);

  for (guint i = 0; i < SKY_N_HOST_PLACES; i++)
    any |= self->typed[i];
  if (!any)
    return GDK_EVENT_PROPAGATE;
  sky_host_bar_show_wrong (self, NULL, NULL);
  sky_host_bar_refresh (self, TRUE);
  return GDK_EVENT_STOP;
}

static void
sky_host_bar_dispose (GObject *object)
{
  SkyHostBar *self = SKY_HOST_BAR (object);

  if (self->host != NULL)
    g_signal_handlers_disconnect_by_data (self->host, self);
  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->draft);
  g_clear_object (&self->host);
  G_OBJECT_CLASS (sky_host_bar_parent_class)->dispose (object);
}

static void
sky_host_bar_init (SkyHostBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (self->bind);
  sky_left_to_right_keep (self->port);
  sky_left_to_right_keep (self->path);
}

static void
sky_host_bar_class_init (SkyHostBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_host_bar_dispose;
  g_type_ensure (SKY_TYPE_HOST_CODE_BUTTON);
  g_type_ensure (SKY_TYPE_WRAP_BAR);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, take_back, NULL);
  gtk_widget_class_install_action (widget_class, "host.only-here", NULL, listen_only_here);
  gtk_widget_class_install_action (widget_class, "host.restart", NULL, restart_now);
  gtk_widget_class_install_action (widget_class, "host.options", "s", show_setup);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "host-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, box);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, protocol);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, bind);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, port);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, path);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, options);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, n_options);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, code);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, action);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, wrong_box);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, wrong);
  gtk_widget_class_bind_template_child (widget_class, SkyHostBar, instead);
  gtk_widget_class_bind_template_callback (widget_class, on_protocol);
  gtk_widget_class_bind_template_callback (widget_class, sky_host_bar_take_entries);
  gtk_widget_class_bind_template_callback (widget_class, sky_host_bar_mark_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_instead);
  gtk_widget_class_bind_template_callback (widget_class, on_action);
}

/**
 * sky_host_bar_new:
 * @host: whom it is for
 *
 * Returns: (transfer floating): the bar
 */
GtkWidget *
sky_host_bar_new (SkyHost *host)
{
  SkyHostBar *self = g_object_new (SKY_TYPE_HOST_BAR, NULL);

  self->host = g_object_ref (host);
  self->draft = g_object_ref (sky_rules_draft_of (host)); /* it hears of a stop before us */
  sky_host_code_button_set_host (self->code, host);
  self->banners = SKY_HOST_BANNERS (sky_host_banners_new (host));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->banners));
  g_signal_connect_object (host, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "changed", G_CALLBACK (on_rules), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->draft, "judged", G_CALLBACK (on_rules), self, G_CONNECT_SWAPPED);
  on_state (self);
  return GTK_WIDGET (self);
}

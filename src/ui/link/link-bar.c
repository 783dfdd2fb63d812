#include "ui/link/link-bar.h"

#include "peer/capture/capture.h"
#include "peer/client/client.h"
#include "ui/options/options-dialog.h"
#include "ui/options/options-summary.h"
#include "ui/parts/left-to-right.h"
#include "ui/ui.h"

struct _SkyLinkBar
{
  GtkWidget          parent_instance;
  GtkWidget         *box, *url, *copy, *options, *saved;
  GtkLabel          *n_options;
  GtkDropDown       *protocol;
  GtkButton         *action;
  SkyPeer           *peer;
};

G_DEFINE_FINAL_TYPE (SkyLinkBar, sky_link_bar, GTK_TYPE_WIDGET)

static guint dial_signal;

/* In the order of the drop-down */
static const SkyProtocol protocols[] = { SKY_PROTOCOL_AUTO, SKY_PROTOCOL_SOCKET_IO, SKY_PROTOCOL_WEBSOCKET };

static const struct
{
  const char *label, *css;
} actions[] = {
  [SKY_PEER_IDLE] = { N_("Connect"), "suggested-action" },
  [SKY_PEER_WORKING] = { N_("Cancel"), NULL },
  [SKY_PEER_OPEN] = { N_("Disconnect"), "destructive-action" },
  [SKY_PEER_WAITING] = { N_("Cancel"), NULL },
  [SKY_PEER_CLOSING] = { N_("Closing…"), NULL },
  [SKY_PEER_CLOSED] = { N_("Connect"), "suggested-action" },
  [SKY_PEER_FAILED] = { N_("Connect"), "suggested-action" },
};

/* How many options are not as they come, and which. */
static void
show_options (SkyLinkBar *self)
{
  g_auto(GStrv) lines = sky_options_summarize (sky_client_get_profile (SKY_CLIENT (self->peer)));
  g_autofree char *list = g_strjoinv ("\n", lines);
  g_autofree char *tooltip = g_strdup_printf (_("Changed from the defaults:\n%s"), list);
  g_autofree char *count = g_strdup_printf ("%u", g_strv_length (lines));
  g_autofree char *name = g_strdup_printf (_("Options, %s changed"), count);
  gboolean any = lines[0] != NULL;

  gtk_label_set_text (self->n_options, count);
  gtk_widget_set_visible (GTK_WIDGET (self->n_options), any);
  gtk_widget_set_tooltip_text (self->options, any ? tooltip : _("Path, headers, sign-in, certificates, reconnection"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->options), GTK_ACCESSIBLE_PROPERTY_LABEL, any ? name : _("Options…"),
                                  -1);
}

static char *
get_address (SkyPeer *peer)
{
  const char *path;

  if (SKY_IS_CLIENT (peer))
    return g_strdup (sky_client_get_profile (SKY_CLIENT (peer))->url);
  path = g_object_get_data (G_OBJECT (peer), SKY_PEER_PATH);
  return g_strdup (path != NULL ? path : sky_peer_get_title (peer));
}

static void
on_state (SkyLinkBar *self)
{
  SkyPeerState state = sky_peer_get_state (self->peer);

  gtk_button_set_label (self->action, _(actions[state].label));
  gtk_widget_remove_css_class (GTK_WIDGET (self->action), "suggested-action");
  gtk_widget_remove_css_class (GTK_WIDGET (self->action), "destructive-action");
  if (actions[state].css != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->action), actions[state].css);
  gtk_widget_set_sensitive (GTK_WIDGET (self->action), state != SKY_PEER_CLOSING);
}

/**
 * sky_link_bar_refresh:
 *
 * Writes the peer's profile into the bar, over what was typed there.
 */
void
sky_link_bar_refresh (SkyLinkBar *self)
{
  g_autofree char *address = NULL;

  g_return_if_fail (SKY_IS_LINK_BAR (self) && self->peer != NULL);

  address = get_address (self->peer);
  gtk_editable_set_text (GTK_EDITABLE (self->url), address != NULL ? address : "");
  if (SKY_IS_CLIENT (self->peer))
    {
      const SkyProfile *profile = sky_client_get_profile (SKY_CLIENT (self->peer));

      for (guint i = 0; i < G_N_ELEMENTS (protocols); i++)
        if (protocols[i] == profile->protocol)
          gtk_drop_down_set_selected (self->protocol, i);
      show_options (self);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.profile-changed", NULL);
    }
}

/* Returns: (transfer full): what would be dialled now */
static SkyProfile *
make_profile (SkyLinkBar *self)
{
  const SkyProfile *before = sky_client_get_profile (SKY_CLIENT (self->peer));
  SkyProfile *profile = sky_profile_copy (before);

  g_free (profile->url);
  profile->url = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->url))));
  profile->protocol = protocols[gtk_drop_down_get_selected (self->protocol)];
  sky_options_follow_protocol (profile, before);
  return profile;
}

static void
dial (SkyLinkBar *self)
{
  g_autoptr(SkyProfile) profile = make_profile (self);

  g_signal_emit (self, dial_signal, 0, profile);
}

/* The address is the bar's affair: it holds once it is dialled. */
static void
on_apply (SkyLinkBar *self, gboolean now, SkyPagesDialog *dialog)
{
  const SkyProfile *before = sky_client_get_profile (SKY_CLIENT (self->peer));
  g_autoptr(SkyProfile) profile = sky_options_dialog_make_profile (dialog);
  g_autoptr(SkyProfile) kept = sky_profile_copy (profile);

  g_free (kept->url);
  kept->url = g_strdup (before->url);
  kept->protocol = before->protocol;
  sky_client_set_profile (SKY_CLIENT (self->peer), kept);
  show_options (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.profile-changed", NULL);
  if (now)
    g_signal_emit (self, dial_signal, 0, profile);
}

static void
on_options (SkyLinkBar *self)
{
  SkyPeerState state = sky_peer_get_state (self->peer);
  const char *status = state == SKY_PEER_OPEN      ? _("Connected. What you change takes effect with the next connect.")
                       : state == SKY_PEER_WAITING ? _("Waiting. What you change takes effect with the next connect.")
                                                   : NULL;
  g_autoptr(SkyProfile) profile = make_profile (self);
  GtkWidget *dialog
      = sky_options_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), profile, status);

  g_signal_connect_object (dialog, "apply", G_CALLBACK (on_apply), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_url_activate (SkyLinkBar *self)
{
  if (SKY_IS_CLIENT (self->peer))
    dial (self);
}

static void
on_action (SkyLinkBar *self)
{
  SkyPeerState state = sky_peer_get_state (self->peer);

  if (state == SKY_PEER_OPEN || state == SKY_PEER_WORKING || state == SKY_PEER_WAITING)
    sky_peer_stop (self->peer);
  else if (SKY_IS_CLIENT (self->peer))
    dial (self);
}

static void
on_copy (SkyLinkBar *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_editable_get_text (GTK_EDITABLE (self->url)));
}

/* Where a capture's file is can be read and copied, not typed over. */
static void
choose_parts (SkyLinkBar *self)
{
  gboolean is_client = SKY_IS_CLIENT (self->peer);

  gtk_widget_set_visible (GTK_WIDGET (self->protocol), is_client);
  gtk_widget_set_visible (self->options, is_client);
  gtk_widget_set_visible (self->saved, is_client);
  gtk_widget_set_visible (self->copy, !is_client);
  gtk_widget_set_visible (GTK_WIDGET (self->action), !SKY_IS_CAPTURE (self->peer));
  gtk_editable_set_editable (GTK_EDITABLE (self->url), is_client);
  if (SKY_IS_CAPTURE (self->peer))
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->url), GTK_ACCESSIBLE_PROPERTY_LABEL, _("File"), -1);
}

/**
 * sky_link_bar_set_peer:
 * @peer: whom the bar is for; set once
 */
void
sky_link_bar_set_peer (SkyLinkBar *self, SkyPeer *peer)
{
  g_return_if_fail (SKY_IS_LINK_BAR (self) && self->peer == NULL);

  self->peer = g_object_ref (peer);
  choose_parts (self);
  sky_link_bar_refresh (self);
  g_signal_connect_object (peer, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  on_state (self);
}

/**
 * sky_link_bar_focus_url:
 *
 * Puts the cursor into the address, all of it selected.
 */
void
sky_link_bar_focus_url (SkyLinkBar *self)
{
  g_return_if_fail (SKY_IS_LINK_BAR (self));

  gtk_widget_grab_focus (self->url);
}

static void
sky_link_bar_dispose (GObject *object)
{
  SkyLinkBar *self = SKY_LINK_BAR (object);

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->peer);
  G_OBJECT_CLASS (sky_link_bar_parent_class)->dispose (object);
}

static void
sky_link_bar_init (SkyLinkBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (self->url);
}

static void
sky_link_bar_class_init (SkyLinkBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_link_bar_dispose;
  dial_signal = g_signal_new ("dial", SKY_TYPE_LINK_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "link-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, box);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, protocol);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, url);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, copy);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, options);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, saved);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, n_options);
  gtk_widget_class_bind_template_child (widget_class, SkyLinkBar, action);
  gtk_widget_class_bind_template_callback (widget_class, on_url_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_options);
  gtk_widget_class_bind_template_callback (widget_class, on_action);
}

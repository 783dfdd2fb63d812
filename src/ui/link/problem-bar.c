#include "ui/link/problem-bar.h"

#include "peer/client/client.h"
#include "peer/host/host.h"
#include "ui/link/countdown.h"
#include "ui/link/state-dot.h"
#include "ui/options/certificate-dialog.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

struct _SkyProblemBar
{
  GtkWidget  parent_instance;
  GtkWidget *revealer, *bar, *button, *waiting, *again, *why;
  GtkLabel  *problem, *advice;
  SkyStateDot  *dot;
  SkyCountdown *countdown;
  SkyPeer   *peer;
  gboolean   hushed; /* put away until this series of attempts is over */
};

G_DEFINE_FINAL_TYPE (SkyProblemBar, sky_problem_bar, GTK_TYPE_WIDGET)

static guint remedy_signal;

static const char *const labels[] = {
  [SKY_REMEDY_NONE] = "",
  [SKY_REMEDY_USE_SOCKET_IO] = N_("Use Socket.IO"),
  [SKY_REMEDY_USE_WEBSOCKET] = N_("Use WebSocket"),
  [SKY_REMEDY_USE_TLS] = N_("Use TLS"),
  [SKY_REMEDY_NO_TLS] = N_("Do without TLS"),
  [SKY_REMEDY_ACCEPT_CERTIFICATE] = N_("Show certificate…"),
  [SKY_REMEDY_USE_PORT] = "",
};

/* "http://a" and "ws://a" become "https://a" and "wss://a", or the reverse. */
static char *
with_tls (const SkyProfile *profile, gboolean tls)
{
  const char *rest = strstr (profile->url, "://");
  gboolean web = rest != NULL ? g_ascii_strncasecmp (profile->url, "http", 4) == 0
                              : profile->protocol != SKY_PROTOCOL_WEBSOCKET;

  return g_strconcat (web ? "http" : "ws", tls ? "s" : "", "://", rest != NULL ? rest + 3 : profile->url, NULL);
}

static char *
label_of (SkyProblemBar *self, SkyRemedy remedy)
{
  g_autofree char *url = NULL;

  if (remedy == SKY_REMEDY_USE_PORT)
    return g_strdup_printf (_("Use port %u"), sky_host_get_free_port (SKY_HOST (self->peer)));
  if (remedy != SKY_REMEDY_USE_TLS && remedy != SKY_REMEDY_NO_TLS)
    return g_strdup (_(labels[remedy]));
  url = with_tls (sky_client_get_profile (SKY_CLIENT (self->peer)), remedy == SKY_REMEDY_USE_TLS);
  if (g_str_has_prefix (url, "https"))
    return g_strdup (_("Use https://"));
  if (g_str_has_prefix (url, "http"))
    return g_strdup (_("Use http://"));
  return g_strdup (g_str_has_prefix (url, "wss") ? _("Use wss://") : _("Use ws://"));
}

static void
mend (SkyProfile *profile, SkyRemedy remedy)
{
  char *url;

  switch (remedy)
    {
    case SKY_REMEDY_NONE:
    case SKY_REMEDY_ACCEPT_CERTIFICATE:
    case SKY_REMEDY_USE_PORT:
      break;
    case SKY_REMEDY_USE_SOCKET_IO:
      profile->protocol = SKY_PROTOCOL_SOCKET_IO;
      break;
    case SKY_REMEDY_USE_WEBSOCKET:
      profile->protocol = SKY_PROTOCOL_WEBSOCKET;
      break;
    case SKY_REMEDY_USE_TLS:
    case SKY_REMEDY_NO_TLS:
      url = with_tls (profile, remedy == SKY_REMEDY_USE_TLS);
      g_free (profile->url);
      profile->url = url;
      break;
    }
}

static void
on_accept (SkyProblemBar *self, const char *fingerprint)
{
  g_autoptr(SkyProfile) profile = sky_profile_copy (sky_client_get_profile (SKY_CLIENT (self->peer)));

  g_free (profile->accepted);
  profile->accepted = g_strdup (fingerprint);
  g_signal_emit (self, remedy_signal, 0, profile);
}

static void
show_certificate (SkyProblemBar *self)
{
  GtkWidget *dialog = sky_certificate_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                                  SKY_CLIENT (self->peer));

  if (dialog == NULL)
    return;
  g_signal_connect_object (dialog, "accept", G_CALLBACK (on_accept), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_button (SkyProblemBar *self)
{
  g_autoptr(SkyProfile) profile = NULL;

  if (sky_peer_get_remedy (self->peer) == SKY_REMEDY_USE_PORT)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "page.use-port", "q", sky_host_get_free_port (SKY_HOST (self->peer)));
      return;
    }
  if (sky_peer_get_remedy (self->peer) == SKY_REMEDY_ACCEPT_CERTIFICATE)
    {
      show_certificate (self);
      return;
    }
  profile = sky_profile_copy (sky_client_get_profile (SKY_CLIENT (self->peer)));
  mend (profile, sky_peer_get_remedy (self->peer));
  g_signal_emit (self, remedy_signal, 0, profile);
}

static void
on_again (SkyProblemBar *self)
{
  sky_peer_start (self->peer);
}

static void
on_stop (SkyProblemBar *self)
{
  sky_peer_stop (self->peer);
}

/* Where it is tried again the bar stays while that goes on: it would slide up and down with every attempt. */
static void
reveal (SkyProblemBar *self)
{
  const char *problem = sky_peer_get_problem (self->peer);
  gboolean retrying = sky_countdown_runs_for (self->peer);
  gboolean told = *gtk_label_get_text (self->problem) != '\0';
  gboolean reveals = retrying ? told && !self->hushed
                              : problem != NULL && *problem != '\0' && sky_peer_get_state (self->peer) != SKY_PEER_CLOSED;

  if (!retrying)
    self->hushed = FALSE;
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), reveals);
  gtk_widget_set_visible (self->waiting, retrying);
  gtk_widget_set_sensitive (self->again, sky_peer_get_state (self->peer) == SKY_PEER_WAITING);
  sky_marks_set (self->bar, "waiting", retrying);
}

static void
on_changed (SkyProblemBar *self)
{
  const char *problem = sky_peer_get_problem (self->peer);
  const char *advice = sky_peer_get_advice (self->peer);
  SkyRemedy remedy = sky_peer_get_remedy (self->peer);
  gboolean mendable = remedy != SKY_REMEDY_NONE && (SKY_IS_CLIENT (self->peer) || remedy == SKY_REMEDY_USE_PORT);
  g_autofree char *label = mendable ? label_of (self, remedy) : NULL;

  if (problem != NULL)
    gtk_label_set_text (self->problem, problem);
  reveal (self);
  if (problem == NULL)
    return; /* the old words stay while the bar slides away */
  gtk_label_set_text (self->advice, advice != NULL ? advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice), advice != NULL && *advice != '\0');
  gtk_widget_set_visible (self->button, mendable);
  if (mendable)
    gtk_button_set_label (GTK_BUTTON (self->button), label);
}

/**
 * sky_problem_bar_hide:
 *
 * Puts the problem away, until there is a new one.
 */
void
sky_problem_bar_hide (SkyProblemBar *self)
{
  g_return_if_fail (SKY_IS_PROBLEM_BAR (self));

  self->hushed = TRUE;
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
}

/**
 * sky_problem_bar_set_peer:
 * @peer: whose problems are told; set once
 */
void
sky_problem_bar_set_peer (SkyProblemBar *self, SkyPeer *peer)
{
  g_return_if_fail (SKY_IS_PROBLEM_BAR (self) && self->peer == NULL);

  self->peer = g_object_ref (peer);
  g_signal_connect_object (peer, "notify::problem", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peer, "notify::advice", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peer, "notify::remedy", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (peer, "notify::state", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  sky_countdown_set_peer (self->countdown, peer);
  sky_state_dot_set_peer (self->dot, peer);
  gtk_widget_set_visible (self->why, SKY_IS_CLIENT (peer));
  on_changed (self);
}

static void
sky_problem_bar_dispose (GObject *object)
{
  SkyProblemBar *self = SKY_PROBLEM_BAR (object);

  if (self->peer != NULL)
    g_signal_handlers_disconnect_by_data (self->peer, self);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  g_clear_object (&self->peer);
  G_OBJECT_CLASS (sky_problem_bar_parent_class)->dispose (object);
}

static void
sky_problem_bar_init (SkyProblemBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_problem_bar_class_init (SkyProblemBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_problem_bar_dispose;
  remedy_signal = g_signal_new ("remedy", SKY_TYPE_PROBLEM_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_POINTER);
  g_type_ensure (SKY_TYPE_COUNTDOWN);
  g_type_ensure (SKY_TYPE_STATE_DOT);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "problem-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, bar);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, button);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, waiting);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, again);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, why);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, dot);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, countdown);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, problem);
  gtk_widget_class_bind_template_child (widget_class, SkyProblemBar, advice);
  gtk_widget_class_bind_template_callback (widget_class, on_button);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, sky_problem_bar_hide);
}

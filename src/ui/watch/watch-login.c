#include "ui/watch/watch-login.h"

#include "ui/parts/left-to-right.h"
#include "ui/parts/list-focus.h"
#include "ui/ui.h"

struct _SkyWatchLogin
{
  GtkWidget      parent_instance;
  GtkWidget     *scroller, *fields, *busy;
  GtkLabel      *title, *problem, *status;
  GtkEditable   *nsp, *user, *password;
  GtkButton     *button;
  SkyAdminLogin *login;
  gboolean       filling; /* our own doing, not a person's */
};

G_DEFINE_FINAL_TYPE (SkyWatchLogin, sky_watch_login, GTK_TYPE_WIDGET)

static gboolean
is_under_way (SkyWatchLogin *self)
{
  return sky_admin_login_get_state (self->login) != SKY_ADMIN_LOGIN_OUT;
}

static void
set_text (GtkEditable *entry, const char *text)
{
  if (g_strcmp0 (gtk_editable_get_text (entry), text) != 0)
    gtk_editable_set_text (entry, text);
}

/* The panes share one login: what was typed in the other one stands here too. */
static void
fill (SkyWatchLogin *self)
{
  self->filling = TRUE;
  set_text (self->nsp, sky_admin_login_get_nsp (self->login));
  set_text (self->user, sky_admin_login_get_user (self->login));
  set_text (self->password, sky_admin_login_get_password (self->login));
  self->filling = FALSE;
}

static void
say (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/* Returns: (transfer full): what is going on, or what a click on the button would do besides */
static char *
describe (SkyWatchLogin *self)
{
  SkyPeer *peer = SKY_PEER (sky_admin_login_get_client (self->login));
  const char *title = sky_peer_get_title (peer), *nsp = sky_admin_login_get_nsp (self->login);

  switch (sky_admin_login_get_state (self->login))
    {
    case SKY_ADMIN_LOGIN_DIALING:
      return g_strdup_printf (_("Connecting to %s…"), title);
    case SKY_ADMIN_LOGIN_ASKING:
      return g_strdup_printf (_("Asking %s for %s…"), title, nsp);
    case SKY_ADMIN_LOGIN_OUT:
    case SKY_ADMIN_LOGIN_IN:
    case SKY_ADMIN_LOGIN_WAITING:
      break;
    }
  return sky_peer_get_state (peer) == SKY_PEER_OPEN
             ? NULL
             : g_strdup_printf (_("%s is not connected: “Watch” connects first."), title);
}

static void
refresh (SkyWatchLogin *self)
{
  gboolean under_way = is_under_way (self);
  const char *problem = sky_admin_login_get_problem (self->login);
  g_autofree char *status = describe (self);

  if (under_way && gtk_widget_get_focus_child (self->fields) != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->button)); /* what is insensitive must not have the focus */
  gtk_widget_set_sensitive (self->fields, !under_way);
  gtk_widget_set_visible (self->busy, under_way);
  gtk_spinner_set_spinning (GTK_SPINNER (self->busy), under_way);
  gtk_button_set_label (self->button, under_way ? _("Cancel") : _("Watch"));
  say (self->problem, problem);
  say (self->status, status);
  if (!under_way)
    fill (self);
}

/* Whoever failed goes on typing where it is likely to be wrong. */
static void
on_changed (SkyWatchLogin *self)
{
  gboolean was_under_way = !gtk_widget_get_sensitive (self->fields);

  refresh (self);
  if (was_under_way && !is_under_way (self) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (*gtk_editable_get_text (self->user) != '\0' ? self->password : self->nsp));
}

static void
on_typed (SkyWatchLogin *self)
{
  if (!self->filling)
    sky_admin_login_type (self->login, gtk_editable_get_text (self->nsp), gtk_editable_get_text (self->user),
                          gtk_editable_get_text (self->password));
}

static void
on_button (SkyWatchLogin *self)
{
  if (is_under_way (self))
    {
      sky_admin_login_end (self->login);
      return;
    }
  sky_admin_login_begin (self->login);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.profile-changed", NULL);
}

static void
on_map (SkyWatchLogin *self)
{
  refresh (self);
}

static gboolean
sky_watch_login_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SKY_WATCH_LOGIN (widget)->nsp));
}

/**
 * sky_watch_login_set:
 * @title: what one comes to see, in a few words
 *
 * Set once.
 */
void
sky_watch_login_set (SkyWatchLogin *self, SkyAdminLogin *login, const char *title)
{
  g_return_if_fail (SKY_IS_WATCH_LOGIN (self) && self->login == NULL);

  self->login = g_object_ref (login);
  gtk_label_set_text (self->title, title);
  g_signal_connect_object (login, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sky_admin_login_get_client (login), "notify::state", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  refresh (self);
}

static void
sky_watch_login_dispose (GObject *object)
{
  SkyWatchLogin *self = SKY_WATCH_LOGIN (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->login);
  G_OBJECT_CLASS (sky_watch_login_parent_class)->dispose (object);
}

static void
sky_watch_login_init (SkyWatchLogin *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->nsp));
}

static void
sky_watch_login_class_init (SkyWatchLoginClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_watch_login_dispose;
  widget_class->grab_focus = sky_watch_login_grab_focus;
  widget_class->focus = sky_list_focus_pass;
  gtk_widget_class_set_css_name (widget_class, "watchlogin");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "watch-login.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, fields);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, busy);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, title);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, problem);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, status);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, nsp);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, user);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, password);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchLogin, button);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_button);
}

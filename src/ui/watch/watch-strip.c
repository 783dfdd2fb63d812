#include "ui/watch/watch-strip.h"

#include "base/clock.h"
#include "ui/link/state-dot.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/marks.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_LISTED 20 /* servers that the tooltip names */

struct _SkyWatchStrip
{
  GtkWidget      parent_instance;
  GtkWidget     *box, *mode, *read_only;
  SkyStateDot   *dot;
  GtkLabel      *servers;
  SkyAdminLogin *login;
  guint          ticker; /* while it is seen */
};

G_DEFINE_FINAL_TYPE (SkyWatchStrip, sky_watch_strip, GTK_TYPE_WIDGET)

/* "3 d 4 h", "2 h 5 min", "12 min", "40 s" */
static char *
format_uptime (double uptime_sec)
{
  guint64 sec = uptime_sec > 0 ? (guint64) uptime_sec : 0, min = sec / 60, hours = min / 60, days = hours / 24;

  if (days > 0)
    /* Translators: how long a server is up: days and hours, hours and minutes */
    return g_strdup_printf (_("%u d %u h"), (guint) days, (guint) (hours % 24));
  if (hours > 0)
    return g_strdup_printf (_("%u h %u min"), (guint) hours, (guint) (min % 60));
  return min > 0 ? g_strdup_printf (_("%u min"), (guint) min) : g_strdup_printf (_("%u s"), (guint) sec);
}

/* "5 clients, 40 % long-polling" */
static char *
format_clients (guint n_clients, guint n_polling)
{
  g_autofree char *clients = g_strdup_printf (ngettext ("%u client", "%u clients", n_clients), n_clients);

  if (n_clients == 0 || n_polling == 0)
    return g_steal_pointer (&clients);
  return g_strdup_printf (_("%s, %u %% long-polling"), clients, (guint) (100ull * MIN (n_polling, n_clients) / n_clients));
}

static gboolean
is_ill (const SkyAdminServer *server, gint64 now_usec)
{
  return now_usec - server->heard_usec >= SKY_ADMIN_ILL_USEC;
}

static char *
describe_server (const SkyAdminServer *server, gint64 now_usec)
{
  const char *name = server->hostname != NULL && *server->hostname != '\0' ? server->hostname : server->id;
  g_autofree char *uptime = format_uptime (server->uptime_sec);
  g_autofree char *clients = format_clients (server->n_clients, server->n_polling);

  if (is_ill (server, now_usec))
    return g_strdup_printf (_("%s · silent for %u s"), name,
                            (guint) ((now_usec - server->heard_usec) / G_USEC_PER_SEC));
  /* Translators: a server's name, how long it is up, how many clients it has */
  return g_strdup_printf (_("%s · up %s · %s"), name, uptime, clients);
}

/* Returns: (transfer full): all of them in a line; each is a line of @tip */
static char *
describe_servers (SkyAdminWatch *watch, GString *tip, guint *n_ill)
{
  guint n_servers = sky_admin_watch_get_n_servers (watch), n_clients = 0, n_polling = 0;
  gint64 now_usec = sky_clock_now_usec ();
  g_autofree char *clients = NULL;
  SkyAdminServer server;

  for (guint i = 0; i < n_servers && sky_admin_watch_get_server (watch, i, &server); i++)
    {
      g_autofree char *line = describe_server (&server, now_usec);

      if (i < MAX_LISTED)
        g_string_append_printf (tip, "%s%s", i > 0 ? "\n" : "", line);
      *n_ill += is_ill (&server, now_usec);
      n_clients += server.n_clients;
      n_polling += server.n_polling;
      if (n_servers == 1)
        return g_steal_pointer (&line);
    }
  if (n_servers == 0)
    return g_strdup (_("Watched; the server says how it fares within two seconds"));
  clients = format_clients (n_clients, n_polling);
  if (*n_ill > 0)
    return g_strdup_printf (_("%u servers, %u of them silent · %s"), n_servers, *n_ill, clients);
  return g_strdup_printf (_("%u servers · %s"), n_servers, clients);
}

static void
show_state (SkyWatchStrip *self, const char *text, const char *tip, SkyPeerState state, const char *words)
{
  gboolean warns = state != SKY_PEER_OPEN;

  gtk_label_set_text (self->servers, text);
  sky_lazy_tip_set (GTK_WIDGET (self->servers), tip);
  sky_state_dot_set_state (self->dot, state, words);
  sky_marks_set (GTK_WIDGET (self->servers), "warning", warns);
}

static void
show_watch (SkyWatchStrip *self, SkyAdminWatch *watch)
{
  gboolean development = sky_admin_watch_is_development (watch);
  const char *why = NULL;
  gboolean read_only = !sky_roster_can (sky_admin_watch_get_roster (watch), G_STRUCT_OFFSET (SkyRosterHands, emit), &why);
  g_autoptr(GString) tip = g_string_new (NULL);
  guint n_ill = 0;
  g_autofree char *text = describe_servers (watch, tip, &n_ill);

  show_state (self, text, tip->len > 0 ? tip->str : NULL, n_ill > 0 ? SKY_PEER_WAITING : SKY_PEER_OPEN,
              n_ill > 0 ? _("A server has been silent for ten seconds or more") : _("Watched, live"));
  gtk_label_set_text (GTK_LABEL (self->mode), development ? _("development") : _("production"));
  sky_lazy_tip_set (self->mode, development ? _("The server tells of each socket, room and event")
                                            : _("The server tells numbers only"));
  gtk_widget_set_visible (self->mode, TRUE);
  gtk_widget_set_visible (self->read_only, read_only);
  sky_lazy_tip_set (self->read_only, why);
}

static void
refresh (SkyWatchStrip *self)
{
  SkyAdminWatch *watch = self->login != NULL ? sky_admin_login_get_watch (self->login) : NULL;

  if (watch == NULL)
    return;
  if (sky_admin_login_get_state (self->login) == SKY_ADMIN_LOGIN_IN)
    {
      show_watch (self, watch);
      return;
    }
  show_state (self, _("The connection is lost: this is what was seen before. It goes on by itself."),
              sky_admin_login_get_problem (self->login), SKY_PEER_WAITING, _("Not watched at the moment"));
  gtk_widget_set_visible (self->mode, FALSE);
  gtk_widget_set_visible (self->read_only, FALSE);
}

static gboolean
on_timer (gpointer user_data)
{
  refresh (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_stop (SkyWatchStrip *self)
{
  sky_admin_login_end (self->login);
}

static void
sky_watch_strip_map (GtkWidget *widget)
{
  SkyWatchStrip *self = SKY_WATCH_STRIP (widget);

  GTK_WIDGET_CLASS (sky_watch_strip_parent_class)->map (widget);
  refresh (self);
  if (self->ticker == 0)
    self->ticker = g_timeout_add_seconds (1, on_timer, self);
}

static void
sky_watch_strip_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&SKY_WATCH_STRIP (widget)->ticker, g_source_remove);
  GTK_WIDGET_CLASS (sky_watch_strip_parent_class)->unmap (widget);
}

/**
 * sky_watch_strip_set_login:
 *
 * Set once.
 */
void
sky_watch_strip_set_login (SkyWatchStrip *self, SkyAdminLogin *login)
{
  g_return_if_fail (SKY_IS_WATCH_STRIP (self) && self->login == NULL);

  self->login = g_object_ref (login);
  g_signal_connect_object (login, "changed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  refresh (self);
}

static void
sky_watch_strip_dispose (GObject *object)
{
  SkyWatchStrip *self = SKY_WATCH_STRIP (object);

  g_clear_handle_id (&self->ticker, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->login);
  G_OBJECT_CLASS (sky_watch_strip_parent_class)->dispose (object);
}

static void
sky_watch_strip_init (SkyWatchStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_watch_strip_class_init (SkyWatchStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_watch_strip_dispose;
  widget_class->map = sky_watch_strip_map;
  widget_class->unmap = sky_watch_strip_unmap;
  g_type_ensure (SKY_TYPE_STATE_DOT);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "watch-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyWatchStrip, box);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchStrip, dot);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchStrip, servers);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchStrip, mode);
  gtk_widget_class_bind_template_child (widget_class, SkyWatchStrip, read_only);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
}

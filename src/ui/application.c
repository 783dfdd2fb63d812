#include "ui/application.h"

#include <glib-unix.h>
#include <signal.h>

#include "config.h"
#include "ui/color-scheme.h"
#include "ui/rules-keep.h"
#include "ui/ui.h"
#include "ui/window.h"

struct _SkyApplication
{
  GtkApplication  parent_instance;
  SkyColorScheme *scheme;
};

static const int last_signals[] = { SIGHUP, SIGINT, SIGTERM };

G_DEFINE_FINAL_TYPE (SkyApplication, sky_application, GTK_TYPE_APPLICATION)

static SkyWindow *
get_window (SkyApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (sky_window_new (GTK_APPLICATION (self)));
  return SKY_WINDOW (window);
}

static void
on_demo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SkyWindow *window = get_window (user_data);

  sky_window_show_demo (window);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (GTK_APPLICATION (user_data)),
                         "program-name", "Sockeye",
                         "logo-icon-name", SKY_APP_ID,
                         "version", SKY_VERSION,
                         "comments", _("See what really happens on a WebSocket or Socket.IO connection, and take part"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         NULL);
}

/* Closes the windows instead of ending the loop: each winds its connections up on its way out. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr(GList) windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (user_data)));

  for (GList *at = windows; at != NULL; at = at->next)
    gtk_window_close (at->data);
}

/* The session ends, or somebody pressed Ctrl+C: what is still in memory goes to disk on the way out.
 * A second signal finds no handler, and ends it at once. */
static gboolean
on_signal (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static const GActionEntry actions[] = {
  { "demo", on_demo },
  { "about", on_about },
  { "quit", on_quit },
};

static const struct
{
  const char *action, *keys[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "win.new-connection", { "<Control>n" } },
  { "win.new-host", { "<Control><Shift>n" } },
  { "win.open", { "<Control>o" } },
  { "win.save", { "<Control>s" } },
  { "win.saved", { "<Control>d" } },
  { "win.close", { "<Control>w" } },
  { "win.find", { "<Control>f" } },
  { "win.focus-url", { "<Control>l" } },
  { "win.doctor", { "<Control>e" } },
  { "win.sidebar", { "F9" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
};

static void
set_accels (GtkApplication *app)
{
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (app, accels[i].action, (const char *const *) accels[i].keys);
  for (int i = 1; i <= 9; i++)
    {
      g_autofree char *action = g_strdup_printf ("win.item(%d)", i);
      g_autofree char *key = g_strdup_printf ("<Alt>%d", i);

      gtk_application_set_accels_for_action (app, action, (const char *[]) { key, NULL });
    }
}

static void
sky_application_startup (GApplication *app)
{
  SkyApplication *self = SKY_APPLICATION (app);
  g_autoptr(GtkCssProvider) style = NULL;

  G_APPLICATION_CLASS (sky_application_parent_class)->startup (app);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  set_accels (GTK_APPLICATION (self));
  gtk_window_set_default_icon_name (SKY_APP_ID);

  style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, SKY_UI "style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  self->scheme = sky_color_scheme_new ();
  for (guint i = 0; i < G_N_ELEMENTS (last_signals); i++)
    g_unix_signal_add (last_signals[i], on_signal, NULL);
}

static void
sky_application_shutdown (GApplication *app)
{
  SkyApplication *self = SKY_APPLICATION (app);

  sky_rules_keep_flush ();
  g_clear_pointer (&self->scheme, sky_color_scheme_free);
  G_APPLICATION_CLASS (sky_application_parent_class)->shutdown (app);
}

static void
sky_application_activate (GApplication *app)
{
  gtk_window_present (GTK_WINDOW (get_window (SKY_APPLICATION (app))));
}

/* "sockeye ws://localhost:3000 capture.pcapng": an address is dialled, a file is read. */
static void
sky_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  SkyWindow *window = get_window (SKY_APPLICATION (app));

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      if (g_file_is_native (files[i]))
        sky_window_open_file (window, files[i]);
      else
        sky_window_connect (window, uri, "auto");
    }
  gtk_window_present (GTK_WINDOW (window));
}

/* --demo goes to the process that owns the name as an action; then it is activated as ever. */
static int
sky_application_handle_local_options (GApplication *app, GVariantDict *options)
{
  g_autoptr(GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("sockeye %s\n", SKY_VERSION);
      return 0;
    }
  if (!g_variant_dict_contains (options, "demo"))
    return -1;
  if (!g_application_register (app, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_action_group_activate_action (G_ACTION_GROUP (app), "demo", NULL);
  return -1;
}

static void
sky_application_init (SkyApplication *self)
{
  static const GOptionEntry options[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Begin with a server and clients that chat in rooms"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and leave"), NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _("[URL|FILE…]"));
}

static void
sky_application_class_init (SkyApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  app_class->startup = sky_application_startup;
  app_class->shutdown = sky_application_shutdown;
  app_class->activate = sky_application_activate;
  app_class->open = sky_application_open;
  app_class->handle_local_options = sky_application_handle_local_options;
}

/**
 * sky_application_new:
 *
 * Returns: (transfer full): the application, not registered yet
 */
SkyApplication *
sky_application_new (void)
{
  return g_object_new (SKY_TYPE_APPLICATION,
                       "application-id", SKY_APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN,
                       NULL);
}

#include "ui/window/application.h"

#include <glib-unix.h>
#include <signal.h>

#include "config.h"
#include "ui/kept/keep-writer.h"
#include "ui/rules/rules-keep.h"
#include "ui/ui.h"
#include "ui/window/color-scheme.h"
#include "ui/window/window.h"

struct _SkyApplication
{
  GtkApplication  parent_instance;
  SkyColorScheme *scheme;
  gboolean        begun; /* by an action on the command line: it has its window */
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
present (SkyApplication *self, void (*act) (SkyWindow *window))
{
  SkyWindow *window = get_window (self);

  act (window);
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_demo (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  present (user_data, sky_window_show_demo);
}

static void
on_new_connection (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  present (user_data, sky_window_ask_connection);
}

static void
on_new_host (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  present (user_data, sky_window_ask_host);
}

static void
on_new_window (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (sky_window_new (GTK_APPLICATION (user_data))));
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

/* Closes the windows instead of ending the loop: each winds its connections up on its way out. A dialog is left as by
 * Escape, and before the window below it: the list begins with the newest. */
static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows = gtk_window_list_toplevels ();

  for (GList *at = windows; at != NULL; at = at->next)
    g_object_ref (at->data);
  for (GList *at = windows; at != NULL; at = at->next)
    gtk_window_close (at->data);
  g_list_free_full (windows, g_object_unref);
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
  { "new-connection", on_new_connection },
  { "new-host", on_new_host },
  { "new-window", on_new_window },
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
  { "app.new-window", { "<Control><Alt>n" } },
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

/* Not at once: GTK holds a dialog until it is done with the key, and then the window below must not be gone before it. */
static gboolean
on_quit_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  g_idle_add (on_signal, NULL);
  return TRUE;
}

/* An open popover keeps all keys from the accelerators of the window, and a dialog has none: they need this one of
 * their own. What derives from these takes it over when its class is made, so this comes before there is any. */
static void
let_all_quit (void)
{
  const GType kinds[] = { GTK_TYPE_POPOVER, GTK_TYPE_WINDOW };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      GtkWidgetClass *klass = g_type_class_ref (kinds[i]);

      gtk_widget_class_add_binding (klass, GDK_KEY_q, GDK_CONTROL_MASK, on_quit_key, NULL);
      g_type_class_unref (klass);
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
  let_all_quit ();
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
  sky_keep_writer_end ();
  g_clear_pointer (&self->scheme, sky_color_scheme_free);
  G_APPLICATION_CLASS (sky_application_parent_class)->shutdown (app);
}

/* A second start is asked for a second window. */
static void
sky_application_activate (GApplication *app)
{
  SkyApplication *self = SKY_APPLICATION (app);

  if (!self->begun)
    gtk_window_present (GTK_WINDOW (sky_window_new (GTK_APPLICATION (app))));
  self->begun = FALSE;
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

/* What a menu of the desktop can ask for: each is an option and an action of the same name. */
static const char *const starts[] = { "demo", "new-connection", "new-host" };

static const char *
find_start (GVariantDict *options)
{
  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_variant_dict_contains (options, starts[i]))
      return starts[i];
  return NULL;
}

/* The action goes to the process that owns the name, which opens a window for it if there is none. */
static int
sky_application_handle_local_options (GApplication *app, GVariantDict *options)
{
  const char *start = find_start (options);
  g_autoptr(GError) error = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("sockeye %s\n", SKY_VERSION);
      return 0;
    }
  if (start == NULL)
    return -1;
  if (!g_application_register (app, NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_action_group_activate_action (G_ACTION_GROUP (app), start, NULL);
  SKY_APPLICATION (app)->begun = TRUE;
  return g_application_get_is_remote (app) ? 0 : -1;
}

static void
sky_application_init (SkyApplication *self)
{
  static const GOptionEntry options[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Begin with a server and clients that chat in rooms"), NULL },
    { "new-connection", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Begin with the address of a new connection"), NULL },
    { "new-host", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Begin with setting up a server"), NULL },
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

#include "cli/session.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "config.h"

/**
 * session_add_group:
 * @title: what --help writes above these options
 * @data: for their callbacks
 */
void
session_add_group (GOptionContext *context, const char *name, const char *title, const GOptionEntry *entries,
                   gpointer data)
{
  GOptionGroup *group = g_option_group_new (name, title, title, data, NULL);

  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_group_add_entries (group, entries);
  g_option_context_add_group (context, group);
}

/* Returns: (transfer full): a context with the command's own options, which may be %NULL */
GOptionContext *
session_options (Session *self, const char *usage, const char *summary, const GOptionEntry *entries,
                 gpointer entries_data)
{
  GOptionContext *context = g_option_context_new (usage);

  g_option_context_set_help_enabled (context, FALSE); /* GLib's hides all groups but one */
  g_option_context_set_summary (context, summary);
  if (entries != NULL)
    session_add_group (context, "command", N_("Options:"), entries, entries_data);
  return context;
}

/* They stand below the command's own in --help. */
static void
add_common (Session *self, GOptionContext *context)
{
  const GOptionEntry common[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("One JSON object a line"), NULL },
    { "layers", 0, 0, G_OPTION_ARG_STRING, &self->layers, N_("Only these: tcp,tls,http,upgrade,ws,eio,sio,note"), N_("LIST") },
    { "filter", 0, 0, G_OPTION_ARG_STRING, &self->filter, N_("Only what matches, e.g. 'event:chat* dir:in'"), N_("EXPR") },
    { "capture", 0, 0, G_OPTION_ARG_FILENAME, &self->capture, N_("Write all bytes to this pcapng file"), N_("FILE") },
    { "for", 0, 0, G_OPTION_ARG_DOUBLE, &self->for_seconds, N_("End after this time"), N_("SECONDS") },
    { "count", 0, 0, G_OPTION_ARG_INT, &self->count, N_("End after so many printed records"), "N" },
    { "quiet", 0, 0, G_OPTION_ARG_NONE, &self->quiet, N_("Print no records and no talk"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version, N_("Say which version this is"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help, N_("Say this"), NULL },
    { NULL },
  };

  session_add_group (context, "output", N_("Output:"), common, NULL);
}

/**
 * session_parse:
 * @context: (transfer full): from session_options()
 * @words: (out): what is left beside the options; %NULL-terminated
 *
 * Returns: %FALSE if the command is over: self->status says how
 */
gboolean
session_parse (Session *self, GOptionContext *context, int argc, char **argv, GStrv *words)
{
  g_autoptr(GOptionContext) owned = context;
  g_auto(GStrv) args = g_strdupv (argv);
  g_autoptr(GError) error = NULL;

  add_common (self, owned);
  if (!g_option_context_parse_strv (owned, &args, &error))
    {
      self->status = session_usage ("%s", error->message);
      return FALSE;
    }
  if (self->help)
    {
      g_autofree char *help = g_option_context_get_help (owned, FALSE, NULL);

      g_print ("%s", help);
      return FALSE;
    }
  if (self->version)
    {
      g_print ("sockeye-cli %s\n", SKY_VERSION);
      return FALSE;
    }
  *words = g_strdupv (args + 1);
  return TRUE;
}

static gboolean
on_stop (gpointer user_data)
{
  Session *self = user_data;

  if (self->over)
    return G_SOURCE_CONTINUE;
  self->over = TRUE;
  self->stop (self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_count_reached (gpointer user_data)
{
  on_stop (user_data);
}

/* Makes the trace and its printer. Returns: %FALSE if that failed: self->status says how */
gboolean
session_begin (Session *self)
{
  g_autoptr(GError) error = NULL;

  self->loop = g_main_loop_new (NULL, FALSE);
  self->store = sky_store_new (self->capture, &error);
  if (self->store == NULL)
    {
      g_printerr ("%s\n", error->message);
      self->status = EXIT_FAILED;
      return FALSE;
    }
  if (sky_store_get_trouble (self->store) != NULL)
    session_say (self, "%s", sky_store_get_trouble (self->store));
  self->printer = sky_printer_new (self->store, self->layers, self->filter, &error);
  if (self->printer == NULL)
    {
      self->status = session_usage ("%s", error->message);
      return FALSE;
    }
  sky_printer_set_style (self->printer, self->quiet ? SKY_PRINT_NOTHING : self->json ? SKY_PRINT_JSON : SKY_PRINT_LINES);
  sky_printer_set_limit (self->printer, MAX (self->count, 0), on_count_reached, self);
  return TRUE;
}

/* Runs until session_end(). Returns: the exit status */
ExitStatus
session_run (Session *self)
{
  guint on_int = g_unix_signal_add (SIGINT, on_stop, self);
  guint on_term = g_unix_signal_add (SIGTERM, on_stop, self);
  guint on_time = self->for_seconds > 0
                      ? g_timeout_add ((guint) MIN (self->for_seconds * 1000, G_MAXUINT), on_stop, self)
                      : 0;
  g_autoptr(GError) error = NULL;

  g_main_loop_run (self->loop);
  g_source_remove (on_int);
  g_source_remove (on_term);
  g_clear_handle_id (&on_time, g_source_remove);
  sky_printer_finish (self->printer);
  if (sky_printer_get_trouble (self->printer) != NULL)
    {
      g_printerr (_("Could not write to standard output: %s\n"), sky_printer_get_trouble (self->printer));
      self->status = MAX (self->status, EXIT_FAILED);
    }
  if (self->capture != NULL && !sky_store_flush (self->store, &error))
    {
      g_printerr ("%s\n", error->message);
      self->status = MAX (self->status, EXIT_FAILED);
    }
  return self->status;
}

/* Frees what the session holds, not the session. */
void
session_clear (Session *self)
{
  g_clear_pointer (&self->printer, sky_printer_free);
  g_clear_object (&self->store);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->layers, g_free);
  g_clear_pointer (&self->filter, g_free);
  g_clear_pointer (&self->capture, g_free);
}

static gboolean
on_last_chance (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* The command is over: what is still on its way in this turn is printed, then the loop ends. */
void
session_end (Session *self, ExitStatus status)
{
  self->over = TRUE;
  if (status > self->status)
    self->status = status;
  g_idle_add_full (G_PRIORITY_LOW, on_last_chance, self->loop, NULL);
}

/* Talk for the person, on standard error. */
void
session_say (Session *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (self->quiet)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("%s\n", text);
}

ExitStatus
session_usage (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr (_("%s\nTry “%s --help”.\n"), text, g_get_prgname ());
  return EXIT_USAGE;
}

void
session_report_failure (Session *self, SkyPeer *peer)
{
  session_say (self, "%s", sky_peer_get_problem (peer));
  if (sky_peer_get_advice (peer) != NULL)
    session_say (self, "%s", sky_peer_get_advice (peer));
}

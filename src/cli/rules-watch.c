#include "cli/rules-watch.h"

#include <glib/gi18n-lib.h>

#define SETTLE_MSEC 100 /* editors write in several steps */

struct _RulesWatch
{
  SkyHost      *host;
  Session      *session;
  char         *file;
  GFileMonitor *monitor; /* nullable */
  guint         reload;  /* source */
};

/**
 * rules_watch_load:
 * @problem: (out): what is wrong, in one sentence with its line and column
 *
 * Returns: %FALSE if the rules stay as they were
 */
gboolean
rules_watch_load (SkyHost *host, const char *file, char **problem)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  gsize len = 0;
  const SkyRulesPlace *place;

  if (g_file_get_contents (file, &text, &len, &error) && !g_utf8_validate_len (text, len, NULL))
    {
      *problem = g_strdup_printf (_("%s: not UTF-8 text"), file);
      return FALSE;
    }
  if (error == NULL && sky_host_set_rules (host, text, &error))
    return TRUE;
  place = error->domain == SKY_RULES_ERROR ? sky_rules_error_get_place (error) : NULL;
  if (place != NULL)
    *problem = g_strdup_printf ("%s:%u:%u: %s", file, place->line, place->column, error->message);
  else
    *problem = g_strdup_printf ("%s: %s", file, error->message);
  return FALSE;
}

static gboolean
on_settled (gpointer user_data)
{
  RulesWatch *self = user_data;
  g_autofree char *problem = NULL, *shown = g_filename_display_name (self->file);

  self->reload = 0;
  if (rules_watch_load (self->host, self->file, &problem))
    session_say (self->session, _("%s: the new rules are played."), shown);
  else
    session_say (self->session, _("%s. The rules before stay."), problem);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, RulesWatch *self)
{
  if (event == G_FILE_MONITOR_EVENT_DELETED || event == G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    return;
  g_clear_handle_id (&self->reload, g_source_remove);
  self->reload = g_timeout_add (SETTLE_MSEC, on_settled, self);
}

/**
 * rules_watch_new:
 * @host: borrowed
 * @session: where to tell a person what became of an edit
 *
 * Returns: (transfer full): a watch over @file; what is there already is not loaded
 */
RulesWatch *
rules_watch_new (SkyHost *host, const char *file, Session *session)
{
  RulesWatch *self = g_new0 (RulesWatch, 1);
  g_autoptr(GFile) watched = g_file_new_for_path (file);

  self->host = host;
  self->session = session;
  self->file = g_strdup (file);
  self->monitor = g_file_monitor_file (watched, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect (self->monitor, "changed", G_CALLBACK (on_changed), self);
  return self;
}

void
rules_watch_free (RulesWatch *self)
{
  g_clear_handle_id (&self->reload, g_source_remove);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);
  g_free (self->file);
  g_free (self);
}

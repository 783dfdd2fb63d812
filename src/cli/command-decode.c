#include <glib/gi18n-lib.h>

#include "cli/session.h"
#include "peer/capture/capture-load.h"

#define LOOK_MSEC 5

typedef struct
{
  Session session;
} Decode;

static void
stop (gpointer user_data)
{
  Decode *self = user_data;

  session_end (&self->session, EXIT_DONE);
}

/* The printer works in slices, as fast as it is read: look once in a while whether it has caught up. */
static gboolean
on_look (gpointer user_data)
{
  Decode *self = user_data;

  if (self->session.over)
    return G_SOURCE_REMOVE;
  if (!sky_printer_is_done (self->session.printer))
    return G_SOURCE_CONTINUE;
  session_end (&self->session, EXIT_DONE);
  return G_SOURCE_REMOVE;
}

static ExitStatus
run (Decode *self, const char *path)
{
  g_autoptr(GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr(GError) error = NULL;

  self->session.stop = stop;
  self->session.user_data = self;
  if (!session_begin (&self->session))
    return self->session.status;
  if (!sky_capture_load_all (file, self->session.store, NULL, &error))
    {
      session_say (&self->session, "%s", error->message);
      return EXIT_FAILED;
    }
  g_timeout_add (LOOK_MSEC, on_look, self);
  return session_run (&self->session);
}

int
command_decode (int argc, char **argv)
{
  Decode self = { 0 };
  const GOptionEntry entries[] = { { NULL } };
  g_auto(GStrv) words = NULL;
  GOptionContext *context
      = session_options (&self.session, _("FILE"), _("Reads a capture (.pcapng, .pcap, .har) and decodes what was said."), entries, NULL);

  if (session_parse (&self.session, context, argc, argv, &words))
    self.session.status = g_strv_length (words) == 1 ? run (&self, words[0])
                                                     : session_usage (_("“decode” takes one file."));
  session_clear (&self.session);
  return self.session.status;
}

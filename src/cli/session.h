#pragma once

#include "cli/commands.h"
#include "cli/printer.h"
#include "peer/peer.h"

/* What all commands share: their common options, the printing, and the main loop. */
typedef struct
{
  /* options */
  gboolean json, quiet, version, help;
  char    *layers, *filter, *capture;
  double   for_seconds;
  int      count;

  SkyStore   *store;
  SkyPrinter *printer;
  GMainLoop  *loop;
  ExitStatus  status;
  gboolean    over;
  void (*stop) (gpointer user_data); /* asked to end: by a signal, by time, by count */
  gpointer user_data;
} Session;

GOptionContext *session_options (Session *self, const char *usage, const char *summary, const GOptionEntry *entries,
                                 gpointer entries_data);
void            session_add_group (GOptionContext *context, const char *name, const char *title,
                                   const GOptionEntry *entries, gpointer data);
gboolean        session_parse (Session *self, GOptionContext *context, int argc, char **argv, GStrv *words);
gboolean        session_begin (Session *self);
ExitStatus      session_run (Session *self);
void            session_end (Session *self, ExitStatus status);
void            session_say (Session *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
ExitStatus      session_usage (const char *format, ...) G_GNUC_PRINTF (1, 2);
void            session_clear (Session *self);
void            session_report_failure (Session *self, SkyPeer *peer);

#pragma once

#include "cli/session.h"
#include "peer/host/host.h"

/* Plays a rules file on a host, and again whenever somebody has edited it. */
typedef struct _RulesWatch RulesWatch;

gboolean    rules_watch_load (SkyHost *host, const char *file, char **problem);
RulesWatch *rules_watch_new (SkyHost *host, const char *file, Session *session);
void        rules_watch_free (RulesWatch *self);

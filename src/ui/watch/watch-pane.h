#pragma once

#include <gtk/gtk.h>

#include "peer/roster/admin-login.h"

/* A pane of a remote server's rooms or clients: the login, or what is seen once it is watched. */
#define SKY_TYPE_WATCH_PANE (sky_watch_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkyWatchPane, sky_watch_pane, SKY, WATCH_PANE, GtkWidget)

typedef GtkWidget *(*SkyWatchPaneMake) (SkyRoster *roster);

GtkWidget *sky_watch_pane_new (SkyAdminLogin *login, const char *title, SkyWatchPaneMake make);

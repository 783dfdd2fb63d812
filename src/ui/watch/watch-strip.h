#pragma once

#include <gtk/gtk.h>

#include "peer/roster/admin-login.h"

/* How the servers fare that are watched, and what they allow. */
#define SKY_TYPE_WATCH_STRIP (sky_watch_strip_get_type ())
G_DECLARE_FINAL_TYPE (SkyWatchStrip, sky_watch_strip, SKY, WATCH_STRIP, GtkWidget)

void sky_watch_strip_set_login (SkyWatchStrip *self, SkyAdminLogin *login);

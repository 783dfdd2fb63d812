#pragma once

#include <gtk/gtk.h>

#include "peer/roster/admin-login.h"

/* What stands where a server is not watched: what that needs, the login, and why it failed. */
#define SKY_TYPE_WATCH_LOGIN (sky_watch_login_get_type ())
G_DECLARE_FINAL_TYPE (SkyWatchLogin, sky_watch_login, SKY, WATCH_LOGIN, GtkWidget)

void sky_watch_login_set (SkyWatchLogin *self, SkyAdminLogin *login, const char *title);

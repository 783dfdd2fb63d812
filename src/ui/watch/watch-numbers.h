#pragma once

#include <gtk/gtk.h>

#include "peer/roster/admin-watch.h"

/* What a server in production mode tells: how many are in each namespace, and how much is sent; and why no more. */
#define SKY_TYPE_WATCH_NUMBERS (sky_watch_numbers_get_type ())
G_DECLARE_FINAL_TYPE (SkyWatchNumbers, sky_watch_numbers, SKY, WATCH_NUMBERS, GtkWidget)

void sky_watch_numbers_set_watch (SkyWatchNumbers *self, SkyAdminWatch *watch);

#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* How many sockets were in a namespace or a room over the last five minutes, as a stepped line. */
#define SKY_TYPE_ROOMS_CHART (sky_rooms_chart_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsChart, sky_rooms_chart, SKY, ROOMS_CHART, GtkWidget)

void sky_rooms_chart_show (SkyRoomsChart *self, SkyRoster *roster, const char *nsp, const char *room);

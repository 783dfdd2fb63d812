#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

void sky_rooms_deeds_add_columns (GtkColumnView *view, SkyRoster *roster);
void sky_rooms_deeds_fit (GtkColumnView *view, int width, gboolean one_room);

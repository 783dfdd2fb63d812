#pragma once

#include <gtk/gtk.h>

#include "peer/roster.h"

typedef void (*SkyRoomsRowFunc) (GtkTreeListRow *row, gpointer user_data);

void sky_rooms_row_add_columns (GtkColumnView *view, SkyRoster *roster, SkyRoomsRowFunc func, gpointer user_data);

#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

void sky_clients_row_add_columns (GtkColumnView *view, SkyRoster *roster);
void sky_clients_row_fit (GtkColumnView *view, int width, gboolean flat);

char *sky_clients_row_transport (const SkyRosterSocket *socket);
char *sky_clients_row_version (const SkyRosterSocket *socket);

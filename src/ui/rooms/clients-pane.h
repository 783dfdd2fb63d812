#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* Every socket of a server in a table, and all about the one that is chosen. */
#define SKY_TYPE_CLIENTS_PANE (sky_clients_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkyClientsPane, sky_clients_pane, SKY, CLIENTS_PANE, GtkWidget)

GtkWidget *sky_clients_pane_new (SkyRoster *roster);

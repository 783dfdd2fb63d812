#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* Who is in which room of a server, what happens there, and what a person does about it. */
#define SKY_TYPE_ROOMS_PANE (sky_rooms_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsPane, sky_rooms_pane, SKY, ROOMS_PANE, GtkWidget)

GtkWidget *sky_rooms_pane_new (SkyRoster *roster);

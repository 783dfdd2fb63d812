#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* Writes an event that a server emits to a namespace, a room or a socket, and says exactly who gets it. */
#define SKY_TYPE_ROOMS_EMIT (sky_rooms_emit_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsEmit, sky_rooms_emit, SKY, ROOMS_EMIT, GtkWidget)

void sky_rooms_emit_set_roster (SkyRoomsEmit *self, SkyRoster *roster);
void sky_rooms_emit_refresh (SkyRoomsEmit *self);
void sky_rooms_emit_aim (SkyRoomsEmit *self, const char *nsp, const char *to);
void sky_rooms_emit_focus (SkyRoomsEmit *self);

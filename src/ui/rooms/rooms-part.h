#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* A button that sends sockets away, with or without their connection. Signal "done": NULL, or a
 * sentence that says why it could not be done. */
#define SKY_TYPE_ROOMS_PART (sky_rooms_part_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsPart, sky_rooms_part, SKY, ROOMS_PART, GtkWidget)

void sky_rooms_part_set_everyone (SkyRoomsPart *self, SkyRoster *roster, const char *problem);
void sky_rooms_part_set_target (SkyRoomsPart *self, SkyRoster *roster, const char *nsp, const char *who,
                                const char *problem);

#pragma once

#include <gtk/gtk.h>

#include "ui/roster/roster-words.h"

/**
 * SkyRoomsHands:
 *
 * The buttons for what a person can do with what is chosen of a roster. Signals: "emit" (an event is to
 * be written for it); "done": why it could not be done, or NULL.
 */
#define SKY_TYPE_ROOMS_HANDS (sky_rooms_hands_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsHands, sky_rooms_hands, SKY, ROOMS_HANDS, GtkWidget)

void sky_rooms_hands_set_roster (SkyRoomsHands *self, SkyRoster *roster);
void sky_rooms_hands_show (SkyRoomsHands *self, const SkyRosterChoice *choice, gboolean narrow);

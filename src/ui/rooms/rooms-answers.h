#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* A button that tells how many have answered an event, and who, with what, in its popover. */
#define SKY_TYPE_ROOMS_ANSWERS (sky_rooms_answers_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsAnswers, sky_rooms_answers, SKY, ROOMS_ANSWERS, GtkWidget)

void  sky_rooms_answers_show (SkyRoomsAnswers *self, SkyRoster *roster, SkyRosterAsk *ask);
char *sky_rooms_answers_sum_up (SkyRoster *roster, SkyRosterAsk *ask);

#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* What stands where nobody is yet: a title, some words, and where to connect to, with a button that copies it. */
#define SKY_TYPE_ROSTER_EMPTY (sky_roster_empty_get_type ())
G_DECLARE_FINAL_TYPE (SkyRosterEmpty, sky_roster_empty, SKY, ROSTER_EMPTY, GtkWidget)

void sky_roster_empty_show (SkyRosterEmpty *self, const char *title, const char *text, const char *address);

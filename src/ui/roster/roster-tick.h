#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/*
 * Calls a pane in the frame after its roster has changed, and once a second because rates and charts
 * move on by themselves; never while the pane is not seen.
 */
typedef struct _SkyRosterTick SkyRosterTick;

SkyRosterTick *sky_roster_tick_new (GtkWidget *widget, SkyRoster *roster, void (*func) (gpointer), gpointer user_data);
void           sky_roster_tick_want (SkyRosterTick *self);
void           sky_roster_tick_hurry (SkyRosterTick *self);
void           sky_roster_tick_free (SkyRosterTick *self);

#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* What there is to choose from. */
typedef enum
{
  SKY_ROOMS_TARGET_SPACES,    /* namespaces */
  SKY_ROOMS_TARGET_RECEIVERS, /* everyone, rooms, sockets */
  SKY_ROOMS_TARGET_EXCEPT,    /* nobody, rooms, sockets */
  SKY_ROOMS_TARGET_SOCKETS,   /* sockets that are not in a room */
  SKY_ROOMS_TARGET_ROOMS,     /* rooms that a socket is not in, and a new one */
} SkyRoomsTargetKind;

/**
 * SkyRoomsTarget:
 *
 * A button that opens a list of rooms and sockets to choose from, by typing a part of the name too.
 *
 * Properties: "kind"; "caption" (what the button always says; NULL for what is chosen); "label" (its
 * accessible name). Signal "changed": somebody has chosen.
 */
#define SKY_TYPE_ROOMS_TARGET (sky_rooms_target_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsTarget, sky_rooms_target, SKY, ROOMS_TARGET, GtkWidget)

void        sky_rooms_target_set_roster (SkyRoomsTarget *self, SkyRoster *roster);
void        sky_rooms_target_set_place (SkyRoomsTarget *self, const char *nsp, const char *without);
void        sky_rooms_target_set_kind (SkyRoomsTarget *self, SkyRoomsTargetKind kind, const char *caption);
void        sky_rooms_target_choose (SkyRoomsTarget *self, const char *name);
const char *sky_rooms_target_get_chosen (SkyRoomsTarget *self);
void        sky_rooms_target_refresh (SkyRoomsTarget *self);

#pragma once

#include <gtk/gtk.h>

#include "ui/roster/roster-words.h"

/**
 * SkyRoomsTree:
 *
 * Namespaces, their rooms, and the sockets in them, with a filter above. Signal "chosen": the choice
 * is another one.
 */
#define SKY_TYPE_ROOMS_TREE (sky_rooms_tree_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsTree, sky_rooms_tree, SKY, ROOMS_TREE, GtkWidget)

void                   sky_rooms_tree_set_roster (SkyRoomsTree *self, SkyRoster *roster);
void                   sky_rooms_tree_refresh (SkyRoomsTree *self);
void                   sky_rooms_tree_open (SkyRoomsTree *self, const char *nsp, const char *room);
void                   sky_rooms_tree_focus (SkyRoomsTree *self);
void                   sky_rooms_tree_choose (SkyRoomsTree *self, const char *nsp, const char *room,
                                              const char *socket);
const SkyRosterChoice *sky_rooms_tree_get_choice (SkyRoomsTree *self);

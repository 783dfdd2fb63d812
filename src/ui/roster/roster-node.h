#pragma once

#include <gio/gio.h>

typedef enum { SKY_ROSTER_SPACE, SKY_ROSTER_ROOM, SKY_ROSTER_SOCKET } SkyRosterKind;

/**
 * SkyRosterNode:
 *
 * A row of a roster that somebody looks at: a namespace, a room, or a socket, perhaps within a room.
 * Signal "changed": its numbers may be others.
 */
#define SKY_TYPE_ROSTER_NODE (sky_roster_node_get_type ())
G_DECLARE_FINAL_TYPE (SkyRosterNode, sky_roster_node, SKY, ROSTER_NODE, GObject)

SkyRosterNode *sky_roster_node_new (const char *key);
SkyRosterKind  sky_roster_node_get_kind (SkyRosterNode *self);
const char    *sky_roster_node_get_key (SkyRosterNode *self);
const char    *sky_roster_node_get_nsp (SkyRosterNode *self);
const char    *sky_roster_node_get_room (SkyRosterNode *self);
const char    *sky_roster_node_get_socket (SkyRosterNode *self);
void           sky_roster_node_set_key (SkyRosterNode *self, const char *key);
void           sky_roster_node_refresh (SkyRosterNode *self);

char *sky_roster_node_make_key (const char *nsp, const char *room, const char *socket);

#pragma once

#include "peer/roster/roster.h"
#include "ui/roster/roster-node.h"
#include "ui/roster/roster-order.h"

/* What of a roster is shown. */
typedef struct
{
  const char *words;   /* nullable: a part of a name that must occur, whatever its case */
  gboolean    private; /* rooms that are a socket's own, too */
  SkyRosterOrder order;
} SkyRosterSight;

/**
 * SkyRosterList:
 *
 * One level of a roster: namespaces; the rooms of one, and then its sockets without a room; the
 * sockets of a room; or all sockets of all namespaces. It knows names and makes a SkyRosterNode only
 * for a row that somebody looks at. What has changed is announced by sky_roster_list_refresh(), in
 * as few "items-changed" as leave the other rows alone, here and in the lists below that are open; if that
 * would be too much for one frame, the next refreshes go on.
 */
#define SKY_TYPE_ROSTER_LIST (sky_roster_list_get_type ())
G_DECLARE_FINAL_TYPE (SkyRosterList, sky_roster_list, SKY, ROSTER_LIST, GObject)

SkyRosterList *sky_roster_list_new (SkyRoster *roster);
SkyRosterList *sky_roster_list_new_sockets (SkyRoster *roster);
SkyRosterList *sky_roster_list_open (SkyRosterList *self, SkyRosterNode *node);
gboolean       sky_roster_list_refresh (SkyRosterList *self, const SkyRosterSight *sight);
gboolean       sky_roster_list_is_behind (SkyRosterList *self);
void           sky_roster_list_refresh_nodes (SkyRosterList *self);
guint          sky_roster_list_find (SkyRosterList *self, const char *key);

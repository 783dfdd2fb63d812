#pragma once

#include "ui/roster/roster-words.h"

#define SKY_ROSTER_DEEDS_MAX 1000 /* that are shown */

/* A deed of a roster, as it was. */
#define SKY_TYPE_ROSTER_DEED_ITEM (sky_roster_deed_item_get_type ())
G_DECLARE_FINAL_TYPE (SkyRosterDeedItem, sky_roster_deed_item, SKY, ROSTER_DEED_ITEM, GObject)

const SkyRosterDeed *sky_roster_deed_item_get (SkyRosterDeedItem *self);

/* The newest deeds that have to do with a choice, the newest first: a list of SkyRosterDeedItem. */
#define SKY_TYPE_ROSTER_DEEDS (sky_roster_deeds_get_type ())
G_DECLARE_FINAL_TYPE (SkyRosterDeeds, sky_roster_deeds, SKY, ROSTER_DEEDS, GObject)

SkyRosterDeeds *sky_roster_deeds_new (SkyRoster *roster);
gboolean        sky_roster_deeds_show (SkyRosterDeeds *self, const SkyRosterChoice *choice);

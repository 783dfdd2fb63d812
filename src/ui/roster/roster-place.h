#pragma once

#include "peer/roster/roster.h"

typedef enum
{
  SKY_ROSTER_LEVEL_SPACES,
  SKY_ROSTER_LEVEL_ROOMS, /* and sockets that are in none */
  SKY_ROSTER_LEVEL_SOCKETS,
  SKY_ROSTER_LEVEL_ALL_SOCKETS,
} SkyRosterLevel;

/* One level of a roster, and what of it is to be seen. */
typedef struct
{
  SkyRoster     *roster;
  SkyRosterLevel level;
  char          *nsp, *room; /* nullable: whose level it is */
  char          *words;      /* nullable: casefolded; a part of a name that must occur */
  gboolean       private;    /* rooms that are a socket's own, too */
} SkyRosterPlace;

GPtrArray *sky_roster_place_collect (const SkyRosterPlace *self);

#pragma once

#include <glib.h>

/* Where a server is found, as a person types it into its bar: an address to listen on, a port, a path. */
typedef enum
{
  SKY_HOST_PLACE_BIND,
  SKY_HOST_PLACE_PORT,
  SKY_HOST_PLACE_PATH,
  SKY_N_HOST_PLACES,
} SkyHostPlace;

const char *sky_host_place_get_member (SkyHostPlace place);
char       *sky_host_place_check (SkyHostPlace place, const char *text, char **json);

#pragma once

#include "peer/client/client.h"

/* Which transports a connection went through: kept beside the client, whether or not anyone looks. */
void        sky_transport_way_watch (SkyClient *client);
const char *sky_transport_way_get (SkyClient *client);

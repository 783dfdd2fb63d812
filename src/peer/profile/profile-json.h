#pragma once

#include <json-glib/json-glib.h>

#include "peer/profile/profile.h"

void        sky_profile_to_json (const SkyProfile *self, JsonObject *into);
SkyProfile *sky_profile_from_json (JsonObject *from);

#pragma once

#include <json-glib/json-glib.h>

#include "base/secret.h"
#include "peer/profile/profile.h"

/*
 * What of a profile is nobody else's business: it stays out of plain files. Each has a name, which
 * may be written there: "auth", "auth /chat", "user", "header Authorization", "cookie sid",
 * "query token", "url", "proxy", "admin password"; of several that would have the same one, "cookie sid#2".
 */
#define SKY_SECRET_ADMIN "admin password" /* the one that a connection can do without */

SkyProfile *sky_profile_split (const SkyProfile *self, JsonObject **secrets);
GStrv       sky_profile_join (SkyProfile *self, const char *const *names, JsonObject *secrets);

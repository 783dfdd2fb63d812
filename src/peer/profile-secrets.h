#pragma once

#include <json-glib/json-glib.h>

#include "peer/profile.h"

/*
 * What of a profile is nobody else's business: it stays out of plain files. Each has a name, which
 * may be written there: "auth", "auth /chat", "user", "header Authorization", "cookie sid",
 * "query token", "url", "proxy"; of several that would have the same one, "cookie sid#2".
 */
SkyProfile *sky_profile_split (const SkyProfile *self, JsonObject **secrets);
GStrv       sky_profile_join (SkyProfile *self, const char *const *names, JsonObject *secrets);

gboolean sky_secret_header (const char *name);
gboolean sky_secret_query (const char *name);
char    *sky_secret_blank_url (const char *url);

#pragma once

#include <glib.h>

gboolean sky_secret_header (const char *name);
gboolean sky_secret_query (const char *name);
char    *sky_secret_blank_url (const char *url);

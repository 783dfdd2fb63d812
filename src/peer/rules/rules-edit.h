#pragma once

#include <glib.h>

/* Changes single values of a rules file where they lie: its other bytes stay as a person wrote them. */

gboolean sky_rules_edit_is_blank (const char *text);
char    *sky_rules_edit_server (const char *text, const char *member, const char *json, GError **error);
char    *sky_rules_edit_find_server (const char *text, const char *member);

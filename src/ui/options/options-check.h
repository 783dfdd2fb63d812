#pragma once

#include <glib.h>

/* Whether what a person typed can be said to a server: NULL, or a sentence (transfer full) that says what is wrong. */
typedef char *(*SkyOptionsCheck) (const char *name, const char *value);

char *sky_options_check_header (const char *name, const char *value);
char *sky_options_check_cookie (const char *name, const char *value);
char *sky_options_check_query (const char *name, const char *value);
char *sky_options_check_namespace (const char *name, const char *auth);
char *sky_options_check_reply (const char *event, const char *args);
char *sky_options_check_auth (const char *text);
char *sky_options_check_path (const char *text);
char *sky_options_check_line (const char *text);
char *sky_options_check_subprotocols (const char *text);
char *sky_options_check_file (const char *path);
char *sky_options_check_proxy (const char *text);

#pragma once

#include <glib.h>

char *sky_redact_admin (const char *text, gsize len, gsize *out_len);
char *sky_redact_admin_event (const char *event, const char *args);

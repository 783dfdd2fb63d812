#pragma once

#include <glib.h>

/* Lines of a head that is written: what a person said never adds one. */
gboolean sky_http_line_value_fits (const char *value);
gsize    sky_http_line_name_len (const char *line);
gboolean sky_http_line_is (const char *line, const char *name);
void     sky_http_line_append_target (GString *head, const char *target);

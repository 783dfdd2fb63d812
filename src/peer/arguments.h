#pragma once

#include <gio/gio.h>

/* What a person writes as an event or an ack: its name, and its arguments as JSON, separated by commas. */
const char *sky_arguments_event_problem (const char *event);
char       *sky_arguments_prepare (const char *args, GPtrArray *attachments, GError **error);

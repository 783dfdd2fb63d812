#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/* A list that the program keeps for a person: a file of JSON, an array of objects. */
JsonArray  *sky_state_file_load (const char *path, gsize max_len);
gboolean    sky_state_file_save (const char *path, JsonBuilder *builder, GError **error);
const char *sky_state_file_get_string (JsonObject *object, const char *name);
gint64      sky_state_file_get_int (JsonObject *object, const char *name);
void        sky_state_file_add_string (JsonBuilder *builder, const char *name, const char *value);
void        sky_state_file_add_int (JsonBuilder *builder, const char *name, gint64 value);

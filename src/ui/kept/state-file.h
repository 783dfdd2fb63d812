#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

typedef gboolean (*SkyStateFileCheck) (JsonNode *root);

/* What the program keeps for a person: a file of JSON, an array of objects or an object with such an array. */
JsonNode   *sky_state_file_load_root (const char *path, gsize max_len, SkyStateFileCheck is_ours, char **aside);
JsonArray  *sky_state_file_load (const char *path, gsize max_len);
const char *sky_state_file_get_string (JsonObject *object, const char *name);
gint64      sky_state_file_get_int (JsonObject *object, const char *name);
void        sky_state_file_add_string (JsonBuilder *builder, const char *name, const char *value);
void        sky_state_file_add_int (JsonBuilder *builder, const char *name, gint64 value);

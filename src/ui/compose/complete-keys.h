#pragma once

#include <gtksourceview/gtksource.h>

/**
 * SkyCompleteKeysFunc:
 * @arg: position of an argument
 * @path: see sky_shape_keys()
 *
 * Returns: (transfer full) (nullable): the keys that an object there usually has
 */
typedef GStrv (*SkyCompleteKeysFunc) (gpointer user_data, guint arg, const char *const *path);

/* Suggests names of members where arguments are written. */
#define SKY_TYPE_COMPLETE_KEYS (sky_complete_keys_get_type ())
G_DECLARE_FINAL_TYPE (SkyCompleteKeys, sky_complete_keys, SKY, COMPLETE_KEYS, GObject)

SkyCompleteKeys *sky_complete_keys_new (SkyCompleteKeysFunc func, gpointer user_data);
void             sky_complete_keys_attach (SkyCompleteKeys *self, GtkSourceView *view);
void             sky_complete_keys_stop (SkyCompleteKeys *self);

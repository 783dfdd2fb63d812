#pragma once

#include <gtk/gtk.h>

#include "ui/options/options-check.h"

/**
 * SkyOptionsTable:
 *
 * Lines of a name and a value, to be written over; there is always an empty one at the end.
 * Signal "changed".
 */
#define SKY_TYPE_OPTIONS_TABLE (sky_options_table_get_type ())
G_DECLARE_FINAL_TYPE (SkyOptionsTable, sky_options_table, SKY, OPTIONS_TABLE, GtkWidget)

GtkWidget *sky_options_table_new (const char *name, const char *value, const char *name_hint, const char *value_hint,
                                  SkyOptionsCheck check);
void       sky_options_table_set (SkyOptionsTable *self, const char *const *items, const char *separator);
GStrv      sky_options_table_get (SkyOptionsTable *self, const char *separator);
void       sky_options_table_set_columns (SkyOptionsTable *self, const char *const *names, const char *const *values);
void       sky_options_table_get_columns (SkyOptionsTable *self, GStrv *names, GStrv *values);
gboolean   sky_options_table_check (SkyOptionsTable *self);

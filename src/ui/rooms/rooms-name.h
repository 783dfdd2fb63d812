#pragma once

#include <gtk/gtk.h>

/**
 * SkyRoomsName:
 *
 * The name in a row of the tree: a glyph (of sockets only), the name, and something of less weight beside it, which
 * is the first to be cut off. It is always of the same size: to measure labels, of which 200 rows have many, would
 * take longer than a frame has.
 */
#define SKY_TYPE_ROOMS_NAME (sky_rooms_name_get_type ())
G_DECLARE_FINAL_TYPE (SkyRoomsName, sky_rooms_name, SKY, ROOMS_NAME, GtkWidget)

GtkWidget *sky_rooms_name_new (void);
void       sky_rooms_name_set_text (SkyRoomsName *self, const char *name, const char *aside, gboolean heading);
void       sky_rooms_name_set_glyph (SkyRoomsName *self, const char *glyph, const GdkRGBA *color);

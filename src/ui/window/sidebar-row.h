#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/* One peer in the sidebar; the first of a section carries the section's heading above it. */
#define SKY_TYPE_SIDEBAR_ROW (sky_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (SkySidebarRow, sky_sidebar_row, SKY, SIDEBAR_ROW, GtkWidget)

GtkWidget *sky_sidebar_row_new (void);
SkyPeer   *sky_sidebar_row_get_peer (SkySidebarRow *self);
void       sky_sidebar_row_set_peer (SkySidebarRow *self, SkyPeer *peer);
void       sky_sidebar_row_set_heading (SkySidebarRow *self, const char *heading);
void       sky_sidebar_row_count (SkySidebarRow *self);

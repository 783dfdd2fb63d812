#pragma once

#include <gtk/gtk.h>

#include "ui/kept/recent.h"

/* One thing that was open before: its name, what it is, when, and what a click does. */
#define SKY_TYPE_RECENT_ROW (sky_recent_row_get_type ())
G_DECLARE_FINAL_TYPE (SkyRecentRow, sky_recent_row, SKY, RECENT_ROW, GtkListBoxRow)

GtkWidget *sky_recent_row_new (const SkyRecentEntry *entry);

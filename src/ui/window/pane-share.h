#pragma once

#include <gtk/gtk.h>

/* Where a person left the handle between two panes; see the settings for the keys. */
int  sky_pane_share_get (const char *key, int total, int percent);
void sky_pane_share_keep (const char *key, int part, int total);

#pragma once

#include <gtk/gtk.h>

/* A stretch of a longer time, in the text colour of its style. */
#define SKY_TYPE_WATERFALL_BAR (sky_waterfall_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyWaterfallBar, sky_waterfall_bar, SKY, WATERFALL_BAR, GtkWidget)

GtkWidget *sky_waterfall_bar_new (double start, double len);

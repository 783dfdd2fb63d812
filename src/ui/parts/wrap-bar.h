#pragma once

#include <gtk/gtk.h>

/* Two widgets beside each other where there is room, else one below the other. */
#define SKY_TYPE_WRAP_BAR (sky_wrap_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyWrapBar, sky_wrap_bar, SKY, WRAP_BAR, GtkWidget)

GtkWidget *sky_wrap_bar_new (void);

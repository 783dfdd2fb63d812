#pragma once

#include <gtk/gtk.h>

#define SKY_SPARKLINE_LEN 60 /* values */

/* The last minute as small bars, one a second, the newest at the end. */
#define SKY_TYPE_SPARKLINE (sky_sparkline_get_type ())
G_DECLARE_FINAL_TYPE (SkySparkline, sky_sparkline, SKY, SPARKLINE, GtkWidget)

void   sky_sparkline_push (SkySparkline *self, double value);
void   sky_sparkline_clear (SkySparkline *self);
double sky_sparkline_get_max (SkySparkline *self);

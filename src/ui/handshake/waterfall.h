#pragma once

#include <gtk/gtk.h>

#include "trace/handshake.h"

/* The phases of a handshake below each other, each as a bar where and as long as it was. */
#define SKY_TYPE_WATERFALL (sky_waterfall_get_type ())
G_DECLARE_FINAL_TYPE (SkyWaterfall, sky_waterfall, SKY, WATERFALL, GtkWidget)

GtkWidget *sky_waterfall_new (void);
void       sky_waterfall_set_handshake (SkyWaterfall *self, const SkyHandshake *handshake);

#pragma once

#include <gtk/gtk.h>

/**
 * SkyLayerSwitch:
 *
 * Linked buttons that say which layers of the cake are shown. Signal "changed" is emitted when a
 * person presses one.
 */
#define SKY_TYPE_LAYER_SWITCH (sky_layer_switch_get_type ())
G_DECLARE_FINAL_TYPE (SkyLayerSwitch, sky_layer_switch, SKY, LAYER_SWITCH, GtkWidget)

guint sky_layer_switch_get_layers (SkyLayerSwitch *self);
void  sky_layer_switch_show_all (SkyLayerSwitch *self);
void  sky_layer_switch_set_kind (SkyLayerSwitch *self, gboolean socket_io);

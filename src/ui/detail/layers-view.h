#pragma once

#include <gtk/gtk.h>

#include "trace/detail-tree.h"

/* The cake of one record as a tree above its bytes: a chosen field lights them, and the reverse. */
#define SKY_TYPE_LAYERS_VIEW (sky_layers_view_get_type ())
G_DECLARE_FINAL_TYPE (SkyLayersView, sky_layers_view, SKY, LAYERS_VIEW, GtkWidget)

GtkWidget *sky_layers_view_new (void);
void       sky_layers_view_set_tree (SkyLayersView *self, SkyDetailTree *tree);

#pragma once

#include <gtk/gtk.h>

#include "trace/store.h"

/* One record, looked at closely: Layers, Payload, Bytes, Explain. */
#define SKY_TYPE_DETAIL_PANE (sky_detail_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkyDetailPane, sky_detail_pane, SKY, DETAIL_PANE, GtkWidget)

GtkWidget *sky_detail_pane_new (void);
void       sky_detail_pane_set_record (SkyDetailPane *self, SkyStore *store, guint32 number);

#pragma once

#include <gtk/gtk.h>

#include "trace/store.h"

/* What a record and its attachments carry: JSON, text, a picture, bytes. */
#define SKY_TYPE_PAYLOAD_VIEW (sky_payload_view_get_type ())
G_DECLARE_FINAL_TYPE (SkyPayloadView, sky_payload_view, SKY, PAYLOAD_VIEW, GtkWidget)

GtkWidget *sky_payload_view_new (void);
void       sky_payload_view_set_record (SkyPayloadView *self, SkyStore *store, guint32 number);

#pragma once

#include <gtk/gtk.h>

#include "trace/store.h"

/* What one record means, in plain words. */
#define SKY_TYPE_EXPLAIN_VIEW (sky_explain_view_get_type ())
G_DECLARE_FINAL_TYPE (SkyExplainView, sky_explain_view, SKY, EXPLAIN_VIEW, GtkWidget)

GtkWidget *sky_explain_view_new (void);
void       sky_explain_view_set_record (SkyExplainView *self, SkyStore *store, guint32 number);

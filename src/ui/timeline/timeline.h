#pragma once

#include <gtk/gtk.h>

#include "trace/store.h"

/**
 * SkyTimeline:
 *
 * The records of one trace as a table, with layer switches and a filter.
 *
 * Signals: "record-selected" (guint number): a record was chosen, or SKY_RECORD_NONE;
 * "record-activated" (guint number): Enter or a double click on it.
 */
#define SKY_TYPE_TIMELINE (sky_timeline_get_type ())
G_DECLARE_FINAL_TYPE (SkyTimeline, sky_timeline, SKY, TIMELINE, GtkWidget)

GtkWidget *sky_timeline_new (void);
void       sky_timeline_set_store (SkyTimeline *self, SkyStore *store);
void       sky_timeline_set_kind (SkyTimeline *self, gboolean socket_io);
void       sky_timeline_hide_namespace (SkyTimeline *self, const char *nsp);
void       sky_timeline_focus_filter (SkyTimeline *self);

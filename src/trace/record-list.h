#pragma once

#include "trace/record-filter.h"
#include "trace/row.h"

/**
 * SkyRecordList:
 *
 * A GListModel of SkyRow over a store: the records that a filter lets through. Rows are made on
 * demand. New records are announced by sky_record_list_catch_up() in one items-changed: the view
 * calls it once a frame. Filtering a large store goes on in slices of the main loop.
 */
#define SKY_TYPE_RECORD_LIST (sky_record_list_get_type ())
G_DECLARE_FINAL_TYPE (SkyRecordList, sky_record_list, SKY, RECORD_LIST, GObject)

SkyRecordList *sky_record_list_new (SkyStore *store);
void           sky_record_list_set_filter (SkyRecordList *self, SkyRecordFilter *filter);
gboolean       sky_record_list_catch_up (SkyRecordList *self);
guint          sky_record_list_get_n_hidden (SkyRecordList *self);
guint          sky_record_list_find (SkyRecordList *self, guint32 number);
gint64         sky_record_list_get_delta_usec (SkyRecordList *self, guint position);

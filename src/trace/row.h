#pragma once

#include "trace/store.h"

/**
 * SkyRow:
 *
 * One record as a list shows it; made when it comes into view. Its texts are decoded from the
 * store once, and again when the record is amended ("changed" is emitted then).
 */
#define SKY_TYPE_ROW (sky_row_get_type ())
G_DECLARE_FINAL_TYPE (SkyRow, sky_row, SKY, ROW, GObject)

guint32           sky_row_get_number (SkyRow *self);
SkyStore         *sky_row_get_store (SkyRow *self);
const SkyRecord  *sky_row_get_record (SkyRow *self);
const SkySummary *sky_row_get_summary (SkyRow *self);
gboolean          sky_row_is_in (SkyRow *self);
char             *sky_row_format_time (SkyRow *self);
char             *sky_row_format_size (SkyRow *self);
char             *sky_row_format_ack (SkyRow *self);
gboolean          sky_row_is_unheard (SkyRow *self);
char             *sky_row_format_faults (SkyRow *self);
char             *sky_row_format_spoken (SkyRow *self);

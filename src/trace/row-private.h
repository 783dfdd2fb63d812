#pragma once

#include "trace/row.h"

SkyRow *sky_row_new (SkyStore *store, guint32 number, GHashTable *live);
void    sky_row_refresh (SkyRow *self);

/* For rows and exports alike: what a record's mate and the record below say of it. */
gint64  sky_row_latency_usec (SkyStore *store, const SkyRecord *record);
guint32 sky_row_wire_len (SkyStore *store, const SkyRecord *record);

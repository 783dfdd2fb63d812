#pragma once

#include <gtk/gtk.h>

#include "trace/record-list.h"

/* The columns of the timeline, in the order of the table. */
typedef enum
{
  SKY_COLUMN_NUMBER,
  SKY_COLUMN_TIME,
  SKY_COLUMN_DELTA,
  SKY_COLUMN_DIRECTION,
  SKY_COLUMN_LAYER,
  SKY_COLUMN_NAMESPACE,
  SKY_COLUMN_EVENT,
  SKY_COLUMN_DATA,
  SKY_COLUMN_SIZE,
  SKY_N_COLUMNS,
} SkyColumn;

void     sky_timeline_columns_add (GtkColumnView *view);
void     sky_timeline_columns_fit (GtkColumnView *view, int width, gboolean socket_io,
                                   guint32 n_records);
void     sky_timeline_columns_speak (GtkColumnView *view);
gboolean sky_timeline_columns_pick (GtkColumnView *view, double x, double y, guint *position);

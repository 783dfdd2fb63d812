#pragma once

#include "trace/store.h"

#define SKY_TRAFFIC_WINDOW 5 /* seconds that a rate is the mean of */

/**
 * SkyTraffic:
 *
 * What the strip tells of a trace, read from its records once a second: messages in and out,
 * and the last ack's latency.
 */
typedef struct
{
  SkyStore *store;   /* borrowed */
  guint32   n_read;   /* records that were looked at */
  guint     in, out;  /* messages in the last second */
  guint     ins[SKY_TRAFFIC_WINDOW], outs[SKY_TRAFFIC_WINDOW];
  guint     at;       /* where in them the next second goes */
  gint64    ack_usec; /* latency of the last ack, -1 if there was none */
} SkyTraffic;

void   sky_traffic_init (SkyTraffic *self, SkyStore *store);
void   sky_traffic_read (SkyTraffic *self, gboolean tick);
double sky_traffic_get_rate (SkyTraffic *self, gboolean in);

#include "ui/link/traffic.h"

#include <string.h>

/* A page that was out of sight catches up with no more than these: its rates are of now. */
#define MAX_BEHIND 200000

/**
 * sky_traffic_init:
 * @store: must outlive @self
 */
void
sky_traffic_init (SkyTraffic *self, SkyStore *store)
{
  memset (self, 0, sizeof *self);
  self->store = store;
  self->ack_usec = -1;
}

/* What a person would call a message: the topmost record of its bytes, and no heartbeat. */
static gboolean
is_message (const SkyRecord *record)
{
  if (record->flags & SKY_RECORD_COVERED)
    return FALSE;
  switch ((int) record->layer)
    {
    case SKY_LAYER_WS:
      return record->kind == SKY_KIND_TEXT || record->kind == SKY_KIND_BINARY;
    case SKY_LAYER_EIO:
      return record->kind == SKY_KIND_MESSAGE;
    default:
      return record->layer == SKY_LAYER_SIO;
    }
}

static void
read_record (SkyTraffic *self, const SkyRecord *record)
{
  const SkyRecord *asked;

  if (!is_message (record))
    return;
  if (sky_store_is_in (self->store, record))
    self->in++;
  else
    self->out++;
  if ((record->kind != SKY_KIND_ACK && record->kind != SKY_KIND_BINARY_ACK) || record->mate == SKY_RECORD_NONE)
    return;
  asked = sky_store_get_record (self->store, record->mate);
  if (asked != NULL)
    self->ack_usec = record->time_usec - asked->time_usec;
}

/**
 * sky_traffic_read:
 * @tick: a second has passed: what came in it becomes part of the rates
 *
 * Looks at the records that are new.
 */
void
sky_traffic_read (SkyTraffic *self, gboolean tick)
{
  guint32 n_records = sky_store_get_n_records (self->store);

  if (n_records - self->n_read > MAX_BEHIND && self->n_read > 0)
    self->n_read = n_records - MAX_BEHIND;
  for (; self->n_read < n_records; self->n_read++)
    {
      const SkyRecord *record = sky_store_get_record (self->store, self->n_read);

      if (record != NULL)
        read_record (self, record);
    }
  if (!tick)
    return;
  self->ins[self->at] = self->in;
  self->outs[self->at] = self->out;
  self->at = (self->at + 1) % SKY_TRAFFIC_WINDOW;
  self->in = self->out = 0;
}

/**
 * sky_traffic_get_rate:
 * @in: what came, else what went
 *
 * Returns: messages a second, over the last few
 */
double
sky_traffic_get_rate (SkyTraffic *self, gboolean in)
{
  const guint *seconds = in ? self->ins : self->outs;
  guint sum = 0;

  for (guint i = 0; i < SKY_TRAFFIC_WINDOW; i++)
    sum += seconds[i];
  return (double) sum / SKY_TRAFFIC_WINDOW;
}

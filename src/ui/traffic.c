#include "ui/traffic.h"

#include <glib/gi18n-lib.h>
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

/* A new dial begins where a name is resolved, or, for an address that needs none, where one connects. */
static void
read_step (SkyTraffic *self, const SkyRecord *record)
{
  switch ((int) record->kind)
    {
    case SKY_KIND_RESOLVE:
      if (self->name_usec == 0 || self->tcp_usec != 0)
        self->dial_usec = record->time_usec;
      self->name_usec = record->time_usec;
      self->tcp_usec = self->tls_usec = self->upgrade_usec = 0;
      break;
    case SKY_KIND_CONNECT_TCP:
      self->tcp_usec = record->time_usec;
      break;
    case SKY_KIND_HANDSHAKE:
      self->tls_usec = record->time_usec;
      break;
    default:
      break;
    }
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

  if (record->layer == SKY_LAYER_TCP || record->layer == SKY_LAYER_TLS)
    read_step (self, record);
  else if (record->layer == SKY_LAYER_UPGRADE && record->kind == SKY_KIND_RESPONSE)
    self->upgrade_usec = record->time_usec;
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

/**
 * sky_traffic_get_total_usec:
 *
 * Returns: from the begin of the latest dial to the end of its handshake, or -1 if that is not known
 */
gint64
sky_traffic_get_total_usec (SkyTraffic *self)
{
  if (self->dial_usec == 0 || self->upgrade_usec < self->dial_usec)
    return -1;
  return self->upgrade_usec - self->dial_usec;
}

static void
append_phase (GString *text, const char *name, gint64 begin_usec, gint64 end_usec)
{
  if (end_usec == 0 || begin_usec == 0 || end_usec < begin_usec)
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append_printf (text, "%s %.1f", name, (end_usec - begin_usec) / 1000.0);
}

/**
 * sky_traffic_format_phases:
 *
 * Returns: (transfer full): the steps of the latest dial in milliseconds, "dns 2.0 · tcp 9.1"
 */
char *
sky_traffic_format_phases (SkyTraffic *self)
{
  GString *text = g_string_new (NULL);
  gint64 line_usec = self->tls_usec != 0 ? self->tls_usec : self->tcp_usec;

  if (self->name_usec > self->dial_usec)
    append_phase (text, _("name"), self->dial_usec, self->name_usec);
  append_phase (text, "tcp", self->name_usec, self->tcp_usec);
  append_phase (text, "tls", self->tcp_usec, self->tls_usec);
  append_phase (text, _("upgrade"), line_usec, self->upgrade_usec);
  return g_string_free (text, FALSE);
}

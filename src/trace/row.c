#include "trace/row.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "trace/row-private.h"

#define SUMMARY_LEN 512 /* bytes of data that a row can show */
#define SPOKEN_LEN  120 /* characters of data that are read aloud */

struct _SkyRow
{
  GObject parent_instance;

  SkyStore   *store;
  GHashTable *live; /* nullable: number → row, of the list that made it */
  SkySummary  summary;
  guint32     number;
  gboolean    summarized;
};

G_DEFINE_FINAL_TYPE (SkyRow, sky_row, G_TYPE_OBJECT)

static guint changed_signal;

static void
sky_row_dispose (GObject *object)
{
  SkyRow *self = SKY_ROW (object);

  if (self->live != NULL
      && g_hash_table_lookup (self->live, GUINT_TO_POINTER (self->number)) == self)
    g_hash_table_remove (self->live, GUINT_TO_POINTER (self->number));
  g_clear_pointer (&self->live, g_hash_table_unref);
  G_OBJECT_CLASS (sky_row_parent_class)->dispose (object);
}

static void
sky_row_finalize (GObject *object)
{
  SkyRow *self = SKY_ROW (object);

  sky_summary_clear (&self->summary);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (sky_row_parent_class)->finalize (object);
}

static void
sky_row_class_init (SkyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_row_finalize;
  changed_signal = g_signal_new ("changed", SKY_TYPE_ROW, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_row_init (SkyRow *self)
{
}

/**
 * sky_row_new:
 * @number: of a record that @store has
 * @live: (nullable): number → row, where the row is found while it lives; not a reference
 *
 * Returns: (transfer full): a row
 */
SkyRow *
sky_row_new (SkyStore *store, guint32 number, GHashTable *live)
{
  SkyRow *self = g_object_new (SKY_TYPE_ROW, NULL);

  self->store = g_object_ref (store);
  self->number = number;
  if (live != NULL)
    {
      self->live = g_hash_table_ref (live);
      g_hash_table_insert (live, GUINT_TO_POINTER (number), self);
    }
  return self;
}

/**
 * sky_row_refresh:
 *
 * The record was amended: its texts are decoded again, and "changed" is emitted.
 */
void
sky_row_refresh (SkyRow *self)
{
  sky_summary_clear (&self->summary);
  self->summarized = FALSE;
  g_signal_emit (self, changed_signal, 0);
}

/**
 * sky_row_get_number:
 *
 * Returns: the record's number in its store, from 0; people see one more
 */
guint32
sky_row_get_number (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), SKY_RECORD_NONE);
  return self->number;
}

/**
 * sky_row_get_store:
 *
 * Returns: (transfer none): the trace
 */
SkyStore *
sky_row_get_store (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), NULL);
  return self->store;
}

/**
 * sky_row_get_record:
 *
 * Returns: (transfer none): the record
 */
const SkyRecord *
sky_row_get_record (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), NULL);
  return sky_store_get_record (self->store, self->number);
}

/**
 * sky_row_get_summary:
 *
 * Returns: (transfer none): what the record says, good until "changed"
 */
const SkySummary *
sky_row_get_summary (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), NULL);

  if (!self->summarized)
    {
      SkyBytesSource source = sky_store_get_source (self->store);

      sky_summary_make (&self->summary, self->number, &source, SUMMARY_LEN);
      self->summarized = TRUE;
    }
  return &self->summary;
}

/**
 * sky_row_is_in:
 *
 * Returns: see sky_store_is_in()
 */
gboolean
sky_row_is_in (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), FALSE);
  return sky_store_is_in (self->store, sky_row_get_record (self));
}

/**
 * sky_row_format_time:
 *
 * Returns: (transfer full): the local time of day with milliseconds
 */
char *
sky_row_format_time (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), NULL);
  return sky_clock_format_time (sky_row_get_record (self)->time_usec);
}

/**
 * sky_row_wire_len:
 *
 * A packet within a WebSocket message crossed the wire as that message's frame: its header counts.
 * Several packets that share an HTTP body are each as long as they are.
 *
 * Returns: bytes on the wire
 */
guint32
sky_row_wire_len (SkyStore *store, const SkyRecord *record)
{
  const SkyRecord *below = record;

  while (below != NULL && below->parent != SKY_RECORD_NONE)
    below = sky_store_get_record (store, below->parent);
  return below != NULL && below->layer == SKY_LAYER_WS ? below->len : record->len;
}

static char *
format_len (guint32 len)
{
  if (len < 1000)
    /* Translators: bytes; B, kB and MB are units */
    return g_strdup_printf (_("%u B"), len);
  if (len < 1000000)
    return g_strdup_printf (_("%.1f kB"), len / 1e3);
  return g_strdup_printf (_("%.1f MB"), len / 1e6);
}

/**
 * sky_row_format_size:
 *
 * Returns: (transfer full): bytes on the wire with a unit (1 kB = 1000 B); "" if there are none
 */
char *
sky_row_format_size (SkyRow *self)
{
  guint32 len;

  g_return_val_if_fail (SKY_IS_ROW (self), NULL);

  len = sky_row_wire_len (self->store, sky_row_get_record (self));
  return len > 0 ? format_len (len) : g_strdup ("");
}

/**
 * sky_row_latency_usec:
 *
 * Returns: microseconds between an event and its ack, asked of either; -1 if there is no such pair
 */
gint64
sky_row_latency_usec (SkyStore *store, const SkyRecord *record)
{
  const SkyRecord *mate = sky_store_get_record (store, record->mate);

  if (mate == NULL || record->layer != SKY_LAYER_SIO || mate->layer != SKY_LAYER_SIO)
    return -1;
  return ABS (record->time_usec - mate->time_usec);
}

/**
 * sky_row_is_unheard:
 *
 * Returns: whether it is an event that no rule of a host answers
 */
gboolean
sky_row_is_unheard (SkyRow *self)
{
  const SkyRecord *record, *mate;

  g_return_val_if_fail (SKY_IS_ROW (self), FALSE);

  record = sky_row_get_record (self);
  mate = sky_store_get_record (self->store, record->mate);
  return record->layer == SKY_LAYER_SIO && mate != NULL && mate->layer == SKY_LAYER_NOTE
         && mate->kind == SKY_KIND_NO_LISTENER;
}

/**
 * sky_row_format_ack:
 *
 * Returns: (transfer full): how an event and its ack found each other; "" where no ack is asked for
 */
char *
sky_row_format_ack (SkyRow *self)
{
  const SkyRecord *record;
  g_autofree char *span = NULL;
  gint64 latency_usec;

  g_return_val_if_fail (SKY_IS_ROW (self), NULL);

  if (sky_row_is_unheard (self))
    return g_strdup (_("no rule answers it"));
  record = sky_row_get_record (self);
  latency_usec = sky_row_latency_usec (self->store, record);
  if (latency_usec < 0)
    {
      if (!(record->flags & SKY_RECORD_ASKS))
        return g_strdup ("");
      return g_strdup (record->flags & SKY_RECORD_GIVEN_UP ? _("no ack in time")
                                                           : _("waiting for ack"));
    }
  span = sky_clock_format_span (latency_usec);
  if (record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK)
    /* Translators: an ack: of the event in row 5 · so long after it */
    return g_strdup_printf (_("of #%u · %s"), record->mate + 1, span);
  return g_strdup_printf (_("ack in %s"), span);
}

static char *
join_faults (const SkyRecord *record, const char *separator)
{
  const SkyFaultInfo *table = sky_layer_faults (record->layer);
  GString *text = g_string_new (NULL);

  for (const SkyFaultInfo *fault = NULL;
       (fault = sky_fault_next (table, record->faults, fault)) != NULL;)
    g_string_append_printf (text, "%s%s", text->len > 0 ? separator : "", _(fault->text));
  return g_string_free (text, FALSE);
}

/**
 * sky_row_format_faults:
 *
 * Returns: (transfer full): the rules that the record breaks, a sentence a line; "" if none
 */
char *
sky_row_format_faults (SkyRow *self)
{
  g_return_val_if_fail (SKY_IS_ROW (self), NULL);
  return join_faults (sky_row_get_record (self), "\n");
}

static const char *
spoken_direction (SkyRow *self, const SkyRecord *record)
{
  const SkyStoreLink *link = sky_store_get_link (self->store, record->link);

  if (link != NULL && link->role == SKY_ROLE_RELAY)
    return record->from == SKY_FROM_CLIENT ? _("from the client") : _("from the server");
  /* Translators: for a screen reader: a packet that was received, or sent */
  return sky_row_is_in (self) ? _("received") : _("sent");
}

static char *
spoken_what (const SkyRecord *record, const SkySummary *summary)
{
  const char *title = sky_layer_title (record->layer);
  const char *event = summary->event != NULL ? summary->event : sky_kind_id (record->kind);

  if (record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT)
    /* Translators: for a screen reader: Socket.IO event chat */
    return g_strdup_printf (_("%s event %s"), title, event);
  return g_strdup_printf ("%s %s", title, event);
}

static void
say (GString *sentence, const char *text)
{
  if (text == NULL || text[0] == '\0')
    return;
  g_string_append_printf (sentence, "%s%s", sentence->len > 0 ? ", " : "", text);
}

/**
 * sky_row_format_spoken:
 *
 * Returns: (transfer full): the whole row as one sentence, for who hears it
 */
char *
sky_row_format_spoken (SkyRow *self)
{
  const SkyRecord *record;
  const SkySummary *summary;
  GString *sentence;
  g_autofree char *what = NULL;
  g_autofree char *ack = NULL;
  g_autofree char *faults = NULL;
  g_autofree char *data = NULL;

  g_return_val_if_fail (SKY_IS_ROW (self), NULL);

  record = sky_row_get_record (self);
  summary = sky_row_get_summary (self);
  sentence = g_string_new (record->layer == SKY_LAYER_NOTE ? "" : spoken_direction (self, record));
  what = spoken_what (record, summary);
  ack = sky_row_format_ack (self);
  faults = join_faults (record, "; ");
  say (sentence, what);
  if (summary->nsp != NULL && g_strcmp0 (summary->nsp, "/") != 0)
    {
      g_autofree char *nsp = g_strdup_printf (_("namespace %s"), summary->nsp);

      say (sentence, nsp);
    }
  if (summary->data != NULL)
    data = sky_utf8_shorten (summary->data, SPOKEN_LEN, "");
  say (sentence, data);
  if (sky_row_is_unheard (self))
    say (sentence, _("no listener"));
  say (sentence, ack);
  say (sentence, faults);
  return g_string_free (sentence, FALSE);
}

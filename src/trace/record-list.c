#include "trace/record-list.h"

#include "trace/record-filter-private.h"
#include "trace/row-private.h"

#define SLICE_USEC   4000 /* filtering holds the main loop for so long at a time */
#define SLICE_STEP   256  /* records between two looks at the clock */

struct _SkyRecordList
{
  GObject parent_instance;

  SkyStore        *store;
  SkyRecordFilter *filter; /* nullable: all records are shown */
  GHashTable      *live;   /* number → SkyRow; the rows take themselves out */
  GArray          *shown;  /* nullable: of guint32, the numbers that @filter lets through */
  GArray          *late;   /* of guint32, amended since they were hidden */
  guint32          n_scanned;   /* records that @filter has judged */
  guint            n_hidden;    /* … and hides for their namespace alone */
  guint            n_announced; /* rows that the model says it has */
  guint            slice_source;
};

static void sky_record_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    SkyRecordList, sky_record_list, G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sky_record_list_model_init))

static GType
sky_record_list_get_item_type (GListModel *model)
{
  return SKY_TYPE_ROW;
}

static guint
sky_record_list_get_n_items (GListModel *model)
{
  return SKY_RECORD_LIST (model)->n_announced;
}

static guint32
number_at (SkyRecordList *self, guint position)
{
  return self->shown != NULL ? g_array_index (self->shown, guint32, position) : position;
}

static gpointer
sky_record_list_get_item (GListModel *model, guint position)
{
  SkyRecordList *self = SKY_RECORD_LIST (model);
  guint32 number;
  SkyRow *row;

  if (position >= self->n_announced)
    return NULL;
  number = number_at (self, position);
  row = g_hash_table_lookup (self->live, GUINT_TO_POINTER (number));
  return row != NULL ? g_object_ref (row) : sky_row_new (self->store, number, self->live);
}

static void
sky_record_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = sky_record_list_get_item_type;
  iface->get_n_items = sky_record_list_get_n_items;
  iface->get_item = sky_record_list_get_item;
}

/* Where @number is among those shown, or would be. */
static guint
search (SkyRecordList *self, guint32 number)
{
  guint low = 0, high = self->shown->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->shown, guint32, middle) < number)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static void
on_amended (SkyStore *store, guint number, gpointer user_data)
{
  SkyRecordList *self = user_data;
  SkyRow *row = g_hash_table_lookup (self->live, GUINT_TO_POINTER (number));

  if (row != NULL)
    {
      g_autoptr(SkyRow) held = g_object_ref (row);

      sky_row_refresh (held);
    }
  if (self->shown == NULL || number >= self->n_scanned)
    return;
  if (self->late->len == 0 || g_array_index (self->late, guint32, self->late->len - 1) != number)
    g_array_append_vals (self->late, &(guint32) { number }, 1);
}

static void
sky_record_list_dispose (GObject *object)
{
  SkyRecordList *self = SKY_RECORD_LIST (object);

  g_clear_handle_id (&self->slice_source, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  G_OBJECT_CLASS (sky_record_list_parent_class)->dispose (object);
}

static void
sky_record_list_finalize (GObject *object)
{
  SkyRecordList *self = SKY_RECORD_LIST (object);

  g_clear_pointer (&self->filter, sky_record_filter_unref);
  g_clear_pointer (&self->live, g_hash_table_unref);
  g_clear_pointer (&self->shown, g_array_unref);
  g_clear_pointer (&self->late, g_array_unref);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (sky_record_list_parent_class)->finalize (object);
}

static void
sky_record_list_class_init (SkyRecordListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_record_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_record_list_finalize;
}

static void
sky_record_list_init (SkyRecordList *self)
{
  self->live = g_hash_table_new (NULL, NULL);
  self->late = g_array_new (FALSE, FALSE, sizeof (guint32));
}

static void
take (SkyRecordList *self, guint32 number)
{
  SkyVerdict verdict = sky_record_filter_judge (self->filter, self->store, number);

  if (verdict == SKY_VERDICT_SHOWN)
    g_array_append_val (self->shown, number);
  else if (verdict == SKY_VERDICT_HIDDEN)
    self->n_hidden++;
}

/* Judges records for one slice of time. Returns: whether all of them are judged */
static gboolean
scan (SkyRecordList *self, guint32 n_records)
{
  gint64 deadline_usec = g_get_monotonic_time () + SLICE_USEC;

  while (self->n_scanned < n_records)
    {
      guint32 end = self->n_scanned + MIN (SLICE_STEP, n_records - self->n_scanned);

      for (guint32 number = self->n_scanned; number < end; number++)
        take (self, number);
      self->n_scanned = end;
      if (g_get_monotonic_time () >= deadline_usec)
        break;
    }
  return self->n_scanned == n_records;
}

/* Takes in what was hidden, was amended, and is to be shown now. Returns: how many rows came in */
static guint
insert_late (SkyRecordList *self, guint *first)
{
  guint n_inserted = 0;

  *first = G_MAXUINT;
  for (guint i = 0; i < self->late->len; i++)
    {
      guint32 number = g_array_index (self->late, guint32, i);
      guint at = search (self, number);

      if (at < self->shown->len && number_at (self, at) == number)
        continue;
      if (!sky_record_filter_match (self->filter, self->store, number))
        continue;
      g_array_insert_val (self->shown, at, number);
      *first = MIN (*first, at);
      n_inserted++;
    }
  g_array_set_size (self->late, 0);
  return n_inserted;
}

static void
announce_end (SkyRecordList *self, guint n_items)
{
  guint before = self->n_announced;

  self->n_announced = n_items;
  if (n_items > before)
    g_list_model_items_changed (G_LIST_MODEL (self), before, 0, n_items - before);
}

static gboolean on_slice (gpointer user_data);

/* Goes on filtering, and announces what that brought. */
static void
advance (SkyRecordList *self, guint32 n_records)
{
  guint before = self->n_announced, first, n_inserted = insert_late (self, &first);

  if (n_inserted > 0)
    {
      /* Those behind @first may have moved; they keep their objects, so a selection holds. */
      guint n_moved = n_inserted == 1 ? 0 : before - first;

      self->n_announced += n_inserted;
      g_list_model_items_changed (G_LIST_MODEL (self), first, n_moved, n_moved + n_inserted);
    }
  if (!scan (self, n_records) && self->slice_source == 0)
    self->slice_source = g_idle_add_full (G_PRIORITY_LOW, on_slice, self, NULL);
  announce_end (self, self->shown->len);
}

static gboolean
on_slice (gpointer user_data)
{
  SkyRecordList *self = user_data;

  self->slice_source = 0;
  advance (self, sky_store_get_n_records (self->store));
  return G_SOURCE_REMOVE;
}

/**
 * sky_record_list_new:
 * @store: the trace; the list keeps it alive
 *
 * Returns: (transfer full): all records so far, as rows
 */
SkyRecordList *
sky_record_list_new (SkyStore *store)
{
  SkyRecordList *self;

  g_return_val_if_fail (SKY_IS_STORE (store), NULL);

  self = g_object_new (SKY_TYPE_RECORD_LIST, NULL);
  self->store = g_object_ref (store);
  g_signal_connect (store, "amended", G_CALLBACK (on_amended), self);
  sky_record_list_catch_up (self);
  return self;
}

/**
 * sky_record_list_set_filter:
 * @filter: (nullable): which records to show; %NULL for all
 *
 * Judges what one slice of time allows at once, and the rest in slices of the main loop, oldest
 * first. A record that stops to match later stays until the next filter.
 */
void
sky_record_list_set_filter (SkyRecordList *self, SkyRecordFilter *filter)
{
  guint before;

  g_return_if_fail (SKY_IS_RECORD_LIST (self));

  before = self->n_announced;
  g_clear_handle_id (&self->slice_source, g_source_remove);
  g_clear_pointer (&self->filter, sky_record_filter_unref);
  g_clear_pointer (&self->shown, g_array_unref);
  g_array_set_size (self->late, 0);
  self->n_scanned = self->n_hidden = 0;
  if (filter != NULL && sky_record_filter_restricts (filter))
    {
      self->filter = sky_record_filter_ref (filter);
      self->shown = g_array_new (FALSE, FALSE, sizeof (guint32));
      if (!scan (self, sky_store_catch_up (self->store)))
        self->slice_source = g_idle_add_full (G_PRIORITY_LOW, on_slice, self, NULL);
      self->n_announced = self->shown->len;
    }
  else
    self->n_announced = sky_store_catch_up (self->store);
  if (before > 0 || self->n_announced > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->n_announced);
}

/**
 * sky_record_list_catch_up:
 *
 * Announces what is new, in one signal, or two if amended records come in between. The store says
 * "grew" again after this.
 *
 * Returns: whether there was anything new to show
 */
gboolean
sky_record_list_catch_up (SkyRecordList *self)
{
  guint before;
  guint32 n_records;

  g_return_val_if_fail (SKY_IS_RECORD_LIST (self), FALSE);

  before = self->n_announced;
  n_records = sky_store_catch_up (self->store);
  if (self->shown != NULL)
    advance (self, n_records);
  else
    announce_end (self, n_records);
  return self->n_announced != before;
}

/* Returns: how many records the filter hides for their namespace alone: see sky_record_filter_hide() */
guint
sky_record_list_get_n_hidden (SkyRecordList *self)
{
  return self->n_hidden;
}

/**
 * sky_record_list_find:
 * @number: of a record
 *
 * Returns: its position, or %G_MAXUINT if it is not shown
 */
guint
sky_record_list_find (SkyRecordList *self, guint32 number)
{
  guint at;

  g_return_val_if_fail (SKY_IS_RECORD_LIST (self), G_MAXUINT);

  at = self->shown != NULL ? search (self, number) : number;
  return at < self->n_announced && number_at (self, at) == number ? at : G_MAXUINT;
}

/**
 * sky_record_list_get_delta_usec:
 *
 * Returns: microseconds since the row before; 0 for the first
 */
gint64
sky_record_list_get_delta_usec (SkyRecordList *self, guint position)
{
  const SkyRecord *record, *previous;

  g_return_val_if_fail (SKY_IS_RECORD_LIST (self), 0);

  if (position == 0 || position >= self->n_announced)
    return 0;
  record = sky_store_get_record (self->store, number_at (self, position));
  previous = sky_store_get_record (self->store, number_at (self, position - 1));
  return record->time_usec - previous->time_usec;
}

#include "trace/handshake.h"

#include <glib/gi18n-lib.h>

#define MAX_RECORDS   64    /* of one connection's beginning */
#define MAX_LINKS     10000 /* a host may see many; the first ones are kept */
#define MAX_TEXT      4096  /* bytes of a note */
#define MAX_HEAD      65536 /* bytes */

typedef struct
{
  guint16  link;
  gboolean upgrade;
  GArray  *numbers; /* of guint32 */
} Beginning;

struct _SkyHandshakes
{
  SkyStore   *store;
  guint32     n_seen;     /* records looked at */
  GPtrArray  *beginnings; /* of Beginning, in order of their first record */
  GHashTable *by_link;    /* link + 1 → Beginning */
};

static void
beginning_free (gpointer data)
{
  Beginning *beginning = data;

  g_array_unref (beginning->numbers);
  g_free (beginning);
}

/**
 * sky_handshakes_new:
 * @store: the trace; kept alive
 *
 * Returns: (transfer full): an index that knows no record yet
 */
SkyHandshakes *
sky_handshakes_new (SkyStore *store)
{
  SkyHandshakes *self = g_new0 (SkyHandshakes, 1);

  self->store = g_object_ref (store);
  self->beginnings = g_ptr_array_new_with_free_func (beginning_free);
  self->by_link = g_hash_table_new (NULL, NULL);
  return self;
}

void
sky_handshakes_free (SkyHandshakes *self)
{
  g_hash_table_unref (self->by_link);
  g_ptr_array_unref (self->beginnings);
  g_object_unref (self->store);
  g_free (self);
}

static gboolean
belongs (const SkyRecord *record)
{
  if (record->layer == SKY_LAYER_NOTE)
    return record->kind == SKY_KIND_STATE || record->kind == SKY_KIND_ERROR;
  return record->layer == SKY_LAYER_UPGRADE || record->layer == SKY_LAYER_TLS
         || (record->layer == SKY_LAYER_TCP && record->kind != SKY_KIND_DATA
             && record->kind != SKY_KIND_END);
}

static gboolean
take (SkyHandshakes *self, guint32 number, const SkyRecord *record)
{
  Beginning *beginning = g_hash_table_lookup (self->by_link, GUINT_TO_POINTER (record->link + 1u));

  if (beginning == NULL)
    {
      if (self->beginnings->len >= MAX_LINKS)
        return FALSE;
      beginning = g_new0 (Beginning, 1);
      beginning->link = record->link;
      beginning->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_ptr_array_add (self->beginnings, beginning);
      g_hash_table_insert (self->by_link, GUINT_TO_POINTER (record->link + 1u), beginning);
    }
  if (beginning->numbers->len >= MAX_RECORDS)
    return FALSE;
  g_array_append_val (beginning->numbers, number);
  if (record->layer == SKY_LAYER_UPGRADE)
    beginning->upgrade = TRUE;
  return TRUE;
}

/**
 * sky_handshakes_catch_up:
 *
 * Looks at the records that came since the last time, all of them: only their layer is read.
 *
 * Returns: whether one of them belongs to a beginning
 */
gboolean
sky_handshakes_catch_up (SkyHandshakes *self)
{
  guint32 n_records = sky_store_get_n_records (self->store);
  gboolean found = FALSE;

  for (; self->n_seen < n_records; self->n_seen++)
    {
      const SkyRecord *record = sky_store_get_record (self->store, self->n_seen);

      if (belongs (record) && take (self, self->n_seen, record))
        found = TRUE;
    }
  return found;
}

/* Returns: how many connections have a beginning to show */
guint
sky_handshakes_get_n (SkyHandshakes *self)
{
  return self->beginnings->len;
}

guint16
sky_handshakes_get_link (SkyHandshakes *self, guint index)
{
  g_return_val_if_fail (index < self->beginnings->len, 0);

  return ((Beginning *) g_ptr_array_index (self->beginnings, index))->link;
}

/**
 * sky_handshakes_is_upgrade:
 *
 * Returns: whether an upgrade was asked for on that connection, so far
 */
gboolean
sky_handshakes_is_upgrade (SkyHandshakes *self, guint index)
{
  g_return_val_if_fail (index < self->beginnings->len, FALSE);

  return ((Beginning *) g_ptr_array_index (self->beginnings, index))->upgrade;
}

/**
 * sky_handshakes_get_newest:
 *
 * Returns: the newest connection that asked for an upgrade, else the newest of all; 0 if there
 *   is none
 */
guint
sky_handshakes_get_newest (SkyHandshakes *self)
{
  for (guint i = self->beginnings->len; i > 0; i--)
    if (((Beginning *) g_ptr_array_index (self->beginnings, i - 1))->upgrade)
      return i - 1;
  return MAX (self->beginnings->len, 1) - 1;
}

/**
 * sky_phase_title:
 *
 * Returns: (transfer none): what the waterfall calls it, translated
 */
const char *
sky_phase_title (SkyPhaseKind kind)
{
  switch (kind)
    {
    case SKY_PHASE_RESOLVE:
      return _("Name lookup");
    case SKY_PHASE_PROXY:
      return _("Proxy");
    case SKY_PHASE_CONNECT:
      return _("TCP connect");
    case SKY_PHASE_TLS:
      return _("TLS");
    case SKY_PHASE_REQUEST:
      return _("Request");
    case SKY_PHASE_UPGRADE:
      return _("Upgrade");
    }
  g_return_val_if_reached ("");
}

static void
phase_free (gpointer data)
{
  SkyPhase *phase = data;

  g_free (phase->text);
  g_free (phase);
}

/* Returns: FALSE if the record ends no phase */
static gboolean
phase_of (const SkyRecord *record, SkyPhaseKind *kind)
{
  if (record->layer == SKY_LAYER_TLS)
    *kind = SKY_PHASE_TLS;
  else if (record->layer == SKY_LAYER_UPGRADE)
    *kind = record->kind == SKY_KIND_REQUEST ? SKY_PHASE_REQUEST : SKY_PHASE_UPGRADE;
  else if (record->layer != SKY_LAYER_TCP)
    return FALSE;
  else
    *kind = record->kind == SKY_KIND_RESOLVE ? SKY_PHASE_RESOLVE
            : record->kind == SKY_KIND_PROXY ? SKY_PHASE_PROXY
                                             : SKY_PHASE_CONNECT;
  return TRUE;
}

static char *
body_text (SkyStore *store, guint32 number)
{
  g_autoptr(GBytes) body = sky_store_get_body (store, number, MAX_TEXT);

  return g_utf8_make_valid (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
}

static void
add_phase (SkyHandshake *self, SkyStore *store, guint32 number, SkyPhaseKind kind, gint64 from_usec,
           gint64 to_usec)
{
  SkyPhase *phase = g_new0 (SkyPhase, 1);

  phase->kind = kind;
  phase->start_usec = from_usec;
  phase->len_usec = MAX (to_usec - from_usec, 0);
  if (kind <= SKY_PHASE_TLS)
    phase->text = body_text (store, number);
  self->total_usec = MAX (self->total_usec, to_usec);
  g_ptr_array_add (self->phases, phase);
}

static void
take_head (SkyHandshake *self, SkyStore *store, guint32 number, const SkyRecord *record)
{
  GBytes **head = record->kind == SKY_KIND_REQUEST ? &self->request_raw : &self->response_raw;

  g_clear_pointer (head, g_bytes_unref);
  *head = sky_store_get_wire (store, number, record->head_len > 0 ? record->head_len : MAX_HEAD);
  if (record->kind == SKY_KIND_REQUEST)
    g_clear_pointer (&self->response_raw, g_bytes_unref);
}

/**
 * sky_handshakes_make:
 * @index: below sky_handshakes_get_n()
 *
 * A phase lasts from the record before to its own; the clock starts with the first one. Of
 * several upgrades on one connection the newest is shown.
 *
 * Returns: (transfer full): how that connection began
 */
SkyHandshake *
sky_handshakes_make (SkyHandshakes *self, guint index)
{
  SkyHandshake *made = g_new0 (SkyHandshake, 1);
  Beginning *beginning;
  gint64 zero_usec = 0, last_usec = 0;

  g_return_val_if_fail (index < self->beginnings->len, made);

  beginning = g_ptr_array_index (self->beginnings, index);
  made->link = beginning->link;
  made->phases = g_ptr_array_new_with_free_func (phase_free);
  made->problems = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < beginning->numbers->len; i++)
    {
      guint32 number = g_array_index (beginning->numbers, guint32, i);
      const SkyRecord *record = sky_store_get_record (self->store, number);
      SkyPhaseKind kind;

      if (i == 0)
        zero_usec = last_usec = record->time_usec;
      if (record->layer == SKY_LAYER_NOTE && record->kind == SKY_KIND_ERROR)
        g_ptr_array_add (made->problems, body_text (self->store, number));
      if (record->layer == SKY_LAYER_UPGRADE)
        take_head (made, self->store, number, record);
      if (!phase_of (record, &kind))
        continue;
      add_phase (made, self->store, number, kind, last_usec - zero_usec,
                 record->time_usec - zero_usec);
      last_usec = record->time_usec;
    }
  made->request = made->request_raw != NULL
                      ? sky_handshake_annotate (made->request_raw, FALSE, made->response_raw)
                      : g_ptr_array_new ();
  made->response = made->response_raw != NULL
                       ? sky_handshake_annotate (made->response_raw, TRUE, made->request_raw)
                       : g_ptr_array_new ();
  return made;
}

void
sky_handshake_free (SkyHandshake *self)
{
  g_clear_pointer (&self->phases, g_ptr_array_unref);
  g_clear_pointer (&self->problems, g_ptr_array_unref);
  g_clear_pointer (&self->request, g_ptr_array_unref);
  g_clear_pointer (&self->response, g_ptr_array_unref);
  g_clear_pointer (&self->request_raw, g_bytes_unref);
  g_clear_pointer (&self->response_raw, g_bytes_unref);
  g_free (self);
}

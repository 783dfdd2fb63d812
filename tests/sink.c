#include "sink.h"

static guint32
put (gpointer data, const SkyRecord *record)
{
  Sink *self = data;

  g_array_append_vals (self->records, record, 1);
  return self->records->len - 1;
}

static void
amend (gpointer data, guint32 number, guint8 flags, guint8 unflags, guint32 faults, guint32 mate)
{
  SkyRecord *record = sink_record (data, number);

  g_assert_nonnull (record);
  record->flags = (record->flags | flags) & ~unflags;
  record->faults |= faults;
  if (mate != SKY_RECORD_NONE)
    record->mate = mate;
}

static guint64
derive (gpointer data, const guint8 *bytes, gsize len)
{
  Sink *self = data;

  g_byte_array_append (self->derived, bytes, len);
  return self->derived->len - len;
}

void
sink_init (Sink *self)
{
  static const SkyStackSink funcs = { put, amend, derive };

  self->records = g_array_new (FALSE, FALSE, sizeof (SkyRecord));
  self->streams[0] = g_byte_array_new ();
  self->streams[1] = g_byte_array_new ();
  self->derived = g_byte_array_new ();
  self->stack = sky_stack_new (&funcs, self);
}

void
sink_clear (Sink *self)
{
  sky_stack_free (self->stack);
  g_array_unref (self->records);
  g_byte_array_unref (self->streams[0]);
  g_byte_array_unref (self->streams[1]);
  g_byte_array_unref (self->derived);
}

/* The bytes go to the stack in a copy of their own size: a sanitizer sees a read past them. */
void
sink_push (Sink *self, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len)
{
  g_autofree guint8 *copy = g_memdup2 (data, len);

  g_byte_array_append (self->streams[from], data, len);
  sky_stack_push (self->stack, from, time_usec, copy, len);
}

SkyRecord *
sink_record (Sink *self, guint32 number)
{
  return number < self->records->len ? &g_array_index (self->records, SkyRecord, number) : NULL;
}

static const SkyRecord *
get_record (gpointer data, guint32 number)
{
  return sink_record (data, number);
}

static GBytes *slice_body (Sink *self, const SkyRecord *record);

static GBytes *
slice_wire (Sink *self, const SkyRecord *record)
{
  g_autoptr(GBytes) parent = NULL;

  if (record->parent != SKY_RECORD_NONE)
    {
      parent = slice_body (self, sink_record (self, record->parent));
      g_assert_cmpuint (record->start + record->len, <=, g_bytes_get_size (parent));
      return g_bytes_new_from_bytes (parent, record->start, record->len);
    }
  g_assert_cmpuint (record->start + record->len, <=, self->streams[record->from]->len);
  return g_bytes_new (self->streams[record->from]->data + record->start, record->len);
}

static GBytes *
slice_body (Sink *self, const SkyRecord *record)
{
  g_autoptr(GBytes) wire = NULL;
  g_autofree guint8 *body = NULL;
  gsize len;

  if (record->flags & SKY_RECORD_DERIVED)
    {
      g_assert_cmpuint (record->body + record->body_len, <=, self->derived->len);
      return g_bytes_new (self->derived->data + record->body, record->body_len);
    }
  wire = slice_wire (self, record);
  g_assert_cmpuint (record->head_len, <=, record->len);
  len = record->len - record->head_len;
  body = g_memdup2 ((const guint8 *) g_bytes_get_data (wire, NULL) + record->head_len, len);
  if (record->flags & SKY_RECORD_MASKED)
    for (gsize i = 0; i < len; i++)
      body[i] ^= ((const guint8 *) g_bytes_get_data (wire, NULL))[record->head_len - 4 + i % 4];
  return g_bytes_new_take (g_steal_pointer (&body), len);
}

static GBytes *
cut (GBytes *whole, gsize max_len)
{
  g_autoptr(GBytes) owned = whole;

  return g_bytes_new_from_bytes (owned, 0, MIN (g_bytes_get_size (owned), max_len));
}

static GBytes *
get_wire (gpointer data, guint32 number, gsize max_len)
{
  return cut (slice_wire (data, sink_record (data, number)), max_len);
}

static GBytes *
get_body (gpointer data, guint32 number, gsize max_len)
{
  return cut (slice_body (data, sink_record (data, number)), max_len);
}

SkyBytesSource
sink_source (Sink *self)
{
  return (SkyBytesSource) { self, get_record, get_wire, get_body };
}

static void
dump_flags (GString *out, const SkyRecord *record)
{
  static const char *const names[]
      = { "masked", "compressed", "derived", "covered", "last", "asks", "given-up", "waiting" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (record->flags & 1 << i)
      g_string_append_printf (out, " %s", names[i]);
}

/* One line a record: everything but its time. */
char *
sink_dump (Sink *self)
{
  GString *out = g_string_new (NULL);
  SkyBytesSource source = sink_source (self);

  for (guint32 n = 0; n < self->records->len; n++)
    {
      const SkyRecord *record = sink_record (self, n);
      const SkyFaultInfo *fault = NULL;
      g_auto(SkySummary) summary = { 0 };

      sky_summary_make (&summary, n, &source, 160);
      g_string_append_printf (out, "%u %c %s %s", n, record->from == SKY_FROM_CLIENT ? '>' : '<',
                              sky_layer_id (record->layer), sky_kind_id (record->kind));
      g_string_append_printf (out, " [%" G_GUINT64_FORMAT "+%u/%u]", record->start, record->len, record->head_len);
      if (record->parent != SKY_RECORD_NONE)
        g_string_append_printf (out, " in %u", record->parent);
      if (record->mate != SKY_RECORD_NONE)
        g_string_append_printf (out, " with %u", record->mate);
      dump_flags (out, record);
      while ((fault = sky_fault_next (sky_layer_faults (record->layer), record->faults, fault)) != NULL)
        g_string_append_printf (out, " !%s", fault->id);
      g_string_append_printf (out, " | %s | %s | %s\n", summary.nsp != NULL ? summary.nsp : "",
                              summary.event != NULL ? summary.event : "", summary.data != NULL ? summary.data : "");
    }
  return g_string_free (out, FALSE);
}

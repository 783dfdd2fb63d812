#include "fuzz.h"

#include "stack/stack.h"
#include "ws/ws-frame.h"

/*
 * A conversation with marks (fuzz.h), pushed twice: as it stands, and in pieces. What is found
 * may not depend on how the bytes were cut, and every record must lie within what was sent.
 */

typedef struct
{
  GArray     *records; /* of SkyRecord */
  GByteArray *derived;
  guint64     sent[2]; /* bytes, by SkyFrom */
} Heard;

static guint32
on_record (gpointer sink, const SkyRecord *record)
{
  Heard *heard = sink;

  fuzz_check (record->layer < SKY_N_LAYERS && record->kind < SKY_N_KINDS);
  fuzz_check (record->from == SKY_FROM_CLIENT || record->from == SKY_FROM_SERVER);
  fuzz_check (record->head_len <= record->len);
  if (record->parent == SKY_RECORD_NONE)
    fuzz_check (record->start + record->len <= heard->sent[record->from]);
  else
    fuzz_check (record->parent < heard->records->len);
  fuzz_check (record->mate == SKY_RECORD_NONE || record->mate < heard->records->len);
  if (record->flags & SKY_RECORD_DERIVED)
    fuzz_check (record->body + record->body_len <= heard->derived->len);
  g_array_append_vals (heard->records, record, 1);
  return heard->records->len - 1;
}

static void
on_amend (gpointer sink, guint32 number, guint8 flags, guint8 unflags, guint32 faults, guint32 mate)
{
  Heard *heard = sink;
  SkyRecord *record;

  fuzz_check (number < heard->records->len);
  record = &g_array_index (heard->records, SkyRecord, number);
  record->flags = (guint8) ((record->flags | flags) & ~unflags);
  record->faults |= faults;
  if (mate != SKY_RECORD_NONE)
    record->mate = mate;
  fuzz_check (record->mate == SKY_RECORD_NONE || record->mate < heard->records->len);
}

static guint64
on_derive (gpointer sink, const guint8 *data, gsize len)
{
  Heard *heard = sink;
  guint64 at = heard->derived->len;

  if (len > 0)
    g_byte_array_append (heard->derived, data, (guint) len);
  return at;
}

static const SkyStackSink to_heard = { on_record, on_amend, on_derive };

static void
push (SkyStack *stack, Heard *heard, SkyFrom from, const guint8 *data, gsize len, FuzzRandom *random)
{
  while (len > 0)
    {
      gsize n = random != NULL ? 1 + fuzz_below (random, MIN (len, 200)) : len;
      g_autofree guint8 *part = fuzz_exact (data, n);

      heard->sent[from] += n;
      sky_stack_push (stack, from, 0, part, n);
      data += n;
      len -= n;
    }
}

static void
hear (Heard *heard, const guint8 *data, gsize len, FuzzRandom *random)
{
  g_autoptr(SkyStack) stack = sky_stack_new (&to_heard, heard);
  SkyFrom from = SKY_FROM_CLIENT;
  gboolean ended[2] = { FALSE, FALSE };

  while (len > 0)
    {
      const guint8 *mark = memchr (data, FUZZ_MARK, len);
      gsize n = mark != NULL ? (gsize) (mark - data) : len;

      if (!ended[from])
        push (stack, heard, from, data, n, random);
      data += n;
      len -= n;
      if (len < 2)
        break;
      from = g_ascii_tolower ((char) data[1]) == 's' ? SKY_FROM_SERVER : SKY_FROM_CLIENT;
      if (g_ascii_isupper ((char) data[1]) && !ended[from])
        {
          sky_stack_end (stack, from, 0);
          ended[from] = TRUE;
        }
      data += 2;
      len -= 2;
    }
  for (from = SKY_FROM_CLIENT; from <= SKY_FROM_SERVER; from++)
    if (!ended[from])
      sky_stack_end (stack, from, 0);
}

static void
heard_init (Heard *heard)
{
  *heard = (Heard) { g_array_new (FALSE, FALSE, sizeof (SkyRecord)), g_byte_array_new (), { 0, 0 } };
}

static void
heard_clear (Heard *heard)
{
  g_array_unref (heard->records);
  g_byte_array_unref (heard->derived);
}

/* Numbers beyond @n_known may differ: see n_known(). */
static gboolean
same_number (guint32 a, guint32 b, guint n_known)
{
  return a == b || (a >= n_known && b >= n_known);
}

static gboolean
alike (const SkyRecord *a, const SkyRecord *b, guint n_known)
{
  return a->start == b->start && a->len == b->len && a->head_len == b->head_len
         && same_number (a->parent, b->parent, n_known) && same_number (a->mate, b->mate, n_known)
         && a->faults == b->faults && a->layer == b->layer && a->kind == b->kind && a->from == b->from
         && a->flags == b->flags
         && ((a->flags & SKY_RECORD_DERIVED) == 0 || a->body_len == b->body_len);
}

/* What no layer understands is recorded as it comes, so its pieces differ, and numbers after it. */
static guint
n_known (const Heard *heard)
{
  for (guint n = 0; n < heard->records->len; n++)
    {
      const SkyRecord *r = &g_array_index (heard->records, SkyRecord, n);

      if (r->kind == SKY_KIND_DATA || (r->kind == SKY_KIND_UNKNOWN && r->layer <= SKY_LAYER_HTTP)
          || (r->layer == SKY_LAYER_WS && (r->faults & SKY_WS_FAULT_FRAMING) != 0))
        return n;
    }
  return heard->records->len;
}

/* What a client says too early is heard after the 101, before or after what came with that. */
static guint
n_same_order (const Heard *whole, const Heard *pieces)
{
  guint n = 0;

  while (n < MIN (whole->records->len, pieces->records->len)
         && g_array_index (whole->records, SkyRecord, n).from
                == g_array_index (pieces->records, SkyRecord, n).from)
    n++;
  return n;
}

static char *
say (const SkyRecord *r)
{
  return g_strdup_printf ("layer %u kind %u from %u [%" G_GUINT64_FORMAT " +%u] head %u body %u "
                          "parent %d mate %d faults %x flags %x",
                          r->layer, r->kind, r->from, r->start, r->len, r->head_len, r->body_len,
                          (int) r->parent, (int) r->mate, r->faults, r->flags);
}

static void
compare (const Heard *whole, const Heard *pieces)
{
  guint same = n_same_order (whole, pieces);
  guint n = MIN (MIN (n_known (whole), n_known (pieces)), same);

  fuzz_check (n == same || n_known (whole) == n_known (pieces));
  for (guint i = 0; i < n; i++)
    {
      const SkyRecord *a = &g_array_index (whole->records, SkyRecord, i);
      const SkyRecord *b = &g_array_index (pieces->records, SkyRecord, i);
      g_autofree char *as_whole = say (a), *in_pieces = say (b);

      if (!alike (a, b, n))
        g_printerr ("record %u: %s\n in pieces: %s\n", i, as_whole, in_pieces);
      fuzz_check (alike (a, b, n));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  FuzzRandom random = fuzz_random (data, len);
  Heard whole, pieces;

  heard_init (&whole);
  heard_init (&pieces);
  hear (&whole, data, len, NULL);
  hear (&pieces, data, len, &random);
  compare (&whole, &pieces);
  heard_clear (&whole);
  heard_clear (&pieces);
  return 0;
}

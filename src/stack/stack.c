#include "stack/stack-private.h"

#define KEPT_LEN (1024 * 1024) /* bytes of room that an empty buffer may keep for the next message */

/*
 * The cake: one connection's bytes in, records out. Every layer has a file: stack-http.c and
 * stack-ws.c cut the stream into units and hand what those carry to stack-eio.c. Here is what they
 * share: the two directions, and the bytes that are not understood yet.
 */

/**
 * sky_stack_new:
 * @sink: where the records go; copied
 * @sink_data: (nullable): passed to it
 *
 * Listens to one connection from its first byte. It never refuses: what is no HTTP, no frame, no
 * packet becomes a record with a fault, and its bytes stay readable.
 *
 * Returns: (transfer full): a stack
 */
SkyStack *
sky_stack_new (const SkyStackSink *sink, gpointer sink_data)
{
  SkyStack *self = g_new0 (SkyStack, 1);

  self->sink = *sink;
  self->sink_data = sink_data;
  self->talk = sky_talk_new ();
  self->session.revision = 4;
  g_queue_init (&self->exchanges);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      Side *side = &self->sides[i];

      side->body = g_byte_array_new ();
      side->last_part = SKY_RECORD_NONE;
    }
  return self;
}

void
sky_stack_free (SkyStack *self)
{
  sky_stack_clear_http (self);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      Side *side = &self->sides[i];

      g_clear_pointer (&side->pending, g_byte_array_unref);
      g_byte_array_unref (side->body);
      g_clear_pointer (&side->joined, g_byte_array_unref);
      g_clear_pointer (&side->scratch, g_byte_array_unref);
      g_clear_pointer (&side->inflated, g_byte_array_unref);
      g_clear_pointer (&side->inflater, sky_ws_inflater_free);
    }
  sky_talk_unref (self->talk);
  g_free (self);
}

/* Many connections live long: the room that one large message took is not kept for another. */
void
sky_stack_empty (GByteArray **bytes)
{
  if (*bytes == NULL)
    return;
  if ((*bytes)->len <= KEPT_LEN)
    {
      g_byte_array_set_size (*bytes, 0);
      return;
    }
  g_byte_array_unref (*bytes);
  *bytes = g_byte_array_new ();
}

/* A record that begins at the next byte of @from's stream; its number comes from sky_stack_put(). */
SkyRecord
sky_stack_blank (SkyStack *self, SkyFrom from, SkyLayer layer, SkyKind kind)
{
  return (SkyRecord) {
    .time_usec = self->now_usec,
    .start = self->sides[from].offset,
    .parent = SKY_RECORD_NONE,
    .mate = SKY_RECORD_NONE,
    .layer = layer,
    .kind = kind,
    .from = from,
  };
}

guint32
sky_stack_put (SkyStack *self, const SkyRecord *record)
{
  return self->sink.record (self->sink_data, record);
}

void
sky_stack_amend (SkyStack *self, guint32 number, guint8 flags, guint8 unflags, guint32 faults, guint32 mate)
{
  if (number != SKY_RECORD_NONE)
    self->sink.amend (self->sink_data, number, flags, unflags, faults, mate);
}

void
sky_stack_derive (SkyStack *self, SkyRecord *record, const guint8 *data, gsize len)
{
  record->flags |= SKY_RECORD_DERIVED;
  record->flags &= ~SKY_RECORD_MASKED;
  record->body = self->sink.derive (self->sink_data, data, len);
  record->body_len = len;
}

/* Bytes that no layer understands: seen, counted, and readable. */
static void
hear_raw (SkyStack *self, SkyFrom from, gsize len)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_TCP, SKY_KIND_DATA);

  record.len = MIN (len, G_MAXUINT32);
  sky_stack_put (self, &record);
  self->sides[from].offset += len;
}

/* Understands as much of @data as is whole. Returns: bytes used */
static gsize
hear (SkyStack *self, SkyFrom from, const guint8 *data, gsize len)
{
  Side *side = &self->sides[from];
  gsize used = 0;

  while (used < len)
    {
      gsize n;

      if (side->raw)
        {
          hear_raw (self, from, len - used);
          return len;
        }
      n = self->websocket ? sky_stack_hear_ws (self, from, data + used, len - used)
                          : sky_stack_hear_http (self, from, data + used, len - used);
      if (n == 0 && !side->raw)
        break;
      used += n;
      side->offset += n;
    }
  return used;
}

/* Few connections are cut within a unit, and there may be thousands: room is made only for what there is. */
static void
keep (Side *side, const guint8 *data, gsize len)
{
  if (len == 0)
    return;
  if (side->pending == NULL)
    side->pending = g_byte_array_new ();
  g_byte_array_append (side->pending, data, len);
}

/* Goes on with what was kept; an upgrade lets the other direction's bytes be understood too. */
static void
hear_pending (SkyStack *self, SkyFrom from)
{
  Side *side = &self->sides[from];
  gsize used = side->pending != NULL ? hear (self, from, side->pending->data, side->pending->len) : 0;

  if (used == 0)
    return;
  if (used > KEPT_LEN || used == side->pending->len)
    {
      g_autoptr(GByteArray) heard = g_steal_pointer (&side->pending);

      keep (side, heard->data + used, heard->len - used);
    }
  else
    g_byte_array_remove_range (side->pending, 0, used);
}

/**
 * sky_stack_push:
 * @from: who sent them
 * @time_usec: when they came, in microseconds since 1970-01-01 UTC
 * @len: bytes, cut from the stream wherever the network cut it
 *
 * Hears the next bytes of one direction.
 */
void
sky_stack_push (SkyStack *self, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len)
{
  Side *side = &self->sides[from];
  gboolean websocket = self->websocket;

  self->now_usec = time_usec;
  if (side->pending != NULL)
    {
      keep (side, data, len);
      hear_pending (self, from);
    }
  else
    {
      gsize used = hear (self, from, data, len);

      keep (side, data + used, len - used);
    }
  if (!websocket && from == SKY_FROM_SERVER)
    hear_pending (self, SKY_FROM_CLIENT); /* it may have waited for this answer */
}

/**
 * sky_stack_end:
 *
 * No more bytes come from @from: what was left incomplete becomes a record with a fault.
 */
void
sky_stack_end (SkyStack *self, SkyFrom from, gint64 time_usec)
{
  Side *side = &self->sides[from];

  if (side->ended)
    return;
  side->ended = TRUE;
  self->now_usec = time_usec;
  if (self->websocket)
    sky_stack_end_ws (self, from);
  else
    sky_stack_end_http (self, from);
  sky_stack_end_eio (self, from);
  g_clear_pointer (&side->pending, g_byte_array_unref);
}

/**
 * sky_stack_give_up:
 * @from: who asked for the ack
 * @id: the ack id
 *
 * Whoever asked waits no longer. The event says so; an answer that comes late still finds it.
 */
void
sky_stack_give_up (SkyStack *self, SkyFrom from, const char *nsp, guint64 id)
{
  guint32 asked = sky_sio_spaces_answer (self->talk->spaces, from == SKY_FROM_SERVER, nsp, id);

  if (asked == SKY_RECORD_NONE)
    return;
  sky_stack_amend (self, asked, SKY_RECORD_GIVEN_UP, 0, 0, SKY_RECORD_NONE);
  sky_sio_spaces_ask (self->talk->spaces, from == SKY_FROM_CLIENT, nsp, id, asked);
}

/**
 * sky_stack_get_speech:
 *
 * Returns: the highest protocol that was recognised so far
 */
SkySpeech
sky_stack_get_speech (SkyStack *self)
{
  return self->speech;
}

#include "stack/stack-private.h"

#include "ws/ws-close.h"

/* One frame on its way through the functions below. */
typedef struct
{
  SkyFrom       from;
  SkyWsFrame    frame;
  gsize         header_len;
  const guint8 *payload; /* unmasked */
  gsize         len;
  SkyWsPart     part;
  guint8        opcode; /* of the message */
  gboolean      compressed;
  SkyRecord     record;
} Heard;

/**
 * sky_stack_begin_ws:
 * @extensions: (nullable): the server's Sec-WebSocket-Extensions
 */
void
sky_stack_begin_ws (SkyStack *self, const char *extensions)
{
  SkyWsDeflateParams deflate = { 0 };

  if (extensions != NULL)
    sky_ws_deflate_parse (extensions, &deflate);
  for (guint from = SKY_FROM_CLIENT; from <= SKY_FROM_SERVER; from++)
    {
      Side *side = &self->sides[from];
      gboolean client = from == SKY_FROM_CLIENT;

      side->message.from_client = client;
      side->message.deflate = deflate.enabled;
      if (deflate.enabled)
        side->inflater
            = sky_ws_inflater_new (client ? deflate.client_max_window_bits : deflate.server_max_window_bits,
                                   client ? deflate.client_no_context_takeover
                                          : deflate.server_no_context_takeover);
    }
}

static SkyKind
kind_of (guint8 opcode)
{
  switch ((SkyWsOpcode) opcode)
    {
    case SKY_WS_CONTINUATION: return SKY_KIND_CONTINUATION;
    case SKY_WS_TEXT:         return SKY_KIND_TEXT;
    case SKY_WS_BINARY:       return SKY_KIND_BINARY;
    case SKY_WS_CLOSE:        return SKY_KIND_CLOSE;
    case SKY_WS_PING:         return SKY_KIND_PING;
    case SKY_WS_PONG:         return SKY_KIND_PONG;
    default:                  return SKY_KIND_UNKNOWN;
    }
}

static const guint8 *
unmask (Side *side, const SkyWsFrame *frame, const guint8 *payload, gsize len)
{
  if (!frame->masked || len == 0)
    return payload;
  if (side->scratch == NULL)
    side->scratch = g_byte_array_new ();
  g_byte_array_append (side->scratch, payload, len);
  sky_ws_frame_mask (frame->mask, 0, side->scratch->data, len);
  return side->scratch->data;
}

static void
inflate_message (SkyStack *self, Heard *heard, const guint8 **data, gsize *len)
{
  Side *side = &self->sides[heard->from];
  g_autoptr(GError) error = NULL;

  if (side->inflated == NULL)
    side->inflated = g_byte_array_new ();
  sky_stack_empty (&side->inflated);
  if (!sky_ws_inflater_message (side->inflater, *data, *len, SKY_STACK_MAX_MESSAGE, side->inflated, &error))
    heard->record.faults |= g_error_matches (error, SKY_WS_ERROR, SKY_WS_ERROR_TOO_LONG) ? SKY_WS_FAULT_TOO_LONG
                                                                                         : SKY_WS_FAULT_INFLATE;
  *data = side->inflated->data;
  *len = side->inflated->len;
}

/* A message is whole: inflate it, check it, put its record, and hand it on. */
static void
end_message (SkyStack *self, Heard *heard)
{
  Side *side = &self->sides[heard->from];
  gboolean joined = heard->part == SKY_WS_PART_LAST;
  const guint8 *data = joined ? side->joined->data : heard->payload;
  gsize len = joined ? side->joined->len : heard->len;
  gboolean compressed = heard->compressed && side->inflater != NULL;
  gboolean above;
  guint32 number;

  if (side->message_too_long)
    heard->record.faults |= SKY_WS_FAULT_TOO_LONG;
  else if (compressed)
    inflate_message (self, heard, &data, &len);
  if (heard->opcode == SKY_WS_TEXT && !side->message_too_long && !sky_utf8_valid (data, len))
    heard->record.faults |= SKY_WS_FAULT_UTF8;
  if (joined || compressed)
    sky_stack_derive (self, &heard->record, data, len);
  above = sky_stack_is_eio (self) && (heard->record.faults & (SKY_WS_FAULT_INFLATE | SKY_WS_FAULT_TOO_LONG)) == 0;
  heard->record.flags |= SKY_RECORD_LAST | (above ? SKY_RECORD_COVERED : 0);
  number = sky_stack_put (self, &heard->record);
  if (above)
    sky_stack_hear_message (self, heard->from, number, data, len, heard->opcode == SKY_WS_BINARY);
  sky_stack_empty (&side->joined);
  sky_stack_empty (&side->inflated);
  side->message_too_long = FALSE;
  side->last_part = SKY_RECORD_NONE;
}

/* Keeps a fragment's payload until its message is whole. */
static void
join (SkyStack *self, Heard *heard)
{
  Side *side = &self->sides[heard->from];

  if (side->joined == NULL)
    side->joined = g_byte_array_new ();
  if (heard->part == SKY_WS_PART_FIRST)
    {
      sky_stack_empty (&side->joined);
      side->message_too_long = FALSE;
    }
  if (side->joined->len + heard->len > SKY_STACK_MAX_MESSAGE)
    side->message_too_long = TRUE;
  else if (heard->len > 0)
    g_byte_array_append (side->joined, heard->payload, heard->len);
}

static void
judge_close (Heard *heard)
{
  SkyWsClose close = { 0 };

  sky_ws_close_decode (heard->payload, heard->len, &close);
  heard->record.faults |= close.faults;
}

static void
hear_frame (SkyStack *self, Heard *heard)
{
  Side *side = &self->sides[heard->from];

  if (heard->record.kind == SKY_KIND_CLOSE)
    judge_close (heard);
  switch (heard->part)
    {
    case SKY_WS_PART_CONTROL:
    case SKY_WS_PART_STRAY:
      sky_stack_put (self, &heard->record);
      break;
    case SKY_WS_PART_FIRST:
    case SKY_WS_PART_MIDDLE:
      join (self, heard);
      heard->record.flags |= SKY_RECORD_COVERED;
      side->last_part = sky_stack_put (self, &heard->record);
      break;
    case SKY_WS_PART_LAST:
      join (self, heard);
      end_message (self, heard);
      break;
    case SKY_WS_PART_WHOLE:
      sky_stack_empty (&side->joined);
      end_message (self, heard);
      break;
    }
}

/* Passes over the payload of a frame that is longer than what is kept. */
static gsize
skip (Side *side, gsize len)
{
  gsize n = MIN (side->skip, len);

  side->skip -= n;
  return n;
}

static gsize
refuse_long_frame (SkyStack *self, Heard *heard)
{
  Side *side = &self->sides[heard->from];

  heard->record.len = heard->header_len;
  heard->record.faults |= SKY_WS_FAULT_TOO_LONG;
  heard->record.flags &= ~SKY_RECORD_MASKED;
  side->message_too_long = TRUE;
  sky_stack_put (self, &heard->record);
  side->skip = heard->frame.payload_len;
  if (heard->frame.fin)
    side->message_too_long = FALSE;
  return heard->header_len;
}

static gsize
give_up (SkyStack *self, SkyFrom from, gsize len)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_WS, SKY_KIND_UNKNOWN);

  record.len = MIN (len, G_MAXUINT32);
  record.faults = SKY_WS_FAULT_FRAMING;
  sky_stack_put (self, &record);
  self->sides[from].raw = TRUE;
  return len;
}

/* Returns: bytes used of @data, 0 if the frame is not whole yet */
gsize
sky_stack_hear_ws (SkyStack *self, SkyFrom from, const guint8 *data, gsize len)
{
  Side *side = &self->sides[from];
  Heard heard = { .from = from };
  gssize header_len;

  if (side->skip > 0)
    return skip (side, len);
  header_len = sky_ws_frame_decode (data, len, &heard.frame, NULL);
  if (header_len < 0)
    return give_up (self, from, len);
  if (header_len == 0)
    return 0;
  if (heard.frame.payload_len <= SKY_STACK_MAX_MESSAGE && len - header_len < heard.frame.payload_len)
    return 0;

  heard.header_len = header_len;
  heard.record = sky_stack_blank (self, from, SKY_LAYER_WS, kind_of (heard.frame.opcode));
  heard.record.head_len = header_len;
  heard.record.faults = heard.frame.faults;
  heard.part = sky_ws_message_frame (&side->message, &heard.frame, &heard.opcode, &heard.compressed,
                                     &heard.record.faults);
  heard.record.flags = (heard.frame.masked ? SKY_RECORD_MASKED : 0)
                       | (heard.compressed && heard.part != SKY_WS_PART_CONTROL ? SKY_RECORD_COMPRESSED : 0);
  if (heard.frame.payload_len > SKY_STACK_MAX_MESSAGE)
    return refuse_long_frame (self, &heard);
  heard.len = heard.frame.payload_len;
  heard.record.len = header_len + heard.len;
  heard.payload = unmask (side, &heard.frame, data + header_len, heard.len);
  hear_frame (self, &heard);
  sky_stack_empty (&side->scratch);
  return header_len + heard.len;
}

/* What is left is a piece of a frame. */
static void
put_rest (SkyStack *self, SkyFrom from)
{
  Side *side = &self->sides[from];
  SkyWsFrame frame = { 0 };
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_WS, SKY_KIND_UNKNOWN);

  record.len = side->pending->len;
  record.faults = SKY_WS_FAULT_TRUNCATED;
  record.head_len = MAX (sky_ws_frame_decode (side->pending->data, side->pending->len, &frame, NULL), 0);
  if (record.head_len > 0)
    {
      record.kind = kind_of (frame.opcode);
      record.flags = frame.masked ? SKY_RECORD_MASKED : 0;
    }
  sky_stack_put (self, &record);
}

/* The line went without a close frame from either side: RFC 6455 §7.1.5 calls that 1006. A record of
 * no bytes says so. */
static void
put_abnormal_close (SkyStack *self, SkyFrom from)
{
  SkyRecord record = sky_stack_blank (self, from, SKY_LAYER_WS, SKY_KIND_CLOSE);
  GByteArray *pending = self->sides[from].pending;

  if (self->sides[SKY_FROM_CLIENT].message.closed || self->sides[SKY_FROM_SERVER].message.closed
      || (self->sides[SKY_FROM_CLIENT].ended && self->sides[SKY_FROM_SERVER].ended))
    return;
  record.start += pending != NULL ? pending->len : 0;
  sky_stack_put (self, &record);
}

/* Called when @from has just ended: a message may lack its last frame, a frame its end. */
void
sky_stack_end_ws (SkyStack *self, SkyFrom from)
{
  Side *side = &self->sides[from];

  sky_stack_amend (self, side->last_part, 0, SKY_RECORD_COVERED, SKY_WS_FAULT_TRUNCATED, SKY_RECORD_NONE);
  if (side->pending != NULL)
    put_rest (self, from);
  put_abnormal_close (self, from);
}

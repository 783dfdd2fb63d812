#include "ws/ws-message.h"

/* Masking and RSV bits: what a header breaks because of who sends it and what is agreed. */
static guint32
judge_header (const SkyWsMessage *self, const SkyWsFrame *frame, gboolean begins)
{
  guint8 meant = self->deflate && begins ? SKY_WS_RSV1 : 0;
  guint32 faults = frame->faults;

  if (self->closed)
    faults |= SKY_WS_FAULT_AFTER_CLOSE;
  if (self->from_client && !frame->masked)
    faults |= SKY_WS_FAULT_UNMASKED;
  if (!self->from_client && frame->masked)
    faults |= SKY_WS_FAULT_MASKED;
  if ((frame->rsv & ~meant) != 0)
    faults |= SKY_WS_FAULT_RESERVED;
  return faults;
}

static SkyWsPart
take_first (SkyWsMessage *self, const SkyWsFrame *frame, guint32 *faults)
{
  if (self->opcode != 0)
    *faults |= SKY_WS_FAULT_INTERRUPTED;
  self->utf8 = (SkyUtf8) { 0 };
  self->opcode = frame->fin ? 0 : frame->opcode;
  self->compressed = !frame->fin && self->deflate && (frame->rsv & SKY_WS_RSV1) != 0;
  return frame->fin ? SKY_WS_PART_WHOLE : SKY_WS_PART_FIRST;
}

static SkyWsPart
take_continuation (SkyWsMessage *self, const SkyWsFrame *frame, guint8 *opcode,
                   gboolean *compressed, guint32 *faults)
{
  if (self->opcode == 0)
    {
      *faults |= SKY_WS_FAULT_ORPHAN;
      return SKY_WS_PART_STRAY;
    }
  *opcode = self->opcode;
  *compressed = self->compressed;
  if (!frame->fin)
    return SKY_WS_PART_MIDDLE;
  self->opcode = 0;
  self->compressed = FALSE;
  return SKY_WS_PART_LAST;
}

/**
 * sky_ws_message_frame:
 * @frame: the next header of this direction
 * @opcode: (out): of the message that the frame belongs to: a continuation has that of the first
 *   frame. The frame's own for control and stray frames
 * @compressed: (out): whether that message is compressed (RFC 7692 §6)
 * @faults: (out): #SkyWsFault flags: those in @frame and those that this function finds
 *
 * Says which part of a message a frame is. RFC 6455 §5.1, §5.4, §5.5.1; RFC 7692 §6.1.
 *
 * A new message within a fragmented one takes its place: the old one will not be completed.
 * @self's utf8 begins anew with each message, and is the caller's until the next begins.
 *
 * Returns: the part
 */
SkyWsPart
sky_ws_message_frame (SkyWsMessage *self, const SkyWsFrame *frame, guint8 *opcode,
                      gboolean *compressed, guint32 *faults)
{
  gboolean begins = frame->opcode == SKY_WS_TEXT || frame->opcode == SKY_WS_BINARY;

  *opcode = frame->opcode;
  *compressed = begins && self->deflate && (frame->rsv & SKY_WS_RSV1) != 0;
  *faults = judge_header (self, frame, begins);
  if (begins)
    return take_first (self, frame, faults);
  if (frame->opcode == SKY_WS_CONTINUATION)
    return take_continuation (self, frame, opcode, compressed, faults);
  if (frame->opcode == SKY_WS_CLOSE)
    self->closed = TRUE;
  return frame->opcode >= SKY_WS_CLOSE && frame->opcode <= SKY_WS_PONG ? SKY_WS_PART_CONTROL
                                                                        : SKY_WS_PART_STRAY;
}

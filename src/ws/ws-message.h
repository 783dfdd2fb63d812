#pragma once

#include "base/utf8.h"
#include "ws/ws-frame.h"

/**
 * SkyWsMessage:
 *
 * The frames of one direction as messages (RFC 6455 §5.4): who continues whom, what may stand
 * between. It judges and counts; it does not keep payloads. Begin with an all-zero struct and
 * set the two options.
 */
typedef struct
{
  gboolean from_client; /* set by the caller: whose frames these are (masking, §5.1) */
  gboolean deflate;     /* set by the caller: permessage-deflate is agreed (RSV1 has a meaning) */
  guint8   opcode;      /* of the message on its way; 0 if none is */
  gboolean compressed;  /* of the message on its way: RSV1 was set on its first frame */
  gboolean closed;      /* a close frame has passed */
  SkyUtf8  utf8;        /* for the caller, of a text message on its way */
} SkyWsMessage;

/* What sky_ws_message_frame() made of a frame. */
typedef enum
{
  SKY_WS_PART_CONTROL, /* a control frame: says nothing of the message on its way */
  SKY_WS_PART_WHOLE,   /* first and last frame of a message */
  SKY_WS_PART_FIRST,
  SKY_WS_PART_MIDDLE,
  SKY_WS_PART_LAST,
  SKY_WS_PART_STRAY, /* belongs to no message: orphans, unknown opcodes */
} SkyWsPart;

SkyWsPart sky_ws_message_frame (SkyWsMessage *self, const SkyWsFrame *frame, guint8 *opcode,
                                gboolean *compressed, guint32 *faults);

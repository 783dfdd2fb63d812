#pragma once

#include <glib.h>

#include "base/fault.h"
#include "base/field.h"

#define SKY_WS_MAX_HEADER 14 /* bytes */
#define SKY_WS_RSV1       4  /* in the rsv of a frame: begins a compressed message (RFC 7692 §6) */

#define SKY_WS_ERROR (sky_ws_error_quark ())
GQuark sky_ws_error_quark (void);

typedef enum
{
  SKY_WS_ERROR_LENGTH,   /* a 64-bit length with its top bit set */
  SKY_WS_ERROR_INFLATE,  /* compressed data that does not inflate */
  SKY_WS_ERROR_TOO_LONG, /* over the limit that the caller set */
} SkyWsError;

typedef enum
{
  SKY_WS_CONTINUATION = 0x0,
  SKY_WS_TEXT = 0x1,
  SKY_WS_BINARY = 0x2,
  SKY_WS_CLOSE = 0x8,
  SKY_WS_PING = 0x9,
  SKY_WS_PONG = 0xa,
} SkyWsOpcode;

/* Rules of RFC 6455 and RFC 7692 that a frame breaks. */
typedef enum
{
  SKY_WS_FAULT_RESERVED = 1 << 0,     /* RSV bits that no extension gives a meaning */
  SKY_WS_FAULT_OPCODE = 1 << 1,       /* 3–7 or 11–15 */
  SKY_WS_FAULT_CONTROL = 1 << 2,      /* a control frame that is fragmented or over 125 bytes */
  SKY_WS_FAULT_UNMASKED = 1 << 3,     /* from a client */
  SKY_WS_FAULT_MASKED = 1 << 4,       /* from a server */
  SKY_WS_FAULT_LENGTH = 1 << 5,       /* not in the shortest form */
  SKY_WS_FAULT_ORPHAN = 1 << 6,       /* a continuation of nothing */
  SKY_WS_FAULT_INTERRUPTED = 1 << 7,  /* a new message within a fragmented one */
  SKY_WS_FAULT_UTF8 = 1 << 8,         /* text, or a close reason, that is not UTF-8 */
  SKY_WS_FAULT_CLOSE_CODE = 1 << 9,   /* a close code that must not be sent */
  SKY_WS_FAULT_CLOSE_LENGTH = 1 << 10,/* a close body of one byte */
  SKY_WS_FAULT_INFLATE = 1 << 11,     /* RFC 7692: does not inflate */
  SKY_WS_FAULT_AFTER_CLOSE = 1 << 12, /* anything after a close frame */
  SKY_WS_FAULT_TRUNCATED = 1 << 13,   /* the connection ended within the frame or the message */
  SKY_WS_FAULT_TOO_LONG = 1 << 14,    /* over what Sockeye keeps of one message */
  SKY_WS_FAULT_FRAMING = 1 << 15,     /* a length that cannot be: the rest is not framed */
} SkyWsFault;

extern const SkyFaultInfo sky_ws_faults[];

typedef struct
{
  guint64 payload_len; /* bytes, as the sender declares */
  guint8  opcode, rsv, mask[4];
  guint   fin : 1, masked : 1;
  guint32 faults; /* SkyWsFault: what this header alone breaks */
} SkyWsFrame;

gssize      sky_ws_frame_decode (const guint8 *data, gsize len, SkyWsFrame *frame, GError **error);
gsize       sky_ws_frame_encode (const SkyWsFrame *frame, guint8 out[SKY_WS_MAX_HEADER]);
void        sky_ws_frame_mask (const guint8 mask[4], guint64 offset, guint8 *data, gsize len);
const char *sky_ws_opcode_name (guint8 opcode);
void        sky_ws_frame_fields (const SkyWsFrame *frame, gsize header_len, gboolean compressed,
                                 SkyFields *fields);

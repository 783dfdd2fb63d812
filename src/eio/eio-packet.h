#pragma once

#include <glib.h>

#include "base/fault.h"
#include "base/field.h"

typedef enum
{
  SKY_EIO_OPEN = 0,
  SKY_EIO_CLOSE,
  SKY_EIO_PING,
  SKY_EIO_PONG,
  SKY_EIO_MESSAGE,
  SKY_EIO_UPGRADE,
  SKY_EIO_NOOP,
  SKY_EIO_UNKNOWN, /* faulted: no such type */
} SkyEioType;

/* Rules of the Engine.IO protocol, revision 4, that a packet breaks. */
typedef enum
{
  SKY_EIO_FAULT_TYPE = 1 << 0,      /* no such packet type */
  SKY_EIO_FAULT_EMPTY = 1 << 1,     /* an empty packet */
  SKY_EIO_FAULT_BASE64 = 1 << 2,    /* binary in a payload that is not base64 */
  SKY_EIO_FAULT_OPEN = 1 << 3,      /* an open packet that is not the JSON object it must be */
  SKY_EIO_FAULT_DIRECTION = 1 << 4, /* a packet that only the other side sends: ping from a v4 client… */
  SKY_EIO_FAULT_NOT_OPEN = 1 << 5,  /* anything before the open packet */
  SKY_EIO_FAULT_OPEN_AGAIN = 1 << 6,/* a second open packet */
  SKY_EIO_FAULT_PROBE = 1 << 7,     /* an upgrade that was not probed, or a probe answered wrong */
  SKY_EIO_FAULT_AFTER_CLOSE = 1 << 8,
  SKY_EIO_FAULT_DATA = 1 << 9,      /* data on a packet that has none */
} SkyEioFault;

extern const SkyFaultInfo sky_eio_faults[];

/* One packet where it lies. */
typedef struct
{
  SkyEioType type;
  gboolean   binary;    /* a message whose data are octets, not text */
  gboolean   base64;    /* … which lie here in base64 (in payloads, "b…") */
  gsize      data_start; /* bytes from the packet's beginning */
  gsize      data_len;
  guint32    faults; /* SkyEioFault */
} SkyEioPacket;

void        sky_eio_packet_decode (const guint8 *data, gsize len, gboolean binary, SkyEioPacket *packet);
void        sky_eio_packet_decode_payload (const guint8 *data, gsize len, SkyEioPacket *packet);
const char *sky_eio_type_name (SkyEioType type);
void        sky_eio_packet_fields (const SkyEioPacket *packet, const guint8 *data, gsize len,
                                   SkyFields *fields);

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

/* How a packet is written: it depends on the revision, and on what carries it. */
typedef enum
{
  SKY_EIO_FORM_TEXT,      /* revision 4, WebSocket text: type digit, data; or "b" and base64 ("forceBase64") */
  SKY_EIO_FORM_BINARY,    /* revision 4, WebSocket binary: the data of a message and nothing else */
  SKY_EIO_FORM_ELEMENT,   /* revision 4, within a payload: as text, or "b" and base64 */
  SKY_EIO_FORM_TEXT_3,    /* revision 3, WebSocket text: as text, or "b", type digit, base64 */
  SKY_EIO_FORM_BINARY_3,  /* revision 3, WebSocket binary: type octet 0-6, data */
  SKY_EIO_FORM_COUNTED_3, /* revision 3, within a payload of text: "LENGTH:", then as TEXT_3 */
  SKY_EIO_FORM_OCTETS_3,  /* revision 3, within a binary payload: 0 or 1, digits, 255, then text or binary */
} SkyEioForm;

/* Rules of the Engine.IO protocol that a packet breaks. */
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
  SKY_EIO_FAULT_LENGTH = 1 << 10,   /* revision 3: the length in front of a packet is none, or not its length */
} SkyEioFault;

extern const SkyFaultInfo sky_eio_faults[];

/* One packet where it lies. */
typedef struct
{
  SkyEioType type;
  SkyEioForm form;
  gboolean   binary;    /* a message whose data are octets, not text */
  gboolean   base64;    /* … which lie here in base64 ("b…") */
  gsize      prefix_len; /* bytes of the length in front, revision 3; 0 if there is none */
  gsize      data_start; /* bytes from the packet's beginning */
  gsize      data_len;
  guint32    faults; /* SkyEioFault */
} SkyEioPacket;

void        sky_eio_packet_decode (const guint8 *data, gsize len, gboolean binary, SkyEioPacket *packet);
void        sky_eio_packet_decode_form (const guint8 *data, gsize len, SkyEioForm form, SkyEioPacket *packet);
void        sky_eio_packet_append (GByteArray *out, SkyEioForm form, SkyEioType type, gboolean binary,
                                   const guint8 *data, gsize len);
SkyEioForm  sky_eio_message_form (guint revision, gboolean binary);
guint       sky_eio_form_revision (SkyEioForm form);
const char *sky_eio_type_name (SkyEioType type);
void        sky_eio_packet_fields (const SkyEioPacket *packet, const guint8 *data, gsize len,
                                   SkyFields *fields);

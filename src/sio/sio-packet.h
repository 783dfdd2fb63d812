#pragma once

#include <glib.h>

#include "base/fault.h"
#include "base/field.h"

typedef enum
{
  SKY_SIO_CONNECT = 0,
  SKY_SIO_DISCONNECT,
  SKY_SIO_EVENT,
  SKY_SIO_ACK,
  SKY_SIO_CONNECT_ERROR,
  SKY_SIO_BINARY_EVENT,
  SKY_SIO_BINARY_ACK,
  SKY_SIO_UNKNOWN, /* faulted: no such type */
} SkySioType;

/* Rules of the Socket.IO protocol, revision 5, that a packet breaks. */
typedef enum
{
  SKY_SIO_FAULT_TYPE = 1 << 0,         /* no such packet type */
  SKY_SIO_FAULT_JSON = 1 << 1,         /* data that is not JSON */
  SKY_SIO_FAULT_DATA = 1 << 2,         /* JSON of the wrong kind for this type */
  SKY_SIO_FAULT_NAME = 1 << 3,         /* an event without a name, or with one that is no string */
  SKY_SIO_FAULT_RESERVED = 1 << 4,     /* a reserved event name: connect, disconnect… */
  SKY_SIO_FAULT_ATTACHMENTS = 1 << 5,  /* a bad attachment count */
  SKY_SIO_FAULT_PLACEHOLDER = 1 << 6,  /* a placeholder that points at no attachment */
  SKY_SIO_FAULT_INTERRUPTED = 1 << 7,  /* text while attachments are due, or the end came first */
  SKY_SIO_FAULT_STRAY_BINARY = 1 << 8, /* a binary message that no packet announced */
  SKY_SIO_FAULT_NOT_CONNECTED = 1 << 9,/* for a namespace that is not connected */
  SKY_SIO_FAULT_CONNECTED = 1 << 10,   /* a second CONNECT for a namespace */
  SKY_SIO_FAULT_ACK_ID = 1 << 11,      /* an ack that nobody asked for, or without an id */
  SKY_SIO_FAULT_DIRECTION = 1 << 12,   /* CONNECT_ERROR from a client */
  SKY_SIO_FAULT_DEPTH = 1 << 13,       /* JSON nested beyond SKY_JSON_MAX_DEPTH */
  SKY_SIO_FAULT_MSGPACK = 1 << 14,     /* not one whole MessagePack packet, or text in it that is no UTF-8 */
  SKY_SIO_FAULT_NSP = 1 << 15,         /* MessagePack: a namespace that is missing or no string */
  SKY_SIO_FAULT_SIZE = 1 << 16,        /* MessagePack that would become more JSON than is kept */
} SkySioFault;

extern const SkyFaultInfo sky_sio_faults[];

/* One packet where it lies: "type[attachments-][/nsp,][id][json]". */
typedef struct
{
  SkySioType type;
  guint      n_attachments; /* as announced; 0 for packets without */
  gsize      nsp_start, nsp_len; /* bytes from the packet's beginning; nsp_len 0 means "/" */
  gboolean   has_id;
  guint64    id;
  gsize      id_start, id_len;
  gsize      data_start, data_len; /* the JSON */
  guint32    faults; /* SkySioFault: what this packet alone breaks */
} SkySioPacket;

void        sky_sio_packet_decode (const char *text, gsize len, SkySioPacket *packet);
char       *sky_sio_packet_nsp (const SkySioPacket *packet, const char *text);
char       *sky_sio_packet_encode (SkySioType type, guint n_attachments, const char *nsp, gint64 id,
                                   const char *json);
const char *sky_sio_type_name (SkySioType type);
void        sky_sio_packet_fields (const SkySioPacket *packet, const char *text, gsize len,
                                   SkyFields *fields);

#pragma once

#include <glib.h>

#include "base/fault.h"

/* Who sent it. "In" and "out" depend on which of the two Sockeye is: see SkyStoreLink. */
typedef enum
{
  SKY_FROM_CLIENT,
  SKY_FROM_SERVER,
} SkyFrom;

/* The layers of the cake, lowest first. The names are those of CLI.md. */
typedef enum
{
  SKY_LAYER_TCP,     /* the dial; the end of a connection; bytes that are no HTTP */
  SKY_LAYER_TLS,
  SKY_LAYER_HTTP,    /* requests and responses that are no upgrade */
  SKY_LAYER_UPGRADE, /* the opening handshake of a WebSocket */
  SKY_LAYER_WS,
  SKY_LAYER_EIO,
  SKY_LAYER_SIO,
  SKY_LAYER_NOTE, /* what a peer of ours says of itself: its state, joins and leaves */
  SKY_N_LAYERS,
} SkyLayer;

/* What a record is, within its layer. */
typedef enum
{
  SKY_KIND_UNKNOWN,
  /* tcp, tls: steps of the dial, and the end */
  SKY_KIND_RESOLVE,
  SKY_KIND_CONNECTED, /* note too */
  SKY_KIND_PROXY,
  SKY_KIND_HANDSHAKE,
  SKY_KIND_DATA, /* bytes that no layer above understands */
  SKY_KIND_END,  /* one side ended, or the line broke */
  /* http, upgrade */
  SKY_KIND_REQUEST,
  SKY_KIND_RESPONSE,
  /* ws */
  SKY_KIND_TEXT,
  SKY_KIND_BINARY,
  SKY_KIND_CONTINUATION,
  SKY_KIND_PING, /* eio too */
  SKY_KIND_PONG, /* eio too */
  SKY_KIND_CLOSE, /* eio too */
  /* eio */
  SKY_KIND_OPEN,
  SKY_KIND_MESSAGE,
  SKY_KIND_UPGRADE,
  SKY_KIND_NOOP,
  /* sio */
  SKY_KIND_CONNECT,
  SKY_KIND_DISCONNECT,
  SKY_KIND_EVENT,
  SKY_KIND_ACK,
  SKY_KIND_CONNECT_ERROR,
  SKY_KIND_BINARY_EVENT,
  SKY_KIND_BINARY_ACK,
  /* note */
  SKY_KIND_STATE,
  SKY_KIND_ERROR,
  SKY_KIND_JOIN,
  SKY_KIND_LEAVE,
  /* note: what socket.io-client or a WebSocket would tell the program; OPEN, CLOSE, UPGRADE, CONNECTED and ERROR too */
  SKY_KIND_CONNECT_FAILED,
  SKY_KIND_DISCONNECTED,
  SKY_KIND_RECONNECT,
  SKY_KIND_RECONNECT_ATTEMPT,
  SKY_KIND_RECONNECT_ERROR,
  SKY_KIND_RECONNECT_FAILED,
  SKY_KIND_HELD, /* an emit that waits for the connection, or was dropped */
  SKY_KIND_NO_LISTENER, /* note: no rule of a host answers an event */
  SKY_N_KINDS,
} SkyKind;

typedef enum
{
  SKY_RECORD_MASKED = 1 << 0,     /* ws: the payload on the wire is masked; the body is not */
  SKY_RECORD_COMPRESSED = 1 << 1, /* ws: part of a compressed message */
  SKY_RECORD_DERIVED = 1 << 2,    /* the body does not lie on the wire: @body and @body_len say where it was put */
  SKY_RECORD_COVERED = 1 << 3,    /* another record tells it too: one of a layer above, or of the session's first connection */
  SKY_RECORD_LAST = 1 << 4,       /* ws: completes a message; the body is the whole message */
  SKY_RECORD_ASKS = 1 << 5,       /* sio: wants an ack */
  SKY_RECORD_GIVEN_UP = 1 << 6,   /* sio: the ack did not come in time */
  SKY_RECORD_WAITING = 1 << 7,    /* sio: attachments are still to come */
} SkyRecordFlags;

#define SKY_RECORD_NONE G_MAXUINT32

/**
 * SkyRecord:
 *
 * One thing seen, of fixed size; what it says is decoded again from the bytes when a person looks.
 *
 * Its bytes are [@start, @start + @len): of the sender's stream if it has no @parent, else of the
 * parent's body. Its body, what it carries to the layer above, begins @head_len bytes after
 * @start, unless %SKY_RECORD_DERIVED says that it was put elsewhere (inflated, joined, dechunked).
 */
typedef struct
{
  gint64  time_usec; /* microseconds since 1970-01-01 UTC, when its last byte came */
  guint64 start;     /* bytes */
  guint64 body;      /* DERIVED: where sky_stack_sink.derive() put it */
  guint32 body_len;  /* DERIVED: bytes */
  guint32 len;       /* bytes */
  guint32 head_len;  /* bytes */
  guint32 parent;    /* number of the record of the layer below, or SKY_RECORD_NONE */
  guint32 mate;      /* of an ack its event and the reverse; of an attachment its event; of a response its request; of a note that nobody listens its event */
  guint32 faults;    /* flags of the layer's own table: sky_layer_faults() */
  guint16 link;      /* which connection of the trace; set by the store */
  guint8  layer;     /* SkyLayer */
  guint8  kind;      /* SkyKind */
  guint8  from;      /* SkyFrom */
  guint8  flags;     /* SkyRecordFlags */
  guint8  form;      /* SkyEioForm, eio: how the packet is written, which tells the revision too */
} SkyRecord;

G_STATIC_ASSERT (sizeof (SkyRecord) <= 56);

const char         *sky_layer_id (SkyLayer layer);
const char         *sky_layer_title (SkyLayer layer);
gboolean            sky_layer_from_id (const char *id, SkyLayer *layer);
const SkyFaultInfo *sky_layer_faults (SkyLayer layer);
const char         *sky_kind_id (SkyKind kind);
gboolean            sky_record_is_text (const SkyRecord *record);

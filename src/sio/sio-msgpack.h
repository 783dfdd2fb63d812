#pragma once

#include "sio/sio-packet.h"

/*
 * The other parser of Socket.IO: npm socket.io-msgpack-parser 3.0, which writes with notepack.io 2.2.
 * A packet is one binary message, a MessagePack map {type, data, options, nsp, id} with its keys in
 * any order; there are no attachments and no binary types. Its data are shown, written and answered
 * as JSON text like all others; what JSON has not stands there as an object of one key:
 *
 *     bin, and what notepack writes for an ArrayBuffer    {"$bin":"base64"}
 *     Date, and the timestamp of the MessagePack rules    {"$date":"2026-11-21T14:08:15.379Z"}
 *     NaN, Infinity and -Infinity                         {"$num":"NaN"}
 *     any other extension                                 {"$ext":[type,"base64"]}
 *
 * undefined becomes null; to send one, write the extension that it is: {"$ext":[0,"AA=="]}. A number
 * with a point or an exponent is a float, one without is an integer. A key that is no string is
 * written as JavaScript would spell it; binary, a map or an array as a key becomes "".
 *
 * Socket.IO 2 has version 2 of it, where CONNECT, DISCONNECT and CONNECT_ERROR are text messages,
 * JSON of the same members: what reads a packet takes those too.
 */

#define SKY_SIO_MSGPACK_MAX_JSON (128 * 1024 * 1024) /* bytes of JSON that one packet may become */

/* One packet, read. */
typedef struct
{
  SkySioType type; /* never a binary one */
  char      *nsp;  /* owned; "/" if it is missing or no string */
  gboolean   has_id;
  guint64    id;
  char      *data;   /* owned, nullable: JSON text with {"$bin"} */
  guint32    faults; /* SkySioFault */
} SkySioMsgpack;

gboolean sky_sio_msgpack_find (const guint8 *data, gsize len, SkySioPacket *packet);
char    *sky_sio_msgpack_json (const guint8 *data, const SkySioPacket *packet, gsize *json_len, guint32 *faults);
void     sky_sio_msgpack_fields (const SkySioPacket *packet, const guint8 *data, gsize len, SkyFields *fields);

gboolean sky_sio_msgpack_is (const guint8 *data, gsize len);
gboolean sky_sio_msgpack_decode (const guint8 *data, gsize len, SkySioMsgpack *packet);
void     sky_sio_msgpack_clear (SkySioMsgpack *packet);
GBytes  *sky_sio_msgpack_encode (SkySioType type, const char *nsp, gint64 id, const char *json, GError **error);
char    *sky_sio_msgpack_encode_text (SkySioType type, const char *nsp, const char *json);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SkySioMsgpack, sky_sio_msgpack_clear)

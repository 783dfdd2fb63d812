#pragma once

#include <glib.h>

/*
 * MessagePack, token by token, where it lies: the public description of the format, version 5
 * ("Formats"). Nothing recurses, nothing is copied, and no length is believed before its bytes are there.
 */

typedef enum
{
  SKY_MSGPACK_NIL,
  SKY_MSGPACK_FALSE,
  SKY_MSGPACK_TRUE,
  SKY_MSGPACK_UINT,   /* 0 or more, however it was written */
  SKY_MSGPACK_INT,    /* below 0 */
  SKY_MSGPACK_FLOAT,
  SKY_MSGPACK_STRING, /* octets that should be UTF-8 */
  SKY_MSGPACK_BINARY,
  SKY_MSGPACK_EXT,
  SKY_MSGPACK_ARRAY,
  SKY_MSGPACK_MAP,
} SkyMsgpackType;

/* One token; an array's items, or a map's keys and values in turn, are the tokens after it. */
typedef struct
{
  SkyMsgpackType type;
  gsize          start, head_len; /* bytes: the head begins at @start; of a number it is all */
  gsize          len;             /* STRING, BINARY, EXT: bytes after the head */
  guint32        n_items;         /* ARRAY: items; MAP: pairs */
  guint64        uint;
  gint64         sint;
  double         real;
  gint8          ext;   /* EXT: its type */
  gboolean       fixed; /* EXT: the head gives no length */
} SkyMsgpackToken;

gboolean sky_msgpack_next (const guint8 *data, gsize len, gsize *pos, SkyMsgpackToken *token);
gboolean sky_msgpack_skip (const guint8 *data, gsize len, gsize *pos);
gboolean sky_msgpack_equal (const guint8 *data, const SkyMsgpackToken *string, const char *expected);

void sky_msgpack_put_nil (GByteArray *out);
void sky_msgpack_put_boolean (GByteArray *out, gboolean value);
void sky_msgpack_put_uint (GByteArray *out, guint64 value);
void sky_msgpack_put_int (GByteArray *out, gint64 value);
void sky_msgpack_put_float (GByteArray *out, double value);
void sky_msgpack_put_string (GByteArray *out, const char *utf8, gsize len);
void sky_msgpack_put_binary (GByteArray *out, const guint8 *data, gsize len);
void sky_msgpack_put_ext (GByteArray *out, gint8 type, const guint8 *data, gsize len);
void sky_msgpack_put_array (GByteArray *out, guint32 n_items);
void sky_msgpack_put_map (GByteArray *out, guint32 n_pairs);

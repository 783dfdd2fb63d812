#include "base/msgpack.h"

#include "base/cursor.h"

static gint64
read_signed (SkyCursor *at, gsize n)
{
  guint64 value = sky_cursor_uint (at, n);
  guint shift = (guint) (64 - 8 * n);

  return (gint64) (value << shift) >> shift;
}

static void
take_signed (SkyMsgpackToken *token, gint64 value)
{
  token->type = value < 0 ? SKY_MSGPACK_INT : SKY_MSGPACK_UINT;
  if (value < 0)
    token->sint = value;
  else
    token->uint = (guint64) value;
}

static void
take_float (SkyMsgpackToken *token, SkyCursor *at, gsize n)
{
  guint64 bits = sky_cursor_uint (at, n);
  guint32 single_bits = (guint32) bits;
  float single;

  token->type = SKY_MSGPACK_FLOAT;
  if (n == sizeof token->real)
    memcpy (&token->real, &bits, sizeof bits);
  else
    {
      memcpy (&single, &single_bits, sizeof single);
      token->real = (double) single;
    }
}

static void
take_ext (SkyMsgpackToken *token, SkyCursor *at, gsize len, gboolean fixed)
{
  token->type = SKY_MSGPACK_EXT;
  token->len = len;
  token->ext = (gint8) sky_cursor_u8 (at);
  token->fixed = fixed;
}

static void
take_run (SkyMsgpackToken *token, SkyMsgpackType type, gsize len)
{
  token->type = type;
  token->len = len;
}

static void
take_items (SkyMsgpackToken *token, SkyMsgpackType type, guint64 n)
{
  token->type = type;
  token->n_items = (guint32) n;
}

/* What begins with an octet of 0xc0 to 0xdf. Returns: FALSE for the one that nothing begins with */
static gboolean
take_long (SkyMsgpackToken *token, SkyCursor *at, guint8 first)
{
  switch (first)
    {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      token->type = first == 0xc0 ? SKY_MSGPACK_NIL : first == 0xc2 ? SKY_MSGPACK_FALSE : SKY_MSGPACK_TRUE;
      break;
    case 0xc4: case 0xc5: case 0xc6:
      take_run (token, SKY_MSGPACK_BINARY, sky_cursor_uint (at, (gsize) 1 << (first - 0xc4)));
      break;
    case 0xc7: case 0xc8: case 0xc9:
      take_ext (token, at, sky_cursor_uint (at, (gsize) 1 << (first - 0xc7)), FALSE);
      break;
    case 0xca: case 0xcb:
      take_float (token, at, first == 0xca ? 4 : 8);
      break;
    case 0xcc: case 0xcd: case 0xce: case 0xcf:
      token->type = SKY_MSGPACK_UINT;
      token->uint = sky_cursor_uint (at, (gsize) 1 << (first - 0xcc));
      break;
    case 0xd0: case 0xd1: case 0xd2: case 0xd3:
      take_signed (token, read_signed (at, (gsize) 1 << (first - 0xd0)));
      break;
    case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8:
      take_ext (token, at, (gsize) 1 << (first - 0xd4), TRUE);
      break;
    case 0xd9: case 0xda: case 0xdb:
      take_run (token, SKY_MSGPACK_STRING, sky_cursor_uint (at, (gsize) 1 << (first - 0xd9)));
      break;
    case 0xdc: case 0xdd:
      take_items (token, SKY_MSGPACK_ARRAY, sky_cursor_uint (at, first == 0xdc ? 2 : 4));
      break;
    case 0xde: case 0xdf:
      take_items (token, SKY_MSGPACK_MAP, sky_cursor_uint (at, first == 0xde ? 2 : 4));
      break;
    default:
      return FALSE;
    }
  return TRUE;
}

static gboolean
take (SkyMsgpackToken *token, SkyCursor *at)
{
  guint8 first = sky_cursor_u8 (at);

  if (first < 0x80 || first >= 0xe0)
    take_signed (token, (gint8) first);
  else if (first < 0x90)
    take_items (token, SKY_MSGPACK_MAP, first & 15);
  else if (first < 0xa0)
    take_items (token, SKY_MSGPACK_ARRAY, first & 15);
  else if (first < 0xc0)
    take_run (token, SKY_MSGPACK_STRING, first & 31);
  else
    return take_long (token, at, first);
  return TRUE;
}

/* Returns: how many tokens must follow at least; each takes a byte or more */
static guint64
n_due (const SkyMsgpackToken *token)
{
  return token->type == SKY_MSGPACK_MAP ? 2 * (guint64) token->n_items : token->n_items;
}

/**
 * sky_msgpack_next:
 * @data: (array length=len): bytes
 * @len: bytes
 * @pos: (inout): where the token begins; then behind its head, and behind its octets if it has any
 * @token: (out caller-allocates): set only on success
 *
 * A length that the bytes at hand cannot fill is refused here, before anybody makes room for it.
 *
 * Returns: whether a whole token was there; @pos stays if not
 */
gboolean
sky_msgpack_next (const guint8 *data, gsize len, gsize *pos, SkyMsgpackToken *token)
{
  SkyCursor at = { .data = data, .len = len, .pos = *pos };
  SkyMsgpackToken t = { .start = *pos };

  if (!take (&t, &at))
    return FALSE;
  t.head_len = at.pos - t.start;
  sky_cursor_take (&at, t.len);
  if (at.starved || n_due (&t) > len - at.pos)
    return FALSE;
  *token = t;
  *pos = at.pos;
  return TRUE;
}

/**
 * sky_msgpack_skip:
 * @data: (array length=len): bytes
 * @len: bytes
 * @pos: (inout): where a value begins; then behind it
 *
 * Steps over one value with all that is in it, however deep that is. It gives up as soon as the
 * bytes left are fewer than the values that are due.
 *
 * Returns: whether a whole value was there; @pos stays if not
 */
gboolean
sky_msgpack_skip (const guint8 *data, gsize len, gsize *pos)
{
  SkyMsgpackToken token;
  gsize at = *pos;

  for (guint64 due = 1; due > 0; due--)
    {
      if (due > len - at || !sky_msgpack_next (data, len, &at, &token))
        return FALSE;
      due += n_due (&token);
    }
  *pos = at;
  return TRUE;
}

/**
 * sky_msgpack_equal:
 * @data: the bytes that @string lies in
 *
 * Returns: whether @string is a string of just these octets
 */
gboolean
sky_msgpack_equal (const guint8 *data, const SkyMsgpackToken *string, const char *expected)
{
  return string->type == SKY_MSGPACK_STRING && string->len == strlen (expected)
         && memcmp (data + string->start + string->head_len, expected, string->len) == 0;
}

/* One octet, then @n more of @value in network byte order. */
static void
put (GByteArray *out, guint8 first, guint64 value, gsize n)
{
  guint8 bytes[9] = { first };

  for (gsize i = 0; i < n; i++)
    bytes[1 + i] = (guint8) (value >> 8 * (n - 1 - i));
  g_byte_array_append (out, bytes, (guint) (1 + n));
}

/* Returns: the bytes that @value needs, as a power of two: 0 for 1 byte, 3 for 8 */
static guint
width (guint64 value)
{
  return value <= G_MAXUINT8 ? 0 : value <= G_MAXUINT16 ? 1 : value <= G_MAXUINT32 ? 2 : 3;
}

void
sky_msgpack_put_nil (GByteArray *out)
{
  put (out, 0xc0, 0, 0);
}

void
sky_msgpack_put_boolean (GByteArray *out, gboolean value)
{
  put (out, value ? 0xc3 : 0xc2, 0, 0);
}

/**
 * sky_msgpack_put_uint:
 *
 * Appends a number in the fewest bytes, as the format asks writers to.
 */
void
sky_msgpack_put_uint (GByteArray *out, guint64 value)
{
  guint w = width (value);

  if (value < 0x80)
    put (out, (guint8) value, 0, 0);
  else
    put (out, (guint8) (0xcc + w), value, (gsize) 1 << w);
}

/**
 * sky_msgpack_put_int:
 *
 * As sky_msgpack_put_uint(), for numbers that may be below 0.
 */
void
sky_msgpack_put_int (GByteArray *out, gint64 value)
{
  guint w = value >= G_MININT8 ? 0 : value >= G_MININT16 ? 1 : value >= G_MININT32 ? 2 : 3;

  if (value >= 0)
    sky_msgpack_put_uint (out, (guint64) value);
  else if (value >= -0x20)
    put (out, (guint8) value, 0, 0);
  else
    put (out, (guint8) (0xd0 + w), (guint64) value, (gsize) 1 << w);
}

/* Appends a float 64: the format has no shorter one that every number fits. */
void
sky_msgpack_put_float (GByteArray *out, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put (out, 0xcb, bits, sizeof bits);
}

/* The head of something of @n octets or items, in the smallest of the forms at @first. */
static void
put_head (GByteArray *out, guint8 first, guint64 n)
{
  guint w = width (n);

  put (out, (guint8) (first + w), n, (gsize) 1 << w);
}

/**
 * sky_msgpack_put_string:
 * @len: bytes, below 2³²
 */
void
sky_msgpack_put_string (GByteArray *out, const char *utf8, gsize len)
{
  g_return_if_fail (len <= G_MAXUINT32);

  if (len < 32)
    put (out, (guint8) (0xa0 | len), 0, 0);
  else
    put_head (out, 0xd9, len);
  g_byte_array_append (out, (const guint8 *) utf8, (guint) len);
}

/**
 * sky_msgpack_put_binary:
 * @len: bytes, below 2³²
 */
void
sky_msgpack_put_binary (GByteArray *out, const guint8 *data, gsize len)
{
  g_return_if_fail (len <= G_MAXUINT32);

  put_head (out, 0xc4, len);
  if (len > 0)
    g_byte_array_append (out, data, (guint) len);
}

/**
 * sky_msgpack_put_ext:
 * @type: what it is; below 0 the format's own
 * @len: bytes, below 2³²
 */
void
sky_msgpack_put_ext (GByteArray *out, gint8 type, const guint8 *data, gsize len)
{
  g_return_if_fail (len <= G_MAXUINT32);

  if (len > 0 && len <= 16 && (len & (len - 1)) == 0)
    put (out, (guint8) (0xd4 + g_bit_nth_lsf (len, -1)), 0, 0);
  else
    put_head (out, 0xc7, len);
  g_byte_array_append (out, (const guint8 *) &type, 1);
  if (len > 0)
    g_byte_array_append (out, data, (guint) len);
}

static void
put_items (GByteArray *out, guint8 few, guint8 many, guint32 n)
{
  if (n < 16)
    put (out, (guint8) (few | n), 0, 0);
  else if (n <= G_MAXUINT16)
    put (out, many, n, 2);
  else
    put (out, (guint8) (many + 1), n, 4);
}

/**
 * sky_msgpack_put_array:
 *
 * Appends an array's head; as many values have to follow.
 */
void
sky_msgpack_put_array (GByteArray *out, guint32 n_items)
{
  put_items (out, 0x90, 0xdc, n_items);
}

/**
 * sky_msgpack_put_map:
 *
 * Appends a map's head; as many keys, each with its value, have to follow.
 */
void
sky_msgpack_put_map (GByteArray *out, guint32 n_pairs)
{
  put_items (out, 0x80, 0xde, n_pairs);
}

#include "eio/eio-payload.h"

#include <string.h>

#define MAX_DIGITS 10 /* of a length in front of a packet */

/**
 * sky_eio_payload_next:
 * @data: (array length=len): the whole body of a poll's answer or of a POST
 * @len: bytes
 * @pos: (inout): 0 before the first call; means nothing to the caller afterwards
 * @start: (out): where the next packet begins, in bytes from @data
 * @packet_len: (out): its length in bytes
 *
 * Takes a payload apart at U+001E. Nothing between two separators, or after the last one, is an
 * empty packet, and so is an empty body: they are given, to be faulted.
 * Engine.IO protocol v4, "HTTP long-polling".
 *
 * Returns: %FALSE after the last packet
 */
gboolean
sky_eio_payload_next (const guint8 *data, gsize len, gsize *pos, gsize *start, gsize *packet_len)
{
  const guint8 *separator;

  if (*pos > len)
    return FALSE;
  separator = *pos < len ? memchr (data + *pos, SKY_EIO_SEPARATOR, len - *pos) : NULL;
  *start = *pos;
  *packet_len = separator != NULL ? (gsize) (separator - data) - *pos : len - *pos;
  *pos += *packet_len + 1; /* beyond @len once the last one is given */
  return TRUE;
}

/**
 * sky_eio_payload_form:
 * @revision: 3 or 4
 * @data: (array length=len): the whole body
 *
 * A binary payload of revision 3 begins with the octet 0 or 1, one of text with a digit: they need
 * no Content-Type to be told apart.
 *
 * Returns: how the packets of this body are written
 */
SkyEioForm
sky_eio_payload_form (guint revision, const guint8 *data, gsize len)
{
  if (revision != 3)
    return SKY_EIO_FORM_ELEMENT;
  return len > 0 && data[0] <= 1 ? SKY_EIO_FORM_OCTETS_3 : SKY_EIO_FORM_COUNTED_3;
}

/* Returns: bytes of the character that begins at @pos, as a browser decodes UTF-8; what is none counts as U+FFFD */
static gsize
char_len (const guint8 *data, gsize len, gsize pos)
{
  guint8 lead = data[pos];
  gsize n = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;

  for (gsize i = 1; i < n; i++)
    if (pos + i == len || (data[pos + i] & 0xc0) != 0x80)
      return i;
  return n;
}

/* Returns: whether @n_units UTF-16 units end where a character ends; then @text_len is their length in bytes */
static gboolean
measure_units (const guint8 *data, gsize len, guint64 n_units, gsize *text_len)
{
  guint64 n = 0;
  gsize pos = 0;

  while (pos < len && n < n_units)
    {
      gsize n_bytes = data[pos] < 0x80 ? 1 : char_len (data, len, pos);

      n += n_bytes == 4 ? 2 : 1;
      pos += n_bytes;
    }
  *text_len = pos;
  return n == n_units;
}

static guint64
count_units (const guint8 *data, gsize len)
{
  guint64 n = 0;

  for (gsize pos = 0, n_bytes; pos < len; pos += n_bytes)
    {
      n_bytes = char_len (data, len, pos);
      n += n_bytes == 4 ? 2 : 1;
    }
  return n;
}

/* Reads digits up to @stop, as characters or octets. Returns: bytes with it, or 0 if it is no length */
static gsize
read_length (const guint8 *data, gsize len, guint8 zero, guint8 stop, guint64 *length)
{
  gsize pos = 0;

  for (*length = 0; pos < len && pos <= MAX_DIGITS && data[pos] != stop; pos++)
    {
      if (data[pos] < zero || data[pos] > zero + 9)
        return 0;
      *length = *length * 10 + data[pos] - zero;
    }
  return pos > 0 && pos <= MAX_DIGITS && pos < len ? pos + 1 : 0;
}

/**
 * sky_eio_payload_measure:
 * @form: %SKY_EIO_FORM_COUNTED_3 or %SKY_EIO_FORM_OCTETS_3
 * @data: (array length=len): from the first byte of a packet's length to the payload's end
 * @len: bytes
 * @prefix_len: (out): bytes of the length, 0 if none can be read
 * @packet_len: (out): bytes of the packet behind it: all the rest if the length is wrong
 *
 * Reads the length in front of a packet of revision 3: "LENGTH:", which counts UTF-16 units, or in
 * a binary payload 0 or 1, the digits as octets, 255, which counts octets. PROTOCOL.md §14.1, §14.2.
 *
 * Returns: whether such a packet lies here whole, and ends where a character ends
 */
gboolean
sky_eio_payload_measure (SkyEioForm form, const guint8 *data, gsize len, gsize *prefix_len, gsize *packet_len)
{
  gboolean octets = form == SKY_EIO_FORM_OCTETS_3, fits;
  guint64 length = 0;

  *prefix_len = 0;
  *packet_len = len;
  if (octets && len > 1 && data[0] <= 1)
    *prefix_len = read_length (data + 1, len - 1, 0, 255, &length);
  else if (!octets && len > 0)
    *prefix_len = read_length (data, len, '0', ':', &length);
  if (*prefix_len == 0)
    return FALSE;
  *prefix_len += octets;
  *packet_len = len - *prefix_len;
  if (!octets)
    return measure_units (data + *prefix_len, *packet_len, length, packet_len)
           || (*packet_len = len - *prefix_len, FALSE);
  fits = length <= *packet_len;
  if (fits)
    *packet_len = (gsize) length;
  return fits;
}

/**
 * sky_eio_payload_step:
 * @form: from sky_eio_payload_form()
 * @data: (array length=len): the whole body of a poll's answer or of a POST
 * @len: bytes
 * @pos: (inout): 0 before the first call; means nothing to the caller afterwards
 * @start: (out): where the next packet begins, its length included, in bytes from @data
 * @packet_len: (out): its length in bytes, as sky_eio_packet_decode_form() wants it
 *
 * Takes a payload of either revision apart. After a length that is wrong nobody can tell where the
 * next packet begins: all the rest is given as one packet, to be faulted.
 *
 * Returns: %FALSE after the last packet
 */
gboolean
sky_eio_payload_step (SkyEioForm form, const guint8 *data, gsize len, gsize *pos, gsize *start, gsize *packet_len)
{
  gsize prefix_len, rest_len;

  if (form != SKY_EIO_FORM_COUNTED_3 && form != SKY_EIO_FORM_OCTETS_3)
    return sky_eio_payload_next (data, len, pos, start, packet_len);
  if (*pos > len || (*pos == len && len > 0))
    return FALSE;
  *start = *pos;
  *packet_len = len - *pos;
  if (sky_eio_payload_measure (form, data + *pos, len - *pos, &prefix_len, &rest_len))
    *packet_len = prefix_len + rest_len;
  *pos += MAX (*packet_len, 1); /* an empty body is one empty packet */
  return TRUE;
}

static gboolean
is_sound (SkyEioForm form, const guint8 *data, gsize len)
{
  gsize pos = 0, start, packet_len;
  SkyEioPacket packet;

  while (sky_eio_payload_step (form, data, len, &pos, &start, &packet_len))
    {
      sky_eio_packet_decode_form (data + start, packet_len, form, &packet);
      if (packet.faults != 0)
        return FALSE;
    }
  return TRUE;
}

/**
 * sky_eio_payload_revision:
 * @data: (array length=len): the body of a poll's answer with status 200
 *
 * Tells from a body which revision its sender speaks, whatever was asked for: servers of Socket.IO
 * 2 answer "97:0{…}2:40" to EIO=4 too. The first answer of a session is never in doubt.
 *
 * Returns: 3, 4, or 0 if it is no sound payload of either, or could be a broken one of 3
 */
guint
sky_eio_payload_revision (const guint8 *data, gsize len)
{
  SkyEioForm form = sky_eio_payload_form (3, data, len);
  gsize prefix_len, packet_len;

  if (len == 0)
    return 0;
  if (is_sound (form, data, len))
    return 3;
  sky_eio_payload_measure (form, data, len, &prefix_len, &packet_len);
  return prefix_len == 0 && is_sound (SKY_EIO_FORM_ELEMENT, data, len) ? 4 : 0;
}

/**
 * sky_eio_payload_append:
 * @revision: 3 or 4
 * @binary: whether the data are octets: then @type is %SKY_EIO_MESSAGE
 * @data: (array length=len): the packet's data, without its type
 * @len: bytes
 *
 * Adds a packet to a payload of text, which every server takes: in revision 4 separated by U+001E,
 * in revision 3 with its length in front. Binary data go as base64. PROTOCOL.md §3.1, §14.1, §14.2.
 */
void
sky_eio_payload_append (GByteArray *payload, guint revision, SkyEioType type, gboolean binary,
                        const guint8 *data, gsize len)
{
  static const guint8 separator = SKY_EIO_SEPARATOR;

  if (revision != 3 && payload->len > 0)
    g_byte_array_append (payload, &separator, 1);
  sky_eio_packet_append (payload, revision == 3 ? SKY_EIO_FORM_COUNTED_3 : SKY_EIO_FORM_ELEMENT, type, binary, data,
                         len);
}

/**
 * sky_eio_payload_growth:
 * @payload_len: bytes of the payload so far
 * @revision: 3 or 4
 * @data: (array length=len): a packet's data, without its type
 * @len: bytes
 *
 * Returns: the bytes that sky_eio_payload_append() would add, so that a payload can be held below
 *   maxPayload. PROTOCOL.md §3.11
 */
gsize
sky_eio_payload_growth (gsize payload_len, guint revision, gboolean binary, const guint8 *data, gsize len)
{
  gsize packet_len = 1 + (binary ? (len + 2) / 3 * 4 : len), n_digits = 1;
  guint64 n_units;

  if (revision != 3)
    return packet_len + (payload_len > 0 ? 1 : 0);
  packet_len += binary ? 1 : 0;
  n_units = binary ? packet_len : 1 + count_units (data, len);
  for (guint64 n = n_units; n >= 10; n /= 10)
    n_digits++;
  return n_digits + 1 + packet_len;
}

/* Writes the length of the packet that begins at @start in front of it. */
static void
put_length (GByteArray *out, SkyEioForm form, gboolean binary, guint start)
{
  gsize packet_len = out->len - start, prefix_len;
  char prefix[MAX_DIGITS * 2 + 3];

  if (form == SKY_EIO_FORM_COUNTED_3)
    prefix_len = (gsize) g_snprintf (prefix, sizeof prefix, "%" G_GUINT64_FORMAT ":",
                                     count_units (out->data + start, packet_len));
  else
    {
      prefix_len = (gsize) g_snprintf (prefix, sizeof prefix, "%d%" G_GSIZE_FORMAT "\xff", binary, packet_len);
      for (gsize i = 0; i + 1 < prefix_len; i++)
        prefix[i] = (char) (prefix[i] - '0');
    }
  g_byte_array_set_size (out, (guint) (out->len + prefix_len));
  memmove (out->data + start + prefix_len, out->data + start, packet_len);
  memcpy (out->data + start, prefix, prefix_len);
}

/**
 * sky_eio_packet_append:
 * @form: how to write it
 * @binary: whether the data are octets
 * @data: (array length=len): the packet's data, without its type
 * @len: bytes
 *
 * Writes one packet. A message of %SKY_EIO_FORM_BINARY is its data alone; of %SKY_EIO_FORM_BINARY_3
 * they follow the octet 4 (PROTOCOL.md §14.3). In forms of text octets go as base64.
 */
void
sky_eio_packet_append (GByteArray *out, SkyEioForm form, SkyEioType type, gboolean binary, const guint8 *data,
                       gsize len)
{
  gboolean octets = form == SKY_EIO_FORM_BINARY_3 || (form == SKY_EIO_FORM_OCTETS_3 && binary);
  gboolean base64 = binary && !octets && form != SKY_EIO_FORM_BINARY;
  gboolean bare = form == SKY_EIO_FORM_BINARY || (base64 && sky_eio_form_revision (form) == 4); /* only messages are so */
  guint8 digit = (guint8) (type + (octets ? 0 : '0'));
  guint start = out->len;

  g_return_if_fail (type < SKY_EIO_UNKNOWN);
  g_return_if_fail (type == SKY_EIO_MESSAGE || !bare);

  if (base64)
    g_byte_array_append (out, (const guint8 *) "b", 1);
  if (!bare)
    g_byte_array_append (out, &digit, 1);
  if (base64)
    {
      g_autofree char *text = g_base64_encode (data, len);

      g_byte_array_append (out, (const guint8 *) text, (guint) strlen (text));
    }
  else if (len > 0)
    g_byte_array_append (out, data, (guint) len);
  if (form == SKY_EIO_FORM_COUNTED_3 || form == SKY_EIO_FORM_OCTETS_3)
    put_length (out, form, binary, start);
}

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hex.h"
#include "ws/ws-frame.h"

G_DEFINE_QUARK (sky-ws-error-quark, sky_ws_error)

/* What a header breaks whoever sends it. RFC 6455 §5.2, §5.5. */
static guint32
judge (const SkyWsFrame *frame, guint length_form)
{
  guint8 last_known = frame->opcode < SKY_WS_CLOSE ? SKY_WS_BINARY : SKY_WS_PONG;
  guint32 faults = 0;

  if (frame->opcode > last_known)
    faults |= SKY_WS_FAULT_OPCODE;
  if (frame->opcode >= SKY_WS_CLOSE && (!frame->fin || frame->payload_len > 125))
    faults |= SKY_WS_FAULT_CONTROL;
  if ((length_form == 126 && frame->payload_len < 126)
      || (length_form == 127 && frame->payload_len <= G_MAXUINT16))
    faults |= SKY_WS_FAULT_LENGTH;
  return faults;
}

/**
 * sky_ws_frame_decode:
 * @data: (array length=len): bytes that begin where a frame begins; @len of them are at hand
 * @frame: (out caller-allocates): the header, set only if the result is positive
 * @error: set if no further byte can make this a frame
 *
 * Reads one header; the payload is not waited for, unmasked or copied. RFC 6455 §5.2, §5.5.
 * Which side sent it, and what the RSV bits mean, is for sky_ws_message_frame() to judge.
 *
 * Returns: header length in bytes (2–14), 0 if more bytes are needed, or
 *   -1 and %SKY_WS_ERROR_LENGTH if the 64-bit length has its top bit set
 */
gssize
sky_ws_frame_decode (const guint8 *data, gsize len, SkyWsFrame *frame, GError **error)
{
  SkyCursor at = { .data = data, .len = len };
  guint8 b0 = sky_cursor_u8 (&at), b1 = sky_cursor_u8 (&at);
  guint8 length_form = b1 & 127;
  SkyWsFrame f = { .fin = b0 >> 7, .rsv = b0 >> 4 & 7, .opcode = b0 & 15, .masked = b1 >> 7 };

  f.payload_len = length_form;
  if (length_form == 126)
    f.payload_len = sky_cursor_u16 (&at);
  else if (length_form == 127)
    f.payload_len = sky_cursor_u64 (&at);
  if (f.masked)
    sky_cursor_copy (&at, f.mask, sizeof f.mask);
  if (at.starved)
    return 0;
  if (f.payload_len > G_MAXINT64)
    return sky_fail (error, SKY_WS_ERROR, SKY_WS_ERROR_LENGTH, _("Frame length is over 2⁶³−1"));
  f.faults = judge (&f, length_form);
  *frame = f;
  return (gssize) at.pos;
}

/**
 * sky_ws_frame_encode:
 * @frame: what to write; its faults are not looked at, and broken rules are written as told
 * @out: (out caller-allocates): room for the header
 *
 * Writes a header, the length in its shortest form. RFC 6455 §5.2.
 *
 * Returns: header length in bytes (2–14)
 */
gsize
sky_ws_frame_encode (const SkyWsFrame *frame, guint8 out[SKY_WS_MAX_HEADER])
{
  guint64 payload_len = frame->payload_len;
  guint n_extended = payload_len < 126 ? 0 : payload_len <= G_MAXUINT16 ? 2 : 8;
  guint8 length_form = n_extended == 0 ? (guint8) payload_len : n_extended == 2 ? 126 : 127;
  gsize pos = 2;

  out[0] = (guint8) (frame->fin << 7 | (frame->rsv & 7) << 4 | (frame->opcode & 15));
  out[1] = (guint8) (frame->masked << 7 | length_form);
  while (n_extended > 0)
    out[pos++] = (guint8) (payload_len >> 8 * --n_extended);
  if (frame->masked)
    {
      memcpy (out + pos, frame->mask, sizeof frame->mask);
      pos += sizeof frame->mask;
    }
  return pos;
}

/**
 * sky_ws_frame_mask:
 * @offset: where @data lies in its frame's payload, in bytes from the payload's beginning
 * @data: (array length=len): changed in place
 *
 * Masks, or unmasks: it is the same. RFC 6455 §5.3.
 */
void
sky_ws_frame_mask (const guint8 mask[4], guint64 offset, guint8 *data, gsize len)
{
  guint8 turned[8];
  guint64 key, word;

  for (guint i = 0; i < sizeof turned; i++)
    turned[i] = mask[(offset + i) & 3];
  memcpy (&key, turned, sizeof key);
  for (; len >= sizeof word; data += sizeof word, len -= sizeof word)
    {
      memcpy (&word, data, sizeof word);
      word ^= key;
      memcpy (data, &word, sizeof word);
    }
  for (gsize i = 0; i < len; i++)
    data[i] ^= turned[i];
}

/**
 * sky_ws_opcode_name:
 *
 * Returns: (transfer none): its name in RFC 6455 §11.8 without "frame", or "reserved"; for machines
 *   as well, and so not translated
 */
const char *
sky_ws_opcode_name (guint8 opcode)
{
  switch (opcode)
    {
    case SKY_WS_CONTINUATION:
      return "continuation";
    case SKY_WS_TEXT:
      return "text";
    case SKY_WS_BINARY:
      return "binary";
    case SKY_WS_CLOSE:
      return "close";
    case SKY_WS_PING:
      return "ping";
    case SKY_WS_PONG:
      return "pong";
    default:
      return "reserved";
    }
}

static void
mark (SkyField *field, const SkyWsFrame *frame, guint32 faults)
{
  field->faulty = (frame->faults & faults) != 0;
}

static void
add_rsv_fields (const SkyWsFrame *frame, gboolean compressed, SkyFields *fields)
{
  static const char *const names[] = { "RSV1", "RSV2", "RSV3" };
  gboolean first = frame->opcode == SKY_WS_TEXT || frame->opcode == SKY_WS_BINARY;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      guint8 bit = frame->rsv & SKY_WS_RSV1 >> i;
      gboolean meant = bit == SKY_WS_RSV1 && compressed && first;
      const char *value = meant ? _("1, compressed (RFC 7692)") : bit != 0 ? "1" : "0";

      mark (sky_fields_add (fields, names[i], 0, 1, "%s", value), frame,
            bit != 0 && !meant ? SKY_WS_FAULT_RESERVED : 0);
    }
}

static void
add_length_field (const SkyWsFrame *frame, guint n_extended, SkyFields *fields)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, frame->payload_len);
  SkyField *field = sky_fields_add (fields, _("Payload length"), 1, 1 + n_extended,
                                    _("%s bytes (in %u bits)"), number,
                                    n_extended == 0 ? 7 : 8 * n_extended);

  mark (field, frame, SKY_WS_FAULT_LENGTH | SKY_WS_FAULT_FRAMING | SKY_WS_FAULT_TOO_LONG
                          | (frame->payload_len > 125 ? SKY_WS_FAULT_CONTROL : 0));
}

/**
 * sky_ws_frame_fields:
 * @frame: a header; what its faults name is marked, so add those of sky_ws_message_frame() first
 * @header_len: bytes, as sky_ws_frame_decode() gave it: it tells the form of the length
 * @compressed: whether the message that this frame belongs to is compressed
 *
 * Adds the header as a title and its parts, with offsets from its first byte. RFC 6455 §5.2.
 */
void
sky_ws_frame_fields (const SkyWsFrame *frame, gsize header_len, gboolean compressed,
                     SkyFields *fields)
{
  const char *name = sky_ws_opcode_name (frame->opcode);
  gsize key_len = frame->masked ? sizeof frame->mask : 0;
  SkyField *field;

  sky_fields_open (fields, _("WebSocket frame"), 0, header_len,
                   frame->masked ? _("%s · %" PRIu64 " bytes, masked")
                                 : _("%s · %" PRIu64 " bytes"),
                   name, frame->payload_len);
  field = sky_fields_add (fields, "FIN", 0, 1, "%s",
                          frame->fin ? _("1 (last frame of the message)")
                                     : _("0 (more frames follow)"));
  mark (field, frame, frame->fin ? 0 : SKY_WS_FAULT_CONTROL);
  add_rsv_fields (frame, compressed, fields);
  field = sky_fields_add (fields, _("Opcode"), 0, 1, "%u (%s)", frame->opcode, name);
  mark (field, frame, SKY_WS_FAULT_OPCODE | SKY_WS_FAULT_ORPHAN | SKY_WS_FAULT_INTERRUPTED
                          | SKY_WS_FAULT_AFTER_CLOSE);
  field = sky_fields_add (fields, "MASK", 1, 1, "%s",
                          frame->masked ? _("1 (masked)") : _("0 (not masked)"));
  mark (field, frame, SKY_WS_FAULT_MASKED | SKY_WS_FAULT_UNMASKED);
  add_length_field (frame, (guint) (header_len - key_len - 2), fields);
  if (frame->masked)
    {
      g_autofree char *key = sky_hex_format (frame->mask, sizeof frame->mask, " ");

      sky_fields_add (fields, _("Masking key"), header_len - key_len, key_len, "%s", key);
    }
  sky_fields_close (fields);
}

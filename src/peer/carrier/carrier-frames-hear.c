#include "peer/carrier/carrier-frames-private.h"

#include <string.h>

#include "base/utf8.h"
#include "ws/ws-close.h"

/* What a peer must not send, whatever its messages are. */
#define FAULTS                                                                                                 \
  (SKY_WS_FAULT_RESERVED | SKY_WS_FAULT_OPCODE | SKY_WS_FAULT_CONTROL | SKY_WS_FAULT_UNMASKED | SKY_WS_FAULT_ORPHAN \
   | SKY_WS_FAULT_INTERRUPTED)

/* The octets of a WebSocket on their way to messages: frame after frame, judged as RFC 6455 wants it. */

/*
 * What comes from now on is read, so that a reset does not overtake the close frame, and forgotten,
 * until the peer closes as well.
 */
static void
refuse (SkyCarrierFrames *self, guint code, const char *why)
{
  self->deaf = TRUE;
  g_clear_pointer (&self->joined, g_byte_array_unref);
  sky_carrier_tell_refused (SKY_CARRIER (self), code, why);
  if (!self->close_sent)
    sky_carrier_frames_say_close (self, code, NULL);
}

static void
tell (SkyCarrierFrames *self, SkyWsOpcode opcode, GBytes *message)
{
  g_autoptr(GBytes) body = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);

  if (opcode == SKY_WS_TEXT && !sky_utf8_valid (data, len))
    {
      refuse (self, SOUP_WEBSOCKET_CLOSE_BAD_DATA, "The text is not UTF-8");
      return;
    }
  if (opcode == SKY_WS_TEXT)
    body = sky_carrier_read_base64 (message, self->revision);
  else if (self->revision == 3 && len > 0 && data[0] == SKY_EIO_MESSAGE)
    body = g_bytes_new_from_bytes (message, 1, len - 1);
  sky_carrier_tell_message (SKY_CARRIER (self), body != NULL ? body : message, opcode == SKY_WS_BINARY || body != NULL);
}

/* A text ends in a NUL that is not part of it. */
static GBytes *
take_payload (const SkyWsFrame *frame, const guint8 *data)
{
  gsize len = frame->payload_len;
  guint8 *payload = g_malloc (len + 1);

  memcpy (payload, data, len);
  payload[len] = '\0';
  sky_ws_frame_mask (frame->mask, 0, payload, len);
  return g_bytes_new_take (payload, len);
}

static void
append (GByteArray **joined, GBytes *payload)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (payload, &len);

  if (*joined == NULL)
    *joined = g_byte_array_new ();
  if (len > 0)
    g_byte_array_append (*joined, data, (guint) len);
}

/* @first: the frame's first octet; the guard inflates, and takes the bit off that says so. */
static void
hear_data (SkyCarrierFrames *self, const SkyWsFrame *frame, SkyWsPart part, SkyWsOpcode opcode, guint8 first,
           const guint8 *data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) payload = soup_websocket_extension_process_incoming_message (
      SOUP_WEBSOCKET_EXTENSION (self->guard), &first, take_payload (frame, data), &error);
  g_autoptr(GBytes) message = NULL;

  if (payload == NULL)
    refuse (self, (guint) error->code, error->message);
  else if ((first & 0x70) != 0)
    refuse (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "A frame has reserved bits set");
  else if (part == SKY_WS_PART_WHOLE)
    tell (self, opcode, payload);
  else
    {
      if (part == SKY_WS_PART_FIRST)
        g_clear_pointer (&self->joined, g_byte_array_unref);
      append (&self->joined, payload);
      if (part != SKY_WS_PART_LAST)
        return;
      g_byte_array_append (self->joined, (const guint8 *) "", 1);
      g_byte_array_set_size (self->joined, self->joined->len - 1);
      message = g_byte_array_free_to_bytes (g_steal_pointer (&self->joined));
      tell (self, opcode, message);
    }
}

static void
hear_close (SkyCarrierFrames *self, const guint8 *data, gsize len)
{
  SkyWsClose close;

  sky_ws_close_decode (data, len, &close);
  if (close.faults != 0 && !self->close_sent)
    {
      refuse (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "A close frame is malformed");
      return;
    }
  self->code = close.code;
  g_free (self->reason);
  self->reason = (close.faults & SKY_WS_FAULT_UTF8) == 0
                     ? g_strndup ((const char *) data + close.reason_start, close.reason_len)
                     : NULL;
  if (self->close_sent)
    sky_carrier_frames_end (self);
  else /* with what came: RFC 6455 §5.5.1 */
    sky_carrier_frames_say_close (self, close.code, close.code != SKY_WS_CLOSE_NO_STATUS ? self->reason : NULL);
}

static void
hear_control (SkyCarrierFrames *self, const SkyWsFrame *frame, const guint8 *data)
{
  guint8 payload[125];
  gsize len = frame->payload_len;

  memcpy (payload, data, len);
  sky_ws_frame_mask (frame->mask, 0, payload, len);
  if (frame->opcode == SKY_WS_CLOSE && self->code == 0)
    hear_close (self, payload, len);
  else if (frame->opcode == SKY_WS_PING && !self->close_sent)
    sky_carrier_frames_put (self, SKY_WS_PONG, g_bytes_new (payload, len));
}

/* Judges a frame by its header. Returns: whether it is to be heard once all of it is there */
static gboolean
judge (SkyCarrierFrames *self, const SkyWsFrame *frame, guint32 faults, SkyWsPart part)
{
  gboolean control = part == SKY_WS_PART_CONTROL && (faults & FAULTS) == 0;

  if (self->deaf || self->code != 0)
    return control;
  if ((faults & FAULTS) != 0)
    refuse (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "A frame breaks the rules of RFC 6455");
  else if (!control && frame->payload_len > self->max_message)
    refuse (self, SOUP_WEBSOCKET_CLOSE_TOO_BIG, "The message is too large");
  return !self->deaf;
}

/* Returns: bytes of @data that are done with; 0 if more are needed */
static gsize
hear_frame (SkyCarrierFrames *self, const guint8 *data, gsize len)
{
  SkyWsMessage order = self->order;
  SkyWsFrame frame;
  SkyWsPart part;
  guint8 opcode;
  gboolean compressed;
  guint32 faults;
  gssize header_len = sky_ws_frame_decode (data, len, &frame, NULL);

  if (header_len < 0)
    {
      self->lost = TRUE;
      if (!self->deaf)
        refuse (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "A frame has an impossible length");
      return len;
    }
  if (header_len == 0)
    return 0;
  part = sky_ws_message_frame (&order, &frame, &opcode, &compressed, &faults);
  if (!judge (self, &frame, faults, part))
    {
      self->skip = frame.payload_len;
      return (gsize) header_len;
    }
  if (len - (gsize) header_len < frame.payload_len)
    return 0;
  self->order = order;
  if (part == SKY_WS_PART_CONTROL)
    hear_control (self, &frame, data + header_len);
  else
    hear_data (self, &frame, part, opcode, data[0], data + header_len);
  return (gsize) header_len + frame.payload_len;
}

/* Returns: bytes of @data that are done with */
static gsize
hear (SkyCarrierFrames *self, const guint8 *data, gsize len)
{
  gsize at = 0;

  while (at < len && !self->ending)
    {
      gsize n = self->lost ? len - at : MIN (self->skip, len - at);

      self->skip -= MIN (n, self->skip);
      if (n == 0)
        n = hear_frame (self, data + at, len - at);
      if (n == 0)
        break;
      at += n;
    }
  return self->ending ? len : at;
}

static void
keep (SkyCarrierFrames *self, const guint8 *data, gsize len)
{
  if (len == 0)
    return;
  if (self->in == NULL)
    self->in = g_byte_array_sized_new ((guint) len);
  g_byte_array_append (self->in, data, (guint) len);
}

/* Whoever is told of a message may let go of us. */
void
sky_carrier_frames_take (SkyCarrierFrames *self, const guint8 *data, gsize len)
{
  g_autoptr(GByteArray) in = NULL;
  gsize used;

  if (self->in != NULL)
    {
      keep (self, data, len);
      in = g_steal_pointer (&self->in);
      used = hear (self, in->data, in->len);
      if (used == 0)
        self->in = g_steal_pointer (&in);
      else
        keep (self, in->data + used, in->len - used);
      return;
    }
  used = hear (self, data, len);
  keep (self, data + used, len - used);
}

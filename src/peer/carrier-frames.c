#include "peer/carrier-frames.h"

#include <string.h>

#include "base/utf8.h"
#include "ws/ws-close.h"
#include "ws/ws-message.h"

#define EIO_MESSAGE   4  /* the octet before binary in revision 3 */
#define CLOSE_SEC     5  /* how long the peer may take to answer a close frame */
#define MAX_REASON    123 /* bytes: RFC 6455 §5.5 */
#define FAULTS        (SKY_WS_FAULT_RESERVED | SKY_WS_FAULT_OPCODE | SKY_WS_FAULT_CONTROL | SKY_WS_FAULT_UNMASKED \
                       | SKY_WS_FAULT_ORPHAN | SKY_WS_FAULT_INTERRUPTED)

struct _SkyCarrierFrames
{
  SkyCarrier   parent_instance;
  SkyTcpTap   *tap;
  SkyGuard    *guard;
  guint        revision;    /* of Engine.IO, 0 if that is not spoken */
  guint64      max_message; /* bytes */
  SkyWsMessage order;
  GByteArray  *in;     /* nullable: the beginning of a frame */
  GByteArray  *joined; /* nullable: the fragments of a message */
  guint64      skip;   /* bytes of a payload that was refused */
  guint        code;   /* of the peer's close frame, 0 before it */
  char        *reason; /* nullable: what it said */
  guint        deadline, over; /* sources */
  guint        deaf : 1; /* something was refused: no message is heard any more */
  guint        lost : 1; /* … not even where a frame begins is known */
  guint        close_sent : 1;
  guint        ending : 1; /* the stream is being closed */
  guint        base64 : 1; /* the peer takes no binary messages */
};

G_DEFINE_FINAL_TYPE (SkyCarrierFrames, sky_carrier_frames, SKY_TYPE_CARRIER)

static void
sky_carrier_frames_dispose (GObject *object)
{
  SkyCarrierFrames *self = SKY_CARRIER_FRAMES (object);

  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_handle_id (&self->over, g_source_remove);
  if (self->tap != NULL)
    sky_tcp_tap_listen (self->tap, NULL, NULL);
  g_clear_object (&self->tap);
  g_clear_object (&self->guard);
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_clear_pointer (&self->joined, g_byte_array_unref);
  g_clear_pointer (&self->reason, g_free);
  G_OBJECT_CLASS (sky_carrier_frames_parent_class)->dispose (object);
}

static gboolean
is_open (SkyCarrier *carrier)
{
  SkyCarrierFrames *self = SKY_CARRIER_FRAMES (carrier);

  return !self->close_sent && self->code == 0 && !self->ending;
}

static void
put_frame (SkyCarrierFrames *self, SkyWsFrame *frame, const guint8 *data, gsize len)
{
  guint8 header[SKY_WS_MAX_HEADER];

  frame->payload_len = len;
  sky_tcp_tap_say (self->tap, header, sky_ws_frame_encode (frame, header), data, len);
}

/* @payload: (transfer full) */
static void
put (SkyCarrierFrames *self, SkyWsOpcode opcode, GBytes *payload)
{
  guint8 first = 0x80 | opcode;
  g_autoptr(GBytes) passed = sky_guard_pass_outgoing (self->guard, &first, payload);
  SkyWsFrame frame = { .fin = 1, .opcode = opcode, .rsv = first >> 4 & 7 };
  gsize len;
  const guint8 *data = g_bytes_get_data (passed, &len);

  put_frame (self, &frame, data, len);
}

static void
send_message (SkyCarrier *carrier, GBytes *message, gboolean binary)
{
  SkyCarrierFrames *self = SKY_CARRIER_FRAMES (carrier);
  gsize len;
  const guint8 *data = g_bytes_get_data (message, &len);
  GByteArray *packet;

  if (!binary || !(self->revision == 3 || self->base64))
    {
      put (self, binary ? SKY_WS_BINARY : SKY_WS_TEXT, g_bytes_ref (message));
      return;
    }
  packet = g_byte_array_sized_new ((guint) len + 1);
  sky_eio_packet_append (packet, sky_eio_message_form (self->revision, !self->base64), SKY_EIO_MESSAGE, TRUE, data, len);
  put (self, self->base64 ? SKY_WS_TEXT : SKY_WS_BINARY, g_byte_array_free_to_bytes (packet));
}

static gboolean
send_frame (SkyCarrier *carrier, SkyWsFrame *frame, GBytes *payload)
{
  SkyCarrierFrames *self = SKY_CARRIER_FRAMES (carrier);
  gsize len;
  const guint8 *data = g_bytes_get_data (payload, &len);
  g_autofree guint8 *masked = frame->masked && len > 0 ? g_memdup2 (data, len) : NULL;
  guint8 header[SKY_WS_MAX_HEADER];

  if (masked != NULL)
    sky_ws_frame_mask (frame->mask, 0, masked, len);
  put_frame (self, frame, masked != NULL ? masked : data, len);
  sky_guard_count_frame (self->guard, sky_ws_frame_encode (frame, header) + len);
  return TRUE;
}

/* Closes the stream; whatever waits is sent first. on_heard() tells when that is done. */
static void
end (SkyCarrierFrames *self)
{
  if (self->ending)
    return;
  self->ending = TRUE;
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_io_stream_close_async (G_IO_STREAM (self->tap), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static gboolean
on_deadline (gpointer user_data)
{
  SkyCarrierFrames *self = user_data;

  self->deadline = 0;
  end (self);
  return G_SOURCE_REMOVE;
}

/* Returns: bytes of @reason, in whole characters, for which a close frame has room */
static gsize
fit_reason (const char *reason)
{
  const char *end;

  g_utf8_validate_len (reason, MIN (strlen (reason), MAX_REASON), &end);
  return (gsize) (end - reason);
}

/* The server ends the connection once both have said so: RFC 6455 §7.1.1. */
static void
say_close (SkyCarrierFrames *self, guint code, const char *reason)
{
  GByteArray *body = g_byte_array_new ();

  if (code != SKY_WS_CLOSE_NO_STATUS)
    g_byte_array_append (body, (const guint8[]) { (guint8) (code >> 8), (guint8) code }, 2);
  if (code != SKY_WS_CLOSE_NO_STATUS && reason != NULL)
    g_byte_array_append (body, (const guint8 *) reason, (guint) fit_reason (reason));
  self->close_sent = TRUE;
  put (self, SKY_WS_CLOSE, g_byte_array_free_to_bytes (body));
  if (self->code != 0)
    end (self);
  else
    self->deadline = g_timeout_add_seconds (CLOSE_SEC, on_deadline, self);
}

static void
begin_close (SkyCarrier *carrier, guint code, const char *reason)
{
  say_close (SKY_CARRIER_FRAMES (carrier), code, reason);
}

static void
cut (SkyCarrier *carrier)
{
  sky_tcp_tap_cut (SKY_CARRIER_FRAMES (carrier)->tap);
}

static guint64
get_n_unsent (SkyCarrier *carrier)
{
  return sky_guard_get_n_unsent (SKY_CARRIER_FRAMES (carrier)->guard);
}

static void
sky_carrier_frames_class_init (SkyCarrierFramesClass *klass)
{
  SkyCarrierClass *carrier_class = SKY_CARRIER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_carrier_frames_dispose;
  carrier_class->transport = "websocket";
  carrier_class->is_open = is_open;
  carrier_class->send = send_message;
  carrier_class->send_frame = send_frame;
  carrier_class->close = begin_close;
  carrier_class->cut = cut;
  carrier_class->get_n_unsent = get_n_unsent;
}

static void
sky_carrier_frames_init (SkyCarrierFrames *self)
{
  self->order = (SkyWsMessage) { .from_client = TRUE, .deflate = TRUE };
}

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
    say_close (self, code, NULL);
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
  else if (self->revision == 3 && len > 0 && data[0] == EIO_MESSAGE)
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
    end (self);
  else /* with what came: RFC 6455 §5.5.1 */
    say_close (self, close.code, close.code != SKY_WS_CLOSE_NO_STATUS ? self->reason : NULL);
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
    put (self, SKY_WS_PONG, g_bytes_new (payload, len));
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
static void
take (SkyCarrierFrames *self, const guint8 *data, gsize len)
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

static gboolean
on_over (gpointer user_data)
{
  g_autoptr(SkyCarrierFrames) self = g_object_ref (SKY_CARRIER_FRAMES (user_data));

  self->over = 0;
  sky_carrier_tell_closed (SKY_CARRIER (self), self->code != 0 ? self->code : SKY_WS_CLOSE_ABNORMAL, self->reason,
                           NULL);
  return G_SOURCE_REMOVE;
}

static void
on_heard (SkyTcpTapEvent event, const guint8 *data, gsize len, gpointer user_data)
{
  g_autoptr(SkyCarrierFrames) self = g_object_ref (SKY_CARRIER_FRAMES (user_data));

  switch (event)
    {
    case SKY_TCP_TAP_READ:
      take (self, data, len);
      break;
    case SKY_TCP_TAP_END:
      end (self);
      break;
    case SKY_TCP_TAP_CLOSED:
      self->ending = TRUE;
      g_clear_handle_id (&self->deadline, g_source_remove);
      if (self->over == 0)
        self->over = g_idle_add_full (G_PRIORITY_DEFAULT, on_over, self, NULL);
      break;
    case SKY_TCP_TAP_WRITTEN:
      break;
    }
}

/**
 * sky_carrier_frames_new:
 * @tap: the handshake is done on it, and what was read belongs to that; shared
 * @guard: armed; it counts and inflates
 * @revision: of Engine.IO that is spoken on it, 3 or 4; 0 for none
 * @max_message: bytes that one message may have
 *
 * Returns: (transfer full): a carrier that hears nothing before sky_carrier_frames_begin()
 */
SkyCarrierFrames *
sky_carrier_frames_new (SkyTcpTap *tap, SkyGuard *guard, guint revision, guint64 max_message)
{
  SkyCarrierFrames *self = g_object_new (SKY_TYPE_CARRIER_FRAMES, NULL);

  self->tap = g_object_ref (tap);
  self->guard = g_object_ref (guard);
  self->revision = revision;
  self->max_message = max_message;
  return self;
}

/**
 * sky_carrier_frames_set_base64:
 *
 * The peer was told to take no binary messages ("forceBase64"): octets go to it as text. Engine.IO only.
 */
void
sky_carrier_frames_set_base64 (SkyCarrierFrames *self)
{
  self->base64 = TRUE;
}

/**
 * sky_carrier_frames_begin:
 * @input: what the handshake was read from; it may have more than that
 *
 * Hears what came with the handshake, and then all that comes.
 */
void
sky_carrier_frames_begin (SkyCarrierFrames *self, GInputStream *input)
{
  g_autoptr(SkyCarrierFrames) alive = g_object_ref (self);
  guint8 block[4096];
  gssize len;

  while (!self->ending
         && (len = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), block, sizeof block, NULL,
                                                             NULL)) > 0)
    take (self, block, (gsize) len);
  sky_tcp_tap_listen (self->tap, on_heard, self);
}

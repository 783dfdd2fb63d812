#include "peer/carrier/carrier-frames-private.h"

#include <string.h>

#include "base/utf8.h"
#include "ws/ws-close.h"

#define CLOSE_SEC  5   /* how long the peer may take to answer a close frame */
#define MAX_REASON 123 /* bytes: RFC 6455 §5.5 */

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
void
sky_carrier_frames_put (SkyCarrierFrames *self, SkyWsOpcode opcode, GBytes *payload)
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
      sky_carrier_frames_put (self, binary ? SKY_WS_BINARY : SKY_WS_TEXT, g_bytes_ref (message));
      return;
    }
  packet = g_byte_array_sized_new ((guint) len + 1);
  sky_eio_packet_append (packet, sky_eio_message_form (self->revision, !self->base64), SKY_EIO_MESSAGE, TRUE, data, len);
  sky_carrier_frames_put (self, self->base64 ? SKY_WS_TEXT : SKY_WS_BINARY, g_byte_array_free_to_bytes (packet));
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
void
sky_carrier_frames_end (SkyCarrierFrames *self)
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
  sky_carrier_frames_end (self);
  return G_SOURCE_REMOVE;
}

/* The server ends the connection once both have said so: RFC 6455 §7.1.1. */
void
sky_carrier_frames_say_close (SkyCarrierFrames *self, guint code, const char *reason)
{
  GByteArray *body = g_byte_array_new ();

  if (code != SKY_WS_CLOSE_NO_STATUS)
    g_byte_array_append (body, (const guint8[]) { (guint8) (code >> 8), (guint8) code }, 2);
  if (code != SKY_WS_CLOSE_NO_STATUS && reason != NULL)
    g_byte_array_append (body, (const guint8 *) reason, (guint) sky_utf8_fit (reason, strlen (reason), MAX_REASON));
  self->close_sent = TRUE;
  sky_carrier_frames_put (self, SKY_WS_CLOSE, g_byte_array_free_to_bytes (body));
  if (self->code != 0)
    sky_carrier_frames_end (self);
  else
    self->deadline = g_timeout_add_seconds (CLOSE_SEC, on_deadline, self);
}

static void
begin_close (SkyCarrier *carrier, guint code, const char *reason)
{
  sky_carrier_frames_say_close (SKY_CARRIER_FRAMES (carrier), code, reason);
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
      sky_carrier_frames_take (self, data, len);
      break;
    case SKY_TCP_TAP_END:
      sky_carrier_frames_end (self);
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
    sky_carrier_frames_take (self, block, (gsize) len);
  sky_tcp_tap_listen (self->tap, on_heard, self);
}

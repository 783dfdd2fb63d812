#include "peer/carrier/carrier-ws.h"

#include "tcp/tcp-tap.h"
#define EIO_MESSAGE 4 /* the octet before binary in revision 3 */

struct _SkyCarrierWs
{
  SkyCarrier               parent_instance;
  SoupWebsocketConnection *socket;
  SkyGuard                *guard;    /* nullable */
  guint                    revision; /* of Engine.IO, 0 if that is not spoken */
};

G_DEFINE_FINAL_TYPE (SkyCarrierWs, sky_carrier_ws, SKY_TYPE_CARRIER)

static void
sky_carrier_ws_dispose (GObject *object)
{
  SkyCarrierWs *self = SKY_CARRIER_WS (object);

  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_clear_object (&self->guard);
  G_OBJECT_CLASS (sky_carrier_ws_parent_class)->dispose (object);
}

static gboolean
is_open (SkyCarrier *carrier)
{
  return soup_websocket_connection_get_state (SKY_CARRIER_WS (carrier)->socket) == SOUP_WEBSOCKET_STATE_OPEN;
}

static void
send_message (SkyCarrier *carrier, GBytes *message, gboolean binary)
{
  SkyCarrierWs *self = SKY_CARRIER_WS (carrier);
  g_autoptr(GBytes) framed = NULL;

  if (binary && self->revision == 3)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (message, &len);
      GByteArray *octets = g_byte_array_sized_new (len + 1);

      g_byte_array_append (octets, (const guint8[]) { EIO_MESSAGE }, 1);
      if (len > 0)
        g_byte_array_append (octets, data, len);
      message = framed = g_byte_array_free_to_bytes (octets);
    }
  soup_websocket_connection_send_message (self->socket,
                                          binary ? SOUP_WEBSOCKET_DATA_BINARY : SOUP_WEBSOCKET_DATA_TEXT, message);
}

/* Past libsoup, which sends neither pings nor broken frames: possible only when nothing waits to be sent. */
static gboolean
send_frame (SkyCarrier *carrier, SkyWsFrame *frame, GBytes *payload)
{
  SkyCarrierWs *self = SKY_CARRIER_WS (carrier);
  g_autoptr(GByteArray) wire = g_byte_array_new ();
  GOutputStream *output = g_io_stream_get_output_stream (soup_websocket_connection_get_io_stream (self->socket));
  guint8 header[SKY_WS_MAX_HEADER];
  gsize len, header_len;
  const guint8 *data = g_bytes_get_data (payload, &len);

  if (self->guard != NULL && sky_guard_get_n_unsent (self->guard) > 0)
    return FALSE;
  frame->payload_len = len;
  header_len = sky_ws_frame_encode (frame, header);
  g_byte_array_append (wire, header, header_len);
  if (len > 0)
    g_byte_array_append (wire, data, len);
  if (frame->masked)
    sky_ws_frame_mask (frame->mask, 0, wire->data + header_len, len);
  if (g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output), wire->data, wire->len, NULL, NULL)
      != (gssize) wire->len)
    return FALSE;
  if (self->guard != NULL)
    sky_guard_count_frame (self->guard, wire->len);
  return TRUE;
}

static void
begin_close (SkyCarrier *carrier, guint code, const char *reason)
{
  soup_websocket_connection_close (SKY_CARRIER_WS (carrier)->socket, code, reason);
}

static void
cut (SkyCarrier *carrier)
{
  GIOStream *stream = soup_websocket_connection_get_io_stream (SKY_CARRIER_WS (carrier)->socket);

  if (SKY_IS_TCP_TAP (stream))
    sky_tcp_tap_cut (SKY_TCP_TAP (stream));
}

static guint64
get_n_unsent (SkyCarrier *carrier)
{
  SkyCarrierWs *self = SKY_CARRIER_WS (carrier);

  return self->guard != NULL ? sky_guard_get_n_unsent (self->guard) : 0;
}

static void
sky_carrier_ws_class_init (SkyCarrierWsClass *klass)
{
  SkyCarrierClass *carrier_class = SKY_CARRIER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_carrier_ws_dispose;
  carrier_class->transport = "websocket";
  carrier_class->is_open = is_open;
  carrier_class->send = send_message;
  carrier_class->send_frame = send_frame;
  carrier_class->close = begin_close;
  carrier_class->cut = cut;
  carrier_class->get_n_unsent = get_n_unsent;
}

static void
sky_carrier_ws_init (SkyCarrierWs *self)
{
}

/* In revision 3 a binary frame begins with its packet's type as an octet: Engine.IO protocol v3. */
static void
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *data, gpointer user_data)
{
  g_autoptr(SkyCarrier) self = g_object_ref (SKY_CARRIER (user_data));
  gboolean binary = type == SOUP_WEBSOCKET_DATA_BINARY;
  guint revision = SKY_CARRIER_WS (self)->revision;
  g_autoptr(GBytes) body = binary ? NULL : sky_carrier_read_base64 (data, revision);
  gsize len;
  const guint8 *octets = g_bytes_get_data (data, &len);

  if (binary && revision == 3 && len > 0 && octets[0] == EIO_MESSAGE)
    body = g_bytes_new_from_bytes (data, 1, len - 1);
  sky_carrier_tell_message (self, body != NULL ? body : data, binary || body != NULL);
}

/* libsoup gives 0 where no close frame came: RFC 6455 §7.1.5 calls that 1006. */
static void
on_closed (SoupWebsocketConnection *socket, gpointer user_data)
{
  g_autoptr(SkyCarrier) self = g_object_ref (SKY_CARRIER (user_data));
  guint code = soup_websocket_connection_get_close_code (socket);

  sky_carrier_tell_closed (self, code != 0 ? code : SOUP_WEBSOCKET_CLOSE_ABNORMAL,
                           soup_websocket_connection_get_close_data (socket), NULL);
}

/* libsoup names its own mistakes and the peer's so; a line that broke comes as another domain. */
static void
on_error (SoupWebsocketConnection *socket, GError *error, gpointer user_data)
{
  g_autoptr(SkyCarrier) self = g_object_ref (SKY_CARRIER (user_data));

  if (error != NULL && error->domain == SOUP_WEBSOCKET_ERROR)
    sky_carrier_tell_refused (self, error->code, error->message);
}

/**
 * sky_carrier_ws_new:
 * @socket: an open WebSocket on a tapped stream; shared
 * @revision: of Engine.IO that is spoken on it, 3 or 4; 0 for none
 *
 * Returns: (transfer full): a carrier
 */
SkyCarrierWs *
sky_carrier_ws_new (SoupWebsocketConnection *socket, guint revision)
{
  SkyCarrierWs *self = g_object_new (SKY_TYPE_CARRIER_WS, NULL);
  SkyGuard *guard = sky_guard_find (socket);

  self->socket = g_object_ref (socket);
  self->guard = guard != NULL ? g_object_ref (guard) : NULL;
  self->revision = revision;
  g_signal_connect (socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (socket, "error", G_CALLBACK (on_error), self);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), self);
  return self;
}

/* Returns: (nullable) (transfer none): who counts and judges the frames of this one */
SkyGuard *
sky_carrier_ws_get_guard (SkyCarrierWs *self)
{
  return self->guard;
}

/* The open packet told the revision: what is carried from now on is framed as it demands. */
void
sky_carrier_ws_set_revision (SkyCarrierWs *self, guint revision)
{
  self->revision = revision;
}

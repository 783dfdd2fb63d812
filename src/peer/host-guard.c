#include "peer/host-guard.h"

struct _SkyHostGuard
{
  SoupWebsocketExtension parent_instance;
  guint64                max_message; /* bytes, inflated */
  guint64                message_len; /* of the fragments so far */
  guint64                n_sent;      /* bytes of frames */
  SkyHostGuardFunc       sending;     /* nullable */
  gpointer               user_data;
};

G_DEFINE_FINAL_TYPE (SkyHostGuard, sky_host_guard, SOUP_TYPE_WEBSOCKET_EXTENSION)

static GBytes *
sky_host_guard_process_incoming_message (SoupWebsocketExtension *extension, guint8 *header,
                                         GBytes *payload, GError **error)
{
  SkyHostGuard *self = SKY_HOST_GUARD (extension);
  gboolean control = header[0] & 0x08, fin = header[0] & 0x80,
           continuation = (header[0] & 0x0f) == 0;

  if (control)
    return payload;
  self->message_len = (continuation ? self->message_len : 0) + g_bytes_get_size (payload);
  if (self->message_len > self->max_message)
    {
      g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_CLOSE_TOO_BIG,
                           "The message is too large");
      g_bytes_unref (payload);
      return NULL;
    }
  if (fin)
    self->message_len = 0;
  return payload;
}

/* A server's frames have no mask: RFC 6455 §5.1, §5.2. */
static GBytes *
sky_host_guard_process_outgoing_message (SoupWebsocketExtension *extension, guint8 *header,
                                         GBytes *payload, GError **error)
{
  SkyHostGuard *self = SKY_HOST_GUARD (extension);
  gsize len = g_bytes_get_size (payload);

  if (self->sending != NULL)
    self->sending (self->user_data);
  self->n_sent += len + (len < 126 ? 2 : len < 65536 ? 4 : 10);
  return payload;
}

static void
sky_host_guard_class_init (SkyHostGuardClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  extension_class->name = "x-sockeye-guard"; /* never offered to anyone */
  extension_class->process_incoming_message = sky_host_guard_process_incoming_message;
  extension_class->process_outgoing_message = sky_host_guard_process_outgoing_message;
}

static void
sky_host_guard_init (SkyHostGuard *self)
{
}

/**
 * sky_host_guard_new:
 * @max_message: bytes that one incoming message may have, inflated and with all its fragments
 * @sending: (nullable): called before each frame that goes out; it must not close the WebSocket
 *
 * Returns: (transfer full): a guard for one WebSocket of a server
 */
SkyHostGuard *
sky_host_guard_new (guint64 max_message, SkyHostGuardFunc sending, gpointer user_data)
{
  SkyHostGuard *self = g_object_new (SKY_TYPE_HOST_GUARD, NULL);

  self->max_message = max_message;
  self->sending = sending;
  self->user_data = user_data;
  return self;
}

void
sky_host_guard_silence (SkyHostGuard *self)
{
  self->sending = NULL;
}

/* Returns: whether a message was refused: nothing is heard after that */
gboolean
sky_host_guard_is_tripped (SkyHostGuard *self)
{
  return self->message_len > self->max_message;
}

/* Returns: bytes of all frames that libsoup was given to send */
guint64
sky_host_guard_get_n_sent (SkyHostGuard *self)
{
  return self->n_sent;
}

#include "peer/host-guard.h"

#include <string.h>

#include "ws/ws-deflate.h"
#include "ws/ws-frame.h"

#define NAME "permessage-deflate"
#define RSV1 0x40 /* RFC 7692 §6 */

struct _SkyHostGuard
{
  SoupWebsocketExtension parent_instance;
  guint64                max_message; /* bytes, inflated */
  guint64                message_len; /* of the fragments so far */
  gboolean               tripped;
  guint64                n_sent;  /* bytes of frames */
  SkyHostGuardFunc       sending; /* nullable */
  gpointer               user_data;

  SkyWsDeflateParams params; /* enabled if that was agreed */
  SkyWsInflater     *inflater;
  SkyWsDeflater     *deflater;
  GByteArray        *pending; /* nullable: the fragments of a compressed message */
};

G_DEFINE_FINAL_TYPE (SkyHostGuard, sky_host_guard, SOUP_TYPE_WEBSOCKET_EXTENSION)

static void
sky_host_guard_finalize (GObject *object)
{
  SkyHostGuard *self = SKY_HOST_GUARD (object);

  g_clear_pointer (&self->inflater, sky_ws_inflater_free);
  g_clear_pointer (&self->deflater, sky_ws_deflater_free);
  g_clear_pointer (&self->pending, g_byte_array_unref);
  G_OBJECT_CLASS (sky_host_guard_parent_class)->finalize (object);
}

/* The offer was judged before: host-http.c keeps none that is wrong. */
static gboolean
sky_host_guard_configure (SoupWebsocketExtension *extension, SoupWebsocketConnectionType type,
                          GHashTable *params, GError **error)
{
  SkyHostGuard *self = SKY_HOST_GUARD (extension);
  const char *bits = params != NULL ? g_hash_table_lookup (params, "server_max_window_bits") : NULL;

  self->params = (SkyWsDeflateParams) { .enabled = TRUE,
                                        .server_max_window_bits = 15,
                                        .client_max_window_bits = 15 };
  if (params == NULL)
    return TRUE;
  self->params.server_no_context_takeover
      = g_hash_table_contains (params, "server_no_context_takeover");
  self->params.client_no_context_takeover
      = g_hash_table_contains (params, "client_no_context_takeover");
  if (bits != NULL)
    self->params.server_max_window_bits = CLAMP (g_ascii_strtoull (bits, NULL, 10), 9, 15);
  return TRUE;
}

/* What may be left out is left out: a client may use any window. */
static char *
sky_host_guard_get_response_params (SoupWebsocketExtension *extension)
{
  g_autofree char *answer = sky_ws_deflate_format (&SKY_HOST_GUARD (extension)->params);

  return g_strdup (answer + strlen (NAME));
}

static GBytes *
refuse (SkyHostGuard *self, GBytes *payload, int code, const char *message, GError **error)
{
  self->tripped = TRUE;
  g_clear_pointer (&self->pending, g_byte_array_unref);
  g_bytes_unref (payload);
  g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, code, message);
  return NULL;
}

static GBytes *
inflate_message (SkyHostGuard *self, GBytes *payload, GError **error)
{
  g_autoptr(GByteArray) pending = g_steal_pointer (&self->pending);
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) why = NULL;

  if (self->inflater == NULL)
    self->inflater = sky_ws_inflater_new (15, self->params.client_no_context_takeover);
  if (sky_ws_inflater_message (self->inflater, pending->data, pending->len, self->max_message, out,
                               &why))
    {
      g_bytes_unref (payload);
      return g_byte_array_free_to_bytes (g_steal_pointer (&out));
    }
  if (g_error_matches (why, SKY_WS_ERROR, SKY_WS_ERROR_TOO_LONG))
    return refuse (self, payload, SOUP_WEBSOCKET_CLOSE_TOO_BIG, "The message is too large", error);
  return refuse (self, payload, SOUP_WEBSOCKET_CLOSE_BAD_DATA, why->message, error);
}

/* The fragments of a compressed message are empty until the last one, which has all of it. */
static GBytes *
sky_host_guard_process_incoming_message (SoupWebsocketExtension *extension, guint8 *header,
                                         GBytes *payload, GError **error)
{
  SkyHostGuard *self = SKY_HOST_GUARD (extension);
  gboolean control = header[0] & 0x08, fin = header[0] & 0x80, first = header[0] & 0x0f;
  gsize len;
  const guint8 *data = g_bytes_get_data (payload, &len);

  if (control || self->tripped)
    return payload;
  self->message_len = (first ? 0 : self->message_len) + len;
  if (self->message_len > self->max_message)
    return refuse (self, payload, SOUP_WEBSOCKET_CLOSE_TOO_BIG, "The message is too large", error);
  if (first)
    g_clear_pointer (&self->pending, g_byte_array_unref);
  if (first && self->params.enabled && (header[0] & RSV1))
    {
      header[0] &= (guint8) ~RSV1;
      self->pending = g_byte_array_new ();
    }
  if (self->pending == NULL)
    return payload;
  g_byte_array_append (self->pending, data, (guint) len);
  if (fin)
    return inflate_message (self, payload, error);
  g_bytes_unref (payload);
  return g_bytes_new_static ("", 0);
}

/* A server's frames have no mask: RFC 6455 §5.1, §5.2. */
static GBytes *
sky_host_guard_process_outgoing_message (SoupWebsocketExtension *extension, guint8 *header,
                                         GBytes *payload, GError **error)
{
  SkyHostGuard *self = SKY_HOST_GUARD (extension);
  gsize len;
  const guint8 *data = g_bytes_get_data (payload, &len);
  GByteArray *out;

  if (self->sending != NULL)
    self->sending (self->user_data);
  if (self->params.enabled && !(header[0] & 0x08))
    {
      if (self->deflater == NULL)
        self->deflater = sky_ws_deflater_new (self->params.server_max_window_bits,
                                              self->params.server_no_context_takeover);
      out = g_byte_array_new ();
      sky_ws_deflater_message (self->deflater, data, len, out);
      header[0] |= RSV1;
      g_bytes_unref (payload);
      payload = g_byte_array_free_to_bytes (out);
      len = g_bytes_get_size (payload);
    }
  self->n_sent += len + (len < 126 ? 2 : len < 65536 ? 4 : 10);
  return payload;
}

static void
sky_host_guard_class_init (SkyHostGuardClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_host_guard_finalize;
  extension_class->name = NAME;
  extension_class->configure = sky_host_guard_configure;
  extension_class->get_response_params = sky_host_guard_get_response_params;
  extension_class->process_incoming_message = sky_host_guard_process_incoming_message;
  extension_class->process_outgoing_message = sky_host_guard_process_outgoing_message;
}

static void
sky_host_guard_init (SkyHostGuard *self)
{
  self->max_message = G_MAXUINT64;
}

/* Returns: (transfer full): a guard that does not compress, since nobody has agreed to it */
SkyHostGuard *
sky_host_guard_new (void)
{
  return g_object_new (SKY_TYPE_HOST_GUARD, NULL);
}

/**
 * sky_host_guard_arm:
 * @max_message: bytes that one incoming message may have, inflated and with all its fragments
 * @sending: (nullable): called before each frame that goes out; it must not close the WebSocket
 */
void
sky_host_guard_arm (SkyHostGuard *self, guint64 max_message, SkyHostGuardFunc sending,
                    gpointer user_data)
{
  self->max_message = max_message;
  self->sending = sending;
  self->user_data = user_data;
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
  return self->tripped;
}

/* Returns: bytes of all frames that libsoup was given to send */
guint64
sky_host_guard_get_n_sent (SkyHostGuard *self)
{
  return self->n_sent;
}

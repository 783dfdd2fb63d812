#include "peer/carrier/guard.h"

#include <string.h>

#include "ws/ws-frame.h"

#define NAME "permessage-deflate"
#define RSV1 0x40 /* RFC 7692 §6 */
#define SPAN 2048  /* answers that may wait for a peer that asks and does not read, once or twice: libsoup looks at
                      all of them for each one more */

struct _SkyGuard
{
  SoupWebsocketExtension parent_instance;
  gboolean               client;
  guint64                max_message; /* bytes, inflated */
  guint64                message_len; /* of the fragments so far */
  gboolean               tripped;
  SkyLink               *link;    /* borrowed until the guard is silenced; nullable */
  guint64                n_given; /* bytes for the socket: what went before, and all frames */
  SkyGuardFunc           sending; /* nullable */
  gpointer               user_data;

  guint   n_answers;  /* of the present span */
  guint64 span_start; /* n_given before it */
  guint64 full_start; /* n_given before the last full span; 0 if there was none */

  SkyWsDeflateParams params; /* enabled if that was agreed */
  SkyWsInflater     *inflater;
  SkyWsDeflater     *deflater;
  GByteArray        *pending; /* nullable: the fragments of a compressed message */
};

G_DEFINE_FINAL_TYPE (SkyGuard, sky_guard, SOUP_TYPE_WEBSOCKET_EXTENSION)

static void
sky_guard_finalize (GObject *object)
{
  SkyGuard *self = SKY_GUARD (object);

  g_clear_pointer (&self->inflater, sky_ws_inflater_free);
  g_clear_pointer (&self->deflater, sky_ws_deflater_free);
  g_clear_pointer (&self->pending, g_byte_array_unref);
  G_OBJECT_CLASS (sky_guard_parent_class)->finalize (object);
}

/* For the host's end. The offer was judged before: host-http.c keeps none that is wrong. */
static gboolean
sky_guard_configure (SoupWebsocketExtension *extension, SoupWebsocketConnectionType type,
                     GHashTable *params, GError **error)
{
  SkyGuard *self = SKY_GUARD (extension);
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
sky_guard_get_response_params (SoupWebsocketExtension *extension)
{
  g_autofree char *answer = sky_ws_deflate_format (&SKY_GUARD (extension)->params);

  return g_strdup (answer + strlen (NAME));
}

static GBytes *
refuse (SkyGuard *self, GBytes *payload, int code, const char *message, GError **error)
{
  self->tripped = TRUE;
  g_clear_pointer (&self->pending, g_byte_array_unref);
  g_bytes_unref (payload);
  g_set_error_literal (error, SOUP_WEBSOCKET_ERROR, code, message);
  return NULL;
}

static GBytes *
inflate_message (SkyGuard *self, GBytes *payload, GError **error)
{
  g_autoptr(GByteArray) pending = g_steal_pointer (&self->pending);
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) why = NULL;

  if (self->inflater == NULL)
    self->inflater = sky_ws_inflater_new (15, self->client ? self->params.server_no_context_takeover
                                                           : self->params.client_no_context_takeover);
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
sky_guard_process_incoming_message (SoupWebsocketExtension *extension, guint8 *header,
                                    GBytes *payload, GError **error)
{
  SkyGuard *self = SKY_GUARD (extension);
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

static GBytes *
deflate_message (SkyGuard *self, GBytes *payload)
{
  GByteArray *out = g_byte_array_new ();
  gsize len;
  const guint8 *data = g_bytes_get_data (payload, &len);

  if (self->deflater == NULL)
    self->deflater = self->client ? sky_ws_deflater_new (self->params.client_max_window_bits,
                                                         self->params.client_no_context_takeover)
                                  : sky_ws_deflater_new (self->params.server_max_window_bits,
                                                         self->params.server_no_context_takeover);
  sky_ws_deflater_message (self->deflater, data, len, out);
  g_bytes_unref (payload);
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
sky_guard_process_outgoing_message (SoupWebsocketExtension *extension, guint8 *header,
                                    GBytes *payload, GError **error)
{
  return sky_guard_pass_outgoing (SKY_GUARD (extension), header, payload);
}

static void
sky_guard_class_init (SkyGuardClass *klass)
{
  SoupWebsocketExtensionClass *extension_class = SOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sky_guard_finalize;
  extension_class->name = NAME;
  extension_class->configure = sky_guard_configure;
  extension_class->get_response_params = sky_guard_get_response_params;
  extension_class->process_incoming_message = sky_guard_process_incoming_message;
  extension_class->process_outgoing_message = sky_guard_process_outgoing_message;
}

static void
sky_guard_init (SkyGuard *self)
{
  self->max_message = G_MAXUINT64;
}

/* Returns: (transfer full): a guard that does not compress, since nobody has agreed to it */
SkyGuard *
sky_guard_new (void)
{
  return g_object_new (SKY_TYPE_GUARD, NULL);
}

/**
 * sky_guard_new_client:
 * @agreed: what the server answered; not enabled if it declined
 *
 * Returns: (transfer full): a guard for a client's end
 */
SkyGuard *
sky_guard_new_client (const SkyWsDeflateParams *agreed)
{
  SkyGuard *self = sky_guard_new ();

  self->client = TRUE;
  self->params = *agreed;
  return self;
}

/* Returns: (nullable) (transfer none): the guard that @websocket was made with */
SkyGuard *
sky_guard_find (SoupWebsocketConnection *websocket)
{
  for (GList *l = soup_websocket_connection_get_extensions (websocket); l != NULL; l = l->next)
    if (SKY_IS_GUARD (l->data))
      return l->data;
  return NULL;
}

/**
 * sky_guard_arm:
 * @link: what the WebSocket runs on; borrowed until sky_guard_silence()
 * @max_message: bytes that one incoming message may have, inflated and with all its fragments
 *
 * To be called before the first frame is sent or heard.
 */
void
sky_guard_arm (SkyGuard *self, SkyLink *link, guint64 max_message)
{
  self->link = link;
  self->max_message = max_message;
  self->n_given = self->span_start = sky_link_get_n_taken (link) + sky_link_get_buffered (link);
}

/**
 * sky_guard_watch:
 * @sending: (nullable): called before each frame that goes out; it must not close the WebSocket
 */
void
sky_guard_watch (SkyGuard *self, SkyGuardFunc sending, gpointer user_data)
{
  self->sending = sending;
  self->user_data = user_data;
}

/**
 * sky_guard_pass_outgoing:
 * @first: the frame's first octet; the bit that says so is set if it becomes compressed
 * @payload: (transfer full): of a whole message
 *
 * Messages go out whole, each in one frame, and a client's are masked: RFC 6455 §5.1, §5.2.
 *
 * Returns: (transfer full): what the frame carries
 */
GBytes *
sky_guard_pass_outgoing (SkyGuard *self, guint8 *first, GBytes *payload)
{
  gboolean control = *first & 0x08;
  gsize len;

  if ((*first & 0x0f) == SKY_WS_PONG)
    sky_guard_count_answer (self);
  if (self->sending != NULL)
    self->sending (self->user_data);
  if (self->params.enabled && !control)
    {
      payload = deflate_message (self, payload);
      *first |= RSV1;
    }
  len = g_bytes_get_size (payload);
  sky_guard_count_frame (self, len + (len < 126 ? 2 : len < 65536 ? 4 : 10) + (self->client ? 4 : 0));
  return payload;
}

/* The link goes away, and who watched with it. */
void
sky_guard_silence (SkyGuard *self)
{
  self->link = NULL;
  self->sending = NULL;
}

/* Returns: whether a message was refused: nothing is heard after that */
gboolean
sky_guard_is_tripped (SkyGuard *self)
{
  return self->tripped;
}

/**
 * sky_guard_count_frame:
 * @len: bytes, with the header
 *
 * For a frame that does not pass here, since it is sent as it was written: sky_carrier_send_frame().
 */
void
sky_guard_count_frame (SkyGuard *self, gsize len)
{
  self->n_given += len;
}

/**
 * sky_guard_count_answer:
 *
 * Something is about to be sent only because the peer asked for it. A pong counts by itself.
 */
void
sky_guard_count_answer (SkyGuard *self)
{
  if (self->n_answers == 0)
    self->span_start = self->n_given;
  if (++self->n_answers < SPAN)
    return;
  self->n_answers = 0;
  self->full_start = self->span_start;
}

/**
 * sky_guard_is_flooded:
 *
 * Returns: whether thousands of answers wait, so that the peer asks but does not read
 */
gboolean
sky_guard_is_flooded (SkyGuard *self)
{
  return self->full_start > 0 && self->n_given - sky_guard_get_n_unsent (self) <= self->full_start;
}

/* Returns: bytes that were accepted for the socket, and that it has not taken; 0 once silenced */
guint64
sky_guard_get_n_unsent (SkyGuard *self)
{
  guint64 n_taken = self->link != NULL ? sky_link_get_n_taken (self->link) : self->n_given;

  return self->n_given > n_taken ? self->n_given - n_taken : 0;
}

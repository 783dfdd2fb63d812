#include "peer/carrier/carrier-served-private.h"

#include <string.h>

#include "base/utf8.h"

#define SLICE_USEC     (4 * G_TIME_SPAN_MILLISECOND) /* of the main loop, for the packets of one POST */
#define GZIP_THRESHOLD 1024                          /* bytes: shorter answers gain nothing; engine.io's */
#define BROKEN         (SKY_EIO_FAULT_TYPE | SKY_EIO_FAULT_EMPTY | SKY_EIO_FAULT_BASE64 | SKY_EIO_FAULT_LENGTH)

/* What a POST says is told from here; and how requests are answered. */

/* @message: kept until it is answered */
void
sky_served_request_take (SkyServedRequest *self, SoupServerMessage *message, const SkyServedForm *form)
{
  g_assert (self->message == NULL);
  g_free (self->callback);
  *self = (SkyServedRequest) { .message = g_object_ref (message),
                               .callback = form != NULL ? g_strdup (form->callback) : NULL,
                               .base64 = form != NULL && form->base64 };
}

static gboolean
takes_gzip (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *value = soup_message_headers_get_list (headers, "Accept-Encoding");
  GSList *codings = value != NULL ? soup_header_parse_quality_list (value, NULL) : NULL;
  gboolean takes = FALSE;

  for (GSList *l = codings; l != NULL; l = l->next)
    takes |= g_ascii_strcasecmp (l->data, "gzip") == 0;
  g_clear_pointer (&codings, soup_header_free_list);
  return takes;
}

/* Returns: (nullable) (transfer full): @body in gzip, RFC 1952 */
static GBytes *
compress (GBytes *body)
{
  g_autoptr(GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
  g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr(GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (gzip));
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  if (!g_output_stream_write_all (stream, data, len, NULL, NULL, NULL) || !g_output_stream_close (stream, NULL, NULL))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
set_body (SoupServerMessage *message, const char *type, GBytes *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr(GBytes) gzip
      = g_bytes_get_size (body) >= GZIP_THRESHOLD && takes_gzip (message) ? compress (body) : NULL;

  if (gzip != NULL)
    soup_message_headers_replace (headers, "Content-Encoding", "gzip");
  soup_message_headers_replace (headers, "Content-Type", type);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_body_truncate (soup_server_message_get_response_body (message));
  if (g_bytes_get_size (body) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), gzip != NULL ? gzip : body);
}

/* Answers, and forgets the request. */
void
sky_served_request_answer (SkyServedRequest *self, guint status, const char *type, GBytes *body)
{
  g_autoptr(SoupServerMessage) message = g_steal_pointer (&self->message);

  soup_server_message_set_status (message, status, NULL);
  set_body (message, type, body);
  g_clear_pointer (&self->callback, g_free);
  if (self->paused)
    soup_server_message_unpause (message);
}

/* Answers with 400 what can have no better answer, if there is anything to answer. */
void
sky_served_request_refuse (SkyServedRequest *self)
{
  g_autoptr(GBytes) nothing = g_bytes_new_static ("", 0);

  if (self->message != NULL)
    sky_served_request_answer (self, SOUP_STATUS_BAD_REQUEST, "text/plain; charset=UTF-8", nothing);
}

/* What a POST is answered with, if it is not answered yet. */
void
sky_served_request_answer_ok (SkyServedRequest *self)
{
  g_autoptr(GBytes) ok = g_bytes_new_static ("ok", 2);

  if (self->message != NULL)
    sky_served_request_answer (self, SOUP_STATUS_OK, "text/html", ok);
}

/* Octets that are no UTF-8 become U+FFFD over the whole body, as a decoder in JavaScript has it. */
static GBytes *
make_valid (GBytes *body)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);
  char *text;

  if (sky_utf8_valid (data, len))
    return g_bytes_ref (body);
  text = g_utf8_make_valid ((const char *) data, (gssize) len);
  return g_bytes_new_take (text, strlen (text));
}

static void
end_broken (SkyCarrierServed *self, guint32 faults)
{
  const SkyFaultInfo *fault = sky_fault_next (sky_eio_faults, faults & BROKEN, NULL);
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                                 fault != NULL ? fault->text : "parse error");

  sky_carrier_served_end (self, SKY_EIO_CLOSE, error);
}

/* Tells the next packet. Returns: whether there may be more */
static gboolean
deliver_next (SkyCarrierServed *self)
{
  g_autoptr(GBytes) body = g_bytes_ref (self->body), message = NULL;
  gsize len, start, packet_len;
  const guint8 *data = g_bytes_get_data (body, &len);
  SkyEioPacket packet;

  if (self->state != SKY_SERVED_OPEN
      || !sky_eio_payload_step (self->form, data, len, &self->pos, &start, &packet_len))
    return FALSE;
  sky_eio_packet_decode_form (data + start, packet_len, self->form, &packet);
  if (packet.faults & BROKEN)
    {
      end_broken (self, packet.faults);
      return FALSE;
    }
  if (packet.type == SKY_EIO_CLOSE)
    {
      sky_carrier_served_end (self, SKY_EIO_NOOP, NULL);
      return FALSE;
    }
  message = packet.binary ? sky_carrier_read_octets (body, start, &packet)
                          : g_bytes_new_from_bytes (body, start + packet.prefix_len, packet_len - packet.prefix_len);
  if (!packet.binary || packet.type == SKY_EIO_MESSAGE)
    sky_carrier_tell_message (SKY_CARRIER (self), message, packet.binary);
  return TRUE;
}

/* Returns: whether that was all */
static gboolean
deliver_slice (SkyCarrierServed *self)
{
  gint64 until_usec = g_get_monotonic_time () + SLICE_USEC;

  while (deliver_next (self))
    if (g_get_monotonic_time () > until_usec)
      return FALSE;
  g_clear_pointer (&self->body, g_bytes_unref);
  sky_served_request_answer_ok (&self->post);
  return TRUE;
}

static gboolean
on_deliver (gpointer user_data)
{
  g_autoptr(SkyCarrierServed) self = g_object_ref (user_data);
  guint id = self->deliver;

  if (!deliver_slice (self))
    return self->deliver == id ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  if (self->deliver == id)
    self->deliver = 0;
  return G_SOURCE_REMOVE;
}

/* Tells what stands in the body, in slices: thousands of packets do not hold up the window. */
void
sky_carrier_served_deliver (SkyCarrierServed *self)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (self->body, &len);

  self->form = sky_eio_payload_form (self->revision, data, len);
  if (self->form != SKY_EIO_FORM_OCTETS_3)
    {
      GBytes *valid = make_valid (self->body);

      g_bytes_unref (self->body);
      self->body = valid;
    }
  if (!deliver_slice (self))
    self->deliver = g_idle_add (on_deliver, self);
}

#include "peer/carrier/carrier-poll-private.h"

#include <glib/gi18n-lib.h>

#define SLICE_USEC (4 * G_TIME_SPAN_MILLISECOND) /* of the main loop, for the packets of one answer */
#define BROKEN     (SKY_EIO_FAULT_TYPE | SKY_EIO_FAULT_EMPTY | SKY_EIO_FAULT_BASE64 | SKY_EIO_FAULT_LENGTH)

/* Tells a packet as the owner knows it: a text with its type in front, or the octets of a message. */
static void
tell_packet (SkyCarrierPoll *self, GBytes *body, gsize start, const SkyEioPacket *packet, gsize len)
{
  gboolean binary = packet->binary && packet->type == SKY_EIO_MESSAGE;
  g_autoptr(GBytes) message = packet->binary
                                  ? sky_carrier_read_octets (body, start, packet)
                                  : g_bytes_new_from_bytes (body, start + packet->prefix_len, len - packet->prefix_len);

  if (packet->binary && !binary) /* revision 3 may send any type as octets */
    {
      GByteArray *text = g_byte_array_new ();

      g_byte_array_append (text, (const guint8[]) { (guint8) ('0' + packet->type) }, 1);
      if (g_bytes_get_size (message) > 0)
        g_byte_array_append (text, g_bytes_get_data (message, NULL), (guint) g_bytes_get_size (message));
      g_bytes_unref (message);
      message = g_byte_array_free_to_bytes (text);
    }
  sky_carrier_tell_message (SKY_CARRIER (self), message, binary);
}

static void
end_broken (SkyCarrierPoll *self, guint32 faults)
{
  const SkyFaultInfo *fault = sky_fault_next (sky_eio_faults, faults & BROKEN, NULL);
  g_autoptr(GError) error = g_error_new (SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_PAYLOAD,
                                         _("What %s answered to a poll is no Engine.IO payload. %s"),
                                         self->route.host_header, fault != NULL ? _(fault->text) : "");

  sky_carrier_poll_end (self, "parse error", error);
}

/* Tells the next packet of the answer. Returns: whether there may be more */
static gboolean
deliver_next (SkyCarrierPoll *self)
{
  g_autoptr(GBytes) body = g_bytes_ref (self->body);
  gsize len, start, packet_len;
  const guint8 *data = g_bytes_get_data (body, &len);
  SkyEioPacket packet;

  if (!sky_carrier_is_attended (SKY_CARRIER (self)))
    return FALSE;
  if (!sky_eio_payload_step (self->form, data, len, &self->pos, &start, &packet_len))
    {
      g_clear_pointer (&self->body, g_bytes_unref);
      return FALSE;
    }
  sky_eio_packet_decode_form (data + start, packet_len, self->form, &packet);
  if (packet.faults & BROKEN)
    {
      end_broken (self, packet.faults);
      return FALSE;
    }
  if (packet.type == SKY_EIO_NOOP)
    return TRUE;
  if (packet.type != SKY_EIO_CLOSE)
    {
      tell_packet (self, body, start, &packet, packet_len);
      return self->state != SKY_POLL_CLOSED;
    }
  if (self->state == SKY_POLL_OPEN)
    self->state = SKY_POLL_CLOSING; /* so that nobody answers it with a close of their own */
  tell_packet (self, body, start, &packet, packet_len);
  sky_carrier_poll_end (self, "server", NULL);
  return FALSE;
}

static gboolean
on_deliver (gpointer user_data)
{
  g_autoptr(SkyCarrierPoll) self = g_object_ref (SKY_CARRIER_POLL (user_data));
  gint64 until_usec = g_get_monotonic_time () + SLICE_USEC;

  while (self->body != NULL && deliver_next (self))
    if (g_get_monotonic_time () > until_usec)
      return G_SOURCE_CONTINUE;
  self->deliver = 0;
  sky_carrier_poll_go_on (self);
  return G_SOURCE_REMOVE;
}

/* Takes the body of an answer; its packets are told in slices, so that thousands of them do not hold up the window. */
void
sky_carrier_poll_take_body (SkyCarrierPoll *self, GBytes *body)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  g_assert (self->body == NULL);
  self->body = g_bytes_ref (body);
  self->form = sky_eio_payload_form (self->revision, data, len);
  self->pos = 0;
}

void
sky_carrier_poll_deliver (SkyCarrierPoll *self)
{
  gint64 until_usec = g_get_monotonic_time () + SLICE_USEC;

  while (self->body != NULL && deliver_next (self))
    if (g_get_monotonic_time () > until_usec)
      {
        self->deliver = g_idle_add (on_deliver, self);
        return;
      }
  sky_carrier_poll_go_on (self);
}

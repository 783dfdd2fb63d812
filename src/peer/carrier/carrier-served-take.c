#include "peer/carrier/carrier-served-private.h"

#include "eio/eio-jsonp.h"

/* The requests of a session as they come: which are taken, which wait, and which are the end of it. */

static void
end_overlapped (SkyCarrierServed *self, const char *what)
{
  g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, what);

  sky_carrier_served_end (self, SKY_EIO_CLOSE, error);
}

/**
 * sky_carrier_served_poll:
 * @message: a GET of this session; its handler may return after this
 * @form: (nullable): how its answer looks
 *
 * Takes a poll: it is answered with all that waits, or as soon as there is something. A second one
 * while another waits is refused with 400, and the session dies of it: PROTOCOL §3.4.
 */
void
sky_carrier_served_poll (SkyCarrierServed *self, SoupServerMessage *message, const SkyServedForm *form)
{
  g_autoptr(SkyCarrierServed) alive = g_object_ref (self);

  if (self->poll.message != NULL)
    {
      SkyServedRequest second = { 0 };

      sky_served_request_take (&second, message, NULL);
      sky_served_request_refuse (&second);
      end_overlapped (self, "overlapping polls");
      return;
    }
  sky_served_request_take (&self->poll, message, form);
  if (self->state == SKY_SERVED_CLOSING)
    sky_carrier_served_answer_last (self);
  else if (self->state == SKY_SERVED_CLOSED)
    sky_served_request_refuse (&self->poll);
  else if (self->queue->length > 0)
    sky_carrier_served_answer_poll (self);
  else
    {
      soup_server_message_pause (message);
      self->poll.paused = TRUE;
    }
}

/**
 * sky_carrier_served_begin_post:
 * @message: a POST of this session of which the head has come
 *
 * Returns: %FALSE if another one is under way: it is refused with 400, and the session is over
 *   (PROTOCOL §3.5)
 */
gboolean
sky_carrier_served_begin_post (SkyCarrierServed *self, SoupServerMessage *message)
{
  g_autoptr(SkyCarrierServed) alive = g_object_ref (self);
  SkyServedRequest second = { 0 };

  if (self->post.message == NULL && self->state != SKY_SERVED_CLOSED)
    {
      sky_served_request_take (&self->post, message, NULL);
      return TRUE;
    }
  sky_served_request_take (&second, message, NULL);
  sky_served_request_refuse (&second);
  end_overlapped (self, "overlapping POSTs");
  return FALSE;
}

/* A client that speaks revision 4 says nothing in octets over HTTP: PROTOCOL §3.9. */
static gboolean
is_octets (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return g_strcmp0 (soup_message_headers_get_content_type (headers, NULL), "application/octet-stream") == 0;
}

/**
 * sky_carrier_served_post:
 * @message: what sky_carrier_served_begin_post() took, of which the body has come
 * @form: (nullable): with a callback the body is a form
 *
 * Tells the packets of a POST, and answers "ok" once that is done.
 */
void
sky_carrier_served_post (SkyCarrierServed *self, SoupServerMessage *message, GBytes *body, const SkyServedForm *form)
{
  g_autoptr(SkyCarrierServed) alive = g_object_ref (self);
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);
  GByteArray *payload;

  if (self->post.message != message)
    return;
  if (self->state == SKY_SERVED_CLOSED || (self->revision != 3 && is_octets (message)))
    {
      sky_served_request_refuse (&self->post);
      end_overlapped (self, "invalid content");
      return;
    }
  if (form != NULL && form->callback != NULL)
    {
      payload = g_byte_array_new ();
      sky_eio_jsonp_post (data, len, payload);
      self->body = g_byte_array_free_to_bytes (payload);
    }
  else
    self->body = g_bytes_ref (body);
  self->pos = 0;
  sky_carrier_served_deliver (self);
  if (self->post.message != NULL)
    {
      soup_server_message_pause (message);
      self->post.paused = TRUE;
    }
}

/* @message: what sky_carrier_served_begin_post() took, if it is answered elsewhere */
void
sky_carrier_served_forget_post (SkyCarrierServed *self, SoupServerMessage *message)
{
  if (self->post.message == message)
    g_clear_object (&self->post.message);
}

/**
 * sky_carrier_served_drop:
 * @message: a request whose connection broke
 *
 * If it is not answered yet, that ends the session: PROTOCOL §3.6.
 */
void
sky_carrier_served_drop (SkyCarrierServed *self, SoupServerMessage *message)
{
  g_autoptr(SkyCarrierServed) alive = g_object_ref (self);
  gboolean poll = message == self->poll.message;

  if (message == NULL || (!poll && message != self->post.message))
    return;
  sky_served_request_refuse (poll ? &self->poll : &self->post);
  end_overlapped (self, poll ? "poll connection closed prematurely" : "data request connection closed prematurely");
}

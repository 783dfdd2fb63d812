#include "peer/carrier/carrier-served-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "eio/eio-jsonp.h"
#include "tcp/tcp-tap.h"

#define CLOSE_SEC  30  /* how long the poll is waited for that takes the close packet, as engine.io does */
#define HURRY_MSEC 100 /* how long a poll waits during an upgrade, as with engine.io */

G_DEFINE_FINAL_TYPE (SkyCarrierServed, sky_carrier_served, SKY_TYPE_CARRIER)

static void
served_message_free (gpointer data)
{
  SkyServedMessage *self = data;

  g_bytes_unref (self->data);
  g_free (self);
}

static void
clear_timers (SkyCarrierServed *self)
{
  g_clear_handle_id (&self->flush, g_source_remove);
  g_clear_handle_id (&self->hurry, g_source_remove);
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_handle_id (&self->deliver, g_source_remove);
}

static void
sky_carrier_served_dispose (GObject *object)
{
  SkyCarrierServed *self = SKY_CARRIER_SERVED (object);

  clear_timers (self);
  self->state = SKY_SERVED_CLOSED;
  sky_served_request_refuse (&self->poll);
  sky_served_request_refuse (&self->post);
  g_clear_pointer (&self->body, g_bytes_unref);
  G_OBJECT_CLASS (sky_carrier_served_parent_class)->dispose (object);
}

static void
sky_carrier_served_finalize (GObject *object)
{
  g_queue_free_full (SKY_CARRIER_SERVED (object)->queue, served_message_free);
  G_OBJECT_CLASS (sky_carrier_served_parent_class)->finalize (object);
}

/* Old clients take octets as they are only where something is binary, of the first @n: PROTOCOL §14.2. */
static SkyEioForm
choose_form (SkyCarrierServed *self, guint n)
{
  if (self->revision != 3)
    return SKY_EIO_FORM_ELEMENT;
  if (self->poll.base64 || self->poll.callback != NULL)
    return SKY_EIO_FORM_COUNTED_3;
  for (GList *l = self->queue->head; l != NULL && n-- > 0; l = l->next)
    if (((SkyServedMessage *) l->data)->binary)
      return SKY_EIO_FORM_OCTETS_3;
  return SKY_EIO_FORM_COUNTED_3;
}

static void
append_packet (SkyCarrierServed *self, GByteArray *payload, SkyEioForm form, const SkyServedMessage *message)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message->data, &len);
  gsize skip = message->binary ? 0 : 1;
  SkyEioType type = message->binary ? SKY_EIO_MESSAGE : (SkyEioType) (data[0] - '0');

  if (form == SKY_EIO_FORM_OCTETS_3)
    sky_eio_packet_append (payload, form, type, message->binary, data + skip, len - skip);
  else
    sky_eio_payload_append (payload, self->revision, type, message->binary, data + skip, len - skip);
}

static void
push (SkyCarrierServed *self, GBytes *data, gboolean binary)
{
  SkyServedMessage *message = g_new (SkyServedMessage, 1);

  *message = (SkyServedMessage) { g_bytes_ref (data), binary };
  g_queue_push_tail (self->queue, message);
  self->queued_len += g_bytes_get_size (data);
}

static void
push_packet (SkyCarrierServed *self, SkyEioType type)
{
  char digit = (char) ('0' + type);
  g_autoptr(GBytes) packet = g_bytes_new (&digit, 1);

  push (self, packet, FALSE);
}

/*
 * Everything that waits goes in one answer, in its order: PROTOCOL §3.2. Only the open packet stands alone, as with the
 * reference: some clients of old read one packet of the first answer, and read it as text.
 */
void
sky_carrier_served_answer_poll (SkyCarrierServed *self)
{
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  guint n = self->opened ? self->queue->length : 1;
  SkyEioForm form = choose_form (self, n);
  g_autoptr(GBytes) body = NULL;
  SkyServedMessage *message;

  g_clear_handle_id (&self->flush, g_source_remove);
  self->opened = TRUE;
  while (n-- > 0 && (message = g_queue_pop_head (self->queue)) != NULL)
    {
      self->queued_len -= g_bytes_get_size (message->data);
      append_packet (self, payload, form, message);
      served_message_free (message);
    }
  if (self->poll.callback != NULL)
    {
      GByteArray *script = g_byte_array_new ();

      sky_eio_jsonp_wrap (self->poll.callback, payload->data, payload->len, script);
      body = g_byte_array_free_to_bytes (script);
    }
  else
    body = g_byte_array_free_to_bytes (g_steal_pointer (&payload));
  sky_served_request_answer (&self->poll, SOUP_STATUS_OK,
                             self->poll.callback != NULL         ? "text/javascript; charset=UTF-8"
                             : form == SKY_EIO_FORM_OCTETS_3 ? "application/octet-stream"
                                                             : "text/plain; charset=UTF-8",
                             body);
}

/*
 * Tells that it is over. A poll that waits is answered first: with a close packet, or with a noop if
 * it was the client that closed.
 */
void
sky_carrier_served_end (SkyCarrierServed *self, SkyEioType last, const GError *error)
{
  if (self->state == SKY_SERVED_CLOSED)
    return;
  self->state = SKY_SERVED_CLOSED;
  if (self->deliver != 0)
    sky_served_request_answer_ok (&self->post);
  clear_timers (self);
  if (self->poll.message != NULL)
    {
      push_packet (self, last);
      sky_carrier_served_answer_poll (self);
    }
  g_queue_clear_full (self->queue, served_message_free);
  self->queued_len = 0;
  sky_carrier_tell_closed (SKY_CARRIER (self), 0, NULL, error);
}

static gboolean
on_flush (gpointer user_data)
{
  SkyCarrierServed *self = user_data;

  self->flush = 0;
  if (self->poll.message != NULL && self->queue->length > 0)
    sky_carrier_served_answer_poll (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_open (SkyCarrier *carrier)
{
  return SKY_CARRIER_SERVED (carrier)->state == SKY_SERVED_OPEN;
}

static void
send_message (SkyCarrier *carrier, GBytes *message, gboolean binary)
{
  SkyCarrierServed *self = SKY_CARRIER_SERVED (carrier);

  push (self, message, binary);
  if (self->poll.message != NULL && self->flush == 0)
    self->flush = g_idle_add_full (G_PRIORITY_DEFAULT, on_flush, self, NULL);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_autoptr(SkyCarrierServed) self = g_object_ref (user_data);

  self->deadline = 0;
  sky_carrier_served_end (self, SKY_EIO_CLOSE, NULL);
  return G_SOURCE_REMOVE;
}

/* A poll has come, and a close packet is due. */
void
sky_carrier_served_answer_last (SkyCarrierServed *self)
{
  if ((self->apart || !self->opened) && self->queue->length > 0)
    sky_carrier_served_answer_poll (self);
  else
    sky_carrier_served_end (self, SKY_EIO_CLOSE, NULL);
}

/* The close packet is the last one of the poll that waits, or of the next: PROTOCOL §3.12. */
static void
begin_close (SkyCarrier *carrier, guint code, const char *reason)
{
  SkyCarrierServed *self = SKY_CARRIER_SERVED (carrier);

  self->state = SKY_SERVED_CLOSING;
  if (self->poll.message != NULL)
    sky_carrier_served_answer_last (self);
  if (self->state == SKY_SERVED_CLOSING)
    self->deadline = g_timeout_add_seconds (CLOSE_SEC, on_deadline, self);
}

/* What libsoup gives away is a stream of its own around the tap. Returns: whether there was a line to cut */
static gboolean
cut_request (SkyServedRequest *request)
{
  gboolean waits = request->message != NULL;
  g_autoptr(GIOStream) stream = request->message != NULL ? soup_server_message_steal_connection (request->message) : NULL;
  g_autoptr(GIOStream) base = NULL;

  if (stream != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (stream), "base-iostream") != NULL)
    g_object_get (stream, "base-iostream", &base, NULL);
  if (SKY_IS_TCP_TAP (base))
    sky_tcp_tap_cut (SKY_TCP_TAP (base));
  g_clear_object (&request->message);
  return waits;
}

static void
cut (SkyCarrier *carrier)
{
  SkyCarrierServed *self = SKY_CARRIER_SERVED (carrier);
  gboolean poll = cut_request (&self->poll), post = cut_request (&self->post);
  g_autoptr(GError) error = NULL;

  if (poll || post) /* for the reference, a request that broke is an error */
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, N_("the connection of a request was cut"));
  sky_carrier_served_end (self, SKY_EIO_CLOSE, error);
}

static guint64
get_n_unsent (SkyCarrier *carrier)
{
  return SKY_CARRIER_SERVED (carrier)->queued_len;
}

static void
sky_carrier_served_class_init (SkyCarrierServedClass *klass)
{
  SkyCarrierClass *carrier_class = SKY_CARRIER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_carrier_served_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_carrier_served_finalize;
  carrier_class->transport = "polling";
  carrier_class->is_open = is_open;
  carrier_class->send = send_message;
  carrier_class->close = begin_close;
  carrier_class->cut = cut;
  carrier_class->get_n_unsent = get_n_unsent;
}

static void
sky_carrier_served_init (SkyCarrierServed *self)
{
  self->queue = g_queue_new ();
}

/**
 * sky_carrier_served_new:
 * @revision: of Engine.IO, 3 or 4
 *
 * Returns: (transfer full): a carrier that keeps what it is given until a poll takes it
 */
SkyCarrierServed *
sky_carrier_served_new (guint revision)
{
  SkyCarrierServed *self = g_object_new (SKY_TYPE_CARRIER_SERVED, NULL);

  self->revision = revision;
  return self;
}

static gboolean
on_hurry (gpointer user_data)
{
  SkyCarrierServed *self = user_data;

  if (self->poll.message != NULL)
    {
      if (self->queue->length == 0)
        push_packet (self, SKY_EIO_NOOP);
      sky_carrier_served_answer_poll (self);
    }
  return G_SOURCE_CONTINUE;
}

/**
 * sky_carrier_served_hurry:
 * @hurry: whether an upgrade is under way
 *
 * While the client tries another transport it wants its polls back, every one of them: PROTOCOL §5.2.
 */
void
sky_carrier_served_hurry (SkyCarrierServed *self, gboolean hurry)
{
  g_clear_handle_id (&self->hurry, g_source_remove);
  if (!hurry || self->state != SKY_SERVED_OPEN)
    return;
  on_hurry (self);
  self->hurry = g_timeout_add (HURRY_MSEC, on_hurry, self);
}

/**
 * sky_carrier_served_set_apart:
 *
 * What is said last is to be heard before the end: a socket.io-client reads the packets of one answer
 * in another order, and would take a DISCONNECT before a close packet for a lost connection.
 */
void
sky_carrier_served_set_apart (SkyCarrierServed *self)
{
  self->apart = TRUE;
}

/* Returns: whether a GET waits for something to be said, so that it can go at once */
gboolean
sky_carrier_served_is_polled (SkyCarrierServed *self)
{
  return self->state == SKY_SERVED_OPEN && self->poll.message != NULL;
}

/* Returns: how many messages wait for a poll */
guint
sky_carrier_served_get_n_queued (SkyCarrierServed *self)
{
  return self->queue->length;
}

/**
 * sky_carrier_served_hand_over:
 * @next: the carrier that the session goes on upon
 *
 * The upgrade is done: what no poll has taken goes there, in its order, and this one is over without
 * a word to its owner.
 */
void
sky_carrier_served_hand_over (SkyCarrierServed *self, SkyCarrier *next)
{
  SkyServedMessage *message;

  if (self->deliver != 0)
    sky_served_request_answer_ok (&self->post);
  clear_timers (self);
  self->state = SKY_SERVED_CLOSED;
  while ((message = g_queue_pop_head (self->queue)) != NULL)
    {
      sky_carrier_send (next, message->data, message->binary);
      served_message_free (message);
    }
  self->queued_len = 0;
  if (self->poll.message == NULL)
    return;
  push_packet (self, SKY_EIO_NOOP);
  sky_carrier_served_answer_poll (self);
}

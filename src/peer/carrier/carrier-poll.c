#include "peer/carrier/carrier-poll-private.h"

#include <glib/gi18n-lib.h>

#define CLOSE_MSEC   2000    /* how long a close packet may take */
#define USUAL_MAX    1000000 /* bytes of a POST that servers, and proxies before them, mostly take */
#define CONTENT_TYPE "text/plain;charset=UTF-8"

G_DEFINE_FINAL_TYPE (SkyCarrierPoll, sky_carrier_poll, SKY_TYPE_CARRIER)

static void flush (SkyCarrierPoll *self);
static void poll_again (SkyCarrierPoll *self);

void
sky_poll_message_free (gpointer data)
{
  SkyPollMessage *message = data;

  g_bytes_unref (message->data);
  g_free (message);
}

/* Nothing is asked, heard or waited for any more. */
void
sky_carrier_poll_stop (SkyCarrierPoll *self)
{
  self->state = SKY_POLL_CLOSED;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->deliver, g_source_remove);
  g_clear_handle_id (&self->flush, g_source_remove);
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_pointer (&self->body, g_bytes_unref);
}

void
sky_carrier_poll_fail_pause (SkyCarrierPoll *self)
{
  g_autoptr(GTask) pause = g_steal_pointer (&self->pause);

  if (pause != NULL)
    g_task_return_new_error (pause, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_SESSION,
                             _("%s ended the session while it was upgraded."), self->route.host_header);
}

static void
sky_carrier_poll_dispose (GObject *object)
{
  SkyCarrierPoll *self = SKY_CARRIER_POLL (object);

  sky_carrier_poll_stop (self);
  g_clear_object (&self->polling);
  g_clear_object (&self->posts);
  G_OBJECT_CLASS (sky_carrier_poll_parent_class)->dispose (object);
}

static void
sky_carrier_poll_finalize (GObject *object)
{
  SkyCarrierPoll *self = SKY_CARRIER_POLL (object);

  g_queue_free_full (self->queue, sky_poll_message_free);
  sky_route_clear (&self->route);
  g_object_unref (self->cancellable);
  g_free (self->sid);
  g_free (self->reason);
  G_OBJECT_CLASS (sky_carrier_poll_parent_class)->finalize (object);
}

/* It is over. The owner may let go of us while it is told. */
void
sky_carrier_poll_end (SkyCarrierPoll *self, const char *reason, const GError *error)
{
  g_autoptr(SkyCarrierPoll) alive = g_object_ref (self);

  if (self->state == SKY_POLL_CLOSED)
    return;
  sky_carrier_poll_stop (self);
  sky_carrier_poll_fail_pause (self);
  sky_carrier_tell_closed (SKY_CARRIER (self), 0, reason, error);
}

/* What runs on without us: it shall not keep us alive, for nobody waits for it then. */
static gpointer
pledge (SkyCarrierPoll *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* Returns: (transfer full) (nullable): us, if we are there and not closed */
static SkyCarrierPoll *
unpledge (gpointer data)
{
  GWeakRef *weak = data;
  SkyCarrierPoll *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  if (self != NULL && self->state == SKY_POLL_CLOSED)
    g_clear_object (&self);
  return self;
}

/* All that came is told: what is next? */
void
sky_carrier_poll_go_on (SkyCarrierPoll *self)
{
  g_autoptr(GTask) pause = NULL;

  if (!sky_carrier_is_attended (SKY_CARRIER (self)))
    sky_carrier_poll_stop (self); /* nobody is there to hear what we would ask for */
  if (self->state == SKY_POLL_CLOSED || self->state == SKY_POLL_WAITING)
    return;
  poll_again (self);
  flush (self);
  if (self->pause == NULL || self->is_polling || self->is_posting || self->body != NULL)
    return;
  pause = g_steal_pointer (&self->pause);
  self->paused = TRUE;
  g_task_return_boolean (pause, TRUE);
}

static void
on_polled (GObject *caller, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyCarrierPoll) self = unpledge (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyAnswer) answer = sky_caller_call_finish (SKY_CALLER (caller), result, &error);

  if (self == NULL)
    return;
  self->is_polling = FALSE;
  if (answer != NULL && answer->status == 200)
    {
      sky_carrier_poll_take_body (self, answer->body);
      sky_carrier_poll_deliver (self);
      return;
    }
  if (self->state == SKY_POLL_CLOSING && !self->held)
    return; /* the session goes, as we asked: the POST of the close packet tells when */
  if (answer != NULL)
    error = sky_carrier_poll_error_from_answer (answer, &self->route, FALSE);
  sky_carrier_poll_end (self, "transport error", error);
}

static gboolean
is_silent (SkyCarrierPoll *self)
{
  return self->pause != NULL || self->paused;
}

static void
poll_again (SkyCarrierPoll *self)
{
  gboolean wanted = self->state == SKY_POLL_OPEN || (self->state == SKY_POLL_CLOSING && self->held);

  if (!wanted || self->is_polling || self->body != NULL || is_silent (self))
    return;
  self->is_polling = TRUE;
  sky_route_aim (&self->route, self->revision, "polling", self->sid);
  sky_caller_call_async (self->polling, &(SkyCall) { .method = "GET", .target = self->route.target },
                         self->cancellable, on_polled, pledge (self));
}

/* Returns: whether it fits: the first one always does. PROTOCOL §3.11 */
static gboolean
fits (SkyCarrierPoll *self, GByteArray *payload, const SkyPollMessage *message)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message->data, &len);
  gsize skip = message->binary || len == 0 ? 0 : 1;
  guint64 max = self->max_payload != 0 ? self->max_payload : USUAL_MAX; /* revision 3 does not say */

  return payload->len == 0
         || payload->len + sky_eio_payload_growth (payload->len, self->revision, message->binary, data + skip, len - skip)
                <= max;
}

/* A text begins with its packet's type. One that is none is sent as it is: the person wanted it so. */
static void
append (SkyCarrierPoll *self, GByteArray *payload, const SkyPollMessage *message)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (message->data, &len);

  if (message->binary)
    sky_eio_payload_append (payload, self->revision, SKY_EIO_MESSAGE, TRUE, data, len);
  else if (len > 0)
    {
      sky_eio_payload_append (payload, self->revision, SKY_EIO_MESSAGE, FALSE, data + 1, len - 1);
      payload->data[payload->len - len] = data[0];
    }
}

static void
on_posted (GObject *caller, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(SkyCarrierPoll) self = unpledge (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyAnswer) answer = sky_caller_call_finish (SKY_CALLER (caller), result, &error);

  if (self == NULL)
    return;
  self->is_posting = FALSE;
  self->posting_len = 0;
  if (self->state == SKY_POLL_CLOSING && !self->held && g_queue_is_empty (self->queue))
    {
      sky_carrier_poll_end (self, self->reason, NULL);
      return;
    }
  if (answer != NULL && answer->status == 200)
    {
      sky_carrier_poll_go_on (self);
      return;
    }
  if (answer != NULL)
    error = sky_carrier_poll_error_from_answer (answer, &self->route, FALSE);
  sky_carrier_poll_end (self, "transport error", error);
}

/* One POST at a time takes all that waits, as far as it fits. */
static void
flush (SkyCarrierPoll *self)
{
  g_autoptr(GByteArray) payload = g_byte_array_new ();
  g_autoptr(GBytes) body = NULL;
  SkyPollMessage *message;

  if (self->is_posting || is_silent (self) || g_queue_is_empty (self->queue)
      || !(self->state == SKY_POLL_OPEN || self->state == SKY_POLL_CLOSING))
    return;
  g_clear_handle_id (&self->flush, g_source_remove);
  while ((message = g_queue_peek_head (self->queue)) != NULL && fits (self, payload, message))
    {
      append (self, payload, message);
      self->posting_len += g_bytes_get_size (message->data);
      sky_poll_message_free (g_queue_pop_head (self->queue));
    }
  self->queued_len -= self->posting_len;
  self->is_posting = TRUE;
  body = g_byte_array_free_to_bytes (g_steal_pointer (&payload));
  sky_route_aim (&self->route, self->revision, "polling", self->sid);
  sky_caller_call_async (self->posts,
                         &(SkyCall) { .method = "POST",
                                      .target = self->route.target,
                                      .content_type = CONTENT_TYPE,
                                      .body = body },
                         self->cancellable, on_posted, pledge (self));
}

static gboolean
on_flush (gpointer user_data)
{
  SkyCarrierPoll *self = user_data;

  self->flush = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

static void
enqueue (SkyCarrierPoll *self, GBytes *data, gboolean binary)
{
  SkyPollMessage *message = g_new0 (SkyPollMessage, 1);

  message->data = g_bytes_ref (data);
  message->binary = binary;
  g_queue_push_tail (self->queue, message);
  self->queued_len += g_bytes_get_size (data);
  if (self->flush == 0) /* what is sent within one turn goes together */
    self->flush = g_idle_add_full (G_PRIORITY_DEFAULT, on_flush, self, NULL);
}

static void
send_message (SkyCarrier *carrier, GBytes *message, gboolean binary)
{
  if (binary || g_bytes_get_size (message) > 0) /* a payload has no way to say an empty text */
    enqueue (SKY_CARRIER_POLL (carrier), message, binary);
}

static gboolean
is_open (SkyCarrier *carrier)
{
  SkyPollState state = SKY_CARRIER_POLL (carrier)->state;

  return state == SKY_POLL_WAITING || state == SKY_POLL_OPEN;
}

static gboolean
on_close_over (gpointer user_data)
{
  SkyCarrierPoll *self = user_data;

  self->deadline = 0;
  sky_carrier_poll_end (self, self->reason, NULL);
  return G_SOURCE_REMOVE;
}

/* A close packet goes behind all that waits. */
void
sky_carrier_poll_begin_close (SkyCarrierPoll *self)
{
  g_autoptr(GBytes) packet = g_bytes_new_static ("1", 1);

  enqueue (self, packet, FALSE);
  self->deadline = g_timeout_add (CLOSE_MSEC, on_close_over, self);
}

/* An upgrade may take much longer than a person wants to wait: goodbye is said here. */
static gboolean
on_held_over (gpointer user_data)
{
  g_autoptr(SkyCarrierPoll) self = g_object_ref (SKY_CARRIER_POLL (user_data));

  self->deadline = 0;
  self->held = FALSE;
  sky_carrier_poll_begin_close (self);
  sky_carrier_poll_go_on (self);
  return G_SOURCE_REMOVE;
}

static void
close_session (SkyCarrier *carrier, guint code, const char *reason)
{
  SkyCarrierPoll *self = SKY_CARRIER_POLL (carrier);

  self->state = SKY_POLL_CLOSING;
  self->code = code;
  self->reason = g_strdup (reason);
  if (!self->held)
    sky_carrier_poll_begin_close (self);
  else
    self->deadline = g_timeout_add (CLOSE_MSEC, on_held_over, self);
}

static gboolean
on_cut (gpointer user_data)
{
  g_autoptr(SkyCarrierPoll) self = g_object_ref (SKY_CARRIER_POLL (user_data));

  self->deadline = 0;
  sky_carrier_tell_closed (SKY_CARRIER (self), 0, NULL, NULL);
  return G_SOURCE_REMOVE;
}

/* The owner hears of it in its turn, not while it asks for it. */
static void
cut (SkyCarrier *carrier)
{
  g_autoptr(SkyCarrierPoll) self = g_object_ref (SKY_CARRIER_POLL (carrier));

  if (self->state == SKY_POLL_CLOSED)
    return;
  sky_carrier_poll_stop (self);
  sky_caller_cut (self->polling);
  sky_caller_cut (self->posts);
  sky_carrier_poll_fail_pause (self);
  self->deadline = g_idle_add_full (G_PRIORITY_DEFAULT, on_cut, self, NULL);
}

static guint64
get_n_unsent (SkyCarrier *carrier)
{
  SkyCarrierPoll *self = SKY_CARRIER_POLL (carrier);

  return self->queued_len + self->posting_len;
}

static void
sky_carrier_poll_class_init (SkyCarrierPollClass *klass)
{
  SkyCarrierClass *carrier_class = SKY_CARRIER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_carrier_poll_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_carrier_poll_finalize;
  carrier_class->transport = "polling";
  carrier_class->is_open = is_open;
  carrier_class->send = send_message;
  carrier_class->close = close_session;
  carrier_class->cut = cut;
  carrier_class->get_n_unsent = get_n_unsent;
}

static void
sky_carrier_poll_init (SkyCarrierPoll *self)
{
  self->queue = g_queue_new ();
  self->cancellable = g_cancellable_new ();
}

/**
 * sky_carrier_poll_begin:
 *
 * To be called once somebody attends. Tells the packets that came with the handshake, the open
 * packet first, and begins to poll. They may let go of the carrier.
 */
void
sky_carrier_poll_begin (SkyCarrierPoll *self)
{
  g_autoptr(SkyCarrierPoll) alive = g_object_ref (self);

  g_return_if_fail (self->state == SKY_POLL_WAITING || self->state == SKY_POLL_CLOSING);

  if (self->state == SKY_POLL_WAITING)
    self->state = SKY_POLL_OPEN;
  sky_carrier_poll_deliver (self);
}

/* Returns: 3 or 4: what the server speaks, whatever it was asked for */
guint
sky_carrier_poll_get_revision (SkyCarrierPoll *self)
{
  return self->revision;
}

/* Returns: (transfer none): of the Engine.IO session */
const char *
sky_carrier_poll_get_sid (SkyCarrierPoll *self)
{
  return self->sid;
}

/* Returns: (transfer none): where the session is: redirects of the handshake may have led elsewhere */
const SkyRoute *
sky_carrier_poll_get_route (SkyCarrierPoll *self)
{
  return &self->route;
}

/* Returns: (transfer none) (nullable): the connection of the GETs, or its last one */
SkyLink *
sky_carrier_poll_get_link (SkyCarrierPoll *self)
{
  return sky_caller_get_link (self->polling);
}

#include "peer/carrier/carrier-poll-private.h"

/* An upgrade begins: a close waits for its end. PROTOCOL §5.8 */
void
sky_carrier_poll_hold (SkyCarrierPoll *self)
{
  self->held = TRUE;
}

/**
 * sky_carrier_poll_pause_async:
 *
 * Asks nothing more, and waits until what is under way is answered and told: the server ends the
 * waiting poll with a noop. What is sent meanwhile waits. PROTOCOL §5.1, §5.4
 */
void
sky_carrier_poll_pause_async (SkyCarrierPoll *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_assert (self->pause == NULL && !self->paused);

  self->pause = g_task_new (self, NULL, callback, user_data);
  if (self->state == SKY_POLL_CLOSED)
    sky_carrier_poll_fail_pause (self);
  else
    sky_carrier_poll_go_on (self);
}

gboolean
sky_carrier_poll_pause_finish (SkyCarrierPoll *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The upgrade failed: polling goes on, paused or not, and a close that waited begins. */
void
sky_carrier_poll_release (SkyCarrierPoll *self)
{
  g_autoptr(SkyCarrierPoll) alive = g_object_ref (self);
  gboolean waits = self->held && self->state == SKY_POLL_CLOSING;

  self->held = FALSE;
  self->paused = FALSE;
  sky_carrier_poll_fail_pause (self);
  if (waits)
    {
      g_clear_handle_id (&self->deadline, g_source_remove);
      sky_carrier_poll_begin_close (self);
    }
  sky_carrier_poll_go_on (self);
}

/**
 * sky_carrier_poll_hand_over:
 * @to: what carries the session from now on
 *
 * Sends there what could not be sent here any more, in order, and the close that waited. Nobody is
 * told of the end of this carrier, for the session goes on.
 */
void
sky_carrier_poll_hand_over (SkyCarrierPoll *self, SkyCarrier *to)
{
  SkyPollMessage *message;

  while ((message = g_queue_pop_head (self->queue)) != NULL)
    {
      sky_carrier_send (to, message->data, message->binary);
      sky_poll_message_free (message);
    }
  self->queued_len = 0;
  if (self->state == SKY_POLL_CLOSING)
    sky_carrier_close (to, self->code, self->reason);
  sky_carrier_poll_stop (self);
}

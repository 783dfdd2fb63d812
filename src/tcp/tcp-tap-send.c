#include "tcp/tcp-tap-private.h"

#include "base/clock.h"
#include "base/fault.h"

#include <sys/socket.h>

/* How bytes leave a line: held for the turn, sent at its end, and reported as they are taken. */

static void arm_writable (SkyTcpTapLine *self);

static void
stop_writable (SkyTcpTapLine *self)
{
  if (self->writable != NULL)
    g_source_destroy (self->writable);
  g_clear_pointer (&self->writable, g_source_unref);
}

/* Returns: whether something is to be sent, in sending from sent on */
static gboolean
load (SkyTcpTapLine *self)
{
  if (self->sending != NULL && self->sent < self->sending->len)
    return TRUE;
  if (self->sending_shared)
    g_byte_array_unref (self->sending);
  else if (self->sending != NULL)
    sky_tcp_tap_turn_give_spare (self->turn, self->sending);
  self->sending = g_steal_pointer (&self->held);
  self->sending_shared = self->held_shared;
  self->held_shared = FALSE;
  self->sent = 0;
  return self->sending != NULL;
}

/*
 * One write to the base stream. TLS wants a write that would block repeated with the same bytes. What
 * a bare socket does not take at once the stream is asked for, since it says why.
 */
static gssize
send_some (SkyTcpTapLine *self, const guint8 *data, gsize len, gboolean blocking,
           GCancellable *cancellable, GError **error)
{
  gssize taken = self->watched ? send (self->watch.fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) : -1;

  if (taken > 0)
    return taken;
  if (blocking)
    return g_output_stream_write (G_OUTPUT_STREAM (self->base_out), data, len, cancellable, error);
  return g_pollable_output_stream_write_nonblocking (self->base_out, data, len, cancellable, error);
}

/* Has the socket take what one write takes. It is reported by the push that follows, or by the end. */
void
sky_tcp_tap_line_send_ahead (SkyTcpTapLine *self)
{
  gssize len;

  if (!self->watched || self->pushing || self->ahead > 0 || self->closed || self->broken != NULL || !load (self))
    return;
  len = send (self->watch.fd, self->sending->data + self->sent, self->sending->len - self->sent,
              MSG_DONTWAIT | MSG_NOSIGNAL);
  self->ahead = (gsize) MAX (len, 0);
  self->ahead_usec = sky_clock_now_usec ();
}

static void
report_ahead (SkyTcpTapLine *self)
{
  gsize len = self->ahead;

  if (len == 0)
    return;
  self->ahead = 0;
  self->sent += len;
  sky_tcp_tap_line_report (self, SKY_TCP_TAP_WRITTEN, self->sending->data + self->sent - len, len, self->ahead_usec,
                           NULL);
}

/* Nothing is sent any more; what was is reported. */
void
sky_tcp_tap_line_stop_sending (SkyTcpTapLine *self)
{
  report_ahead (self);
  stop_writable (self);
}

/*
 * Gives the socket what is held, in the order of writing; what it does not take without
 * @blocking follows as soon as it is writable.
 *
 * Returns: %FALSE if the line broke, now or before
 */
gboolean
sky_tcp_tap_line_push (SkyTcpTapLine *self, gboolean blocking, GCancellable *cancellable,
                       GError **error)
{
  g_autoptr(GError) why = NULL;

  if (self->pushing || self->closed)
    return TRUE;
  self->pushing = TRUE;
  report_ahead (self);
  while (!self->closed && self->broken == NULL && why == NULL && load (self))
    {
      const guint8 *data = self->sending->data + self->sent;
      gssize len
          = send_some (self, data, self->sending->len - self->sent, blocking, cancellable, &why);

      self->sent += (gsize) MAX (len, 0);
      if (len > 0)
        sky_tcp_tap_line_report (self, SKY_TCP_TAP_WRITTEN, data, (gsize) len, sky_clock_now_usec (), NULL);
    }
  self->pushing = FALSE;
  if (why != NULL && sky_tcp_tap_line_is_fatal (why))
    sky_tcp_tap_line_break (self, why);
  if (why != NULL && !sky_tcp_tap_line_is_fatal (why) && !self->closed)
    arm_writable (self);
  else
    stop_writable (self);
  if (self->broken != NULL && error != NULL)
    g_propagate_error (error, g_error_copy (self->broken));
  else if (why != NULL && g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&why));
  return self->broken == NULL && why == NULL;
}

static gboolean
on_writable (GObject *stream, gpointer user_data)
{
  g_autoptr(SkyTcpTapLine) self = sky_tcp_tap_line_ref (user_data);

  sky_tcp_tap_line_push (self, FALSE, NULL, NULL);
  return self->writable != NULL;
}

static void
arm_writable (SkyTcpTapLine *self)
{
  if (self->writable != NULL)
    return;
  self->writable = g_pollable_output_stream_create_source (self->base_out, NULL);
  g_source_set_callback (self->writable, G_SOURCE_FUNC (on_writable), self, NULL);
  g_source_attach (self->writable, sky_tcp_tap_turn_get_context (self->turn));
}

/* What is held may be changed from here on; @len bytes are going to be appended. */
static void
own_held (SkyTcpTapLine *self, gsize len)
{
  g_autoptr(GByteArray) shared = self->held_shared ? g_steal_pointer (&self->held) : NULL;

  self->held_shared = FALSE;
  if (self->held == NULL)
    self->held = sky_tcp_tap_turn_take_spare (self->turn, len + (shared != NULL ? shared->len : 0));
  if (shared != NULL)
    g_byte_array_append (self->held, shared->data, shared->len);
}

/*
 * Accepts bytes that go to the socket at the end of the turn, or sooner if there is no room.
 *
 * Returns: bytes accepted, or -1 and %G_IO_ERROR_WOULD_BLOCK or what broke the line
 */
gssize
sky_tcp_tap_line_hold (SkyTcpTapLine *self, const void *data, gsize count, GError **error)
{
  gsize room;

  if (sky_tcp_tap_line_refuse (self, error))
    return -1;
  if (sky_tcp_tap_line_get_buffered (self) >= SKY_TCP_TAP_HOLD_LEN)
    sky_tcp_tap_line_push (self, FALSE, NULL, NULL);
  if (sky_tcp_tap_line_refuse (self, error))
    return -1;
  room = SKY_TCP_TAP_HOLD_LEN - MIN (sky_tcp_tap_line_get_buffered (self), SKY_TCP_TAP_HOLD_LEN);
  if (room == 0)
    return sky_fail (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The socket takes no more");
  count = MIN (count, room);
  self->flushing = FALSE;
  own_held (self, count);
  g_byte_array_append (self->held, data, (guint) count);
  if (self->writable == NULL)
    sky_tcp_tap_turn_add_dirty (self->turn, self);
  return (gssize) count;
}

/*
 * Accepts bytes that go to the socket at the end of the turn, without a bound. What one line after the other says,
 * a broadcast, lies in memory once.
 */
void
sky_tcp_tap_line_say (SkyTcpTapLine *self, const guint8 *head, gsize head_len, const guint8 *data, gsize len)
{
  g_autoptr(GByteArray) shared = NULL;

  if (self->closed || self->broken != NULL)
    return;
  shared = sky_tcp_tap_turn_share (self->turn, head, head_len, data, len);
  if (shared != NULL && self->held == NULL)
    {
      self->held = g_steal_pointer (&shared);
      self->held_shared = TRUE;
    }
  else
    {
      own_held (self, head_len + len);
      g_byte_array_append (self->held, head, (guint) head_len);
      if (len > 0)
        g_byte_array_append (self->held, data, (guint) len);
    }
  if (self->writable == NULL)
    sky_tcp_tap_turn_add_dirty (self->turn, self);
}

/*
 * Gives the socket what it takes now. If that is not all, %G_IO_ERROR_WOULD_BLOCK says so, and the line is
 * writable again once it is.
 *
 * Returns: whether nothing is held any more
 */
gboolean
sky_tcp_tap_line_flush (SkyTcpTapLine *self, GError **error)
{
  sky_tcp_tap_line_push (self, FALSE, NULL, NULL);
  self->flushing = !sky_tcp_tap_line_is_drained (self);
  if (self->broken != NULL && !self->closed)
    g_propagate_error (error, g_error_copy (self->broken));
  else if (self->flushing)
    sky_fail (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "The socket takes no more");
  return self->closed || (self->broken == NULL && !self->flushing);
}

/* Writes at once and waits for it, after what is held: for a caller that blocks. */
gssize
sky_tcp_tap_line_write (SkyTcpTapLine *self, const void *data, gsize count,
                        GCancellable *cancellable, GError **error)
{
  gssize len;

  if (!sky_tcp_tap_line_push (self, TRUE, cancellable, error))
    return -1;
  len = sky_tcp_tap_line_hold (self, data, count, error);
  if (len > 0 && !sky_tcp_tap_line_push (self, TRUE, cancellable, error))
    return -1;
  return len;
}

/* Returns: bytes accepted that the socket has not taken */
gsize
sky_tcp_tap_line_get_buffered (SkyTcpTapLine *self)
{
  gsize len = self->held != NULL ? self->held->len : 0;

  return self->sending != NULL ? len + self->sending->len - self->sent : len;
}

gboolean
sky_tcp_tap_line_can_write (SkyTcpTapLine *self)
{
  return self->closed || self->broken != NULL
         || sky_tcp_tap_line_get_buffered (self) < (self->flushing ? 1 : SKY_TCP_TAP_HOLD_LEN);
}

gboolean
sky_tcp_tap_line_is_drained (SkyTcpTapLine *self)
{
  return self->closed || self->broken != NULL || sky_tcp_tap_line_get_buffered (self) == 0;
}

#include "tcp/tcp-tap-private.h"

#include "base/clock.h"
#include "base/fault.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

/* Returns: (transfer full): the shared half of a tap over @base */
SkyTcpTapLine *
sky_tcp_tap_line_new (GIOStream *base, SkyTcpTapFunc func, gpointer user_data)
{
  SkyTcpTapLine *self = g_rc_box_new0 (SkyTcpTapLine);

  self->base = g_object_ref (base);
  self->base_in = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (base));
  self->base_out = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (base));
  self->func = func;
  self->user_data = user_data;
  self->turn = sky_tcp_tap_turn_get ();
  return self;
}

SkyTcpTapLine *
sky_tcp_tap_line_ref (SkyTcpTapLine *self)
{
  return g_rc_box_acquire (self);
}

static void
line_free (gpointer data)
{
  SkyTcpTapLine *self = data;

  sky_tcp_tap_line_stop_sending (self);
  sky_tcp_tap_line_unwatch (self);
  g_clear_pointer (&self->in, g_byte_array_unref);
  g_clear_pointer (&self->held, g_byte_array_unref);
  g_clear_pointer (&self->sending, g_byte_array_unref);
  g_clear_pointer (&self->turn, sky_tcp_tap_turn_unref);
  g_clear_error (&self->broken);
  g_clear_object (&self->base);
}

void
sky_tcp_tap_line_unref (SkyTcpTapLine *self)
{
  g_rc_box_release_full (self, line_free);
}

/* Tells the tap's owner, if there is one. */
void
sky_tcp_tap_line_report (SkyTcpTapLine *self, SkyTcpTapEvent event, const guint8 *data, gsize len, gint64 now_usec,
                         const GError *error)
{
  if (self->func != NULL)
    self->func (event, data, len, now_usec, error, self->user_data);
}

static void
report_end (SkyTcpTapLine *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  sky_tcp_tap_line_report (self, SKY_TCP_TAP_END, NULL, 0, sky_clock_now_usec (), self->broken);
}

/* Whether @error says that the line broke, not that the caller has to wait or gave up. */
gboolean
sky_tcp_tap_line_is_fatal (const GError *error)
{
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)
         && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Returns: whether nothing can be read or written any more, and @error says why */
gboolean
sky_tcp_tap_line_refuse (SkyTcpTapLine *self, GError **error)
{
  if (self->closed)
    sky_fail (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The connection is closed."));
  else if (self->broken != NULL)
    g_propagate_error (error, g_error_copy (self->broken));
  return self->closed || self->broken != NULL;
}

static gsize
hand_out (SkyTcpTapLine *self, guint8 *buffer, gsize count)
{
  gsize len = MIN (count, self->in->len - self->in_pos);

  sky_tcp_tap_turn_count (self->turn, self, 0, g_get_monotonic_time ());
  memcpy (buffer, self->in->data + self->in_pos, len);
  self->in_pos += len;
  if (self->in_pos == self->in->len)
    {
      g_clear_pointer (&self->in, g_byte_array_unref);
      self->in_pos = 0;
    }
  return len;
}

static void
keep (SkyTcpTapLine *self, const guint8 *data, gsize len)
{
  if (len == 0)
    return;
  if (self->in == NULL)
    self->in = g_byte_array_sized_new (len);
  g_byte_array_append (self->in, data, len);
}

/*
 * Takes up to SKY_TCP_TAP_BLOCK_LEN bytes from the base stream into @block, and reports them. A bare
 * socket is read past its stream, which is asked only where that has nothing to give: it says why.
 *
 * Returns: bytes taken; 0 at the end, which sets ended; or -1
 */
static gssize
take (SkyTcpTapLine *self, guint8 *block, gboolean blocking, GCancellable *cancellable, GError **error)
{
  g_autoptr(GError) why = NULL;
  gint64 now_usec;
  gssize len;

  len = self->watched ? recv (self->watch.fd, block, SKY_TCP_TAP_BLOCK_LEN, MSG_DONTWAIT) : -1;
  if (len > 0)
    ;
  else if (blocking)
    len = g_input_stream_read (G_INPUT_STREAM (self->base_in), block, SKY_TCP_TAP_BLOCK_LEN,
                               cancellable, &why);
  else
    len = g_pollable_input_stream_read_nonblocking (self->base_in, block, SKY_TCP_TAP_BLOCK_LEN,
                                                    cancellable, &why);
  now_usec = sky_clock_now_usec ();
  if (len > 0)
    {
      sky_tcp_tap_turn_count (self->turn, self, (gsize) len, g_get_monotonic_time ());
      sky_tcp_tap_line_report (self, SKY_TCP_TAP_READ, block, (gsize) len, now_usec, NULL);
    }
  if (len < 0 && sky_tcp_tap_line_is_fatal (why) && self->broken == NULL)
    self->broken = g_error_copy (why);
  if (len == 0 || (len < 0 && sky_tcp_tap_line_is_fatal (why)))
    report_end (self);
  if (len < 0)
    g_propagate_error (error, g_steal_pointer (&why));
  return len;
}

/*
 * Takes one block and gives the first @count bytes of it to @buffer; the rest is kept. A caller that
 * only wants it kept gives no room.
 *
 * Returns: bytes put into @buffer; 0 also at the end; or -1
 */
static gssize
fill (SkyTcpTapLine *self, guint8 *buffer, gsize count, gboolean blocking,
      GCancellable *cancellable, GError **error)
{
  guint8 *block = sky_tcp_tap_turn_take_block (self->turn);
  gssize len = take (self, block, blocking, cancellable, error);
  gsize given = MIN (count, (gsize) MAX (len, 0));

  if (given > 0)
    memcpy (buffer, block, given);
  if (len > 0)
    keep (self, block + given, (gsize) len - given);
  sky_tcp_tap_turn_give_block (self->turn, block);
  return len < 0 ? -1 : (gssize) given;
}

static void
tell (SkyTcpTapLine *self, SkyTcpTapEvent event, const guint8 *data, gsize len)
{
  if (self->hear != NULL)
    self->hear (event, data, len, self->hear_data);
}

/*
 * Gives the listener what is kept, or else one block.
 *
 * Returns: %FALSE if the line had its share of this turn
 */
gboolean
sky_tcp_tap_line_hear (SkyTcpTapLine *line)
{
  g_autoptr(SkyTcpTapLine) self = sky_tcp_tap_line_ref (line);

  if (self->in != NULL)
    {
      g_autoptr(GByteArray) in = g_steal_pointer (&self->in);
      gsize pos = self->in_pos;

      self->in_pos = 0;
      tell (self, SKY_TCP_TAP_READ, in->data + pos, in->len - pos);
    }
  else if (!self->ended && !self->closed)
    {
      guint8 *block;
      gssize len;

      if (sky_tcp_tap_turn_is_spent (self->turn, self))
        return FALSE;
      block = sky_tcp_tap_turn_take_block (self->turn);
      len = take (self, block, FALSE, NULL, NULL);
      if (len > 0)
        tell (self, SKY_TCP_TAP_READ, block, (gsize) len);
      sky_tcp_tap_turn_give_block (self->turn, block);
    }
  if (self->in == NULL && self->ended && !self->closed)
    {
      sky_tcp_tap_line_unwatch (self);
      tell (self, SKY_TCP_TAP_END, NULL, 0);
    }
  return TRUE;
}

/*
 * Reads from what is kept, then from the base stream. Without @blocking it says
 * %G_IO_ERROR_WOULD_BLOCK also when the line had its share of this turn: a kept block can be two
 * thousand small requests, and each of them half a millisecond's work.
 */
gssize
sky_tcp_tap_line_read (SkyTcpTapLine *self, void *buffer, gsize count, gboolean blocking,
                       GCancellable *cancellable, GError **error)
{
  gboolean kept = self->in != NULL && !self->closed;

  if (self->ended && !kept && self->broken == NULL && !self->closed)
    return 0;
  if ((self->closed || (self->ended && !kept)) && sky_tcp_tap_line_refuse (self, error))
    return -1;
  if (!blocking && sky_tcp_tap_turn_is_spent (self->turn, self))
    return sky_fail (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "This turn's share is spent");
  if (kept)
    return (gssize) hand_out (self, buffer, count);
  /* Someone who is going to wait for an answer wants the question sent. */
  if (blocking)
    sky_tcp_tap_line_push (self, FALSE, NULL, NULL);
  return fill (self, buffer, count, blocking, cancellable, error);
}

/*
 * A write failed. What the peer sent before is still to be read, and END comes after it; if the
 * socket has no end yet, END waits for the read that finds it, or for the close.
 */
void
sky_tcp_tap_line_break (SkyTcpTapLine *self, const GError *error)
{
  if (self->broken == NULL)
    self->broken = g_error_copy (error);
  while (!self->ended && !self->closed && fill (self, NULL, 0, FALSE, NULL, NULL) >= 0)
    ;
}

/* Whether a read gives something, in this turn, without asking the base stream. */
gboolean
sky_tcp_tap_line_can_read (SkyTcpTapLine *self)
{
  if (self->in != NULL && !self->closed)
    return !sky_tcp_tap_turn_is_spent (self->turn, self);
  return self->ended || self->closed;
}

/*
 * Ends the line's part in the main loop and reports what is left to report; the caller then
 * closes the base stream.
 */
void
sky_tcp_tap_line_shut (SkyTcpTapLine *self)
{
  if (self->closed)
    return;
  sky_tcp_tap_line_stop_sending (self);
  self->closed = TRUE;
  sky_tcp_tap_line_unwatch (self);
  sky_tcp_tap_turn_remove_dirty (self->turn, self);
  for (GSList *l = self->sources; l != NULL; l = l->next)
    sky_tcp_tap_source_let_go (l->data);
  if (self->broken != NULL)
    report_end (self);
  sky_tcp_tap_line_report (self, SKY_TCP_TAP_CLOSED, NULL, 0, sky_clock_now_usec (), NULL);
  tell (self, SKY_TCP_TAP_CLOSED, NULL, 0);
}

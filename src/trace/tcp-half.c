#include "trace/tcp-half.h"

#include <string.h>

#define MAX_AHEAD     1024              /* segments that wait for one before them */
#define MAX_AHEAD_LEN (4 * 1024 * 1024) /* bytes */

typedef struct
{
  guint32 seq;
  gint64  time_usec;
  gsize   len;
  guint8  data[];
} Segment;

/* Sequence numbers wrap: RFC 9293 §3.4. */
static gint32
distance (guint32 from, guint32 to)
{
  return (gint32) (to - from);
}

/**
 * sky_tcp_half_begin:
 * @next: sequence number of the first byte, one above the SYN's
 */
void
sky_tcp_half_begin (SkyTcpHalf *self, guint32 next)
{
  sky_tcp_half_clear (self);
  self->next = next;
  self->known = TRUE;
}

void
sky_tcp_half_clear (SkyTcpHalf *self)
{
  g_queue_clear_full (&self->ahead, g_free);
  self->ahead_len = 0;
}

static void
keep (SkyTcpHalf *self, guint32 seq, gint64 time_usec, const guint8 *data, gsize len)
{
  Segment *segment = g_malloc (sizeof (Segment) + len);
  GList *after = self->ahead.tail;

  *segment = (Segment) { seq, time_usec, len };
  memcpy (segment->data, data, len);
  while (after != NULL && distance (((Segment *) after->data)->seq, seq) < 0)
    after = after->prev;
  g_queue_insert_after (&self->ahead, after, segment);
  self->ahead_len += len;
}

/* Gives what is new of a segment that does not begin behind the next byte. */
static void
give (SkyTcpHalf *self, guint32 seq, gint64 time_usec, const guint8 *data, gsize len,
      guint32 missing, SkyTcpDeliver deliver, gpointer user_data)
{
  gsize old = (gsize) distance (seq, self->next);

  if (old >= len)
    return;
  self->next += (guint32) (len - old);
  deliver (user_data, time_usec, data + old, len - old, missing);
}

/* Gives what waited, as far as nothing is missing before it; the first one even so if @leap. */
static void
drain (SkyTcpHalf *self, gboolean leap, SkyTcpDeliver deliver, gpointer user_data)
{
  Segment *first;

  while ((first = g_queue_peek_head (&self->ahead)) != NULL)
    {
      gint32 missing = distance (self->next, first->seq);

      if (missing > 0 && !leap)
        break;
      if (missing > 0)
        self->next = first->seq;
      leap = FALSE;
      g_queue_pop_head (&self->ahead);
      self->ahead_len -= first->len;
      give (self, first->seq, first->time_usec, first->data, first->len, (guint32) MAX (missing, 0),
            deliver, user_data);
      g_free (first);
    }
}

/**
 * sky_tcp_half_take:
 * @len: bytes
 *
 * Delivers @data in its turn: at once, once what is before it has come, or once that will not come.
 */
void
sky_tcp_half_take (SkyTcpHalf *self, guint32 seq, gint64 time_usec, const guint8 *data, gsize len,
                   SkyTcpDeliver deliver, gpointer user_data)
{
  if (len == 0)
    return;
  if (!self->known)
    sky_tcp_half_begin (self, seq);
  if (distance (self->next, seq) > 0)
    keep (self, seq, time_usec, data, len);
  else
    give (self, seq, time_usec, data, len, 0, deliver, user_data);
  drain (self, FALSE, deliver, user_data);
  while (self->ahead.length > MAX_AHEAD || self->ahead_len > MAX_AHEAD_LEN)
    drain (self, TRUE, deliver, user_data);
}

/**
 * sky_tcp_half_acked:
 * @ack: what the other side says it expects next
 *
 * What the other side has got will not be sent again: if it is not here, it never will be.
 */
void
sky_tcp_half_acked (SkyTcpHalf *self, guint32 ack, SkyTcpDeliver deliver, gpointer user_data)
{
  const Segment *first;

  while ((first = g_queue_peek_head (&self->ahead)) != NULL && distance (first->seq, ack) > 0)
    drain (self, TRUE, deliver, user_data);
}

/**
 * sky_tcp_half_flush:
 *
 * Delivers all that waits: nothing more will come.
 */
void
sky_tcp_half_flush (SkyTcpHalf *self, SkyTcpDeliver deliver, gpointer user_data)
{
  while (self->ahead.length > 0)
    drain (self, TRUE, deliver, user_data);
}

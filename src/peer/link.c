#include "peer/link.h"

#include "base/clock.h"
#include "tcp/tcp-tap.h"

struct _SkyLink
{
  grefcount    references;
  SkyFeed     *feed;
  SkyTcpTap   *tap;
  SkyTcpFacts  facts;
  SkyStoreRole role;
  guint64      n_taken;   /* bytes */
  guint64      n_left;    /* bytes that may still come before "over" is called */
  GError      *end_error; /* why the line broke, if it did */

  SkyLinkClosedFunc over;   /* nullable */
  SkyLinkClosedFunc closed; /* nullable */
  gpointer          closed_data;
};

/**
 * sky_link_new:
 * @name: what the sidebar and a capture call this connection
 * @role: which end of it we are
 *
 * Returns: (transfer full): a link whose stream is still to come
 */
SkyLink *
sky_link_new (SkyStore *store, const char *name, SkyStoreRole role)
{
  SkyLink *self = g_new0 (SkyLink, 1);

  g_ref_count_init (&self->references);
  self->feed = sky_feed_new (store, name, role);
  self->role = role;
  return self;
}

SkyLink *
sky_link_ref (SkyLink *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

/* For who only borrowed it, such as an operation under way; the owner calls sky_link_free(). */
void
sky_link_unref (SkyLink *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_clear_object (&self->tap);
  sky_tcp_facts_clear (&self->facts);
  sky_feed_free (self->feed);
  g_clear_error (&self->end_error);
  g_free (self);
}

/**
 * sky_link_free:
 *
 * Closes the stream and lets go of the link. What has not been sent yet is still sent, but nothing
 * is recorded any more.
 */
void
sky_link_free (SkyLink *self)
{
  if (self->tap != NULL)
    {
      sky_tcp_tap_mute (self->tap);
      g_io_stream_close_async (G_IO_STREAM (self->tap), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
    }
  sky_link_unref (self);
}

static void
on_tap (SkyTcpTapEvent event, const guint8 *data, gsize len, gint64 time_usec, const GError *error, gpointer user_data)
{
  SkyLink *self = user_data;
  SkyFrom ours = self->role == SKY_ROLE_SERVER ? SKY_FROM_SERVER : SKY_FROM_CLIENT;
  SkyFrom theirs = self->role == SKY_ROLE_SERVER ? SKY_FROM_CLIENT : SKY_FROM_SERVER;

  switch (event)
    {
    case SKY_TCP_TAP_READ:
      sky_feed_bytes (self->feed, theirs, time_usec, data, len);
      if (self->over != NULL && len > self->n_left)
        g_steal_pointer (&self->over) (self, self->closed_data);
      self->n_left -= MIN (self->n_left, len);
      break;
    case SKY_TCP_TAP_WRITTEN:
      self->n_taken += len;
      sky_feed_bytes (self->feed, ours, time_usec, data, len);
      break;
    case SKY_TCP_TAP_END:
      if (error != NULL && self->end_error == NULL)
        self->end_error = g_error_copy (error);
      sky_feed_end (self->feed, theirs, time_usec, error != NULL ? error->message : NULL);
      break;
    case SKY_TCP_TAP_CLOSED:
      sky_feed_end (self->feed, ours, time_usec, NULL);
      if (self->closed != NULL)
        self->closed (self, self->closed_data);
      break;
    }
}

/**
 * sky_link_attach:
 * @base: a connection that is open, TLS included
 *
 * Puts the tap around @base. From here on, talk on what this returns and never on @base.
 *
 * Returns: (transfer none): the tapped stream
 */
GIOStream *
sky_link_attach (SkyLink *self, GIOStream *base)
{
  g_assert (self->tap == NULL);

  sky_tcp_facts_read (&self->facts, base);
  sky_feed_set_addresses (self->feed, self->facts.local, self->facts.remote);
  self->tap = sky_tcp_tap_new (base, on_tap, self);
  return G_IO_STREAM (self->tap);
}

/* Returns: (transfer none) (nullable): the tapped stream, once there is one */
GIOStream *
sky_link_get_stream (SkyLink *self)
{
  return self->tap != NULL ? G_IO_STREAM (self->tap) : NULL;
}

/* A session has other connections: see sky_feed_set_quiet(). */
void
sky_link_set_quiet (SkyLink *self, gboolean quiet)
{
  sky_feed_set_quiet (self->feed, quiet);
}

/**
 * sky_link_watch:
 * @closed: (nullable): whom to tell that the tapped stream was closed, by whomever
 */
void
sky_link_watch (SkyLink *self, SkyLinkClosedFunc closed, gpointer user_data)
{
  self->closed = closed;
  self->closed_data = user_data;
}

/**
 * sky_link_set_quota:
 * @len: bytes that may come from now on
 * @over: (nullable): called once, as in sky_link_watch() and with its user data, when more have come
 */
void
sky_link_set_quota (SkyLink *self, guint64 len, SkyLinkClosedFunc over)
{
  self->n_left = len;
  self->over = over;
}

const SkyTcpFacts *
sky_link_get_facts (SkyLink *self)
{
  return &self->facts;
}

/* Returns: bytes accepted for sending that the socket has not taken yet */
gsize
sky_link_get_buffered (SkyLink *self)
{
  return self->tap != NULL ? sky_tcp_tap_get_buffered (self->tap) : 0;
}

/* Returns: bytes that the socket has taken, of all that was ever sent */
guint64
sky_link_get_n_taken (SkyLink *self)
{
  return self->n_taken;
}

SkyFeed *
sky_link_get_feed (SkyLink *self)
{
  return self->feed;
}

/* Returns: (nullable) (transfer none): why the line broke, NULL if it ended in order or not at all */
const GError *
sky_link_get_end_error (SkyLink *self)
{
  return self->end_error;
}

/**
 * sky_link_note:
 * @format: the text of the record
 *
 * Puts something that is no byte into the trace, at the present time and from our side.
 */
void
sky_link_note (SkyLink *self, SkyLayer layer, SkyKind kind, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  sky_feed_note (self->feed, layer, kind, self->role == SKY_ROLE_SERVER ? SKY_FROM_SERVER : SKY_FROM_CLIENT,
                 sky_clock_now_usec (), text);
}

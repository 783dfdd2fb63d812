#include "tcp/tcp-poll.h"

#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

/*
 * Many sockets that are waited for as one source of the main loop: GLib asks every source and polls
 * every descriptor in each turn, which with a thousand idle connections costs more than the work.
 */

#define MAX_EVENTS 256 /* of one dispatch; the kernel begins with the next one after that */

struct _SkyTcpPoll
{
  int      epoll;
  GSource *source;
  gpointer tag;
  gboolean resting;

  struct epoll_event events[MAX_EVENTS]; /* being dispatched, from at on */
  int                at, n_events;
};

typedef struct
{
  GSource     source;
  SkyTcpPoll *poll;
} PollSource;

static void
poll_close (gpointer data)
{
  close (((SkyTcpPoll *) data)->epoll);
}

static void
rest (SkyTcpPoll *self)
{
  if (!self->resting)
    g_source_modify_unix_fd (self->source, self->tag, 0);
  self->resting = TRUE;
}

/* Whoever is called may remove watches, and free the poll with the last of them. */
static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SkyTcpPoll *self = g_rc_box_acquire (((PollSource *) source)->poll);
  gboolean more = TRUE;

  self->n_events = epoll_wait (self->epoll, self->events, MAX_EVENTS, 0);
  for (self->at = 0; self->at < self->n_events; self->at++)
    {
      SkyTcpWatch *watch = self->events[self->at].data.ptr;

      if (watch != NULL)
        more = watch->func (watch->user_data) && more;
    }
  self->n_events = 0;
  if (!more && !g_source_is_destroyed (source))
    rest (self);
  g_rc_box_release_full (self, poll_close);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

/* Returns: (transfer full) (nullable): a poll in @context; %NULL if the system has none to give */
SkyTcpPoll *
sky_tcp_poll_new (GMainContext *context)
{
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  SkyTcpPoll *self;

  if (epoll < 0)
    return NULL;
  self = g_rc_box_new0 (SkyTcpPoll);
  self->epoll = epoll;
  self->source = g_source_new (&funcs, sizeof (PollSource));
  ((PollSource *) self->source)->poll = self;
  g_source_set_static_name (self->source, "tap poll");
  self->tag = g_source_add_unix_fd (self->source, epoll, G_IO_IN);
  g_source_attach (self->source, context);
  return self;
}

/* Nobody is called any more; the watches were removed. */
void
sky_tcp_poll_free (SkyTcpPoll *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_rc_box_release_full (self, poll_close);
}

/**
 * sky_tcp_poll_add:
 * @watch: borrowed until sky_tcp_poll_remove(), which comes before its descriptor is closed
 *
 * Calls @watch in each turn of the main loop in which its socket has something to read, has ended
 * or is broken.
 *
 * Returns: %FALSE if it cannot be polled so
 */
gboolean
sky_tcp_poll_add (SkyTcpPoll *self, SkyTcpWatch *watch)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = watch };

  return epoll_ctl (self->epoll, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void
sky_tcp_poll_remove (SkyTcpPoll *self, SkyTcpWatch *watch)
{
  epoll_ctl (self->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = self->at; i < self->n_events; i++)
    if (self->events[i].data.ptr == watch)
      self->events[i].data.ptr = NULL;
}

/* The rest that a watch asked for is over. */
void
sky_tcp_poll_wake (SkyTcpPoll *self)
{
  if (self->resting)
    g_source_modify_unix_fd (self->source, self->tag, G_IO_IN);
  self->resting = FALSE;
}

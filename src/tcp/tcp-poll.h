#pragma once

#include <glib.h>

/**
 * SkyTcpWatchFunc:
 *
 * Takes what is there to read, or the end. It may remove the watch, and any other.
 *
 * Returns: %FALSE if nobody is to be called again before sky_tcp_poll_wake()
 */
typedef gboolean (*SkyTcpWatchFunc) (gpointer user_data);

/* Who waits for one socket; the caller's memory. */
typedef struct
{
  int             fd;
  SkyTcpWatchFunc func;
  gpointer        user_data;
} SkyTcpWatch;

typedef struct _SkyTcpPoll SkyTcpPoll;

SkyTcpPoll *sky_tcp_poll_new (GMainContext *context);
void        sky_tcp_poll_free (SkyTcpPoll *self);
gboolean    sky_tcp_poll_add (SkyTcpPoll *self, SkyTcpWatch *watch);
void        sky_tcp_poll_remove (SkyTcpPoll *self, SkyTcpWatch *watch);
void        sky_tcp_poll_wake (SkyTcpPoll *self);

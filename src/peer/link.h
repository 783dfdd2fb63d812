#pragma once

#include "tcp/tcp-facts.h"
#include "trace/feed.h"

/**
 * SkyLink:
 *
 * One connection from the socket to the trace: its stream is tapped, and every byte that passes
 * goes into a feed. Notes of the peer that owns it go the same way.
 */
typedef struct _SkyLink SkyLink;

/* Called once, when the connection is closed, from within the tap: free nothing there. */
typedef void (*SkyLinkClosedFunc) (SkyLink *link, gpointer user_data);

SkyLink           *sky_link_new (SkyStore *store, const char *name, SkyStoreRole role);
SkyLink           *sky_link_ref (SkyLink *self);
void               sky_link_unref (SkyLink *self);
void               sky_link_free (SkyLink *self);
GIOStream         *sky_link_attach (SkyLink *self, GIOStream *base);
GIOStream         *sky_link_get_stream (SkyLink *self);
void               sky_link_set_quiet (SkyLink *self, gboolean quiet);
void               sky_link_watch (SkyLink *self, SkyLinkClosedFunc closed, gpointer user_data);
void               sky_link_set_quota (SkyLink *self, guint64 len, SkyLinkClosedFunc over);
const SkyTcpFacts *sky_link_get_facts (SkyLink *self);
gsize              sky_link_get_buffered (SkyLink *self);
guint64            sky_link_get_n_taken (SkyLink *self);
SkyFeed           *sky_link_get_feed (SkyLink *self);
const GError      *sky_link_get_end_error (SkyLink *self);
void               sky_link_note (SkyLink *self, SkyLayer layer, SkyKind kind, const char *format, ...) G_GNUC_PRINTF (4, 5);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyLink, sky_link_unref)

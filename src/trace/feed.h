#pragma once

#include "stack/stack.h"
#include "trace/store.h"

/**
 * SkyFeed:
 *
 * The way of one connection into a trace: its bytes go to the store and through a stack of its
 * own, whose records go to the store as well. What is no byte (steps of a dial, states, joins) is
 * put in as a note with its text.
 */
typedef struct _SkyFeed SkyFeed;

SkyFeed  *sky_feed_new (SkyStore *store, const char *name, SkyStoreRole role);
void      sky_feed_free (SkyFeed *self);
guint16   sky_feed_get_link (SkyFeed *self);
void      sky_feed_set_addresses (SkyFeed *self, const char *local, const char *remote);
void      sky_feed_set_quiet (SkyFeed *self, gboolean quiet);
void      sky_feed_bytes (SkyFeed *self, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len);
void      sky_feed_end (SkyFeed *self, SkyFrom from, gint64 time_usec, const char *why);
guint32   sky_feed_note (SkyFeed *self, SkyLayer layer, SkyKind kind, SkyFrom from, gint64 time_usec,
                         const char *text);
void      sky_feed_unheard (SkyFeed *self, SkyFrom from, const char *nsp, const char *event);
void      sky_feed_give_up (SkyFeed *self, SkyFrom from, const char *nsp, guint64 ack_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyFeed, sky_feed_free)

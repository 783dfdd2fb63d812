#pragma once

#include <gio/gio.h>

#include "trace/keep.h"
#include "ui/kept/keep-writer.h"
#include "ui/kept/recent-entry.h"

/* What was opened before, newest first, kept in a small JSON file. */
typedef struct _SkyRecent SkyRecent;

SkyRecent            *sky_recent_new (const char *path);
void                  sky_recent_free (SkyRecent *self);
guint                 sky_recent_get_n (SkyRecent *self);
const SkyRecentEntry *sky_recent_get (SkyRecent *self, guint position);
void                  sky_recent_add (SkyRecent *self, SkyRecentKind kind, const char *what, const char *protocol);
void                  sky_recent_add_host (SkyRecent *self, const char *port, const char *rules);
const SkyRecentEntry *sky_recent_add_client (SkyRecent *self, const SkyProfile *profile, const SkyKeepTold *told);
const SkyRecentEntry *sky_recent_find (SkyRecent *self, const char *id);
void                  sky_recent_learn (SkyRecent *self, const char *id, JsonObject *secrets);
void                  sky_recent_remove (SkyRecent *self, const char *id, const SkyKeepTold *told);
const char           *sky_recent_get_trouble (SkyRecent *self);
void                  sky_recent_clear (SkyRecent *self, const SkyKeepTold *told);
GPtrArray            *sky_recent_mix (SkyRecent *self, GPtrArray *kept, guint most);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRecent, sky_recent_free)

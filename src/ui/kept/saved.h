#pragma once

#include "ui/kept/keep-writer.h"
#include "ui/kept/recent-entry.h"

/* The connections that a person gave a name and keeps, in the order of their names. */
typedef struct _SkySaved SkySaved;

SkySaved             *sky_saved_new (const char *path);
void                  sky_saved_free (SkySaved *self);
const char           *sky_saved_get_trouble (SkySaved *self);
guint                 sky_saved_get_n (SkySaved *self);
const SkyRecentEntry *sky_saved_get (SkySaved *self, guint position);
const SkyRecentEntry *sky_saved_find (SkySaved *self, const char *id);
const SkyRecentEntry *sky_saved_add (SkySaved *self, const char *name, const SkyProfile *profile, const SkyKeepTold *told);
void                  sky_saved_restore (SkySaved *self, const SkyRecentEntry *entry, const SkyKeepTold *told);
void                  sky_saved_update (SkySaved *self, const char *id, const SkyProfile *profile, const SkyKeepTold *told);
void                  sky_saved_rename (SkySaved *self, const char *id, const char *name, const SkyKeepTold *told);
void                  sky_saved_remove (SkySaved *self, const char *id, const SkyKeepTold *told);
void                  sky_saved_learn (SkySaved *self, const char *id, JsonObject *secrets);
void                  sky_saved_read_secrets (SkySaved *self, const char *id, JsonObject *stored);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkySaved, sky_saved_free)

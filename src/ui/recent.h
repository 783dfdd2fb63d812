#pragma once

#include <gio/gio.h>

typedef enum
{
  SKY_RECENT_CLIENT,
  SKY_RECENT_HOST,
  SKY_RECENT_CAPTURE,
} SkyRecentKind;

/* One thing that was opened before. */
typedef struct
{
  SkyRecentKind kind;
  char         *what;     /* owned; client: the URL; host: the port; capture: the URI of the file */
  char         *protocol; /* owned, nullable; client: as in sky_protocol_id() */
  gint64        time_sec; /* seconds since 1970-01-01 UTC, when it was last used */
} SkyRecentEntry;

/* What was opened before, newest first, kept in a small JSON file. */
typedef struct _SkyRecent SkyRecent;

SkyRecent            *sky_recent_new (const char *path);
void                  sky_recent_free (SkyRecent *self);
guint                 sky_recent_get_n (SkyRecent *self);
const SkyRecentEntry *sky_recent_get (SkyRecent *self, guint position);
gboolean              sky_recent_add (SkyRecent *self, SkyRecentKind kind, const char *what, const char *protocol,
                                      GError **error);
gboolean              sky_recent_clear (SkyRecent *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRecent, sky_recent_free)

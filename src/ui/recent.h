#pragma once

#include <gio/gio.h>

#include "trace/keep.h"

typedef enum
{
  SKY_RECENT_CLIENT,
  SKY_RECENT_HOST,
  SKY_RECENT_CAPTURE, /* a file that a person opened */
  SKY_RECENT_KEPT,    /* one that Sockeye kept: not in the list's own file */
} SkyRecentKind;

/* One thing that was opened before. */
typedef struct
{
  SkyRecentKind kind;
  char         *what;     /* owned; client: the URL; host: the port; captures: the URI of the file */
  char         *protocol; /* owned, nullable; client: as in sky_protocol_id() */
  gint64        time_sec; /* seconds since 1970-01-01 UTC, when it was last used */
  char         *name;     /* owned, nullable; kept: whose capture it is */
  guint64       len;      /* bytes; kept: of the file */
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
GPtrArray            *sky_recent_mix (SkyRecent *self, GPtrArray *kept, guint most);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRecent, sky_recent_free)

#pragma once

#include <json-glib/json-glib.h>

#include "peer/profile/profile.h"

typedef enum
{
  SKY_RECENT_CLIENT,
  SKY_RECENT_HOST,
  SKY_RECENT_CAPTURE, /* a file that a person opened */
  SKY_RECENT_KEPT,    /* one that Sockeye kept: not in the list's own file */
  SKY_RECENT_SAVED,   /* a connection with a name, which stays until it is deleted: in a file of its own */
} SkyRecentKind;

/* One thing that was opened before, or saved. All but the secrets is written into a file. */
typedef struct
{
  SkyRecentKind kind;
  char         *what;     /* owned; client: the URL without secrets; host: the port; captures: the URI of the file */
  char         *protocol; /* owned, nullable; client: as in sky_protocol_id() */
  gint64        time_sec; /* seconds since 1970-01-01 UTC, when it was last used */
  char         *name;     /* owned, nullable; kept: whose capture it is; saved: what the person calls it; host: its rules */
  guint64       len;      /* bytes; kept: of the file */
  char         *id;       /* owned, nullable; connections: unique, for ever the same */
  SkyProfile   *profile;  /* owned, nullable; connections: without secrets, see sky_profile_split() */
  char        **secret;   /* owned, nullable; connections: the names of the secrets that belong to it */
  JsonObject   *secrets;  /* owned, nullable; those that are known in this run, a text each */
  char         *origin;   /* owned, nullable; whose those are: see sky_route_make_origin() */
  JsonObject   *json;     /* owned, nullable; what stands in the file, with what we do not know of */
} SkyRecentEntry;

SkyRecentEntry *sky_recent_entry_new (SkyRecentKind kind, const char *what, const char *protocol, gint64 time_sec);
SkyRecentEntry *sky_recent_entry_new_client (SkyRecentKind kind, const SkyProfile *profile);
SkyRecentEntry *sky_recent_entry_copy (const SkyRecentEntry *self);
void            sky_recent_entry_free (gpointer data);
void            sky_recent_entry_set_profile (SkyRecentEntry *self, const SkyProfile *profile);
SkyProfile     *sky_recent_entry_make_profile (const SkyRecentEntry *self, char ***missing);
void            sky_recent_entry_learn (SkyRecentEntry *self, JsonObject *secrets);
void            sky_recent_entry_read_secrets (SkyRecentEntry *self, JsonObject *stored);
JsonObject     *sky_recent_entry_write_secrets (const SkyRecentEntry *self);
SkyRecentEntry *sky_recent_entry_read (JsonNode *node);
JsonObject     *sky_recent_entry_write (SkyRecentEntry *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyRecentEntry, sky_recent_entry_free)

#pragma once

#include <gio/gio.h>

#include "stack/describe.h"
#include "stack/record.h"

/**
 * SkyStoreRole:
 *
 * Which end of a connection Sockeye is, and so what "in" and "out" mean on it.
 */
typedef enum
{
  SKY_ROLE_CLIENT, /* from the server is in */
  SKY_ROLE_SERVER, /* from the client is in */
  SKY_ROLE_RELAY,  /* neither: directions are called "client" and "server" */
} SkyStoreRole;

/* One connection of a trace. Strings are owned by the store and live as long as it. */
typedef struct
{
  char        *name;   /* what the sidebar calls it */
  char        *local;  /* nullable until known; "127.0.0.1:51544" */
  char        *remote; /* nullable until known */
  SkyStoreRole role;
} SkyStoreLink;

/**
 * SkyStore:
 *
 * One trace: records in memory, their bytes in an append-only pcapng file. The signal "grew" is
 * emitted once, and again only after sky_store_catch_up(); "amended" (guint number) whenever an
 * earlier record changed.
 */
#define SKY_TYPE_STORE (sky_store_get_type ())
G_DECLARE_FINAL_TYPE (SkyStore, sky_store, SKY, STORE, GObject)

SkyStore           *sky_store_new (const char *path, GError **error);
guint16             sky_store_add_link (SkyStore *self, const char *name, SkyStoreRole role);
void                sky_store_set_addresses (SkyStore *self, guint16 link, const char *local, const char *remote);
const SkyStoreLink *sky_store_get_link (SkyStore *self, guint16 link);
guint               sky_store_get_n_links (SkyStore *self);

guint32          sky_store_get_n_records (SkyStore *self);
guint32          sky_store_catch_up (SkyStore *self);
const SkyRecord *sky_store_get_record (SkyStore *self, guint32 number);
GBytes          *sky_store_get_wire (SkyStore *self, guint32 number, gsize max_len);
GBytes          *sky_store_get_body (SkyStore *self, guint32 number, gsize max_len);
SkyBytesSource   sky_store_get_source (SkyStore *self);
guint64          sky_store_get_n_bytes (SkyStore *self, guint16 link, SkyFrom from);
const char      *sky_store_get_dir_id (SkyStore *self, const SkyRecord *record);
gboolean         sky_store_is_in (SkyStore *self, const SkyRecord *record);

const char *sky_store_get_path (SkyStore *self);
gboolean    sky_store_flush (SkyStore *self, GError **error);
gboolean    sky_store_save_copy (SkyStore *self, GFile *to, GError **error);
void        sky_store_save_copy_async (SkyStore *self, GFile *to, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean    sky_store_save_copy_finish (GAsyncResult *result, GError **error);
const char *sky_store_get_trouble (SkyStore *self);

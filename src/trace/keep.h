#pragma once

#include "trace/store.h"

/* One capture that is kept. */
typedef struct
{
  char    *path;     /* owned */
  char    *name;     /* owned; whose it is, as far as a file's name can say it: "localhost:3000" */
  gint64   time_sec; /* seconds since 1970-01-01 UTC, when it was last written */
  guint64  len;      /* bytes */
  gboolean in_use;   /* somebody writes it now: this process or another */
} SkyKept;

void       sky_kept_free (SkyKept *kept);
char      *sky_keep_get_dir (void);
char      *sky_keep_new_path (const char *name, GError **error);
SkyStore  *sky_keep_new_store (const char *name, GError **error);
GPtrArray *sky_keep_list (void);
char      *sky_keep_get_name (const char *path);
void       sky_keep_prune (void);
gboolean   sky_keep_remove (const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyKept, sky_kept_free)

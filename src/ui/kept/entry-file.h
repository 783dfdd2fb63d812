#pragma once

#include "ui/kept/keep-writer.h"
#include "ui/kept/recent-entry.h"

#define SKY_ENTRY_FILE_FORMAT 1

/* {"format": 1, "entries": […]}: the file of a list of SkyRecentEntry, and what else stands in it. */
typedef struct
{
  char       *path;    /* owned */
  JsonObject *root;    /* owned, nullable; as it was read: what we do not know of is written again */
  JsonArray  *strangers; /* owned, nullable; entries that we do not understand, likewise */
  char       *trouble; /* owned, nullable; a sentence: why nothing could be read */
  gboolean    foreign; /* a newer version wrote it, or it cannot be read: it is left as it is */
} SkyEntryFile;

void sky_entry_file_load (SkyEntryFile *self, const char *path, GPtrArray *entries, guint most);
void sky_entry_file_save (SkyEntryFile *self, GPtrArray *entries, const SkyKeepTold *told);
void sky_entry_file_clear (SkyEntryFile *self);

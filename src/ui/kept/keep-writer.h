#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* Whom to tell, in the main loop, that a file could not be written; if it still lives. */
typedef struct
{
  gpointer owner; /* a GObject */
  void   (*func) (gpointer owner, const GError *error);
} SkyKeepTold;

/*
 * Small files that the program keeps for a person are written by one thread, in the order in which they are given to it.
 * What waits is replaced by what comes for the same file: the last one wins, and no more waits than there are files.
 */
void     sky_keep_writer_put (const char *path, JsonNode *root, const SkyKeepTold *told);
void     sky_keep_writer_put_text (const char *path, const char *text, const SkyKeepTold *told);
void     sky_keep_writer_refuse (const GError *error, const SkyKeepTold *told);
gboolean sky_keep_writer_peek (const char *path, JsonNode **root);
gboolean sky_keep_writer_wait (gint64 within_usec);
void     sky_keep_writer_end (void);

#pragma once

#include <gio/gio.h>

/**
 * SkySpool:
 *
 * An append-only file behind a small buffer in memory. What was appended can be read at once. An
 * error of the disk is no error of the caller: the spool keeps the newest bytes in memory, says
 * so in its trouble, and goes on.
 */
typedef struct _SkySpool SkySpool;

int         sky_spool_open_unnamed (int *saved_errno);
SkySpool   *sky_spool_new (const char *path, GError **error);
void        sky_spool_free (SkySpool *self);
guint64     sky_spool_append (SkySpool *self, const guint8 *data, gsize len);
gsize       sky_spool_read (SkySpool *self, guint64 offset, gsize len, guint8 *out);
gboolean    sky_spool_flush (SkySpool *self, GError **error);
guint64     sky_spool_get_len (SkySpool *self);
gsize       sky_spool_get_n_unwritten (SkySpool *self);
const char *sky_spool_get_trouble (SkySpool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkySpool, sky_spool_free)

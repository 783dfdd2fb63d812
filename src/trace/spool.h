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

/* What a spool holds at one moment: bytes that never change, for another thread to read, while it grows or after it. */
typedef struct
{
  int     fd;      /* owned; -1: there is no file */
  guint64 written; /* bytes that are in it */
  GBytes *rest;    /* owned; those that the disk did not take */
} SkySpoolView;

int         sky_spool_open_unnamed (int *saved_errno);
SkySpool   *sky_spool_new (const char *path, GError **error);
void        sky_spool_free (SkySpool *self);
guint64     sky_spool_append (SkySpool *self, const guint8 *data, gsize len);
gsize       sky_spool_read (SkySpool *self, guint64 offset, gsize len, guint8 *out);
gboolean    sky_spool_flush (SkySpool *self, GError **error);
guint64     sky_spool_get_len (SkySpool *self);
gsize       sky_spool_get_n_unwritten (SkySpool *self);
const char *sky_spool_get_trouble (SkySpool *self);
gboolean    sky_spool_is_locked (int fd);

gboolean sky_spool_look (SkySpool *self, SkySpoolView *view, GError **error);
guint64  sky_spool_view_get_len (const SkySpoolView *view);
gsize    sky_spool_view_read (const SkySpoolView *view, guint64 offset, gsize len, guint8 *out);
void     sky_spool_view_clear (SkySpoolView *view);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkySpool, sky_spool_free)

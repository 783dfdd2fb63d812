#define _GNU_SOURCE /* F_OFD_SETLK */

#include "trace/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_LEN (64 * 1024)        /* bytes that wait in memory before one write() */
#define KEPT_LEN  (16 * 1024 * 1024) /* bytes that memory keeps when the disk takes no more */
#define PAGE_LEN  (64 * 1024)        /* bytes that a short read takes, for those that follow */

struct _SkySpool
{
  int         fd;      /* -1: there is no file at all */
  char       *path;    /* nullable: the file has no name any more */
  GByteArray *tail;    /* what is not in the file yet */
  guint64     written; /* bytes that are in the file */
  guint64     dropped; /* bytes between the file's end and @tail that nobody has any more */
  char       *trouble; /* nullable: why the file does not grow */
  guint8     *page;    /* nullable: PAGE_LEN bytes that were read last */
  guint64     page_offset;
  gsize       page_len; /* bytes */
};

/**
 * sky_spool_open_unnamed:
 * @saved_errno: (out): why there is none
 *
 * Returns: a file that goes when it is closed, or -1
 */
int
sky_spool_open_unnamed (int *saved_errno)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "sockeye", NULL);
  const char *dirs[] = { cache, g_get_tmp_dir () };

  (void) g_mkdir_with_parents (cache, 0700);
  for (guint i = 0; i < G_N_ELEMENTS (dirs); i++)
    {
      g_autofree char *path = g_build_filename (dirs[i], "trace-XXXXXX", NULL);
      int fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);

      if (fd >= 0)
        {
          (void) g_unlink (path);
          return fd;
        }
      *saved_errno = errno;
    }
  return -1;
}

/* Says that this file is being written, until it is closed: a crash cannot leave that behind. A
 * lock of the open file, since one of the process ends as soon as anyone in it reads the file. */
static void
take_lock (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  (void) fcntl (fd, F_OFD_SETLK, &lock);
}

/**
 * sky_spool_is_locked:
 * @fd: of any file
 *
 * To ask takes no lock, so that it disturbs nobody.
 *
 * Returns: whether it is a spool that somebody writes, in this process or another
 */
gboolean
sky_spool_is_locked (int fd)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  return fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static int
open_named (const char *path, GError **error)
{
  int fd = g_open (path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  struct stat about;

  if (fd < 0)
    {
      int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno),
                   _("Could not create the capture file %s: %s"), path, g_strerror (saved_errno));
      return -1;
    }
  /* What crossed a connection may be secret: a file that was there may have been open to others. */
  if (fstat (fd, &about) == 0 && S_ISREG (about.st_mode) && (about.st_mode & 077) != 0)
    (void) fchmod (fd, 0600);
  take_lock (fd);
  return fd;
}

static void
set_trouble (SkySpool *self, int saved_errno)
{
  g_autofree char *kept = g_format_size (KEPT_LEN);

  if (self->trouble != NULL)
    return;
  if (self->path != NULL)
    self->trouble = g_strdup_printf (
        _("Could not write to the capture file %s: %s. "
          "The newest %s are kept in memory; older bytes may be lost."),
        self->path, g_strerror (saved_errno), kept);
  else
    self->trouble = g_strdup_printf (
        _("Could not write to the temporary capture file: %s. "
          "The newest %s are kept in memory; older bytes may be lost."),
        g_strerror (saved_errno), kept);
}

/**
 * sky_spool_new:
 * @path: (nullable): the file, made anew with mode 0600, and locked (advisory, of the open file)
 *   while the spool lives; %NULL for one without a name, which goes when the spool goes
 * @error: set if @path cannot be opened; a disk that takes no bytes is told later, as trouble
 *
 * Returns: (nullable) (transfer full): an empty spool; without @path never %NULL: if no file can
 *   be made there is trouble from the start, and memory keeps what it can
 */
SkySpool *
sky_spool_new (const char *path, GError **error)
{
  int saved_errno = 0;
  int fd = path != NULL ? open_named (path, error) : sky_spool_open_unnamed (&saved_errno);
  SkySpool *self;

  if (fd < 0 && path != NULL)
    return NULL;
  self = g_new0 (SkySpool, 1);
  self->fd = fd;
  self->path = g_strdup (path);
  self->tail = g_byte_array_sized_new (FLUSH_LEN);
  if (fd < 0)
    set_trouble (self, saved_errno);
  return self;
}

/**
 * sky_spool_free:
 *
 * Writes what waits in memory, as far as the disk lets it, and closes the file.
 */
void
sky_spool_free (SkySpool *self)
{
  if (self == NULL)
    return;
  sky_spool_flush (self, NULL);
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->tail);
  g_free (self->path);
  g_free (self->trouble);
  g_free (self->page);
  g_free (self);
}

/* Once bytes are dropped the file ends for good: what would follow the gap belongs elsewhere. */
static void
drop_oldest (SkySpool *self)
{
  guint surplus = self->tail->len - KEPT_LEN / 2;

  self->dropped += surplus;
  g_byte_array_remove_range (self->tail, 0, surplus);
}

static void
write_tail (SkySpool *self)
{
  gsize done = 0;

  while (self->fd >= 0 && self->dropped == 0 && done < self->tail->len)
    {
      gssize n = write (self->fd, self->tail->data + done, self->tail->len - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          set_trouble (self, n < 0 ? errno : ENOSPC);
          break;
        }
      done += (gsize) n;
    }
  self->written += done;
  if (done > 0)
    g_byte_array_remove_range (self->tail, 0, (guint) done);
}

/**
 * sky_spool_append:
 * @len: bytes
 *
 * Never fails: see sky_spool_get_trouble().
 *
 * Returns: the offset at which sky_spool_read() finds @data
 */
guint64
sky_spool_append (SkySpool *self, const guint8 *data, gsize len)
{
  guint64 offset = sky_spool_get_len (self);

  /* In pieces, so that one large message does not take its size in memory a second time. */
  while (len > 0)
    {
      gsize n = MIN (len, 16 * FLUSH_LEN), before = self->tail->len;

      g_byte_array_append (self->tail, data, (guint) n);
      data += n;
      len -= n;
      /* A disk in trouble is asked again only now and then. */
      if (self->tail->len / FLUSH_LEN > before / FLUSH_LEN)
        write_tail (self);
      if (self->tail->len > KEPT_LEN)
        drop_oldest (self);
    }
  return offset;
}

static gsize
read_at (int fd, guint64 offset, gsize len, guint8 *out)
{
  gsize done = 0;

  while (done < len)
    {
      gssize n = pread (fd, out + done, len - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      done += (gsize) n;
    }
  return done;
}

static gsize
read_file (SkySpool *self, guint64 offset, gsize len, guint8 *out)
{
  return read_at (self->fd, offset, (gsize) MIN (len, self->written - offset), out);
}

/* What is looked at in turn lies close together, and what is written never changes. */
static gsize
read_paged (SkySpool *self, guint64 offset, gsize len, guint8 *out)
{
  gsize n;

  if (len >= PAGE_LEN / 4)
    return read_file (self, offset, len, out);
  if (offset < self->page_offset || offset + len > self->page_offset + self->page_len)
    {
      if (self->page == NULL)
        self->page = g_malloc (PAGE_LEN);
      self->page_len = read_file (self, offset, PAGE_LEN, self->page);
      self->page_offset = offset;
    }
  n = (gsize) MIN (len, self->page_offset + self->page_len - offset);
  memcpy (out, self->page + (offset - self->page_offset), n);
  return n;
}

/**
 * sky_spool_read:
 * @offset: as sky_spool_append() gave it, or further on
 * @len: bytes
 * @out: room for @len bytes
 *
 * Returns: how many bytes there are: fewer than @len at the spool's end, and where the disk
 *   failed and the bytes are lost
 */
gsize
sky_spool_read (SkySpool *self, guint64 offset, gsize len, guint8 *out)
{
  guint64 tail_start = self->written + self->dropped;
  gsize done = 0, n;

  if (offset < self->written)
    done = read_paged (self, offset, len, out);
  offset += done;
  if (done == len || offset < tail_start || offset >= tail_start + self->tail->len)
    return done;
  n = (gsize) MIN (len - done, tail_start + self->tail->len - offset);
  memcpy (out + done, self->tail->data + (offset - tail_start), n);
  return done + n;
}

/**
 * sky_spool_flush:
 * @error: set if bytes remain in memory only
 *
 * Returns: whether all that was appended is in the file
 */
gboolean
sky_spool_flush (SkySpool *self, GError **error)
{
  write_tail (self);
  if (self->tail->len == 0)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, self->trouble);
  return FALSE;
}

/**
 * sky_spool_get_len:
 *
 * Returns: bytes appended so far, those that were lost included
 */
guint64
sky_spool_get_len (SkySpool *self)
{
  return self->written + self->dropped + self->tail->len;
}

/**
 * sky_spool_get_n_unwritten:
 *
 * Returns: bytes that are in memory only
 */
gsize
sky_spool_get_n_unwritten (SkySpool *self)
{
  return self->tail->len;
}

/**
 * sky_spool_get_trouble:
 *
 * Returns: (nullable): one sentence on why the disk refused bytes, once it has
 */
const char *
sky_spool_get_trouble (SkySpool *self)
{
  return self->trouble;
}

/**
 * sky_spool_look:
 * @view: (out caller-allocates): set only if the result is %TRUE; sky_spool_view_clear() it
 * @error: set if bytes were lost before, or if the process has too many files open
 *
 * Writes what waits in memory first. The file stays locked as long as @view.
 *
 * Returns: whether @view has all that was appended so far
 */
gboolean
sky_spool_look (SkySpool *self, SkySpoolView *view, GError **error)
{
  int fd = -1;

  write_tail (self);
  if (self->dropped > 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Part of the capture is lost. %s"), self->trouble);
      return FALSE;
    }
  if (self->fd >= 0 && (fd = fcntl (self->fd, F_DUPFD_CLOEXEC, 0)) < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), g_strerror (errno));
      return FALSE;
    }
  *view = (SkySpoolView) { fd, self->written, g_bytes_new (self->tail->data, self->tail->len) };
  return TRUE;
}

/**
 * sky_spool_view_get_len:
 *
 * Returns: bytes
 */
guint64
sky_spool_view_get_len (const SkySpoolView *view)
{
  return view->written + g_bytes_get_size (view->rest);
}

/**
 * sky_spool_view_read:
 * @offset: within the view
 * @len: bytes
 * @out: room for @len bytes
 *
 * In any thread.
 *
 * Returns: how many bytes there are, which may be fewer than @len anywhere; 0 at the end, and where the disk failed
 */
gsize
sky_spool_view_read (const SkySpoolView *view, guint64 offset, gsize len, guint8 *out)
{
  if (offset < view->written)
    return read_at (view->fd, offset, (gsize) MIN (len, view->written - offset), out);
  offset -= view->written;
  if (offset >= g_bytes_get_size (view->rest))
    return 0;
  len = MIN (len, g_bytes_get_size (view->rest) - (gsize) offset);
  memcpy (out, (const guint8 *) g_bytes_get_data (view->rest, NULL) + offset, len);
  return len;
}

/* Lets go of what sky_spool_look() gave. */
void
sky_spool_view_clear (SkySpoolView *view)
{
  if (view->fd >= 0)
    close (view->fd);
  view->fd = -1;
  g_clear_pointer (&view->rest, g_bytes_unref);
}

#include "cli/printer.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "trace/export.h"
#include "trace/record-filter.h"

#define SLICE         2000                 /* records printed in one turn of the main loop */
#define PIECE_LEN     4096                 /* bytes that a pipe takes at once if poll() says that it takes any: pipe(7) */
#define BEHIND_LEN    (16 * 1024 * 1024)   /* bytes that wait for the reader before nothing more ought to be said */
#define PATIENCE_USEC (G_USEC_PER_SEC / 4) /* how long a record may wait for its attachments */

struct _SkyPrinter
{
  SkyStore        *store;
  SkyRecordFilter *filter;
  SkyPrintStyle    style;
  gboolean         colour;
  guint32          n_seen;
  guint            n_printed, limit;
  void (*reached) (gpointer);
  gpointer user_data;
  guint    idle;
  GString *out;         /* what is to be written next … */
  gsize    n_written;   /* … and the bytes of it that are */
  guint    writable;    /* source: the reader is waited for */
  int      saved_errno; /* why nothing can be written any more, or 0 */
  gboolean hasty;       /* all shall be printed now */
  gboolean full;        /* no more is to be printed, and whoever waits for that was told */
};

static gboolean
parse_layers (const char *list, guint *layers, GError **error)
{
  g_auto(GStrv) names = list != NULL ? g_strsplit (list, ",", -1) : NULL;

  *layers = names == NULL ? SKY_FILTER_ALL : 0;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      SkyLayer layer;

      if (!sky_layer_from_id (names[i], &layer))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("“%s” is no layer. There are tcp, tls, http, upgrade, ws, eio, sio and note."), names[i]);
          return FALSE;
        }
      *layers |= 1u << layer;
    }
  return TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  SkyPrinter *self = user_data;

  self->idle = 0;
  sky_printer_print_new (self);
  return G_SOURCE_REMOVE;
}

static void
on_grew (SkyStore *store, SkyPrinter *self)
{
  if (self->idle == 0 && self->writable == 0)
    self->idle = g_idle_add (on_idle, self);
}

static gboolean
on_writable (int fd, GIOCondition condition, gpointer user_data)
{
  SkyPrinter *self = user_data;

  self->writable = 0;
  sky_printer_print_new (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_writable (SkyPrinter *self)
{
  struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };

  return poll (&fd, 1, self->hasty ? -1 : 0) != 0;
}

/* Returns: %FALSE if the reader has to be waited for */
static gboolean
write_piece (SkyPrinter *self)
{
  gssize len = write (STDOUT_FILENO, self->out->str + self->n_written, MIN (self->out->len - self->n_written, PIECE_LEN));

  if (len >= 0)
    self->n_written += (gsize) len;
  else if (errno == EAGAIN)
    return self->hasty;
  else if (errno != EINTR)
    {
      self->saved_errno = errno;
      self->n_written = self->out->len;
    }
  return TRUE;
}

/* What is said may be read and never be caught up with: what was read has to go all the same. */
static void
forget_written (SkyPrinter *self)
{
  if (self->n_written < self->out->len / 2)
    return;
  g_string_erase (self->out, 0, (gssize) self->n_written);
  self->n_written = 0;
}

/*
 * A reader who is slow must not stop those whom we talk to: what it has not read yet stays where it is, in
 * the trace. The descriptor may be shared with others, so it is left to block.
 *
 * Returns: whether all that was to be written is
 */
static gboolean
flush (SkyPrinter *self)
{
  while (self->n_written < self->out->len && is_writable (self) && write_piece (self))
    ;
  forget_written (self);
  return self->out->len == 0;
}

static void
flush_or_wait (SkyPrinter *self)
{
  if (!flush (self) && self->writable == 0)
    self->writable = g_unix_fd_add_full (G_PRIORITY_DEFAULT_IDLE, STDOUT_FILENO, G_IO_OUT, on_writable, self, NULL);
}

/* A line is printed once: what lacks its attachments is given a moment to get them. */
static gboolean
must_wait (SkyPrinter *self, guint32 number)
{
  const SkyRecord *record = sky_store_get_record (self->store, number);

  if (self->hasty || (record->flags & SKY_RECORD_WAITING) == 0 || sky_clock_now_usec () - record->time_usec > PATIENCE_USEC)
    return FALSE;
  if (self->idle == 0)
    self->idle = g_timeout_add (10, on_idle, self);
  return TRUE;
}

/**
 * sky_printer_new:
 * @layers: (nullable): names of layers, separated by commas; all by default
 * @filter: (nullable): a filter text, see SkyRecordFilter
 *
 * Returns: (nullable) (transfer full): a printer that follows @store
 */
SkyPrinter *
sky_printer_new (SkyStore *store, const char *layers, const char *filter, GError **error)
{
  SkyPrinter *self;
  SkyRecordFilter *compiled;
  guint bits;

  if (!parse_layers (layers, &bits, error))
    return NULL;
  compiled = sky_record_filter_new (bits, filter != NULL ? filter : "", error);
  if (compiled == NULL)
    return NULL;
  self = g_new0 (SkyPrinter, 1);
  self->store = g_object_ref (store);
  self->filter = compiled;
  self->out = g_string_new (NULL);
  self->colour = isatty (STDOUT_FILENO) && g_getenv ("NO_COLOR") == NULL;
  g_signal_connect (store, "grew", G_CALLBACK (on_grew), self);
  return self;
}

void
sky_printer_free (SkyPrinter *self)
{
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->writable, g_source_remove);
  g_string_free (self->out, TRUE);
  g_object_unref (self->store);
  sky_record_filter_unref (self->filter);
  g_free (self);
}

void
sky_printer_set_style (SkyPrinter *self, SkyPrintStyle style)
{
  self->style = style;
}

/* @reached is called once, when @count records were printed, 0 for no limit, or nobody reads them. */
void
sky_printer_set_limit (SkyPrinter *self, guint count, void (*reached) (gpointer), gpointer user_data)
{
  self->limit = count;
  self->reached = reached;
  self->user_data = user_data;
}

static void
print (SkyPrinter *self, guint32 number)
{
  g_autofree char *line = NULL;

  self->n_printed++;
  if (self->style == SKY_PRINT_NOTHING)
    return;
  line = self->style == SKY_PRINT_JSON ? sky_export_json_line (self->store, number)
                                       : sky_export_human_line (self->store, number, self->colour);
  g_string_append (self->out, line);
  g_string_append_c (self->out, '\n');
}

/**
 * sky_printer_say:
 * @line: what is no record, without an end of line
 *
 * Prints it after what was printed before, whatever the style. It is kept until it is read: see
 * sky_printer_is_behind().
 */
void
sky_printer_say (SkyPrinter *self, const char *line)
{
  g_string_append (self->out, line);
  g_string_append_c (self->out, '\n');
  flush_or_wait (self);
}

/**
 * sky_printer_print_new:
 *
 * Prints what came since the last time, as far as it is read. A large backlog goes out in slices. A pipe that
 * was closed ends it, since SIGPIPE is ignored.
 */
void
sky_printer_print_new (SkyPrinter *self)
{
  guint32 n_records = sky_store_catch_up (self->store), end = n_records;

  if (self->full)
    return;
  if (self->style == SKY_PRINT_NOTHING && self->limit == 0)
    self->n_seen = n_records; /* nothing is printed and nothing counted */
  if (end - self->n_seen > SLICE)
    end = self->n_seen + SLICE;
  while (self->n_seen < end && (self->limit == 0 || self->n_printed < self->limit)
         && (self->out->len < PIECE_LEN || flush (self)))
    {
      guint32 number = self->n_seen;

      if (must_wait (self, number))
        break;
      self->n_seen++;
      if (sky_record_filter_match (self->filter, self->store, number))
        print (self, number);
    }
  flush_or_wait (self);
  self->full = self->saved_errno != 0 || (self->limit > 0 && self->n_printed >= self->limit);
  if (self->full)
    self->reached (self->user_data);
  else if (self->n_seen < n_records)
    on_grew (self->store, self);
}

/* Prints all that the trace holds, and waits for nothing any more but whoever reads it. */
void
sky_printer_finish (SkyPrinter *self)
{
  self->hasty = TRUE;
  while (!sky_printer_is_done (self) && !self->full)
    sky_printer_print_new (self);
  flush (self);
}

/* Returns: whether all that the trace holds has been printed */
gboolean
sky_printer_is_done (SkyPrinter *self)
{
  return self->n_seen == sky_store_get_n_records (self->store);
}

/* Returns: whether so much waits to be read that nothing more ought to be said before some of it is */
gboolean
sky_printer_is_behind (SkyPrinter *self)
{
  return self->out->len - self->n_written > BEHIND_LEN;
}

/* Returns: (nullable) (transfer none): why not all was printed; nothing is wrong if the reader has left */
const char *
sky_printer_get_trouble (SkyPrinter *self)
{
  return self->saved_errno != 0 && self->saved_errno != EPIPE ? g_strerror (self->saved_errno) : NULL;
}

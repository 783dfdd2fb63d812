#include "trace/store-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"

/* The store's bytes: how chunks and remarks go into the capture file, and how a record's are found again. */

#define FLUSH_MSEC 250 /* what waits in memory is on disk after so long */
#define MAX_DEPTH  8   /* records below a record; a stack makes four */

/* What is said of a connection without a byte on the wire: a comment in the file. */
typedef struct
{
  gint64   time_usec;
  SkyFrom  from;
  gboolean end; /* it goes with the packet that ends this direction */
  char    *json;
} Remark;

static void
remark_free (Remark *remark)
{
  g_free (remark->json);
  g_free (remark);
}

void
sky_store_entry_free (SkyStoreEntry *entry)
{
  g_free (entry->about.name);
  g_free (entry->about.local);
  g_free (entry->about.remote);
  sky_chunk_index_clear (&entry->chunks[SKY_FROM_CLIENT]);
  sky_chunk_index_clear (&entry->chunks[SKY_FROM_SERVER]);
  g_clear_pointer (&entry->flow, sky_pcapng_flow_free);
  g_clear_pointer (&entry->waiting, g_ptr_array_unref);
  g_free (entry);
}

static gboolean
on_flush_time (gpointer user_data)
{
  SkyStore *self = user_data;

  self->flush_source = 0;
  sky_spool_flush (self->wire, NULL);
  sky_store_check_trouble (self);
  return G_SOURCE_REMOVE;
}

static guint64
append_packet (SkyStore *self)
{
  guint64 offset = sky_spool_append (self->wire, self->packet->data, self->packet->len);

  if (self->flush_source == 0 && sky_spool_get_n_unwritten (self->wire) > 0)
    self->flush_source = g_timeout_add (FLUSH_MSEC, on_flush_time, self);
  if (!self->troubled)
    sky_store_check_trouble (self);
  return offset;
}

static SkyPcapngFlow *
make_flow (SkyStore *self, guint16 link)
{
  SkyStoreLink *about = &sky_store_get_entry (self, link)->about;
  const char *client = about->local, *server = about->remote;
  g_autofree char *any_client = g_strdup_printf ("127.0.0.1:%u", 32768u + link % 32768u);

  if (about->role == SKY_ROLE_SERVER)
    {
      client = about->remote;
      server = about->local;
    }
  return sky_pcapng_flow_new (client != NULL ? client : any_client, server != NULL ? server : "127.0.0.1:80");
}

/* Returns: (nullable) (transfer full): what the link's first packet says of it */
static char *
introduce (SkyStore *self, guint16 link)
{
  static const char *const roles[] = { "client", "server", "relay" };
  SkyStoreEntry *entry = sky_store_get_entry (self, link);
  GString *json;

  if (entry->introduced)
    return NULL;
  entry->introduced = TRUE;
  json = g_string_new ("{\"sockeye\":\"link\",\"name\":");
  sky_json_quote (json, entry->about.name, -1);
  g_string_append_printf (json, ",\"role\":\"%s\",\"id\":%u}", roles[entry->about.role], link);
  return g_string_free (json, FALSE);
}

static void
write_remark (SkyStore *self, guint16 link, const Remark *remark)
{
  SkyStoreEntry *entry = sky_store_get_entry (self, link);
  g_autofree char *introduction = introduce (self, link);

  g_byte_array_set_size (self->packet, 0);
  if (introduction != NULL)
    sky_pcapng_write_chunk (entry->flow, self->packet, remark->from, remark->time_usec, NULL, 0, introduction);
  if (remark->end)
    sky_pcapng_write_end (entry->flow, self->packet, remark->from, remark->time_usec, remark->json);
  else
    sky_pcapng_write_chunk (entry->flow, self->packet, remark->from, remark->time_usec, NULL, 0, remark->json);
  append_packet (self);
}

/* Lets the link's packets begin: with the addresses that are known by now, or with ours. */
static void
begin_flow (SkyStore *self, guint16 link)
{
  SkyStoreEntry *entry = sky_store_get_entry (self, link);
  g_autoptr(GPtrArray) waiting = g_steal_pointer (&entry->waiting);

  if (entry->flow == NULL)
    entry->flow = make_flow (self, link);
  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    write_remark (self, link, g_ptr_array_index (waiting, i));
}

/* Writes what waits for addresses that may never come. */
void
sky_store_settle (SkyStore *self)
{
  for (guint i = 0; i < self->links->len; i++)
    if (sky_store_get_entry (self, (guint16) i)->waiting != NULL)
      begin_flow (self, (guint16) i);
}

static gboolean
replace (SkyStore *self, char **string, const char *with)
{
  if (g_strcmp0 (*string, with) == 0)
    return FALSE;
  if (*string != NULL)
    g_ptr_array_add (self->outdated, *string);
  *string = g_strdup (with);
  return TRUE;
}

/**
 * sky_store_set_addresses:
 * @local: (nullable): our address and port: "127.0.0.1:51544", "[::1]:80"
 * @remote: (nullable): the other side's
 *
 * Comes before the link's first byte: packets that are written keep the addresses they have.
 */
void
sky_store_set_addresses (SkyStore *self, guint16 link, const char *local, const char *remote)
{
  SkyStoreEntry *entry;
  gboolean changed;

  g_return_if_fail (SKY_IS_STORE (self));
  g_return_if_fail (link < self->links->len);

  entry = sky_store_get_entry (self, link);
  changed = replace (self, &entry->about.local, local);
  changed = replace (self, &entry->about.remote, remote) || changed;
  if (changed && entry->chunks[SKY_FROM_CLIENT].len == 0 && entry->chunks[SKY_FROM_SERVER].len == 0)
    {
      g_clear_pointer (&entry->flow, sky_pcapng_flow_free);
      entry->introduced = FALSE;
    }
  if (local != NULL && remote != NULL)
    begin_flow (self, link);
}

/**
 * sky_store_add_bytes:
 * @time_usec: microseconds since 1970-01-01 UTC
 * @len: bytes
 *
 * Appends a chunk of what @from sent on @link.
 *
 * Returns: where in that stream @data begins
 */
guint64
sky_store_add_bytes (SkyStore *self, guint16 link, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len)
{
  SkyStoreEntry *entry = sky_store_get_entry (self, link);
  SkyChunkIndex *chunks = &entry->chunks[from];
  guint64 start = chunks->len;

  if (entry->flow == NULL)
    begin_flow (self, link);
  for (gsize done = 0, n; done < len; done += n)
    {
      g_autofree char *introduction = entry->introduced ? NULL : introduce (self, link);
      gsize at;

      n = MIN (len - done, SKY_PCAPNG_MAX_CHUNK);
      g_byte_array_set_size (self->packet, 0);
      at = sky_pcapng_write_chunk (entry->flow, self->packet, from, time_usec, data + done, n, introduction);
      sky_chunk_index_add (chunks, append_packet (self) + at, n);
    }
  return start;
}

/**
 * sky_store_add_remark:
 * @json: (nullable): what the file says in a comment, so that reading it back gives the same records
 * @end: whether @from ends its direction with this
 */
void
sky_store_add_remark (SkyStore *self, guint16 link, SkyFrom from, gint64 time_usec, const char *json, gboolean end)
{
  SkyStoreEntry *entry = sky_store_get_entry (self, link);
  Remark *remark = g_new (Remark, 1);

  *remark = (Remark) { time_usec, from, end, g_strdup (json) };
  if (entry->flow == NULL)
    {
      /* The steps of a dial are told before the addresses can be known. */
      if (entry->waiting == NULL)
        entry->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) remark_free);
      g_ptr_array_add (entry->waiting, remark);
      if (end)
        begin_flow (self, link);
      return;
    }
  write_remark (self, link, remark);
  remark_free (remark);
}

/**
 * sky_store_derive:
 * @len: bytes
 *
 * Keeps bytes that do not lie on the wire, for as long as the store.
 *
 * Returns: where they are, for SkyRecord.body
 */
guint64
sky_store_derive (SkyStore *self, const guint8 *data, gsize len)
{
  guint64 offset = sky_spool_append (self->derived, data, len);

  if (!self->troubled)
    sky_store_check_trouble (self);
  return offset;
}

static gsize
read_stream (SkyStore *self, const SkyRecord *record, guint64 offset, gsize len, guint8 *out)
{
  SkyStoreEntry *entry = sky_store_get_entry (self, record->link);
  gsize done = 0;

  while (done < len)
    {
      guint64 at = 0;
      gsize n = sky_chunk_index_find (&entry->chunks[record->from], offset + done, &at), got;

      n = MIN (n, len - done);
      got = n > 0 ? sky_spool_read (self->wire, at, n, out + done) : 0;
      done += got;
      if (got < n || n == 0)
        break;
    }
  return done;
}

static gsize read_body (SkyStore *self, guint32 number, guint64 offset, gsize len, guint8 *out, guint depth);

/* Returns: how many of the @len bytes at @offset within the record there are */
static gsize
read_wire (SkyStore *self, guint32 number, guint64 offset, gsize len, guint8 *out, guint depth)
{
  const SkyRecord *record = sky_store_get_record (self, number);

  if (record == NULL || offset >= record->len || depth > MAX_DEPTH)
    return 0;
  len = (gsize) MIN (len, record->len - offset);
  if (record->parent == SKY_RECORD_NONE)
    return read_stream (self, record, record->start + offset, len, out);
  return read_body (self, record->parent, record->start + offset, len, out, depth + 1);
}

/* RFC 6455 §5.3; the key is the last four bytes of the frame's header. */
static void
unmask (guint8 *data, gsize len, guint64 offset, const guint8 *key)
{
  for (gsize i = 0; i < len; i++)
    data[i] ^= key[(offset + i) & 3];
}

static gsize
read_body (SkyStore *self, guint32 number, guint64 offset, gsize len, guint8 *out, guint depth)
{
  const SkyRecord *record = sky_store_get_record (self, number);
  guint8 key[4] = { 0 };

  if (record == NULL)
    return 0;
  if (record->flags & SKY_RECORD_DERIVED)
    {
      if (offset >= record->body_len)
        return 0;
      len = (gsize) MIN (len, record->body_len - offset);
      return sky_spool_read (self->derived, record->body + offset, len, out);
    }
  if (offset > G_MAXUINT64 - record->head_len)
    return 0;
  len = read_wire (self, number, record->head_len + offset, len, out, depth);
  if (len > 0 && (record->flags & SKY_RECORD_MASKED) && record->head_len >= sizeof key
      && read_wire (self, number, record->head_len - sizeof key, sizeof key, key, depth) == sizeof key)
    unmask (out, len, offset, key);
  return len;
}

static GBytes *
take (guint8 *data, gsize len, gsize room)
{
  return g_bytes_new_take (len < room ? g_realloc (data, len) : data, len);
}

/**
 * sky_store_get_wire:
 * @max_len: bytes; no more than these are read
 *
 * Returns: (transfer full): the record's own bytes: as they stand in the sender's stream, or in the
 *   body of the record below; fewer if the disk failed
 */
GBytes *
sky_store_get_wire (SkyStore *self, guint32 number, gsize max_len)
{
  const SkyRecord *record;
  guint8 *data;
  gsize len;

  g_return_val_if_fail (SKY_IS_STORE (self), NULL);

  record = sky_store_get_record (self, number);
  len = record != NULL ? MIN (max_len, record->len) : 0;
  data = g_malloc (len);
  return take (data, read_wire (self, number, 0, len, data, 0), len);
}

/**
 * sky_store_peek_wire:
 * @out: room for @len bytes
 *
 * Returns: how many of the record's first bytes were copied to @out
 */
gsize
sky_store_peek_wire (SkyStore *self, guint32 number, guint8 *out, gsize len)
{
  return read_wire (self, number, 0, len, out, 0);
}

/**
 * sky_store_get_body:
 * @max_len: bytes; no more than these are read
 *
 * Returns: (transfer full): what the record carries to the layer above: unmasked, inflated,
 *   joined; fewer bytes if the disk failed
 */
GBytes *
sky_store_get_body (SkyStore *self, guint32 number, gsize max_len)
{
  const SkyRecord *record;
  guint8 *data;
  gsize len = 0;

  g_return_val_if_fail (SKY_IS_STORE (self), NULL);

  record = sky_store_get_record (self, number);
  if (record != NULL)
    len = record->flags & SKY_RECORD_DERIVED    ? record->body_len
          : record->len > record->head_len ? record->len - record->head_len
                                                : 0;
  len = MIN (len, max_len);
  data = g_malloc (len);
  return take (data, read_body (self, number, 0, len, data, 0), len);
}

/**
 * sky_store_get_n_bytes:
 *
 * Returns: how many bytes @from has sent on @link
 */
guint64
sky_store_get_n_bytes (SkyStore *self, guint16 link, SkyFrom from)
{
  g_return_val_if_fail (SKY_IS_STORE (self), 0);
  g_return_val_if_fail (link < self->links->len, 0);
  return sky_store_get_entry (self, link)->chunks[from].len;
}

/**
 * sky_store_flush:
 * @error: set if the disk does not take the bytes
 *
 * Returns: whether all that was added is in the capture file
 */
gboolean
sky_store_flush (SkyStore *self, GError **error)
{
  gboolean done;

  g_return_val_if_fail (SKY_IS_STORE (self), FALSE);

  done = sky_spool_flush (self->wire, error);
  sky_store_check_trouble (self);
  return done;
}

static gboolean
copy_spool (SkyStore *self, GOutputStream *out, GError **error)
{
  const gsize room = 256 * 1024;
  g_autofree guint8 *data = g_malloc (room);
  guint64 len = sky_spool_get_len (self->wire), done = 0;

  while (done < len)
    {
      gsize n = sky_spool_read (self->wire, done, (gsize) MIN (room, len - done), data);

      if (n == 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Part of the capture is lost. %s"),
                       sky_store_get_trouble (self) != NULL ? sky_store_get_trouble (self) : "");
          return FALSE;
        }
      if (!g_output_stream_write_all (out, data, n, NULL, NULL, error))
        return FALSE;
      done += n;
    }
  return TRUE;
}

/**
 * sky_store_save_copy:
 * @to: replaced if it exists; if it is the capture file itself, that is brought up to date
 * @error: set if @to cannot be written, or if bytes were lost before; what there is stays as it was
 *
 * Blocks while it copies.
 *
 * Returns: whether @to holds the whole capture
 */
gboolean
sky_store_save_copy (SkyStore *self, GFile *to, GError **error)
{
  g_autoptr(GFile) own = NULL;
  g_autoptr(GFileOutputStream) out = NULL;

  g_return_val_if_fail (SKY_IS_STORE (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (to), FALSE);

  sky_store_settle (self);
  own = self->path != NULL ? g_file_new_for_path (self->path) : NULL;
  if (own != NULL && g_file_equal (own, to))
    return sky_store_flush (self, error);
  out = g_file_replace (to, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, error);
  if (out == NULL)
    return FALSE;
  if (!copy_spool (self, G_OUTPUT_STREAM (out), error))
    {
      /* Closing under a cancelled operation leaves the file that was there. */
      g_autoptr(GCancellable) never = g_cancellable_new ();

      g_cancellable_cancel (never);
      g_output_stream_close (G_OUTPUT_STREAM (out), never, NULL);
      return FALSE;
    }
  return g_output_stream_close (G_OUTPUT_STREAM (out), NULL, error);
}

#include "trace/store-private.h"

/* How a record's bytes are found again. */

#define MAX_DEPTH 8 /* records below a record; a stack makes four */

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

static gsize read_body (SkyStore *self, guint32 number, guint64 offset, gsize len, guint8 *out,
                        guint depth);

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
      && read_wire (self, number, record->head_len - sizeof key, sizeof key, key, depth)
             == sizeof key)
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
 * sky_store_peek:
 * @body: what the record carries, else the record's own bytes
 * @out: room for @len bytes
 *
 * Returns: how many of the first bytes were copied to @out
 */
gsize
sky_store_peek (SkyStore *self, guint32 number, gboolean body, guint8 *out, gsize len)
{
  return (body ? read_body : read_wire) (self, number, 0, len, out, 0);
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
    len = record->flags & SKY_RECORD_DERIVED ? record->body_len
          : record->len > record->head_len   ? record->len - record->head_len
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

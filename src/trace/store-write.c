#include "trace/store-private.h"

#include "base/json.h"

/* How chunks and remarks go into the capture file. */

#define FLUSH_MSEC 250 /* what waits in memory is on disk after so long */

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
  return sky_pcapng_flow_new (client != NULL ? client : any_client,
                              server != NULL ? server : "127.0.0.1:80");
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
    sky_pcapng_write_chunk (entry->flow, self->packet, remark->from, remark->time_usec, NULL, 0,
                            introduction);
  if (remark->end)
    sky_pcapng_write_end (entry->flow, self->packet, remark->from, remark->time_usec, remark->json);
  else
    sky_pcapng_write_chunk (entry->flow, self->packet, remark->from, remark->time_usec, NULL, 0,
                            remark->json);
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
sky_store_add_bytes (SkyStore *self, guint16 link, SkyFrom from, gint64 time_usec,
                     const guint8 *data, gsize len)
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
      at = sky_pcapng_write_chunk (entry->flow, self->packet, from, time_usec, data + done, n,
                                   introduction);
      sky_chunk_index_add (chunks, append_packet (self) + at, n);
    }
  return start;
}

/**
 * sky_store_add_remark:
 * @json: (nullable): what a comment in the file says, so that reading it back gives this again
 * @end: whether @from ends its direction with this
 */
void
sky_store_add_remark (SkyStore *self, guint16 link, SkyFrom from, gint64 time_usec,
                      const char *json, gboolean end)
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

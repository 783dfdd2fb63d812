#include "trace/store-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

G_DEFINE_FINAL_TYPE (SkyStore, sky_store, G_TYPE_OBJECT)

typedef enum { SIGNAL_GREW, SIGNAL_AMENDED, SIGNAL_TROUBLE, N_SIGNALS } SkyStoreSignal;
static guint signals[N_SIGNALS];

static void
sky_store_finalize (GObject *object)
{
  SkyStore *self = SKY_STORE (object);

  if (self->wire != NULL)
    sky_store_settle (self);
  g_clear_handle_id (&self->flush_source, g_source_remove);
  g_clear_pointer (&self->wire, sky_spool_free);
  g_clear_pointer (&self->derived, sky_spool_free);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  sky_store_clear_segments (self);
  g_clear_pointer (&self->outdated, g_ptr_array_unref);
  g_clear_pointer (&self->packet, g_byte_array_unref);
  g_clear_pointer (&self->sessions, sky_stack_sessions_free);
  if (self->drop_empty && self->n_records == 0)
    g_unlink (self->path);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (sky_store_parent_class)->finalize (object);
}

static void
sky_store_class_init (SkyStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_store_finalize;

  signals[SIGNAL_GREW] = g_signal_new ("grew", SKY_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_AMENDED] = g_signal_new ("amended", SKY_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_TROUBLE] = g_signal_new ("trouble", SKY_TYPE_STORE, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sky_store_init (SkyStore *self)
{
  sky_store_init_segments (self);
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_store_entry_free);
  self->outdated = g_ptr_array_new_with_free_func (g_free);
  self->packet = g_byte_array_new ();
  self->sessions = sky_stack_sessions_new ();
}

/**
 * sky_store_new:
 * @path: (nullable): the capture file, made anew; %NULL for one that goes with the store
 * @error: set if @path cannot be opened
 *
 * Returns: (nullable) (transfer full): an empty trace; without @path never %NULL: what the disk
 *   refuses from the start is sky_store_get_trouble()
 */
SkyStore *
sky_store_new (const char *path, GError **error)
{
  g_autoptr(SkyStore) self = g_object_new (SKY_TYPE_STORE, NULL);

  self->path = g_strdup (path);
  self->wire = sky_spool_new (path, error);
  if (self->wire == NULL)
    return NULL;
  self->derived = sky_spool_new (NULL, NULL);
  sky_pcapng_write_header (self->packet);
  sky_spool_append (self->wire, self->packet->data, self->packet->len);
  sky_spool_flush (self->wire, NULL);
  sky_store_check_trouble (self);
  return g_steal_pointer (&self);
}

/**
 * sky_store_add_link:
 * @name: what the sidebar calls the connection
 *
 * Beyond 65536 connections there is no room: sky_feed_new() says what becomes of those.
 *
 * Returns: the number of the new connection; the last one's if there was no room
 */
guint16
sky_store_add_link (SkyStore *self, const char *name, SkyStoreRole role)
{
  SkyStoreEntry *entry;

  g_return_val_if_fail (SKY_IS_STORE (self), 0);
  g_return_val_if_fail (name != NULL, 0);

  if (self->links->len > G_MAXUINT16)
    return G_MAXUINT16;
  entry = g_new0 (SkyStoreEntry, 1);
  entry->about.name = g_utf8_make_valid (name, -1);
  entry->about.role = role;
  g_ptr_array_add (self->links, entry);
  return (guint16) (self->links->len - 1);
}

SkyStoreEntry *
sky_store_get_entry (SkyStore *self, guint16 link)
{
  return link < self->links->len ? g_ptr_array_index (self->links, link) : NULL;
}

/**
 * sky_store_get_link:
 *
 * Returns: (nullable) (transfer none): connection @link, or %NULL if there is none
 */
const SkyStoreLink *
sky_store_get_link (SkyStore *self, guint16 link)
{
  SkyStoreEntry *entry;

  g_return_val_if_fail (SKY_IS_STORE (self), NULL);

  entry = sky_store_get_entry (self, link);
  return entry != NULL ? &entry->about : NULL;
}

/**
 * sky_store_get_n_links:
 *
 * Returns: how many connections were added
 */
guint
sky_store_get_n_links (SkyStore *self)
{
  g_return_val_if_fail (SKY_IS_STORE (self), 0);
  return self->links->len;
}

/**
 * sky_store_get_n_records:
 *
 * Returns: how many records there are; their numbers begin at 0
 */
guint32
sky_store_get_n_records (SkyStore *self)
{
  g_return_val_if_fail (SKY_IS_STORE (self), 0);
  return self->n_records;
}

/**
 * sky_store_catch_up:
 *
 * Says that all records so far are known, so that the next one is told by "grew" again.
 *
 * Returns: how many records there are
 */
guint32
sky_store_catch_up (SkyStore *self)
{
  g_return_val_if_fail (SKY_IS_STORE (self), 0);
  self->grown = FALSE;
  return self->n_records;
}

static SkyRecord *
peek_record (SkyStore *self, guint32 number)
{
  SkyRecord *segment;

  if (number >= self->n_records)
    return NULL;
  segment = g_ptr_array_index (self->segments, number >> SKY_STORE_SEGMENT_BITS);
  return segment + (number & (SKY_STORE_SEGMENT_LEN - 1));
}

/**
 * sky_store_get_record:
 *
 * Returns: (nullable) (transfer none): record @number, good as long as the store; %NULL if there
 *   is none
 */
const SkyRecord *
sky_store_get_record (SkyStore *self, guint32 number)
{
  g_return_val_if_fail (SKY_IS_STORE (self), NULL);
  return peek_record (self, number);
}

/**
 * sky_store_append:
 * @record: copied; its link is not read
 *
 * Emits "grew", unless that was said and nobody has caught up since.
 *
 * Returns: the record's number; %SKY_RECORD_NONE once 2³²−1 of them are there
 */
guint32
sky_store_append (SkyStore *self, guint16 link, const SkyRecord *record)
{
  guint32 number = self->n_records;
  SkyRecord *slot;

  if (number == SKY_RECORD_NONE)
    return number;
  if (number >> SKY_STORE_SEGMENT_BITS == self->segments->len)
    sky_store_add_segment (self);
  self->n_records++;
  slot = peek_record (self, number);
  *slot = *record;
  slot->link = link;
  if (!self->grown)
    {
      self->grown = TRUE;
      g_signal_emit (self, signals[SIGNAL_GREW], 0);
    }
  return number;
}

/**
 * sky_store_amend:
 * @flags: SkyRecordFlags to set
 * @unflags: SkyRecordFlags to drop
 * @faults: flags to add
 * @mate: its new mate, or %SKY_RECORD_NONE to leave it
 *
 * Emits "amended" if that makes a difference.
 */
void
sky_store_amend (SkyStore *self, guint32 number, guint8 flags, guint8 unflags, guint32 faults,
                 guint32 mate)
{
  SkyRecord *record = peek_record (self, number);
  SkyRecord before;

  if (record == NULL)
    return;
  before = *record;
  record->flags = (guint8) ((record->flags | flags) & ~unflags);
  record->faults |= faults;
  if (mate != SKY_RECORD_NONE)
    record->mate = mate;
  if (record->flags != before.flags || record->faults != before.faults
      || record->mate != before.mate)
    g_signal_emit (self, signals[SIGNAL_AMENDED], 0, (guint) number);
}

/* Tells a trouble once; it is in the store's words from then on. */
void
sky_store_check_trouble (SkyStore *self)
{
  if (self->troubled || sky_store_get_trouble (self) == NULL)
    return;
  self->troubled = TRUE;
  g_signal_emit (self, signals[SIGNAL_TROUBLE], 0);
}

/**
 * sky_store_get_trouble:
 *
 * Returns: (nullable): one sentence on why the disk cannot keep bytes, since "trouble" was emitted
 */
const char *
sky_store_get_trouble (SkyStore *self)
{
  const char *trouble;

  g_return_val_if_fail (SKY_IS_STORE (self), NULL);

  trouble = sky_spool_get_trouble (self->wire);
  return trouble != NULL ? trouble : sky_spool_get_trouble (self->derived);
}

/**
 * sky_store_is_in:
 *
 * Returns: whether @record came to us; on a relay, whether it came from the server
 */
gboolean
sky_store_is_in (SkyStore *self, const SkyRecord *record)
{
  const SkyStoreLink *link = sky_store_get_link (self, record->link);
  gboolean server = link != NULL && link->role == SKY_ROLE_SERVER;

  return record->from == (server ? SKY_FROM_CLIENT : SKY_FROM_SERVER);
}

/**
 * sky_store_get_dir_id:
 *
 * Returns: "in" or "out"; of a relay's connection "client" or "server", by who sent it
 */
const char *
sky_store_get_dir_id (SkyStore *self, const SkyRecord *record)
{
  const SkyStoreLink *link = sky_store_get_link (self, record->link);

  if (link != NULL && link->role == SKY_ROLE_RELAY)
    return record->from == SKY_FROM_CLIENT ? "client" : "server";
  return sky_store_is_in (self, record) ? "in" : "out";
}

/**
 * sky_store_get_path:
 *
 * Returns: (nullable): the capture file's path, or %NULL if it has no name
 */
const char *
sky_store_get_path (SkyStore *self)
{
  g_return_val_if_fail (SKY_IS_STORE (self), NULL);
  return self->path;
}

static const SkyRecord *
source_record (gpointer data, guint32 number)
{
  return sky_store_get_record (data, number);
}

static GBytes *
source_wire (gpointer data, guint32 number, gsize max_len)
{
  return sky_store_get_wire (data, number, max_len);
}

static GBytes *
source_body (gpointer data, guint32 number, gsize max_len)
{
  return sky_store_get_body (data, number, max_len);
}

/**
 * sky_store_get_source:
 *
 * Returns: (transfer none): the store as a description reads it; good as long as the store
 */
SkyBytesSource
sky_store_get_source (SkyStore *self)
{
  SkyBytesSource source = { self, source_record, source_wire, source_body };

  return source;
}

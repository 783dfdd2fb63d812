#include "ui/kept/recent.h"

#include "ui/kept/entry-file.h"

#define N_KEPT 12

struct _SkyRecent
{
  SkyEntryFile file;
  GPtrArray   *entries; /* of SkyRecentEntry, owned */
};

/**
 * sky_recent_new:
 * @path: the file; it need not exist. One that cannot be understood is renamed to "….bad"
 *   beside it, for a person to look at, and the list begins empty
 *
 * Returns: (transfer full): free with sky_recent_free()
 */
SkyRecent *
sky_recent_new (const char *path)
{
  SkyRecent *self = g_new0 (SkyRecent, 1);

  self->entries = g_ptr_array_new_with_free_func (sky_recent_entry_free);
  sky_entry_file_load (&self->file, path, self->entries, N_KEPT);
  return self;
}

void
sky_recent_free (SkyRecent *self)
{
  g_ptr_array_unref (self->entries);
  sky_entry_file_clear (&self->file);
  g_free (self);
}

/* Returns: (nullable) (transfer none): a sentence, if the file could not be read */
const char *
sky_recent_get_trouble (SkyRecent *self)
{
  return self->file.trouble;
}

/**
 * sky_recent_get_n:
 *
 * Returns: how many entries there are
 */
guint
sky_recent_get_n (SkyRecent *self)
{
  return self->entries->len;
}

/**
 * sky_recent_get:
 * @position: from 0, the newest
 *
 * Returns: (transfer none): the entry, until the list is changed
 */
const SkyRecentEntry *
sky_recent_get (SkyRecent *self, guint position)
{
  g_return_val_if_fail (position < self->entries->len, NULL);

  return self->entries->pdata[position];
}

/**
 * sky_recent_find:
 * @id: of a connection
 *
 * Returns: (transfer none) (nullable): the entry, until the list is changed
 */
const SkyRecentEntry *
sky_recent_find (SkyRecent *self, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_strcmp0 (((SkyRecentEntry *) self->entries->pdata[i])->id, id) == 0)
      return self->entries->pdata[i];
  return NULL;
}

/* Puts @entry first, in the place of one of the same kind and words, and saves the list. */
static void
add (SkyRecent *self, SkyRecentEntry *entry, const SkyKeepTold *told)
{
  for (guint i = self->entries->len; i > 0; i--)
    {
      const SkyRecentEntry *old = self->entries->pdata[i - 1];

      if (old->kind == entry->kind && g_strcmp0 (old->what, entry->what) == 0)
        g_ptr_array_remove_index (self->entries, i - 1);
    }
  g_ptr_array_insert (self->entries, 0, entry);
  if (self->entries->len > N_KEPT)
    g_ptr_array_set_size (self->entries, N_KEPT);
  sky_entry_file_save (&self->file, self->entries, told);
}

/**
 * sky_recent_add:
 * @kind: what was opened
 * @what: see #SkyRecentEntry
 * @protocol: (nullable): see #SkyRecentEntry
 *
 * Puts it first, now, and saves the list. An entry of the same kind and words is replaced.
 */
void
sky_recent_add (SkyRecent *self, SkyRecentKind kind, const char *what, const char *protocol)
{
  add (self, sky_recent_entry_new (kind, what, protocol, g_get_real_time () / G_USEC_PER_SEC), NULL);
}

/**
 * sky_recent_add_host:
 * @port: where it was started, in decimal
 * @rules: (nullable): what its rules are called
 */
void
sky_recent_add_host (SkyRecent *self, const char *port, const char *rules)
{
  SkyRecentEntry *entry = sky_recent_entry_new (SKY_RECENT_HOST, port, NULL, g_get_real_time () / G_USEC_PER_SEC);

  entry->name = g_strdup (rules);
  add (self, entry, NULL);
}

/**
 * sky_recent_add_client:
 * @profile: as it is dialled; its secrets stay in memory, for this run
 *
 * @told: (nullable): if the file cannot be written
 *
 * Puts a connection first, now, and saves the list. One to the same address is replaced.
 *
 * Returns: (transfer none): the entry, until the list is changed
 */
const SkyRecentEntry *
sky_recent_add_client (SkyRecent *self, const SkyProfile *profile, const SkyKeepTold *told)
{
  SkyRecentEntry *entry = sky_recent_entry_new_client (SKY_RECENT_CLIENT, profile);

  add (self, entry, told);
  return entry;
}

/**
 * sky_recent_learn:
 * @secrets: by name; see sky_recent_entry_learn()
 */
void
sky_recent_learn (SkyRecent *self, const char *id, JsonObject *secrets)
{
  const SkyRecentEntry *entry = sky_recent_find (self, id);

  if (entry != NULL)
    sky_recent_entry_learn ((SkyRecentEntry *) entry, secrets);
}

/**
 * sky_recent_remove:
 * @id: of a connection; nothing happens if there is none
 * @told: (nullable): if the file cannot be written
 */
void
sky_recent_remove (SkyRecent *self, const char *id, const SkyKeepTold *told)
{
  g_ptr_array_remove (self->entries, (gpointer) sky_recent_find (self, id));
  sky_entry_file_save (&self->file, self->entries, told);
}

/**
 * sky_recent_clear:
 *
 * @told: (nullable): if the file cannot be written
 *
 * Forgets all, and saves the empty list.
 */
void
sky_recent_clear (SkyRecent *self, const SkyKeepTold *told)
{
  g_ptr_array_set_size (self->entries, 0);
  g_clear_pointer (&self->file.strangers, json_array_unref);
  sky_entry_file_save (&self->file, self->entries, told);
}

static SkyRecentEntry *
entry_new_kept (const SkyKept *kept)
{
  g_autofree char *uri = g_filename_to_uri (kept->path, NULL, NULL);
  SkyRecentEntry *entry = sky_recent_entry_new (SKY_RECENT_KEPT, uri, NULL, kept->time_sec);

  entry->name = g_strdup (kept->name);
  entry->len = kept->len;
  return entry;
}

static int
compare_time (gconstpointer a, gconstpointer b)
{
  const SkyRecentEntry *left = *(SkyRecentEntry *const *) a, *right = *(SkyRecentEntry *const *) b;

  return left->time_sec > right->time_sec ? -1 : left->time_sec < right->time_sec;
}

/**
 * sky_recent_mix:
 * @kept: (element-type SkyKept): captures, newest first; those that somebody writes are left out
 * @most: how many entries to return at most
 *
 * Neither the connections nor the captures push the others out of their half of @most.
 *
 * Returns: (transfer container) (element-type SkyRecentEntry): both, newest first
 */
GPtrArray *
sky_recent_mix (SkyRecent *self, GPtrArray *kept, guint most)
{
  GPtrArray *mixed = g_ptr_array_new_with_free_func (sky_recent_entry_free);
  guint room = MAX (most / 2, most - MIN (most, self->entries->len));

  for (guint i = 0; i < kept->len && mixed->len < room; i++)
    if (!((SkyKept *) kept->pdata[i])->in_use)
      g_ptr_array_add (mixed, entry_new_kept (kept->pdata[i]));
  room = most - mixed->len;
  for (guint i = 0; i < MIN (room, self->entries->len); i++)
    g_ptr_array_add (mixed, sky_recent_entry_copy (self->entries->pdata[i]));
  g_ptr_array_sort (mixed, compare_time);
  return mixed;
}

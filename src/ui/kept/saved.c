#include "ui/kept/saved.h"

#include "ui/kept/entry-file.h"

#define N_KEPT 10000

struct _SkySaved
{
  SkyEntryFile file;
  GPtrArray   *entries; /* of SkyRecentEntry, owned */
};

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const SkyRecentEntry *left = *(SkyRecentEntry *const *) a, *right = *(SkyRecentEntry *const *) b;
  g_autofree char *left_key = g_utf8_collate_key_for_filename (left->name, -1);
  g_autofree char *right_key = g_utf8_collate_key_for_filename (right->name, -1);

  return strcmp (left_key, right_key);
}

/**
 * sky_saved_new:
 * @path: the file; it need not exist
 *
 * Returns: (transfer full): free with sky_saved_free()
 */
SkySaved *
sky_saved_new (const char *path)
{
  SkySaved *self = g_new0 (SkySaved, 1);

  self->entries = g_ptr_array_new_with_free_func (sky_recent_entry_free);
  sky_entry_file_load (&self->file, path, self->entries, N_KEPT);
  for (guint i = self->entries->len; i > 0; i--)
    {
      SkyRecentEntry *entry = self->entries->pdata[i - 1];

      if (entry->kind != SKY_RECENT_SAVED)
        g_ptr_array_remove_index (self->entries, i - 1);
      else if (entry->name == NULL)
        entry->name = g_strdup (entry->what);
    }
  g_ptr_array_sort (self->entries, compare_names);
  return self;
}

void
sky_saved_free (SkySaved *self)
{
  sky_entry_file_clear (&self->file);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

/* Returns: (nullable) (transfer none): a sentence, if the file could not be read */
const char *
sky_saved_get_trouble (SkySaved *self)
{
  return self->file.trouble;
}

guint
sky_saved_get_n (SkySaved *self)
{
  return self->entries->len;
}

/* Returns: (transfer none): until the list is changed */
const SkyRecentEntry *
sky_saved_get (SkySaved *self, guint position)
{
  g_return_val_if_fail (position < self->entries->len, NULL);

  return self->entries->pdata[position];
}

static SkyRecentEntry *
find (SkySaved *self, const char *id)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (g_strcmp0 (((SkyRecentEntry *) self->entries->pdata[i])->id, id) == 0)
      return self->entries->pdata[i];
  return NULL;
}

/* Returns: (nullable) (transfer none): until the list is changed */
const SkyRecentEntry *
sky_saved_find (SkySaved *self, const char *id)
{
  return find (self, id);
}

static void
save (SkySaved *self, const SkyKeepTold *told)
{
  g_ptr_array_sort (self->entries, compare_names);
  sky_entry_file_save (&self->file, self->entries, told);
}

/**
 * sky_saved_add:
 * @profile: as it is dialled; its secrets stay in memory: store them elsewhere
 * @told: (nullable): if the file cannot be written
 *
 * Returns: (transfer none): the new entry, until the list is changed
 */
const SkyRecentEntry *
sky_saved_add (SkySaved *self, const char *name, const SkyProfile *profile, const SkyKeepTold *told)
{
  SkyRecentEntry *entry = sky_recent_entry_new_client (SKY_RECENT_SAVED, profile);

  entry->name = g_strdup (name);
  g_ptr_array_add (self->entries, entry);
  save (self, told);
  return entry;
}

/* Puts back what sky_saved_remove() took away; copied. */
void
sky_saved_restore (SkySaved *self, const SkyRecentEntry *entry, const SkyKeepTold *told)
{
  g_ptr_array_add (self->entries, sky_recent_entry_copy (entry));
  save (self, told);
}

/**
 * sky_saved_update:
 * @profile: (nullable): how it is dialled from now on; %NULL as before
 * @told: (nullable): if the file cannot be written
 *
 * It was used, now.
 */
void
sky_saved_update (SkySaved *self, const char *id, const SkyProfile *profile, const SkyKeepTold *told)
{
  SkyRecentEntry *entry = find (self, id);

  if (entry == NULL)
    return;
  entry->time_sec = g_get_real_time () / G_USEC_PER_SEC;
  if (profile != NULL)
    sky_recent_entry_set_profile (entry, profile);
  save (self, told);
}

/* @told: (nullable): if the file cannot be written; the list has the name all the same */
void
sky_saved_rename (SkySaved *self, const char *id, const char *name, const SkyKeepTold *told)
{
  SkyRecentEntry *entry = find (self, id);

  if (entry == NULL)
    return;
  g_free (entry->name);
  entry->name = g_strdup (name);
  save (self, told);
}

/* As sky_saved_rename(). Its secrets are stored elsewhere, and stay there. */
void
sky_saved_remove (SkySaved *self, const char *id, const SkyKeepTold *told)
{
  g_ptr_array_remove (self->entries, find (self, id));
  save (self, told);
}

/**
 * sky_saved_learn:
 * @secrets: by name; see sky_recent_entry_learn()
 */
void
sky_saved_learn (SkySaved *self, const char *id, JsonObject *secrets)
{
  SkyRecentEntry *entry = find (self, id);

  if (entry != NULL)
    sky_recent_entry_learn (entry, secrets);
}

/* As sky_saved_learn(), but as they were stored: see sky_recent_entry_read_secrets() */
void
sky_saved_read_secrets (SkySaved *self, const char *id, JsonObject *stored)
{
  SkyRecentEntry *entry = find (self, id);

  if (entry != NULL)
    sky_recent_entry_read_secrets (entry, stored);
}

#include "peer/profile/profile-secrets.h"

#include <string.h>

/* "user:password", "user:" if there was one. */
static char *
blank_user (const char *user)
{
  const char *colon = strchr (user, ':');

  return colon != NULL ? g_strndup (user, (gsize) (colon + 1 - user)) : g_strdup (user);
}

static char *
blank_whole (const char *text)
{
  return g_strdup ("");
}

/* The parts that are one text each. */
static const struct
{
  const char *name;
  gsize       offset;
  char     *(*blank) (const char *text);
} texts[] = {
  { "url", G_STRUCT_OFFSET (SkyProfile, url), sky_secret_blank_url },
  { "auth", G_STRUCT_OFFSET (SkyProfile, auth), blank_whole },
  { "user", G_STRUCT_OFFSET (SkyProfile, user), blank_user },
  { "proxy", G_STRUCT_OFFSET (SkyProfile, proxy), sky_secret_blank_url },
  { SKY_SECRET_ADMIN, G_STRUCT_OFFSET (SkyProfile, admin_password), blank_whole },
};

static gboolean
always (const char *name)
{
  return TRUE;
}

/* The parts that are lists of "name", @separator, "value". */
static const struct
{
  const char *name;
  char        separator;
  gsize       offset;
  gboolean  (*is_secret) (const char *name);
} lists[] = {
  { "header", ':', G_STRUCT_OFFSET (SkyProfile, headers), sky_secret_header },
  { "cookie", '=', G_STRUCT_OFFSET (SkyProfile, cookies), always },
  { "query", '=', G_STRUCT_OFFSET (SkyProfile, query), sky_secret_query },
};

typedef struct
{
  JsonObject *secrets;   /* to split: gets them; to join: has them, nullable */
  GHashTable *counts;    /* of "header sid": how many were met */
  GHashTable *wanted;    /* to join: names that were split off once, and have not been found again; else NULL */
} Walk;

/* Returns: (transfer full): "cookie sid", then "cookie sid#2" */
static char *
next_name (Walk *walk, const char *list, const char *name)
{
  g_autofree char *whole = g_strdup_printf ("%s %s", list, name);
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (walk->counts, whole)) + 1;

  g_hash_table_replace (walk->counts, g_strdup (whole), GUINT_TO_POINTER (count));
  return count == 1 ? g_steal_pointer (&whole) : g_strdup_printf ("%s#%u", whole, count);
}

/* Returns: (nullable): what is known under @name; that it was wanted is over then */
static const char *
find (Walk *walk, const char *name)
{
  JsonNode *node = walk->secrets != NULL ? json_object_get_member (walk->secrets, name) : NULL;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  g_hash_table_remove (walk->wanted, name);
  return json_node_get_string (node);
}

static void
walk_list (Walk *walk, guint which, char **items)
{
  for (; items != NULL && *items != NULL; items++)
    {
      gsize len = strcspn (*items, (const char[]) { lists[which].separator, '\0' });
      g_autofree char *bare = g_strstrip (g_strndup (*items, len));
      g_autofree char *name = NULL;
      const char *value, *found;

      if ((*items)[len] == '\0' || !lists[which].is_secret (bare))
        continue;
      name = next_name (walk, lists[which].name, bare);
      value = *items + len + 1;
      found = walk->wanted != NULL ? find (walk, name) : "";
      if (found == NULL || (walk->wanted == NULL && *value == '\0'))
        continue;
      if (walk->wanted == NULL)
        json_object_set_string_member (walk->secrets, name, value);
      else
        value = found;
      g_free (*items);
      *items = g_strdup_printf ("%s%c%s", bare, lists[which].separator, walk->wanted != NULL ? value : "");
    }
}

static void
walk_auths (Walk *walk, SkyProfile *self)
{
  for (guint i = 0; self->auths != NULL && self->auths[i] != NULL && self->namespaces != NULL
                    && self->namespaces[i] != NULL; i++)
    {
      g_autofree char *name = next_name (walk, "auth", self->namespaces[i]);
      const char *found = walk->wanted != NULL ? find (walk, name) : "";

      if (found == NULL || (walk->wanted == NULL && *self->auths[i] == '\0'))
        continue;
      if (walk->wanted == NULL)
        json_object_set_string_member (walk->secrets, name, self->auths[i]);
      g_free (self->auths[i]);
      self->auths[i] = g_strdup (found);
    }
}

static void
walk_lists (Walk *walk, SkyProfile *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    walk_list (walk, i, G_STRUCT_MEMBER (GStrv, self, lists[i].offset));
  walk_auths (walk, self);
}

/**
 * sky_profile_split:
 * @secrets: (out) (transfer full): the values that were taken out, by name, each a text; empty if there are none
 *
 * Returns: (transfer full): what may be written down: the same profile with empty values in their place
 */
SkyProfile *
sky_profile_split (const SkyProfile *self, JsonObject **secrets)
{
  SkyProfile *plain = sky_profile_copy (self);
  g_autoptr(GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Walk walk = { .secrets = json_object_new (), .counts = counts };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char **text = &G_STRUCT_MEMBER (char *, plain, texts[i].offset);
      g_autofree char *blank = *text != NULL ? texts[i].blank (*text) : NULL;

      if (g_strcmp0 (*text, blank) == 0)
        continue;
      json_object_set_string_member (walk.secrets, texts[i].name, *text);
      g_free (*text);
      *text = g_steal_pointer (&blank);
    }
  walk_lists (&walk, plain);
  *secrets = walk.secrets;
  return plain;
}

static void
join_texts (Walk *walk, SkyProfile *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      char **text = &G_STRUCT_MEMBER (char *, self, texts[i].offset);
      const char *found = *text != NULL ? find (walk, texts[i].name) : NULL;
      g_autofree char *blank = found != NULL ? texts[i].blank (found) : NULL;

      if (found == NULL || g_strcmp0 (blank, *text) != 0)
        continue; /* it was edited in the file: the secret belongs to what stood there before */
      g_free (*text);
      *text = g_strdup (found);
    }
}

/**
 * sky_profile_join:
 * @self: as sky_profile_split() left it
 * @names: (nullable): of the secrets that it had
 * @secrets: (nullable): those that are known
 *
 * Puts back what is known.
 *
 * Returns: (transfer full): the names of what is not; empty if nothing is missing
 */
GStrv
sky_profile_join (SkyProfile *self, const char *const *names, JsonObject *secrets)
{
  g_autoptr(GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GStrvBuilder) missing = g_strv_builder_new ();
  Walk walk = { .secrets = secrets, .counts = counts, .wanted = wanted };

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_hash_table_add (wanted, (gpointer) names[i]);
  join_texts (&walk, self);
  walk_lists (&walk, self);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_hash_table_contains (wanted, names[i]))
      g_strv_builder_add (missing, names[i]);
  return g_strv_builder_end (missing);
}

#include "ui/kept/recent-entry.h"

#include "peer/profile/profile-json.h"
#include "peer/profile/profile-secrets.h"
#include "peer/profile/route.h"
#include "ui/kept/state-file.h"

#define ORIGIN "origin" /* in the store, beside the secrets: whose they are; no secret has this name */

static const char *const kind_ids[] = {
  [SKY_RECENT_CLIENT] = "connection",
  [SKY_RECENT_HOST] = "server",
  [SKY_RECENT_CAPTURE] = "capture",
  [SKY_RECENT_SAVED] = "saved",
};

/**
 * sky_recent_entry_new:
 * @what: see #SkyRecentEntry
 * @protocol: (nullable): see #SkyRecentEntry
 *
 * Returns: (transfer full): sky_recent_entry_free() it
 */
SkyRecentEntry *
sky_recent_entry_new (SkyRecentKind kind, const char *what, const char *protocol, gint64 time_sec)
{
  SkyRecentEntry *self = g_new0 (SkyRecentEntry, 1);

  self->kind = kind;
  self->what = g_strdup (what);
  self->protocol = g_strdup (protocol);
  self->time_sec = time_sec;
  return self;
}

/* The secrets are those of the server that the profile leads to now. */
static void
claim_secrets (SkyRecentEntry *self)
{
  g_free (self->origin);
  self->origin = sky_route_make_origin (self->profile);
}

/* Whether somebody has led the profile elsewhere, in its file, since the secrets were known. */
static gboolean
has_foreign_secrets (const SkyRecentEntry *self)
{
  g_autofree char *origin = self->origin != NULL ? sky_route_make_origin (self->profile) : NULL;

  return self->origin != NULL && g_strcmp0 (self->origin, origin) != 0;
}

/* @object: (nullable): taken. Returns: it, or a new one, with the members of @more */
static JsonObject *
add_members (JsonObject *object, JsonObject *more)
{
  JsonObject *sum = object != NULL ? object : json_object_new ();
  g_autoptr(GList) names = json_object_get_members (more);

  for (GList *at = names; at != NULL; at = at->next)
    json_object_set_member (sum, at->data, json_object_dup_member (more, at->data));
  return sum;
}

/**
 * sky_recent_entry_new_client:
 * @kind: recent or saved
 *
 * Returns: (transfer full): an entry of now
 */
SkyRecentEntry *
sky_recent_entry_new_client (SkyRecentKind kind, const SkyProfile *profile)
{
  SkyRecentEntry *self = sky_recent_entry_new (kind, NULL, NULL, g_get_real_time () / G_USEC_PER_SEC);

  self->id = g_uuid_string_random ();
  sky_recent_entry_set_profile (self, profile);
  return self;
}

/**
 * sky_recent_entry_set_profile:
 * @profile: as it is dialled; its secrets are kept apart, in memory
 */
void
sky_recent_entry_set_profile (SkyRecentEntry *self, const SkyProfile *profile)
{
  JsonObject *secrets;
  SkyProfile *plain = sky_profile_split (profile, &secrets);
  g_autoptr(GList) names = json_object_get_members (secrets);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (GList *at = names; at != NULL; at = at->next)
    g_strv_builder_add (builder, at->data);
  g_clear_pointer (&self->profile, sky_profile_free);
  g_clear_pointer (&self->secrets, json_object_unref);
  g_strfreev (self->secret);
  g_free (self->what);
  g_free (self->protocol);
  self->profile = plain;
  self->secrets = secrets;
  self->secret = g_strv_builder_end (builder);
  claim_secrets (self);
  self->what = g_strdup (plain->url);
  self->protocol = g_strdup (sky_protocol_id (plain->protocol));
}

/**
 * sky_recent_entry_make_profile:
 * @missing: (out) (transfer full): names of the secrets that are not known yet; see sky_profile_join()
 *
 * Returns: (transfer full): what to dial
 */
SkyProfile *
sky_recent_entry_make_profile (const SkyRecentEntry *self, char ***missing)
{
  SkyProfile *profile = sky_profile_copy (self->profile);

  *missing = sky_profile_join (profile, (const char *const *) self->secret,
                               has_foreign_secrets (self) ? NULL : self->secrets);
  return profile;
}

/**
 * sky_recent_entry_learn:
 * @secrets: by name, as a person gives them now, for this run: of the server that the profile leads to now
 */
void
sky_recent_entry_learn (SkyRecentEntry *self, JsonObject *secrets)
{
  if (has_foreign_secrets (self))
    g_clear_pointer (&self->secrets, json_object_unref);
  self->secrets = add_members (self->secrets, secrets);
  claim_secrets (self);
}

/**
 * sky_recent_entry_read_secrets:
 * @stored: as sky_recent_entry_write_secrets() made it. The first versions did not say whose they are
 */
void
sky_recent_entry_read_secrets (SkyRecentEntry *self, JsonObject *stored)
{
  g_autofree char *origin = g_strdup (sky_state_file_get_string (stored, ORIGIN));

  if (origin == NULL)
    {
      sky_recent_entry_learn (self, stored);
      return;
    }
  self->secrets = add_members (self->secrets, stored);
  json_object_remove_member (self->secrets, ORIGIN);
  g_free (self->origin);
  self->origin = g_steal_pointer (&origin);
}

/**
 * sky_recent_entry_write_secrets:
 *
 * Returns: (transfer full) (nullable): what goes into the desktop's store; %NULL if there is nothing secret
 */
JsonObject *
sky_recent_entry_write_secrets (const SkyRecentEntry *self)
{
  JsonObject *stored;

  if (self->secrets == NULL || json_object_get_size (self->secrets) == 0)
    return NULL;
  stored = add_members (NULL, self->secrets);
  if (self->origin != NULL)
    json_object_set_string_member (stored, ORIGIN, self->origin);
  return stored;
}

/* Returns: (transfer full): the same, with the same id */
SkyRecentEntry *
sky_recent_entry_copy (const SkyRecentEntry *self)
{
  SkyRecentEntry *copy = sky_recent_entry_new (self->kind, self->what, self->protocol, self->time_sec);

  copy->name = g_strdup (self->name);
  copy->len = self->len;
  copy->id = g_strdup (self->id);
  copy->profile = self->profile != NULL ? sky_profile_copy (self->profile) : NULL;
  copy->secret = g_strdupv (self->secret);
  copy->secrets = self->secrets != NULL ? json_object_ref (self->secrets) : NULL;
  copy->origin = g_strdup (self->origin);
  copy->json = self->json != NULL ? json_object_ref (self->json) : NULL;
  return copy;
}

void
sky_recent_entry_free (gpointer data)
{
  SkyRecentEntry *self = data;

  g_free (self->what);
  g_free (self->protocol);
  g_free (self->name);
  g_free (self->id);
  g_clear_pointer (&self->profile, sky_profile_free);
  g_strfreev (self->secret);
  g_clear_pointer (&self->secrets, json_object_unref);
  g_free (self->origin);
  g_clear_pointer (&self->json, json_object_unref);
  g_free (self);
}

static GStrv
read_names (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "secret");
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING)
      g_strv_builder_add (builder, json_array_get_string_element (array, i));
  return g_strv_builder_end (builder);
}

/* The first versions knew the URL and the protocol only. */
static void
read_connection (SkyRecentEntry *self, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "profile");
  const char *id = sky_state_file_get_string (object, "id");

  self->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    self->profile = sky_profile_from_json (json_node_get_object (node));
  if (self->profile == NULL)
    {
      g_autoptr(SkyProfile) profile = sky_profile_new (self->what);

      sky_protocol_from_id (self->protocol, &profile->protocol);
      sky_recent_entry_set_profile (self, profile);
      return;
    }
  self->secret = read_names (object);
  g_free (self->what);
  g_free (self->protocol);
  self->what = g_strdup (self->profile->url);
  self->protocol = g_strdup (sky_protocol_id (self->profile->protocol));
}

/**
 * sky_recent_entry_read:
 * @node: as sky_recent_entry_write() makes it
 *
 * Returns: (transfer full) (nullable): %NULL if it says nothing that can be used
 */
SkyRecentEntry *
sky_recent_entry_read (JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *kind = object != NULL ? sky_state_file_get_string (object, "kind") : NULL;
  const char *what = object != NULL ? sky_state_file_get_string (object, "what") : NULL;
  SkyRecentEntry *self = NULL;

  if (kind == NULL || what == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (kind_ids); i++)
    if (g_strcmp0 (kind, kind_ids[i]) == 0)
      self = sky_recent_entry_new (i, what, sky_state_file_get_string (object, "protocol"),
                                   sky_state_file_get_int (object, "time"));
  if (self == NULL)
    return NULL;
  self->name = g_strdup (sky_state_file_get_string (object, "name"));
  self->json = json_object_ref (object);
  if (self->kind == SKY_RECENT_CLIENT || self->kind == SKY_RECENT_SAVED)
    read_connection (self, object);
  return self;
}

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_remove_member (object, name);
}

static void
write_connection (SkyRecentEntry *self)
{
  JsonNode *node = json_object_get_member (self->json, "profile");
  JsonArray *names = json_array_new ();
  JsonObject *profile;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    {
      json_object_set_object_member (self->json, "profile", json_object_new ());
      node = json_object_get_member (self->json, "profile");
    }
  profile = json_node_get_object (node);
  sky_profile_to_json (self->profile, profile);
  for (guint i = 0; self->secret != NULL && self->secret[i] != NULL; i++)
    json_array_add_string_element (names, self->secret[i]);
  json_object_set_array_member (self->json, "secret", names);
}

/**
 * sky_recent_entry_write:
 *
 * Returns: (transfer full): what goes into the file: no secrets, but all that an earlier or later version wrote there
 */
JsonObject *
sky_recent_entry_write (SkyRecentEntry *self)
{
  if (self->json == NULL)
    self->json = json_object_new ();
  set_string (self->json, "kind", kind_ids[self->kind]);
  set_string (self->json, "name", self->name);
  set_string (self->json, "what", self->what);
  set_string (self->json, "protocol", self->protocol);
  json_object_set_int_member (self->json, "time", self->time_sec);
  set_string (self->json, "id", self->id);
  if (self->profile != NULL)
    write_connection (self);
  return json_object_ref (self->json);
}

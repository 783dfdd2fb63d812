#include "peer/profile/profile-json.h"

/*
 * A profile as an object of JSON, for files of our own. Keys are the options of CLI.md; what is as
 * it comes is not written, and what another version wrote and we do not know is left alone.
 */

typedef enum { KIND_TEXT, KIND_LIST, KIND_FLAG } Kind;

static const struct
{
  const char *key;
  Kind        kind;
  gsize       offset;
} members[] = {
  { "url", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, url) },
  { "path", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, path) },
  { "namespaces", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, namespaces) },
  { "auth", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, auth) },
  { "auths", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, auths) },
  { "headers", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, headers) },
  { "without", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, without) },
  { "cookies", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, cookies) },
  { "user", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, user) },
  { "query", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, query) },
  { "origin", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, origin) },
  { "subprotocols", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, subprotocols) },
  { "ca", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, ca_file) },
  { "cert", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, cert_file) },
  { "key", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, key_file) },
  { "accepted", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, accepted) },
  { "proxy", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, proxy) },
  { "replies", KIND_LIST, G_STRUCT_OFFSET (SkyProfile, replies) },
  { "admin-namespace", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, admin_nsp) },
  { "admin-user", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, admin_user) },
  { "admin-password", KIND_TEXT, G_STRUCT_OFFSET (SkyProfile, admin_password) },
  { "insecure", KIND_FLAG, G_STRUCT_OFFSET (SkyProfile, insecure) },
  { "no-deflate", KIND_FLAG, G_STRUCT_OFFSET (SkyProfile, no_deflate) },
  { "no-upgrade", KIND_FLAG, G_STRUCT_OFFSET (SkyProfile, no_upgrade) },
};

static void
write_list (JsonObject *into, const char *key, char **list)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; list[i] != NULL; i++)
    json_array_add_string_element (array, list[i]);
  json_object_set_array_member (into, key, array);
}

static void
write_member (JsonObject *into, const char *key, Kind kind, gconstpointer field)
{
  const char *text = kind == KIND_TEXT ? *(char *const *) field : NULL;
  char **list = kind == KIND_LIST ? *(char **const *) field : NULL;

  if (text != NULL)
    json_object_set_string_member (into, key, text);
  else if (list != NULL)
    write_list (into, key, list);
  else if (kind == KIND_FLAG && *(const gboolean *) field)
    json_object_set_boolean_member (into, key, TRUE);
  else
    json_object_remove_member (into, key);
}

static void
write_id (JsonObject *into, const char *key, const char *id, const char *otherwise)
{
  if (g_str_equal (id, otherwise))
    json_object_remove_member (into, key);
  else
    json_object_set_string_member (into, key, id);
}

static void
write_number (JsonObject *into, const char *key, guint number)
{
  if (number == 0)
    json_object_remove_member (into, key);
  else
    json_object_set_int_member (into, key, number);
}

static JsonObject *
get_object (JsonObject *from, const char *key)
{
  JsonNode *node = json_object_get_member (from, key);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/* Always written: what is the default depends on where the profile was made. */
static void
write_reconnect (JsonObject *into, const SkyReconnect *reconnect)
{
  JsonObject *object = get_object (into, "reconnect");

  if (object == NULL)
    json_object_set_object_member (into, "reconnect", object = json_object_new ());
  json_object_set_int_member (object, "attempts", reconnect->attempts);
  json_object_set_int_member (object, "delay-msec", reconnect->delay_msec);
  json_object_set_int_member (object, "max-msec", reconnect->max_msec);
  json_object_set_int_member (object, "jitter", reconnect->jitter);
}

/**
 * sky_profile_to_json:
 * @into: what stands there under the names of a profile's parts is replaced or taken away; any other member stays
 *
 * Writes all of it, secrets too: see sky_profile_split().
 */
void
sky_profile_to_json (const SkyProfile *self, JsonObject *into)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    write_member (into, members[i].key, members[i].kind, G_STRUCT_MEMBER_P (self, members[i].offset));
  write_id (into, "protocol", sky_protocol_id (self->protocol), sky_protocol_id (SKY_PROTOCOL_AUTO));
  write_id (into, "transports", sky_transports_id (self->transports), sky_transports_id (SKY_TRANSPORTS_BOTH));
  write_id (into, "parser", sky_parser_id (self->parser), sky_parser_id (SKY_PARSER_AUTO));
  write_number (into, "eio", self->eio);
  write_number (into, "timeout", self->timeout_msec);
  write_reconnect (into, &self->reconnect);
}

static const char *
get_text (JsonObject *from, const char *key)
{
  JsonNode *node = json_object_get_member (from, key);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* Returns: the number if it is one between @least and @most, else @otherwise */
static gint64
get_number (JsonObject *from, const char *key, gint64 least, gint64 most, gint64 otherwise)
{
  JsonNode *node = json_object_get_member (from, key);
  gint64 number;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return otherwise;
  number = json_node_get_int (node);
  return number >= least && number <= most ? number : otherwise;
}

static GStrv
get_list (JsonObject *from, const char *key)
{
  JsonNode *node = json_object_get_member (from, key);
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (array == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING)
      g_strv_builder_add (builder, json_array_get_string_element (array, i));
  return g_strv_builder_end (builder);
}

static void
read_member (JsonObject *from, const char *key, Kind kind, gpointer field)
{
  JsonNode *node = json_object_get_member (from, key);

  switch (kind)
    {
    case KIND_TEXT:
      g_free (*(char **) field);
      *(char **) field = g_strdup (get_text (from, key));
      break;
    case KIND_LIST:
      *(GStrv *) field = get_list (from, key);
      break;
    case KIND_FLAG:
      *(gboolean *) field = node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN
                            && json_node_get_boolean (node);
      break;
    }
}

static void
read_reconnect (JsonObject *from, SkyReconnect *reconnect)
{
  JsonObject *object = get_object (from, "reconnect");

  if (object == NULL)
    return;
  reconnect->attempts = (int) get_number (object, "attempts", -1, G_MAXINT, reconnect->attempts);
  reconnect->delay_msec = (guint) get_number (object, "delay-msec", 0, G_MAXINT, reconnect->delay_msec);
  reconnect->max_msec = (guint) get_number (object, "max-msec", 0, G_MAXINT, reconnect->max_msec);
  reconnect->jitter = (guint) get_number (object, "jitter", 0, 100, reconnect->jitter);
}

/**
 * sky_profile_from_json:
 * @from: as sky_profile_to_json() writes it
 *
 * A member of the wrong type, or with a value that there is not, counts as absent.
 *
 * Returns: (transfer full) (nullable): the profile; %NULL if @from has no "url"
 */
SkyProfile *
sky_profile_from_json (JsonObject *from)
{
  SkyProfile *self;
  gint64 eio;

  if (get_text (from, "url") == NULL)
    return NULL;
  self = sky_profile_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    read_member (from, members[i].key, members[i].kind, G_STRUCT_MEMBER_P (self, members[i].offset));
  sky_protocol_from_id (get_text (from, "protocol"), &self->protocol);
  sky_transports_from_id (get_text (from, "transports"), &self->transports);
  sky_parser_from_id (get_text (from, "parser"), &self->parser);
  eio = get_number (from, "eio", 3, 4, 0);
  self->eio = (guint) eio;
  self->timeout_msec = (guint) get_number (from, "timeout", 0, G_MAXINT, 0);
  read_reconnect (from, &self->reconnect);
  return self;
}

#include "peer/profile/profile-json.h"
#include "peer/profile/profile-secrets.h"

/* A profile as it stands in a file, and what is written when it was read: NULL if that is the same. */
typedef struct
{
  const char *name, *text, *written;
} Vector;

#define RECONNECT ",\"reconnect\":{\"attempts\":0,\"delay-msec\":1000,\"max-msec\":5000,\"jitter\":50}"

static const Vector vectors[] = {
  { "bare", "{\"url\":\"ws://a\"" RECONNECT "}", NULL },
  { "texts",
    "{\"url\":\"ws://a\",\"path\":\"/p/\",\"auth\":\"{\\\"n\\\":1.0}\",\"user\":\"ann:pw\",\"origin\":\"o\","
    "\"subprotocols\":\"a, b\",\"ca\":\"/ca\",\"cert\":\"/c\",\"key\":\"/k\",\"accepted\":\"AB:CD\",\"proxy\":\"none\"" RECONNECT "}",
    NULL },
  { "lists",
    "{\"url\":\"u\",\"namespaces\":[\"/\",\"/x\"],\"auths\":[\"\",\"{}\"],\"headers\":[\"A: b\"],\"without\":[\"Origin\"],"
    "\"cookies\":[\"a=b\"],\"query\":[\"q=1\"],\"replies\":[\"ask=1\"]" RECONNECT "}",
    NULL },
  { "admin", "{\"url\":\"u\",\"admin-namespace\":\"/a\",\"admin-user\":\"ann\",\"admin-password\":\"pw\"" RECONNECT "}", NULL },
  { "choices",
    "{\"url\":\"u\",\"insecure\":true,\"no-deflate\":true,\"no-upgrade\":true,\"protocol\":\"websocket\","
    "\"transports\":\"websocket,polling\",\"parser\":\"msgpack\",\"eio\":3,\"timeout\":500,"
    "\"reconnect\":{\"attempts\":-1,\"delay-msec\":1,\"max-msec\":2,\"jitter\":0}}",
    NULL },
  { "unknown-stays", "{\"url\":\"u\",\"colour\":\"red\",\"more\":{\"a\":[1]}" RECONNECT "}", NULL },
  { "unknown-within-stays",
    "{\"url\":\"u\",\"reconnect\":{\"factor\":3,\"attempts\":1,\"delay-msec\":1,\"max-msec\":2,\"jitter\":3}}", NULL },
  { "default-goes", "{\"url\":\"u\",\"insecure\":false,\"parser\":\"auto\",\"eio\":0" RECONNECT "}",
    "{\"url\":\"u\"" RECONNECT "}" },
  { "wrong-types",
    "{\"url\":\"u\",\"path\":7,\"headers\":\"x\",\"insecure\":\"yes\",\"eio\":\"4\",\"timeout\":-1,\"parser\":[],\"reconnect\":9}",
    "{\"url\":\"u\"" RECONNECT "}" },
  { "out-of-range",
    "{\"url\":\"u\",\"eio\":5,\"transports\":\"pigeon\",\"reconnect\":{\"attempts\":-2,\"delay-msec\":-1,\"max-msec\":99999999999,\"jitter\":101}}",
    "{\"url\":\"u\"" RECONNECT "}" },
  { "half-a-list", "{\"url\":\"u\",\"query\":[1,\"a=b\",null]" RECONNECT "}", "{\"url\":\"u\",\"query\":[\"a=b\"]" RECONNECT "}" },
};

static JsonObject *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = json_from_string (text, &error);

  g_assert_no_error (error);
  return json_node_dup_object (root);
}

static void
assert_same (JsonObject *object, const char *text)
{
  g_autoptr(JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autoptr(JsonNode) wanted = json_from_string (text, NULL);

  if (!json_node_equal (root, wanted))
    {
      g_autofree char *is = json_to_string (root, FALSE);

      g_test_message ("is     %s\nwanted %s", is, text);
      g_test_fail ();
    }
}

static void
test_json (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(JsonObject) object = parse (v->text);
  g_autoptr(JsonObject) fresh = json_object_new ();
  g_autoptr(SkyProfile) profile = sky_profile_from_json (object);
  g_autoptr(SkyProfile) again = NULL;
  g_autoptr(JsonObject) second = json_object_new ();

  g_assert_nonnull (profile);
  sky_profile_to_json (profile, object);
  assert_same (object, v->written != NULL ? v->written : v->text);
  sky_profile_to_json (profile, fresh);
  again = sky_profile_from_json (fresh);
  sky_profile_to_json (again, second);
  g_assert_true (json_object_equal (fresh, second));
}

static void
test_no_url (void)
{
  g_autoptr(JsonObject) object = parse ("{\"URL\":\"u\",\"path\":\"/\"}");

  g_assert_null (sky_profile_from_json (object));
}

/* What is split off, and what is left to be written. */
typedef struct
{
  const char *name, *whole, *plain, *secrets;
} Split;

static const Split splits[] = {
  { "nothing", "{\"url\":\"http://h/chat?room=1\",\"headers\":[\"Accept: x\"],\"query\":[\"v=2\"]}",
    "{\"url\":\"http://h/chat?room=1\",\"headers\":[\"Accept: x\"],\"query\":[\"v=2\"]}", "{}" },
  { "url-query", "{\"url\":\"http://h/chat?a=1&access_token=s3&b=2#x\"}", "{\"url\":\"http://h/chat?a=1&access_token=&b=2#x\"}",
    "{\"url\":\"http://h/chat?a=1&access_token=s3&b=2#x\"}" },
  { "url-query-escaped", "{\"url\":\"h?%74oken=s3\"}", "{\"url\":\"h?%74oken=\"}", "{\"url\":\"h?%74oken=s3\"}" },
  { "url-query-url", "{\"url\":\"h/?token=s3&next=http://x/\"}", "{\"url\":\"h/?token=&next=http://x/\"}",
    "{\"url\":\"h/?token=s3&next=http://x/\"}" },
  { "url-password", "{\"url\":\"ws://ann:p@w@h:1/?k\"}", "{\"url\":\"ws://ann:@h:1/?k\"}", "{\"url\":\"ws://ann:p@w@h:1/?k\"}" },
  { "url-user-alone", "{\"url\":\"ws://ann@h:1/\"}", "{\"url\":\"ws://ann@h:1/\"}", "{}" },
  { "auth", "{\"url\":\"u\",\"auth\":\"{}\",\"namespaces\":[\"/\",\"/x\"],\"auths\":[\"\",\"[1]\"]}",
    "{\"url\":\"u\",\"auth\":\"\",\"namespaces\":[\"/\",\"/x\"],\"auths\":[\"\",\"\"]}", "{\"auth\":\"{}\",\"auth /x\":\"[1]\"}" },
  { "user", "{\"url\":\"u\",\"user\":\"ann:a:b\"}", "{\"url\":\"u\",\"user\":\"ann:\"}", "{\"user\":\"ann:a:b\"}" },
  { "admin", "{\"url\":\"u\",\"admin-namespace\":\"/a\",\"admin-user\":\"ann\",\"admin-password\":\"pw\"}",
    "{\"url\":\"u\",\"admin-namespace\":\"/a\",\"admin-user\":\"ann\",\"admin-password\":\"\"}", "{\"admin password\":\"pw\"}" },
  { "user-without-password", "{\"url\":\"u\",\"user\":\"ann\"}", "{\"url\":\"u\",\"user\":\"ann\"}", "{}" },
  { "headers", "{\"url\":\"u\",\"headers\":[\"authorization: Bearer x\",\"X: y\",\"X-Api-Key:k\",\"Cookie: a=b\",\"nonsense\"]}",
    "{\"url\":\"u\",\"headers\":[\"authorization:\",\"X: y\",\"X-Api-Key:\",\"Cookie:\",\"nonsense\"]}",
    "{\"header authorization\":\" Bearer x\",\"header X-Api-Key\":\"k\",\"header Cookie\":\" a=b\"}" },
  { "same-name", "{\"url\":\"u\",\"cookies\":[\"a=1\",\"a=2\",\"b=\"]}", "{\"url\":\"u\",\"cookies\":[\"a=\",\"a=\",\"b=\"]}",
    "{\"cookie a\":\"1\",\"cookie a#2\":\"2\"}" },
  { "query", "{\"url\":\"u\",\"query\":[\"key=1\",\"monkey=2\",\"APIKey=3\",\"token\"]}",
    "{\"url\":\"u\",\"query\":[\"key=\",\"monkey=2\",\"APIKey=\",\"token\"]}", "{\"query key\":\"1\",\"query APIKey\":\"3\"}" },
  { "proxy", "{\"url\":\"u\",\"proxy\":\"http://ann:pw@p:8080\"}", "{\"url\":\"u\",\"proxy\":\"http://ann:@p:8080\"}",
    "{\"proxy\":\"http://ann:pw@p:8080\"}" },
  { "proxy-none", "{\"url\":\"u\",\"proxy\":\"none\"}", "{\"url\":\"u\",\"proxy\":\"none\"}", "{}" },
};

static JsonObject *
to_json (const SkyProfile *profile)
{
  JsonObject *object = json_object_new ();

  sky_profile_to_json (profile, object);
  json_object_remove_member (object, "reconnect");
  return object;
}

static void
test_split (gconstpointer data)
{
  const Split *v = data;
  g_autoptr(JsonObject) object = parse (v->whole);
  g_autoptr(SkyProfile) whole = sky_profile_from_json (object);
  g_autoptr(JsonObject) secrets = NULL, plain_object = NULL, joined_object = NULL, before = to_json (whole);
  g_autoptr(SkyProfile) plain = sky_profile_split (whole, &secrets);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  g_autoptr(GList) keys = json_object_get_members (secrets);
  g_auto(GStrv) missing = NULL, all_missing = NULL;

  plain_object = to_json (plain);
  assert_same (plain_object, v->plain);
  assert_same (secrets, v->secrets);
  for (GList *at = keys; at != NULL; at = at->next)
    g_ptr_array_add (names, at->data);
  g_ptr_array_add (names, NULL);

  all_missing = sky_profile_join (plain, (const char *const *) names->pdata, NULL);
  g_assert_cmpuint (g_strv_length (all_missing), ==, names->len - 1);
  missing = sky_profile_join (plain, (const char *const *) names->pdata, secrets);
  g_assert_cmpuint (g_strv_length (missing), ==, 0);
  joined_object = to_json (plain);
  g_assert_true (json_object_equal (joined_object, before));
}

static void
test_join_edited (void)
{
  g_autoptr(SkyProfile) profile = sky_profile_new ("http://other/?token=");
  g_autoptr(JsonObject) secrets = parse ("{\"url\":\"http://h/?token=x\",\"cookie gone\":\"1\",\"user\":7}");
  const char *const names[] = { "url", "cookie gone", "user", NULL };
  g_auto(GStrv) missing = sky_profile_join (profile, names, secrets);

  g_assert_cmpstr (profile->url, ==, "http://other/?token=");
  g_assert_true (g_strv_equal ((const char *const *) missing, (const char *const[]) { "cookie gone", "user", NULL }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/profile-json/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_json);
    }
  for (guint i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      g_autofree char *path = g_strconcat ("/profile-json/split/", splits[i].name, NULL);

      g_test_add_data_func (path, &splits[i], test_split);
    }
  g_test_add_func ("/profile-json/no-url", test_no_url);
  g_test_add_func ("/profile-json/join-edited", test_join_edited);
  return g_test_run ();
}

#include "peer/code/client-code-private.h"

#include <string.h>

/* What the peers' tests cannot see of a host's clients: how what they say is found, and that a host says where it stands. */

typedef struct
{
  const char *pattern, *sample; /* @sample: nullable */
} Row;

static const Row rows[] = {
  { "^/tenant-\\d+$", "/tenant-1" },
  { "^(user|admin)-[0-9]+$", "user-1" },
  { "^[a-z]{3}$", "aaa" },
  { "^(?:a|b)+c?$", "ac" },
  { "^.{2,5}\\.png$", "aa.png" },
  { "^\\w+@\\w+$", "a@a" },
  { "^[^/]+$", "a" },
  { "^((x{64}){64}){64}$", NULL }, /* short, or none */
  { "^(?=b)a$", NULL },
  { "[", NULL },
  { "(", NULL },
  { "\\", NULL },
};

static void
test_sample (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *sample = sky_client_code_sample (row->pattern);

  g_assert_cmpstr (sample, ==, row->sample);
}

/* Each rules file, and the line of a client that it leads to */
static const struct
{
  const char *rules, *line;
} said[] = {
  { "{}", "socket.on(\"connect\"" },
  { "{\"namespaces\":{\"/\":{\"on\":{\"a\":[{\"join\":\"{{0}}\"}]}}}}", "socket.emit(\"a\", \"room-42\");" },
  { "{\"namespaces\":{\"/\":{\"on\":{\"a\":[{\"emit\":[\"b\",\"{{*}}\"]}]}}}}", "socket.emit(\"a\", \"hello\");" },
  { "{\"namespaces\":{\"/\":{\"on\":{\"a\":[{\"ack\":[\"{{1.first.name}}\"]}]}}}}",
    "emit(\"a\", \"hello\", { \"first\": { \"name\": \"Ann\" } }, (error" },
  { "{\"namespaces\":{\"/\":{},\"/x\":{\"on\":{\"a\\\"<\":[]}}}}", "socket.emit(\"a\\\"\\u003c\");" },
  { "{\"namespaces\":{\"/\":{},\"/x\":{\"on\":{\"a\":[]}}}}", "/x\", {" },
  { "{\"namespaces\":{\"/\":{\"on\":{\"a\":[{\"ack\":[\"{{99999999999999999999}}\"]}]}}}}", "emit(\"a\", (error" },
  { "{\"server\":{\"protocol\":\"engine.io\"},\"onMessage\":[{\"send\":\"x\"}]}", "socket.send(\"hello\");" },
  { "{\"server\":{\"protocol\":\"websocket\",\"path\":\"/a\"},\"onMessage\":[{\"if\":{\"eq\":[\"{{data}}\",\"ping\"]},\"send\":\"x\"}]}",
    "socket.send(\"ping\");" },
  { "{\"server\":{\"parser\":\"msgpack\",\"transports\":[\"websocket\"]}}", "import parser from" },
};

static void
test_said (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autoptr(SkyHost) host = sky_host_new (NULL, NULL);
      g_autofree char *text = NULL;
      g_autoptr(GError) error = NULL;

      sky_host_set_rules (host, said[i].rules, &error);
      g_assert_no_error (error);
      for (guint code = 0; code < SKY_N_CLIENT_CODES; code++)
        {
          g_autofree char *any = sky_client_code_write (code, host);

          g_assert_true (g_utf8_validate (any, -1, NULL) && g_str_has_suffix (any, "\n"));
        }
      text = sky_client_code_write (SKY_CLIENT_CODE_NODE, host);
      if (strstr (text, said[i].line) == NULL)
        g_error ("no %s in:\n%s", said[i].line, text);
    }
}

/* A path of very many steps, as no person writes it, is passed over. */
static void
test_deep (void)
{
  g_autoptr(SkyHost) host = sky_host_new (NULL, NULL);
  g_autoptr(GString) rules = g_string_new ("{\"namespaces\":{\"/\":{\"on\":{\"a\":[{\"ack\":[\"{{auth");
  g_autofree char *text = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (rules, ".a");
  g_string_append (rules, "}}\"]}]}}}}");
  g_assert_true (sky_host_set_rules (host, rules->str, NULL));
  text = sky_client_code_write (SKY_CLIENT_CODE_NODE, host);
  g_assert_nonnull (strstr (text, "emit(\"a\""));
  g_assert_null (strstr (text, "auth:"));
}

static void
test_names (void)
{
  for (guint i = 0; i < SKY_N_CLIENT_CODES; i++)
    {
      SkyClientCode code = SKY_N_CLIENT_CODES;

      g_assert_true (sky_client_code_from_id (sky_client_code_get_id (i), &code) && code == i);
      g_assert_nonnull (sky_client_code_get_name (i));
    }
  g_assert_false (sky_client_code_from_id ("perl", &(SkyClientCode) { 0 }));
}

/* A port that is taken, another one that is not, and what waits for a restart. */
static void
test_port (void)
{
  const SkyHostOptions any = { 0 };
  g_autoptr(SkyHost) first = sky_host_new (&any, NULL), second = NULL;
  g_autofree char *rules = NULL, *moved = NULL, *title = NULL;
  guint16 port, free_port;

  sky_peer_start (SKY_PEER (first));
  port = sky_host_get_port (first);
  second = sky_host_new (&(SkyHostOptions) { .usual_port = port }, NULL);
  sky_peer_start (SKY_PEER (second));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (second)), ==, SKY_PEER_FAILED);
  g_assert_cmpint (sky_peer_get_remedy (SKY_PEER (second)), ==, SKY_REMEDY_USE_PORT);
  title = g_strdup_printf ("localhost:%u", port);
  g_assert_cmpstr (sky_peer_get_title (SKY_PEER (second)), ==, title);
  free_port = sky_host_get_free_port (second);
  g_assert_cmpuint (free_port, >, port);

  rules = g_strdup_printf ("{\"name\":\"Moved\",\"server\":{\"port\":%u},\"namespaces\":{\"/\":{}}}", free_port);
  g_assert_true (sky_host_set_rules (second, rules, NULL));
  sky_peer_start (SKY_PEER (second));
  g_assert_cmpuint (sky_host_get_port (second), ==, free_port);
  g_assert_cmpuint (sky_host_get_free_port (second), ==, 0);
  g_assert_cmpstr (sky_peer_get_subtitle (SKY_PEER (second)), ==, "0 clients · Moved");
  g_assert_false (sky_host_is_behind (second));
  g_assert_true (sky_host_set_rules (second, "{\"server\":{\"pingInterval\":1000}}", NULL));
  g_assert_true (sky_host_is_behind (second));
  g_assert_true (sky_host_set_rules (second, rules, NULL));
  g_assert_false (sky_host_is_behind (second));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client-code/sample/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &rows[i], test_sample);
    }
  g_test_add_func ("/client-code/said", test_said);
  g_test_add_func ("/client-code/deep", test_deep);
  g_test_add_func ("/client-code/names", test_names);
  g_test_add_func ("/client-code/port", test_port);
  return g_test_run ();
}

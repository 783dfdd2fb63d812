#include "peer/capture/har-load.h"

#include <string.h>

#include "peer/capture/capture-load.h"
#include "trace/export.h"

static char *archive;
static gsize archive_len;

static SkyStore *
load (const char *text, gsize len, GError **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, len); /* an exact copy lets ASan see overreads */
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyHarLoad) har = sky_har_load_new (bytes, "test.har", store, error);

  if (har == NULL)
    return NULL;
  while (sky_har_load_step (har, 100))
    ;
  g_assert_cmpfloat (sky_har_load_get_part (har), ==, 1);
  return g_steal_pointer (&store);
}

/* Every record that says something, a line each: "layer kind direction text" */
static char *
list (SkyStore *store)
{
  GString *lines = g_string_new (NULL);

  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    {
      const SkyRecord *r = sky_store_get_record (store, n);

      g_string_append_printf (lines, "%s %s %s%s\n", sky_layer_id (r->layer), sky_kind_id (r->kind),
                              sky_store_get_dir_id (store, r), r->faults != 0 ? " fault" : "");
    }
  return g_string_free (lines, FALSE);
}

static void
test_chat (void)
{
  g_autoptr(SkyStore) store = load (archive, archive_len, NULL);
  g_autofree char *lines = NULL, *event = NULL;

  g_assert_nonnull (store);
  lines = list (store);
  g_assert_cmpstr (lines, ==,
                   "note state out\n"
                   "http request out\nhttp response in\neio open in\n"
                   "http request out\neio message out\nsio CONNECT out\nhttp response in\n"
                   "upgrade request out\nupgrade response in\n"
                   "ws text out\neio ping out\nws text in\neio pong in\nws text out\neio upgrade out\n"
                   "ws text out\neio message out\nsio EVENT out\nws text in\neio message in\nsio ACK in\n"
                   "ws text in\neio message in\nsio BINARY_EVENT in\nws binary in\neio message in\n");
  event = sky_export_json_line (store, 18);
  g_assert_nonnull (strstr (event, "\"args\":[\"h\303\251\",1.50]"));
  g_assert_nonnull (strstr (event, "2026-11-21T14:03:21.200000Z"));
  g_assert_cmpuint (sky_store_get_n_links (store), ==, 3);
}

#define UPGRADED "\"headers\":[{\"name\":\"Upgrade\",\"value\":\"websocket\"},{\"name\":\"Connection\",\"value\":\"Upgrade\"}]"
#define AT_ONCE                                                                                                        \
  "{\"_webSocketMessages\":[{\"type\":\"send\",\"time\":1767225600,\"opcode\":1,\"data\":\"x\"}],\"startedDateTime\":"      \
  "\"2026-01-01T00:00:00Z\",\"time\":0,\"response\":{\"status\":101," UPGRADED "},\"request\":{\"method\":\"GET\","        \
  "\"url\":\"ws://a/b\"," UPGRADED "}}"

/* All at one time, and told from behind: each connection begins with its handshake all the same. */
static void
test_at_once (void)
{
  static const char text[] = "{\"log\":{\"entries\":[" AT_ONCE "," AT_ONCE "," AT_ONCE "]}}";
  g_autoptr(SkyStore) store = load (text, sizeof text - 1, NULL);
  g_autofree char *lines = list (store);

  g_assert_cmpstr (lines, ==,
                   "note state out\n"
                   "upgrade request out fault\nupgrade response in fault\nws text out\n"
                   "upgrade request out fault\nupgrade response in fault\nws text out\n"
                   "upgrade request out fault\nupgrade response in fault\nws text out\n");
}

/* What Chromium saved of a page, beside which the servers' own captures were laid: the same but for the close frames. */
static void
test_devtools (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "archives", "devtools.har", NULL);
  g_autoptr(GString) talk = g_string_new (NULL);
  g_autoptr(SkyStore) store = NULL;
  g_autofree char *text = NULL, *line = NULL;
  guint n_handshakes = 0, n_frames = 0, n_octets = 0;
  gint64 last_usec = 0;
  gsize len;

  g_assert_true (g_file_get_contents (path, &text, &len, NULL));
  store = load (text, len, NULL);
  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    {
      const SkyRecord *r = sky_store_get_record (store, n);

      g_assert_cmpuint (r->faults, ==, 0); /* also not of the key and its answer */
      g_assert_cmpint (r->time_usec, >=, last_usec);
      last_usec = r->time_usec;
      n_handshakes += r->layer == SKY_LAYER_UPGRADE;
      n_frames += r->layer == SKY_LAYER_WS;
      n_octets += r->layer == SKY_LAYER_WS && r->kind == SKY_KIND_BINARY;
      if (r->layer == SKY_LAYER_SIO)
        g_string_append_printf (talk, "%s %s\n", sky_kind_id (r->kind), sky_store_get_dir_id (store, r));
    }
  g_assert_cmpuint (n_handshakes, ==, 6);
  g_assert_cmpuint (n_frames, ==, 41);
  g_assert_cmpuint (n_octets, ==, 17);
  g_assert_cmpstr (talk->str, ==,
                   "CONNECT out\nCONNECT in\nEVENT out\nACK in\nEVENT out\nBINARY_EVENT out\nEVENT in\nBINARY_ACK in\n"
                   "BINARY_EVENT out\nBINARY_EVENT in\n"                     /* polling, then the upgrade */
                   "CONNECT out\nCONNECT in\nEVENT out\nACK in\nDISCONNECT out\n"    /* MessagePack */
                   "CONNECT out\nCONNECT in\nEVENT out\nACK in\nDISCONNECT out\n"); /* … as polling */
  line = sky_export_json_line (store, 25);
  g_assert_nonnull (strstr (line, "\"args\":[\"room-42\"]"));
  g_assert_nonnull (strstr (line, "2026-11-22T02:15:18.694650Z"));
}

/* STOMP ends each of its frames with U+0000: it is there, and so is what follows. */
static void
test_nul (void)
{
  static const char text[]
      = "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"ws://a/b\",\"headers\":["
        "{\"name\":\"Upgrade\",\"value\":\"websocket\"},{\"name\":\"Connection\",\"value\":\"Upgrade\"}]},"
        "\"response\":{\"status\":101,\"headers\":[{\"name\":\"Upgrade\",\"value\":\"websocket\"},"
        "{\"name\":\"Connection\",\"value\":\"Upgrade\"}]},\"_webSocketMessages\":"
        "[{\"type\":\"send\",\"opcode\":1,\"data\":\"CONNECT\\n\\n\\u0000\\n\"}]}]}}";
  g_autoptr(SkyStore) store = load (text, sizeof text - 1, NULL);
  guint32 n = sky_store_get_n_records (store);
  g_autofree char *line = sky_export_json_line (store, n - 1);

  g_assert_nonnull (strstr (line, "\"size\":17,")); /* a header of 6 bytes, and 11 */
}

/* A file that is cut off is refused, with a place, wherever it was cut. */
static void
test_cuts (void)
{
  for (gsize len = 0; len < archive_len - 1; len++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SkyStore) store = load (archive, len, &error);

      g_assert_null (store);
      g_assert_nonnull (error);
      g_assert_true (g_str_has_prefix (error->message, "test.har is no HTTP archive"));
    }
}

typedef struct
{
  const char *name, *text;
  const char *error;     /* nullable: what is said instead */
  const char *lines;     /* nullable */
} Vector;

#define ENTRY(MORE) "{\"log\":{\"entries\":[{\"startedDateTime\":\"2026-11-21T14:03:21Z\",\"time\":3," MORE "}]}}"
#define REQUEST(URL) "\"request\":{\"method\":\"GET\",\"url\":\"" URL "\",\"headers\":[]}"

static const Vector vectors[] = {
  { "list", "[]", .error = "no list" },
  { "empty", "{}", .error = "no list" },
  { "entries-not-a-list", "{\"log\":{\"entries\":{}}}", .error = "no list" },
  { "no-entries", "{\"log\":{\"entries\":[]}}", .error = "no WebSocket" },
  { "only-pages", ENTRY (REQUEST ("http://a/b")), .error = "only 1 other request" },
  { "entries-of-anything", "{\"log\":{\"entries\":[1,null,[],{},{\"request\":7}]}}", .error = "only 5 other requests" },
  { "messages-without-address", ENTRY ("\"_webSocketMessages\":[{\"type\":\"send\",\"data\":\"x\"}]"), .error = "1 other" },
  { "refused", ENTRY (REQUEST ("ws://a/b") ",\"response\":{\"status\":403,\"statusText\":\"No\"},\"_webSocketMessages\":[]"),
    .lines = "note state out\nhttp request out\nhttp response in\n" },
  { "no-answer", ENTRY (REQUEST ("http://a/socket.io/?EIO=4&transport=polling") ",\"response\":{\"status\":0}"),
    .lines = "note state out\nhttp request out\n" },
  { "pseudo-headers", ENTRY ("\"request\":{\"method\":\"GET\",\"url\":\"https://a:8/socket.io/?EIO=4&transport=polling\","
                             "\"headers\":[{\"name\":\":path\",\"value\":\"/\"},{\"name\":\"x\",\"value\":\"a\\r\\nb: c\"},{\"name\":\"y\"}]}"),
    .lines = "note state out\nhttp request out\n" },
  { "method-that-splits", ENTRY ("\"request\":{\"method\":\"GET / HTTP/1.1\\r\\n\",\"url\":\"http://a/?EIO=4&transport=polling\"}"),
    .lines = "" },
};

static void
test_vector (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyStore) store = load (v->text, strlen (v->text), &error);
  g_autofree char *lines = NULL;

  if (v->error != NULL)
    {
      g_assert_null (store);
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, v->error));
      return;
    }
  g_assert_no_error (error);
  lines = list (store);
  g_assert_cmpstr (lines, ==, v->lines);
}

/* By its first bytes a file is known, whatever its name is. */
static void
test_file (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "archives", "chat.har", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFile) none = g_file_new_for_path ("/nowhere/at.har");
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_true (sky_capture_load_all (file, store, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sky_store_get_n_records (store), ==, 27);
  g_assert_false (sky_capture_load_all (none, store, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;

  g_test_init (&argc, &argv, NULL);
  path = g_test_build_filename (G_TEST_DIST, "archives", "chat.har", NULL);
  g_assert_true (g_file_get_contents (path, &archive, &archive_len, NULL));
  g_test_add_func ("/har-load/chat", test_chat);
  g_test_add_func ("/har-load/devtools", test_devtools);
  g_test_add_func ("/har-load/nul", test_nul);
  g_test_add_func ("/har-load/at-once", test_at_once);
  g_test_add_func ("/har-load/cuts", test_cuts);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *name = g_strconcat ("/har-load/", vectors[i].name, NULL);

      g_test_add_data_func (name, &vectors[i], test_vector);
    }
  g_test_add_func ("/har-load/file", test_file);
  return g_test_run ();
}

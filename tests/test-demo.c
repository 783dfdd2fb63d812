#include "peer/capture/capture.h"
#include "peer/demo.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
turn_until (gboolean (*done) (gpointer data), gpointer data)
{
  gint64 end_usec = g_get_monotonic_time () + DEADLINE_USEC;
  guint tick = g_timeout_add (20, on_tick, NULL);

  while (!done (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_usec);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

/* How many records of @layer and @kind have @text in what they carry. */
static guint
count (SkyPeer *peer, SkyLayer layer, SkyKind kind, const char *text)
{
  SkyStore *store = sky_peer_get_store (peer);
  guint n = 0;

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    {
      const SkyRecord *record = sky_store_get_record (store, i);
      g_autoptr(GBytes) wire = NULL;

      if (record->layer != layer || record->kind != kind)
        continue;
      wire = sky_store_get_wire (store, i, G_MAXSIZE);
      n += text == NULL
           || g_strstr_len (g_bytes_get_data (wire, NULL), (gssize) g_bytes_get_size (wire), text)
                  != NULL;
    }
  return n;
}

static guint32
all_faults (SkyPeer *peer)
{
  SkyStore *store = sky_peer_get_store (peer);
  guint32 faults = 0;

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    faults |= sky_store_get_record (store, i)->faults;
  return faults;
}

static gboolean
has_chatted (gpointer data)
{
  SkyPeer *bob = SKY_PEER (sky_demo_get_client (data, 1)),
          *echo = SKY_PEER (sky_demo_get_client (data, 2));

  return count (bob, SKY_LAYER_SIO, SKY_KIND_EVENT, "anybody in here") > 0
         && count (echo, SKY_LAYER_WS, SKY_KIND_TEXT, NULL) >= 2;
}

static gboolean
is_left (gpointer data)
{
  return sky_host_get_n_clients (sky_demo_get_host (data)) == 2;
}

/* The demo as the window plays it. */
static SkyDemo *
begin (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "rules", "demo.json", NULL);
  g_autofree char *rules = NULL;
  SkyDemo *demo;

  g_assert_true (g_file_get_contents (path, &rules, NULL, NULL));
  demo = sky_demo_new (rules);
  g_assert_nonnull (sky_host_get_rules (sky_demo_get_host (demo)));
  return demo;
}

static void
test_chat (void)
{
  g_autoptr(SkyDemo) demo = begin ();
  SkyHost *host = sky_demo_get_host (demo);
  g_autofree char *json = NULL;

  turn_until (has_chatted, demo);
  g_assert_cmpstr (sky_peer_get_title (SKY_PEER (sky_demo_get_client (demo, 0))), ==, "alice");
  g_assert_cmpstr (sky_peer_get_title (SKY_PEER (sky_demo_get_client (demo, 1))), ==, "bob");
  g_assert_cmpstr (sky_peer_get_title (SKY_PEER (sky_demo_get_client (demo, 2))), ==, "echo");
  g_assert_null (sky_demo_get_client (demo, 3));
  g_assert_cmpuint (sky_host_get_n_clients (host), ==, 3);
  json = sky_host_get_rooms_json (host);
  g_assert_nonnull (strstr (json, "\"/chat\""));
  g_assert_nonnull (strstr (json, "\"room-42\":[\""));
  g_assert_cmpuint (count (SKY_PEER (host), SKY_LAYER_NOTE, SKY_KIND_JOIN, NULL), ==, 4);
  g_assert_cmphex (all_faults (SKY_PEER (host)), ==, 0);
  for (guint i = 0; i < 3; i++)
    g_assert_cmphex (all_faults (SKY_PEER (sky_demo_get_client (demo, i))), ==, 0);

  sky_peer_stop (SKY_PEER (sky_demo_get_client (demo, 1)));
  turn_until (is_left, demo);
  g_assert_cmpuint (count (SKY_PEER (host), SKY_LAYER_NOTE, SKY_KIND_LEAVE, NULL), ==, 2);
}

static gboolean
is_over (gpointer data)
{
  return sky_peer_get_state (data) == SKY_PEER_OPEN || sky_peer_get_state (data) == SKY_PEER_FAILED;
}

/* What a host saw, saved and opened again. */
static void
test_capture (void)
{
  g_autoptr(SkyDemo) demo = sky_demo_new (NULL);
  SkyPeer *host = SKY_PEER (sky_demo_get_host (demo));
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "sockeye-test-demo.pcapng", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(SkyCapture) capture = sky_capture_new (file);
  g_autoptr(GError) error = NULL;

  turn_until (has_chatted, demo);
  sky_store_save_copy (sky_peer_get_store (host), file, &error);
  g_assert_no_error (error);
  sky_peer_start (SKY_PEER (capture));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (capture)), ==, SKY_PEER_WORKING);
  turn_until (is_over, capture);
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (capture)), ==, SKY_PEER_OPEN);
  g_assert_cmpstr (sky_peer_get_title (SKY_PEER (capture)), ==, "sockeye-test-demo.pcapng");
  g_assert_cmpuint (count (SKY_PEER (capture), SKY_LAYER_SIO, SKY_KIND_EVENT, "anybody in here"),
                    ==, 2);
  g_assert_cmpuint (count (SKY_PEER (capture), SKY_LAYER_NOTE, SKY_KIND_JOIN, NULL), ==, 4);
  g_assert_true (g_str_has_suffix (sky_peer_get_subtitle (SKY_PEER (capture)), " records"));
  g_unlink (path);
}

static void
test_no_capture (void)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "sockeye-test-no-capture.txt", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(SkyCapture) wrong = sky_capture_new (file), missing = NULL;

  g_assert_true (g_file_set_contents (path, "this is no capture at all", -1, NULL));
  sky_peer_start (SKY_PEER (wrong));
  turn_until (is_over, wrong);
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (wrong)), ==, SKY_PEER_FAILED);
  g_test_message ("%s %s", sky_peer_get_problem (SKY_PEER (wrong)),
                  sky_peer_get_advice (SKY_PEER (wrong)));
  g_unlink (path);
  missing = sky_capture_new (file);
  sky_peer_start (SKY_PEER (missing));
  turn_until (is_over, missing);
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (missing)), ==, SKY_PEER_FAILED);
  g_test_message ("%s", sky_peer_get_problem (SKY_PEER (missing)));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/chat", test_chat);
  g_test_add_func ("/capture/round", test_capture);
  g_test_add_func ("/capture/none", test_no_capture);
  status = g_test_run ();
  while (g_main_context_iteration (NULL, FALSE)) /* what was freed still closes its connections */
    ;
  return status;
}

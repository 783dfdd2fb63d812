#include "peer/capture/capture.h"

#include <glib/gstdio.h>

#include "trace-talk.h"
#include "trace/pcapng.h"

#define N_EVENTS 40000

static char *path;

/* A file that is read in more than one slice. */
static void
make_file (void)
{
  SkyStore *store = sky_store_new (path, NULL);
  SkyFeed *feed = talk_chat (store);

  for (guint i = 0; i < N_EVENTS; i++)
    talk_text (feed, SKY_FROM_SERVER, 30 + i, "42/chat,[\"tick\",\"one of very many, each with its number\",{\"n\":1.50}]");
  sky_feed_free (feed);
  g_object_unref (store);
}

static guint32
n_records (SkyCapture *capture)
{
  return sky_store_get_n_records (sky_peer_get_store (SKY_PEER (capture)));
}

static SkyPeerState
state (SkyCapture *capture)
{
  return sky_peer_get_state (SKY_PEER (capture));
}

/* Turns the main loop until there are more than @n records, or loading is over. */
static void
turn (SkyCapture *capture, guint32 n)
{
  while (state (capture) == SKY_PEER_WORKING && n_records (capture) <= n)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_slices (void)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(SkyCapture) capture = sky_capture_new (file);
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  guint32 before;

  g_assert_true (sky_pcapng_load (file, store, NULL, NULL));
  sky_peer_start (SKY_PEER (capture));
  sky_peer_start (SKY_PEER (capture));
  g_assert_cmpint (state (capture), ==, SKY_PEER_WORKING);
  turn (capture, 0);
  g_assert_cmpint (state (capture), ==, SKY_PEER_WORKING);
  g_assert_cmpuint (n_records (capture), <, sky_store_get_n_records (store));
  g_assert_nonnull (strstr (sky_peer_get_subtitle (SKY_PEER (capture)), "%"));

  /* What is stopped reads nothing more, and goes on from there. */
  sky_peer_stop (SKY_PEER (capture));
  g_assert_cmpint (state (capture), ==, SKY_PEER_CLOSED);
  before = n_records (capture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n_records (capture), ==, before);
  sky_peer_start (SKY_PEER (capture));
  turn (capture, G_MAXUINT32 - 1);
  g_assert_cmpint (state (capture), ==, SKY_PEER_OPEN);
  g_assert_cmpuint (n_records (capture), ==, sky_store_get_n_records (store));
  g_assert_true (g_str_has_suffix (sky_peer_get_subtitle (SKY_PEER (capture)), " records"));
  sky_peer_stop (SKY_PEER (capture));
  sky_peer_start (SKY_PEER (capture));
  g_assert_cmpint (state (capture), ==, SKY_PEER_OPEN);
}

static void
test_dropped (void)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  SkyCapture *capture = sky_capture_new (file);

  sky_peer_start (SKY_PEER (capture));
  turn (capture, 0);
  g_object_unref (capture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Cut anywhere after a whole packet: what is there is shown, and that it was cut. */
static void
test_cut (void)
{
  g_autofree char *cut = g_strconcat (path, ".cut", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (cut);
  g_autoptr(SkyCapture) capture = sky_capture_new (file);
  g_autofree char *data = NULL;
  SkyStore *store = sky_peer_get_store (SKY_PEER (capture));
  guint32 n;
  gsize len;

  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  g_assert_true (g_file_set_contents (cut, data, (gssize) (len / 2 | 1), NULL));
  sky_peer_start (SKY_PEER (capture));
  turn (capture, G_MAXUINT32 - 1);
  g_assert_cmpint (state (capture), ==, SKY_PEER_OPEN);
  g_assert_cmpuint (n_records (capture), >, N_EVENTS / 2);
  n = talk_find (store, n_records (capture) - 4, SKY_LAYER_NOTE, SKY_KIND_ERROR);
  g_assert_cmpuint (n, !=, SKY_RECORD_NONE);
  g_unlink (cut);
}

int
main (int argc, char **argv)
{
  g_autofree char *dir = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("sky-capture-XXXXXX", NULL);
  path = g_build_filename (dir, "a.pcapng", NULL);
  make_file ();
  g_test_add_func ("/capture/slices", test_slices);
  g_test_add_func ("/capture/dropped", test_dropped);
  g_test_add_func ("/capture/cut", test_cut);
  status = g_test_run ();
  g_unlink (path);
  g_rmdir (dir);
  g_free (path);
  return status;
}

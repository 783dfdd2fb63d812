#include "trace/handshake.h"

#include "trace-talk.h"

#define NOTE(feed, layer, kind, msec, text) \
  sky_feed_note (feed, layer, kind, SKY_FROM_CLIENT, TALK_TIME + (msec) * 1000, text)

/* A dial with all its steps, then the opening handshake of RFC 6455 §1.3. */
static SkyFeed *
talk_dial (SkyStore *store, const char *name)
{
  SkyFeed *feed = sky_feed_new (store, name, SKY_ROLE_CLIENT);

  NOTE (feed, SKY_LAYER_NOTE, SKY_KIND_STATE, 0, "connecting");
  NOTE (feed, SKY_LAYER_TCP, SKY_KIND_RESOLVE, 2, "a.test is 203.0.113.9");
  NOTE (feed, SKY_LAYER_TCP, SKY_KIND_CONNECTED, 11, "203.0.113.9:443");
  NOTE (feed, SKY_LAYER_TLS, SKY_KIND_HANDSHAKE, 28, "TLS 1.3");
  talk_bytes (feed, SKY_FROM_CLIENT, 29, TALK_REQUEST, strlen (TALK_REQUEST));
  return feed;
}

typedef struct
{
  SkyPhaseKind kind;
  gint64       start_msec, len_msec;
} Phase;

static void
check_phases (SkyHandshake *shown, const Phase *phases, guint n_phases)
{
  g_assert_cmpuint (shown->phases->len, ==, n_phases);
  for (guint i = 0; i < n_phases; i++)
    {
      const SkyPhase *phase = g_ptr_array_index (shown->phases, i);

      g_assert_cmpint (phase->kind, ==, phases[i].kind);
      g_assert_cmpint (phase->start_usec, ==, phases[i].start_msec * 1000);
      g_assert_cmpint (phase->len_usec, ==, phases[i].len_msec * 1000);
      g_assert_cmpint (strlen (sky_phase_title (phase->kind)), >, 0);
    }
}

static void
test_phases (void)
{
  static const Phase phases[] = {
    { SKY_PHASE_RESOLVE, 0, 2 }, { SKY_PHASE_CONNECT, 2, 9 },  { SKY_PHASE_TLS, 11, 17 },
    { SKY_PHASE_REQUEST, 28, 1 }, { SKY_PHASE_UPGRADE, 29, 10 },
  };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyHandshakes) handshakes = sky_handshakes_new (store);
  g_autoptr(SkyFeed) feed = talk_dial (store, "a.test");

  g_assert_true (sky_handshakes_catch_up (handshakes));
  g_assert_false (sky_handshakes_catch_up (handshakes));
  for (guint n = 4; n <= 5; n++)
    {
      g_autoptr(SkyHandshake) shown = sky_handshakes_make (handshakes, 0);

      check_phases (shown, phases, n);
      g_assert_cmpuint (shown->request->len, ==, 6);
      g_assert_cmpuint (shown->response->len, ==, n == 4 ? 0 : 4);
      g_assert_cmpint (shown->total_usec, ==, n == 4 ? 29000 : 39000);
      if (n == 4)
        talk_bytes (feed, SKY_FROM_SERVER, 39, TALK_RESPONSE, strlen (TALK_RESPONSE));
      g_assert_cmpint (sky_handshakes_catch_up (handshakes), ==, n == 4);
    }
}

static const SkyHandshakeLine *
find (GPtrArray *lines, const char *title)
{
  for (guint i = 0; i < lines->len; i++)
    if (g_str_equal (((SkyHandshakeLine *) g_ptr_array_index (lines, i))->title, title))
      return g_ptr_array_index (lines, i);
  return NULL;
}

/* The answer's key is checked against the request's, and each knows the other. */
static void
test_lines (void)
{
  g_autoptr(GBytes) request = g_bytes_new_static (TALK_REQUEST, strlen (TALK_REQUEST));
  g_autoptr(GBytes) response = g_bytes_new_static (TALK_RESPONSE, strlen (TALK_RESPONSE));
  g_autoptr(GPtrArray) asked = sky_handshake_annotate (request, FALSE, response);
  g_autoptr(GPtrArray) answered = sky_handshake_annotate (response, TRUE, request);
  const SkyHandshakeLine *key = find (asked, "Sec-WebSocket-Key");
  const SkyHandshakeLine *accept = find (answered, "Sec-WebSocket-Accept");

  g_assert_cmpstr (key->text, ==, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
  g_assert_cmpint (key->verdict, ==, SKY_VERDICT_RIGHT);
  g_assert_cmpint (accept->verdict, ==, SKY_VERDICT_RIGHT);
  g_assert_cmpint (key->pair, ==, SKY_PAIR_KEY);
  g_assert_cmpint (accept->pair, ==, SKY_PAIR_KEY);
  g_assert_cmpint (find (asked, "Host")->pair, ==, SKY_PAIR_NONE);
  g_assert_nonnull (accept->explain);
}

/* A head that is not whole has no lines. Each cut is an exact copy: ASan sees overreads. */
static void
test_cuts (void)
{
  g_autoptr(GBytes) request = g_bytes_new_static (TALK_REQUEST, strlen (TALK_REQUEST));

  for (gsize cut = 0; cut <= strlen (TALK_RESPONSE); cut++)
    {
      g_autoptr(GBytes) part = g_bytes_new_take (g_memdup2 (TALK_RESPONSE, cut), cut);
      g_autoptr(GPtrArray) lines = sky_handshake_annotate (part, TRUE, request);
      g_autoptr(GPtrArray) other = sky_handshake_annotate (request, FALSE, part);

      g_assert_cmpuint (lines->len, ==, cut == strlen (TALK_RESPONSE) ? 4 : 0);
      g_assert_cmpuint (other->len, ==, 6);
    }
}

static void
test_links (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyHandshakes) handshakes = sky_handshakes_new (store);
  g_autoptr(SkyFeed) first = talk_dial (store, "first");
  g_autoptr(SkyFeed) second = NULL;
  g_autoptr(SkyHandshake) shown = NULL;

  g_assert_cmpuint (sky_handshakes_get_newest (handshakes), ==, 0);
  second = sky_feed_new (store, "second", SKY_ROLE_CLIENT);
  NOTE (second, SKY_LAYER_NOTE, SKY_KIND_STATE, 50, "connecting");
  NOTE (second, SKY_LAYER_NOTE, SKY_KIND_ERROR, 60, "Nobody listens there.");
  g_assert_true (sky_handshakes_catch_up (handshakes));
  g_assert_cmpuint (sky_handshakes_get_n (handshakes), ==, 2);
  g_assert_true (sky_handshakes_is_upgrade (handshakes, 0));
  g_assert_false (sky_handshakes_is_upgrade (handshakes, 1));
  g_assert_cmpuint (sky_handshakes_get_newest (handshakes), ==, 0); /* the other wants no upgrade */
  g_assert_cmpuint (sky_handshakes_get_link (handshakes, 1), ==, sky_feed_get_link (second));
  shown = sky_handshakes_make (handshakes, 1);
  g_assert_cmpuint (shown->problems->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (shown->problems, 0), ==, "Nobody listens there.");
  g_assert_cmpuint (shown->request->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/handshake/phases", test_phases);
  g_test_add_func ("/handshake/lines", test_lines);
  g_test_add_func ("/handshake/cuts", test_cuts);
  g_test_add_func ("/handshake/links", test_links);
  return g_test_run ();
}

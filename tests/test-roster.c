#include "peer/roster/roster.h"

#include <string.h>
#include <time.h>

#include "peer/roster/roster-series.h"

#define SEC ((gint64) G_USEC_PER_SEC)

/* Orders to a roster, and what it is like then; each order is said at the second of its place. */
typedef struct
{
  const char *name, *orders, *expected;
} Story;

/* "+id" connects, "-id" disconnects, "room+id" joins, "room-id" leaves; all in "/", or in "/x" after "/x:". */
static const Story stories[] = {
  { "connect", "+ann +bob", "/ [ann bob] (ann: ann) (bob: bob)" },
  { "connect-twice", "+ann +ann", "/ [ann] (ann: ann)" },
  { "join", "+ann tea+ann", "/ [ann] tea: ann (ann: ann)" },
  { "join-twice", "+ann tea+ann tea+ann", "/ [ann] tea: ann (ann: ann)" },
  { "join-unknown", "tea+ann", "" },
  { "rooms-in-order", "+ann tea+ann art+ann +bob tea+bob", "/ [ann bob] art: ann tea: ann bob (ann: ann) (bob: bob)" },
  { "rooms-by-number", "+ann r10+ann r2+ann r02+ann r+ann r2x+ann r1+ann s+ann",
    "/ [ann] r: ann r1: ann r02: ann r2: ann r2x: ann r10: ann s: ann (ann: ann)" },
  { "leave", "+ann +bob tea+bob tea+ann tea-bob", "/ [ann bob] tea: ann (ann: ann) (bob: bob)" },
  { "leave-last", "+ann tea+ann tea-ann", "/ [ann] (ann: ann)" },
  { "leave-never-joined", "+ann +bob tea+bob tea-ann art-ann", "/ [ann bob] tea: bob (ann: ann) (bob: bob)" },
  { "leave-own", "+ann ann-ann", "/ [ann]" },
  { "own-again", "+ann ann-ann ann+ann", "/ [ann] (ann: ann)" },
  { "disconnect", "+ann +bob tea+ann tea+bob -ann", "/ [bob] tea: bob (bob: bob)" },
  { "all-gone", "+ann tea+ann -ann -ann", "/ []" },
  { "come-back", "+ann tea+ann -ann +ann", "/ [ann] (ann: ann)" },
  { "guest", "+ann +bob ann+bob", "/ [ann bob] (ann: ann bob) (bob: bob)" },
  { "guest-stays", "+ann +bob ann+bob -ann", "/ [bob] ann: bob (bob: bob)" },
  { "host-comes", "+bob ann+bob +ann", "/ [bob ann] (ann: bob ann) (bob: bob)" },
  { "namespaces", "/b:+bob /a:+ann /a:tea+ann tea+bob", "/a [ann] tea: ann (ann: ann) /b [bob] (bob: bob)" },
};

static void
describe_rooms (SkyRoster *roster, const char *nsp, gboolean private, GString *out)
{
  SkyRosterSocket socket;
  const char *room;

  for (guint i = 0; (room = sky_roster_get_room (roster, nsp, i, private)) != NULL; i++)
    {
      g_string_append_printf (out, " %s%s:", private ? "(" : "", room);
      for (guint n = 0; sky_roster_get_socket (roster, nsp, room, n, &socket); n++)
        g_string_append_printf (out, " %s", socket.id);
      g_string_append (out, private ? ")" : "");
    }
}

static char *
describe (SkyRoster *roster)
{
  GString *out = g_string_new (NULL);
  SkyRosterSocket socket;
  const char *nsp;

  for (guint i = 0; (nsp = sky_roster_get_namespace (roster, i)) != NULL; i++)
    {
      g_string_append_printf (out, "%s%s [", i > 0 ? " " : "", nsp);
      for (guint n = 0; sky_roster_get_socket (roster, nsp, NULL, n, &socket); n++)
        g_string_append_printf (out, "%s%s", n > 0 ? " " : "", socket.id);
      g_string_append_c (out, ']');
      describe_rooms (roster, nsp, FALSE, out);
      describe_rooms (roster, nsp, TRUE, out);
    }
  return g_string_free (out, FALSE);
}

static void
obey (SkyRoster *roster, const char *order, gint64 time)
{
  const char *colon = strchr (order, ':');
  g_autofree char *nsp = colon != NULL ? g_strndup (order, (gsize) (colon - order)) : g_strdup ("/");
  const char *rest = colon != NULL ? colon + 1 : order;
  gsize len = strcspn (rest, "+-");
  g_autofree char *room = g_strndup (rest, len);
  const char *id = rest + len + 1;

  if (rest[len] == '+' && len == 0)
    sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = nsp, .id = id }, time);
  else if (rest[len] == '+')
    sky_roster_join (roster, nsp, room, id, "by hand", time);
  else if (len == 0)
    sky_roster_disconnect (roster, nsp, id, "transport close", time);
  else
    sky_roster_leave (roster, nsp, room, id, "by hand", time);
}

static SkyRoster *
tell (const char *orders)
{
  SkyRoster *roster = sky_roster_new ();
  g_auto(GStrv) each = g_strsplit (orders, " ", -1);

  for (guint i = 0; each[i] != NULL; i++)
    obey (roster, each[i], (i + 1) * SEC);
  return roster;
}

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  g_autoptr(SkyRoster) roster = tell (story->orders);
  g_autofree char *found = describe (roster);

  g_assert_cmpstr (found, ==, story->expected);
}

/* Who receives: the sender's "except" may be a room as well as a socket. */
static const struct
{
  const char *to, *except, *expected;
} previews[] = {
  { NULL, NULL, "ann bob cat dan" },
  { NULL, "bob", "ann cat dan" },
  { NULL, "tea", "cat dan" },
  { NULL, "nobody", "ann bob cat dan" },
  { "tea", NULL, "ann bob" },
  { "tea", "ann", "bob" },
  { "tea", "art", "ann" },
  { "tea", "tea", "" },
  { "cat", NULL, "cat" },
  { "cat", "cat", "" },
  { "nobody", NULL, "" },
  { "dan", NULL, "" }, /* who left the room of its own id cannot be reached alone */
};

static char *
join_preview (SkyRoster *roster, const char *nsp, const char *to, const char *except)
{
  g_autoptr(GPtrArray) ids = sky_roster_preview (roster, nsp, to, except);

  g_ptr_array_add (ids, NULL);
  return g_strjoinv (" ", (char **) ids->pdata);
}

static void
test_preview (void)
{
  g_autoptr(SkyRoster) roster = tell ("+ann +bob +cat +dan tea+ann tea+bob art+bob art+cat dan-dan");
  g_autofree char *elsewhere = join_preview (roster, "/x", NULL, NULL);
  g_autoptr(GPtrArray) kept = sky_roster_preview (roster, "/", "tea", NULL);

  g_assert_cmpstr (elsewhere, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (previews); i++)
    {
      g_autofree char *found = join_preview (roster, "/", previews[i].to, previews[i].except);

      g_assert_cmpstr (found, ==, previews[i].expected);
    }
  sky_roster_clear (roster);
  g_assert_cmpstr (g_ptr_array_index (kept, 1), ==, "bob");
}

static void
test_details (void)
{
  g_autoptr(SkyRoster) roster = sky_roster_new ();
  SkyRosterSocket found;

  sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = "/", .id = "a", .label = "ann", .transport = "polling",
                                                   .data = "{}", .revision = 4 }, 5 * SEC);
  g_assert_true (sky_roster_find_socket (roster, "/", "a", &found));
  g_assert_cmpint (found.since_usec, ==, 5 * SEC);
  sky_roster_count (roster, "/", NULL, "a", TRUE, 6 * SEC);
  sky_roster_count (roster, "/", NULL, "a", FALSE, 6 * SEC);
  sky_roster_count (roster, "/", NULL, "a", FALSE, 6 * SEC);
  g_assert_true (sky_roster_find_socket (roster, "/", "a", &found));
  found.transport = "websocket";
  found.data = NULL;
  found.n_in = 77;
  found.latency_usec = 1500;
  sky_roster_update (roster, &found);
  g_assert_true (sky_roster_get_socket (roster, "/", NULL, 0, &found));
  g_assert_cmpstr (found.label, ==, "ann");
  g_assert_cmpstr (found.transport, ==, "websocket");
  g_assert_null (found.data);
  g_assert_cmpuint (found.n_in, ==, 1);
  g_assert_cmpuint (found.n_out, ==, 2);
  g_assert_cmpuint (found.revision, ==, 4);
  g_assert_cmpint (found.latency_usec, ==, 1500);
  g_assert_false (sky_roster_find_socket (roster, "/", "b", &found));
  g_assert_false (sky_roster_get_socket (roster, "/", NULL, 1, &found));
  g_assert_false (sky_roster_get_socket (roster, "/x", NULL, 0, &found));
  sky_roster_update (roster, &(SkyRosterSocket) { .nsp = "/", .id = "b" });
  g_assert_cmpuint (sky_roster_get_n_sockets (roster, "/", NULL), ==, 1);
}

static void
test_rooms_of (void)
{
  g_autoptr(SkyRoster) roster = tell ("+ann +bob tea+ann art+ann bob+ann");
  g_autoptr(GPtrArray) rooms = sky_roster_get_rooms_of (roster, "/", "ann");
  g_autoptr(GPtrArray) none = sky_roster_get_rooms_of (roster, "/", "eve");

  g_assert_cmpuint (rooms->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (rooms, 0), ==, "art");
  g_assert_cmpstr (g_ptr_array_index (rooms, 1), ==, "bob");
  g_assert_cmpstr (g_ptr_array_index (rooms, 2), ==, "tea");
  g_assert_cmpuint (none->len, ==, 0);
}

/* The order of the rooms that a disconnected socket leaves does not matter: here it has one. */
static void
test_deeds (void)
{
  static const struct
  {
    SkyRosterWhat what;
    const char   *room, *socket, *why;
  } expected[] = {
    { SKY_ROSTER_CONNECTED, NULL, "ann", NULL },
    { SKY_ROSTER_JOINED, "tea", "ann", "by hand" },
    { SKY_ROSTER_DISCONNECTED, NULL, "ann", "transport close" },
    { SKY_ROSTER_LEFT, "tea", "ann", "disconnected: transport close" },
    { SKY_ROSTER_CONNECTED, NULL, "bob", NULL },
    { SKY_ROSTER_JOINED, "art", "bob", "by hand" },
    { SKY_ROSTER_LEFT, "art", "bob", "by hand" },
    { SKY_ROSTER_BROADCAST, "tea", "bob", "rule “say”" },
  };
  g_autoptr(SkyRoster) roster = tell ("+ann tea+ann -ann +bob art+bob art-bob");
  SkyRosterDeed deed;

  sky_roster_broadcast (roster, "/", "tea", "bob", 3, "rule “say”", 9 * SEC);
  g_assert_cmpuint (sky_roster_get_n_deeds (roster), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (sky_roster_get_deed (roster, i, &deed));
      g_assert_cmpint (deed.what, ==, expected[i].what);
      g_assert_cmpstr (deed.nsp, ==, "/");
      g_assert_cmpstr (deed.room, ==, expected[i].room);
      g_assert_cmpstr (deed.socket, ==, expected[i].socket);
      g_assert_cmpstr (deed.why, ==, expected[i].why);
    }
  g_assert_cmpuint (deed.n_receivers, ==, 3);
  g_assert_cmpint (deed.time_usec, ==, 9 * SEC);
  g_assert_false (sky_roster_get_deed (roster, G_N_ELEMENTS (expected), &deed));
}

/* One deed, whichever of its rooms somebody looks at. */
static void
test_deed_of_rooms (void)
{
  g_autoptr(SkyRoster) roster = tell ("+ann tea+ann art+ann");
  guint n_deeds = sky_roster_get_n_deeds (roster);
  SkyRosterDeed deed;

  sky_roster_broadcast_many (roster, "/", (const char *[]) { "tea", "art", "gym", NULL }, NULL, 1, "by hand", 9 * SEC);
  sky_roster_broadcast_many (roster, "/", (const char *[]) { "tea", NULL }, NULL, 1, NULL, 9 * SEC);
  sky_roster_broadcast_many (roster, "/", NULL, NULL, 1, NULL, 9 * SEC);
  sky_roster_broadcast_many (roster, "/nowhere", (const char *[]) { "tea", "art", NULL }, NULL, 1, NULL, 9 * SEC);
  g_assert_cmpuint (sky_roster_get_n_deeds (roster), ==, n_deeds + 3);
  g_assert_true (sky_roster_get_deed (roster, n_deeds, &deed));
  g_assert_cmpstr (deed.room, ==, "tea");
  g_assert_cmpuint (g_strv_length ((char **) deed.also), ==, 2);
  g_assert_cmpstr (deed.also[1], ==, "gym");
  g_assert_true (sky_roster_get_deed (roster, n_deeds + 1, &deed));
  g_assert_null (deed.also);
  g_assert_true (sky_roster_get_deed (roster, n_deeds + 2, &deed));
  g_assert_null (deed.room);
}

static void
on_ask_changed (SkyRosterAsk *ask, guint *n_changes)
{
  (*n_changes)++;
}

static void
expect_reply (SkyRosterAsk *ask, guint index, SkyRosterReplyState state, const char *args)
{
  SkyRosterReply reply;

  g_assert_true (sky_roster_ask_get_reply (ask, index, &reply));
  g_assert_cmpint (reply.state, ==, state);
  g_assert_cmpstr (reply.args, ==, args);
}

/* Who answers, who goes, who answers twice, and who never does. */
static void
test_ask (void)
{
  g_autoptr(SkyRosterAsk) ask = sky_roster_ask_new ("/", 30), none = sky_roster_ask_new ("/", 30);
  guint n_changes = 0;

  g_signal_connect (ask, "changed", G_CALLBACK (on_ask_changed), &n_changes);
  sky_roster_ask_add (ask, "ann");
  sky_roster_ask_add (ask, "bob");
  sky_roster_ask_add (ask, "eve");
  sky_roster_ask_begin (ask);
  sky_roster_ask_answer (ask, "bob", "1,[2]");
  sky_roster_ask_answer (ask, "bob", "3");
  sky_roster_ask_lose (ask, "eve");
  sky_roster_ask_lose (ask, "nobody");
  g_assert_cmpuint (n_changes, ==, 2);
  g_assert_false (sky_roster_ask_is_over (ask));
  while (!sky_roster_ask_is_over (ask))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_changes, ==, 3);
  sky_roster_ask_answer (ask, "ann", "late");
  expect_reply (ask, 0, SKY_ROSTER_REPLY_LATE, NULL);
  expect_reply (ask, 1, SKY_ROSTER_REPLY_CAME, "1,[2]");
  expect_reply (ask, 2, SKY_ROSTER_REPLY_GONE, NULL);
  g_assert_cmpuint (sky_roster_ask_count (ask, SKY_ROSTER_REPLY_CAME), ==, 1);
  g_assert_cmpuint (sky_roster_ask_get_n_replies (ask), ==, 3);
  sky_roster_ask_begin (none);
  g_assert_true (sky_roster_ask_is_over (none));
}

static void
test_deeds_bound (void)
{
  g_autoptr(SkyRoster) roster = tell ("+ann");
  SkyRosterDeed deed;

  for (guint i = 0; i < 12500; i++)
    sky_roster_broadcast (roster, "/", NULL, NULL, i, NULL, i);
  g_assert_cmpuint (sky_roster_get_n_deeds (roster), ==, 10000);
  g_assert_cmpuint (sky_roster_get_n_lost_deeds (roster), ==, 2501);
  g_assert_true (sky_roster_get_deed (roster, 0, &deed));
  g_assert_cmpuint (deed.n_receivers, ==, 2500);
  g_assert_true (sky_roster_get_deed (roster, 9999, &deed));
  g_assert_cmpuint (deed.n_receivers, ==, 12499);
  sky_roster_clear (roster);
  g_assert_cmpuint (sky_roster_get_n_deeds (roster), ==, 0);
  g_assert_cmpuint (sky_roster_get_n_lost_deeds (roster), ==, 12501);
  sky_roster_set_quiet (roster, TRUE);
  obey (roster, "+ann", 1);
  sky_roster_set_quiet (roster, FALSE);
  obey (roster, "-ann", 2);
  g_assert_cmpuint (sky_roster_get_n_deeds (roster), ==, 1);
  g_assert_true (sky_roster_get_deed (roster, 0, &deed));
  g_assert_cmpint (deed.what, ==, SKY_ROSTER_DISCONNECTED);
}

static void
test_past (void)
{
  g_autoptr(SkyRoster) roster = tell ("+ann +bob tea+ann tea+bob tea-ann -ann"); /* seconds 1 to 6 */
  static const guint sockets[] = { 0, 1, 2, 2, 2, 2, 1, 1 }, tea[] = { 0, 0, 0, 1, 2, 1, 1, 1 };
  g_autoptr(GArray) all = sky_roster_get_history (roster, "/", NULL, 0, 7 * SEC, 8);
  g_autoptr(GArray) room = sky_roster_get_history (roster, "/", "tea", 0, 7 * SEC, 8);
  g_autoptr(GArray) none = sky_roster_get_history (roster, "/", "art", 0, 7 * SEC, 3);
  g_autoptr(GArray) last = sky_roster_get_history (roster, "/", NULL, 0, 7 * SEC, 1);
  g_autoptr(GArray) own = sky_roster_get_history (roster, "/", "bob", 1 * SEC, 2 * SEC, 2);

  g_assert_cmpmem (all->data, all->len * sizeof (guint), sockets, sizeof sockets);
  g_assert_cmpmem (room->data, room->len * sizeof (guint), tea, sizeof tea);
  g_assert_cmpuint (none->len, ==, 3);
  g_assert_cmpuint (g_array_index (none, guint, 2), ==, 0);
  g_assert_cmpuint (g_array_index (last, guint, 0), ==, 1);
  g_assert_cmpuint (g_array_index (own, guint, 0), ==, 0);
  g_assert_cmpuint (g_array_index (own, guint, 1), ==, 1);
  g_assert_cmpuint (sky_roster_get_peak (roster, "/", NULL), ==, 2);
  g_assert_cmpuint (sky_roster_get_peak (roster, "/", "tea"), ==, 2);
  g_assert_cmpuint (sky_roster_get_peak (roster, "/", "art"), ==, 0);
  g_assert_cmpint (sky_roster_get_created (roster, "/", NULL), ==, 1 * SEC);
  g_assert_cmpint (sky_roster_get_created (roster, "/", "tea"), ==, 3 * SEC);
  g_assert_cmpint (sky_roster_get_created (roster, "/", "bob"), ==, 2 * SEC);
}

/* However much happens, the past has few steps, and each is right but for its grain. */
static void
test_history_bound (void)
{
  SkyRosterHistory history = { 0 };

  for (guint i = 1; i <= 100000; i++)
    {
      sky_roster_history_add (&history, i * SEC, i, 64);
      g_assert_cmpuint (history.steps->len, <=, 64);
    }
  g_assert_cmpuint (history.steps->len, >=, 30);
  for (guint i = 1; i <= 100000; i += 997)
    {
      gint64 off = (gint64) sky_roster_history_get (&history, i * SEC) - (gint64) i;

      g_assert_cmpint (ABS (off), <=, history.grain_usec / SEC + 1);
    }
  g_assert_cmpuint (sky_roster_history_get (&history, 100000 * SEC), ==, 100000);
  g_assert_cmpuint (sky_roster_history_get (&history, 0), ==, 0);
  sky_roster_history_add (&history, 5, 7, 64); /* a clock that was set back */
  g_assert_cmpuint (sky_roster_history_get (&history, 100001 * SEC), ==, 7);
  sky_roster_history_clear (&history);
}

static void
test_rates (void)
{
  g_autoptr(SkyRoster) roster = tell ("+ann +bob tea+ann art+bob");
  gint64 t = 1000 * SEC;

  for (guint i = 0; i < 100; i++) /* ten a second, for ten seconds */
    sky_roster_count (roster, "/", NULL, "ann", i % 2 == 0, t + i * SEC / 10);
  g_assert_cmpfloat_with_epsilon (sky_roster_get_rate (roster, "/", NULL, NULL, t + 9950 * 1000), 10, 0.3);
  g_assert_cmpfloat_with_epsilon (sky_roster_get_rate (roster, "/", "tea", NULL, t + 9950 * 1000), 10, 0.3);
  g_assert_cmpfloat_with_epsilon (sky_roster_get_rate (roster, "/", NULL, "ann", t + 9950 * 1000), 10, 0.3);
  g_assert_cmpfloat (sky_roster_get_rate (roster, "/", "art", NULL, t + 9950 * 1000), ==, 0);
  g_assert_cmpfloat (sky_roster_get_rate (roster, "/", NULL, "bob", t + 9950 * 1000), ==, 0);
  g_assert_cmpfloat (sky_roster_get_rate (roster, "/", NULL, "eve", t + 9950 * 1000), ==, 0);
  g_assert_cmpfloat_with_epsilon (sky_roster_get_rate (roster, "/", NULL, NULL, t + 12450 * 1000), 5, 0.6);
  g_assert_cmpfloat (sky_roster_get_rate (roster, "/", NULL, NULL, t + 15250 * 1000), ==, 0);
  sky_roster_count (roster, "/", "tea", "bob", FALSE, t + 20 * SEC);
  for (guint i = 0; i <= 4; i++) /* it leaves the window bit by bit */
    g_assert_cmpfloat_with_epsilon (sky_roster_get_rate (roster, "/", "tea", NULL, t + 25 * SEC + i * SEC / 16),
                                    0.2 * (4 - i) / 4, 1e-9);
  g_assert_cmpfloat_with_epsilon (sky_roster_get_rate (roster, "/", "tea", NULL, t + 20 * SEC), 0.2, 1e-9);
  g_assert_cmpfloat (sky_roster_get_rate (roster, "/", "art", NULL, t + 20 * SEC), ==, 0);
}

/* Against a list of all that was ever counted: the window's two ends are sharp to a quarter of a second. */
static void
test_rate_model (void)
{
  SkyRosterRate rate = { 0 };
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 now = 50 * SEC;

  for (guint i = 0; i < 3000; i++)
    {
      double found, least = 0, most = 0;

      now += g_test_rand_int_range (0, g_test_rand_int_range (0, 40) == 0 ? 9000000 : 150000);
      sky_roster_rate_count (&rate, 1, now);
      g_array_append_val (all, now);
      for (guint n = 0; n < all->len; n++)
        {
          least += g_array_index (all, gint64, n) > now - 4750000;
          most += g_array_index (all, gint64, n) > now - 5250000;
        }
      found = sky_roster_rate_get (&rate, now) * 5;
      g_assert_cmpfloat (found, >=, least - 1e-6);
      g_assert_cmpfloat (found, <=, most + 1e-6);
    }
}

static void
test_told (void)
{
  g_autoptr(SkyRoster) roster = sky_roster_new ();
  g_autoptr(GArray) history = NULL;

  sky_roster_tell (roster, "/", 5, 1 * SEC);
  sky_roster_tell (roster, "/", 9, 2 * SEC);
  sky_roster_tell (roster, "/", 3, 3 * SEC);
  sky_roster_tell (roster, "/x", -1, 3 * SEC);
  g_assert_cmpuint (sky_roster_get_n_namespaces (roster), ==, 2);
  g_assert_cmpint (sky_roster_get_n_told (roster, "/"), ==, 3);
  g_assert_cmpint (sky_roster_get_n_told (roster, "/x"), ==, -1);
  g_assert_cmpint (sky_roster_get_n_told (roster, "/y"), ==, -1);
  g_assert_cmpuint (sky_roster_get_peak (roster, "/", NULL), ==, 9);
  history = sky_roster_get_history (roster, "/", NULL, 1 * SEC, 3 * SEC, 3);
  g_assert_cmpuint (g_array_index (history, guint, 1), ==, 9);
  sky_roster_forget (roster, "/");
  g_assert_cmpuint (sky_roster_get_n_namespaces (roster), ==, 1);
  obey (roster, "/x:+ann", 4 * SEC);
  sky_roster_forget (roster, "/x");
  g_assert_cmpuint (sky_roster_get_n_namespaces (roster), ==, 1);
  g_assert_cmpstr (sky_roster_get_namespace (roster, 0), ==, "/x");
}

static void
on_changed (SkyRoster *roster, gpointer n)
{
  (*(guint *) n)++;
}

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_changed (void)
{
  g_autoptr(SkyRoster) roster = sky_roster_new ();
  guint n = 0;

  g_signal_connect (roster, "changed", G_CALLBACK (on_changed), &n);
  obey (roster, "+ann", 1);
  obey (roster, "tea+ann", 1);
  g_assert_cmpuint (n, ==, 0); /* never from within what fills it */
  turn ();
  g_assert_cmpuint (n, ==, 1);
  obey (roster, "art+ann", 1);
  turn ();
  g_assert_cmpuint (n, ==, 1); /* not caught up yet */
  sky_roster_catch_up (roster);
  turn ();
  g_assert_cmpuint (n, ==, 1);
  obey (roster, "art+ann", 1); /* it is there */
  turn ();
  g_assert_cmpuint (n, ==, 1);
  sky_roster_count (roster, "/", NULL, "ann", TRUE, 1);
  sky_roster_catch_up (roster); /* of before: this one is still to be told, */
  sky_roster_count (roster, "/", NULL, "ann", TRUE, 1); /* … with this one */
  turn ();
  g_assert_cmpuint (n, ==, 2);
}

static gboolean
hand_join (gpointer owner, const char *nsp, const char *who, const char *room, GError **error)
{
  g_string_append_printf (owner, "%s %s %s;", nsp, who != NULL ? who : "*", room);
  return TRUE;
}

static gboolean
hand_emit (gpointer owner, const char *nsp, const char *to, const char *except, const char *event, const char *args,
           gboolean ack, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No.");
  return FALSE;
}

static void
test_hands (void)
{
  static const SkyRosterHands hands = { .emit = hand_emit, .join = hand_join };
  g_autoptr(SkyRoster) roster = tell ("+ann");
  g_autoptr(GString) done = g_string_new (NULL);
  GError *error = NULL;
  const char *why;

  g_assert_false (sky_roster_can (roster, G_STRUCT_OFFSET (SkyRosterHands, join), &why));
  g_assert_nonnull (why);
  sky_roster_set_hands (roster, &hands, done);
  g_assert_true (sky_roster_can (roster, G_STRUCT_OFFSET (SkyRosterHands, join), &why));
  g_assert_null (why);
  g_assert_true (sky_roster_make_join (roster, "/", NULL, "tea", NULL));
  g_assert_true (sky_roster_make_join (roster, "/", "ann", "art", NULL));
  g_assert_false (sky_roster_make_join (roster, "/", "", "art", &error)); /* would be everyone */
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (sky_roster_make_join (roster, "/x", NULL, "art", &error)); /* would make it */
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sky_roster_emit (roster, "/", NULL, NULL, "x", NULL, FALSE, &error));
  g_assert_cmpstr (error->message, ==, "No.");
  g_clear_error (&error);
  sky_roster_set_missing (roster, "It is old.");
  g_assert_false (sky_roster_make_disconnect (roster, "/", NULL, TRUE, &error));
  g_assert_cmpstr (error->message, ==, "It is old.");
  g_clear_error (&error);
  sky_roster_set_read_only (roster, TRUE, "It is read-only.");
  g_assert_false (sky_roster_make_join (roster, "/", NULL, "tea", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpstr (error->message, ==, "It is read-only.");
  g_clear_error (&error);
  g_assert_cmpstr (done->str, ==, "/ * tea;/ ann art;");
}

static const struct
{
  const char *handshake, *expected;
} redactions[] = {
  { NULL, "{}" },
  { "[1]", "{}" },
  { "{\"address\":\"::1\",\"issued\":12}", "{\"address\":\"::1\",\"issued\":12}" },
  { "{\"headers\":{\"cookie\":\"sid=1\",\"host\":\"a\",\"authorization\":[\"x\"]}}",
    "{\"headers\":{\"cookie\":\"…\",\"host\":\"a\",\"authorization\":\"…\"}}" },
  { "{\"headers\":{\"Co\\u006fkie\":\"sid=1\"}}", "{\"headers\":{\"Co\\u006fkie\":\"…\"}}" },
  { "{\"headers\":\"cookie: a\"}", "{\"headers\":\"…\"}" },
  { "{\"query\":{\"EIO\":\"4\",\"token\":\"abc\"},\"url\":\"/socket.io/?EIO=4&token=abc\"}",
    "{\"query\":{\"EIO\":\"4\",\"token\":\"…\"},\"url\":\"/socket.io/?EIO=4&token=\"}" },
  { "{\"auth\":{\"a\":1,\"b\":{\"c\":2}}, \"x\" : { \"y\" : 1 }}",
    "{\"auth\":{\"a\":\"…\",\"b\":\"…\"},\"x\":{ \"y\" : 1 }}" },
};

static void
test_redact (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (redactions); i++)
    {
      g_autofree char *found = sky_roster_redact (redactions[i].handshake);

      g_assert_cmpstr (found, ==, redactions[i].expected);
    }
}

/* The same books, kept without any thought: a list of who is where, in the order of coming. */
typedef struct
{
  guint nsp, room, id; /* room ROOMS + id is that of the socket's own */
} Entry;

#define SPACES 2
#define ROOMS  5
#define IDS    12

typedef struct
{
  SkyRoster *roster;
  GArray    *entries; /* of Entry */
  GArray    *sockets; /* of Entry */
  guint      peaks[SPACES][ROOMS + IDS + 1]; /* the last is the namespace's */
} Model;

static const char *const nsps[SPACES] = { "/", "/x" };
static const char *const names[ROOMS + IDS]
    = { "art", "tea", "a", "zoo", "k", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "sa", "sb" };

static int
find_entry (GArray *list, Entry e)
{
  for (guint i = 0; i < list->len; i++)
    if (memcmp (&g_array_index (list, Entry, i), &e, sizeof e) == 0)
      return (int) i;
  return -1;
}

static guint
count_entries (GArray *list, guint nsp, guint room)
{
  guint n = 0;

  for (guint i = 0; i < list->len; i++)
    n += g_array_index (list, Entry, i).nsp == nsp && g_array_index (list, Entry, i).room == room;
  return n;
}

static void
add_entry (Model *m, Entry e)
{
  if (find_entry (m->entries, e) < 0)
    g_array_append_val (m->entries, e);
}

static void
model_step (Model *m, gint64 time)
{
  Entry e = { (guint) g_test_rand_int_range (0, SPACES), (guint) g_test_rand_int_range (0, ROOMS + IDS),
              (guint) g_test_rand_int_range (0, IDS) };
  Entry socket = { e.nsp, 0, e.id };
  const char *nsp = nsps[e.nsp], *room = names[e.room], *id = names[ROOMS + e.id];
  int at = find_entry (m->sockets, socket), what = g_test_rand_int_range (0, 10);

  if (what < 2)
    {
      sky_roster_connect (m->roster, &(SkyRosterSocket) { .nsp = nsp, .id = id }, time);
      if (at < 0)
        {
          g_array_append_val (m->sockets, socket);
          add_entry (m, (Entry) { e.nsp, ROOMS + e.id, e.id });
        }
    }
  else if (what < 3)
    {
      sky_roster_disconnect (m->roster, nsp, id, NULL, time);
      if (at >= 0)
        g_array_remove_index (m->sockets, (guint) at);
      for (guint i = m->entries->len; i-- > 0;)
        if (g_array_index (m->entries, Entry, i).nsp == e.nsp && g_array_index (m->entries, Entry, i).id == e.id)
          g_array_remove_index (m->entries, i);
    }
  else if (what < 7)
    {
      sky_roster_join (m->roster, nsp, room, id, NULL, time);
      if (at >= 0)
        add_entry (m, e);
    }
  else
    {
      sky_roster_leave (m->roster, nsp, room, id, NULL, time);
      if (find_entry (m->entries, e) >= 0)
        g_array_remove_index (m->entries, (guint) find_entry (m->entries, e));
    }
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
check_names (Model *m, guint nsp, gboolean private)
{
  g_autoptr(GPtrArray) expected = g_ptr_array_new ();

  for (guint room = 0; room < ROOMS + IDS; room++)
    if (count_entries (m->entries, nsp, room) > 0
        && private == (room >= ROOMS && find_entry (m->entries, (Entry) { nsp, room, room - ROOMS }) >= 0))
      g_ptr_array_add (expected, (gpointer) names[room]);
  g_ptr_array_sort (expected, compare_names);
  g_assert_cmpuint (sky_roster_get_n_rooms (m->roster, nsps[nsp], private), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    g_assert_cmpstr (sky_roster_get_room (m->roster, nsps[nsp], i, private), ==, g_ptr_array_index (expected, i));
}

static void
check_members (Model *m, guint nsp, guint room)
{
  guint n = 0;
  SkyRosterSocket socket;

  for (guint i = 0; i < m->entries->len; i++)
    {
      Entry *e = &g_array_index (m->entries, Entry, i);

      if (e->nsp != nsp || e->room != room)
        continue;
      g_assert_true (sky_roster_get_socket (m->roster, nsps[nsp], names[room], n++, &socket));
      g_assert_cmpstr (socket.id, ==, names[ROOMS + e->id]);
    }
  g_assert_cmpuint (sky_roster_get_n_sockets (m->roster, nsps[nsp], names[room]), ==, n);
  m->peaks[nsp][room] = n > 0 ? MAX (m->peaks[nsp][room], n) : 0;
  g_assert_cmpuint (sky_roster_get_peak (m->roster, nsps[nsp], names[room]), ==, m->peaks[nsp][room]);
}

static void
check_preview (Model *m)
{
  guint nsp = (guint) g_test_rand_int_range (0, SPACES), to = (guint) g_test_rand_int_range (0, ROOMS + IDS + 3),
        except = (guint) g_test_rand_int_range (0, ROOMS + IDS + 3);
  gboolean all = to >= ROOMS + IDS, none = except >= ROOMS + IDS;
  g_autofree char *found = join_preview (m->roster, nsps[nsp], all ? NULL : names[to], none ? NULL : names[except]);
  g_autoptr(GString) expected = g_string_new (NULL);
  GArray *list = all ? m->sockets : m->entries;

  for (guint i = 0; i < list->len; i++)
    {
      Entry *e = &g_array_index (list, Entry, i);

      if (e->nsp == nsp && (all || e->room == to)
          && (none || find_entry (m->entries, (Entry) { nsp, except, e->id }) < 0))
        g_string_append_printf (expected, "%s%s", expected->len > 0 ? " " : "", names[ROOMS + e->id]);
    }
  g_assert_cmpstr (found, ==, expected->str);
}

static void
test_model (void)
{
  Model m = { .roster = sky_roster_new (), .entries = g_array_new (FALSE, FALSE, sizeof (Entry)),
              .sockets = g_array_new (FALSE, FALSE, sizeof (Entry)) };

  for (guint step = 0; step < 4000; step++)
    {
      model_step (&m, step * SEC);
      for (guint nsp = 0; nsp < SPACES; nsp++)
        {
          check_names (&m, nsp, FALSE);
          check_names (&m, nsp, TRUE);
          for (guint room = 0; room < ROOMS + IDS; room++)
            check_members (&m, nsp, room);
          g_assert_cmpuint (sky_roster_get_n_sockets (m.roster, nsps[nsp], NULL), ==, count_entries (m.sockets, nsp, 0));
        }
      check_preview (&m);
    }
  g_object_unref (m.roster);
  g_array_unref (m.entries);
  g_array_unref (m.sockets);
}

/* Every socket comes, joins four rooms, talks, is read by its place, and goes. Returns: seconds of the processor */
static double
time_crowd (guint n_sockets)
{
  g_autoptr(SkyRoster) roster = sky_roster_new ();
  clock_t start = clock ();
  SkyRosterSocket socket;

  for (guint i = 0; i < n_sockets; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x", i * 2654435761u);

      sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = "/", .id = id }, i);
      for (guint n = 0; n < 4; n++)
        {
          g_autofree char *room = g_strdup_printf ("room %u", (i * 7 + n * 31) % 200);

          sky_roster_join (roster, "/", room, id, NULL, i);
        }
      sky_roster_count (roster, "/", NULL, id, TRUE, i);
    }
  g_assert_cmpuint (sky_roster_get_n_rooms (roster, "/", FALSE), ==, 200);
  g_assert_cmpuint (sky_roster_get_n_rooms (roster, "/", TRUE), ==, n_sockets);
  for (guint i = 0; i < n_sockets; i++)
    {
      g_assert_true (sky_roster_get_socket (roster, "/", NULL, (i * 7919) % n_sockets, &socket));
      g_assert_nonnull (sky_roster_get_room (roster, "/", (i * 7919) % n_sockets, TRUE));
      sky_roster_get_socket (roster, "/", "room 7", (i * 7919) % (n_sockets / 50), &socket);
    }
  for (guint i = 0; i < n_sockets; i++)
    {
      g_autofree char *id = g_strdup_printf ("%08x", i * 2654435761u);

      sky_roster_disconnect (roster, "/", id, NULL, n_sockets + i);
    }
  g_assert_cmpuint (sky_roster_get_n_rooms (roster, "/", FALSE), ==, 0);
  return (double) (clock () - start) / CLOCKS_PER_SEC;
}

/* Ten times as many take about ten times as long, and not a hundred times. */
static void
test_crowd (void)
{
  double few, many;

  time_crowd (1000);
  few = time_crowd (1000);
  many = time_crowd (10000);
  g_test_message ("1,000 sockets: %.0f ms; 10,000: %.0f ms", few * 1000, many * 1000);
  g_assert_cmpfloat (many, <, MAX (few, 0.005) * 40);
}

static void
test_bounds (void)
{
  g_autoptr(SkyRoster) roster = sky_roster_new ();

  sky_roster_set_quiet (roster, TRUE);
  for (guint i = 0; i < 100100; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = "/", .id = id }, 1);
    }
  g_assert_cmpuint (sky_roster_get_n_sockets (roster, "/", NULL), ==, 100000);
  g_assert_true (sky_roster_is_full (roster));
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *nsp = g_strdup_printf ("/%u", i);

      sky_roster_disconnect (roster, "/", "7", NULL, 1);
      sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = nsp, .id = "7" }, 1);
      sky_roster_disconnect (roster, nsp, "7", NULL, 1);
      sky_roster_tell (roster, nsp, 1, 1);
    }
  g_assert_cmpuint (sky_roster_get_n_namespaces (roster), <=, 1001);
  sky_roster_clear (roster);
  g_assert_false (sky_roster_is_full (roster));
  g_assert_cmpuint (sky_roster_get_n_namespaces (roster), ==, 0);
}

/* Who is at the other end may call itself anything, and say any amount of it. */
static void
test_words (void)
{
  g_autoptr(SkyRoster) roster = sky_roster_new ();
  g_autofree char *fill = g_strnfill (32 * 1024 * 1024, 'x'), *id = NULL;
  g_autoptr(GString) long_name = g_string_new ("x");
  SkyRosterSocket socket;

  while (long_name->len < 300)
    g_string_append (long_name, "ü");
  sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = "/", .id = "a", .label = long_name->str, .user_agent = "a\xff" }, 1);
  g_assert_true (sky_roster_find_socket (roster, "/", "a", &socket));
  g_assert_cmpstr (socket.user_agent, ==, "a\357\277\275");
  g_assert_true (g_utf8_validate (socket.label, -1, NULL) && g_str_has_suffix (socket.label, "üü…"));
  g_assert_cmpuint (strlen (socket.label), ==, 255 + strlen ("…"));
  for (guint i = 0; i < 9; i++)
    {
      g_free (id);
      id = g_strdup_printf ("%u", i);
      g_assert_false (sky_roster_is_full (roster));
      sky_roster_connect (roster, &(SkyRosterSocket) { .nsp = "/", .id = id, .handshake = fill }, 1);
    }
  g_assert_true (sky_roster_is_full (roster));
  g_assert_true (sky_roster_find_socket (roster, "/", "8", &socket) && socket.handshake == NULL);
  sky_roster_disconnect (roster, "/", "3", NULL, 1);
  sky_roster_update (roster, &(SkyRosterSocket) { .nsp = "/", .id = "8", .data = fill });
  g_assert_true (sky_roster_find_socket (roster, "/", "8", &socket));
  g_assert_cmpuint (strlen (socket.data), ==, strlen (fill));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      g_autofree char *path = g_strdup_printf ("/roster/story/%s", stories[i].name);

      g_test_add_data_func (path, &stories[i], test_story);
    }
  g_test_add_func ("/roster/preview", test_preview);
  g_test_add_func ("/roster/details", test_details);
  g_test_add_func ("/roster/rooms-of", test_rooms_of);
  g_test_add_func ("/roster/deeds", test_deeds);
  g_test_add_func ("/roster/deed-of-rooms", test_deed_of_rooms);
  g_test_add_func ("/roster/ask", test_ask);
  g_test_add_func ("/roster/deeds-bound", test_deeds_bound);
  g_test_add_func ("/roster/past", test_past);
  g_test_add_func ("/roster/history-bound", test_history_bound);
  g_test_add_func ("/roster/rates", test_rates);
  g_test_add_func ("/roster/rate-model", test_rate_model);
  g_test_add_func ("/roster/told", test_told);
  g_test_add_func ("/roster/changed", test_changed);
  g_test_add_func ("/roster/hands", test_hands);
  g_test_add_func ("/roster/redact", test_redact);
  g_test_add_func ("/roster/model", test_model);
  g_test_add_func ("/roster/crowd", test_crowd);
  g_test_add_func ("/roster/words", test_words);
  g_test_add_func ("/roster/bounds", test_bounds);
  return g_test_run ();
}

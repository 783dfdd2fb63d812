#include "trace/vocabulary.h"

#include <glib/gstdio.h>

#include "trace-talk.h"
#include "trace/pcapng.h"

/* ---- the lexicon, by itself */

/* What is suggested for something typed, of the events of fill(). */
typedef struct
{
  const char *nsp, *typed, *expected;
} Vector;

static const Vector vectors[] = {
  { "/", "", "say typing chatMessage left-room Say" }, /* ours first, then by count, then the newest */
  { "/", "s", "say Say chatMessage" },                   /* a prefix, a prefix but for capitals, anywhere */
  { "/", "S", "Say say chatMessage" },
  { "/", "m", "chatMessage left-room" },                 /* a word's beginning before any place */
  { "/", "ROOM", "left-room" },
  { "/", "message", "chatMessage" },
  { "/", "tt", "" },
  { "/chat", "", "été" },
  { "/chat", "ÉT", "été" },
  { "/none", "", "" },
};

static void
hear (SkyLexicon *lexicon, const char *nsp, const char *event, gboolean in, guint times, const char *args)
{
  static gint64 time_usec = TALK_TIME;

  for (guint i = 0; i < times; i++)
    sky_lexicon_hear (lexicon, &(SkyHeard) { nsp, event, time_usec++, in, FALSE, args });
}

static SkyLexicon *
fill (void)
{
  SkyLexicon *lexicon = sky_lexicon_new ();

  hear (lexicon, "/", "say", FALSE, 2, "[\"a\"]");
  hear (lexicon, "/", "typing", FALSE, 1, "[]");
  hear (lexicon, "/", "say", TRUE, 9, "[{\"text\":\"b\"}]");
  hear (lexicon, "/", "chatMessage", TRUE, 3, "[1]");
  hear (lexicon, "/", "Say", TRUE, 1, NULL);
  hear (lexicon, "/", "left-room", TRUE, 1, "[[]]");
  hear (lexicon, "/chat", "été", TRUE, 1, "[null]");
  return lexicon;
}

static char *
join (GPtrArray *words)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < words->len; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? " " : "", ((SkyWord *) words->pdata[i])->event);
  return g_string_free (names, FALSE);
}

static void
test_suggest (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyLexicon) lexicon = fill ();
  g_autoptr(GPtrArray) words = sky_lexicon_suggest (lexicon, v->nsp, v->typed);
  g_autofree char *names = join (words);

  g_assert_cmpstr (names, ==, v->expected);
}

static void
assert_taken (char *given, const char *expected)
{
  g_autofree char *text = given;

  g_assert_cmpstr (text, ==, expected);
}

static void
test_directions (void)
{
  g_autoptr(SkyLexicon) lexicon = fill ();
  g_autoptr(GPtrArray) words = sky_lexicon_suggest (lexicon, "/", "say");
  const SkyWord *say = words->pdata[0];

  g_assert_cmpuint (say->n_out, ==, 2);
  g_assert_cmpuint (say->n_in, ==, 9);
  g_assert_cmpuint (sky_lexicon_get_count (lexicon, "/", "say", TRUE), ==, 9);
  assert_taken (sky_lexicon_format (lexicon, "/", "say"), "(string)"); /* as we send it */
  assert_taken (sky_lexicon_sample (lexicon, "/", "say"), "\"a\"");
  assert_taken (sky_lexicon_format (lexicon, "/", "chatMessage"), "(number)");
  assert_taken (sky_lexicon_skeleton (lexicon, "/", "chatMessage"), "0");
  assert_taken (sky_lexicon_format (lexicon, "/", "Say"), NULL);
  assert_taken (sky_lexicon_format (lexicon, "/chat", "say"), NULL);
  assert_taken (sky_lexicon_sample (lexicon, "/", "nobody"), NULL);
}

static void
test_acks (void)
{
  g_autoptr(SkyLexicon) lexicon = sky_lexicon_new ();
  SkyHeard asked = { "/", "join", TALK_TIME, FALSE, TRUE, "[\"room\"]" };

  sky_lexicon_hear_ack (lexicon, &asked, "[true]"); /* of an event that nobody heard */
  sky_lexicon_hear (lexicon, &asked);
  assert_taken (sky_lexicon_format (lexicon, "/", "join"), "(string) → ack");
  sky_lexicon_hear_ack (lexicon, &asked, "[{\"ok\":true}]");
  sky_lexicon_hear_ack (lexicon, &asked, "[{\"ok\":false,\"why\":\"full\"}]");
  assert_taken (sky_lexicon_format (lexicon, "/", "join"), "(string) → ack ({ok: boolean, why?: string})");
}

static void
test_samples (void)
{
  g_autofree char *fits = g_strnfill (SKY_LEXICON_MAX_SAMPLE - 2, 'a'), *too_long = g_strnfill (SKY_LEXICON_MAX_SAMPLE - 1, 'b');
  g_autofree char *one = g_strdup_printf ("[ \"%s\"]", fits + 1), *two = g_strdup_printf ("[\"%s\"]", too_long);
  g_autoptr(SkyLexicon) lexicon = sky_lexicon_new ();
  g_autofree char *sample = NULL;

  hear (lexicon, "/", "e", TRUE, 1, "[1.50, \"\\u00e9\"]");
  assert_taken (sky_lexicon_sample (lexicon, "/", "e"), "1.50, \"\\u00e9\"");
  hear (lexicon, "/", "e", TRUE, 1, one);
  sample = sky_lexicon_sample (lexicon, "/", "e");
  g_assert_cmpuint (strlen (sample), ==, SKY_LEXICON_MAX_SAMPLE - 1);
  hear (lexicon, "/", "e", TRUE, 1, two);
  hear (lexicon, "/", "e", TRUE, 1, NULL);
  assert_taken (sky_lexicon_sample (lexicon, "/", "e"), sample);
}

/* Made-up names push each other out, and none of ours. */
static void
test_bounds (void)
{
  g_autoptr(SkyLexicon) lexicon = fill ();
  g_autofree char *long_name = g_strnfill (SKY_LEXICON_MAX_NAME + 1, 'n');
  g_autoptr(GPtrArray) words = NULL;
  g_autoptr(GPtrArray) ours = NULL;
  g_autofree char *names = NULL;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *name = g_strdup_printf ("made-up-%u", i);

      hear (lexicon, "/", name, TRUE, 1, "[]");
      hear (lexicon, "/", "often", TRUE, 1, "[]");
    }
  hear (lexicon, "/", long_name, FALSE, 1, "[]");
  hear (lexicon, "/", "", FALSE, 1, "[]");
  words = sky_lexicon_suggest (lexicon, "/", "");
  g_assert_cmpuint (words->len, ==, SKY_LEXICON_MAX_EVENTS / 2 + 2);
  g_assert_cmpuint (sky_lexicon_get_count (lexicon, "/", "often", TRUE), ==, 3000);
  g_assert_cmpuint (sky_lexicon_get_count (lexicon, "/", "made-up-0", TRUE), ==, 0);
  ours = sky_lexicon_suggest (lexicon, "/", "y");
  names = join (ours);
  g_assert_cmpstr (names, ==, "say typing");
}

/* ---- a trace */

static void
test_chat (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  SkyVocabulary *vocabulary = sky_vocabulary_of (store);
  g_autoptr(GPtrArray) words = NULL;
  g_autofree char *names = NULL;
  const SkyWord *tick;

  g_assert_true (sky_vocabulary_of (store) == vocabulary);
  sky_vocabulary_settle (vocabulary);
  words = sky_vocabulary_suggest (vocabulary, "/chat", "");
  names = join (words);
  g_assert_cmpstr (names, ==, "slow chat message tick");
  tick = words->pdata[2];
  g_assert_cmpuint (tick->n_in, ==, 1);
  g_assert_cmpuint (tick->n_out, ==, 0);
  g_assert_cmpint (tick->last_usec, ==, TALK_TIME + 20000);
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "chat message"), "(string, {n: number}) → ack (string)");
  assert_taken (sky_vocabulary_get_skeleton (vocabulary, "/chat", "chat message"), "\"\",{\"n\":0}");
  assert_taken (sky_vocabulary_get_sample (vocabulary, "/chat", "chat message"), "\"hello\",{\"n\":1.50}");
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "slow"), "() → ack");
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/", "slow"), NULL);
}

static void
run_idle (void)
{
  gint64 deadline_usec = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (g_main_context_iteration (NULL, FALSE))
    g_assert_cmpint (g_get_monotonic_time (), <, deadline_usec);
}

/* Binary arguments come after their event, here much later; then they are known. */
static void
test_attachments (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  SkyVocabulary *vocabulary = sky_vocabulary_of (store);
  g_autofree guint8 *much = g_malloc0 (60000);

  run_idle ();
  talk_text (feed, SKY_FROM_SERVER, 30,
             "452-/chat,[\"photo\",{\"_placeholder\":true,\"num\":1},{\"name\":\"a\",\"of\":{\"_placeholder\":true,\"num\":0}}]");
  run_idle ();
  talk_frame (feed, SKY_FROM_SERVER, 31, 2, "\x01\x02", 2);
  run_idle ();
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "photo"), NULL);
  talk_frame (feed, SKY_FROM_SERVER, 32, 2, "\x03", 1);
  run_idle ();
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "photo"), "(binary, {name: string, of: binary})");
  assert_taken (sky_vocabulary_get_sample (vocabulary, "/chat", "photo"),
                "{\"$bin\":\"Aw==\"},{\"name\":\"a\",\"of\":{\"$bin\":\"AQI=\"}}");
  talk_text (feed, SKY_FROM_SERVER, 33, "451-/chat,[\"large\",{\"_placeholder\":true,\"num\":0}]");
  talk_frame (feed, SKY_FROM_SERVER, 34, 2, much, 60000);
  run_idle ();
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "large"), "(binary)");
  assert_taken (sky_vocabulary_get_sample (vocabulary, "/chat", "large"), NULL);
  assert_taken (sky_vocabulary_get_skeleton (vocabulary, "/chat", "large"), "{\"$bin\":\"\"}");
}

/* With the MessagePack parser the packets are maps: {type, data, nsp, id}. */
static void
test_msgpack (void)
{
  static const char connect[] = "\x82\xa4" "type\x00\xa3" "nsp\xa5/chat";
  static const char connected[] = "\x83\xa4" "type\x00\xa4" "data\x81\xa3" "sid\xa1" "x\xa3" "nsp\xa5/chat";
  static const char event[] = "\x84\xa4" "type\x02\xa4" "data\x93\xa3" "say\xc4\x02\x01\x02\x81\xa1" "n\x05\xa3" "nsp\xa5/chat\xa2" "id\x01";
  static const char ack[] = "\x84\xa4" "type\x03\xa4" "data\x91\xc4\x01\x07\xa3" "nsp\xa5/chat\xa2" "id\x01";
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "ws://localhost:3000", SKY_ROLE_CLIENT);
  SkyVocabulary *vocabulary = sky_vocabulary_of (store);

  talk_upgrade (feed, 1);
  talk_text (feed, SKY_FROM_SERVER, 2, "0{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
  talk_frame (feed, SKY_FROM_CLIENT, 3, 2, connect, sizeof connect - 1);
  talk_frame (feed, SKY_FROM_SERVER, 4, 2, connected, sizeof connected - 1);
  talk_frame (feed, SKY_FROM_CLIENT, 5, 2, event, sizeof event - 1);
  talk_frame (feed, SKY_FROM_SERVER, 6, 2, ack, sizeof ack - 1);
  sky_vocabulary_settle (vocabulary);
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "say"), "(binary, {n: number}) → ack (binary)");
  assert_taken (sky_vocabulary_get_sample (vocabulary, "/chat", "say"), "{\"$bin\":\"AQI=\"},{\"n\":5}");
}

/* What is no event, or has no name that could be sent, is not learned. */
static void
test_nothing_to_learn (void)
{
  static const char *const packets[] = {
    "42/chat,[]", "42/chat,{\"a\":1}", "42/chat,[{\"a\":1}]", "42/chat,[\"a\\u0000b\"]", "42/chat,[\"line\\nbreak\",1]", "42/chat",
    "42/chat,[\"cut\"", "43/chat,99[\"nobody asked\"]",
  };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  SkyVocabulary *vocabulary = sky_vocabulary_of (store);
  g_autoptr(GPtrArray) words = NULL;
  g_autofree char *names = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (packets); i++)
    talk_text (feed, SKY_FROM_SERVER, 30 + i, packets[i]);
  sky_vocabulary_settle (vocabulary);
  words = sky_vocabulary_suggest (vocabulary, "/chat", "");
  names = join (words);
  g_assert_cmpstr (names, ==, "slow chat message tick");
}

/* A capture that is opened teaches the same. */
static void
test_capture (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sky-vocabulary-XXXXXX", NULL), *path = g_build_filename (dir, "a.pcapng", NULL);
  g_autoptr(SkyStore) store = sky_store_new (path, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyStore) opened = sky_store_new (NULL, NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;

  g_assert_true (sky_store_flush (store, NULL));
  sky_pcapng_load (file, opened, NULL, &error);
  g_assert_no_error (error);
  sky_vocabulary_settle (sky_vocabulary_of (opened));
  assert_taken (sky_vocabulary_get_shape (sky_vocabulary_of (opened), "/chat", "chat message"),
                "(string, {n: number}) → ack (string)");
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_rmdir (dir);
}

/* A flood is learned in slices, between which the main loop turns. */
static void
test_flood (void)
{
  enum { N = 60000 };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  SkyVocabulary *vocabulary = sky_vocabulary_of (store);
  g_autoptr(GPtrArray) words = NULL;
  guint n_turns = 0;
  gint64 start_usec;

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *text = g_strdup_printf ("42/chat,[\"move\",{\"x\":%u,\"y\":[1,2]},\"%u\"]", i, i);

      talk_text (feed, SKY_FROM_SERVER, 30 + i, text);
    }
  start_usec = g_get_monotonic_time ();
  while (g_main_context_iteration (NULL, FALSE))
    n_turns++;
  g_test_message ("%d events in %u slices, %.2f µs each", N, n_turns, (double) (g_get_monotonic_time () - start_usec) / N);
  g_assert_cmpuint (n_turns, >, 5);
  words = sky_vocabulary_suggest (vocabulary, "/chat", "mo");
  g_assert_cmpuint (words->len, ==, 1);
  g_assert_cmpuint (((SkyWord *) words->pdata[0])->n_in, ==, N);
  assert_taken (sky_vocabulary_get_shape (vocabulary, "/chat", "move"), "({x: number, y: number[]}, string)");
  assert_taken (sky_vocabulary_get_sample (vocabulary, "/chat", "move"), "{\"x\":59999,\"y\":[1,2]},\"59999\"");
}

/* Nothing is left to run, or to leak, when the store goes in the middle of it. */
static void
test_end (void)
{
  SkyStore *store = sky_store_new (NULL, NULL);
  SkyFeed *feed = talk_chat (store);

  g_object_add_weak_pointer (G_OBJECT (store), (gpointer *) &store);
  sky_vocabulary_of (store);
  sky_feed_free (feed);
  g_object_unref (store);
  g_assert_null (store);
  run_idle ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/vocabulary/suggest/%u-%s", i, vectors[i].typed);

      g_test_add_data_func (path, &vectors[i], test_suggest);
    }
  g_test_add_func ("/vocabulary/directions", test_directions);
  g_test_add_func ("/vocabulary/acks", test_acks);
  g_test_add_func ("/vocabulary/samples", test_samples);
  g_test_add_func ("/vocabulary/bounds", test_bounds);
  g_test_add_func ("/vocabulary/chat", test_chat);
  g_test_add_func ("/vocabulary/attachments", test_attachments);
  g_test_add_func ("/vocabulary/msgpack", test_msgpack);
  g_test_add_func ("/vocabulary/nothing-to-learn", test_nothing_to_learn);
  g_test_add_func ("/vocabulary/capture", test_capture);
  g_test_add_func ("/vocabulary/flood", test_flood);
  g_test_add_func ("/vocabulary/end", test_end);
  return g_test_run ();
}

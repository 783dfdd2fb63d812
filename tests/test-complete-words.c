#include "ui/compose/complete-words.h"

#include "trace-talk.h"

#define URL "http://localhost:3000"

/* The trace of talk_chat() has "slow" and "chat message", sent, and "tick", received, in /chat. */
typedef struct
{
  const char *nsp, *typed, *expected;
} Vector;

static const Vector vectors[] = {
  { "/chat", "", "slow chat message tick later old" }, /* what is only remembered comes behind, the newest first */
  { "/chat", "S", "slow chat message" },
  { "/chat", "l", "later slow old" },                  /* but before what fits less */
  { "/chat", "o", "old slow" },
  { "/chat", "conn", "" },                             /* reserved */
  { "/chat", "nobody", "" },
  { "/", "", "elsewhere" },
};

static void
remember (SkyHistory *history, const char *url, const char *nsp, const char *event, const char *args)
{
  g_autoptr(SkySent) sent = sky_sent_new_event (url, nsp, event, args, FALSE, 0);

  sky_history_add (history, sent);
}

static SkyHistory *
make_history (void)
{
  SkyHistory *history = sky_history_new ("/nonexistent/sockeye-history.json");
  g_autoptr(SkySent) text = sky_sent_new_text (URL, "later");

  remember (history, URL, "/chat", "old", "1");
  remember (history, "http://localhost:4000", "/chat", "other", "1");
  remember (history, URL, "/", "elsewhere", "1");
  remember (history, URL, "/chat", "tick", "7");
  remember (history, URL, "/chat", "later", "[1], 2");
  remember (history, URL, "/chat", "later", "{\"b\": 1.50}");
  sky_history_add (history, text);
  return history;
}

static SkyFeed *
make_trace (SkyStore *store)
{
  SkyFeed *feed = talk_chat (store);

  talk_text (feed, SKY_FROM_SERVER, 30, "42/chat,[\"connect\"]");
  sky_vocabulary_settle (sky_vocabulary_of (store));
  return feed;
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
test_words (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = make_trace (store);
  g_autoptr(SkyHistory) history = make_history ();
  g_autoptr(GPtrArray) words = sky_complete_words (sky_vocabulary_of (store), history, URL, v->nsp, v->typed);
  g_autofree char *names = join (words);

  g_assert_cmpstr (names, ==, v->expected);
}

static void
test_without_trace (void)
{
  g_autoptr(SkyHistory) history = make_history ();
  g_autoptr(GPtrArray) words = sky_complete_words (NULL, history, URL, "/chat", "");
  g_autofree char *names = join (words);
  g_autofree char *sent = sky_complete_sent (history, URL, "/chat", "later");

  g_assert_cmpstr (names, ==, "later tick old");
  g_assert_cmpstr (sent, ==, "{\"b\": 1.50}");
  g_assert_null (sky_complete_sent (history, URL, "/", "later"));
}

/* A list has an end, however many names there are. */
static void
test_many (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyHistory) history = make_history ();
  g_autoptr(GPtrArray) words = NULL;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *text = g_strdup_printf ("42/chat,[\"event-%u\"]", i);

      talk_text (feed, SKY_FROM_SERVER, 30 + i, text);
    }
  sky_vocabulary_settle (sky_vocabulary_of (store));
  words = sky_complete_words (sky_vocabulary_of (store), history, URL, "/chat", "");
  g_assert_cmpuint (words->len, ==, SKY_COMPLETE_MAX_WORDS);
  g_assert_cmpstr (((SkyWord *) words->pdata[0])->event, ==, "slow");
}

static void
test_spell (void)
{
  static const struct { const char *args, *spelled; } rows[] = {
    { "", "" },
    { "1.50", "1.50" },
    { "\"a\",{\"b\":[1, 2]},null", "\"a\", {\"b\":[1, 2]}, null" },
    { "\"a\",\n2", "\"a\",\n2" },
    { "\"0123456789012345678901234567890123456789\",{\"b\":\"01234567890123456789\",\"c\":1e2}",
      "\"0123456789012345678901234567890123456789\",\n{\n  \"b\": \"01234567890123456789\",\n  \"c\": 1e2\n}" },
    { "not JSON", "not JSON" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *spelled = sky_complete_spell (rows[i].args);

      g_assert_cmpstr (spelled, ==, rows[i].spelled);
    }
}

static void
test_said (void)
{
  static const struct { const char *event; guint n_in, n_out; const char *shape, *said, *count; } rows[] = {
    { "say", 0, 1, "(string)", "say, sent 1 time, (string)", "×1" },
    { "say", 12, 2, NULL, "say, sent 2 times, received 12 times", "×14" },
    { "old", 0, 0, NULL, "old, sent before", "sent before" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const SkyWord word = { (char *) rows[i].event, rows[i].n_in, rows[i].n_out, 0, 0 };
      g_autofree char *said = sky_complete_say (&word, rows[i].shape);
      g_autofree char *count = sky_complete_count (&word);

      g_assert_cmpstr (said, ==, rows[i].said);
      g_assert_cmpstr (count, ==, rows[i].count);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/complete-words/words/%u-%s", i, vectors[i].typed);

      g_test_add_data_func (path, &vectors[i], test_words);
    }
  g_test_add_func ("/complete-words/without-trace", test_without_trace);
  g_test_add_func ("/complete-words/many", test_many);
  g_test_add_func ("/complete-words/spell", test_spell);
  g_test_add_func ("/complete-words/said", test_said);
  return g_test_run ();
}

#include "trace/record-list.h"

#include "trace-talk.h"

/* A mirror of what the model says: every items-changed has to be true. */
typedef struct
{
  GArray *numbers; /* of guint32 */
  guint   n_signals;
} Mirror;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Mirror *mirror = user_data;

  mirror->n_signals++;
  if (removed > 0)
    g_array_remove_range (mirror->numbers, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr(SkyRow) row = g_list_model_get_item (model, position + i);
      guint32 number = sky_row_get_number (row);

      g_array_insert_val (mirror->numbers, position + i, number);
    }
}

static void
check (Mirror *mirror, SkyRecordList *list)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));

  g_assert_cmpuint (mirror->numbers->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(SkyRow) row = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_assert_cmpuint (sky_row_get_number (row), ==, g_array_index (mirror->numbers, guint32, i));
      g_assert_cmpuint (sky_record_list_find (list, sky_row_get_number (row)), ==, i);
      if (i > 0)
        g_assert_cmpuint (sky_row_get_number (row), >, g_array_index (mirror->numbers, guint32, i - 1));
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), n));
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static SkyRecordFilter *
filter_of (guint layers, const char *text)
{
  g_autoptr(GError) error = NULL;
  SkyRecordFilter *filter = sky_record_filter_new (layers, text, &error);

  g_assert_no_error (error);
  return filter;
}

static void
test_grow (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyRecordList) list = sky_record_list_new (store);
  g_autoptr(SkyFeed) feed = NULL;
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint32)) };

  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  g_assert_false (sky_record_list_catch_up (list));
  feed = talk_chat (store);
  g_assert_cmpuint (mirror.n_signals, ==, 0);
  g_assert_true (sky_record_list_catch_up (list));
  g_assert_cmpuint (mirror.n_signals, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 27);
  check (&mirror, list);
  g_assert_false (sky_record_list_catch_up (list));
  g_assert_cmpuint (sky_record_list_find (list, 27), ==, G_MAXUINT);
  g_assert_cmpint (sky_record_list_get_delta_usec (list, 0), ==, 0);
  g_assert_cmpint (sky_record_list_get_delta_usec (list, 1), ==, 1000);
  g_assert_cmpint (sky_record_list_get_delta_usec (list, 4000), ==, 0);
  g_array_unref (mirror.numbers);
}

static void
test_filter (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRecordList) list = sky_record_list_new (store);
  g_autoptr(SkyRecordFilter) events = filter_of (SKY_FILTER_EVENTS, NULL);
  g_autoptr(SkyRecordFilter) all = filter_of (SKY_FILTER_ALL, "");
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint32)) };

  for (guint32 n = 0; n < 27; n++)
    g_array_append_val (mirror.numbers, n);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  sky_record_list_set_filter (list, events);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 6);
  check (&mirror, list);
  g_assert_cmpuint (sky_record_list_find (list, 14), ==, G_MAXUINT);
  g_assert_cmpint (sky_record_list_get_delta_usec (list, 3), ==, 11000);
  talk_text (feed, SKY_FROM_SERVER, 40, "42/chat,[\"more\"]");
  g_assert_true (sky_record_list_catch_up (list));
  check (&mirror, list);
  talk_text (feed, SKY_FROM_SERVER, 41, "2");
  g_assert_false (sky_record_list_catch_up (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 7);
  sky_record_list_set_filter (list, all);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, sky_store_get_n_records (store));
  check (&mirror, list);
  sky_record_list_set_filter (list, NULL);
  check (&mirror, list);
  g_array_unref (mirror.numbers);
}

static void
count (SkyRow *row, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* A row lives once, whoever asks for it, and hears of its record. */
static void
test_live (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRecordList) list = sky_record_list_new (store);
  g_autoptr(SkyRecordFilter) events = filter_of (SKY_FILTER_EVENTS, NULL);
  g_autoptr(SkyRow) row = g_list_model_get_item (G_LIST_MODEL (list), 26);
  g_autoptr(SkyRow) again = g_list_model_get_item (G_LIST_MODEL (list), 26);
  g_autoptr(SkyRow) filtered = NULL;
  gpointer weak;
  guint n_changed = 0;

  g_assert_true (row == again);
  sky_record_list_set_filter (list, events);
  filtered = g_list_model_get_item (G_LIST_MODEL (list), 5);
  g_assert_true (row == filtered);
  g_signal_connect (row, "changed", G_CALLBACK (count), &n_changed);
  talk_text (feed, SKY_FROM_SERVER, 90, "43/chat,8[]");
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpuint (sky_row_get_record (row)->mate, !=, SKY_RECORD_NONE);

  weak = row;
  g_object_add_weak_pointer (weak, &weak);
  g_clear_object (&again);
  g_clear_object (&filtered);
  g_clear_object (&row);
  g_assert_null (weak);
  row = g_list_model_get_item (G_LIST_MODEL (list), 5);
  g_assert_cmpuint (sky_row_get_number (row), ==, 26);
  g_clear_object (&list); /* a row may outlive its list */
  g_assert_cmpstr (sky_row_get_summary (row)->event, ==, "slow");
}

/* A hidden record that an amendment makes match comes in where it belongs. */
static void
test_amended (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRecordList) list = sky_record_list_new (store);
  g_autoptr(SkyRecordFilter) slow = filter_of (SKY_FILTER_ALL, "ack>1ms");
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint32)) };

  sky_record_list_set_filter (list, slow);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    on_items_changed (G_LIST_MODEL (list), i, 0, 1, &mirror);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  check (&mirror, list);
  g_assert_cmpuint (mirror.numbers->len, ==, 2);
  talk_text (feed, SKY_FROM_SERVER, 90, "43/chat,8[]");
  g_assert_true (sky_record_list_catch_up (list));
  check (&mirror, list);
  g_assert_cmpuint (mirror.numbers->len, ==, 4);
  g_assert_cmpuint (g_array_index (mirror.numbers, guint32, 2), ==, 26);
  g_array_unref (mirror.numbers);
}

/* Many records: filtering goes on in slices while new ones come, and ends right. */
static void
test_slices (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRecordList) list = NULL;
  g_autoptr(SkyRecordFilter) needle = filter_of (SKY_FILTER_EVENTS, "needle");
  Mirror mirror = { g_array_new (FALSE, FALSE, sizeof (guint32)) };

  for (guint i = 0; i < 30000; i++)
    talk_text (feed, SKY_FROM_SERVER, 50 + i, i % 100 == 7 ? "42/chat,[\"a\",\"Needle\"]" : "42/chat,[\"a\",\"hay\"]");
  list = sky_record_list_new (store);
  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    g_array_append_val (mirror.numbers, n);
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &mirror);
  sky_record_list_set_filter (list, needle);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), <, 300);
  talk_text (feed, SKY_FROM_SERVER, 40000, "42/chat,[\"needle\"]");
  sky_record_list_catch_up (list);
  settle ();
  sky_record_list_catch_up (list);
  check (&mirror, list);
  g_assert_cmpuint (mirror.numbers->len, ==, 301);

  sky_record_list_set_filter (list, needle); /* and one that goes away half-way */
  g_clear_object (&list);
  settle ();
  g_array_unref (mirror.numbers);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/record-list/grow", test_grow);
  g_test_add_func ("/record-list/filter", test_filter);
  g_test_add_func ("/record-list/live", test_live);
  g_test_add_func ("/record-list/amended", test_amended);
  g_test_add_func ("/record-list/slices", test_slices);
  return g_test_run ();
}

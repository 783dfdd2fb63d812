#include "trace/row-private.h"

#include "trace-talk.h"
#include "trace/store-private.h"

/* What a list shows of the records of talk_chat(). */
typedef struct
{
  guint32     number;
  const char *size, *ack, *spoken;
  gboolean    in;
} Vector;

static const Vector vectors[] = {
  { 0, "", "", "sent, TCP resolve, localhost is 127.0.0.1", FALSE },
  { 1, "189 B", "", "sent, Upgrade GET, /socket.io/?EIO=4&transport=websocket", FALSE },
  { 7, "29 B", "", "sent, Socket.IO CONNECT, namespace /chat, {\"token\":\"123\"}", FALSE },
  { 13, "50 B", "ack in 11.0 ms",
    "sent, Socket.IO event chat message, namespace /chat, \"hello\",{\"n\":1.50}, ack in 11.0 ms", FALSE },
  { 16, "17 B", "of #14 · 11.0 ms",
    "received, Socket.IO ack, namespace /chat, \"ok\", of #14 · 11.0 ms", TRUE },
  { 21, "3 B", "", "received, Engine.IO ping", TRUE },
  { 26, "23 B", "waiting for ack", "sent, Socket.IO event slow, namespace /chat, waiting for ack", FALSE },
};

static void
test_texts (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRow) row = sky_row_new (store, v->number, NULL);
  g_autofree char *size = sky_row_format_size (row);
  g_autofree char *ack = sky_row_format_ack (row);
  g_autofree char *spoken = sky_row_format_spoken (row);
  g_autofree char *faults = sky_row_format_faults (row);
  g_autofree char *time = sky_row_format_time (row);

  g_assert_cmpuint (sky_row_get_number (row), ==, v->number);
  g_assert_true (sky_row_get_store (row) == store);
  g_assert_cmpstr (size, ==, v->size);
  g_assert_cmpstr (ack, ==, v->ack);
  g_assert_cmpstr (spoken, ==, v->spoken);
  g_assert_cmpstr (faults, ==, "");
  g_assert_cmpuint (strlen (time), ==, strlen ("22:13:20.005"));
  g_assert_cmpint (sky_row_is_in (row), ==, v->in);
}

static void
count (SkyRow *row, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
test_given_up (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autoptr(SkyRow) row = sky_row_new (store, 26, NULL);
  g_autofree char *ack = NULL;
  guint n_changed = 0;

  g_signal_connect (row, "changed", G_CALLBACK (count), &n_changed);
  sky_feed_give_up (feed, SKY_FROM_CLIENT, "/chat", 8);
  ack = sky_row_format_ack (row);
  g_assert_cmpstr (ack, ==, "no ack in time");
  g_assert_cmpstr (sky_row_get_summary (row)->event, ==, "slow");
  sky_row_refresh (row);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpstr (sky_row_get_summary (row)->event, ==, "slow");
}

static void
test_faults (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = talk_chat (store);
  g_autofree char *faults = NULL;
  g_autofree char *spoken = NULL;
  g_autoptr(SkyRow) row = NULL;
  guint32 n = sky_store_get_n_records (store);

  talk_bytes (feed, SKY_FROM_SERVER, 30, "\x7b\x00", 2);
  row = sky_row_new (store, n, NULL);
  faults = sky_row_format_faults (row);
  spoken = sky_row_format_spoken (row);
  g_assert_cmpuint (strlen (faults), >, 20);
  g_assert_nonnull (strchr (faults, '\n')); /* reserved bits, and an unknown opcode, or not final */
  g_assert_null (strchr (spoken, '\n'));
}

static void
test_sizes (void)
{
  static const struct { guint32 len; const char *text; } sizes[] = {
    { 0, "" }, { 999, "999 B" }, { 1000, "1.0 kB" }, { 65536, "65.5 kB" }, { 1500000, "1.5 MB" },
  };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);

  sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      SkyRecord record = { .len = sizes[i].len, .parent = SKY_RECORD_NONE, .mate = SKY_RECORD_NONE };
      g_autoptr(SkyRow) row = sky_row_new (store, sky_store_append (store, 0, &record), NULL);
      g_autofree char *text = sky_row_format_size (row);

      g_assert_cmpstr (text, ==, sizes[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strdup_printf ("/row/texts/%u", vectors[i].number);

      g_test_add_data_func (path, &vectors[i], test_texts);
    }
  g_test_add_func ("/row/given-up", test_given_up);
  g_test_add_func ("/row/faults", test_faults);
  g_test_add_func ("/row/sizes", test_sizes);
  return g_test_run ();
}

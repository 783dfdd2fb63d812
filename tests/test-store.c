#define _GNU_SOURCE /* memmem() */
#include "trace/store-private.h"

#include "own-memory.h"
#include "trace/feed.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT (1700000000000000)

static const SkyRecord blank = { .time_usec = NOW, .parent = SKY_RECORD_NONE, .mate = SKY_RECORD_NONE };

static SkyStore *
make_store (void)
{
  g_autoptr(GError) error = NULL;
  SkyStore *store = sky_store_new (NULL, &error);

  g_assert_no_error (error);
  return store;
}

static void
check_bytes (GBytes *bytes, const void *expected, gsize len)
{
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, len);
  g_bytes_unref (bytes);
}

/* Records stay where they are while segments are added. */
static void
test_records (void)
{
  g_autoptr(SkyStore) store = make_store ();
  guint16 link = sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  const SkyRecord *first;

  g_assert_null (sky_store_get_record (store, 0));
  for (guint32 i = 0; i < 200000; i++)
    {
      SkyRecord record = blank;

      record.start = i;
      record.link = 7;
      g_assert_cmpuint (sky_store_append (store, link, &record), ==, i);
    }
  first = sky_store_get_record (store, 0);
  g_assert_cmpuint (sky_store_get_n_records (store), ==, 200000);
  for (guint32 i = 0; i < 200000; i += 37)
    g_assert_cmpuint (sky_store_get_record (store, i)->start, ==, i);
  g_assert_cmpuint (sky_store_get_record (store, 199999)->link, ==, 0);
  g_assert_true (sky_store_get_record (store, 0) == first);
  g_assert_null (sky_store_get_record (store, 200000));
}

static void
count (SkyStore *store, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
keep_number (SkyStore *store, guint number, gpointer user_data)
{
  *(guint *) user_data = number;
}

/* A flood of records takes the disk's room; each of them is found again, and a pointer to one stays good. */
static void
test_flood (void)
{
  const guint32 n_records = 40 * SKY_STORE_SEGMENT_LEN + 1;
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  guint16 link = sky_store_add_link (store, "flood", SKY_ROLE_CLIENT);
  guint64 before = count_own_memory ();
  const SkyRecord *at_17 = NULL;

  for (guint32 i = 0; i < n_records; i++)
    {
      SkyRecord record = { .time_usec = i, .len = i ^ 0x5555, .parent = SKY_RECORD_NONE, .mate = SKY_RECORD_NONE };

      g_assert_cmpuint (sky_store_append (store, link, &record), ==, i);
      if (i == 17 * SKY_STORE_SEGMENT_LEN)
        at_17 = sky_store_get_record (store, i);
    }
  g_assert_cmpuint (count_own_memory () - before, <, 80 * 1024 * 1024);
  sky_store_amend (store, 17 * SKY_STORE_SEGMENT_LEN, SKY_RECORD_LAST, 0, 3, 5);
  g_assert_true (at_17 == sky_store_get_record (store, 17 * SKY_STORE_SEGMENT_LEN));
  g_assert_cmpuint (at_17->mate, ==, 5);
  for (guint32 i = 0; i < n_records; i++)
    {
      const SkyRecord *record = sky_store_get_record (store, i);

      if (record->time_usec != i || record->len != (i ^ 0x5555) || record->link != link)
        g_error ("record %u is not what it was", i);
    }
}

static void
test_signals (void)
{
  g_autoptr(SkyStore) store = make_store ();
  guint16 link = sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  guint n_grew = 0, amended = G_MAXUINT;

  g_signal_connect (store, "grew", G_CALLBACK (count), &n_grew);
  g_signal_connect (store, "amended", G_CALLBACK (keep_number), &amended);
  for (guint i = 0; i < 5; i++)
    sky_store_append (store, link, &blank);
  g_assert_cmpuint (n_grew, ==, 1);
  g_assert_cmpuint (sky_store_catch_up (store), ==, 5);
  g_assert_cmpuint (n_grew, ==, 1);
  sky_store_append (store, link, &blank);
  g_assert_cmpuint (n_grew, ==, 2);

  sky_store_amend (store, 3, SKY_RECORD_COVERED | SKY_RECORD_WAITING, 0, 4, 5);
  g_assert_cmpuint (amended, ==, 3);
  g_assert_cmpuint (sky_store_get_record (store, 3)->mate, ==, 5);
  amended = G_MAXUINT;
  sky_store_amend (store, 3, SKY_RECORD_COVERED, 0, 4, SKY_RECORD_NONE);
  g_assert_cmpuint (amended, ==, G_MAXUINT);
  sky_store_amend (store, 3, 0, SKY_RECORD_WAITING, 8, SKY_RECORD_NONE);
  g_assert_cmpuint (amended, ==, 3);
  g_assert_cmpuint (sky_store_get_record (store, 3)->flags, ==, SKY_RECORD_COVERED);
  g_assert_cmpuint (sky_store_get_record (store, 3)->faults, ==, 12);
  sky_store_amend (store, 4000, 1, 0, 0, SKY_RECORD_NONE);
}

/* Chunks of every size, two links, both directions: each range is found as it was sent. */
static void
test_ranges (void)
{
  g_autoptr(SkyStore) store = make_store ();
  GByteArray *sent[2][2];

  for (guint i = 0; i < 4; i++)
    sent[i / 2][i % 2] = g_byte_array_new ();
  sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  sky_store_add_link (store, "b", SKY_ROLE_SERVER);
  for (guint i = 0; i < 300; i++)
    {
      gsize len = (gsize) g_test_rand_int_range (1, i % 40 == 0 ? 200000 : 400);
      guint16 link = (guint16) g_test_rand_int_range (0, 2);
      SkyFrom from = g_test_rand_bit () ? SKY_FROM_SERVER : SKY_FROM_CLIENT;
      g_autofree guint8 *data = g_malloc (len);

      for (gsize k = 0; k < len; k++)
        data[k] = (guint8) g_test_rand_int ();
      g_assert_cmpuint (sky_store_add_bytes (store, link, from, NOW, data, len), ==, sent[link][from]->len);
      g_byte_array_append (sent[link][from], data, (guint) len);
      if (i % 50 == 0)
        g_assert_true (sky_store_flush (store, NULL));
    }
  for (guint i = 0; i < 1000; i++)
    {
      guint16 link = i & 1;
      SkyRecord record = blank;
      GByteArray *all;
      guint32 number;

      record.from = i >> 1 & 1;
      all = sent[link][record.from];
      record.start = (guint64) g_test_rand_int_range (0, (gint32) all->len);
      record.len = (guint32) g_test_rand_int_range (0, (gint32) (all->len - record.start) + 1);
      record.head_len = MIN (record.len, 3);
      number = sky_store_append (store, link, &record);
      check_bytes (sky_store_get_wire (store, number, G_MAXSIZE), all->data + record.start, record.len);
      check_bytes (sky_store_get_wire (store, number, 10), all->data + record.start, MIN (record.len, 10));
      check_bytes (sky_store_get_body (store, number, G_MAXSIZE), all->data + record.start + record.head_len,
                   record.len - record.head_len);
    }
  g_assert_cmpuint (sky_store_get_n_bytes (store, 1, SKY_FROM_SERVER), ==, sent[1][SKY_FROM_SERVER]->len);
  for (guint i = 0; i < 4; i++)
    g_byte_array_unref (sent[i / 2][i % 2]);
}

/* The cake: a masked frame (RFC 6455 §5.7), a packet in its body, one in that, and a derived body. */
static void
test_cake (void)
{
  static const guint8 frame[] = { 0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58 };
  g_autoptr(SkyStore) store = make_store ();
  guint16 link = sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  SkyRecord record = blank;
  guint32 ws, eio, sio, joined, part;

  sky_store_add_bytes (store, link, SKY_FROM_CLIENT, NOW, (const guint8 *) "xyz", 3);
  record.start = sky_store_add_bytes (store, link, SKY_FROM_CLIENT, NOW, frame, 4);
  sky_store_add_bytes (store, link, SKY_FROM_CLIENT, NOW, frame + 4, sizeof frame - 4);
  record.len = sizeof frame;
  record.head_len = 6;
  record.flags = SKY_RECORD_MASKED;
  ws = sky_store_append (store, link, &record);
  record = blank;
  record.parent = ws;
  record.len = 5;
  record.head_len = 1;
  eio = sky_store_append (store, link, &record);
  record.parent = eio;
  record.len = 4;
  record.head_len = 2;
  sio = sky_store_append (store, link, &record);

  check_bytes (sky_store_get_wire (store, ws, G_MAXSIZE), frame, sizeof frame);
  check_bytes (sky_store_get_body (store, ws, G_MAXSIZE), "Hello", 5);
  check_bytes (sky_store_get_body (store, ws, 0), "", 0);
  check_bytes (sky_store_get_wire (store, eio, G_MAXSIZE), "Hello", 5);
  check_bytes (sky_store_get_body (store, eio, 3), "ell", 3);
  check_bytes (sky_store_get_wire (store, sio, G_MAXSIZE), "ello", 4);
  check_bytes (sky_store_get_body (store, sio, G_MAXSIZE), "lo", 2);

  record = blank;
  record.flags = SKY_RECORD_DERIVED | SKY_RECORD_LAST;
  record.len = 2;
  sky_store_derive (store, (const guint8 *) "gap", 3);
  record.body = sky_store_derive (store, (const guint8 *) "inflated text", 13);
  record.body_len = 13;
  joined = sky_store_append (store, link, &record);
  record = blank;
  record.parent = joined;
  record.start = 9;
  record.len = 40;
  part = sky_store_append (store, link, &record);
  check_bytes (sky_store_get_wire (store, joined, G_MAXSIZE), "xy", 2);
  check_bytes (sky_store_get_body (store, joined, G_MAXSIZE), "inflated text", 13);
  check_bytes (sky_store_get_wire (store, part, G_MAXSIZE), "text", 4);
}

/* Ranges that no stack would give are empty, never a crash. */
static void
test_nonsense (void)
{
  g_autoptr(SkyStore) store = make_store ();
  guint16 link = sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  SkyRecord record = blank;

  sky_store_add_bytes (store, link, SKY_FROM_CLIENT, NOW, (const guint8 *) "xyz", 3);
  record.start = G_MAXUINT64 - 1;
  record.len = 100;
  record.head_len = 200;
  record.flags = SKY_RECORD_MASKED;
  sky_store_append (store, link, &record);
  record.parent = 1;
  sky_store_append (store, link, &record);
  for (guint32 i = 0; i < 3; i++)
    {
      check_bytes (sky_store_get_wire (store, i, 1000), "", 0);
      check_bytes (sky_store_get_body (store, i, 1000), "", 0);
    }
}

static void
test_directions (void)
{
  g_autoptr(SkyStore) store = make_store ();
  static const char *const ids[3][2] = { { "out", "in" }, { "in", "out" }, { "client", "server" } };

  for (guint role = 0; role < 3; role++)
    {
      SkyRecord record = blank;

      record.link = sky_store_add_link (store, "a", role);
      for (record.from = 0; record.from < 2; record.from++)
        g_assert_cmpstr (sky_store_get_dir_id (store, &record), ==, ids[role][record.from]);
    }
  g_assert_cmpuint (sky_store_get_n_links (store), ==, 3);
  g_assert_null (sky_store_get_link (store, 3));
  sky_store_set_addresses (store, 1, "127.0.0.1:80", "[::1]:5000");
  g_assert_cmpstr (sky_store_get_link (store, 1)->remote, ==, "[::1]:5000");
}

/* One connection too many leaves the bytes of the last one where they are. */
static void
test_many_links (void)
{
  g_autoptr(SkyStore) store = make_store ();
  g_autoptr(SkyFeed) last = NULL;
  g_autoptr(SkyFeed) surplus = NULL;
  const guint8 noise[] = "\x01\x02\x03", head[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  guint32 n;

  while (sky_store_get_n_links (store) < G_MAXUINT16)
    sky_store_add_link (store, "a", SKY_ROLE_SERVER);
  last = sky_feed_new (store, "last", SKY_ROLE_SERVER);
  surplus = sky_feed_new (store, "surplus", SKY_ROLE_SERVER);
  g_assert_cmpuint (sky_store_get_n_links (store), ==, G_MAXUINT16 + 1);
  sky_feed_set_addresses (surplus, "192.0.2.1:1", "192.0.2.2:2");
  g_assert_null (sky_store_get_link (store, G_MAXUINT16)->remote);
  sky_feed_bytes (surplus, SKY_FROM_CLIENT, NOW, noise, 3);
  sky_feed_bytes (surplus, SKY_FROM_CLIENT, NOW, noise, 3);
  sky_feed_end (surplus, SKY_FROM_CLIENT, NOW, NULL);
  n = sky_store_get_n_records (store);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (sky_store_get_record (store, 0)->layer, ==, SKY_LAYER_NOTE);
  sky_feed_bytes (last, SKY_FROM_CLIENT, NOW, head, sizeof head - 1);
  g_assert_cmpuint (sky_store_get_n_records (store), ==, n + 1);
  check_bytes (sky_store_get_wire (store, n, G_MAXSIZE), head, sizeof head - 1);
}

static void
test_full_disk (void)
{
  g_autoptr(SkyStore) store = NULL;
  g_autofree guint8 *data = g_malloc0 (1024 * 1024);
  guint n_trouble = 0;
  SkyRecord record = blank;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  store = sky_store_new ("/dev/full", NULL);
  g_assert_nonnull (sky_store_get_trouble (store));
  g_signal_connect (store, "trouble", G_CALLBACK (count), &n_trouble);
  sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  for (guint i = 0; i < 20; i++)
    {
      record.start = sky_store_add_bytes (store, 0, SKY_FROM_SERVER, NOW, data, 1024 * 1024);
      record.from = SKY_FROM_SERVER;
      record.len = 1024 * 1024;
      sky_store_append (store, 0, &record);
    }
  g_assert_cmpuint (n_trouble, ==, 0); /* it was told by the constructor */
  check_bytes (sky_store_get_wire (store, 0, 10), "", 0);
  check_bytes (sky_store_get_wire (store, 19, G_MAXSIZE), data, 1024 * 1024);
}

static void
test_save (void)
{
  g_autofree char *dir = g_dir_make_tmp ("store-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "a.pcapng", NULL);
  g_autofree char *copy = g_build_filename (dir, "b.pcapng", NULL);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autoptr(GFile) to = g_file_new_for_path (copy);
  g_autoptr(GFile) self = g_file_new_for_path (path);
  g_autoptr(SkyStore) store = sky_store_new (path, NULL);
  gsize a_len, b_len;

  sky_store_add_link (store, "a \"link\"", SKY_ROLE_CLIENT);
  sky_store_add_remark (store, 0, SKY_FROM_CLIENT, NOW, "{}", FALSE);
  sky_store_add_bytes (store, 0, SKY_FROM_CLIENT, NOW, (const guint8 *) "GET /", 5);
  g_assert_true (sky_store_save_copy (store, to, NULL));
  g_assert_true (sky_store_save_copy (store, self, NULL));
  g_assert_true (g_file_get_contents (path, &a, &a_len, NULL));
  g_assert_true (g_file_get_contents (copy, &b, &b_len, NULL));
  g_assert_cmpmem (a, a_len, b, b_len);
  g_assert_nonnull (memmem (a, a_len, "\"a \\\"link\\\"\"", 12));
  g_assert_cmpstr (sky_store_get_path (store), ==, path);
  g_remove (path);
  g_remove (copy);
  g_rmdir (dir);
}

/* What waits in memory reaches the disk without being asked to. */
static void
test_idle_flush (void)
{
  g_autofree char *dir = g_dir_make_tmp ("store-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "a.pcapng", NULL);
  g_autoptr(SkyStore) store = sky_store_new (path, NULL);
  GStatBuf before, after;

  g_stat (path, &before);
  sky_store_add_link (store, "a", SKY_ROLE_CLIENT);
  sky_store_add_bytes (store, 0, SKY_FROM_CLIENT, NOW, (const guint8 *) "GET /", 5);
  g_main_context_iteration (NULL, TRUE);
  g_stat (path, &after);
  g_assert_cmpint (after.st_size, >, before.st_size);
  g_remove (path);
  g_rmdir (dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/records", test_records);
  g_test_add_func ("/store/flood", test_flood);
  g_test_add_func ("/store/signals", test_signals);
  g_test_add_func ("/store/ranges", test_ranges);
  g_test_add_func ("/store/cake", test_cake);
  g_test_add_func ("/store/nonsense", test_nonsense);
  g_test_add_func ("/store/directions", test_directions);
  g_test_add_func ("/store/many-links", test_many_links);
  g_test_add_func ("/store/full-disk", test_full_disk);
  g_test_add_func ("/store/save", test_save);
  g_test_add_func ("/store/idle-flush", test_idle_flush);
  return g_test_run ();
}

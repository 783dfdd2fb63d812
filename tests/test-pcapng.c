#include "trace/pcapng.h"

#include <glib/gstdio.h>

#include "base/hex.h"
#include "trace-talk.h"

/* What a trace says, as text: two traces of the same conversation are equal. */
static char *
describe (SkyStore *store)
{
  GString *text = g_string_new (NULL);

  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    {
      const SkyRecord *r = sky_store_get_record (store, n);
      g_autoptr(GBytes) wire = sky_store_get_wire (store, n, G_MAXSIZE);
      g_autoptr(GBytes) body = sky_store_get_body (store, n, G_MAXSIZE);
      g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, wire);
      g_autofree char *body_sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, body);

      g_string_append_printf (text, "%u %s %s %s %" G_GINT64_FORMAT " link %u flags %x faults %x parent %u mate %u %s %s\n",
                              n, sky_layer_id (r->layer), sky_kind_id (r->kind), sky_store_get_dir_id (store, r),
                              r->time_usec, r->link, r->flags, r->faults, r->parent, r->mate, sum, body_sum);
    }
  for (guint i = 0; i < sky_store_get_n_links (store); i++)
    {
      const SkyStoreLink *link = sky_store_get_link (store, (guint16) i);

      g_string_append_printf (text, "link %u “%s” role %u %s %s\n", i, link->name, link->role, link->local,
                              link->remote);
    }
  return g_string_free (text, FALSE);
}

static gboolean
load (const void *data, gsize len, SkyStore *into, GError **error)
{
  g_autoptr(GInputStream) in = g_memory_input_stream_new_from_data (g_memdup2 (data, len), (gssize) len, g_free);

  return sky_pcapng_load_stream (in, "test.pcapng", into, NULL, error);
}

static char *
load_and_describe (const void *data, gsize len)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(GError) error = NULL;

  load (data, len, store, &error);
  g_assert_no_error (error);
  return describe (store);
}

static GBytes *
save (SkyStore *store)
{
  g_autofree char *dir = g_dir_make_tmp ("pcapng-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "a.pcapng", NULL);
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GError) error = NULL;
  char *data;
  gsize len;

  sky_store_save_copy (store, file, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &data, &len, NULL));
  g_remove (path);
  g_rmdir (dir);
  return g_bytes_new_take (data, len);
}

static void
test_round_trip (void)
{
  static const char post[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) chat = talk_chat (store);
  g_autoptr(SkyFeed) served = sky_feed_new (store, "served \"here\"", SKY_ROLE_SERVER);
  g_autoptr(SkyFeed) never = sky_feed_new (store, "never connected", SKY_ROLE_CLIENT);
  g_autofree guint8 *large = g_malloc0 (200000);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(GBytes) file = NULL;

  sky_feed_set_addresses (served, "[::1]:80", "[::1]:40000");
  for (gsize i = 0; i < 200000; i++)
    large[i] = (guint8) (i * 7);
  talk_bytes (served, SKY_FROM_CLIENT, 50, post, strlen (post));
  talk_bytes (served, SKY_FROM_CLIENT, 50, large, 200000);
  sky_feed_note (served, SKY_LAYER_NOTE, SKY_KIND_JOIN, SKY_FROM_SERVER, TALK_TIME + 51000, "abc joins “room”\n\001");
  sky_feed_note (never, SKY_LAYER_TCP, SKY_KIND_RESOLVE, SKY_FROM_CLIENT, TALK_TIME + 52000, "no such host");
  sky_feed_end (never, SKY_FROM_SERVER, TALK_TIME + 53000, "nobody there");
  sky_feed_end (chat, SKY_FROM_SERVER, TALK_TIME + 54000, NULL);
  sky_feed_end (chat, SKY_FROM_SERVER, TALK_TIME + 54000, NULL);
  sky_feed_end (chat, SKY_FROM_CLIENT, TALK_TIME + 55000, NULL);
  file = save (store);
  before = describe (store);
  after = load_and_describe (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  /* The link that never had addresses gets those that its packets had to have. */
  sky_feed_set_addresses (never, "127.0.0.1:32770", "127.0.0.1:80");
  g_free (before);
  before = describe (store);
  g_assert_cmpstr (after, ==, before);
}

/* Returns: (transfer full): which events nobody listens to: "4 7 " */
static char *
list_unheard (SkyStore *store)
{
  GString *numbers = g_string_new (NULL);

  for (guint32 i = 0; i < sky_store_get_n_records (store); i++)
    {
      const SkyRecord *record = sky_store_get_record (store, i);
      const SkyRecord *mate = sky_store_get_record (store, record->mate);

      if (record->layer == SKY_LAYER_SIO && mate != NULL && mate->kind == SKY_KIND_NO_LISTENER)
        g_string_append_printf (numbers, "%u ", i);
    }
  return g_string_free (numbers, FALSE);
}

/* What nobody listens to is flagged at its own record, in a capture too; nothing else is. */
static void
test_unheard (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL), again = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) chat = talk_chat (store);
  g_autoptr(GBytes) file = NULL;
  g_autofree char *none = NULL, *one = NULL, *same = NULL, *loaded = NULL;

  sky_feed_unheard (chat, SKY_FROM_CLIENT, "/chat", "slow"); /* no note says so */
  none = list_unheard (store);
  g_assert_cmpstr (none, ==, "");
  sky_feed_note (chat, SKY_LAYER_NOTE, SKY_KIND_NO_LISTENER, SKY_FROM_SERVER, TALK_TIME + 51000, "nobody");
  sky_feed_unheard (chat, SKY_FROM_CLIENT, "/", "slow");
  sky_feed_unheard (chat, SKY_FROM_SERVER, "/chat", "slow");
  sky_feed_unheard (chat, SKY_FROM_CLIENT, "/chat", "slower");
  sky_feed_unheard (chat, SKY_FROM_CLIENT, "/chat", "slow");
  one = list_unheard (store);
  g_assert_cmpuint (strlen (one), >, 1);
  g_assert_true (strchr (one, ' ') == one + strlen (one) - 1);
  sky_feed_unheard (chat, SKY_FROM_CLIENT, "/chat", "slow"); /* it was told */
  same = list_unheard (store);
  g_assert_cmpstr (same, ==, one);
  file = save (store);
  g_assert_true (load (g_bytes_get_data (file, NULL), g_bytes_get_size (file), again, NULL));
  loaded = list_unheard (again);
  g_assert_cmpstr (loaded, ==, one);
}

/* A link whose addresses come late, after a copy was saved, stays one link. */
static void
test_late_addresses (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "late", SKY_ROLE_CLIENT);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr(GBytes) early = NULL;
  g_autoptr(GBytes) file = NULL;

  sky_feed_note (feed, SKY_LAYER_TCP, SKY_KIND_RESOLVE, SKY_FROM_CLIENT, TALK_TIME, "127.0.0.1");
  early = save (store);
  sky_feed_set_addresses (feed, "127.0.0.1:5000", "127.0.0.1:80");
  talk_upgrade (feed, 1);
  file = save (store);
  before = describe (store);
  after = load_and_describe (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_assert_cmpstr (after, ==, before);
}

/* A comment has 65535 bytes at most: of a longer note the file keeps the beginning. */
static void
test_long_note (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyStore) again = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "a", SKY_ROLE_CLIENT);
  g_autofree char *text = g_strnfill (200000, '\001');
  g_autoptr(GBytes) file = NULL;
  g_autoptr(GBytes) whole = NULL;
  g_autoptr(GBytes) kept = NULL;
  gsize len;

  sky_feed_note (feed, SKY_LAYER_NOTE, SKY_KIND_STATE, SKY_FROM_SERVER, TALK_TIME, text);
  sky_feed_note (feed, SKY_LAYER_NOTE, SKY_KIND_STATE, SKY_FROM_SERVER, TALK_TIME, "\xff");
  file = save (store);
  whole = sky_store_get_body (store, 0, G_MAXSIZE);
  g_assert_cmpuint (g_bytes_get_size (whole), ==, 200000);
  g_assert_true (load (g_bytes_get_data (file, NULL), g_bytes_get_size (file), again, NULL));
  g_assert_cmpuint (sky_store_get_n_records (again), ==, 2);
  kept = sky_store_get_body (again, 0, G_MAXSIZE);
  len = g_bytes_get_size (kept);
  g_assert_cmpuint (len, >, 5000);
  g_assert_cmpmem (g_bytes_get_data (kept, NULL), len, text, len);
}

/* Anybody may have written a file: what it calls a connection can be shown all the same. */
static void
test_name (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL), again = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "a name", SKY_ROLE_CLIENT);
  g_autoptr(GBytes) file = NULL;
  g_autofree char *copy = NULL;
  gsize len;

  talk_upgrade (feed, 1);
  file = save (store);
  copy = g_memdup2 (g_bytes_get_data (file, &len), g_bytes_get_size (file));
  for (gsize i = 0; i + 6 <= len; i++)
    if (memcmp (copy + i, "a name", 6) == 0)
      copy[i + 1] = '\xff';
  g_assert_true (load (copy, len, again, NULL));
  g_assert_cmpstr (sky_store_get_link (again, 0)->name, ==, "a\357\277\275name");
}

/* Every cut of a small file is read as far as it goes, and says that it is cut. */
static void
test_cuts (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) chat = talk_chat (store);
  g_autoptr(GBytes) file = save (store);
  gsize len;
  const guint8 *data = g_bytes_get_data (file, &len);
  guint32 n_before = 0;

  for (gsize cut = 0; cut < len; cut++)
    {
      g_autoptr(SkyStore) part = sky_store_new (NULL, NULL);
      g_autoptr(GError) error = NULL;

      if (!load (data, cut, part, &error))
        {
          g_assert_cmpuint (cut, <, 4);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
          g_assert_nonnull (strstr (error->message, "test.pcapng"));
          continue;
        }
      g_assert_cmpuint (sky_store_get_n_records (part) + 1, >=, n_before);
      n_before = sky_store_get_n_records (part);
    }
  /* The last packet gave three records; a note is there instead. */
  g_assert_cmpuint (n_before, ==, sky_store_get_n_records (store) - 2);
}

/* A changed octet anywhere is no reason to fall over. */
static void
test_damage (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) chat = talk_chat (store);
  g_autoptr(GBytes) file = save (store);
  gsize len;
  const guint8 *data = g_bytes_get_data (file, &len);

  for (gsize i = (gsize) g_test_rand_int_range (0, 4); i < len; i += 4)
    {
      g_autofree guint8 *changed = g_memdup2 (data, len);
      g_autoptr(SkyStore) part = sky_store_new (NULL, NULL);

      changed[i] ^= (guint8) g_test_rand_int_range (1, 256);
      load (changed, len, part, NULL);
    }
}

static void
test_no_capture (void)
{
  static const char *const texts[] = { "", "{\"log\":{}}", "\x0a\x0d", "GET / HTTP/1.1\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
      g_autoptr(GError) error = NULL;

      g_assert_false (load (texts[i], strlen (texts[i]), store, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_cmpuint (sky_store_get_n_records (store), ==, 0);
    }
}

/* A capture of another tool's: packets in a .pcap file of either byte order, before them a link header. */
typedef struct
{
  const char *name;
  gboolean    big_endian, nsec;
  guint32     linktype;
  const char *link; /* in hexadecimal */
} Legacy;

static const Legacy legacies[] = {
  { "raw", FALSE, FALSE, 101, "" },
  { "raw-big-endian-nsec", TRUE, TRUE, 101, "" },
  { "ethernet", FALSE, TRUE, 1, "000102030405060708090a0b0800" },
  { "vlan", TRUE, FALSE, 1, "000102030405060708090a0b8100002a0800" },
  { "sll", FALSE, FALSE, 113, "00000001000600010203040500000800" },
  { "sll2", FALSE, FALSE, 276, "0800000000000001000100060001020304050000" },
  { "null", FALSE, FALSE, 0, "02000000" },
  { "loop", TRUE, FALSE, 108, "00000002" },
};

static void
put (GByteArray *out, gboolean big_endian, guint32 value)
{
  guint32 bytes = big_endian ? GUINT32_TO_BE (value) : GUINT32_TO_LE (value);

  g_byte_array_append (out, (const guint8 *) &bytes, 4);
}

/* Packets of one flow, without their blocks. */
typedef struct
{
  SkyPcapngFlow *flow;
  GPtrArray     *packets; /* of GBytes */
} Packets;

static void
add_packets (Packets *packets, SkyFrom from, const char *text)
{
  g_autoptr(GByteArray) blocks = g_byte_array_new ();
  guint32 block_len, len;

  sky_pcapng_write_chunk (packets->flow, blocks, from, 0, (const guint8 *) text, strlen (text), NULL);
  for (guint pos = 0; pos < blocks->len; pos += block_len)
    {
      memcpy (&block_len, blocks->data + pos + 4, 4);
      memcpy (&len, blocks->data + pos + 20, 4);
      g_ptr_array_add (packets->packets, g_bytes_new (blocks->data + pos + 28, len));
    }
}

static void
add_end (Packets *packets, SkyFrom from)
{
  g_autoptr(GByteArray) block = g_byte_array_new ();
  guint32 len;

  sky_pcapng_write_end (packets->flow, block, from, 0, NULL);
  memcpy (&len, block->data + 20, 4);
  g_ptr_array_add (packets->packets, g_bytes_new (block->data + 28, len));
}

/* 0 to 2 open the connection, 3 to 5 ask, 6 and 7 answer, 8 ends. */
static Packets
make_packets (void)
{
  Packets packets = { sky_pcapng_flow_new ("10.0.0.1:5000", "10.0.0.2:8080"),
                      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref) };

  add_packets (&packets, SKY_FROM_CLIENT, "GET / HTTP/1.1\r\nHo");
  add_packets (&packets, SKY_FROM_CLIENT, "st: a\r\n");
  add_packets (&packets, SKY_FROM_CLIENT, "\r\n");
  add_packets (&packets, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  add_packets (&packets, SKY_FROM_SERVER, "hello");
  add_end (&packets, SKY_FROM_SERVER);
  return packets;
}

static void
clear_packets (Packets *packets)
{
  sky_pcapng_flow_free (packets->flow);
  g_ptr_array_unref (packets->packets);
}

static GByteArray *
make_legacy (const Legacy *v, const Packets *packets, const guint *order, guint n)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr(GBytes) link = sky_hex_parse (v->link);

  put (out, v->big_endian, v->nsec ? 0xa1b23c4d : 0xa1b2c3d4);
  g_byte_array_append (out, (const guint8 *) "\0\2\0\4", 4);
  put (out, v->big_endian, 0);
  put (out, v->big_endian, 0);
  put (out, v->big_endian, 65535);
  put (out, v->big_endian, v->linktype);
  for (guint i = 0; i < n; i++)
    {
      GBytes *packet = g_ptr_array_index (packets->packets, order != NULL ? order[i] : i);
      guint32 len = (guint32) (g_bytes_get_size (link) + g_bytes_get_size (packet));

      put (out, v->big_endian, 1700000000);
      put (out, v->big_endian, v->nsec ? 123456789 : 123456);
      put (out, v->big_endian, len);
      put (out, v->big_endian, len);
      g_byte_array_append (out, g_bytes_get_data (link, NULL), (guint) g_bytes_get_size (link));
      g_byte_array_append (out, g_bytes_get_data (packet, NULL), (guint) g_bytes_get_size (packet));
    }
  return out;
}

static void
check_exchange (SkyStore *store)
{
  guint32 request = talk_find (store, 0, SKY_LAYER_HTTP, SKY_KIND_REQUEST);
  guint32 response = talk_find (store, 0, SKY_LAYER_HTTP, SKY_KIND_RESPONSE);
  g_autoptr(GBytes) body = NULL;
  guint32 end;

  g_assert_cmpuint (request, !=, SKY_RECORD_NONE);
  g_assert_cmpuint (response, !=, SKY_RECORD_NONE);
  g_assert_cmpuint (sky_store_get_record (store, request)->from, ==, SKY_FROM_CLIENT);
  g_assert_cmpint (sky_store_get_record (store, request)->time_usec, ==, G_GINT64_CONSTANT (1700000000123456));
  g_assert_cmpint (sky_store_get_record (store, response)->faults, ==, 0);
  body = sky_store_get_body (store, response, G_MAXSIZE);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "hello", 5);
  end = talk_find (store, 0, SKY_LAYER_TCP, SKY_KIND_END);
  g_assert_cmpuint (end, ==, sky_store_get_n_records (store) - 1);
  g_assert_cmpuint (sky_store_get_record (store, end)->from, ==, SKY_FROM_SERVER);
  g_assert_cmpuint (sky_store_get_n_links (store), ==, 1);
  g_assert_cmpstr (sky_store_get_link (store, 0)->local, ==, "10.0.0.1:5000");
  g_assert_cmpstr (sky_store_get_link (store, 0)->remote, ==, "10.0.0.2:8080");
}

static void
test_legacy (gconstpointer data)
{
  const Legacy *v = data;
  Packets packets = make_packets ();
  g_autoptr(GByteArray) file = make_legacy (v, &packets, NULL, packets.packets->len);
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(GError) error = NULL;

  load (file->data, file->len, store, &error);
  g_assert_no_error (error);
  check_exchange (store);
  for (guint cut = 4; cut < file->len; cut++)
    {
      g_autoptr(SkyStore) part = sky_store_new (NULL, NULL);

      g_assert_true (load (file->data, cut, part, NULL));
    }
  clear_packets (&packets);
}

/* Out of order, sent twice, without its SYN: the bytes are the same, and the end is after them. */
static void
test_order (void)
{
  static const struct { guint order[12], n; } ways[] = {
    { { 0, 1, 2, 3, 4, 5, 6, 7, 8 }, 9 },
    { { 0, 1, 2, 5, 4, 3, 7, 6, 8 }, 9 },
    { { 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 8 }, 12 },
    { { 0, 1, 2, 4, 3, 4, 5, 7, 6, 6, 8 }, 11 },
    { { 0, 1, 2, 3, 4, 5, 6, 8, 7 }, 9 },
    { { 0, 1, 2, 3, 4, 5, 8, 7, 6 }, 9 },
    { { 3, 4, 5, 6, 7, 8 }, 6 },
    { { 3, 5, 4, 4, 6, 7, 8 }, 7 },
  };
  Packets packets = make_packets ();

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr(GByteArray) file = make_legacy (&legacies[0], &packets, ways[i].order, ways[i].n);
      g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);

      g_assert_true (load (file->data, file->len, store, NULL));
      check_exchange (store);
    }
  clear_packets (&packets);
}

/* A packet that the capture lost is told, and what follows is there. */
static void
test_gap (void)
{
  static const guint order[] = { 0, 1, 2, 3, 5, 6, 7 };
  Packets packets = make_packets ();
  g_autoptr(GByteArray) file = make_legacy (&legacies[0], &packets, order, G_N_ELEMENTS (order));
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(GBytes) text = NULL;
  guint32 note;

  g_assert_true (load (file->data, file->len, store, NULL));
  note = talk_find (store, 0, SKY_LAYER_NOTE, SKY_KIND_ERROR);
  g_assert_cmpuint (note, !=, SKY_RECORD_NONE);
  text = sky_store_get_body (store, note, G_MAXSIZE);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (text, NULL), "7 bytes are missing"));
  g_assert_cmpuint (sky_store_get_n_bytes (store, 0, SKY_FROM_CLIENT), ==, 20);
  clear_packets (&packets);
}

/* RFC 1071 §1, word after word in network order: what a reader adds up. Returns: the folded sum */
static guint
add_up (guint sum, const guint8 *data, gsize len)
{
  for (gsize i = 0; i < len; i++)
    {
      sum += i % 2 == 0 ? (guint) data[i] << 8 : data[i];
      sum = (sum & 0xffff) + (sum >> 16);
    }
  return sum;
}

/* RFC 791 §3.1, RFC 8200 §8.1, RFC 9293 §3.1: with its checksum in it, all adds up to nothing but ones. */
static void
check_packet (const guint8 *ip, gsize len)
{
  gboolean v6 = ip[0] >> 4 == 6;
  gsize ip_len = v6 ? 40 : 20, tcp_len = len - ip_len;
  guint sum = 6 + (guint) tcp_len;

  if (!v6)
    g_assert_cmphex (add_up (0, ip, ip_len), ==, 0xffff);
  sum = add_up (sum, v6 ? ip + 8 : ip + 12, v6 ? 32 : 8);
  g_assert_cmphex (add_up (sum, ip + ip_len, tcp_len), ==, 0xffff);
}

/* Every length that ends otherwise, of octets that carry, and of others; over IPv4 and IPv6. */
static void
test_checksums (void)
{
  static const char *const ends[][2] = { { "127.0.0.1:80", "10.255.255.255:65535" }, { "[::1]:80", "[fe80::ffff:ffff]:65535" } };
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autofree guint8 *ones = g_malloc (70000), *any = g_malloc (70000);
  g_autoptr(GBytes) file = NULL;
  guint n_packets = 0;
  const guint8 *data;
  gsize len;

  for (gsize i = 0; i < 70000; i++)
    {
      ones[i] = 0xff;
      any[i] = (guint8) g_test_rand_int ();
    }
  for (guint v = 0; v < G_N_ELEMENTS (ends); v++)
    {
      g_autoptr(SkyFeed) feed = sky_feed_new (store, "a", SKY_ROLE_CLIENT);

      sky_feed_set_addresses (feed, ends[v][0], ends[v][1]);
      for (gsize n = 1; n < 40; n++)
        {
          talk_bytes (feed, SKY_FROM_CLIENT, (gint64) n, ones, n);
          talk_bytes (feed, SKY_FROM_SERVER, (gint64) n, any + n, n);
        }
      talk_bytes (feed, SKY_FROM_CLIENT, 50, ones, 70000);
      talk_bytes (feed, SKY_FROM_SERVER, 50, any, 69999);
    }
  file = save (store);
  data = g_bytes_get_data (file, &len);
  for (gsize at = 0; at < len;)
    {
      guint32 block[7], end;

      memcpy (block, data + at, MIN (sizeof block, len - at));
      memcpy (&end, data + at + GUINT32_FROM_LE (block[1]) - 4, 4);
      g_assert_cmpuint (end, ==, block[1]);
      if (GUINT32_FROM_LE (block[0]) == 6)
        check_packet (data + at + sizeof block, GUINT32_FROM_LE (block[5]));
      n_packets += GUINT32_FROM_LE (block[0]) == 6;
      at += GUINT32_FROM_LE (block[1]);
    }
  g_assert_cmpuint (n_packets, >=, 2 * (2 * 39 + 4 + 3));
}

/* Wireshark's reader finds connections, their parts and their checksums in order. */
static void
test_tshark (void)
{
  g_autofree char *tshark = g_find_program_in_path ("tshark");
  g_autofree char *dir = NULL;
  g_autofree char *path = NULL;
  g_autofree char *out = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(SkyStore) store = NULL;
  g_autoptr(SkyFeed) chat = NULL;
  g_autoptr(SkyFeed) six = NULL;
  g_autoptr(GError) error = NULL;

  if (tshark == NULL)
    {
      g_test_skip ("no tshark here");
      return;
    }
  dir = g_dir_make_tmp ("pcapng-XXXXXX", NULL);
  path = g_build_filename (dir, "a.pcapng", NULL);
  store = sky_store_new (path, NULL);
  chat = talk_chat (store);
  sky_feed_end (chat, SKY_FROM_SERVER, TALK_TIME + 54000, NULL);
  six = sky_feed_new (store, "six", SKY_ROLE_SERVER);
  sky_feed_set_addresses (six, "[::1]:3000", "127.0.0.1:40000");
  talk_upgrade (six, 60);
  talk_text (six, SKY_FROM_CLIENT, 61, "2probe");
  g_assert_true (sky_store_flush (store, NULL));

  const char *argv[] = { tshark, "-n", "-r", path, "-d", "tcp.port==3000,http", "-o", "tcp.check_checksum:TRUE", "-o",
                         "ip.check_checksum:TRUE", "-T", "fields", "-e", "ip.src", "-e", "ipv6.src",
                         "-e", "tcp.checksum.status", "-e", "websocket.opcode", "-e", "data.text", "-e", "http.response.code",
                         "-e", "frame.comment", NULL };
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", out);
  g_assert_nonnull (strstr (out, "\t101\t"));
  g_assert_nonnull (strstr (out, "\"sockeye\":\"link\""));
  g_assert_nonnull (strstr (out, "::ffff:127.0.0.1\t1\t1\t"));
  lines = g_strsplit (out, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) cells = g_strsplit (lines[i], "\t", -1);

      if (g_strv_length (cells) > 2)
        g_assert_cmpstr (cells[2], ==, "1"); /* the checksum is good */
    }
  g_remove (path);
  g_rmdir (dir);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pcapng/round-trip", test_round_trip);
  g_test_add_func ("/pcapng/unheard", test_unheard);
  g_test_add_func ("/pcapng/late-addresses", test_late_addresses);
  g_test_add_func ("/pcapng/long-note", test_long_note);
  g_test_add_func ("/pcapng/name", test_name);
  g_test_add_func ("/pcapng/cuts", test_cuts);
  g_test_add_func ("/pcapng/damage", test_damage);
  g_test_add_func ("/pcapng/no-capture", test_no_capture);
  for (guint i = 0; i < G_N_ELEMENTS (legacies); i++)
    {
      g_autofree char *path = g_strconcat ("/pcapng/legacy/", legacies[i].name, NULL);

      g_test_add_data_func (path, &legacies[i], test_legacy);
    }
  g_test_add_func ("/pcapng/order", test_order);
  g_test_add_func ("/pcapng/gap", test_gap);
  g_test_add_func ("/pcapng/checksums", test_checksums);
  g_test_add_func ("/pcapng/tshark", test_tshark);
  return g_test_run ();
}

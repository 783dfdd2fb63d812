/* Long-polling spreads a session over connections: recorded ones, heard together in the order of their time. */
#include <string.h>

#include "base/hex.h"
#include "sio/sio-packet.h"
#include "trace/feed.h"

typedef struct
{
  const char *name;  /* of the transcript, without "-1.txt" */
  guint       n_acks, n_attachments;
} Vector;

static const Vector vectors[] = {
  { "sio4-polling", 5, 6 },
  { "sio4-polling-upgrade", 1, 2 },
  { "sio2-polling", 4, 6 },
  { "sio2-polling-upgrade", 1, 2 },
  { "sio2-polling-binary", 0, 2 },
  { "sio2-polling-jsonp", 0, 0 },
  { "sio3-polling", 3, 6 },
  { "sio4-polling-gzip", 0, 0 },
};

typedef struct
{
  gint64  time_usec;
  guint   link, order;
  SkyFrom from;
  GBytes *bytes; /* none: this side ended */
} Piece;

static void
clear_piece (gpointer data)
{
  g_bytes_unref (((Piece *) data)->bytes);
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const Piece *one = a, *other = b;

  if (one->time_usec != other->time_usec)
    return one->time_usec < other->time_usec ? -1 : 1;
  return (one->order > other->order) - (one->order < other->order);
}

static gboolean
load (const char *name, guint link, GArray *pieces)
{
  g_autofree char *file = g_strdup_printf ("%s-%u.txt", name, link + 1);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "transcripts", file, NULL);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      Piece piece = { .link = link, .order = pieces->len, .from = lines[i][0] == '>' ? SKY_FROM_CLIENT : SKY_FROM_SERVER };
      char *hex;

      if (lines[i][0] != '>' && lines[i][0] != '<')
        continue;
      piece.time_usec = g_ascii_strtoll (lines[i] + 2, &hex, 10);
      piece.bytes = strcmp (hex, " reset") == 0 ? g_bytes_new (NULL, 0) : sky_hex_parse (hex);
      g_array_append_val (pieces, piece);
    }
  return TRUE;
}

static void
hear (SkyStore *store, const char *name)
{
  g_autoptr(GArray) pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_autoptr(GPtrArray) feeds = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_feed_free);

  g_array_set_clear_func (pieces, clear_piece);
  while (load (name, feeds->len, pieces))
    g_ptr_array_add (feeds, sky_feed_new (store, name, SKY_ROLE_CLIENT));
  g_assert_cmpuint (feeds->len, >=, 2);
  g_array_sort (pieces, by_time);
  for (guint i = 0; i < pieces->len; i++)
    {
      const Piece *piece = &g_array_index (pieces, Piece, i);
      SkyFeed *feed = g_ptr_array_index (feeds, piece->link);
      gsize len;
      const guint8 *data = g_bytes_get_data (piece->bytes, &len);

      if (len > 0)
        sky_feed_bytes (feed, piece->from, piece->time_usec, data, len);
      else
        sky_feed_end (feed, piece->from, piece->time_usec, NULL);
    }
}

/* Every ack finds its event, every attachment its own, and nothing is out of place. */
static void
test_session (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  guint n_acks = 0, n_attachments = 0;

  hear (store, v->name);
  for (guint32 n = 0; n < sky_store_get_n_records (store); n++)
    {
      const SkyRecord *record = sky_store_get_record (store, n);
      gboolean ack = record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK;

      g_test_message ("record %u: %s %s, faults %x", n, sky_layer_id (record->layer), sky_kind_id (record->kind),
                      record->faults);
      g_assert_cmphex (record->faults, ==, 0);
      g_assert_cmphex (record->flags & SKY_RECORD_WAITING, ==, 0);
      if (ack || record->flags & SKY_RECORD_ASKS)
        g_assert_cmpuint (record->mate, !=, SKY_RECORD_NONE);
      n_acks += ack;
      if (record->layer == SKY_LAYER_EIO && record->mate != SKY_RECORD_NONE)
        n_attachments++;
    }
  g_assert_cmpuint (n_acks, ==, v->n_acks);
  g_assert_cmpuint (n_attachments, ==, v->n_attachments);
}

static void
say (SkyFeed *feed, SkyFrom from, const char *text)
{
  sky_feed_bytes (feed, from, 0, (const guint8 *) text, strlen (text));
}

/* A connection that goes on with another session, known or not, forgets the one before. */
static void
test_strangers (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) one = sky_feed_new (store, "one", SKY_ROLE_CLIENT);
  g_autoptr(SkyFeed) other = sky_feed_new (store, "other", SKY_ROLE_CLIENT);
  static const char ask[] = "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n%s";
  static const struct
  {
    const char *sid, *packet;
    guint32     faults;
  } posts[] = {
    { "a", "42[\"x\"]", SKY_SIO_FAULT_NOT_CONNECTED }, /* known: it has not connected */
    { "unheard", "42[\"x\"]", 0 },                     /* who can tell? */
    { "a", "40", 0 },
    { "a", "42[\"x\"]", 0 },
  };

  say (one, SKY_FROM_CLIENT, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n");
  say (one, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n0{\"sid\":\"a\"}");
  for (guint i = 0; i < G_N_ELEMENTS (posts); i++)
    {
      g_autofree char *post = g_strdup_printf (ask, posts[i].sid, strlen (posts[i].packet), posts[i].packet);

      say (other, SKY_FROM_CLIENT, post);
      g_assert_cmphex (sky_store_get_record (store, sky_store_get_n_records (store) - 1)->faults, ==, posts[i].faults);
      say (other, SKY_FROM_SERVER, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
}

/* Sessions without end are not kept without end. */
static void
test_many (void)
{
  g_autoptr(SkyStore) store = sky_store_new (NULL, NULL);
  g_autoptr(SkyFeed) feed = sky_feed_new (store, "one", SKY_ROLE_CLIENT);

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *answer
          = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n0{\"sid\":\"%04u\"}", i);

      say (feed, SKY_FROM_CLIENT, "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: h\r\n\r\n");
      say (feed, SKY_FROM_SERVER, answer);
    }
  g_assert_cmpuint (sky_store_get_n_records (store), ==, 9000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/sessions/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_session);
    }
  g_test_add_func ("/sessions/strangers", test_strangers);
  g_test_add_func ("/sessions/many", test_many);
  return g_test_run ();
}

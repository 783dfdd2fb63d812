#include <string.h>

#include "eio/eio-payload.h"

typedef struct
{
  const char *name, *wire;
  const char *packets[6];
} Vector;

static const Vector vectors[] = {
  { "one", "4hello", { "4hello" } },
  { "two", "4hello\x1e" "2", { "4hello", "2" } },
  { "binary", "4a\x1e" "bAQIDBA==\x1e" "b", { "4a", "bAQIDBA==", "b" } },
  { "emoji", "4\xf0\x9f\x8e\x89\x1e" "4\xe2\x82\xac", { "4\xf0\x9f\x8e\x89", "4\xe2\x82\xac" } },
  { "line-breaks", "4a\nb\x1e" "4\r\n", { "4a\nb", "4\r\n" } },
  { "revision-3", "6:4hello2:4", { "6:4hello2:4" } },
  /* empty packets are given, to be faulted */
  { "empty", "", { "" } },
  { "trailing", "2\x1e", { "2", "" } },
  { "leading", "\x1e" "2", { "", "2" } },
  { "between", "2\x1e\x1e" "3", { "2", "", "3" } },
  { "only-separators", "\x1e\x1e", { "", "", "" } },
};

/* The packets of a cut payload are the whole one's, the last of them cut. */
static void
test_cuts (gconstpointer data)
{
  const Vector *v = data;

  for (gsize len = 0; len <= strlen (v->wire); len++)
    {
      g_autofree guint8 *exact = g_memdup2 (v->wire, len);
      gsize pos = 0, start, packet_len, end = 0, n = 0;

      while (sky_eio_payload_next (exact, len, &pos, &start, &packet_len))
        {
          g_assert_nonnull (v->packets[n]);
          g_assert_cmpuint (start, ==, n == 0 ? 0 : end + 1);
          end = start + packet_len;
          g_assert_cmpuint (end, <=, len);
          g_assert_cmpuint (packet_len, <=, strlen (v->packets[n]));
          g_assert_cmpmem (v->wire + start, packet_len, v->packets[n], packet_len);
          if (end < len)
            g_assert_cmpuint (packet_len, ==, strlen (v->packets[n]));
          n++;
        }
      g_assert_cmpuint (end, ==, len);
      g_assert_false (sky_eio_payload_next (exact, len, &pos, &start, &packet_len));
      if (len == strlen (v->wire))
        g_assert_null (v->packets[n]);
    }
}

/* PROTOCOL.md 3.2: there is no limit of packets */
static void
test_many (void)
{
  g_autofree guint8 *wire = g_malloc (200000);
  gsize pos = 0, start, len, n = 0;

  for (gsize i = 0; i < 200000; i++)
    wire[i] = i % 2 == 0 ? '2' : SKY_EIO_SEPARATOR;
  while (sky_eio_payload_next (wire, 199999, &pos, &start, &len))
    {
      SkyEioPacket packet;

      sky_eio_packet_decode_payload (wire + start, len, &packet);
      g_assert_cmpint (packet.type, ==, SKY_EIO_PING);
      n++;
    }
  g_assert_cmpuint (n, ==, 100000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-payload/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_cuts);
    }
  g_test_add_func ("/eio-payload/many", test_many);
  return g_test_run ();
}

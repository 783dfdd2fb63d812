#include <string.h>

#include "base/hex.h"
#include "ws/ws-deflate.h"

#define ENOUGH 1000000 /* bytes, for messages that are not to hit the limit */

#define HELLO       "f248cdc9c90700"
#define HELLO_AGAIN "f200110000" /* it points into the window */

/* Messages of one context, one after the other; a NULL text is one that does not inflate. */
typedef struct
{
  const char *name;
  gboolean    no_context_takeover;
  struct
  {
    const char *wire, *text;
  } messages[4];
} Vector;

static const Vector vectors[] = { /* RFC 7692 §7.2.3, then what breaks */
  { "hello", FALSE, { { HELLO, "Hello" } } },
  { "takeover", FALSE, { { HELLO, "Hello" }, { HELLO_AGAIN, "Hello" } } },
  { "again", TRUE, { { HELLO, "Hello" }, { HELLO, "Hello" } } },
  { "again-with-takeover", FALSE, { { HELLO, "Hello" }, { HELLO, "Hello" } } },
  { "stored", FALSE, { { "000500faff48656c6c6f00", "Hello" } } },
  { "last-block", FALSE, { { "f348cdc9c9070000", "Hello" }, { HELLO, "Hello" } } },
  { "takeover-after-last", FALSE, { { "f348cdc9c9070000", "Hello" }, { HELLO_AGAIN, "Hello" } } },
  { "last-block-at-tail", FALSE,
    { { "f248cdc9c907000000ffff01", "Hello" }, { HELLO_AGAIN, "Hello" } } },
  { "two-blocks", FALSE, { { "f248050000" "00ffffcac9c90700", "Hello" } } },
  { "empty", FALSE, { { "00", "" }, { HELLO, "Hello" }, { "00", "" }, { HELLO_AGAIN, "Hello" } } },
  { "no-data", FALSE, { { HELLO, "Hello" }, { "", NULL }, { HELLO_AGAIN, "Hello" } } },
  { "no-window", TRUE, { { HELLO, "Hello" }, { HELLO_AGAIN, NULL }, { HELLO, "Hello" } } },
  { "block-type-3", FALSE, { { "06", NULL }, { HELLO, NULL } } },
  { "fresh-after-garbage", TRUE, { { "ffffffff", NULL }, { HELLO, "Hello" } } },
  { "cut-block", FALSE, { { "f248cdc9", NULL }, { HELLO, NULL } } },
  { "cut-stored", FALSE, { { "001000efff48656c6c6f", NULL } } },
  { "last-block-without-tail", FALSE, { { "f348cdc9c90700", NULL } } },
  { "stored-length-mismatch", FALSE, { { "0005000000", NULL } } },
};

static gboolean
inflate_copy (SkyWsInflater *inflater, const guint8 *data, gsize len, gsize max_len,
              GByteArray *out, GError **error)
{
  g_autofree guint8 *exact = g_memdup2 (data, len); /* lets ASan see overreads */

  return sky_ws_inflater_message (inflater, exact, len, max_len, out, error);
}

static void
test_inflate (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (15, v->no_context_takeover);

  for (gsize i = 0; i < G_N_ELEMENTS (v->messages) && v->messages[i].wire != NULL; i++)
    {
      g_autoptr(GBytes) wire = sky_hex_parse (v->messages[i].wire);
      g_autoptr(GByteArray) out = g_byte_array_new ();
      g_autoptr(GError) error = NULL;
      const char *text = v->messages[i].text;

      g_byte_array_append (out, (const guint8 *) ">", 1); /* what is there stays */
      inflate_copy (inflater, g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), ENOUGH, out,
                    &error);
      if (text == NULL)
        {
          g_assert_error (error, SKY_WS_ERROR, SKY_WS_ERROR_INFLATE);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpmem (out->data, 1, ">", 1);
      g_assert_cmpmem (out->data + 1, out->len - 1, text, strlen (text));
    }
}

/* A message that was cut anywhere does not inflate whole, and gives no more than it has. */
static void
test_cuts (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->messages[0].wire);

  for (gsize cut = 0; cut < g_bytes_get_size (wire); cut++)
    {
      g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (15, FALSE);
      g_autoptr(GByteArray) out = g_byte_array_new ();

      inflate_copy (inflater, g_bytes_get_data (wire, NULL), cut, ENOUGH, out, NULL);
      g_assert_cmpuint (out->len, <=, 5 + 4);
    }
}

/* Some of it random, some of it repeated from near or far: matches at every distance. */
static GBytes *
make_message (GRand *rand, gsize len)
{
  guint8 *text = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    text[i] = (guint8) g_rand_int_range (rand, 0, 256);
  for (gsize i = 0; i + 600 < len; i += 300)
    memmove (text + i + 300 - g_rand_int_range (rand, 0, 200), text + i, 100);
  return g_bytes_new_take (text, len);
}

static void
round_trip (SkyWsDeflater *deflater, SkyWsInflater *inflater, GBytes *message)
{
  gsize len;
  const guint8 *text = g_bytes_get_data (message, &len);
  g_autoptr(GByteArray) packed = g_byte_array_new (), out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;

  sky_ws_deflater_message (deflater, text, len, packed);
  g_assert_cmpuint (packed->len, >, 0);
  g_assert_true (inflate_copy (inflater, packed->data, packed->len, len, out, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (out->data, out->len, text, len);
}

/* Short messages on a shared context: a match over the agreed window would reach before what the
 * inflater keeps of earlier ones, so that 8 bits show that the deflater's 9 are within them. */
static void
test_windows (gconstpointer data)
{
  guint bits = GPOINTER_TO_UINT (data) & 15;
  gboolean no_context_takeover = GPOINTER_TO_UINT (data) >> 4;
  g_autoptr(GRand) rand = g_rand_new_with_seed (bits);
  g_autoptr(SkyWsDeflater) deflater = sky_ws_deflater_new (bits, no_context_takeover);
  g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (bits, no_context_takeover);
  g_autoptr(GBytes) long_text = make_message (rand, 100000);

  for (gsize at = 0; at < 20000;)
    {
      gsize len = (gsize) g_rand_int_range (rand, 0, 100);
      g_autoptr(GBytes) piece = g_bytes_new_from_bytes (long_text, at, len);

      round_trip (deflater, inflater, piece);
      at += len;
    }
  round_trip (deflater, inflater, long_text);
}

/* What RFC 7692 §7.2.3 shows is what the deflater writes. */
static void
test_deflate (void)
{
  g_autoptr(SkyWsDeflater) deflater = sky_ws_deflater_new (15, FALSE);
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autofree char *hex = NULL;

  sky_ws_deflater_message (deflater, NULL, 0, out);
  sky_ws_deflater_message (deflater, (const guint8 *) "Hello", 5, out);
  sky_ws_deflater_message (deflater, NULL, 0, out);
  sky_ws_deflater_message (deflater, (const guint8 *) "Hello", 5, out);
  hex = sky_hex_format (out->data, out->len, "");
  g_assert_cmpstr (hex, ==, "00" HELLO "00" HELLO_AGAIN);
}

/* Exactly the limit passes; one byte less stops there, whatever would follow. */
static void
test_limit (void)
{
  g_autofree guint8 *zeros = g_malloc0 (ENOUGH);
  g_autoptr(SkyWsDeflater) deflater = sky_ws_deflater_new (15, TRUE);
  g_autoptr(GByteArray) bomb = g_byte_array_new ();
  static const gsize limits[] = { 0, 1, 63, 64, 65, 65536, ENOUGH - 1, ENOUGH,
                                  ENOUGH + 1, G_MAXSIZE };

  sky_ws_deflater_message (deflater, zeros, ENOUGH, bomb);
  g_assert_cmpuint (bomb->len, <, 2000);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (15, FALSE);
      g_autoptr(GByteArray) out = g_byte_array_new ();
      g_autoptr(GError) error = NULL, later = NULL;

      inflate_copy (inflater, bomb->data, bomb->len, limits[i], out, &error);
      g_assert_cmpuint (out->len, ==, MIN (limits[i], ENOUGH));
      if (limits[i] >= ENOUGH)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, SKY_WS_ERROR, SKY_WS_ERROR_TOO_LONG);
      g_assert_false (inflate_copy (inflater, (const guint8 *) "", 1, ENOUGH, out, &later));
      g_assert_error (later, SKY_WS_ERROR, SKY_WS_ERROR_INFLATE);
    }
}

static void
test_garbage (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (7692);

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr(SkyWsInflater) inflater = sky_ws_inflater_new (8 + round % 8, round & 1);
      gsize len = (gsize) g_rand_int_range (rand, 0, 200);

      for (guint i = 0; i < 3; i++)
        {
          g_autoptr(GBytes) garbage = make_message (rand, len);
          g_autoptr(GByteArray) out = g_byte_array_new ();

          inflate_copy (inflater, g_bytes_get_data (garbage, NULL), len, 1000, out, NULL);
          g_assert_cmpuint (out->len, <=, 1000);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *inflate = g_strdup_printf ("/ws-deflate/inflate/%s", vectors[i].name);
      g_autofree char *cuts = g_strdup_printf ("/ws-deflate/cuts/%s", vectors[i].name);

      g_test_add_data_func (inflate, &vectors[i], test_inflate);
      g_test_add_data_func (cuts, &vectors[i], test_cuts);
    }
  for (guint i = 8; i < 16; i++)
    {
      g_autofree char *takeover = g_strdup_printf ("/ws-deflate/windows/takeover-%u", i);
      g_autofree char *fresh = g_strdup_printf ("/ws-deflate/windows/fresh-%u", i);

      g_test_add_data_func (takeover, GUINT_TO_POINTER (i), test_windows);
      g_test_add_data_func (fresh, GUINT_TO_POINTER (i | 16), test_windows);
    }
  g_test_add_func ("/ws-deflate/deflate", test_deflate);
  g_test_add_func ("/ws-deflate/limit", test_limit);
  g_test_add_func ("/ws-deflate/garbage", test_garbage);
  return g_test_run ();
}

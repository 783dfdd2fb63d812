#include <math.h>
#include <string.h>

#include "base/hex.h"
#include "base/msgpack.h"

/* Each form of the format's description, at its ends; written: whether it is the form that we write. */
static const struct
{
  const char     *wire;
  SkyMsgpackType  type;
  guint64         number; /* the value, the length, or the number of items */
  gint64          below;
  gsize           head_len;
  gboolean        written;
} tokens[] = {
  { "c0", SKY_MSGPACK_NIL, 0, 0, 1, TRUE },
  { "c2", SKY_MSGPACK_FALSE, 0, 0, 1, TRUE },
  { "c3", SKY_MSGPACK_TRUE, 0, 0, 1, TRUE },
  { "00", SKY_MSGPACK_UINT, 0, 0, 1, TRUE },
  { "7f", SKY_MSGPACK_UINT, 127, 0, 1, TRUE },
  { "cc80", SKY_MSGPACK_UINT, 128, 0, 2, TRUE },
  { "ccff", SKY_MSGPACK_UINT, 255, 0, 2, TRUE },
  { "cc01", SKY_MSGPACK_UINT, 1, 0, 2, FALSE },
  { "cd0100", SKY_MSGPACK_UINT, 256, 0, 3, TRUE },
  { "cdffff", SKY_MSGPACK_UINT, 65535, 0, 3, TRUE },
  { "ce00010000", SKY_MSGPACK_UINT, 65536, 0, 5, TRUE },
  { "ceffffffff", SKY_MSGPACK_UINT, G_MAXUINT32, 0, 5, TRUE },
  { "cf0000000100000000", SKY_MSGPACK_UINT, G_GUINT64_CONSTANT (1) << 32, 0, 9, TRUE },
  { "cfffffffffffffffff", SKY_MSGPACK_UINT, G_MAXUINT64, 0, 9, TRUE },
  { "d07f", SKY_MSGPACK_UINT, 127, 0, 2, FALSE },
  { "d37fffffffffffffff", SKY_MSGPACK_UINT, G_MAXINT64, 0, 9, FALSE },
  { "ff", SKY_MSGPACK_INT, 0, -1, 1, TRUE },
  { "e0", SKY_MSGPACK_INT, 0, -32, 1, TRUE },
  { "d0df", SKY_MSGPACK_INT, 0, -33, 2, TRUE },
  { "d080", SKY_MSGPACK_INT, 0, -128, 2, TRUE },
  { "d1ff7f", SKY_MSGPACK_INT, 0, -129, 3, TRUE },
  { "d18000", SKY_MSGPACK_INT, 0, -32768, 3, TRUE },
  { "d2ffff7fff", SKY_MSGPACK_INT, 0, -32769, 5, TRUE },
  { "d280000000", SKY_MSGPACK_INT, 0, G_MININT32, 5, TRUE },
  { "d3ffffffff7fffffff", SKY_MSGPACK_INT, 0, G_MININT32 - G_GINT64_CONSTANT (1), 9, TRUE },
  { "d38000000000000000", SKY_MSGPACK_INT, 0, G_MININT64, 9, TRUE },
  { "a0", SKY_MSGPACK_STRING, 0, 0, 1, TRUE },
  { "a3616263", SKY_MSGPACK_STRING, 3, 0, 1, TRUE },
  { "d90161", SKY_MSGPACK_STRING, 1, 0, 2, FALSE },
  { "da000161", SKY_MSGPACK_STRING, 1, 0, 3, FALSE },
  { "db0000000161", SKY_MSGPACK_STRING, 1, 0, 5, FALSE },
  { "c400", SKY_MSGPACK_BINARY, 0, 0, 2, TRUE },
  { "c40201ff", SKY_MSGPACK_BINARY, 2, 0, 2, TRUE },
  { "c5000101", SKY_MSGPACK_BINARY, 1, 0, 3, FALSE },
  { "c60000000101", SKY_MSGPACK_BINARY, 1, 0, 5, FALSE },
  { "d40500", SKY_MSGPACK_EXT, 1, 0, 2, TRUE },
  { "d5050001", SKY_MSGPACK_EXT, 2, 0, 2, TRUE },
  { "d605aabbccdd", SKY_MSGPACK_EXT, 4, 0, 2, TRUE },
  { "d7050011223344556677", SKY_MSGPACK_EXT, 8, 0, 2, TRUE },
  { "d80500112233445566778899aabbccddeeff", SKY_MSGPACK_EXT, 16, 0, 2, TRUE },
  { "c70005", SKY_MSGPACK_EXT, 0, 0, 3, TRUE },
  { "c70305aabbcc", SKY_MSGPACK_EXT, 3, 0, 3, TRUE },
  { "c8000105aa", SKY_MSGPACK_EXT, 1, 0, 4, FALSE },
  { "c90000000105aa", SKY_MSGPACK_EXT, 1, 0, 6, FALSE },
  { "90", SKY_MSGPACK_ARRAY, 0, 0, 1, TRUE },
  { "92c0c0", SKY_MSGPACK_ARRAY, 2, 0, 1, TRUE },
  { "dc0001c0", SKY_MSGPACK_ARRAY, 1, 0, 3, FALSE },
  { "dd00000001c0", SKY_MSGPACK_ARRAY, 1, 0, 5, FALSE },
  { "80", SKY_MSGPACK_MAP, 0, 0, 1, TRUE },
  { "81c0c0", SKY_MSGPACK_MAP, 1, 0, 1, TRUE },
  { "de0001c0c0", SKY_MSGPACK_MAP, 1, 0, 3, FALSE },
  { "df00000001c0c0", SKY_MSGPACK_MAP, 1, 0, 5, FALSE },
};

static guint64
number_of (const SkyMsgpackToken *token)
{
  if (token->type >= SKY_MSGPACK_ARRAY)
    return token->n_items;
  return token->type >= SKY_MSGPACK_STRING ? token->len : token->uint;
}

static void
write_token (GByteArray *out, const guint8 *data, const SkyMsgpackToken *token)
{
  const guint8 *octets = data + token->head_len;

  switch (token->type)
    {
    case SKY_MSGPACK_NIL: sky_msgpack_put_nil (out); break;
    case SKY_MSGPACK_FALSE: sky_msgpack_put_boolean (out, FALSE); break;
    case SKY_MSGPACK_TRUE: sky_msgpack_put_boolean (out, TRUE); break;
    case SKY_MSGPACK_UINT: sky_msgpack_put_uint (out, token->uint); break;
    case SKY_MSGPACK_INT: sky_msgpack_put_int (out, token->sint); break;
    case SKY_MSGPACK_FLOAT: sky_msgpack_put_float (out, token->real); break;
    case SKY_MSGPACK_STRING: sky_msgpack_put_string (out, (const char *) octets, token->len); break;
    case SKY_MSGPACK_BINARY: sky_msgpack_put_binary (out, octets, token->len); break;
    case SKY_MSGPACK_EXT: sky_msgpack_put_ext (out, token->ext, octets, token->len); break;
    case SKY_MSGPACK_ARRAY: sky_msgpack_put_array (out, token->n_items); break;
    case SKY_MSGPACK_MAP: sky_msgpack_put_map (out, token->n_items); break;
    }
}

static void
test_token (gconstpointer user_data)
{
  gsize i = GPOINTER_TO_UINT (user_data), len, pos;
  g_autoptr(GBytes) wire = sky_hex_parse (tokens[i].wire);
  g_autoptr(GByteArray) again = g_byte_array_new ();
  const guint8 *data = g_bytes_get_data (wire, &len);
  SkyMsgpackToken token;

  for (gsize cut = 0; cut < len; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (data, cut);

      pos = 0;
      g_assert_false (sky_msgpack_next (part, cut, &pos, &token));
      g_assert_false (sky_msgpack_skip (part, cut, &pos));
      g_assert_cmpuint (pos, ==, 0);
    }
  pos = 0;
  g_assert_true (sky_msgpack_skip (data, len, &pos));
  g_assert_cmpuint (pos, ==, len);
  pos = 0;
  g_assert_true (sky_msgpack_next (data, len, &pos, &token));
  g_assert_cmpint (token.type, ==, tokens[i].type);
  g_assert_cmpuint (number_of (&token), ==, tokens[i].number);
  g_assert_cmpint (token.sint, ==, tokens[i].below);
  g_assert_cmpuint (token.head_len, ==, tokens[i].head_len);
  g_assert_cmpuint (pos, ==, token.type >= SKY_MSGPACK_ARRAY ? token.head_len : len);
  write_token (again, data, &token);
  g_assert_cmpint (again->len == pos && memcmp (again->data, data, pos) == 0, ==, tokens[i].written);
}

static void
test_floats (void)
{
  static const struct
  {
    const char *wire;
    double value;
  } rows[] = {
    { "ca3f000000", 0.5 }, { "ca3dcccccd", (double) 0.1f }, { "cb3fb999999999999a", 0.1 },
    { "cb8000000000000000", -0.0 }, { "cb7ff0000000000000", HUGE_VAL }, { "cb0000000000000001", 0x1p-1074 },
    { "ca00000001", 0x1p-149 }, { "caff800000", -HUGE_VAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GBytes) wire = sky_hex_parse (rows[i].wire);
      g_autoptr(GByteArray) out = g_byte_array_new ();
      gsize pos = 0;
      SkyMsgpackToken token;

      g_assert_true (sky_msgpack_next (g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), &pos, &token));
      g_assert_cmpint (token.type, ==, SKY_MSGPACK_FLOAT);
      g_assert_cmpint (memcmp (&token.real, &rows[i].value, sizeof (double)), ==, 0);
      sky_msgpack_put_float (out, token.real);
      g_assert_cmpuint (out->len, ==, 9);
      pos = 0;
      g_assert_true (sky_msgpack_next (out->data, out->len, &pos, &token));
      g_assert_cmpint (memcmp (&token.real, &rows[i].value, sizeof (double)), ==, 0);
    }
}

/* Lengths and counts that the bytes cannot fill are refused at once, wherever they stand. */
static void
test_lies (void)
{
  static const char *const lies[] = {
    "ddffffffff0000000000", "dfffffffff0000000000", "dbffffffff6161", "c6ffffffff00", "c9ffffffff0500",
    "df80000000c0c0c0c0", "dcffff00", "deffff00", "9f00", "8fc0c0", "bf61", "c1", "ddffffffff", "df7fffffff0101",
    "92dd00000003c0c0c0", /* the inner one fits alone, but then the outer one does not */
    "91c1", "93c0c0dd0000ffff00",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autoptr(GBytes) wire = sky_hex_parse (lies[i]);
      gsize len, pos = 0;
      const guint8 *data = g_bytes_get_data (wire, &len);
      g_autofree guint8 *exact = g_memdup2 (data, len);

      g_assert_false (sky_msgpack_skip (exact, len, &pos));
      g_assert_cmpuint (pos, ==, 0);
    }
}

/* As deep as there are bytes, and tokens that each promise all that is left. */
static void
test_hostile (void)
{
  const gsize len = 4 * 1024 * 1024;
  g_autofree guint8 *deep = g_malloc (len), *promises = g_malloc (len);
  gint64 start_usec = g_get_monotonic_time ();
  gsize pos = 0;

  memset (deep, 0x91, len);
  g_assert_false (sky_msgpack_skip (deep, len, &pos));
  deep[len - 1] = 0xc0;
  g_assert_true (sky_msgpack_skip (deep, len, &pos));
  g_assert_cmpuint (pos, ==, len);
  for (gsize i = 0; i + 5 <= len; i += 5)
    {
      guint32 left = GUINT32_TO_BE ((guint32) (len - i - 5));

      promises[i] = 0xdd;
      memcpy (promises + i + 1, &left, 4);
    }
  pos = 0;
  g_assert_false (sky_msgpack_skip (promises, len, &pos));
  g_assert_cmpint (g_get_monotonic_time () - start_usec, <, 10 * G_USEC_PER_SEC);
}

static void
test_long (void)
{
  static const struct
  {
    gsize len, head_string, head_binary, head_ext;
  } rows[] = { { 31, 1, 2, 3 }, { 32, 2, 2, 3 }, { 255, 2, 2, 3 }, { 256, 3, 3, 4 }, { 65535, 3, 3, 4 }, { 65536, 5, 5, 6 } };
  g_autofree guint8 *octets = g_malloc0 (65536);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int form = 0; form < 3; form++)
      {
        g_autoptr(GByteArray) out = g_byte_array_new ();
        gsize pos = 0, head = form == 0 ? rows[i].head_string : form == 1 ? rows[i].head_binary : rows[i].head_ext;
        SkyMsgpackToken token;

        if (form == 0)
          sky_msgpack_put_string (out, (const char *) octets, rows[i].len);
        else if (form == 1)
          sky_msgpack_put_binary (out, octets, rows[i].len);
        else
          sky_msgpack_put_ext (out, -7, octets, rows[i].len);
        g_assert_true (sky_msgpack_next (out->data, out->len, &pos, &token));
        g_assert_cmpuint (token.head_len, ==, head);
        g_assert_cmpuint (token.len, ==, rows[i].len);
        g_assert_cmpuint (pos, ==, out->len);
        g_assert_cmpint (token.ext, ==, form == 2 ? -7 : 0);
      }
}

static void
test_counts (void)
{
  static const struct
  {
    guint32 n;
    const char *array, *map;
  } rows[] = {
    { 15, "9f", "8f" }, { 16, "dc0010", "de0010" }, { 65535, "dcffff", "deffff" },
    { 65536, "dd00010000", "df00010000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GByteArray) array = g_byte_array_new (), map = g_byte_array_new ();
      g_autofree char *array_hex = NULL, *map_hex = NULL;

      sky_msgpack_put_array (array, rows[i].n);
      sky_msgpack_put_map (map, rows[i].n);
      array_hex = sky_hex_format (array->data, array->len, "");
      map_hex = sky_hex_format (map->data, map->len, "");
      g_assert_cmpstr (array_hex, ==, rows[i].array);
      g_assert_cmpstr (map_hex, ==, rows[i].map);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_autofree char *path = g_strdup_printf ("/msgpack/token/%s", tokens[i].wire);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_token);
    }
  g_test_add_func ("/msgpack/floats", test_floats);
  g_test_add_func ("/msgpack/lies", test_lies);
  g_test_add_func ("/msgpack/hostile", test_hostile);
  g_test_add_func ("/msgpack/long", test_long);
  g_test_add_func ("/msgpack/counts", test_counts);
  return g_test_run ();
}

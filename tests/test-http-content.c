#include "http/http-content.h"

#include <string.h>

#include "base/hex.h"

#define TEXT "2:402:402:40"
#define GZIP "1f8b080000000000020333b2323130826200ea5f371d0c000000"
#define ZLIB "78da33b23231308262000ff60271"

typedef struct
{
  const char   *name, *wire;
  SkyHttpCoding coding;
  const char   *content; /* NULL: @error */
  int           error;
} Vector;

static const Vector vectors[] = {
  { "identity", "323a3430", SKY_HTTP_CODING_IDENTITY, "2:40" },
  { "gzip", GZIP, SKY_HTTP_CODING_GZIP, TEXT },
  { "gzip-twice", GZIP GZIP, SKY_HTTP_CODING_GZIP, TEXT TEXT },
  { "gzip-of-nothing", "1f8b080000000000020303000000000000000000", SKY_HTTP_CODING_GZIP, "" },
  { "nothing", "", SKY_HTTP_CODING_GZIP, "" },
  { "zlib", ZLIB, SKY_HTTP_CODING_DEFLATE, TEXT },
  { "raw", "33b2323130826200", SKY_HTTP_CODING_DEFLATE, TEXT },
  { "raw-one", "ab0000", SKY_HTTP_CODING_DEFLATE, "x" },
  { "gzip-garbage", GZIP "00", SKY_HTTP_CODING_GZIP, NULL, SKY_HTTP_ERROR_CONTENT },
  { "zlib-garbage", ZLIB "00", SKY_HTTP_CODING_DEFLATE, NULL, SKY_HTTP_ERROR_CONTENT },
  { "gzip-as-deflate", GZIP, SKY_HTTP_CODING_DEFLATE, NULL, SKY_HTTP_ERROR_CONTENT },
  { "plain-as-gzip", "323a3430", SKY_HTTP_CODING_GZIP, NULL, SKY_HTTP_ERROR_CONTENT },
  { "wrong-checksum", "1f8b080000000000020333b2323130826200000000000c000000", SKY_HTTP_CODING_GZIP, NULL, SKY_HTTP_ERROR_CONTENT },
  { "dictionary", "78bb02d20152", SKY_HTTP_CODING_DEFLATE, NULL, SKY_HTTP_ERROR_CONTENT },
  { "unknown", "00", SKY_HTTP_CODING_UNKNOWN, NULL, SKY_HTTP_ERROR_CODING },
};

/* A coded body cut short is broken, never taken for whole; nothing is read past its end. */
static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  g_autoptr(GBytes) wire = sky_hex_parse (v->wire);
  gsize whole = g_bytes_get_size (wire);

  for (gsize len = 0; len <= whole; len++)
    {
      g_autofree guint8 *exact = g_memdup2 (g_bytes_get_data (wire, NULL), len);
      g_autoptr(GByteArray) out = g_byte_array_new ();
      g_autoptr(GError) error = NULL;
      gboolean sound = sky_http_content_decode (v->coding, exact, len, 1000, out, &error);

      g_assert_cmpint (sound, ==, error == NULL);
      if (len < whole && len > 0 && v->coding != SKY_HTTP_CODING_IDENTITY && v->content != NULL
          && len * 2 != strlen (v->wire) / 2) /* where two follow each other, one is whole too */
        g_assert_false (sound);
      if (len < whole)
        continue;
      if (v->content == NULL)
        g_assert_error (error, SKY_HTTP_ERROR, v->error);
      else
        {
          g_assert_no_error (error);
          g_assert_cmpmem (out->data, out->len, v->content, strlen (v->content));
        }
    }
}

/* However large it would become, no more than the limit is kept. */
static void
test_limit (void)
{
  g_autoptr(GBytes) wire = sky_hex_parse (GZIP);
  gsize len;
  const guint8 *data = g_bytes_get_data (wire, &len);

  for (gsize limit = 0; limit < 20; limit++)
    {
      g_autoptr(GByteArray) out = g_byte_array_new ();
      g_autoptr(GError) error = NULL;
      gboolean sound;

      g_byte_array_append (out, (const guint8 *) "before", 6);
      sound = sky_http_content_decode (SKY_HTTP_CODING_GZIP, data, len, limit, out, &error);
      g_assert_cmpint (sound, ==, limit >= strlen (TEXT));
      g_assert_cmpuint (out->len, ==, 6 + MIN (limit, strlen (TEXT)));
      g_assert_cmpmem (out->data + 6, out->len - 6, TEXT, out->len - 6);
      if (!sound)
        g_assert_error (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_BOMB);
    }
}

/* 100 MB of zeros in some 100 kB */
static void
test_bomb (void)
{
  static const char head[] = "78daecc101010000008090feafee080a0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006a000000ffff", block[] = "ecc101010000008090feafee080a0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000006a000000ffff";
  g_autoptr(GString) hex = g_string_new (head);
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) wire = NULL;

  for (guint i = 0; i < 1600; i++)
    g_string_append (hex, block);
  wire = sky_hex_parse (hex->str);
  g_assert_false (sky_http_content_decode (SKY_HTTP_CODING_DEFLATE, g_bytes_get_data (wire, NULL),
                                           g_bytes_get_size (wire), 1 << 20, out, &error));
  g_assert_error (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_BOMB);
  g_assert_cmpuint (out->len, ==, 1 << 20);
}

static void
test_coding (void)
{
  static const struct
  {
    const char   *lines;
    SkyHttpCoding coding;
  } rows[] = {
    { "", SKY_HTTP_CODING_IDENTITY },
    { "Content-Encoding: gzip\r\n", SKY_HTTP_CODING_GZIP },
    { "content-encoding: X-GZip\r\n", SKY_HTTP_CODING_GZIP },
    { "Content-Encoding: deflate\r\n", SKY_HTTP_CODING_DEFLATE },
    { "Content-Encoding: identity\r\n", SKY_HTTP_CODING_IDENTITY },
    { "Content-Encoding: identity, gzip ,\r\n", SKY_HTTP_CODING_GZIP },
    { "Content-Encoding:\r\n", SKY_HTTP_CODING_IDENTITY },
    { "Content-Encoding: br\r\n", SKY_HTTP_CODING_UNKNOWN },
    { "Content-Encoding: gzip, gzip\r\n", SKY_HTTP_CODING_UNKNOWN },
    { "Content-Encoding: deflate\r\nContent-Encoding: gzip\r\n", SKY_HTTP_CODING_UNKNOWN },
    { "Transfer-Encoding: gzip\r\n", SKY_HTTP_CODING_IDENTITY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat ("HTTP/1.1 200 OK\r\n", rows[i].lines, "\r\n", NULL);
      g_autofree SkyHttpHead *head = g_new0 (SkyHttpHead, 1);

      g_assert_cmpint (sky_http_head_decode ((const guint8 *) text, strlen (text), TRUE, head, NULL), >, 0);
      g_test_message ("%s", rows[i].lines);
      g_assert_cmpint (sky_http_content_coding (head, (const guint8 *) text), ==, rows[i].coding);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/http-content/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_decode);
    }
  g_test_add_func ("/http-content/limit", test_limit);
  g_test_add_func ("/http-content/bomb", test_bomb);
  g_test_add_func ("/http-content/coding", test_coding);
  return g_test_run ();
}

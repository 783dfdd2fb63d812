#include <string.h>

#include "http/http-body.h"

#define ANSWER   "HTTP/1.1 200 OK\r\n"
#define CHUNKED  ANSWER "Transfer-Encoding: chunked\r\n\r\n"
#define POST     "POST / HTTP/1.1\r\nHost: a\r\n"

typedef struct
{
  const char     *name, *head, *wire, *body;
  gsize           rest; /* bytes of @wire behind the body */
  SkyHttpBodyMode mode;
  gboolean        to_head, open, broken;
} Vector;

static const Vector vectors[] = {
  { "length", ANSWER "Content-Length: 5\r\n\r\n", "helloHTTP", "hello", 4, SKY_HTTP_BODY_LENGTH },
  { "length-zero", ANSWER "Content-Length: 0\r\n\r\n", "HTTP", "", 4, SKY_HTTP_BODY_LENGTH },
  { "length-short", ANSWER "Content-Length: 9\r\n\r\n", "hello", "hello", 0, SKY_HTTP_BODY_LENGTH,
    .open = TRUE },
  { "length-repeated", ANSWER "Content-Length: 5, 5\r\n\r\n", "hello", "hello", 0, SKY_HTTP_BODY_LENGTH },
  { "length-broken", ANSWER "Content-Length: five\r\n\r\n", "hello", "hello", 0, SKY_HTTP_BODY_UNTIL_CLOSE,
    .open = TRUE },
  { "until-close", ANSWER "\r\n", "hello", "hello", 0, SKY_HTTP_BODY_UNTIL_CLOSE, .open = TRUE },
  { "head-request", ANSWER "Content-Length: 5\r\n\r\n", "HTTP", "", 4, SKY_HTTP_BODY_NONE, .to_head = TRUE },
  { "100", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP", "", 4, SKY_HTTP_BODY_NONE },
  { "101", "HTTP/1.1 101 Ok\r\nContent-Length: 5\r\n\r\n", "\x81", "", 1, SKY_HTTP_BODY_NONE },
  { "204", "HTTP/1.1 204 None\r\nTransfer-Encoding: chunked\r\n\r\n", "", "", 0, SKY_HTTP_BODY_NONE },
  { "304", "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", "", "", 0, SKY_HTTP_BODY_NONE },
  { "request-none", POST "\r\n", "GET", "", 3, SKY_HTTP_BODY_NONE },
  { "request-length", POST "Content-Length: 2\r\n\r\n", "40GET", "40", 3, SKY_HTTP_BODY_LENGTH },
  { "request-chunked", POST "Transfer-Encoding: Chunked\r\n\r\n", "2\r\n40\r\n0\r\n\r\nGET", "40", 3,
    SKY_HTTP_BODY_CHUNKED },
  { "chunked-wins", ANSWER "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "2\r\n40\r\n0\r\n\r\n",
    "40", 0, SKY_HTTP_BODY_CHUNKED },
  { "chunked-last", ANSWER "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n", "", 0,
    SKY_HTTP_BODY_CHUNKED },
  { "chunked-not-last", ANSWER "Transfer-Encoding: chunked, gzip\r\n\r\n", "0\r\n", "0\r\n", 0,
    SKY_HTTP_BODY_UNTIL_CLOSE, .open = TRUE },
  { "chunks", CHUNKED, "5\r\nhello\r\n00A\r\n, 10 bytes\r\n000\r\n\r\nHTTP", "hello, 10 bytes", 4,
    SKY_HTTP_BODY_CHUNKED },
  { "chunk-extension", CHUNKED, "5;a=\"b\"\r\nhello\r\n0 ;x\r\n\r\n", "hello", 0, SKY_HTTP_BODY_CHUNKED },
  { "trailers", CHUNKED, "1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\nHTTP", "x", 4, SKY_HTTP_BODY_CHUNKED },
  { "chunk-lf", CHUNKED, "1\nx\n0\n\nHTTP", "x", 4, SKY_HTTP_BODY_CHUNKED },
  { "chunk-max", CHUNKED, "7fffffffffffffff\r\nx", "x", 0, SKY_HTTP_BODY_CHUNKED, .open = TRUE },
  { "chunk-over", CHUNKED, "8000000000000000\r\nx", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-many-digits", CHUNKED, "10000000000000000\r\n", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-word", CHUNKED, "hello\r\n", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-negative", CHUNKED, "-1\r\n", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-prefix", CHUNKED, "0x5\r\n", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-empty-size", CHUNKED, "\r\n", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-lf-size", CHUNKED, "\n", "", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
  { "chunk-longer", CHUNKED, "1\r\nxy\r\n", "x", 0, SKY_HTTP_BODY_CHUNKED, .broken = TRUE },
};

static void
begin (const Vector *v, SkyHttpBody *body)
{
  const guint8 *data = (const guint8 *) v->head;
  SkyHttpHead head;

  g_assert_cmpint (
      sky_http_head_decode (data, strlen (v->head), g_str_has_prefix (v->head, "HTTP"), &head, NULL), ==,
      strlen (v->head));
  sky_http_body_init (body, &head, data, v->to_head);
  g_assert_cmpuint (body->mode, ==, v->mode);
}

/* Feeds @wire cut at @cut or at random, each piece an exact copy. */
static void
run (const Vector *v, gsize cut, GRand *random)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GError) error = NULL;
  gsize len = strlen (v->wire), pos = 0;
  gboolean broken = FALSE;
  SkyHttpBody body;

  begin (v, &body);
  while (pos < len && !body.done && !broken)
    {
      gsize n = random != NULL ? (gsize) g_rand_int_range (random, 1, 5) : pos == 0 && cut > 0 ? cut : len;
      g_autofree guint8 *part = NULL;
      gssize taken;

      n = MIN (n, len - pos);
      part = g_memdup2 (v->wire + pos, n);
      taken = sky_http_body_feed (&body, part, n, out, &error);
      broken = taken < 0;
      if (!broken && !body.done)
        g_assert_cmpint (taken, ==, n);
      pos += broken ? 0 : (gsize) taken;
    }
  g_assert_cmpint (broken, ==, v->broken);
  if (broken)
    g_assert_error (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_CHUNK);
  else
    g_assert_cmpuint (pos, ==, len - v->rest);
  g_assert_cmpint (body.done, ==, !v->open && !v->broken);
  g_assert_cmpmem (out->data, out->len, v->body, strlen (v->body));
}

static void
test_body (gconstpointer user_data)
{
  const Vector *v = user_data;
  g_autoptr(GRand) random = g_rand_new_with_seed (9112);

  for (gsize cut = 0; cut <= strlen (v->wire); cut++)
    run (v, cut, NULL);
  for (guint i = 0; i < 50; i++)
    run (v, 0, random);
}

static void
test_unkept (void)
{
  SkyHttpBody body;

  begin (&vectors[0], &body);
  g_assert_cmpint (sky_http_body_feed (&body, (const guint8 *) "hello!", 6, NULL, NULL), ==, 5);
  g_assert_true (body.done);
  g_assert_cmpint (sky_http_body_feed (&body, (const guint8 *) "!", 1, NULL, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/http-body/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_body);
    }
  g_test_add_func ("/http-body/unkept", test_unkept);
  return g_test_run ();
}

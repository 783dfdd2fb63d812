#include <string.h>

#include "http/http-head.h"

typedef struct
{
  const char *name, *wire;
  gboolean    response;
  gssize      rest;    /* bytes of @wire that belong to what comes after the head */
  gsize       decided; /* not 0: no HTTP, and so many bytes tell it */
  const char *method, *target, *reason;
  guint       status, minor, n_headers;
  guint32     faults;
} Vector;

#define GOOD "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

static const Vector vectors[] = {
  { "get", GOOD, .method = "GET", .target = "/", .minor = 1, .n_headers = 1 },
  { "pipelined", GOOD "GET", .rest = 3, .method = "GET", .target = "/", .minor = 1, .n_headers = 1 },
  { "leading-lines", "\r\n\r\n" GOOD, .method = "GET", .target = "/", .minor = 1, .n_headers = 1 },
  { "leading-lf", "\n" GOOD, .method = "GET", .target = "/", .minor = 1, .n_headers = 1,
    .faults = SKY_HTTP_FAULT_LINE_END },
  { "old-version", "GET / HTTP/1.0\r\n\r\n", .method = "GET", .target = "/" },
  { "no-host", "GET / HTTP/1.1\r\n\r\n", .method = "GET", .target = "/", .minor = 1,
    .faults = SKY_HTTP_FAULT_NO_HOST },
  { "two-hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_NO_HOST },
  { "bare-lf", "GET /a?b HTTP/1.1\nHost: a\n\n", .method = "GET", .target = "/a?b", .minor = 1,
    .n_headers = 1, .faults = SKY_HTTP_FAULT_LINE_END },
  { "mixed-ends", "GET / HTTP/1.1\r\nHost: a\n\r\n", .method = "GET", .target = "/", .minor = 1,
    .n_headers = 1, .faults = SKY_HTTP_FAULT_LINE_END },
  { "bare-cr", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", .method = "GET", .target = "/", .minor = 1,
    .n_headers = 1, .faults = SKY_HTTP_FAULT_LINE_END },
  { "fold", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\t 2\r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 3, .faults = SKY_HTTP_FAULT_HEADER },
  { "no-colon", "GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_HEADER },
  { "no-name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_HEADER },
  { "blank-line-fold", "GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_HEADER },
  { "space-before-colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 1, .faults = SKY_HTTP_FAULT_HEADER },
  { "control-in-value", "GET / HTTP/1.1\r\nHost: a\001b\r\n\r\n", .method = "GET", .target = "/",
    .minor = 1, .n_headers = 1, .faults = SKY_HTTP_FAULT_HEADER },
  { "empty-value", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .method = "GET", .target = "/", .minor = 1,
    .n_headers = 1 },
  { "star", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", .method = "OPTIONS", .target = "*", .minor = 1,
    .n_headers = 1 },
  { "length-no-number", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", .method = "POST",
    .target = "/", .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_LENGTH },
  { "length-empty", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .method = "POST",
    .target = "/", .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_LENGTH },
  { "length-twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
    .method = "POST", .target = "/", .minor = 1, .n_headers = 3 },
  { "length-differs", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\n", .method = "POST",
    .target = "/", .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_LENGTH },
  { "length-huge", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    .method = "POST", .target = "/", .minor = 1, .n_headers = 2, .faults = SKY_HTTP_FAULT_LENGTH },
  { "length-and-chunked",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    .method = "POST", .target = "/", .minor = 1, .n_headers = 3, .faults = SKY_HTTP_FAULT_LENGTH },
  { "101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00", TRUE, .rest = 2,
    .reason = "Switching Protocols", .status = 101, .minor = 1, .n_headers = 1 },
  { "no-reason", "HTTP/1.1 200 \r\n\r\n", TRUE, .reason = "", .status = 200, .minor = 1 },
  { "no-reason-space", "HTTP/1.1 200\r\n\r\n", TRUE, .reason = "", .status = 200, .minor = 1 },
  { "response-lf", "HTTP/1.0 404 Not Found\n\n", TRUE, .reason = "Not Found", .status = 404,
    .faults = SKY_HTTP_FAULT_LINE_END },
  { "latin-reason", "HTTP/1.1 404 Trouv\xe9\r\n\r\n", TRUE, .reason = "Trouvé", .status = 404, .minor = 1 },
  { "http2-answer", "HTTP/2 200\r\n\r\n", TRUE, .decided = 6 },
  { "version-letter", "HTTP/1.x 200\r\n", TRUE, .decided = 8 },
  { "status-short", "HTTP/1.1 20 OK\r\n", TRUE, .decided = 12 },
  { "status-long", "HTTP/1.1 2000\r\n", TRUE, .decided = 13 },
  { "status-zero", "HTTP/1.1 099\r\n", TRUE, .decided = 10 },
  { "frames-as-answer", "\x81\x05hello", TRUE, .decided = 1 },
  { "ssh-answer", "SSH-2.0-x\r\n", TRUE, .decided = 1 },
  { "response-after-line", "\r\nHTTP/1.1 200\r\n\r\n", TRUE, .decided = 1 },
  { "tls-hello", "\x16\x03\x01\x02", .decided = 1 },
  { "space-first", " GET / HTTP/1.1\r\n", .decided = 1 },
  { "cr-only", "\rGET", .decided = 2 },
  { "prose", "hello there friend\r\n", .decided = 13 },
  { "one-word", "hello\r\n", .decided = 6 },
  { "no-target", "GET  HTTP/1.1\r\n", .decided = 5 },
  { "target-space", "GET /a b HTTP/1.1\r\n", .decided = 8 },
  { "http-0.9", "GET /\r\n", .decided = 6 },
  { "http2-preface", "PRI * HTTP/2.0\r\n", .decided = 12 },
  { "long-method", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1\r\n", .decided = 33 },
};

static void
check_head (const Vector *v, const SkyHttpHead *head, const guint8 *data)
{
  g_autofree char *method = sky_http_head_method (head, data);
  g_autofree char *target = sky_http_head_target (head, data);
  g_autofree char *reason = sky_http_head_reason (head, data);

  g_assert_cmpstr (method, ==, v->method != NULL ? v->method : "");
  g_assert_cmpstr (target, ==, v->target != NULL ? v->target : "");
  g_assert_cmpstr (reason, ==, v->reason != NULL ? v->reason : "");
  g_assert_cmpuint (head->response, ==, v->response);
  g_assert_cmpuint (head->status, ==, v->status);
  g_assert_cmpuint (head->minor, ==, v->minor);
  g_assert_cmpuint (head->n_headers, ==, v->n_headers);
  g_assert_cmpuint (head->faults, ==, v->faults);
}

static void
test_decode (gconstpointer user_data)
{
  const Vector *v = user_data;
  gsize len = strlen (v->wire) + (g_str_equal (v->name, "101") ? 1 : 0);
  gsize head_len = len - (gsize) v->rest;

  for (gsize cut = 0; cut <= len; cut++)
    {
      g_autofree guint8 *part = g_memdup2 (v->wire, cut);
      g_autoptr(GError) error = NULL;
      SkyHttpHead head;
      gssize result = sky_http_head_decode (part, cut, v->response, &head, &error);

      if (v->decided != 0)
        g_assert_cmpint (result, ==, cut < v->decided ? 0 : -1);
      else
        g_assert_cmpint (result, ==, cut < head_len ? 0 : (gssize) head_len);
      if (result < 0)
        g_assert_error (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_NOT_HTTP);
      else
        g_assert_no_error (error);
      if (result > 0)
        check_head (v, &head, part);
    }
}

static SkyHttpHead
decode (const char *text)
{
  SkyHttpHead head;
  gboolean response = g_str_has_prefix (text, "HTTP/");

  g_assert_cmpint (sky_http_head_decode ((const guint8 *) text, strlen (text), response, &head, NULL), ==,
                   strlen (text));
  return head;
}

static void
test_limits (void)
{
  g_autoptr(GString) text = g_string_new ("HTTP/1.1 200 OK\r\nX: ");
  SkyHttpHead head;
  g_autoptr(GError) error = NULL;

  while (text->len < SKY_HTTP_MAX_HEAD - 4)
    g_string_append_c (text, 'a');
  g_assert_cmpint (sky_http_head_decode ((guint8 *) text->str, text->len, TRUE, &head, NULL), ==, 0);
  g_string_append (text, "\r\n\r\n");
  g_assert_cmpint (sky_http_head_decode ((guint8 *) text->str, text->len, TRUE, &head, NULL), ==,
                   SKY_HTTP_MAX_HEAD);
  g_string_insert_c (text, 30, 'a');
  g_assert_cmpint (sky_http_head_decode ((guint8 *) text->str, text->len, TRUE, &head, &error), ==, -1);
  g_assert_error (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_TOO_LONG);
}

static void
test_many_headers (void)
{
  g_autoptr(GString) text = g_string_new ("HTTP/1.1 200 OK\r\n");
  g_autoptr(SkyFields) fields = sky_fields_new ();
  SkyHttpHead head;
  SkyField *last;

  for (guint i = 0; i < SKY_HTTP_MAX_HEADERS; i++)
    g_string_append_printf (text, "X-%u: %u\r\n", i, i);
  g_string_append (text, "\r\n");
  head = decode (text->str);
  g_assert_cmpuint (head.n_headers, ==, SKY_HTTP_MAX_HEADERS);
  g_assert_cmpuint (head.faults, ==, 0);

  g_string_insert (text, (gssize) text->len - 2, "Y: z\r\n");
  head = decode (text->str);
  g_assert_cmpuint (head.n_headers, ==, SKY_HTTP_MAX_HEADERS);
  g_assert_cmpuint (head.faults, ==, SKY_HTTP_FAULT_TOO_LONG);
  sky_http_head_fields (&head, (guint8 *) text->str, text->len, fields);
  last = g_ptr_array_index (fields->list, fields->list->len - 1);
  g_assert_true (last->faulty);
  g_assert_cmpuint (last->start + last->len, ==, text->len);
}

static void
test_values (void)
{
  const char *text = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nA: 1\r\n  2\r\n: 3\r\n"
                     "CONNECTION:\t Upgrade , x \r\nLatin: \xe9\r\nUtf: é\r\nB:\r\n\r\n";
  const struct
  {
    const char *name, *value;
  } rows[] = { { "connection", "keep-alive, Upgrade , x" }, { "a", "1 2" },   { "Latin", "é" },
               { "Utf", "é" },                              { "b", "" },      { "Absent", NULL },
               { "", NULL },                                { "Conn", NULL } };
  const guint8 *data = (const guint8 *) text;
  SkyHttpHead head = decode (text);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = sky_http_head_value (&head, data, rows[i].name);

      g_assert_cmpstr (value, ==, rows[i].value);
    }
  g_assert_true (sky_http_head_has_token (&head, data, "Connection", "upgrade"));
  g_assert_true (sky_http_head_has_token (&head, data, "connection", "Keep-Alive"));
  g_assert_false (sky_http_head_has_token (&head, data, "Connection", "keep"));
  g_assert_false (sky_http_head_has_token (&head, data, "Absent", "x"));
}

static void
test_query (void)
{
  const struct
  {
    const char *target, *key, *value;
  } rows[] = {
    { "/socket.io/?EIO=4&transport=websocket", "EIO", "4" },
    { "/socket.io/?EIO=4&transport=websocket", "transport", "websocket" },
    { "/?a=1&a=2", "a", "1" },
    { "/?a", "a", "" },
    { "/?a=", "a", "" },
    { "/?aa=1", "a", NULL },
    { "/", "a", NULL },
    { "/?", "a", NULL },
    { "/?", "", NULL },
    { "/?&&a=b=c&", "a", "b=c" },
    { "/?x%20y=a+b%2Bc", "x y", "a b+c" },
    { "/?a=%zz%4", "a", "%zz%4" },
    { "/?a=%", "a", "%" },
    { "/?a=%00b", "a", "%00b" },
    { "/?a=%c3%a9", "a", "é" },
    { "/?a=%ff", "a", "\357\277\275" },
    { "/?a=1#?b=2", "b", NULL },
    { "/?a=1#x", "a", "1" },
    { "/#?a=1", "a", NULL },
    { "/?b?a=1&a=2", "a", "2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *value = sky_http_query_value (rows[i].target, rows[i].key);

      g_assert_cmpstr (value, ==, rows[i].value);
    }
}

static void
test_fields (void)
{
  const char *text = "\r\nGET /a HTTP/1.1\r\nHost:  b \r\nbad\r\n more\r\n\r\n";
  const struct
  {
    const char *name, *value, *bytes;
    guint       depth;
    gboolean    faulty;
  } rows[] = { { "HTTP", "GET /a HTTP/1.1", text, 0, FALSE }, { "Method", "GET", "GET", 1, FALSE },
               { "Target", "/a", "/a", 1, FALSE },            { "Version", "HTTP/1.1", "HTTP/1.1", 1, FALSE },
               { "Host", "b", "Host:  b", 1, FALSE },         { "bad", "", "bad", 1, TRUE },
               { "(continued)", "more", " more", 1, TRUE } };
  SkyHttpHead head = decode (text);
  g_autoptr(SkyFields) fields = sky_fields_new ();

  sky_http_head_fields (&head, (const guint8 *) text, strlen (text), fields);
  g_assert_cmpuint (fields->list->len, ==, G_N_ELEMENTS (rows));
  for (guint i = 0; i < fields->list->len; i++)
    {
      const SkyField *field = g_ptr_array_index (fields->list, i);

      g_assert_cmpstr (field->name, ==, rows[i].name);
      g_assert_cmpstr (field->value, ==, rows[i].value);
      g_assert_cmpmem (text + field->start, field->len, rows[i].bytes, strlen (rows[i].bytes));
      g_assert_cmpuint (field->depth, ==, rows[i].depth);
      g_assert_cmpuint (field->faulty, ==, rows[i].faulty);
    }
}

static void
test_faults (void)
{
  guint32 seen = 0;

  for (const SkyFaultInfo *row = sky_http_faults; row->flag != 0; row++)
    {
      g_assert_cmpuint (seen & row->flag, ==, 0);
      g_assert_true (g_str_has_prefix (row->id, row->flag < SKY_HTTP_FAULT_METHOD || row->flag > SKY_HTTP_FAULT_EXTENSION ? "http-" : "upgrade-"));
      seen |= row->flag;
    }
  g_assert_cmpuint (seen, ==, 0xfff7f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/http-head/decode/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_decode);
    }
  g_test_add_func ("/http-head/limits", test_limits);
  g_test_add_func ("/http-head/many-headers", test_many_headers);
  g_test_add_func ("/http-head/values", test_values);
  g_test_add_func ("/http-head/query", test_query);
  g_test_add_func ("/http-head/fields", test_fields);
  g_test_add_func ("/http-head/faults", test_faults);
  return g_test_run ();
}

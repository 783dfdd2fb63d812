#include <string.h>

#include "http/http-upgrade.h"

#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define GET    "GET /chat HTTP/1.1\r\nHost: a\r\n"
#define SWITCH "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define ASK    GET SWITCH "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n"
#define ANSWER "HTTP/1.1 101 Switching Protocols\r\n"
#define AGREE  ANSWER SWITCH "Sec-WebSocket-Accept: " ACCEPT "\r\n"
#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"

typedef struct
{
  const char *name, *request, *response;
  guint32     faults;
} Vector;

static const Vector requests[] = {
  { "right", ASK "\r\n" },
  { "many-tokens", GET "Upgrade: h2c, WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Key: " KEY
                       "\r\nSec-WebSocket-Version: 13\r\n\r\n" },
  { "post", "POST / HTTP/1.1\r\nHost: a\r\n" SWITCH "Sec-WebSocket-Key: " KEY
            "\r\nSec-WebSocket-Version: 13\r\n\r\n", .faults = SKY_HTTP_FAULT_METHOD },
  { "http-1.0", "GET / HTTP/1.0\r\n" SWITCH "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n",
    .faults = SKY_HTTP_FAULT_METHOD },
  { "no-key", GET SWITCH "Sec-WebSocket-Version: 13\r\n\r\n", .faults = SKY_HTTP_FAULT_KEY },
  { "two-keys", ASK "Sec-WebSocket-Key: " KEY "\r\n\r\n", .faults = SKY_HTTP_FAULT_KEY },
  { "short-key", GET SWITCH "Sec-WebSocket-Key: aGVsbG8=\r\nSec-WebSocket-Version: 13\r\n\r\n",
    .faults = SKY_HTTP_FAULT_KEY },
  { "long-key", GET SWITCH "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSE=\r\nSec-WebSocket-Version: 13\r\n\r\n",
    .faults = SKY_HTTP_FAULT_KEY },
  { "odd-key", GET SWITCH "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j?Q==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    .faults = SKY_HTTP_FAULT_KEY },
  { "old-version", GET SWITCH "Sec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 8\r\n\r\n",
    .faults = SKY_HTTP_FAULT_VERSION },
  { "no-version", GET SWITCH "Sec-WebSocket-Key: " KEY "\r\n\r\n", .faults = SKY_HTTP_FAULT_VERSION },
  { "proxy-dropped", GET "Connection: close\r\nSec-WebSocket-Key: " KEY "\r\nSec-WebSocket-Version: 13\r\n\r\n",
    .faults = SKY_HTTP_FAULT_UPGRADE | SKY_HTTP_FAULT_CONNECTION },
};

static const Vector answers[] = {
  { "right", ASK "\r\n", AGREE "\r\n" },
  { "any-case", ASK "\r\n",
    ANSWER "upgrade: WebSocket\r\nconnection: upgrade\r\nsec-websocket-accept: " ACCEPT "\r\n\r\n" },
  { "404", ASK "\r\n", "HTTP/1.1 404 Not Found\r\n\r\n", SKY_HTTP_FAULT_STATUS },
  { "426", ASK "\r\n", "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n\r\n",
    SKY_HTTP_FAULT_STATUS },
  { "200-with-all", ASK "\r\n", "HTTP/1.1 200 OK\r\n" SWITCH "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
    SKY_HTTP_FAULT_STATUS },
  { "nothing", ASK "\r\n", ANSWER "\r\n",
    SKY_HTTP_FAULT_UPGRADE | SKY_HTTP_FAULT_CONNECTION | SKY_HTTP_FAULT_ACCEPT },
  { "no-upgrade", ASK "\r\n", ANSWER "Connection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
    SKY_HTTP_FAULT_UPGRADE },
  { "other-upgrade", ASK "\r\n",
    ANSWER "Upgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
    SKY_HTTP_FAULT_UPGRADE },
  { "no-connection", ASK "\r\n", ANSWER "Upgrade: websocket\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
    SKY_HTTP_FAULT_CONNECTION },
  { "connection-close", ASK "\r\n",
    ANSWER "Upgrade: websocket\r\nConnection: close\r\nSec-WebSocket-Accept: " ACCEPT "\r\n\r\n",
    SKY_HTTP_FAULT_CONNECTION },
  { "no-accept", ASK "\r\n", ANSWER SWITCH "\r\n", SKY_HTTP_FAULT_ACCEPT },
  { "wrong-accept", ASK "\r\n", ANSWER SWITCH "Sec-WebSocket-Accept: " KEY "\r\n\r\n", SKY_HTTP_FAULT_ACCEPT },
  { "accept-case", ASK "\r\n", ANSWER SWITCH "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    SKY_HTTP_FAULT_ACCEPT },
  { "two-accepts", ASK "\r\n", AGREE "Sec-WebSocket-Accept: " ACCEPT "\r\n\r\n", SKY_HTTP_FAULT_ACCEPT },
  { "no-key-asked", GET SWITCH "\r\n", AGREE "\r\n", SKY_HTTP_FAULT_ACCEPT },
  { "protocol", ASK "Sec-WebSocket-Protocol: a, b\r\n\r\n", AGREE "Sec-WebSocket-Protocol: b\r\n\r\n" },
  { "protocol-two-lines", ASK "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n",
    AGREE "Sec-WebSocket-Protocol: b\r\n\r\n" },
  { "protocol-none-chosen", ASK "Sec-WebSocket-Protocol: a\r\n\r\n", AGREE "\r\n" },
  { "protocol-unasked", ASK "\r\n", AGREE "Sec-WebSocket-Protocol: a\r\n\r\n", SKY_HTTP_FAULT_SUBPROTOCOL },
  { "protocol-case", ASK "Sec-WebSocket-Protocol: a\r\n\r\n", AGREE "Sec-WebSocket-Protocol: A\r\n\r\n",
    SKY_HTTP_FAULT_SUBPROTOCOL },
  { "protocol-several", ASK "Sec-WebSocket-Protocol: a, b\r\n\r\n", AGREE "Sec-WebSocket-Protocol: a, b\r\n\r\n",
    SKY_HTTP_FAULT_SUBPROTOCOL },
  { "protocol-repeated", ASK "Sec-WebSocket-Protocol: a, b\r\n\r\n",
    AGREE "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n\r\n", SKY_HTTP_FAULT_SUBPROTOCOL },
  { "protocol-empty", ASK "Sec-WebSocket-Protocol: a\r\n\r\n", AGREE "Sec-WebSocket-Protocol:\r\n\r\n",
    SKY_HTTP_FAULT_SUBPROTOCOL },
  { "extension", ASK DEFLATE "\r\n", AGREE "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n" },
  { "extension-declined", ASK DEFLATE "\r\n", AGREE "\r\n" },
  { "extension-unasked", ASK "\r\n", AGREE "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
    SKY_HTTP_FAULT_EXTENSION },
  { "extension-other", ASK DEFLATE "\r\n", AGREE "Sec-WebSocket-Extensions: x-other\r\n\r\n",
    SKY_HTTP_FAULT_EXTENSION },
  { "extension-one-more", ASK DEFLATE "\r\n", AGREE "Sec-WebSocket-Extensions: permessage-deflate, x\r\n\r\n",
    SKY_HTTP_FAULT_EXTENSION },
  { "extension-quoted", ASK "Sec-WebSocket-Extensions: a ; b=\"x, \\\" y;z\" , c\r\n\r\n",
    AGREE "Sec-WebSocket-Extensions: c;d=\"q,r\", a\r\n\r\n" },
};

static SkyHttpHead
decode (const char *text)
{
  SkyHttpHead head;

  g_assert_cmpint (sky_http_head_decode ((const guint8 *) text, strlen (text),
                                         g_str_has_prefix (text, "HTTP/"), &head, NULL),
                   ==, strlen (text));
  return head;
}

static void
test_request (gconstpointer user_data)
{
  const Vector *v = user_data;
  const guint8 *data = (const guint8 *) v->request;
  SkyHttpHead head = decode (v->request);

  g_assert_true (sky_http_upgrade_is_request (&head, data));
  g_assert_cmphex (sky_http_upgrade_check_request (&head, data), ==, v->faults);
}

static void
test_answer (gconstpointer user_data)
{
  const Vector *v = user_data;
  SkyHttpHead request = decode (v->request), response = decode (v->response);

  g_assert_false (sky_http_upgrade_is_request (&response, (const guint8 *) v->response));
  g_assert_cmphex (sky_http_upgrade_check_response (&request, (const guint8 *) v->request, &response,
                                                    (const guint8 *) v->response),
                   ==, v->faults);
}

static void
test_key (void)
{
  g_autofree char *key = sky_http_upgrade_key ((const guint8 *) "the sample nonce");
  g_autofree char *accept = sky_http_upgrade_accept (KEY);

  g_assert_cmpstr (key, ==, KEY);
  g_assert_cmpstr (accept, ==, ACCEPT);
  g_assert_true (sky_http_upgrade_key_valid (key));
}

static void
test_no_upgrade (void)
{
  const char *text = GET "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
  SkyHttpHead head = decode (text);

  g_assert_false (sky_http_upgrade_is_request (&head, (const guint8 *) text));
}

static void
test_write (void)
{
  const char *const extra[] = { "Cookie: io=1", "not a header", "X-Bad: a\r\nInjected: 1", "bad name: x",
                                "user-agent: me", ": x", NULL };
  SkyHttpUpgrade upgrade = { .host = "a:81", .target = "/s/?EIO=4", .key = KEY, .origin = "http://a",
                             .subprotocols = "x, y", .extensions = "permessage-deflate", .headers = extra };
  g_autofree char *text = sky_http_upgrade_request (&upgrade);
  SkyHttpHead head = decode (text);

  g_assert_cmpstr (text, ==,
                   "GET /s/?EIO=4 HTTP/1.1\r\nHost: a:81\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Origin: http://a\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n"
                   "Sec-WebSocket-Protocol: x, y\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
                   "Cookie: io=1\r\nuser-agent: me\r\n\r\n");
  g_assert_cmphex (head.faults, ==, 0);
  g_assert_cmphex (sky_http_upgrade_check_request (&head, (const guint8 *) text), ==, 0);
}

static void
test_write_replaced (void)
{
  const char *const extra[] = { "sec-websocket-version: 8", "host: b", "Sec-WebSocket-Protocol: p",
                                "Sec-WebSocket-Protocol: q", NULL };
  SkyHttpUpgrade upgrade = { .host = "a", .target = "", .key = KEY, .subprotocols = "x", .headers = extra };
  g_autofree char *text = sky_http_upgrade_request (&upgrade);

  g_assert_cmpstr (text, ==,
                   "GET / HTTP/1.1\r\nhost: b\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "sec-websocket-version: 8\r\nSec-WebSocket-Key: " KEY "\r\n"
                   "Sec-WebSocket-Protocol: p\r\nSec-WebSocket-Protocol: q\r\n\r\n");
}

static void
test_write_injection (void)
{
  const char *evil = "x\r\nInjected: 1";
  SkyHttpUpgrade upgrade = { .host = evil, .target = "/a b\r\nInjected: é", .key = evil, .origin = evil,
                             .subprotocols = evil, .extensions = "a\nb" };
  g_autofree char *text = sky_http_upgrade_request (&upgrade);

  g_assert_cmpstr (text, ==,
                   "GET /a%20b%0D%0AInjected:%20%C3%A9 HTTP/1.1\r\nConnection: Upgrade\r\n"
                   "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n");
}

static void
add_rows (const char *folder, const Vector *rows, guint n, GTestDataFunc test)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat ("/http-upgrade/", folder, "/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_rows ("request", requests, G_N_ELEMENTS (requests), test_request);
  add_rows ("answer", answers, G_N_ELEMENTS (answers), test_answer);
  g_test_add_func ("/http-upgrade/key", test_key);
  g_test_add_func ("/http-upgrade/no-upgrade", test_no_upgrade);
  g_test_add_func ("/http-upgrade/write", test_write);
  g_test_add_func ("/http-upgrade/write-replaced", test_write_replaced);
  g_test_add_func ("/http-upgrade/write-injection", test_write_injection);
  return g_test_run ();
}

#include <string.h>

#include "eio/eio-open.h"

typedef struct
{
  const char *name, *json;
  const char *sid; /* NULL if it is no open packet */
  guint       interval_msec, timeout_msec;
  guint64     max_payload;
  gboolean    websocket;
} Vector;

static const Vector vectors[] = {
  { "polling",
    "{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
    "\"pingTimeout\":20000,\"maxPayload\":1000000}",
    "lv_VI97HAXpY6yYWAAAC", 25000, 20000, 1000000, TRUE },
  { "websocket",
    "{\"sid\":\"a\",\"upgrades\":[],\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1}",
    "a", 300, 200, 1, FALSE },
  { "revision-3",
    "{\"sid\":\"a\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":5000}", "a",
    25000, 5000, 0, TRUE },
  { "sid-only", "{\"sid\":\"a\"}", "a", 0, 0, 0, FALSE },
  { "other-order", " { \"maxPayload\" : 5 , \"x\" : [ {} ] , \"sid\" : \"\\u0061\" } ", "a", 0, 0,
    5, FALSE },
  { "other-upgrades", "{\"sid\":\"a\",\"upgrades\":[\"webtransport\",\"websocket\"]}", "a",
    .websocket = TRUE },
  { "odd-upgrades", "{\"sid\":\"a\",\"upgrades\":[1,null,{},\" websocket\"]}", "a", .websocket = FALSE },
  { "odd-numbers",
    "{\"sid\":\"a\",\"pingInterval\":25e3,\"pingTimeout\":1e300,\"maxPayload\":"
    "18446744073709551615}",
    "a", 25000, G_MAXUINT, G_MAXUINT64, FALSE },
  { "big-interval", "{\"sid\":\"a\",\"pingInterval\":99999999999}", "a", G_MAXUINT },
  { "null", "null" },
  { "nothing", "" },
  { "array", "[\"sid\",\"a\"]" },
  { "no-sid", "{\"upgrades\":[]}" },
  { "number-sid", "{\"sid\":5}" },
  { "string-interval", "{\"sid\":\"a\",\"pingInterval\":\"25000\"}" },
  { "negative-timeout", "{\"sid\":\"a\",\"pingTimeout\":-1}" },
  { "string-upgrades", "{\"sid\":\"a\",\"upgrades\":\"websocket\"}" },
  { "tail", "{\"sid\":\"a\"}x" },
};

static gboolean
decode (const char *json, gsize len, SkyEioOpen *open)
{
  g_autofree char *exact = g_memdup2 (json, len);

  return sky_eio_open_decode (exact, len, open);
}

static void
test_decode (gconstpointer data)
{
  const Vector *v = data;
  gsize len = strlen (v->json), whole = len;
  g_auto(SkyEioOpen) open = { 0 };

  while (whole > 0 && v->json[whole - 1] == ' ')
    whole--;
  for (gsize cut = 0; cut < whole; cut++)
    {
      g_auto(SkyEioOpen) part = { 0 };

      if (!g_str_has_suffix (v->json, "}x"))
        g_assert_false (decode (v->json, cut, &part));
    }
  g_assert_cmpint (decode (v->json, len, &open), ==, v->sid != NULL);
  g_assert_cmpstr (open.sid, ==, v->sid);
  g_assert_cmpuint (open.ping_interval_msec, ==, v->interval_msec);
  g_assert_cmpuint (open.ping_timeout_msec, ==, v->timeout_msec);
  g_assert_cmpuint (open.max_payload, ==, v->max_payload);
  g_assert_cmpint (open.upgrades_websocket, ==, v->websocket);
}

/* PROTOCOL.md 1.1: exactly these keys, in the reference's order */
static void
test_encode (void)
{
  SkyEioOpen open = { .sid = (char *) "a\"b", 25000, 20000, 1000000, TRUE };
  g_autofree char *polling = sky_eio_open_encode (&open), *websocket = NULL, *revision_3 = NULL;

  g_assert_cmpstr (polling, ==,
                   "{\"sid\":\"a\\\"b\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
                   "\"pingTimeout\":20000,\"maxPayload\":1000000}");
  open.upgrades_websocket = FALSE;
  websocket = sky_eio_open_encode (&open);
  g_assert_cmpstr (websocket, ==,
                   "{\"sid\":\"a\\\"b\",\"upgrades\":[],\"pingInterval\":25000,"
                   "\"pingTimeout\":20000,\"maxPayload\":1000000}");
  open.max_payload = 0;
  revision_3 = sky_eio_open_encode (&open);
  g_assert_cmpstr (
      revision_3, ==,
      "{\"sid\":\"a\\\"b\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/eio-open/decode/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_decode);
    }
  g_test_add_func ("/eio-open/encode", test_encode);
  return g_test_run ();
}

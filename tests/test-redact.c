#include "trace/redact.h"

#include <string.h>

/* Texts of an admin namespace (FEATURES §4.4) as they stand in packets, frames and polled payloads. */
typedef struct
{
  const char *name, *text, *expected; /* expected: NULL if it may be given away as it is */
} Vector;

#define HANDSHAKE "\"handshake\":{\"address\":\"::1\",\"headers\":{\"host\":\"a\",\"cookie\":"

static const Vector vectors[] = {
  { "cookie", "42/admin,[\"socket_connected\",{\"id\":\"a\"," HANDSHAKE "\"sid=secret; t=1\",\"accept\":\"*/*\"}}},\"2026\"]",
    "42/admin,[\"socket_connected\",{\"id\":\"a\"," HANDSHAKE "\"…\",\"accept\":\"*/*\"}}},\"2026\"]" },
  { "spaced", "[\"x\",{\"handshake\" : {\"headers\" : { \"Authorization\" : \"Bearer secret\" , \"n\":1}}}]",
    "[\"x\",{\"handshake\" : {\"headers\" : { \"Authorization\" : \"…\" , \"n\":1}}}]" },
  { "list", "[{" HANDSHAKE "[\"a=secret\", \"b=secret\"],\"accept\":\"d\"}}}]",
    "[{" HANDSHAKE "[\"…\", \"…\"],\"accept\":\"d\"}}}]" },
  { "quotes", "[{" HANDSHAKE "\"a=\\\"secret\\\\\",\"accept\":\"d\"}}}]", "[{" HANDSHAKE "\"…\",\"accept\":\"d\"}}}]" },
  { "two", "2[1]\0362[{" HANDSHAKE "\"secret\"}}},{" HANDSHAKE "\"secret\"}}}]",
    "2[1]\0362[{" HANDSHAKE "\"…\"}}},{" HANDSHAKE "\"…\"}}}]" },
  { "query", "[{\"handshake\":{\"query\":{\"EIO\":\"4\",\"token\":\"secret\"},\"url\":\"/socket.io/?token=secret\"}}]",
    "[{\"handshake\":{\"query\":{\"EIO\":\"4\",\"token\":\"…\"},\"url\":\"…\"}}]" },
  { "harmless", "[{\"handshake\":{\"headers\":{\"host\":\"cookie\",\"x\":[\"cookie\",1]},\"url\":\"/socket.io/\"}}]", NULL },
  { "no-text", "[{\"handshake\":{\"headers\":{\"cookie\":1,\"token\":null,\"auth\":{\"a\":\"b\"}}}}]", NULL },
  { "login", "40/admin,{\"username\":\"admin\",\"password\":\"secret\",\"sessionId\":\"secret\"}",
    "40/admin,{\"username\":\"admin\",\"password\":\"…\",\"sessionId\":\"…\"}" },
  { "login-packet", "0/admin,{\"username\":\"admin\",\"password\":\"secret\"}",
    "0/admin,{\"username\":\"admin\",\"password\":\"…\"}" },
  { "login-payload", "{\"username\":\"admin\",\"password\":\"secret\"}", "{\"username\":\"admin\",\"password\":\"…\"}" },
  { "login-again", "40/admin,{\"sessionId\":\"secret\"}", "40/admin,{\"sessionId\":\"…\"}" },
  { "login-again-packet", "0/admin,{\"sessionId\":\"secret\"}", "0/admin,{\"sessionId\":\"…\"}" },
  { "event-of-theirs", "42[\"login\",{\"username\":\"a\",\"password\":\"b\"}]", NULL },
  { "session", "42/admin,[\"session\",\"82fbe0772aedd3a6\"]", "42/admin,[\"session\",\"…\"]" },
  { "session-polled", "42/admin,[\"session\",\"82fbe0772aedd3a6\"]\03640/admin,{}",
    "42/admin,[\"session\",\"…\"]\03640/admin,{}" },
  { "session-other", "42[\"session\",\"82fbe0772aedd3a67\"]", NULL },
  { "empty", "", NULL },
};

static void
test_redact (gconstpointer data)
{
  const Vector *v = data;
  g_autofree char *out = sky_redact_admin (v->text, strlen (v->text), NULL);

  g_assert_cmpstr (out, ==, v->expected);
}

/* Cut anywhere, nothing of a secret is left if enough is there to tell that it is one. */
static void
test_cuts (gconstpointer data)
{
  const Vector *v = data;
  gsize len = strlen (v->text);

  for (gsize cut = 0; cut <= len; cut++)
    {
      g_autofree char *part = g_memdup2 (v->text, cut); /* an exact copy lets ASan see overreads */
      g_autofree char *out = sky_redact_admin (part, cut, NULL);

      if (out != NULL)
        g_assert_null (strstr (out, "secret"));
    }
}

/* STOMP ends its frames with U+0000, and anybody may send one: nothing behind it is lost, and nothing slips through. */
static void
test_zero (void)
{
  static const char text[] = "40/admin,{\"a\":\"\0\",\"username\":\"\0\",\"password\":\"secret\"}\0tail";
  static const char expected[] = "40/admin,{\"a\":\"\0\",\"username\":\"\0\",\"password\":\"…\"}\0tail";
  gsize len = 0;
  g_autofree char *out = sky_redact_admin (text, sizeof text - 1, &len);

  g_assert_cmpmem (out, len, expected, sizeof expected - 1);
}

static void
test_events (void)
{
  static const struct
  {
    const char *event, *args, *expected;
  } events[] = {
    { "session", "[\"82fbe0772aedd3a6\"]", "[\"…\"]" },
    { "session", "\"82fbe0772aedd3a6\"", "\"…\"" },
    { "session", "[\"82fbe0772aedd3\"]", NULL },
    { "session", "[]", NULL },
    { "session", "", NULL },
    { "all_sockets", "[[{" HANDSHAKE "\"secret\"}}}]]", "[[{" HANDSHAKE "\"…\"}}}]]" },
    { "socket_connected", "{" HANDSHAKE "\"secret", "{" HANDSHAKE "\"…\"" },
    { "message", "[[{" HANDSHAKE "\"mine\"}}}]]", NULL },
    { NULL, "[1]", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autofree char *out = sky_redact_admin_event (events[i].event, events[i].args);

      g_assert_cmpstr (out, ==, events[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/redact/", vectors[i].name, NULL);
      g_autofree char *cuts = g_strconcat ("/redact/cuts/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_redact);
      g_test_add_data_func (cuts, &vectors[i], test_cuts);
    }
  g_test_add_func ("/redact/zero", test_zero);
  g_test_add_func ("/redact/events", test_events);
  return g_test_run ();
}

#include "ui/options/options-check.h"

#include <string.h>

typedef char *(*CheckText) (const char *text);

/* What a person typed; @says: a part of the sentence, NULL if all is right. */
typedef struct
{
  const char     *name;
  SkyOptionsCheck pair;
  CheckText       text;
  const char     *first, *second, *says;
} Vector;

#define HEADER(name, first, second, says)    { "header/" name, sky_options_check_header, NULL, first, second, says }
#define COOKIE(name, first, second, says)    { "cookie/" name, sky_options_check_cookie, NULL, first, second, says }
#define QUERY(name, first, second, says)     { "query/" name, sky_options_check_query, NULL, first, second, says }
#define NAMESPACE(name, first, second, says) { "namespace/" name, sky_options_check_namespace, NULL, first, second, says }
#define REPLY(name, first, second, says)     { "reply/" name, sky_options_check_reply, NULL, first, second, says }
#define TEXT(name, check, first, says)       { name, NULL, check, first, NULL, says }

static const Vector vectors[] = {
  HEADER ("right", "X-Api-Key", "a b: c", NULL),
  HEADER ("empty-value", "X", "", NULL),
  HEADER ("no-name", "", "x", "no name"),
  HEADER ("colon", "X:", "x", "colon"),
  HEADER ("space", "X Y", "x", "no spaces"),
  HEADER ("umlaut", "\xc3\xbc", "x", "letters"),
  HEADER ("injected", "X", "a\r\nY: b", "line break"),
  COOKIE ("right", "sid", "a=b%20c", NULL),
  COOKIE ("no-name", "", "x", "no name"),
  COOKIE ("semicolon", "a", "b;c", "semicolons"),
  COOKIE ("name", "a b", "c", "no spaces"),
  QUERY ("right", "a b", "c&d=e", NULL),
  QUERY ("no-name", "", "x", "no name"),
  QUERY ("equals", "a=b", "c", "equals sign"),
  NAMESPACE ("right", "/chat", "{\"a\":1}", NULL),
  NAMESPACE ("main", "/", "", NULL),
  NAMESPACE ("no-slash", "chat", "", "slash"),
  NAMESPACE ("comma", "/a,b", "", "comma"),
  NAMESPACE ("no-name", "", "{}", "no name"),
  NAMESPACE ("auth-cut", "/", "{\"a\":", "Line 1, column"),
  NAMESPACE ("auth-array", "/", "[]", "object"),
  REPLY ("right", "ask", "1, {\"a\": [true]}", NULL),
  REPLY ("nothing", "ask", "", NULL),
  REPLY ("wrong", "ask", "1,, 2", "Line 1, column"),
  REPLY ("no-event", "", "1", "no event"),
  TEXT ("auth/empty", sky_options_check_auth, " \n", NULL),
  TEXT ("auth/object", sky_options_check_auth, "{\"token\": \"abc\"}", NULL),
  TEXT ("auth/second-line", sky_options_check_auth, "{\n  \"a\": x}", "Line 2, column 8"),
  TEXT ("auth/string", sky_options_check_auth, "\"abc\"", "object"),
  TEXT ("path/empty", sky_options_check_path, "", NULL),
  TEXT ("path/right", sky_options_check_path, "/socket.io/", NULL),
  TEXT ("path/no-slash", sky_options_check_path, "socket.io", "slash"),
  TEXT ("path/query", sky_options_check_path, "/a?b", "query"),
  TEXT ("subprotocols/right", sky_options_check_subprotocols, "a, graphql-ws", NULL),
  TEXT ("subprotocols/hole", sky_options_check_subprotocols, "a,,b", "commas between"),
  TEXT ("file/none", sky_options_check_file, "", NULL),
  TEXT ("file/relative", sky_options_check_file, "ca.pem", "whole path"),
  TEXT ("file/missing", sky_options_check_file, "/nowhere/ca.pem", "no such file"),
  TEXT ("file/folder", sky_options_check_file, "/", "folder"),
  TEXT ("proxy/http", sky_options_check_proxy, "http://ann:p%40w@proxy:3128", NULL),
  TEXT ("proxy/socks", sky_options_check_proxy, "socks5://127.0.0.1:1080", NULL),
  TEXT ("proxy/empty", sky_options_check_proxy, "", "Which proxy"),
  TEXT ("proxy/bare", sky_options_check_proxy, "proxy:3128", "such as"),
  TEXT ("proxy/no-host", sky_options_check_proxy, "http://", "such as"),
  TEXT ("proxy/scheme", sky_options_check_proxy, "ftp://proxy", "speaks"),
};

static void
test_check (gconstpointer data)
{
  const Vector *v = data;
  g_autofree char *said = v->pair != NULL ? v->pair (v->first, v->second) : v->text (v->first);

  if (v->says == NULL)
    g_assert_cmpstr (said, ==, NULL);
  else if (said == NULL || strstr (said, v->says) == NULL)
    g_error ("“%s”, not “%s”", said, v->says);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autofree char *path = g_strconcat ("/options-check/", vectors[i].name, NULL);

      g_test_add_data_func (path, &vectors[i], test_check);
    }
  return g_test_run ();
}

#include "peer/rules/rules.h"

#include <string.h>

/* A file with a mistake, and what is said of it. Lines end where \n says so. */
typedef struct
{
  const char   *name, *text;
  SkyRulesError code;
  guint         line, column;
  const char   *path, *message; /* without the path before it, if there is one */
} Wrong;

#define ON(actions) "{\"namespaces\":{\"/\":{\"on\":{\"join\":" actions "}}}}"
#define AT "namespaces./.on.join"
#define RAW "{\"server\":{\"protocol\":\"websocket\"},"

static const Wrong wrong[] = {
  { "empty", "", SKY_RULES_ERROR_SYNTAX, 1, 1, "", "A value is missing: the text is empty" },
  { "syntax", "{\n  \"name\": \"é\" \"x\"\n}", SKY_RULES_ERROR_SYNTAX, 2, 15, "", "A comma or } is missing after this value" },
  { "comment", "{ // hi\n}", SKY_RULES_ERROR_SYNTAX, 1, 3, "", "JSON has no comments" },
  { "trailing", "{}\n{}", SKY_RULES_ERROR_SYNTAX, 2, 1, "", "Something follows the value, which ends here" },
  { "not-utf8", "{\"name\":\n\"a\xff\"}", SKY_RULES_ERROR_SYNTAX, 2, 3, "", "The file is not UTF-8 here" },
  { "list", "[]", SKY_RULES_ERROR_TYPE, 1, 1, "", "The file: found an empty list, expected an object" },
  { "unknown-top", "{\"nmae\":\"x\"}", SKY_RULES_ERROR_KEY, 1, 2, "nmae", "found an unknown key, expected “name”" },
  { "unknown-far", "{\"zzz\":1}", SKY_RULES_ERROR_KEY, 1, 2, "zzz",
    "found an unknown key, expected one of $schema, name, description, server, namespaces, onOpen, onMessage, onClose" },
  { "duplicate", "{\"name\":\"a\",\n \"name\":\"b\"}", SKY_RULES_ERROR_DUPLICATE, 2, 2, "name", "found this key again, expected each key once" },
  { "duplicate-escaped", ON ("[{\"emit\":[\"a\",{\"k\":1,\"\\u006b\":2}]}]"), SKY_RULES_ERROR_DUPLICATE, 1, 55,
    AT "[0].emit[1].k", "found this key again, expected each key once" },
  { "key-nul", "{\"a\\u0000\":1}", SKY_RULES_ERROR_VALUE, 1, 2, "a", "found U+0000 in a key, expected a name" },
  { "name-number", "{\"name\":7}", SKY_RULES_ERROR_TYPE, 1, 9, "name", "found the number 7, expected a text" },
  { "name-lines", "{\"name\":\"a\\nb\"}", SKY_RULES_ERROR_VALUE, 1, 9, "name", "found a control character, expected a text of one line" },

  { "server-list", "{\"server\":[]}", SKY_RULES_ERROR_TYPE, 1, 11, "server", "found an empty list, expected an object" },
  { "server-key", "{\"server\":{\"pingintervall\":1}}", SKY_RULES_ERROR_KEY, 1, 12, "server.pingintervall",
    "found an unknown key, expected “pingInterval”" },
  { "protocol", "{\"server\":{\"protocol\":\"http\"}}", SKY_RULES_ERROR_TYPE, 1, 23, "server.protocol",
    "found the text \"http\", expected socket.io, engine.io or websocket" },
  { "port-high", "{\"server\":{\"port\":65536}}", SKY_RULES_ERROR_VALUE, 1, 19, "server.port",
    "found the number 65536, expected a whole number from 0 to 65535" },
  { "port-text", "{\"server\":{\"port\":\"80\"}}", SKY_RULES_ERROR_TYPE, 1, 19, "server.port",
    "found the text \"80\", expected a whole number from 0 to 65535" },
  { "port-fraction", "{\"server\":{\"port\":80.5}}", SKY_RULES_ERROR_VALUE, 1, 19, "server.port",
    "found the number 80.5, expected a whole number from 0 to 65535" },
  { "bind-empty", "{\"server\":{\"bind\":\"\"}}", SKY_RULES_ERROR_VALUE, 1, 19, "server.bind", "found an empty text, expected a text" },
  { "path", "{\"server\":{\"path\":\"socket.io\"}}", SKY_RULES_ERROR_TYPE, 1, 19, "server.path",
    "found the text \"socket.io\", expected a path that begins with / and has no ?, # or blank" },
  { "transports", "{\"server\":{\"transports\":[\"polling\",\"ws\"]}}", SKY_RULES_ERROR_TYPE, 1, 36, "server.transports[1]",
    "found the text \"ws\", expected polling or websocket" },
  { "transports-none", "{\"server\":{\"transports\":[]}}", SKY_RULES_ERROR_TYPE, 1, 25, "server.transports",
    "found an empty list, expected a list of polling and websocket, or one of them" },
  { "eio3", "{\"server\":{\"eio3\":1}}", SKY_RULES_ERROR_TYPE, 1, 19, "server.eio3", "found the number 1, expected true or false" },
  { "ping-zero", "{\"server\":{\"pingInterval\":0}}", SKY_RULES_ERROR_VALUE, 1, 27, "server.pingInterval",
    "found the number 0, expected a whole number from 1 to 86400000" },
  { "payload", "{\"server\":{\"maxPayload\":1e6}}", SKY_RULES_ERROR_VALUE, 1, 25, "server.maxPayload",
    "found the number 1e6, expected a whole number from 1 to 67108864" },
  { "buffered", "{\"server\":{\"maxBuffered\":0}}", SKY_RULES_ERROR_VALUE, 1, 26, "server.maxBuffered",
    "found the number 0, expected a whole number from 1 to 1073741824" },
  { "connections", "{\"server\":{\"maxConnections\":100001}}", SKY_RULES_ERROR_VALUE, 1, 29, "server.maxConnections",
    "found the number 100001, expected a whole number from 1 to 100000" },
  { "idle", "{\"server\":{\"idleTimeout\":\"1s\"}}", SKY_RULES_ERROR_TYPE, 1, 26, "server.idleTimeout",
    "found the text \"1s\", expected a whole number from 1 to 86400000" },
  { "check-origin", "{\"server\":{\"checkOrigin\":\"*\"}}", SKY_RULES_ERROR_TYPE, 1, 26, "server.checkOrigin",
    "found the text \"*\", expected true or false" },
  { "cors", "{\"server\":{\"cors\":true}}", SKY_RULES_ERROR_TYPE, 1, 19, "server.cors", "found true, expected a text or a list of texts" },
  { "cors-star", "{\"server\":{\"cors\":[\"http://a\",\"*\"]}}", SKY_RULES_ERROR_TYPE, 1, 31, "server.cors",
    "found the text \"*\", expected “*” by itself, or origins without it" },
  { "cors-item", "{\"server\":{\"cors\":[\"http://a\",null]}}", SKY_RULES_ERROR_TYPE, 1, 31, "server.cors[1]", "found null, expected a text" },
  { "parser", "{\"server\":{\"parser\":\"cbor\"}}", SKY_RULES_ERROR_TYPE, 1, 21, "server.parser",
    "found the text \"cbor\", expected default or msgpack" },
  { "recovery", "{\"server\":{\"recovery\":{\"maxDisconnectionDuration\":-1}}}", SKY_RULES_ERROR_VALUE, 1, 51,
    "server.recovery.maxDisconnectionDuration", "found the number -1, expected a whole number from 1 to 86400000" },
  { "cookie-name", "{\"server\":{\"cookie\":\"a b\"}}", SKY_RULES_ERROR_TYPE, 1, 21, "server.cookie",
    "found the text \"a b\", expected a cookie's name, which has no blank, ; or =" },
  { "cookie-site", "{\"server\":{\"cookie\":{\"sameSite\":true}}}", SKY_RULES_ERROR_TYPE, 1, 33, "server.cookie.sameSite",
    "found true, expected strict, lax or none" },
  { "cookie-path", "{\"server\":{\"cookie\":{\"path\":\"/;x\"}}}", SKY_RULES_ERROR_TYPE, 1, 29, "server.cookie.path",
    "found the text \"/;x\", expected a text without ;" },
  { "set-cookies", "{\"server\":{\"setCookies\":[\"a=b\\r\\nX: y\"]}}", SKY_RULES_ERROR_VALUE, 1, 26, "server.setCookies[0]",
    "found a control character, expected a text of one line" },
  { "tls", "{\"server\":{\"tls\":true}}", SKY_RULES_ERROR_TYPE, 1, 18, "server.tls", "found true, expected “self-signed” or an object with cert and key" },
  { "tls-half", "{\"server\":{\"tls\":{\"cert\":\"c.pem\"}}}", SKY_RULES_ERROR_MISSING, 1, 18, "server.tls",
    "found only one of cert and key, expected both" },
  { "admin-half", "{\"server\":{\"admin\":{\"username\":\"a\"}}}", SKY_RULES_ERROR_MISSING, 1, 20, "server.admin",
    "found only one of username and password, expected both or none" },
  { "admin-mode", "{\"server\":{\"admin\":{\"mode\":\"test\"}}}", SKY_RULES_ERROR_TYPE, 1, 28, "server.admin.mode",
    "found the text \"test\", expected development or production" },

  { "space-name", "{\"namespaces\":{\"chat\":{}}}", SKY_RULES_ERROR_VALUE, 1, 16, "namespaces.chat",
    "found this name, expected / and a name, or ~ and a regular expression" },
  { "space-list", "{\"namespaces\":{\"/\":[]}}", SKY_RULES_ERROR_TYPE, 1, 20, "namespaces./", "found an empty list, expected an object" },
  { "space-key", "{\"namespaces\":{\"/\":{\"onconnect\":[]}}}", SKY_RULES_ERROR_KEY, 1, 21, "namespaces./.onconnect",
    "found an unknown key, expected “onConnect”" },
  { "spaces-raw", RAW "\"namespaces\":{}}", SKY_RULES_ERROR_KEY, 1, 49, "namespaces",
    "found what is for Socket.IO, expected onOpen, onMessage or onClose, as server.protocol says" },
  { "raw-socket-io", "{\"onMessage\":[]}", SKY_RULES_ERROR_KEY, 1, 14, "onMessage",
    "found what is for raw messages, expected namespaces, as server.protocol is socket.io" },
  { "reject-message", "{\"namespaces\":{\"/\":{\"reject\":[{\"message\":4}]}}}", SKY_RULES_ERROR_TYPE, 1, 42, "namespaces./.reject[0].message",
    "found the number 4, expected a text" },
  { "reject-list", "{\"namespaces\":{\"/\":{\"reject\":{}}}}", SKY_RULES_ERROR_TYPE, 1, 30, "namespaces./.reject",
    "found an empty object, expected a list of reasons to reject" },
  { "on-reserved", "{\"namespaces\":{\"/\":{\"on\":{\"disconnect\":[]}}}}", SKY_RULES_ERROR_VALUE, 1, 27, "namespaces./.on.disconnect",
    "found a name that Socket.IO uses itself, expected the name of an event; see onConnect and onDisconnect" },
  { "on-object", ON ("{\"ack\":[]}"), SKY_RULES_ERROR_TYPE, 1, 34, AT, "found an object, expected a list of actions" },

  { "no-deed", ON ("[{\"delay\":5}]"), SKY_RULES_ERROR_MISSING, 1, 35, AT "[0]",
    "found nothing to do, expected one of emit, ack, join, leave, set, disconnect, close" },
  { "two-deeds", ON ("[{\"join\":\"a\",\"ack\":[]}]"), SKY_RULES_ERROR_KEY, 1, 53, AT "[0].ack",
    "found ack beside join, expected one deed for each action" },
  { "action-key", ON ("[\n {\"emit\":[\"x\"],\n  \"too\":\"a\"}]"), SKY_RULES_ERROR_KEY, 3, 3, AT "[0].too", "found an unknown key, expected “to”" },
  { "emit-text", ON ("[{\"emit\":\"x\"}]"), SKY_RULES_ERROR_TYPE, 1, 43, AT "[0].emit",
    "found the text \"x\", expected a list that begins with the event's name" },
  { "emit-none", ON ("[{\"emit\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 43, AT "[0].emit",
    "found an empty list, expected a list that begins with the event's name" },
  { "emit-number", ON ("[{\"emit\":[1]}]"), SKY_RULES_ERROR_TYPE, 1, 44, AT "[0].emit[0]", "found the number 1, expected the event's name, a text" },
  { "emit-reserved", ON ("[{\"emit\":[\"connect\"]}]"), SKY_RULES_ERROR_TYPE, 1, 44, AT "[0].emit[0]",
    "found the text \"connect\", expected a name that Socket.IO does not use itself" },
  { "emit-template", ON ("[{\"emit\":[\"x\",{\"a\":[\"{{0\"]}]}]"), SKY_RULES_ERROR_VALUE, 1, 55, AT "[0].emit[1].a[0]",
    "found {{ that nothing closes, expected }}" },
  { "to-number", ON ("[{\"ack\":[]},{\"emit\":[\"x\"],\"to\":7}]"), SKY_RULES_ERROR_TYPE, 1, 65, AT "[1].to",
    "found the number 7, expected a room, a socket's id or a list of them" },
  { "to-list-all", ON ("[{\"emit\":[\"x\"],\"to\":[\"a\",\"all\"]}]"), SKY_RULES_ERROR_TYPE, 1, 59, AT "[0].to[1]",
    "found the text \"all\", expected a room or a socket's id; this word stands alone" },
  { "to-without-emit", ON ("[{\"ack\":[],\"to\":\"a\"}]"), SKY_RULES_ERROR_KEY, 1, 50, AT "[0].to",
    "found a key without “emit”, expected it beside “emit” only" },
  { "who", ON ("[{\"emit\":[\"x\"],\"who\":\"a\"}]"), SKY_RULES_ERROR_KEY, 1, 55, AT "[0].who",
    "found a key without “join” or “leave”, expected it beside these only" },
  { "ack-object", ON ("[{\"ack\":{}}]"), SKY_RULES_ERROR_TYPE, 1, 42, AT "[0].ack", "found an empty object, expected a list of what the ack carries" },
  { "ack-on-connect", "{\"namespaces\":{\"/\":{\"onConnect\":[{\"ack\":[]}]}}}", SKY_RULES_ERROR_KEY, 1, 41, "namespaces./.onConnect[0].ack",
    "found an ack where no event is answered, expected “emit”" },
  { "timeout-alone", ON ("[{\"emit\":[\"x\"],\"timeout\":5}]"), SKY_RULES_ERROR_KEY, 1, 59, AT "[0].timeout",
    "found a timeout of nothing, expected “then” or “onTimeout” beside it" },
  { "on-timeout-alone", ON ("[{\"emit\":[\"x\"],\"onTimeout\":[]}]"), SKY_RULES_ERROR_KEY, 1, 61, AT "[0].onTimeout",
    "found no timeout, expected “timeout” beside it" },
  { "then-within", ON ("[{\"emit\":[\"x\"],\"then\":[{\"emit\":[\"y\"],\"then\":[7]}]}]"), SKY_RULES_ERROR_TYPE, 1, 79, AT "[0].then[0].then[0]",
    "found the number 7, expected an object" },
  { "set-empty", ON ("[{\"set\":{}}]"), SKY_RULES_ERROR_TYPE, 1, 42, AT "[0].set", "found an empty object, expected an object of variables" },
  { "set-deep", ON ("[{\"set\":{\"var.a.b\":1}}]"), SKY_RULES_ERROR_VALUE, 1, 43, AT "[0].set.var.a.b",
    "found this name, expected “var.” or “global.” and one word" },
  { "disconnect", ON ("[{\"disconnect\":null}]"), SKY_RULES_ERROR_TYPE, 1, 49, AT "[0].disconnect", "found null, expected true or false" },
  { "close-code-socket-io", ON ("[{\"close\":[1000]}]"), SKY_RULES_ERROR_TYPE, 1, 44, AT "[0].close", "found a list, expected “engine” or “tcp”" },
  { "close-code-1005", RAW "\"onOpen\":[{\"close\":[1005,\"\"]}]}", SKY_RULES_ERROR_TYPE, 1, 55, "onOpen[0].close",
    "found a list, expected “tcp”, or [code, reason]: a code from 1000 to 4999 that may be sent, at most 123 bytes" },
  { "close-engine-raw", RAW "\"onOpen\":[{\"close\":\"engine\"}]}", SKY_RULES_ERROR_TYPE, 1, 55, "onOpen[0].close",
    "found the text \"engine\", expected “tcp”, or [code, reason]: a code from 1000 to 4999 that may be sent, at most 123 bytes" },
  { "send-socket-io", ON ("[{\"send\":\"x\"}]"), SKY_RULES_ERROR_KEY, 1, 43, AT "[0].send",
    "found “send” on a Socket.IO server, expected emit, ack, join, leave, set, disconnect or close" },
  { "emit-raw", RAW "\"onMessage\":[{\"emit\":[\"x\"]}]}", SKY_RULES_ERROR_KEY, 1, 57, "onMessage[0].emit",
    "found a deed of Socket.IO only, expected send, set or close" },
  { "delay-negative", ON ("[{\"ack\":[],\"delay\":-1}]"), SKY_RULES_ERROR_VALUE, 1, 53, AT "[0].delay",
    "found the number -1, expected a whole number from 0 to 86400000" },
  { "delay-text", ON ("[{\"ack\":[],\"delay\":\"soon\"}]"), SKY_RULES_ERROR_TYPE, 1, 53, AT "[0].delay",
    "found the text \"soon\", expected a whole number from 0 to 86400000" },
  { "repeat-many", ON ("[{\"emit\":[\"x\"],\"repeat\":1000001}]"), SKY_RULES_ERROR_VALUE, 1, 58, AT "[0].repeat",
    "found the number 1000001, expected a whole number from 0 to 1000000" },
  { "forever", ON ("[{\"emit\":[\"x\"],\"repeat\":\"forever\"}]"), SKY_RULES_ERROR_KEY, 1, 58, AT "[0].repeat",
    "found “forever” without a pause, expected a “delay” of 1 ms or more beside it" },
  { "delay-at-end", "{\"namespaces\":{\"/\":{\"onDisconnect\":[{\"emit\":[\"x\"],\"to\":\"all\",\"delay\":1}]}}}", SKY_RULES_ERROR_KEY, 1, 70,
    "namespaces./.onDisconnect[0].delay", "found a delay after the socket's end, expected what is done at once" },
  { "if-text", ON ("[{\"if\":\"x\",\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 41, AT "[0].if",
    "found the text \"x\", expected a condition, as {\"eq\": [a, b]}, or a list of them" },
  { "if-unknown", ON ("[{\"if\":{\"equals\":[1,2]},\"ack\":[]}]"), SKY_RULES_ERROR_KEY, 1, 42, AT "[0].if.equals",
    "found an unknown condition, expected one of eq, ne, lt, gt, has, binary, matches, in, not, any" },
  { "if-two", ON ("[{\"if\":{\"eq\":[1,2],\"ne\":[1,2]},\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 41, AT "[0].if",
    "found an object, expected one of eq, ne, lt, gt, has, binary, matches, in, not, any" },
  { "if-pair", ON ("[{\"if\":{\"eq\":[1]},\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 47, AT "[0].if.eq", "found a list, expected a list of two values" },
  { "if-has", ON ("[{\"if\":{\"has\":\"a{{0}}\"},\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 48, AT "[0].if.has",
    "found the text \"a{{0}}\", expected a path like “{{auth.token}}”" },
  { "if-any", ON ("[{\"if\":{\"any\":{\"has\":\"0\"}},\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 48, AT "[0].if.any",
    "found an object, expected a list of conditions" },
  { "if-deep", ON ("[{\"if\":[{\"not\":{\"any\":[{\"lt\":1}]}}],\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 63, AT "[0].if[0].not.any[0].lt",
    "found the number 1, expected a list of two values" },
  { "regex-number", ON ("[{\"if\":{\"matches\":[\"{{0}}\",1]},\"ack\":[]}]"), SKY_RULES_ERROR_TYPE, 1, 61, AT "[0].if.matches[1]",
    "found the number 1, expected a regular expression" },
};

static SkyRules *
load (const char *text, gsize len, GError **error)
{
  g_autofree char *exact = g_memdup2 (text, MAX (len, 1)); /* an exact copy lets ASan see overreads */

  return sky_rules_load (exact, len, error);
}

static void
test_wrong (gconstpointer user_data)
{
  const Wrong *w = user_data;
  gsize len = strlen (w->text);
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRules) rules = load (w->text, len, &error);
  g_autofree char *message = *w->path != '\0' ? g_strdup_printf ("%s: %s", w->path, w->message) : g_strdup (w->message);
  const SkyRulesPlace *place;

  g_assert_null (rules);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_error (error, SKY_RULES_ERROR, (int) w->code);
  place = sky_rules_error_get_place (error);
  g_assert_cmpstr (place->path, ==, w->path);
  g_assert_cmpuint (place->line, ==, w->line);
  g_assert_cmpuint (place->column, ==, w->column);
  g_assert_cmpuint (place->pos + place->len, <=, len);
  g_assert_true (place->len > 0 || place->pos == len);
}

static const char full[]
    = "{\"$schema\":\"s\",\"name\":\"All\",\"description\":\"d\",\"server\":{\"protocol\":\"socket.io\",\"port\":0,\"bind\":\"::1\","
      "\"path\":\"/io\",\"transports\":[\"websocket\"],\"eio3\":true,\"pingInterval\":1,\"pingTimeout\":2,\"connectTimeout\":3,"
      "\"upgradeTimeout\":4,\"maxPayload\":5,\"cors\":[\"http://a\",\"http://b\"],\"perMessageDeflate\":true,\"parser\":\"msgpack\","
      "\"recovery\":{\"maxDisconnectionDuration\":6},\"cookie\":{\"name\":\"c\",\"path\":\"/x\",\"domain\":\"d\",\"httpOnly\":false,"
      "\"sameSite\":\"none\",\"secure\":true,\"maxAge\":7},\"setCookies\":[\"a=b\",\"c=d\"],\"handshakeDelay\":8,\"denyQuery\":\"no\",\"maxConnections\":9,\"maxBuffered\":10,\"idleTimeout\":11,\"checkOrigin\":true,"
      "\"tls\":{\"cert\":\"c.pem\",\"key\":\"k.pem\"},\"admin\":{\"username\":\"u\",\"password\":\"p\",\"readonly\":true,\"mode\":\"production\"}},"
      "\"namespaces\":{\n\"/\":{\"reject\":[{\"if\":{\"not\":{\"has\":\"{{auth.t}}\"}},\"message\":\"m\",\"data\":{\"code\":1}}],"
      "\"onConnect\":[{\"emit\":[\"hi\",\"{{id}}\"]}],\n\"on\":{\"join\":[{\"join\":\"{{0}}\"},{\"ack\":[{\"ok\":true}]}],\"\":[]},"
      "\"onAny\":[],\"onDisconnect\":[{\"emit\":[\"bye\"],\"to\":\"others\"}]},\n\"~^/t-\\\\w+$\":{\"onConnect\":[]},\"/chat\":{}}}";

static void
test_server (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyRules) rules = load (full, strlen (full), &error);
  const SkyRulesServer *s;

  g_assert_no_error (error);
  s = sky_rules_get_server (rules);
  g_assert_cmpstr (sky_rules_get_name (rules), ==, "All");
  g_assert_cmpint (s->protocol, ==, SKY_RULES_SOCKET_IO);
  g_assert_cmpint (s->port, ==, 0);
  g_assert_cmpstr (s->bind, ==, "::1");
  g_assert_cmpstr (s->path, ==, "/io");
  g_assert_cmpint (s->transports, ==, SKY_RULES_TRANSPORT_WEBSOCKET);
  g_assert_true (s->eio3 && s->per_message_deflate && s->msgpack && s->admin && s->admin_readonly && s->admin_production);
  g_assert_cmpint (s->ping_interval_msec, ==, 1);
  g_assert_cmpint (s->ping_timeout_msec, ==, 2);
  g_assert_cmpint (s->connect_timeout_msec, ==, 3);
  g_assert_cmpint (s->upgrade_timeout_msec, ==, 4);
  g_assert_cmpint (s->max_payload, ==, 5);
  g_assert_cmpstr (s->cors[1], ==, "http://b");
  g_assert_null (s->cors[2]);
  g_assert_cmpint (s->recovery_msec, ==, 6);
  g_assert_cmpstr (s->cookie, ==, "c");
  g_assert_cmpstr (s->cookie_attributes, ==, "; Path=/x; Domain=d; Max-Age=7; Secure; SameSite=None");
  g_assert_cmpstr (s->set_cookies[1], ==, "c=d");
  g_assert_cmpint (s->handshake_delay_msec, ==, 8);
  g_assert_cmpstr (s->deny_query, ==, "no");
  g_assert_cmpint (s->max_connections, ==, 9);
  g_assert_cmpint (s->max_buffered, ==, 10);
  g_assert_cmpint (s->idle_timeout_msec, ==, 11);
  g_assert_true (s->check_origin);
  g_assert_false (s->self_signed);
  g_assert_cmpstr (s->tls_cert, ==, "c.pem");
  g_assert_cmpstr (s->tls_key, ==, "k.pem");
  g_assert_cmpstr (s->admin_username, ==, "u");
  g_assert_cmpstr (s->admin_password, ==, "p");
}

static SkyRules *
load_right (const char *text)
{
  g_autoptr(GError) error = NULL;
  SkyRules *rules = load (text, strlen (text), &error);

  g_assert_no_error (error);
  return rules;
}

static void
test_defaults (void)
{
  g_autoptr(SkyRules) rules = load_right (" {} ");
  g_autoptr(SkyRules) raw = load_right ("{\"server\":{\"protocol\":\"websocket\",\"cors\":\"*\",\"tls\":\"self-signed\",\"cookie\":true,\"recovery\":true,\"admin\":{}}}");
  g_autoptr(SkyRules) engine = load_right ("{\"server\":{\"protocol\":\"engine.io\",\"cookie\":false,\"recovery\":false}}");
  const SkyRulesServer *s = sky_rules_get_server (rules);

  g_assert_null (sky_rules_get_name (rules));
  g_assert_cmpint (s->port, ==, -1);
  g_assert_cmpstr (s->bind, ==, "127.0.0.1");
  g_assert_cmpstr (s->path, ==, "/socket.io/");
  g_assert_cmpint (s->transports, ==, SKY_RULES_POLLING | SKY_RULES_TRANSPORT_WEBSOCKET);
  g_assert_false (s->eio3 || s->per_message_deflate || s->msgpack || s->admin || s->self_signed);
  g_assert_cmpint (s->ping_interval_msec, ==, 25000);
  g_assert_cmpint (s->ping_timeout_msec, ==, 20000);
  g_assert_cmpint (s->connect_timeout_msec, ==, 45000);
  g_assert_cmpint (s->upgrade_timeout_msec, ==, 10000);
  g_assert_cmpint (s->max_payload, ==, 1000000);
  g_assert_cmpint (s->recovery_msec, ==, 0);
  g_assert_cmpint (s->handshake_delay_msec, ==, 0);
  g_assert_cmpint (s->max_connections, ==, 1000);
  g_assert_cmpint (s->max_buffered, ==, 16777216);
  g_assert_cmpint (s->idle_timeout_msec, ==, 30000);
  g_assert_false (s->check_origin);
  g_assert_true (s->cors == NULL && s->cookie == NULL && s->set_cookies == NULL && s->deny_query == NULL && s->tls_cert == NULL);
  s = sky_rules_get_server (raw);
  g_assert_null (s->path);
  g_assert_true (s->self_signed && s->admin);
  g_assert_cmpstr (s->cors[0], ==, "*");
  g_assert_cmpint (s->recovery_msec, ==, 120000);
  g_assert_cmpstr (s->cookie, ==, "io");
  g_assert_cmpstr (s->cookie_attributes, ==, "; Path=/; HttpOnly; SameSite=Lax");
  g_assert_cmpstr (sky_rules_get_server (engine)->path, ==, "/engine.io/");
  g_assert_null (sky_rules_get_server (engine)->cookie);
}

static void
test_rows (void)
{
  static const SkyRulesRow expected[] = {
    { (char *) "namespaces./.reject[0]", (char *) "/", (char *) "reject 1", 2 },
    { (char *) "namespaces./.onConnect", (char *) "/", (char *) "onConnect", 2 },
    { (char *) "namespaces./.on.join", (char *) "/", (char *) "join", 3 },
    { (char *) "namespaces./.on.", (char *) "/", (char *) "", 3 },
    { (char *) "namespaces./.onAny", (char *) "/", (char *) "onAny", 3 },
    { (char *) "namespaces./.onDisconnect", (char *) "/", (char *) "onDisconnect", 3 },
    { (char *) "namespaces.~^/t-\\w+$.onConnect", (char *) "~^/t-\\w+$", (char *) "onConnect", 4 },
  };
  g_autoptr(SkyRules) rules = load_right (full);
  g_autoptr(SkyRules) raw = load_right (RAW "\"onOpen\":[],\"onMessage\":[\n{\"send\":1},\n{\"close\":\"tcp\"}],\"onClose\":[]}");

  g_assert_cmpuint (sky_rules_get_n_rows (rules), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const SkyRulesRow *row = sky_rules_get_row (rules, i);

      g_assert_cmpstr (row->path, ==, expected[i].path);
      g_assert_cmpstr (row->nsp, ==, expected[i].nsp);
      g_assert_cmpstr (row->label, ==, expected[i].label);
      g_assert_cmpuint (row->line, ==, expected[i].line);
    }
  g_assert_cmpuint (sky_rules_get_n_rows (raw), ==, 4);
  g_assert_cmpstr (sky_rules_get_row (raw, 2)->path, ==, "onMessage[1]");
  g_assert_cmpstr (sky_rules_get_row (raw, 2)->label, ==, "onMessage 2");
  g_assert_cmpuint (sky_rules_get_row (raw, 2)->line, ==, 3);
  g_assert_null (sky_rules_get_row (raw, 2)->nsp);
}

static void
test_spaces (void)
{
  g_autoptr(SkyRules) rules = load_right (full);
  g_autoptr(SkyRules) none = load_right ("{\"namespaces\":{\"/only\":{}}}");
  g_autoptr(GPtrArray) names = sky_rules_get_space_names (none);
  const SkyRulesSpace *space = sky_rules_find_space (rules, "/t-abc");

  g_assert_nonnull (space);
  g_assert_true (sky_rules_find_space (rules, "/t-other") == space); /* of all that the regular expression matches */
  g_assert_true (sky_rules_find_space (rules, "/") != space && sky_rules_find_space (rules, "/") != NULL);
  g_assert_true (sky_rules_find_space (rules, "/chat") != space && sky_rules_find_space (rules, "/chat") != NULL);
  g_assert_null (sky_rules_find_space (rules, "/t-"));
  g_assert_null (sky_rules_find_space (rules, "/t-\xff"));
  g_assert_nonnull (sky_rules_find_space (none, "/"));
  g_assert_cmpuint (names->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (names, 1), ==, "/only");
}

/* No beginning of a file is a file. */
static void
test_cuts (void)
{
  for (gsize cut = 0; cut < strlen (full); cut++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (load (full, cut, &error));
      g_assert_error (error, SKY_RULES_ERROR, SKY_RULES_ERROR_SYNTAX);
      g_assert_cmpuint (sky_rules_error_get_place (error)->pos, <=, cut);
    }
}

static void
test_bounds (void)
{
  g_autoptr(GString) text = g_string_new ("{\"name\":\"\"}");
  g_autoptr(GString) deep = g_string_new ("{\"namespaces\":{\"/\":{\"onAny\":[{\"emit\":[\"x\",");
  g_autoptr(GError) size = NULL, depth = NULL, syntax = NULL;

  while (text->len < SKY_RULES_MAX_LEN)
    g_string_append_c (text, ' ');
  sky_rules_unref (load_right (text->str));
  g_string_append_c (text, ' ');
  g_assert_null (load (text->str, text->len, &size));
  g_assert_error (size, SKY_RULES_ERROR, SKY_RULES_ERROR_SIZE);
  for (guint i = 6; i < 65; i++)
    g_string_append_c (deep, '[');
  for (guint i = 6; i < 65; i++)
    g_string_append_c (deep, ']');
  g_string_append (deep, "]}]}}}");
  g_assert_null (load (deep->str, deep->len, &depth));
  g_assert_error (depth, SKY_RULES_ERROR, SKY_RULES_ERROR_DEPTH);
  for (guint i = 0; i < 3000; i++)
    g_string_insert_c (deep, 0, '[');
  g_assert_null (load (deep->str, deep->len, &syntax));
  g_assert_error (syntax, SKY_RULES_ERROR, SKY_RULES_ERROR_DEPTH);
}

/* The complaint of a regular expression is about what was written, at its place. */
static void
test_regex (void)
{
  static const char *const patterns[] = { "(", "[a", "a{2,1}", "*", "\\\\" };
  g_autoptr(GError) in_name = NULL;
  g_autofree char *lengthy = g_strnfill (5000, 'a');

  for (gsize i = 0; i <= G_N_ELEMENTS (patterns); i++)
    {
      const char *pattern = i < G_N_ELEMENTS (patterns) ? patterns[i] : lengthy;
      g_autofree char *text
          = g_strdup_printf (ON ("[{\"if\":{\"matches\":[\"{{0}}\",\n\"%s\"]},\"ack\":[]}]"), pattern);
      g_autoptr(GError) error = NULL;
      g_autoptr(SkyRules) rules = load (text, strlen (text), &error);

      if (g_str_equal (pattern, "\\\\")) /* one backslash and nothing after it */
        g_assert_nonnull (strstr (error->message, "expected a regular expression"));
      g_assert_null (rules);
      g_assert_error (error, SKY_RULES_ERROR, SKY_RULES_ERROR_VALUE);
      g_assert_null (strstr (error->message, "LIMIT"));
      g_assert_cmpstr (sky_rules_error_get_place (error)->path, ==, AT "[0].if.matches[1]");
      g_assert_cmpuint (sky_rules_error_get_place (error)->line, ==, 2);
    }
  g_assert_null (load ("{\"namespaces\":{\"~(\":{}}}", 24, &in_name));
  g_assert_cmpstr (sky_rules_error_get_place (in_name)->path, ==, "namespaces.~(");
}

/* An error that was copied has its place too. */
static void
test_copied_error (void)
{
  g_autoptr(GError) error = NULL, copy = NULL;

  g_assert_null (load ("{\n\"x\":1}", 8, &error));
  copy = g_error_copy (error);
  g_assert_true (sky_rules_error_get_place (copy)->path != sky_rules_error_get_place (error)->path);
  g_assert_cmpstr (sky_rules_error_get_place (copy)->path, ==, "x");
  g_assert_cmpuint (sky_rules_error_get_place (copy)->line, ==, 2);
  g_assert_null (load ("{", 1, NULL)); /* who does not ask is not told */
}

/* What stands in data/: every one of them loads, says what it is for, and answers something. */
static void
test_examples (void)
{
  const char *folder = g_getenv ("SKY_RULES_EXAMPLES");
  g_autoptr(GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;
  guint n = 0;

  if (folder == NULL)
    {
      g_test_skip ("SKY_RULES_EXAMPLES does not say where the examples are");
      return;
    }
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL), *text = NULL;
      g_autoptr(GError) error = NULL;
      g_autoptr(SkyRules) rules = NULL;
      gsize len;

      if (!g_str_has_suffix (name, ".json") || g_str_has_suffix (name, ".schema.json"))
        continue;
      g_assert_true (g_file_get_contents (path, &text, &len, NULL));
      rules = load (text, len, &error);
      if (error != NULL)
        g_test_message ("%s:%u: %s", name, sky_rules_error_get_place (error)->line, error->message);
      g_assert_nonnull (rules);
      g_assert_nonnull (sky_rules_get_name (rules));
      g_assert_cmpuint (sky_rules_get_n_rows (rules), >, 1);
      n++;
    }
  g_assert_cmpuint (n, >=, 8);
}

/* For test-rules-schema.py: the schema has to refuse these too. */
static int
dump (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    if (g_utf8_validate (wrong[i].text, -1, NULL))
      g_print ("%s\t%s\x1e", wrong[i].name, wrong[i].text);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "--dump"))
    return dump ();
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *name = g_strconcat ("/rules/wrong/", wrong[i].name, NULL);

      g_test_add_data_func (name, &wrong[i], test_wrong);
    }
  g_test_add_func ("/rules/server", test_server);
  g_test_add_func ("/rules/defaults", test_defaults);
  g_test_add_func ("/rules/rows", test_rows);
  g_test_add_func ("/rules/spaces", test_spaces);
  g_test_add_func ("/rules/cuts", test_cuts);
  g_test_add_func ("/rules/bounds", test_bounds);
  g_test_add_func ("/rules/regex", test_regex);
  g_test_add_func ("/rules/copied-error", test_copied_error);
  g_test_add_func ("/rules/examples", test_examples);
  return g_test_run ();
}

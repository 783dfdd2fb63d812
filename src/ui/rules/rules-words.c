#include "ui/rules/rules-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What can be written in a rules file: the guide beside the editor and its completion are made of this one table. */

#define FILE   SKY_RULES_IN_FILE
#define SERVER SKY_RULES_IN_SERVER
#define SPACE  SKY_RULES_IN_SPACE
#define REJECT SKY_RULES_IN_REJECT
#define ACTION SKY_RULES_IN_ACTION
#define ANY    SKY_RULES_IN_ANY
#define IF     SKY_RULES_IN_IF
#define TEXT   SKY_RULES_IN_TEXT

static const SkyRulesWord words[] = {
  { ACTION, "emit", "{ \"emit\": [\"event\", \"{{0}}\"] }", N_("Sends an event: its name, then its arguments.") },
  { ACTION, "ack", "{ \"ack\": [{ \"ok\": true }] }", N_("Answers the event that came, if its sender asked for an answer.") },
  { ACTION, "join", "{ \"join\": \"{{0}}\" }", N_("The socket joins a room, or several of a list.") },
  { ACTION, "leave", "{ \"leave\": \"{{0}}\" }", N_("The socket leaves a room.") },
  { ACTION, "set", "{ \"set\": { \"var.name\": \"{{0}}\" } }", N_("Remembers a value: “var.x” for this socket, “global.x” for the whole server.") },
  { ACTION, "disconnect", "{ \"disconnect\": false }", N_("Sends the socket away: false from this namespace, true with its connection.") },
  { ACTION, "close", "{ \"close\": \"tcp\" }", N_("Ends the connection: “engine” in order, “tcp” without a word. On a WebSocket server also [code, reason].") },
  { ACTION, "send", "{ \"send\": \"{{data}}\" }", N_("A raw message, on a WebSocket or Engine.IO server.") },
  { ANY, "to", "\"to\": \"room\"", N_("Who gets an emit: “all”, “others”, a room, a socket's id, or a list. Left out: this socket.") },
  { ANY, "except", "\"except\": \"{{id}}\"", N_("Who does not get it: a room, a socket's id, or a list.") },
  { ANY, "if", "\"if\": { \"eq\": [\"{{0}}\", 1] }", N_("Done only if this holds: see the conditions below.") },
  { ANY, "delay", "\"delay\": 1000", N_("Milliseconds to wait before it.") },
  { ANY, "repeat", "\"repeat\": 3", N_("How many times, the delay before each; “forever” ends with the socket. {{i}} counts.") },
  { ANY, "then", "\"then\": [{ \"emit\": [\"thanks\", \"{{acked.0}}\"] }]", N_("Asks the receiver of an emit for an ack, and does this when it has come.") },
  { ANY, "timeout", "\"timeout\": 2000", N_("Milliseconds to wait for that ack.") },
  { ANY, "onTimeout", "\"onTimeout\": [{ \"ack\": [\"nobody answered\"] }]", N_("What is done if it does not come in time.") },
  { ANY, "volatile", "\"volatile\": true", N_("An emit that may be dropped while a client cannot take it.") },
  { ANY, "who", "\"who\": \"{{0}}\"", N_("The id of another socket that joins or leaves.") },
  { SPACE, "onConnect", "\"onConnect\": [{ \"emit\": [\"welcome\", \"{{id}}\"] }]", N_("Done when a socket has joined the namespace.") },
  { SPACE, "on", "\"on\": { \"event\": [{ \"ack\": [\"{{*}}\"] }] }", N_("Events by their names, and what is done when one comes.") },
  { SPACE, "onAny", "\"onAny\": [{ \"ack\": [\"{{*}}\"] }]", N_("Done for every event that has no entry in “on”. Without it such events are flagged: no listener.") },
  { SPACE, "onDisconnect", "\"onDisconnect\": [{ \"emit\": [\"gone\", \"{{id}}\", \"{{reason}}\"], \"to\": \"others\" }]", N_("Done when a socket has gone; {{reason}} says why.") },
  { SPACE, "reject", "\"reject\": [{ \"if\": { \"not\": { \"has\": \"{{auth.token}}\" } }, \"message\": \"no token\" }]", N_("Who may not come in: the first that holds answers with its message.") },
  { REJECT, "message", "\"message\": \"not allowed\"", N_("What the client is told: the message of its connect_error.") },
  { REJECT, "data", "\"data\": { \"code\": 403 }", N_("More for the client: the data of its connect_error.") },
  { REJECT, "if", "\"if\": { \"ne\": [\"{{auth.token}}\", \"secret\"] }", N_("Left out, nobody gets in.") },
  { IF, "eq", "{ \"eq\": [\"{{0}}\", 1] }", N_("Both are the same.") },
  { IF, "ne", "{ \"ne\": [\"{{0}}\", 1] }", N_("They are not the same.") },
  { IF, "lt", "{ \"lt\": [\"{{random}}\", 0.5] }", N_("The first is less than the second.") },
  { IF, "gt", "{ \"gt\": [\"{{0}}\", 10] }", N_("The first is greater than the second.") },
  { IF, "has", "{ \"has\": \"{{auth.token}}\" }", N_("There is such a value.") },
  { IF, "in", "{ \"in\": [\"{{0}}\", \"{{rooms}}\"] }", N_("The first is in the second, which is a list.") },
  { IF, "matches", "{ \"matches\": [\"{{0}}\", \"^[a-z]+$\"] }", N_("A regular expression fits.") },
  { IF, "binary", "{ \"binary\": \"{{0}}\" }", N_("It is binary: bytes, not JSON.") },
  { IF, "not", "{ \"not\": { \"has\": \"{{0}}\" } }", N_("The opposite of another condition.") },
  { IF, "any", "{ \"any\": [{ \"eq\": [\"{{0}}\", 1] }, { \"eq\": [\"{{0}}\", 2] }] }", N_("One of them is enough. A plain list means all of them.") },
  { TEXT, "{{0}}", "\"{{0}}\"", N_("The first argument of the event, {{1}} the second, {{0.name}} a member of the first. Alone between quotes it keeps its type.") },
  { TEXT, "{{*}}", "\"{{*}}\"", N_("All arguments, one after the other.") },
  { TEXT, "{{event}}", "\"{{event}}\"", N_("The name of the event.") },
  { TEXT, "{{wantsAck}}", "\"{{wantsAck}}\"", N_("true if the sender asked for an answer.") },
  { TEXT, "{{id}}", "\"{{id}}\"", N_("The id of this socket.") },
  { TEXT, "{{rooms}}", "\"{{rooms}}\"", N_("The list of the rooms that it is in.") },
  { TEXT, "{{room.NAME.size}}", "\"{{room.lobby.size}}\"", N_("How many sockets a room has.") },
  { TEXT, "{{var.x}}", "\"{{var.name}}\"", N_("What “set” remembered for this socket; {{global.x}} for the server.") },
  { TEXT, "{{auth}}", "\"{{auth.token}}\"", N_("What the client gave as “auth” when it connected.") },
  { TEXT, "{{query.x}}", "\"{{query.token}}\"", N_("A value of the query of the client's address.") },
  { TEXT, "{{headers.x}}", "\"{{headers.user-agent}}\"", N_("A header of its handshake.") },
  { TEXT, "{{handshake}}", "\"{{handshake.address}}\"", N_("All that is known of the handshake: address, time, url, secure, query, auth.") },
  { TEXT, "{{transport}}", "\"{{transport}}\"", N_("“polling” or “websocket”.") },
  { TEXT, "{{nsp}}", "\"{{nsp}}\"", N_("The namespace.") },
  { TEXT, "{{acked.0}}", "\"{{acked.0}}\"", N_("In “then”: the first value of the ack; {{acked.*}} all of them.") },
  { TEXT, "{{reason}}", "\"{{reason}}\"", N_("In “onDisconnect”: why the socket has gone.") },
  { TEXT, "{{data}}", "\"{{data}}\"", N_("A raw message, on a WebSocket or Engine.IO server.") },
  { TEXT, "{{i}}", "\"{{i}}\"", N_("Counts the repetitions, from 0.") },
  { TEXT, "{{n}}", "\"{{n}}\"", N_("A number that the server never uses twice.") },
  { TEXT, "{{now}}", "\"{{now}}\"", N_("The present time, such as 2031-05-06T07:08:09.010Z.") },
  { TEXT, "{{random}}", "\"{{random}}\"", N_("A number from 0 to 1, another one each time.") },
  { TEXT, "{{uuid}}", "\"{{uuid}}\"", N_("An id that nobody else has.") },
  { TEXT, "$bin", "{ \"$bin\": \"AAEC\" }", N_("Binary data, written in base64.") },
  { TEXT, "$fill", "{ \"$fill\": [\"x\", 1000] }", N_("A text that is repeated so many times.") },
  { SERVER, "protocol", "\"protocol\": \"socket.io\"", N_("“socket.io”, “engine.io” or “websocket”. To change it, stop the server first.") },
  { SERVER, "port", "\"port\": 3000", N_("Where it listens; 0 takes any free one.") },
  { SERVER, "bind", "\"bind\": \"127.0.0.1\"", N_("On which address. 127.0.0.1 is reached from this computer only, 0.0.0.0 from others too.") },
  { SERVER, "path", "\"path\": \"/socket.io/\"", N_("The path of the protocol.") },
  { SERVER, "cors", "\"cors\": \"*\"", N_("Web pages of which origins may come: “*” for all, or a list.") },
  { SERVER, "checkOrigin", "\"checkOrigin\": true", N_("Whether pages of any other origin are refused, over WebSocket too.") },
  { SERVER, "eio3", "\"eio3\": true", N_("Whether clients of Socket.IO 2 are welcome.") },
  { SERVER, "transports", "\"transports\": [\"polling\", \"websocket\"]", N_("How clients may connect.") },
  { SERVER, "pingInterval", "\"pingInterval\": 25000", N_("Milliseconds between two heartbeats.") },
  { SERVER, "pingTimeout", "\"pingTimeout\": 20000", N_("How long the answer to one is waited for.") },
  { SERVER, "connectTimeout", "\"connectTimeout\": 45000", N_("How long a client has time to join a namespace.") },
  { SERVER, "upgradeTimeout", "\"upgradeTimeout\": 10000", N_("How long it has to finish an upgrade to WebSocket.") },
  { SERVER, "maxPayload", "\"maxPayload\": 1000000", N_("Bytes that one message may have.") },
  { SERVER, "perMessageDeflate", "\"perMessageDeflate\": true", N_("Compresses messages on WebSocket.") },
  { SERVER, "parser", "\"parser\": \"msgpack\"", N_("“default”, or “msgpack” for clients that use it.") },
  { SERVER, "recovery", "\"recovery\": { \"maxDisconnectionDuration\": 120000 }", N_("Who comes back in time finds its rooms, and what it missed.") },
  { SERVER, "tls", "\"tls\": \"self-signed\"", N_("HTTPS with a certificate made on the spot, or { “cert”: file, “key”: file }.") },
  { SERVER, "handshakeDelay", "\"handshakeDelay\": 800", N_("Milliseconds that every handshake is kept waiting.") },
  { SERVER, "denyQuery", "\"denyQuery\": \"refuse\"", N_("A handshake with this key in its query is refused.") },
  { SERVER, "maxConnections", "\"maxConnections\": 100", N_("Connections at once; the next ones are refused. 1000 else.") },
  { SERVER, "maxBuffered", "\"maxBuffered\": 16777216", N_("Bytes that wait for a client that does not read; with more it is dropped.") },
  { SERVER, "idleTimeout", "\"idleTimeout\": 30000", N_("Milliseconds that a request is waited for.") },
  { SERVER, "cookie", "\"cookie\": \"io\"", N_("A cookie with the session's id.") },
  { SERVER, "setCookies", "\"setCookies\": [\"a=1; Path=/\"]", N_("More cookies for the handshake's answer.") },
  { SERVER, "admin", "\"admin\": { \"username\": \"admin\", \"password\": \"…\" }", N_("Lets the Socket.IO Admin UI look at this server, and act on it.") },
  { FILE, "name", "\"name\": \"My server\"", N_("What the rules are called.") },
  { FILE, "description", "\"description\": \"…\"", N_("For people; nothing is done with it.") },
  { FILE, "server", "\"server\": { \"cors\": \"*\" }", N_("How the server is set up.") },
  { FILE, "namespaces", "\"namespaces\": { \"/\": {} }", N_("Its namespaces: “/”, “/chat”, or “~” and a regular expression for any that fits.") },
  { FILE, "onOpen", "\"onOpen\": [{ \"send\": \"hello\" }]", N_("On a WebSocket or Engine.IO server: done when somebody has come.") },
  { FILE, "onMessage", "\"onMessage\": [{ \"send\": \"{{data}}\" }]", N_("… when a message comes: the first one whose “if” holds.") },
  { FILE, "onClose", "\"onClose\": [{ \"set\": { \"global.last\": \"{{code}}\" } }]", N_("… when somebody has gone; {{code}} and {{reason}} say why.") },
};

static const char *const titles[SKY_RULES_N_PLACES] = {
  [ACTION] = N_("What is done"),
  [ANY] = N_("Beside it"),
  [SPACE] = N_("When: in a namespace"),
  [REJECT] = N_("In “reject”"),
  [IF] = N_("Conditions, for “if”"),
  [TEXT] = N_("Values to fill in"),
  [SERVER] = N_("How the server is set up"),
  [FILE] = N_("The whole file"),
};

/* Returns: how many words there are; those of one place are together */
guint
sky_rules_words_get_n (void)
{
  return G_N_ELEMENTS (words);
}

/* Returns: (transfer none): the word at @index */
const SkyRulesWord *
sky_rules_words_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (words), NULL);

  return &words[index];
}

/* Returns: (transfer none): what the words of a place have in common, in the person's language */
const char *
sky_rules_words_get_title (SkyRulesPlaces place)
{
  return _(titles[place]);
}

static gboolean
is_one_of (const char *word, const char *const *list)
{
  return g_strv_contains (list, word);
}

/* Which places the object at @path has words of, as flags: 1 << SkyRulesPlaces. */
static guint
find_places (const char *const *path)
{
  static const char *const raw[] = { "onOpen", "onMessage", "onClose", NULL };
  static const char *const conditions[] = { "if", "not", "any", NULL };
  static const char *const lists[] = { "onConnect", "onAny", "onDisconnect", "then", "onTimeout", NULL };
  guint n = g_strv_length ((char **) path);
  gboolean in_list = n >= 2 && *path[n - 1] == '\0';
  const char *owner = n == 0 ? "" : in_list ? path[n - 2] : path[n - 1];

  if (n == 0)
    return 1 << FILE;
  if (is_one_of (owner, conditions))
    return 1 << IF;
  if (g_str_equal (path[0], "server"))
    return n == 1 ? 1 << SERVER : 0;
  if (is_one_of (path[0], raw))
    return in_list && n == 2 ? 1 << ACTION | 1 << ANY : 0;
  if (!g_str_equal (path[0], "namespaces"))
    return 0;
  if (n == 2)
    return 1 << SPACE;
  if (!in_list)
    return 0;
  if (n == 4 && g_str_equal (owner, "reject"))
    return 1 << REJECT;
  if (is_one_of (owner, lists) || (n == 5 && g_str_equal (path[2], "on")))
    return 1 << ACTION | 1 << ANY;
  return 0;
}

/**
 * sky_rules_words_complete:
 * @path: keys that lead down to an object in a rules file; "" for the items of a list
 *
 * Returns: (transfer full): the keys that it can have
 */
GStrv
sky_rules_words_complete (const char *const *path)
{
  g_autoptr(GStrvBuilder) found = g_strv_builder_new ();
  guint places = find_places (path);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (places >> words[i].place & 1)
      g_strv_builder_add (found, words[i].word);
  return g_strv_builder_end (found);
}

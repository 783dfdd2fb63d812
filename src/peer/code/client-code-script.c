#include "peer/code/client-code-private.h"

#include <string.h>

/* The same client in JavaScript, for a page and for Node. */

#define CDN "https://cdn.socket.io/4.8.3/" /* as the documentation of socket.io has it */

typedef struct
{
  const SkyClientFacts *facts;
  GString              *out;
  gboolean              page;
  const char           *indent, *log; /* what a line begins with; what prints */
} Script;

static void G_GNUC_PRINTF (2, 3)
line (Script *s, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_string_append (s->out, s->indent);
  g_string_append_vprintf (s->out, format, args);
  g_string_append_c (s->out, '\n');
  va_end (args);
}

static void
blank (Script *s)
{
  g_string_append_c (s->out, '\n');
}

/* A page of another origin gets through by WebSocket alone, unless the server's CORS let it in. */
static gboolean
is_kept_from_polling (const Script *s)
{
  return s->page && !s->facts->any_page && sky_client_facts_may_websocket (s->facts);
}

static const char *
list_transports (const Script *s)
{
  if (!sky_client_facts_may_websocket (s->facts))
    return "[\"polling\"]";
  return !sky_client_facts_may_poll (s->facts) || is_kept_from_polling (s) ? "[\"websocket\"]" : NULL;
}

/* What io() and new Socket() are told besides the address. */
static void
write_options (Script *s, const char *usual_path)
{
  const SkyClientFacts *facts = s->facts;
  g_autofree char *path = sky_client_code_quoted (facts->path);

  if (!g_str_equal (facts->path, usual_path))
    line (s, "  path: %s,", path);
  if (list_transports (s) != NULL)
    line (s, "  transports: %s,%s", list_transports (s),
          is_kept_from_polling (s) ? " // polling needs CORS: see the server's options" : "");
  if (facts->msgpack && !s->page)
    line (s, "  parser,");
  if (facts->auth != NULL && facts->protocol == SKY_PROTOCOL_SOCKET_IO)
    line (s, "  auth: %s, // the rules look at this", facts->auth);
  if (facts->pem != NULL && !s->page)
    line (s, "  ca: certificate,");
}

static void
write_emit (Script *s)
{
  const SkyClientFacts *facts = s->facts;
  g_autofree char *event = sky_client_code_quoted (facts->event);
  const char *comma = *facts->args != '\0' ? ", " : "";

  if (facts->ack)
    line (s, "  socket.timeout(5000).emit(%s%s%s, (error, ...answer) => %s(\"answer:\", error ?? answer));", event, comma,
          facts->args, s->log);
  else
    line (s, "  socket.emit(%s%s%s);", event, comma, facts->args);
}

static void
write_socket_io (Script *s)
{
  const SkyClientFacts *facts = s->facts;
  g_autofree char *url = g_strconcat (facts->http, g_str_equal (facts->nsp, "/") ? "" : facts->nsp, NULL);
  g_autofree char *quoted = sky_client_code_quoted (url);

  line (s, "const socket = io(%s, {", quoted);
  write_options (s, "/socket.io/");
  line (s, "});");
  blank (s);
  line (s, "socket.on(\"connect\", () => {");
  line (s, "  %s(\"connected as\", socket.id);", s->log);
  if (facts->event != NULL)
    write_emit (s);
  line (s, "});");
  line (s, "socket.onAny((event, ...args) => %s(\"event:\", event, ...args));", s->log);
  line (s, "socket.on(\"connect_error\", (error) => %s(\"not connected:\", error.message, error.data ?? \"\"));", s->log);
  line (s, "socket.on(\"disconnect\", (reason) => %s(\"disconnected:\", reason));", s->log);
}

/* The client of a page, without a library: over WebSocket if that may be. */
static void
write_engine_io_page (Script *s)
{
  g_autofree char *message = sky_client_code_quoted (s->facts->message);
  g_autofree char *ws = g_strconcat (s->facts->ws, s->facts->path, "?EIO=4&transport=websocket", NULL);
  g_autofree char *url = sky_client_code_quoted (ws);

  line (s, "// Each message begins with its type (0 open, 2 ping, 3 pong, 4 message).");
  line (s, "const socket = new WebSocket(%s);", url);
  line (s, "const kinds = {");
  line (s, "  0: (open) => { log(\"connected as\", JSON.parse(open).sid); socket.send(\"4\" + %s); },", message);
  line (s, "  2: () => socket.send(\"3\"),");
  line (s, "  4: (message) => log(\"message:\", message),");
  line (s, "};");
  line (s, "socket.onmessage = ({ data }) => kinds[data[0]]?.(data.slice(1));");
  line (s, "socket.onclose = ({ code, reason }) => log(\"closed:\", code, reason);");
}

static void
write_engine_io_polling (Script *s)
{
  g_autofree char *message = sky_client_code_quoted (s->facts->message);
  g_autofree char *http = g_strconcat (s->facts->http, s->facts->path, "?EIO=4&transport=polling", NULL);
  g_autofree char *url = sky_client_code_quoted (http);

  line (s, "// Each packet begins with its type (0 open, 2 ping, 3 pong, 4 message); \\x1e is between two.");
  if (!s->facts->any_page)
    line (s, "// A page of another origin is let in if the server's CORS say so: see its options.");
  line (s, "const url = %s;", url);
  line (s, "(async () => {");
  line (s, "  const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1));");
  line (s, "  const post = (body) => fetch(`${url}&sid=${sid}`, { method: \"POST\", body });");
  line (s, "  log(\"connected as\", sid);");
  line (s, "  await post(\"4\" + %s);", message);
  line (s, "  for (;;) {");
  line (s, "    const answer = await fetch(`${url}&sid=${sid}`);");
  line (s, "    if (!answer.ok) throw new Error(await answer.text());");
  line (s, "    for (const packet of (await answer.text()).split(\"\\x1e\")) {");
  line (s, "      if (packet === \"2\") await post(\"3\");");
  line (s, "      if (packet[0] === \"4\") log(\"message:\", packet.slice(1));");
  line (s, "    }");
  line (s, "  }");
  line (s, "})().catch((error) => log(\"closed:\", error.message));");
}

static void
write_engine_io_node (Script *s)
{
  g_autofree char *url = sky_client_code_quoted (s->facts->http), *message = sky_client_code_quoted (s->facts->message);

  line (s, "const socket = new Socket(%s, {", url);
  write_options (s, "/engine.io/");
  line (s, "});");
  blank (s);
  line (s, "socket.on(\"open\", () => {");
  line (s, "  console.log(\"connected as\", socket.id);");
  line (s, "  socket.send(%s);", message);
  line (s, "});");
  line (s, "socket.on(\"message\", (data) => console.log(\"message:\", data));");
  line (s, "socket.on(\"error\", (error) => console.log(\"not connected:\", error.message));");
  line (s, "socket.on(\"close\", (reason) => console.log(\"closed:\", reason));");
}

static void
write_websocket_page (Script *s)
{
  g_autofree char *ws = g_strconcat (s->facts->ws, s->facts->path, NULL), *url = sky_client_code_quoted (ws);
  g_autofree char *message = sky_client_code_quoted (s->facts->message);

  line (s, "const socket = new WebSocket(%s);", url);
  line (s, "socket.onopen = () => { log(\"connected\"); socket.send(%s); };", message);
  line (s, "socket.onmessage = ({ data }) => log(\"message:\", data);");
  line (s, "socket.onclose = ({ code, reason }) => log(\"closed:\", code, reason);");
}

static void
write_websocket_node (Script *s)
{
  g_autofree char *ws = g_strconcat (s->facts->ws, s->facts->path, NULL), *url = sky_client_code_quoted (ws);
  g_autofree char *message = sky_client_code_quoted (s->facts->message);

  line (s, s->facts->pem != NULL ? "const socket = new WebSocket(%s, { ca: certificate });"
                                 : "const socket = new WebSocket(%s);", url);
  line (s, "socket.on(\"open\", () => {");
  line (s, "  console.log(\"connected\");");
  line (s, "  socket.send(%s);", message);
  line (s, "});");
  line (s, "socket.on(\"message\", (data, binary) => console.log(\"message:\", binary ? data : data.toString()));");
  line (s, "socket.on(\"error\", (error) => console.log(\"not connected:\", error.message));");
  line (s, "socket.on(\"close\", (code, reason) => console.log(\"closed:\", code, reason.toString()));");
}

static void
write_page_notes (GString *out, const SkyClientFacts *facts)
{
  if (facts->everywhere)
    g_string_append (out, "<!-- From another computer: put the address of this one in the place of the one below. -->\n");
  if (facts->pem != NULL)
    g_string_append_printf (
        out,
        "<!-- Nobody vouches for the server's certificate: first open %s/ in the browser and accept it there, "
        "or import the file\n     that \"Save certificate…\" in the server's options writes. -->\n",
        facts->http);
  if (facts->protocol == SKY_PROTOCOL_SOCKET_IO)
    g_string_append_printf (
        out,
        "<!-- The client is not served by this server: this address is from the documentation of Socket.IO. -->\n"
        "<script src=\"" CDN "socket.io%s.min.js\"></script>\n",
        facts->msgpack ? ".msgpack" : "");
}

/* A page: save it, and open it. */
void
sky_client_code_browser (GString *out, const SkyClientFacts *facts)
{
  Script s = { facts, out, TRUE, "  ", "log" };

  g_string_append (out, "<!doctype html>\n<meta charset=\"utf-8\">\n<title>Client</title>\n<pre id=\"log\"></pre>\n");
  write_page_notes (out, facts);
  g_string_append (out, "<script>\n");
  line (&s, "const log = (...words) => {");
  line (&s, "  const text = words.map((word) => typeof word === \"string\" ? word : JSON.stringify(word)).join(\" \");");
  line (&s, "  document.getElementById(\"log\").append(text + \"\\n\");");
  line (&s, "};");
  blank (&s);
  if (facts->protocol == SKY_PROTOCOL_SOCKET_IO)
    write_socket_io (&s);
  else if (facts->protocol == SKY_PROTOCOL_WEBSOCKET)
    write_websocket_page (&s);
  else if (sky_client_facts_may_websocket (facts))
    write_engine_io_page (&s);
  else
    write_engine_io_polling (&s);
  g_string_append (out, "</script>\n");
}

static void
write_node_imports (Script *s)
{
  const SkyClientFacts *facts = s->facts;

  if (facts->protocol == SKY_PROTOCOL_SOCKET_IO)
    {
      line (s, "// npm install socket.io-client%s; save this as client.mjs, then: node client.mjs",
            facts->msgpack ? " socket.io-msgpack-parser" : "");
      line (s, "import { io } from \"socket.io-client\";");
      if (facts->msgpack)
        line (s, "import parser from \"socket.io-msgpack-parser\";");
    }
  else if (facts->protocol == SKY_PROTOCOL_ENGINE_IO)
    line (s, "// npm install engine.io-client; save this as client.mjs, then: node client.mjs\n"
             "import { Socket } from \"engine.io-client\";");
  else
    line (s, "// npm install ws; save this as client.mjs, then: node client.mjs\nimport WebSocket from \"ws\";");
  blank (s);
}

void
sky_client_code_node (GString *out, const SkyClientFacts *facts)
{
  Script s = { facts, out, FALSE, "", "console.log" };

  write_node_imports (&s);
  if (facts->everywhere)
    line (&s, "// From another computer: put the address of this one in the place of the one below.");
  if (facts->tls_file)
    line (&s,
          "// If the certificate is from an authority of your own: NODE_EXTRA_CA_CERTS=authority.pem node client.mjs");
  if (facts->pem != NULL)
    line (
        &s,
        "// The server made this certificate for itself, and nobody else vouches for it.\nconst certificate = `%s`;\n",
        facts->pem);
  if (facts->protocol == SKY_PROTOCOL_SOCKET_IO)
    write_socket_io (&s);
  else if (facts->protocol == SKY_PROTOCOL_ENGINE_IO)
    write_engine_io_node (&s);
  else
    write_websocket_node (&s);
}

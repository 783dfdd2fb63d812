#include "peer/code/client-code-private.h"

#include <string.h>

/* python-socketio and its python-engineio; websockets. */

static void
write_head (GString *out, const SkyClientFacts *facts)
{
  gboolean plain = facts->protocol == SKY_PROTOCOL_WEBSOCKET;

  if (plain)
    g_string_append (out, "# pip install websockets (Debian: python3-websockets)\nimport asyncio\n");
  else
    g_string_append_printf (
        out, "# pip install \"python-%s[client]\"%s (Debian: python3-%s python3-requests python3-websocket%s)\n",
        facts->protocol == SKY_PROTOCOL_SOCKET_IO ? "socketio" : "engineio", facts->msgpack ? " msgpack" : "",
        facts->protocol == SKY_PROTOCOL_SOCKET_IO ? "socketio" : "engineio", facts->msgpack ? " python3-msgpack" : "");
  if (facts->pem != NULL)
    g_string_append (out, plain ? "import ssl\n" : "import tempfile\n");
  g_string_append (out, "\n");
  if (facts->pem != NULL && !plain)
    g_string_append (out, "import requests\n");
  g_string_append (out, plain                                            ? "import websockets\n\n"
                        : facts->protocol == SKY_PROTOCOL_SOCKET_IO ? "import socketio\n\n"
                                                                         : "import engineio\n\n");
  if (facts->everywhere)
    g_string_append (out, "# From another computer: put the address of this one in the place of the one below.\n");
  if (facts->tls_file)
    g_string_append (
        out,
        plain ? "# If the certificate is from an authority of your own: SSL_CERT_FILE=authority.pem python3 client.py\n"
              : "# If the certificate is from an authority of your own: REQUESTS_CA_BUNDLE=authority.pem python3 "
                "client.py\n");
  if (facts->pem != NULL)
    g_string_append_printf (out, "# The server made this certificate for itself, and nobody else vouches for it.\n"
                                 "CERTIFICATE = \"\"\"%s\"\"\"\n\n", facts->pem);
}

/* The arguments of Client (), and before it what they need. */
static void
write_client (GString *out, const SkyClientFacts *facts, const char *module)
{
  if (facts->pem != NULL)
    g_string_append (out, "trusted = tempfile.NamedTemporaryFile(\"w\", suffix=\".pem\")\n"
                          "trusted.write(CERTIFICATE)\n"
                          "trusted.flush()\n"
                          "web = requests.Session()\n"
                          "web.trust_env = False    # else REQUESTS_CA_BUNDLE would win\n"
                          "web.verify = trusted.name\n");
  g_string_append_printf (out, "client = %s.Client(%s%s%s)\n\n\n", module, facts->msgpack ? "serializer=\"msgpack\"" : "",
                          facts->msgpack && facts->pem != NULL ? ", " : "", facts->pem != NULL ? "http_session=web" : "");
}

static const char *
list_transports (const SkyClientFacts *facts)
{
  if (!sky_client_facts_may_poll (facts))
    return ", transports=[\"websocket\"]";
  return !sky_client_facts_may_websocket (facts) ? ", transports=[\"polling\"]" : "";
}

static void
write_emit (GString *out, const SkyClientFacts *facts, const char *nsp)
{
  g_autofree char *event = sky_client_code_quoted (facts->event);

  g_string_append_printf (out, "    client.emit(%s, (%s%s), namespace=%s%s)\n", event, facts->args,
                          *facts->args != '\0' ? "," : "", nsp,
                          facts->ack ? ", callback=lambda *answer: print(\"answer:\", *answer)" : "");
}

static void
write_socket_io (GString *out, const SkyClientFacts *facts)
{
  g_autofree char *nsp = sky_client_code_quoted (facts->nsp), *url = sky_client_code_quoted (facts->http);
  g_autofree char *path = sky_client_code_quoted (facts->path);

  write_client (out, facts, "socketio");
  g_string_append_printf (out, "@client.on(\"connect\", namespace=%s)\ndef on_connect():\n"
                               "    print(\"connected as\", client.get_sid(%s))\n", nsp, nsp);
  if (facts->event != NULL)
    write_emit (out, facts, nsp);
  g_string_append_printf (out, "\n\n@client.on(\"*\", namespace=%s)\ndef on_any(event, *args):\n"
                               "    print(\"event:\", event, *args)\n\n\n", nsp);
  g_string_append_printf (out, "@client.on(\"connect_error\", namespace=%s)\ndef on_refused(why=None):\n"
                               "    print(\"not connected:\", why)\n\n\n", nsp);
  g_string_append_printf (out, "@client.on(\"disconnect\", namespace=%s)\ndef on_disconnect(*reason):\n"
                               "    print(\"disconnected\", *reason)\n\n\n", nsp);
  g_string_append_printf (out, "client.connect(%s, namespaces=[%s]", url, nsp);
  if (!g_str_equal (facts->path, "/socket.io/"))
    g_string_append_printf (out, ", socketio_path=%s", path);
  g_string_append (out, list_transports (facts));
  if (facts->auth != NULL)
    g_string_append_printf (out, ",\n               auth=%s", facts->auth);
  g_string_append_printf (out, ")%s\nclient.wait()\n", facts->auth != NULL ? "    # the rules look at auth" : "");
}

static void
write_engine_io (GString *out, const SkyClientFacts *facts)
{
  g_autofree char *url = sky_client_code_quoted (facts->http), *path = sky_client_code_quoted (facts->path);
  g_autofree char *message = sky_client_code_quoted (facts->message);

  write_client (out, facts, "engineio");
  g_string_append_printf (out, "@client.on(\"connect\")\ndef on_connect():\n    print(\"connected as\", client.sid)\n"
                               "    client.send(%s)\n\n\n", message);
  g_string_append (out, "@client.on(\"message\")\ndef on_message(data):\n    print(\"message:\", data)\n\n\n"
                        "@client.on(\"disconnect\")\ndef on_disconnect(*reason):\n    print(\"closed\", *reason)\n\n\n");
  g_string_append_printf (out, "client.connect(%s", url);
  if (!g_str_equal (facts->path, "/engine.io/"))
    g_string_append_printf (out, ", engineio_path=%s", path);
  g_string_append_printf (out, "%s)\nclient.wait()\n", list_transports (facts));
}

static void
write_websocket (GString *out, const SkyClientFacts *facts)
{
  g_autofree char *whole = g_strconcat (facts->ws, facts->path, NULL), *url = sky_client_code_quoted (whole);
  g_autofree char *message = sky_client_code_quoted (facts->message);

  if (facts->pem != NULL)
    g_string_append (out, "TRUSTED = ssl.create_default_context(cadata=CERTIFICATE)\n\n");
  g_string_append_printf (out, "\nasync def main():\n    async with websockets.connect(%s%s) as socket:\n", url,
                          facts->pem != NULL ? ", ssl=TRUSTED" : "");
  g_string_append_printf (out,
                          "        print(\"connected\")\n        await socket.send(%s)\n"
                          "        async for message in socket:\n            print(\"message:\", message)\n"
                          "    print(\"closed:\", socket.close_code, socket.close_reason)\n\n\nasyncio.run(main())\n",
                          message);
}

void
sky_client_code_python (GString *out, const SkyClientFacts *facts)
{
  write_head (out, facts);
  if (facts->protocol == SKY_PROTOCOL_SOCKET_IO)
    write_socket_io (out, facts);
  else if (facts->protocol == SKY_PROTOCOL_ENGINE_IO)
    write_engine_io (out, facts);
  else
    write_websocket (out, facts);
}

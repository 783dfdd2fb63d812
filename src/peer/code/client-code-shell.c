#include "peer/code/client-code-private.h"

#include <string.h>

#include "sio/sio-msgpack.h"

/* curl over long-polling; websocat where there is nothing but WebSocket. The packets stand there in the open. */

typedef struct
{
  char *connect; /* nullable: joins the namespace */
  char *say;     /* nullable */
} Packets;

static char *
msgpack (SkySioType type, const char *nsp, gint64 id, const char *json)
{
  g_autoptr(GBytes) bytes = sky_sio_msgpack_encode (type, nsp, id, json, NULL);
  g_autofree char *base64
      = bytes != NULL ? g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) : NULL;

  return base64 != NULL ? g_strconcat ("b", base64, NULL) : NULL;
}

/* As they are written, PROTOCOL of Socket.IO 5: 40 connects, 42 is an event, a number behind it asks for an ack. */
static void
packets_init (Packets *self, const SkyClientFacts *facts)
{
  gboolean root = g_str_equal (facts->nsp, "/");
  const char *nsp = root ? "" : facts->nsp, *comma = root ? "" : ",";
  g_autoptr(GString) event = g_string_new ("[");

  *self = (Packets) { 0 };
  if (facts->protocol != SKY_PROTOCOL_SOCKET_IO)
    {
      self->say = g_strconcat ("4", facts->message, NULL);
      return;
    }
  if (facts->event != NULL)
    {
      sky_client_code_quote (event, facts->event);
      g_string_append_printf (event, "%s%s]", *facts->args != '\0' ? ", " : "", facts->args);
    }
  if (facts->msgpack)
    {
      self->connect = msgpack (SKY_SIO_CONNECT, facts->nsp, -1, facts->auth);
      self->say = facts->event != NULL ? msgpack (SKY_SIO_EVENT, facts->nsp, facts->ack ? 0 : -1, event->str) : NULL;
      return;
    }
  self->connect = g_strconcat ("40", nsp, comma, facts->auth, NULL);
  if (facts->event != NULL)
    self->say = g_strconcat ("42", nsp, comma, facts->ack ? "0" : "", event->str, NULL);
}

static void
packets_clear (Packets *self)
{
  g_free (self->connect);
  g_free (self->say);
}

static void
write_certificate (GString *out, const SkyClientFacts *facts)
{
  if (facts->everywhere)
    g_string_append (out, "# From another computer: put the address of this one in the place of the one below.\n");
  if (facts->tls_file)
    g_string_append (
        out, "# If the certificate is from an authority of your own: SSL_CERT_FILE=authority.pem sh client.sh\n");
  if (facts->pem != NULL)
    g_string_append_printf (out, "# The server made this certificate for itself, and nobody else vouches for it.\n"
                                 "trusted=$(mktemp)\ntrap 'rm -f \"$trusted\"' EXIT\n"
                                 "cat >\"$trusted\" <<'END'\n%sEND\n\n", facts->pem);
}

static void
write_say (GString *out, const char *packet, const char *comment)
{
  g_autofree char *quoted = packet != NULL ? g_shell_quote (packet) : NULL;

  if (quoted != NULL)
    g_string_append_printf (out, "say %s    # %s\n", quoted, comment);
}

static void
write_polling (GString *out, const SkyClientFacts *facts, const Packets *packets)
{
  g_autofree char *url = g_strconcat (facts->http, facts->path, "?EIO=4&transport=polling", NULL);
  g_autofree char *quoted = g_shell_quote (url);
  const char *trust = facts->pem != NULL ? " --cacert \"$trusted\"" : "";

  g_string_append (out, "#!/bin/sh\n# Long-polling by hand, with curl; end it with Ctrl+C.\n");
  write_certificate (out, facts);
  g_string_append_printf (
      out,
      "url=%s\nget() { curl -fsS%s \"$url\"; }\n"
      "say() { curl -fsS%s -H 'Content-Type: text/plain;charset=UTF-8' --data-binary \"$1\" \"$url\" >/dev/null; }\n\n",
      quoted, trust, trust);
  g_string_append (out, "# The handshake gives the session its id.\nopen=$(get) || exit 1\necho \"$open\"\n"
                        "sid=${open#*'\"sid\":\"'}\nurl=\"$url&sid=${sid%%'\"'*}\"\n\n");
  write_say (out, packets->connect,
             facts->msgpack ? "connects to the namespace: MessagePack, in base64" : "connects to the namespace");
  write_say (out, packets->say, facts->protocol == SKY_PROTOCOL_SOCKET_IO ? "an event" : "a message");
  g_string_append (out, "\n# All that comes, a packet a line; a ping (2) is answered with a pong (3).\n"
                        "while packets=$(get); do\n  packets=$(printf '%s' \"$packets\" | tr '\\036' '\\n')\n"
                        "  echo \"$packets\"\n  if echo \"$packets\" | grep -qx 2; then say 3; fi\ndone\n");
}

static void
write_answers (GString *out, const SkyClientFacts *facts, const Packets *packets)
{
  g_autofree char *connect = packets->connect != NULL ? g_shell_quote (packets->connect) : NULL;
  g_autofree char *say = packets->say != NULL ? g_shell_quote (packets->say) : NULL;

  g_string_append_printf (out, "    0*) answer %s ;;\n", connect != NULL ? connect : say);
  if (connect != NULL && say != NULL)
    g_string_append_printf (out, "    40*) answer %s ;;\n", say);
  g_string_append (out, "    2) answer 3 ;;\n");
}

/* A pipe leads back from what websocat prints to what it says. */
static void
write_engine_websocket (GString *out, const SkyClientFacts *facts, const Packets *packets)
{
  g_autofree char *url = g_strconcat (facts->ws, facts->path, "?EIO=4&transport=websocket", NULL);
  g_autofree char *quoted = g_shell_quote (url);

  if (facts->msgpack)
    {
      g_string_append (
          out,
          "#!/bin/sh\n# This server speaks MessagePack over WebSocket only, which a shell cannot: take one of the\n"
          "# other clients, or allow polling in the server's options.\n"
          "echo 'MessagePack over WebSocket is not for the shell.' >&2\nexit 1\n");
      return;
    }
  g_string_append (
      out, "#!/bin/bash\n# websocat (https://github.com/vi/websocat) is curl for WebSocket; end it with Ctrl+C.\n");
  write_certificate (out, facts);
  g_string_append_printf (out, "coproc ws { %swebsocat %s; }\nanswer() { printf '%%s\\n' \"$1\" >&\"${ws[1]}\"; }\n\n",
                          facts->pem != NULL ? "SSL_CERT_FILE=$trusted " : "", quoted);
  g_string_append (out,
                   "# All that comes: an open (0) is answered, and a ping (2) with a pong (3).\n"
                   "while IFS= read -r packet <&\"${ws[0]}\"; do\n  printf '%s\\n' \"$packet\"\n  case $packet in\n");
  write_answers (out, facts, packets);
  g_string_append (out, "  esac\ndone\n");
}

static void
write_websocket (GString *out, const SkyClientFacts *facts)
{
  g_autofree char *ws = g_strconcat (facts->ws, facts->path, NULL), *http = g_strconcat (facts->http, facts->path, NULL);
  g_autofree char *ws_url = g_shell_quote (ws), *http_url = g_shell_quote (http),
                  *message = g_shell_quote (facts->message);

  g_string_append (
      out, "#!/bin/sh\n# websocat (https://github.com/vi/websocat) is curl for WebSocket; end it with Ctrl+C.\n");
  write_certificate (out, facts);
  g_string_append_printf (out, "if command -v websocat >/dev/null; then\n"
                               "  # What is typed goes out, a message a line.\n"
                               "  { printf '%%s\\n' %s; cat; } | %swebsocat %s\n"
                               "else\n"
                               "  # curl shows the handshake only: 101 means that the server is there.\n"
                               "  curl -sSN --max-time 3 --http1.1 -D - -o /dev/null%s \\\n"
                               "    -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \\\n"
                               "    -H \"Sec-WebSocket-Key: $(head -c 16 /dev/urandom | base64)\" %s\n"
                               "fi\n",
                          message, facts->pem != NULL ? "SSL_CERT_FILE=$trusted " : "", ws_url,
                          facts->pem != NULL ? " --cacert \"$trusted\"" : "", http_url);
}

void
sky_client_code_shell (GString *out, const SkyClientFacts *facts)
{
  Packets packets;

  packets_init (&packets, facts);
  if (facts->protocol == SKY_PROTOCOL_WEBSOCKET)
    write_websocket (out, facts);
  else if (sky_client_facts_may_poll (facts))
    write_polling (out, facts, &packets);
  else
    write_engine_websocket (out, facts, &packets);
  packets_clear (&packets);
}

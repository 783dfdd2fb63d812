#include "stack/describe-private.h"

#include <glib/gi18n-lib.h>

/* What programs are told of a connection's life, in the words of socket.io-client and of browsers' WebSocket. */
static const struct
{
  SkyKind     kind;
  const char *text;
  const char *section;
} meanings[] = {
  { SKY_KIND_STATE, N_("Sockeye's own note of what became of the connection. No byte of it was on the wire."), NULL },
  { SKY_KIND_ERROR, N_("Sockeye's own note of what went wrong. No byte of it was on the wire. A program sees “error” on a WebSocket, and “connect_error” or “disconnect” in Socket.IO."), NULL },
  { SKY_KIND_JOIN, N_("A socket has joined a room. Rooms are known to the server alone: no packet says so."), "Socket.IO documentation, Rooms" },
  { SKY_KIND_LEAVE, N_("A socket has left a room. Rooms are known to the server alone: no packet says so."), "Socket.IO documentation, Rooms" },
  { SKY_KIND_NO_LISTENER, N_("An event came that no rule of this host answers: it has no entry in “on”, and there is no “onAny”. The client is told nothing; if it waits for an ack, it waits in vain. A socket.io server without such a listener does the same."), "Socket.IO documentation, Listening to events" },
  { SKY_KIND_OPEN,
    N_("“open”: the connection stands. On a plain WebSocket, onopen is called and messages may be sent. In Socket.IO the engine is open, but no namespace is connected yet: that is told by “connect”."),
    "WHATWG WebSockets, readyState; Socket.IO documentation, Manager" },
  { SKY_KIND_CLOSE,
    N_("“close”: the connection has ended. It was clean if both sides sent a close frame; otherwise wasClean is false and the code is 1006. Programs get the code and the reason."),
    "WHATWG WebSockets, CloseEvent; RFC 6455 §7.1" },
  { SKY_KIND_CONNECTED,
    N_("“connect”: the namespace is joined, and its socket has an id. It is told again after every reconnection, with another id, unless the session was recovered: a listener that is added within it is added once more each time."),
    "Socket.IO documentation, Client: the Socket instance" },
  { SKY_KIND_CONNECT_FAILED,
    N_("“connect_error”: no connection came about. If the server could not be reached, the client tries again by itself. If it refused the namespace, the client does not: the program has to mend its auth and call connect()."),
    "Socket.IO documentation, connect_error" },
  { SKY_KIND_DISCONNECTED, N_("“disconnect”: the namespace is left, and its socket has no id any more."), "Socket.IO documentation, disconnect" },
  { SKY_KIND_UPGRADE,
    N_("“upgrade”: a session that began with long-polling goes on over WebSocket, or stays where it is because the WebSocket could not be opened. Nothing is lost or doubled by it."),
    "Engine.IO protocol v4, Upgrade" },
  { SKY_KIND_RECONNECT_ATTEMPT,
    N_("“reconnect_attempt”: the client dials again. The delay before each attempt doubles up to a limit, and is changed at random so that not all clients come back at once."),
    "Socket.IO documentation, Manager" },
  { SKY_KIND_RECONNECT_ERROR, N_("“reconnect_error”: this attempt failed. The next one follows after a longer delay."), "Socket.IO documentation, Manager" },
  { SKY_KIND_RECONNECT, N_("“reconnect”: an attempt succeeded. All namespaces are joined again, and what was emitted meanwhile is sent."), "Socket.IO documentation, Manager" },
  { SKY_KIND_RECONNECT_FAILED, N_("“reconnect_failed”: as many attempts as were allowed have failed. Nothing is tried any more."), "Socket.IO documentation, Manager" },
  { SKY_KIND_HELD,
    N_("An emit without a connection. It waits and is sent, in its order, when the namespace is connected, unless it is volatile: then it is dropped. socket.io-client does the same and says nothing."),
    "Socket.IO documentation, Offline behavior" },
};

/* Why a namespace was left: Socket.IO documentation, disconnect. */
static const struct
{
  const char *reason;
  const char *text;
} reasons[] = {
  { "io server disconnect", N_("The server left the namespace with socket.disconnect(). The client does not connect again by itself: the program has to call connect().") },
  { "io client disconnect", N_("This side left it, with socket.disconnect(). Nothing is tried again.") },
  { "ping timeout", N_("The heartbeat stopped: nothing was heard for pingInterval + pingTimeout. The client connects again.") },
  { "transport close", N_("The connection was closed: the server stopped, or the network changed. The client connects again.") },
  { "transport error", N_("The connection broke, or an HTTP request of polling failed. The client connects again.") },
  { "parse error", N_("The server sent something that is no packet. The client connects again.") },
};

/**
 * sky_explain_note:
 * @out: where to append
 * @text: what the note says
 */
void
sky_explain_note (GString *out, SkyKind kind, const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].kind == kind)
      {
        g_string_append (out, _(meanings[i].text));
        if (meanings[i].section != NULL)
          g_string_append_printf (out, " (%s)", meanings[i].section);
      }
  for (guint i = 0; kind == SKY_KIND_DISCONNECTED && i < G_N_ELEMENTS (reasons); i++)
    if (g_str_has_suffix (text, reasons[i].reason))
      g_string_append_printf (out, "\n\n%s: %s", reasons[i].reason, _(reasons[i].text));
}

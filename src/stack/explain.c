#include "stack/describe-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/clock.h"
#include "eio/eio-open.h"
#include "sio/sio-event.h"
#include "ws/ws-close.h"

/* What a kind of record means, for who sees one for the first time. */
static const struct
{
  SkyLayer    layer;
  SkyKind     kind;
  const char *text;
  const char *section;
  guint       revision; /* of Engine.IO, where it makes a difference */
} meanings[] = {
  { SKY_LAYER_TCP, SKY_KIND_RESOLVE, N_("The host name is turned into network addresses."), "RFC 1035" },
  { SKY_LAYER_TCP, SKY_KIND_CONNECTED,
    N_("A TCP connection is opened to one of the addresses: the three packets SYN, SYN/ACK and ACK."), "RFC 9293 §3.5" },
  { SKY_LAYER_TCP, SKY_KIND_PROXY, N_("The connection goes through a proxy, which is asked for a tunnel."), "RFC 9110 §9.3.6" },
  { SKY_LAYER_TCP, SKY_KIND_DATA, N_("Bytes that no layer above understands. They are kept as they came."), NULL },
  { SKY_LAYER_TCP, SKY_KIND_END,
    N_("This side sends no more. If no WebSocket close frame went before, the closing was unclean and programs see code 1006."),
    "RFC 6455 §7.1.5" },
  { SKY_LAYER_TLS, SKY_KIND_HANDSHAKE,
    N_("Both ends agree on keys, and the server proves with its certificate who it is. All that follows is encrypted on the network; Sockeye shows it decrypted."),
    "RFC 8446 §2" },
  { SKY_LAYER_HTTP, SKY_KIND_REQUEST,
    N_("An HTTP request. Engine.IO uses them for long-polling: a GET waits for packets, a POST carries some."),
    "RFC 9112 §3" },
  { SKY_LAYER_HTTP, SKY_KIND_RESPONSE, N_("The answer to an HTTP request."), "RFC 9112 §4" },
  { SKY_LAYER_HTTP, SKY_KIND_UNKNOWN, N_("These bytes are no HTTP message, so nothing above can be decoded."), "RFC 9112 §2" },
  { SKY_LAYER_UPGRADE, SKY_KIND_REQUEST,
    N_("The client asks to leave HTTP and to speak WebSocket on this same connection. The key is random; the server has to answer what follows from it."),
    "RFC 6455 §4.1" },
  { SKY_LAYER_UPGRADE, SKY_KIND_RESPONSE,
    N_("The server's answer. With status 101 and the right Sec-WebSocket-Accept, both sides speak WebSocket frames from the next byte on."),
    "RFC 6455 §4.2.2" },
  { SKY_LAYER_WS, SKY_KIND_TEXT, N_("A frame with text in UTF-8. Frames from a client are masked with a key of their own, frames from a server never."), "RFC 6455 §5.6" },
  { SKY_LAYER_WS, SKY_KIND_BINARY, N_("A frame with octets whose meaning is left to the application."), "RFC 6455 §5.6" },
  { SKY_LAYER_WS, SKY_KIND_CONTINUATION,
    N_("A further piece of a fragmented message. The frame with FIN set is the last one; control frames may stand between the pieces."),
    "RFC 6455 §5.4" },
  { SKY_LAYER_WS, SKY_KIND_PING, N_("A WebSocket ping: the other side has to answer with a pong that carries the same bytes. Browsers do so without telling the page."), "RFC 6455 §5.5.2" },
  { SKY_LAYER_WS, SKY_KIND_PONG, N_("A WebSocket pong: the answer to a ping, or an unasked sign of life."), "RFC 6455 §5.5.3" },
  { SKY_LAYER_WS, SKY_KIND_CLOSE,
    N_("The closing handshake: each side sends one close frame, and then the TCP connection ends. A close that went this way is clean."),
    "RFC 6455 §5.5.1, §7" },
  { SKY_LAYER_WS, SKY_KIND_UNKNOWN, N_("Bytes that are no whole frame of a known kind."), "RFC 6455 §5.2" },
  { SKY_LAYER_EIO, SKY_KIND_OPEN,
    N_("The first packet of an Engine.IO session. It names the session and says how often the server pings."),
    "Engine.IO protocol v4, Handshake", 4 },
  { SKY_LAYER_EIO, SKY_KIND_OPEN,
    N_("The first packet of an Engine.IO session, revision 3 as servers of Socket.IO 1 and 2 speak it. It names the session and says how often the client has to ping."),
    "Engine.IO protocol v3, Handshake", 3 },
  { SKY_LAYER_EIO, SKY_KIND_CLOSE, N_("Ends the Engine.IO session."), "Engine.IO protocol v4, Packet types" },
  { SKY_LAYER_EIO, SKY_KIND_PING,
    N_("The heartbeat. In revision 4 the server pings and the client has to answer at once; in revision 3 it is the other way round. A ping that carries “probe” tests a WebSocket before an upgrade."),
    "Engine.IO protocol v4, Heartbeat", 4 },
  { SKY_LAYER_EIO, SKY_KIND_PING,
    N_("The heartbeat. This is revision 3, where the client pings and the server has to answer at once; in revision 4 it is the other way round. A ping that carries “probe” tests a WebSocket before an upgrade."),
    "Engine.IO protocol v3, Heartbeat", 3 },
  { SKY_LAYER_EIO, SKY_KIND_PONG, N_("The client's answer to the server's ping. If it does not come within pingTimeout, the server closes with “ping timeout”. A pong that carries “probe” is the server's, and answers a test before an upgrade."), "Engine.IO protocol v4, Heartbeat", 4 },
  { SKY_LAYER_EIO, SKY_KIND_PONG, N_("The server's answer to the client's ping, in revision 3. If it does not come within pingTimeout, the client closes with “ping timeout”. A pong that carries “probe” answers a test before an upgrade."), "Engine.IO protocol v3, Heartbeat", 3 },
  { SKY_LAYER_EIO, SKY_KIND_MESSAGE, N_("Carries one message of the application, or one Socket.IO packet."), "Engine.IO protocol v4, Packet types" },
  { SKY_LAYER_EIO, SKY_KIND_UPGRADE, N_("The client leaves long-polling: from here on the session lives on this WebSocket."), "Engine.IO protocol v4, Upgrade" },
  { SKY_LAYER_EIO, SKY_KIND_NOOP, N_("Says nothing. It ends a waiting poll, so that an upgrade can go on."), "Engine.IO protocol v4, Upgrade" },
  { SKY_LAYER_SIO, SKY_KIND_CONNECT,
    N_("From a client: asks to join a namespace; the object is what the client calls “auth”. From a server: it is joined, and “sid” is the socket's id there."),
    "Socket.IO protocol v5, Connection to a namespace", 4 },
  { SKY_LAYER_SIO, SKY_KIND_CONNECT,
    N_("In Socket.IO 2 and before. From a client: asks to join a namespace; what follows its name after “?” is the query, and there is no auth. From a server: it is joined; the root namespace is joined without being asked for."),
    "Socket.IO protocol v4, Connection to a namespace", 3 },
  { SKY_LAYER_SIO, SKY_KIND_DISCONNECT, N_("Leaves one namespace. The other namespaces and the connection itself stay."), "Socket.IO protocol v5, Disconnection from a namespace" },
  { SKY_LAYER_SIO, SKY_KIND_EVENT,
    N_("An event: a name, and any number of arguments. With an ack id, the sender waits for an answer to exactly this event."),
    "Socket.IO protocol v5, Sending and receiving data" },
  { SKY_LAYER_SIO, SKY_KIND_ACK, N_("The answer to an event that asked for one: it carries the same ack id, in the other direction."), "Socket.IO protocol v5, Acknowledgement" },
  { SKY_LAYER_SIO, SKY_KIND_CONNECT_ERROR, N_("The server refuses this namespace: it does not exist, or a middleware said no. “message” and “data” say why. The client does not try again by itself."), "Socket.IO protocol v5, Connection to a namespace", 4 },
  { SKY_LAYER_SIO, SKY_KIND_CONNECT_ERROR, N_("The server refuses this namespace, as Socket.IO 2 and before do it: the namespace does not exist, or a middleware said no, in words or with data of its own. Clients get it as “error”, not as “connect_error”."), "Socket.IO protocol v4, Connection to a namespace", 3 },
  { SKY_LAYER_SIO, SKY_KIND_BINARY_EVENT, N_("An event with binary arguments. Each one is left out of the JSON and follows as a binary message of its own, in the order of its placeholder."), "Socket.IO protocol v5, Packet encoding" },
  { SKY_LAYER_SIO, SKY_KIND_BINARY_ACK, N_("The answer to an event, with binary arguments that follow as binary messages."), "Socket.IO protocol v5, Packet encoding" },
  { SKY_LAYER_SIO, SKY_KIND_UNKNOWN, N_("This is no Socket.IO packet, or a binary message that no packet announced. A Socket.IO server closes the connection on it."), "Socket.IO protocol v5, Packet encoding" },
};

/* Engine.IO's, which a Socket.IO packet has from the packet that carries it. */
static guint
revision_of (const SkyRecord *record, const SkyBytesSource *source)
{
  if (record->layer == SKY_LAYER_SIO && record->parent != SKY_RECORD_NONE)
    record = source->record (source->data, record->parent);
  return record != NULL ? sky_eio_form_revision (record->form) : 4;
}

static void
explain_meaning (GString *out, const SkyRecord *record, guint revision)
{
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (meanings[i].layer == record->layer && meanings[i].kind == record->kind
        && (meanings[i].revision == 0 || meanings[i].revision == revision))
      {
        g_string_append (out, _(meanings[i].text));
        if (meanings[i].section != NULL)
          g_string_append_printf (out, " (%s)", meanings[i].section);
      }
}

static void
explain_faults (GString *out, const SkyRecord *record)
{
  const SkyFaultInfo *fault = NULL;

  while ((fault = sky_fault_next (sky_layer_faults (record->layer), record->faults, fault)) != NULL)
    g_string_append_printf (out, "\n\n⚠ %s (%s)", _(fault->text), fault->section);
}

/* "chat message", 2 arguments, in /chat */
static void
explain_event (GString *out, guint32 number, const SkySummary *summary, const SkyBytesSource *source)
{
  g_autoptr(GBytes) body = source->body (source->data, number, G_MAXSIZE);
  SkySioEvent event = { 0 };

  if (summary->event == NULL || g_bytes_get_size (body) == 0
      || !sky_sio_event_decode (g_bytes_get_data (body, NULL), g_bytes_get_size (body), TRUE, &event))
    return;
  g_string_append (out, "\n\n");
  g_string_append_printf (out, ngettext ("“%s” with %u argument, in the namespace %s.",
                                         "“%s” with %u arguments, in the namespace %s.", event.n_args),
                          summary->event, event.n_args, summary->nsp);
}

static void
explain_ack (GString *out, const SkyRecord *record, const SkySummary *summary, const SkyBytesSource *source)
{
  const SkyRecord *mate = record->mate != SKY_RECORD_NONE ? source->record (source->data, record->mate) : NULL;
  g_autofree char *span = NULL;

  if (mate != NULL && mate->layer == SKY_LAYER_NOTE)
    return;
  if (mate != NULL)
    span = sky_clock_format_span (ABS (record->time_usec - mate->time_usec));
  g_string_append (out, "\n\n");
  if (record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK)
    {
      if (mate != NULL)
        g_string_append_printf (out, _("It answers record %u, ack id %" PRIu64 ", after %s."),
                                record->mate + 1, summary->ack, span);
    }
  else if (mate != NULL)
    g_string_append_printf (out, _("Ack id %" PRIu64 ": it was answered by record %u after %s."),
                            summary->ack, record->mate + 1, span);
  else if (record->flags & SKY_RECORD_GIVEN_UP)
    g_string_append_printf (out,
                            _("Ack id %" PRIu64 ": no answer came in time. The other side may have no listener for this event, or its listener does not call the callback."),
                            summary->ack);
  else
    g_string_append_printf (out, _("Ack id %" PRIu64 ": the answer has not come yet."), summary->ack);
}

/* Nobody listens to an event: the note that says so is its mate. */
static void
explain_unheard (GString *out, const SkyRecord *record, const SkyBytesSource *source)
{
  const SkyRecord *mate = record->mate != SKY_RECORD_NONE ? source->record (source->data, record->mate) : NULL;

  if (record->layer != SKY_LAYER_SIO || mate == NULL || mate->kind != SKY_KIND_NO_LISTENER)
    return;
  g_string_append_printf (out, _("\n\nNo listener, as record %u says: no rule of this server answers this event. It has no entry in “on” of its namespace, and there is no “onAny”. Add one under Rules."),
                          record->mate + 1);
  if (record->flags & SKY_RECORD_ASKS)
    g_string_append (out, _(" The client waits for an ack, and waits in vain."));
}

static void
explain_open (GString *out, guint32 number, guint revision, const SkyBytesSource *source)
{
  g_autoptr(GBytes) body = source->body (source->data, number, G_MAXSIZE);
  g_auto(SkyEioOpen) open = { 0 };

  if (!sky_eio_open_decode (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &open))
    return;
  if (revision == 3)
    g_string_append_printf (
        out, _("\n\nThe client pings every %.3g s, and waits %.3g s for the answer. A server that hears nothing for %.3g s closes with “ping timeout”."),
        open.ping_interval_msec / 1e3, open.ping_timeout_msec / 1e3,
        (open.ping_interval_msec + open.ping_timeout_msec) / 1e3);
  else
    g_string_append_printf (
        out, _("\n\nThe server pings every %.3g s. A client that hears nothing for %.3g s closes with “ping timeout”."),
        open.ping_interval_msec / 1e3, (open.ping_interval_msec + open.ping_timeout_msec) / 1e3);
  if (open.max_payload > 0)
    g_string_append_printf (out, _(" One message may have %" PRIu64 " bytes at most (maxPayload)."),
                            open.max_payload);
}

/**
 * sky_explain:
 *
 * Returns: (transfer full): what this record means, in plain words, with the section that says
 *   so; paragraphs are separated by empty lines
 */
char *
sky_explain (guint32 number, const SkyBytesSource *source)
{
  const SkyRecord *record = source->record (source->data, number);
  GString *out = g_string_new (NULL);
  g_auto(SkySummary) summary = { 0 };
  guint revision;

  if (record == NULL)
    return g_string_free (out, FALSE);
  sky_summary_make (&summary, number, source, 256);
  revision = revision_of (record, source);
  if (record->layer == SKY_LAYER_NOTE)
    sky_explain_note (out, record->kind, summary.data != NULL ? summary.data : "");
  else
    explain_meaning (out, record, revision);
  if (sky_describe_is_msgpack (record))
    sky_explain_msgpack (out, number, source);
  if ((record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT) && record->faults == 0)
    explain_event (out, number, &summary, source);
  if (record->layer == SKY_LAYER_SIO && summary.has_ack)
    explain_ack (out, record, &summary, source);
  explain_unheard (out, record, source);
  if (record->layer == SKY_LAYER_HTTP && (record->flags & SKY_RECORD_COVERED))
    g_string_append (out, _("\n\nPart of long-polling: the Engine.IO packets that it carries or waits for have records of their own."));
  if (record->layer == SKY_LAYER_EIO && record->kind == SKY_KIND_OPEN)
    explain_open (out, number, revision, source);
  if (record->layer == SKY_LAYER_WS && record->kind == SKY_KIND_CLOSE)
    g_string_append_printf (out, "\n\n%u %s: %s", summary.code, sky_ws_close_code_name (summary.code),
                            sky_ws_close_code_meaning (summary.code));
  if (record->flags & SKY_RECORD_WAITING)
    g_string_append_printf (out, ngettext ("\n\nIt announces %u attachment, which has not come yet.",
                                           "\n\nIt announces %u attachments, which have not all come yet.",
                                           summary.n_attachments),
                            summary.n_attachments);
  explain_faults (out, record);
  return g_string_free (out, FALSE);
}

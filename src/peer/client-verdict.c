#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/opening.h"
#include "tcp/tcp-dial.h"
#include "ws/ws-close.h"

#define QUESTION_MSEC 3000 /* how long it may take to find out whether a server speaks Engine.IO */

/* Why a connection failed, said to a person: what, where, and what to do. */

/* Goes to FAILED, unless the protocol was left open and the other one is worth a try. */
static void
conclude (SkyClient *self, const char *problem, const char *advice, SkyRemedy remedy)
{
  gboolean open = self->profile->protocol == SKY_PROTOCOL_AUTO && self->found.protocol == SKY_PROTOCOL_AUTO;
  SkyProtocol other = remedy == SKY_REMEDY_USE_WEBSOCKET   ? SKY_PROTOCOL_WEBSOCKET
                      : remedy == SKY_REMEDY_USE_SOCKET_IO ? SKY_PROTOCOL_SOCKET_IO
                                                           : SKY_PROTOCOL_AUTO;

  if (open && other != SKY_PROTOCOL_AUTO)
    {
      sky_client_note (self, SKY_KIND_STATE, "%s", problem);
      self->found.protocol = other;
      sky_client_restart (self);
      return;
    }
  sky_client_note (self, SKY_KIND_ERROR, "%s", problem);
  sky_client_end_run (self, "transport error");
  sky_client_drop_held (self);
  sky_peer_fail (SKY_PEER (self), problem, advice, remedy);
}

/**
 * sky_client_fail:
 * @reason: in socket.io's words
 *
 * Ends the run by what may pass: it is tried again if the person wants that, else it is FAILED.
 */
void
sky_client_fail (SkyClient *self, const char *problem, const char *advice, const char *reason)
{
  g_autofree char *kept = g_strdup (problem);

  g_object_ref (self);
  sky_client_end_run (self, reason);
  if (!sky_client_retry (self, kept, advice))
    {
      sky_client_drop_held (self);
      sky_peer_fail (SKY_PEER (self), kept, advice, SKY_REMEDY_NONE);
    }
  g_object_unref (self);
}

/* A server of Node.js with nothing but Socket.IO leaves requests to other paths without an answer. */
static const char *
advise_silent (const SkyRoute *route)
{
  return route->protocol == SKY_PROTOCOL_SOCKET_IO || route->protocol == SKY_PROTOCOL_ENGINE_IO
             ? _("The port takes connections but does not answer: check the path, that the port is the right one, and that the server is not stopped in a debugger.")
             : _("The port takes connections but does not answer: check that it is the right one, and that the server is not stopped in a debugger.");
}

static const char *
advise_opening (const GError *error, const SkyRoute *route)
{
  switch ((SkyOpeningError) error->code)
    {
    case SKY_OPENING_ERROR_STATUS:
      return strstr (error->message, " 404 ") != NULL
                 ? _("Check the path: the server is there, but nothing speaks WebSocket at this one.")
             : strstr (error->message, " 401 ") != NULL || strstr (error->message, " 403 ") != NULL
                 ? _("The server wants credentials or another Origin: add the header it asks for under Options.")
                 : _("Check the address and the path, and whether a proxy in between lets upgrades through.");
    case SKY_OPENING_ERROR_NOT_HTTP:
      return route->tls ? _("Check the port: another kind of server answers there.")
                        : _("Check the port. If the server expects TLS, use wss:// or https://.");
    case SKY_OPENING_ERROR_WRONG:
      return _("The server, or a proxy in between, has a fault: the Handshake pane shows the line.");
    case SKY_OPENING_ERROR_SILENT:
      return advise_silent (route);
    case SKY_OPENING_ERROR_CLOSED:
    default:
      return _("Check the path, and that a WebSocket server runs at this port.");
    }
}

static const char *
advise_caller (const GError *error, const SkyRoute *route)
{
  if (error->domain != SKY_CALLER_ERROR)
    return NULL;
  switch ((SkyCallerError) error->code)
    {
    case SKY_CALLER_ERROR_NOT_HTTP:
      return route->tls ? _("Check the port: another kind of server answers there.")
                        : _("Check the port. If the server expects TLS, use wss:// or https://.");
    case SKY_CALLER_ERROR_SILENT:
      return advise_silent (route);
    case SKY_CALLER_ERROR_REDIRECTS:
      return _("Use the address that the server redirects to.");
    case SKY_CALLER_ERROR_BROKEN:
    case SKY_CALLER_ERROR_TOO_LONG:
    case SKY_CALLER_ERROR_CODING:
    default:
      return _("The server, or a proxy in between, has a fault: the timeline shows what it answered.");
    }
}

static const char *
advise_polling (const GError *error)
{
  switch ((SkyCarrierPollError) error->code)
    {
    case SKY_CARRIER_POLL_ERROR_STATUS:
      return sky_carrier_poll_get_status (error) == 401 || sky_carrier_poll_get_status (error) == 403
                 ? _("The server wants credentials or another Origin: add the header it asks for under Options.")
                 : _("Check the path: the server is there, but no Socket.IO at this one.");
    case SKY_CARRIER_POLL_ERROR_NO_ENGINE:
    case SKY_CARRIER_POLL_ERROR_PAYLOAD:
      return _("Check the address and the path: something else answers there.");
    case SKY_CARRIER_POLL_ERROR_TRANSPORT:
      return _("Polling is switched off there: choose WebSocket under Options, Transport.");
    case SKY_CARRIER_POLL_ERROR_SESSION:
      return _("Another process of the server may have answered: sessions have to be sticky, or WebSocket the only transport.");
    case SKY_CARRIER_POLL_ERROR_FORBIDDEN:
      return _("The server's own check refused the request: it wants a header, a cookie or another Origin.");
    case SKY_CARRIER_POLL_ERROR_REVISION:
      return _("Choose the other Engine.IO revision under Options, or Auto.");
    case SKY_CARRIER_POLL_ERROR_REQUEST:
    default:
      return _("A proxy in between may change the requests: the Handshake pane shows what was sent and answered.");
    }
}

/* Nothing but what a person changes will make these right. */
static gboolean
is_final (const GError *error)
{
  return error->domain == SKY_TCP_ERROR
         && (error->code == SKY_TCP_ERROR_TLS_UNTRUSTED || error->code == SKY_TCP_ERROR_TLS_NAME
             || error->code == SKY_TCP_ERROR_TLS_EXPIRED || error->code == SKY_TCP_ERROR_TLS_ASKS
             || error->code == SKY_TCP_ERROR_FILE || error->code == SKY_TCP_ERROR_PROXY_AUTH);
}

/* A gateway that finds no server behind it, or one that is not ready. */
static gboolean
is_away (const GError *error)
{
  return strstr (error->message, " 502 ") != NULL || strstr (error->message, " 503 ") != NULL
         || strstr (error->message, " 504 ") != NULL;
}

/*
 * What happened may pass by itself: the server is not there yet, or away for a moment. A server that
 * was there, and is being started again behind proxies, may say anything until it is back.
 */
static gboolean
may_pass (SkyClient *self, const GError *error)
{
  guint status = error->domain == SKY_CARRIER_POLL_ERROR ? sky_carrier_poll_get_status (error) : 0;

  if (sky_peer_get_attempt (SKY_PEER (self)) > 0 && !is_final (error))
    return TRUE;
  if (error->domain == SKY_TCP_ERROR)
    return error->code == SKY_TCP_ERROR_REFUSED || error->code == SKY_TCP_ERROR_UNREACHABLE
           || error->code == SKY_TCP_ERROR_TIMEOUT || error->code == SKY_TCP_ERROR_RESET
           || error->code == SKY_TCP_ERROR_NAME;
  if (error->domain == SKY_OPENING_ERROR)
    return error->code == SKY_OPENING_ERROR_SILENT || error->code == SKY_OPENING_ERROR_CLOSED
           || (error->code == SKY_OPENING_ERROR_STATUS && is_away (error));
  if (error->domain == SKY_CALLER_ERROR)
    return error->code == SKY_CALLER_ERROR_SILENT || error->code == SKY_CALLER_ERROR_BROKEN;
  return status >= 500 || g_error_matches (error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_SESSION);
}

/* A question to the server, whether it speaks Engine.IO, after plain WebSocket was refused. */
typedef struct
{
  gpointer client; /* pledged */
  GError  *error;
} Question;

static gboolean
is_engine (const GError *error)
{
  return error->domain == SKY_CARRIER_POLL_ERROR && error->code >= SKY_CARRIER_POLL_ERROR_TRANSPORT
         && error->code <= SKY_CARRIER_POLL_ERROR_REVISION;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr(SkyClient) self = sky_client_unpledge (question->client);
  g_autoptr(GError) why = question->error, error = NULL;
  g_autoptr(SkyCarrierPoll) polling = sky_carrier_poll_open_finish (result, &error);
  g_autofree char *problem = NULL;

  g_free (question);
  if (polling != NULL)
    sky_carrier_cut (SKY_CARRIER (polling));
  if (self == NULL || self->cancellable == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (polling == NULL && !is_engine (error))
    {
      conclude (self, why->message, advise_opening (why, &self->route), SKY_REMEDY_NONE);
      return;
    }
  problem = g_strdup_printf (_("%s speaks Socket.IO, but plain WebSocket was chosen."), self->route.host_header);
  conclude (self, problem, _("Choose Socket.IO and connect again."), SKY_REMEDY_USE_SOCKET_IO);
}

/* The server was reached but opened no WebSocket: ask it what it speaks before judging. */
static void
ask_for_engine (SkyClient *self, const GError *error)
{
  g_autoptr(SkyProfile) profile = sky_profile_copy (self->profile);
  g_auto(SkyRoute) route = { 0 };
  Question *question;

  profile->protocol = SKY_PROTOCOL_SOCKET_IO;
  profile->timeout_msec = QUESTION_MSEC;
  if (!sky_route_resolve (&route, profile, NULL))
    {
      conclude (self, error->message, advise_opening (error, &self->route), SKY_REMEDY_NONE);
      return;
    }
  question = g_new0 (Question, 1);
  question->client = sky_client_pledge (self);
  question->error = g_error_copy (error);
  sky_carrier_poll_open_async (sky_peer_get_store (SKY_PEER (self)), profile, &route, 4, NULL, self->cancellable,
                               on_answered, question);
}

/* Whether a peer that is no HTTP may be TLS: its alert record begins so (RFC 8446 §5.1). */
static gboolean
looks_like_tls (SkyClient *self)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (self));

  for (guint32 n = sky_store_get_n_records (store); n > 0; n--)
    {
      const SkyRecord *record = sky_store_get_record (store, n - 1);
      g_autoptr(GBytes) wire = NULL;

      if (record->layer != SKY_LAYER_HTTP || record->from != SKY_FROM_SERVER)
        continue;
      wire = sky_store_get_wire (store, n - 1, 2);
      return g_bytes_get_size (wire) == 2 && memcmp (g_bytes_get_data (wire, NULL), "\x15\x03", 2) == 0;
    }
  return FALSE;
}

static SkyRemedy
get_remedy (const GError *error)
{
  switch (error->code)
    {
    case SKY_TCP_ERROR_NOT_TLS:
      return SKY_REMEDY_NO_TLS;
    case SKY_TCP_ERROR_TLS_UNTRUSTED:
    case SKY_TCP_ERROR_TLS_NAME:
    case SKY_TCP_ERROR_TLS_EXPIRED:
      return SKY_REMEDY_ACCEPT_CERTIFICATE;
    default:
      return SKY_REMEDY_NONE;
    }
}

static void
judge_polling (SkyClient *self, const GError *error)
{
  g_autofree char *problem = NULL;

  if (sky_carrier_poll_get_status (error) != 426)
    {
      conclude (self, error->message, advise_polling (error), SKY_REMEDY_NONE);
      return;
    }
  problem = g_strdup_printf (_("%s speaks plain WebSocket, but Socket.IO was chosen."), self->route.host_header);
  conclude (self, problem, _("Choose WebSocket and connect again."), SKY_REMEDY_USE_WEBSOCKET);
}

static void
judge_opening (SkyClient *self, const GError *error)
{
  g_autofree char *problem = NULL;

  if (error->code == SKY_OPENING_ERROR_NOT_HTTP && !self->route.tls && looks_like_tls (self))
    {
      problem = g_strdup_printf (_("%s expects TLS, but was spoken to without."), self->route.host_header);
      conclude (self, problem, _("Use wss:// or https:// instead."), SKY_REMEDY_USE_TLS);
    }
  else if (self->route.protocol == SKY_PROTOCOL_WEBSOCKET
           && (error->code == SKY_OPENING_ERROR_STATUS || error->code == SKY_OPENING_ERROR_CLOSED))
    ask_for_engine (self, error);
  else
    conclude (self, error->message, advise_opening (error, &self->route), SKY_REMEDY_NONE);
}

/**
 * sky_client_judge_failure:
 * @error: from sky_opening_finish() or sky_carrier_poll_open_finish(): no connection was opened
 *
 * Where both transports were tried, polling's error tells more.
 */
void
sky_client_judge_failure (SkyClient *self, const GError *error)
{
  g_autoptr(GError) why = g_error_copy (self->polling_error != NULL ? self->polling_error : error);
  const SkyTcpCertificate *certificate = sky_tcp_error_get_certificate (why);

  if (certificate != NULL)
    self->certificate = sky_tcp_certificate_copy (certificate);
  if (self->profile->reconnect.attempts != 0 && may_pass (self, why))
    {
      const char *advice = why->domain == SKY_TCP_ERROR ? sky_tcp_error_advice (why->code) : NULL;

      sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", why->message);
      sky_client_fail (self, why->message, advice, "transport error");
    }
  else if (why->domain == SKY_TCP_ERROR)
    conclude (self, why->message, sky_tcp_error_advice (why->code), get_remedy (why));
  else if (why->domain == SKY_CARRIER_POLL_ERROR)
    judge_polling (self, why);
  else if (why->domain == SKY_OPENING_ERROR)
    judge_opening (self, why);
  else if (g_error_matches (why, SKY_CALLER_ERROR, SKY_CALLER_ERROR_NOT_HTTP) && !self->route.tls && looks_like_tls (self))
    judge_opening (self, &(GError) { .domain = SKY_OPENING_ERROR, .code = SKY_OPENING_ERROR_NOT_HTTP });
  else
    conclude (self, why->message, advise_caller (why, &self->route), SKY_REMEDY_NONE);
}

/* The WebSocket is open, but what came, or did not come, is no Engine.IO open packet. */
void
sky_client_judge_no_engine (SkyClient *self)
{
  g_autofree char *problem
      = g_strdup_printf (_("%s opened a WebSocket, but sent no Engine.IO open packet: it speaks plain WebSocket, not Socket.IO."),
                         self->route.host_header);

  conclude (self, problem, _("Choose WebSocket and connect again."), SKY_REMEDY_USE_WEBSOCKET);
}

/* Engine.IO 4 refuses a revision after its 101: the head of a 400 comes where a frame should. */
static gboolean
answers_http (SkyClient *self)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (self));

  for (guint32 n = sky_store_get_n_records (store); n > 0; n--)
    {
      const SkyRecord *record = sky_store_get_record (store, n - 1);
      g_autoptr(GBytes) wire = NULL;

      if (record->layer != SKY_LAYER_WS || record->from != SKY_FROM_SERVER)
        continue;
      wire = sky_store_get_wire (store, n - 1, 7);
      return g_bytes_get_size (wire) == 7 && memcmp (g_bytes_get_data (wire, NULL), "HTTP/1.", 7) == 0;
    }
  return FALSE;
}

/**
 * sky_client_judge_peer:
 * @code: what the close frame says that we answer with: RFC 6455 §7.4.1
 *
 * Returns: (transfer full): a sentence about a peer that must not be listened to any more
 */
char *
sky_client_judge_peer (SkyClient *self, guint code)
{
  if (code == SOUP_WEBSOCKET_CLOSE_TOO_BIG)
    return g_strdup_printf (_("%s sent a message of more than %d MiB, which Sockeye does not take; the connection was closed with 1009."),
                            self->route.host_header, SKY_OPENING_MAX_MESSAGE >> 20);
  if (self->route.protocol != SKY_PROTOCOL_WEBSOCKET && self->open.sid == NULL && answers_http (self))
    return g_strdup_printf (_("%s took the WebSocket, and then refused with an HTTP answer: it does not speak this revision of Engine.IO."),
                            self->route.host_header);
  return g_strdup_printf (_("%s broke the WebSocket protocol; the connection was closed with %u %s."),
                          self->route.host_header, code, sky_ws_close_code_name (code));
}

/* The line broke, or ended, in the middle of everything. */
static void
judge_broken_line (SkyClient *self, const GError *error)
{
  const GError *why = error != NULL ? error : self->link != NULL ? sky_link_get_end_error (self->link) : NULL;
  g_autofree char *problem
      = why != NULL ? g_strdup_printf (_("The connection to %s broke without a close frame (1006): %s."),
                                       self->route.host_header, why->message)
                    : g_strdup_printf (_("%s ended the connection without a close frame (1006)."),
                                       self->route.host_header);

  sky_client_fail (self, problem, _("The server may have crashed or been restarted, or a proxy has cut the line."),
                   why != NULL ? "transport error" : "transport close");
}

/* Ended in order, but by the other side: a program would connect again, unless the server meant it. */
static void
judge_farewell (SkyClient *self)
{
  gboolean meant = self->reason != NULL;
  g_autofree char *problem = g_strdup_printf (_("%s closed the connection."), self->route.host_header);

  g_object_ref (self);
  sky_client_end_run (self, meant ? self->reason : "transport close");
  if (meant || !sky_client_retry (self, problem, NULL))
    {
      sky_client_drop_held (self);
      sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSED);
    }
  g_object_unref (self);
}

/**
 * sky_client_judge_close:
 * @code: what the close frame said, or 1006; 0 on polling
 * @error: (nullable): why polling broke
 *
 * The connection was open and has ended without the person's doing. Ends the run.
 */
void
sky_client_judge_close (SkyClient *self, guint code, const char *reason, const GError *error)
{
  g_autofree char *problem = g_steal_pointer (&self->refusal);

  if (problem != NULL)
    sky_client_fail (self, problem, _("The faults in the timeline show what the server did wrong."), "transport error");
  else if (code == 0 && error != NULL)
    sky_client_fail (self, error->message, error->domain == SKY_CARRIER_POLL_ERROR ? advise_polling (error) : NULL,
                     "transport error");
  else if (code == SKY_WS_CLOSE_ABNORMAL)
    judge_broken_line (self, error);
  else if (code == 0 || code == SOUP_WEBSOCKET_CLOSE_NORMAL || code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY
           || code == SKY_WS_CLOSE_NO_STATUS)
    judge_farewell (self);
  else
    {
      problem = reason != NULL && *reason != '\0'
                    ? g_strdup_printf (_("%s closed the connection with %u %s: “%s”."), self->route.host_header, code,
                                       sky_ws_close_code_name (code), reason)
                    : g_strdup_printf (_("%s closed the connection with %u %s."), self->route.host_header, code,
                                       sky_ws_close_code_name (code));
      sky_client_fail (self, problem, sky_ws_close_code_meaning (code), "transport close");
    }
}

/* Engine.IO 4 was demanded, and the server answered CONNECT without a sid, as Socket.IO 2 does: PROTOCOL §8.11. */
void
sky_client_judge_old (SkyClient *self, const char *nsp)
{
  g_autofree char *problem = g_strdup_printf (_("%s answered CONNECT to %s without a sid, as Socket.IO 2 does."),
                                              self->route.host_header, nsp);

  sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", problem);
  sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sky_peer_fail (SKY_PEER (self), problem, _("Choose Engine.IO 3 under Options, or Auto."), SKY_REMEDY_NONE);
}

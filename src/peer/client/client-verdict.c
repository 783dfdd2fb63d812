#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/carrier/opening.h"
#include "tcp/tcp-dial.h"
#include "ws/ws-close.h"

#define QUESTION_MSEC 3000 /* how long it may take to find out whether a server speaks Engine.IO */

/* Why a connection failed, said to a person: what, where, and what to do. */

static void
end_failed (SkyClient *self, const char *problem, const char *advice, SkyRemedy remedy, const char *reason)
{
  g_autofree char *kept = g_strdup (problem);
  SkyClientEnd end;

  sky_client_end_run (self, reason, &end);
  sky_client_take_held (self, NULL, &end.held);
  sky_peer_fail (SKY_PEER (self), kept, advice, remedy);
  sky_client_tell_end (self, &end);
}

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
  end_failed (self, problem, advice, remedy, "transport error");
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
  SkyClientEnd end;

  sky_client_end_run (self, reason, &end);
  if (!sky_client_retry (self, kept, advice))
    {
      sky_client_take_held (self, NULL, &end.held);
      sky_peer_fail (SKY_PEER (self), kept, advice, SKY_REMEDY_NONE);
    }
  sky_client_tell_end (self, &end);
}

/**
 * sky_client_refuse:
 *
 * The server was understood, and there is nothing to stay or to try again for: it is FAILED at once,
 * while the connection is closed in order.
 */
void
sky_client_refuse (SkyClient *self, const char *problem, const char *advice)
{
  GQueue held = G_QUEUE_INIT;

  g_clear_handle_id (&self->ask, g_source_remove);
  sky_client_end_beat (self);
  sky_client_set_deadline (self, 0);
  sky_client_take_held (self, NULL, &held);
  sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sky_peer_fail (SKY_PEER (self), problem, advice, SKY_REMEDY_NONE);
  sky_client_give_up_held (self, &held);
}

/* The server is not there yet, or busy: RFC 9110 §15.5.9, §15.6, RFC 6585 §4. */
static gboolean
is_passing_status (guint status)
{
  return status >= 500 || status == 408 || status == 429;
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

/*
 * What happened may pass by itself: the server is not there yet, or away for a moment. A server that
 * was there, and is being started again behind proxies, may say anything until it is back.
 */
static gboolean
may_pass (SkyClient *self, const GError *error)
{
  if (self->stood && !is_final (error))
    return TRUE;
  if (error->domain == SKY_TCP_ERROR)
    return error->code == SKY_TCP_ERROR_REFUSED || error->code == SKY_TCP_ERROR_UNREACHABLE
           || error->code == SKY_TCP_ERROR_TIMEOUT || error->code == SKY_TCP_ERROR_RESET
           || error->code == SKY_TCP_ERROR_NAME;
  if (is_passing_status (sky_client_get_status (error)))
    return TRUE;
  if (error->domain == SKY_OPENING_ERROR)
    return error->code == SKY_OPENING_ERROR_SILENT || error->code == SKY_OPENING_ERROR_CLOSED;
  if (error->domain == SKY_CALLER_ERROR)
    return error->code == SKY_CALLER_ERROR_SILENT || error->code == SKY_CALLER_ERROR_BROKEN;
  return g_error_matches (error, SKY_CARRIER_POLL_ERROR, SKY_CARRIER_POLL_ERROR_SESSION);
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
      conclude (self, why->message, sky_client_advise_opening (why, &self->route), SKY_REMEDY_NONE);
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
      conclude (self, error->message, sky_client_advise_opening (error, &self->route), SKY_REMEDY_NONE);
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
      conclude (self, error->message, sky_client_advise_polling (error), SKY_REMEDY_NONE);
      return;
    }
  problem = g_strdup_printf (_("%s speaks plain WebSocket, but Socket.IO was chosen."), self->route.host_header);
  conclude (self, problem, _("Choose WebSocket and connect again."), SKY_REMEDY_USE_WEBSOCKET);
}

/* Whoever answered neither poll nor WebSocket where Socket.IO would be may still speak plain WebSocket at the URL. */
static gboolean
is_guess_of_engine (SkyClient *self, const GError *error)
{
  return error->domain == SKY_OPENING_ERROR && self->polling_error != NULL
         && self->profile->protocol == SKY_PROTOCOL_AUTO && self->found.protocol == SKY_PROTOCOL_AUTO;
}

/* Either transport is answered by what is no HTTP. Returns: whether that is TLS */
static gboolean
judge_tls (SkyClient *self, const GError *error)
{
  g_autofree char *problem = NULL;

  if (self->route.tls
      || !(g_error_matches (error, SKY_OPENING_ERROR, SKY_OPENING_ERROR_NOT_HTTP)
           || g_error_matches (error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_NOT_HTTP))
      || !looks_like_tls (self))
    return FALSE;
  problem = g_strdup_printf (_("%s expects TLS, but was spoken to without it."), self->route.host_header);
  conclude (self, problem, _("Use wss:// or https:// instead."), SKY_REMEDY_USE_TLS);
  return TRUE;
}

static void
judge_opening (SkyClient *self, const GError *error)
{
  if (self->route.protocol == SKY_PROTOCOL_WEBSOCKET
           && (error->code == SKY_OPENING_ERROR_STATUS || error->code == SKY_OPENING_ERROR_CLOSED))
    ask_for_engine (self, error);
  else if (is_guess_of_engine (self, error))
    conclude (self, error->message, NULL, SKY_REMEDY_USE_WEBSOCKET);
  else
    conclude (self, error->message, sky_client_advise_opening (error, &self->route), SKY_REMEDY_NONE);
}

/* Where both transports were tried, polling's error tells more, unless it is that nothing came, or nobody is there now. */
static GError *
choose_error (SkyClient *self, const GError *error)
{
  gboolean polling = self->polling_error != NULL && error->domain != SKY_TCP_ERROR
                     && !g_error_matches (self->polling_error, SKY_CALLER_ERROR, SKY_CALLER_ERROR_SILENT);

  return g_error_copy (polling ? self->polling_error : error);
}

static void
judge_lasting (SkyClient *self, const GError *why)
{
  if (why->domain == SKY_TCP_ERROR)
    conclude (self, why->message, sky_tcp_error_advice (why->code), get_remedy (why));
  else if (why->domain == SKY_CARRIER_POLL_ERROR)
    judge_polling (self, why);
  else if (judge_tls (self, why))
    return;
  else if (why->domain == SKY_OPENING_ERROR)
    judge_opening (self, why);
  else
    conclude (self, why->message, sky_client_advise_caller (why, &self->route), SKY_REMEDY_NONE);
}

/**
 * sky_client_judge_failure:
 * @error: from sky_opening_finish() or sky_carrier_poll_open_finish(): no connection was opened
 *
 * Ends the run, unless it was only a guess that another one follows.
 */
void
sky_client_judge_failure (SkyClient *self, const GError *error)
{
  g_autoptr(GError) why = choose_error (self, error);
  const SkyTcpCertificate *certificate = sky_tcp_error_get_certificate (why);
  const char *advice;

  g_clear_pointer (&self->certificate, sky_tcp_certificate_free);
  if (certificate != NULL)
    self->certificate = sky_tcp_certificate_copy (certificate);
  if (self->profile->reconnect.attempts == 0 || is_guess_of_engine (self, why) || !may_pass (self, why))
    {
      judge_lasting (self, why);
      return;
    }
  advice = why->domain == SKY_TCP_ERROR ? sky_tcp_error_advice (why->code) : NULL;
  sky_client_note (self, SKY_KIND_CONNECT_FAILED, "%s", why->message);
  sky_client_fail (self, why->message, advice, "transport error");
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

/* The engine is open, but no namespace: what was right before may be busy, else it is no Socket.IO. */
void
sky_client_judge_no_answer (SkyClient *self)
{
  const char *problem = _("The server opened an Engine.IO session, but did not answer CONNECT within 20 s.");
  const char *advice = _("Check that a Socket.IO server, and not bare Engine.IO, runs at this path.");

  if (self->stood)
    sky_client_fail (self, problem, advice, "timeout");
  else
    conclude (self, problem, advice, SKY_REMEDY_NONE);
}

#include "peer/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/opening.h"
#include "peer/probe.h"
#include "tcp/tcp-dial.h"
#include "ws/ws-close.h"

/* Why a connection failed, said to a person: what, where, and what to do. */

/* Goes to FAILED, unless the protocol was left open and the other one is worth a try. */
static void
conclude (SkyClient *self, const char *problem, const char *advice, SkyRemedy remedy)
{
  gboolean open = self->profile->protocol == SKY_PROTOCOL_AUTO && self->found == SKY_PROTOCOL_AUTO;
  SkyProtocol other = remedy == SKY_REMEDY_USE_WEBSOCKET   ? SKY_PROTOCOL_WEBSOCKET
                      : remedy == SKY_REMEDY_USE_SOCKET_IO ? SKY_PROTOCOL_SOCKET_IO
                                                           : SKY_PROTOCOL_AUTO;

  if (open && other != SKY_PROTOCOL_AUTO)
    {
      sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_STATE, "%s", problem);
      sky_client_restart_as (self, other);
      return;
    }
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, "%s", problem);
  sky_client_end_run (self);
  sky_peer_fail (SKY_PEER (self), problem, advice, remedy);
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
      return _("The port takes connections but does not answer: check that it is the right one, and that the server is not stopped in a debugger.");
    case SKY_OPENING_ERROR_CLOSED:
    default:
      return _("Check the path, and that a WebSocket server runs at this port.");
    }
}

typedef struct
{
  gpointer client; /* pledged */
  SkyLink *link;   /* of the run that asks */
  GError  *error;
} Probed;

static void
judge_probed (SkyClient *self, const GError *error, SkyProbeResult found)
{
  gboolean plain = self->route.protocol == SKY_PROTOCOL_WEBSOCKET;
  g_autofree char *problem = NULL;

  if (plain && (found == SKY_PROBE_ENGINE_4 || found == SKY_PROBE_ENGINE_3))
    {
      problem = g_strdup_printf (_("%s speaks Socket.IO, but plain WebSocket was chosen."), self->route.host_header);
      conclude (self, problem, _("Choose Socket.IO and connect again."), SKY_REMEDY_USE_SOCKET_IO);
    }
  else if (!plain && found == SKY_PROBE_WEBSOCKET)
    {
      problem = g_strdup_printf (_("%s speaks plain WebSocket, but Socket.IO was chosen."), self->route.host_header);
      conclude (self, problem, _("Choose WebSocket and connect again."), SKY_REMEDY_USE_WEBSOCKET);
    }
  else if (!plain && found == SKY_PROBE_ENGINE_3)
    {
      problem = g_strdup_printf (_("%s speaks Engine.IO 3 (Socket.IO 1 or 2). %s"), self->route.host_header, error->message);
      conclude (self, problem, _("This version of Sockeye connects to Socket.IO 3 and 4."), SKY_REMEDY_NONE);
    }
  else
    conclude (self, error->message, advise_opening (error, &self->route), SKY_REMEDY_NONE);
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Probed *probed = user_data;
  g_autoptr(SkyClient) self = sky_client_unpledge (probed->client);
  SkyProbeResult found = sky_probe_finish (result);

  if (self != NULL && self->link == probed->link && sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_WORKING)
    judge_probed (self, probed->error, found);
  sky_link_unref (probed->link);
  g_error_free (probed->error);
  g_free (probed);
}

/* The server was reached but opened no WebSocket: ask it what it speaks before judging. */
static void
probe (SkyClient *self, const GError *error)
{
  Probed *probed = g_new0 (Probed, 1);
  const char *path = self->profile->path != NULL && self->profile->path[0] == '/' ? self->profile->path
                                                                                  : "/socket.io/";

  probed->client = sky_client_pledge (self);
  probed->link = sky_link_ref (self->link);
  probed->error = g_error_copy (error);
  sky_probe_async (sky_peer_get_store (SKY_PEER (self)), self->profile, path, self->cancellable, on_probed, probed);
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

/**
 * sky_client_judge_failure:
 * @error: from sky_opening_finish()
 */
void
sky_client_judge_failure (SkyClient *self, const GError *error)
{
  if (error->domain == SKY_TCP_ERROR)
    conclude (self, error->message, sky_tcp_error_advice (error->code),
              error->code == SKY_TCP_ERROR_NOT_TLS ? SKY_REMEDY_NO_TLS : SKY_REMEDY_NONE);
  else if (error->domain != SKY_OPENING_ERROR)
    conclude (self, error->message, NULL, SKY_REMEDY_NONE);
  else if (error->code == SKY_OPENING_ERROR_NOT_HTTP && !self->route.tls && looks_like_tls (self))
    {
      g_autofree char *problem
          = g_strdup_printf (_("%s expects TLS, but was spoken to without."), self->route.host_header);

      conclude (self, problem, _("Use wss:// or https:// instead."), SKY_REMEDY_USE_TLS);
    }
  else if (error->code == SKY_OPENING_ERROR_STATUS || error->code == SKY_OPENING_ERROR_CLOSED)
    probe (self, error);
  else
    conclude (self, error->message, advise_opening (error, &self->route), SKY_REMEDY_NONE);
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
  return g_strdup_printf (_("%s broke the WebSocket protocol; the connection was closed with %u %s."),
                          self->route.host_header, code, sky_ws_close_code_name (code));
}

static void
end_as_failed (SkyClient *self, const char *problem, const char *advice)
{
  sky_client_end_run (self);
  sky_peer_fail (SKY_PEER (self), problem, advice, SKY_REMEDY_NONE);
}

/* The line broke, or ended, in the middle of everything. */
static void
judge_broken_line (SkyClient *self)
{
  const GError *why = sky_link_get_end_error (self->link);
  g_autofree char *problem
      = why != NULL ? g_strdup_printf (_("The connection to %s broke without a close frame (1006): %s."),
                                       self->route.host_header, why->message)
                    : g_strdup_printf (_("%s ended the connection without a close frame (1006)."),
                                       self->route.host_header);

  end_as_failed (self, problem, _("The server may have crashed or been restarted, or a proxy has cut the line."));
}

/**
 * sky_client_judge_close:
 * @code: what the close frame said, or 1006
 *
 * The connection was open and has ended without the person's doing. Ends the run.
 */
void
sky_client_judge_close (SkyClient *self, guint code, const char *reason)
{
  g_autofree char *problem = g_steal_pointer (&self->refusal);

  if (problem != NULL)
    end_as_failed (self, problem, _("The faults in the timeline show what the server did wrong."));
  else if (code == SKY_WS_CLOSE_ABNORMAL)
    judge_broken_line (self);
  else if (code == SOUP_WEBSOCKET_CLOSE_NORMAL || code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY
           || code == SKY_WS_CLOSE_NO_STATUS)
    {
      sky_client_end_run (self);
      sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSED);
    }
  else
    {
      problem = reason != NULL && *reason != '\0'
                    ? g_strdup_printf (_("%s closed the connection with %u %s: “%s”."), self->route.host_header, code,
                                       sky_ws_close_code_name (code), reason)
                    : g_strdup_printf (_("%s closed the connection with %u %s."), self->route.host_header, code,
                                       sky_ws_close_code_name (code));
      end_as_failed (self, problem, sky_ws_close_code_meaning (code));
    }
}

/**
 * sky_client_judge_connect:
 * @json: the data of a CONNECT that came
 *
 * Socket.IO 2 answers without a sid, and nothing fits together from there: PROTOCOL §8.11.
 *
 * Returns: whether the namespace is joined
 */
gboolean
sky_client_judge_connect (SkyClient *self, const char *nsp, const char *json)
{
  g_autofree char *problem = NULL;
  SkyJsonValue root, member;

  if (self->namespaces->len > 0
      || (sky_json_parse (json, strlen (json), &root, NULL, NULL) && sky_json_member (json, &root, "sid", &member)))
    return TRUE;
  problem = g_strdup_printf (_("%s answered CONNECT to %s without a sid, as Socket.IO 2 does."),
                             self->route.host_header, nsp);
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, "%s", problem);
  sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sky_peer_fail (SKY_PEER (self), problem, _("This version of Sockeye connects to Socket.IO 3 and 4."), SKY_REMEDY_NONE);
  return FALSE;
}

/* CONNECT_ERROR: the connection stays while another namespace is joined or still to be answered. */
void
sky_client_judge_refusal (SkyClient *self, const char *nsp, const char *json)
{
  g_autofree char *message = NULL, *problem = NULL;
  SkyJsonValue root, member;

  if (sky_json_parse (json, strlen (json), &root, NULL, NULL) && sky_json_member (json, &root, "message", &member)
      && member.type == SKY_JSON_STRING)
    message = sky_json_unquote (json, &member, NULL);
  problem = g_strdup_printf (_("%s refused the namespace %s: “%s”."), self->route.host_header, nsp,
                             message != NULL ? message : json);
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, "%s", problem);
  if (self->namespaces->len > 0 || self->n_refused < g_strv_length (self->wanted))
    return;
  sky_talker_close (self->talker, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  sky_peer_fail (SKY_PEER (self), problem,
                 g_strcmp0 (message, "Invalid namespace") == 0
                     ? _("The server has no such namespace: check the address, its path names the namespace.")
                     : _("Check the auth payload under Options: the server's middleware decides on it."),
                 SKY_REMEDY_NONE);
}

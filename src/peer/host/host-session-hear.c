#include "peer/host/host-session-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "peer/host/host-admin.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-rules.h"
#include "peer/host/host-talk.h"

/* A session from its open packet on: what is heard, and what is missed. */

static void
on_ping_timeout (gpointer user_data)
{
  SkyHostSession *self = user_data;

  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 self->revision == 3 ? _("No ping within %u ms: the client is taken for dead")
                                     : _("No pong within %u ms: the client is taken for dead"),
                 self->house->options.ping_timeout_msec
                     + (self->revision == 3 ? self->house->options.ping_interval_msec : 0));
  sky_host_session_close (self, SOUP_WEBSOCKET_CLOSE_SERVER_ERROR, "ping timeout", "ping timeout");
  /* Who is dead does not poll for the close packet either. */
  if (self->socket == NULL)
    sky_carrier_cut (self->carrier);
}

static void
on_ping_due (gpointer user_data)
{
  SkyHostSession *self = user_data;

  sky_alarms_set (self->house->alarms, &self->heartbeat, self->house->options.ping_timeout_msec, on_ping_timeout, self);
  sky_talker_ping (self->talker);
  sky_host_roster_ping (self);
}

/* The interval begins anew at the pong. In revision 3 it is the client that pings: PROTOCOL §6.3. */
static void
schedule_ping (SkyHostSession *self)
{
  const SkyHostOptions *options = &self->house->options;

  if (self->revision == 3)
    sky_alarms_set (self->house->alarms, &self->heartbeat, options->ping_interval_msec + options->ping_timeout_msec,
                    on_ping_timeout, self);
  else
    sky_alarms_set (self->house->alarms, &self->heartbeat, options->ping_interval_msec, on_ping_due, self);
}

static gboolean
on_connect_timeout (gpointer user_data)
{
  SkyHostSession *self = user_data;

  self->connect = 0;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                 _("Closed: the client joined no namespace within %u ms"), self->house->options.connect_timeout_msec);
  sky_host_session_close (self, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, "no CONNECT", "forced server close");
  return G_SOURCE_REMOVE;
}

/* @why: as the reference's "disconnect" event says it, which has several words for this */
static void
close_broken (SkyHostSession *self, const char *what, const char *why)
{
  if (self->leaving)
    return;
  sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("Closed: %s"), _(what));
  sky_host_session_close (self, SOUP_WEBSOCKET_CLOSE_PROTOCOL_ERROR, "parse error", why);
}

static void
on_broken (SkyTalker *talker, gboolean engine, const char *what, gpointer owner)
{
  close_broken (owner, what, engine ? "parse error" : "forced close");
}

/* A ping in revision 3, a pong in 4: the other way round it is wrong, PROTOCOL §6.3. */
static void
on_heartbeat (SkyTalker *talker, gboolean ping, gpointer owner)
{
  SkyHostSession *self = owner;

  if (self->leaving)
    return;
  if (!ping && self->revision == 3)
    close_broken (self, N_("an Engine.IO pong, which in revision 3 only the server sends"), "transport error");
  else
    schedule_ping (self);
  sky_host_roster_pong (self);
}

static gboolean
on_ping (SkyTalker *talker, gpointer owner)
{
  if (((SkyHostSession *) owner)->revision == 3)
    return !((SkyHostSession *) owner)->leaving;
  close_broken (owner, N_("an Engine.IO ping, which in revision 4 only the server sends"), "transport error");
  return FALSE;
}

static void
on_talk (SkyTalker *talker, const SkyTalk *talk, gpointer owner)
{
  SkyHostSession *self = owner;

  if (!self->leaving)
    sky_host_talk_hear (self, talk);
}

static void
on_message (SkyTalker *talker, GBytes *data, gboolean binary, gpointer owner)
{
  SkyHostSession *self = owner;
  gsize len;
  const char *text = g_bytes_get_data (data, &len);

  if (self->leaving || (self->socket != NULL && !sky_host_socket_has_room (self->socket)))
    return;
  sky_host_roster_count_message (self, TRUE);
  if (sky_host_rules_message (self, data, binary))
    return;
  sky_host_roster_count_message (self, FALSE);
  if (binary)
    sky_talker_binary (talker, data);
  else
    sky_talker_text (talker, text != NULL ? text : "", len);
}

/* @error: nullable */
static const char *
explain_close (const SkyHostSession *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA)) /* a POST was no packets */
    return "parse error";
  return error != NULL || sky_link_get_end_error (self->link) != NULL ? "transport error" : "transport close";
}

static void
on_closed (SkyTalker *talker, guint code, const char *reason, const GError *error, gpointer owner)
{
  SkyHostSession *self = owner;

  if (error != NULL && !self->leaving)
    sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("Closed: %s"), _(error->message));
  self->close_code = code;
  if (self->seats == NULL)
    sky_host_rules_end (self, "", code, reason, NULL);
  sky_host_session_end (self, explain_close (self, error));
}

/* The carrier closes with @code after this. */
static void
on_refused (SkyTalker *talker, guint code, const char *why, gpointer owner)
{
  SkyHostSession *self = owner;

  if (self->leaving)
    return;
  if (code == SOUP_WEBSOCKET_CLOSE_TOO_BIG)
    sky_link_note (self->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                   _("Closed: a message of more than %" PRIu64 " bytes, which this host does not take"),
                   self->revision != 0 ? self->house->options.max_payload : self->house->max_echo);
  self->leaving = TRUE;
  sky_host_session_clear_timers (self);
  if (self->seats != NULL)
    sky_host_talk_leave_all (self, "transport error");
}

/* The open packet is the server's first word, and nobody speaks before it. */
static void
open_engine (SkyHostSession *self)
{
  const SkyHostOptions *options = &self->house->options;

  sky_host_admin_opened (self);
  sky_talker_set_revision (self->talker, self->revision);
  sky_talker_open (self->talker,
                   &(SkyEioOpen) { .sid = self->sid,
                                   .ping_interval_msec = options->ping_interval_msec,
                                   .ping_timeout_msec = options->ping_timeout_msec,
                                   .max_payload = options->max_payload,
                                   .upgrades_websocket = self->socket == NULL
                                                         && options->transports != SKY_TRANSPORTS_POLLING });
  schedule_ping (self);
  if (self->protocol != SKY_PROTOCOL_SOCKET_IO)
    return;
  sky_talker_set_parser (self->talker, options->parser);
  self->seats = g_ptr_array_new ();
  self->connect = g_timeout_add (options->connect_timeout_msec, on_connect_timeout, self);
}

/**
 * sky_host_session_open:
 * @carrier: what it begins on; shared
 * @socket: (nullable): its connection, if that is a WebSocket
 *
 * The session begins, with the open packet if it is one of Engine.IO.
 */
void
sky_host_session_open (SkyHostSession *self, SkyCarrier *carrier, SkyHostSocket *socket)
{
  static const SkyTalkerFuncs funcs = { .message = on_message,
                                        .talk = on_talk,
                                        .heartbeat = on_heartbeat,
                                        .ping = on_ping,
                                        .broken = on_broken,
                                        .refused = on_refused,
                                        .closed = on_closed };

  self->carrier = g_object_ref (carrier);
  self->socket = socket;
  if (socket != NULL)
    socket->session = self;
  self->talker = sky_talker_new (carrier, self->protocol, &funcs, self);
  if (self->revision != 0)
    open_engine (self);
  self->house->opened (self, self->house->owner);
  if (self->leaving)
    return;
  if (self->seats == NULL)
    {
      sky_host_roster_open (self);
      sky_host_rules_open (self);
    }
  else if (self->revision == 3)
    sky_host_talk_welcome (self);
}

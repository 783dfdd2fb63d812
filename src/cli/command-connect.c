#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/connect.h"

#define DEFAULT_ACK_MSEC 5000

static void
finish_if_done (Connect *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->client));

  if (state != SKY_PEER_OPEN || self->session.over || self->next < self->plan.steps->len || self->n_waiting > 0
      || self->stdin_open)
    return;
  if (self->plan.close)
    {
      g_autoptr(GError) error = NULL;

      self->session.over = TRUE;
      if (!sky_client_close (self->client, self->plan.close_code, self->plan.close_reason, &error))
        {
          session_say (&self->session, "%s", error->message);
          session_end (&self->session, EXIT_USAGE);
        }
    }
  else if (self->stdin_wanted)
    {
      self->session.over = TRUE;
      sky_peer_stop (SKY_PEER (self->client));
    }
}

static void
on_ack (SkyClient *client, const char *args, gint64 latency_usec, const GError *error, gpointer user_data)
{
  Connect *self = user_data;

  self->n_waiting--;
  if (error != NULL)
    {
      session_say (&self->session, "%s", error->message);
      self->session.status = MAX (self->session.status, EXIT_UNEXPECTED);
    }
  finish_if_done (self);
}

/* How long an ack is waited for, unless an order says otherwise. */
guint
connect_ack_msec (Connect *self)
{
  return self->timeout_msec > 0 ? (guint) self->timeout_msec : DEFAULT_ACK_MSEC;
}

/* Where an event goes that names no namespace. */
const char *
connect_namespace (Connect *self)
{
  const char *const *connected = sky_client_get_namespaces (self->client);

  return connected[0] != NULL ? connected[0] : "/";
}

/* Emits an event; the command does not end before its ack has come. */
gboolean
connect_emit (Connect *self, const char *nsp, const char *event, const char *args, gboolean ack, guint timeout_msec,
              GError **error)
{
  if (!ack)
    return sky_client_emit (self->client, nsp, event, args, SKY_EMIT_NONE, error);
  if (!sky_client_emit_with_ack (self->client, nsp, event, args, timeout_msec, on_ack, self, NULL, error))
    return FALSE;
  self->n_waiting++;
  return TRUE;
}

static gboolean
run_step (Connect *self, const Step *step, GError **error)
{
  switch (step->kind)
    {
    case STEP_EMIT:
      return connect_emit (self, connect_namespace (self), step->name, step->args->str, step->ack, connect_ack_msec (self), error);
    case STEP_TEXT:
      return sky_client_send_text (self->client, step->name, error);
    case STEP_BINARY:
    default:
      return sky_client_send_binary (self->client, step->bytes, error);
    }
}

/* A slow peer is waited for; anything else that cannot be sent is wrong usage. */
static gboolean
on_turn (gpointer user_data)
{
  Connect *self = user_data;
  g_autoptr(GError) error = NULL;

  while (self->next < self->plan.steps->len && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN)
    {
      if (!run_step (self, g_ptr_array_index (self->plan.steps, self->next), &error))
        {
          if (g_error_matches (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL))
            return G_SOURCE_CONTINUE;
          session_say (&self->session, "%s", error->message);
          self->session.status = MAX (self->session.status, EXIT_USAGE);
          self->next = self->plan.steps->len;
          sky_peer_stop (SKY_PEER (self->client));
          break;
        }
      self->next++;
    }
  self->turn = 0;
  finish_if_done (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_order (const char *json, gpointer user_data)
{
  Connect *self = user_data;
  g_autoptr(GError) error = NULL;

  if (connect_order (self, json, &error))
    return TRUE;
  if (g_error_matches (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL))
    return FALSE;
  session_say (&self->session, "%s", error->message);
  self->session.status = MAX (self->session.status, EXIT_USAGE);
  return TRUE;
}

static void
on_orders_ended (gpointer user_data)
{
  Connect *self = user_data;

  self->stdin_open = FALSE;
  finish_if_done (self);
}

static void
begin (Connect *self)
{
  if (self->begun)
    return;
  self->begun = TRUE;
  if (self->stdin_wanted)
    self->orders = orders_new (on_order, on_orders_ended, self);
  if (on_turn (self) == G_SOURCE_CONTINUE)
    self->turn = g_timeout_add (20, on_turn, self);
}

static void
on_state (SkyClient *client, GParamSpec *pspec, Connect *self)
{
  switch (sky_peer_get_state (SKY_PEER (client)))
    {
    case SKY_PEER_OPEN:
      begin (self);
      break;
    case SKY_PEER_FAILED:
      session_report_failure (&self->session, SKY_PEER (client));
      session_end (&self->session, EXIT_FAILED);
      break;
    case SKY_PEER_CLOSED:
      session_end (&self->session, EXIT_DONE);
      break;
    case SKY_PEER_IDLE:
    case SKY_PEER_WORKING:
    case SKY_PEER_WAITING:
    case SKY_PEER_CLOSING:
      break;
    }
}

static void
stop (gpointer user_data)
{
  Connect *self = user_data;
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->client));

  if (state == SKY_PEER_OPEN || state == SKY_PEER_WORKING)
    sky_peer_stop (SKY_PEER (self->client));
  else
    session_end (&self->session, EXIT_DONE);
}

/* Returns: %FALSE and the reason, if this version cannot do what was asked */
static gboolean
check_possible (Connect *self, const char **reason)
{
  if (self->transports != NULL && strcmp (self->transports, "websocket") != 0)
    *reason = _("Only --transports websocket is possible yet.");
  else if (self->eio != 0 && self->eio != 4)
    *reason = _("Only --eio 4 is possible yet.");
  else if (self->parser != NULL && strcmp (self->parser, "default") != 0)
    *reason = _("Only --parser default is possible yet.");
  else
    return TRUE;
  return FALSE;
}

static GStrv
with_authorization (Connect *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (self->headers != NULL)
    g_strv_builder_addv (builder, (const char **) self->headers);
  if (self->user != NULL)
    {
      g_autofree char *base64 = g_base64_encode ((const guchar *) self->user, strlen (self->user));
      g_autofree char *header = g_strconcat ("Authorization: Basic ", base64, NULL);

      g_strv_builder_add (builder, header);
    }
  return g_strv_builder_end (builder);
}

static ExitStatus
run (Connect *self, const char *url)
{
  g_autoptr(SkyProfile) profile = sky_profile_new (url);
  const char *reason;

  if (self->protocol != NULL && !sky_protocol_from_id (self->protocol, &profile->protocol))
    return session_usage (_("“%s” is no protocol. There are auto, socket.io, engine.io and websocket."), self->protocol);
  if (!check_possible (self, &reason))
    return session_usage ("%s", reason);
  profile->path = g_strdup (self->path);
  profile->namespaces = g_strdupv (self->namespaces);
  profile->auth = g_strdup (self->auth);
  profile->headers = with_authorization (self);
  profile->query = g_strdupv (self->queries);
  profile->origin = g_strdup (self->origin);
  profile->subprotocols = g_strdup (self->subprotocol);
  profile->ca_file = g_strdup (self->ca);
  profile->insecure = self->insecure;
  profile->no_deflate = self->no_deflate;
  profile->timeout_msec = MAX (self->timeout_msec, 0);
  self->session.stop = stop;
  self->session.user_data = self;
  if (!session_begin (&self->session))
    return self->session.status;
  self->stdin_open = self->stdin_wanted;
  self->client = sky_client_new (profile, self->session.store);
  g_signal_connect (self->client, "notify::state", G_CALLBACK (on_state), self);
  sky_peer_start (SKY_PEER (self->client));
  session_run (&self->session);
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_handle_id (&self->turn, g_source_remove);
  g_clear_pointer (&self->orders, orders_free);
  g_clear_object (&self->client);
  return self->session.status;
}

static void
clear (Connect *self)
{
  char *strings[] = { self->protocol, self->path, self->auth,       self->origin, self->subprotocol,
                      self->user,     self->ca,   self->transports, self->parser };

  plan_clear (&self->plan);
  g_strfreev (self->namespaces);
  g_strfreev (self->queries);
  g_strfreev (self->headers);
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    g_free (strings[i]);
  session_clear (&self->session);
}

int
command_connect (int argc, char **argv)
{
  Connect self = { 0 };
  const GOptionEntry entries[] = {
    { "protocol", 0, 0, G_OPTION_ARG_STRING, &self.protocol, N_("auto, socket.io, engine.io or websocket"), N_("NAME") },
    { "path", 0, 0, G_OPTION_ARG_STRING, &self.path, N_("Path of the Engine.IO server (/socket.io/)"), N_("PATH") },
    { "namespace", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.namespaces, N_("Connect to this namespace (repeat)"), "/NSP" },
    { "auth", 0, 0, G_OPTION_ARG_STRING, &self.auth, N_("The CONNECT payload"), N_("JSON") },
    { "query", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.queries, N_("Add to the query (repeat)"), "K=V" },
    { "header", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.headers, N_("Add a header (repeat)"), N_("'Name: value'") },
    { "origin", 0, 0, G_OPTION_ARG_STRING, &self.origin, N_("The Origin header"), N_("URL") },
    { "subprotocol", 0, 0, G_OPTION_ARG_STRING, &self.subprotocol, N_("Offer these subprotocols"), N_("LIST") },
    { "user", 0, 0, G_OPTION_ARG_STRING, &self.user, N_("HTTP Basic credentials"), N_("NAME:PASSWORD") },
    { "transports", 0, 0, G_OPTION_ARG_STRING, &self.transports, N_("websocket"), N_("LIST") },
    { "eio", 0, 0, G_OPTION_ARG_INT, &self.eio, N_("Revision of Engine.IO: 4"), "N" },
    { "parser", 0, 0, G_OPTION_ARG_STRING, &self.parser, N_("default"), N_("NAME") },
    { "no-deflate", 0, 0, G_OPTION_ARG_NONE, &self.no_deflate, N_("Do not offer permessage-deflate"), NULL },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, &self.insecure, N_("Take any certificate"), NULL },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &self.ca, N_("Trust the authorities in this PEM file"), N_("FILE") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &self.timeout_msec, N_("For the dial, the handshake, and each ack"), "MS" },
    { "stdin", 0, 0, G_OPTION_ARG_NONE, &self.stdin_wanted, N_("Take orders on standard input, one JSON object a line"), NULL },
    PLAN_OPTIONS,
    { NULL },
  };
  g_auto(GStrv) words = NULL;
  GOptionContext *context;

  plan_init (&self.plan);
  context = session_options (&self.session, _("URL"), _("Connects to a WebSocket or Socket.IO server."), entries, &self.plan);
  if (session_parse (&self.session, context, argc, argv, &words))
    {
      self.session.status = g_strv_length (words) == 1 ? run (&self, words[0])
                                                       : session_usage (_("“connect” takes one URL."));
    }
  clear (&self);
  return self.session.status;
}

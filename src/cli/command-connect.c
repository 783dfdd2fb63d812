#include <glib/gi18n-lib.h>

#include "cli/connect.h"

#define DEFAULT_ACK_MSEC 5000
#define TURN_MSEC        20 /* between two looks whether a slow peer takes more */

/* Whoever ends while the connection is broken has not got what was asked for. */
static void
stop (gpointer user_data)
{
  Connect *self = user_data;
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->client));

  if (state == SKY_PEER_WAITING)
    session_end (&self->session, EXIT_FAILED);
  if (state == SKY_PEER_OPEN || state == SKY_PEER_WORKING || state == SKY_PEER_WAITING)
    sky_peer_stop (SKY_PEER (self->client));
  else
    session_end (&self->session, EXIT_DONE);
}

static void
finish_if_done (Connect *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self->client));

  if (self->session.over || self->next < self->plan.steps->len || self->n_waiting > 0 || self->stdin_open)
    return;
  if (state == SKY_PEER_WAITING && self->plan.orders)
    stop (self);
  else if (state != SKY_PEER_OPEN)
    return;
  else if (self->plan.close)
    {
      g_autoptr(GError) error = NULL;

      self->session.over = TRUE;
      if (!sky_client_close (self->client, self->plan.close_code, self->plan.close_reason, &error))
        {
          session_say (&self->session, "%s", error->message);
          session_end (&self->session, EXIT_USAGE);
        }
    }
  else if (self->plan.orders)
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
  guint timeout_msec = sky_client_get_profile (self->client)->timeout_msec;

  return timeout_msec > 0 ? timeout_msec : DEFAULT_ACK_MSEC;
}

/* Where an event goes that names no namespace. */
const char *
connect_namespace (Connect *self)
{
  const char *const *connected = sky_client_get_namespaces (self->client);

  return connected[0] != NULL ? connected[0] : "/";
}

gboolean
connect_emit (Connect *self, const char *nsp, const char *event, const char *args, SkyEmitFlags flags, GError **error)
{
  return sky_client_emit (self->client, nsp, event, args, flags, error);
}

/* Emits an event; the command does not end before its ack has come. */
gboolean
connect_emit_with_ack (Connect *self, const char *nsp, const char *event, const char *args, guint timeout_msec,
                       GError **error)
{
  if (!sky_client_emit_with_ack (self->client, nsp, event, args, timeout_msec, on_ack, self, NULL, error))
    return FALSE;
  self->n_waiting++;
  return TRUE;
}

/* Says what went wrong; only what nobody could ever send is wrong usage. */
static void
say_refused (Connect *self, const GError *error)
{
  gboolean usage = g_error_matches (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS);

  session_say (&self->session, "%s", error->message);
  self->session.status = MAX (self->session.status, usage ? EXIT_USAGE : EXIT_FAILED);
}

static gboolean
run_step (Connect *self, const Step *step, GError **error)
{
  const char *nsp = connect_namespace (self);

  switch (step->kind)
    {
    case STEP_EMIT:
      if (step->ack)
        return connect_emit_with_ack (self, nsp, step->name, step->args->str, connect_ack_msec (self), error);
      return connect_emit (self, nsp, step->name, step->args->str,
                           step->is_volatile ? SKY_EMIT_VOLATILE : SKY_EMIT_NONE, error);
    case STEP_TEXT:
      return sky_client_send_text (self->client, step->name, error);
    case STEP_BINARY:
    default:
      return sky_client_send_binary (self->client, step->bytes, error);
    }
}

/* A slow peer is waited for; anything else that cannot be sent ends the command. */
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
          say_refused (self, error);
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
  say_refused (self, error);
  return TRUE;
}

static void
on_orders_ended (gpointer user_data)
{
  Connect *self = user_data;

  self->stdin_open = FALSE;
  finish_if_done (self);
}

/* Open, or open again: the plan goes on where it stands, and nothing of it is sent twice. */
static void
go_on (Connect *self)
{
  if (self->plan.orders && self->orders == NULL)
    self->orders = orders_new (on_order, on_orders_ended, self);
  if (self->turn == 0 && on_turn (self) == G_SOURCE_CONTINUE)
    self->turn = g_timeout_add (TURN_MSEC, on_turn, self);
}

static void
say_waiting (Connect *self)
{
  SkyPeer *peer = SKY_PEER (self->client);
  gint64 left_usec = sky_peer_get_retry_at (peer) - g_get_monotonic_time ();

  session_report_failure (&self->session, peer);
  if (left_usec > 0)
    session_say (&self->session, _("Trying again in %.1f s."), (double) left_usec / G_USEC_PER_SEC);
}

static void
say_row (Connect *self, const char *title, const char *value)
{
  if (value != NULL && *value != '\0')
    session_say (&self->session, "  %s: %s", title, value);
}

/* The facts that a person needs to decide whether to take it all the same. */
static void
say_certificate (Connect *self)
{
  const SkyTcpCertificate *certificate = sky_client_get_certificate (self->client);
  g_autofree char *names = NULL;
  g_autofree char *until = NULL;
  g_autoptr(GDateTime) day = NULL;

  if (certificate == NULL || sky_peer_get_remedy (SKY_PEER (self->client)) != SKY_REMEDY_ACCEPT_CERTIFICATE)
    return;
  names = g_strjoinv (", ", certificate->names);
  day = g_date_time_new_from_unix_utc (certificate->valid_until);
  until = certificate->valid_until != 0 && day != NULL ? g_date_time_format (day, "%Y-%m-%d %H:%M:%SZ") : NULL;
  session_say (&self->session, "%s", _("The certificate that it showed:"));
  say_row (self, _("Subject"), certificate->subject);
  say_row (self, _("Issuer"), certificate->issuer);
  /* Translators: for which hosts a certificate is */
  say_row (self, _("For"), names);
  say_row (self, _("Valid until"), until);
  say_row (self, "SHA-256", certificate->fingerprint);
  for (guint i = 0; certificate->problems[i] != NULL; i++)
    /* Translators: what is wrong with a certificate */
    say_row (self, _("Wrong"), certificate->problems[i]);
  session_say (&self->session, _("If it is the right one, take it: --accept-certificate %s"), certificate->fingerprint);
}

static void
on_state (SkyClient *client, GParamSpec *pspec, Connect *self)
{
  switch (sky_peer_get_state (SKY_PEER (client)))
    {
    case SKY_PEER_OPEN:
      go_on (self);
      break;
    case SKY_PEER_FAILED:
      session_report_failure (&self->session, SKY_PEER (client));
      say_certificate (self);
      session_end (&self->session, EXIT_FAILED);
      break;
    case SKY_PEER_CLOSED:
      session_end (&self->session, EXIT_DONE);
      break;
    case SKY_PEER_WAITING:
      say_waiting (self);
      break;
    case SKY_PEER_IDLE:
    case SKY_PEER_WORKING:
    case SKY_PEER_CLOSING:
      break;
    }
}

static ExitStatus
run (Connect *self, const char *url)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(SkyProfile) profile = profile_options_make (self->options, url, &error);

  if (profile == NULL)
    return session_usage ("%s", error->message);
  self->session.stop = stop;
  self->session.user_data = self;
  if (!session_begin (&self->session))
    return self->session.status;
  self->stdin_open = self->plan.orders;
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

/* The groups in the order of --help. */
static GOptionContext *
make_context (Connect *self)
{
  GOptionContext *context
      = session_options (&self->session, _("URL"), _("Connects to a WebSocket or Socket.IO server."), NULL, NULL);

  profile_options_add (self->options, context);
  profile_options_add_reconnection (self->options, context);
  session_add_group (context, "sending", N_("Sending:"), plan_entries, &self->plan);
  g_option_context_set_description (
      context, _("What is to be sent goes out in the order of the command line once the connection is open, to the\n"
                 "first namespace that is connected. It is sent once: not again after a reconnection. An option\n"
                 "that repeats another without “(repeat)” takes its place.\n\n"
                 "Exit status: 0 done, 1 the connection failed, 2 wrong usage, 3 an ack did not come."));
  return context;
}

int
command_connect (int argc, char **argv)
{
  Connect self = { 0 };
  g_auto(GStrv) words = NULL;

  plan_init (&self.plan);
  self.options = profile_options_new ();
  if (session_parse (&self.session, make_context (&self), argc, argv, &words))
    {
      self.session.status = g_strv_length (words) == 1 ? run (&self, words[0])
                                                       : session_usage (_("“connect” takes one URL."));
    }
  plan_clear (&self.plan);
  profile_options_free (self.options);
  session_clear (&self.session);
  return self.session.status;
}

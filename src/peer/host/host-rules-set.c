#include "peer/host/host-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/host/host-admin.h"
#include "peer/host/host-options.h"
#include "peer/host/host-roster.h"
#include "peer/host/host-rules.h"

/* The rules of a host: how they come, go, and set it up. */

static guint
merge_msec (guint given, gint64 msec)
{
  return given != 0 ? given : (guint) MIN (msec, G_MAXUINT);
}

static void
merge_cookies (SkyHostOptions *options, const SkyRulesServer *server)
{
  if (options->cookie == NULL)
    {
      options->cookie = server->cookie;
      options->cookie_attributes = server->cookie_attributes;
    }
  if (options->set_cookies == NULL)
    options->set_cookies = (const char *const *) server->set_cookies;
}

static void
merge_doors (SkyHostOptions *options, const SkyRulesServer *server)
{
  if (options->bind == NULL)
    options->bind = server->bind;
  if (!options->port_given && options->port == 0)
    options->port = server->port >= 0 ? (guint16) server->port : options->usual_port;
  if (options->path == NULL)
    options->path = server->path;
  if (options->transports == SKY_TRANSPORTS_BOTH && server->transports == SKY_RULES_POLLING)
    options->transports = SKY_TRANSPORTS_POLLING;
  else if (options->transports == SKY_TRANSPORTS_BOTH && server->transports == SKY_RULES_TRANSPORT_WEBSOCKET)
    options->transports = SKY_TRANSPORTS_WEBSOCKET;
  if (options->tls_cert == NULL && options->tls_key == NULL && !options->tls_self_signed)
    {
      options->tls_self_signed = server->self_signed;
      options->tls_cert = server->tls_cert;
      options->tls_key = server->tls_key;
    }
  if (options->cors == NULL)
    options->cors = (const char *const *) server->cors;
  options->check_origin = options->check_origin || server->check_origin;
  if (options->deny_query == NULL)
    options->deny_query = server->deny_query;
}

static void
merge_limits (SkyHostOptions *options, const SkyRulesServer *server)
{
  options->idle_timeout_msec = merge_msec (options->idle_timeout_msec, server->idle_timeout_msec);
  if (options->max_connections == 0)
    options->max_connections = (guint) server->max_connections;
  if (options->max_buffered == 0)
    options->max_buffered = (guint64) server->max_buffered;
}

static void
merge_admin (SkyHostOptions *options, const SkyRulesServer *server)
{
  if (!server->admin)
    return;
  if (!options->admin)
    {
      options->admin_username = server->admin_username;
      options->admin_password = server->admin_password;
    }
  options->admin_read_only = options->admin_read_only || (!options->admin && server->admin_readonly);
  options->admin_production = options->admin_production || (!options->admin && server->admin_production);
  options->admin = TRUE;
}

static SkyProtocol
get_protocol (const SkyRulesServer *server)
{
  return server->protocol == SKY_RULES_SOCKET_IO   ? SKY_PROTOCOL_SOCKET_IO
         : server->protocol == SKY_RULES_ENGINE_IO ? SKY_PROTOCOL_ENGINE_IO
                                                   : SKY_PROTOCOL_WEBSOCKET;
}

/* What @given leaves open, @server decides. Returns: borrowed from both */
static SkyHostOptions
merge (const SkyHostOptions *given, const SkyRulesServer *server)
{
  SkyHostOptions options = *given;

  options.protocol = get_protocol (server);
  options.eio3 = given->eio3 || server->eio3;
  options.per_message_deflate = given->per_message_deflate || server->per_message_deflate;
  if (given->parser == SKY_PARSER_AUTO)
    options.parser = server->msgpack ? SKY_PARSER_MSGPACK : SKY_PARSER_DEFAULT;
  options.ping_interval_msec = merge_msec (given->ping_interval_msec, server->ping_interval_msec);
  options.ping_timeout_msec = merge_msec (given->ping_timeout_msec, server->ping_timeout_msec);
  options.connect_timeout_msec = merge_msec (given->connect_timeout_msec, server->connect_timeout_msec);
  options.upgrade_timeout_msec = merge_msec (given->upgrade_timeout_msec, server->upgrade_timeout_msec);
  options.handshake_delay_msec = merge_msec (given->handshake_delay_msec, server->handshake_delay_msec);
  if (given->max_payload == 0)
    options.max_payload = (guint64) server->max_payload;
  options.recovery_msec = merge_msec (given->recovery_msec, server->recovery_msec);
  merge_limits (&options, server);
  merge_cookies (&options, server);
  merge_admin (&options, server);
  merge_doors (&options, server);
  return options;
}

static void
swap_string (const char **a, const char **b)
{
  const char *kept = *a;

  *a = *b;
  *b = kept;
}

/* Whether what is fixed while a server runs is to be otherwise. */
static gboolean
is_behind (SkyHost *self, const SkyHostOptions *running, const SkyHostOptions *next)
{
  return g_strcmp0 (running->bind, next->bind) != 0 || g_strcmp0 (running->path, next->path) != 0
         || g_strcmp0 (running->tls_cert, next->tls_cert) != 0 || g_strcmp0 (running->tls_key, next->tls_key) != 0
         || running->tls_self_signed != next->tls_self_signed || (next->port != 0 && next->port != self->port)
         || running->parser != next->parser || running->ping_interval_msec != next->ping_interval_msec
         || running->ping_timeout_msec != next->ping_timeout_msec;
}

/*
 * What is fixed while a server runs stays as it was: where it listens, and what its clients were told
 * when they came.
 */
static void
keep_running (SkyHostOptions *running, SkyHostOptions *next)
{
  swap_string (&running->bind, &next->bind);
  swap_string (&running->path, &next->path);
  swap_string (&running->tls_cert, &next->tls_cert);
  swap_string (&running->tls_key, &next->tls_key);
  next->tls_self_signed = running->tls_self_signed;
  next->port = running->port;
  next->parser = running->parser;
  next->ping_interval_msec = running->ping_interval_msec;
  next->ping_timeout_msec = running->ping_timeout_msec;
}

/**
 * sky_host_apply_rules:
 * @running: whether it listens
 *
 * Sets the host up as it was told when it was made, and for the rest as `server` of its rules says.
 */
void
sky_host_apply_rules (SkyHost *self, gboolean running)
{
  SkyHostHouse *house = &self->house;
  SkyHostOptions merged = self->given, next;

  if (house->stage == NULL && !merged.port_given && merged.port == 0)
    merged.port = merged.usual_port;
  if (house->stage != NULL)
    merged = merge (&self->given, sky_rules_get_server (sky_rules_stage_get_rules (house->stage)));
  sky_host_options_copy (&merged, &next);
  self->behind = running && is_behind (self, &house->options, &next);
  if (running)
    keep_running (&house->options, &next);
  else
    house->max_echo = sky_host_options_get_max_echo (&merged);
  sky_host_options_clear (&house->options);
  house->options = next;
  sky_host_admin_settle (house->admin, running);
  sky_host_roster_set_up (self);
}

/* Whether this host can play rules for such a server; the protocol cannot change while it runs. */
static gboolean
check (SkyHost *self, const SkyRulesServer *server, GError **error)
{
  SkyProtocol protocol = get_protocol (server);
  gboolean given = self->given.protocol == SKY_PROTOCOL_AUTO || self->given.protocol == protocol;

  if (given && (self->listen == NULL || self->house.options.protocol == protocol))
    return TRUE;
  if (given)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                 _("The rules are for %s, and this server runs as %s: stop it first."), sky_protocol_id (protocol),
                 sky_protocol_id (self->house.options.protocol));
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("The rules are for %s, and this server is for %s."),
                 sky_protocol_id (protocol), sky_protocol_id (self->given.protocol));
  return FALSE;
}

static void
drop_stage (SkyHost *self)
{
  GHashTableIter iter;
  gpointer session;

  g_hash_table_iter_init (&iter, self->house.sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    sky_host_rules_drop (session);
  g_clear_pointer (&self->house.stage, sky_rules_stage_free);
  g_clear_pointer (&self->rules_text, g_free);
}

/**
 * sky_host_set_rules:
 * @text: (nullable): a rules file, see RULES.md; %NULL for the answers of a host without rules
 * @error: what is wrong: #SkyRulesError with its place in the file, or #GIOError if this host cannot
 *   play it now
 *
 * Whoever is there stays: the next event is answered by the new rules. What `server` says holds at
 * once where that is possible, else when the host is started again; what sky_host_new() was told wins.
 *
 * Returns: %FALSE if the rules are as they were
 */
gboolean
sky_host_set_rules (SkyHost *self, const char *text, GError **error)
{
  g_autoptr(SkyRules) rules = NULL;

  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);

  if (text != NULL)
    {
      rules = sky_rules_load (text, strlen (text), error);
      if (rules == NULL || !check (self, sky_rules_get_server (rules), error))
        return FALSE;
      if (self->house.stage != NULL)
        sky_rules_stage_set_rules (self->house.stage, rules);
      else
        self->house.stage = sky_rules_stage_new (rules, &sky_host_rules_hands);
      g_free (self->rules_text);
      self->rules_text = g_strdup (text);
    }
  else if (self->house.stage != NULL)
    drop_stage (self);
  sky_host_apply_rules (self, self->listen != NULL);
  sky_host_refresh_subtitle (self);
  return TRUE;
}

/* Returns: whether it runs, and its rules say what will hold only when it is started again */
gboolean
sky_host_is_behind (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), FALSE);

  return self->behind && self->listen != NULL;
}

/* Returns: (nullable) (transfer none): the rules as they were set last */
const char *
sky_host_get_rules (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  return self->rules_text;
}

/**
 * sky_host_get_stage:
 *
 * Returns: (nullable) (transfer none): the rules at work, with their rows and how often each fired
 */
SkyRulesStage *
sky_host_get_stage (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  return self->house.stage;
}

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/host-orders.h"
#include "cli/orders.h"
#include "cli/rules-watch.h"
#include "peer/code/client-code.h"
#include "peer/rules/rules.h"

#define NOT_GIVEN G_MININT

typedef struct
{
  Session  session;
  SkyHost *host;
  Orders  *orders;
  HostOrders *by_hand;
  char    *rules; /* nullable: a file */
  char    *print_client; /* nullable: the id of a SkyClientCode */
  char    *bind;
  char    *protocol, *path, *transports, *parser, *cookie, *cookie_attributes, *deny_query, *tls, *tls_key;
  char   **cors, **set_cookies;
  char    *admin, *admin_env; /* nullable: "USER:PASSWORD" or "open", and the variable that has it */
  gboolean admin_readonly, admin_production;
  int      port, ping_interval_msec, ping_timeout_msec, connect_timeout_msec, upgrade_timeout_msec,
      handshake_delay_msec, max_connections, recovery_msec, idle_timeout_msec; /* or NOT_GIVEN */
  gint64   max_payload, max_buffered;
  gboolean eio3, per_message_deflate, check_origin;
  gboolean stdin_wanted;
} Host;

static gboolean
on_order (const char *json, gpointer user_data)
{
  Host *self = user_data;
  g_autoptr(GError) error = NULL;

  if (sky_printer_is_behind (self->session.printer))
    return FALSE; /* whoever gives orders has to read the answers */
  if (!host_orders_take (self->by_hand, json, &error))
    session_say (&self->session, "%s", error->message);
  return TRUE;
}

static void
on_orders_ended (gpointer user_data)
{
  /* a host goes on without its orders, until it is stopped */
}

static void
on_state (SkyHost *host, GParamSpec *pspec, Host *self)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (host));

  if (state == SKY_PEER_FAILED)
    {
      session_report_failure (&self->session, SKY_PEER (host));
      session_end (&self->session, EXIT_FAILED);
    }
  else if (state == SKY_PEER_CLOSED)
    session_end (&self->session, EXIT_DONE);
}

static void
stop (gpointer user_data)
{
  Host *self = user_data;

  if (sky_peer_get_state (SKY_PEER (self->host)) == SKY_PEER_OPEN)
    sky_peer_stop (SKY_PEER (self->host));
  else
    session_end (&self->session, EXIT_DONE);
}

/* Whoever started us reads this line to know where to connect, whatever else is printed. */
static void
print_listening (Host *self, FILE *to)
{
  g_autofree char *url = sky_host_get_url (self->host);
  g_autoptr(GString) line = g_string_new ("{\"listening\":");

  sky_json_quote (line, url, -1);
  g_string_append_printf (line, ",\"pid\":%d}\n", getpid ());
  fputs (line->str, to);
  fflush (to);
}

/* Standard output is the client's alone then: it may go into a file. */
static void
print_client (Host *self)
{
  g_autofree char *text = NULL;
  SkyClientCode code;

  if (!sky_client_code_from_id (self->print_client, &code))
    return;
  text = sky_client_code_write (code, self->host);
  fputs (text, stdout);
  fflush (stdout);
}

/* A page of another origin may come in for it: that is not done in silence. */
static void
say_admin (Host *self)
{
  const SkyHostOptions *options = sky_host_get_options (self->host);
  g_autofree char *url = sky_host_get_url (self->host);

  if (!options->admin || options->protocol != SKY_PROTOCOL_SOCKET_IO)
    return;
  session_say (&self->session, _("The Admin UI is served at /admin: open https://admin.socket.io, which is let in, and enter %s"), url);
  if (options->admin_username == NULL)
    session_say (&self->session, _("It asks nobody for a password."));
}

static void
announce (Host *self)
{
  if (self->print_client != NULL)
    print_client (self);
  print_listening (self, self->print_client != NULL ? stderr : stdout);
  say_admin (self);
}

/* Returns: %FALSE if there is something wrong with the file; that is said */
static gboolean
play_rules (Host *self)
{
  g_autofree char *problem = NULL;

  if (self->rules == NULL || rules_watch_load (self->host, self->rules, &problem))
    return TRUE;
  g_printerr ("%s\n", problem);
  self->session.status = EXIT_USAGE;
  return FALSE;
}

static void
serve (Host *self)
{
  RulesWatch *watch = self->rules != NULL ? rules_watch_new (self->host, self->rules, &self->session) : NULL;

  self->by_hand = host_orders_new (self->host, self->session.printer);
  sky_peer_start (SKY_PEER (self->host));
  if (sky_peer_get_state (SKY_PEER (self->host)) == SKY_PEER_OPEN)
    {
      announce (self);
      if (self->stdin_wanted)
        self->orders = orders_new (on_order, on_orders_ended, self);
    }
  session_run (&self->session);
  g_clear_pointer (&self->orders, orders_free);
  g_clear_pointer (&self->by_hand, host_orders_free);
  g_clear_pointer (&watch, rules_watch_free);
}

/* Returns: %FALSE if what is said of the Admin UI makes no sense; that is said */
static gboolean
take_admin (Host *self, SkyHostOptions *options)
{
  char *colon;

  if (self->admin_env != NULL && self->admin == NULL)
    self->admin = g_strdup (g_getenv (self->admin_env));
  if (self->admin_env != NULL && self->admin == NULL)
    {
      session_usage (_("--admin-env takes the name of an environment variable, and %s is not set."), self->admin_env);
      return FALSE;
    }
  options->admin = self->admin != NULL;
  options->admin_read_only = self->admin_readonly;
  options->admin_production = self->admin_production;
  if (self->admin == NULL || g_str_equal (self->admin, "open"))
    return TRUE;
  colon = strchr (self->admin, ':');
  if (colon == NULL || colon == self->admin || colon[1] == '\0')
    {
      session_usage (_("--admin takes a name and a password with a colon between, NAME:PASSWORD, or “open” for no password."));
      return FALSE;
    }
  *colon = '\0';
  options->admin_username = self->admin;
  options->admin_password = colon + 1;
  return TRUE;
}

/* Returns: %FALSE if a number is out of its range; that is said */
static gboolean
check_numbers (const Host *self)
{
  const struct
  {
    const char *name;
    gint64      value;
    int         min, max;
  } numbers[] = {
    { "--ping-interval", self->ping_interval_msec, 1, SKY_RULES_MAX_MSEC },
    { "--ping-timeout", self->ping_timeout_msec, 1, SKY_RULES_MAX_MSEC },
    { "--connect-timeout", self->connect_timeout_msec, 1, SKY_RULES_MAX_MSEC },
    { "--upgrade-timeout", self->upgrade_timeout_msec, 1, SKY_RULES_MAX_MSEC },
    { "--handshake-delay", self->handshake_delay_msec, 0, SKY_RULES_MAX_MSEC },
    { "--idle-timeout", self->idle_timeout_msec, 1, SKY_RULES_MAX_MSEC },
    { "--recovery", self->recovery_msec, 0, SKY_RULES_MAX_MSEC },
    { "--max-payload", self->max_payload, 1, SKY_RULES_MAX_PAYLOAD },
    { "--max-connections", self->max_connections, 1, SKY_RULES_MAX_CONNECTIONS },
    { "--max-buffered", self->max_buffered, 1, SKY_RULES_MAX_BUFFERED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].value != NOT_GIVEN && (numbers[i].value < numbers[i].min || numbers[i].value > numbers[i].max))
      {
        g_autofree char *value = g_strdup_printf ("%" G_GINT64_FORMAT, numbers[i].value);

        session_usage (_("%s takes a number from %d to %d, not “%s”."), numbers[i].name, numbers[i].min, numbers[i].max,
                       value);
        return FALSE;
      }
  return TRUE;
}

/* What was said, except that which has to be looked at first. Borrowed from @self */
static SkyHostOptions
make_options (const Host *self)
{
  return (SkyHostOptions) {
    .bind = self->bind,
    .port = (guint16) MAX (self->port, 0),
    .port_given = self->port >= 0,
    .ping_interval_msec = (guint) MAX (self->ping_interval_msec, 0),
    .ping_timeout_msec = (guint) MAX (self->ping_timeout_msec, 0),
    .max_payload = (guint64) MAX (self->max_payload, 0),
    .path = self->path,
    .eio3 = self->eio3,
    .connect_timeout_msec = (guint) MAX (self->connect_timeout_msec, 0),
    .upgrade_timeout_msec = (guint) MAX (self->upgrade_timeout_msec, 0),
    .per_message_deflate = self->per_message_deflate,
    .cors = (const char *const *) self->cors,
    .check_origin = self->check_origin,
    .tls_self_signed = g_strcmp0 (self->tls, "self-signed") == 0,
    .tls_cert = g_strcmp0 (self->tls, "self-signed") != 0 ? self->tls : NULL,
    .tls_key = self->tls_key,
    .cookie = self->cookie,
    .cookie_attributes = self->cookie_attributes,
    .set_cookies = (const char *const *) self->set_cookies,
    .handshake_delay_msec = (guint) MAX (self->handshake_delay_msec, 0),
    .deny_query = self->deny_query,
    .max_connections = (guint) MAX (self->max_connections, 0),
    .max_buffered = (guint64) MAX (self->max_buffered, 0),
    .idle_timeout_msec = (guint) MAX (self->idle_timeout_msec, 0),
    .recovery_msec = (guint) MAX (self->recovery_msec, 0),
  };
}

static ExitStatus
run (Host *self)
{
  SkyHostOptions options = make_options (self);

  if (!check_numbers (self))
    return EXIT_USAGE;
  if (self->port != NOT_GIVEN && (self->port < 0 || self->port > G_MAXUINT16))
    return session_usage (_("--port %d is no port: there are 0 to 65535."), self->port);
  if (self->protocol != NULL && !sky_protocol_from_id (self->protocol, &options.protocol))
    return session_usage (_("--protocol %s is none of socket.io, engine.io and websocket."), self->protocol);
  if (self->transports != NULL && !sky_transports_from_id (self->transports, &options.transports))
    return session_usage (_("--transports %s is none of polling,websocket, websocket and polling."), self->transports);
  if (self->parser != NULL && !sky_parser_from_id (self->parser, &options.parser))
    return session_usage (_("--parser %s is neither default nor msgpack."), self->parser);
  if (self->cookie_attributes != NULL && !g_str_has_prefix (self->cookie_attributes, ";"))
    return session_usage (_("--cookie-attributes %s does not begin with a semicolon."), self->cookie_attributes);
  if (self->print_client != NULL && !sky_client_code_from_id (self->print_client, &(SkyClientCode) { 0 }))
    return session_usage (_("--print-client %s is none of browser, node, python and shell."), self->print_client);
  if (self->path != NULL && *self->path != '/')
    return session_usage (_("--path %s does not begin with a slash."), self->path);
  if (!take_admin (self, &options))
    return EXIT_USAGE;
  self->session.stop = stop;
  self->session.user_data = self;
  if (!session_begin (&self->session))
    return self->session.status;
  if (self->print_client != NULL)
    sky_printer_set_style (self->session.printer, SKY_PRINT_NOTHING);
  self->host = sky_host_new (&options, self->session.store);
  g_signal_connect (self->host, "notify::state", G_CALLBACK (on_state), self);
  if (play_rules (self))
    serve (self);
  g_signal_handlers_disconnect_by_data (self->host, self);
  g_clear_object (&self->host);
  return self->session.status;
}

static void
clear (Host *self)
{
  g_free (self->rules);
  g_free (self->print_client);
  g_free (self->bind);
  g_free (self->protocol);
  g_free (self->path);
  g_free (self->transports);
  g_free (self->parser);
  g_free (self->cookie);
  g_free (self->cookie_attributes);
  g_free (self->tls);
  g_free (self->tls_key);
  g_free (self->deny_query);
  g_free (self->admin);
  g_free (self->admin_env);
  g_strfreev (self->cors);
  g_strfreev (self->set_cookies);
  session_clear (&self->session);
}

int
command_host (int argc, char **argv)
{
  Host self = {
    .port = NOT_GIVEN,
    .ping_interval_msec = NOT_GIVEN,
    .ping_timeout_msec = NOT_GIVEN,
    .connect_timeout_msec = NOT_GIVEN,
    .upgrade_timeout_msec = NOT_GIVEN,
    .handshake_delay_msec = NOT_GIVEN,
    .max_connections = NOT_GIVEN,
    .recovery_msec = NOT_GIVEN,
    .idle_timeout_msec = NOT_GIVEN,
    .max_payload = NOT_GIVEN,
    .max_buffered = NOT_GIVEN,
  };
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &self.port, N_("Listen on this port; 0 chooses a free one"), "N" },
    { "rules", 0, 0, G_OPTION_ARG_FILENAME, &self.rules, N_("Answer as this file says, and again when it is edited"), N_("FILE") },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &self.bind, N_("Listen on this address (127.0.0.1)"), N_("ADDR") },
    { "ping-interval", 0, 0, G_OPTION_ARG_INT, &self.ping_interval_msec, N_("Between two pings (25000)"), "MS" },
    { "ping-timeout", 0, 0, G_OPTION_ARG_INT, &self.ping_timeout_msec, N_("Wait for a pong (20000)"), "MS" },
    { "max-payload", 0, 0, G_OPTION_ARG_INT64, &self.max_payload, N_("Largest message (1000000)"), N_("BYTES") },
    { "protocol", 0, 0, G_OPTION_ARG_STRING, &self.protocol, N_("socket.io (default), engine.io or websocket"), N_("NAME") },
    { "path", 0, 0, G_OPTION_ARG_STRING, &self.path, N_("Where the protocol is served (/socket.io/)"), N_("PATH") },
    { "transports", 0, 0, G_OPTION_ARG_STRING, &self.transports, N_("polling,websocket (default), or one of them"), N_("LIST") },
    { "eio3", 0, 0, G_OPTION_ARG_NONE, &self.eio3, N_("Take clients of Socket.IO 2, too"), NULL },
    { "connect-timeout", 0, 0, G_OPTION_ARG_INT, &self.connect_timeout_msec, N_("Wait for a namespace to be joined (45000)"), "MS" },
    { "upgrade-timeout", 0, 0, G_OPTION_ARG_INT, &self.upgrade_timeout_msec, N_("Wait for an upgrade (10000)"), "MS" },
    { "parser", 0, 0, G_OPTION_ARG_STRING, &self.parser, N_("default or msgpack"), N_("NAME") },
    { "per-message-deflate", 0, 0, G_OPTION_ARG_NONE, &self.per_message_deflate, N_("Compress Socket.IO over WebSocket"), NULL },
    { "cors", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.cors, N_("Let pages of this origin in, or * (repeat)"), N_("ORIGIN") },
    { "check-origin", 0, 0, G_OPTION_ARG_NONE, &self.check_origin, N_("Refuse clients of any other origin"), NULL },
    { "tls", 0, 0, G_OPTION_ARG_FILENAME, &self.tls, N_("Speak TLS: “self-signed”, or with this certificate, PEM"), N_("FILE") },
    { "tls-key", 0, 0, G_OPTION_ARG_FILENAME, &self.tls_key, N_("… and this key, if it is not in the same file"), N_("FILE") },
    { "cookie", 0, 0, G_OPTION_ARG_STRING, &self.cookie, N_("Set a cookie of this name"), N_("NAME") },
    { "cookie-attributes", 0, 0, G_OPTION_ARG_STRING, &self.cookie_attributes, N_("… with these attributes (; Path=/; HttpOnly; SameSite=Lax)"), N_("TEXT") },
    { "set-cookies", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self.set_cookies, N_("Set this cookie, too (repeat)"), N_("NAME=VALUE") },
    { "handshake-delay", 0, 0, G_OPTION_ARG_INT, &self.handshake_delay_msec, N_("Answer handshakes late"), "MS" },
    { "deny-query", 0, 0, G_OPTION_ARG_STRING, &self.deny_query, N_("Refuse handshakes with this key in their query"), N_("KEY") },
    { "admin", 0, 0, G_OPTION_ARG_STRING, &self.admin, N_("Let the Socket.IO Admin UI in, with NAME:PASSWORD or “open” to anyone"), N_("WHO") },
    { "admin-env", 0, 0, G_OPTION_ARG_STRING, &self.admin_env, N_("… from this environment variable"), N_("VAR") },
    { "admin-readonly", 0, 0, G_OPTION_ARG_NONE, &self.admin_readonly, N_("… which may only look"), NULL },
    { "admin-production", 0, 0, G_OPTION_ARG_NONE, &self.admin_production, N_("… and sees totals only, no sockets and events"), NULL },
    { "max-connections", 0, 0, G_OPTION_ARG_INT, &self.max_connections, N_("Connections at once (1000)"), "N" },
    { "max-buffered", 0, 0, G_OPTION_ARG_INT64, &self.max_buffered, N_("Drop a client that does not read once so much waits (16777216)"), N_("BYTES") },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &self.idle_timeout_msec, N_("Wait for a request (30000)"), "MS" },
    { "recovery", 0, 0, G_OPTION_ARG_INT, &self.recovery_msec, N_("Let clients come back to their state within this time"), "MS" },
    { "print-client", 0, 0, G_OPTION_ARG_STRING, &self.print_client, N_("Print a client for it, and no records: browser, node, python or shell"), N_("KIND") },
    { "stdin", 0, 0, G_OPTION_ARG_NONE, &self.stdin_wanted, N_("Take orders on standard input, one JSON object a line"), NULL },
    { NULL },
  };
  g_auto(GStrv) words = NULL;
  GOptionContext *context
      = session_options (&self.session, NULL, _("Hosts a throwaway Socket.IO and WebSocket server."), entries, NULL);

  if (session_parse (&self.session, context, argc, argv, &words))
    self.session.status = g_strv_length (words) == 0 ? run (&self)
                                                     : session_usage (_("“host” takes options only, not %s."), words[0]);
  clear (&self);
  return self.session.status;
}

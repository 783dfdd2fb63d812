#include "peer/host/host-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

#include "peer/host/host-admin.h"
#include "peer/host/host-http.h"
#include "peer/host/host-options.h"
#include "peer/host/host-roster.h"
#include "tcp/tcp-certificate.h"

#define STOP_MSEC 2000 /* how long clients may take to say goodbye */

G_DEFINE_FINAL_TYPE (SkyHost, sky_host, SKY_TYPE_PEER)

typedef enum { PROP_N_CLIENTS = 1 } SkyHostProp;
static GParamSpec *props[PROP_N_CLIENTS + 1];

static void
sky_host_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SkyHostProp) id)
    {
    case PROP_N_CLIENTS:
      g_value_set_uint (value, sky_host_get_n_clients (SKY_HOST (object)));
      break;
    }
}

/**
 * sky_host_refresh_subtitle:
 *
 * Says how many are here, and by which rules: "5 clients · Chat with rooms".
 */
void
sky_host_refresh_subtitle (SkyHost *self)
{
  SkyRulesStage *stage = self->house.stage;
  const char *rules = stage != NULL ? sky_rules_get_name (sky_rules_stage_get_rules (stage)) : NULL;
  g_autofree char *count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u client", "%u clients", self->n_clients),
                                            self->n_clients);
  g_autofree char *subtitle = rules != NULL && *rules != '\0' ? g_strdup_printf ("%s · %s", count, rules) : NULL;

  if (self->listen != NULL || self->port != 0)
    sky_peer_set_subtitle (SKY_PEER (self), subtitle != NULL ? subtitle : count);
}

static void
set_n_clients (SkyHost *self, guint n_clients)
{
  self->n_clients = n_clients;
  sky_host_refresh_subtitle (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_CLIENTS]);
}

static void
end_run (SkyHost *self)
{
  g_clear_handle_id (&self->stop, g_source_remove);
  g_clear_handle_id (&self->check, g_source_remove);
  if (self->listen != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->listen, self);
      sky_tcp_listen_close (self->listen);
    }
  g_clear_object (&self->listen);
  sky_host_roster_set_up (self);
  g_hash_table_remove_all (self->house.sessions);
  g_hash_table_remove_all (self->sockets);
  if (self->server != NULL)
    soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_clear_object (&self->anchor);
}

/* Whoever hears of the end may let go of the host. */
static void
finish_stop (SkyHost *host)
{
  g_autoptr(SkyHost) self = g_object_ref (host);

  end_run (self);
  set_n_clients (self, 0);
  sky_peer_set_state (SKY_PEER (self), SKY_PEER_CLOSED);
}

static gboolean
on_stop_timeout (gpointer user_data)
{
  SkyHost *self = user_data;

  self->stop = 0;
  finish_stop (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_busy (SkyHost *self)
{
  GHashTableIter iter;
  gpointer socket;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket))
    if (sky_host_socket_is_busy (socket))
      return TRUE;
  return FALSE;
}

/* It stops once the last answer is written, too. */
static gboolean
on_check (gpointer user_data)
{
  SkyHost *self = user_data;

  self->check = 0;
  if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_CLOSING && self->n_clients == 0 && !is_busy (self))
    finish_stop (self);
  return G_SOURCE_REMOVE;
}

static void
check_later (SkyHost *self)
{
  if (self->check == 0)
    self->check = g_idle_add (on_check, self);
}

static void
on_opened (SkyHostSession *session, gpointer owner)
{
  SkyHost *self = owner;

  set_n_clients (self, self->n_clients + 1);
  if (sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_CLOSING)
    sky_host_session_close (session, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "server shutting down",
                            "server shutting down");
}

static void
on_closed (SkyHostSession *session, gpointer owner)
{
  SkyHost *self = owner;

  set_n_clients (self, self->n_clients - 1);
  check_later (self);
}

static void
on_gone (SkyHostSocket *socket, gpointer owner)
{
  SkyHost *self = owner;

  g_hash_table_remove (self->sockets, socket->remote);
  check_later (self);
}

static SkyHostSocket *
find_socket (SoupServerMessage *message, gpointer user_data)
{
  SkyHost *self = user_data;

  return g_hash_table_lookup (self->sockets, soup_server_message_get_remote_address (message));
}

static void
on_request_head (SoupServer *server, SoupServerMessage *message, const char *path,
                 GHashTable *query, gpointer user_data)
{
  SkyHostSocket *socket = find_socket (message, user_data);

  if (socket != NULL)
    sky_host_http_begin (socket, message, path, query);
}

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  SkyHostSocket *socket = find_socket (message, user_data);

  if (socket != NULL)
    sky_host_http_answer (socket, message, path, query, find_socket, user_data);
}

/*
 * libsoup keeps a connection for a further request only as long as its server listens somewhere: one
 * end of a pair of sockets will do, of which the other end never says anything.
 */
static void
listen_nowhere (SkyHost *self)
{
  g_autoptr(GSocket) socket = NULL, other = NULL;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    return;
  socket = g_socket_new_from_fd (fds[0], NULL);
  other = g_socket_new_from_fd (fds[1], NULL);
  self->anchor = G_IO_STREAM (g_socket_connection_factory_create_connection (other));
  soup_server_listen_socket (self->server, socket, 0, NULL);
}

static void
sky_host_start (SkyPeer *peer)
{
  g_autoptr(SkyHost) self = g_object_ref (SKY_HOST (peer));

  if (self->listen != NULL)
    return;
  sky_host_apply_rules (self, FALSE);
  if (!sky_host_listen (self))
    return;
  self->house.closing = FALSE;
  self->server = soup_server_new (NULL, NULL);
  listen_nowhere (self);
  soup_server_add_early_handler (self->server, NULL, on_request_head, self, NULL);
  soup_server_add_handler (self->server, NULL, on_request, self, NULL);
  g_signal_connect (self->listen, "incoming", G_CALLBACK (sky_host_accept), self);
  sky_host_roster_set_up (self);
  set_n_clients (self, 0);
  sky_peer_set_state (peer, SKY_PEER_OPEN);
}

static void
sky_host_stop (SkyPeer *peer)
{
  g_autoptr(SkyHost) self = g_object_ref (SKY_HOST (peer));
  GHashTableIter iter;
  gpointer session, socket;

  if (self->listen == NULL || sky_peer_get_state (peer) == SKY_PEER_CLOSING)
    return;
  sky_peer_set_state (peer, SKY_PEER_CLOSING);
  self->house.closing = TRUE;
  g_hash_table_iter_init (&iter, self->house.sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    sky_host_session_close (session, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, "server shutting down",
                            "server shutting down");
  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &socket))
    if (!sky_host_socket_is_busy (socket))
      sky_host_socket_end (socket);
  sky_tcp_listen_close (self->listen);
  self->stop = g_timeout_add (STOP_MSEC, on_stop_timeout, self);
  if (self->n_clients == 0 && !is_busy (self))
    finish_stop (self);
}

static void
sky_host_dispose (GObject *object)
{
  end_run (SKY_HOST (object));
  g_clear_handle_id (&SKY_HOST (object)->sweep, g_source_remove);
  G_OBJECT_CLASS (sky_host_parent_class)->dispose (object);
}

static void
sky_host_finalize (GObject *object)
{
  SkyHost *self = SKY_HOST (object);

  g_hash_table_unref (self->sockets);
  sky_tcp_shakes_unref (self->shakes);
  g_clear_object (&self->certificate);
  g_clear_object (&self->self_made);
  g_hash_table_unref (self->house.sessions);
  sky_alarms_free (self->house.alarms);
  sky_host_rooms_free (self->house.rooms);
  sky_host_recovery_free (self->house.recovery);
  sky_host_admin_free (self->house.admin);
  sky_roster_set_hands (self->house.roster, NULL, NULL); /* a pane may outlive us */
  g_object_unref (self->house.roster);
  g_clear_pointer (&self->house.stage, sky_rules_stage_free);
  g_free (self->rules_text);
  sky_host_options_clear (&self->house.options);
  sky_host_options_clear (&self->given);
  G_OBJECT_CLASS (sky_host_parent_class)->finalize (object);
}

static void
sky_host_class_init (SkyHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sky_host_get_property;
  object_class->dispose = sky_host_dispose;
  object_class->finalize = sky_host_finalize;
  SKY_PEER_CLASS (klass)->start = sky_host_start;
  SKY_PEER_CLASS (klass)->stop = sky_host_stop;

  props[PROP_N_CLIENTS]
      = g_param_spec_uint ("n-clients", NULL, NULL, 0, G_MAXUINT, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
}

static void
sky_host_init (SkyHost *self)
{
  self->sockets
      = g_hash_table_new_full (NULL, NULL, g_object_unref, (GDestroyNotify) sky_host_socket_free);
  self->shakes = sky_tcp_shakes_new ();
}

/**
 * sky_host_new:
 * @options: (nullable): how it is set up; copied
 * @store: (nullable): its trace; %NULL for one of its own
 *
 * Returns: (transfer full): a server that does not listen yet
 */
SkyHost *
sky_host_new (const SkyHostOptions *options, SkyStore *store)
{
  const SkyHostOptions none = { 0 };
  const SkyHostOptions *o = options != NULL ? options : &none;
  SkyHost *self = g_object_new (SKY_TYPE_HOST, "store", store, NULL);

  self->house = (SkyHostHouse) { .store = sky_peer_get_store (SKY_PEER (self)),
                                 .rooms = sky_host_rooms_new (),
                                 .recovery = sky_host_recovery_new (),
                                 .roster = sky_host_roster_new (),
                                 .alarms = sky_alarms_new (),
                                 .sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                                    (GDestroyNotify) sky_host_session_free),
                                 .max_echo = sky_host_options_get_max_echo (o),
                                 .opened = on_opened,
                                 .closed = on_closed,
                                 .gone = on_gone,
                                 .owner = self };
  self->house.admin = sky_host_admin_new (&self->house);
  sky_host_options_dup (o, &self->given);
  sky_host_options_copy (o, &self->house.options);
  sky_host_roster_set_up (self);
  return self;
}

/* Returns: the port that it listens on, 0 before it ever did */
guint16
sky_host_get_port (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), 0);

  return self->port;
}

/* Returns: the port to use instead if that which was wanted is taken, else 0: %SKY_REMEDY_USE_PORT */
guint16
sky_host_get_free_port (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), 0);

  return self->free_port;
}

/**
 * sky_host_get_url:
 *
 * Returns: (transfer full): where it is reached, from this computer at least: "http://127.0.0.1:3000/". Nobody connects
 *   to the address that stands for all: browsers refuse it.
 */
char *
sky_host_get_url (SkyHost *self)
{
  const char *host;
  gboolean literal;

  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  host = self->house.options.bind;
  host = g_str_equal (host, "0.0.0.0") ? "127.0.0.1" : g_str_equal (host, "::") ? "::1" : host;
  literal = strchr (host, ':') != NULL;
  return g_strdup_printf (literal ? "%s://[%s]:%u/" : "%s://%s:%u/", self->certificate != NULL ? "https" : "http", host,
                          self->port);
}

/* Returns: (nullable) (transfer none): what it shows to its clients, once it has been started, if it speaks TLS */
GTlsCertificate *
sky_host_get_certificate (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  return self->certificate;
}

/* Returns: (nullable) (transfer full): the SHA-256 of its certificate, "AB:CD:…"; %NULL if it has none (yet) */
char *
sky_host_get_fingerprint (SkyHost *self)
{
  g_autoptr(SkyTcpCertificate) facts = NULL;

  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  facts = self->certificate != NULL ? sky_tcp_certificate_new (self->certificate, 0, "", NULL) : NULL;
  return facts != NULL ? g_strdup (facts->fingerprint) : NULL;
}

/* Returns: how many clients are here: sessions of Engine.IO, over whatever they come, and echoes */
guint
sky_host_get_n_clients (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), 0);

  return self->n_clients;
}

/**
 * sky_host_get_rooms_json:
 *
 * Returns: (transfer full): who is where:
 *   `{"namespaces":{"/":{"sockets":[ids],"rooms":{"name":[ids]}}}}`
 */
char *
sky_host_get_rooms_json (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  return sky_host_rooms_to_json (self->house.rooms);
}

/**
 * sky_host_get_options:
 *
 * Returns: (transfer none): how it is set up, by whoever made it and by its rules, with nothing left to
 *   default: while it runs, how it runs, else how it will; borrowed until its rules change or it starts
 */
const SkyHostOptions *
sky_host_get_options (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  return &self->house.options;
}

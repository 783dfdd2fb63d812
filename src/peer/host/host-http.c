#include "peer/host/host-http-private.h"

#include <string.h>

#include "peer/carrier/carrier-served.h"

#define UPGRADE_REQUIRED 426 /* RFC 9110 §15.5.22 */

/* The codes of Engine.IO's error answers, as the reference has them. */
typedef enum
{
  UNKNOWN_TRANSPORT = 0,
  UNKNOWN_SID = 1,
  BAD_METHOD = 2,
  BAD_REQUEST = 3,
  FORBIDDEN = 4,
  UNSUPPORTED_REVISION = 5,
  FINE = -1,
  FULL = -2, /* not the reference's: it has no limit */
} Verdict;

static const char *const verdicts[] = {
  [UNKNOWN_TRANSPORT] = "Transport unknown",
  [UNKNOWN_SID] = "Session ID unknown",
  [BAD_METHOD] = "Bad handshake method",
  [BAD_REQUEST] = "Bad request",
  [FORBIDDEN] = "Forbidden",
  [UNSUPPORTED_REVISION] = "Unsupported protocol version",
};

/* One request to Engine.IO. */
typedef struct
{
  SkyHostSocket     *socket;
  SoupServerMessage *message;
  const char        *sid;     /* nullable: as given */
  SkyHostSession    *session; /* nullable: that of @sid */
  guint              revision; /* as asked for */
  gboolean           websocket, upgrade;
  SkyServedForm      form;
} Call;

static const char *
get_param (GHashTable *query, const char *key)
{
  return query != NULL ? g_hash_table_lookup (query, key) : NULL;
}

static gboolean
is_method (SoupServerMessage *message, const char *method)
{
  return g_strcmp0 (soup_server_message_get_method (message), method) == 0;
}

/* All but the digits would be script: PROTOCOL §14.6. */
static char *
keep_digits (const char *text)
{
  GString *digits = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (g_ascii_isdigit (*text))
      g_string_append_c (digits, *text);
  return g_string_free (digits, FALSE);
}

static void
read_call (Call *call, SkyHostSocket *socket, SoupServerMessage *message, GHashTable *query)
{
  const char *sid = get_param (query, "sid"), *callback = get_param (query, "j"), *base64 = get_param (query, "b64");

  *call = (Call) { .socket = socket,
                   .message = message,
                   .sid = sid != NULL && *sid != '\0' ? sid : NULL,
                   .revision = g_strcmp0 (get_param (query, "EIO"), "4") == 0 ? 4 : 3,
                   .websocket = g_strcmp0 (get_param (query, "transport"), "websocket") == 0,
                   .upgrade = sky_host_http_wants_upgrade (message) };
  call->session = sky_host_session_find (socket->house, call->sid);
  call->form.base64 = base64 != NULL && *base64 != '\0';
  if (callback != NULL && (call->session != NULL ? call->session->revision : call->revision) == 3)
    call->form.callback = keep_digits (callback);
}

/* Which transports are spoken here. */
static gboolean
knows_transport (const SkyHostOptions *options, const char *name)
{
  return (g_strcmp0 (name, "websocket") == 0 && options->transports != SKY_TRANSPORTS_POLLING)
         || (g_strcmp0 (name, "polling") == 0 && options->transports != SKY_TRANSPORTS_WEBSOCKET);
}

/* No control character, as in Node: the reference writes it into its answers. */
static gboolean
is_sound_origin (SoupServerMessage *message)
{
  const char *at = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Origin");

  for (; at != NULL && *at != '\0'; at++)
    if ((g_ascii_iscntrl (*at) && *at != '\t'))
      return FALSE;
  return TRUE;
}

/* Whether a request without a session may begin one. */
static Verdict
judge_handshake (const Call *call, GHashTable *query)
{
  const SkyHostHouse *house = call->socket->house;

  if (!is_method (call->message, "GET"))
    return BAD_METHOD;
  if (call->websocket != call->upgrade)
    return BAD_REQUEST;
  if (!sky_host_http_is_welcome (house, call->message)
      || (house->options.deny_query != NULL && get_param (query, house->options.deny_query) != NULL))
    return FORBIDDEN;
  if (call->revision != 4 && !house->options.eio3)
    return UNSUPPORTED_REVISION;
  return g_hash_table_size (house->sessions) < house->options.max_connections ? FINE : FULL;
}

/* In the order in which the reference checks: PROTOCOL §2.2. */
static Verdict
judge (const Call *call, GHashTable *query)
{
  if (!knows_transport (&call->socket->house->options, get_param (query, "transport")))
    return UNKNOWN_TRANSPORT;
  if (!is_sound_origin (call->message))
    return BAD_REQUEST;
  if (call->sid == NULL)
    return judge_handshake (call, query);
  if (call->session == NULL)
    return UNKNOWN_SID;
  if (call->session->revision != call->revision)
    return BAD_REQUEST;
  if (call->upgrade)
    return call->websocket ? FINE : BAD_REQUEST;
  return !call->websocket && SKY_IS_CARRIER_SERVED (call->session->carrier) ? FINE : BAD_REQUEST;
}

/* Over HTTP it is JSON; an upgrade is refused with the words alone, and the line: PROTOCOL §2.4. */
static void
refuse (const Call *call, Verdict verdict)
{
  guint status = verdict == FORBIDDEN ? SOUP_STATUS_FORBIDDEN : SOUP_STATUS_BAD_REQUEST;
  g_autofree char *body = NULL;

  if (verdict == FULL)
    {
      sky_host_http_refuse_surplus (call->message);
      return;
    }
  if (call->upgrade)
    {
      sky_host_http_say (call->message, status, "text/html", verdicts[verdict]);
      sky_host_http_hang_up (call->message);
      return;
    }
  body = g_strdup_printf ("{\"code\":%d,\"message\":\"%s\"}", verdict, verdicts[verdict]);
  sky_host_http_say (call->message, status, "application/json", body);
}

static void
begin_polling (const Call *call)
{
  SkyHostSocket *socket = call->socket;
  SkyHostSession *session = sky_host_session_new (socket->house, socket, call->message,
                                                  socket->house->options.protocol, call->revision);
  g_autoptr(SkyCarrierServed) carrier = sky_carrier_served_new (call->revision);

  sky_host_http_add_cookies (session, call->message);
  sky_host_session_open (session, SKY_CARRIER (carrier), NULL);
  sky_host_socket_wait (socket, carrier);
  sky_carrier_served_poll (carrier, call->message, &call->form);
}

static void
serve (const Call *call)
{
  g_autoptr(SkyCarrierServed) carrier = g_object_ref (SKY_CARRIER_SERVED (call->session->carrier));
  g_autoptr(GBytes) body = NULL;

  sky_host_session_note_link (call->session, call->socket->link);
  if (is_method (call->message, "GET"))
    {
      sky_host_socket_wait (call->socket, carrier);
      sky_carrier_served_poll (carrier, call->message, &call->form);
    }
  else if (is_method (call->message, "POST") && call->socket->body != NULL)
    {
      body = g_byte_array_free_to_bytes (g_steal_pointer (&call->socket->body));
      sky_carrier_served_post (carrier, call->message, body, &call->form);
    }
  else
    {
      sky_host_http_say (call->message, SOUP_STATUS_METHOD_NOT_ALLOWED, "text/plain; charset=utf-8",
                         "GET and POST are spoken here.\n");
      soup_message_headers_replace (soup_server_message_get_response_headers (call->message), "Allow", "GET, POST");
    }
}

/* A handshake that is answered late. */
typedef struct
{
  SkyHostSocket  *socket;
  GHashTable     *query; /* nullable */
  SkyHostHttpFind find;
  gpointer        user_data;
} Late;

static void
late_free (gpointer data)
{
  Late *self = data;

  g_clear_pointer (&self->query, g_hash_table_unref);
  g_free (self);
}

static void answer_engine (SkyHostSocket *socket, SoupServerMessage *message, GHashTable *query, gboolean late,
                           SkyHostHttpFind find, gpointer user_data);

static gboolean
on_late (gpointer user_data)
{
  Late *late = user_data;
  SkyHostSocket *socket = late->socket;
  g_autoptr(SoupServerMessage) message = g_object_ref (socket->message);

  socket->delay = 0;
  answer_engine (socket, message, late->query, TRUE, late->find, late->user_data);
  soup_server_message_unpause (message);
  return G_SOURCE_REMOVE;
}

static void
answer_late (SkyHostSocket *socket, SoupServerMessage *message, GHashTable *query, SkyHostHttpFind find,
             gpointer user_data)
{
  Late *late = g_new (Late, 1);

  *late = (Late) { socket, query != NULL ? g_hash_table_ref (query) : NULL, find, user_data };
  soup_server_message_pause (message);
  g_clear_handle_id (&socket->idle, g_source_remove);
  socket->delay = g_timeout_add_full (G_PRIORITY_DEFAULT, socket->house->options.handshake_delay_msec, on_late, late,
                                      late_free);
}

/* @late: whether this handshake has waited */
static void
answer_engine (SkyHostSocket *socket, SoupServerMessage *message, GHashTable *query, gboolean late,
               SkyHostHttpFind find, gpointer user_data)
{
  Verdict verdict;
  Call call;

  if (!late)
    sky_host_http_add_cors (socket->house, message);
  if (sky_host_http_preflight (socket->house, message))
    return;
  read_call (&call, socket, message, query);
  verdict = judge (&call, query);
  if (verdict != FINE)
    refuse (&call, verdict);
  else if (!late && call.session == NULL && socket->house->options.handshake_delay_msec > 0)
    answer_late (socket, message, query, find, user_data);
  else if (call.upgrade)
    sky_host_http_grant (socket, message,
                         &(SkyHostAim) { .protocol = socket->house->options.protocol,
                                         .revision = call.session != NULL ? call.session->revision : call.revision,
                                         .sid = call.sid,
                                         .base64 = call.form.base64 },
                         find, user_data);
  else if (call.session == NULL)
    begin_polling (&call);
  else
    serve (&call);
  g_free (call.form.callback);
}

static void
answer_echo (SkyHostSocket *socket, SoupServerMessage *message, SkyHostHttpFind find, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (sky_host_http_wants_upgrade (message) && !sky_host_http_is_welcome (socket->house, message))
    {
      sky_host_http_say (message, SOUP_STATUS_FORBIDDEN, "text/html", verdicts[FORBIDDEN]);
      sky_host_http_hang_up (message);
      return;
    }
  if (sky_host_http_wants_upgrade (message))
    {
      sky_host_http_grant (socket, message, &(SkyHostAim) { .protocol = SKY_PROTOCOL_WEBSOCKET }, find, user_data);
      return;
    }
  sky_host_http_say (message, UPGRADE_REQUIRED, "text/plain; charset=utf-8",
                     socket->house->options.protocol == SKY_PROTOCOL_SOCKET_IO
                         ? "This is Sockeye. Open a WebSocket at this address and it echoes what you send;\n"
                           "Socket.IO is at another: /socket.io/ unless that was changed.\n"
                         : "This is Sockeye. Open a WebSocket at this address and it echoes what you send.\n");
  soup_message_headers_replace (headers, "Upgrade", "websocket");
  soup_message_headers_replace (headers, "Connection", "Upgrade");
}

static void
answer_nothing (SoupServerMessage *message)
{
  sky_host_http_say (message, SOUP_STATUS_NOT_FOUND, "text/plain; charset=utf-8", "There is nothing at this path.\n");
  if (sky_host_http_wants_upgrade (message))
    sky_host_http_hang_up (message);
}

static gboolean
is_engine_path (const SkyHostHouse *house, const char *path)
{
  return house->options.protocol != SKY_PROTOCOL_WEBSOCKET && g_str_has_prefix (path, house->options.path);
}

/* A POST of a session: it is known from now on, so that a second one at the same time is seen. */
static void
begin_post (SkyHostSocket *socket, SoupServerMessage *message, GHashTable *query)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  Call call;

  read_call (&call, socket, message, query);
  if (call.session != NULL && !call.upgrade && judge (&call, query) == FINE) /* so it is on long-polling */
    {
      SkyCarrierServed *carrier = SKY_CARRIER_SERVED (call.session->carrier);

      if (sky_carrier_served_begin_post (carrier, message))
        {
          sky_host_socket_wait (socket, carrier);
          sky_host_socket_touch (socket);
          socket->body = g_byte_array_new ();
          g_clear_pointer (&call.session->post_headers, soup_message_headers_unref);
          call.session->post_headers = soup_message_headers_ref (headers);
        }
      else /* it is answered already */
        sky_host_http_add_cors (socket->house, message);
    }
  if (socket->body != NULL && soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
      && (guint64) soup_message_headers_get_content_length (headers) > socket->house->options.max_payload)
    sky_host_http_refuse_body (socket);
  g_free (call.form.callback);
}

/**
 * sky_host_http_begin:
 * @message: a request of which the head has come
 * @query: (nullable): its parameters
 */
void
sky_host_http_begin (SkyHostSocket *socket, SoupServerMessage *message, const char *path, GHashTable *query)
{
  sky_host_socket_begin (socket, message);
  sky_host_http_watch_body (socket, message);
  sky_host_http_check_head (socket, message);
  if (socket->house->closing)
    sky_host_http_hang_up (message);
  if (is_method (message, "POST") && is_engine_path (socket->house, path) && !socket->head_too_large)
    begin_post (socket, message, query);
}

/**
 * sky_host_http_answer:
 * @message: a whole request
 * @query: (nullable): its parameters
 * @find: called when its answer has been written
 *
 * Serves Engine.IO on its path, and a WebSocket that echoes on every other where there is no other
 * server to be.
 */
void
sky_host_http_answer (SkyHostSocket *socket, SoupServerMessage *message, const char *path,
                      GHashTable *query, SkyHostHttpFind find, gpointer user_data)
{
  const SkyHostOptions *options = &socket->house->options;

  if (socket->too_large)
    {
      g_clear_handle_id (&socket->refuse, g_source_remove);
      soup_server_message_set_status (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
      sky_host_http_hang_up (message);
    }
  else if (socket->head_too_large)
    sky_host_http_refuse_head (message);
  else if (socket->surplus && sky_host_session_find (socket->house, get_param (query, "sid")) == NULL)
    sky_host_http_refuse_surplus (message);
  else if (is_engine_path (socket->house, path))
    answer_engine (socket, message, query, FALSE, find, user_data);
  else if (options->protocol == SKY_PROTOCOL_SOCKET_IO
           || (options->protocol == SKY_PROTOCOL_WEBSOCKET && (options->path == NULL || g_str_equal (path, options->path))))
    answer_echo (socket, message, find, user_data);
  else
    answer_nothing (message);
}

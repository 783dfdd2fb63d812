#include "peer/host-http.h"

#include <string.h>

#include "tcp/tcp-tap.h"
#include "ws/ws-deflate.h"

#define UPGRADE_REQUIRED 426 /* RFC 9110 §15.5.22; libsoup does not know it */
#define MAX_BODY         (1024 * 1024) /* bytes of a request's body, which nobody wants to read */

/* The codes of Engine.IO's error answers, as the reference has them. */
typedef enum
{
  UNKNOWN_TRANSPORT = 0,
  UNKNOWN_SID = 1,
  BAD_METHOD = 2,
  BAD_REQUEST = 3,
  UNSUPPORTED_REVISION = 5,
  FINE = -1,
} Verdict;

static const char *const verdicts[] = {
  [UNKNOWN_TRANSPORT] = "Transport unknown",
  [UNKNOWN_SID] = "Session ID unknown",
  [BAD_METHOD] = "Bad handshake method",
  [BAD_REQUEST] = "Bad request",
  [UNSUPPORTED_REVISION] = "Unsupported protocol version",
};

/* An upgrade that was granted; its 101 is on the way. */
typedef struct
{
  GList          *extensions; /* of SoupWebsocketExtension */
  SkyProtocol     protocol;
  SkyHostHttpFind find;
  gpointer        user_data;
} Upgrade;

static void
upgrade_free (gpointer data, GClosure *closure)
{
  Upgrade *self = data;

  g_list_free_full (self->extensions, g_object_unref);
  g_free (self);
}

static void
on_101_written (SoupServerMessage *message, gpointer user_data)
{
  Upgrade *upgrade = user_data;
  SkyHostSocket *socket = upgrade->find (message, upgrade->user_data);
  g_autoptr(GIOStream) stream = NULL;

  if (socket == NULL || socket->websocket != NULL)
    return;
  g_object_ref (message); /* the connection that is stolen kept it */
  stream = soup_server_message_steal_connection (message);
  if (stream != NULL)
    sky_host_socket_open (socket, message, stream, g_steal_pointer (&upgrade->extensions),
                          upgrade->protocol);
  g_object_unref (message);
}

static void
answer (SoupServerMessage *message, guint status, const char *type, const char *body)
{
  soup_server_message_set_status (message, status,
                                  status == UPGRADE_REQUIRED ? "Upgrade Required" : NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, strlen (body));
}

static void
hang_up (SoupServerMessage *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

static gboolean
wants_upgrade (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return soup_message_headers_header_contains (headers, "Upgrade", "websocket")
         && soup_message_headers_header_contains (headers, "Connection", "upgrade");
}

/* Some offers cannot be met: zlib has no deflate window of 256 bytes. */
static gboolean
is_good_offer (const char *offer)
{
  SkyWsDeflateParams params = { 0 };

  return sky_ws_deflate_parse (offer, &params) && params.enabled
         && params.server_max_window_bits > 8;
}

/* libsoup 3.2 answers every offer of permessage-deflate, but a server takes one: RFC 7692 §5. */
static void
keep_one_offer (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *value = soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions");
  GSList *offers = value != NULL ? soup_header_parse_list (value) : NULL;
  g_autofree char *kept = NULL;

  for (GSList *l = offers; l != NULL && kept == NULL; l = l->next)
    if (is_good_offer (l->data))
      kept = g_strdup (l->data);
  soup_message_headers_remove (headers, "Sec-WebSocket-Extensions");
  if (kept != NULL)
    soup_message_headers_append (headers, "Sec-WebSocket-Extensions", kept);
  g_clear_pointer (&offers, soup_header_free_list);
}

/* RFC 6455 §4.4: say which version is spoken here. */
static gboolean
check_version (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (g_strcmp0 (soup_message_headers_get_one (headers, "Sec-WebSocket-Version"), "13") == 0)
    return TRUE;
  answer (message, UPGRADE_REQUIRED, "text/plain; charset=utf-8",
          "Version 13 of the WebSocket protocol is spoken here.\n");
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Sec-WebSocket-Version", "13");
  hang_up (message);
  return FALSE;
}

static void
grant_upgrade (SoupServerMessage *message, SkyProtocol protocol, SkyHostHttpFind find,
               gpointer user_data)
{
  g_autoptr(GPtrArray) supported = g_ptr_array_new_with_free_func (g_type_class_unref);
  GList *extensions = NULL;
  Upgrade *upgrade;

  if (!check_version (message))
    return;
  /* As with the reference, Socket.IO is not compressed. */
  if (protocol == SKY_PROTOCOL_WEBSOCKET)
    g_ptr_array_add (supported, g_type_class_ref (SKY_TYPE_GUARD));
  keep_one_offer (message);
  if (!soup_websocket_server_process_handshake (message, NULL, NULL, supported, &extensions))
    {
      hang_up (message);
      return;
    }
  upgrade = g_new0 (Upgrade, 1);
  *upgrade = (Upgrade) { extensions, protocol, find, user_data };
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (on_101_written), upgrade,
                         upgrade_free, 0);
}

static const char *
get_param (GHashTable *query, const char *key)
{
  return query != NULL ? g_hash_table_lookup (query, key) : NULL;
}

/* In the order in which the reference checks. */
static Verdict
judge_engine (SoupServerMessage *message, GHashTable *query)
{
  if (g_strcmp0 (get_param (query, "transport"), "websocket") != 0)
    return UNKNOWN_TRANSPORT;
  if (get_param (query, "sid") != NULL)
    return UNKNOWN_SID;
  if (g_strcmp0 (soup_server_message_get_method (message), "GET") != 0)
    return BAD_METHOD;
  if (!wants_upgrade (message))
    return BAD_REQUEST;
  return g_strcmp0 (get_param (query, "EIO"), "4") == 0 ? FINE : UNSUPPORTED_REVISION;
}

static void
answer_engine (SoupServerMessage *message, GHashTable *query, SkyHostHttpFind find,
               gpointer user_data)
{
  Verdict verdict = judge_engine (message, query);
  g_autofree char *body = NULL;

  if (verdict == FINE)
    {
      grant_upgrade (message, SKY_PROTOCOL_SOCKET_IO, find, user_data);
      return;
    }
  body = g_strdup_printf ("{\"code\":%d,\"message\":\"%s\"}", verdict, verdicts[verdict]);
  answer (message, SOUP_STATUS_BAD_REQUEST, "application/json", body);
  if (wants_upgrade (message))
    hang_up (message);
}

static void
answer_echo (SoupServerMessage *message, SkyHostHttpFind find, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (wants_upgrade (message))
    {
      grant_upgrade (message, SKY_PROTOCOL_WEBSOCKET, find, user_data);
      return;
    }
  answer (message, UPGRADE_REQUIRED, "text/plain; charset=utf-8",
          "This is Sockeye. Open a WebSocket at this address and it echoes what you send;\n"
          "Socket.IO is at /socket.io/.\n");
  soup_message_headers_replace (headers, "Upgrade", "websocket");
  soup_message_headers_replace (headers, "Connection", "Upgrade");
}

static void
on_body_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  gsize len = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (message), "sky-body-len"))
              + g_bytes_get_size (chunk);
  GIOStream *tap = user_data;

  g_object_set_data (G_OBJECT (message), "sky-body-len", GSIZE_TO_POINTER (len));
  if (len > MAX_BODY)
    sky_tcp_tap_cut (SKY_TCP_TAP (tap));
}

/**
 * sky_host_http_begin:
 * @message: a request of which the head has come
 *
 * A body is read to its end, since HTTP wants it so, but not kept.
 */
void
sky_host_http_begin (SkyHostSocket *socket, SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect_object (message, "got-chunk", G_CALLBACK (on_body_chunk),
                           sky_link_get_stream (socket->link), 0);
}

static gboolean
is_engine_path (const char *path)
{
  return g_str_equal (path, "/socket.io") || g_str_has_prefix (path, "/socket.io/");
}

/**
 * sky_host_http_answer:
 * @message: a whole request
 * @query: (nullable): its parameters
 * @find: called when its answer has been written
 *
 * Upgrades to Socket.IO on /socket.io/, and to an echo on every other path.
 */
void
sky_host_http_answer (SkyHostSocket *socket, SoupServerMessage *message, const char *path,
                      GHashTable *query, SkyHostHttpFind find, gpointer user_data)
{
  sky_host_socket_touch (socket);
  if (socket->surplus)
    {
      answer (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8",
              "Too many connections.\n");
      hang_up (message);
    }
  else if (is_engine_path (path))
    answer_engine (message, query, find, user_data);
  else
    answer_echo (message, find, user_data);
}

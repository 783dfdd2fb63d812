#include "peer/host/host-http-private.h"

#include <string.h>

#include "ws/ws-deflate.h"

#define UPGRADE_REQUIRED 426 /* RFC 9110 §15.5.22; libsoup does not know it */

/* An upgrade that was granted; its 101 is on the way. */
typedef struct
{
  GList              *extensions; /* of SoupWebsocketExtension */
  const SkyHostHouse *house;
  guint               revision;
  gboolean            probe; /* of a session that is there already */
  gboolean            base64; /* see SkyHostAim */
  gboolean            written;
  char               *sid;
  SkyHostHttpFind     find;
  gpointer            user_data;
} Upgrade;

static void
upgrade_free (gpointer data, GClosure *closure)
{
  Upgrade *self = data;

  g_list_free_full (self->extensions, g_object_unref);
  g_free (self->sid);
  g_free (self);
}

/* The session may have gone while the 101 was written: then the WebSocket goes, too. */
static void
on_101_written (SoupServerMessage *message, gpointer user_data)
{
  Upgrade *upgrade = user_data;
  SkyHostSocket *socket = upgrade->find (message, upgrade->user_data);
  SkyHostSession *session = g_hash_table_lookup (upgrade->house->sessions, upgrade->sid);
  g_autoptr(SoupServerMessage) alive = g_object_ref (message); /* the connection that is stolen kept it */
  g_autoptr(GIOStream) stream = NULL;
  SkyCarrier *carrier;

  upgrade->written = TRUE;
  if (socket == NULL || socket->websocket != NULL)
    return;
  stream = soup_server_message_steal_connection (message);
  if (stream == NULL)
    return;
  carrier = sky_host_socket_open (socket, g_steal_pointer (&upgrade->extensions), upgrade->revision,
                                  upgrade->revision != 0 ? upgrade->house->options.max_payload
                                                         : upgrade->house->max_echo);
  if (upgrade->base64)
    sky_carrier_frames_set_base64 (SKY_CARRIER_FRAMES (carrier));
  if (session == NULL || session->ended)
    sky_carrier_close (carrier, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  else if (upgrade->probe)
    sky_host_session_probe (session, carrier, socket);
  else
    sky_host_session_open (session, carrier, socket);
  sky_carrier_frames_begin (SKY_CARRIER_FRAMES (carrier), g_io_stream_get_input_stream (stream));
}

/* Nobody will ever come on it, if that was the only reason why it was there. */
static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
  Upgrade *upgrade = user_data;
  SkyHostSession *session
      = upgrade->probe ? NULL : g_hash_table_lookup (upgrade->house->sessions, upgrade->sid);

  if (!upgrade->written && session != NULL && session->talker == NULL)
    g_hash_table_remove (upgrade->house->sessions, upgrade->sid);
}

void
sky_host_http_say (SoupServerMessage *message, guint status, const char *type, const char *body)
{
  soup_server_message_set_status (message, status,
                                  status == UPGRADE_REQUIRED ? "Upgrade Required"
                                  : status == 431            ? "Request Header Fields Too Large"
                                                             : NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, body, strlen (body));
}

void
sky_host_http_hang_up (SoupServerMessage *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

gboolean
sky_host_http_wants_upgrade (SoupServerMessage *message)
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

/* As in the reference: a client that offers some and is granted none gives up, RFC 6455 §4.1. Returns: (nullable): the first */
static char *
choose_subprotocol (SoupServerMessage *message)
{
  const char *offers = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                     "Sec-WebSocket-Protocol");
  g_auto(GStrv) names = g_strsplit_set (offers != NULL ? offers : "", ", \t", -1);

  for (gsize i = 0; names[i] != NULL; i++)
    if (*names[i] != '\0')
      return g_strdup (names[i]);
  return NULL;
}

/* RFC 6455 §4.4: say which version is spoken here. */
static gboolean
check_version (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  if (g_strcmp0 (soup_message_headers_get_one (headers, "Sec-WebSocket-Version"), "13") == 0)
    return TRUE;
  sky_host_http_say (message, UPGRADE_REQUIRED, "text/plain; charset=utf-8",
          "Version 13 of the WebSocket protocol is spoken here.\n");
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Sec-WebSocket-Version", "13");
  sky_host_http_hang_up (message);
  return FALSE;
}

/**
 * sky_host_http_grant:
 * @aim: what it becomes
 * @find: called when the answer has been written
 *
 * Answers an upgrade that nothing speaks against with 101, or as RFC 6455 §4.2.2 wants if it is none.
 */
void
sky_host_http_grant (SkyHostSocket *socket, SoupServerMessage *message, const SkyHostAim *aim, SkyHostHttpFind find,
                     gpointer user_data)
{
  g_autoptr(GPtrArray) supported = g_ptr_array_new_with_free_func (g_type_class_unref);
  g_autofree char *subprotocol = choose_subprotocol (message);
  char *subprotocols[] = { subprotocol, NULL };
  GList *extensions = NULL;
  SkyHostSession *session;
  Upgrade *upgrade;

  if (!check_version (message))
    return;
  /* As with the reference, Engine.IO is not compressed unless that is wanted. */
  if (aim->revision == 0 || socket->house->options.per_message_deflate)
    g_ptr_array_add (supported, g_type_class_ref (SKY_TYPE_GUARD));
  keep_one_offer (message);
  if (!soup_websocket_server_process_handshake (message, NULL, subprotocol != NULL ? subprotocols : NULL, supported,
                                                &extensions))
    {
      sky_host_http_hang_up (message);
      return;
    }
  upgrade = g_new0 (Upgrade, 1);
  *upgrade = (Upgrade) { .extensions = extensions, .house = socket->house, .revision = aim->revision,
                         .probe = aim->sid != NULL, .base64 = aim->base64, .sid = g_strdup (aim->sid), .find = find,
                         .user_data = user_data };
  if (aim->sid == NULL)
    {
      session = sky_host_session_new (socket->house, socket, message, aim->protocol, aim->revision);
      upgrade->sid = g_strdup (session->sid);
      if (aim->revision != 0)
        sky_host_http_add_cookies (session, message);
    }
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), upgrade);
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (on_101_written), upgrade, upgrade_free, 0);
}

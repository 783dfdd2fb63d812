#include "peer/host/host-http-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define HEAD_TOO_LARGE 431 /* libsoup does not know it */

#define MAX_BODY     (1024 * 1024) /* bytes of a request's body, which nobody wants to read */
#define PROGRESS_LEN 65536         /* bytes of a body for which it is given more time */

/* What comes with requests, and what is too much. */

/* It is not waited for: PROTOCOL §3.7. The session lives on. */
static gboolean
on_too_large (gpointer user_data)
{
  SkyHostSocket *socket = user_data;
  g_autoptr(GString) head = g_string_new ("HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\nContent-Length: 0\r\n");
  SoupMessageHeadersIter iter;
  const char *name, *value;

  socket->refuse = 0;
  soup_message_headers_iter_init (&iter, soup_server_message_get_response_headers (socket->message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (g_str_has_prefix (name, "Access-Control-") || g_str_equal (name, "Vary"))
      g_string_append_printf (head, "%s: %s\r\n", name, value);
  g_string_append (head, "\r\n");
  sky_host_socket_refuse (socket, head->str);
  return G_SOURCE_REMOVE;
}

/* Not from within libsoup, whose connection this takes away. */
void
sky_host_http_refuse_body (SkyHostSocket *socket)
{
  if (socket->too_large)
    return;
  socket->too_large = TRUE;
  sky_host_http_add_cors (socket->house, socket->message);
  if (socket->served != NULL)
    sky_carrier_served_forget_post (socket->served, socket->message);
  g_clear_pointer (&socket->body, g_byte_array_unref);
  socket->refuse = g_idle_add_full (G_PRIORITY_DEFAULT, on_too_large, socket, NULL);
}

/* The body of a POST of a session is kept; any other is only read, since HTTP wants it so. */
static void
on_body_chunk (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  SkyHostSocket *socket = user_data;
  gsize len;
  const guint8 *data = g_bytes_get_data (chunk, &len);

  if (socket->message != message || socket->too_large)
    return;
  socket->n_body += len;
  if (socket->n_body > (socket->body != NULL ? socket->house->options.max_payload : MAX_BODY))
    {
      sky_host_http_refuse_body (socket);
      return;
    }
  if (socket->body != NULL && len > 0)
    g_byte_array_append (socket->body, data, (guint) len);
  if (socket->n_body - socket->n_touched < PROGRESS_LEN)
    return;
  socket->n_touched = socket->n_body;
  sky_host_socket_touch (socket);
}

/* @message: a request of which the head has come */
void
sky_host_http_watch_body (SkyHostSocket *socket, SoupServerMessage *message)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_body_chunk), socket);
}

/* A head that is too large and comes all at once is complete before anybody could stop it. */
void
sky_host_http_check_head (SkyHostSocket *socket, SoupServerMessage *message)
{
  g_autofree char *uri = g_uri_to_string (soup_server_message_get_uri (message));
  gsize len = strlen (uri);
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_iter_init (&iter, soup_server_message_get_request_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    len += strlen (name) + strlen (": ") + strlen (value) + strlen ("\r\n");
  socket->head_too_large = len > SKY_HOST_MAX_HEAD;
  if (socket->head_too_large)
    sky_link_note (socket->link, SKY_LAYER_NOTE, SKY_KIND_ERROR, _("Closed: a request with a head of more than %d bytes"),
                   SKY_HOST_MAX_HEAD);
}

/* RFC 6585 §5 */
void
sky_host_http_refuse_head (SoupServerMessage *message)
{
  sky_host_http_say (message, HEAD_TOO_LARGE, "text/plain; charset=utf-8", "The head of the request is too large.\n");
  sky_host_http_hang_up (message);
}

/* There are more already than may be. */
void
sky_host_http_refuse_surplus (SoupServerMessage *message)
{
  sky_host_http_say (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", "Too many connections.\n");
  sky_host_http_hang_up (message);
}

#pragma once

#include <gio/gio.h>
#include <string.h>

#include "wait.h"

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)

/* A server of hand-written bytes that knows no code of ours. It reads requests, its test answers them. */
typedef struct _Server Server;

typedef struct
{
  Server            *server;
  GSocketConnection *stream;
  GByteArray        *heard;
  guint              id; /* counts from 1 */
  guint              n_requests;
  gboolean           ended; /* the client hung up */
  guint8             block[65536];
} Line;

struct _Server
{
  GSocketService *service;
  GCancellable   *cancellable;
  guint16         port;
  GPtrArray      *lines;    /* of Line */
  GPtrArray      *requests; /* of char *: heads and, behind them, bodies */
  void (*answer) (Server *server, Line *line, const char *head, GBytes *body);
  void (*raw) (Server *server, Line *line); /* of a line that is no HTTP any more: see heard */
  gpointer test;
};

/* The client may have gone: what it does not take is lost. */
static void
line_send_len (Line *line, const void *data, gsize len)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (line->stream)), data, len, NULL, NULL, NULL);
}

G_GNUC_UNUSED static void
line_send (Line *line, const char *text)
{
  line_send_len (line, text, strlen (text));
}

G_GNUC_UNUSED static void
line_answer (Line *line, guint status, const char *more, const char *body, gsize len)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %u Status\r\n%sContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                                           status, more, len);
  g_autoptr(GByteArray) wire = g_byte_array_new ();

  g_byte_array_append (wire, (const guint8 *) head, (guint) strlen (head));
  if (len > 0)
    g_byte_array_append (wire, (const guint8 *) body, (guint) len);
  line_send_len (line, wire->data, wire->len);
}

G_GNUC_UNUSED static void
line_close (Line *line)
{
  g_socket_shutdown (g_socket_connection_get_socket (line->stream), FALSE, TRUE, NULL);
}

static void line_read (Line *line);

/* Takes whole requests off what was heard. */
static void
line_take (Line *line)
{
  Server *s = line->server;
  g_autofree char *text = NULL;
  char *end;

  while (s->answer != NULL)
    {
      const char *length;
      gsize head_len, body_len;
      g_autoptr(GBytes) body = NULL;
      g_autofree char *head = NULL;

      end = g_strstr_len ((const char *) line->heard->data, line->heard->len, "\r\n\r\n");
      if (end == NULL)
        break;
      head_len = (gsize) (end + 4 - (char *) line->heard->data);
      head = g_strndup ((const char *) line->heard->data, head_len);
      length = strstr (head, "Content-Length: ");
      body_len = length != NULL ? (gsize) g_ascii_strtoull (length + 16, NULL, 10) : 0;
      if (line->heard->len < head_len + body_len)
        break;
      body = g_bytes_new (line->heard->data + head_len, body_len);
      g_ptr_array_add (s->requests, g_strndup ((const char *) line->heard->data, head_len + body_len));
      g_byte_array_remove_range (line->heard, 0, (guint) (head_len + body_len));
      line->n_requests++;
      s->answer (s, line, head, body);
      if (strstr (head, "Upgrade: websocket") != NULL)
        return;
    }
  if (s->raw != NULL)
    s->raw (s, line);
}

static void
on_line_read (GObject *input, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (input), result, &error);
  Line *line = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  line->ended = n <= 0;
  if (n <= 0)
    return;
  g_byte_array_append (line->heard, line->block, (guint) n);
  line_take (line);
  line_read (line);
}

static void
line_read (Line *line)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (line->stream)), line->block,
                             sizeof line->block, G_PRIORITY_DEFAULT, line->server->cancellable, on_line_read, line);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *stream, GObject *source, gpointer user_data)
{
  Server *s = user_data;
  Line *line = g_new0 (Line, 1);

  line->server = s;
  line->stream = g_object_ref (stream);
  line->heard = g_byte_array_new ();
  g_ptr_array_add (s->lines, line);
  line->id = s->lines->len;
  line_read (line);
  return TRUE;
}

static void
line_free (gpointer data)
{
  Line *line = data;

  g_io_stream_close (G_IO_STREAM (line->stream), NULL, NULL);
  g_object_unref (line->stream);
  g_byte_array_unref (line->heard);
  g_free (line);
}

G_GNUC_UNUSED static void
server_start (Server *s)
{
  GError *error = NULL;
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) any = g_inet_socket_address_new (loopback, 0), chosen = NULL;

  s->cancellable = g_cancellable_new ();
  s->lines = g_ptr_array_new_with_free_func (line_free);
  s->requests = g_ptr_array_new_with_free_func (g_free);
  s->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (s->service), any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &chosen, &error);
  g_assert_no_error (error);
  s->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (chosen));
  g_signal_connect (s->service, "incoming", G_CALLBACK (on_incoming), s);
}

G_GNUC_UNUSED static void
server_stop (Server *s)
{
  g_cancellable_cancel (s->cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_socket_service_stop (s->service);
  g_socket_listener_close (G_SOCKET_LISTENER (s->service));
  g_clear_object (&s->service);
  g_clear_object (&s->cancellable);
  g_ptr_array_unref (s->lines);
  g_ptr_array_unref (s->requests);
}

G_GNUC_UNUSED static const char *
server_request (Server *s, guint index)
{
  return index < s->requests->len ? g_ptr_array_index (s->requests, index) : "";
}

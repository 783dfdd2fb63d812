#pragma once

#include "peer/host/host.h"

#include <gio/gio.h>
#include <string.h>

#include "notes.h"
#include "wait.h"

#define DEADLINE_USEC (20 * G_TIME_SPAN_SECOND)

/* Clients of hand-written bytes against a host; they know no code of ours. */
typedef struct
{
  SkyHost *host;
} Rig;

typedef struct
{
  GSocketConnection *stream;
  GCancellable      *cancellable;
  GByteArray        *heard; /* and not taken yet */
  gboolean           ended; /* the host hung up */
  gboolean           reading;
  guint8             block[65536];
} Line;

typedef struct
{
  guint   status;
  char   *head;
  GBytes *body;
  char   *text; /* the body with a NUL behind it */
} Answer;

static void
rig_set_up (Rig *rig, gconstpointer options)
{
  rig->host = sky_host_new (options, NULL);
  sky_peer_start (SKY_PEER (rig->host));
  g_assert_cmpint (sky_peer_get_state (SKY_PEER (rig->host)), ==, SKY_PEER_OPEN);
}

static void
rig_tear_down (Rig *rig, gconstpointer options)
{
  g_object_unref (rig->host);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void line_read (Line *line);

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
  line_read (line);
}

static void
line_read (Line *line)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (line->stream)), line->block,
                             sizeof line->block, G_PRIORITY_DEFAULT, line->cancellable, on_line_read, line);
}

static Line *
line_new (Rig *rig)
{
  g_autoptr(GSocketClient) dial = g_socket_client_new ();
  Line *line = g_new0 (Line, 1);

  line->stream = g_socket_client_connect_to_host (dial, "127.0.0.1", sky_host_get_port (rig->host), NULL, NULL);
  g_assert_nonnull (line->stream);
  line->cancellable = g_cancellable_new ();
  line->heard = g_byte_array_new ();
  line_read (line);
  return line;
}

static void
line_free (Line *line)
{
  g_cancellable_cancel (line->cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_io_stream_close (G_IO_STREAM (line->stream), NULL, NULL);
  g_object_unref (line->stream);
  g_object_unref (line->cancellable);
  g_byte_array_unref (line->heard);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Line, line_free)

static void
answer_free (Answer *answer)
{
  g_free (answer->head);
  g_free (answer->text);
  g_bytes_unref (answer->body);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* What does not fit into the socket's buffer waits until the host has read. */
static void
line_send (Line *line, const void *data, gsize len)
{
  GPollableOutputStream *out
      = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (line->stream)));

  for (gsize pos = 0; pos < len;)
    {
      gssize n = g_pollable_output_stream_write_nonblocking (out, (const char *) data + pos, len - pos, NULL, NULL);

      if (n > 0)
        pos += (gsize) n;
      else if (line->ended)
        return;
      g_main_context_iteration (NULL, FALSE);
    }
}

G_GNUC_UNUSED static void
line_say (Line *line, const char *text)
{
  line_send (line, text, strlen (text));
}

/* Takes a whole answer off what was heard. Returns: (nullable): none yet */
static Answer *
line_take (Line *line)
{
  const char *text = (const char *) line->heard->data, *end, *length;
  Answer *answer;
  gsize head_len, body_len;

  end = line->heard->len > 0 ? g_strstr_len (text, line->heard->len, "\r\n\r\n") : NULL;
  if (end == NULL)
    return NULL;
  head_len = (gsize) (end + 4 - text);
  answer = g_new0 (Answer, 1);
  answer->head = g_strndup (text, head_len);
  length = strstr (answer->head, "Content-Length: ");
  body_len = length != NULL ? (gsize) g_ascii_strtoull (length + 16, NULL, 10) : 0;
  answer->status = (guint) g_ascii_strtoull (answer->head + strlen ("HTTP/1.1 "), NULL, 10);
  if (line->heard->len < head_len + body_len)
    {
      g_free (answer->head);
      g_free (answer);
      return NULL;
    }
  answer->body = g_bytes_new (text + head_len, body_len);
  answer->text = g_strndup (text + head_len, body_len);
  g_byte_array_remove_range (line->heard, 0, (guint) (head_len + body_len));
  return answer;
}

static Answer *
line_hear (Line *line)
{
  Answer *answer = NULL;

  WAIT ((answer = line_take (line)) != NULL);
  return answer;
}

/* @more: header lines, each with its end */
static void
line_begin (Line *line, const char *method, const char *target, const char *more, const char *body, gssize len)
{
  g_autoptr(GString) wire = g_string_new (NULL);

  g_string_append_printf (wire, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s", method, target, more);
  if (body != NULL)
    g_string_append_printf (wire, "Content-Length: %" G_GSIZE_FORMAT "\r\n", len < 0 ? strlen (body) : (gsize) len);
  g_string_append (wire, "\r\n");
  if (body != NULL)
    g_string_append_len (wire, body, len);
  line_send (line, wire->str, wire->len);
}

static Answer *
line_ask (Line *line, const char *method, const char *target, const char *more, const char *body)
{
  line_begin (line, method, target, more, body, -1);
  return line_hear (line);
}

/* How many notes of @kind the host's trace has whose text has @part in it. */
G_GNUC_UNUSED static guint
count_notes (Rig *rig, SkyKind kind, const char *part)
{
  return count_notes_in (sky_peer_get_store (SKY_PEER (rig->host)), kind, part);
}

/* A frame as clients send it; its mask is four zeros. */
G_GNUC_UNUSED static void
line_frame (Line *line, guint8 opcode, const void *data, gsize len)
{
  guint8 head[14] = { 0x80 | opcode };
  gsize head_len = len < 126 ? 2 : len < 65536 ? 4 : 10;
  g_autoptr(GByteArray) wire = g_byte_array_new ();

  head[1] = (guint8) (0x80 | (len < 126 ? len : len < 65536 ? 126 : 127));
  for (gsize i = 0; i < head_len - 2; i++)
    head[head_len - 1 - i] = (guint8) (len >> (8 * i));
  g_byte_array_append (wire, head, (guint) head_len + 4);
  memset (wire->data + head_len, 0, 4);
  if (len > 0)
    g_byte_array_append (wire, data, (guint) len);
  line_send (line, wire->data, wire->len);
}

G_GNUC_UNUSED static void
line_text (Line *line, const char *text)
{
  line_frame (line, 1, text, strlen (text));
}

/* Returns: (nullable): the next frame: opcode, colon, payload as text */
static char *
line_take_frame (Line *line)
{
  const guint8 *data = line->heard->data;
  gsize head_len = 2, len;
  char *frame;

  if (line->heard->len < 2)
    return NULL;
  len = data[1] & 127;
  if (len >= 126)
    {
      head_len = len == 126 ? 4 : 10;
      if (line->heard->len < head_len)
        return NULL;
      len = 0;
      for (gsize i = 2; i < head_len; i++)
        len = len << 8 | data[i];
    }
  if (line->heard->len < head_len + len)
    return NULL;
  frame = g_strdup_printf ("%d:%.*s", data[0] & 15, (int) len, (const char *) data + head_len);
  g_byte_array_remove_range (line->heard, 0, (guint) (head_len + len));
  return frame;
}

G_GNUC_UNUSED static char *
line_hear_frame (Line *line)
{
  char *frame = NULL;

  WAIT ((frame = line_take_frame (line)) != NULL || line->ended);
  return frame;
}

G_GNUC_UNUSED static void
line_expect (Line *line, const char *expected)
{
  g_autofree char *frame = line_hear_frame (line);

  g_assert_cmpstr (frame, ==, expected);
}

/* The host closes the WebSocket, and hangs up once that is answered. */
G_GNUC_UNUSED static void
line_expect_close (Line *line)
{
  g_autofree char *frame = line_hear_frame (line);

  g_assert_nonnull (frame);
  g_assert_true (g_str_has_prefix (frame, "8:"));
  line_frame (line, 8, frame + 2, strlen (frame + 2));
  WAIT (line->ended);
}

#define UPGRADE                                                                                    \
  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Sec-WebSocket-Version: 13\r\n"

/* Returns: (transfer full): a WebSocket; the host agrees to it */
G_GNUC_UNUSED static Line *
line_new_websocket (Rig *rig, const char *target)
{
  Line *line = line_new (rig);
  g_autoptr(Answer) answer = line_ask (line, "GET", target, UPGRADE, NULL);

  g_assert_cmpuint (answer->status, ==, 101);
  return line;
}

#define ENGINE  "/socket.io/?EIO=4&transport=polling"
#define RS      "\x1e"

/* A session on long-polling, with a line for its polls and one for its POSTs. */
typedef struct
{
  Line *polls, *posts;
  char *sid, *target;
} Session;

G_GNUC_UNUSED static char *
sid_of (const Answer *answer, const char *prefix)
{
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_true (g_str_has_prefix (answer->text, prefix));
  return g_strndup (answer->text + strlen (prefix), 20);
}

G_GNUC_UNUSED static Session *
session_new (Rig *rig)
{
  Session *s = g_new0 (Session, 1);
  g_autoptr(Answer) open = NULL;

  s->polls = line_new (rig);
  s->posts = line_new (rig);
  open = line_ask (s->polls, "GET", ENGINE, "", NULL);
  s->sid = sid_of (open, "0{\"sid\":\"");
  s->target = g_strdup_printf (ENGINE "&sid=%s", s->sid);
  return s;
}

G_GNUC_UNUSED static void
session_free (Session *s)
{
  line_free (s->polls);
  line_free (s->posts);
  g_free (s->sid);
  g_free (s->target);
  g_free (s);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

G_GNUC_UNUSED static void
poll_begin (Session *s)
{
  line_begin (s->polls, "GET", s->target, "", NULL, 0);
}

/* The poll that was begun is answered with this. */
G_GNUC_UNUSED static void
poll_expect (Session *s, const char *expected)
{
  g_autoptr(Answer) answer = line_hear (s->polls);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->text, ==, expected);
}

G_GNUC_UNUSED static void
expect (Session *s, const char *expected)
{
  poll_begin (s);
  poll_expect (s, expected);
}

G_GNUC_UNUSED static void
say (Session *s, const char *payload)
{
  g_autoptr(Answer) answer = line_ask (s->posts, "POST", s->target, "Content-Type: text/plain;charset=UTF-8\r\n", payload);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (answer->text, ==, "ok");
  g_assert_nonnull (strstr (answer->head, "Content-Type: text/html\r\n"));
}

G_GNUC_UNUSED static void
connect_space (Session *s)
{
  g_autoptr(Answer) answer = NULL;

  say (s, "40");
  answer = line_ask (s->polls, "GET", s->target, "", NULL);
  g_assert_true (g_str_has_prefix (answer->text, "40{\"sid\":\""));
}

/* The session is over for the host: a request gets code 1. */
G_GNUC_UNUSED static void
expect_unknown (Rig *rig, const Session *s)
{
  g_autoptr(Line) line = line_new (rig);
  g_autoptr(Answer) answer = line_ask (line, "GET", s->target, "", NULL);

  g_assert_cmpuint (answer->status, ==, 400);
  g_assert_cmpstr (answer->text, ==, "{\"code\":1,\"message\":\"Session ID unknown\"}");
}

/* … and counts for nothing. */
G_GNUC_UNUSED static void
expect_nobody (Rig *rig)
{
  g_autofree char *rooms = NULL;

  WAIT (sky_host_get_n_clients (rig->host) == 0);
  rooms = sky_host_get_rooms_json (rig->host);
  g_assert_cmpstr (rooms, ==, "{\"namespaces\":{}}");
}

G_GNUC_UNUSED static void
expect_alive (Session *s)
{
  say (s, "420[\"sync\"]");
  expect (s, "430[]");
}

#include "peer/doctor/doctor-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-head.h"
#include "peer/carrier/opening-dial.h"
#include "peer/carrier/opening.h"
#include "tcp/tcp-tap.h"

#define FAREWELL_MSEC 1000 /* how long a close is waited for */
#define GREETING_MSEC 1000 /* how long a server that is no HTTP may take to say something */
#define MAX_MESSAGES  64

static void
message_free (gpointer data)
{
  SkyAskMessage *self = data;

  g_bytes_unref (self->data);
  g_free (self);
}

static void
cut (SkyAsk *self)
{
  GIOStream *stream = self->link != NULL ? sky_link_get_stream (self->link) : NULL;

  if (stream != NULL)
    sky_tcp_tap_cut (SKY_TCP_TAP (stream));
  if (self->caller != NULL)
    sky_caller_cut (self->caller);
}

static void
ask_free (SkyAsk *self)
{
  g_ptr_array_remove (self->doctor->asks, self);
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  if (self->late || self->doctor->ended)
    cut (self);
  g_clear_object (&self->socket);
  g_clear_object (&self->caller);
  g_clear_pointer (&self->link, sky_link_free);
  g_clear_object (&self->cancellable);
  sky_profile_free (self->profile);
  sky_route_clear (&self->route);
  g_free (self->method);
  g_free (self->question.note);
  g_clear_error (&self->error);
  g_clear_pointer (&self->question.say, g_bytes_unref);
  g_clear_pointer (&self->head, g_bytes_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->answer, sky_answer_free);
  g_clear_pointer (&self->messages, g_ptr_array_unref);
  g_byte_array_unref (self->raw);
  g_object_unref (self->task);
  g_free (self);
}

static void
tell (SkyAsk *self)
{
  g_autoptr(GTask) task = g_object_ref (self->task);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->told)
    return;
  self->told = TRUE;
  if (self->late && g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&self->error);
      self->error = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _("%s did not answer within %u s."),
                                 self->route.host_header, SKY_ASK_MSEC / 1000);
    }
  if (!self->doctor->ended)
    self->done (self->doctor, self);
}

static void
tell_and_free (SkyAsk *self)
{
  SkyDoctor *doctor = self->doctor;
  g_autoptr(GTask) task = g_object_ref (self->task);

  tell (self);
  ask_free (self);
  if (doctor->ending)
    sky_doctor_end (doctor);
}

static gboolean
on_farewell_over (gpointer user_data)
{
  SkyAsk *self = user_data;

  self->timeout = 0;
  cut (self);
  tell_and_free (self);
  return G_SOURCE_REMOVE;
}

/* All that was wanted has come. The WebSocket is closed as it should be, and nobody waits for that. */
static void
take_leave (SkyAsk *self)
{
  gboolean open = soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN;

  tell (self);
  if (!open || self->doctor->ended)
    {
      tell_and_free (self);
      return;
    }
  self->timeout = g_timeout_add (FAREWELL_MSEC, on_farewell_over, self);
  soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
say (SkyAsk *self)
{
  if (self->question.say == NULL || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  soup_websocket_connection_send_message (self->socket,
                                          self->question.say_binary ? SOUP_WEBSOCKET_DATA_BINARY
                                                                    : SOUP_WEBSOCKET_DATA_TEXT,
                                          self->question.say);
  g_clear_pointer (&self->question.say, g_bytes_unref);
}

static void
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *data, gpointer user_data)
{
  SkyAsk *self = user_data;
  SkyAskMessage *message;

  if (self->told)
    return;
  message = g_new0 (SkyAskMessage, 1);
  message->data = g_bytes_ref (data);
  message->binary = type == SOUP_WEBSOCKET_DATA_BINARY;
  g_ptr_array_add (self->messages, message);
  say (self);
  if (self->messages->len >= MAX_MESSAGES || (self->question.enough != NULL ? self->question.enough (self) : TRUE))
    take_leave (self);
}

static void
on_closed (SoupWebsocketConnection *socket, gpointer user_data)
{
  SkyAsk *self = user_data;

  self->closed = !self->told;
  tell_and_free (self);
}

static gboolean
on_patience_over (gpointer user_data)
{
  SkyAsk *self = user_data;

  self->timeout = 0;
  take_leave (self);
  return G_SOURCE_REMOVE;
}

/* What the server answered stands in the trace, as it came. */
static void
read_answer (SkyAsk *self)
{
  SkyStore *store = self->doctor->store;
  guint16 link = sky_feed_get_link (sky_link_get_feed (self->link));

  for (guint32 n = sky_store_get_n_records (store); n > 0 && self->head == NULL; n--)
    {
      const SkyRecord *record = sky_store_get_record (store, n - 1);
      g_autofree SkyHttpHead *head = NULL;

      if (record->link != link || record->from != SKY_FROM_SERVER || record->kind != SKY_KIND_RESPONSE)
        continue;
      head = g_new0 (SkyHttpHead, 1);
      self->head = sky_store_get_wire (store, n - 1, record->head_len);
      self->body = sky_store_get_body (store, n - 1, 4096);
      if (sky_http_head_decode (g_bytes_get_data (self->head, NULL), g_bytes_get_size (self->head), TRUE, head, NULL) > 0)
        self->status = head->status;
    }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SkyAsk *self = user_data;

  g_clear_handle_id (&self->timeout, g_source_remove);
  self->socket = sky_opening_finish (result, &self->error);
  if (!self->doctor->ended)
    read_answer (self);
  if (self->socket == NULL || self->doctor->ended)
    {
      tell_and_free (self);
      return;
    }
  self->opened = TRUE;
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  self->timeout = g_timeout_add (self->question.wait_msec != 0 ? self->question.wait_msec : SKY_ASK_MSEC,
                                 on_patience_over, self);
  if (self->question.say_first)
    say (self);
}

static gboolean
on_late (gpointer user_data)
{
  SkyAsk *self = user_data;

  self->timeout = 0;
  self->late = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static SkyAsk *
ask_new (SkyDoctor *doctor, const SkyQuestion *question, const char *method, SkyAskFunc done)
{
  SkyAsk *self = g_new0 (SkyAsk, 1);

  self->doctor = doctor;
  self->task = g_object_ref (doctor->task);
  self->profile = sky_profile_copy (doctor->profile);
  if (question->origin != NULL)
    {
      g_free (self->profile->origin);
      self->profile->origin = g_strdup (question->origin);
    }
  sky_route_copy (question->route, &self->route);
  if (question->target != NULL)
    {
      g_free (self->route.target);
      self->route.target = g_strdup (question->target);
    }
  self->question = *question;
  self->question.say = question->say != NULL ? g_bytes_ref (question->say) : NULL;
  self->method = g_strdup (method);
  self->done = done;
  self->raw = g_byte_array_new ();
  self->messages = g_ptr_array_new_with_free_func (message_free);
  self->cancellable = g_cancellable_new ();
  self->timeout = g_timeout_add (SKY_ASK_MSEC, on_late, self);
  g_ptr_array_add (doctor->asks, self);
  return self;
}

/**
 * sky_doctor_open:
 *
 * Opens a WebSocket, says what is to be said, and waits for messages.
 */
void
sky_doctor_open (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done)
{
  SkyAsk *ask = ask_new (self, question, "GET", done);

  ask->link = sky_link_new (self->store, question->name, SKY_ROLE_CLIENT);
  sky_opening_async (ask->link, ask->profile, &ask->route, self->jar, ask->cancellable, on_opened, ask);
}

static void
on_called (GObject *caller, GAsyncResult *result, gpointer user_data)
{
  SkyAsk *self = user_data;

  self->answer = sky_caller_call_finish (SKY_CALLER (caller), result, &self->error);
  if (self->answer != NULL)
    {
      self->status = self->answer->status;
      self->head = g_bytes_ref (self->answer->head);
      self->body = g_bytes_ref (self->answer->body);
    }
  tell_and_free (self);
}

/**
 * sky_doctor_call:
 *
 * Asks one HTTP request; cookies are kept.
 */
void
sky_doctor_call (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done)
{
  SkyAsk *ask = ask_new (self, question, question->body != NULL ? "POST" : "GET", done);
  g_autoptr(GBytes) body = question->body != NULL ? g_bytes_new (question->body, strlen (question->body)) : NULL;

  ask->question.body = NULL;
  ask->caller = sky_caller_new (self->store, question->name, ask->profile, &ask->route, self->jar);
  sky_caller_call_async (ask->caller,
                         &(SkyCall) { .method = ask->method,
                                      .target = ask->route.target,
                                      .content_type = body != NULL ? "text/plain;charset=UTF-8" : NULL,
                                      .body = body,
                                      .timeout_msec = SKY_ASK_MSEC,
                                      .no_redirects = !question->follow },
                         ask->cancellable, on_called, ask);
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SkyAsk *self = user_data;

  sky_opening_dial_finish (result, &self->error);
  tell_and_free (self);
}

/**
 * sky_doctor_dial:
 *
 * Connects, with TLS if the route says so, and hangs up.
 */
void
sky_doctor_dial (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done)
{
  SkyAsk *ask = ask_new (self, question, "", done);

  ask->link = sky_link_new (self->store, question->name, SKY_ROLE_CLIENT);
  sky_opening_dial_async (ask->link, ask->profile, &ask->route, ask->cancellable, on_dialed, ask);
}

static void
on_heard (GObject *input, GAsyncResult *result, gpointer user_data)
{
  SkyAsk *self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (input), result, NULL);

  if (n > 0)
    g_byte_array_append (self->raw, self->block, n);
  if (n <= 0 || self->raw->len >= SKY_ASK_SHOWN || self->doctor->ended)
    {
      tell_and_free (self);
      return;
    }
  g_input_stream_read_async (G_INPUT_STREAM (input), self->block, sizeof self->block, G_PRIORITY_DEFAULT,
                             self->cancellable, on_heard, self);
}

static void
on_said (GObject *output, GAsyncResult *result, gpointer user_data)
{
  SkyAsk *self = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (output), result, NULL, NULL);
  if (self->doctor->ended)
    {
      tell_and_free (self);
      return;
    }
  g_input_stream_read_async (g_io_stream_get_input_stream (sky_link_get_stream (self->link)), self->block,
                             sizeof self->block, G_PRIORITY_DEFAULT, self->cancellable, on_heard, self);
}

static void
on_dialed_to_hear (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char hello[] = "GET / HTTP/1.0\r\n\r\n";
  SkyAsk *self = user_data;
  GIOStream *stream = sky_opening_dial_finish (result, &self->error);

  if (stream == NULL || self->doctor->ended)
    {
      tell_and_free (self);
      return;
    }
  g_source_remove (self->timeout);
  self->timeout = g_timeout_add (GREETING_MSEC, on_late, self);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), hello, strlen (hello), G_PRIORITY_DEFAULT,
                                   self->cancellable, on_said, self);
}

/**
 * sky_doctor_hear:
 *
 * Connects, asks for something in HTTP, and keeps the first octets that come, whatever they are.
 */
void
sky_doctor_hear (SkyDoctor *self, const SkyQuestion *question, SkyAskFunc done)
{
  SkyAsk *ask = ask_new (self, question, "", done);

  ask->link = sky_link_new (self->store, question->name, SKY_ROLE_CLIENT);
  sky_opening_dial_async (ask->link, ask->profile, &ask->route, ask->cancellable, on_dialed_to_hear, ask);
}

/* Nobody waits for it any more: it ends soon, by itself. */
void
sky_ask_abandon (SkyAsk *self)
{
  self->told = TRUE;
  if (self->opened)
    ask_free (self);
  else
    g_cancellable_cancel (self->cancellable);
}

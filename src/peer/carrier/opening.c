#include "peer/carrier/opening.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-body.h"
#include "http/http-upgrade.h"
#include "peer/carrier/guard.h"
#include "peer/carrier/opening-dial.h"
#include "peer/carrier/request.h"
#include "peer/profile/profile-secrets.h"

#define MAX_REFUSAL      4096               /* bytes of a refusing answer's body that are looked at */
#define REFUSAL_MSEC     1000               /* how long a refusing answer's body is waited for */
#define DEFAULT_TIMEOUT  20000

/* What an error carries beside its sentence. */
typedef struct
{
  guint status; /* of STATUS: what was answered instead of 101 */
} SkyOpeningErrorPrivate;

static void
sky_opening_error_private_init (SkyOpeningErrorPrivate *priv)
{
}

static void
sky_opening_error_private_copy (const SkyOpeningErrorPrivate *from, SkyOpeningErrorPrivate *to)
{
  *to = *from;
}

static void
sky_opening_error_private_clear (SkyOpeningErrorPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (SkyOpeningError, sky_opening_error)

/* Returns: the HTTP status of a %SKY_OPENING_ERROR_STATUS, 0 of any other error */
guint
sky_opening_error_get_status (const GError *error)
{
  return error->domain == SKY_OPENING_ERROR ? sky_opening_error_get_private (error)->status : 0;
}

/* The handshake on its way; it belongs to the task. */
typedef struct
{
  SkyLink       *link;
  SkyProfile    *profile;
  SkyRoute       route;
  SoupCookieJar *jar; /* nullable */
  char          *request;
  GByteArray    *answer; /* its head, octet by octet: what follows it is not ours to take */
  SkyHttpHead    head;
  SkyHttpBody    framing;
  GByteArray    *body;
  GSource       *readable;
  guint          timeout;
} Opening;

static void
stop_waiting (Opening *self)
{
  if (self->readable != NULL)
    g_source_destroy (self->readable);
  g_clear_pointer (&self->readable, g_source_unref);
  g_clear_handle_id (&self->timeout, g_source_remove);
}

static void
opening_free (gpointer data)
{
  Opening *self = data;

  stop_waiting (self);
  sky_link_unref (self->link);
  sky_profile_free (self->profile);
  sky_route_clear (&self->route);
  g_clear_object (&self->jar);
  g_free (self->request);
  g_byte_array_unref (self->answer);
  g_byte_array_unref (self->body);
  g_free (self);
}

static void
fail (GTask *task, SkyOpeningError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
fail (GTask *task, SkyOpeningError code, const char *format, ...)
{
  Opening *self = g_task_get_task_data (task);
  GError *error;
  va_list args;

  stop_waiting (self);
  va_start (args, format);
  error = g_error_new_valist (SKY_OPENING_ERROR, code, format, args);
  va_end (args);
  if (code == SKY_OPENING_ERROR_STATUS)
    sky_opening_error_get_private (error)->status = self->head.status;
  g_task_return_error (task, error);
}

/* The answer is no 101: its status and the beginning of its body say why. */
static void
fail_refused (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  g_autofree char *reason = sky_http_head_reason (&self->head, self->answer->data);
  g_autofree char *target = sky_secret_blank_url (self->route.target);
  g_autofree char *body = NULL;

  if (self->body->len > 0 && g_utf8_validate_len ((const char *) self->body->data, self->body->len, NULL)
      && self->body->data[0] != '<')
    body = g_strndup ((const char *) self->body->data, MIN (self->body->len, 200));
  if (body != NULL && (*reason == '\0' || strstr (body, reason) == NULL))
    fail (task, SKY_OPENING_ERROR_STATUS, _("%s answered %u %s instead of opening a WebSocket at %s. It says: %s"),
          self->route.host_header, self->head.status, reason, target, g_strstrip (body));
  else
    fail (task, SKY_OPENING_ERROR_STATUS, _("%s answered %u %s instead of opening a WebSocket at %s."),
          self->route.host_header, self->head.status, reason, target);
}

/*
 * What was agreed on about compression. An answer with parameters that are no answer to ours has to
 * end the connection, RFC 7692 §7.1. Returns: whether it may stand
 */
static gboolean
agree_on_deflate (Opening *self, const SkyHttpHead *asked, SkyWsDeflateParams *agreed)
{
  g_autofree char *offered = sky_http_head_value (asked, (const guint8 *) self->request, "Sec-WebSocket-Extensions");
  g_autofree char *answered = sky_http_head_value (&self->head, self->answer->data, "Sec-WebSocket-Extensions");
  g_auto(GStrv) names = sky_http_upgrade_names (&self->head, self->answer->data, "Sec-WebSocket-Extensions");
  SkyWsDeflateParams offer;
  gboolean answers = FALSE;

  for (char **name = names; *name != NULL; name++)
    answers |= g_ascii_strcasecmp (*name, "permessage-deflate") == 0;
  *agreed = (SkyWsDeflateParams) { 0 };
  if (!answers)
    return TRUE;
  return sky_ws_deflate_parse (offered, &offer) && sky_ws_deflate_parse (answered, agreed)
         && sky_ws_deflate_accepts (&offer, agreed);
}

static void
succeed (GTask *task, const SkyWsDeflateParams *agreed)
{
  Opening *self = g_task_get_task_data (task);
  g_autofree char *subprotocol = sky_http_head_value (&self->head, self->answer->data, "Sec-WebSocket-Protocol");
  g_autofree char *address = g_strconcat (self->route.tls ? "wss://" : "ws://", self->route.host_header, "/", NULL);
  g_autoptr(GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  SkyGuard *guard = sky_guard_new_client (agreed);
  SoupWebsocketConnection *socket;

  stop_waiting (self);
  sky_guard_arm (guard, self->link, SKY_OPENING_MAX_MESSAGE);
  if (uri == NULL)
    uri = g_uri_parse ("ws://localhost/", G_URI_FLAGS_NONE, NULL);
  socket = soup_websocket_connection_new (sky_link_get_stream (self->link), uri, SOUP_WEBSOCKET_CONNECTION_CLIENT,
                                          self->profile->origin, subprotocol, g_list_append (NULL, guard));
  soup_websocket_connection_set_max_incoming_payload_size (socket, SKY_OPENING_MAX_MESSAGE);
  g_task_return_pointer (task, socket, g_object_unref);
}

static void
judge_answer (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  const guint8 *request = (const guint8 *) self->request;
  g_autofree SkyHttpHead *asked = g_new0 (SkyHttpHead, 1);
  SkyWsDeflateParams agreed;
  guint32 faults;

  sky_http_head_decode (request, strlen (self->request), FALSE, asked, NULL);
  faults = sky_http_upgrade_check_response (asked, request, &self->head, self->answer->data);
  if (faults != 0)
    fail (task, SKY_OPENING_ERROR_WRONG, _("%s answered 101, but its handshake is wrong. %s"), self->route.host_header,
          _(sky_fault_next (sky_http_faults, faults, NULL)->text));
  else if (!agree_on_deflate (self, asked, &agreed))
    fail (task, SKY_OPENING_ERROR_WRONG, _("%s answered 101, but its handshake is wrong. %s"), self->route.host_header,
          _("It agrees to permessage-deflate in a way that was not offered."));
  else
    succeed (task, &agreed);
}

static gboolean on_readable (GObject *input, gpointer user_data);

static void
wait_readable (GTask *task)
{
  Opening *self = g_task_get_task_data (task);
  GInputStream *input = g_io_stream_get_input_stream (sky_link_get_stream (self->link));

  self->readable
      = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (input), g_task_get_cancellable (task));
  g_source_set_callback (self->readable, G_SOURCE_FUNC (on_readable), g_object_ref (task), g_object_unref);
  g_source_attach (self->readable, g_main_context_get_thread_default ());
}

static gboolean
on_refusal_over (gpointer user_data)
{
  GTask *task = user_data;

  ((Opening *) g_task_get_task_data (task))->timeout = 0;
  fail_refused (task);
  return G_SOURCE_REMOVE;
}

/* The head has come. A refusal's body is worth a moment: it often says why. */
static gboolean
end_head (GTask *task)
{
  Opening *self = g_task_get_task_data (task);

  sky_request_keep_cookies (self->jar, &self->route, &self->head, self->answer->data);
  if (self->head.status == 101)
    {
      judge_answer (task);
      return FALSE;
    }
  sky_http_body_init (&self->framing, &self->head, self->answer->data, FALSE);
  if (self->framing.done)
    {
      fail_refused (task);
      return FALSE;
    }
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add_full (G_PRIORITY_DEFAULT, REFUSAL_MSEC, on_refusal_over, g_object_ref (task),
                                      g_object_unref);
  return TRUE;
}

/*
 * Whether another look at the head may tell more: its eighth octet tells whether it is HTTP, its
 * first line what the answer is, and an empty line ends it. To look at each line would let a head
 * of many short ones cost its square.
 */
static gboolean
is_worth_a_look (const GByteArray *head)
{
  const guint8 *data = head->data;
  guint len = head->len;

  if (len == 8 || len >= SKY_HTTP_MAX_HEAD)
    return TRUE;
  if (data[len - 1] != '\n')
    return FALSE;
  return (len >= 2 && data[len - 2] == '\n') || (len >= 3 && memcmp (data + len - 3, "\n\r", 2) == 0)
         || memchr (data, '\n', len) == data + len - 1;
}

/* Takes one octet. Returns: whether more are wanted */
static gboolean
take (GTask *task, guint8 octet)
{
  Opening *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  gssize n;

  if (self->head.status != 0)
    {
      n = sky_http_body_feed (&self->framing, &octet, 1, self->body, NULL);
      if (n >= 0 && !self->framing.done && self->body->len < MAX_REFUSAL)
        return TRUE;
      fail_refused (task);
      return FALSE;
    }
  g_byte_array_append (self->answer, &octet, 1);
  if (!is_worth_a_look (self->answer))
    return TRUE;
  n = sky_http_head_decode (self->answer->data, self->answer->len, TRUE, &self->head, &error);
  if (n < 0)
    fail (task, SKY_OPENING_ERROR_NOT_HTTP, _("%s answered with something that is no HTTP. %s"),
          self->route.host_header, error->message);
  if (n == 0)
    self->head.status = 0;
  return n == 0 || (n > 0 && end_head (task));
}

static void
fail_ended (GTask *task, const GError *error)
{
  Opening *self = g_task_get_task_data (task);
  GError *asked = self->answer->len == 0 ? sky_opening_dial_blame (self->link, self->route.host_header, error) : NULL;

  if (asked != NULL)
    {
      stop_waiting (self);
      g_task_return_error (task, asked);
    }
  else if (self->head.status != 0)
    fail_refused (task);
  else if (error != NULL)
    fail (task, SKY_OPENING_ERROR_CLOSED, _("The connection to %s broke before the handshake was answered: %s."),
          self->route.host_header, error->message);
  else
    {
      g_autofree char *target = sky_secret_blank_url (self->route.target);

      fail (task, SKY_OPENING_ERROR_CLOSED, _("%s closed the connection without answering the handshake at %s."),
            self->route.host_header, target);
    }
}

static gboolean
on_readable (GObject *input, gpointer user_data)
{
  g_autoptr(GTask) task = g_object_ref (G_TASK (user_data));
  g_autoptr(GError) error = NULL;
  guint8 octet;
  gssize n;

  do
    n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (input), &octet, 1,
                                                  g_task_get_cancellable (task), &error);
  while (n == 1 && take (task, octet));

  if (n == 1)
    return G_SOURCE_REMOVE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      stop_waiting (g_task_get_task_data (task));
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else
    fail_ended (task, error);
  return G_SOURCE_REMOVE;
}

static void
on_written (GObject *output, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (output), result, NULL, &error)
      || g_task_get_completed (task))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      stop_waiting (g_task_get_task_data (task));
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else
    fail_ended (task, error);
}

static gboolean
on_silent (gpointer user_data)
{
  GTask *task = user_data;
  Opening *self = g_task_get_task_data (task);

  self->timeout = 0;
  fail (task, SKY_OPENING_ERROR_SILENT, _("%s took the connection, but did not answer the handshake within %u s."),
        self->route.host_header, (self->profile->timeout_msec != 0 ? self->profile->timeout_msec : DEFAULT_TIMEOUT) / 1000);
  return G_SOURCE_REMOVE;
}

static void
on_dialed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Opening *self = g_task_get_task_data (task);
  GError *error = NULL;
  GIOStream *stream = sky_opening_dial_finish (result, &error);
  guint timeout_msec = self->profile->timeout_msec != 0 ? self->profile->timeout_msec : DEFAULT_TIMEOUT;

  if (stream == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->timeout
      = g_timeout_add_full (G_PRIORITY_DEFAULT, timeout_msec, on_silent, g_object_ref (task), g_object_unref);
  wait_readable (task);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (stream), self->request, strlen (self->request),
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_written,
                                   g_object_ref (task));
}

/**
 * sky_opening_async:
 * @link: a fresh link
 * @profile: what was asked for; copied
 * @route: where it leads; copied
 * @jar: (nullable): cookies to send, and to put those in that the answer sets; shared
 *
 * Opens a WebSocket: dials, taps, writes the opening handshake and checks the answer (RFC 6455
 * §4.1). Each step is noted on @link.
 */
void
sky_opening_async (SkyLink *link, const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Opening *self = g_new0 (Opening, 1);

  self->link = sky_link_ref (link);
  self->profile = sky_profile_copy (profile);
  sky_route_copy (route, &self->route);
  self->answer = g_byte_array_new ();
  self->body = g_byte_array_new ();
  self->jar = jar != NULL ? g_object_ref (jar) : NULL;
  self->request = sky_request_upgrade (profile, route, jar);
  g_task_set_task_data (task, self, opening_free);
  sky_opening_dial_async (link, profile, route, cancellable, on_dialed, task);
}

/**
 * sky_opening_finish:
 * @error: %SKY_TCP_ERROR, %SKY_OPENING_ERROR or %G_IO_ERROR_CANCELLED, with a whole sentence
 *
 * Returns: (nullable) (transfer full): the open WebSocket
 */
SoupWebsocketConnection *
sky_opening_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

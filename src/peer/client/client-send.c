#include "peer/client/client-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/utf8.h"
#include "peer/arguments.h"
#include "ws/ws-close.h"

#define MAX_FRAME (128 * 1024) /* bytes: less than the tap takes at once */

/* One emit that waits for its ack. */
typedef struct
{
  SkyClient       *client;
  SkyClientAckFunc func;
  gpointer         user_data;
  GDestroyNotify   destroy;
  guint            timeout_msec;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *self = data;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self);
}

static void
on_settled (const char *nsp, guint64 id, const char *args, gint64 latency_usec, gboolean gone, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr(GError) error = NULL;

  if (args == NULL && gone)
    error = g_error_new (SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_GONE, _("The connection ended before the ack came."));
  else if (args == NULL)
    {
      error = g_error_new (SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_TIMEOUT, _("No ack came within %u ms."),
                           asked->timeout_msec);
      if (asked->client->link != NULL)
        sky_feed_give_up (sky_link_get_feed (asked->client->link), SKY_FROM_CLIENT, nsp, id);
    }
  if (asked->func != NULL)
    asked->func (asked->client, args, latency_usec, error, asked->user_data);
}

static gboolean
is_open (SkyClient *self, GError **error)
{
  if (self->talker != NULL && sky_talker_is_open (self->talker)
      && sky_peer_get_state (SKY_PEER (self)) == SKY_PEER_OPEN)
    return TRUE;
  g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_NOT_OPEN, _("There is no open connection. Connect first."));
  return FALSE;
}

/* libsoup queues without bound: whoever sends is told to wait. @len: bytes of payload, not compressed */
static gboolean
has_room (SkyClient *self, gsize len, GError **error)
{
  gsize buffered = sky_client_get_buffered (self);

  if (len > SKY_CLIENT_MAX_BUFFERED)
    g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                 _("A message may have %d MiB at most."), SKY_CLIENT_MAX_BUFFERED >> 20);
  else if (buffered > 0 && buffered + len > SKY_CLIENT_MAX_BUFFERED)
    g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL,
                 _("The peer does not read: %zu bytes are waiting to be sent. Try again when they are gone."),
                 buffered);
  else
    return TRUE;
  return FALSE;
}

static char *
prepare (const char *args, GPtrArray *attachments, GError **error)
{
  g_autoptr(GError) why = NULL;
  char *prepared = sky_arguments_prepare (args, attachments, &why);

  if (prepared == NULL)
    g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS, why->message);
  return prepared;
}

/* Returns: (nullable) (transfer none): see sky_arguments_event_problem() */
const char *
sky_client_event_problem (const char *event)
{
  return sky_arguments_event_problem (event);
}

/* Whether what is emitted to @nsp now may wait for it: the connection is being made, or made again. */
static gboolean
may_hold (SkyClient *self, const char *nsp)
{
  SkyPeerState state = sky_peer_get_state (SKY_PEER (self));
  SkyClientSpace *space = sky_client_find_space (self, nsp);

  return !self->gone && space != NULL && space->active && space->state != SKY_SPACE_CONNECTED
         && (state == SKY_PEER_WORKING || state == SKY_PEER_WAITING || state == SKY_PEER_OPEN);
}

static gboolean
check_event (SkyClient *self, const char *nsp, const char *event, GError **error)
{
  const char *problem = event != NULL ? sky_client_event_problem (event) : NULL;
  SkyClientSpace *space = sky_client_find_space (self, nsp);

  if (self->route.protocol != SKY_PROTOCOL_SOCKET_IO)
    g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                         _("Events belong to Socket.IO; this connection has plain messages."));
  else if (!may_hold (self, nsp) && (space == NULL || space->state != SKY_SPACE_CONNECTED))
    g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS, _("The namespace %s is not connected."), nsp);
  else if (problem != NULL)
    g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS, problem);
  else
    return TRUE;
  return FALSE;
}

static gsize
total_len (const char *text, GPtrArray *attachments)
{
  gsize len = strlen (text);

  for (guint i = 0; i < attachments->len; i++)
    len += g_bytes_get_size (g_ptr_array_index (attachments, i));
  return len;
}

/* All is checked: what is emitted goes out. As sky_client_emit_with_ack(), but @args and @attachments are prepared. */
void
sky_client_send_now (SkyClient *self, const char *nsp, const char *event, const char *args, GPtrArray *attachments,
                     gboolean ask, guint timeout_msec, SkyClientAckFunc func, gpointer user_data,
                     GDestroyNotify destroy)
{
  g_autofree char *wire_nsp = sky_client_wire_name (self, nsp);
  guint64 id = sky_talker_emit (self->talker, wire_nsp, event, args, attachments, ask);
  Asked *asked;

  if (!ask)
    {
      if (destroy != NULL)
        destroy (user_data);
      return;
    }
  asked = g_new0 (Asked, 1);
  *asked = (Asked) { self, func, user_data, destroy, timeout_msec };
  sky_acks_wait (self->acks, wire_nsp, id, timeout_msec, on_settled, asked, asked_free);
}

/* Returns: %FALSE with @destroy not called */
static gboolean
emit (SkyClient *self, const char *nsp, const char *event, const char *args, SkyEmitFlags flags, gboolean ask,
      guint timeout_msec, SkyClientAckFunc func, gpointer user_data, GDestroyNotify destroy, GError **error)
{
  g_autoptr(GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gboolean wait = may_hold (self, nsp);
  g_autofree char *prepared = NULL;

  if ((!wait && !is_open (self, error)) || !check_event (self, nsp, event, error))
    return FALSE;
  prepared = prepare (args, attachments, error);
  if (prepared == NULL || !has_room (self, total_len (prepared, attachments), error))
    return FALSE;
  if ((flags & SKY_EMIT_VOLATILE) && (wait || sky_client_get_buffered (self) > 0))
    {
      sky_client_note (self, SKY_KIND_HELD, _("“%s” was dropped: it is volatile, and cannot be sent at once"), event);
      return TRUE;
    }
  if (wait)
    return sky_client_hold (self, nsp, event, prepared, attachments, ask, timeout_msec, func, user_data, destroy, error);
  sky_client_send_now (self, nsp, event, prepared, attachments, ask, timeout_msec, func, user_data, destroy);
  return TRUE;
}

/**
 * sky_client_emit:
 * @nsp: a namespace that is connected, or that is being connected (again): then it waits for that
 * @args: (nullable): the arguments as JSON, separated by commas; {"$bin":"base64"} is binary
 * @error: %SKY_CLIENT_ERROR with a whole sentence
 *
 * Emits an event without asking for an ack.
 */
gboolean
sky_client_emit (SkyClient *self, const char *nsp, const char *event, const char *args, SkyEmitFlags flags,
                 GError **error)
{
  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  return emit (self, nsp, event, args, flags, FALSE, 0, NULL, NULL, NULL, error);
}

/**
 * sky_client_emit_with_ack:
 * @timeout_msec: how long to wait for the ack, in milliseconds; 0 for as long as the connection lasts
 * @func: (nullable) (scope notified): called exactly once if this returns %TRUE, unless the client is finalized first
 * @destroy: (nullable): frees @user_data, in any case
 *
 * Emits an event and asks for an ack.
 */
gboolean
sky_client_emit_with_ack (SkyClient *self, const char *nsp, const char *event, const char *args, guint timeout_msec,
                          SkyClientAckFunc func, gpointer user_data, GDestroyNotify destroy, GError **error)
{
  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (emit (self, nsp, event, args, SKY_EMIT_NONE, TRUE, timeout_msec, func, user_data, destroy, error))
    return TRUE;
  if (destroy != NULL)
    destroy (user_data);
  return FALSE;
}

/* An ack that the server asks for is answered by itself, if the person said how. */
void
sky_client_answer (SkyClient *self, const SkyTalk *talk)
{
  const char *reply = talk->has_id && talk->event != NULL ? sky_profile_get_reply (self->profile, talk->event) : NULL;
  g_autoptr(GError) error = NULL;

  if (reply != NULL && !sky_client_reply (self, talk->nsp, talk->id, reply, &error))
    sky_client_note (self, SKY_KIND_ERROR, _("“%s” was not answered: %s"), talk->event, error->message);
}

/**
 * sky_client_reply:
 * @ack_id: of the event that the server sent and wants an ack for
 * @args: (nullable): the answer, as for sky_client_emit()
 */
gboolean
sky_client_reply (SkyClient *self, const char *nsp, guint64 ack_id, const char *args, GError **error)
{
  g_autoptr(GPtrArray) attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *prepared = NULL, *wire_nsp = NULL;

  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (!is_open (self, error) || !check_event (self, nsp, NULL, error))
    return FALSE;
  prepared = prepare (args, attachments, error);
  if (prepared == NULL || !has_room (self, total_len (prepared, attachments), error))
    return FALSE;
  wire_nsp = sky_client_wire_name (self, nsp);
  sky_talker_ack (self->talker, wire_nsp, ack_id, prepared, attachments);
  return TRUE;
}

/**
 * sky_client_send_text:
 *
 * Sends a WebSocket text message as it is; on Engine.IO within a message packet. On a Socket.IO
 * connection the text is a raw message too: the person writes "42[…]" by hand.
 */
gboolean
sky_client_send_text (SkyClient *self, const char *text, GError **error)
{
  gsize len = strlen (text);

  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (!is_open (self, error) || !has_room (self, len, error))
    return FALSE;
  if (!sky_utf8_valid ((const guint8 *) text, len))
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                           _("A text message has to be UTF-8. Send other octets as binary."));
      return FALSE;
    }
  sky_talker_text (self->talker, text, len);
  return TRUE;
}

/* Sends a WebSocket binary message, which on Engine.IO is a message packet as it stands. */
gboolean
sky_client_send_binary (SkyClient *self, GBytes *data, GError **error)
{
  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (!is_open (self, error) || !has_room (self, g_bytes_get_size (data), error))
    return FALSE;
  sky_talker_binary (self->talker, data);
  return TRUE;
}

/**
 * sky_client_send_frame:
 * @rsv: the three reserved bits, RSV1 highest
 * @opcode: 0 to 15, whatever the RFC says of it
 * @mask: whether to mask it, as a client has to
 * @payload: at most 128 KiB
 *
 * Sends one frame as the person made it, right or wrong (RFC 6455 §5.2).
 */
gboolean
sky_client_send_frame (SkyClient *self, gboolean fin, guint rsv, guint opcode, gboolean mask, GBytes *payload,
                       GError **error)
{
  guint32 key = g_random_int ();
  SkyWsFrame frame = { .fin = fin != FALSE, .rsv = rsv & 7, .opcode = opcode & 15, .masked = mask != FALSE };

  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (!is_open (self, error))
    return FALSE;
  if (g_bytes_get_size (payload) > MAX_FRAME)
    {
      g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                   _("A frame made by hand may have %d bytes of payload at most."), MAX_FRAME);
      return FALSE;
    }
  memcpy (frame.mask, &key, sizeof frame.mask);
  if (sky_talker_frame (self->talker, &frame, payload))
    return TRUE;
  g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_FULL,
                       _("Something else is still being sent. Try again when it is out."));
  return FALSE;
}

/**
 * sky_client_close:
 * @code: a code that may be sent (RFC 6455 §7.4), or 1005 for a close frame without one
 * @reason: (nullable): at most 123 bytes
 *
 * Begins the closing handshake with a code of the person's choice.
 */
gboolean
sky_client_close (SkyClient *self, guint code, const char *reason, GError **error)
{
  g_return_val_if_fail (SKY_IS_CLIENT (self), FALSE);

  if (!is_open (self, error))
    return FALSE;
  if (code != SKY_WS_CLOSE_NO_STATUS && !sky_ws_close_code_valid (code))
    {
      g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                   _("%u must not stand in a close frame. Take 1000, or one from 3000 to 4999."), code);
      return FALSE;
    }
  if (reason != NULL && strlen (reason) > 123)
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                           _("A close reason may have 123 bytes at most."));
      return FALSE;
    }
  sky_client_begin_close (self, code, reason);
  return TRUE;
}

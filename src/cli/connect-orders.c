#include "cli/connect.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What “connect” can be told to do on standard input. */

static gboolean
order_emit (Connect *self, const char *json, const char *array, GError **error)
{
  g_autofree char *event = NULL, *args = NULL, *nsp = NULL;
  guint64 timeout_msec = connect_ack_msec (self);
  gboolean ack = orders_member_true (json, "ack"), is_volatile = orders_member_true (json, "volatile");

  if (!orders_split_event (array, &event, &args))
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                           _("“emit” takes an array that begins with the event's name."));
      return FALSE;
    }
  if (ack && is_volatile)
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                           _("“ack” and “volatile” do not go together: what is dropped is never answered."));
      return FALSE;
    }
  if (!orders_member_string (json, "nsp", &nsp))
    nsp = g_strdup (connect_namespace (self));
  orders_member_uint (json, "timeout", &timeout_msec);
  return ack ? connect_emit_with_ack (self, nsp, event, args, (guint) MIN (timeout_msec, G_MAXINT), error)
             : connect_emit (self, nsp, event, args, is_volatile ? SKY_EMIT_VOLATILE : SKY_EMIT_NONE, error);
}

/* To one ack that the server asked for, or to all that it will ask for with an event: null for none any more. */
static gboolean
order_reply (Connect *self, const char *json, const char *array, GError **error)
{
  g_autofree char *nsp = NULL, *event = NULL;
  g_autofree char *args = array[0] == '[' ? g_strndup (array + 1, strlen (array) - 2) : NULL;
  guint64 id = 0;

  if (orders_member_string (json, "to_event", &event) && (args != NULL || strcmp (array, "null") == 0))
    {
      sky_client_set_reply (self->client, event, args);
      return TRUE;
    }
  if (args == NULL || !orders_member_uint (json, "to_ack", &id))
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
                           _("“reply” takes an array, and “to_ack” the ack id that it answers, or “to_event” an event's name."));
      return FALSE;
    }
  if (!orders_member_string (json, "nsp", &nsp))
    nsp = g_strdup (connect_namespace (self));
  return sky_client_reply (self->client, nsp, id, args, error);
}

static gboolean
order_connect (Connect *self, const char *json, const char *nsp, GError **error)
{
  g_autofree char *auth = NULL;

  if (orders_member_raw (json, "auth", &auth) && auth[0] != '{')
    {
      g_set_error_literal (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS, _("“auth” has to be a JSON object."));
      return FALSE;
    }
  return sky_client_connect_space (self->client, nsp, auth, error);
}

static gboolean
order_binary (Connect *self, const char *base64, GError **error)
{
  gsize len;
  guchar *data = g_base64_decode (base64, &len);
  g_autoptr(GBytes) bytes = g_bytes_new_take (data, len);

  return sky_client_send_binary (self->client, bytes, error);
}

static gboolean
order_close (Connect *self, const char *array, GError **error)
{
  char *end;
  guint64 code = g_ascii_strtoull (array + (*array == '['), &end, 10);
  g_autofree char *reason = NULL;

  end += strspn (end, " \t");
  if (*end == ',')
    {
      g_autofree char *rest = g_strndup (end + 1, strlen (end) - 2);
      g_autofree char *object = g_strdup_printf ("{\"r\":%s}", rest);

      orders_member_string (object, "r", &reason);
    }
  if (!sky_client_close (self->client, (guint) MIN (code, G_MAXUINT16), reason, error))
    return FALSE;
  self->session.over = TRUE;
  return TRUE;
}

static gboolean
order_ping (Connect *self, const char *text, GError **error)
{
  g_autoptr(GBytes) payload = g_bytes_new (text, strlen (text));

  return sky_client_send_frame (self->client, TRUE, 0, 0x9, TRUE, payload, error);
}

static gboolean
order_frame (Connect *self, const char *frame, GError **error)
{
  g_autofree char *base64 = NULL;
  g_autoptr(GBytes) payload = NULL;
  guint64 rsv = 0, opcode = 1;
  guchar *data;
  gsize len;

  orders_member_uint (frame, "rsv", &rsv);
  orders_member_uint (frame, "opcode", &opcode);
  orders_member_string (frame, "payload", &base64);
  data = g_base64_decode (base64 != NULL ? base64 : "", &len);
  payload = g_bytes_new_take (data, len);
  return sky_client_send_frame (self->client, !orders_member_false (frame, "fin"), (guint) rsv, (guint) opcode,
                                !orders_member_false (frame, "mask"), payload, error);
}

/**
 * connect_order:
 * @json: one line of standard input
 * @error: %SKY_CLIENT_ERROR, FULL if the order has to wait for a slow peer
 *
 * Does one order: CLI.md, "connect --stdin".
 */
gboolean
connect_order (Connect *self, const char *json, GError **error)
{
  g_autofree char *value = NULL;

  if (orders_member_raw (json, "emit", &value))
    return order_emit (self, json, value, error);
  if (orders_member_raw (json, "reply", &value))
    return order_reply (self, json, value, error);
  if (orders_member_string (json, "connect", &value))
    return order_connect (self, json, value, error);
  if (orders_member_string (json, "disconnect", &value))
    return sky_client_disconnect_space (self->client, value, error);
  if (orders_member_string (json, "text", &value))
    return sky_client_send_text (self->client, value, error);
  if (orders_member_string (json, "binary", &value))
    return order_binary (self, value, error);
  if (orders_member_raw (json, "close", &value))
    return order_close (self, value, error);
  if (orders_member_string (json, "ping", &value))
    return order_ping (self, value, error);
  if (orders_member_raw (json, "frame", &value))
    return order_frame (self, value, error);
  g_set_error (error, SKY_CLIENT_ERROR, SKY_CLIENT_ERROR_ARGUMENTS,
               _("%s is no order. There are emit, reply, connect, disconnect, text, binary, ping, frame and close, in a JSON object on one line."),
               json);
  return FALSE;
}

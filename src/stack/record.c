#include "stack/record.h"

#include <glib/gi18n-lib.h>

#include "eio/eio-packet.h"
#include "http/http-head.h"
#include "sio/sio-packet.h"
#include "ws/ws-frame.h"

static const SkyFaultInfo no_faults[] = { { 0 } };

static const struct
{
  const char         *id;    /* in CLI.md and in filters */
  const char         *title; /* the badge in the timeline */
  const SkyFaultInfo *faults;
} layers[SKY_N_LAYERS] = {
  [SKY_LAYER_TCP] = { "tcp", "TCP", no_faults },
  [SKY_LAYER_TLS] = { "tls", "TLS", no_faults },
  [SKY_LAYER_HTTP] = { "http", "HTTP", sky_http_faults },
  [SKY_LAYER_UPGRADE] = { "upgrade", N_("Upgrade"), sky_http_faults },
  [SKY_LAYER_WS] = { "ws", "WebSocket", sky_ws_faults },
  [SKY_LAYER_EIO] = { "eio", "Engine.IO", sky_eio_faults },
  [SKY_LAYER_SIO] = { "sio", "Socket.IO", sky_sio_faults },
  [SKY_LAYER_NOTE] = { "note", N_("Note"), no_faults },
};

static const char *const kinds[SKY_N_KINDS] = {
  [SKY_KIND_UNKNOWN] = "unknown",
  [SKY_KIND_RESOLVE] = "resolve",
  [SKY_KIND_CONNECTED] = "connect",
  [SKY_KIND_PROXY] = "proxy",
  [SKY_KIND_HANDSHAKE] = "handshake",
  [SKY_KIND_DATA] = "data",
  [SKY_KIND_END] = "end",
  [SKY_KIND_REQUEST] = "request",
  [SKY_KIND_RESPONSE] = "response",
  [SKY_KIND_TEXT] = "text",
  [SKY_KIND_BINARY] = "binary",
  [SKY_KIND_CONTINUATION] = "continuation",
  [SKY_KIND_PING] = "ping",
  [SKY_KIND_PONG] = "pong",
  [SKY_KIND_CLOSE] = "close",
  [SKY_KIND_OPEN] = "open",
  [SKY_KIND_MESSAGE] = "message",
  [SKY_KIND_UPGRADE] = "upgrade",
  [SKY_KIND_NOOP] = "noop",
  [SKY_KIND_CONNECT] = "CONNECT",
  [SKY_KIND_DISCONNECT] = "DISCONNECT",
  [SKY_KIND_EVENT] = "EVENT",
  [SKY_KIND_ACK] = "ACK",
  [SKY_KIND_CONNECT_ERROR] = "CONNECT_ERROR",
  [SKY_KIND_BINARY_EVENT] = "BINARY_EVENT",
  [SKY_KIND_BINARY_ACK] = "BINARY_ACK",
  [SKY_KIND_STATE] = "state",
  [SKY_KIND_ERROR] = "error",
  [SKY_KIND_JOIN] = "join",
  [SKY_KIND_LEAVE] = "leave",
  [SKY_KIND_CONNECT_FAILED] = "connect_error",
  [SKY_KIND_DISCONNECTED] = "disconnect",
  [SKY_KIND_RECONNECT] = "reconnect",
  [SKY_KIND_RECONNECT_ATTEMPT] = "reconnect_attempt",
  [SKY_KIND_RECONNECT_ERROR] = "reconnect_error",
  [SKY_KIND_RECONNECT_FAILED] = "reconnect_failed",
  [SKY_KIND_HELD] = "held",
  [SKY_KIND_NO_LISTENER] = "no_listener",
};

/**
 * sky_layer_id:
 *
 * Returns: (transfer none): the name for machines, as in CLI.md
 */
const char *
sky_layer_id (SkyLayer layer)
{
  g_return_val_if_fail (layer < SKY_N_LAYERS, "");

  return layers[layer].id;
}

/**
 * sky_layer_title:
 *
 * Returns: (transfer none): the name for people, translated where it is no proper name
 */
const char *
sky_layer_title (SkyLayer layer)
{
  g_return_val_if_fail (layer < SKY_N_LAYERS, "");

  return _(layers[layer].title);
}

/**
 * sky_layer_from_id:
 *
 * Returns: %FALSE if no layer has that name
 */
gboolean
sky_layer_from_id (const char *id, SkyLayer *layer)
{
  for (guint i = 0; i < SKY_N_LAYERS; i++)
    if (g_strcmp0 (id, layers[i].id) == 0)
      {
        *layer = i;
        return TRUE;
      }
  return FALSE;
}

/**
 * sky_layer_faults:
 *
 * Returns: (transfer none): the table that the faults of this layer's records point into
 */
const SkyFaultInfo *
sky_layer_faults (SkyLayer layer)
{
  g_return_val_if_fail (layer < SKY_N_LAYERS, no_faults);

  return layers[layer].faults;
}

/**
 * sky_kind_id:
 *
 * Returns: (transfer none): the name that CLI.md gives it
 */
const char *
sky_kind_id (SkyKind kind)
{
  g_return_val_if_fail (kind < SKY_N_KINDS, "");

  return kinds[kind];
}

/**
 * sky_record_is_text:
 * @record: of the layer eio
 *
 * Returns: whether its data stand in its bytes as text: neither octets nor base64
 */
gboolean
sky_record_is_text (const SkyRecord *record)
{
  return (record->flags & SKY_RECORD_DERIVED) == 0 && record->form != SKY_EIO_FORM_BINARY
         && record->form != SKY_EIO_FORM_BINARY_3 && record->form != SKY_EIO_FORM_OCTETS_3;
}

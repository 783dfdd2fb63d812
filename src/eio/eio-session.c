#include "eio/eio-session.h"

#include <string.h>

static gboolean
is_probe (const SkyEioPacket *packet, const guint8 *data)
{
  return packet->data_len == 5 && memcmp (data + packet->data_start, "probe", 5) == 0;
}

/* Until an upgrade is over, its WebSocket carries "2probe", "3probe", "5", and nothing else. */
static guint32
judge_upgrading (SkyEioSession *self, gboolean from_client, const guint8 *data,
                 const SkyEioPacket *packet)
{
  if (packet->type == SKY_EIO_PING && from_client && !self->probed && is_probe (packet, data))
    self->probed = self->upgrading = TRUE;
  else if (packet->type == SKY_EIO_PONG && !from_client && self->probed && !self->answered
           && is_probe (packet, data))
    self->answered = TRUE;
  else if (packet->type == SKY_EIO_UPGRADE && !from_client)
    return SKY_EIO_FAULT_DIRECTION;
  else if (packet->type == SKY_EIO_UPGRADE)
    {
      self->opened = TRUE;
      self->upgrading = FALSE;
      return self->answered ? 0 : SKY_EIO_FAULT_PROBE;
    }
  else if (packet->type == SKY_EIO_OPEN)
    return from_client ? SKY_EIO_FAULT_DIRECTION : SKY_EIO_FAULT_OPEN_AGAIN;
  else
    return SKY_EIO_FAULT_PROBE;
  return 0;
}

static guint32
judge_heartbeat (const SkyEioSession *self, gboolean from_client, const SkyEioPacket *packet)
{
  gboolean client_pings = self->revision == 3;
  gboolean ping = packet->type == SKY_EIO_PING;
  guint32 faults = 0;

  if (from_client != (ping == client_pings))
    faults |= SKY_EIO_FAULT_DIRECTION;
  if (self->revision != 3 && packet->data_len > 0)
    faults |= SKY_EIO_FAULT_DATA;
  return faults;
}

static guint32
judge_open (SkyEioSession *self, gboolean from_client)
{
  if (from_client)
    return SKY_EIO_FAULT_DIRECTION;
  if (self->opened)
    return SKY_EIO_FAULT_OPEN_AGAIN;
  self->opened = TRUE;
  return 0;
}

static guint32
judge_order (SkyEioSession *self, gboolean from_client, const SkyEioPacket *packet)
{
  if (packet->type == SKY_EIO_OPEN)
    return judge_open (self, from_client);
  if (!self->opened)
    return SKY_EIO_FAULT_NOT_OPEN;
  switch (packet->type)
    {
    case SKY_EIO_PING:
    case SKY_EIO_PONG:
      return judge_heartbeat (self, from_client, packet);
    case SKY_EIO_UPGRADE:
      return from_client ? SKY_EIO_FAULT_PROBE : SKY_EIO_FAULT_DIRECTION;
    case SKY_EIO_NOOP:
      return from_client ? SKY_EIO_FAULT_DIRECTION : 0;
    case SKY_EIO_OPEN:
    case SKY_EIO_CLOSE:
    case SKY_EIO_MESSAGE:
    case SKY_EIO_UNKNOWN:
      break;
    }
  return 0;
}

/**
 * sky_eio_session_packet:
 * @from_client: who sent it
 * @data: the bytes that @packet was decoded from
 * @packet: the session's next packet
 *
 * Judges a packet by direction and by what went before: a heartbeat goes from the server to the
 * client and back (in revision 3 the other way round), nothing precedes the open packet, and a
 * WebSocket that joins an existing session is probed first. A close packet binds its sender only:
 * what the other side had under way may still come. One who begins to listen in the middle sets
 * @opened. Engine.IO protocol v4, "Packet types", "Heartbeat", "Upgrade".
 *
 * Returns: further #SkyEioFault flags, without those in @packet
 */
guint32
sky_eio_session_packet (SkyEioSession *self, gboolean from_client, const guint8 *data,
                        const SkyEioPacket *packet)
{
  gboolean after_close = from_client ? self->client_closed : self->server_closed;

  if (packet->type == SKY_EIO_CLOSE)
    {
      self->closed = TRUE;
      self->client_closed |= from_client;
      self->server_closed |= !from_client;
    }
  if (after_close)
    return SKY_EIO_FAULT_AFTER_CLOSE;
  if (self->on_existing && !self->opened)
    return judge_upgrading (self, from_client, data, packet);
  return judge_order (self, from_client, packet);
}

#include "peer/carrier/carrier.h"

typedef struct
{
  SkyCarrierFuncs funcs;
  gpointer        owner;
  SkyCarrierMeter *meter; /* nullable */
} SkyCarrierPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SkyCarrier, sky_carrier, G_TYPE_OBJECT)

static void
sky_carrier_class_init (SkyCarrierClass *klass)
{
}

static void
sky_carrier_init (SkyCarrier *self)
{
}

/**
 * sky_carrier_attend:
 * @funcs: (nullable): whom to tell what comes from now on; copied; %NULL for nobody
 * @owner: passed to them
 */
void
sky_carrier_attend (SkyCarrier *self, const SkyCarrierFuncs *funcs, gpointer owner)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);

  priv->funcs = funcs != NULL ? *funcs : (SkyCarrierFuncs) { 0 };
  priv->owner = owner;
}

/* @meter: (nullable): counts what passes from now on; shared by many, and to outlive them */
void
sky_carrier_set_meter (SkyCarrier *self, SkyCarrierMeter *meter)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);

  priv->meter = meter;
}

/* A text begins with the type of its packet, which is not counted. Returns: bytes that a packet carries */
static gsize
get_carried (GBytes *message, gboolean binary)
{
  gsize len = g_bytes_get_size (message);

  return binary || len == 0 ? len : len - 1;
}

/* Returns: (transfer none): the name that Engine.IO gives this transport: "websocket" or "polling" */
const char *
sky_carrier_get_transport (SkyCarrier *self)
{
  return SKY_CARRIER_GET_CLASS (self)->transport;
}

/* Returns: whether messages can be sent */
gboolean
sky_carrier_is_open (SkyCarrier *self)
{
  return SKY_CARRIER_GET_CLASS (self)->is_open (self);
}

/**
 * sky_carrier_send:
 * @message: UTF-8 unless @binary; shared, not copied
 *
 * Sends one message after those before it. On a carrier that is not open any more nothing happens.
 */
void
sky_carrier_send (SkyCarrier *self, GBytes *message, gboolean binary)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);
  gsize carried = priv->meter != NULL ? get_carried (message, binary) : 0;

  if (!sky_carrier_is_open (self))
    return;
  if (carried > 0)
    {
      priv->meter->n_out++;
      priv->meter->out_len += carried;
    }
  SKY_CARRIER_GET_CLASS (self)->send (self, message, binary);
}

/**
 * sky_carrier_send_frame:
 * @frame: fin, rsv, opcode, masked and mask as they shall be on the wire; its length is set here
 *
 * Writes one WebSocket frame of the person's own.
 *
 * Returns: %FALSE if this carrier has no frames, or something else is still being sent
 */
gboolean
sky_carrier_send_frame (SkyCarrier *self, SkyWsFrame *frame, GBytes *payload)
{
  SkyCarrierClass *klass = SKY_CARRIER_GET_CLASS (self);

  return klass->send_frame != NULL && sky_carrier_is_open (self) && klass->send_frame (self, frame, payload);
}

/**
 * sky_carrier_close:
 * @code: a WebSocket close code, or 1005 for a close frame without one; polling has none
 * @reason: (nullable): at most 123 bytes of UTF-8
 *
 * Ends it in order. "closed" tells when that is over.
 */
void
sky_carrier_close (SkyCarrier *self, guint code, const char *reason)
{
  if (sky_carrier_is_open (self))
    SKY_CARRIER_GET_CLASS (self)->close (self, code, reason);
}

/* Cuts the line without a word to the peer: it is not waited for any longer. */
void
sky_carrier_cut (SkyCarrier *self)
{
  SKY_CARRIER_GET_CLASS (self)->cut (self);
}

/* Returns: bytes accepted for sending that the socket has not taken yet: bufferedAmount */
guint64
sky_carrier_get_n_unsent (SkyCarrier *self)
{
  return SKY_CARRIER_GET_CLASS (self)->get_n_unsent (self);
}

/* Returns: whether there is anyone to tell: who let go of it wants no more */
gboolean
sky_carrier_is_attended (SkyCarrier *self)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);

  return priv->funcs.message != NULL || priv->funcs.closed != NULL;
}

/**
 * sky_carrier_read_octets:
 * @body: packets of long-polling
 * @start: where @packet, a binary one, begins in it, in bytes
 *
 * Returns: (transfer full): what it carries: a part of @body, or base64 decoded
 */
GBytes *
sky_carrier_read_octets (GBytes *body, gsize start, const SkyEioPacket *packet)
{
  const char *data = (const char *) g_bytes_get_data (body, NULL) + start + packet->data_start;
  g_autofree char *text = NULL;
  guint8 *octets;
  gsize len;

  if (!packet->base64)
    return g_bytes_new_from_bytes (body, start + packet->data_start, packet->data_len);
  text = g_strndup (data, packet->data_len);
  octets = g_base64_decode (text, &len);
  return g_bytes_new_take (octets, len);
}

/**
 * sky_carrier_read_base64:
 * @text: a text message of a WebSocket
 * @revision: of Engine.IO that is spoken on it, 0 for none
 *
 * Clients with "forceBase64" send their octets as text, over WebSocket too.
 *
 * Returns: (transfer full) (nullable): the octets; %NULL if it is text that is meant
 */
GBytes *
sky_carrier_read_base64 (GBytes *text, guint revision)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (text, &len);
  SkyEioPacket packet;

  if (revision == 0 || len == 0 || data[0] != 'b')
    return NULL;
  sky_eio_packet_decode_form (data, len, sky_eio_message_form (revision, FALSE), &packet);
  return packet.type == SKY_EIO_MESSAGE && packet.faults == 0 ? sky_carrier_read_octets (text, 0, &packet) : NULL;
}

/* This and the next two may let go of the carrier: hold a reference. */
void
sky_carrier_tell_message (SkyCarrier *self, GBytes *data, gboolean binary)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);
  gsize carried = priv->meter != NULL ? get_carried (data, binary) : 0;

  if (carried > 0)
    {
      priv->meter->n_in++;
      priv->meter->in_len += carried;
    }
  if (priv->funcs.message != NULL)
    priv->funcs.message (self, data, binary, priv->owner);
}

void
sky_carrier_tell_refused (SkyCarrier *self, guint code, const char *why)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);

  if (priv->funcs.refused != NULL)
    priv->funcs.refused (self, code, why, priv->owner);
}

void
sky_carrier_tell_closed (SkyCarrier *self, guint code, const char *reason, const GError *error)
{
  SkyCarrierPrivate *priv = sky_carrier_get_instance_private (self);

  if (priv->funcs.closed != NULL)
    priv->funcs.closed (self, code, reason, error, priv->owner);
}

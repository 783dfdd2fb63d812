#include "peer/talker-private.h"

#include <string.h>

#include "base/json.h"
#include "sio/sio-attach.h"
#include "sio/sio-msgpack.h"

G_DEFINE_FINAL_TYPE (SkyTalker, sky_talker, G_TYPE_OBJECT)

static void
sky_talker_dispose (GObject *object)
{
  SkyTalker *self = SKY_TALKER (object);

  sky_talker_silence (self);
  sky_talker_drop_waiting (self);
  if (self->carrier != NULL)
    sky_carrier_attend (self->carrier, NULL, NULL);
  g_clear_object (&self->carrier);
  g_clear_pointer (&self->next_ids, g_hash_table_unref);
  G_OBJECT_CLASS (sky_talker_parent_class)->dispose (object);
}

static void
sky_talker_class_init (SkyTalkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_talker_dispose;
}

static void
sky_talker_init (SkyTalker *self)
{
}

/* Sends a text message as it stands. */
void
sky_talker_say (SkyTalker *self, const char *text, gsize len)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, len);

  sky_carrier_send (self->carrier, bytes, FALSE);
}

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  g_autoptr(SkyTalker) self = g_object_ref (SKY_TALKER (owner));

  sky_talker_hear (self, data, binary);
}

static void
on_closed (SkyCarrier *carrier, guint code, const char *reason, const GError *error, gpointer owner)
{
  g_autoptr(SkyTalker) self = g_object_ref (SKY_TALKER (owner));

  if (self->funcs.closed != NULL)
    self->funcs.closed (self, code, reason, error, self->owner);
}

static void
on_refused (SkyCarrier *carrier, guint code, const char *why, gpointer owner)
{
  g_autoptr(SkyTalker) self = g_object_ref (SKY_TALKER (owner));

  if (self->funcs.refused != NULL)
    self->funcs.refused (self, code, why, self->owner);
}

/**
 * sky_talker_new:
 * @carrier: what to speak on; shared
 * @protocol: what is spoken on it; not AUTO
 * @funcs: whom to tell what came; copied
 *
 * Returns: (transfer full): a talker
 */
SkyTalker *
sky_talker_new (SkyCarrier *carrier, SkyProtocol protocol, const SkyTalkerFuncs *funcs, gpointer owner)
{
  SkyTalker *self = g_object_new (SKY_TYPE_TALKER, NULL);

  self->protocol = protocol;
  self->funcs = *funcs;
  self->owner = owner;
  sky_talker_move (self, carrier);
  return self;
}

/**
 * sky_talker_move:
 * @carrier: shared
 *
 * Goes on on another carrier of the same session: Engine.IO was upgraded. A packet whose attachments
 * are still to come is whole when they come there.
 */
void
sky_talker_move (SkyTalker *self, SkyCarrier *carrier)
{
  static const SkyCarrierFuncs funcs = { on_message, on_refused, on_closed };

  g_object_ref (carrier);
  if (self->carrier != NULL)
    sky_carrier_attend (self->carrier, NULL, NULL);
  g_clear_object (&self->carrier);
  self->carrier = carrier;
  sky_carrier_attend (carrier, &funcs, self);
}

/* @parser: of Socket.IO; AUTO speaks the default one, until the peer is heard to speak the other */
void
sky_talker_set_parser (SkyTalker *self, SkyParser parser)
{
  self->parser = parser;
}

/* Returns: what is spoken now */
SkyParser
sky_talker_get_parser (SkyTalker *self)
{
  return self->parser == SKY_PARSER_AUTO ? SKY_PARSER_DEFAULT : self->parser;
}

/* @revision: of Engine.IO, 0 while it is not known */
void
sky_talker_set_revision (SkyTalker *self, guint revision)
{
  self->revision = revision;
}

/**
 * sky_talker_silence:
 *
 * The owner goes away: it is told nothing any more.
 */
void
sky_talker_silence (SkyTalker *self)
{
  self->funcs = (SkyTalkerFuncs) { 0 };
  self->owner = NULL;
}

gboolean
sky_talker_is_open (SkyTalker *self)
{
  return sky_carrier_is_open (self->carrier);
}

static SkySioType
without_binary (SkySioType type)
{
  return type == SKY_SIO_BINARY_EVENT ? SKY_SIO_EVENT : type == SKY_SIO_BINARY_ACK ? SKY_SIO_ACK : type;
}

/*
 * The other parser has no attachments: binary goes back to where it stood. Its version 2, of
 * Socket.IO 2, writes what is neither event nor ack as text. The JSON was checked before.
 */
static void
send_msgpack (SkyTalker *self, SkySioType type, const char *nsp, gint64 id, const char *json, GPtrArray *attachments)
{
  g_autofree char *lowered
      = attachments != NULL && attachments->len > 0 ? sky_sio_attach_lower (json, strlen (json), attachments) : NULL;
  g_autoptr(GBytes) packet = NULL;

  type = without_binary (type);
  if (self->revision == 3 && type != SKY_SIO_EVENT && type != SKY_SIO_ACK)
    {
      g_autofree char *text = sky_sio_msgpack_encode_text (type, nsp, json);
      g_autofree char *message = g_strconcat ("4", text, NULL);

      sky_talker_say (self, message, strlen (message));
      return;
    }
  packet = sky_sio_msgpack_encode (type, nsp, id, lowered != NULL ? lowered : json, NULL);
  if (packet != NULL)
    sky_carrier_send (self->carrier, packet, TRUE);
}

/* Sends a packet and its attachments, with nothing of this connection between them. */
static void
send_packet (SkyTalker *self, SkySioType type, const char *nsp, gint64 id, const char *json, GPtrArray *attachments)
{
  guint n = attachments != NULL ? attachments->len : 0;
  g_autofree char *packet = NULL, *message = NULL;

  if (self->parser == SKY_PARSER_MSGPACK)
    {
      send_msgpack (self, type, nsp, id, json, attachments);
      return;
    }
  packet = sky_sio_packet_encode (type, n, nsp, id, json);
  message = g_strconcat ("4", packet, NULL);
  sky_talker_say (self, message, strlen (message));
  for (guint i = 0; i < n; i++)
    sky_carrier_send (self->carrier, g_ptr_array_index (attachments, i), TRUE);
}

/* Returns: the id of the next event of @nsp that asks for an ack */
guint64
sky_talker_take_id (SkyTalker *self, const char *nsp)
{
  guint64 *next;

  if (self->next_ids == NULL)
    self->next_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  next = g_hash_table_lookup (self->next_ids, nsp);
  if (next == NULL)
    {
      next = g_new0 (guint64, 1);
      g_hash_table_insert (self->next_ids, g_strdup (nsp), next);
    }
  return (*next)++;
}

/* Returns: whether an ack with this id was ever asked for here */
gboolean
sky_talker_has_asked (SkyTalker *self, const char *nsp, guint64 id)
{
  const guint64 *next = self->next_ids != NULL ? g_hash_table_lookup (self->next_ids, nsp) : NULL;

  return next != NULL && id < *next;
}

/**
 * sky_talker_emit:
 * @args: the arguments as JSON, separated by commas, with a placeholder for each attachment; ""
 *   for none
 * @attachments: (nullable) (element-type GBytes): the binary arguments
 * @ask: whether an ack is asked for
 *
 * Sends an EVENT, or a BINARY_EVENT if there are attachments.
 *
 * Returns: the ack id, if one was asked for
 */
guint64
sky_talker_emit (SkyTalker *self, const char *nsp, const char *event, const char *args, GPtrArray *attachments,
                 gboolean ask)
{
  g_autoptr(GString) json = g_string_new ("[");
  guint64 id = ask ? sky_talker_take_id (self, nsp) : 0;

  sky_json_quote (json, event, -1);
  if (args != NULL && *args != '\0')
    g_string_append_printf (json, ",%s", args);
  g_string_append_c (json, ']');
  send_packet (self, attachments != NULL && attachments->len > 0 ? SKY_SIO_BINARY_EVENT : SKY_SIO_EVENT, nsp,
               ask ? (gint64) id : -1, json->str, attachments);
  return id;
}

/**
 * sky_talker_ack:
 * @id: the ack id of the event that is answered
 * @args: (nullable): as for sky_talker_emit()
 */
void
sky_talker_ack (SkyTalker *self, const char *nsp, guint64 id, const char *args, GPtrArray *attachments)
{
  g_autofree char *json = g_strconcat ("[", args != NULL ? args : "", "]", NULL);

  send_packet (self, attachments != NULL && attachments->len > 0 ? SKY_SIO_BINARY_ACK : SKY_SIO_ACK, nsp,
               (gint64) id, json, attachments);
}

/**
 * sky_talker_packet:
 * @json: (nullable): its data
 *
 * Sends a packet that is neither event nor ack: CONNECT, DISCONNECT, CONNECT_ERROR.
 */
void
sky_talker_packet (SkyTalker *self, SkySioType type, const char *nsp, const char *json)
{
  send_packet (self, type, nsp, -1, json, NULL);
}

/* Sends the open packet: the server's first word. */
void
sky_talker_open (SkyTalker *self, const SkyEioOpen *open)
{
  g_autofree char *json = sky_eio_open_encode (open);
  g_autofree char *packet = g_strconcat ("0", json, NULL);

  sky_talker_say (self, packet, strlen (packet));
}

/* Sends an Engine.IO ping: the server's heartbeat in revision 4, the client's in 3. */
void
sky_talker_ping (SkyTalker *self)
{
  sky_talker_say (self, "2", 1);
}

/* Sends a text message; on Engine.IO within a message packet. @text is UTF-8 of @len bytes. */
void
sky_talker_text (SkyTalker *self, const char *text, gsize len)
{
  if (self->protocol == SKY_PROTOCOL_ENGINE_IO)
    {
      g_autoptr(GString) packet = g_string_new ("4");

      g_string_append_len (packet, text, len);
      sky_talker_say (self, packet->str, packet->len);
    }
  else
    sky_talker_say (self, text, len);
}

void
sky_talker_binary (SkyTalker *self, GBytes *data)
{
  sky_carrier_send (self->carrier, data, TRUE);
}

/* Writes a frame of one's own: see sky_carrier_send_frame(). */
gboolean
sky_talker_frame (SkyTalker *self, SkyWsFrame *frame, GBytes *payload)
{
  return sky_carrier_send_frame (self->carrier, frame, payload);
}

/**
 * sky_talker_close:
 * @code: a close code that may be sent, or 1005 for a close frame without one
 * @reason: (nullable): at most 123 bytes of UTF-8
 *
 * Begins the closing handshake (RFC 6455 §7.1.2). "closed" tells when it is over.
 */
void
sky_talker_close (SkyTalker *self, guint code, const char *reason)
{
  sky_carrier_close (self->carrier, code, reason);
}

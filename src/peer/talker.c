#include "peer/talker.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "eio/eio-packet.h"
#include "sio/sio-attach.h"
#include "sio/sio-event.h"

#define MAX_PACKET (64 * 1024 * 1024) /* bytes of a packet with all its attachments */

struct _SkyTalker
{
  GObject        parent_instance;
  SkyCarrier    *carrier;
  SkyProtocol    protocol;
  SkyParser      parser; /* never AUTO */
  SkyTalkerFuncs funcs;
  gpointer       owner;
  GHashTable    *next_ids; /* namespace → guint64: ack ids are counted for each */

  GBytes    *waiting; /* a packet whose attachments are still to come */
  GPtrArray *attachments;
  gsize      attached_len; /* bytes of them so far */
  guint      n_due;
};

G_DEFINE_FINAL_TYPE (SkyTalker, sky_talker, G_TYPE_OBJECT)

static void
drop_waiting (SkyTalker *self)
{
  g_clear_pointer (&self->waiting, g_bytes_unref);
  g_clear_pointer (&self->attachments, g_ptr_array_unref);
  self->attached_len = 0;
  self->n_due = 0;
}

static void
sky_talker_dispose (GObject *object)
{
  SkyTalker *self = SKY_TALKER (object);

  sky_talker_silence (self);
  drop_waiting (self);
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
  self->next_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
tell_broken (SkyTalker *self, const char *what)
{
  drop_waiting (self);
  if (self->funcs.broken != NULL)
    self->funcs.broken (self, what, self->owner);
}

/* A Socket.IO packet is whole: take its event apart and hand it over. */
static void
tell_talk (SkyTalker *self, const char *text, gsize len, const SkySioPacket *packet, GPtrArray *attachments)
{
  g_autofree char *nsp = sky_sio_packet_nsp (packet, text);
  g_autofree char *json = g_strndup (text + packet->data_start, packet->data_len);
  g_autofree char *name = NULL, *args = NULL;
  gboolean named = packet->type == SKY_SIO_EVENT || packet->type == SKY_SIO_BINARY_EVENT;
  gboolean answer = packet->type == SKY_SIO_ACK || packet->type == SKY_SIO_BINARY_ACK;
  SkySioEvent event;

  if ((named || answer) && sky_sio_event_decode (json, packet->data_len, named, &event))
    {
      name = named ? sky_sio_event_name (&event, json) : NULL;
      args = g_strndup (json + event.args_start, event.args_len);
    }
  if (self->funcs.talk != NULL)
    self->funcs.talk (self,
                      &(SkyTalk) { .type = packet->type,
                                   .nsp = nsp,
                                   .has_id = packet->has_id,
                                   .id = packet->id,
                                   .event = name,
                                   .args = args,
                                   .json = json,
                                   .attachments = attachments },
                      self->owner);
}

/* The reference takes an event of nothing, without name or arguments, and tells nobody: PROTOCOL §7.8. */
static gboolean
is_nothing (const SkySioPacket *packet)
{
  return packet->type == SKY_SIO_EVENT && packet->data_len == 0;
}

static void
hear_sio (SkyTalker *self, GBytes *data, gsize skip)
{
  g_autoptr(GBytes) whole = g_bytes_new_from_bytes (data, skip, g_bytes_get_size (data) - skip);
  gsize len;
  const char *text = g_bytes_get_data (whole, &len);
  SkySioPacket packet;

  if (self->n_due > 0)
    {
      tell_broken (self, N_("text while attachments are due"));
      return;
    }
  sky_sio_packet_decode (text, len, &packet);
  if (is_nothing (&packet))
    return;
  if (packet.faults != 0)
    {
      const SkyFaultInfo *fault = sky_fault_next (sky_sio_faults, packet.faults, NULL);

      tell_broken (self, fault->text);
      return;
    }
  if (packet.n_attachments == 0)
    {
      tell_talk (self, text, len, &packet, NULL);
      return;
    }
  self->waiting = g_steal_pointer (&whole);
  self->n_due = packet.n_attachments;
  self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
hear_attachment (SkyTalker *self, GBytes *data)
{
  g_autoptr(GBytes) whole = NULL;
  g_autoptr(GPtrArray) attachments = NULL;
  SkySioPacket packet;
  gsize len;
  const char *text;

  if (self->n_due == 0)
    {
      tell_broken (self, N_("binary without a header"));
      return;
    }
  self->attached_len += g_bytes_get_size (data);
  if (self->attached_len > MAX_PACKET)
    {
      tell_broken (self, N_("attachments of more than 64 MiB in one packet"));
      return;
    }
  g_ptr_array_add (self->attachments, g_bytes_ref (data));
  if (--self->n_due > 0)
    return;
  whole = g_steal_pointer (&self->waiting);
  attachments = g_steal_pointer (&self->attachments);
  text = g_bytes_get_data (whole, &len);
  sky_sio_packet_decode (text, len, &packet);
  tell_talk (self, text, len, &packet, attachments);
}

static void
tell_open (SkyTalker *self, const char *json, gsize len)
{
  g_auto(SkyEioOpen) open = { 0 };

  if (!sky_eio_open_decode (json, len, &open))
    tell_broken (self, N_("the open packet is no JSON object with a sid"));
  else if (self->funcs.open != NULL)
    self->funcs.open (self, &open, self->owner);
}

static void
send_text (SkyTalker *self, const char *text, gsize len)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, len);

  sky_carrier_send (self->carrier, bytes, FALSE);
}

/* RFC 6455 has its own ping; Engine.IO has one above it, which browsers' pages can see. */
static void
answer_ping (SkyTalker *self, const char *data, gsize len)
{
  g_autoptr(GString) pong = g_string_new ("3");

  g_string_append_len (pong, data, (gssize) len);
  send_text (self, pong->str, pong->len);
}

static void
hear_eio (SkyTalker *self, GBytes *data, gboolean binary)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (data, &len);
  SkyEioPacket packet;

  sky_eio_packet_decode (bytes, len, binary, &packet);
  switch (packet.type)
    {
    case SKY_EIO_OPEN:
      tell_open (self, (const char *) bytes + packet.data_start, packet.data_len);
      break;
    case SKY_EIO_PING:
      if (self->funcs.ping != NULL && !self->funcs.ping (self, self->owner))
        break;
      if (self->funcs.heartbeat != NULL)
        self->funcs.heartbeat (self, self->owner);
      answer_ping (self, (const char *) bytes + packet.data_start, packet.data_len);
      break;
    case SKY_EIO_PONG:
      if (self->funcs.heartbeat != NULL)
        self->funcs.heartbeat (self, self->owner);
      break;
    case SKY_EIO_MESSAGE:
      if (self->protocol == SKY_PROTOCOL_SOCKET_IO)
        binary ? hear_attachment (self, data) : hear_sio (self, data, packet.data_start);
      else if (self->funcs.message != NULL)
        {
          g_autoptr(GBytes) body = g_bytes_new_from_bytes (data, packet.data_start, packet.data_len);

          self->funcs.message (self, body, binary, self->owner);
        }
      break;
    case SKY_EIO_CLOSE:
      sky_talker_close (self, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      break;
    case SKY_EIO_NOOP:
    case SKY_EIO_UPGRADE:
      break;
    case SKY_EIO_UNKNOWN:
      tell_broken (self, N_("no such Engine.IO packet type"));
      break;
    }
}

static void
on_message (SkyCarrier *carrier, GBytes *data, gboolean binary, gpointer owner)
{
  g_autoptr(SkyTalker) self = g_object_ref (SKY_TALKER (owner));

  if (self->protocol != SKY_PROTOCOL_WEBSOCKET)
    hear_eio (self, data, binary);
  else if (self->funcs.message != NULL)
    self->funcs.message (self, data, binary, self->owner);
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

/* Sends a packet and its attachments, with nothing of this connection between them. */
static void
send_packet (SkyTalker *self, SkySioType type, const char *nsp, gint64 id, const char *json, GPtrArray *attachments)
{
  guint n = attachments != NULL ? attachments->len : 0;
  g_autofree char *packet = sky_sio_packet_encode (type, n, nsp, id, json);
  g_autofree char *message = g_strconcat ("4", packet, NULL);

  if (!sky_talker_is_open (self))
    return;
  send_text (self, message, strlen (message));
  for (guint i = 0; i < n; i++)
    sky_carrier_send (self->carrier, g_ptr_array_index (attachments, i), TRUE);
}

static guint64
take_id (SkyTalker *self, const char *nsp)
{
  guint64 *next = g_hash_table_lookup (self->next_ids, nsp);

  if (next == NULL)
    {
      next = g_new0 (guint64, 1);
      g_hash_table_insert (self->next_ids, g_strdup (nsp), next);
    }
  return (*next)++;
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
  guint64 id = ask ? take_id (self, nsp) : 0;

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

  send_text (self, packet, strlen (packet));
}

/* Sends an Engine.IO ping: the server's heartbeat in revision 4. */
void
sky_talker_ping (SkyTalker *self)
{
  send_text (self, "2", 1);
}

/* Sends a text message; on Engine.IO within a message packet. @text is UTF-8 of @len bytes. */
void
sky_talker_text (SkyTalker *self, const char *text, gsize len)
{
  if (self->protocol == SKY_PROTOCOL_ENGINE_IO)
    {
      g_autoptr(GString) packet = g_string_new ("4");

      g_string_append_len (packet, text, len);
      send_text (self, packet->str, packet->len);
    }
  else
    send_text (self, text, len);
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

#include "stack/describe-private.h"

#include <glib/gi18n-lib.h>

#include "sio/sio-msgpack.h"

/**
 * sky_describe_is_msgpack:
 *
 * Returns: whether @record is a packet of the MessagePack parser, whose body is JSON made of it
 */
gboolean
sky_describe_is_msgpack (const SkyRecord *record)
{
  return record->layer == SKY_LAYER_SIO && (record->flags & SKY_RECORD_DERIVED);
}

/**
 * sky_describe_is_octets:
 *
 * Returns: whether @record is a binary message where a Socket.IO packet should be, and none
 */
gboolean
sky_describe_is_octets (const SkyRecord *record)
{
  return record->layer == SKY_LAYER_SIO
         && ((record->faults & SKY_SIO_FAULT_STRAY_BINARY)
             || ((record->faults & SKY_SIO_FAULT_MSGPACK) && !(record->flags & SKY_RECORD_DERIVED)));
}

/**
 * sky_describe_msgpack_head:
 * @number: of a record for which sky_describe_is_msgpack() holds
 * @limit: bytes to read first; all are read if the message is longer, for the namespace stands behind the data
 * @packet: (out caller-allocates): the packet's parts
 *
 * Returns: (transfer full): the namespace
 */
char *
sky_describe_msgpack_head (guint32 number, const SkyBytesSource *source, gsize limit, SkySioPacket *packet)
{
  g_autoptr(GBytes) wire = source->wire (source->data, number, limit);

  if (g_bytes_get_size (wire) < source->record (source->data, number)->len)
    {
      g_clear_pointer (&wire, g_bytes_unref);
      wire = source->wire (source->data, number, G_MAXSIZE);
    }
  sky_sio_msgpack_find (g_bytes_get_data (wire, NULL), g_bytes_get_size (wire), packet);
  return sky_sio_packet_nsp (packet, g_bytes_get_data (wire, NULL));
}

void
sky_describe_msgpack_fields (const guint8 *data, gsize len, SkyFields *fields)
{
  SkySioPacket packet;

  sky_sio_msgpack_find (data, len, &packet);
  sky_sio_msgpack_fields (&packet, data, len, fields);
}

/**
 * sky_explain_msgpack:
 * @number: of a record for which sky_describe_is_msgpack() holds
 *
 * Adds how the packet is written, which is not how most are.
 */
void
sky_explain_msgpack (GString *out, guint32 number, const SkyBytesSource *source)
{
  g_autoptr(GBytes) first = source->wire (source->data, number, 1);

  g_string_append (out, "\n\n");
  if (g_bytes_get_size (first) > 0 && *(const char *) g_bytes_get_data (first, NULL) == '{')
    g_string_append (out, _("Both sides use the MessagePack parser. In Socket.IO 2 it writes what is no event and no acknowledgement as JSON: the whole packet is one object."));
  else
    g_string_append (out, _("Both sides use the MessagePack parser: the whole packet is one binary message, a map in MessagePack, and binary values stand in their place instead of following as attachments. Sockeye shows the data as JSON."));
  g_string_append_printf (out, " (%s)", _("Socket.IO documentation, Custom parser"));
}

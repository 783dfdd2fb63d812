#include "trace/capture-file.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"

/* pcapng: draft-ietf-opsawg-pcapng; pcap: draft-ietf-opsawg-pcap. */

#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_OLD       2u
#define BLOCK_SIMPLE    3u
#define BLOCK_PACKET    6u
#define BYTE_ORDER_MARK 0x1a2b3c4du
#define PCAP_USEC       0xa1b2c3d4u
#define PCAP_NSEC       0xa1b23c4du

#define OPT_END         0
#define OPT_COMMENT     1
#define OPT_IF_TSRESOL  9
#define OPT_IF_TSOFFSET 14

#define MAX_BLOCK      (256u * 1024 * 1024) /* bytes of one block: more is damage */
#define MAX_INTERFACES 65536
#define READ_STEP      (1024u * 1024) /* bytes that a length is believed at a time */
#define LAST_SECOND    G_GUINT64_CONSTANT (253402300799) /* of the year 9999 */

typedef struct
{
  guint   linktype;
  guint32 snap_len; /* bytes; 0: no limit */
  guint8  resolution;
  gint64  offset_sec;
} Interface;

struct _SkyCaptureFile
{
  GInputStream *in;
  GCancellable *cancellable;
  GByteArray   *block;
  GArray       *interfaces; /* of Interface, of this section */
  char         *damage;     /* nullable: why reading stopped before the end */
  gint64        time_usec;  /* of the last packet, for those that have none */
  guint64       offset;     /* bytes read so far */
  gboolean      legacy;     /* .pcap */
  gboolean      swapped;    /* numbers are big-endian */
  guint         nsec_per_unit; /* legacy: of a time's fraction */
};

static guint16
get16 (SkyCaptureFile *self, const guint8 *at)
{
  return (guint16) (self->swapped ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static guint32
get32 (SkyCaptureFile *self, const guint8 *at)
{
  guint32 low = get16 (self, self->swapped ? at + 2 : at),
          high = get16 (self, self->swapped ? at : at + 2);

  return high << 16 | low;
}

/* Appends @len bytes to the block. Returns: whether they were there */
static gboolean
read_more (SkyCaptureFile *self, gsize len, GError **error)
{
  while (len > 0)
    {
      gsize step = MIN (len, READ_STEP), got = 0;
      guint before = self->block->len;
      gboolean ok;

      g_byte_array_set_size (self->block, before + (guint) step);
      ok = g_input_stream_read_all (self->in, self->block->data + before, step, &got,
                                    self->cancellable, error);
      g_byte_array_set_size (self->block, before + (guint) got);
      self->offset += got;
      if (!ok || got < step)
        return FALSE;
      len -= step;
    }
  return TRUE;
}

static gboolean
set_damage (SkyCaptureFile *self, guint64 at, gboolean cut)
{
  if (self->damage == NULL)
    self->damage = g_strdup_printf (
        cut ? _("The capture file is cut off: what begins at byte %" PRIu64
                " is not all there.")
            : _("The capture file is damaged: nothing can be read from byte %" PRIu64
                " on."),
        at);
  return FALSE;
}

static SkyCaptureFile *
refuse (SkyCaptureFile *self, const char *name, GError **error)
{
  g_autofree char *hex = sky_hex_format (self->block->data, self->block->len, " ");
  g_autofree char *text = sky_hex_printable (self->block->data, self->block->len, 16);

  if (self->block->len == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is no capture: it is empty."),
                 name);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” is no capture: a .pcapng or .pcap file was expected, "
                   "and this one begins with “%s” (%s)."),
                 name, text, hex);
  sky_capture_file_free (self);
  return NULL;
}

/* Returns: whether the file begins as one of those that are known */
static gboolean
recognize (SkyCaptureFile *self)
{
  if (self->block->len < 4)
    return FALSE;
  if (get32 (self, self->block->data) == BLOCK_SECTION)
    return TRUE;
  for (guint i = 0; i < 2; i++)
    {
      guint32 magic;

      self->swapped = i != 0;
      magic = get32 (self, self->block->data);
      self->legacy = magic == PCAP_USEC || magic == PCAP_NSEC;
      self->nsec_per_unit = magic == PCAP_NSEC ? 1 : 1000;
      if (self->legacy)
        return TRUE;
    }
  return FALSE;
}

static void
add_interface (SkyCaptureFile *self, const Interface *interface)
{
  if (self->interfaces->len < MAX_INTERFACES)
    g_array_append_vals (self->interfaces, interface, 1);
}

static gboolean
read_legacy_header (SkyCaptureFile *self, GError **error)
{
  Interface interface = { .resolution = 6 };

  if (!read_more (self, 20, error))
    return set_damage (self, 0, TRUE);
  interface.linktype = get32 (self, self->block->data + 20) & 0xffff;
  add_interface (self, &interface);
  return TRUE;
}

/**
 * sky_capture_file_new:
 * @in: the file's bytes
 * @name: what messages call it
 * @error: set if this is no capture, with a sentence on what was found, or if it cannot be read
 *
 * Returns: (nullable) (transfer full): a reader before the first packet
 */
SkyCaptureFile *
sky_capture_file_new (GInputStream *in, const char *name, GCancellable *cancellable, GError **error)
{
  SkyCaptureFile *self = g_new0 (SkyCaptureFile, 1);
  GError *broken = NULL;

  self->in = g_buffered_input_stream_new_sized (in, 256 * 1024);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->block = g_byte_array_new ();
  self->interfaces = g_array_new (FALSE, TRUE, sizeof (Interface));
  if (read_more (self, 4, &broken) && recognize (self) && self->legacy)
    read_legacy_header (self, &broken);
  if (broken != NULL)
    {
      g_propagate_error (error, broken);
      sky_capture_file_free (self);
      return NULL;
    }
  return recognize (self) ? self : refuse (self, name, error);
}

void
sky_capture_file_free (SkyCaptureFile *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->in);
  g_clear_object (&self->cancellable);
  g_byte_array_unref (self->block);
  g_array_unref (self->interfaces);
  g_free (self->damage);
  g_free (self);
}

/**
 * sky_capture_file_get_damage:
 *
 * Returns: (nullable): a sentence on why the file ended before its end, if it did
 */
const char *
sky_capture_file_get_damage (SkyCaptureFile *self)
{
  return self->damage;
}

/**
 * sky_capture_file_get_offset:
 *
 * Returns: how many bytes were read so far
 */
guint64
sky_capture_file_get_offset (SkyCaptureFile *self)
{
  return self->offset;
}

/* Returns: the value of the first option @code between @pos and @end of the block, or NULL */
static const guint8 *
find_option (SkyCaptureFile *self, gsize pos, gsize end, guint16 code, gsize *len)
{
  const guint8 *data = self->block->data;

  while (end >= pos && end - pos >= 4)
    {
      guint16 this_code = get16 (self, data + pos), this_len = get16 (self, data + pos + 2);

      pos += 4;
      if (this_code == OPT_END || this_len > end - pos)
        break;
      if (this_code == code)
        {
          *len = this_len;
          return data + pos;
        }
      pos += (this_len + 3u) & ~3u;
    }
  return NULL;
}

static void
read_interface (SkyCaptureFile *self)
{
  const guint8 *data = self->block->data, *value;
  gsize end = self->block->len - 4, len;
  Interface interface = { .resolution = 6 };

  if (end < 16)
    return;
  interface.linktype = get16 (self, data + 8);
  interface.snap_len = get32 (self, data + 12);
  value = find_option (self, 16, end, OPT_IF_TSRESOL, &len);
  if (value != NULL && len >= 1)
    interface.resolution = value[0];
  value = find_option (self, 16, end, OPT_IF_TSOFFSET, &len);
  if (value != NULL && len >= 8)
    interface.offset_sec = (gint64) ((guint64) get32 (self, value + (self->swapped ? 0 : 4)) << 32
                                     | get32 (self, value + (self->swapped ? 4 : 0)));
  add_interface (self, &interface);
}

/* if_tsresol: a power of ten, or of two if the top bit is set. */
static gint64
to_usec (const Interface *interface, guint64 units)
{
  guint exponent = interface->resolution & 0x7f;
  unsigned __int128 usec = (unsigned __int128) units * G_USEC_PER_SEC;

  if (interface->resolution & 0x80)
    usec >>= exponent;
  else
    for (guint i = 0; i < exponent && usec > 0; i++)
      usec /= 10;
  usec = MIN (usec, (unsigned __int128) LAST_SECOND * G_USEC_PER_SEC);
  if (ABS (interface->offset_sec / 2) > (gint64) LAST_SECOND / 2)
    return (gint64) usec;
  return MAX (0, (gint64) usec + interface->offset_sec * G_USEC_PER_SEC);
}

/* An enhanced packet block, or the obsolete one, whose interface has 16 bits. */
static gboolean
read_packet (SkyCaptureFile *self, SkyCapturePacket *packet, gboolean old)
{
  const guint8 *data = self->block->data;
  gsize end = self->block->len - 4, after;
  guint32 number, len;
  const Interface *interface;

  if (end < 28)
    return FALSE;
  number = old ? get16 (self, data + 8) : get32 (self, data + 8);
  len = get32 (self, data + 20);
  if (number >= self->interfaces->len || len > end - 28)
    return FALSE;
  interface = &g_array_index (self->interfaces, Interface, number);
  after = 28 + (((gsize) len + 3) & ~(gsize) 3);
  self->time_usec
      = to_usec (interface, (guint64) get32 (self, data + 12) << 32 | get32 (self, data + 16));
  *packet = (SkyCapturePacket) { self->time_usec, interface->linktype, data + 28, len };
  packet->comment
      = (const char *) find_option (self, after, end, OPT_COMMENT, &packet->comment_len);
  return TRUE;
}

static gboolean
read_simple (SkyCaptureFile *self, SkyCapturePacket *packet)
{
  gsize end = self->block->len - 4, len;
  const Interface *interface;

  if (end < 12 || self->interfaces->len == 0)
    return FALSE;
  interface = &g_array_index (self->interfaces, Interface, 0);
  len = MIN (get32 (self, self->block->data + 8), end - 12);
  if (interface->snap_len > 0)
    len = MIN (len, interface->snap_len);
  *packet = (SkyCapturePacket) { self->time_usec, interface->linktype,
                                 self->block->data + 12, len };
  return TRUE;
}

/* A section may have another byte order than the one before. */
static gboolean
begin_section (SkyCaptureFile *self, GError **error)
{
  if (!read_more (self, 4, error))
    return FALSE;
  self->swapped = FALSE;
  if (get32 (self, self->block->data + 8) != BYTE_ORDER_MARK)
    self->swapped = TRUE;
  g_array_set_size (self->interfaces, 0);
  return get32 (self, self->block->data + 8) == BYTE_ORDER_MARK;
}

/* Reads one block whole. Returns: whether it is there */
static gboolean
read_block (SkyCaptureFile *self, GError **error)
{
  guint64 start = self->offset - self->block->len;
  guint32 len;

  if (!read_more (self, 8 - self->block->len, error))
    return self->block->len > 0 ? set_damage (self, start, TRUE) : FALSE;
  if (get32 (self, self->block->data) == BLOCK_SECTION && !begin_section (self, error))
    return set_damage (self, start, self->block->len < 12);
  len = get32 (self, self->block->data + 4);
  if (len < 12 || len % 4 != 0 || len > MAX_BLOCK)
    return set_damage (self, start, FALSE);
  if (!read_more (self, len - self->block->len, error))
    return set_damage (self, start, TRUE);
  if (get32 (self, self->block->data + len - 4) != len)
    return set_damage (self, start, FALSE);
  return TRUE;
}

static gboolean
next_block (SkyCaptureFile *self, SkyCapturePacket *packet, GError **error)
{
  /* The first block's type was read to recognize the file. */
  if (self->offset > 4)
    g_byte_array_set_size (self->block, 0);
  while (read_block (self, error))
    {
      guint32 type = get32 (self, self->block->data);

      if (type == BLOCK_INTERFACE)
        read_interface (self);
      else if ((type == BLOCK_PACKET || type == BLOCK_OLD)
               && read_packet (self, packet, type == BLOCK_OLD))
        return TRUE;
      else if (type == BLOCK_SIMPLE && read_simple (self, packet))
        return TRUE;
      g_byte_array_set_size (self->block, 0);
    }
  return FALSE;
}

static gboolean
next_record (SkyCaptureFile *self, SkyCapturePacket *packet, GError **error)
{
  guint64 start = self->offset;
  guint32 len;
  gint64 usec;

  g_byte_array_set_size (self->block, 0);
  if (self->damage != NULL)
    return FALSE;
  if (!read_more (self, 16, error))
    return self->block->len > 0 ? set_damage (self, start, TRUE) : FALSE;
  len = get32 (self, self->block->data + 8);
  if (len > MAX_BLOCK)
    return set_damage (self, start, FALSE);
  if (!read_more (self, len, error))
    return set_damage (self, start, TRUE);
  usec = (gint64) get32 (self, self->block->data + 4) * self->nsec_per_unit / 1000;
  usec += (gint64) get32 (self, self->block->data) * G_USEC_PER_SEC;
  *packet = (SkyCapturePacket) { usec, g_array_index (self->interfaces, Interface, 0).linktype,
                                 self->block->data + 16, len };
  return TRUE;
}

/**
 * sky_capture_file_next:
 * @packet: (out caller-allocates): the next packet; its bytes are good until the next call
 * @error: set if reading itself failed or was cancelled
 *
 * Returns: %FALSE at the end of what can be read: see sky_capture_file_get_damage()
 */
gboolean
sky_capture_file_next (SkyCaptureFile *self, SkyCapturePacket *packet, GError **error)
{
  return self->legacy ? next_record (self, packet, error) : next_block (self, packet, error);
}

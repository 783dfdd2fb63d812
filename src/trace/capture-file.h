#pragma once

#include <gio/gio.h>

/* Kinds of packet: what stands before the IP header (the tcpdump group's LINKTYPE_ numbers). */
#define SKY_LINKTYPE_NULL       0
#define SKY_LINKTYPE_ETHERNET   1
#define SKY_LINKTYPE_RAW        101
#define SKY_LINKTYPE_LOOP       108
#define SKY_LINKTYPE_LINUX_SLL  113
#define SKY_LINKTYPE_IPV4       228
#define SKY_LINKTYPE_IPV6       229
#define SKY_LINKTYPE_LINUX_SLL2 276

/* One packet, borrowed until the next is read. */
typedef struct
{
  gint64        time_usec; /* microseconds since 1970-01-01 UTC */
  guint         linktype;
  const guint8 *data;
  gsize         len;         /* bytes, as captured */
  const char   *comment;     /* nullable; not ended by NUL */
  gsize         comment_len; /* bytes */
} SkyCapturePacket;

/**
 * SkyCaptureFile:
 *
 * Reads packets out of a .pcapng or .pcap file, of either byte order. Whatever a length says, no
 * more is believed than what is there.
 */
typedef struct _SkyCaptureFile SkyCaptureFile;

SkyCaptureFile *sky_capture_file_new (GInputStream *in, const char *name, GCancellable *cancellable,
                                      GError **error);
void            sky_capture_file_free (SkyCaptureFile *self);
gboolean        sky_capture_file_next (SkyCaptureFile *self, SkyCapturePacket *packet,
                                       GError **error);
guint64         sky_capture_file_get_offset (SkyCaptureFile *self);
const char     *sky_capture_file_get_damage (SkyCaptureFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyCaptureFile, sky_capture_file_free)

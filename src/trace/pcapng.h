#pragma once

#include <gio/gio.h>

#include "trace/feed.h"

/* A chunk is written in packets of at most so many bytes: an IP packet's length has 16 bits. */
#define SKY_PCAPNG_MAX_CHUNK (32 * 1024)

/* Blocks of a pcapng file, written by hand: synthetic Ethernet-less IP and TCP around each chunk. */
typedef struct _SkyPcapngFlow SkyPcapngFlow;

SkyPcapngFlow *sky_pcapng_flow_new (const char *client, const char *server);
void           sky_pcapng_flow_free (SkyPcapngFlow *self);
void           sky_pcapng_write_header (GByteArray *out);
gsize          sky_pcapng_write_chunk (SkyPcapngFlow *flow, GByteArray *out, SkyFrom from,
                                       gint64 time_usec, const guint8 *data, gsize len,
                                       const char *comment);
void           sky_pcapng_write_end (SkyPcapngFlow *flow, GByteArray *out, SkyFrom from,
                                     gint64 time_usec, const char *comment);

/* A capture file that is read in steps, so that a window can live meanwhile. */
typedef struct _SkyPcapngLoad SkyPcapngLoad;

SkyPcapngLoad *sky_pcapng_load_new (GInputStream *in, const char *name, SkyStore *into, GCancellable *cancellable,
                                    GError **error);
SkyPcapngLoad *sky_pcapng_load_new_for_file (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error);
gboolean       sky_pcapng_load_step (SkyPcapngLoad *self, gsize len, GError **error);
double         sky_pcapng_load_get_part (SkyPcapngLoad *self);
void           sky_pcapng_load_free (SkyPcapngLoad *self);

gboolean sky_pcapng_load (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error);
gboolean sky_pcapng_load_stream (GInputStream *in, const char *name, SkyStore *into,
                                 GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyPcapngFlow, sky_pcapng_flow_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyPcapngLoad, sky_pcapng_load_free)

#include "trace/pcapng.h"

#include "trace/capture-file.h"
#include "trace/tcp-join.h"

struct _SkyPcapngLoad
{
  SkyCaptureFile *file;
  SkyTcpJoin     *join;
  char           *name;
  guint64         len; /* bytes of the whole file; 0 if that is not known */
  gboolean        done;
};

/**
 * sky_pcapng_load_new:
 * @in: the bytes of a .pcapng or .pcap file, of either byte order
 * @name: what messages call it
 * @into: the trace that takes its connections
 * @error: set if it is no capture, or cannot be read
 *
 * Reads as much as tells a capture from other files: sky_pcapng_load_step() reads on.
 *
 * Returns: (nullable) (transfer full): the file before its first packet
 */
SkyPcapngLoad *
sky_pcapng_load_new (GInputStream *in, const char *name, SkyStore *into, GCancellable *cancellable,
                     GError **error)
{
  SkyPcapngLoad *self;
  SkyCaptureFile *file;

  g_return_val_if_fail (G_IS_INPUT_STREAM (in), NULL);
  g_return_val_if_fail (SKY_IS_STORE (into), NULL);

  file = sky_capture_file_new (in, name, cancellable, error);
  if (file == NULL)
    return NULL;
  self = g_new0 (SkyPcapngLoad, 1);
  self->file = file;
  self->join = sky_tcp_join_new (into);
  self->name = g_strdup (name);
  return self;
}

/**
 * sky_pcapng_load_new_for_file:
 * @file: a .pcapng or .pcap file
 *
 * See sky_pcapng_load_new().
 *
 * Returns: (nullable) (transfer full): the file before its first packet
 */
SkyPcapngLoad *
sky_pcapng_load_new_for_file (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFileInputStream) in = NULL;
  g_autoptr(GFileInfo) info = NULL;
  g_autofree char *name = NULL;
  SkyPcapngLoad *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  in = g_file_read (file, cancellable, error);
  if (in == NULL)
    return NULL;
  name = g_file_get_basename (file);
  info = g_file_input_stream_query_info (in, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, NULL);
  self = sky_pcapng_load_new (G_INPUT_STREAM (in), name, into, cancellable, error);
  if (self != NULL && info != NULL)
    self->len = (guint64) g_file_info_get_size (info);
  return self;
}

/**
 * sky_pcapng_load_free:
 *
 * What was read stays in the trace.
 */
void
sky_pcapng_load_free (SkyPcapngLoad *self)
{
  if (self == NULL)
    return;
  sky_tcp_join_free (self->join);
  sky_capture_file_free (self->file);
  g_free (self->name);
  g_free (self);
}

/**
 * sky_pcapng_load_get_part:
 *
 * Returns: how much of the file was read, from 0 to 1; 0 if its length is not known
 */
double
sky_pcapng_load_get_part (SkyPcapngLoad *self)
{
  if (self->len == 0)
    return 0;
  return MIN (1.0, (double) sky_capture_file_get_offset (self->file) / (double) self->len);
}

/**
 * sky_pcapng_load_step:
 * @len: about how many bytes of the file to read
 * @error: set if it cannot be read, or reading was cancelled; what was read until then is in the
 *   trace
 *
 * Takes TCP without encryption out of the packets, as if it were heard now. A file that is cut off
 * or damaged is read as far as it goes, and a note says so. Blocks while it reads.
 *
 * Returns: whether there may be more to read: %FALSE, and no error, at the end
 */
gboolean
sky_pcapng_load_step (SkyPcapngLoad *self, gsize len, GError **error)
{
  guint64 start = sky_capture_file_get_offset (self->file);
  const char *damage;
  SkyCapturePacket packet;
  GError *broken = NULL;

  while (!self->done && sky_capture_file_next (self->file, &packet, &broken))
    {
      sky_tcp_join_take (self->join, &packet);
      if (sky_capture_file_get_offset (self->file) - start >= len)
        return TRUE;
    }
  if (self->done)
    return FALSE;
  self->done = TRUE;
  sky_tcp_join_end (self->join);
  damage = sky_capture_file_get_damage (self->file);
  if (broken != NULL)
    g_propagate_error (error, broken);
  else if (damage != NULL)
    sky_tcp_join_note (self->join, self->name, damage);
  return FALSE;
}

static gboolean
load_all (SkyPcapngLoad *load, GError **error)
{
  GError *broken = NULL;

  if (load == NULL)
    return FALSE;
  while (sky_pcapng_load_step (load, G_MAXSIZE, &broken))
    ;
  if (broken == NULL)
    return TRUE;
  g_propagate_error (error, broken);
  return FALSE;
}

/**
 * sky_pcapng_load_stream:
 * @error: set if it is no capture, cannot be read, or reading was cancelled; what was read until
 *   then is in @into
 *
 * Reads all of it: see sky_pcapng_load_new() and sky_pcapng_load_step(). Blocks while it reads.
 *
 * Returns: whether it could be read
 */
gboolean
sky_pcapng_load_stream (GInputStream *in, const char *name, SkyStore *into,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr(SkyPcapngLoad) load = sky_pcapng_load_new (in, name, into, cancellable, error);

  return load_all (load, error);
}

/**
 * sky_pcapng_load:
 * @file: a .pcapng or .pcap file
 *
 * See sky_pcapng_load_stream().
 *
 * Returns: whether it could be read
 */
gboolean
sky_pcapng_load (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error)
{
  g_autoptr(SkyPcapngLoad) load = sky_pcapng_load_new_for_file (file, into, cancellable, error);

  return load_all (load, error);
}

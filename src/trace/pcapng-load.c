#include "trace/pcapng.h"

#include "trace/capture-file.h"
#include "trace/tcp-join.h"

/**
 * sky_pcapng_load_stream:
 * @in: the bytes of a .pcapng or .pcap file, of either byte order
 * @name: what messages call it
 * @into: the trace that takes its connections
 * @error: set if it is no capture, cannot be read, or reading was cancelled; what was read until
 *   then is in @into
 *
 * Takes TCP without encryption out of the packets, as if it were heard now. A file that is cut off
 * or damaged is read as far as it goes, and a note says so. Blocks while it reads.
 *
 * Returns: whether it could be read
 */
gboolean
sky_pcapng_load_stream (GInputStream *in, const char *name, SkyStore *into,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr(SkyCaptureFile) file = NULL;
  g_autoptr(SkyTcpJoin) join = NULL;
  SkyCapturePacket packet;
  GError *broken = NULL;

  g_return_val_if_fail (G_IS_INPUT_STREAM (in), FALSE);
  g_return_val_if_fail (SKY_IS_STORE (into), FALSE);

  file = sky_capture_file_new (in, name, cancellable, error);
  if (file == NULL)
    return FALSE;
  join = sky_tcp_join_new (into);
  while (sky_capture_file_next (file, &packet, &broken))
    sky_tcp_join_take (join, &packet);
  sky_tcp_join_end (join);
  if (broken != NULL)
    {
      g_propagate_error (error, broken);
      return FALSE;
    }
  if (sky_capture_file_get_damage (file) != NULL)
    sky_tcp_join_note (join, name, sky_capture_file_get_damage (file));
  return TRUE;
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
  g_autoptr(GFileInputStream) in = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  in = g_file_read (file, cancellable, error);
  if (in == NULL)
    return FALSE;
  name = g_file_get_basename (file);
  return sky_pcapng_load_stream (G_INPUT_STREAM (in), name, into, cancellable, error);
}

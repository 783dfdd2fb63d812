#include "peer/capture/capture-load.h"

#include <glib/gi18n-lib.h>

#include "peer/capture/har-load.h"
#include "trace/pcapng.h"

#define LOOK_LEN 64 /* bytes of a file that tell which kind it is */

/* One of the two */
struct _SkyCaptureLoad
{
  SkyPcapngLoad *pcapng;
  SkyHarLoad    *har;
};

/* An archive is JSON: an object, perhaps behind a byte order mark. No capture begins like that. */
static gboolean
looks_like_json (GFile *file, GCancellable *cancellable)
{
  g_autoptr(GFileInputStream) in = g_file_read (file, cancellable, NULL);
  guint8 head[LOOK_LEN];
  gsize len = 0, i = 0;

  if (in == NULL || !g_input_stream_read_all (G_INPUT_STREAM (in), head, sizeof head, &len, cancellable, NULL))
    return FALSE;
  if (len >= 3 && head[0] == 0xef && head[1] == 0xbb && head[2] == 0xbf)
    i = 3;
  while (i < len && g_ascii_isspace (head[i]))
    i++;
  return i < len && head[i] == '{';
}

/* Without the byte order mark, which JSON does not have. */
static GBytes *
strip_mark (GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  if (len >= 3 && data[0] == 0xef && data[1] == 0xbb && data[2] == 0xbf)
    return g_bytes_new_from_bytes (bytes, 3, len - 3);
  return g_bytes_ref (bytes);
}

static GBytes *
read_text (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr(GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, cancellable,
                                                 error);
  g_autoptr(GBytes) bytes = NULL;

  if (info == NULL)
    return NULL;
  if ((guint64) g_file_info_get_size (info) > SKY_HAR_MAX_LEN)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s is longer than the %u MiB that an archive may have."),
                   name, (guint) (SKY_HAR_MAX_LEN >> 20));
      return NULL;
    }
  bytes = g_file_load_bytes (file, cancellable, NULL, error);
  return bytes != NULL ? strip_mark (bytes) : NULL;
}

/**
 * sky_capture_load_new:
 * @file: a .pcapng, .pcap or .har file: its first bytes tell
 * @into: the trace that takes its connections
 * @error: set if it is none of them, or cannot be read
 *
 * Waits for the disk, and looks through all of an archive: for a thread, where there is a window. Of @into it takes
 * no more than a reference.
 *
 * Returns: (nullable) (transfer full): the file before its first packet or request
 */
SkyCaptureLoad *
sky_capture_load_new (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error)
{
  g_autoptr(SkyCaptureLoad) self = g_new0 (SkyCaptureLoad, 1);
  g_autofree char *name = NULL;
  g_autoptr(GBytes) text = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_basename (file);
  if (!looks_like_json (file, cancellable))
    self->pcapng = sky_pcapng_load_new_for_file (file, into, cancellable, error);
  else if ((text = read_text (file, name, cancellable, error)) != NULL)
    self->har = sky_har_load_new (text, name, into, error);
  return self->pcapng != NULL || self->har != NULL ? g_steal_pointer (&self) : NULL;
}

/* What was read stays in the trace. */
void
sky_capture_load_free (SkyCaptureLoad *self)
{
  if (self == NULL)
    return;
  sky_pcapng_load_free (self->pcapng);
  sky_har_load_free (self->har);
  g_free (self);
}

/**
 * sky_capture_load_step:
 * @len: about how many bytes of the file to read
 * @error: set if it cannot be read, or reading was cancelled
 *
 * Returns: whether there may be more to read
 */
gboolean
sky_capture_load_step (SkyCaptureLoad *self, gsize len, GError **error)
{
  if (self->har != NULL)
    return sky_har_load_step (self->har, len);
  return sky_pcapng_load_step (self->pcapng, len, error);
}

/* Returns: how much of the file was read, from 0 to 1; 0 if that is not known */
double
sky_capture_load_get_part (SkyCaptureLoad *self)
{
  return self->har != NULL ? sky_har_load_get_part (self->har) : sky_pcapng_load_get_part (self->pcapng);
}

/**
 * sky_capture_load_all:
 *
 * Reads all of @file: see sky_capture_load_new() and sky_capture_load_step(). Blocks while it reads.
 *
 * Returns: whether it could be read
 */
gboolean
sky_capture_load_all (GFile *file, SkyStore *into, GCancellable *cancellable, GError **error)
{
  g_autoptr(SkyCaptureLoad) self = sky_capture_load_new (file, into, cancellable, error);
  GError *broken = NULL;

  if (self == NULL)
    return FALSE;
  while (sky_capture_load_step (self, G_MAXSIZE, &broken))
    ;
  if (broken == NULL)
    return TRUE;
  g_propagate_error (error, broken);
  return FALSE;
}

#include "eio/eio-payload.h"

#include <string.h>

/**
 * sky_eio_payload_next:
 * @data: (array length=len): the whole body of a poll's answer or of a POST
 * @len: bytes
 * @pos: (inout): 0 before the first call; means nothing to the caller afterwards
 * @start: (out): where the next packet begins, in bytes from @data
 * @packet_len: (out): its length in bytes
 *
 * Takes a payload apart at U+001E. Nothing between two separators, or after the last one, is an
 * empty packet, and so is an empty body: they are given, to be faulted.
 * Engine.IO protocol v4, "HTTP long-polling".
 *
 * Returns: %FALSE after the last packet
 */
gboolean
sky_eio_payload_next (const guint8 *data, gsize len, gsize *pos, gsize *start, gsize *packet_len)
{
  const guint8 *separator;

  if (*pos > len)
    return FALSE;
  separator = *pos < len ? memchr (data + *pos, SKY_EIO_SEPARATOR, len - *pos) : NULL;
  *start = *pos;
  *packet_len = separator != NULL ? (gsize) (separator - data) - *pos : len - *pos;
  *pos += *packet_len + 1; /* beyond @len once the last one is given */
  return TRUE;
}

#include <glib/gi18n-lib.h>
#include <zlib.h>

#include "ws/ws-deflate.h"

#define MAX_LEN (1 << 30) /* of a message: a GByteArray and zlib count in 32 bits */

/* What every compressed message ends with, and so is left out. RFC 7692 §7.2.1. */
static const guint8 tail[] = { 0x00, 0x00, 0xff, 0xff };

struct _SkyWsInflater
{
  z_stream stream;
  gboolean no_context_takeover;
  gboolean lost; /* a message that failed left the shared context as nobody knows */
};

struct _SkyWsDeflater
{
  z_stream stream;
  gboolean no_context_takeover;
};

/* Room for most messages at once, yet only some times what came: a capture holds many. */
static guint
room_for (gsize len)
{
  return (guint) CLAMP (len * 4, 64, 65536);
}

/**
 * sky_ws_inflater_new:
 * @window_bits: 8–15, as agreed for the direction to be read
 * @no_context_takeover: whether each message begins with an empty window, as agreed
 *
 * Returns: (transfer full): an inflater for one direction. RFC 7692 §7.1, §7.2.2
 */
SkyWsInflater *
sky_ws_inflater_new (guint window_bits, gboolean no_context_takeover)
{
  SkyWsInflater *self;

  g_return_val_if_fail (window_bits >= 8 && window_bits <= 15, NULL);

  self = g_new0 (SkyWsInflater, 1);
  self->no_context_takeover = no_context_takeover;
  if (inflateInit2 (&self->stream, -(int) window_bits) != Z_OK)
    g_error ("No memory to inflate");
  return self;
}

static gboolean
fail_inflate (GError **error, const char *why)
{
  sky_fail (error, SKY_WS_ERROR, SKY_WS_ERROR_INFLATE,
            _("Compressed data does not inflate: %s"), why);
  return FALSE;
}

static gboolean
fail_too_long (GError **error)
{
  sky_fail (error, SKY_WS_ERROR, SKY_WS_ERROR_TOO_LONG,
            _("Compressed data inflates to more than is taken"));
  return FALSE;
}

/* Inflates all of @data, or until @out is over @limit; @whole tells whether a block just ended. */
static gboolean
feed (z_stream *z, const guint8 *data, gsize len, gsize limit, GByteArray *out, gboolean *whole,
      GError **error)
{
  int status;
  gsize room, got;

  z->next_in = (guint8 *) data; /* zlib's, without const; it does not write there */
  z->avail_in = (guint) len;
  do
    {
      guint used = out->len;

      room = MIN (room_for (MAX (len, used)), limit - used + 1); /* one byte over the limit tells */
      z->avail_out = (guint) room;
      g_byte_array_set_size (out, used + z->avail_out);
      z->next_out = out->data + used;
      status = inflate (z, Z_SYNC_FLUSH);
      got = used + room - z->avail_out;
      g_byte_array_set_size (out, (guint) MIN (got, limit));
      if (got > limit)
        return fail_too_long (error);
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        return fail_inflate (error, z->msg != NULL ? z->msg : zError (status));
      *whole = status == Z_STREAM_END || ((z->data_type & 128) != 0 && (z->data_type & 7) == 0);
      /* A last block ends the stream, but not the context: more may follow (RFC 7692 §7.2.3.4). */
      if (status == Z_STREAM_END)
        inflateResetKeep (z);
    }
  while (z->avail_in > 0 || z->avail_out == 0);
  return TRUE;
}

/**
 * sky_ws_inflater_message:
 * @data: (array length=len): the payloads of a message's frames, unmasked and joined; at most 1 GiB
 * @max_len: what the message may inflate to, in bytes; never more than 1 GiB
 * @out: what the message inflates to is appended here; after an error, as much as was got of it
 * @error: %SKY_WS_ERROR_INFLATE for a broken stream, or %SKY_WS_ERROR_TOO_LONG: it stops there,
 *   however much would follow
 *
 * Inflates one message. RFC 7692 §7.2.2.
 *
 * Where messages share a context, one that fails takes those after it along: their window is lost,
 * and they fail with %SKY_WS_ERROR_INFLATE. Only a message without any data fails alone: an empty
 * one has a zero byte (§7.2.3.6).
 *
 * Returns: whether the whole message was inflated
 */
gboolean
sky_ws_inflater_message (SkyWsInflater *self, const guint8 *data, gsize len, gsize max_len,
                         GByteArray *out, GError **error)
{
  gsize limit = out->len + MIN (max_len, MAX_LEN);
  gboolean whole = FALSE;

  g_return_val_if_fail (len <= MAX_LEN, FALSE);

  if (self->no_context_takeover)
    inflateReset (&self->stream);
  else if (self->lost)
    return fail_inflate (error, _("an earlier message failed, and this one builds on it"));
  if (len == 0)
    return fail_inflate (error, _("there is none"));
  self->lost = TRUE;
  if (!feed (&self->stream, data, len, limit, out, &whole, error)
      || !feed (&self->stream, tail, sizeof tail, limit, out, &whole, error))
    return FALSE;
  if (!whole)
    return fail_inflate (error, _("it ends within a block"));
  self->lost = FALSE;
  return TRUE;
}

void
sky_ws_inflater_free (SkyWsInflater *self)
{
  inflateEnd (&self->stream);
  g_free (self);
}

/**
 * sky_ws_deflater_new:
 * @window_bits: 8–15, as agreed for the direction to be written
 * @no_context_takeover: whether each message begins with an empty window, as agreed
 *
 * zlib deflates no raw data with a window of 8 bits. It gets 9, and may: zlib stays 262 bytes
 * below its window's size, so that no distance is over 250, and 8 bits allow 256.
 *
 * Returns: (transfer full): a deflater for one direction, of some 256 KiB. RFC 7692 §7.1, §7.2.1
 */
SkyWsDeflater *
sky_ws_deflater_new (guint window_bits, gboolean no_context_takeover)
{
  SkyWsDeflater *self;

  g_return_val_if_fail (window_bits >= 8 && window_bits <= 15, NULL);

  self = g_new0 (SkyWsDeflater, 1);
  self->no_context_takeover = no_context_takeover;
  if (deflateInit2 (&self->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -(int) MAX (window_bits, 9),
                    8, Z_DEFAULT_STRATEGY)
      != Z_OK)
    g_error ("No memory to deflate");
  return self;
}

/**
 * sky_ws_deflater_message:
 * @data: (array length=len): one message, of at most 1 GiB
 * @out: the compressed payload is appended here: for a frame, or several, the first with RSV1 set
 *
 * Deflates one message. RFC 7692 §7.2.1.
 */
void
sky_ws_deflater_message (SkyWsDeflater *self, const guint8 *data, gsize len, GByteArray *out)
{
  z_stream *z = &self->stream;

  g_return_if_fail (len <= MAX_LEN);

  if (len == 0) /* zlib writes nothing for nothing; §7.2.3.6 asks for an empty block */
    {
      g_byte_array_append (out, tail, 1);
      return;
    }
  if (self->no_context_takeover)
    deflateReset (z);
  z->next_in = (guint8 *) data;
  z->avail_in = (guint) len;
  do
    {
      guint used = out->len;

      z->avail_out = room_for (len);
      g_byte_array_set_size (out, used + z->avail_out);
      z->next_out = out->data + used;
      deflate (z, Z_SYNC_FLUSH);
      g_byte_array_set_size (out, (guint) (z->next_out - out->data));
    }
  while (z->avail_out == 0);
  g_byte_array_set_size (out, out->len - (guint) sizeof tail);
}

void
sky_ws_deflater_free (SkyWsDeflater *self)
{
  deflateEnd (&self->stream);
  g_free (self);
}

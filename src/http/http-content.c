#include <glib/gi18n-lib.h>
#include <string.h>
#include <zlib.h>

#include "http/http-content.h"

#define MAX_LEN (1 << 30) /* of a body: a GByteArray and zlib count in 32 bits */

/* How inflateInit2() is told what to expect. */
#define BITS_GZIP (15 + 16)
#define BITS_ZLIB 15
#define BITS_RAW  (-15)

/**
 * sky_http_content_coding:
 * @head_data: where the head lies
 *
 * Reads Content-Encoding. "identity" does nothing, wherever it stands; "x-gzip" is gzip. What is
 * coded twice is %SKY_HTTP_CODING_UNKNOWN: nobody sends it, and it makes bombs of bombs.
 * RFC 9110 §8.4, §8.4.1.
 */
SkyHttpCoding
sky_http_content_coding (const SkyHttpHead *head, const guint8 *head_data)
{
  g_autofree char *value = sky_http_head_value (head, head_data, "Content-Encoding");
  g_auto(GStrv) names = g_strsplit (value != NULL ? value : "", ",", -1);
  SkyHttpCoding coding = SKY_HTTP_CODING_IDENTITY;

  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *name = g_strstrip (names[i]);

      if (*name == '\0' || g_ascii_strcasecmp (name, "identity") == 0)
        continue;
      if (coding != SKY_HTTP_CODING_IDENTITY)
        return SKY_HTTP_CODING_UNKNOWN;
      if (g_ascii_strcasecmp (name, "gzip") == 0 || g_ascii_strcasecmp (name, "x-gzip") == 0)
        coding = SKY_HTTP_CODING_GZIP;
      else if (g_ascii_strcasecmp (name, "deflate") == 0)
        coding = SKY_HTTP_CODING_DEFLATE;
      else
        return SKY_HTTP_CODING_UNKNOWN;
    }
  return coding;
}

static gboolean
fail (GError **error, SkyHttpError code, const char *why)
{
  return sky_fail_false (error, SKY_HTTP_ERROR, code, "%s", why);
}

/* Inflates until the stream ends, the data do, or @out is over @limit. */
static gboolean
inflate_stream (z_stream *z, gsize limit, GByteArray *out, GError **error)
{
  int status;

  do
    {
      guint used = out->len;
      gsize room = MIN (CLAMP ((gsize) z->avail_in * 4, 256, 65536), limit - used + 1); /* one over the limit tells */

      g_byte_array_set_size (out, (guint) (used + room));
      z->next_out = out->data + used;
      z->avail_out = (guint) room;
      status = inflate (z, Z_NO_FLUSH);
      g_byte_array_set_size (out, (guint) (used + room - z->avail_out));
      if (out->len > limit)
        {
          g_byte_array_set_size (out, (guint) limit);
          return fail (error, SKY_HTTP_ERROR_BOMB, _("The compressed body inflates to more than is taken"));
        }
    }
  while (status == Z_OK && (z->avail_in > 0 || z->avail_out == 0));
  if (status == Z_STREAM_END)
    return TRUE;
  return fail (error, SKY_HTTP_ERROR_CONTENT,
               status == Z_OK || status == Z_BUF_ERROR ? _("The compressed body ends too early")
               : status == Z_NEED_DICT                 ? _("The compressed body needs a dictionary")
                                                       : _("The compressed body is broken"));
}

/* gzip files may follow each other, and are one body then (RFC 1952 §2.2). */
static gboolean
inflate_all (int bits, const guint8 *data, gsize len, gsize limit, GByteArray *out, GError **error)
{
  z_stream z = { .next_in = (guint8 *) data, .avail_in = (guint) len }; /* zlib does not write there */
  gboolean sound;

  if (inflateInit2 (&z, bits) != Z_OK)
    g_error ("No memory to inflate");
  do
    sound = inflate_stream (&z, limit, out, error);
  while (sound && z.avail_in > 0 && bits == BITS_GZIP && inflateReset (&z) == Z_OK);
  if (sound && z.avail_in > 0)
    sound = fail (error, SKY_HTTP_ERROR_CONTENT, _("Something follows the compressed body"));
  inflateEnd (&z);
  return sound;
}

/* zlib's two octets say deflate in their low half, and are a multiple of 31 (RFC 1950 §2.2). */
static gboolean
is_zlib (const guint8 *data, gsize len)
{
  return len >= 2 && (data[0] & 15) == 8 && (data[0] << 8 | data[1]) % 31 == 0;
}

/**
 * sky_http_content_decode:
 * @coding: from sky_http_content_coding()
 * @data: (array length=len): the whole body, without chunks; at most 1 GiB
 * @len: bytes
 * @max_len: what it may become, in bytes; never more than 1 GiB
 * @out: the content is appended here; after an error, as much as was got of it
 * @error: %SKY_HTTP_ERROR_CODING if the coding is not known, %SKY_HTTP_ERROR_CONTENT if the body is
 *   broken, %SKY_HTTP_ERROR_BOMB if it is longer: it stops there, however much would follow
 *
 * Takes the content coding off a body. Both readings of "deflate" are understood: RFC 9110 §8.4.1.2
 * means zlib, many have sent it without. A body of no bytes is empty in every coding.
 *
 * Returns: whether the whole content is in @out
 */
gboolean
sky_http_content_decode (SkyHttpCoding coding, const guint8 *data, gsize len, gsize max_len, GByteArray *out,
                         GError **error)
{
  gsize limit = out->len + MIN (max_len, MAX_LEN);

  g_return_val_if_fail (len <= MAX_LEN && out->len <= MAX_LEN, FALSE);

  if (len == 0)
    return TRUE;
  switch (coding)
    {
    case SKY_HTTP_CODING_GZIP:
      return inflate_all (BITS_GZIP, data, len, limit, out, error);
    case SKY_HTTP_CODING_DEFLATE:
      return inflate_all (is_zlib (data, len) ? BITS_ZLIB : BITS_RAW, data, len, limit, out, error);
    case SKY_HTTP_CODING_IDENTITY:
      g_byte_array_append (out, data, (guint) MIN (len, limit - out->len));
      return len <= max_len || fail (error, SKY_HTTP_ERROR_BOMB, _("The body is longer than is taken"));
    case SKY_HTTP_CODING_UNKNOWN:
    default:
      return fail (error, SKY_HTTP_ERROR_CODING, _("The body is coded in a way that is not known here"));
    }
}

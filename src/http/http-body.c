#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-body.h"

#define MAX_KEPT (1u << 30) /* bytes; a GByteArray cannot grow past 4 GiB */

/* Where in a chunked body the next byte stands (RFC 9112 §7.1). */
typedef enum
{
  STEP_SIZE_BEGIN, /* the first digit of a chunk's size */
  STEP_SIZE,
  STEP_EXTENSION, /* what follows the size, to the line's end */
  STEP_DATA,
  STEP_DATA_END, /* the line end behind a chunk's data */
  STEP_TRAILER_BEGIN,
  STEP_TRAILER,
} Step;

static gboolean
is_chunked (const SkyHttpHead *head, const guint8 *data)
{
  g_autofree char *codings = sky_http_head_value (head, data, "Transfer-Encoding");
  const char *last = codings != NULL ? strrchr (codings, ',') : NULL;

  if (codings == NULL)
    return FALSE;
  last = last != NULL ? last + 1 : codings;
  return g_ascii_strcasecmp (last + strspn (last, " \t"), "chunked") == 0;
}

static SkyHttpBodyMode
find_mode (const SkyHttpHead *head, const guint8 *data, gboolean to_head_request, guint64 *length)
{
  g_autofree char *codings = sky_http_head_value (head, data, "Transfer-Encoding");
  g_autofree char *given = sky_http_head_value (head, data, "Content-Length");

  if (head->response &&
      (to_head_request || head->status < 200 || head->status == 204 || head->status == 304))
    return SKY_HTTP_BODY_NONE;
  if (is_chunked (head, data))
    return SKY_HTTP_BODY_CHUNKED;
  if (codings != NULL)
    return SKY_HTTP_BODY_UNTIL_CLOSE;
  if (sky_http_head_content_length (head, data, length))
    return SKY_HTTP_BODY_LENGTH;
  return head->response || given != NULL ? SKY_HTTP_BODY_UNTIL_CLOSE : SKY_HTTP_BODY_NONE;
}

/**
 * sky_http_body_init:
 * @self: (out caller-allocates): the body that follows @head
 * @head_data: where the head lies
 * @to_head_request: for a response: whether its request's method was HEAD
 *
 * Tells from the head how its body ends, RFC 9112 §6.3. A body whose length nobody can tell (a
 * Content-Length that is no number, a last transfer coding other than chunked) lasts until the
 * connection closes, in a request too: what follows it cannot be told from it. A body of no
 * bytes is done at once.
 */
void
sky_http_body_init (SkyHttpBody *self, const SkyHttpHead *head, const guint8 *head_data,
                    gboolean to_head_request)
{
  *self = (SkyHttpBody) { .step = STEP_SIZE_BEGIN };
  self->mode = find_mode (head, head_data, to_head_request, &self->left);
  self->done = self->mode == SKY_HTTP_BODY_NONE || (self->mode == SKY_HTTP_BODY_LENGTH && self->left == 0);
}

static void
keep (GByteArray *out, const guint8 *data, gsize len)
{
  if (out != NULL && out->len < MAX_KEPT)
    g_byte_array_append (out, data, (guint) MIN (len, MAX_KEPT - out->len));
}

/* One octet of the size line. FALSE if it cannot stand here. */
static gboolean
feed_size (SkyHttpBody *self, guint8 c)
{
  if (c == '\n' && self->step != STEP_SIZE_BEGIN)
    self->step = self->left > 0 ? STEP_DATA : STEP_TRAILER_BEGIN;
  else if (self->step == STEP_EXTENSION)
    return TRUE;
  else if (g_ascii_isxdigit (c))
    {
      if (self->left > G_MAXINT64 >> 4)
        return FALSE;
      self->left = self->left << 4 | (guint64) g_ascii_xdigit_value ((char) c);
      self->step = STEP_SIZE;
    }
  else if (self->step == STEP_SIZE && strchr ("; \t\r", c) != NULL && c != '\0')
    self->step = STEP_EXTENSION;
  else
    return FALSE;
  return TRUE;
}

/* One octet of a chunked body that is not a chunk's data. */
static gboolean
feed_frame (SkyHttpBody *self, guint8 c)
{
  switch ((Step) self->step)
    {
    case STEP_SIZE_BEGIN:
    case STEP_SIZE:
    case STEP_EXTENSION:
      return feed_size (self, c);
    case STEP_DATA_END:
      if (c == '\n')
        self->step = STEP_SIZE_BEGIN;
      return c == '\n' || c == '\r';
    case STEP_TRAILER_BEGIN:
      if (c == '\n')
        self->done = TRUE;
      else if (c != '\r')
        self->step = STEP_TRAILER;
      return TRUE;
    case STEP_TRAILER:
      if (c == '\n')
        self->step = STEP_TRAILER_BEGIN;
      return TRUE;
    case STEP_DATA:
    default:
      g_assert_not_reached ();
    }
}

static gssize
feed_chunked (SkyHttpBody *self, const guint8 *data, gsize len, GByteArray *out, GError **error)
{
  gsize pos = 0;

  while (pos < len && !self->done)
    {
      if (self->step == STEP_DATA)
        {
          gsize n = (gsize) MIN (self->left, len - pos);

          keep (out, data + pos, n);
          pos += n;
          self->left -= n;
          if (self->left == 0)
            self->step = STEP_DATA_END;
        }
      else if (!feed_frame (self, data[pos++]))
        return sky_fail (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_CHUNK,
                         self->step == STEP_DATA_END ? _("A chunk is longer than its size says")
                                                     : _("A chunk's size is no hexadecimal number"));
    }
  return (gssize) pos;
}

/**
 * sky_http_body_feed:
 * @data: (array length=len): the bytes that follow those already taken
 * @out: (nullable): takes the body's bytes, without the frame of chunks; up to 1 GiB is kept
 * @error: set if a chunk's size or end is broken
 *
 * Takes the body's next bytes, in pieces of any size. Chunk extensions and trailers are skipped
 * (RFC 9112 §7.1). @self->done tells that the body is complete and that what follows belongs to
 * the next message; one that lasts until the connection closes is never done by itself.
 *
 * Returns: bytes taken, fewer than @len only if the body is done, or -1 and
 *   %SKY_HTTP_ERROR_CHUNK; after it nothing more can be read from this connection
 */
gssize
sky_http_body_feed (SkyHttpBody *self, const guint8 *data, gsize len, GByteArray *out,
                    GError **error)
{
  gsize n = len;

  if (self->done)
    return 0;
  if (self->mode == SKY_HTTP_BODY_CHUNKED)
    return feed_chunked (self, data, len, out, error);
  if (self->mode == SKY_HTTP_BODY_LENGTH)
    {
      n = (gsize) MIN (self->left, len);
      self->left -= n;
      self->done = self->left == 0;
    }
  keep (out, data, n);
  return (gssize) n;
}

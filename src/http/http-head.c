#include <glib/gi18n-lib.h>
#include <string.h>

#include "http/http-head.h"

#define MAX_METHOD 32 /* octets; the longest that IANA knows has 17 */

G_DEFINE_QUARK (sky-http-error-quark, sky_http_error)

/* What a look at a part of the head tells. */
typedef enum
{
  NEVER = -1, /* no further byte makes it right */
  MORE = 0,
  WHOLE = 1,
} Look;

static gboolean
is_token_char (guint8 c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_blank (guint8 c)
{
  return c == ' ' || c == '\t';
}

static Look
look_literal (const guint8 *data, gsize len, gsize *pos, const char *literal)
{
  for (; *literal != '\0'; literal++, (*pos)++)
    {
      if (*pos == len)
        return MORE;
      if (data[*pos] != (guint8) *literal)
        return NEVER;
    }
  return WHOLE;
}

static Look
look_digits (const guint8 *data, gsize len, gsize *pos, guint n, guint *value)
{
  for (*value = 0; n > 0; n--, (*pos)++)
    {
      if (*pos == len)
        return MORE;
      if (!g_ascii_isdigit (data[*pos]))
        return NEVER;
      *value = *value * 10 + data[*pos] - '0';
    }
  return WHOLE;
}

/* The line's end, CR LF or a bare LF, and nothing before it. */
static Look
look_line_end (const guint8 *data, gsize len, gsize *pos, guint32 *faults)
{
  if (*pos < len && data[*pos] == '\n')
    {
      *faults |= SKY_HTTP_FAULT_LINE_END;
      (*pos)++;
      return WHOLE;
    }
  return look_literal (data, len, pos, "\r\n");
}

static Look
look_version (const guint8 *data, gsize len, gsize *pos, guint *minor)
{
  Look look = look_literal (data, len, pos, "HTTP/1.");

  return look == WHOLE ? look_digits (data, len, pos, 1, minor) : look;
}

static Look
look_request_line (const guint8 *data, gsize len, gsize *pos, SkyHttpHead *head)
{
  Look look;

  /* RFC 9112 §2.2: some clients send an empty line after the body of the request before */
  while (*pos < len && (data[*pos] == '\r' || data[*pos] == '\n'))
    if ((look = look_line_end (data, len, pos, &head->faults)) != WHOLE)
      return look;

  head->method_start = *pos;
  while (*pos < len && is_token_char (data[*pos]))
    if (++*pos - head->method_start > MAX_METHOD)
      return NEVER;
  head->method_len = *pos - head->method_start;
  if (*pos < len && head->method_len == 0)
    return NEVER;
  if ((look = look_literal (data, len, pos, " ")) != WHOLE)
    return look;

  head->target_start = *pos;
  while (*pos < len && data[*pos] > ' ' && data[*pos] != 0x7f)
    ++*pos;
  head->target_len = *pos - head->target_start;
  if (*pos < len && head->target_len == 0)
    return NEVER;
  if ((look = look_literal (data, len, pos, " ")) != WHOLE ||
      (look = look_version (data, len, pos, &head->minor)) != WHOLE)
    return look;
  return look_line_end (data, len, pos, &head->faults);
}

static Look
look_status_line (const guint8 *data, gsize len, gsize *pos, SkyHttpHead *head)
{
  const guint8 *lf;
  Look look;

  if ((look = look_version (data, len, pos, &head->minor)) != WHOLE ||
      (look = look_literal (data, len, pos, " ")) != WHOLE)
    return look;
  if (*pos < len && data[*pos] == '0')
    return NEVER;
  if ((look = look_digits (data, len, pos, 3, &head->status)) != WHOLE)
    return look;

  head->reason_start = *pos;
  if (*pos == len)
    return MORE;
  if (data[*pos] != ' ') /* in the wild the reason may be missing with its space */
    return look_line_end (data, len, pos, &head->faults);
  head->reason_start = ++*pos;
  lf = len > *pos ? memchr (data + *pos, '\n', len - *pos) : NULL;
  if (lf == NULL)
    return MORE;
  *pos = (gsize) (lf - data);
  head->reason_len = *pos - head->reason_start;
  if (head->reason_len > 0 && data[*pos - 1] == '\r')
    head->reason_len--;
  else
    head->faults |= SKY_HTTP_FAULT_LINE_END;
  (*pos)++;
  return WHOLE;
}

/* Finds where the empty line ends that closes the head whose header lines begin at @pos; 0 if
 * it is not there yet. Until it is, nothing else is done with the header lines, so that a head
 * that comes in small pieces costs no more than this search each time. */
static gsize
find_end (const guint8 *data, gsize len, gsize pos)
{
  while (pos < len)
    {
      const guint8 *lf;

      if (data[pos] == '\n')
        return pos + 1;
      if (data[pos] == '\r' && pos + 1 < len && data[pos + 1] == '\n')
        return pos + 2;
      lf = memchr (data + pos, '\n', len - pos);
      if (lf == NULL)
        return 0;
      pos = (gsize) (lf - data) + 1;
    }
  return 0;
}

/* Takes the line [@start, @end) apart, its end already cut off. A line that continues the one
 * before it (obs-fold, RFC 9112 §5.2) has an empty name; one without a name before a colon is
 * all name. */
static void
read_header (SkyHttpHead *head, const guint8 *data, guint32 start, guint32 end)
{
  SkyHttpHeader *header = &head->headers[head->n_headers++];
  const guint8 *colon = memchr (data + start, ':', end - start);
  guint32 name_end = start, value = start, value_end = end;

  if (!is_blank (data[start]))
    {
      gboolean named = colon != NULL && colon > data + start;

      name_end = named ? (guint32) (colon - data) : end;
      value = named ? name_end + 1 : end;
    }
  while (value < value_end && is_blank (data[value]))
    value++;
  while (value_end > value && is_blank (data[value_end - 1]))
    value_end--;
  while (name_end > start && is_blank (data[name_end - 1]))
    name_end--;
  *header = (SkyHttpHeader) { start, name_end - start, value, value_end - value };
  if (!sky_http_header_sound (head, data, head->n_headers - 1))
    head->faults |= SKY_HTTP_FAULT_HEADER;
}

static void
read_headers (SkyHttpHead *head, const guint8 *data, gsize pos, gsize head_len)
{
  for (;;)
    {
      gsize end = (gsize) ((const guint8 *) memchr (data + pos, '\n', head_len - pos) - data);
      gsize next = end + 1;

      if (end > pos && data[end - 1] == '\r')
        end--;
      else
        head->faults |= SKY_HTTP_FAULT_LINE_END;
      if (end == pos)
        break;
      if (head->n_headers < SKY_HTTP_MAX_HEADERS)
        read_header (head, data, pos, end);
      else
        head->faults |= SKY_HTTP_FAULT_TOO_LONG;
      if (memchr (data + pos, '\r', end - pos) != NULL)
        head->faults |= SKY_HTTP_FAULT_LINE_END;
      pos = next;
    }
}

static guint
count_headers (const SkyHttpHead *head, const guint8 *data, const char *name)
{
  guint n = 0;

  for (guint i = 0; i < head->n_headers; i++)
    n += sky_http_header_is (head, data, i, name);
  return n;
}

static void
judge (SkyHttpHead *head, const guint8 *data)
{
  guint64 length;
  guint n_lengths = count_headers (head, data, "Content-Length");

  if (!head->response && head->minor >= 1 && count_headers (head, data, "Host") != 1)
    head->faults |= SKY_HTTP_FAULT_NO_HOST;
  if (n_lengths > 0 && (!sky_http_head_content_length (head, data, &length) ||
                        count_headers (head, data, "Transfer-Encoding") > 0))
    head->faults |= SKY_HTTP_FAULT_LENGTH;
}

/**
 * sky_http_head_decode:
 * @data: (array length=len): bytes that begin where a head begins; @len of them are at hand
 * @response: whether these are the server's bytes
 * @head: (out caller-allocates): the head, set only if the result is positive
 * @error: set if no further byte can make this a head
 *
 * Reads one head, from its start line to the empty line that closes it. RFC 9112 §2–§5. Where no
 * start line of HTTP/1.x is possible any more, it says so at once, not at the line's end. Lines
 * that break a rule stay readable: one that continues the line before it (obs-fold) has an empty
 * name, one without a colon is all name. Lines past %SKY_HTTP_MAX_HEADERS are not taken apart
 * and set %SKY_HTTP_FAULT_TOO_LONG. May be called again with more bytes: until the head is
 * complete only its end is looked for.
 *
 * Returns: head length in bytes, 0 if more bytes are needed, or -1 and %SKY_HTTP_ERROR_NOT_HTTP,
 *   or %SKY_HTTP_ERROR_TOO_LONG if it does not end within %SKY_HTTP_MAX_HEAD
 */
gssize
sky_http_head_decode (const guint8 *data, gsize len, gboolean response, SkyHttpHead *head, GError **error)
{
  SkyHttpHead h = { .response = response };
  gsize pos = 0, head_len = 0, limit = MIN (len, SKY_HTTP_MAX_HEAD);
  Look look = response ? look_status_line (data, limit, &pos, &h) : look_request_line (data, limit, &pos, &h);

  if (look == NEVER)
    return sky_fail (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_NOT_HTTP,
                     response ? _("No HTTP/1.1 response begins like this")
                              : _("No HTTP/1.1 request begins like this"));
  if (look == WHOLE)
    head_len = find_end (data, limit, pos);
  if (head_len == 0 && len >= SKY_HTTP_MAX_HEAD)
    return sky_fail (error, SKY_HTTP_ERROR, SKY_HTTP_ERROR_TOO_LONG,
                     _("The HTTP head does not end within %d bytes"), SKY_HTTP_MAX_HEAD);
  if (head_len == 0)
    return 0;
  read_headers (&h, data, pos, head_len);
  judge (&h, data);
  *head = h;
  return (gssize) head_len;
}

/**
 * sky_http_header_is:
 * @index: which line of the head, below @head->n_headers
 * @name: a header's name, in any case (RFC 9110 §5.1)
 *
 * Returns: whether the line is a header of that name
 */
gboolean
sky_http_header_is (const SkyHttpHead *head, const guint8 *data, guint index, const char *name)
{
  const SkyHttpHeader *header = &head->headers[index];

  return header->name_len == strlen (name) &&
         g_ascii_strncasecmp ((const char *) data + header->name_start, name, header->name_len) == 0;
}

/**
 * sky_http_header_sound:
 * @index: which line of the head, below @head->n_headers
 *
 * Judges one line by RFC 9112 §5 and RFC 9110 §5.1, §5.5: a token, a colon right behind it, and
 * a value without control characters.
 *
 * Returns: %FALSE for a line that sets %SKY_HTTP_FAULT_HEADER
 */
gboolean
sky_http_header_sound (const SkyHttpHead *head, const guint8 *data, guint index)
{
  const SkyHttpHeader *header = &head->headers[index];
  const guint8 *name = data + header->name_start, *value = data + header->value_start;

  if (header->name_len == 0 || name[header->name_len] != ':')
    return FALSE;
  for (guint32 i = 0; i < header->name_len; i++)
    if (!is_token_char (name[i]))
      return FALSE;
  for (guint32 i = 0; i < header->value_len; i++)
    if ((value[i] < ' ' && value[i] != '\t' && value[i] != '\r') || value[i] == 0x7f)
      return FALSE;
  return TRUE;
}

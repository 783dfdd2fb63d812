#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/hex.h"
#include "http/http-head.h"

#define SHOWN 400 /* bytes of a value that a field shows */

/* Heads are ASCII, with ISO 8859-1 behind it in older ones and UTF-8 in the wild (RFC 9110 §5.5). */
static void
append_text (GString *text, const guint8 *data, gsize len)
{
  if (g_utf8_validate_len ((const char *) data, len, NULL))
    {
      g_string_append_len (text, (const char *) data, (gssize) len);
      return;
    }
  for (gsize i = 0; i < len; i++)
    g_string_append_unichar (text, data[i] != 0 ? data[i] : 0xfffd);
}

static char *
text_at (const guint8 *data, gsize start, gsize len)
{
  GString *text = g_string_sized_new (len + 1);

  append_text (text, data + start, len);
  return g_string_free (text, FALSE);
}

/**
 * sky_http_header_name:
 * @index: which line of the head, below @head->n_headers
 *
 * Returns: (transfer full): the name as it was sent, in valid UTF-8; empty for a line that
 *   continues the one before it
 */
char *
sky_http_header_name (const SkyHttpHead *head, const guint8 *data, guint index)
{
  return text_at (data, head->headers[index].name_start, head->headers[index].name_len);
}

/**
 * sky_http_header_value:
 * @index: which line of the head, below @head->n_headers
 *
 * Returns: (transfer full): this one line's value, in valid UTF-8
 */
char *
sky_http_header_value (const SkyHttpHead *head, const guint8 *data, guint index)
{
  return text_at (data, head->headers[index].value_start, head->headers[index].value_len);
}

/**
 * sky_http_head_value:
 * @data: where the head lies
 * @name: a header's name, in any case
 *
 * Puts together what all lines of that name say, and the lines that continue them, as RFC 9110
 * §5.2 and RFC 9112 §5.2 would read them. Octets that are no UTF-8 are read as ISO 8859-1.
 *
 * Returns: (nullable) (transfer full): the values with ", " between them, or %NULL if no line
 *   has that name
 */
char *
sky_http_head_value (const SkyHttpHead *head, const guint8 *data, const char *name)
{
  GString *text = NULL;
  gboolean within = FALSE;

  for (guint i = 0; i < head->n_headers; i++)
    {
      const SkyHttpHeader *header = &head->headers[i];
      gboolean fold = header->name_len == 0;

      within = fold ? within : sky_http_header_is (head, data, i, name);
      if (!within)
        continue;
      if (text == NULL)
        text = g_string_new (NULL);
      else
        g_string_append (text, fold ? " " : ", ");
      append_text (text, data + header->value_start, header->value_len);
    }
  return text != NULL ? g_string_free (text, FALSE) : NULL;
}

/**
 * sky_http_head_has_token:
 * @name: a header's name, in any case
 * @token: what to look for, in any case
 *
 * Returns: whether @token is a member of the comma-separated list (RFC 9110 §5.6.1) that all
 *   lines of that name make up
 */
gboolean
sky_http_head_has_token (const SkyHttpHead *head, const guint8 *data, const char *name, const char *token)
{
  g_autofree char *value = sky_http_head_value (head, data, name);
  g_auto(GStrv) members = value != NULL ? g_strsplit (value, ",", -1) : NULL;

  for (char **member = members; member != NULL && *member != NULL; member++)
    if (g_ascii_strcasecmp (g_strstrip (*member), token) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
parse_length (const char *text, guint64 *length)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, length, NULL) && g_ascii_isdigit (*text);
}

/**
 * sky_http_head_content_length:
 * @length: (out): bytes of the body, up to 2⁶³−1
 *
 * Reads Content-Length (RFC 9110 §8.6). One number that is repeated counts once.
 *
 * Returns: %FALSE if it is absent, is no number, or is given twice with different numbers
 */
gboolean
sky_http_head_content_length (const SkyHttpHead *head, const guint8 *data, guint64 *length)
{
  g_autofree char *value = sky_http_head_value (head, data, "Content-Length");
  g_auto(GStrv) members = value != NULL ? g_strsplit (value, ",", -1) : NULL;
  guint64 first = 0;

  if (members == NULL || *members == NULL)
    return FALSE;
  for (char **member = members; *member != NULL; member++)
    {
      guint64 n;

      if (!parse_length (g_strstrip (*member), &n) || (member > members && n != first))
        return FALSE;
      first = n;
    }
  *length = first;
  return TRUE;
}

/**
 * sky_http_head_method:
 *
 * Returns: (transfer full): a request's method as it was sent; "" for a response
 */
char *
sky_http_head_method (const SkyHttpHead *head, const guint8 *data)
{
  return text_at (data, head->method_start, head->method_len);
}

/**
 * sky_http_head_target:
 *
 * Returns: (transfer full): a request's target (RFC 9112 §3.2), still percent-encoded; "" for a
 *   response
 */
char *
sky_http_head_target (const SkyHttpHead *head, const guint8 *data)
{
  return text_at (data, head->target_start, head->target_len);
}

/**
 * sky_http_head_reason:
 *
 * Returns: (transfer full): a response's reason phrase, which may be ""; "" for a request
 */
char *
sky_http_head_reason (const SkyHttpHead *head, const guint8 *data)
{
  return text_at (data, head->reason_start, head->reason_len);
}

/* Undoes the encoding of a query (RFC 3986 §2.1, and "+" for a space as forms and Engine.IO
 * write it). What is no escape, and %00, which no C string can hold, stays as it is. */
static char *
decode_query (const char *text, gsize len)
{
  g_autoptr(GString) plain = g_string_sized_new (len + 1);

  for (gsize i = 0; i < len; i++)
    {
      gboolean escape = text[i] == '%' && len - i > 2 && g_ascii_isxdigit (text[i + 1]) &&
                        g_ascii_isxdigit (text[i + 2]);
      int c = escape ? g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]) : 0;

      if (c != 0)
        i += 2;
      g_string_append_c (plain, c != 0 ? (char) c : text[i] == '+' ? ' ' : text[i]);
    }
  return g_utf8_make_valid (plain->str, (gssize) plain->len);
}

/**
 * sky_http_query_value:
 * @target: a request's target: "/socket.io/?EIO=4&transport=websocket"
 * @key: a parameter's name, in plain text
 *
 * Returns: (nullable) (transfer full): what the first parameter of that name says, decoded and
 *   valid UTF-8, "" if it has no value, or %NULL if there is none
 */
char *
sky_http_query_value (const char *target, const char *key)
{
  const char *at = strchr (target, '?');
  const char *end = target + strcspn (target, "#");

  while (at != NULL && at < end)
    {
      const char *pair = at + 1;
      gsize pair_len = MIN (strcspn (pair, "&"), (gsize) (end - pair));
      const char *equals = memchr (pair, '=', pair_len);
      gsize key_len = equals != NULL ? (gsize) (equals - pair) : pair_len;
      g_autofree char *name = decode_query (pair, key_len);

      if (pair_len > 0 && g_str_equal (name, key))
        return equals != NULL ? decode_query (equals + 1, pair_len - key_len - 1) : g_strdup ("");
      at = pair + pair_len;
    }
  return NULL;
}

static void
add_text (SkyFields *fields, const char *name, const guint8 *data, gsize start, gsize len)
{
  g_autofree char *text = sky_hex_printable (data + start, len, SHOWN);

  sky_fields_add (fields, name, start, len, "%s", text);
}

static void
add_start_line (const SkyHttpHead *head, const guint8 *data, SkyFields *fields)
{
  if (head->response)
    {
      add_text (fields, _("Version"), data, 0, strlen ("HTTP/1.1"));
      sky_fields_add (fields, _("Status"), strlen ("HTTP/1.1 "), 3, "%u", head->status);
      add_text (fields, _("Reason"), data, head->reason_start, head->reason_len);
      return;
    }
  add_text (fields, _("Method"), data, head->method_start, head->method_len);
  add_text (fields, _("Target"), data, head->target_start, head->target_len);
  add_text (fields, _("Version"), data, head->target_start + head->target_len + 1, strlen ("HTTP/1.1"));
}

/**
 * sky_http_head_fields:
 * @head_len: bytes, as sky_http_head_decode() gave them
 * @fields: takes a title and below it each part of the start line and each header line, with its
 *   bytes counted from the head's first
 */
void
sky_http_head_fields (const SkyHttpHead *head, const guint8 *data, gsize head_len, SkyFields *fields)
{
  gsize start = head->method_start, end = 0;
  gsize line_len = (gsize) ((const guint8 *) memchr (data + start, '\n', head_len - start) - data) - start;
  g_autofree char *line = NULL;

  if (line_len > 0 && data[start + line_len - 1] == '\r')
    line_len--;
  line = sky_hex_printable (data + start, line_len, SHOWN);
  sky_fields_open (fields, "HTTP", 0, head_len, "%s", line);
  add_start_line (head, data, fields);
  for (guint i = 0; i < head->n_headers; i++)
    {
      const SkyHttpHeader *header = &head->headers[i];
      g_autofree char *name = sky_hex_printable (data + header->name_start, header->name_len, SHOWN);
      g_autofree char *value = sky_hex_printable (data + header->value_start, header->value_len, SHOWN);

      end = header->value_start + header->value_len;
      /* Translators: in place of a header's name: its line goes on with the one before */
      sky_fields_add (fields, header->name_len > 0 ? name : _("(continued)"), header->name_start,
                      end - header->name_start, "%s", value)
          ->faulty = !sky_http_header_sound (head, data, i);
    }
  if (head->faults & SKY_HTTP_FAULT_TOO_LONG)
    sky_fields_add (fields, _("More"), end, head_len - end, _("over %d lines: the rest is not taken apart"),
                    SKY_HTTP_MAX_HEADERS)
        ->faulty = TRUE;
  sky_fields_close (fields);
}

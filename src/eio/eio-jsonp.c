#include "eio/eio-jsonp.h"

#include <string.h>

#include "base/json.h"

#define CALL "___eio["

static gsize
skip (const char *text, gsize len, gsize pos, const char *set)
{
  while (pos < len && text[pos] != '\0' && strchr (set, text[pos]) != NULL)
    pos++;
  return pos;
}

/**
 * sky_eio_jsonp_answer:
 * @data: (array length=len): the body of a poll's answer where the poll has "j=N"
 * @len: bytes
 * @payload: the payload is appended here
 *
 * Old browsers poll with script elements, and are answered with a call: ___eio[N]("PAYLOAD");
 * The string is JSON, so what it stands for needs no script to be read. PROTOCOL.md §14.6.
 *
 * Returns: %FALSE, with nothing appended, if it is no such call
 */
gboolean
sky_eio_jsonp_answer (const guint8 *data, gsize len, GByteArray *payload)
{
  const char *text = (const char *) data;
  gsize pos = strlen (CALL), text_len;
  g_autofree char *unquoted = NULL;
  SkyJsonValue string;

  if (len < pos || memcmp (text, CALL, pos) != 0)
    return FALSE;
  pos = skip (text, len, pos, "0123456789");
  if (len - pos < 2 || memcmp (text + pos, "](", 2) != 0)
    return FALSE;
  pos += 2;
  if (!sky_json_scan (text, len, &pos, &string, NULL) || string.type != SKY_JSON_STRING)
    return FALSE;
  pos = skip (text, len, pos, " \t\r\n");
  if (pos == len || text[pos] != ')' || skip (text, len, pos + 1, "; \t\r\n") != len)
    return FALSE;
  unquoted = sky_json_unquote (text, &string, &text_len);
  if (unquoted == NULL)
    return FALSE;
  g_byte_array_append (payload, (const guint8 *) unquoted, (guint) text_len);
  return TRUE;
}

/**
 * sky_eio_jsonp_wrap:
 * @digits: what the request has as "j", digits only: anything else would be script of its sender's
 * @data: (array length=len): a payload of text, UTF-8
 * @len: bytes
 * @script: the answer's body is appended here
 *
 * Writes what sky_eio_jsonp_answer() reads. U+2028 and U+2029 end a line in old JavaScript, though
 * not in JSON: they go escaped. PROTOCOL.md §14.6.
 */
void
sky_eio_jsonp_wrap (const char *digits, const guint8 *data, gsize len, GByteArray *script)
{
  g_autoptr(GString) text = g_string_new (CALL);

  g_string_append_printf (text, "%s](", digits);
  sky_json_quote (text, len > 0 ? (const char *) data : "", (gssize) len);
  g_string_replace (text, "\u2028", "\\u2028", 0);
  g_string_replace (text, "\u2029", "\\u2029", 0);
  g_string_append (text, ");");
  g_byte_array_append (script, (const guint8 *) text->str, (guint) text->len);
}

/* Takes "%41" and "+" off one value of a form. */
static void
percent_decode (const guint8 *data, gsize len, GString *out)
{
  for (gsize i = 0; i < len; i++)
    if (data[i] == '%' && i + 2 < len && g_ascii_isxdigit (data[i + 1]) && g_ascii_isxdigit (data[i + 2]))
      {
        g_string_append_c (out, (char) (g_ascii_xdigit_value ((char) data[i + 1]) << 4
                                        | g_ascii_xdigit_value ((char) data[i + 2])));
        i += 2;
      }
    else
      g_string_append_c (out, data[i] == '+' ? ' ' : (char) data[i]);
}

/**
 * sky_eio_jsonp_post:
 * @data: (array length=len): the body of a POST where the request has "j=N"
 * @len: bytes
 * @payload: the payload is appended here
 *
 * The payload is the field "d" of a form. Browsers change line breaks in forms, so clients write a
 * line feed as \n, and what was \n already as \\n. PROTOCOL.md §14.6.
 *
 * Returns: %FALSE, with nothing appended, if there is no such field
 */
gboolean
sky_eio_jsonp_post (const guint8 *data, gsize len, GByteArray *payload)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gsize start = 0, end;

  for (;; start = end + 1)
    {
      const guint8 *mark = start < len ? memchr (data + start, '&', len - start) : NULL;

      end = mark != NULL ? (gsize) (mark - data) : len;
      if (end - start >= 2 && memcmp (data + start, "d=", 2) == 0)
        break;
      if (end == len)
        return FALSE;
    }
  percent_decode (data + start + 2, end - start - 2, text);
  for (gsize i = 0; i < text->len; i++)
    {
      const char *at = text->str + i; /* ended by a NUL: no look goes past it */
      gboolean kept = at[0] == '\\' && at[1] == '\\' && at[2] == 'n';
      gboolean line = at[0] == '\\' && at[1] == 'n';

      g_byte_array_append (payload, (const guint8 *) (line ? "\n" : at), 1);
      if (kept)
        g_byte_array_append (payload, (const guint8 *) "n", 1);
      i += kept ? 2 : line ? 1 : 0;
    }
  return TRUE;
}

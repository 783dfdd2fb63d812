#include "base/json.h"

#include "base/json-octet.h"

/* A text of 2048 brackets and a million zeros must not become gigabytes of blanks. */
#define MAX_INDENTED 32

/**
 * sky_json_quote:
 * @out: what the string is appended to
 * @utf8: UTF-8, which may hold U+0000 if @len says so
 * @len: bytes, or -1 if NUL ends it
 *
 * Appends a JSON string with no more escapes than RFC 8259 §7 asks for.
 */
void
sky_json_quote (GString *out, const char *utf8, gssize len)
{
  static const char named[0x20] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
  };
  gsize pos = 0, end = len < 0 ? strlen (utf8) : (gsize) len;

  g_string_append_c (out, '"');
  while (pos < end)
    {
      gsize run = sky_json_skip_plain (utf8, pos, end) - pos;
      guint8 c;

      g_string_append_len (out, utf8 + pos, (gssize) run);
      pos += run;
      if (pos == end)
        break;
      c = (guint8) utf8[pos++];
      g_string_append_c (out, '\\');
      if (c >= 0x20)
        g_string_append_c (out, (char) c);
      else if (named[c] != 0)
        g_string_append_c (out, named[c]);
      else
        g_string_append_printf (out, "u%04x", c);
    }
  g_string_append_c (out, '"');
}

static void
break_line (GString *out, gsize depth, guint indent)
{
  gsize n = MIN (depth, MAX_INDENTED) * indent, old = out->len;

  g_string_set_size (out, old + 1 + n);
  out->str[old] = '\n';
  memset (out->str + old + 1, ' ', n);
}

/* Appends the token at @pos, and returns what lies behind it. */
static gsize
append_token (GString *out, const char *text, gsize pos, gsize end)
{
  gsize next = pos + 1;

  if (text[pos] == '"')
    next = sky_json_skip_string (text, pos, end);
  else if (strchr ("[]{},:", text[pos]) == NULL)
    while (next < end && strchr (" \t\r\n[]{},:", text[next]) == NULL)
      next++;
  g_string_append_len (out, text + pos, (gssize) (next - pos));
  return next;
}

/* A token with the line breaks and blanks that belong to it. */
static gsize
append_pretty (GString *out, const char *text, gsize pos, gsize end, gsize *depth, guint indent)
{
  char c = text[pos];
  gsize next;

  if (c == ']' || c == '}')
    break_line (out, --*depth, indent);
  next = append_token (out, text, pos, end);
  if (c == '[' || c == '{')
    {
      gsize inner = sky_json_skip_space (text, next, end);

      if (text[inner] == ']' || text[inner] == '}')
        return append_token (out, text, inner, end);
      ++*depth;
    }
  if (c == '[' || c == '{' || c == ',')
    break_line (out, *depth, indent);
  else if (c == ':')
    g_string_append_c (out, ' ');
  return next;
}

/* Of what is not JSON. A NUL would hide what follows it, and half a text may look valid. */
static char *
copy (const char *text, gsize len)
{
  GString *out = g_string_sized_new (len);

  for (gsize i = 0; i < len; i++)
    if (text[i] != '\0')
      g_string_append_c (out, text[i]);
    else
      g_string_append (out, "\xef\xbf\xbd");
  return g_string_free (out, FALSE);
}

/**
 * sky_json_pretty:
 * @text: (array length=len): one value with white space around it
 * @len: bytes
 * @indent: blanks for each level; those deeper than 32 get no more
 *
 * Gives every member and item its own line. Numbers, escapes, the order of keys and keys that
 * occur twice stay as they are; only white space is different. Takes time as @text is long.
 *
 * Returns: (transfer full): the text, without a line break at its end; a copy if it is not
 *   JSON, with U+FFFD for NUL
 */
char *
sky_json_pretty (const char *text, gsize len, guint indent)
{
  SkyJsonValue value;
  GString *out;
  gsize depth = 0, pos, end;

  if (!sky_json_parse (text, len, &value, NULL, NULL))
    return copy (text, len);
  out = g_string_sized_new (len + len / 2);
  end = value.start + value.len;
  for (pos = value.start; pos < end; pos = sky_json_skip_space (text, pos, end))
    pos = append_pretty (out, text, pos, end, &depth, indent);
  return g_string_free (out, FALSE);
}

/**
 * sky_json_minify:
 * @text: (array length=len): one value with white space around it
 * @len: bytes
 *
 * Drops the white space between tokens, and nothing else.
 *
 * Returns: (transfer full): the text; a copy if it is not
 *   JSON, with U+FFFD for NUL
 */
char *
sky_json_minify (const char *text, gsize len)
{
  SkyJsonValue value;
  GString *out;
  gsize pos, end;

  if (!sky_json_parse (text, len, &value, NULL, NULL))
    return copy (text, len);
  out = g_string_sized_new (len);
  end = value.start + value.len;
  for (pos = value.start; pos < end; pos = sky_json_skip_space (text, pos, end))
    pos = append_token (out, text, pos, end);
  return g_string_free (out, FALSE);
}

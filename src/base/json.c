#include "base/json.h"

#include "base/fault.h"
#include "base/json-octet.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (sky-json-error-quark, sky_json_error)

/* One bit a level says whether it is an object: no recursion, whatever a peer may send. */
typedef struct
{
  const char *text;
  gsize       pos, end;
  gsize       comma; /* the one that the next key or value follows, or NO_COMMA */
  guint       depth;
  guint64     objects[SKY_JSON_MAX_DEPTH / 64];
  GError    **error;
} Scan;

#define NO_COMMA G_MAXSIZE

static gboolean
fail_at (Scan *s, gsize pos, const char *message)
{
  s->pos = pos;
  return sky_fail_false (s->error, SKY_JSON_ERROR, SKY_JSON_ERROR_SYNTAX, "%s", message);
}

static gboolean
truncated (Scan *s, const char *message)
{
  s->pos = s->end;
  return sky_fail_false (s->error, SKY_JSON_ERROR, SKY_JSON_ERROR_TRUNCATED, "%s", message);
}

static gboolean
in_object (const Scan *s)
{
  return s->objects[(s->depth - 1) / 64] >> (s->depth - 1) % 64 & 1;
}

static gboolean
push (Scan *s, gboolean object)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << s->depth % 64;

  if (s->depth == SKY_JSON_MAX_DEPTH)
    {
      sky_fail (s->error, SKY_JSON_ERROR, SKY_JSON_ERROR_DEPTH,
                _("Arrays and objects are nested deeper than %d levels"), SKY_JSON_MAX_DEPTH);
      return FALSE;
    }
  if (object)
    s->objects[s->depth / 64] |= bit;
  else
    s->objects[s->depth / 64] &= ~bit;
  s->depth++;
  s->pos++;
  s->comma = NO_COMMA;
  return TRUE;
}

static gboolean
scan_escape (Scan *s)
{
  gsize at = s->pos++;

  if (s->pos == s->end)
    return truncated (s, _("The text ends within a string"));
  if (s->text[s->pos] != 'u')
    {
      if (s->text[s->pos] == '\0' || strchr ("\"\\/bfnrt", s->text[s->pos]) == NULL)
        return fail_at (s, at,
                        _("A backslash in a string can stand only before one of \" \\ / b f n r t u"));
      s->pos++;
      return TRUE;
    }
  for (s->pos++; s->pos < at + 6; s->pos++)
    {
      if (s->pos == s->end)
        return truncated (s, _("The text ends within a string"));
      if (!g_ascii_isxdigit (s->text[s->pos]))
        return fail_at (s, at, _("\\u needs four hexadecimal digits"));
    }
  return TRUE;
}

static gboolean
scan_string (Scan *s)
{
  s->pos++;
  for (;;)
    {
      s->pos = sky_json_skip_plain (s->text, s->pos, s->end);
      if (s->pos == s->end)
        return truncated (s, _("The text ends within a string"));
      if (s->text[s->pos] == '"')
        break;
      if (s->text[s->pos] != '\\')
        return fail_at (s, s->pos,
                        _("Line breaks, tabs and control characters in a string must be escaped"));
      if (!scan_escape (s))
        return FALSE;
    }
  s->pos++;
  return TRUE;
}

static gboolean
scan_digits (Scan *s)
{
  gsize first = s->pos;

  while (s->pos < s->end && g_ascii_isdigit (s->text[s->pos]))
    s->pos++;
  if (s->pos > first)
    return TRUE;
  if (s->pos == s->end)
    return truncated (s, _("The text ends within a number"));
  return fail_at (s, s->pos, _("A digit is missing in this number"));
}

static gboolean
scan_number (Scan *s)
{
  gsize first;

  if (s->text[s->pos] == '-')
    s->pos++;
  first = s->pos;
  if (!scan_digits (s))
    return FALSE;
  if (s->text[first] == '0' && s->pos - first > 1)
    return fail_at (s, first, _("A number cannot begin with 0, except 0 itself"));
  if (s->pos < s->end && s->text[s->pos] == '.')
    {
      s->pos++;
      if (!scan_digits (s))
        return FALSE;
    }
  if (s->pos == s->end || (s->text[s->pos] | 0x20) != 'e')
    return TRUE;
  s->pos++;
  if (s->pos < s->end && (s->text[s->pos] == '+' || s->text[s->pos] == '-'))
    s->pos++;
  return scan_digits (s);
}

/* What stands at s->pos where a value should: says what its writer probably meant. */
static gboolean
fail_no_value (Scan *s)
{
  switch (s->text[s->pos])
    {
    case ']':
    case '}':
      if (s->comma != NO_COMMA)
        return fail_at (s, s->comma, _("A comma has nothing after it"));
      return fail_at (s, s->pos, _("A value is missing before this bracket"));
    case ',':
      return fail_at (s, s->pos, _("A value is missing before this comma"));
    case '\'':
    case '`':
      return fail_at (s, s->pos, _("Strings need double quotes"));
    case '/':
    case '#':
      return fail_at (s, s->pos, _("JSON has no comments"));
    case '+':
      return fail_at (s, s->pos, _("A number cannot begin with +"));
    case '.':
      return fail_at (s, s->pos, _("A number needs a digit before its point"));
    default:
      break;
    }
  if (g_ascii_isalpha (s->text[s->pos]))
    return fail_at (s, s->pos,
                    _("Strings need double quotes; only true, false and null go without"));
  return fail_at (s, s->pos, _("No JSON value begins with this character"));
}

static gboolean
scan_literal (Scan *s, const char *word)
{
  gsize at = s->pos;

  for (; *word != '\0'; word++, s->pos++)
    {
      if (s->pos == s->end)
        return truncated (s, _("The text ends within true, false or null"));
      if (s->text[s->pos] != *word)
        {
          s->pos = at;
          return fail_no_value (s);
        }
    }
  return TRUE;
}

/* A key and its colon. */
static gboolean
scan_key (Scan *s)
{
  s->pos = sky_json_skip_space (s->text, s->pos, s->end);
  if (s->pos == s->end)
    return truncated (s, _("The text ends within an object"));
  if (s->text[s->pos] == '}' && s->comma != NO_COMMA)
    return fail_at (s, s->comma, _("A comma has nothing after it"));
  if (s->text[s->pos] == ',')
    return fail_at (s, s->pos, _("A key is missing before this comma"));
  if (s->text[s->pos] == '/')
    return fail_at (s, s->pos, _("JSON has no comments"));
  if (s->text[s->pos] != '"')
    return fail_at (s, s->pos, _("Keys need double quotes"));
  if (!scan_string (s))
    return FALSE;
  s->pos = sky_json_skip_space (s->text, s->pos, s->end);
  if (s->pos == s->end)
    return truncated (s, _("The text ends within an object"));
  if (s->text[s->pos] != ':')
    return fail_at (s, s->pos, _("A colon is missing after this key"));
  s->pos++;
  s->comma = NO_COMMA;
  return TRUE;
}

/* Returns: whether the array or object that was just opened is empty, and closed */
static gboolean
close_empty (Scan *s, char bracket)
{
  s->pos = sky_json_skip_space (s->text, s->pos, s->end);
  if (s->pos == s->end || s->text[s->pos] != bracket)
    return FALSE;
  s->pos++;
  s->depth--;
  return TRUE;
}

/* A number, string or literal, an empty container, or the opening of another one: *@opened. */
static gboolean
scan_begin (Scan *s, gboolean *opened)
{
  *opened = FALSE;
  s->pos = sky_json_skip_space (s->text, s->pos, s->end);
  if (s->pos == s->end)
    return truncated (s, s->depth == 0     ? _("A value is missing: the text is empty")
                         : in_object (s) ? _("The text ends within an object")
                                         : _("The text ends within an array"));
  switch (s->text[s->pos])
    {
    case '"':
      return scan_string (s);
    case '[':
      if (!push (s, FALSE))
        return FALSE;
      *opened = !close_empty (s, ']');
      return TRUE;
    case '{':
      if (!push (s, TRUE))
        return FALSE;
      *opened = !close_empty (s, '}');
      return !*opened || scan_key (s);
    case 't':
      return scan_literal (s, "true");
    case 'f':
      return scan_literal (s, "false");
    case 'n':
      return scan_literal (s, "null");
    default:
      if (s->text[s->pos] == '-' || g_ascii_isdigit (s->text[s->pos]))
        return scan_number (s);
      return fail_no_value (s);
    }
}

/* What follows a value: brackets that close, then a comma, or the end of it all (depth 0). */
static gboolean
scan_after (Scan *s)
{
  while (s->depth > 0)
    {
      gboolean object = in_object (s);
      char c;

      s->pos = sky_json_skip_space (s->text, s->pos, s->end);
      if (s->pos == s->end)
        return truncated (s, object ? _("The text ends within an object")
                                    : _("The text ends within an array"));
      c = s->text[s->pos];
      if (c == ',')
        {
          s->comma = s->pos++;
          return !object || scan_key (s);
        }
      if (c != (object ? '}' : ']'))
        return fail_at (s, s->pos,
                        object ? _("A comma or } is missing after this value")
                               : _("A comma or ] is missing after this value"));
      s->pos++;
      s->depth--;
    }
  return TRUE;
}

/**
 * sky_json_scan:
 * @text: (array length=len): bytes, which need not end with NUL
 * @len: bytes
 * @pos: (inout): where to begin, in bytes; then behind the value, or where the fault lies
 * @value: (out caller-allocates): where the value is, set only on success
 * @error: a #SkyJsonError, in a sentence for the person who wrote the text
 *
 * Skips white space and checks one value to its end. What follows it is not looked at, so a
 * number ends where its digits do. Strict RFC 8259, except that a string may hold half of a
 * surrogate pair, as JavaScript allows; whether the octets are UTF-8 is not asked here.
 *
 * Returns: whether a whole valid value was there
 */
gboolean
sky_json_scan (const char *text, gsize len, gsize *pos, SkyJsonValue *value, GError **error)
{
  Scan s;
  gsize start;
  gboolean opened = FALSE, ok;

  g_return_val_if_fail (*pos <= len, FALSE);

  /* Field by field: an initializer would clear the bits too, for every value. */
  s.text = text;
  s.end = len;
  s.depth = 0;
  s.comma = NO_COMMA;
  s.error = error;
  s.pos = start = sky_json_skip_space (text, *pos, len);
  do
    ok = scan_begin (&s, &opened) && (opened || scan_after (&s));
  while (ok && s.depth > 0);
  *pos = s.pos;
  if (ok)
    *value = (SkyJsonValue) { sky_json_type_of (text[start]), start, s.pos - start };
  return ok;
}

/**
 * sky_json_parse:
 * @text: (array length=len): bytes, which need not end with NUL
 * @len: bytes
 * @value: (out caller-allocates): where the value is, without the white space around it
 * @error_pos: (out) (nullable): where the fault lies, in bytes; set only on failure
 * @error: as sky_json_scan() sets it
 *
 * Checks that all of @text is one value.
 *
 * Returns: whether it is
 */
gboolean
sky_json_parse (const char *text, gsize len, SkyJsonValue *value, gsize *error_pos, GError **error)
{
  SkyJsonValue found;
  gsize pos = 0;
  gboolean ok = sky_json_scan (text, len, &pos, &found, error);

  if (ok && (pos = sky_json_skip_space (text, pos, len)) < len)
    {
      sky_fail (error, SKY_JSON_ERROR, SKY_JSON_ERROR_SYNTAX,
                _("Something follows the value, which ends here"));
      ok = FALSE;
    }
  if (ok)
    *value = found;
  else if (error_pos != NULL)
    *error_pos = pos;
  return ok;
}

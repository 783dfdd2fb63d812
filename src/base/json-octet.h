#pragma once

#include "base/json.h"

#include <string.h>

/* What the scanner and those who walk its values share: how octets are skipped. */

static inline gboolean
sky_json_is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Returns: where the white space that begins at @pos ends */
static inline gsize
sky_json_skip_space (const char *text, gsize pos, gsize end)
{
  while (pos < end && sky_json_is_space (text[pos]))
    pos++;
  return pos;
}

/*
 * Returns: the next quote, backslash or control character within a string, or @end.
 * Takes eight octets at a time: (w − n·0x01…) & ~w has a top bit set if an octet of w is below n.
 */
static inline gsize
sky_json_skip_plain (const char *text, gsize pos, gsize end)
{
  const guint64 each = G_GUINT64_CONSTANT (0x0101010101010101);

  while (end - pos >= sizeof (guint64))
    {
      guint64 w, quote, slash;

      memcpy (&w, text + pos, sizeof w);
      quote = w ^ each * '"';
      slash = w ^ each * '\\';
      if ((((w - each * 0x20) & ~w) | ((quote - each) & ~quote) | ((slash - each) & ~slash))
          & each * 0x80)
        break;
      pos += sizeof w;
    }
  while (pos < end && (guint8) text[pos] >= 0x20 && text[pos] != '"' && text[pos] != '\\')
    pos++;
  return pos;
}

/* Returns: behind the closing quote of the valid string whose opening quote is at @pos, or @end */
static inline gsize
sky_json_skip_string (const char *text, gsize pos, gsize end)
{
  pos = MIN (pos + 1, end);
  while ((pos = sky_json_skip_plain (text, pos, end)) < end && text[pos] != '"')
    pos = text[pos] == '\\' && end - pos >= 2 ? pos + 2 : pos + 1;
  return MIN (pos + 1, end);
}

/* Returns: what the value is that begins so */
static inline SkyJsonType
sky_json_type_of (char first)
{
  switch (first)
    {
    case '"':
      return SKY_JSON_STRING;
    case '[':
      return SKY_JSON_ARRAY;
    case '{':
      return SKY_JSON_OBJECT;
    case 't':
      return SKY_JSON_TRUE;
    case 'f':
      return SKY_JSON_FALSE;
    case 'n':
      return SKY_JSON_NULL;
    default:
      return SKY_JSON_NUMBER;
    }
}

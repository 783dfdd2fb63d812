#include "peer/code/client-code-private.h"

#include <string.h>

/* One text that a regular expression matches, for expressions as people write them into rules. */

#define MAX_LEN 256 /* bytes, or not much more */

/* Returns: where what begins at @at ends; @out: one thing that it stands for */
static const char *
take_class (const char *at, GString *out)
{
  const char *end = at + 1;

  while (*end != '\0' && (*end != ']' || end == at + 1))
    end += *end == '\\' && end[1] != '\0' ? 2 : 1;
  if (at[1] == '\\')
    g_string_append_c (out, at[2] == 'd' ? '1' : 'a');
  else if (at[1] == '^')
    g_string_append_c (out, 'a');
  else
    g_string_append_c (out, at[1] == '0' && at[2] == '-' ? '1' : at[1]);
  return *end != '\0' ? end + 1 : end;
}

static const char *
take_escape (const char *at, GString *out)
{
  switch (at[1])
    {
    case '\0':
      return at + 1;
    case 'd':
      g_string_append_c (out, '1');
      break;
    case 'w':
    case 'S':
      g_string_append_c (out, 'a');
      break;
    case 's':
      g_string_append_c (out, ' ');
      break;
    default:
      g_string_append_c (out, at[1]);
      break;
    }
  return at + 2;
}

/* How often what was taken last is wanted: as rarely as may be, but not never. */
static const char *
take_count (const char *at, GString *out, gsize from)
{
  g_autofree char *unit = g_strdup (out->str + from);
  guint64 n;

  if (*at == '+' || *at == '*' || *at == '?')
    return at + 1;
  if (*at != '{' || !g_ascii_isdigit (at[1]))
    return at;
  n = MIN (g_ascii_strtoull (at + 1, NULL, 10), 64);
  for (guint64 i = 1; i < n && out->len < MAX_LEN; i++)
    g_string_append (out, unit);
  at += strcspn (at, "}");
  return *at != '\0' ? at + 1 : at;
}

static const char *take_sequence (const char *at, GString *out, guint depth);

/* A group's first alternative; the others are passed over. */
static const char *
take_group (const char *at, GString *out, guint depth)
{
  GString *rest = g_string_new (NULL);

  at += g_str_has_prefix (at, "(?:") ? 3 : 1;
  at = take_sequence (at, out, depth + 1);
  while (*at == '|')
    at = take_sequence (at + 1, rest, depth + 1);
  g_string_free (rest, TRUE);
  return *at == ')' ? at + 1 : at;
}

static const char *
take_sequence (const char *at, GString *out, guint depth)
{
  while (*at != '\0' && *at != '|' && *at != ')' && depth < 16)
    {
      gsize from = out->len;

      if (*at == '^' || *at == '$')
        at++;
      else if (*at == '[')
        at = take_class (at, out);
      else if (*at == '(')
        at = take_group (at, out, depth);
      else if (*at == '\\')
        at = take_escape (at, out);
      else
        g_string_append_c (out, *at == '.' ? 'a' : *at), at++;
      at = take_count (at, out, from);
    }
  return at;
}

/**
 * sky_client_code_sample:
 * @pattern: a regular expression, as rules have it
 *
 * Returns: (nullable) (transfer full): a short text that it matches, if one was found
 */
char *
sky_client_code_sample (const char *pattern)
{
  g_autoptr(GString) out = g_string_new (NULL);

  take_sequence (pattern, out, 0);
  return g_utf8_validate (out->str, -1, NULL) && g_regex_match_simple (pattern, out->str, 0, 0) ? g_strdup (out->str)
                                                                                                 : NULL;
}

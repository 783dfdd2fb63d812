#include "peer/rules/rules-template-private.h"

#include <string.h>

/* How a template is filled in. */

typedef struct
{
  const SkyRulesScope *scope;
  GString             *out, *scratch;
  gsize                max; /* that @out may grow to */
} Expansion;

static gboolean
append (Expansion *e, const char *text, gsize len)
{
  if (e->out->len > e->max || len > e->max - e->out->len)
    return FALSE;
  g_string_append_len (e->out, text, (gssize) len);
  return TRUE;
}

/* JSON as letters of a string: its quotes need backslashes. */
static gboolean
append_escaped (Expansion *e, const char *text, gsize len)
{
  gsize at = e->out->len;

  if (at > e->max || len > e->max - at)
    return FALSE;
  sky_json_quote (e->out, text, (gssize) len);
  g_string_erase (e->out, (gssize) at, 1);
  g_string_truncate (e->out, e->out->len - 1);
  return e->out->len <= e->max;
}

static gboolean
append_value (Expansion *e, const SkyRulesPath *path)
{
  SkyRulesText found;

  if (!sky_rules_path_resolve (path, e->scope, e->scratch, &found))
    return append (e, "null", 4);
  if (!path->all)
    return append (e, found.text, found.len);
  return append (e, "[", 1) && append (e, found.text, found.len) && append (e, "]", 1);
}

static gboolean
append_letters (Expansion *e, const SkyRulesPath *path)
{
  SkyRulesText found;

  if (!sky_rules_path_resolve (path, e->scope, e->scratch, &found))
    return append (e, "null", 4);
  if (path->all)
    return append (e, "[", 1) && append_escaped (e, found.text, found.len) && append (e, "]", 1);
  if (found.text[0] == '"')
    return append (e, found.text + 1, found.len - 2);
  return append_escaped (e, found.text, found.len);
}

/* No value ends with "[": if the last octet is one, the list has only begun. */
static gboolean
append_comma (Expansion *e)
{
  return e->out->str[e->out->len - 1] == '[' || append (e, ",", 1);
}

static gboolean
append_items (Expansion *e, const SkyRulesPath *path)
{
  SkyRulesText found;

  if (!sky_rules_path_resolve (path, e->scope, e->scratch, &found) || found.len == 0)
    return TRUE;
  return append_comma (e) && append (e, found.text, found.len);
}

static gboolean
append_fill (Expansion *e, const SkyRulesPart *part)
{
  g_autoptr(GString) what = g_string_new (NULL), times = g_string_new (NULL);
  SkyJsonValue value = { .type = SKY_JSON_NUMBER };
  guint64 n = 0;
  gsize len;

  if (!sky_rules_template_expand (part->what, e->scope, what)
      || !sky_rules_template_expand (part->times, e->scope, times))
    return FALSE;
  value.len = times->len;
  if (what->str[0] != '"' || !sky_json_uint (times->str, &value, &n))
    return append (e, "null", 4);
  len = what->len - 2;
  if (n > SKY_RULES_MAX_EXPANDED || e->out->len > e->max || (len > 0 && n > (e->max - e->out->len) / len))
    return FALSE;
  g_string_append_c (e->out, '"');
  for (guint64 i = 0; len > 0 && i < n; i++)
    g_string_append_len (e->out, what->str + 1, (gssize) len);
  g_string_append_c (e->out, '"');
  return TRUE;
}

static gboolean
append_part (Expansion *e, const SkyRulesPart *part)
{
  switch (part->kind)
    {
    case SKY_RULES_PART_JSON:
      return append (e, part->json->str, part->json->len);
    case SKY_RULES_PART_VALUE:
      return append_value (e, part->path);
    case SKY_RULES_PART_LETTERS:
      return append_letters (e, part->path);
    case SKY_RULES_PART_COMMA:
      return append_comma (e);
    case SKY_RULES_PART_SPREAD:
      return append_items (e, part->path);
    case SKY_RULES_PART_FILL:
      return append_fill (e, part);
    }
  g_assert_not_reached ();
}

/**
 * sky_rules_template_expand:
 * @scope: where values come from; they are spliced as they are spelled
 * @out: what the JSON is appended to
 *
 * Fills the template in. What comes from @scope is no template, whatever braces it has.
 *
 * Returns: %FALSE if that would be more than %SKY_RULES_MAX_EXPANDED; @out is then of no use
 */
gboolean
sky_rules_template_expand (const SkyRulesTemplate *self, const SkyRulesScope *scope, GString *out)
{
  g_autoptr(GString) own = scope->scratch == NULL ? g_string_new (NULL) : NULL;
  Expansion e = { scope, out, own != NULL ? own : scope->scratch, out->len + SKY_RULES_MAX_EXPANDED };
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < self->parts->len; i++)
    ok = append_part (&e, &g_array_index (self->parts, SkyRulesPart, i));
  return ok;
}

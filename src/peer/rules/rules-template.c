#include "peer/rules/rules-template-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/base64.h"

static void
clear_part (gpointer data)
{
  SkyRulesPart *part = data;

  if (part->json != NULL)
    g_string_free (part->json, TRUE);
  g_clear_pointer (&part->path, sky_rules_path_free);
  g_clear_pointer (&part->what, sky_rules_template_free);
  g_clear_pointer (&part->times, sky_rules_template_free);
}

static SkyRulesTemplate *
template_new (void)
{
  SkyRulesTemplate *self = g_new0 (SkyRulesTemplate, 1);

  self->parts = g_array_new (FALSE, TRUE, sizeof (SkyRulesPart));
  g_array_set_clear_func (self->parts, clear_part);
  return self;
}

void
sky_rules_template_free (SkyRulesTemplate *self)
{
  g_array_unref (self->parts);
  g_free (self);
}

static void
add_json (SkyRulesTemplate *self, const char *json, gsize len)
{
  SkyRulesPart part = { .kind = SKY_RULES_PART_JSON };
  SkyRulesPart *last
      = self->parts->len > 0 ? &g_array_index (self->parts, SkyRulesPart, self->parts->len - 1) : NULL;

  if (last != NULL && last->kind == SKY_RULES_PART_JSON)
    {
      g_string_append_len (last->json, json, (gssize) len);
      return;
    }
  part.json = g_string_new_len (json, (gssize) len);
  g_array_append_val (self->parts, part);
}

static void
add_path (SkyRulesTemplate *self, SkyRulesPartKind kind, SkyRulesPath *path)
{
  SkyRulesPart part = { .kind = kind, .path = path };

  g_array_append_val (self->parts, part);
}

static const char *
find (const char *text, gsize len, const char *pair)
{
  return g_strstr_len (text, (gssize) len, pair);
}

/* The path whose braces open at @open. Returns: where they end, or NULL after an error */
static const char *
read_path (SkyRulesReader *r, const char *open, const char *end, SkyRulesPath **path)
{
  const char *close = find (open + 2, (gsize) (end - open) - 2, "}}");
  gsize pos = (gsize) (open - r->text);
  SkyJsonValue at = { SKY_JSON_STRING, pos, (gsize) ((close != NULL ? close + 2 : end) - open) };
  g_autoptr(GString) quoted = g_string_new ("\"");
  g_autofree char *name = NULL, *found = NULL;

  if (close == NULL)
    {
      sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, &at, _("{{ that nothing closes"), "}}");
      return NULL;
    }
  g_string_append_len (quoted, open + 2, close - open - 2);
  g_string_append_c (quoted, '"');
  name = sky_json_unquote (quoted->str, &(SkyJsonValue) { SKY_JSON_STRING, 0, quoted->len }, NULL);
  g_strstrip (name);
  *path = sky_rules_path_new (name);
  if (*path != NULL)
    return close + 2;
  found = g_strdup_printf ("{{%s}}", name);
  sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, &at, found, _("a path like {{0}} or {{auth.token}}"));
  return NULL;
}

/* A string with letters and paths in it. */
static gboolean
read_letters (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate *self)
{
  const char *at = r->text + value->start, *end = at + value->len - 1, *open;

  while ((open = find (at, (gsize) (end - at), "{{")) != NULL)
    {
      SkyRulesPath *path = NULL;

      add_json (self, at, (gsize) (open - at));
      at = read_path (r, open, end, &path);
      if (at == NULL)
        return FALSE;
      add_path (self, SKY_RULES_PART_LETTERS, path);
    }
  add_json (self, at, (gsize) (end + 1 - at));
  return TRUE;
}

/* Returns: whether @value is a string that is one path and nothing else */
static gboolean
is_path (SkyRulesReader *r, const SkyJsonValue *value)
{
  const char *text = r->text + value->start;
  const char *close;

  if (value->type != SKY_JSON_STRING || value->len < 6 || text[1] != '{' || text[2] != '{')
    return FALSE;
  close = find (text, value->len, "}}");
  return close != NULL && close + 3 == text + value->len;
}

static gboolean
is_spread (SkyRulesReader *r, const SkyJsonValue *value)
{
  const char *last = r->text + value->start + value->len - 4;

  if (!is_path (r, value))
    return FALSE;
  while (*last == ' ')
    last--;
  return *last == '*';
}

static gboolean
read_string (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesPartKind kind,
             SkyRulesTemplate *self)
{
  const char *text = r->text + value->start;
  SkyRulesPath *path = NULL;

  if (!is_path (r, value))
    return read_letters (r, value, self);
  if (read_path (r, text + 1, text + value->len - 1, &path) == NULL)
    return FALSE;
  add_path (self, kind, path);
  return TRUE;
}

static gboolean read_value (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate *self);

static gboolean
read_list (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate *self)
{
  SkyRulesPart comma = { .kind = SKY_RULES_PART_COMMA };
  gboolean spreads = FALSE, ok = TRUE;
  SkyJsonIter iter;
  SkyJsonValue item;

  sky_json_iter_init (&iter, r->text, value);
  while (sky_json_iter_next (&iter, NULL, &item))
    spreads = spreads || is_spread (r, &item);
  add_json (self, "[", 1);
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);

      if (is_spread (r, &item))
        ok = read_string (r, &item, SKY_RULES_PART_SPREAD, self);
      else
        {
          if (spreads)
            g_array_append_val (self->parts, comma);
          else if (iter.n_items > 1)
            add_json (self, ",", 1);
          ok = read_value (r, &item, self);
        }
      sky_rules_reader_leave (r, mark);
    }
  add_json (self, "]", 1);
  return ok;
}

static gboolean
read_object (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate *self)
{
  gboolean ok = TRUE;
  SkyJsonIter iter;
  SkyJsonValue key, each;

  add_json (self, "{", 1);
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, &key, &each))
    {
      g_autofree char *name = sky_json_unquote (r->text, &key, NULL);
      gsize mark = sky_rules_reader_enter_key (r, name);

      if (iter.n_items > 1)
        add_json (self, ",", 1);
      ok = read_letters (r, &key, self);
      add_json (self, ":", 1);
      ok = ok && read_value (r, &each, self);
      sky_rules_reader_leave (r, mark);
    }
  add_json (self, "}", 1);
  return ok;
}

/* {"$fill": ["x", 1000]} */
static gboolean
read_fill (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate *self)
{
  SkyRulesPart part = { .kind = SKY_RULES_PART_FILL };
  SkyJsonIter iter;
  SkyJsonValue what = { 0 }, times = { 0 }, more;
  SkyRulesText fixed;
  guint64 n = 0;
  gboolean ok;

  sky_json_iter_init (&iter, r->text, value);
  ok = value->type == SKY_JSON_ARRAY && sky_json_iter_next (&iter, NULL, &what)
       && sky_json_iter_next (&iter, NULL, &times) && !sky_json_iter_next (&iter, NULL, &more)
       && what.type == SKY_JSON_STRING && (is_path (r, &times) || sky_json_uint (r->text, &times, &n));
  if (!ok)
    return sky_rules_reader_wrong_type (r, value, _("a text and how many times, as [\"x\", 1000]"));
  part.what = sky_rules_template_read (r, &what);
  part.times = part.what != NULL ? sky_rules_template_read (r, &times) : NULL;
  ok = part.times != NULL;
  g_array_append_val (self->parts, part);
  if (ok && (n > SKY_RULES_MAX_EXPANDED
             || (sky_rules_template_is_fixed (part.what, &fixed) && n * (fixed.len - 2) > SKY_RULES_MAX_EXPANDED)))
    return sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, &times, _("too many times"),
                                   _("64 MiB at most"));
  return ok;
}

static gboolean
check_bin (SkyRulesReader *r, const SkyJsonValue *value)
{
  g_autofree char *base64 = NULL;
  gsize len;

  if (value->type != SKY_JSON_STRING)
    return TRUE;
  base64 = sky_json_unquote (r->text, value, &len);
  if (strstr (base64, "{{") != NULL || sky_base64_valid (base64, len))
    return TRUE;
  return sky_rules_reader_wrong_type (r, value, _("base64 with its padding"));
}

static gboolean
read_value (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesTemplate *self)
{
  SkyJsonIter iter;
  SkyJsonValue key, only;
  gboolean single, ok;
  gsize mark;

  if (value->type == SKY_JSON_STRING)
    return read_string (r, value, SKY_RULES_PART_VALUE, self);
  if (value->type == SKY_JSON_ARRAY)
    return read_list (r, value, self);
  if (value->type != SKY_JSON_OBJECT)
    {
      add_json (self, r->text + value->start, value->len);
      return TRUE;
    }
  sky_json_iter_init (&iter, r->text, value);
  single = sky_json_iter_next (&iter, &key, &only);
  single = single && !sky_json_iter_next (&iter, NULL, &(SkyJsonValue) { 0 });
  if (single && sky_json_string_equal (r->text, &key, "$fill"))
    {
      mark = sky_rules_reader_enter_key (r, "$fill");
      ok = read_fill (r, &only, self);
      sky_rules_reader_leave (r, mark);
      return ok;
    }
  if (single && sky_json_string_equal (r->text, &key, "$bin"))
    {
      mark = sky_rules_reader_enter_key (r, "$bin");
      ok = check_bin (r, &only);
      sky_rules_reader_leave (r, mark);
      if (!ok)
        return FALSE;
    }
  return read_object (r, value, self);
}

/**
 * sky_rules_template_read:
 * @r: whose path leads to @value, and whose error is set
 *
 * Takes a value of a rules file apart. Numbers and escapes keep their spelling, white space between
 * tokens goes.
 *
 * Returns: (transfer full): %NULL after an error
 */
SkyRulesTemplate *
sky_rules_template_read (SkyRulesReader *r, const SkyJsonValue *value)
{
  g_autoptr(SkyRulesTemplate) self = template_new ();

  return read_value (r, value, self) ? g_steal_pointer (&self) : NULL;
}

/**
 * sky_rules_template_new:
 * @json: (array length=len): one value
 * @len: bytes
 * @error: a #SkyRulesError
 *
 * Returns: (transfer full): %NULL after an error
 */
SkyRulesTemplate *
sky_rules_template_new (const char *json, gsize len, GError **error)
{
  g_autoptr(GString) path = g_string_new (NULL);
  SkyRulesReader reader = { .text = json, .len = len, .path = path, .error = error };
  SkyJsonValue root;

  if (!sky_rules_reader_check (&reader, &root))
    return NULL;
  return sky_rules_template_read (&reader, &root);
}

/**
 * sky_rules_template_is_fixed:
 * @json: (out): what it says, as long as @self lives
 *
 * Returns: whether it says the same always
 */
gboolean
sky_rules_template_is_fixed (const SkyRulesTemplate *self, SkyRulesText *json)
{
  const SkyRulesPart *part = &g_array_index (self->parts, SkyRulesPart, 0);

  if (self->parts->len != 1 || part->kind != SKY_RULES_PART_JSON)
    return FALSE;
  *json = (SkyRulesText) { part->json->str, part->json->len };
  return TRUE;
}

/* Returns: (nullable) (transfer none): the path, if it is one path and nothing else */
const SkyRulesPath *
sky_rules_template_get_path (const SkyRulesTemplate *self)
{
  const SkyRulesPart *part = &g_array_index (self->parts, SkyRulesPart, 0);

  return self->parts->len == 1 && part->kind == SKY_RULES_PART_VALUE ? part->path : NULL;
}

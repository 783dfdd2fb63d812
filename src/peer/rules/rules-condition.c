#include "peer/rules/rules-condition.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/rules/rules-template-private.h"

typedef enum
{
  IS_EQ,
  IS_NE,
  IS_LT,
  IS_GT,
  IS_HAS,
  IS_BINARY,
  IS_MATCHES,
  IS_IN,
  IS_NOT,
  IS_ANY,
  IS_ALL,
} Kind;

struct _SkyRulesCondition
{
  Kind              kind;
  SkyRulesTemplate *a, *b;
  SkyRulesPath     *path;  /* HAS, written without braces */
  GRegex           *regex; /* MATCHES */
  GPtrArray        *parts; /* NOT, ANY, ALL: of SkyRulesCondition */
};

void
sky_rules_condition_free (SkyRulesCondition *self)
{
  g_clear_pointer (&self->a, sky_rules_template_free);
  g_clear_pointer (&self->b, sky_rules_template_free);
  g_clear_pointer (&self->path, sky_rules_path_free);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self);
}

/* The items of a list of just two. */
static gboolean
read_pair (SkyRulesReader *r, const SkyJsonValue *value, const char *expected, SkyJsonValue pair[2])
{
  SkyJsonIter iter;
  SkyJsonValue more;

  sky_json_iter_init (&iter, r->text, value);
  if (value->type == SKY_JSON_ARRAY && sky_json_iter_next (&iter, NULL, &pair[0])
      && sky_json_iter_next (&iter, NULL, &pair[1]) && !sky_json_iter_next (&iter, NULL, &more))
    return TRUE;
  return sky_rules_reader_wrong_type (r, value, expected);
}

static SkyRulesTemplate *
read_item (SkyRulesReader *r, const SkyJsonValue *value, gsize index)
{
  gsize mark = sky_rules_reader_enter_item (r, index);
  SkyRulesTemplate *template = sky_rules_template_read (r, value);

  sky_rules_reader_leave (r, mark);
  return template;
}

static gboolean
read_two (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesCondition *self)
{
  SkyJsonValue pair[2];

  if (!read_pair (r, value, _("a list of two values"), pair))
    return FALSE;
  self->a = read_item (r, &pair[0], 0);
  self->b = self->a != NULL ? read_item (r, &pair[1], 1) : NULL;
  return self->b != NULL;
}

static gboolean
read_matches (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesCondition *self)
{
  g_autofree char *pattern = NULL;
  SkyJsonValue pair[2];
  gsize mark;

  if (!read_pair (r, value, _("a list of a value and a regular expression"), pair))
    return FALSE;
  self->a = read_item (r, &pair[0], 0);
  if (self->a == NULL)
    return FALSE;
  mark = sky_rules_reader_enter_item (r, 1);
  pattern = sky_json_unquote (r->text, &pair[1], NULL);
  if (pair[1].type != SKY_JSON_STRING)
    sky_rules_reader_wrong_type (r, &pair[1], _("a regular expression"));
  else
    self->regex = sky_rules_regex_read (r, &pair[1], pattern);
  sky_rules_reader_leave (r, mark);
  return self->regex != NULL;
}

static gboolean
read_has (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesCondition *self)
{
  g_autofree char *text = sky_json_unquote (r->text, value, NULL);

  if (value->type == SKY_JSON_STRING && strstr (text, "{{") == NULL)
    self->path = sky_rules_path_new (text);
  else if (value->type == SKY_JSON_STRING)
    {
      self->a = sky_rules_template_read (r, value);
      if (self->a == NULL)
        return FALSE;
    }
  return self->path != NULL || (self->a != NULL && sky_rules_template_get_path (self->a) != NULL)
         || sky_rules_reader_wrong_type (r, value, _("a path like “{{auth.token}}”"));
}

static gboolean
read_list (SkyRulesReader *r, const SkyJsonValue *list, SkyRulesCondition *self)
{
  SkyJsonIter iter;
  SkyJsonValue item;
  gboolean ok = TRUE;

  if (list->type != SKY_JSON_ARRAY)
    return sky_rules_reader_wrong_type (r, list, _("a list of conditions"));
  sky_json_iter_init (&iter, r->text, list);
  while (ok && sky_json_iter_next (&iter, NULL, &item))
    {
      gsize mark = sky_rules_reader_enter_item (r, iter.n_items - 1);
      SkyRulesCondition *part = sky_rules_condition_read (r, &item);

      ok = part != NULL;
      if (ok)
        g_ptr_array_add (self->parts, part);
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

static gboolean
read_kind (SkyRulesReader *r, const SkyJsonValue *value, SkyRulesCondition *self)
{
  SkyRulesCondition *part;

  switch (self->kind)
    {
    case IS_EQ:
    case IS_NE:
    case IS_LT:
    case IS_GT:
    case IS_IN:
      return read_two (r, value, self);
    case IS_HAS:
      return read_has (r, value, self);
    case IS_BINARY:
      self->a = sky_rules_template_read (r, value);
      return self->a != NULL;
    case IS_MATCHES:
      return read_matches (r, value, self);
    case IS_NOT:
      part = sky_rules_condition_read (r, value);
      if (part != NULL)
        g_ptr_array_add (self->parts, part);
      return part != NULL;
    case IS_ANY:
    case IS_ALL:
      return read_list (r, value, self);
    }
  g_assert_not_reached ();
}

/* The one member of @object: which condition that is, and what it is about. */
static gboolean
read_member (SkyRulesReader *r, const SkyJsonValue *object, SkyRulesCondition *self)
{
  static const char *const names[] = { "eq", "ne", "lt", "gt", "has", "binary", "matches", "in", "not", "any" };
  const char *of_these = _("one of eq, ne, lt, gt, has, binary, matches, in, not, any");
  g_autofree char *name = NULL, *found = NULL;
  SkyJsonIter iter;
  SkyJsonValue key, value, more;
  gsize mark, i = 0;
  gboolean ok;

  sky_json_iter_init (&iter, r->text, object);
  if (!sky_json_iter_next (&iter, &key, &value) || sky_json_iter_next (&iter, NULL, &more))
    return sky_rules_reader_wrong_type (r, object, of_these);
  name = sky_json_unquote (r->text, &key, NULL);
  while (i < G_N_ELEMENTS (names) && !g_str_equal (names[i], name))
    i++;
  mark = sky_rules_reader_enter_key (r, name);
  self->kind = (Kind) i;
  ok = i < G_N_ELEMENTS (names)
           ? read_kind (r, &value, self)
           : sky_rules_reader_wrong (r, SKY_RULES_ERROR_KEY, &key, _("an unknown condition"), of_these);
  sky_rules_reader_leave (r, mark);
  return ok;
}

/**
 * sky_rules_condition_read:
 * @value: an object with one condition, or a list of conditions that all have to hold
 *
 * Returns: (nullable) (transfer full): %NULL after an error, which is then set
 */
SkyRulesCondition *
sky_rules_condition_read (SkyRulesReader *r, const SkyJsonValue *value)
{
  g_autoptr(SkyRulesCondition) self = g_new0 (SkyRulesCondition, 1);
  gboolean ok;

  self->kind = IS_ALL;
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_rules_condition_free);
  if (value->type == SKY_JSON_ARRAY)
    ok = read_list (r, value, self);
  else if (value->type == SKY_JSON_OBJECT)
    ok = read_member (r, value, self);
  else
    ok = sky_rules_reader_wrong_type (r, value, _("a condition, as {\"eq\": [a, b]}, or a list of them"));
  return ok ? g_steal_pointer (&self) : NULL;
}

/* The value of a side: of the template, in @buffer, or borrowed until the next lookup if @alone. */
static gboolean
take (const SkyRulesTemplate *side, const SkyRulesScope *scope, gboolean alone, GString *buffer, SkyRulesText *text)
{
  const SkyRulesPath *path = alone ? sky_rules_template_get_path (side) : NULL;

  if (sky_rules_template_is_fixed (side, text))
    return TRUE;
  if (path != NULL && !path->all && sky_rules_path_resolve (path, scope, buffer, text))
    return TRUE;
  g_string_truncate (buffer, 0);
  if (!sky_rules_template_expand (side, scope, buffer))
    return FALSE;
  *text = (SkyRulesText) { buffer->str, buffer->len };
  return TRUE;
}

static gboolean
is_number (const SkyRulesText *text)
{
  return text->len > 0 && (text->text[0] == '-' || g_ascii_isdigit (text->text[0]));
}

/* Numbers by value, strings by code point. Returns: whether @a and @b have an order */
static gboolean
order (const SkyRulesText *a, const SkyRulesText *b, int *sign)
{
  if (is_number (a) && is_number (b))
    {
      g_autofree char *s = g_strndup (a->text, a->len), *t = g_strndup (b->text, b->len);
      double x = g_ascii_strtod (s, NULL), y = g_ascii_strtod (t, NULL);

      *sign = (x > y) - (x < y);
      return TRUE;
    }
  if (a->len > 0 && b->len > 0 && a->text[0] == '"' && b->text[0] == '"')
    {
      g_autofree char *s = sky_json_unquote (a->text, &(SkyJsonValue) { SKY_JSON_STRING, 0, a->len }, NULL);
      g_autofree char *t = sky_json_unquote (b->text, &(SkyJsonValue) { SKY_JSON_STRING, 0, b->len }, NULL);

      *sign = strcmp (s, t);
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_in (const SkyRulesText *a, const SkyRulesText *list)
{
  SkyJsonValue value = { SKY_JSON_ARRAY, 0, list->len }, item;
  SkyJsonIter iter;

  if (list->len < 2 || list->text[0] != '[')
    return FALSE;
  sky_json_iter_init (&iter, list->text, &value);
  while (sky_json_iter_next (&iter, NULL, &item))
    if (sky_rules_json_equal (a, &(SkyRulesText) { list->text + item.start, item.len }))
      return TRUE;
  return FALSE;
}

/* {"$bin": "…"} and nothing besides, as sio-attach.h has it. */
static gboolean
is_binary (const SkyRulesText *a)
{
  SkyJsonValue object = { SKY_JSON_OBJECT, 0, a->len }, key, value, more;
  SkyJsonIter iter;

  if (a->len < 2 || a->text[0] != '{')
    return FALSE;
  sky_json_iter_init (&iter, a->text, &object);
  return sky_json_iter_next (&iter, &key, &value) && value.type == SKY_JSON_STRING
         && sky_json_string_equal (a->text, &key, "$bin") && !sky_json_iter_next (&iter, NULL, &more);
}

static gboolean
matches (GRegex *regex, const SkyRulesText *a)
{
  g_autofree char *plain = NULL;
  gsize len;

  if (a->len == 0 || a->text[0] != '"')
    return sky_rules_regex_matches (regex, a->text, a->len);
  plain = sky_json_unquote (a->text, &(SkyJsonValue) { SKY_JSON_STRING, 0, a->len }, &len);
  return sky_rules_regex_matches (regex, plain, len);
}

static gboolean
has (const SkyRulesCondition *self, const SkyRulesScope *scope, GString *scratch)
{
  const SkyRulesPath *path = self->path != NULL ? self->path : sky_rules_template_get_path (self->a);
  SkyRulesText found;

  return sky_rules_path_resolve (path, scope, scratch, &found);
}

static gboolean
compare (const SkyRulesCondition *self, const SkyRulesText *a, const SkyRulesText *b)
{
  int sign;

  switch (self->kind)
    {
    case IS_EQ:
      return sky_rules_json_equal (a, b);
    case IS_NE:
      return !sky_rules_json_equal (a, b);
    case IS_LT:
      return order (a, b, &sign) && sign < 0;
    case IS_GT:
      return order (a, b, &sign) && sign > 0;
    case IS_BINARY:
      return is_binary (a);
    case IS_MATCHES:
      return matches (self->regex, a);
    case IS_IN:
      return is_in (a, b);
    case IS_HAS:
    case IS_NOT:
    case IS_ANY:
    case IS_ALL:
      break;
    }
  g_assert_not_reached ();
}

/* Whether one of the parts holds, or all of them. */
static gboolean
any_holds (const SkyRulesCondition *self, const SkyRulesScope *scope, gboolean wanted)
{
  for (guint i = 0; i < self->parts->len; i++)
    if (sky_rules_condition_holds (g_ptr_array_index (self->parts, i), scope) == wanted)
      return TRUE;
  return FALSE;
}

/**
 * sky_rules_condition_holds:
 *
 * A missing path is null; an order between a number and a text does not exist, so neither `lt` nor
 * `gt` holds; `matches` looks at a string's letters and at the JSON of anything else.
 */
gboolean
sky_rules_condition_holds (const SkyRulesCondition *self, const SkyRulesScope *scope)
{
  g_autoptr(GString) a = NULL, b = NULL;
  SkyRulesText left, right = { 0 };
  gboolean alone;

  if (self->kind == IS_ANY)
    return any_holds (self, scope, TRUE);
  if (self->kind == IS_ALL || self->kind == IS_NOT)
    return any_holds (self, scope, FALSE) == (self->kind == IS_NOT);
  a = g_string_new (NULL);
  if (self->kind == IS_HAS)
    return has (self, scope, a);
  alone = self->b == NULL || sky_rules_template_is_fixed (self->b, &right);
  b = alone ? NULL : g_string_new (NULL);
  return take (self->a, scope, alone, a, &left) && (alone || take (self->b, scope, FALSE, b, &right))
         && compare (self, &left, &right);
}

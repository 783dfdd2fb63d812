#include "peer/rules/rules-condition.h"

#include <string.h>

/* Deeper than this, two values are the same if they are spelled the same. */
#define MAX_DEPTH 64

static gboolean value_equal (const char *a, const SkyJsonValue *x, const char *b, const SkyJsonValue *y,
                             guint depth);

/* That they are spelled differently is known. */
static gboolean
string_equal (const char *a, const SkyJsonValue *x, const char *b, const SkyJsonValue *y)
{
  g_autofree char *s = NULL, *t = NULL;
  gsize n, m;

  if (memchr (a + x->start, '\\', x->len) == NULL && memchr (b + y->start, '\\', y->len) == NULL)
    return FALSE;
  s = sky_json_unquote (a, x, &n);
  t = sky_json_unquote (b, y, &m);
  return n == m && memcmp (s, t, n) == 0;
}

static double
number_of (const char *text, const SkyJsonValue *value)
{
  g_autofree char *copy = g_strndup (text + value->start, value->len);

  return g_ascii_strtod (copy, NULL);
}

static gboolean
list_equal (const char *a, const SkyJsonValue *x, const char *b, const SkyJsonValue *y, guint depth)
{
  SkyJsonIter i, j;
  SkyJsonValue v, w;
  gboolean more, more_too, same = TRUE;

  sky_json_iter_init (&i, a, x);
  sky_json_iter_init (&j, b, y);
  do
    {
      more = sky_json_iter_next (&i, NULL, &v);
      more_too = sky_json_iter_next (&j, NULL, &w);
      same = more == more_too && (!more || value_equal (a, &v, b, &w, depth));
    }
  while (more && same);
  return same;
}

/* Key → SkyJsonValue; the last of two alike counts. */
static GHashTable *
members_of (const char *text, const SkyJsonValue *object)
{
  GHashTable *members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  SkyJsonIter iter;
  SkyJsonValue key, value;

  sky_json_iter_init (&iter, text, object);
  while (sky_json_iter_next (&iter, &key, &value))
    g_hash_table_replace (members, sky_json_unquote (text, &key, NULL),
                          g_memdup2 (&value, sizeof value));
  return members;
}

static gboolean
object_equal (const char *a, const SkyJsonValue *x, const char *b, const SkyJsonValue *y, guint depth)
{
  g_autoptr(GHashTable) of_x = members_of (a, x), of_y = members_of (b, y);
  GHashTableIter iter;
  gpointer key, value;
  gboolean same = g_hash_table_size (of_x) == g_hash_table_size (of_y);

  g_hash_table_iter_init (&iter, of_x);
  while (same && g_hash_table_iter_next (&iter, &key, &value))
    {
      const SkyJsonValue *other = g_hash_table_lookup (of_y, key);

      same = other != NULL && value_equal (a, value, b, other, depth);
    }
  return same;
}

static gboolean
value_equal (const char *a, const SkyJsonValue *x, const char *b, const SkyJsonValue *y, guint depth)
{
  if (x->type != y->type)
    return FALSE;
  if (x->len == y->len && memcmp (a + x->start, b + y->start, x->len) == 0)
    return TRUE;
  if (depth == MAX_DEPTH)
    return FALSE;
  switch (x->type)
    {
    case SKY_JSON_NUMBER:
      return number_of (a, x) == number_of (b, y);
    case SKY_JSON_STRING:
      return string_equal (a, x, b, y);
    case SKY_JSON_ARRAY:
      return list_equal (a, x, b, y, depth + 1);
    case SKY_JSON_OBJECT:
      return object_equal (a, x, b, y, depth + 1);
    case SKY_JSON_NULL:
    case SKY_JSON_FALSE:
    case SKY_JSON_TRUE:
      break;
    }
  return TRUE;
}

/**
 * sky_rules_json_equal:
 * @a: valid JSON
 * @b: valid JSON
 *
 * Returns: whether they say the same: 1 is 1.0, escapes and the order of keys do not count
 */
gboolean
sky_rules_json_equal (const SkyRulesText *a, const SkyRulesText *b)
{
  SkyJsonValue x, y;
  gsize at_x = 0, at_y = 0;

  if (a->len == b->len && memcmp (a->text, b->text, a->len) == 0)
    return TRUE;
  return sky_json_scan (a->text, a->len, &at_x, &x, NULL) && sky_json_scan (b->text, b->len, &at_y, &y, NULL)
         && value_equal (a->text, &x, b->text, &y, 0);
}

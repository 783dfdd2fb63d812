#include "peer/rules/rules-reader.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/utf8.h"

typedef struct
{
  SkyRulesPlace place;
} SkyRulesErrorPrivate;

static void
sky_rules_error_private_init (SkyRulesErrorPrivate *self)
{
}

static void
sky_rules_error_private_copy (const SkyRulesErrorPrivate *from, SkyRulesErrorPrivate *to)
{
  to->place = from->place;
  to->place.path = g_strdup (from->place.path);
}

static void
sky_rules_error_private_clear (SkyRulesErrorPrivate *self)
{
  g_free (self->place.path);
}

G_DEFINE_EXTENDED_ERROR (SkyRulesError, sky_rules_error)

/**
 * sky_rules_error_get_place:
 * @error: of SKY_RULES_ERROR
 *
 * Returns: (transfer none): where in the file it is; as long as @error lives
 */
const SkyRulesPlace *
sky_rules_error_get_place (const GError *error)
{
  g_return_val_if_fail (error != NULL && error->domain == SKY_RULES_ERROR, NULL);

  return &sky_rules_error_get_private (error)->place;
}

/**
 * sky_rules_reader_line:
 * @pos: bytes from the beginning of the file
 * @column: (out) (nullable): from 1, in characters
 *
 * Returns: the line, from 1
 */
guint
sky_rules_reader_line (SkyRulesReader *r, gsize pos, guint *column)
{
  guint line = 1, n = 1;

  for (gsize i = 0; i < pos && i < r->len; i++)
    if (r->text[i] == '\n')
      {
        line++;
        n = 1;
      }
    else if (((guint8) r->text[i] & 0xc0) != 0x80)
      n++;
  if (column != NULL)
    *column = n;
  return line;
}

static void
set_error (SkyRulesReader *r, SkyRulesError code, gsize pos, gsize len, const char *message)
{
  SkyRulesPlace *place;
  GError *error;

  if (r->error == NULL || *r->error != NULL)
    return;
  error = g_error_new_literal (SKY_RULES_ERROR, (int) code, message);
  place = &sky_rules_error_get_private (error)->place;
  place->line = sky_rules_reader_line (r, pos, &place->column);
  place->pos = pos;
  place->len = len;
  place->path = g_strdup (r->path->str);
  *r->error = error;
}

/**
 * sky_rules_reader_wrong:
 * @at: what to mark
 * @found: what stands there, in words
 * @expected: what should, in words
 *
 * Sets the reader's error, the first one only.
 *
 * Returns: %FALSE, for a function to end with
 */
gboolean
sky_rules_reader_wrong (SkyRulesReader *r,
                        SkyRulesError code,
                        const SkyJsonValue *at,
                        const char *found,
                        const char *expected)
{
  const char *where = r->path->len > 0 ? r->path->str : _("The file");
  /* Translators: where in a file, what stands there, what should */
  g_autofree char *message = g_strdup_printf (_("%s: found %s, expected %s"), where, found, expected);

  set_error (r, code, at->start, at->len, message);
  return FALSE;
}

/* Returns: (transfer full): @value in a few words: `the text "abc"`, `a list` */
char *
sky_rules_reader_found (SkyRulesReader *r, const SkyJsonValue *value)
{
  glong n_chars;
  g_autofree char *text = NULL, *part = NULL;

  switch (value->type)
    {
    case SKY_JSON_ARRAY:
      return g_strdup (value->len == 2 ? _("an empty list") : _("a list"));
    case SKY_JSON_OBJECT:
      return g_strdup (value->len == 2 ? _("an empty object") : _("an object"));
    case SKY_JSON_NULL:
    case SKY_JSON_FALSE:
    case SKY_JSON_TRUE:
      return g_strndup (r->text + value->start, value->len);
    case SKY_JSON_NUMBER:
    case SKY_JSON_STRING:
      break;
    }
  text = g_strndup (r->text + value->start, value->len);
  n_chars = g_utf8_strlen (text, -1);
  part = n_chars > 40 ? g_utf8_substring (text, 0, 40) : g_strdup (text);
  return g_strdup_printf (value->type == SKY_JSON_NUMBER ? _("the number %s%s") : _("the text %s%s"),
                          part, n_chars > 40 ? "…" : "");
}

/* As sky_rules_reader_wrong(), with what is found put into words. */
gboolean
sky_rules_reader_wrong_type (SkyRulesReader *r, const SkyJsonValue *at, const char *expected)
{
  g_autofree char *found = sky_rules_reader_found (r, at);

  return sky_rules_reader_wrong (r, SKY_RULES_ERROR_TYPE, at, found, expected);
}

/* Returns: what sky_rules_reader_leave() takes */
gsize
sky_rules_reader_enter_key (SkyRulesReader *r, const char *key)
{
  gsize mark = r->path->len;

  if (mark > 0)
    g_string_append_c (r->path, '.');
  g_string_append (r->path, key);
  return mark;
}

gsize
sky_rules_reader_enter_item (SkyRulesReader *r, gsize index)
{
  gsize mark = r->path->len;

  g_string_append_printf (r->path, "[%" G_GSIZE_FORMAT "]", index);
  return mark;
}

void
sky_rules_reader_leave (SkyRulesReader *r, gsize mark)
{
  g_string_truncate (r->path, mark);
}

/* Keys that stand twice, and what is nested too deep: asked once of the whole file. */
static gboolean
check_value (SkyRulesReader *r, const SkyJsonValue *value, guint depth)
{
  g_autoptr(GHashTable) seen = NULL;
  SkyJsonIter iter;
  SkyJsonValue key, each;
  gboolean ok = TRUE;

  if (value->type < SKY_JSON_ARRAY)
    return TRUE;
  if (depth == SKY_RULES_MAX_DEPTH)
    return sky_rules_reader_wrong (r, SKY_RULES_ERROR_DEPTH, value, _("one level more"),
                                   _("at most 64 lists and objects within each other"));
  if (value->type == SKY_JSON_OBJECT)
    seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sky_json_iter_init (&iter, r->text, value);
  while (ok && sky_json_iter_next (&iter, &key, &each))
    {
      gsize name_len, mark;
      g_autofree char *name = sky_json_unquote (r->text, &key, &name_len);

      mark = seen != NULL ? sky_rules_reader_enter_key (r, name)
                          : sky_rules_reader_enter_item (r, iter.n_items - 1);
      if (seen != NULL && strlen (name) != name_len)
        ok = sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, &key, _("U+0000 in a key"),
                                     _("a name"));
      else if (seen != NULL && !g_hash_table_add (seen, g_steal_pointer (&name)))
        ok = sky_rules_reader_wrong (r, SKY_RULES_ERROR_DUPLICATE, &key, _("this key again"),
                                     _("each key once"));
      else
        ok = check_value (r, &each, depth + 1);
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

/* Returns: where the first octet is that UTF-8 has not */
static gsize
find_broken (const char *text, gsize len)
{
  SkyUtf8 utf8 = { 0 };
  gsize pos = 0;

  while (pos < len && sky_utf8_feed (&utf8, (const guint8 *) text + pos, 1))
    pos++;
  return pos;
}

/**
 * sky_rules_reader_check:
 * @root: (out): all of the file
 *
 * Judges what concerns the whole file: size, encoding, syntax, depth, keys that stand twice.
 */
gboolean
sky_rules_reader_check (SkyRulesReader *r, SkyJsonValue *root)
{
  g_autoptr(GError) error = NULL;
  gsize pos;

  if (r->len > SKY_RULES_MAX_LEN)
    {
      g_autofree char *size = g_format_size_full (r->len, G_FORMAT_SIZE_IEC_UNITS);

      return sky_rules_reader_wrong (r, SKY_RULES_ERROR_SIZE, &(SkyJsonValue) { 0 }, size,
                                     _("at most 1 MiB"));
    }
  if (!sky_utf8_valid ((const guint8 *) r->text, r->len))
    {
      pos = find_broken (r->text, r->len);
      set_error (r, SKY_RULES_ERROR_SYNTAX, pos, pos < r->len ? 1 : 0, _("The file is not UTF-8 here"));
      return FALSE;
    }
  if (!sky_json_parse (r->text, r->len, root, &pos, &error))
    {
      set_error (r,
                 g_error_matches (error, SKY_JSON_ERROR, SKY_JSON_ERROR_DEPTH) ? SKY_RULES_ERROR_DEPTH
                                                                              : SKY_RULES_ERROR_SYNTAX,
                 pos, pos < r->len ? 1 : 0, error->message);
      return FALSE;
    }
  return check_value (r, root, 0);
}

/* How many letters lie between @a and @b, as far as a slip of the hand goes. */
static guint
distance (const char *a, const char *b)
{
  guint row[40], n = (guint) strlen (b), before, last;

  if (strlen (a) >= G_N_ELEMENTS (row) || n >= G_N_ELEMENTS (row))
    return G_MAXUINT;
  for (guint j = 0; j <= n; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      before = row[0]++;
      for (guint j = 1; j <= n; j++)
        {
          guint cost = before + (g_ascii_tolower (a[i - 1]) != g_ascii_tolower (b[j - 1]));

          last = row[j];
          row[j] = MIN (cost, MIN (row[j - 1], last) + 1);
          before = last;
        }
    }
  return row[n];
}

static gboolean
wrong_key (SkyRulesReader *r, const SkyJsonValue *key, const char *name,
           const SkyRulesMember *members, gsize n_members)
{
  g_autoptr(GString) names = g_string_new (NULL);
  g_autofree char *expected = NULL;
  const char *nearest = NULL;
  guint least = 3;

  for (gsize i = 0; i < n_members; i++)
    {
      guint d = distance (name, members[i].name);

      if (d < least && d < strlen (members[i].name))
        {
          least = d;
          nearest = members[i].name;
        }
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", members[i].name);
    }
  if (nearest != NULL)
    expected = g_strdup_printf (_("“%s”"), nearest);
  else
    expected = g_strdup_printf (_("one of %s"), names->str);
  return sky_rules_reader_wrong (r, SKY_RULES_ERROR_KEY, key, _("an unknown key"), expected);
}

/**
 * sky_rules_reader_members:
 * @object: what is read; an error if it is no object
 * @members: (array length=n_members): the keys that it may have
 * @into: the struct that their offsets count from
 *
 * Reads the members in the order in which they stand.
 */
gboolean
sky_rules_reader_members (SkyRulesReader *r,
                          const SkyJsonValue *object,
                          const SkyRulesMember *members,
                          gsize n_members,
                          gpointer into)
{
  SkyJsonIter iter;
  SkyJsonValue key, value;
  gboolean ok = TRUE;

  if (object->type != SKY_JSON_OBJECT)
    return sky_rules_reader_wrong_type (r, object, _("an object"));
  sky_json_iter_init (&iter, r->text, object);
  while (ok && sky_json_iter_next (&iter, &key, &value))
    {
      g_autofree char *name = sky_json_unquote (r->text, &key, NULL);
      gsize mark = sky_rules_reader_enter_key (r, name), i = 0;

      while (i < n_members && !g_str_equal (members[i].name, name))
        i++;
      ok = i < n_members ? members[i].read (r, &members[i], &value, into)
                         : wrong_key (r, &key, name, members, n_members);
      sky_rules_reader_leave (r, mark);
    }
  return ok;
}

/* A text without line breaks and control characters; of @min characters at least. */
gboolean
sky_rules_read_string (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value,
                       gpointer into)
{
  char **field = (char **) G_STRUCT_MEMBER_P (into, member->offset);
  g_autofree char *text = NULL;
  gsize len;

  if (value->type != SKY_JSON_STRING)
    return sky_rules_reader_wrong_type (r, value, _("a text"));
  text = sky_json_unquote (r->text, value, &len);
  if ((gint64) len < member->min)
    return sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, value, _("an empty text"), _("a text"));
  for (gsize i = 0; i < len; i++)
    if ((guint8) text[i] < 0x20 || text[i] == 0x7f)
      return sky_rules_reader_wrong (r, SKY_RULES_ERROR_VALUE, value, _("a control character"),
                                     _("a text of one line"));
  g_free (*field);
  *field = g_steal_pointer (&text);
  return TRUE;
}

gboolean
sky_rules_read_flag (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value,
                     gpointer into)
{
  if (value->type != SKY_JSON_TRUE && value->type != SKY_JSON_FALSE)
    return sky_rules_reader_wrong_type (r, value, _("true or false"));
  *(gboolean *) G_STRUCT_MEMBER_P (into, member->offset) = value->type == SKY_JSON_TRUE;
  return TRUE;
}

/* A whole number from @min to @max, into a gint64. */
gboolean
sky_rules_read_number (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value,
                       gpointer into)
{
  g_autofree char *found = NULL, *expected = NULL;
  guint64 number;

  if (sky_json_uint (r->text, value, &number) && number <= (guint64) member->max
      && number >= (guint64) member->min)
    {
      *(gint64 *) G_STRUCT_MEMBER_P (into, member->offset) = (gint64) number;
      return TRUE;
    }
  found = sky_rules_reader_found (r, value);
  expected = g_strdup_printf (_("a whole number from %d to %d"), (int) member->min, (int) member->max);
  return sky_rules_reader_wrong (
      r, value->type == SKY_JSON_NUMBER ? SKY_RULES_ERROR_VALUE : SKY_RULES_ERROR_TYPE, value, found,
      expected);
}

/* For people and their editors: "$schema", "description". */
gboolean
sky_rules_read_ignored (SkyRulesReader *r, const SkyRulesMember *member, const SkyJsonValue *value,
                        gpointer into)
{
  return value->type == SKY_JSON_STRING || sky_rules_reader_wrong_type (r, value, _("a text"));
}

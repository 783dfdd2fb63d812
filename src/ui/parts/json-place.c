#include "ui/parts/json-place.h"

#include <string.h>

#include "base/json.h"

/* An array or object that is open where the cursor is. */
typedef struct
{
  gboolean   object, wants_key;
  GPtrArray *keys; /* nullable; the last is that of the value that is being written */
} Level;

typedef struct
{
  const char *text;
  gsize       pos, end;
  GArray     *levels; /* of Level */
  guint       arg;
} Walk;

static void
level_clear (gpointer data)
{
  g_clear_pointer (&((Level *) data)->keys, g_ptr_array_unref);
}

static Level *
top (Walk *walk)
{
  return walk->levels->len > 0 ? &g_array_index (walk->levels, Level, walk->levels->len - 1) : NULL;
}

static void
take_key (Walk *walk, gsize start)
{
  Level *level = top (walk);
  SkyJsonValue string = { SKY_JSON_STRING, start, walk->pos - start };

  if (level == NULL || !level->object || !level->wants_key)
    return;
  if (level->keys == NULL)
    level->keys = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (level->keys, sky_json_unquote (walk->text, &string, NULL));
}

/* Returns: whether the string ends before the cursor */
static gboolean
pass_string (Walk *walk)
{
  gsize start = walk->pos++;

  for (; walk->pos < walk->end; walk->pos++)
    if (walk->text[walk->pos] == '\\')
      walk->pos++;
    else if (walk->text[walk->pos] == '"')
      {
        walk->pos++;
        take_key (walk, start);
        return TRUE;
      }
  walk->pos = start;
  return FALSE;
}

static void
pass_mark (Walk *walk, char c)
{
  Level *level = top (walk);

  if (c == '{' || c == '[')
    g_array_append_val (walk->levels, ((Level) { .object = c == '{', .wants_key = TRUE }));
  else if ((c == '}' || c == ']') && level != NULL)
    g_array_set_size (walk->levels, walk->levels->len - 1);
  else if (c == ':' && level != NULL)
    level->wants_key = FALSE;
  else if (c == ',' && level != NULL)
    level->wants_key = TRUE;
  else if (c == ',')
    walk->arg++;
}

static GStrv
make_path (Walk *walk)
{
  g_autoptr(GStrvBuilder) path = g_strv_builder_new ();

  for (guint i = 0; i + 1 < walk->levels->len; i++)
    {
      const Level *level = &g_array_index (walk->levels, Level, i);
      guint n = level->keys != NULL ? level->keys->len : 0;

      g_strv_builder_add (path, level->object && n > 0 ? level->keys->pdata[n - 1] : "");
    }
  return g_strv_builder_end (path);
}

static GStrv
make_siblings (const Level *level)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; level->keys != NULL && i < level->keys->len; i++)
    g_strv_builder_add (names, level->keys->pdata[i]);
  return g_strv_builder_end (names);
}

static gboolean
is_bare (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '$' || (c & 0x80);
}

/* What is between the last mark and the cursor, without the white space before it. */
static gsize
find_bare (const char *text, gsize pos)
{
  while (pos > 0 && is_bare (text[pos - 1]))
    pos--;
  return pos;
}

static gboolean
ends_with_mark (const char *text, gsize pos)
{
  while (pos > 0 && g_ascii_isspace (text[pos - 1]))
    pos--;
  return pos > 0 && (text[pos - 1] == '{' || text[pos - 1] == ',');
}

/**
 * sky_json_place_find:
 * @text: arguments, right or not: JSON values with commas between
 * @pos: of the cursor, in bytes
 * @place: (out caller-allocates): set only if the result is %TRUE; sky_json_place_clear() it
 *
 * Returns: whether a member's name, or the rest of one, belongs at @pos
 */
gboolean
sky_json_place_find (const char *text, gsize pos, SkyJsonPlace *place)
{
  g_autoptr(GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  Walk walk = { text, 0, pos, levels, 0 };
  gboolean quoted = FALSE;
  const Level *level;
  gsize start;

  g_array_set_clear_func (levels, level_clear);
  while (walk.pos < pos && !quoted)
    if (text[walk.pos] == '"')
      quoted = !pass_string (&walk);
    else
      pass_mark (&walk, text[walk.pos++]);
  level = top (&walk);
  start = quoted ? walk.pos + 1 : find_bare (text, pos);
  if (level == NULL || !level->object || !level->wants_key || !ends_with_mark (text, quoted ? walk.pos : start))
    return FALSE;
  *place = (SkyJsonPlace) { walk.arg, make_path (&walk), make_siblings (level), start, quoted };
  return TRUE;
}

void
sky_json_place_clear (SkyJsonPlace *place)
{
  g_clear_pointer (&place->path, g_strfreev);
  g_clear_pointer (&place->siblings, g_strfreev);
}

#include "peer/rules/rules-template.h"

#include <string.h>

#include "base/json-octet.h"

static const struct
{
  const char  *name;
  SkyRulesRoot root;
} roots[] = {
  { "acked", SKY_RULES_ROOT_ACKED },       { "event", SKY_RULES_ROOT_EVENT },
  { "wantsAck", SKY_RULES_ROOT_WANTS_ACK }, { "data", SKY_RULES_ROOT_DATA },
  { "reason", SKY_RULES_ROOT_REASON },     { "code", SKY_RULES_ROOT_CODE },
  { "var", SKY_RULES_ROOT_VAR },           { "global", SKY_RULES_ROOT_GLOBAL },
  { "i", SKY_RULES_ROOT_I },               { "n", SKY_RULES_ROOT_N },
  { "now", SKY_RULES_ROOT_NOW },           { "random", SKY_RULES_ROOT_RANDOM },
  { "uuid", SKY_RULES_ROOT_UUID },         { "id", SKY_RULES_ROOT_ID },
  { "sid", SKY_RULES_ROOT_SID },           { "nsp", SKY_RULES_ROOT_NSP },
  { "rooms", SKY_RULES_ROOT_ROOMS },       { "transport", SKY_RULES_ROOT_TRANSPORT },
  { "eio", SKY_RULES_ROOT_EIO },           { "handshake", SKY_RULES_ROOT_HANDSHAKE },
  { "auth", SKY_RULES_ROOT_AUTH },         { "query", SKY_RULES_ROOT_QUERY },
  { "headers", SKY_RULES_ROOT_HEADERS },   { "postHeaders", SKY_RULES_ROOT_POST_HEADERS },
  { "recovered", SKY_RULES_ROOT_RECOVERED },
};

static gboolean
is_index (const char *word)
{
  return *word != '\0' && strspn (word, "0123456789") == strlen (word);
}

static SkyRulesRoot
find_root (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++)
    if (g_str_equal (roots[i].name, word))
      return roots[i].root;
  return SKY_RULES_ROOT_NONE;
}

static gboolean
is_variable (SkyRulesRoot root)
{
  return root == SKY_RULES_ROOT_VAR || root == SKY_RULES_ROOT_GLOBAL;
}

/* "room.NAME.size", whose name may have points in it. */
static SkyRulesPath *
new_room_size (const char *text)
{
  SkyRulesPath *self = g_new0 (SkyRulesPath, 1);

  self->root = SKY_RULES_ROOT_ROOM_SIZE;
  self->subject = g_strndup (text + strlen ("room."), strlen (text) - strlen ("room..size"));
  self->steps = g_new0 (char *, 1);
  return self;
}

/* A header's name is written as one likes. */
static void
lower_header (SkyRulesPath *self)
{
  gboolean handshake = self->root == SKY_RULES_ROOT_HANDSHAKE && self->steps[0] != NULL
                       && g_str_equal (self->steps[0], "headers");
  char **name = handshake ? &self->steps[1] : &self->steps[0];

  if ((handshake || self->root == SKY_RULES_ROOT_HEADERS || self->root == SKY_RULES_ROOT_POST_HEADERS)
      && *name != NULL)
    for (char *c = *name; *c != '\0'; c++)
      *c = g_ascii_tolower (*c);
}

/**
 * sky_rules_path_new:
 * @text: what stands between the braces
 *
 * Returns: (nullable) (transfer full): %NULL if it is no path, as "a..b"
 */
SkyRulesPath *
sky_rules_path_new (const char *text)
{
  g_auto(GStrv) words = NULL;
  SkyRulesPath *self;
  guint n;

  if (strlen (text) > strlen ("room..size") && g_str_has_prefix (text, "room.")
      && g_str_has_suffix (text, ".size"))
    return new_room_size (text);
  words = g_strsplit (text, ".", -1);
  n = g_strv_length (words);
  for (guint i = 0; i < n; i++)
    if (*words[i] == '\0' || strpbrk (words[i], "{}") != NULL
        || (g_str_equal (words[i], "*") && i + 1 < n))
      return NULL;
  if (n == 0)
    return NULL;
  self = g_new0 (SkyRulesPath, 1);
  self->all = g_str_equal (words[n - 1], "*");
  self->root = is_index (words[0]) || g_str_equal (words[0], "*") ? SKY_RULES_ROOT_ARGS
                                                                  : find_root (words[0]);
  if (self->root == SKY_RULES_ROOT_NONE)
    self->subject = g_strdup (words[0]);
  if (self->all)
    g_clear_pointer (&words[--n], g_free);
  if (is_variable (self->root) && n > 1)
    self->subject = g_strdup (words[1]);
  self->steps = g_strdupv (words + (self->root != SKY_RULES_ROOT_ARGS) + (n > 1 && is_variable (self->root)));
  lower_header (self);
  self->all |= self->root == SKY_RULES_ROOT_ACKED && n == 1; /* the answers are a list */
  return self;
}

void
sky_rules_path_free (SkyRulesPath *self)
{
  g_free (self->subject);
  g_strfreev (self->steps);
  g_free (self);
}

/* The text without white space around it. */
static SkyRulesText
trim (SkyRulesText in)
{
  gsize from = sky_json_skip_space (in.text, 0, in.len);

  while (in.len > from && sky_json_is_space (in.text[in.len - 1]))
    in.len--;
  return (SkyRulesText) { in.text + from, in.len - from };
}

static gboolean
find_item (const SkyRulesText *items, const char *step, SkyRulesText *found)
{
  SkyJsonIter iter = { .text = items->text, .end = items->len };
  SkyJsonValue value;
  guint64 index;

  if (!is_index (step) || !g_ascii_string_to_unsigned (step, 10, 0, G_MAXUINT32, &index, NULL))
    return FALSE;
  for (guint64 i = 0; sky_json_iter_next (&iter, NULL, &value); i++)
    if (i == index)
      {
        *found = (SkyRulesText) { items->text + value.start, value.len };
        return TRUE;
      }
  return FALSE;
}

static SkyRulesText
between_brackets (const SkyRulesText *container)
{
  return trim ((SkyRulesText) { container->text + 1, container->len - 2 });
}

/* One key or index further down. */
static gboolean
descend (SkyRulesText *at, const char *step)
{
  SkyRulesText items;
  SkyJsonValue object = { SKY_JSON_OBJECT, 0, at->len }, member;

  switch (at->len >= 2 ? at->text[0] : '\0')
    {
    case '[':
      items = between_brackets (at);
      return find_item (&items, step, at);
    case '{':
      if (!sky_json_member (at->text, &object, step, &member))
        return FALSE;
      *at = (SkyRulesText) { at->text + member.start, member.len };
      return TRUE;
    default:
      return FALSE;
    }
}

/* A raw message is a text; if that text is JSON, a path looks into it. */
static gboolean
open_message (GString *scratch, SkyRulesText *at)
{
  SkyJsonValue string = { SKY_JSON_STRING, 0, at->len }, value;
  g_autofree char *plain = NULL;
  gsize len;

  if (at->len == 0 || at->text[0] != '"')
    return TRUE;
  plain = sky_json_unquote (at->text, &string, &len);
  if (!sky_json_parse (plain, len, &value, NULL, NULL))
    return FALSE;
  g_string_truncate (scratch, 0);
  g_string_append_len (scratch, plain + value.start, (gssize) value.len);
  *at = (SkyRulesText) { scratch->str, scratch->len };
  return TRUE;
}

/**
 * sky_rules_path_resolve:
 * @scratch: may be written to; what is @found may lie in it
 * @found: (out): the value; of a path that ends with "*" the items without their brackets
 *
 * Returns: whether the path exists
 */
gboolean
sky_rules_path_resolve (const SkyRulesPath *self,
                        const SkyRulesScope *scope,
                        GString *scratch,
                        SkyRulesText *found)
{
  gboolean bare = self->root == SKY_RULES_ROOT_ARGS || self->root == SKY_RULES_ROOT_ACKED;
  char **step = self->steps;
  SkyRulesText at = { 0 };

  g_string_truncate (scratch, 0);
  if (self->root == SKY_RULES_ROOT_NONE || !scope->lookup (scope, self, scratch, &at))
    return FALSE;
  at = trim (at);
  if (bare && *step == NULL)
    {
      *found = at;
      return TRUE;
    }
  if (bare && !find_item (&at, *step++, &at))
    return FALSE;
  if (self->root == SKY_RULES_ROOT_DATA && (*step != NULL || self->all) && !open_message (scratch, &at))
    return FALSE;
  for (; *step != NULL; step++)
    if (!descend (&at, *step))
      return FALSE;
  if (self->all ? at.len < 2 || at.text[0] != '[' : at.len == 0)
    return FALSE;
  *found = self->all ? between_brackets (&at) : at;
  return TRUE;
}

#include "trace/record-filter-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/fault.h"

#define fail(error, ...) sky_fail_false (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, __VA_ARGS__)

/* The text of a filter, split into words. */

static const struct
{
  const char *id;
  SkyWordKey  key;
  char        unit; /* if it can be compared: 'b' bytes, 't' a time, 'n' a number; else 0 */
} keys[] = {
  { "event", SKY_WORD_EVENT, 0 },
  { "ns", SKY_WORD_NSP, 0 },
  { "dir", SKY_WORD_DIR, 0 },
  { "layer", SKY_WORD_LAYER, 0 },
  { "kind", SKY_WORD_KIND, 0 },
  { "link", SKY_WORD_LINK, 0 },
  { "fault", SKY_WORD_FAULT, 0 },
  { "ack", SKY_WORD_ACK, 't' },
  { "size", SKY_WORD_SIZE, 'b' },
  { "data", SKY_WORD_DATA, 0 },
  { "sid", SKY_WORD_SID, 0 },
  { "status", SKY_WORD_STATUS, 'n' },
  { "code", SKY_WORD_CODE, 'n' },
  { "reason", SKY_WORD_REASON, 0 },
};

static void
word_free (SkyFilterWord *word)
{
  g_clear_pointer (&word->pattern, g_pattern_spec_free);
  g_free (word->value);
  g_free (word);
}

/* "1k", "200ms", "1.5s"; times become microseconds. */
static gboolean
parse_number (const char *text, char unit, guint64 *number)
{
  static const struct { char unit; const char *id; double factor; } units[] = {
    { 'b', "", 1 },   { 'b', "b", 1 },    { 'b', "k", 1e3 }, { 'b', "kb", 1e3 },
    { 'b', "m", 1e6 }, { 'b', "mb", 1e6 }, { 't', "", 1e3 },  { 't', "us", 1 },
    { 't', "ms", 1e3 }, { 't', "s", 1e6 }, { 'n', "", 1 },
  };
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end == text || !g_ascii_isdigit (text[0]) || value > 1e15)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (units[i].unit == unit && strcmp (units[i].id, end) == 0)
      {
        *number = (guint64) (value * units[i].factor);
        return TRUE;
      }
  return FALSE;
}

static gboolean
is_layer (const char *id)
{
  SkyLayer layer;

  return sky_layer_from_id (id, &layer);
}

static gboolean
is_kind (const char *id)
{
  for (guint i = 0; i < SKY_N_KINDS; i++)
    if (g_ascii_strcasecmp (id, sky_kind_id (i)) == 0)
      return TRUE;
  return FALSE;
}

/* A value that can never match is a slip of the pen: better said than silently obeyed. */
static gboolean
check_value (SkyFilterWord *word, GError **error)
{
  const char *value = word->value;

  if (word->pattern != NULL || value[0] == '\0')
    return TRUE;
  if (word->key == SKY_WORD_LAYER && !is_layer (value))
    return fail (error,
                 _("No layer is called “%s”: there are tcp, tls, http, upgrade, ws, eio, sio and note."),
                 value);
  if (word->key == SKY_WORD_KIND && !is_kind (value))
    return fail (error, _("No kind of record is called “%s”: try text, binary, ping, EVENT or ACK."),
                 value);
  if (word->key == SKY_WORD_DIR && strcmp (value, "in") != 0 && strcmp (value, "out") != 0
      && strcmp (value, "client") != 0 && strcmp (value, "server") != 0)
    return fail (error,
                 _("“%s” is no direction: there are in and out, and on a relay client and server."),
                 value);
  if (word->key == SKY_WORD_ACK && !g_ascii_isdigit (value[0]))
    return fail (error,
                 _("“%s” is no ack: write “ack:” for any, “ack:7” for one, “ack>200ms” for slow ones."),
                 value);
  return TRUE;
}

static gboolean
fail_number (const SkyFilterWord *word, GError **error)
{
  return fail (error, _("“%s” is no number: write for example “size>1k” or “ack>200ms”."),
               word->value);
}

static gboolean
set_key (SkyFilterWord *word, const char *name, GError **error)
{
  const char *id = strcmp (name, "ev") == 0 ? "event" : strcmp (name, "nsp") == 0 ? "ns" : name;
  g_autoptr(GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", keys[i].id);
      if (strcmp (keys[i].id, id) != 0)
        continue;
      word->key = keys[i].key;
      if (word->op == ':')
        return TRUE;
      if (keys[i].unit == 0)
        return fail (error, _("“%s” has no size: write it with a colon."), name);
      if (!parse_number (word->value, keys[i].unit, &word->number))
        return fail_number (word, error);
      if (word->key == SKY_WORD_ACK)
        word->key = SKY_WORD_LATENCY;
      return TRUE;
    }
  return fail (error,
               _("A filter knows no “%s”: there are %s. To look for the text itself, put it in quotes."),
               name, known->str);
}

static void
set_pattern (SkyFilterWord *word)
{
  gboolean within
      = word->key == SKY_WORD_ANY || word->key == SKY_WORD_DATA || word->key == SKY_WORD_REASON;
  g_autofree char *around = g_strdup_printf (within ? "*%s*" : "%s", word->value);

  if (strchr (word->value, '*') != NULL)
    word->pattern = g_pattern_spec_new (around);
}

static gboolean
finish_word (SkyFilterWord *word, const char *name, GError **error)
{
  guint64 number;

  if (name != NULL && !set_key (word, name, error))
    return FALSE;
  set_pattern (word);
  if (!check_value (word, error))
    return FALSE;
  if (word->key == SKY_WORD_ACK && word->value[0] == '\0')
    word->key = SKY_WORD_ASKS;
  if (word->key == SKY_WORD_SIZE && word->op == ':' && word->value[0] != '\0')
    {
      if (!parse_number (word->value, 'b', &number))
        return fail_number (word, error);
      word->number = number;
    }
  return TRUE;
}

/* Takes what stands up to a blank, or between two quotes. */
static char *
take_value (const char **at)
{
  const char *start = *at, *end;
  g_autofree char *value = NULL;

  if (*start == '"')
    {
      start++;
      end = start + strcspn (start, "\"");
      *at = *end == '"' ? end + 1 : end;
    }
  else
    {
      end = start;
      while (*end != '\0' && !g_ascii_isspace (*end))
        end++;
      *at = end;
    }
  value = g_strndup (start, (gsize) (end - start));
  return g_utf8_casefold (value, -1);
}

static gboolean
take_word (const char **at, GPtrArray *words, GError **error)
{
  SkyFilterWord *word = g_new0 (SkyFilterWord, 1);
  g_autofree char *name = NULL;
  gsize name_len;

  g_ptr_array_add (words, word);
  word->key = SKY_WORD_ANY;
  word->negated = (*at)[0] == '-' && (*at)[1] != '\0' && !g_ascii_isspace ((*at)[1]);
  *at += word->negated;
  name_len = strspn (*at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (name_len > 0 && (*at)[name_len] != '\0' && strchr (":<>", (*at)[name_len]) != NULL)
    {
      name = g_ascii_strdown (*at, (gssize) name_len);
      word->op = (*at)[name_len];
      *at += name_len + 1;
    }
  word->value = take_value (at);
  return finish_word (word, name, error);
}

static int
compare_cost (gconstpointer a, gconstpointer b)
{
  const SkyFilterWord *const *left = a, *const *right = b;

  return (int) (*left)->key - (int) (*right)->key;
}

/**
 * sky_filter_words_parse:
 * @text: see #SkyRecordFilter
 * @error: set with a sentence for the person who typed it
 *
 * Returns: (nullable) (transfer full) (element-type SkyFilterWord): the words, cheap ones first
 */
GPtrArray *
sky_filter_words_parse (const char *text, GError **error)
{
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func ((GDestroyNotify) word_free);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  const char *at = valid;

  for (;;)
    {
      while (g_ascii_isspace (*at))
        at++;
      if (*at == '\0')
        break;
      if (!take_word (&at, words, error))
        return NULL;
    }
  g_ptr_array_sort (words, compare_cost);
  return g_steal_pointer (&words);
}

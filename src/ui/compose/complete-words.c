#include "ui/compose/complete-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "peer/client/client.h"

#define ONE_LINE 72 /* bytes of arguments that stand on one line */

static gboolean
has_word (GPtrArray *words, const char *event)
{
  for (guint i = 0; i < words->len; i++)
    if (g_str_equal (((SkyWord *) words->pdata[i])->event, event))
      return TRUE;
  return FALSE;
}

/* In front of those that fit no better. */
static void
insert_sent (GPtrArray *words, const SkySent *sent, const char *typed)
{
  guint rank, at = words->len;

  if (!sky_word_rank (sent->event, typed, &rank) || has_word (words, sent->event))
    return;
  while (at > 0 && ((SkyWord *) words->pdata[at - 1])->rank > rank)
    at--;
  g_ptr_array_insert (words, (int) at, sky_word_new (sent->event, rank));
}

static gboolean
is_sent (const SkySent *sent, const char *url, const char *nsp)
{
  return sent->kind == SKY_SENT_EVENT && url != NULL && sky_sent_is_to (sent, url) && g_str_equal (sent->nsp, nsp);
}

/**
 * sky_complete_words:
 * @vocabulary: (nullable): what the trace has
 * @history: what was sent before, to any address
 * @url: the address, as typed
 * @typed: what there is of a name already
 *
 * Returns: (transfer full) (element-type SkyWord): names that fit and can be emitted, the best first; those that were
 *   sent to this address and namespace earlier and are not in the trace have no count
 */
GPtrArray *
sky_complete_words (SkyVocabulary *vocabulary, SkyHistory *history, const char *url, const char *nsp, const char *typed)
{
  GPtrArray *words = vocabulary != NULL ? sky_vocabulary_suggest (vocabulary, nsp, typed)
                                        : g_ptr_array_new_with_free_func ((GDestroyNotify) sky_word_free);
  guint n_sent = g_list_model_get_n_items (G_LIST_MODEL (history));

  for (guint i = 0; i < n_sent; i++)
    {
      g_autoptr(SkySent) sent = g_list_model_get_item (G_LIST_MODEL (history), i);

      if (is_sent (sent, url, nsp))
        insert_sent (words, sent, typed);
    }
  for (guint i = words->len; i > 0; i--)
    if (sky_client_event_problem (((SkyWord *) words->pdata[i - 1])->event) != NULL)
      g_ptr_array_remove_index (words, i - 1);
  if (words->len > SKY_COMPLETE_MAX_WORDS)
    g_ptr_array_set_size (words, SKY_COMPLETE_MAX_WORDS);
  return words;
}

/**
 * sky_complete_sent:
 *
 * Returns: (transfer full) (nullable): the arguments that were sent with @event last, as written
 */
char *
sky_complete_sent (SkyHistory *history, const char *url, const char *nsp, const char *event)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (history)); i++)
    {
      g_autoptr(SkySent) sent = g_list_model_get_item (G_LIST_MODEL (history), i);

      if (is_sent (sent, url, nsp) && g_str_equal (sent->event, event))
        return g_strdup (sent->text);
    }
  return NULL;
}

/**
 * sky_complete_spell:
 * @args: JSON values with commas between, valid
 *
 * Returns: (transfer full): the same as a person would write them: on one line if they are short, else indented, an
 *   argument below the other. Values are spelled as they were
 */
char *
sky_complete_spell (const char *args)
{
  g_autofree char *array = g_strdup_printf ("[%s]", args);
  gsize len = strlen (array);
  gboolean short_enough = len <= ONE_LINE && strchr (args, '\n') == NULL;
  GString *out = g_string_new (NULL);
  SkyJsonValue root, value;
  SkyJsonIter iter;

  if (!sky_json_parse (array, len, &root, NULL, NULL))
    return g_string_free (g_string_assign (out, args), FALSE);
  sky_json_iter_init (&iter, array, &root);
  while (sky_json_iter_next (&iter, NULL, &value))
    {
      g_autofree char *text = short_enough ? g_strndup (array + value.start, value.len)
                                           : sky_json_pretty (array + value.start, value.len, 2);

      g_string_append_printf (out, "%s%s", out->len == 0 ? "" : short_enough ? ", " : ",\n", text);
    }
  return g_string_free (out, FALSE);
}

/**
 * sky_complete_count:
 *
 * Returns: (transfer full): "×12"; for a name that is not in the trace, where it is known from
 */
char *
sky_complete_count (const SkyWord *word)
{
  guint n = word->n_in + word->n_out;

  /* Translators: how often an event was seen, beside its name */
  return n > 0 ? g_strdup_printf (_("×%u"), n) : g_strdup (_("sent before"));
}

/**
 * sky_complete_say:
 * @shape: (nullable): of its arguments
 *
 * Returns: (transfer full): the whole line for who hears it
 */
char *
sky_complete_say (const SkyWord *word, const char *shape)
{
  GString *out = g_string_new (word->event);

  if (word->n_out > 0)
    g_string_append_printf (out, g_dngettext (GETTEXT_PACKAGE, ", sent %u time", ", sent %u times", word->n_out), word->n_out);
  if (word->n_in > 0)
    g_string_append_printf (out, g_dngettext (GETTEXT_PACKAGE, ", received %u time", ", received %u times", word->n_in), word->n_in);
  if (word->n_in + word->n_out == 0)
    g_string_append_printf (out, ", %s", _("sent before"));
  if (shape != NULL)
    g_string_append_printf (out, ", %s", shape);
  return g_string_free (out, FALSE);
}

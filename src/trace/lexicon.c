#include "trace/lexicon.h"

#include <string.h>

#include "trace/shape.h"

typedef struct
{
  char     *nsp, *event;
  gboolean  in;
  guint     n, n_asked;
  gint64    last_usec;
  SkyShape *args, *ack; /* NULL until there is a sample */
  char     *sample;     /* nullable: between the brackets, the newest that was short enough */
  GList     place;      /* in the queue of its direction */
} Entry;

struct _SkyLexicon
{
  GHashTable *entries;  /* a set of Entry, owned */
  GQueue      queue[2]; /* sent, received: the one heard last comes first */
};

static guint
entry_hash (gconstpointer key)
{
  const Entry *entry = key;

  return g_str_hash (entry->event) * 31 + g_str_hash (entry->nsp) * 2 + (entry->in ? 1 : 0);
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *one = a, *two = b;

  return one->in == two->in && g_str_equal (one->event, two->event) && g_str_equal (one->nsp, two->nsp);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->nsp);
  g_free (entry->event);
  g_clear_pointer (&entry->args, sky_shape_free);
  g_clear_pointer (&entry->ack, sky_shape_free);
  g_free (entry->sample);
  g_free (entry);
}

/* Returns: (transfer full): it knows nothing yet */
SkyLexicon *
sky_lexicon_new (void)
{
  SkyLexicon *self = g_new0 (SkyLexicon, 1);

  self->entries = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  return self;
}

void
sky_lexicon_free (SkyLexicon *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static Entry *
look_up (SkyLexicon *self, const char *nsp, const char *event, gboolean in)
{
  Entry key = { .nsp = (char *) nsp, .event = (char *) event, .in = in };

  return g_hash_table_lookup (self->entries, &key);
}

/* Names that a server makes up anew each time push out other names of the server, never ours. */
static Entry *
add_entry (SkyLexicon *self, const SkyHeard *heard)
{
  GQueue *queue = &self->queue[heard->in ? 1 : 0];
  Entry *entry;

  if (queue->length >= SKY_LEXICON_MAX_EVENTS / 2)
    g_hash_table_remove (self->entries, g_queue_pop_tail_link (queue)->data);
  entry = g_new0 (Entry, 1);
  entry->nsp = g_strdup (heard->nsp);
  entry->event = g_strdup (heard->event);
  entry->in = heard->in;
  entry->place.data = entry;
  g_queue_push_head_link (queue, &entry->place);
  g_hash_table_add (self->entries, entry);
  return entry;
}

static void
keep_sample (Entry *entry, const char *args)
{
  const char *start = strchr (args, '['), *end = strrchr (args, ']');

  if (start == NULL || end == NULL || end - start - 1 > SKY_LEXICON_MAX_SAMPLE)
    return;
  g_free (entry->sample);
  entry->sample = g_strstrip (g_strndup (start + 1, (gsize) (end - start - 1)));
}

/**
 * sky_lexicon_hear:
 * @heard: an event; one with a longer name than %SKY_LEXICON_MAX_NAME is passed over
 *
 * Takes an event in.
 */
void
sky_lexicon_hear (SkyLexicon *self, const SkyHeard *heard)
{
  Entry *entry = look_up (self, heard->nsp, heard->event, heard->in);
  GQueue *queue = &self->queue[heard->in ? 1 : 0];

  if (*heard->event == '\0' || strlen (heard->event) > SKY_LEXICON_MAX_NAME || strlen (heard->nsp) > SKY_LEXICON_MAX_NAME)
    return;
  if (entry == NULL)
    entry = add_entry (self, heard);
  g_queue_unlink (queue, &entry->place);
  g_queue_push_head_link (queue, &entry->place);
  entry->n++;
  entry->last_usec = MAX (entry->last_usec, heard->time_usec);
  if (heard->asks)
    entry->n_asked++;
  if (heard->args == NULL)
    return;
  if (entry->args == NULL)
    entry->args = sky_shape_new ();
  if (sky_shape_add (entry->args, heard->args, strlen (heard->args)))
    keep_sample (entry, heard->args);
}

/**
 * sky_lexicon_hear_ack:
 * @event: the event that it answers; its direction counts, not the ack's
 * @args: a JSON array
 *
 * Takes the answer to an event in, if that event is known.
 */
void
sky_lexicon_hear_ack (SkyLexicon *self, const SkyHeard *event, const char *args)
{
  Entry *entry = look_up (self, event->nsp, event->event, event->in);

  if (entry == NULL)
    return;
  if (entry->ack == NULL)
    entry->ack = sky_shape_new ();
  sky_shape_add (entry->ack, args, strlen (args));
}

/**
 * sky_lexicon_get_count:
 *
 * Returns: how often that event was heard
 */
guint
sky_lexicon_get_count (SkyLexicon *self, const char *nsp, const char *event, gboolean in)
{
  const Entry *entry = look_up (self, nsp, event, in);

  return entry != NULL ? entry->n : 0;
}

/* Where an event goes both ways, a person who is about to send it wants it as it was sent. */
static const Entry *
best_entry (SkyLexicon *self, const char *nsp, const char *event)
{
  const Entry *sent = look_up (self, nsp, event, FALSE);

  return sent != NULL && sent->args != NULL ? sent : look_up (self, nsp, event, TRUE);
}

/**
 * sky_lexicon_format:
 *
 * Returns: (transfer full) (nullable): a line for people: "(string, {at: number}) → ack (boolean)";
 *   %NULL if nothing is known of the event's arguments
 */
char *
sky_lexicon_format (SkyLexicon *self, const char *nsp, const char *event)
{
  const Entry *entry = best_entry (self, nsp, event);
  g_autofree char *args = NULL;
  g_autofree char *ack = NULL;

  if (entry == NULL || entry->args == NULL)
    return NULL;
  args = sky_shape_format (entry->args);
  if (entry->n_asked == 0 && entry->ack == NULL)
    return g_steal_pointer (&args);
  ack = entry->ack != NULL ? sky_shape_format (entry->ack) : NULL;
  return g_strdup_printf ("%s → ack%s%s", args, ack != NULL ? " " : "", ack != NULL ? ack : "");
}

/**
 * sky_lexicon_skeleton:
 *
 * Returns: (transfer full) (nullable): see sky_shape_skeleton(); %NULL if nothing is known
 */
char *
sky_lexicon_skeleton (SkyLexicon *self, const char *nsp, const char *event)
{
  const Entry *entry = best_entry (self, nsp, event);

  return entry != NULL && entry->args != NULL ? sky_shape_skeleton (entry->args) : NULL;
}

/**
 * sky_lexicon_sample:
 *
 * Returns: (transfer full) (nullable): the newest arguments of at most %SKY_LEXICON_MAX_SAMPLE bytes,
 *   spelled as they came, without the brackets around
 */
char *
sky_lexicon_sample (SkyLexicon *self, const char *nsp, const char *event)
{
  const Entry *entry = best_entry (self, nsp, event);

  return entry != NULL ? g_strdup (entry->sample) : NULL;
}

/**
 * sky_lexicon_keys:
 *
 * Returns: (transfer full): see sky_shape_keys(); empty if nothing is known
 */
GStrv
sky_lexicon_keys (SkyLexicon *self, const char *nsp, const char *event, guint arg, const char *const *path)
{
  const Entry *entry = best_entry (self, nsp, event);

  return entry != NULL && entry->args != NULL ? sky_shape_keys (entry->args, arg, path) : g_new0 (char *, 1);
}

/* In the middle of a name, a word begins behind what is no letter, or with a capital. */
static gboolean
begins_word (const char *name, const char *at)
{
  const char *before = g_utf8_prev_char (at);

  return at == name || !g_unichar_isalnum (g_utf8_get_char (before))
         || (g_unichar_isupper (g_utf8_get_char (at)) && g_unichar_islower (g_utf8_get_char (before)));
}

static gboolean
starts_with (const char *at, const char *folded)
{
  g_autofree char *rest = g_utf8_casefold (at, -1);

  return g_str_has_prefix (rest, folded);
}

/**
 * sky_word_rank:
 * @name: of an event
 * @typed: what somebody has typed of it
 * @rank: (out): 0 if @name begins with it, 1 if it does but for capitals, 2 if a word within it does, 3 if it
 *   is anywhere in it
 *
 * Returns: whether @typed is in @name at all
 */
gboolean
sky_word_rank (const char *name, const char *typed, guint *rank)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  g_autofree char *folded_name = g_utf8_casefold (name, -1);

  *rank = 4;
  if (strstr (folded_name, folded) == NULL)
    return FALSE;
  if (g_str_has_prefix (name, typed))
    *rank = 0;
  for (const char *at = name; *rank > 1 && *at != '\0'; at = g_utf8_next_char (at))
    if (starts_with (at, folded))
      *rank = MIN (*rank, at == name ? 1 : begins_word (name, at) ? 2 : 3);
  return *rank < 4;
}

SkyWord *
sky_word_new (const char *event, guint rank)
{
  SkyWord *self = g_new0 (SkyWord, 1);

  self->event = g_strdup (event);
  self->rank = rank;
  return self;
}

void
sky_word_free (SkyWord *self)
{
  g_free (self->event);
  g_free (self);
}

/* What fits best; what we send ourselves; what is used most, then newest. */
static int
compare_words (gconstpointer a, gconstpointer b)
{
  const SkyWord *one = *(const SkyWord *const *) a, *two = *(const SkyWord *const *) b;
  guint n_one = one->n_in + one->n_out, n_two = two->n_in + two->n_out;

  if (one->rank != two->rank)
    return one->rank < two->rank ? -1 : 1;
  if ((one->n_out > 0) != (two->n_out > 0))
    return one->n_out > 0 ? -1 : 1;
  if (n_one != n_two)
    return n_one > n_two ? -1 : 1;
  if (one->last_usec != two->last_usec)
    return one->last_usec > two->last_usec ? -1 : 1;
  return strcmp (one->event, two->event);
}

static void
count_entry (GHashTable *words, const Entry *entry, const char *prefix)
{
  SkyWord *word = g_hash_table_lookup (words, entry->event);
  guint rank;

  if (word == NULL && sky_word_rank (entry->event, prefix, &rank))
    {
      word = sky_word_new (entry->event, rank);
      g_hash_table_insert (words, word->event, word);
    }
  if (word == NULL)
    return;
  *(entry->in ? &word->n_in : &word->n_out) += entry->n;
  word->last_usec = MAX (word->last_usec, entry->last_usec);
}

/**
 * sky_lexicon_suggest:
 * @nsp: the namespace to look in
 * @prefix: what was typed so far; "" for all
 *
 * Returns: (transfer full) (element-type SkyWord): names that fit, the best first
 */
GPtrArray *
sky_lexicon_suggest (SkyLexicon *self, const char *nsp, const char *prefix)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) sky_word_free);
  g_autoptr(GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer entry, word;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    if (g_str_equal (((Entry *) entry)->nsp, nsp))
      count_entry (words, entry, prefix);
  g_hash_table_iter_init (&iter, words);
  while (g_hash_table_iter_next (&iter, NULL, &word))
    g_ptr_array_add (list, word);
  g_ptr_array_sort (list, compare_words);
  return list;
}

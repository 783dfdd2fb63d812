#define _GNU_SOURCE /* memmem() */
#include "trace/record-filter-private.h"

#include <string.h>

#include "trace/row-private.h"
#include "trace/store-private.h"

#define TEXT_LEN 4096 /* bytes of data that a word is looked for in */

#define BIT_UNCOVERED (1u << 15) /* of SKY_FILTER_EVENTS: messages with nothing above, and closes */
#define BIT_HTTP      (1u << 14) /* of SKY_FILTER_HANDSHAKE: HTTP that is no polling cycle */
#define BIT_POLLS     (1u << 13) /* of SKY_FILTER_FRAMES: HTTP whose packets are shown above it */

/* One record while it is tested; its texts are decoded when the first word asks for them. */
typedef struct
{
  SkyStore        *store;
  const SkyRecord *record;
  guint32          number;
  gboolean         summarized;
  SkySummary       summary;
} Subject;

/**
 * sky_record_filter_new:
 * @layers: bits 1 << SkyLayer, or of SKY_FILTER_ALL and its like
 * @text: (nullable): see #SkyRecordFilter
 * @error: set if @text has a word that nothing is known by, with a sentence for who typed it
 *
 * Returns: (nullable) (transfer full): a filter
 */
SkyRecordFilter *
sky_record_filter_new (guint layers, const char *text, GError **error)
{
  GPtrArray *words = sky_filter_words_parse (text != NULL ? text : "", error);
  SkyRecordFilter *self;

  if (words == NULL)
    return NULL;
  self = g_new0 (SkyRecordFilter, 1);
  g_atomic_ref_count_init (&self->n_refs);
  self->layers = layers;
  self->words = words;
  return self;
}

SkyRecordFilter *
sky_record_filter_ref (SkyRecordFilter *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

void
sky_record_filter_unref (SkyRecordFilter *self)
{
  if (!g_atomic_ref_count_dec (&self->n_refs))
    return;
  g_ptr_array_unref (self->words);
  g_free (self->hidden);
  g_free (self);
}

/* Whether somebody asks for a namespace by its name */
static gboolean
names_space (SkyRecordFilter *self)
{
  for (guint i = 0; i < self->words->len; i++)
    {
      const SkyFilterWord *word = g_ptr_array_index (self->words, i);

      if (word->key == SKY_WORD_NSP && !word->negated)
        return TRUE;
    }
  return FALSE;
}

/**
 * sky_record_filter_hide:
 * @nsp: whose packets are not shown, nor what carries each of them alone: unless they break a rule, or the filter's
 *   text asks for a namespace
 *
 * Before the filter is used.
 */
void
sky_record_filter_hide (SkyRecordFilter *self, const char *nsp)
{
  g_free (self->hidden);
  self->hidden = names_space (self) ? NULL : g_strdup (nsp);
}

/**
 * sky_record_filter_restricts:
 *
 * Returns: whether there can be a record that the filter hides
 */
gboolean
sky_record_filter_restricts (SkyRecordFilter *self)
{
  return (self->layers & SKY_FILTER_ALL) != SKY_FILTER_ALL || self->words->len > 0 || self->hidden != NULL;
}

/* A WebSocket's close counts: who looks at messages wants to know why no more come. */
static gboolean
is_message (const SkyRecord *record)
{
  if (record->flags & SKY_RECORD_COVERED)
    return FALSE;
  if (record->layer == SKY_LAYER_EIO)
    return record->kind == SKY_KIND_MESSAGE;
  if (record->layer == SKY_LAYER_WS && record->kind == SKY_KIND_CLOSE)
    return TRUE;
  return record->layer == SKY_LAYER_WS && (record->flags & SKY_RECORD_LAST)
         && (record->kind == SKY_KIND_TEXT || record->kind == SKY_KIND_BINARY
             || record->kind == SKY_KIND_CONTINUATION);
}

/*
 * What is covered of the dial belongs to a session's further connections: the switches show it with
 * the frames, but who asks for a layer by its name gets all of it.
 */
static gboolean
is_asked_for (guint layers, const SkyRecord *record)
{
  gboolean dial = record->layer == SKY_LAYER_TCP || record->layer == SKY_LAYER_TLS || record->layer == SKY_LAYER_NOTE;

  if (dial && (record->flags & SKY_RECORD_COVERED) && (layers & (BIT_HTTP | BIT_UNCOVERED)))
    return layers & BIT_POLLS;
  return layers & 1u << record->layer;
}

static gboolean
is_http (guint layers, const SkyRecord *record)
{
  return record->layer == SKY_LAYER_HTTP && (layers & (record->flags & SKY_RECORD_COVERED ? BIT_POLLS : BIT_HTTP));
}

/* A broken rule is shown whatever the switches: it is what people look for. */
static gboolean
match_layers (guint layers, const SkyRecord *record)
{
  return (layers & SKY_FILTER_ALL) == SKY_FILTER_ALL || record->faults != 0
         || is_asked_for (layers, record) || is_http (layers, record)
         || ((layers & BIT_UNCOVERED) && is_message (record));
}

static const SkySummary *
summarize (Subject *subject)
{
  if (!subject->summarized)
    {
      SkyBytesSource source = sky_store_get_source (subject->store);

      sky_summary_make (&subject->summary, subject->number, &source, TEXT_LEN);
      subject->summarized = TRUE;
    }
  return &subject->summary;
}

static gboolean
match_string (const SkyFilterWord *word, const char *string, gboolean within)
{
  g_autofree char *folded = NULL;

  if (string == NULL)
    return FALSE;
  if (word->value[0] == '\0')
    return string[0] != '\0';
  folded = g_utf8_casefold (string, -1);
  if (word->pattern != NULL)
    return g_pattern_spec_match_string (word->pattern, folded);
  return within ? strstr (folded, word->value) != NULL : strcmp (folded, word->value) == 0;
}

static gboolean
match_number (const SkyFilterWord *word, guint64 number)
{
  if (word->op == '>')
    return number > word->number;
  if (word->op == '<')
    return number < word->number;
  return number == word->number;
}

/* A number as people write it, which may have wildcards: "status:4*". 0 is none. */
static gboolean
match_written (const SkyFilterWord *word, guint64 number)
{
  g_autofree char *written = NULL;

  if (number == 0)
    return FALSE;
  if (word->op != ':')
    return match_number (word, number);
  written = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  return match_string (word, written, FALSE);
}

static gboolean
match_link (const SkyFilterWord *word, Subject *subject)
{
  const SkyStoreLink *link = sky_store_get_link (subject->store, subject->record->link);

  return match_written (word, subject->record->link + 1u)
         || (link != NULL && match_string (word, link->name, FALSE));
}

static gboolean
match_fault (const SkyFilterWord *word, const SkyRecord *record)
{
  const SkyFaultInfo *table = sky_layer_faults (record->layer);

  for (const SkyFaultInfo *fault = NULL;
       (fault = sky_fault_next (table, record->faults, fault)) != NULL;)
    if (match_string (word, fault->id, FALSE))
      return TRUE;
  return record->faults != 0 && word->value[0] == '\0';
}

static gboolean
match_latency (const SkyFilterWord *word, Subject *subject)
{
  gint64 latency_usec = sky_row_latency_usec (subject->store, subject->record);

  return latency_usec >= 0 && match_number (word, (guint64) latency_usec);
}

static gboolean
is_ack (const SkyRecord *record)
{
  return record->layer == SKY_LAYER_SIO
         && (record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK);
}

static void
fold_ascii (char *text, gsize len)
{
  for (gsize i = 0; i < len; i++)
    text[i] = (char) (text[i] + (text[i] >= 'A' && text[i] <= 'Z' ? 'a' - 'A' : 0));
}

/* Whether a record's texts stand in its bytes as they are: its event, namespace and data. */
static gboolean
is_plain (const SkyRecord *record)
{
  if (record->faults != 0)
    return FALSE;
  if (record->layer == SKY_LAYER_SIO)
    return record->kind == SKY_KIND_EVENT && !(record->flags & SKY_RECORD_DERIVED);
  if (record->layer == SKY_LAYER_EIO)
    return record->kind == SKY_KIND_MESSAGE && sky_record_is_text (record);
  return record->layer == SKY_LAYER_WS && record->kind == SKY_KIND_TEXT;
}

/*
 * Most records do not have the word, and most can say so before they are decoded. Only what a
 * backslash stands for in an event's name is not seen in the bytes.
 */
static gboolean
cannot_have (const SkyFilterWord *word, Subject *subject)
{
  char text[1024];
  const SkyRecord *record = subject->record;
  gboolean sio = record->layer == SKY_LAYER_SIO;
  gsize value_len = strlen (word->value), len;

  if (subject->summarized || word->pattern != NULL || value_len == 0
      || !g_str_is_ascii (word->value) || !is_plain (record)
      || (!sio && strstr (sky_kind_id (record->kind), word->value) != NULL))
    return FALSE;
  len = sky_store_peek (subject->store, subject->number, !sio, (guint8 *) text, sizeof text);
  if (len == sizeof text)
    return FALSE;
  fold_ascii (text, len);
  return memmem (text, len, word->value, value_len) == NULL
         && (!sio || memchr (text, '\\', len) == NULL);
}

static gboolean
match_any (const SkyFilterWord *word, Subject *subject)
{
  const SkySummary *summary;

  if (cannot_have (word, subject))
    return FALSE;
  summary = summarize (subject);
  return match_string (word, summary->event, TRUE) || match_string (word, summary->nsp, TRUE)
         || match_string (word, summary->data, TRUE);
}

/* An event's name: below Socket.IO and beside HTTP it is the kind, known without the bytes. */
static gboolean
match_event (const SkyFilterWord *word, Subject *subject)
{
  SkyLayer layer = subject->record->layer;

  if (layer != SKY_LAYER_SIO && layer != SKY_LAYER_HTTP && layer != SKY_LAYER_UPGRADE)
    return match_string (word, sky_kind_id (subject->record->kind), FALSE);
  return !cannot_have (word, subject) && match_string (word, summarize (subject)->event, FALSE);
}

/* Whether a record of this kind ever says what @key asks for. */
static gboolean
can_say (SkyWordKey key, const SkyRecord *record)
{
  if (key == SKY_WORD_NSP || key == SKY_WORD_ACK)
    return record->layer == SKY_LAYER_SIO;
  if (key == SKY_WORD_SID)
    return record->kind == SKY_KIND_OPEN || record->kind == SKY_KIND_CONNECT;
  if (key == SKY_WORD_STATUS)
    return record->kind == SKY_KIND_RESPONSE;
  if (key == SKY_WORD_CODE || key == SKY_WORD_REASON)
    return record->kind == SKY_KIND_CLOSE;
  return TRUE;
}

static gboolean
match_dir (const SkyFilterWord *word, Subject *subject)
{
  return match_string (word, sky_store_get_dir_id (subject->store, subject->record), FALSE);
}

static gboolean
match_word (const SkyFilterWord *word, Subject *subject)
{
  const SkyRecord *record = subject->record;

  if (!can_say (word->key, record))
    return FALSE;
  switch (word->key)
    {
    case SKY_WORD_DIR:
      return match_dir (word, subject);
    case SKY_WORD_LAYER:
      return match_string (word, sky_layer_id (record->layer), FALSE);
    case SKY_WORD_KIND:
      return match_string (word, sky_kind_id (record->kind), FALSE);
    case SKY_WORD_LINK:
      return match_link (word, subject);
    case SKY_WORD_SIZE:
      return match_number (word, sky_row_wire_len (subject->store, record));
    case SKY_WORD_FAULT:
      return match_fault (word, record);
    case SKY_WORD_LATENCY:
      return match_latency (word, subject);
    case SKY_WORD_ASKS:
      return (record->flags & SKY_RECORD_ASKS) != 0 || is_ack (record);
    case SKY_WORD_ACK:
      return summarize (subject)->has_ack
             && g_ascii_strtoull (word->value, NULL, 10) == summarize (subject)->ack;
    case SKY_WORD_EVENT:
      return match_event (word, subject);
    case SKY_WORD_NSP:
      return match_string (word, summarize (subject)->nsp, FALSE);
    case SKY_WORD_DATA:
      return !cannot_have (word, subject) && match_string (word, summarize (subject)->data, TRUE);
    case SKY_WORD_SID:
      return match_string (word, summarize (subject)->sid, FALSE);
    case SKY_WORD_STATUS:
      return match_written (word, summarize (subject)->status);
    case SKY_WORD_CODE:
      return match_written (word, summarize (subject)->code);
    case SKY_WORD_REASON:
      return match_string (word, summarize (subject)->reason, TRUE);
    case SKY_WORD_ANY:
      return match_any (word, subject);
    }
  return FALSE;
}

/* "42/admin,[…", "2/admin,[…", "451-/admin,[…": PROTOCOL §8.2 */
static gboolean
begins_with_space (const char *text, gsize len, const char *nsp)
{
  gsize at = 0, nsp_len = strlen (nsp);

  while (at < len && (g_ascii_isdigit (text[at]) || text[at] == '-'))
    at++;
  return at > 0 && len - at >= nsp_len && memcmp (text + at, nsp, nsp_len) == 0
         && (at + nsp_len == len || text[at + nsp_len] == ',' || text[at + nsp_len] == '?');
}

/* What is text tells its namespace by its first bytes, and so does the one message or frame that carries it. */
static gboolean
is_hidden (SkyRecordFilter *self, Subject *subject)
{
  const SkyRecord *record = subject->record;
  gboolean sio = record->layer == SKY_LAYER_SIO;
  char text[256];
  gsize len;

  if (record->faults != 0 || (!sio && !(record->flags & SKY_RECORD_COVERED)))
    return FALSE;
  if (sio && (subject->summarized || !is_plain (record)))
    return g_strcmp0 (summarize (subject)->nsp, self->hidden) == 0;
  if (!is_plain (record))
    return FALSE;
  len = sky_store_peek (subject->store, subject->number, !sio, (guint8 *) text, sizeof text);
  return begins_with_space (text, len, self->hidden);
}

/**
 * sky_record_filter_judge:
 *
 * See sky_record_filter_match().
 */
SkyVerdict
sky_record_filter_judge (SkyRecordFilter *self, SkyStore *store, guint32 number)
{
  Subject subject = { .store = store, .number = number };
  SkyVerdict verdict = SKY_VERDICT_SHOWN;

  subject.record = sky_store_get_record (store, number);
  if (subject.record == NULL || !match_layers (self->layers, subject.record))
    return SKY_VERDICT_OUT;
  for (guint i = 0; i < self->words->len && verdict == SKY_VERDICT_SHOWN; i++)
    {
      const SkyFilterWord *word = g_ptr_array_index (self->words, i);

      if (match_word (word, &subject) == word->negated)
        verdict = SKY_VERDICT_OUT;
    }
  if (verdict == SKY_VERDICT_SHOWN && self->hidden != NULL && is_hidden (self, &subject))
    verdict = SKY_VERDICT_HIDDEN;
  if (subject.summarized)
    sky_summary_clear (&subject.summary);
  return verdict;
}

/**
 * sky_record_filter_match:
 *
 * A record is shown if its layer is switched on, or it breaks a rule, and every word of the text
 * holds. Words are looked for in the first 4 KiB of its data.
 *
 * Returns: whether record @number of @store is shown
 */
gboolean
sky_record_filter_match (SkyRecordFilter *self, SkyStore *store, guint32 number)
{
  return sky_record_filter_judge (self, store, number) == SKY_VERDICT_SHOWN;
}

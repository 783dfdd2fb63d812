#include "trace/vocabulary.h"

#include <string.h>

#include "base/json.h"

#define SLICE_USEC      2000        /* at one go, at a priority below that of painting */
#define SLICE_STEP      16          /* records between two looks at the clock */
#define MAX_BODY_LEN    (128 << 10) /* bytes; of a longer event the name alone is learned */
#define MAX_PACKED_LEN  (1 << 20)   /* bytes; a longer packet in MessagePack is passed over: its name stands at its end */
#define NAME_ROOM       32          /* bytes around a name: bracket, quotes, escapes */
#define MAX_WAITING     64          /* events whose attachments are still to come */
#define N_ALL           64          /* of one event that are looked at however many there are … */
#define ONE_OF          16          /* … and after those one of so many, while this is behind by … */
#define BEHIND          512         /* … so many records */

struct _SkyVocabulary
{
  GObject     parent_instance;
  SkyStore   *store; /* borrowed: it owns this */
  SkyLexicon *lexicon;
  GArray     *waiting; /* of guint32 */
  guint32     n_read;
  guint       slice_source;
};

G_DEFINE_FINAL_TYPE (SkyVocabulary, sky_vocabulary, G_TYPE_OBJECT)

static const SkyRecord *
get_record (gpointer data, guint32 number)
{
  return sky_store_get_record (data, number);
}

static GBytes *
get_wire (gpointer data, guint32 number, gsize max_len)
{
  return sky_store_get_wire (data, number, max_len);
}

/* A description reads whole bodies. Here an argument that is cut off is no JSON and so not learned; an attachment
 * that is cut off is still binary, and is too long for a sample. */
static GBytes *
get_body (gpointer data, guint32 number, gsize max_len)
{
  gboolean attachment = sky_store_get_record (data, number)->layer != SKY_LAYER_SIO;

  return sky_store_get_body (data, number, MIN (max_len, attachment ? SKY_LEXICON_MAX_SAMPLE : MAX_BODY_LEN));
}

static gboolean
is_event (const SkyRecord *record)
{
  return record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT;
}

static gboolean
is_ack (const SkyRecord *record)
{
  return record->kind == SKY_KIND_ACK || record->kind == SKY_KIND_BINARY_ACK;
}

/* A summary's name is made for the eye. Only what could be sent again as it is will do: text, on one line. */
static char *
read_name (SkyVocabulary *self, guint32 number)
{
  g_autoptr(GBytes) body = sky_store_get_body (self->store, number, SKY_LEXICON_MAX_NAME + NAME_ROOM);
  g_autofree char *name = NULL;
  gsize len, name_len, pos;
  const char *json = g_bytes_get_data (body, &len), *start = len > 0 ? memchr (json, '[', len) : NULL;
  SkyJsonValue value;

  pos = start != NULL ? (gsize) (start - json) + 1 : len;
  if (!sky_json_scan (json, len, &pos, &value, NULL) || value.type != SKY_JSON_STRING)
    return NULL;
  name = sky_json_unquote (json, &value, &name_len);
  if (name_len != strlen (name) || !g_utf8_validate (name, -1, NULL))
    return NULL;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (!g_unichar_isprint (g_utf8_get_char (at)))
      return NULL;
  return g_steal_pointer (&name);
}

static void
hear_event (SkyVocabulary *self, const SkyBytesSource *source, guint32 number, const SkyRecord *record, SkyHeard *heard)
{
  guint n = sky_lexicon_get_count (self->lexicon, heard->nsp, heard->event, heard->in);
  gboolean behind = sky_store_get_n_records (self->store) - self->n_read > BEHIND;
  gboolean look = record->len <= MAX_BODY_LEN && (n < N_ALL || n % ONE_OF == 0 || !behind);
  g_autofree char *args = look ? sky_describe_args (number, source) : NULL;

  if (look && args == NULL)
    return; /* not a list that begins with a name */
  heard->asks = (record->flags & SKY_RECORD_ASKS) != 0;
  heard->args = args;
  sky_lexicon_hear (self->lexicon, heard);
}

/* @number is an event, or the ack of @event. */
static void
learn (SkyVocabulary *self, guint32 number, guint32 event)
{
  SkyBytesSource source = { self->store, get_record, get_wire, get_body };
  const SkyRecord *record = sky_store_get_record (self->store, event);
  g_auto(SkySummary) summary = { 0 };
  g_autofree char *name = NULL;
  SkyHeard heard;

  if ((record->flags & SKY_RECORD_DERIVED) && record->len > MAX_PACKED_LEN)
    return;
  if ((name = read_name (self, event)) == NULL)
    return;
  sky_summary_make (&summary, event, &source, 0);
  if (summary.nsp == NULL)
    return;
  heard = (SkyHeard) { summary.nsp, name, record->time_usec, sky_store_is_in (self->store, record), FALSE, NULL };
  if (number == event)
    hear_event (self, &source, number, record, &heard);
  else
    {
      g_autofree char *args = sky_describe_args (number, &source);

      if (args != NULL)
        sky_lexicon_hear_ack (self->lexicon, &heard, args);
    }
}

static void
read_record (SkyVocabulary *self, guint32 number)
{
  const SkyRecord *record = sky_store_get_record (self->store, number), *asked;

  if (record == NULL || record->layer != SKY_LAYER_SIO || !(is_event (record) || is_ack (record)))
    return;
  if (record->flags & SKY_RECORD_WAITING)
    {
      if (self->waiting->len == MAX_WAITING)
        g_array_remove_index (self->waiting, 0);
      g_array_append_val (self->waiting, number);
      return;
    }
  if (is_event (record))
    learn (self, number, number);
  else if ((asked = sky_store_get_record (self->store, record->mate)) != NULL && asked->layer == SKY_LAYER_SIO
           && is_event (asked))
    learn (self, number, record->mate);
}

/* Those whose attachments have come meanwhile. */
static void
read_waiting (SkyVocabulary *self)
{
  for (guint i = 0; i < self->waiting->len;)
    {
      guint32 number = g_array_index (self->waiting, guint32, i);

      if (sky_store_get_record (self->store, number)->flags & SKY_RECORD_WAITING)
        {
          i++;
          continue;
        }
      g_array_remove_index (self->waiting, i);
      read_record (self, number);
    }
}

static gboolean
on_slice (gpointer user_data)
{
  SkyVocabulary *self = user_data;
  gint64 deadline_usec = g_get_monotonic_time () + SLICE_USEC;
  guint32 n_records = sky_store_catch_up (self->store);

  read_waiting (self);
  while (self->n_read < n_records)
    {
      read_record (self, self->n_read++);
      if (self->n_read % SLICE_STEP == 0 && g_get_monotonic_time () >= deadline_usec)
        return G_SOURCE_CONTINUE;
    }
  self->slice_source = 0;
  return G_SOURCE_REMOVE;
}

static void
on_grew (SkyVocabulary *self)
{
  if (self->slice_source == 0)
    self->slice_source = g_idle_add_full (G_PRIORITY_LOW, on_slice, self, NULL);
}

static void
on_amended (SkyVocabulary *self)
{
  if (self->waiting->len > 0)
    on_grew (self);
}

/**
 * sky_vocabulary_of:
 *
 * Learning begins when this is asked for first, with the first record that the store has, and takes only such time
 * as nothing else wants.
 *
 * Returns: (transfer none): the store's vocabulary, which lives as long as the store
 */
SkyVocabulary *
sky_vocabulary_of (SkyStore *store)
{
  static GQuark key;
  SkyVocabulary *self;

  g_return_val_if_fail (SKY_IS_STORE (store), NULL);

  if (key == 0)
    key = g_quark_from_static_string ("sky-vocabulary");
  self = g_object_get_qdata (G_OBJECT (store), key);
  if (self != NULL)
    return self;
  self = g_object_new (SKY_TYPE_VOCABULARY, NULL);
  self->store = store;
  g_signal_connect_swapped (store, "grew", G_CALLBACK (on_grew), self);
  g_signal_connect_swapped (store, "amended", G_CALLBACK (on_amended), self);
  g_object_set_qdata_full (G_OBJECT (store), key, self, g_object_unref);
  on_grew (self);
  return self;
}

/**
 * sky_vocabulary_settle:
 *
 * Learns now from all that the store has; for tests, and for what has no main loop.
 */
void
sky_vocabulary_settle (SkyVocabulary *self)
{
  g_return_if_fail (SKY_IS_VOCABULARY (self));

  g_clear_handle_id (&self->slice_source, g_source_remove);
  while (on_slice (self))
    ;
}

/**
 * sky_vocabulary_suggest:
 *
 * Returns: (transfer full) (element-type SkyWord): see sky_lexicon_suggest()
 */
GPtrArray *
sky_vocabulary_suggest (SkyVocabulary *self, const char *nsp, const char *prefix)
{
  g_return_val_if_fail (SKY_IS_VOCABULARY (self), NULL);
  return sky_lexicon_suggest (self->lexicon, nsp, prefix);
}

/**
 * sky_vocabulary_get_shape:
 *
 * Returns: (transfer full) (nullable): see sky_lexicon_format()
 */
char *
sky_vocabulary_get_shape (SkyVocabulary *self, const char *nsp, const char *event)
{
  g_return_val_if_fail (SKY_IS_VOCABULARY (self), NULL);
  return sky_lexicon_format (self->lexicon, nsp, event);
}

/**
 * sky_vocabulary_get_skeleton:
 *
 * Returns: (transfer full) (nullable): see sky_lexicon_skeleton()
 */
char *
sky_vocabulary_get_skeleton (SkyVocabulary *self, const char *nsp, const char *event)
{
  g_return_val_if_fail (SKY_IS_VOCABULARY (self), NULL);
  return sky_lexicon_skeleton (self->lexicon, nsp, event);
}

/**
 * sky_vocabulary_get_sample:
 *
 * Returns: (transfer full) (nullable): see sky_lexicon_sample()
 */
char *
sky_vocabulary_get_sample (SkyVocabulary *self, const char *nsp, const char *event)
{
  g_return_val_if_fail (SKY_IS_VOCABULARY (self), NULL);
  return sky_lexicon_sample (self->lexicon, nsp, event);
}

/**
 * sky_vocabulary_get_keys:
 *
 * Returns: (transfer full) (nullable): see sky_lexicon_keys()
 */
GStrv
sky_vocabulary_get_keys (SkyVocabulary *self, const char *nsp, const char *event, guint arg, const char *const *path)
{
  g_return_val_if_fail (SKY_IS_VOCABULARY (self), NULL);
  return sky_lexicon_keys (self->lexicon, nsp, event, arg, path);
}

static void
sky_vocabulary_finalize (GObject *object)
{
  SkyVocabulary *self = SKY_VOCABULARY (object);

  g_clear_handle_id (&self->slice_source, g_source_remove);
  g_array_unref (self->waiting);
  sky_lexicon_free (self->lexicon);
  G_OBJECT_CLASS (sky_vocabulary_parent_class)->finalize (object);
}

static void
sky_vocabulary_class_init (SkyVocabularyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_vocabulary_finalize;
}

static void
sky_vocabulary_init (SkyVocabulary *self)
{
  self->lexicon = sky_lexicon_new ();
  self->waiting = g_array_new (FALSE, FALSE, sizeof (guint32));
}

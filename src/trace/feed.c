#include "trace/feed.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/json.h"
#include "trace/store-private.h"

#define MAX_EVENTS_BACK 4096 /* records in which it is looked for */
#define MAX_LOOKS   64    /* events that are decoded to find the one that nobody listens to */
#define MAX_COMMENT 65535 /* bytes of one in a capture file: its length has 16 bits */

struct _SkyFeed
{
  SkyStore *store;
  SkyStack *stack;
  guint16   link;
  gboolean  ended[2]; /* by SkyFrom */
  gboolean  quiet;    /* a session has other connections: how this one is dialled and ends is no news */
  gboolean  surplus;  /* the store has no room for another connection: @link is someone else's */
  gboolean  told;     /* … and a note says so */
  guint32   unheard;  /* the last note that nobody listens, or SKY_RECORD_NONE */
};

static guint32
take_record (gpointer sink, const SkyRecord *record)
{
  SkyFeed *self = sink;

  return sky_store_append (self->store, self->link, record);
}

static void
amend_record (gpointer sink, guint32 number, guint8 flags, guint8 unflags, guint32 faults,
              guint32 mate)
{
  SkyFeed *self = sink;

  sky_store_amend (self->store, number, flags, unflags, faults, mate);
}

static guint64
keep_derived (gpointer sink, const guint8 *data, gsize len)
{
  SkyFeed *self = sink;

  return sky_store_derive (self->store, data, len);
}

/**
 * sky_feed_new:
 * @store: the trace; the feed keeps it alive
 * @name: what the sidebar calls the connection
 *
 * A store has 65536 connections. The bytes of those beyond are not recorded, and a note says so.
 *
 * Returns: (transfer full): a new connection of @store, with a stack of its own
 */
SkyFeed *
sky_feed_new (SkyStore *store, const char *name, SkyStoreRole role)
{
  static const SkyStackSink sink = { take_record, amend_record, keep_derived };
  SkyFeed *self;
  guint n_links;

  g_return_val_if_fail (SKY_IS_STORE (store), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_new0 (SkyFeed, 1);
  self->store = g_object_ref (store);
  n_links = sky_store_get_n_links (store);
  self->link = sky_store_add_link (store, name, role);
  self->unheard = SKY_RECORD_NONE;
  self->surplus = sky_store_get_n_links (store) == n_links;
  self->stack = sky_stack_new (&sink, self);
  sky_stack_share (self->stack, store->sessions);
  return self;
}

/**
 * sky_feed_free:
 *
 * Lets go of the store; the connection stays in it as it is.
 */
void
sky_feed_free (SkyFeed *self)
{
  if (self == NULL)
    return;
  sky_stack_free (self->stack);
  g_object_unref (self->store);
  g_free (self);
}

/**
 * sky_feed_get_link:
 *
 * Returns: the connection's number in its store
 */
guint16
sky_feed_get_link (SkyFeed *self)
{
  return self->link;
}

/**
 * sky_feed_set_addresses:
 *
 * See sky_store_set_addresses().
 */
void
sky_feed_set_addresses (SkyFeed *self, const char *local, const char *remote)
{
  if (!self->surplus)
    sky_store_set_addresses (self->store, self->link, local, remote);
}

/**
 * sky_feed_set_quiet:
 * @quiet: whether notes about the dial, the state and the end of this connection are covered: shown
 *   only to who looks at frames
 *
 * For the further connections of a session, which long-polling needs.
 */
void
sky_feed_set_quiet (SkyFeed *self, gboolean quiet)
{
  self->quiet = quiet;
}

static gboolean
is_covered (SkyFeed *self, SkyLayer layer, SkyKind kind)
{
  return self->quiet && (layer != SKY_LAYER_NOTE || kind == SKY_KIND_STATE);
}

/* Appends a record whose body is @text and no byte of the wire. */
static guint32
add_text (SkyFeed *self, SkyLayer layer, SkyKind kind, SkyFrom from, gint64 time_usec,
          const char *text)
{
  gsize len = MIN (strlen (text), G_MAXUINT32);
  SkyRecord record = {
    .time_usec = time_usec,
    .start = sky_store_get_n_bytes (self->store, self->link, from),
    .body_len = (guint32) len,
    .parent = SKY_RECORD_NONE,
    .mate = SKY_RECORD_NONE,
    .layer = (guint8) layer,
    .kind = (guint8) kind,
    .from = (guint8) from,
    .flags = SKY_RECORD_DERIVED | (is_covered (self, layer, kind) ? SKY_RECORD_COVERED : 0),
  };

  record.body = sky_store_derive (self->store, (const guint8 *) text, len);
  return sky_store_append (self->store, self->link, &record);
}

/* Bytes of another connection in the middle of a stream would shift all that follow. */
static void
tell_surplus (SkyFeed *self, SkyFrom from, gint64 time_usec)
{
  if (!self->told)
    add_text (self, SKY_LAYER_NOTE, SKY_KIND_ERROR, from, time_usec,
              _("There were too many connections: what this one says is not recorded."));
  self->told = TRUE;
}

/**
 * sky_feed_bytes:
 * @time_usec: microseconds since 1970-01-01 UTC, when the bytes crossed the tap
 * @len: bytes
 *
 * The way of every byte: into the store, then through the stack, whose records find it there.
 */
void
sky_feed_bytes (SkyFeed *self, SkyFrom from, gint64 time_usec, const guint8 *data, gsize len)
{
  if (len == 0)
    return;
  if (self->surplus)
    {
      tell_surplus (self, from, time_usec);
      return;
    }
  sky_store_add_bytes (self->store, self->link, from, time_usec, data, len);
  sky_stack_push (self->stack, from, time_usec, data, len);
}

/* A comment that would be too long for a capture file says only how its text begins. */
static char *
make_comment (SkyFeed *self, const char *what, SkyLayer layer, SkyKind kind, SkyFrom from,
              const char *text)
{
  gsize text_len = MIN (strlen (text), MAX_COMMENT);

  for (;; text_len /= 2)
    {
      g_autoptr(GString) json = g_string_new (NULL);
      g_autofree char *valid = g_utf8_make_valid (text, (gssize) text_len);

      g_string_append_printf (json, "{\"sockeye\":\"%s\",\"layer\":\"%s\",\"kind\":\"%s\",\"from\":\"%s\"",
                              what, sky_layer_id (layer), sky_kind_id (kind),
                              from == SKY_FROM_CLIENT ? "client" : "server");
      if (self->quiet)
        g_string_append (json, ",\"quiet\":true");
      g_string_append (json, ",\"text\":");
      sky_json_quote (json, valid, -1);
      g_string_append (json, ",\"link\":");
      sky_json_quote (json, sky_store_get_link (self->store, self->link)->name, -1);
      g_string_append_c (json, '}');
      if (json->len <= MAX_COMMENT || text_len == 0)
        return g_string_free (g_steal_pointer (&json), FALSE);
    }
}

/**
 * sky_feed_end:
 * @time_usec: microseconds since 1970-01-01 UTC
 * @why: (nullable): what broke the line; %NULL if @from ended in order
 *
 * @from sends nothing any more. A second end of the same direction is left out.
 */
void
sky_feed_end (SkyFeed *self, SkyFrom from, gint64 time_usec, const char *why)
{
  const char *text = why != NULL ? why : _("ended in order");
  g_autofree char *comment = NULL;

  if (self->ended[from] || self->surplus)
    return;
  self->ended[from] = TRUE;
  sky_stack_end (self->stack, from, time_usec);
  add_text (self, SKY_LAYER_TCP, SKY_KIND_END, from, time_usec, text);
  comment = make_comment (self, "end", SKY_LAYER_TCP, SKY_KIND_END, from, text);
  sky_store_add_remark (self->store, self->link, from, time_usec, comment, TRUE);
}

/**
 * sky_feed_note:
 * @from: whose note it is
 * @time_usec: microseconds since 1970-01-01 UTC
 * @text: UTF-8, what the record's body will be
 *
 * Puts in what is no byte; a capture file keeps it as a comment.
 *
 * Returns: the record's number
 */
guint32
sky_feed_note (SkyFeed *self, SkyLayer layer, SkyKind kind, SkyFrom from, gint64 time_usec,
               const char *text)
{
  guint32 number;
  g_autofree char *comment = NULL;

  g_return_val_if_fail (text != NULL, SKY_RECORD_NONE);

  number = add_text (self, layer, kind, from, time_usec, text);
  if (kind == SKY_KIND_NO_LISTENER)
    self->unheard = number;
  if (self->surplus)
    return number;
  comment = make_comment (self, "note", layer, kind, from, text);
  sky_store_add_remark (self->store, self->link, from, time_usec, comment, FALSE);
  return number;
}

static void
remark_unheard (SkyFeed *self, SkyFrom from, gint64 time_usec, const char *nsp, const char *event)
{
  g_autoptr(GString) json = g_string_new (NULL);
  g_autofree char *name = g_utf8_make_valid (nsp, -1), *text = g_utf8_make_valid (event, -1);

  g_string_append_printf (json, "{\"sockeye\":\"unheard\",\"from\":\"%s\",\"name\":",
                          from == SKY_FROM_CLIENT ? "client" : "server");
  sky_json_quote (json, name, -1);
  g_string_append (json, ",\"text\":");
  sky_json_quote (json, text, -1);
  g_string_append_c (json, '}');
  if (json->len <= MAX_COMMENT && !self->surplus)
    sky_store_add_remark (self->store, self->link, from, time_usec, json->str, FALSE);
}

static gboolean
is_event (const SkyRecord *record, SkyFrom from)
{
  return record->layer == SKY_LAYER_SIO && record->from == from && record->mate == SKY_RECORD_NONE
         && (record->kind == SKY_KIND_EVENT || record->kind == SKY_KIND_BINARY_EVENT);
}

static gboolean
is_named (SkyFeed *self, guint32 number, const char *nsp, const char *event)
{
  SkyBytesSource source = sky_store_get_source (self->store);
  g_auto(SkySummary) summary = { 0 };

  sky_summary_make (&summary, number, &source, strlen (event) + strlen (nsp) + 64);
  return g_strcmp0 (summary.nsp, nsp) == 0 && g_strcmp0 (summary.event, event) == 0;
}

/**
 * sky_feed_unheard:
 * @from: who sent it
 * @nsp: the namespace
 * @event: its name
 *
 * Nobody listens to an event that came just now, perhaps over another connection of the same session: it
 * and the last note of %SKY_KIND_NO_LISTENER are mates from now on. Of several with that name none has a
 * listener, so the last one that is not told yet is taken. A capture file keeps it as a comment.
 */
void
sky_feed_unheard (SkyFeed *self, SkyFrom from, const char *nsp, const char *event)
{
  guint32 n = sky_store_get_n_records (self->store), last = n - MIN (n, MAX_EVENTS_BACK);
  guint n_looks = 0;

  if (self->unheard == SKY_RECORD_NONE)
    return;
  for (guint32 number = n; number > last && n_looks < MAX_LOOKS; number--)
    {
      const SkyRecord *record = sky_store_get_record (self->store, number - 1);

      if (!is_event (record, from))
        continue;
      n_looks++;
      if (!is_named (self, number - 1, nsp, event))
        continue;
      sky_store_amend (self->store, number - 1, 0, 0, 0, self->unheard);
      if (sky_store_get_record (self->store, self->unheard)->mate == SKY_RECORD_NONE)
        sky_store_amend (self->store, self->unheard, 0, 0, 0, number - 1);
      remark_unheard (self, from, sky_store_get_record (self->store, self->unheard)->time_usec, nsp, event);
      return;
    }
}

/**
 * sky_feed_give_up:
 * @from: who waits
 * @nsp: the namespace
 * @ack_id: the ack's id
 *
 * An ack did not come in time: its event says so from now on.
 */
void
sky_feed_give_up (SkyFeed *self, SkyFrom from, const char *nsp, guint64 ack_id)
{
  sky_stack_give_up (self->stack, from, nsp, ack_id);
}

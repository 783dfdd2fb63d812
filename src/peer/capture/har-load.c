#include "peer/capture/har-load.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/capture/har-write.h"
#include "trace/feed.h"

/* One thing that an archive says happened. */
typedef struct
{
  gint64       time_usec; /* microseconds since 1970-01-01 UTC */
  guint        link;      /* which of the connections */
  SkyFrom      from;
  GByteArray *(*write) (const char *text, const SkyJsonValue *value); /* nullable: it is a message of a WebSocket */
  SkyJsonValue value;     /* where it says so */
} Moment;

/* A connection: an entry that became a WebSocket, or one request of long-polling. */
typedef struct
{
  char    *name;
  SkyFeed *feed; /* nullable until its first moment */
} Line;

struct _SkyHarLoad
{
  GBytes     *bytes;
  const char *text; /* of @bytes */
  SkyStore   *store;
  GArray     *moments; /* of Moment, by time */
  GPtrArray  *lines;   /* of Line */
  guint       next;    /* the first moment that is not told yet */
  guint       n_left_out; /* entries that are neither */
};

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->name);
  sky_feed_free (line->feed);
  g_free (line);
}

static gint64
parse_time (const char *text, const SkyJsonValue *entry)
{
  g_autofree char *started = sky_har_get_string (text, entry, "startedDateTime");
  g_autoptr(GDateTime) when = started != NULL ? g_date_time_new_from_iso8601 (started, NULL) : NULL;

  return when != NULL ? MAX (g_date_time_to_unix (when) * G_USEC_PER_SEC + g_date_time_get_microsecond (when), 0) : 0;
}

static gint64
to_usec (double value, double usec_per_unit)
{
  double usec = value * usec_per_unit;

  return usec > 0 && usec < (double) G_MAXINT64 / 4 ? (gint64) usec : 0;
}

/* Long-polling is known by its query: PROTOCOL §2. */
static gboolean
is_polling (const char *url)
{
  return url != NULL && strstr (url, "EIO=") != NULL && strstr (url, "transport=") != NULL;
}

/* Returns: whether there are messages */
static gboolean
collect_messages (SkyHarLoad *self, const SkyJsonValue *entry, gint64 *first_usec)
{
  SkyJsonValue messages, message;
  SkyJsonIter iter;

  if (!sky_json_member (self->text, entry, "_webSocketMessages", &messages) || messages.type != SKY_JSON_ARRAY)
    return FALSE;
  sky_json_iter_init (&iter, self->text, &messages);
  while (sky_json_iter_next (&iter, NULL, &message))
    {
      g_autofree char *type = sky_har_get_string (self->text, &message, "type");
      double time = 0;
      Moment moment = { .link = self->lines->len, .value = message };

      sky_har_get_number (self->text, &message, "time", &time);
      moment.time_usec = to_usec (time, G_USEC_PER_SEC);
      moment.from = g_strcmp0 (type, "send") == 0 ? SKY_FROM_CLIENT : SKY_FROM_SERVER;
      if (*first_usec == 0)
        *first_usec = moment.time_usec;
      g_array_append_val (self->moments, moment);
    }
  return TRUE;
}

/* The answer came after the request, and before whatever was said then. */
static void
collect_exchange (SkyHarLoad *self, const SkyJsonValue *entry, const SkyJsonValue *request, gint64 first_usec)
{
  Moment asked = { .time_usec = parse_time (self->text, entry), .link = self->lines->len, .from = SKY_FROM_CLIENT,
                   .write = sky_har_write_request, .value = *request };
  Moment answered = asked;
  double msec = 0;

  g_array_append_val (self->moments, asked);
  if (!sky_json_member (self->text, entry, "response", &answered.value))
    return;
  sky_har_get_number (self->text, entry, "time", &msec);
  answered.time_usec += to_usec (msec, 1000);
  if (first_usec != 0)
    answered.time_usec = MIN (answered.time_usec, first_usec);
  answered.time_usec = MAX (answered.time_usec, asked.time_usec);
  answered.from = SKY_FROM_SERVER;
  answered.write = sky_har_write_response;
  g_array_append_val (self->moments, answered);
}

static void
collect_entry (SkyHarLoad *self, const SkyJsonValue *entry)
{
  SkyJsonValue request = { 0 };
  g_autofree char *url = NULL;
  g_autoptr(GUri) uri = NULL;
  gint64 first_usec = 0;
  guint n_before = self->moments->len;
  gboolean websocket;
  Line *line;

  if (entry->type == SKY_JSON_OBJECT && sky_json_member (self->text, entry, "request", &request))
    url = sky_har_get_string (self->text, &request, "url");
  uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  websocket = uri != NULL && collect_messages (self, entry, &first_usec);
  if (uri == NULL || (!websocket && !is_polling (url)))
    {
      g_array_set_size (self->moments, n_before);
      self->n_left_out++;
      return;
    }
  collect_exchange (self, entry, &request, first_usec);
  line = g_new0 (Line, 1);
  line->name = g_uri_get_port (uri) > 0 ? g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri))
                                        : g_strdup (g_uri_get_host (uri));
  g_ptr_array_add (self->lines, line);
}

/* Of one connection at one time: what was asked, what was answered, and then messages. */
static int
rank (const Moment *moment)
{
  return moment->write == NULL ? 2 : moment->from != SKY_FROM_CLIENT;
}

static int
compare_moments (gconstpointer a, gconstpointer b)
{
  const Moment *left = a, *right = b;

  if (left->time_usec != right->time_usec)
    return left->time_usec < right->time_usec ? -1 : 1;
  if (left->link != right->link)
    return left->link < right->link ? -1 : 1;
  if (rank (left) != rank (right))
    return rank (left) - rank (right);
  return left->value.start < right->value.start ? -1 : left->value.start > right->value.start;
}

static gboolean
collect (SkyHarLoad *self, const char *name, GError **error)
{
  SkyJsonValue root, log, entries, entry;
  SkyJsonIter iter;

  if (!sky_json_parse (self->text, g_bytes_get_size (self->bytes), &root, NULL, error))
    {
      g_prefix_error (error, _("%s is no HTTP archive: "), name);
      return FALSE;
    }
  if (root.type != SKY_JSON_OBJECT || !sky_json_member (self->text, &root, "log", &log) || log.type != SKY_JSON_OBJECT
      || !sky_json_member (self->text, &log, "entries", &entries) || entries.type != SKY_JSON_ARRAY)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("%s is no HTTP archive: it has no list “entries” in “log”."), name);
      return FALSE;
    }
  sky_json_iter_init (&iter, self->text, &entries);
  while (sky_json_iter_next (&iter, NULL, &entry))
    collect_entry (self, &entry);
  if (self->moments->len == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   g_dngettext (GETTEXT_PACKAGE, "%s has no WebSocket and no long-polling, only %u other request.",
                                "%s has no WebSocket and no long-polling, only %u other requests.", self->n_left_out),
                   name, self->n_left_out);
      return FALSE;
    }
  g_array_sort (self->moments, compare_moments);
  return TRUE;
}

/**
 * sky_har_load_new:
 * @text: a file as browsers save it (HAR 1.2; messages as Chromium and Firefox write them: `_webSocketMessages`)
 * @name: what messages call it
 * @into: the trace that takes its connections
 * @error: set if it is no archive, or has nothing that Sockeye shows
 *
 * Requests of long-polling and WebSockets are taken, others are counted. Looks through all of @text at once.
 *
 * Returns: (nullable) (transfer full): the archive before its first moment
 */
SkyHarLoad *
sky_har_load_new (GBytes *text, const char *name, SkyStore *into, GError **error)
{
  g_autoptr(SkyHarLoad) self = g_new0 (SkyHarLoad, 1);

  self->bytes = g_bytes_ref (text);
  self->text = g_bytes_get_data (text, NULL);
  self->store = g_object_ref (into);
  self->moments = g_array_new (FALSE, FALSE, sizeof (Moment));
  self->lines = g_ptr_array_new_with_free_func (line_free);
  return collect (self, name, error) ? g_steal_pointer (&self) : NULL;
}

/* What was read stays in the trace. */
void
sky_har_load_free (SkyHarLoad *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->moments);
  g_ptr_array_unref (self->lines);
  g_object_unref (self->store);
  g_bytes_unref (self->bytes);
  g_free (self);
}

static SkyFeed *
open_line (SkyHarLoad *self, Line *line, gint64 time_usec)
{
  if (line->feed != NULL)
    return line->feed;
  line->feed = sky_feed_new (self->store, line->name, SKY_ROLE_CLIENT);
  if (self->next > 1)
    return line->feed;
  sky_feed_note (line->feed, SKY_LAYER_NOTE, SKY_KIND_STATE, SKY_FROM_CLIENT, time_usec,
                 _("From an HTTP archive: it has no frames and no masks, so the bytes are written anew from what it says."));
  return line->feed;
}

static void
tell (SkyHarLoad *self, const Moment *moment)
{
  Line *line = self->lines->pdata[moment->link];
  g_autoptr(GByteArray) bytes
      = moment->write != NULL ? moment->write (self->text, &moment->value)
                              : sky_har_write_message (self->text, &moment->value, moment->from == SKY_FROM_CLIENT);

  if (bytes != NULL)
    sky_feed_bytes (open_line (self, line, moment->time_usec), moment->from, moment->time_usec, bytes->data, bytes->len);
}

/**
 * sky_har_load_step:
 * @len: about how many bytes of the file to tell
 *
 * Returns: whether there is more to tell
 */
gboolean
sky_har_load_step (SkyHarLoad *self, gsize len)
{
  gsize told = 0;

  while (self->next < self->moments->len && told < len)
    {
      const Moment *moment = &g_array_index (self->moments, Moment, self->next++);

      tell (self, moment);
      told += moment->value.len;
    }
  return self->next < self->moments->len;
}

/* Returns: how much was told, from 0 to 1 */
double
sky_har_load_get_part (SkyHarLoad *self)
{
  return (double) self->next / self->moments->len;
}

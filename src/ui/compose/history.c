#include "ui/compose/history.h"

#include "base/clock.h"
#include "peer/profile/profile-secrets.h"
#include "ui/kept/keep-writer.h"
#include "ui/kept/state-file.h"

#define N_KEPT         200
#define MAX_TEXT_LEN                                                                               \
  (64 << 10) /* bytes; a longer text is remembered until the end of the program only */
#define MAX_FILE_LEN   (32 << 20) /* bytes; a longer file is none of ours */
#define SAVE_AFTER_SEC 1

static const char *const kind_ids[] = { "event", "text", "binary" };

G_DEFINE_FINAL_TYPE (SkySent, sky_sent, G_TYPE_OBJECT)

static void
sky_sent_finalize (GObject *object)
{
  SkySent *self = SKY_SENT (object);

  g_free (self->url);
  g_free (self->nsp);
  g_free (self->event);
  g_free (self->text);
  G_OBJECT_CLASS (sky_sent_parent_class)->finalize (object);
}

static void
sky_sent_class_init (SkySentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_sent_finalize;
}

static void
sky_sent_init (SkySent *self)
{
}

/* The file is a plain one: no password, and no query, where tokens are, under names that nobody can list. */
static char *
strip (const char *url)
{
  char *plain = sky_secret_blank_url (url);

  plain[strcspn (plain, "?#")] = '\0';
  return plain;
}

static SkySent *
sent_new (SkySentKind kind, const char *url)
{
  SkySent *self = g_object_new (SKY_TYPE_SENT, NULL);

  self->kind = kind;
  self->time_usec = sky_clock_now_usec ();
  self->url = strip (url);
  return self;
}

/**
 * sky_sent_new_event:
 * @url: of the profile, as typed; its password and its query are not kept
 * @args: JSON values with commas between; files as {"$file":"/path"}
 * @ask: whether an ack is asked for, within @timeout_sec
 *
 * Returns: (transfer full): an event that is sent now
 */
SkySent *
sky_sent_new_event (const char *url, const char *nsp, const char *event, const char *args,
                    gboolean ask, guint timeout_sec)
{
  SkySent *self = sent_new (SKY_SENT_EVENT, url);

  self->nsp = g_strdup (nsp);
  self->event = g_strdup (event);
  self->text = g_strdup (args);
  self->ask = ask;
  self->timeout_sec = timeout_sec;
  return self;
}

/**
 * sky_sent_new_text:
 *
 * Returns: (transfer full): a text message that is sent now
 */
SkySent *
sky_sent_new_text (const char *url, const char *text)
{
  SkySent *self = sent_new (SKY_SENT_TEXT, url);

  self->text = g_strdup (text);
  return self;
}

/**
 * sky_sent_new_binary:
 *
 * Returns: (transfer full): a binary message that is sent now
 */
SkySent *
sky_sent_new_binary (const char *url, GBytes *bytes)
{
  SkySent *self = sent_new (SKY_SENT_BINARY, url);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  self->text = len > 0 ? g_base64_encode (data, len) : g_strdup ("");
  return self;
}

/**
 * sky_sent_is_to:
 * @url: of a profile, as typed
 *
 * Returns: whether it was sent there: to the same scheme, host, port and path, whatever the query
 */
gboolean
sky_sent_is_to (const SkySent *self, const char *url)
{
  g_autofree char *plain = strip (url);

  return g_str_equal (self->url, plain);
}

struct _SkyHistory
{
  GObject    parent_instance;
  char      *path;
  GPtrArray *entries; /* of SkySent, newest first */
  guint      save_source;
};

static void want_save (SkyHistory *self);
static void sky_history_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyHistory, sky_history, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sky_history_init_model))

static GType
get_item_type (GListModel *model)
{
  return SKY_TYPE_SENT;
}

static guint
get_n_items (GListModel *model)
{
  return SKY_HISTORY (model)->entries->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *entries = SKY_HISTORY (model)->entries;

  return position < entries->len ? g_object_ref (entries->pdata[position]) : NULL;
}

static void
sky_history_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
sky_history_finalize (GObject *object)
{
  SkyHistory *self = SKY_HISTORY (object);

  sky_history_flush (self);
  g_ptr_array_unref (self->entries);
  g_free (self->path);
  G_OBJECT_CLASS (sky_history_parent_class)->finalize (object);
}

static void
sky_history_class_init (SkyHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_history_finalize;
}

static void
sky_history_init (SkyHistory *self)
{
  self->entries = g_ptr_array_new_with_free_func (g_object_unref);
}

/* An entry that says nothing useful is passed over; the others are still good. */
static void
read_entry (SkyHistory *self, JsonNode *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *kind = object != NULL ? sky_state_file_get_string (object, "kind") : NULL;
  const char *url = object != NULL ? sky_state_file_get_string (object, "url") : NULL;
  const char *text = object != NULL ? sky_state_file_get_string (object, "text") : NULL;
  g_autoptr(SkySent) sent = NULL;

  if (kind == NULL || url == NULL || text == NULL || self->entries->len >= N_KEPT)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (kind_ids); i++)
    if (g_str_equal (kind, kind_ids[i]))
      sent = sent_new (i, url);
  if (sent == NULL)
    return;
  sent->time_usec = sky_state_file_get_int (object, "time_usec");
  sent->nsp = g_strdup (sky_state_file_get_string (object, "nsp"));
  sent->event = g_strdup (sky_state_file_get_string (object, "event"));
  sent->text = g_strdup (text);
  sent->timeout_sec = (guint) CLAMP (sky_state_file_get_int (object, "ack_within_sec"), 0, 3600);
  sent->ask = sent->timeout_sec > 0;
  sent->is_volatile = sky_state_file_get_int (object, "volatile") != 0;
  if (sent->kind != SKY_SENT_EVENT || (sent->nsp != NULL && sent->event != NULL))
    {
      if (!g_str_equal (sent->url, url)) /* written when queries were still kept */
        want_save (self);
      g_ptr_array_add (self->entries, g_steal_pointer (&sent));
    }
}

/**
 * sky_history_new:
 * @path: the file; it need not exist. One that cannot be understood is renamed to "….bad"
 *   beside it, for a person to look at, and the list begins empty
 *
 * Returns: (transfer full): a history
 */
SkyHistory *
sky_history_new (const char *path)
{
  SkyHistory *self = g_object_new (SKY_TYPE_HISTORY, NULL);
  g_autoptr(JsonArray) array = sky_state_file_load (path, MAX_FILE_LEN);

  self->path = g_strdup (path);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    read_entry (self, json_array_get_element (array, i));
  return self;
}

/**
 * sky_history_get_default:
 *
 * Returns: (transfer full): the person's history, the same for all who hold it at one time
 */
SkyHistory *
sky_history_get_default (void)
{
  static SkyHistory *shared; /* weak */

  if (shared == NULL)
    {
      g_autofree char *path
          = g_build_filename (g_get_user_state_dir (), "sockeye", "history.json", NULL);

      g_set_weak_pointer (&shared, sky_history_new (path));
      return shared;
    }
  return g_object_ref (shared);
}

static void
write_entry (JsonBuilder *builder, const SkySent *sent)
{
  json_builder_begin_object (builder);
  sky_state_file_add_string (builder, "kind", kind_ids[sent->kind]);
  sky_state_file_add_string (builder, "url", sent->url);
  sky_state_file_add_string (builder, "nsp", sent->nsp);
  sky_state_file_add_string (builder, "event", sent->event);
  sky_state_file_add_string (builder, "text", sent->text);
  if (sent->ask)
    sky_state_file_add_int (builder, "ack_within_sec", sent->timeout_sec);
  if (sent->is_volatile)
    sky_state_file_add_int (builder, "volatile", 1);
  sky_state_file_add_int (builder, "time_usec", sent->time_usec);
  json_builder_end_object (builder);
}

/**
 * sky_history_flush:
 *
 * Has what is not in the file yet written: see keep-writer.h.
 */
void
sky_history_flush (SkyHistory *self)
{
  g_autoptr(JsonBuilder) builder = NULL;
  g_autoptr(JsonNode) root = NULL;

  if (self->save_source == 0)
    return;
  g_clear_handle_id (&self->save_source, g_source_remove);
  builder = json_builder_new ();
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->entries->len; i++)
    {
      const SkySent *sent = self->entries->pdata[i];

      if (strlen (sent->text) <= MAX_TEXT_LEN)
        write_entry (builder, sent);
    }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  sky_keep_writer_put (self->path, root, NULL);
}

static gboolean
on_save (gpointer user_data)
{
  sky_history_flush (user_data);
  return G_SOURCE_REMOVE;
}

static void
want_save (SkyHistory *self)
{
  if (self->save_source == 0)
    self->save_source = g_timeout_add_seconds (SAVE_AFTER_SEC, on_save, self);
}

static gboolean
same (const SkySent *a, const SkySent *b)
{
  return a->kind == b->kind && g_str_equal (a->url, b->url) && g_strcmp0 (a->nsp, b->nsp) == 0
         && g_strcmp0 (a->event, b->event) == 0 && g_str_equal (a->text, b->text);
}

/**
 * sky_history_add:
 * @sent: goes to the front; what is the same but for its time and ack is taken out. The 201st is
 * forgotten
 *
 * The file is written a moment later, so that many in a row cost one write.
 */
void
sky_history_add (SkyHistory *self, SkySent *sent)
{
  g_return_if_fail (SKY_IS_HISTORY (self) && SKY_IS_SENT (sent));

  for (guint i = 0; i < self->entries->len; i++)
    if (same (self->entries->pdata[i], sent) || i == N_KEPT - 1)
      {
        g_ptr_array_remove_index (self->entries, i);
        g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
        break;
      }
  g_ptr_array_insert (self->entries, 0, g_object_ref (sent));
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
  want_save (self);
}

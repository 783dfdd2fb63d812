#include "ui/compose/complete-keys.h"

#include "base/json.h"
#include "ui/parts/json-place.h"
#include "ui/ui.h"

/* One name, as GtkSourceView wants it. */
#define SKY_TYPE_KEY (sky_key_get_type ())
G_DECLARE_FINAL_TYPE (SkyKey, sky_key, SKY, KEY, GObject)

struct _SkyKey
{
  GObject parent_instance;
  char   *name;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyKey, sky_key, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROPOSAL, NULL))

static void
sky_key_finalize (GObject *object)
{
  g_free (SKY_KEY (object)->name);
  G_OBJECT_CLASS (sky_key_parent_class)->finalize (object);
}

static void
sky_key_class_init (SkyKeyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sky_key_finalize;
}

static void
sky_key_init (SkyKey *self)
{
}

struct _SkyCompleteKeys
{
  GObject             parent_instance;
  SkyCompleteKeysFunc func; /* NULL once stopped */
  gpointer            user_data;
  gboolean            asked; /* for a list: until that is hidden, or there is none */
};

static void sky_complete_keys_init_provider (GtkSourceCompletionProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SkyCompleteKeys, sky_complete_keys, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GTK_SOURCE_TYPE_COMPLETION_PROVIDER, sky_complete_keys_init_provider))

/* Returns: whether a name belongs where the cursor is; @typed is what there is of it */
static gboolean
find_place (GtkSourceCompletionContext *context, SkyJsonPlace *place, char **typed)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  g_autofree char *text = NULL;
  GtkTextIter start, cursor;

  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  text = gtk_text_buffer_get_text (buffer, &start, &cursor, TRUE);
  if (!sky_json_place_find (text, strlen (text), place))
    return FALSE;
  *typed = g_strdup (text + place->start);
  return TRUE;
}

static GListStore *
list_keys (SkyCompleteKeys *self, GtkSourceCompletionContext *context)
{
  GListStore *list = g_list_store_new (SKY_TYPE_KEY);
  g_auto(SkyJsonPlace) place = { 0 };
  g_autofree char *typed = NULL;
  g_auto(GStrv) names = NULL;

  if (self->func == NULL || !find_place (context, &place, &typed))
    return list;
  names = self->func (self->user_data, place.arg, (const char *const *) place.path);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (g_str_has_prefix (names[i], typed) && !g_strv_contains ((const char *const *) place.siblings, names[i]))
      {
        g_autoptr(SkyKey) key = g_object_new (SKY_TYPE_KEY, NULL);

        key->name = g_strdup (names[i]);
        g_list_store_append (list, key);
      }
  return list;
}

/* Without being asked it keeps out of the way: who types is not to be disturbed by what Return would take. */
static void
set_asked (SkyCompleteKeys *self, GtkSourceCompletion *completion, gboolean asked)
{
  if (self->asked == asked)
    return;
  self->asked = asked;
  if (asked)
    gtk_source_completion_unblock_interactive (completion);
  else
    gtk_source_completion_block_interactive (completion);
}

static void
on_hide (SkyCompleteKeys *self, GtkSourceCompletion *completion)
{
  set_asked (self, completion, FALSE);
}

static gboolean
on_key (SkyCompleteKeys *self, guint keyval, guint keycode, GdkModifierType state, GtkEventController *controller)
{
  GtkWidget *view = gtk_event_controller_get_widget (controller);
  GtkSourceCompletion *completion = gtk_source_view_get_completion (GTK_SOURCE_VIEW (view));

  if (keyval != GDK_KEY_space || (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK)) != GDK_CONTROL_MASK)
    return FALSE;
  set_asked (self, completion, TRUE);
  gtk_source_completion_show (completion);
  return TRUE;
}

static GListModel *
populate (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GError **error)
{
  g_autoptr(GListStore) list = list_keys (SKY_COMPLETE_KEYS (provider), context);

  if (g_list_model_get_n_items (G_LIST_MODEL (list)) > 0)
    return G_LIST_MODEL (g_steal_pointer (&list));
  set_asked (SKY_COMPLETE_KEYS (provider), gtk_source_completion_context_get_completion (context), FALSE);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no names");
  return NULL;
}

static void
refilter (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GListModel *model)
{
  g_autoptr(GListStore) list = list_keys (SKY_COMPLETE_KEYS (provider), context);

  gtk_source_completion_context_set_proposals_for_provider (context, provider, G_LIST_MODEL (list));
}

static void
display (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context,
         GtkSourceCompletionProposal *proposal, GtkSourceCompletionCell *cell)
{
  gboolean name = gtk_source_completion_cell_get_column (cell) == GTK_SOURCE_COMPLETION_COLUMN_TYPED_TEXT;

  gtk_source_completion_cell_set_text (cell, name ? SKY_KEY (proposal)->name : NULL);
}

/* The quotes and the colon that are not there yet come with the name. */
static char *
make_member (const char *name, gboolean quoted, const GtkTextIter *cursor)
{
  GString *out = g_string_new (NULL);
  GtkTextIter after = *cursor;
  gboolean closed = gtk_text_iter_get_char (&after) == '"';

  sky_json_quote (out, name, -1);
  if (quoted)
    g_string_erase (out, 0, 1);
  if (closed)
    {
      g_string_truncate (out, out->len - 1);
      return g_string_free (out, FALSE);
    }
  while (g_unichar_isspace (gtk_text_iter_get_char (&after)) && gtk_text_iter_forward_char (&after))
    ;
  if (gtk_text_iter_get_char (&after) != ':')
    g_string_append (out, ": ");
  return g_string_free (out, FALSE);
}

static void
activate (GtkSourceCompletionProvider *provider, GtkSourceCompletionContext *context, GtkSourceCompletionProposal *proposal)
{
  GtkTextBuffer *buffer = GTK_TEXT_BUFFER (gtk_source_completion_context_get_buffer (context));
  g_auto(SkyJsonPlace) place = { 0 };
  g_autofree char *typed = NULL;
  g_autofree char *member = NULL;
  GtkTextIter start, cursor;

  if (!find_place (context, &place, &typed))
    return;
  gtk_text_buffer_get_iter_at_mark (buffer, &cursor, gtk_text_buffer_get_insert (buffer));
  start = cursor;
  gtk_text_iter_backward_chars (&start, (int) g_utf8_strlen (typed, -1));
  member = make_member (SKY_KEY (proposal)->name, place.quoted, &cursor);
  gtk_text_buffer_begin_user_action (buffer);
  gtk_text_buffer_delete (buffer, &start, &cursor);
  gtk_text_buffer_insert (buffer, &start, member, -1);
  gtk_text_buffer_end_user_action (buffer);
}

static void
sky_complete_keys_init_provider (GtkSourceCompletionProviderInterface *iface)
{
  iface->populate = populate;
  iface->refilter = refilter;
  iface->display = display;
  iface->activate = activate;
}

static void
sky_complete_keys_class_init (SkyCompleteKeysClass *klass)
{
}

static void
sky_complete_keys_init (SkyCompleteKeys *self)
{
}

/**
 * sky_complete_keys_attach:
 * @view: where Ctrl+Space asks for names; it keeps @self
 */
void
sky_complete_keys_attach (SkyCompleteKeys *self, GtkSourceView *view)
{
  GtkSourceCompletion *completion = gtk_source_view_get_completion (view);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_return_if_fail (SKY_IS_COMPLETE_KEYS (self));

  g_object_set (completion, "show-icons", FALSE, "select-on-show", TRUE, NULL);
  gtk_source_completion_add_provider (completion, GTK_SOURCE_COMPLETION_PROVIDER (self));
  gtk_source_completion_block_interactive (completion);
  g_signal_connect_object (completion, "hide", G_CALLBACK (on_hide), self, G_CONNECT_SWAPPED);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
}

/**
 * sky_complete_keys_stop:
 *
 * There is nobody to ask any more.
 */
void
sky_complete_keys_stop (SkyCompleteKeys *self)
{
  g_return_if_fail (SKY_IS_COMPLETE_KEYS (self));
  self->func = NULL;
}

/**
 * sky_complete_keys_new:
 * @func: tells the names; until sky_complete_keys_stop()
 *
 * Returns: (transfer full): for sky_json_editor_set_keys()
 */
SkyCompleteKeys *
sky_complete_keys_new (SkyCompleteKeysFunc func, gpointer user_data)
{
  SkyCompleteKeys *self = g_object_new (SKY_TYPE_COMPLETE_KEYS, NULL);

  self->func = func;
  self->user_data = user_data;
  return self;
}

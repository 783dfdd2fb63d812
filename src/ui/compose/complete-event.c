#include "ui/compose/complete-event.h"

#include "base/hex.h"
#include "ui/compose/complete-popover.h"
#include "ui/compose/complete-words.h"
#include "ui/ui.h"

#define SHOWN_LEN 200 /* bytes of arguments that a line can show */

typedef enum
{
  FILL_KEEP,
  FILL_SAMPLE,
  FILL_SKELETON,
} Fill;

struct _SkyCompleteEvent
{
  GObject              parent_instance;
  GtkEntry            *entry; /* borrowed; NULL once detached */
  SkyJsonEditor       *editor;
  SkyNamespaceChooser *namespaces;
  SkyCompletePopover  *popover;
  SkyCompleteKeys     *keys;
  SkySender           *sender;
  SkyClient           *client; /* nullable */
  GPtrArray           *words;  /* of SkyWord, as listed; NULL while the list offers to fill in */
  GArray              *fills;  /* of Fill, as listed */
  gboolean             own;    /* it is we who change the entry */
};

G_DEFINE_FINAL_TYPE (SkyCompleteEvent, sky_complete_event, G_TYPE_OBJECT)

static const char *
get_typed (SkyCompleteEvent *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

static const char *
get_nsp (SkyCompleteEvent *self)
{
  return sky_namespace_chooser_get_chosen (self->namespaces);
}

static SkyVocabulary *
get_vocabulary (SkyCompleteEvent *self)
{
  return self->client != NULL ? sky_vocabulary_of (sky_peer_get_store (SKY_PEER (self->client))) : NULL;
}

static void
hide (SkyCompleteEvent *self)
{
  if (self->popover != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
add_word (SkyCompleteEvent *self, const SkyWord *word)
{
  g_autofree char *shape = sky_vocabulary_get_shape (get_vocabulary (self), get_nsp (self), word->event);
  g_autofree char *count = sky_complete_count (word);
  g_autofree char *spoken = sky_complete_say (word, shape);
  const char *mark = word->n_out > 0 && word->n_in > 0 ? "↑↓" : word->n_out > 0 ? "↑" : word->n_in > 0 ? "↓" : "";

  sky_complete_popover_add (self->popover, &(SkyChoice) { mark, word->event, shape, count, spoken });
}

/* Names that fit what is typed, none of them chosen: Return still means what was typed. */
static void
open_words (SkyCompleteEvent *self, const char *typed)
{
  if (self->client == NULL)
    return;
  g_clear_pointer (&self->words, g_ptr_array_unref);
  self->words = sky_complete_words (get_vocabulary (self), sky_sender_get_history (self->sender),
                                    sky_sender_get_url (self->sender), get_nsp (self), typed);
  sky_complete_popover_clear (self->popover, _("Events of this connection"), TRUE);
  for (guint i = 0; i < self->words->len; i++)
    add_word (self, self->words->pdata[i]);
  if (self->words->len > 0)
    sky_complete_popover_open (self->popover, SKY_CHOICE_NONE);
  else
    hide (self);
}

/* A name that is whole, and like no other, needs no list. */
static gboolean
is_settled (SkyCompleteEvent *self, const char *typed)
{
  return self->words->len == 1 && g_str_equal (((SkyWord *) self->words->pdata[0])->event, typed);
}

static void
on_changed (SkyCompleteEvent *self)
{
  const char *typed = get_typed (self);

  if (self->own || !(gtk_widget_get_state_flags (GTK_WIDGET (self->entry)) & GTK_STATE_FLAG_FOCUS_WITHIN))
    return;
  if (*typed == '\0')
    {
      hide (self);
      return;
    }
  open_words (self, typed);
  if (self->words != NULL && is_settled (self, typed))
    hide (self);
}

/* Asked for: with a whole name in the entry all others are shown too. */
static void
open_on_demand (SkyCompleteEvent *self)
{
  open_words (self, get_typed (self));
  if (self->words != NULL && (self->words->len == 0 || is_settled (self, get_typed (self))))
    open_words (self, "");
}

static gboolean
on_key (SkyCompleteEvent *self, guint keyval, guint keycode, GdkModifierType state)
{
  GdkModifierType modifiers = state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK | GDK_SUPER_MASK);
  gboolean down = keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down;

  if (modifiers == 0 && sky_complete_popover_press (self->popover, keyval))
    return TRUE;
  if ((modifiers == GDK_CONTROL_MASK && keyval == GDK_KEY_space) || (down && (modifiers & ~GDK_ALT_MASK) == 0))
    {
      open_on_demand (self);
      return TRUE;
    }
  return FALSE;
}

static char *
make_line (const char *args)
{
  return sky_hex_printable ((const guint8 *) args, strlen (args), SHOWN_LEN);
}

static void
add_fill (SkyCompleteEvent *self, Fill fill, const char *title, const char *args)
{
  g_autofree char *line = make_line (args);
  g_autofree char *spoken = g_strdup_printf ("%s, %s", title, line);

  g_array_append_val (self->fills, fill);
  sky_complete_popover_add (self->popover, &(SkyChoice) { NULL, title, line, NULL, spoken });
}

/* What the trace does not have may have been sent another time. */
static char *
get_fill (SkyCompleteEvent *self, Fill fill)
{
  SkyVocabulary *vocabulary = get_vocabulary (self);
  const char *nsp = get_nsp (self), *event = get_typed (self);
  g_autofree char *args = fill == FILL_SAMPLE ? sky_vocabulary_get_sample (vocabulary, nsp, event)
                                              : sky_vocabulary_get_skeleton (vocabulary, nsp, event);

  if (args == NULL && fill == FILL_SAMPLE)
    return sky_complete_sent (sky_sender_get_history (self->sender), sky_sender_get_url (self->sender), nsp, event);
  return args != NULL ? sky_complete_spell (args) : NULL;
}

/* What is written already is kept unless another line is chosen, and then Ctrl+Z brings it back. */
static void
open_fills (SkyCompleteEvent *self)
{
  g_autofree char *text = sky_json_editor_get_text (self->editor);
  g_autofree char *sample = get_fill (self, FILL_SAMPLE);
  g_autofree char *skeleton = get_fill (self, FILL_SKELETON);
  gboolean written = *g_strstrip (text) != '\0';

  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_array_set_size (self->fills, 0);
  sky_complete_popover_clear (self->popover, _("Arguments to begin with"), FALSE);
  if (written)
    add_fill (self, FILL_KEEP, _("Keep the arguments"), text);
  if (sample != NULL && *sample != '\0' && !g_str_equal (sample, text))
    add_fill (self, FILL_SAMPLE, _("Fill in the arguments seen last"), sample);
  if (skeleton != NULL && *skeleton != '\0' && !g_str_equal (skeleton, text) && g_strcmp0 (skeleton, sample) != 0)
    add_fill (self, FILL_SKELETON, _("Fill in empty arguments"), skeleton);
  if (self->fills->len > (written ? 1 : 0))
    sky_complete_popover_open (self->popover, 0);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static void
take_word (SkyCompleteEvent *self, const SkyWord *word)
{
  self->own = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), word->event);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  self->own = FALSE;
  open_fills (self);
}

static void
take_fill (SkyCompleteEvent *self, Fill fill)
{
  g_autofree char *text = fill != FILL_KEEP ? get_fill (self, fill) : NULL;

  if (text != NULL)
    {
      sky_json_editor_set_text (self->editor, text, TRUE);
      sky_json_editor_settle (self->editor);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
  if (text != NULL && fill == FILL_SKELETON)
    sky_json_editor_go_to_gap (self->editor);
}

static void
on_chosen (SkyCompleteEvent *self, guint index)
{
  if (self->words != NULL && index < self->words->len)
    take_word (self, self->words->pdata[index]);
  else if (self->words == NULL && index < self->fills->len)
    take_fill (self, g_array_index (self->fills, Fill, index));
}

static GStrv
list_keys (gpointer user_data, guint arg, const char *const *path)
{
  SkyCompleteEvent *self = user_data;

  if (self->client == NULL)
    return NULL;
  return sky_vocabulary_get_keys (get_vocabulary (self), get_nsp (self), get_typed (self), arg, path);
}

/**
 * sky_complete_event_get_shape:
 *
 * Returns: (transfer full) (nullable): what the arguments of the event in the entry look like, if that is known
 */
char *
sky_complete_event_get_shape (SkyCompleteEvent *self)
{
  g_return_val_if_fail (SKY_IS_COMPLETE_EVENT (self), NULL);

  if (self->client == NULL)
    return NULL;
  return sky_vocabulary_get_shape (get_vocabulary (self), get_nsp (self), get_typed (self));
}

/**
 * sky_complete_event_set_client:
 * @client: (nullable): whose events to suggest
 */
void
sky_complete_event_set_client (SkyCompleteEvent *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_COMPLETE_EVENT (self));

  hide (self);
  g_set_object (&self->client, client);
  get_vocabulary (self);
}

/**
 * sky_complete_event_set_sender:
 * @sender: who knows what was sent before; to be set once, at first
 */
void
sky_complete_event_set_sender (SkyCompleteEvent *self, SkySender *sender)
{
  g_return_if_fail (SKY_IS_COMPLETE_EVENT (self));

  g_set_object (&self->sender, sender);
}

/**
 * sky_complete_event_detach:
 *
 * The widgets are about to go.
 */
void
sky_complete_event_detach (SkyCompleteEvent *self)
{
  g_return_if_fail (SKY_IS_COMPLETE_EVENT (self));

  if (self->entry == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->entry, self);
  g_signal_handlers_disconnect_by_data (self->popover, self);
  sky_complete_keys_stop (self->keys);
  gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->popover)));
  self->entry = NULL;
}

static void
sky_complete_event_dispose (GObject *object)
{
  SkyCompleteEvent *self = SKY_COMPLETE_EVENT (object);

  sky_complete_event_detach (self);
  g_clear_object (&self->keys);
  g_clear_object (&self->client);
  g_clear_object (&self->sender);
  g_clear_pointer (&self->words, g_ptr_array_unref);
  g_clear_pointer (&self->fills, g_array_unref);
  G_OBJECT_CLASS (sky_complete_event_parent_class)->dispose (object);
}

static void
sky_complete_event_class_init (SkyCompleteEventClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sky_complete_event_dispose;
}

static void
sky_complete_event_init (SkyCompleteEvent *self)
{
  self->fills = g_array_new (FALSE, FALSE, sizeof (Fill));
}

/**
 * sky_complete_event_new:
 * @entry: for the name
 * @editor: for the arguments
 * @namespaces: tells where the event goes
 *
 * Returns: (transfer full): their helper; sky_complete_event_detach() it before they go
 */
SkyCompleteEvent *
sky_complete_event_new (GtkEntry *entry, SkyJsonEditor *editor, SkyNamespaceChooser *namespaces)
{
  SkyCompleteEvent *self = g_object_new (SKY_TYPE_COMPLETE_EVENT, NULL);
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();

  self->entry = entry;
  self->editor = editor;
  self->namespaces = namespaces;
  self->popover = sky_complete_popover_new (GTK_WIDGET (entry));
  self->keys = sky_complete_keys_new (list_keys, self);
  sky_json_editor_set_keys (editor, self->keys);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (focus, "leave", G_CALLBACK (hide), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (entry), keys);
  gtk_widget_add_controller (GTK_WIDGET (entry), focus);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (entry, "unmap", G_CALLBACK (hide), self);
  g_signal_connect_swapped (self->popover, "chosen", G_CALLBACK (on_chosen), self);
  return self;
}

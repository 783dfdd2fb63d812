#include "ui/compose/compose-event.h"

#include "ui/compose/complete-event.h"
#include "ui/compose/compose-draft.h"
#include "ui/compose/compose-verdict.h"
#include "ui/link/namespace-chooser.h"
#include "ui/parts/json-args.h"
#include "ui/parts/json-editor.h"
#include "ui/parts/list-focus.h"
#include "ui/ui.h"

struct _SkyComposeEvent
{
  GtkWidget             parent_instance;
  GtkWidget            *box;
  SkyNamespaceChooser  *namespaces;
  GtkEntry             *event;
  GtkCheckButton       *ask, *is_volatile;
  GtkStack             *manner;
  GtkSpinButton        *timeout;
  GtkWidget            *send, *insert;
  SkyJsonEditor        *editor;
  GtkLabel             *status, *preview;
  SkyCompleteEvent     *complete;
  GtkFileChooserNative *chooser; /* nullable: while it is open */
  SkySender            *sender;
  SkyClient            *client; /* nullable */
  SkyComposeVerdict     verdict;
  gboolean              tried;   /* to emit an event that has no name yet */
  gboolean              loading; /* the draft: nothing is to be checked yet */
};

G_DEFINE_FINAL_TYPE (SkyComposeEvent, sky_compose_event, GTK_TYPE_WIDGET)

static const char *
get_event (SkyComposeEvent *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->event));
}

static void
set_ask (SkyComposeEvent *self, gboolean ask, guint timeout_sec, gboolean is_volatile)
{
  gtk_check_button_set_active (self->ask, ask);
  gtk_check_button_set_active (self->is_volatile, is_volatile);
  if (timeout_sec > 0)
    gtk_spin_button_set_value (self->timeout, timeout_sec);
}

static void
mark_files (SkyComposeEvent *self, const char *text)
{
  g_autoptr(GArray) files = sky_json_args_files (text);

  for (guint i = 0; i < files->len; i++)
    {
      const SkyJsonFile *file = &g_array_index (files, SkyJsonFile, i);

      sky_json_editor_mark_chip (self->editor, file->start, file->len);
    }
}

/* A name that is still missing is no fault before somebody wants to emit. */
static void
show_right (SkyComposeEvent *self, const char *text, const SkyJsonArgs *args)
{
  const char *event = get_event (self), *problem = sky_client_event_problem (event);
  gboolean unnamed = *event == '\0', untouched = unnamed && !self->tried && args->n_args == 0;
  g_autofree char *count = sky_json_args_count (args);
  g_autofree char *preview = NULL;

  if (args->n_files > 0)
    mark_files (self, text);
  sky_compose_verdict_give (&self->verdict, problem,
                            untouched          ? _("Name an event, add arguments if it has any")
                            : problem != NULL ? problem
                                               : count,
                            problem != NULL && (!unnamed || self->tried));
  if (problem == NULL)
    preview = sky_json_args_preview (sky_namespace_chooser_get_chosen (self->namespaces), event, text,
                                     gtk_check_button_get_active (self->ask));
  gtk_label_set_text (self->preview, preview != NULL ? preview : "");
}

/* While there are no arguments, what they usually are is a better hint than an example. */
static void
show_hint (SkyComposeEvent *self)
{
  g_autofree char *shape = sky_complete_event_get_shape (self->complete);

  sky_json_editor_set_placeholder (
      self->editor, shape != NULL && !g_str_has_prefix (shape, "()")
                        ? shape
                        : _("Arguments as JSON, separated by commas: {\"room\": \"a\"}, 42, \"text\""));
}

static void
check (SkyComposeEvent *self)
{
  g_autofree char *text = sky_json_editor_get_text (self->editor);
  g_auto(SkyJsonArgs) args = { 0 };

  show_hint (self);
  if (*get_event (self) != '\0')
    self->tried = FALSE;
  sky_json_editor_clear_marks (self->editor);
  if (sky_json_args_check (text, &args))
    show_right (self, text, &args);
  else
    {
      sky_compose_verdict_give_place (&self->verdict, text, args.error_pos, args.problem);
      gtk_label_set_text (self->preview, "");
      sky_json_editor_mark_error (self->editor, args.error_pos);
    }
  sky_compose_verdict_refresh (&self->verdict);
}

/**
 * sky_compose_event_refresh:
 *
 * The client's state or namespaces may have changed.
 */
void
sky_compose_event_refresh (SkyComposeEvent *self)
{
  g_return_if_fail (SKY_IS_COMPOSE_EVENT (self));

  sky_namespace_chooser_refresh (self->namespaces);
  sky_compose_verdict_refresh (&self->verdict);
}

static void
on_edited (SkyComposeEvent *self)
{
  if (!self->loading)
    check (self);
}

/* What waits for an ack is not volatile: one gives its place to the other. */
static void
on_ask (SkyComposeEvent *self)
{
  gtk_stack_set_visible_child_name (self->manner, gtk_check_button_get_active (self->ask) ? "ack" : "volatile");
  on_edited (self);
}

/* What was wrong may be right by now, and the reverse: the mark moves on when the typing rests. */
static void
on_typed (SkyComposeEvent *self)
{
  sky_json_editor_clear_marks (self->editor);
}

static void
on_event_activate (SkyComposeEvent *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

/**
 * sky_compose_event_send:
 *
 * Emits the event, or says why that cannot be. What was written stays.
 */
void
sky_compose_event_send (SkyComposeEvent *self)
{
  g_autofree char *text = sky_json_editor_get_text (self->editor);
  g_autoptr(SkySent) sent = NULL;

  g_return_if_fail (SKY_IS_COMPOSE_EVENT (self));

  sky_json_editor_settle (self->editor);
  if (!sky_compose_verdict_allows (&self->verdict))
    {
      self->tried = TRUE;
      check (self);
      return;
    }
  gtk_spin_button_update (self->timeout);
  sent = sky_sent_new_event (sky_sender_get_url (self->sender),
                             sky_namespace_chooser_get_chosen (self->namespaces), get_event (self), text,
                             gtk_check_button_get_active (self->ask), (guint) gtk_spin_button_get_value_as_int (self->timeout));
  sent->is_volatile = !sent->ask && gtk_check_button_get_active (self->is_volatile);
  sky_sender_send (self->sender, sent);
}

static void
on_file_chosen (SkyComposeEvent *self, int response)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser))
                               : NULL;

  g_clear_object (&self->chooser);
  if (file != NULL)
    {
      g_autofree char *path = g_file_get_path (file);
      g_autofree char *uri = g_file_get_uri (file);
      g_autofree char *token = sky_json_args_file_token (
          path != NULL && g_utf8_validate (path, -1, NULL) ? path : uri);

      sky_json_editor_insert_argument (self->editor, token);
    }
}

static void
on_insert_file (SkyComposeEvent *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_("Insert a file"),
                                               GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                               GTK_FILE_CHOOSER_ACTION_OPEN, _("_Insert"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_file_chosen), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/**
 * sky_compose_event_restore:
 * @sent: an event of the history
 *
 * Puts it back as if it had just been written; Ctrl+Z in either field undoes that.
 */
void
sky_compose_event_restore (SkyComposeEvent *self, const SkySent *sent)
{
  g_return_if_fail (SKY_IS_COMPOSE_EVENT (self) && sent->kind == SKY_SENT_EVENT);

  gtk_editable_set_text (GTK_EDITABLE (self->event), sent->event);
  set_ask (self, sent->ask, sent->timeout_sec, sent->is_volatile);
  sky_json_editor_set_text (self->editor, sent->text, TRUE);
  sky_json_editor_settle (self->editor);
  if (!sky_namespace_chooser_choose (self->namespaces, sent->nsp))
    {
      g_autofree char *text = g_strdup_printf (_("The namespace “%s” is not joined"), sent->nsp);

      sky_sender_tell (self->sender, SKY_TOLD_WARNING, text);
    }
}

static void
save_draft (SkyComposeEvent *self)
{
  SkyComposeDraft *draft;

  if (self->client == NULL)
    return;
  draft = sky_compose_draft_of (self->client);
  g_free (draft->nsp);
  g_free (draft->event);
  g_free (draft->args);
  draft->nsp = g_strdup (sky_namespace_chooser_get_wanted (self->namespaces));
  draft->event = g_strdup (get_event (self));
  draft->args = sky_json_editor_get_text (self->editor);
  draft->ask = gtk_check_button_get_active (self->ask);
  draft->is_volatile = gtk_check_button_get_active (self->is_volatile);
  draft->timeout_sec = (guint) gtk_spin_button_get_value_as_int (self->timeout);
}

static void
load_draft (SkyComposeEvent *self)
{
  const SkyComposeDraft *draft = sky_compose_draft_of (self->client);

  gtk_editable_set_text (GTK_EDITABLE (self->event), draft->event);
  set_ask (self, draft->ask, draft->timeout_sec, draft->is_volatile);
  sky_json_editor_set_text (self->editor, draft->args, FALSE);
}

/**
 * sky_compose_event_set_client:
 * @client: (nullable): whose draft to show; the one shown before is kept with its client
 */
void
sky_compose_event_set_client (SkyComposeEvent *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_COMPOSE_EVENT (self));

  save_draft (self);
  g_set_object (&self->client, client);
  self->loading = TRUE;
  self->tried = FALSE;
  sky_namespace_chooser_set_client (self->namespaces, client, client != NULL ? sky_compose_draft_of (client)->nsp : "");
  sky_complete_event_set_client (self->complete, client);
  if (client != NULL)
    load_draft (self);
  self->loading = FALSE;
  check (self);
}

/**
 * sky_compose_event_set_sender:
 * @sender: who sends; to be set once, at first
 */
void
sky_compose_event_set_sender (SkyComposeEvent *self, SkySender *sender)
{
  g_return_if_fail (SKY_IS_COMPOSE_EVENT (self) && self->sender == NULL);

  self->sender = g_object_ref (sender);
  self->verdict = (SkyComposeVerdict) { self->status, self->send, _("Send this event (Ctrl+Return)"), sender,
                                         .namespaces = self->namespaces };
  sky_complete_event_set_sender (self->complete, sender);
}

static gboolean
sky_compose_event_grab_focus (GtkWidget *widget)
{
  SkyComposeEvent *self = SKY_COMPOSE_EVENT (widget);

  return gtk_widget_grab_focus (*get_event (self) == '\0' ? GTK_WIDGET (self->event)
                                                          : GTK_WIDGET (self->editor));
}

static void
sky_compose_event_dispose (GObject *object)
{
  SkyComposeEvent *self = SKY_COMPOSE_EVENT (object);

  if (self->box != NULL)
    save_draft (self);
  self->loading = TRUE;
  g_clear_object (&self->chooser);
  g_clear_object (&self->client);
  if (self->complete != NULL)
    sky_complete_event_detach (self->complete);
  g_clear_object (&self->complete);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->sender);
  G_OBJECT_CLASS (sky_compose_event_parent_class)->dispose (object);
}

static void
sky_compose_event_finalize (GObject *object)
{
  sky_compose_verdict_clear (&SKY_COMPOSE_EVENT (object)->verdict);
  G_OBJECT_CLASS (sky_compose_event_parent_class)->finalize (object);
}

static void
sky_compose_event_init (SkyComposeEvent *self)
{
  self->loading = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->complete = sky_complete_event_new (self->event, self->editor, self->namespaces);
}

static void
sky_compose_event_class_init (SkyComposeEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_JSON_EDITOR);
  g_type_ensure (SKY_TYPE_NAMESPACE_CHOOSER);
  object_class->dispose = sky_compose_event_dispose;
  object_class->finalize = sky_compose_event_finalize;
  widget_class->grab_focus = sky_compose_event_grab_focus;
  widget_class->focus = sky_list_focus_pass;

  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "compose-event.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, box);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, namespaces);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, event);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, ask);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, is_volatile);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, manner);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, timeout);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, send);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, insert);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, editor);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, status);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeEvent, preview);
  gtk_widget_class_bind_template_callback (widget_class, on_ask);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_event_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_insert_file);
  gtk_widget_class_bind_template_callback (widget_class, sky_compose_event_send);
}

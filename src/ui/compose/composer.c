#include "ui/compose/composer.h"

#include "ui/compose/answer-bar.h"
#include "ui/compose/compose-draft.h"
#include "ui/compose/compose-event.h"
#include "ui/compose/compose-history.h"
#include "ui/compose/compose-message.h"
#include "ui/compose/compose-result.h"
#include "ui/compose/sender.h"
#include "ui/ui.h"

struct _SkyComposer
{
  GtkWidget          parent_instance;
  GtkWidget         *box;
  GtkStack          *stack;
  GtkStackPage      *event_page, *message_page;
  SkyComposeEvent   *event;
  SkyComposeMessage *message;
  SkyComposeHistory *history;
  SkyComposeResult  *result;
  SkyAnswerBar      *answers;
  SkySender         *sender;
  SkyClient         *client; /* nullable */
};

G_DEFINE_FINAL_TYPE (SkyComposer, sky_composer, GTK_TYPE_WIDGET)

static gboolean
speaks_socket_io (SkyComposer *self)
{
  SkyProtocol protocol
      = self->client != NULL ? sky_client_get_protocol (self->client) : SKY_PROTOCOL_SOCKET_IO;

  return protocol == SKY_PROTOCOL_SOCKET_IO || protocol == SKY_PROTOCOL_AUTO;
}

static void
on_told (SkyComposer *self, guint told, const char *text)
{
  sky_compose_result_show (self->result, told, text);
}

/* With one protocol there are events, with the others messages alone. */
static void
show_pages (SkyComposer *self)
{
  gboolean events = speaks_socket_io (self);

  gtk_stack_page_set_visible (self->event_page, events);
  gtk_stack_page_set_title (self->message_page, events ? _("Raw message") : _("Message"));
  if (!events && gtk_stack_get_visible_child (self->stack) == GTK_WIDGET (self->event))
    gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->message));
  sky_compose_message_set_raw (self->message, events);
  sky_compose_history_set_events (self->history, events);
}

static void
on_state (SkyComposer *self)
{
  show_pages (self);
  sky_compose_event_refresh (self->event);
  sky_compose_message_refresh (self->message);
  sky_compose_history_refresh (self->history);
  sky_answer_bar_refresh (self->answers);
}

static void
save_page (SkyComposer *self)
{
  SkyComposeDraft *draft;

  if (self->client == NULL)
    return;
  draft = sky_compose_draft_of (self->client);
  g_free (draft->page);
  draft->page = g_strdup (gtk_stack_get_visible_child_name (self->stack));
}

static void
load_page (SkyComposer *self)
{
  const char *page = self->client != NULL ? sky_compose_draft_of (self->client)->page : "";

  show_pages (self);
  if (*page == '\0')
    page = speaks_socket_io (self) ? "event" : "message";
  gtk_stack_set_visible_child_name (self->stack, page);
  show_pages (self);
}

/**
 * sky_composer_set_client:
 * @client: (nullable): who speaks from now on
 *
 * What was being written for another client stays with that one, and comes back with it.
 */
void
sky_composer_set_client (SkyComposer *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_COMPOSER (self));

  if (self->client == client)
    return;
  save_page (self);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_set_object (&self->client, client);
  sky_sender_set_client (self->sender, client);
  sky_compose_event_set_client (self->event, client);
  sky_compose_message_set_client (self->message, client);
  sky_answer_bar_set_client (self->answers, client);
  if (client != NULL)
    {
      g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "notify::sid", G_CALLBACK (on_state), self,
                               G_CONNECT_SWAPPED);
    }
  load_page (self);
  on_state (self);
}

/**
 * sky_composer_focus:
 *
 * Puts the cursor where the next thing is to be written: the event's name, or else its arguments.
 */
void
sky_composer_focus (SkyComposer *self)
{
  g_return_if_fail (SKY_IS_COMPOSER (self));

  gtk_widget_grab_focus (gtk_stack_get_visible_child (self->stack));
}

static void
on_chosen (SkyComposer *self, SkySent *sent)
{
  GtkWidget *page
      = sent->kind == SKY_SENT_EVENT ? GTK_WIDGET (self->event) : GTK_WIDGET (self->message);

  if (sent->kind == SKY_SENT_EVENT)
    sky_compose_event_restore (self->event, sent);
  else
    sky_compose_message_restore (self->message, sent);
  gtk_stack_set_visible_child (self->stack, page);
  gtk_widget_grab_focus (page);
}

static gboolean
has_focus_within (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

static gboolean
on_send (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  SkyComposer *self = SKY_COMPOSER (widget);
  GtkWidget *page = gtk_stack_get_visible_child (self->stack);

  if (has_focus_within (GTK_WIDGET (self->answers)))
    sky_answer_bar_send (self->answers);
  else if (page == GTK_WIDGET (self->event))
    sky_compose_event_send (self->event);
  else if (page == GTK_WIDGET (self->message))
    sky_compose_message_send (self->message);
  else
    sky_compose_history_send (self->history);
  return TRUE;
}

static void
sky_composer_dispose (GObject *object)
{
  SkyComposer *self = SKY_COMPOSER (object);

  if (self->box != NULL)
    save_page (self);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  g_clear_object (&self->client);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->sender);
  G_OBJECT_CLASS (sky_composer_parent_class)->dispose (object);
}

/* Ahead of the text view, which would take Ctrl+Return for a line break. */
static void
add_shortcut (SkyComposer *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcutTrigger *trigger
      = gtk_shortcut_trigger_parse_string ("<Control>Return|<Control>KP_Enter");

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (trigger, gtk_callback_action_new (on_send, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
sky_composer_init (SkyComposer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->sender = sky_sender_new ();
  g_signal_connect_object (self->sender, "told", G_CALLBACK (on_told), self, G_CONNECT_SWAPPED);
  sky_compose_event_set_sender (self->event, self->sender);
  sky_compose_message_set_sender (self->message, self->sender);
  sky_compose_history_set_sender (self->history, self->sender);
  sky_answer_bar_set_sender (self->answers, self->sender);
  g_signal_connect_object (self->answers, "joined", G_CALLBACK (sky_compose_event_refresh),
                           self->event, G_CONNECT_SWAPPED);
  add_shortcut (self);
}

static void
sky_composer_class_init (SkyComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_ANSWER_BAR);
  g_type_ensure (SKY_TYPE_COMPOSE_EVENT);
  g_type_ensure (SKY_TYPE_COMPOSE_HISTORY);
  g_type_ensure (SKY_TYPE_COMPOSE_MESSAGE);
  g_type_ensure (SKY_TYPE_COMPOSE_RESULT);
  G_OBJECT_CLASS (klass)->dispose = sky_composer_dispose;

  gtk_widget_class_set_css_name (widget_class, "skycomposer");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "composer.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, box);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, event_page);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, message_page);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, event);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, message);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, history);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, result);
  gtk_widget_class_bind_template_child (widget_class, SkyComposer, answers);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
}

GtkWidget *
sky_composer_new (void)
{
  return g_object_new (SKY_TYPE_COMPOSER, NULL);
}

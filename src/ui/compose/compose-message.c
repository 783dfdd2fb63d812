#include "ui/compose/compose-message.h"

#include "ui/compose/binary-text.h"
#include "ui/compose/compose-draft.h"
#include "ui/compose/compose-verdict.h"
#include "ui/parts/json-editor.h"
#include "ui/parts/list-focus.h"
#include "ui/ui.h"

struct _SkyComposeMessage
{
  GtkWidget         parent_instance;
  GtkWidget        *box;
  GtkToggleButton  *as_text, *as_binary;
  GtkDropDown      *format;
  GtkLabel         *note, *status;
  GtkStack         *editors;
  SkyJsonEditor    *text, *binary;
  GtkWidget        *send;
  SkySender        *sender;
  SkyClient        *client; /* nullable */
  GBytes           *bytes;  /* nullable: what is written in @binary, if it is right */
  SkyBinaryFormat   shown;  /* how @binary is written */
  SkyComposeVerdict verdict;
  gboolean          loading;
};

G_DEFINE_FINAL_TYPE (SkyComposeMessage, sky_compose_message, GTK_TYPE_WIDGET)

static gboolean
is_binary (SkyComposeMessage *self)
{
  return gtk_toggle_button_get_active (self->as_binary);
}

static SkyJsonEditor *
get_editor (SkyComposeMessage *self)
{
  return is_binary (self) ? self->binary : self->text;
}

static void
show_count (SkyComposeMessage *self, gsize n_bytes)
{
  g_autofree char *count
      = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%zu byte",
                                      "%zu bytes", n_bytes),
                         n_bytes);

  sky_compose_verdict_give (&self->verdict, NULL, count, FALSE);
}

static void
check_binary (SkyComposeMessage *self, const char *text)
{
  const char *problem = NULL;
  gsize error_pos = 0;

  g_clear_pointer (&self->bytes, g_bytes_unref);
  sky_json_editor_clear_marks (self->binary);
  self->bytes = sky_binary_text_parse (text, self->shown, &error_pos, &problem);
  if (self->bytes != NULL)
    {
      show_count (self, g_bytes_get_size (self->bytes));
      return;
    }
  sky_compose_verdict_give_place (&self->verdict, text, error_pos, problem);
  sky_json_editor_mark_error (self->binary, error_pos);
}

static void
check (SkyComposeMessage *self)
{
  g_autofree char *text = NULL;

  if (self->loading)
    return;
  text = sky_json_editor_get_text (get_editor (self));
  if (is_binary (self))
    check_binary (self, text);
  else
    show_count (self, strlen (text));
  sky_compose_verdict_refresh (&self->verdict);
}

/**
 * sky_compose_message_refresh:
 *
 * The client's state may have changed.
 */
void
sky_compose_message_refresh (SkyComposeMessage *self)
{
  g_return_if_fail (SKY_IS_COMPOSE_MESSAGE (self));

  sky_compose_verdict_refresh (&self->verdict);
}

static void
on_typed (SkyComposeMessage *self)
{
  sky_json_editor_clear_marks (self->binary);
}

static void
show_placeholder (SkyComposeMessage *self)
{
  sky_json_editor_set_placeholder (self->binary, self->shown == SKY_BINARY_HEX
                                                     ? _("Bytes in hexadecimal: 00 ff 2a")
                                                     : _("Bytes in base64: AP8q"));
}

static void
on_binary (SkyComposeMessage *self)
{
  gtk_stack_set_visible_child (self->editors, GTK_WIDGET (get_editor (self)));
  check (self);
}

/* The same bytes, written the other way; what is no bytes yet is left alone. */
static void
on_format (SkyComposeMessage *self)
{
  SkyBinaryFormat format = gtk_drop_down_get_selected (self->format);
  g_autofree char *text = sky_json_editor_get_text (self->binary);
  g_autoptr(GBytes) bytes = NULL;
  const char *problem;
  gsize error_pos;

  if (self->loading || format == self->shown)
    return;
  bytes = sky_binary_text_parse (text, self->shown, &error_pos, &problem);
  self->shown = format;
  show_placeholder (self);
  if (bytes != NULL)
    {
      g_autofree char *converted = sky_binary_text_format (bytes, format);

      sky_json_editor_set_text (self->binary, converted, TRUE);
    }
  check (self);
}

/**
 * sky_compose_message_send:
 *
 * Sends the message, or says why that cannot be. What was written stays.
 */
void
sky_compose_message_send (SkyComposeMessage *self)
{
  const char *url;
  g_autofree char *text = NULL;
  g_autoptr(SkySent) sent = NULL;

  g_return_if_fail (SKY_IS_COMPOSE_MESSAGE (self));

  sky_json_editor_settle (get_editor (self));
  if (!sky_compose_verdict_allows (&self->verdict))
    return;
  url = sky_sender_get_url (self->sender);
  text = sky_json_editor_get_text (self->text);
  sent = is_binary (self) ? sky_sent_new_binary (url, self->bytes) : sky_sent_new_text (url, text);
  sky_sender_send (self->sender, sent);
}

/**
 * sky_compose_message_restore:
 * @sent: a message of the history
 *
 * Puts it back as if it had just been written; Ctrl+Z undoes that.
 */
void
sky_compose_message_restore (SkyComposeMessage *self, const SkySent *sent)
{
  g_return_if_fail (SKY_IS_COMPOSE_MESSAGE (self) && sent->kind != SKY_SENT_EVENT);

  gtk_toggle_button_set_active (sent->kind == SKY_SENT_BINARY ? self->as_binary : self->as_text,
                                TRUE);
  if (sent->kind == SKY_SENT_TEXT)
    sky_json_editor_set_text (self->text, sent->text, TRUE);
  else
    {
      gsize len;
      guchar *octets = g_base64_decode (sent->text, &len);
      g_autoptr(GBytes) bytes = g_bytes_new_take (octets, len);
      g_autofree char *text = sky_binary_text_format (bytes, self->shown);

      sky_json_editor_set_text (self->binary, text, TRUE);
    }
  sky_json_editor_settle (get_editor (self));
}

/**
 * sky_compose_message_set_raw:
 * @raw: whether the client speaks Socket.IO, so that these messages go past it
 */
void
sky_compose_message_set_raw (SkyComposeMessage *self, gboolean raw)
{
  g_return_if_fail (SKY_IS_COMPOSE_MESSAGE (self));

  gtk_label_set_text (self->note, raw ? _("Sent as it stands, past Socket.IO") : "");
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->note),
      raw ? _("The server reads it as an Engine.IO packet: 42[\"hi\"] is an event") : NULL);
  sky_json_editor_set_placeholder (
      self->text, raw ? _("A WebSocket text message, such as 42[\"hi\"]") : _("A text message"));
}

static void
save_draft (SkyComposeMessage *self)
{
  SkyComposeDraft *draft;

  if (self->client == NULL)
    return;
  draft = sky_compose_draft_of (self->client);
  g_free (draft->text);
  g_free (draft->binary);
  draft->text = sky_json_editor_get_text (self->text);
  draft->binary = sky_json_editor_get_text (self->binary);
  draft->is_binary = is_binary (self);
  draft->format = self->shown;
}

static void
load_draft (SkyComposeMessage *self)
{
  const SkyComposeDraft *draft = sky_compose_draft_of (self->client);

  sky_json_editor_set_text (self->text, draft->text, FALSE);
  sky_json_editor_set_text (self->binary, draft->binary, FALSE);
  self->shown = draft->format;
  gtk_drop_down_set_selected (self->format, draft->format);
  gtk_toggle_button_set_active (draft->is_binary ? self->as_binary : self->as_text, TRUE);
  show_placeholder (self);
}

/**
 * sky_compose_message_set_client:
 * @client: (nullable): whose draft to show; the one shown before is kept with its client
 */
void
sky_compose_message_set_client (SkyComposeMessage *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_COMPOSE_MESSAGE (self));

  save_draft (self);
  g_set_object (&self->client, client);
  self->loading = TRUE;
  if (client != NULL)
    load_draft (self);
  self->loading = FALSE;
  check (self);
}

/**
 * sky_compose_message_set_sender:
 * @sender: who sends; to be set once, at first
 */
void
sky_compose_message_set_sender (SkyComposeMessage *self, SkySender *sender)
{
  g_return_if_fail (SKY_IS_COMPOSE_MESSAGE (self) && self->sender == NULL);

  self->sender = g_object_ref (sender);
  self->verdict = (SkyComposeVerdict) { self->status, self->send, _("Send this message (Ctrl+Return)"), sender };
}

static gboolean
sky_compose_message_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (get_editor (SKY_COMPOSE_MESSAGE (widget))));
}

static void
sky_compose_message_dispose (GObject *object)
{
  SkyComposeMessage *self = SKY_COMPOSE_MESSAGE (object);

  if (self->box != NULL)
    save_draft (self);
  self->loading = TRUE;
  g_clear_object (&self->client);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->sender);
  G_OBJECT_CLASS (sky_compose_message_parent_class)->dispose (object);
}

static void
sky_compose_message_finalize (GObject *object)
{
  SkyComposeMessage *self = SKY_COMPOSE_MESSAGE (object);

  sky_compose_verdict_clear (&self->verdict);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (sky_compose_message_parent_class)->finalize (object);
}

static void
sky_compose_message_init (SkyComposeMessage *self)
{
  self->loading = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  show_placeholder (self);
  sky_compose_message_set_raw (self, FALSE);
}

static void
sky_compose_message_class_init (SkyComposeMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_JSON_EDITOR);
  object_class->dispose = sky_compose_message_dispose;
  object_class->finalize = sky_compose_message_finalize;
  widget_class->grab_focus = sky_compose_message_grab_focus;
  widget_class->focus = sky_list_focus_pass;

  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "compose-message.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, box);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, as_text);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, as_binary);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, format);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, note);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, status);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, editors);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, text);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, binary);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeMessage, send);
  gtk_widget_class_bind_template_callback (widget_class, on_binary);
  gtk_widget_class_bind_template_callback (widget_class, on_format);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, check);
  gtk_widget_class_bind_template_callback (widget_class, sky_compose_message_send);
}

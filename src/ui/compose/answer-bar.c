#include "ui/compose/answer-bar.h"

#include <inttypes.h>

#include "ui/compose/reply-list.h"
#include "ui/parts/json-args.h"
#include "ui/parts/left-to-right.h"
#include "ui/ui.h"

#define LOOK_MSEC     100
#define MAX_QUESTIONS 1000 /* a server that asks more without waiting is not asking a person */
#define SUMMARY_LEN   200  /* bytes of arguments in the tooltip */

struct _SkyAnswerBar
{
  GtkWidget  parent_instance;
  GtkWidget *box, *send, *settled;
  GtkPopover *popover;
  SkyReplyList *replies;
  GtkLabel  *what;
  GtkEntry  *answer;
  SkySender *sender;
  SkyClient *client;    /* nullable */
  GArray    *questions; /* of record numbers: those who wait, oldest first */
  guint32    n_seen;    /* records that were looked at */
  guint32    shown;     /* the record in the bar */
  guint      n_shown;   /* how many wait, as the bar says */
  guint16    link;      /* the latest to speak Socket.IO: who asked on an earlier one is gone */
  guint      look_source;
  GHashTable *never; /* names of events that a person does not want to answer */
  char      *nsp, *event; /* of the one that is shown */
  guint64    ack;
};

G_DEFINE_FINAL_TYPE (SkyAnswerBar, sky_answer_bar, GTK_TYPE_WIDGET)

static guint joined_signal;

static void
check (SkyAnswerBar *self)
{
  g_auto(SkyJsonArgs) args = { 0 };
  gboolean right = sky_json_args_check (gtk_editable_get_text (GTK_EDITABLE (self->answer)), &args);

  if (right && args.n_files > 0)
    {
      args.problem = g_strdup (_("A file can be sent with an event only"));
      right = FALSE;
    }
  gtk_widget_set_sensitive (self->send, right);
  gtk_widget_set_tooltip_text (self->send,
                               right ? _("Send these values as the ack") : args.problem);
  gtk_widget_set_tooltip_text (
      GTK_WIDGET (self->answer),
      right ? _("The values of the ack, with commas between; none are needed") : args.problem);
  if (right)
    gtk_widget_remove_css_class (GTK_WIDGET (self->answer), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->answer), "error");
}

static void
show_question (SkyAnswerBar *self, SkyStore *store, guint32 number)
{
  SkyBytesSource source = sky_store_get_source (store);
  g_auto(SkySummary) summary = { 0 };
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  sky_summary_make (&summary, number, &source, SUMMARY_LEN);
  self->n_shown = self->questions->len;
  g_free (self->nsp);
  self->nsp = g_strdup (summary.nsp != NULL ? summary.nsp : "/");
  g_free (self->event);
  self->event = g_strdup (summary.event != NULL ? summary.event : "");
  self->ack = summary.ack;
  self->shown = number;
  name = g_markup_escape_text (self->event, -1);
  text = self->questions->len > 1
             ? g_strdup_printf (_("<b>%s</b> (namespace %s) and %u more wait for an ack"), name,
                                self->nsp, self->questions->len - 1)
             : g_strdup_printf (_("<b>%s</b> (namespace %s) waits for an ack"), name, self->nsp);
  gtk_label_set_markup (self->what, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->what), summary.data);
}

static gboolean
is_never (SkyAnswerBar *self, SkyStore *store, guint32 number)
{
  SkyBytesSource source = sky_store_get_source (store);
  g_auto(SkySummary) summary = { 0 };

  if (g_hash_table_size (self->never) == 0)
    return FALSE;
  sky_summary_make (&summary, number, &source, 0);
  return summary.event != NULL && g_hash_table_contains (self->never, summary.event);
}

static gboolean
still_waits (SkyAnswerBar *self, SkyStore *store, guint32 number)
{
  const SkyRecord *record = sky_store_get_record (store, number);

  return record != NULL && record->mate == SKY_RECORD_NONE && !(record->flags & SKY_RECORD_GIVEN_UP)
         && record->link == self->link
         && sky_peer_get_state (SKY_PEER (self->client)) == SKY_PEER_OPEN;
}

/* Only what came since the last look is looked at, and only its flags. */
static void
hear_news (SkyAnswerBar *self, SkyStore *store)
{
  guint32 n_records = sky_store_catch_up (store);
  gboolean joined = FALSE;

  for (; self->n_seen < n_records; self->n_seen++)
    {
      const SkyRecord *record = sky_store_get_record (store, self->n_seen);

      if (record->layer != SKY_LAYER_SIO)
        continue;
      self->link = record->link;
      joined |= record->kind == SKY_KIND_CONNECT || record->kind == SKY_KIND_DISCONNECT;
      if (record->flags & SKY_RECORD_ASKS && sky_store_is_in (store, record)
          && self->questions->len < MAX_QUESTIONS)
        g_array_append_val (self->questions, self->n_seen);
    }
  if (joined)
    g_signal_emit (self, joined_signal, 0);
}

static void
drop_answered (SkyAnswerBar *self, SkyStore *store)
{
  guint32 *numbers = (guint32 *) (void *) self->questions->data;
  guint n_kept = 0;

  for (guint i = 0; i < self->questions->len; i++)
    if (still_waits (self, store, numbers[i]) && !is_never (self, store, numbers[i]))
      numbers[n_kept++] = numbers[i];
  g_array_set_size (self->questions, n_kept);
}

/* What answers by itself is told as long as it does: nobody else says so. Returns: whether there is any */
static gboolean
show_settled (SkyAnswerBar *self)
{
  GStrv replies = sky_client_get_profile (self->client)->replies;
  guint n_settled = (replies != NULL ? g_strv_length (replies) : 0) + g_hash_table_size (self->never);
  gboolean asks = self->questions->len > 0;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->send, asks);
  gtk_widget_set_visible (GTK_WIDGET (self->answer), asks);
  gtk_widget_set_visible (self->settled, n_settled > 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->what), !asks);
  if (asks || n_settled == 0)
    return n_settled > 0;
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u event that asks is answered as you have set",
                                       "%u events that ask are answered as you have set", n_settled),
                          n_settled);
  gtk_label_set_text (self->what, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->what), NULL);
  return TRUE;
}

static void
look (SkyAnswerBar *self)
{
  SkyStore *store = sky_peer_get_store (SKY_PEER (self->client));
  guint32 first;

  hear_news (self, store);
  drop_answered (self, store);
  gtk_widget_set_visible (GTK_WIDGET (self), show_settled (self) || self->questions->len > 0);
  if (self->questions->len == 0)
    {
      self->n_shown = 0;
      return;
    }
  first = g_array_index (self->questions, guint32, 0);
  if (first != self->shown || self->questions->len != self->n_shown)
    show_question (self, store, first);
}

static void
on_look (gpointer user_data)
{
  SkyAnswerBar *self = user_data;

  self->look_source = 0;
  look (self);
}

static void
on_grew (SkyAnswerBar *self)
{
  if (self->look_source == 0)
    self->look_source = g_timeout_add_once (LOOK_MSEC, on_look, self);
}

/**
 * sky_answer_bar_refresh:
 *
 * The client's state may have changed: when the connection has ended nobody waits any more.
 */
void
sky_answer_bar_refresh (SkyAnswerBar *self)
{
  g_return_if_fail (SKY_IS_ANSWER_BAR (self));

  if (self->client != NULL)
    look (self);
}

static void
pass (SkyAnswerBar *self)
{
  if (self->questions->len > 0)
    g_array_remove_index (self->questions, 0);
  look (self);
}

static void
on_pass (SkyAnswerBar *self)
{
  pass (self);
}

/**
 * sky_answer_bar_send:
 *
 * Answers the question that is shown, if what is written is JSON.
 */
void
sky_answer_bar_send (SkyAnswerBar *self)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *done = NULL;

  g_return_if_fail (SKY_IS_ANSWER_BAR (self));

  if (self->questions->len == 0 || !gtk_widget_get_sensitive (self->send))
    return;
  if (!sky_client_reply (self->client, self->nsp, self->ack,
                         gtk_editable_get_text (GTK_EDITABLE (self->answer)), &error))
    {
      sky_sender_tell (self->sender, SKY_TOLD_ERROR, error->message);
      return;
    }
  done = g_strdup_printf (_("Sent ack %" PRIu64), self->ack);
  sky_sender_tell (self->sender, SKY_TOLD_DONE, done);
  gtk_editable_set_text (GTK_EDITABLE (self->answer), "");
  pass (self);
}

static void
on_always (SkyAnswerBar *self)
{
  if (self->questions->len == 0)
    return;
  sky_client_set_reply (self->client, self->event, gtk_editable_get_text (GTK_EDITABLE (self->answer)));
  sky_answer_bar_send (self);
}

static void
on_never (SkyAnswerBar *self)
{
  if (self->questions->len == 0)
    return;
  g_hash_table_add (self->never, g_strdup (self->event));
  look (self);
}

static void
on_popover_map (SkyAnswerBar *self)
{
  sky_reply_list_fill (self->replies, self->client, self->never);
}

/* The list, and the name with it, is made anew. */
static void
on_removed (SkyAnswerBar *self, const char *event)
{
  g_autofree char *name = g_strdup (event);

  sky_client_set_reply (self->client, name, NULL);
  g_hash_table_remove (self->never, name);
  gtk_popover_popdown (self->popover);
  look (self);
}

/**
 * sky_answer_bar_set_client:
 * @client: (nullable): whose questions to show
 */
void
sky_answer_bar_set_client (SkyAnswerBar *self, SkyClient *client)
{
  g_return_if_fail (SKY_IS_ANSWER_BAR (self));

  g_clear_handle_id (&self->look_source, g_source_remove);
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (sky_peer_get_store (SKY_PEER (self->client)), self);
  g_set_object (&self->client, client);
  g_hash_table_remove_all (self->never);
  g_array_set_size (self->questions, 0);
  self->n_seen = self->n_shown = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  if (client == NULL)
    return;
  g_signal_connect_object (sky_peer_get_store (SKY_PEER (client)), "grew", G_CALLBACK (on_grew),
                           self, G_CONNECT_SWAPPED);
  look (self);
}

/**
 * sky_answer_bar_set_sender:
 * @sender: who tells how it went; to be set once, at first
 */
void
sky_answer_bar_set_sender (SkyAnswerBar *self, SkySender *sender)
{
  g_return_if_fail (SKY_IS_ANSWER_BAR (self) && self->sender == NULL);

  self->sender = g_object_ref (sender);
}

static void
sky_answer_bar_dispose (GObject *object)
{
  SkyAnswerBar *self = SKY_ANSWER_BAR (object);

  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (sky_peer_get_store (SKY_PEER (self->client)), self);
  g_clear_handle_id (&self->look_source, g_source_remove);
  g_clear_object (&self->client);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->sender);
  G_OBJECT_CLASS (sky_answer_bar_parent_class)->dispose (object);
}

static void
sky_answer_bar_finalize (GObject *object)
{
  SkyAnswerBar *self = SKY_ANSWER_BAR (object);

  g_array_unref (self->questions);
  g_hash_table_unref (self->never);
  g_free (self->nsp);
  g_free (self->event);
  G_OBJECT_CLASS (sky_answer_bar_parent_class)->finalize (object);
}

static void
sky_answer_bar_init (SkyAnswerBar *self)
{
  self->questions = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->never = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  sky_left_to_right_keep (GTK_WIDGET (self->answer));
  check (self);
}

static void
sky_answer_bar_class_init (SkyAnswerBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sky_answer_bar_dispose;
  object_class->finalize = sky_answer_bar_finalize;
  joined_signal = g_signal_new ("joined", SKY_TYPE_ANSWER_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  g_type_ensure (SKY_TYPE_REPLY_LIST);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "answer-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, box);
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, what);
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, answer);
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, send);
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, settled);
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyAnswerBar, replies);
  gtk_widget_class_bind_template_callback (widget_class, check);
  gtk_widget_class_bind_template_callback (widget_class, on_pass);
  gtk_widget_class_bind_template_callback (widget_class, on_always);
  gtk_widget_class_bind_template_callback (widget_class, on_never);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_removed);
  gtk_widget_class_bind_template_callback (widget_class, sky_answer_bar_send);
}

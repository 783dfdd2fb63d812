#include "ui/compose/compose-history.h"

#include "ui/compose/sent-row.h"
#include "ui/parts/list-focus.h"
#include "ui/ui.h"

struct _SkyComposeHistory
{
  GtkWidget           parent_instance;
  GtkWidget          *stack, *empty, *scroller;
  GtkListView        *view;
  GtkFilter          *filter;
  GtkFilterListModel *sents; /* of this client's address; at most 200 exist at all */
  GtkSelectionModel  *selection;
  GPtrArray          *bound; /* of SkySentRow that are in view; borrowed */
  SkySender          *sender;
  gboolean            events;
};

G_DEFINE_FINAL_TYPE (SkyComposeHistory, sky_compose_history, GTK_TYPE_WIDGET)

static guint chosen_signal;

static gboolean
is_ours (gpointer item, gpointer user_data)
{
  SkyComposeHistory *self = user_data;
  SkySent *sent = item;

  return self->sender != NULL && sky_sent_is_to (sent, sky_sender_get_url (self->sender))
         && (self->events || sent->kind != SKY_SENT_EVENT);
}

static void
send_again (SkyComposeHistory *self, const SkySent *sent)
{
  g_autoptr(SkySent) fresh = NULL;

  if (sent->kind == SKY_SENT_EVENT)
    fresh = sky_sent_new_event (sent->url, sent->nsp, sent->event, sent->text, sent->ask,
                                sent->timeout_sec);
  else if (sent->kind == SKY_SENT_TEXT)
    fresh = sky_sent_new_text (sent->url, sent->text);
  else
    {
      gsize len;
      guchar *octets = g_base64_decode (sent->text, &len);
      g_autoptr(GBytes) bytes = g_bytes_new_take (octets, len);

      fresh = sky_sent_new_binary (sent->url, bytes);
    }
  fresh->is_volatile = sent->is_volatile;
  sky_sender_send (self->sender, fresh);
}

/* Sending moves the row to the front, and may free what it shows. */
static void
on_again (SkySentRow *row, SkyComposeHistory *self)
{
  g_autoptr(SkySent) sent = g_object_ref (sky_sent_row_get_sent (row));

  send_again (self, sent);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, SkyComposeHistory *self)
{
  GtkWidget *row = sky_sent_row_new ();

  g_signal_connect_object (row, "again", G_CALLBACK (on_again), self, 0);
  gtk_list_item_set_child (item, row);
}

static void
show_ready (SkyComposeHistory *self, SkySentRow *row)
{
  const SkySent *sent = sky_sent_row_get_sent (row);

  sky_sent_row_set_ready (row, sky_sender_get_obstacle (self->sender, sent->kind == SKY_SENT_EVENT ? sent->nsp : NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, SkyComposeHistory *self)
{
  SkySentRow *row = SKY_SENT_ROW (gtk_list_item_get_child (item));

  sky_sent_row_set_sent (row, gtk_list_item_get_item (item));
  show_ready (self, row);
  g_ptr_array_add (self->bound, row);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, SkyComposeHistory *self)
{
  GtkWidget *row = gtk_list_item_get_child (item);

  g_ptr_array_remove_fast (self->bound, row);
  sky_sent_row_set_sent (SKY_SENT_ROW (row), NULL);
}

static void
on_activate (SkyComposeHistory *self, guint position)
{
  g_autoptr(SkySent) sent = g_list_model_get_item (G_LIST_MODEL (self->sents), position);

  if (sent != NULL)
    g_signal_emit (self, chosen_signal, 0, sent);
}

static void
on_items_changed (SkyComposeHistory *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sents));

  gtk_stack_set_visible_child (GTK_STACK (self->stack), n > 0 ? self->scroller : self->empty);
}

/**
 * sky_compose_history_refresh:
 *
 * The client, its address or its state may have changed.
 */
void
sky_compose_history_refresh (SkyComposeHistory *self)
{
  g_return_if_fail (SKY_IS_COMPOSE_HISTORY (self));

  for (guint i = 0; i < self->bound->len; i++)
    show_ready (self, self->bound->pdata[i]);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  on_items_changed (self);
}

/**
 * sky_compose_history_set_events:
 * @events: whether the client can emit events
 */
void
sky_compose_history_set_events (SkyComposeHistory *self, gboolean events)
{
  g_return_if_fail (SKY_IS_COMPOSE_HISTORY (self));

  self->events = events;
}

/**
 * sky_compose_history_send:
 *
 * Sends what is selected once more.
 */
void
sky_compose_history_send (SkyComposeHistory *self)
{
  SkySent *selected
      = gtk_single_selection_get_selected_item (GTK_SINGLE_SELECTION (self->selection));
  g_autoptr(SkySent) sent = selected != NULL ? g_object_ref (selected) : NULL;

  if (sent != NULL)
    send_again (self, sent);
}

/**
 * sky_compose_history_set_sender:
 * @sender: who sends; to be set once, at first
 */
void
sky_compose_history_set_sender (SkyComposeHistory *self, SkySender *sender)
{
  g_return_if_fail (SKY_IS_COMPOSE_HISTORY (self) && self->sender == NULL);

  self->sender = g_object_ref (sender);
  gtk_filter_list_model_set_model (self->sents, G_LIST_MODEL (sky_sender_get_history (sender)));
}

static gboolean
sky_compose_history_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SKY_COMPOSE_HISTORY (widget)->view));
}

static void
sky_compose_history_dispose (GObject *object)
{
  SkyComposeHistory *self = SKY_COMPOSE_HISTORY (object);

  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->sents);
  g_clear_object (&self->filter);
  g_clear_object (&self->sender);
  G_OBJECT_CLASS (sky_compose_history_parent_class)->dispose (object);
}

static void
sky_compose_history_finalize (GObject *object)
{
  g_ptr_array_unref (SKY_COMPOSE_HISTORY (object)->bound);
  G_OBJECT_CLASS (sky_compose_history_parent_class)->finalize (object);
}

static void
sky_compose_history_init (SkyComposeHistory *self)
{
  g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->events = TRUE;
  self->bound = g_ptr_array_new ();
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_ours, self, NULL));
  self->sents = gtk_filter_list_model_new (NULL, g_object_ref (self->filter));
  self->selection
      = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->sents))));

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, self->selection);
  g_signal_connect_object (self->sents, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
}

static void
sky_compose_history_class_init (SkyComposeHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sky_compose_history_dispose;
  object_class->finalize = sky_compose_history_finalize;
  widget_class->grab_focus = sky_compose_history_grab_focus;
  widget_class->focus = sky_list_focus_pass;
  chosen_signal = g_signal_new ("chosen", SKY_TYPE_COMPOSE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, SKY_TYPE_SENT);

  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "compose-history.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyComposeHistory, stack);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeHistory, empty);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeHistory, scroller);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeHistory, view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

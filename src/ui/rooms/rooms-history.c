#include "ui/rooms/rooms-history.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "ui/parts/label.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_KEPT       50
#define MAX_ARGS_SHOWN 200 /* characters: a label is laid out as a whole */

struct _SkyRoomsHistory
{
  GtkWidget      parent_instance;
  GtkMenuButton *button;
  GtkPopover    *popover;
  GtkListBox    *list;
  GPtrArray     *kept;   /* of SkyRoomsSent, their strings owned: the oldest first */
  guint          chosen; /* index */
};

G_DEFINE_FINAL_TYPE (SkyRoomsHistory, sky_rooms_history, GTK_TYPE_WIDGET)

static guint chosen_signal;

static void
sent_free (gpointer data)
{
  SkyRoomsSent *sent = data;

  g_free ((char *) sent->nsp);
  g_free ((char *) sent->to);
  g_free ((char *) sent->except);
  g_free ((char *) sent->event);
  g_free ((char *) sent->args);
  g_free (sent);
}

/* "room-42", "alice x7Qk…" or "everyone" */
static char *
name_target (SkyRoster *roster, const SkyRoomsSent *sent)
{
  SkyRosterSocket socket;

  if (sent->to == NULL)
    return g_strdup (_("everyone"));
  if (sky_roster_find_socket (roster, sent->nsp, sent->to, &socket))
    return sky_roster_name_socket (roster, sent->nsp, sent->to);
  return sky_roster_mark_room (sent->to);
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = sky_label_new_cut (text, css_class);

  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  return label;
}

/* Two lines: what, with its arguments; to whom and when. */
static GtkWidget *
make_row (SkyRoster *roster, const SkyRoomsSent *sent)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *time = sky_clock_format_time (sent->time_usec), *target = name_target (roster, sent);
  g_autofree char *sockets = sky_roster_count_sockets (sent->n_receivers);
  g_autofree char *args = sky_utf8_shorten (sent->args, MAX_ARGS_SHOWN, "…");
  g_autofree char *what = g_strdup_printf ("%s  %s", sent->event, args);
  g_autofree char *whom = g_strdup_printf (_("%.8s · to %s in %s · %s%s"), time, target, sent->nsp, sockets,
                                           sent->ask ? _(" · with acks") : "");
  g_autofree char *spoken = g_strdup_printf ("%s, %s", what, whom);

  g_strdelimit (what, "\n", ' ');
  gtk_box_append (GTK_BOX (box), make_label (what, NULL));
  gtk_box_append (GTK_BOX (box), make_label (whom, "dim-label"));
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return row;
}

/* @sent: copied */
void
sky_rooms_history_add (SkyRoomsHistory *self, SkyRoster *roster, const SkyRoomsSent *sent)
{
  SkyRoomsSent *copy = g_memdup2 (sent, sizeof *sent);
  GtkWidget *row;

  g_return_if_fail (SKY_IS_ROOMS_HISTORY (self));

  copy->nsp = g_strdup (sent->nsp);
  copy->to = g_strdup (sent->to);
  copy->except = g_strdup (sent->except);
  copy->event = g_strdup (sent->event);
  copy->args = g_strdup (sent->args);
  g_ptr_array_add (self->kept, copy);
  row = make_row (roster, copy);
  gtk_list_box_prepend (self->list, row);
  if (self->kept->len > MAX_KEPT)
    {
      g_ptr_array_remove_index (self->kept, 0);
      gtk_list_box_remove (self->list, GTK_WIDGET (gtk_list_box_get_row_at_index (self->list, MAX_KEPT)));
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), TRUE);
}

/* Returns: (transfer none): what was chosen last; within the signal */
const SkyRoomsSent *
sky_rooms_history_get_chosen (SkyRoomsHistory *self)
{
  g_return_val_if_fail (self->chosen < self->kept->len, NULL);

  return g_ptr_array_index (self->kept, self->chosen);
}

static void
on_row_activated (SkyRoomsHistory *self, GtkListBoxRow *row)
{
  self->chosen = self->kept->len - 1 - (guint) gtk_list_box_row_get_index (row);
  gtk_popover_popdown (self->popover);
  g_signal_emit (self, chosen_signal, 0);
}

static void
on_popover_map (SkyRoomsHistory *self)
{
  GtkListBoxRow *newest = gtk_list_box_get_row_at_index (self->list, 0);

  if (newest != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (newest));
}

static void
sky_rooms_history_dispose (GObject *object)
{
  SkyRoomsHistory *self = SKY_ROOMS_HISTORY (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  G_OBJECT_CLASS (sky_rooms_history_parent_class)->dispose (object);
}

static void
sky_rooms_history_finalize (GObject *object)
{
  g_ptr_array_unref (SKY_ROOMS_HISTORY (object)->kept);
  G_OBJECT_CLASS (sky_rooms_history_parent_class)->finalize (object);
}

static void
sky_rooms_history_init (SkyRoomsHistory *self)
{
  self->kept = g_ptr_array_new_with_free_func (sent_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_rooms_history_class_init (SkyRoomsHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sky_rooms_history_dispose;
  object_class->finalize = sky_rooms_history_finalize;
  chosen_signal
      = g_signal_new ("chosen", SKY_TYPE_ROOMS_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-history.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHistory, button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHistory, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHistory, list);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

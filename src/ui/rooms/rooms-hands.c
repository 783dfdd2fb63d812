#include "ui/rooms/rooms-hands.h"

#include "ui/rooms/rooms-part.h"
#include "ui/rooms/rooms-target.h"
#include "ui/ui.h"

#define SPOKEN "sky-spoken" /* on a button: what it says */

struct _SkyRoomsHands
{
  GtkWidget       parent_instance;
  GtkWidget      *box, *emit_button, *empty_button;
  SkyRoomsTarget *join, *move;
  SkyRoomsPart   *part;
  SkyRoster      *roster; /* nullable */
  SkyRosterChoice choice;
};

G_DEFINE_FINAL_TYPE (SkyRoomsHands, sky_rooms_hands, GTK_TYPE_WIDGET)

static guint emit_signal, done_signal;

/* Whom it is done to: the socket, the room, or everyone of the namespace. */
static const char *
get_who (const SkyRosterChoice *choice)
{
  return choice->socket != NULL ? choice->socket : choice->room;
}

/* Why nothing can be done to the choice: nobody is there. */
static const char *
find_problem (SkyRoomsHands *self, const SkyRosterChoice *choice)
{
  SkyRosterSocket socket;

  if (choice->socket != NULL)
    return sky_roster_find_socket (self->roster, choice->nsp, choice->socket, &socket) ? NULL
                                                                                       : _("This socket has gone.");
  if (sky_roster_get_n_sockets (self->roster, choice->nsp, choice->room) > 0)
    return NULL;
  return choice->room != NULL ? _("Nobody is in this room.") : _("Nobody is in this namespace.");
}

/* … nor can anybody be put into the room of it. */
static const char *
find_nobody (SkyRoomsHands *self, const SkyRosterChoice *choice)
{
  guint n_all = sky_roster_get_n_sockets (self->roster, choice->nsp, NULL);

  if (n_all == 0)
    return _("Nobody is in this namespace.");
  return n_all == sky_roster_get_n_sockets (self->roster, choice->nsp, choice->room)
             ? _("Everyone of this namespace is in this room.") : NULL;
}

/* The words are short where there is little room; who hears them gets all of them. */
static void
name_button (GtkWidget *button, const char *words, const char *brief, gboolean narrow)
{
  const char *text = narrow ? brief : words;

  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), text) == 0
      && g_strcmp0 (g_object_get_data (G_OBJECT (button), SPOKEN), words) == 0)
    return;
  gtk_button_set_label (GTK_BUTTON (button), text);
  g_object_set_data_full (G_OBJECT (button), SPOKEN, g_strdup (words), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* A socket joins a further room; or a further socket a room; or all of a namespace a room. */
static void
show_join (SkyRoomsHands *self, const SkyRosterChoice *choice, const char *problem, gboolean narrow)
{
  gboolean into = choice->room != NULL && choice->socket == NULL;

  sky_rooms_target_set_kind (self->join, into ? SKY_ROOMS_TARGET_SOCKETS : SKY_ROOMS_TARGET_ROOMS,
                             into     ? _("Move in…")
                             : narrow ? _("Join…")
                                      : _("Join room…"));
  sky_rooms_target_set_place (self->join, choice->nsp, get_who (choice));
  sky_roster_allow (GTK_WIDGET (self->join), self->roster, G_STRUCT_OFFSET (SkyRosterHands, join),
                    into ? find_nobody (self, choice) : problem,
                    into                     ? _("Put another socket into this room; it stays in its others")
                    : choice->socket != NULL ? _("Put this socket into another room, too")
                                             : _("Put everyone of this namespace into a room"));
}

static void
show_move (SkyRoomsHands *self, const SkyRosterChoice *choice, const char *problem, gboolean narrow)
{
  gboolean is_socket = choice->socket != NULL;
  const char *missing = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->move), choice->room != NULL);
  if (choice->room == NULL)
    return;
  sky_roster_can (self->roster, G_STRUCT_OFFSET (SkyRosterHands, leave), &missing);
  sky_rooms_target_set_kind (self->move, SKY_ROOMS_TARGET_ROOMS, narrow      ? _("Move…")
                                                                 : is_socket ? _("Move to…")
                                                                             : _("Move all…"));
  sky_rooms_target_set_place (self->move, choice->nsp, get_who (choice));
  sky_roster_allow (GTK_WIDGET (self->move), self->roster, G_STRUCT_OFFSET (SkyRosterHands, join),
                    problem != NULL ? problem : missing,
                    is_socket ? _("Take this socket out of this room and put it into another one")
                              : _("Take everyone out of this room and put them into another one"));
}

/**
 * sky_rooms_hands_show:
 * @choice: what is chosen; something is
 * @narrow: whether there is little room
 */
void
sky_rooms_hands_show (SkyRoomsHands *self, const SkyRosterChoice *choice, gboolean narrow)
{
  gboolean is_socket = choice->socket != NULL;
  const char *problem = find_problem (self, choice);

  g_return_if_fail (SKY_IS_ROOMS_HANDS (self) && choice->nsp != NULL);

  sky_roster_choice_set (&self->choice, choice->nsp, choice->room, choice->socket);
  name_button (self->emit_button, is_socket              ? _("Emit to socket…")
                                  : choice->room != NULL ? _("Emit to room…")
                                                         : _("Emit to all…"), _("Emit…"), TRUE);
  sky_roster_allow (self->emit_button, self->roster, G_STRUCT_OFFSET (SkyRosterHands, emit), problem,
                    _("Write an event for them below"));
  show_join (self, choice, problem, narrow);
  show_move (self, choice, problem, narrow);
  gtk_widget_set_visible (self->empty_button, choice->room != NULL);
  /* Translators: buttons: take this socket out of its room, or everyone out of this room */
  name_button (self->empty_button, is_socket ? _("Leave room") : _("Empty room"),
               /* Translators: the same buttons where there is little room */
               is_socket ? _("Leave") : _("Empty"), narrow);
  sky_roster_allow (self->empty_button, self->roster, G_STRUCT_OFFSET (SkyRosterHands, leave), problem,
                    is_socket ? _("Take this socket out of the room")
                              : _("Take everyone out of the room; they stay connected"));
  sky_rooms_part_set_target (self->part, self->roster, choice->nsp, get_who (choice), problem);
}

static void
on_emit (SkyRoomsHands *self)
{
  g_signal_emit (self, emit_signal, 0);
}

static void
report (SkyRoomsHands *self, const GError *error)
{
  g_signal_emit (self, done_signal, 0, error != NULL ? error->message : NULL);
}

static void
on_join (SkyRoomsHands *self)
{
  const SkyRosterChoice *choice = &self->choice;
  g_autofree char *other = g_strdup (sky_rooms_target_get_chosen (self->join));
  gboolean into = choice->room != NULL && choice->socket == NULL;
  g_autoptr(GError) error = NULL;

  if (other == NULL)
    return;
  sky_rooms_target_choose (self->join, NULL);
  sky_roster_make_join (self->roster, choice->nsp, into ? other : choice->socket, into ? choice->room : other, &error);
  report (self, error);
}

/* Into the one first: a room that loses its last member is gone, and who is in none is hard to find again. */
static void
on_move (SkyRoomsHands *self)
{
  const SkyRosterChoice *choice = &self->choice;
  g_autofree char *other = g_strdup (sky_rooms_target_get_chosen (self->move));
  g_autoptr(GError) error = NULL;

  if (other == NULL || choice->room == NULL)
    return;
  sky_rooms_target_choose (self->move, NULL);
  if (g_strcmp0 (other, choice->room) != 0
      && sky_roster_make_join (self->roster, choice->nsp, get_who (choice), other, &error))
    sky_roster_make_leave (self->roster, choice->nsp, get_who (choice), choice->room, &error);
  report (self, error);
}

static void
on_empty (SkyRoomsHands *self)
{
  const SkyRosterChoice *choice = &self->choice;
  g_autoptr(GError) error = NULL;

  if (choice->room == NULL)
    return;
  sky_roster_make_leave (self->roster, choice->nsp, get_who (choice), choice->room, &error);
  report (self, error);
}

static void
on_part_done (SkyRoomsHands *self, const char *problem)
{
  g_signal_emit (self, done_signal, 0, problem);
}

/* To be set once. */
void
sky_rooms_hands_set_roster (SkyRoomsHands *self, SkyRoster *roster)
{
  g_return_if_fail (SKY_IS_ROOMS_HANDS (self));

  self->roster = g_object_ref (roster);
  sky_rooms_target_set_roster (self->join, roster);
  sky_rooms_target_set_roster (self->move, roster);
}

static void
sky_rooms_hands_dispose (GObject *object)
{
  SkyRoomsHands *self = SKY_ROOMS_HANDS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_rooms_hands_parent_class)->dispose (object);
}

static void
sky_rooms_hands_finalize (GObject *object)
{
  sky_roster_choice_clear (&SKY_ROOMS_HANDS (object)->choice);
  G_OBJECT_CLASS (sky_rooms_hands_parent_class)->finalize (object);
}

static void
sky_rooms_hands_init (SkyRoomsHands *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_rooms_hands_class_init (SkyRoomsHandsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_ROOMS_PART);
  g_type_ensure (SKY_TYPE_ROOMS_TARGET);
  object_class->dispose = sky_rooms_hands_dispose;
  object_class->finalize = sky_rooms_hands_finalize;
  emit_signal = g_signal_new ("emit", SKY_TYPE_ROOMS_HANDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  done_signal = g_signal_new ("done", SKY_TYPE_ROOMS_HANDS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-hands.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHands, box);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHands, emit_button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHands, join);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHands, move);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHands, empty_button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsHands, part);
  gtk_widget_class_bind_template_callback (widget_class, on_emit);
  gtk_widget_class_bind_template_callback (widget_class, on_join);
  gtk_widget_class_bind_template_callback (widget_class, on_move);
  gtk_widget_class_bind_template_callback (widget_class, on_empty);
  gtk_widget_class_bind_template_callback (widget_class, on_part_done);
}

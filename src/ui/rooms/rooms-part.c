#include "ui/rooms/rooms-part.h"

#include "ui/roster/roster-words.h"
#include "ui/ui.h"

struct _SkyRoomsPart
{
  GtkWidget      parent_instance;
  GtkMenuButton *button;
  GtkPopover    *popover;
  GtkLabel      *title, *question;
  SkyRoster     *roster; /* nullable */
  GtkWidget     *leave, *close;
  char          *nsp, *who; /* nullable: nobody yet; all of the namespace */
  gboolean       everyone;  /* of all namespaces, whatever those say */
};

G_DEFINE_FINAL_TYPE (SkyRoomsPart, sky_rooms_part, GTK_TYPE_WIDGET)

static guint done_signal;

/* Those namespaces that are there at this moment: with one more of them may go. */
static gboolean
disconnect_everyone (SkyRoomsPart *self, gboolean close, GError **error)
{
  g_autoptr(GPtrArray) spaces = g_ptr_array_new_with_free_func (g_free);
  guint n_spaces = sky_roster_get_n_namespaces (self->roster);

  for (guint i = 0; i < n_spaces; i++)
    g_ptr_array_add (spaces, g_strdup (sky_roster_get_namespace (self->roster, i)));
  for (guint i = 0; i < n_spaces; i++)
    if (sky_roster_get_n_sockets (self->roster, spaces->pdata[i], NULL) > 0
        && !sky_roster_make_disconnect (self->roster, spaces->pdata[i], NULL, close, error))
      return FALSE;
  return TRUE;
}

static void
disconnect (SkyRoomsPart *self, gboolean close)
{
  g_autoptr(GError) error = NULL;
  gboolean done;

  gtk_popover_popdown (self->popover);
  done = self->everyone ? disconnect_everyone (self, close, &error)
                        : sky_roster_make_disconnect (self->roster, self->nsp, self->who, close, &error);
  g_signal_emit (self, done_signal, 0, done ? NULL : error->message);
}

static void
on_leave (SkyRoomsPart *self)
{
  disconnect (self, FALSE);
}

static void
on_close (SkyRoomsPart *self)
{
  disconnect (self, TRUE);
}

/* "Disconnect alice x7Qk… from /chat?" */
static char *
make_question (SkyRoomsPart *self)
{
  gboolean raw = self->nsp != NULL && *self->nsp == '\0';
  g_autofree char *name = NULL;
  SkyRosterSocket socket;

  if (self->everyone)
    return g_strdup (_("Disconnect everyone?"));
  name = self->who != NULL && sky_roster_find_socket (self->roster, self->nsp, self->who, &socket)
             ? sky_roster_name_socket (self->roster, self->nsp, self->who)
             : sky_roster_count_sockets (sky_roster_get_n_sockets (self->roster, self->nsp, self->who));
  return raw ? g_strdup_printf (_("Disconnect %s?"), name)
             : g_strdup_printf (_("Disconnect %s from %s?"), name, self->nsp);
}

/* It is asked at the last moment: who comes and goes does so at any time. */
static void
on_popover_map (SkyRoomsPart *self)
{
  gboolean raw = self->everyone ? sky_roster_is_flat (self->roster) : self->nsp != NULL && *self->nsp == '\0';
  g_autofree char *question = make_question (self);

  gtk_label_set_text (self->question, question);
  gtk_button_set_label (GTK_BUTTON (self->leave), raw              ? _("Say goodbye, then close")
                                                  : self->everyone ? _("From their namespaces only")
                                                                   : _("From this namespace only"));
  gtk_widget_set_tooltip_text (self->leave, raw ? _("WebSocket's close with code 1000, as a polite server does")
                                                : _("The connection stays: the client may join again, and keeps its "
                                                    "other namespaces"));
  gtk_button_set_label (GTK_BUTTON (self->close), raw ? _("Cut the line") : _("Close the connection"));
  gtk_widget_set_tooltip_text (self->close, raw ? _("Without a word, as if the network had failed")
                                                : _("The transport is closed, and with it all namespaces of the "
                                                    "client"));
}

/**
 * sky_rooms_part_set_target:
 * @nsp: (nullable): %NULL if nobody is chosen
 * @who: (nullable): a socket's id, or a room; %NULL for all of the namespace
 * @problem: (nullable): why that makes no sense at present
 */
void
sky_rooms_part_set_target (SkyRoomsPart *self, SkyRoster *roster, const char *nsp, const char *who, const char *problem)
{
  char *space = g_strdup (nsp), *target = g_strdup (who);

  g_return_if_fail (SKY_IS_ROOMS_PART (self));

  g_set_object (&self->roster, roster);
  g_free (self->nsp);
  g_free (self->who);
  self->nsp = space;
  self->who = target;
  sky_roster_allow (GTK_WIDGET (self->button), roster, G_STRUCT_OFFSET (SkyRosterHands, disconnect), problem,
                    _("Send them away, from the namespace or altogether"));
}

/**
 * sky_rooms_part_set_everyone:
 * @problem: (nullable): why that makes no sense at present
 *
 * Whoever is there, in whatever namespace, is sent away.
 */
void
sky_rooms_part_set_everyone (SkyRoomsPart *self, SkyRoster *roster, const char *problem)
{
  g_return_if_fail (SKY_IS_ROOMS_PART (self));

  self->everyone = TRUE;
  g_set_object (&self->roster, roster);
  gtk_label_set_text (self->title, _("Disconnect all…"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Disconnect all…"), -1);
  sky_roster_allow (GTK_WIDGET (self->button), roster, G_STRUCT_OFFSET (SkyRosterHands, disconnect), problem,
                    _("Send all clients away, from their namespaces or altogether"));
}

static void
sky_rooms_part_dispose (GObject *object)
{
  SkyRoomsPart *self = SKY_ROOMS_PART (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_rooms_part_parent_class)->dispose (object);
}

static void
sky_rooms_part_finalize (GObject *object)
{
  SkyRoomsPart *self = SKY_ROOMS_PART (object);

  g_free (self->nsp);
  g_free (self->who);
  G_OBJECT_CLASS (sky_rooms_part_parent_class)->finalize (object);
}

static void
sky_rooms_part_init (SkyRoomsPart *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_rooms_part_class_init (SkyRoomsPartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sky_rooms_part_dispose;
  object_class->finalize = sky_rooms_part_finalize;
  done_signal = g_signal_new ("done", SKY_TYPE_ROOMS_PART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-part.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, question);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, title);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, leave);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, close);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

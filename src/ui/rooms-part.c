#include "ui/rooms-part.h"

#include "ui/roster-words.h"
#include "ui/ui.h"

struct _SkyRoomsPart
{
  GtkWidget      parent_instance;
  GtkMenuButton *button;
  GtkPopover    *popover;
  GtkLabel      *question;
  SkyRoster     *roster; /* nullable */
  char          *nsp, *who; /* nullable: nobody yet; all of the namespace */
};

G_DEFINE_FINAL_TYPE (SkyRoomsPart, sky_rooms_part, GTK_TYPE_WIDGET)

static guint failed_signal;

static void
disconnect (SkyRoomsPart *self, gboolean close)
{
  g_autoptr(GError) error = NULL;

  gtk_popover_popdown (self->popover);
  if (!sky_roster_make_disconnect (self->roster, self->nsp, self->who, close, &error))
    g_signal_emit (self, failed_signal, 0, error->message);
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

/* It is asked at the last moment: who comes and goes does so at any time. */
static void
on_popover_map (SkyRoomsPart *self)
{
  SkyRosterSocket socket;
  guint n_sockets = sky_roster_get_n_sockets (self->roster, self->nsp, self->who);
  gboolean one = self->who != NULL && sky_roster_find_socket (self->roster, self->nsp, self->who, &socket);
  g_autofree char *name = one ? sky_roster_name_socket (self->roster, self->nsp, self->who)
                              : sky_roster_count_sockets (n_sockets);
  g_autofree char *question = g_strdup_printf (_("Disconnect %s from %s"), name, self->nsp);

  gtk_label_set_text (self->question, question);
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
  failed_signal = g_signal_new ("failed", SKY_TYPE_ROOMS_PART, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-part.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsPart, question);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_map);
  gtk_widget_class_bind_template_callback (widget_class, on_leave);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

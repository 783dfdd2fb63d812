#include "ui/rooms-emit.h"

#include "peer/client.h"
#include "ui/json-args.h"
#include "ui/json-editor.h"
#include "ui/rooms-target.h"
#include "ui/roster-words.h"
#include "ui/ui.h"

#define MAX_NAMED 200 /* receivers that the popover names */

struct _SkyRoomsEmit
{
  GtkWidget       parent_instance;
  GtkWidget      *box;
  SkyRoomsTarget *to, *space, *except;
  GtkEditable    *event;
  GtkCheckButton *ask;
  GtkButton      *send;
  GtkMenuButton  *who;
  GtkLabel       *who_title, *who_names, *status;
  SkyJsonEditor  *editor;
  SkyRoster      *roster;  /* nullable */
  char           *problem; /* nullable: with what is written */
  guint           n_receivers;
  gboolean        can; /* the server lets events be emitted */
  gboolean        tried;
};

G_DEFINE_FINAL_TYPE (SkyRoomsEmit, sky_rooms_emit, GTK_TYPE_WIDGET)

static const char *
get_nsp (SkyRoomsEmit *self)
{
  const char *nsp = sky_rooms_target_get_chosen (self->space);

  return nsp != NULL ? nsp : "/";
}

static void
say (SkyRoomsEmit *self, const char *text, gboolean error)
{
  gtk_label_set_text (self->status, text);
  sky_roster_set_tip (GTK_WIDGET (self->status), text);
  if (error)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "error");
}

static void
show_button (SkyRoomsEmit *self)
{
  g_autofree char *sockets = sky_roster_count_sockets (self->n_receivers);
  g_autofree char *text = g_strdup_printf (_("Emit to %s"), sockets);
  const char *problem = self->n_receivers == 0 ? _("Nobody would receive it.") : self->problem;

  gtk_button_set_label (self->send, text);
  gtk_label_set_text (self->who_title, sockets);
  sky_roster_allow (GTK_WIDGET (self->send), self->roster, G_STRUCT_OFFSET (SkyRosterHands, emit), problem,
                    _("Emit this event (Ctrl+Return)"));
}

/* Who would receive it now. */
static GPtrArray *
preview (SkyRoomsEmit *self)
{
  return sky_roster_preview (self->roster, get_nsp (self), sky_rooms_target_get_chosen (self->to),
                             sky_rooms_target_get_chosen (self->except));
}

static void check (SkyRoomsEmit *self);

/* What the server allows may change while it is looked at. */
static void
show_hands (SkyRoomsEmit *self)
{
  const char *why = sky_roster_get_no_acks (self->roster);
  gboolean can = sky_roster_can (self->roster, G_STRUCT_OFFSET (SkyRosterHands, emit), NULL);

  gtk_widget_set_sensitive (GTK_WIDGET (self->ask), why == NULL);
  sky_roster_set_tip (GTK_WIDGET (self->ask),
                      why != NULL ? why : _("Each receiver is asked for an answer; the answers stand in the timeline"));
  if (why != NULL)
    gtk_check_button_set_active (self->ask, FALSE);
  if (self->can == can)
    return;
  self->can = can;
  check (self);
}

/**
 * sky_rooms_emit_refresh:
 *
 * Others may be in the room by now.
 */
void
sky_rooms_emit_refresh (SkyRoomsEmit *self)
{
  g_autoptr(GPtrArray) ids = NULL;

  g_return_if_fail (SKY_IS_ROOMS_EMIT (self));

  if (self->roster == NULL)
    return;
  show_hands (self);
  ids = preview (self);
  self->n_receivers = ids->len;
  sky_rooms_target_refresh (self->to);
  sky_rooms_target_refresh (self->except);
  show_button (self);
}

static void
append_name (SkyRoomsEmit *self, GString *names, const char *id)
{
  g_autofree char *name = sky_roster_name_socket (self->roster, get_nsp (self), id);

  g_string_append_printf (names, "%s%s", names->len > 0 ? "\n" : "", name);
}

static void
on_who_map (SkyRoomsEmit *self)
{
  g_autoptr(GPtrArray) ids = preview (self);
  g_autoptr(GString) names = g_string_new (NULL);

  for (guint i = 0; i < MIN (ids->len, MAX_NAMED); i++)
    append_name (self, names, g_ptr_array_index (ids, i));
  if (ids->len > MAX_NAMED)
    g_string_append_printf (names, _("\n… and %u more"), ids->len - MAX_NAMED);
  gtk_label_set_text (self->who_names, ids->len > 0 ? names->str : _("Nobody would receive it."));
}

static void
check (SkyRoomsEmit *self)
{
  g_autofree char *text = sky_json_editor_get_text (self->editor);
  const char *event = gtk_editable_get_text (self->event), *unfit = sky_client_event_problem (event);
  g_auto(SkyJsonArgs) args = { 0 };
  g_autofree char *count = NULL;
  const char *why;

  sky_json_editor_clear_marks (self->editor);
  g_clear_pointer (&self->problem, g_free);
  if (!sky_json_args_check (text, &args))
    {
      self->problem = g_strdup (args.problem);
      sky_json_editor_mark_error (self->editor, args.error_pos);
    }
  else if (args.n_files > 0)
    self->problem = g_strdup (_("A server's event takes no files here: write {\"$bin\": \"base64\"}."));
  else if (unfit != NULL)
    self->problem = g_strdup (unfit);
  else
    count = sky_json_args_count (&args);
  if (!sky_roster_can (self->roster, G_STRUCT_OFFSET (SkyRosterHands, emit), &why))
    say (self, why, FALSE);
  else if (*event == '\0' && args.n_args == 0 && args.problem == NULL && !self->tried)
    say (self, _("Name an event, add arguments if it has any"), FALSE);
  else
    say (self, self->problem != NULL ? self->problem : count, self->problem != NULL);
  show_button (self);
}

static void
on_edited (SkyRoomsEmit *self)
{
  check (self);
}

/* The mark of an error moves on when the typing rests. */
static void
on_typed (SkyRoomsEmit *self)
{
  sky_json_editor_clear_marks (self->editor);
}

static void
on_event_activate (SkyRoomsEmit *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static void
on_target (SkyRoomsEmit *self)
{
  sky_rooms_emit_refresh (self);
}

/* Rooms and sockets of one namespace mean nothing in another. */
static void
on_space (SkyRoomsEmit *self)
{
  sky_rooms_target_set_place (self->to, get_nsp (self), NULL);
  sky_rooms_target_set_place (self->except, get_nsp (self), NULL);
  sky_rooms_target_choose (self->to, NULL);
  sky_rooms_target_choose (self->except, NULL);
  sky_rooms_emit_refresh (self);
}

static void
emit (SkyRoomsEmit *self)
{
  g_autofree char *text = sky_json_editor_get_text (self->editor);
  g_autofree char *sockets = sky_roster_count_sockets (self->n_receivers);
  gboolean ask = gtk_check_button_get_active (self->ask);
  g_autofree char *told = NULL;
  g_autoptr(GError) error = NULL;

  if (!sky_roster_emit (self->roster, get_nsp (self), sky_rooms_target_get_chosen (self->to),
                        sky_rooms_target_get_chosen (self->except), gtk_editable_get_text (self->event), text, ask,
                        &error))
    {
      say (self, error->message, TRUE);
      return;
    }
  told = g_strdup_printf (ask ? _("Emitted to %s; their acks stand in the timeline") : _("Emitted to %s"), sockets);
  say (self, told, FALSE);
}

static void
on_send (SkyRoomsEmit *self)
{
  sky_json_editor_settle (self->editor);
  self->tried = TRUE;
  check (self);
  if (gtk_widget_is_sensitive (GTK_WIDGET (self->send)))
    emit (self);
}

static void
send_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  on_send (SKY_ROOMS_EMIT (widget));
}

/**
 * sky_rooms_emit_aim:
 * @to: (nullable): a room or a socket's id; %NULL for the whole namespace
 *
 * What is written stays; nobody is left out any more.
 */
void
sky_rooms_emit_aim (SkyRoomsEmit *self, const char *nsp, const char *to)
{
  g_return_if_fail (SKY_IS_ROOMS_EMIT (self));

  sky_rooms_target_choose (self->space, nsp);
  on_space (self);
  sky_rooms_target_choose (self->to, to);
  sky_rooms_emit_refresh (self);
}

/* To be set once. */
void
sky_rooms_emit_set_roster (SkyRoomsEmit *self, SkyRoster *roster)
{
  g_return_if_fail (SKY_IS_ROOMS_EMIT (self));

  self->roster = g_object_ref (roster);
  sky_rooms_target_set_roster (self->to, roster);
  sky_rooms_target_set_roster (self->space, roster);
  sky_rooms_target_set_roster (self->except, roster);
  on_space (self);
  check (self);
}

static gboolean
sky_rooms_emit_grab_focus (GtkWidget *widget)
{
  SkyRoomsEmit *self = SKY_ROOMS_EMIT (widget);
  gboolean unnamed = *gtk_editable_get_text (self->event) == '\0';

  return gtk_widget_grab_focus (unnamed ? GTK_WIDGET (self->event) : GTK_WIDGET (self->editor));
}

static void
sky_rooms_emit_dispose (GObject *object)
{
  SkyRoomsEmit *self = SKY_ROOMS_EMIT (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_rooms_emit_parent_class)->dispose (object);
}

static void
sky_rooms_emit_finalize (GObject *object)
{
  g_free (SKY_ROOMS_EMIT (object)->problem);
  G_OBJECT_CLASS (sky_rooms_emit_parent_class)->finalize (object);
}

static void
sky_rooms_emit_init (SkyRoomsEmit *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_rooms_emit_class_init (SkyRoomsEmitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_JSON_EDITOR);
  g_type_ensure (SKY_TYPE_ROOMS_TARGET);
  object_class->dispose = sky_rooms_emit_dispose;
  object_class->finalize = sky_rooms_emit_finalize;
  widget_class->grab_focus = sky_rooms_emit_grab_focus;
  gtk_widget_class_set_css_name (widget_class, "skycomposer");
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-emit.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, box);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, to);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, space);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, except);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, event);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, ask);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, send);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, who);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, who_title);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, who_names);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, status);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, editor);
  gtk_widget_class_bind_template_callback (widget_class, on_who_map);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_typed);
  gtk_widget_class_bind_template_callback (widget_class, on_event_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_target);
  gtk_widget_class_bind_template_callback (widget_class, on_space);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_install_action (widget_class, "rooms.emit", NULL, send_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "rooms.emit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, GDK_CONTROL_MASK, "rooms.emit", NULL);
}

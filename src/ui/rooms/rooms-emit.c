#include "ui/rooms/rooms-emit.h"

#include "base/clock.h"
#include "peer/client/client.h"
#include "ui/parts/json-args.h"
#include "ui/parts/json-editor.h"
#include "ui/parts/lazy-tip.h"
#include "ui/parts/marks.h"
#include "ui/rooms/rooms-answers.h"
#include "ui/rooms/rooms-history.h"
#include "ui/rooms/rooms-target.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_NAMED 200 /* receivers that the popover names */
#define MAX_BRIEF 3   /* … and the button */

struct _SkyRoomsEmit
{
  GtkWidget       parent_instance;
  GtkWidget      *box;
  SkyRoomsTarget *to, *space, *except;
  GtkEditable    *event;
  GtkCheckButton *ask;
  GtkButton      *send;
  GtkMenuButton  *who;
  GtkLabel       *who_brief, *who_title, *who_names, *status;
  GtkSpinButton  *timeout;
  SkyRoomsAnswers *answers;
  SkyRoomsHistory *history;
  SkyJsonEditor  *editor;
  SkyRoster      *roster;  /* nullable */
  char           *problem; /* nullable: with what is written */
  guint           n_receivers;
  gboolean        can; /* the server lets events be emitted */
  SkyRosterAsk   *asked;   /* nullable: the last one, as long as its sum stands in @status */
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
  sky_lazy_tip_set (GTK_WIDGET (self->status), text);
  sky_marks_set (GTK_WIDGET (self->status), "error", error);
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

/* "alice x7Qk…, bob aJmX… and 3 more": exactly who would get it is no secret that has to be opened. */
static void
show_brief (SkyRoomsEmit *self, GPtrArray *ids)
{
  g_autoptr(GString) names = g_string_new (NULL);
  g_autofree char *spoken = NULL;

  for (guint i = 0; i < MIN (ids->len, MAX_BRIEF); i++)
    {
      g_autofree char *name = sky_roster_name_socket (self->roster, get_nsp (self), ids->pdata[i]);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", name);
    }
  if (ids->len > MAX_BRIEF)
    g_string_append_printf (names, _(" and %u more"), ids->len - MAX_BRIEF);
  if (ids->len == 0)
    /* Translators: who would receive an event */
    g_string_append (names, _("nobody"));
  if (g_strcmp0 (gtk_label_get_text (self->who_brief), names->str) == 0)
    return;
  gtk_label_set_text (self->who_brief, names->str);
  spoken = g_strdup_printf (_("Receivers: %s"), names->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->who), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
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

  if (why == NULL)
    sky_roster_can (self->roster, G_STRUCT_OFFSET (SkyRosterHands, ask), &why);
  gtk_widget_set_sensitive (GTK_WIDGET (self->ask), why == NULL);
  sky_lazy_tip_set (GTK_WIDGET (self->ask), why != NULL ? why : _("Each receiver is asked for an answer"));
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
  show_brief (self, ids);
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
    say (self, _("Name an event"), FALSE);
  else
    say (self, self->problem != NULL ? self->problem : count, self->problem != NULL);
  show_button (self);
}

static void
on_edited (SkyRoomsEmit *self)
{
  g_clear_object (&self->asked);
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
on_asked_changed (SkyRosterAsk *ask, SkyRoomsEmit *self)
{
  g_autofree char *sum = ask == self->asked ? sky_rooms_answers_sum_up (self->roster, ask) : NULL;

  if (sum != NULL)
    say (self, sum, FALSE);
}

/* Its answers are told of until another event is written, and stand behind a button for as long as there is no other. */
static void
follow (SkyRoomsEmit *self, SkyRosterAsk *ask)
{
  g_set_object (&self->asked, ask);
  g_signal_connect_object (ask, "changed", G_CALLBACK (on_asked_changed), self, 0);
  sky_rooms_answers_show (self->answers, self->roster, ask);
  on_asked_changed (ask, self);
}

static gboolean
emit_event (SkyRoomsEmit *self, const SkyRoomsSent *sent, GError **error)
{
  g_autoptr(SkyRosterAsk) ask = NULL;

  if (!sent->ask)
    return sky_roster_emit (self->roster, sent->nsp, sent->to, sent->except, sent->event, sent->args, FALSE, error);
  ask = sky_roster_ask (self->roster, sent->nsp, sent->to, sent->except, sent->event, sent->args, sent->timeout_msec,
                        error);
  if (ask != NULL)
    follow (self, ask);
  return ask != NULL;
}

static void
emit (SkyRoomsEmit *self)
{
  g_autofree char *text = sky_json_editor_get_text (self->editor);
  g_autofree char *sockets = sky_roster_count_sockets (self->n_receivers);
  g_autofree char *told = g_strdup_printf (_("Emitted to %s"), sockets);
  const SkyRoomsSent sent = {
    .time_usec = sky_clock_now_usec (),
    .nsp = get_nsp (self),
    .to = sky_rooms_target_get_chosen (self->to),
    .except = sky_rooms_target_get_chosen (self->except),
    .event = gtk_editable_get_text (self->event),
    .args = text,
    .ask = gtk_check_button_get_active (self->ask) && gtk_widget_get_sensitive (GTK_WIDGET (self->ask)),
    .timeout_msec = (guint) (gtk_spin_button_get_value (self->timeout) * 1000),
    .n_receivers = self->n_receivers,
  };
  g_autoptr(GError) error = NULL;

  g_clear_object (&self->asked);
  if (!emit_event (self, &sent, &error))
    {
      say (self, error->message, TRUE);
      return;
    }
  if (!sent.ask)
    say (self, told, FALSE);
  sky_rooms_history_add (self->history, self->roster, &sent);
}

/**
 * sky_rooms_emit_focus:
 *
 * Puts the cursor where a person goes on writing. (As a grab_focus() of its own it would stand in the way of Tab.)
 */
void
sky_rooms_emit_focus (SkyRoomsEmit *self)
{
  gboolean unnamed = *gtk_editable_get_text (self->event) == '\0';

  g_return_if_fail (SKY_IS_ROOMS_EMIT (self));

  gtk_widget_grab_focus (unnamed ? GTK_WIDGET (self->event) : GTK_WIDGET (self->editor));
}

/* As it was emitted, to be emitted again or changed before. */
static void
on_chosen (SkyRoomsEmit *self)
{
  const SkyRoomsSent *sent = sky_rooms_history_get_chosen (self->history);

  sky_rooms_emit_aim (self, sent->nsp, sent->to);
  sky_rooms_target_choose (self->except, sent->except);
  gtk_editable_set_text (self->event, sent->event);
  sky_json_editor_set_text (self->editor, sent->args, TRUE);
  gtk_check_button_set_active (self->ask, sent->ask);
  gtk_spin_button_set_value (self->timeout, sent->timeout_msec / 1000.0);
  sky_rooms_emit_refresh (self);
  sky_rooms_emit_focus (self);
}

static void
on_send (SkyRoomsEmit *self)
{
  sky_json_editor_settle (self->editor);
  gtk_spin_button_update (self->timeout);
  self->tried = TRUE;
  check (self);
  if (gtk_widget_is_sensitive (GTK_WIDGET (self->send)))
    emit (self);
}

static gboolean
on_send_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  on_send (SKY_ROOMS_EMIT (widget));
  return TRUE;
}

/* Ahead of the text view, which would take Ctrl+Return for a line break. */
static void
add_shortcut (SkyRoomsEmit *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcutTrigger *trigger = gtk_shortcut_trigger_parse_string ("<Control>Return|<Control>KP_Enter");

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (trigger, gtk_callback_action_new (on_send_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
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

static void
sky_rooms_emit_dispose (GObject *object)
{
  SkyRoomsEmit *self = SKY_ROOMS_EMIT (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->asked);
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
  add_shortcut (self);
}

static void
sky_rooms_emit_class_init (SkyRoomsEmitClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_JSON_EDITOR);
  g_type_ensure (SKY_TYPE_ROOMS_ANSWERS);
  g_type_ensure (SKY_TYPE_ROOMS_HISTORY);
  g_type_ensure (SKY_TYPE_ROOMS_TARGET);
  object_class->dispose = sky_rooms_emit_dispose;
  object_class->finalize = sky_rooms_emit_finalize;
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
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, who_brief);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, timeout);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, answers);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsEmit, history);
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
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
}

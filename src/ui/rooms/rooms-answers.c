#include "ui/rooms/rooms-answers.h"

#include "base/utf8.h"
#include "ui/roster/roster-words.h"
#include "ui/ui.h"

#define MAX_LISTED   500 /* lines of the popover */
#define MAX_ARGS_SHOWN 200 /* characters of an answer that a line has */
#define MAX_NAMED    3   /* of those who did not answer, in the sum */

struct _SkyRoomsAnswers
{
  GtkWidget      parent_instance;
  GtkMenuButton *button;
  GtkPopover    *popover;
  GtkLabel      *label, *title, *lines;
  SkyRoster     *roster; /* nullable */
  SkyRosterAsk  *ask;    /* nullable */
};

G_DEFINE_FINAL_TYPE (SkyRoomsAnswers, sky_rooms_answers, GTK_TYPE_WIDGET)

static guint
count_settled (SkyRosterAsk *ask)
{
  return sky_roster_ask_count (ask, SKY_ROSTER_REPLY_CAME);
}

/* "5 s", "0.5 s" */
static char *
format_timeout (SkyRosterAsk *ask)
{
  return g_strdup_printf (_("%g s"), sky_roster_ask_get_timeout_msec (ask) / 1000.0);
}

/* " Not: alice x7Qk…, bob aJmX… and 7 more." */
static void
append_silent (GString *out, SkyRoster *roster, SkyRosterAsk *ask)
{
  guint n_silent = 0;
  SkyRosterReply reply;

  for (guint i = 0; sky_roster_ask_get_reply (ask, i, &reply); i++)
    if (reply.state != SKY_ROSTER_REPLY_CAME && n_silent++ < MAX_NAMED)
      {
        g_autofree char *name = sky_roster_name_socket (roster, sky_roster_ask_get_nsp (ask), reply.id);

        /* Translators: names follow: who has not answered; it stands behind another sentence */
        g_string_append_printf (out, "%s%s", n_silent == 1 ? _(" Not: ") : ", ", name);
      }
  if (n_silent > MAX_NAMED)
    g_string_append_printf (out, _(" and %u more"), n_silent - MAX_NAMED);
}

/**
 * sky_rooms_answers_sum_up:
 *
 * Returns: (transfer full): "2 of 3 answered within 5 s. Not: bob aJmX…", or how it stands so far
 */
char *
sky_rooms_answers_sum_up (SkyRoster *roster, SkyRosterAsk *ask)
{
  guint n_all = sky_roster_ask_get_n_replies (ask), n_came = count_settled (ask);
  g_autofree char *timeout = format_timeout (ask);
  g_autoptr(GString) out = g_string_new (NULL);

  if (!sky_roster_ask_is_over (ask))
    return g_strdup_printf (_("%u of %u answered, waiting for at most %s"), n_came, n_all, timeout);
  if (n_came == n_all)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "The only one answered", "All %u answered", n_all), n_all);
  g_string_append_printf (out, _("%u of %u answered within %s."), n_came, n_all, timeout);
  append_silent (out, roster, ask);
  return g_strdup (out->str);
}

/* "alice x7Qk…: {"ok":true} after 1.2 ms" */
static void
append_line (GString *out, SkyRoomsAnswers *self, const SkyRosterReply *reply)
{
  g_autofree char *name = sky_roster_name_socket (self->roster, sky_roster_ask_get_nsp (self->ask), reply->id);
  g_autofree char *head = reply->args != NULL ? sky_utf8_shorten (reply->args, MAX_ARGS_SHOWN, "…") : NULL;

  g_string_append_printf (out, "%s%s: ", out->len > 0 ? "\n" : "", name);
  switch (reply->state)
    {
    case SKY_ROSTER_REPLY_CAME:
      g_string_append_printf (out, _("%s after %.1f ms"), *head != '\0' ? head : _("an empty answer"),
                              (double) reply->latency_usec / 1e3);
      break;
    case SKY_ROSTER_REPLY_DUE:
      g_string_append (out, _("…"));
      break;
    case SKY_ROSTER_REPLY_LATE:
      g_string_append (out, _("no answer"));
      break;
    case SKY_ROSTER_REPLY_GONE:
      g_string_append (out, _("disconnected before it answered"));
      break;
    }
}

/* Who did not answer stands first: that is what is looked for. */
static void
fill (SkyRoomsAnswers *self)
{
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *sum = NULL;
  SkyRosterReply reply;
  guint n_listed = 0;

  if (self->ask == NULL)
    return;
  sum = sky_rooms_answers_sum_up (self->roster, self->ask);
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; n_listed < MAX_LISTED && sky_roster_ask_get_reply (self->ask, i, &reply); i++)
      if ((reply.state == SKY_ROSTER_REPLY_CAME) == (pass == 1))
        {
          append_line (out, self, &reply);
          n_listed++;
        }
  if (sky_roster_ask_get_n_replies (self->ask) > n_listed)
    g_string_append_printf (out, _("\n… and %u more"), sky_roster_ask_get_n_replies (self->ask) - n_listed);
  gtk_label_set_text (self->title, sum);
  if (g_strcmp0 (gtk_label_get_text (self->lines), out->str) != 0)
    gtk_label_set_text (self->lines, out->str);
}

static void
on_ask_changed (SkyRoomsAnswers *self)
{
  /* Translators: a button: so many have answered, of so many that were asked */
  g_autofree char *text = g_strdup_printf (_("Answers %u/%u"), count_settled (self->ask),
                                           sky_roster_ask_get_n_replies (self->ask));

  gtk_label_set_text (self->label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->popover)))
    fill (self);
}

/* @ask: the last one that was emitted; it is followed until there is another one */
void
sky_rooms_answers_show (SkyRoomsAnswers *self, SkyRoster *roster, SkyRosterAsk *ask)
{
  g_return_if_fail (SKY_IS_ROOMS_ANSWERS (self));

  if (self->ask != NULL)
    g_signal_handlers_disconnect_by_data (self->ask, self);
  g_set_object (&self->roster, roster);
  g_set_object (&self->ask, ask);
  g_signal_connect_object (ask, "changed", G_CALLBACK (on_ask_changed), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  on_ask_changed (self);
}

static void
sky_rooms_answers_dispose (GObject *object)
{
  SkyRoomsAnswers *self = SKY_ROOMS_ANSWERS (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;
  g_clear_object (&self->ask);
  g_clear_object (&self->roster);
  G_OBJECT_CLASS (sky_rooms_answers_parent_class)->dispose (object);
}

static void
sky_rooms_answers_init (SkyRoomsAnswers *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_rooms_answers_class_init (SkyRoomsAnswersClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_rooms_answers_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rooms-answers.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsAnswers, button);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsAnswers, popover);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsAnswers, label);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsAnswers, title);
  gtk_widget_class_bind_template_child (widget_class, SkyRoomsAnswers, lines);
  gtk_widget_class_bind_template_callback (widget_class, fill);
}

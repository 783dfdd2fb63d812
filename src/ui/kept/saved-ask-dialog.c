#include "ui/kept/saved-ask-dialog.h"

#include "peer/profile/profile-secrets.h"
#include "ui/options/options-form.h"
#include "ui/ui.h"

struct _SkySavedAskDialog
{
  GtkWindow       parent_instance;
  GtkWidget      *box;
  GtkLabel       *lead, *why;
  SkyOptionsForm *form;
  GStrv           names;
};

G_DEFINE_FINAL_TYPE (SkySavedAskDialog, sky_saved_ask_dialog, GTK_TYPE_WINDOW)

static guint done_signal;

/* "header Authorization" in a person's words */
static char *
describe (const char *name)
{
  static const struct
  {
    const char *prefix, *label;
  } kinds[] = {
    { "header ", N_("Header %s") }, { "cookie ", N_("Cookie %s") }, { "query ", N_("Query value %s") },
    { "auth ", N_("Auth payload of %s") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (name, kinds[i].prefix))
      {
        g_auto(GStrv) parts = g_strsplit (_(kinds[i].label), "%s", 2);

        return g_strconcat (parts[0], name + strlen (kinds[i].prefix), parts[1], NULL);
      }
  if (g_str_equal (name, "auth"))
    return g_strdup (_("Auth payload"));
  if (g_str_equal (name, "user"))
    return g_strdup (_("User and password"));
  if (g_str_equal (name, SKY_SECRET_ADMIN))
    return g_strdup (_("Password to watch it"));
  return g_str_equal (name, "url") ? g_strdup (_("Whole address")) : g_strdup (_("Whole proxy address"));
}

static const char *
get_help (const char *name)
{
  if (g_str_has_prefix (name, "auth"))
    return _("A JSON object, such as {\"token\": \"abc\"}.");
  if (g_str_equal (name, "user"))
    return _("name:password");
  if (g_str_equal (name, "url") || g_str_equal (name, "proxy"))
    return _("With its password or token.");
  return NULL;
}

static void
on_changed (SkySavedAskDialog *self)
{
  gboolean right = TRUE;

  for (guint i = 0; self->names[i] != NULL; i++)
    {
      g_autofree char *text = sky_options_form_get_text (self->form, self->names[i]);
      gboolean is_auth = g_str_has_prefix (self->names[i], "auth");

      right &= sky_options_form_mark (self->form, self->names[i],
                                      is_auth ? sky_options_check_auth (text) : sky_options_check_line (text));
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "ask.connect", right);
}

/* What is left empty is empty this time: it is asked for again next time. */
static void
finish (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkySavedAskDialog *self = SKY_SAVED_ASK_DIALOG (widget);
  g_autoptr(JsonObject) secrets = json_object_new ();

  for (guint i = 0; self->names[i] != NULL; i++)
    {
      g_autofree char *text = sky_options_form_get_text (self->form, self->names[i]);

      json_object_set_string_member (secrets, self->names[i], text);
    }
  g_signal_emit (self, done_signal, 0, secrets);
  gtk_window_close (GTK_WINDOW (self));
}

static void
sky_saved_ask_dialog_dispose (GObject *object)
{
  SkySavedAskDialog *self = SKY_SAVED_ASK_DIALOG (object);

  if (self->form != NULL)
    g_signal_handlers_disconnect_by_data (self->form, self);
  self->form = NULL;
  gtk_window_set_child (GTK_WINDOW (self), NULL);
  G_OBJECT_CLASS (sky_saved_ask_dialog_parent_class)->dispose (object);
}

static void
sky_saved_ask_dialog_finalize (GObject *object)
{
  g_strfreev (SKY_SAVED_ASK_DIALOG (object)->names);
  G_OBJECT_CLASS (sky_saved_ask_dialog_parent_class)->finalize (object);
}

static void
sky_saved_ask_dialog_init (SkySavedAskDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_saved_ask_dialog_class_init (SkySavedAskDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_saved_ask_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_saved_ask_dialog_finalize;
  g_type_ensure (SKY_TYPE_OPTIONS_FORM);
  done_signal = g_signal_new ("done", SKY_TYPE_SAVED_ASK_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_POINTER);
  gtk_widget_class_install_action (widget_class, "ask.connect", NULL, finish);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "ask.connect", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "ask.connect", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "saved-ask-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SkySavedAskDialog, box);
  gtk_widget_class_bind_template_child (widget_class, SkySavedAskDialog, lead);
  gtk_widget_class_bind_template_child (widget_class, SkySavedAskDialog, why);
  gtk_widget_class_bind_template_child (widget_class, SkySavedAskDialog, form);
}

/**
 * sky_saved_ask_dialog_new:
 * @whose: the connection's name
 * @names: of the secrets, as sky_profile_join() says that they are missing
 * @why: why they are not known, a sentence
 *
 * Returns: (transfer none): a window that destroys itself when it is done
 */
GtkWidget *
sky_saved_ask_dialog_new (GtkWindow *parent, const char *whose, const char *const *names, const char *why)
{
  SkySavedAskDialog *self = g_object_new (SKY_TYPE_SAVED_ASK_DIALOG, "transient-for", parent, NULL);
  g_autofree char *lead = g_strdup_printf (_("“%s” needs this again before it can connect:"), whose);

  self->names = g_strdupv ((char **) names);
  gtk_label_set_text (self->lead, lead);
  gtk_label_set_text (self->why, why);
  for (guint i = 0; self->names[i] != NULL; i++)
    {
      g_autofree char *label = describe (self->names[i]);

      sky_options_form_add_password (self->form, self->names[i], label, get_help (self->names[i]));
    }
  g_signal_connect_swapped (self->form, "changed", G_CALLBACK (on_changed), self);
  sky_options_form_focus (self->form, self->names[0]);
  return GTK_WIDGET (self);
}

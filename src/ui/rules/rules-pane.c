#include "ui/rules/rules-pane.h"

#include "peer/rules/rules-edit.h"
#include "ui/rules/rules-editor.h"
#include "ui/rules/rules-examples.h"
#include "ui/rules/rules-files.h"
#include "ui/rules/rules-guide.h"
#include "ui/rules/rules-list.h"
#include "ui/rules/rules-words.h"
#include "ui/ui.h"

struct _SkyRulesPane
{
  GtkWidget        parent_instance;
  GtkWidget       *box, *notice_box, *go_button;
  GtkPaned        *columns;
  GtkMenuButton   *examples;
  GtkLabel        *file, *notice, *verdict, *more;
  GtkImage        *sign;
  SkyRulesEditor  *editor;
  SkyRulesList    *list;
  SkyRulesDraft   *draft;
  SkyCompleteKeys *keys;
  char            *told; /* nullable: a sentence of ours about a file, until the text changes */
  char            *dismissed; /* nullable: the notice that a person does not want to see any more */
  gboolean         placed;
};

G_DEFINE_FINAL_TYPE (SkyRulesPane, sky_rules_pane, GTK_TYPE_WIDGET)

static void
show_file (SkyRulesPane *self)
{
  GFile *file = sky_rules_draft_get_file (self->draft);
  gboolean modified = sky_rules_draft_is_modified (self->draft);
  g_autofree char *name = sky_rules_files_name (file);
  g_autofree char *marked = modified && file != NULL ? g_strdup_printf (_("%s, not saved"), name) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_parse_name (file) : NULL;

  gtk_label_set_text (self->file, marked != NULL ? marked : name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->file),
                               path != NULL ? path : _("The text is kept for this server. Save it to use it elsewhere."));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "rules.reset", modified);
}

static void
show_notice (SkyRulesPane *self)
{
  const char *text = self->told != NULL ? self->told : sky_rules_draft_get_notice (self->draft);

  if (text == NULL)
    g_clear_pointer (&self->dismissed, g_free); /* if it happens again, it is told again */
  gtk_widget_set_visible (self->notice_box, text != NULL && g_strcmp0 (text, self->dismissed) != 0);
  gtk_label_set_text (self->notice, text != NULL ? text : "");
}

/* @told: (nullable) (transfer full): shown until something else happens */
static void
tell (SkyRulesPane *self, char *told)
{
  g_free (self->told);
  self->told = told;
  if (told != NULL)
    g_clear_pointer (&self->dismissed, g_free);
  show_notice (self);
}

static void
show_right (SkyRulesPane *self, SkyHost *host)
{
  gboolean running = host != NULL && sky_peer_get_state (SKY_PEER (host)) == SKY_PEER_OPEN;
  gboolean none = sky_rules_edit_is_blank (sky_rules_draft_get_text (self->draft));

  gtk_image_set_from_icon_name (self->sign, "object-select-symbolic");
  gtk_label_set_text (self->verdict, running ? _("In effect") : _("No mistakes"));
  gtk_label_set_text (self->more, none      ? _("There are no rules: the server sends back what it hears. An example is a good beginning.")
                                  : running ? _("What you change holds at once, and nobody is dropped.")
                                            : _("The rules hold when the server starts."));
}

static void
show_wrong (SkyRulesPane *self, const SkyRulesProblem *problem)
{
  g_autofree char *placed
      = problem->line > 0 ? g_strdup_printf (_("Line %u: %s"), problem->line, problem->message) : NULL;

  gtk_image_set_from_icon_name (self->sign, "dialog-warning-symbolic");
  gtk_label_set_text (self->verdict, placed != NULL ? placed : problem->message);
  gtk_label_set_text (self->more, _("Not in effect: the rules before still answer."));
}

static void
show_verdict (SkyRulesPane *self)
{
  SkyRulesProblem problem = { 0 };
  gboolean wrong = sky_rules_draft_get_problem (self->draft, &problem), placed = wrong && problem.line > 0;

  if (wrong)
    show_wrong (self, &problem);
  else
    show_right (self, sky_rules_draft_get_host (self->draft));
  gtk_widget_set_css_classes (GTK_WIDGET (self->sign), (const char *[]) { wrong ? "wrong" : "right", NULL });
  gtk_widget_set_visible (self->go_button, placed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "rules.go-to-mistake", placed);
  sky_rules_editor_clear_error (self->editor);
  if (placed)
    sky_rules_editor_mark_error (self->editor, problem.pos, problem.len, problem.message);
}

/* The rules that are played are those of the text: where they stand is remembered. */
static void
show_rows (SkyRulesPane *self)
{
  SkyHost *host = sky_rules_draft_get_host (self->draft);
  SkyRulesStage *stage = host != NULL ? sky_host_get_stage (host) : NULL;
  SkyRules *rules = stage != NULL ? sky_rules_stage_get_rules (stage) : NULL;
  g_autoptr(GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint));

  sky_rules_list_refresh (self->list);
  if (sky_rules_draft_get_problem (self->draft, NULL))
    return;
  for (guint i = 0; rules != NULL && i < sky_rules_get_n_rows (rules); i++)
    g_array_append_val (lines, sky_rules_get_row (rules, i)->line);
  sky_rules_editor_set_rows (self->editor, (const guint *) lines->data, lines->len);
}

/* Whether the editor shows the text that was judged; if not, its turn comes in a moment. */
static gboolean
is_shown (SkyRulesPane *self)
{
  g_autofree char *shown = sky_rules_editor_get_text (self->editor);

  return g_str_equal (shown, sky_rules_draft_get_text (self->draft));
}

static void
on_judged (SkyRulesPane *self)
{
  show_file (self);
  if (!is_shown (self))
    return;
  show_verdict (self);
  show_rows (self);
}

static void
on_draft_changed (SkyRulesPane *self)
{
  g_clear_pointer (&self->told, g_free);
  sky_rules_editor_set_text (self->editor, sky_rules_draft_get_text (self->draft));
  on_judged (self);
  show_notice (self);
}

static void
on_settled (SkyRulesPane *self)
{
  g_autofree char *text = sky_rules_editor_get_text (self->editor);

  if (self->told != NULL)
    tell (self, NULL);
  sky_rules_draft_set_text (self->draft, text);
}

static void
on_state (SkyRulesPane *self)
{
  if (is_shown (self))
    show_verdict (self);
}

static void
on_go (SkyRulesPane *self, guint row)
{
  sky_rules_editor_go_to_row (self->editor, row);
}

static void
on_chosen (SkyRulesPane *self, const char *example)
{
  sky_rules_editor_insert (self->editor, example);
}

static void
on_example (SkyRulesDraft *draft, const char *text, gpointer pane)
{
  SkyRulesPane *self = pane;

  sky_rules_draft_replace (draft, text);
  tell (self, g_strdup (_("The example has taken the place of your text. Ctrl+Z in the text brings it back.")));
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static void
on_file_done (SkyRulesDraft *draft, const char *sentence, gpointer pane)
{
  SkyRulesPane *self = pane;

  if (sentence != NULL)
    tell (self, g_strdup (sentence));
}

static void
do_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyRulesPane *self = SKY_RULES_PANE (widget);

  sky_rules_editor_settle (self->editor);
  sky_rules_files_open (self->draft, widget, on_file_done);
}

static void
do_save (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyRulesPane *self = SKY_RULES_PANE (widget);

  sky_rules_editor_settle (self->editor);
  sky_rules_files_save (self->draft, widget, g_str_equal (action, "rules.save-as"), on_file_done);
}

static void
do_reset (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyRulesPane *self = SKY_RULES_PANE (widget);
  gboolean file = sky_rules_draft_get_file (self->draft) != NULL;

  sky_rules_editor_settle (self->editor);
  if (!sky_rules_draft_is_modified (self->draft))
    return;
  sky_rules_draft_revert (self->draft);
  tell (self, g_strdup (file ? _("The text is that of the file again. Ctrl+Z in the text brings yours back.")
                             : _("The text is as it began. Ctrl+Z in the text brings yours back.")));
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static void
do_go_to_mistake (GtkWidget *widget, const char *action, GVariant *parameter)
{
  sky_rules_editor_go_to_error (SKY_RULES_PANE (widget)->editor);
}

static void
do_dismiss (GtkWidget *widget, const char *action, GVariant *parameter)
{
  SkyRulesPane *self = SKY_RULES_PANE (widget);

  g_free (self->dismissed);
  self->dismissed = g_strdup (gtk_label_get_text (self->notice));
  show_notice (self);
}

static GStrv
list_keys (gpointer user_data, guint arg, const char *const *path)
{
  return sky_rules_words_complete (path);
}

static void
sky_rules_pane_measure (GtkWidget     *widget,
                        GtkOrientation orientation,
                        int            for_size,
                        int           *minimum,
                        int           *natural,
                        int           *minimum_baseline,
                        int           *natural_baseline)
{
  gtk_widget_measure (SKY_RULES_PANE (widget)->box, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
}

static void
sky_rules_pane_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SkyRulesPane *self = SKY_RULES_PANE (widget);

  if (!self->placed && width > 0)
    {
      gtk_paned_set_position (self->columns, MAX (width - 340, width * 3 / 5));
      self->placed = TRUE;
    }
  gtk_widget_allocate (self->box, width, height, baseline, NULL);
}

static void
sky_rules_pane_dispose (GObject *object)
{
  SkyRulesPane *self = SKY_RULES_PANE (object);

  if (self->draft != NULL)
    {
      SkyHost *host = sky_rules_draft_get_host (self->draft);

      if (host != NULL)
        sky_rules_editor_settle (self->editor); /* what was typed at the last moment */
      if (host != NULL)
        g_signal_handlers_disconnect_by_data (host, self);
      g_signal_handlers_disconnect_by_data (self->draft, self);
    }
  if (self->keys != NULL)
    sky_complete_keys_stop (self->keys);
  g_clear_object (&self->keys);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (sky_rules_pane_parent_class)->dispose (object);
}

static void
sky_rules_pane_finalize (GObject *object)
{
  SkyRulesPane *self = SKY_RULES_PANE (object);

  g_free (self->told);
  g_free (self->dismissed);
  G_OBJECT_CLASS (sky_rules_pane_parent_class)->finalize (object);
}

/* F8 is GtkPaned's own key, for its handle: ours comes first. */
static void
add_shortcut (SkyRulesPane *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_F8, 0),
                                                          gtk_named_action_new ("rules.go-to-mistake")));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
sky_rules_pane_init (SkyRulesPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_shortcut (self);
  g_signal_connect_object (self->examples, "notify::active", G_CALLBACK (sky_rules_editor_settle), self->editor,
                           G_CONNECT_SWAPPED);
  self->keys = sky_complete_keys_new (list_keys, NULL);
  sky_rules_editor_set_keys (self->editor, self->keys);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "rules-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, box);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, examples);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, file);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, notice_box);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, notice);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, columns);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, editor);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, sign);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, verdict);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, more);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, go_button);
  gtk_widget_class_bind_template_child (widget_class, SkyRulesPane, list);
  gtk_widget_class_bind_template_callback (widget_class, on_settled);
  gtk_widget_class_bind_template_callback (widget_class, on_go);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
}

static void
sky_rules_pane_class_init (SkyRulesPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SKY_TYPE_RULES_EDITOR);
  g_type_ensure (SKY_TYPE_RULES_LIST);
  g_type_ensure (SKY_TYPE_RULES_GUIDE);
  G_OBJECT_CLASS (klass)->dispose = sky_rules_pane_dispose;
  G_OBJECT_CLASS (klass)->finalize = sky_rules_pane_finalize;
  widget_class->measure = sky_rules_pane_measure;
  widget_class->size_allocate = sky_rules_pane_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "rulespane");
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "rules.open", NULL, do_open);
  gtk_widget_class_install_action (widget_class, "rules.save", NULL, do_save);
  gtk_widget_class_install_action (widget_class, "rules.save-as", NULL, do_save);
  gtk_widget_class_install_action (widget_class, "rules.reset", NULL, do_reset);
  gtk_widget_class_install_action (widget_class, "rules.go-to-mistake", NULL, do_go_to_mistake);
  gtk_widget_class_install_action (widget_class, "rules.dismiss", NULL, do_dismiss);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "rules.save-as", NULL);
}

/**
 * sky_rules_pane_new:
 * @host: whose rules a person writes
 *
 * Returns: (transfer floating): the pane
 */
GtkWidget *
sky_rules_pane_new (SkyHost *host)
{
  SkyRulesPane *self = g_object_new (SKY_TYPE_RULES_PANE, NULL);

  self->draft = g_object_ref (sky_rules_draft_of (host));
  sky_rules_list_set_host (self->list, host);
  gtk_menu_button_set_popover (self->examples, sky_rules_examples_new (self->draft, GTK_WIDGET (self), on_example));
  g_signal_connect_swapped (self->draft, "judged", G_CALLBACK (on_judged), self);
  g_signal_connect_swapped (self->draft, "changed", G_CALLBACK (on_draft_changed), self);
  g_signal_connect_swapped (host, "notify::state", G_CALLBACK (on_state), self);
  on_draft_changed (self);
  return GTK_WIDGET (self);
}

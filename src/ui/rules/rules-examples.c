#include "ui/rules/rules-examples.h"

#include "ui/rules/rules-texts.h"
#include "ui/ui.h"

/* The menu of examples, each with what it is good for. */

typedef struct
{
  SkyRulesDraft      *draft; /* borrowed, as the pane, which owns the menu */
  GtkWidget          *pane, *popover;
  SkyRulesExampleFunc func;
} Examples;

/* The question whether an example may take the place of what a person wrote. */
typedef struct
{
  GWeakRef            pane;
  SkyRulesDraft      *draft;
  const char         *text;
  SkyRulesExampleFunc func;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  g_weak_ref_clear (&question->pane);
  g_object_unref (question->draft);
  g_free (question);
}

static void
on_response (GtkDialog *dialog, int response, Question *question)
{
  g_autoptr(GtkWidget) pane = g_weak_ref_get (&question->pane);

  if (response == GTK_RESPONSE_ACCEPT && pane != NULL)
    question->func (question->draft, question->text, pane);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
ask (Examples *self, const SkyRulesSample *example)
{
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (self->pane)),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, GTK_MESSAGE_QUESTION,
                                              GTK_BUTTONS_NONE, _("Replace your rules with “%s”?"), example->name);
  Question *question = g_new0 (Question, 1);

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s",
                                            _("What you wrote is in no file as it stands. Ctrl+Z in the text brings it back."));
  /* gtk_dialog_add_button() would give them a mnemonic, and GTK 4.8 speaks such a label twice */
  gtk_dialog_add_action_widget (GTK_DIALOG (dialog), gtk_button_new_with_label (_("Keep Mine")), GTK_RESPONSE_CANCEL);
  gtk_dialog_add_action_widget (GTK_DIALOG (dialog), gtk_button_new_with_label (_("Replace")), GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  question->draft = g_object_ref (self->draft);
  question->text = example->text;
  question->func = self->func;
  g_weak_ref_init (&question->pane, self->pane);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_clicked (GtkWidget *button, Examples *self)
{
  const SkyRulesSample *example = sky_rules_texts_get (GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "example")));
  const char *text = sky_rules_draft_get_text (self->draft);

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (g_str_equal (text, example->text))
    return;
  if (sky_rules_draft_is_modified (self->draft) && !sky_rules_texts_has (text) && *text != '\0')
    ask (self, example);
  else
    self->func (self->draft, example->text, self->pane);
}

static GtkWidget *
make_button (const SkyRulesSample *example)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *name = gtk_label_new (example->name), *description = gtk_label_new (example->description);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (description), 0);
  gtk_label_set_wrap (GTK_LABEL (description), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (description), 52);
  gtk_widget_add_css_class (name, "heading");
  gtk_widget_add_css_class (description, "caption");
  gtk_widget_add_css_class (description, "dim-label");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), description);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, example->name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, example->description, -1);
  return button;
}

/**
 * sky_rules_examples_new:
 * @pane: owns the menu
 * @func: called when a person has chosen an example, and agreed if their own text is lost by it
 *
 * Returns: (transfer floating): the menu
 */
GtkWidget *
sky_rules_examples_new (SkyRulesDraft *draft, GtkWidget *pane, SkyRulesExampleFunc func)
{
  GtkWidget *popover = gtk_popover_new (), *scroller = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  Examples *self = g_new0 (Examples, 1);

  *self = (Examples) { draft, pane, popover, func };
  for (guint i = 0; i < sky_rules_texts_get_n (); i++)
    {
      GtkWidget *button = make_button (sky_rules_texts_get (i));

      g_object_set_data (G_OBJECT (button), "example", GUINT_TO_POINTER (i));
      g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 420);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), box);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  gtk_widget_add_css_class (popover, "rules-examples");
  g_object_set_data_full (G_OBJECT (popover), "examples", self, g_free);
  return popover;
}

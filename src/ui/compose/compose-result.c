#include "ui/compose/compose-result.h"

#include "base/utf8.h"
#include "ui/ui.h"

#define SHOWN_CHARS   2000 /* of an answer that the line holds */
#define TOOLTIP_CHARS 600

struct _SkyComposeResult
{
  GtkWidget  parent_instance;
  GtkWidget *box, *spinner;
  GtkLabel  *label;
};

G_DEFINE_FINAL_TYPE (SkyComposeResult, sky_compose_result, GTK_TYPE_WIDGET)

static const char *const looks[] = {
  [SKY_TOLD_NOTHING] = "dim-label", [SKY_TOLD_WAITING] = "dim-label", [SKY_TOLD_DONE] = "done",
  [SKY_TOLD_WARNING] = "warning",   [SKY_TOLD_ERROR] = "error",
};

/**
 * sky_compose_result_show:
 * @text: a sentence, or an answer, which may be long
 */
void
sky_compose_result_show (SkyComposeResult *self, SkyTold told, const char *text)
{
  g_autofree char *line = sky_utf8_shorten (text, SHOWN_CHARS, "…");
  g_autofree char *tooltip = sky_utf8_shorten (text, TOOLTIP_CHARS, "…");

  g_return_if_fail (SKY_IS_COMPOSE_RESULT (self));

  gtk_widget_set_visible (self->spinner, told == SKY_TOLD_WAITING);
  gtk_label_set_text (self->label, line);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->label), *text != '\0' ? tooltip : NULL);
  gtk_widget_set_css_classes (GTK_WIDGET (self->label),
                              (const char *[]){ "numeric", looks[told], NULL });
}

static void
sky_compose_result_dispose (GObject *object)
{
  g_clear_pointer (&SKY_COMPOSE_RESULT (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (sky_compose_result_parent_class)->dispose (object);
}

static void
sky_compose_result_init (SkyComposeResult *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
sky_compose_result_class_init (SkyComposeResultClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sky_compose_result_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, SKY_UI "compose-result.ui");
  gtk_widget_class_bind_template_child (widget_class, SkyComposeResult, box);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeResult, spinner);
  gtk_widget_class_bind_template_child (widget_class, SkyComposeResult, label);
}

#include "ui/compose-result.h"

#include "ui/ui.h"

#define SHOWN_LEN   2000 /* bytes of an answer that the line holds */
#define TOOLTIP_LEN 600  /* bytes */

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

static char *
cut (const char *text, gsize max_len)
{
  gsize len = strlen (text);
  g_autofree char *head = NULL;

  if (len <= max_len)
    return g_strdup (text);
  head = g_strndup (text, (gsize) (g_utf8_find_prev_char (text, text + max_len) - text));
  return g_strconcat (head, "…", NULL);
}

/**
 * sky_compose_result_show:
 * @text: a sentence, or an answer, which may be long
 */
void
sky_compose_result_show (SkyComposeResult *self, SkyTold told, const char *text)
{
  g_autofree char *line = cut (text, SHOWN_LEN);
  g_autofree char *tooltip = cut (text, TOOLTIP_LEN);

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

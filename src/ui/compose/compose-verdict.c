#include "ui/compose/compose-verdict.h"

#include "ui/parts/json-args.h"
#include "ui/parts/marks.h"
#include "ui/ui.h"

/**
 * sky_compose_verdict_give:
 * @problem: (nullable): why what is written cannot be sent, a sentence
 * @text: for the line below the editor
 * @fault: whether @text tells of something wrong
 *
 * To be followed by sky_compose_verdict_refresh().
 */
void
sky_compose_verdict_give (SkyComposeVerdict *self, const char *problem, const char *text, gboolean fault)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
  gtk_label_set_text (self->status, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), fault ? text : NULL);
  sky_marks_set (GTK_WIDGET (self->status), "error", fault);
}

/**
 * sky_compose_verdict_give_place:
 * @text: all that is written
 * @pos: where it is wrong, in bytes from its beginning
 *
 * As sky_compose_verdict_give(), with line and column.
 */
void
sky_compose_verdict_give_place (SkyComposeVerdict *self, const char *text, gsize pos, const char *problem)
{
  g_autofree char *sentence = NULL;
  guint line, column;

  sky_text_place (text, pos, &line, &column);
  sentence = g_strdup_printf (_("Line %u, column %u: %s"), line, column, problem);
  sky_compose_verdict_give (self, sentence, sentence, TRUE);
}

/**
 * sky_compose_verdict_refresh:
 *
 * The verdict is new, or the client's state may have changed.
 */
void
sky_compose_verdict_refresh (SkyComposeVerdict *self)
{
  const char *nsp = self->namespaces != NULL ? sky_namespace_chooser_get_chosen (self->namespaces) : NULL;
  const char *obstacle = sky_sender_get_obstacle (self->sender, nsp);
  gboolean held = nsp != NULL && sky_sender_would_hold (self->sender, nsp);

  if (self->complained && self->problem == NULL)
    {
      self->complained = FALSE;
      sky_sender_tell (self->sender, SKY_TOLD_NOTHING, "");
    }
  if (obstacle == NULL)
    obstacle = self->problem;
  gtk_widget_set_sensitive (self->send, obstacle == NULL);
  gtk_widget_set_tooltip_text (self->send, obstacle != NULL ? obstacle : held ? _("Will be sent when connected") : self->ready);
}

/**
 * sky_compose_verdict_allows:
 *
 * A person wants to send what is written: says what is wrong with it, if anything is.
 *
 * Returns: whether it can be sent
 */
gboolean
sky_compose_verdict_allows (SkyComposeVerdict *self)
{
  if (self->problem == NULL)
    return TRUE;
  sky_sender_tell (self->sender, SKY_TOLD_WARNING, self->problem);
  self->complained = TRUE;
  return FALSE;
}

void
sky_compose_verdict_clear (SkyComposeVerdict *self)
{
  g_clear_pointer (&self->problem, g_free);
}

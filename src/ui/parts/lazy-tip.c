#include "ui/parts/lazy-tip.h"

#define TIP "sky-lazy-tip" /* on a widget: its text, owned */

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  const char *tip = g_object_get_data (G_OBJECT (widget), TIP);

  gtk_tooltip_set_text (tooltip, tip);
  return tip != NULL;
}

/* From the first tip on, what the template said is no longer meant. */
static void
begin (GtkWidget *widget)
{
  if (gtk_widget_get_tooltip_text (widget) != NULL)
    gtk_widget_set_tooltip_text (widget, NULL);
  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (widget, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}

/* GTK makes a tooltip the description, too; what a reader of the screen does not meet at all needs none. */
static void
describe (GtkAccessible *widget, const char *tip)
{
  if (gtk_accessible_get_accessible_role (widget) == GTK_ACCESSIBLE_ROLE_PRESENTATION)
    return;
  if (tip != NULL)
    gtk_accessible_update_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, tip, -1);
  else
    gtk_accessible_reset_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/**
 * sky_lazy_tip_set:
 * @widget: one that changes often: GTK's own tooltips ask the X server where the pointer is and put a message on the
 *   accessibility bus each time they are set, even to the same words
 * @tip: (nullable): copied; told when it is asked for
 *
 * Sets a tooltip, which is not the widget's "tooltip-text".
 */
void
sky_lazy_tip_set (GtkWidget *widget, const char *tip)
{
  const char *before = g_object_get_data (G_OBJECT (widget), TIP);

  if (g_strcmp0 (before, tip) == 0)
    return;
  if (before == NULL && !g_signal_handler_find (widget, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_query_tooltip, NULL))
    begin (widget);
  g_object_set_data_full (G_OBJECT (widget), TIP, g_strdup (tip), g_free);
  describe (GTK_ACCESSIBLE (widget), tip);
  if (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_PRELIGHT) /* it may be read right now */
    gtk_widget_trigger_tooltip_query (widget);
}

#include "ui/parts/marks.h"

/* Gives @widget a class of the style sheet, or takes it away. */
void
sky_marks_set (GtkWidget *widget, const char *css_class, gboolean on)
{
  (on ? gtk_widget_add_css_class : gtk_widget_remove_css_class) (widget, css_class);
}

/* Shows, and says to who hears it, whether what stands in @control is wrong. */
void
sky_marks_set_wrong (GtkWidget *control, gboolean wrong)
{
  sky_marks_set (control, "error", wrong);
  gtk_accessible_update_state (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_STATE_INVALID,
                               wrong ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

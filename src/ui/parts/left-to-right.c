#include "ui/parts/left-to-right.h"

/**
 * sky_left_to_right_keep:
 * @widget: with its children at hand
 *
 * What is written here is code, bytes or an address, which run from left to right in every language. GTK tells by
 * the first letter of a line, and takes brackets and numbers alone for the language of the window.
 */
void
sky_left_to_right_keep (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  gtk_widget_set_direction (widget, GTK_TEXT_DIR_LTR);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    sky_left_to_right_keep (child);
}

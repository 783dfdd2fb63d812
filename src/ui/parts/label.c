#include "ui/parts/label.h"

static GtkWidget *
make (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

/**
 * sky_label_new_cut:
 * @text: (nullable): as @css_class
 *
 * Returns: (transfer floating): a label whose end is cut off where there is no room
 */
GtkWidget *
sky_label_new_cut (const char *text, const char *css_class)
{
  GtkWidget *label = make (text, css_class);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  return label;
}

/**
 * sky_label_new_wrapped:
 * @text: (nullable): as @css_class
 *
 * Returns: (transfer floating): a label that goes on in the next line, within a word if that is too long for one
 */
GtkWidget *
sky_label_new_wrapped (const char *text, const char *css_class)
{
  GtkWidget *label = make (text, css_class);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  return label;
}

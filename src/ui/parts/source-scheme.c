#include "ui/parts/source-scheme.h"

/**
 * sky_source_scheme_apply:
 * @widget: whose text tells whether the theme is dark, whoever made it so
 * @buffer: gets the light or the dark scheme of colours
 *
 * To be called when the widget's style has changed, but not while it changes.
 */
void
sky_source_scheme_apply (GtkWidget *widget, GtkSourceBuffer *buffer)
{
  GtkSourceStyleSchemeManager *schemes = gtk_source_style_scheme_manager_get_default ();
  GtkSourceStyleScheme *scheme;
  GdkRGBA color;
  gboolean dark;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  dark = 0.299 * color.red + 0.587 * color.green + 0.114 * color.blue > 0.5;
  scheme = gtk_source_style_scheme_manager_get_scheme (schemes, dark ? "Adwaita-dark" : "Adwaita");
  if (scheme != NULL && scheme != gtk_source_buffer_get_style_scheme (buffer))
    gtk_source_buffer_set_style_scheme (buffer, scheme);
}

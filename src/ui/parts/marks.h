#pragma once

#include <gtk/gtk.h>

void sky_marks_set (GtkWidget *widget, const char *css_class, gboolean on);
void sky_marks_set_wrong (GtkWidget *control, gboolean wrong);

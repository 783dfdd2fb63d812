#pragma once

#include <gtk/gtk.h>

GtkWidget *sky_label_new_cut (const char *text, const char *css_class);
GtkWidget *sky_label_new_wrapped (const char *text, const char *css_class);

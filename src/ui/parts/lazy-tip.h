#pragma once

#include <gtk/gtk.h>

void sky_lazy_tip_set (GtkWidget *widget, const char *tip);

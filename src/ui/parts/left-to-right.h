#pragma once

#include <gtk/gtk.h>

void sky_left_to_right_keep (GtkWidget *widget);

#pragma once

#include <gtk/gtk.h>

void sky_list_focus_leave_on_tab (GtkWidget *list);
void sky_list_focus_leave_search (GtkSearchEntry *entry, GtkWidget *list);

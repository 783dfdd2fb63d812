#pragma once

#include <gtk/gtk.h>

void sky_list_focus_leave_on_tab (GtkWidget *list);
GtkWidget *sky_list_focus_get_within (GtkWidget *area);
void sky_list_focus_take_over (GtkWidget *before, GtkWidget *list);
void sky_list_focus_leave_search (GtkSearchEntry *entry, GtkWidget *list);

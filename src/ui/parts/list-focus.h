#pragma once

#include <gtk/gtk.h>

void sky_list_focus_leave_on_tab (GtkWidget *list);
gboolean sky_list_focus_pass (GtkWidget *widget, GtkDirectionType direction);
GtkWidget *sky_list_focus_get_within (GtkWidget *area);
gboolean sky_list_focus_is_lost (GtkWidget *before);
void sky_list_focus_leave_search (GtkSearchEntry *entry, GtkWidget *list);

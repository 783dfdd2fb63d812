#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"
#include "ui/roster/roster-list.h"
#include "ui/roster/roster-words.h"

typedef void (*SkyRoomsRowFunc) (GtkTreeListRow *row, gpointer user_data);

void  sky_rooms_row_add_columns (GtkColumnView *view, SkyRoster *roster, SkyRoomsRowFunc func, gpointer user_data);
guint sky_rooms_row_find (GtkTreeListModel *rows, SkyRosterList *spaces, const SkyRosterChoice *choice);
void  sky_rooms_row_refresh_seen (GtkColumnView *view, GtkTreeListModel *rows, guint *turn);

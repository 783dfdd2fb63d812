#pragma once

#include <gtk/gtk.h>

GtkColumnViewColumn *sky_table_columns_add (GtkColumnView *view, GtkListItemFactory *factory, const char *title, int width,
                                            gboolean right);
GtkColumnViewColumn *sky_table_columns_get (GtkColumnView *view, guint which);
void                 sky_table_columns_show (GtkColumnView *view, guint which, gboolean shown);
void                 sky_table_columns_speak (GtkWidget *cell, const char *sentence);

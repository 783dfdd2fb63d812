#pragma once

#include <gtk/gtk.h>

/* The window: a sidebar of peers, and the page of one of them or the start page. */
#define SKY_TYPE_WINDOW (sky_window_get_type ())
G_DECLARE_FINAL_TYPE (SkyWindow, sky_window, SKY, WINDOW, GtkApplicationWindow)

SkyWindow *sky_window_new (GtkApplication *app);
void       sky_window_connect (SkyWindow *self, const char *url, const char *protocol);
void       sky_window_host (SkyWindow *self, guint16 port, guint sample);
void       sky_window_open_file (SkyWindow *self, GFile *file);
void       sky_window_show_demo (SkyWindow *self);
void       sky_window_ask_connection (SkyWindow *self);
void       sky_window_ask_host (SkyWindow *self);

#pragma once

#include <gtk/gtk.h>

/* The one process: options, files and addresses as arguments, actions that need no window. */
#define SKY_TYPE_APPLICATION (sky_application_get_type ())
G_DECLARE_FINAL_TYPE (SkyApplication, sky_application, SKY, APPLICATION, GtkApplication)

SkyApplication *sky_application_new (void);

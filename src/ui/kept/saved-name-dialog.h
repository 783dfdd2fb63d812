#pragma once

#include <gtk/gtk.h>

/**
 * SkySavedNameDialog:
 *
 * Asks what a saved connection is to be called. Signal "done" (string): the name.
 */
#define SKY_TYPE_SAVED_NAME_DIALOG (sky_saved_name_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SkySavedNameDialog, sky_saved_name_dialog, SKY, SAVED_NAME_DIALOG, GtkWindow)

GtkWidget *sky_saved_name_dialog_new (GtkWindow *parent, const char *title, const char *name, const char *help);

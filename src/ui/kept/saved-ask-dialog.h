#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

/**
 * SkySavedAskDialog:
 *
 * Asks for the secrets of a connection that are not known. Signal "done" (JsonObject, as a pointer):
 * what was typed, by the names of sky_profile_split().
 */
#define SKY_TYPE_SAVED_ASK_DIALOG (sky_saved_ask_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SkySavedAskDialog, sky_saved_ask_dialog, SKY, SAVED_ASK_DIALOG, GtkWindow)

GtkWidget *sky_saved_ask_dialog_new (GtkWindow *parent, const char *whose, const char *const *names, const char *why);

#pragma once

#include <gtk/gtk.h>

#include "peer/profile.h"

/**
 * SkyOptionsDialog:
 *
 * All that can be said of a connection besides its URL and protocol, in pages.
 *
 * Signal "apply" (SkyProfile, as a pointer; gboolean): from the next connect on this holds; connect
 * again at once if the second is %TRUE.
 */
#define SKY_TYPE_OPTIONS_DIALOG (sky_options_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SkyOptionsDialog, sky_options_dialog, SKY, OPTIONS_DIALOG, GtkWindow)

GtkWidget *sky_options_dialog_new (GtkWindow *parent, const SkyProfile *profile, const char *status);

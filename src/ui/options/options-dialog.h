#pragma once

#include "peer/profile/profile.h"
#include "ui/options/pages-dialog.h"

/* All that can be said of a connection besides its URL and protocol: a SkyPagesDialog. Applied it holds from the next
 * connect on; now is to connect again at once. */
GtkWidget  *sky_options_dialog_new (GtkWindow *parent, const SkyProfile *profile, const char *status);
SkyProfile *sky_options_dialog_make_profile (SkyPagesDialog *self);

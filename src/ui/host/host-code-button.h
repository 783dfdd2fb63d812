#pragma once

#include <gtk/gtk.h>

#include "peer/host/host.h"

/* Copies a client for a host, in the language that is chosen from its menu, and says that it did. */
#define SKY_TYPE_HOST_CODE_BUTTON (sky_host_code_button_get_type ())
G_DECLARE_FINAL_TYPE (SkyHostCodeButton, sky_host_code_button, SKY, HOST_CODE_BUTTON, GtkWidget)

void sky_host_code_button_set_host (SkyHostCodeButton *self, SkyHost *host);

#pragma once

#include <gtk/gtk.h>

#include "peer/profile.h"

/* What else can be said of a connection before it is dialled. */
#define SKY_TYPE_OPTIONS_POPOVER (sky_options_popover_get_type ())
G_DECLARE_FINAL_TYPE (SkyOptionsPopover, sky_options_popover, SKY, OPTIONS_POPOVER, GtkPopover)

void sky_options_popover_set_protocol (SkyOptionsPopover *self, SkyProtocol protocol);
void sky_options_popover_set_profile (SkyOptionsPopover *self, const SkyProfile *profile);
void sky_options_popover_fill_profile (SkyOptionsPopover *self, SkyProfile *profile);

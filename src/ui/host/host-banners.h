#pragma once

#include <gtk/gtk.h>

#include "peer/host/host.h"

/* What somebody should know who runs a server like this, each with the one click that mends it. */
#define SKY_TYPE_HOST_BANNERS (sky_host_banners_get_type ())
G_DECLARE_FINAL_TYPE (SkyHostBanners, sky_host_banners, SKY, HOST_BANNERS, GtkWidget)

GtkWidget *sky_host_banners_new (SkyHost *host);
void       sky_host_banners_refresh (SkyHostBanners *self);

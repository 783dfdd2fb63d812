#pragma once

#include <gtk/gtk.h>

#include "peer/host/host.h"

/**
 * SkyHostBar:
 *
 * The top of a host's page: protocol, address, port and path, options, client code, Start and Stop; below
 * them what a person should know who runs it like this. All of it is written into the host's rules.
 */
#define SKY_TYPE_HOST_BAR (sky_host_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyHostBar, sky_host_bar, SKY, HOST_BAR, GtkWidget)

GtkWidget *sky_host_bar_new (SkyHost *host);
void       sky_host_bar_focus_port (SkyHostBar *self);
void       sky_host_bar_use_port (SkyHostBar *self, guint16 port);

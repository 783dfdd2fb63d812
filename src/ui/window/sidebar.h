#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/**
 * SkySidebar:
 *
 * All connections, servers and captures, each kind under its heading.
 *
 * Property "selected" (SkyPeer, nullable): the peer whose page is shown. Signal "close-request"
 * (SkyPeer): a person wants this one gone.
 */
#define SKY_TYPE_SIDEBAR (sky_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (SkySidebar, sky_sidebar, SKY, SIDEBAR, GtkWidget)

void     sky_sidebar_add (SkySidebar *self, SkyPeer *peer);
void     sky_sidebar_remove (SkySidebar *self, SkyPeer *peer);
SkyPeer *sky_sidebar_get_nth (SkySidebar *self, guint position);
guint    sky_sidebar_get_n_peers (SkySidebar *self);
SkyPeer *sky_sidebar_get_selected (SkySidebar *self);
void     sky_sidebar_select (SkySidebar *self, SkyPeer *peer);

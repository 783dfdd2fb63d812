#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/* Kept on a capture: the whole path of its file, to be shown */
#define SKY_PEER_PATH "sky-path"

/**
 * SkyLinkBar:
 *
 * The top of a page. Client: protocol, address, options, Connect. Capture: its file. A host has a #SkyHostBar.
 *
 * Signal "dial" (SkyProfile, as a pointer): connect as this says, after what is open has ended.
 */
#define SKY_TYPE_LINK_BAR (sky_link_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyLinkBar, sky_link_bar, SKY, LINK_BAR, GtkWidget)

void sky_link_bar_set_peer (SkyLinkBar *self, SkyPeer *peer);
void sky_link_bar_refresh (SkyLinkBar *self);
void sky_link_bar_focus_url (SkyLinkBar *self);

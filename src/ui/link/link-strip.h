#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/* One line on how a peer fares just now. It never wraps: what matters least gives way first. */
#define SKY_TYPE_LINK_STRIP (sky_link_strip_get_type ())
G_DECLARE_FINAL_TYPE (SkyLinkStrip, sky_link_strip, SKY, LINK_STRIP, GtkWidget)

void sky_link_strip_set_peer (SkyLinkStrip *self, SkyPeer *peer);

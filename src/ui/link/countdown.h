#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/* "Trying again in 3 s · attempt 2", for a peer whose connection broke; invisible for all others. */
#define SKY_TYPE_COUNTDOWN (sky_countdown_get_type ())
G_DECLARE_FINAL_TYPE (SkyCountdown, sky_countdown, SKY, COUNTDOWN, GtkWidget)

gboolean sky_countdown_runs_for (SkyPeer *peer);
void     sky_countdown_set_peer (SkyCountdown *self, SkyPeer *peer);
void     sky_countdown_set_stacked (SkyCountdown *self, gboolean stacked);

#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/**
 * SkyProblemBar:
 *
 * What went wrong with a peer, what to do about it, and a button that does it if there is one.
 *
 * Signal "remedy" (SkyProfile, as a pointer): connect again as this says.
 */
#define SKY_TYPE_PROBLEM_BAR (sky_problem_bar_get_type ())
G_DECLARE_FINAL_TYPE (SkyProblemBar, sky_problem_bar, SKY, PROBLEM_BAR, GtkWidget)

void sky_problem_bar_set_peer (SkyProblemBar *self, SkyPeer *peer);
void sky_problem_bar_hide (SkyProblemBar *self);

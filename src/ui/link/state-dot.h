#pragma once

#include <gtk/gtk.h>

#include "peer/peer.h"

/* How a peer fares, as a small shape that tells without its colour, with the words as tooltip. */
#define SKY_TYPE_STATE_DOT (sky_state_dot_get_type ())
G_DECLARE_FINAL_TYPE (SkyStateDot, sky_state_dot, SKY, STATE_DOT, GtkWidget)

void        sky_state_dot_set_peer (SkyStateDot *self, SkyPeer *peer);
void        sky_state_dot_set_state (SkyStateDot *self, SkyPeerState state, const char *words);
const char *sky_state_words (SkyPeer *peer);
void        sky_state_watch (SkyPeer *peer);
gint64      sky_state_get_open_usec (SkyPeer *peer);

#pragma once

#include "peer/peer.h"

/* A capture file that was opened: its records, and nobody to talk to. */
#define SKY_TYPE_CAPTURE (sky_capture_get_type ())
G_DECLARE_FINAL_TYPE (SkyCapture, sky_capture, SKY, CAPTURE, SkyPeer)

SkyCapture *sky_capture_new (GFile *file);
SkyCapture *sky_capture_new_for_store (SkyStore *store, const char *title);

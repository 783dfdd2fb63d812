#pragma once

#include "peer/carrier/carrier.h"
#include "peer/carrier/guard.h"
#include "tcp/tcp-tap.h"

/**
 * SkyCarrierFrames:
 *
 * A server's end of a WebSocket as carrier of messages, straight on the tap. A host may have thousands
 * of them: libsoup's WebSocket takes several times the memory and the time.
 */
#define SKY_TYPE_CARRIER_FRAMES (sky_carrier_frames_get_type ())
G_DECLARE_FINAL_TYPE (SkyCarrierFrames, sky_carrier_frames, SKY, CARRIER_FRAMES, SkyCarrier)

SkyCarrierFrames *sky_carrier_frames_new (SkyTcpTap *tap, SkyGuard *guard, guint revision, guint64 max_message);
void              sky_carrier_frames_set_base64 (SkyCarrierFrames *self);
void              sky_carrier_frames_begin (SkyCarrierFrames *self, GInputStream *input);

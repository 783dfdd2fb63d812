#pragma once

#include "peer/carrier/carrier.h"
#include "peer/carrier/guard.h"

/**
 * SkyCarrierWs:
 *
 * A WebSocket as carrier of messages, at either end.
 */
#define SKY_TYPE_CARRIER_WS (sky_carrier_ws_get_type ())
G_DECLARE_FINAL_TYPE (SkyCarrierWs, sky_carrier_ws, SKY, CARRIER_WS, SkyCarrier)

SkyCarrierWs *sky_carrier_ws_new (SoupWebsocketConnection *socket, guint revision);
SkyGuard     *sky_carrier_ws_get_guard (SkyCarrierWs *self);
void          sky_carrier_ws_set_revision (SkyCarrierWs *self, guint revision);

#pragma once

#include "peer/carrier/caller.h"
#include "peer/carrier/carrier.h"

/**
 * SkyCarrierPoll:
 *
 * The client's end of Engine.IO over HTTP long-polling: one GET that waits, one POST at a time.
 */
#define SKY_TYPE_CARRIER_POLL (sky_carrier_poll_get_type ())
G_DECLARE_FINAL_TYPE (SkyCarrierPoll, sky_carrier_poll, SKY, CARRIER_POLL, SkyCarrier)

#define SKY_CARRIER_POLL_ERROR (sky_carrier_poll_error_quark ())
GQuark sky_carrier_poll_error_quark (void);

/* Why polling began no session, or lost it; or SkyTcpError, or SkyCallerError. */
typedef enum
{
  SKY_CARRIER_POLL_ERROR_STATUS,    /* an answer with another status than 200 and no Engine.IO error */
  SKY_CARRIER_POLL_ERROR_NO_ENGINE, /* 200, but its body is no open packet */
  SKY_CARRIER_POLL_ERROR_TRANSPORT, /* Engine.IO error 0: polling is switched off there */
  SKY_CARRIER_POLL_ERROR_SESSION,   /* 1: the session is not known (any more) */
  SKY_CARRIER_POLL_ERROR_REQUEST,   /* 2 or 3 */
  SKY_CARRIER_POLL_ERROR_FORBIDDEN, /* 4 */
  SKY_CARRIER_POLL_ERROR_REVISION,  /* 5 */
  SKY_CARRIER_POLL_ERROR_PAYLOAD,   /* a body that is no payload */
} SkyCarrierPollError;

void            sky_carrier_poll_open_async (SkyStore *store, const SkyProfile *profile, const SkyRoute *route,
                                             guint revision, SoupCookieJar *jar, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
SkyCarrierPoll *sky_carrier_poll_open_finish (GAsyncResult *result, GError **error);
void            sky_carrier_poll_begin (SkyCarrierPoll *self);
guint           sky_carrier_poll_get_revision (SkyCarrierPoll *self);
const char     *sky_carrier_poll_get_sid (SkyCarrierPoll *self);
const SkyRoute *sky_carrier_poll_get_route (SkyCarrierPoll *self);
SkyLink        *sky_carrier_poll_get_link (SkyCarrierPoll *self);
guint           sky_carrier_poll_get_status (const GError *error);

/* For an upgrade. While it is held, a close waits; while it is paused, nothing is asked. */
void            sky_carrier_poll_hold (SkyCarrierPoll *self);
void            sky_carrier_poll_pause_async (SkyCarrierPoll *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean        sky_carrier_poll_pause_finish (SkyCarrierPoll *self, GAsyncResult *result, GError **error);
void            sky_carrier_poll_release (SkyCarrierPoll *self);
void            sky_carrier_poll_hand_over (SkyCarrierPoll *self, SkyCarrier *to);

#pragma once

#include <libsoup/soup.h>

/**
 * SkyHostGuard:
 *
 * Every frame of a host's WebSocket passes here. It refuses what is too large with 1009, inflated
 * and with all fragments counted, and counts what is sent, since libsoup does not tell how much it
 * still holds. It also is the host's permessage-deflate (RFC 7692), for libsoup's inflates without
 * bound: a million bytes can become a thousand millions.
 */
#define SKY_TYPE_HOST_GUARD (sky_host_guard_get_type ())
G_DECLARE_FINAL_TYPE (SkyHostGuard, sky_host_guard, SKY, HOST_GUARD, SoupWebsocketExtension)

typedef void (*SkyHostGuardFunc) (gpointer user_data);

SkyHostGuard *sky_host_guard_new (void);
void          sky_host_guard_arm (SkyHostGuard *self, guint64 max_message, SkyHostGuardFunc sending,
                                  gpointer user_data);
void          sky_host_guard_silence (SkyHostGuard *self);
gboolean      sky_host_guard_is_tripped (SkyHostGuard *self);
guint64       sky_host_guard_get_n_sent (SkyHostGuard *self);

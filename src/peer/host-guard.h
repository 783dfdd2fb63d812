#pragma once

#include <libsoup/soup.h>

/**
 * SkyHostGuard:
 *
 * Stands at the end of a WebSocket's extensions, where every frame passes in the clear: closes
 * with 1009 what is too large (libsoup 3.2 measures single frames, before they are inflated), and
 * counts what is sent, since libsoup does not tell how much it still holds.
 */
#define SKY_TYPE_HOST_GUARD (sky_host_guard_get_type ())
G_DECLARE_FINAL_TYPE (SkyHostGuard, sky_host_guard, SKY, HOST_GUARD, SoupWebsocketExtension)

typedef void (*SkyHostGuardFunc) (gpointer user_data);

SkyHostGuard *sky_host_guard_new (guint64 max_message, SkyHostGuardFunc sending,
                                  gpointer user_data);
void          sky_host_guard_silence (SkyHostGuard *self);
gboolean      sky_host_guard_is_tripped (SkyHostGuard *self);
guint64       sky_host_guard_get_n_sent (SkyHostGuard *self);

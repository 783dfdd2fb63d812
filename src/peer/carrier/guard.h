#pragma once

#include <libsoup/soup.h>

#include "peer/link.h"
#include "ws/ws-deflate.h"

/**
 * SkyGuard:
 *
 * Every frame of a WebSocket passes here, at either end. It refuses what is too large with 1009,
 * inflated and with all fragments counted, and counts what is sent, since libsoup does not tell how
 * much it still holds. It also is our permessage-deflate (RFC 7692), for libsoup's inflates without
 * bound: a million bytes can become a thousand millions.
 */
#define SKY_TYPE_GUARD (sky_guard_get_type ())
G_DECLARE_FINAL_TYPE (SkyGuard, sky_guard, SKY, GUARD, SoupWebsocketExtension)

typedef void (*SkyGuardFunc) (gpointer user_data);

SkyGuard *sky_guard_new (void);
SkyGuard *sky_guard_new_client (const SkyWsDeflateParams *agreed);
SkyGuard *sky_guard_find (SoupWebsocketConnection *websocket);
void      sky_guard_arm (SkyGuard *self, SkyLink *link, guint64 max_message);
void      sky_guard_watch (SkyGuard *self, SkyGuardFunc sending, gpointer user_data);
void      sky_guard_silence (SkyGuard *self);
GBytes   *sky_guard_pass_outgoing (SkyGuard *self, guint8 *first, GBytes *payload);
gboolean  sky_guard_is_tripped (SkyGuard *self);
void      sky_guard_count_frame (SkyGuard *self, gsize len);
void      sky_guard_count_answer (SkyGuard *self);
gboolean  sky_guard_is_flooded (SkyGuard *self);
guint64   sky_guard_get_n_unsent (SkyGuard *self);

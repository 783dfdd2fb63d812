#pragma once

#include <libsoup/soup.h>

#include "peer/link.h"
#include "peer/profile/route.h"

#define SKY_OPENING_MAX_MESSAGE (64 * 1024 * 1024) /* bytes of one incoming message that are taken */

#define SKY_OPENING_ERROR (sky_opening_error_quark ())
GQuark sky_opening_error_quark (void);

/* Why a server that was reached is no WebSocket. Failures of the dial are SkyTcpError. */
typedef enum
{
  SKY_OPENING_ERROR_STATUS,   /* answered with another status than 101 */
  SKY_OPENING_ERROR_NOT_HTTP, /* answered with something that is no HTTP */
  SKY_OPENING_ERROR_WRONG,    /* answered 101, but not as the handshake demands */
  SKY_OPENING_ERROR_SILENT,   /* no answer in time */
  SKY_OPENING_ERROR_CLOSED,   /* hung up without an answer */
} SkyOpeningError;

guint sky_opening_error_get_status (const GError *error);
void sky_opening_async (SkyLink *link, const SkyProfile *profile, const SkyRoute *route, SoupCookieJar *jar,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
SoupWebsocketConnection *sky_opening_finish (GAsyncResult *result, GError **error);

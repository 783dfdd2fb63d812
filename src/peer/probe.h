#pragma once

#include "peer/route.h"
#include "trace/store.h"

/* What answered a request for an Engine.IO handshake over long-polling. */
typedef enum
{
  SKY_PROBE_NOTHING,   /* nothing that is Engine.IO */
  SKY_PROBE_ENGINE_4,  /* a session of revision 4: Socket.IO 3 or 4 */
  SKY_PROBE_ENGINE_3,  /* a session of revision 3: Socket.IO 1 or 2 */
  SKY_PROBE_WEBSOCKET, /* 426 Upgrade Required: a plain WebSocket server */
} SkyProbeResult;

void           sky_probe_async (SkyStore *store, const SkyProfile *profile, const char *path,
                                GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
SkyProbeResult sky_probe_finish (GAsyncResult *result);

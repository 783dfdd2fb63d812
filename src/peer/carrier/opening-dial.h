#pragma once

#include "peer/link.h"
#include "peer/profile/route.h"

void       sky_opening_dial_async (SkyLink *link, const SkyProfile *profile, const SkyRoute *route,
                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GError    *sky_opening_dial_blame (SkyLink *link, const char *host, const GError *why);
GIOStream *sky_opening_dial_finish (GAsyncResult *result, GError **error);

#pragma once

#include "peer/carrier/carrier-poll.h"
#include "peer/carrier/carrier-ws.h"

void          sky_upgrade_async (SkyStore *store, const SkyProfile *profile, SkyCarrierPoll *polling,
                                 SoupCookieJar *jar, GCancellable *cancellable, GAsyncReadyCallback callback,
                                 gpointer user_data);
SkyCarrierWs *sky_upgrade_finish (GAsyncResult *result, SkyLink **link, GError **error);

#pragma once

#include "peer/client/client.h"
#include "peer/host/host.h"

/* A host and two clients that chat in rooms, for a newcomer to look at. */
typedef struct _SkyDemo SkyDemo;

SkyDemo   *sky_demo_new (const char *rules);
void       sky_demo_free (SkyDemo *self);
SkyHost   *sky_demo_get_host (SkyDemo *self);
SkyClient *sky_demo_get_client (SkyDemo *self, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SkyDemo, sky_demo_free)

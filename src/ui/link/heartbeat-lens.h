#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/* The heartbeat of an Engine.IO session: when the next ping is due and when it is dead; more when pressed. */
#define SKY_TYPE_HEARTBEAT_LENS (sky_heartbeat_lens_get_type ())
G_DECLARE_FINAL_TYPE (SkyHeartbeatLens, sky_heartbeat_lens, SKY, HEARTBEAT_LENS, GtkWidget)

GtkWidget *sky_heartbeat_lens_new (void);
void       sky_heartbeat_lens_set_client (SkyHeartbeatLens *self, SkyClient *client);

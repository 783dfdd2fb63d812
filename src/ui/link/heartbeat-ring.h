#pragma once

#include <gtk/gtk.h>

/* A ring that fills until the next ping is due, and then, in another colour and with a mark, until the end. */
#define SKY_TYPE_HEARTBEAT_RING (sky_heartbeat_ring_get_type ())
G_DECLARE_FINAL_TYPE (SkyHeartbeatRing, sky_heartbeat_ring, SKY, HEARTBEAT_RING, GtkWidget)

void sky_heartbeat_ring_set (SkyHeartbeatRing *self, double part, gboolean overdue);

#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"

/* Writes a Socket.IO event: namespace, name, arguments, and whether an ack is asked for. */
#define SKY_TYPE_COMPOSE_EVENT (sky_compose_event_get_type ())
G_DECLARE_FINAL_TYPE (SkyComposeEvent, sky_compose_event, SKY, COMPOSE_EVENT, GtkWidget)

void sky_compose_event_set_sender (SkyComposeEvent *self, SkySender *sender);
void sky_compose_event_set_client (SkyComposeEvent *self, SkyClient *client);
void sky_compose_event_refresh (SkyComposeEvent *self);
void sky_compose_event_restore (SkyComposeEvent *self, const SkySent *sent);
void sky_compose_event_send (SkyComposeEvent *self);

#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"

/* Writes one WebSocket message: text, or bytes in hexadecimal or base64. */
#define SKY_TYPE_COMPOSE_MESSAGE (sky_compose_message_get_type ())
G_DECLARE_FINAL_TYPE (SkyComposeMessage, sky_compose_message, SKY, COMPOSE_MESSAGE, GtkWidget)

void sky_compose_message_set_sender (SkyComposeMessage *self, SkySender *sender);
void sky_compose_message_set_client (SkyComposeMessage *self, SkyClient *client);
void sky_compose_message_set_raw (SkyComposeMessage *self, gboolean raw);
void sky_compose_message_refresh (SkyComposeMessage *self);
void sky_compose_message_restore (SkyComposeMessage *self, const SkySent *sent);
void sky_compose_message_send (SkyComposeMessage *self);

#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"

/* What was sent to one address, newest first. Signal "chosen" (SkySent): it goes to its page. */
#define SKY_TYPE_COMPOSE_HISTORY (sky_compose_history_get_type ())
G_DECLARE_FINAL_TYPE (SkyComposeHistory, sky_compose_history, SKY, COMPOSE_HISTORY, GtkWidget)

void sky_compose_history_set_sender (SkyComposeHistory *self, SkySender *sender);
void sky_compose_history_set_events (SkyComposeHistory *self, gboolean events);
void sky_compose_history_refresh (SkyComposeHistory *self);
void sky_compose_history_send (SkyComposeHistory *self);

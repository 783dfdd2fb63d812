#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/* Writes what a client says next: an event with arguments, or a raw message. */
#define SKY_TYPE_COMPOSER (sky_composer_get_type ())
G_DECLARE_FINAL_TYPE (SkyComposer, sky_composer, SKY, COMPOSER, GtkWidget)

GtkWidget *sky_composer_new (void);
void       sky_composer_set_client (SkyComposer *self, SkyClient *client);
void       sky_composer_focus (SkyComposer *self);

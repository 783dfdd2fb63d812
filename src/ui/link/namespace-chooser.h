#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/**
 * SkyNamespaceChooser:
 *
 * The namespaces that a client has joined, or would join, one of them chosen: each with how it fares, to be
 * left and joined again, and a form to connect one more.
 *
 * Signal "changed": another one is chosen, or the chosen one or its connection fares otherwise.
 */
#define SKY_TYPE_NAMESPACE_CHOOSER (sky_namespace_chooser_get_type ())
G_DECLARE_FINAL_TYPE (SkyNamespaceChooser, sky_namespace_chooser, SKY, NAMESPACE_CHOOSER, GtkWidget)

void        sky_namespace_chooser_set_client (SkyNamespaceChooser *self, SkyClient *client, const char *wanted);
void        sky_namespace_chooser_refresh (SkyNamespaceChooser *self);
gboolean    sky_namespace_chooser_choose (SkyNamespaceChooser *self, const char *nsp);
const char *sky_namespace_chooser_get_chosen (SkyNamespaceChooser *self);
const char *sky_namespace_chooser_get_wanted (SkyNamespaceChooser *self);

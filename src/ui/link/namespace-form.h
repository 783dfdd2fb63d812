#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/* Where a person writes which namespace to connect to, and with which auth payload. */
#define SKY_TYPE_NAMESPACE_FORM (sky_namespace_form_get_type ())
G_DECLARE_FINAL_TYPE (SkyNamespaceForm, sky_namespace_form, SKY, NAMESPACE_FORM, GtkWidget)

void sky_namespace_form_set_client (SkyNamespaceForm *self, SkyClient *client);
void sky_namespace_form_refresh (SkyNamespaceForm *self);
void sky_namespace_form_edit (SkyNamespaceForm *self, const char *nsp);
void sky_namespace_form_connect_again (SkyNamespaceForm *self, const char *nsp);

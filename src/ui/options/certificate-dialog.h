#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/**
 * SkyCertificateDialog:
 *
 * The certificate that a server showed and that was not believed, and what is wrong with it.
 *
 * Signal "accept" (string, its SHA-256): take this one for this host.
 */
#define SKY_TYPE_CERTIFICATE_DIALOG (sky_certificate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SkyCertificateDialog, sky_certificate_dialog, SKY, CERTIFICATE_DIALOG, GtkWindow)

GtkWidget *sky_certificate_dialog_new (GtkWindow *parent, SkyClient *client);

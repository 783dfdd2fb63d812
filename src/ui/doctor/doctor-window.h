#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/**
 * SkyDoctorWindow:
 *
 * Examines what a client is to connect to, and lists what is found as it is found. To close it ends that.
 *
 * Signals: "apply" (SkyProfile, as a pointer): connect as this says; "show-trace" (SkyStore): what was said
 * meanwhile is to be looked at.
 */
#define SKY_TYPE_DOCTOR_WINDOW (sky_doctor_window_get_type ())
G_DECLARE_FINAL_TYPE (SkyDoctorWindow, sky_doctor_window, SKY, DOCTOR_WINDOW, GtkWindow)

GtkWidget *sky_doctor_window_new (GtkWindow *parent, const SkyProfile *profile, const char *title);

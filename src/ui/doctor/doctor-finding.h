#pragma once

#include <gtk/gtk.h>

#include "peer/doctor/doctor.h"

/* One finding of the doctor: how bad it is, what it is, what it was seen by, and what to do. */
GtkWidget *sky_doctor_finding_new (const SkyFinding *finding);
const char *sky_doctor_finding_words (SkyFindingLevel level);

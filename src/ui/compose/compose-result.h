#pragma once

#include <gtk/gtk.h>

#include "ui/compose/sender.h"

/* One line that says how the latest of what was sent fares. */
#define SKY_TYPE_COMPOSE_RESULT (sky_compose_result_get_type ())
G_DECLARE_FINAL_TYPE (SkyComposeResult, sky_compose_result, SKY, COMPOSE_RESULT, GtkWidget)

void sky_compose_result_show (SkyComposeResult *self, SkyTold told, const char *text);

#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* One client of a server: what it said on connecting, its variables, its rooms. Secrets are masked until revealed. */
#define SKY_TYPE_CLIENTS_DETAIL (sky_clients_detail_get_type ())
G_DECLARE_FINAL_TYPE (SkyClientsDetail, sky_clients_detail, SKY, CLIENTS_DETAIL, GtkWidget)

void sky_clients_detail_show (SkyClientsDetail *self, SkyRoster *roster, const char *nsp, const char *id);

#pragma once

#include <gtk/gtk.h>

#include "trace/store.h"

/* How a connection began: phases with their times, request and response, each header explained. */
#define SKY_TYPE_HANDSHAKE_PANE (sky_handshake_pane_get_type ())
G_DECLARE_FINAL_TYPE (SkyHandshakePane, sky_handshake_pane, SKY, HANDSHAKE_PANE, GtkWidget)

GtkWidget *sky_handshake_pane_new (void);
void       sky_handshake_pane_set_store (SkyHandshakePane *self, SkyStore *store);

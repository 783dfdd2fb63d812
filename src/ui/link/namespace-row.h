#pragma once

#include <gtk/gtk.h>

#include "peer/client/client.h"

/**
 * SkyNamespaceRow:
 *
 * One namespace of a connection: its name, how it fares and why, and a button to leave it or to join it again.
 *
 * Signal "asked" (gboolean): a person wants it connected, or left.
 */
#define SKY_TYPE_NAMESPACE_ROW (sky_namespace_row_get_type ())
G_DECLARE_FINAL_TYPE (SkyNamespaceRow, sky_namespace_row, SKY, NAMESPACE_ROW, GtkWidget)

SkyPeerState sky_space_to_peer_state (SkySpaceState state);
const char  *sky_space_words (SkySpaceState state);

GtkWidget    *sky_namespace_row_new (void);
void          sky_namespace_row_set_info (SkyNamespaceRow *self, const SkySpaceInfo *info, gboolean open, gboolean chosen);
const char   *sky_namespace_row_get_name (SkyNamespaceRow *self);
SkySpaceState sky_namespace_row_get_state (SkyNamespaceRow *self);

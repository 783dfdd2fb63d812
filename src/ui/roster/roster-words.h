#pragma once

#include <gtk/gtk.h>

#include "peer/roster/roster.h"

/* What a person has chosen of a roster: a namespace, a room of it, a socket, perhaps within a room; or nothing. */
typedef struct
{
  char *nsp, *room, *socket; /* owned, nullable; nothing is chosen without a namespace */
} SkyRosterChoice;

void     sky_roster_choice_set (SkyRosterChoice *self, const char *nsp, const char *room, const char *socket);
void     sky_roster_choice_clear (SkyRosterChoice *self);
gboolean sky_roster_choice_equal (const SkyRosterChoice *a, const SkyRosterChoice *b);

char       *sky_roster_short_id (const char *id);
char       *sky_roster_brief_id (const char *id);
char       *sky_roster_name_socket (SkyRoster *roster, const char *nsp, const char *id);
char       *sky_roster_quote_room (const char *room);
char       *sky_roster_mark_room (const char *room);
char       *sky_roster_list_rooms (SkyRoster *roster, const char *nsp, const char *id, gboolean marked);
const char *sky_roster_transport_title (const char *transport);
const char *sky_roster_transport_glyph (const char *transport, GdkRGBA *color);
char       *sky_roster_format_rate (double rate);
char       *sky_roster_count_sockets (guint n_sockets);
gboolean    sky_roster_allow (GtkWidget *widget, SkyRoster *roster, gsize hand, const char *problem, const char *tip);

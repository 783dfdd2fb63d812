#pragma once

#include "peer/host/host-session.h"
#include "peer/roster/roster.h"

/* What a host tells its roster, one call for each thing that happens. */
SkyRoster *sky_host_roster_new (void);
void       sky_host_roster_set_up (SkyHost *host);

void sky_host_roster_enter (SkyHostMember *member, const char *auth, gboolean recovered);
void sky_host_roster_exit (SkyHostMember *member, const char *why);
void sky_host_roster_join (SkyHostMember *member, const char *room, const char *why);
void sky_host_roster_leave (SkyHostMember *member, const char *room, const char *why);
void sky_host_roster_touch (SkyHostMember *member);
void sky_host_roster_count (SkyHostMember *member, gboolean in);
void sky_host_roster_told (SkyHostMember *member);
void sky_host_roster_sent (SkyHostSession *session, const char *nsp, SkySioType type);
void sky_host_roster_tell (const SkyHostHouse *house, const char *nsp, const char *const *rooms, const char *from,
                           guint n_receivers, const char *why);
void sky_host_roster_ping (SkyHostSession *session);
void sky_host_roster_pong (SkyHostSession *session);
void sky_host_roster_update (SkyHostSession *session);

/* … and of clients that do not speak Socket.IO */
void sky_host_roster_open (SkyHostSession *session);
void sky_host_roster_close (SkyHostSession *session, const char *why);
void sky_host_roster_count_message (SkyHostSession *session, gboolean in);

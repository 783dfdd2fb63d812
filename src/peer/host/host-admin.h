#pragma once

#include "peer/host/host-session.h"

#define SKY_HOST_ADMIN_NSP    "/admin"
#define SKY_HOST_ADMIN_ORIGIN "https://admin.socket.io" /* where the Admin UI is hosted */

/**
 * SkyHostAdmin:
 *
 * A host's namespace for the Admin UI, as the npm package @socket.io/admin-ui 0.5.1 serves it: who logs in
 * is told of all that happens, and gives orders. FEATURES §4.4. It costs a few counters while nobody looks.
 *
 * Bounded: 100 logins are remembered; who does not read misses events first, and then is dropped as any
 * other client that does not read.
 */
SkyHostAdmin *sky_host_admin_new (const SkyHostHouse *house);
void          sky_host_admin_free (SkyHostAdmin *self);
void          sky_host_admin_settle (SkyHostAdmin *self, gboolean running);
gboolean      sky_host_admin_owns (const SkyHostHouse *house, const char *nsp);
char         *sky_host_admin_judge (SkyHostSession *session, const char *auth);

/* What happens, one call for each; @member may be an admin's own. */
void     sky_host_admin_enter (SkyHostMember *member);
gboolean sky_host_admin_connected (SkyHostMember *member);
void     sky_host_admin_exit (SkyHostMember *member, const char *why);
void     sky_host_admin_join (SkyHostMember *member, const char *room);
void     sky_host_admin_leave (SkyHostMember *member, const char *room);
void     sky_host_admin_updated (SkyHostMember *member, const char *transport, const char *data);
gboolean sky_host_admin_hear (SkyHostMember *member, const SkyTalk *talk);
void     sky_host_admin_sent (SkyHostSession *session, const char *nsp, const char *json, GPtrArray *attachments);
void     sky_host_admin_told (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *json,
                              GPtrArray *attachments);
void     sky_host_admin_opened (SkyHostSession *session);
void     sky_host_admin_upgraded (SkyHostSession *session);
void     sky_host_admin_closed (SkyHostSession *session, const char *why);

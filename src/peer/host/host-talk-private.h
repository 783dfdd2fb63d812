#pragma once

#include "peer/host/host-talk.h"

#define SKY_HOST_MAX_SPACES   100  /* namespaces of one connection */
#define SKY_HOST_MAX_ROOMS    1000 /* rooms of one socket */
#define SKY_HOST_MAX_NAME_LEN 1024 /* bytes of a namespace or a room */

void sky_host_talk_send (SkyHostSession *session, SkySioType type, const char *nsp, const guint64 *id,
                         const char *json, GPtrArray *attachments);
void sky_host_talk_push (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *json,
                         GPtrArray *attachments);
void sky_host_talk_tell_members (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *json,
                                 GPtrArray *attachments);
char *sky_host_talk_log (const SkyHostHouse *house, const char *nsp, GPtrArray *members, const char *const *rooms,
                         const char *const *except, const char *json, GPtrArray *attachments);
void  sky_host_talk_say (SkyHostMember *member, const char *json, GPtrArray *attachments);
SkyHostKept *sky_host_talk_part (SkyHostMember *member, const char *why);
void         sky_host_talk_keep (const SkyHostHouse *house, SkyHostKept *kept);
SkyHostKept *sky_host_talk_recover (SkyHostSession *session, const char *nsp, const char *auth, GPtrArray **missed);
void         sky_host_talk_restore (SkyHostMember *member, const SkyHostKept *kept, GPtrArray *missed);
char *sky_host_talk_query_to_json (const char *query);
void sky_host_talk_note_room (const SkyHostMember *member, SkyKind kind, const char *room, const char *by);
void sky_host_talk_connect (SkyHostSession *session, const SkyTalk *talk, const char *query);
void sky_host_talk_answer (SkyHostSession *session, SkyHostMember *member, const SkyTalk *talk);

#pragma once

#include "peer/host/host-session.h"

/* What a host says on Socket.IO: who may join a namespace, and the answer to each event. */
void  sky_host_talk_hear (SkyHostSession *session, const SkyTalk *talk);
void  sky_host_talk_welcome (SkyHostSession *session);
void  sky_host_talk_leave_all (SkyHostSession *session, const char *why);
void  sky_host_talk_join (SkyHostMember *member, const char *room, const char *by);
void  sky_host_talk_leave (SkyHostMember *member, const char *room, const char *by);
void  sky_host_talk_disconnect (SkyHostMember *member);
void  sky_host_talk_disconnect_all (SkyHostSession *session);
char *sky_host_talk_read_ack (const SkyTalk *talk);
guint sky_host_talk_tell (const SkyHostHouse *house, const char *nsp, const char *to,
                          const char *except, const char *json, GPtrArray *attachments);

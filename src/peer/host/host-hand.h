#pragma once

#include "peer/host/host-session.h"

/* Answers to events that a person has emitted. */
gboolean sky_host_hand_hear (SkyHostMember *member, const SkyTalk *talk);
void     sky_host_hand_ask (GPtrArray *members, const char *nsp, const char *json, GPtrArray *attachments, SkyRosterAsk *ask);
void     sky_host_hand_forget (SkyHostMember *member);

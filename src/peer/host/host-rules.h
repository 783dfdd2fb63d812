#pragma once

#include "peer/host/host-session.h"
#include "peer/rules/rules-run.h"

/**
 * SkyHostPlayer:
 *
 * One socket of a host in one namespace, or a client for raw messages: what its rules have to know of it.
 */
typedef struct _SkyHostPlayer SkyHostPlayer;

extern const SkyRulesHands sky_host_rules_hands;

gboolean sky_host_rules_reign (const SkyHostSession *session);
gboolean sky_host_rules_know (const SkyHostSession *session, const char *nsp);
char    *sky_host_rules_seat (SkyHostSession *session, const char *nsp, const char *id, const char *auth);
void     sky_host_rules_reseat (SkyHostSession *session, const char *nsp, const char *id, const char *auth,
                                const char *variables);
void     sky_host_rules_connect (SkyHostSession *session, SkyHostMember *member);
gboolean sky_host_rules_event (SkyHostSession *session, const SkyTalk *talk);
void     sky_host_rules_answer (SkyHostSession *session, const SkyTalk *talk);
void     sky_host_rules_open (SkyHostSession *session);
gboolean sky_host_rules_message (SkyHostSession *session, GBytes *data, gboolean binary);
void     sky_host_rules_end (SkyHostSession *session, const char *nsp, guint code, const char *reason,
                             char **variables);
void     sky_host_rules_clear (SkyHostSession *session);
void     sky_host_rules_drop (SkyHostSession *session);

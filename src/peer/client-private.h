#pragma once

#include "peer/acks.h"
#include "peer/client.h"
#include "peer/guard.h"
#include "peer/link.h"
#include "peer/route.h"
#include "peer/talker.h"

#define SKY_CLIENT_MAX_BUFFERED (64 * 1024 * 1024) /* bytes that may wait for a slow peer */

struct _SkyClient
{
  SkyPeer       parent_instance;
  SkyProfile   *profile;
  SkyProtocol   found; /* what AUTO turned out to be, or AUTO */
  SkyRoute      route; /* of this run, as all that follows */
  GCancellable *cancellable;
  SkyLink      *link;
  SkyTalker    *talker;
  SkyAcks      *acks;
  SkyEioOpen    open;
  GPtrArray    *namespaces; /* connected ones; ended by NULL */
  GStrv         wanted;
  guint         n_refused;
  guint         deadline;
  gboolean      stopping;
  SkyGuard     *guard;
  guint         drop;    /* source: the peer asks and does not read */
  char         *refusal; /* nullable: why we close, in a sentence */
};

gpointer   sky_client_pledge (SkyClient *self);
SkyClient *sky_client_unpledge (gpointer data);
void       sky_client_hear (SkyClient *self, SoupWebsocketConnection *socket);
void       sky_client_end_run (SkyClient *self);
void       sky_client_restart_as (SkyClient *self, SkyProtocol protocol);
void       sky_client_begin_close (SkyClient *self, guint code, const char *reason);
char      *sky_client_judge_peer (SkyClient *self, guint code);
void       sky_client_judge_failure (SkyClient *self, const GError *error);
void       sky_client_judge_no_engine (SkyClient *self);
void       sky_client_judge_close (SkyClient *self, guint code, const char *reason);
gboolean   sky_client_judge_connect (SkyClient *self, const char *nsp, const char *json);
void       sky_client_judge_refusal (SkyClient *self, const char *nsp, const char *json);

#pragma once

#include "peer/host/host-admin.h"

/* Why connections ended, in the words of Engine.IO */
#define SKY_HOST_ADMIN_N_REASONS 5

/* What is counted ever; the difference of two of them is what happened in between. */
typedef struct
{
  SkyCarrierMeter meter;
  guint64         n_opened;
  guint64         n_closed[SKY_HOST_ADMIN_N_REASONS];
} SkyHostCounts;

struct _SkyHostAdmin
{
  const SkyHostHouse *house;

  gboolean on, read_only, production; /* as it is served now */
  char    *username, *password;       /* nullable: nobody is asked */
  GQueue   logins;                    /* of char *: session ids, the newest first */
  GHashTable *tries;                  /* address → wrong passwords of late */

  GPtrArray *watchers; /* of Watcher: the admins that are here, in order of their coming */
  GPtrArray *asks;     /* of the questions they wait for */

  SkyHostCounts counts, told; /* told: up to the beginning of the present second */
  GString      *seconds;      /* JSON: aggregatedEvents since the last statistics */
  gint64        second;       /* the present one, since 1970 */
  gint64        begun_usec;   /* when the host began to listen, by the monotonic clock */
  guint         tick, stats;  /* sources */
};

gboolean sky_host_admin_is_watched (const SkyHostHouse *house);
GString *sky_host_admin_begin (const char *event);
void     sky_host_admin_append_time (GString *json, SkyParser parser);
void     sky_host_admin_append_socket (GString *json, SkyHostMember *member);
void     sky_host_admin_push (SkyHostAdmin *self, const char *json);
void     sky_host_admin_add_watcher (SkyHostAdmin *self, SkyHostMember *member);
void     sky_host_admin_remove_watcher (SkyHostAdmin *self, SkyHostMember *member);
GPtrArray *sky_host_admin_list_ready (SkyHostAdmin *self);

void     sky_host_admin_stats_start (SkyHostAdmin *self);
void     sky_host_admin_stats_stop (SkyHostAdmin *self);

gboolean sky_host_admin_obey (SkyHostMember *member, const SkyTalk *talk);
void     sky_host_admin_reply (SkyHostMember *member, guint64 id, const char *json, GPtrArray *attachments);
void     sky_host_admin_ask (SkyHostMember *member, guint64 id, const char *nsp, GPtrArray *members, const char *json,
                             GPtrArray *attachments);
void     sky_host_admin_forget_asks (SkyHostAdmin *self, SkyHostMember *watcher);

#pragma once

#include "base/json.h"
#include "peer/roster/admin-watch.h"

/* One event of the admin namespace that waits for its turn. */
typedef struct
{
  char  *event, *args;
  gsize  len; /* bytes of @args */
  gint64 time_usec;
} SkyAdminHeard;

/* all_sockets, while it is read. */
typedef struct
{
  gboolean    on;
  SkyJsonIter iter; /* of the text at the queue's head */
  GHashTable *stale; /* set of "nsp\nid": known from before, and not met again yet */
} SkyAdminSnapshot;

struct _SkyAdminWatch
{
  GObject parent_instance;

  SkyClient *client;
  SkyRoster *roster;
  char      *nsp;
  char      *session; /* nullable: it is let in again by that */
  char      *user, *password; /* nullable: those of the client's own payload */

  gboolean         connected, configured;
  SkyAdminFeatures features;
  char            *problem; /* nullable */
  guint            deadline; /* source */

  GQueue           heard;     /* of SkyAdminHeard */
  gsize            heard_len; /* bytes */
  guint            idle;      /* source */
  SkyAdminSnapshot snapshot;

  gboolean skewed; /* the server's clock is known */
  gint64   skew_usec; /* … what to add to its times */

  GHashTable     *servers; /* id → Server */
  GPtrArray      *in_order; /* of Server; borrowed */
  GHashTable     *told;    /* set: namespaces that the servers spoke of */
  SkyAdminTraffic traffic[SKY_ADMIN_N_TRAFFIC];
  gint64          traffic_bin; /* the newest */
};

void sky_admin_watch_hear (SkyAdminWatch *self, const SkyAdminHeard *heard);
void sky_admin_watch_begin_snapshot (SkyAdminWatch *self, const SkyAdminHeard *heard);
gboolean sky_admin_watch_step_snapshot (SkyAdminWatch *self, const SkyAdminHeard *heard);
void sky_admin_watch_drop_snapshot (SkyAdminWatch *self);
void sky_admin_watch_hear_config (SkyAdminWatch *self, const char *text, const SkyJsonValue *config);
void sky_admin_watch_hear_stats (SkyAdminWatch *self, const char *text, const SkyJsonValue *stats, gint64 time_usec);
void sky_admin_watch_set_hands (SkyAdminWatch *self);
void sky_admin_watch_tell (SkyAdminWatch *self);
void sky_admin_server_free (gpointer data);
char *sky_admin_take (const char *text, const SkyJsonValue *string);

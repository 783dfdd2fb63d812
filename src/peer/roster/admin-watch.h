#pragma once

#include "peer/client/client.h"
#include "peer/roster/roster.h"

/* What a server with @socket.io/admin-ui says it can do. The M ones take rooms, the others one socket. FEATURES §4.4 */
typedef enum
{
  SKY_ADMIN_EMIT = 1 << 0,
  SKY_ADMIN_JOIN = 1 << 1,
  SKY_ADMIN_LEAVE = 1 << 2,
  SKY_ADMIN_DISCONNECT = 1 << 3,
  SKY_ADMIN_MJOIN = 1 << 4,
  SKY_ADMIN_MLEAVE = 1 << 5,
  SKY_ADMIN_MDISCONNECT = 1 << 6,
  SKY_ADMIN_AGGREGATED_EVENTS = 1 << 7,
  SKY_ADMIN_ALL_EVENTS = 1 << 8,
} SkyAdminFeatures;

/* One of the servers behind the address. Borrowed until "changed". */
typedef struct
{
  const char *id, *hostname; /* @hostname nullable */
  guint64     pid;
  double      uptime_sec;
  guint       n_clients, n_polling;
  gint64      heard_usec; /* its last word; silent for ten seconds it counts as ill */
} SkyAdminServer;

/* What all servers together did in ten seconds. */
typedef struct
{
  guint64 n_connections, n_disconnections;
  guint64 n_packets_in, n_packets_out, n_bytes_in, n_bytes_out;
} SkyAdminTraffic;

#define SKY_ADMIN_TRAFFIC_USEC (10 * G_TIME_SPAN_SECOND)
#define SKY_ADMIN_N_TRAFFIC    60 /* so many tens of seconds are remembered */
#define SKY_ADMIN_ILL_USEC     (10 * G_TIME_SPAN_SECOND)

/**
 * SkyAdminWatch:
 *
 * Watches a server through its admin namespace and a client that is connected to it, and fills a roster.
 * Make it before the client asks for the namespace: what the server says at first it says once.
 *
 * Signals: "changed" (anything but the roster, which tells by itself).
 */
#define SKY_TYPE_ADMIN_WATCH (sky_admin_watch_get_type ())
G_DECLARE_FINAL_TYPE (SkyAdminWatch, sky_admin_watch, SKY, ADMIN_WATCH, GObject)

SkyAdminWatch   *sky_admin_watch_new (SkyClient *client, const char *nsp);
void             sky_admin_watch_set_login (SkyAdminWatch *self, const char *user, const char *password);
const char      *sky_admin_watch_get_nsp (SkyAdminWatch *self);
SkyRoster       *sky_admin_watch_get_roster (SkyAdminWatch *self);
gboolean         sky_admin_watch_is_live (SkyAdminWatch *self);
gboolean         sky_admin_watch_is_development (SkyAdminWatch *self);
const char      *sky_admin_watch_get_problem (SkyAdminWatch *self);
guint            sky_admin_watch_get_n_servers (SkyAdminWatch *self);
gboolean         sky_admin_watch_get_server (SkyAdminWatch *self, guint index, SkyAdminServer *out);
void             sky_admin_watch_get_traffic (SkyAdminWatch *self, guint age, gint64 now_usec, SkyAdminTraffic *out);

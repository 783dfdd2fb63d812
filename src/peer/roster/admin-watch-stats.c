#include "peer/roster/admin-watch-private.h"

#include <string.h>

#define MAX_SERVERS  100
#define MAX_SPACES   1000                     /* of one server */
#define MAX_COUNT    (10 * 1000 * 1000)       /* sockets of one, that are believed */
#define MAX_UPTIME   1e9                      /* seconds, that are believed */
#define FORGET_USEC  (60 * G_TIME_SPAN_SECOND) /* a server that was silent for so long is gone */

/* server_stats: what each server behind the address says of itself every two seconds, in production too. */

typedef struct
{
  SkyAdminServer info; /* its strings its own */
  GHashTable    *spaces; /* namespace → how many sockets */
} Server;

void
sky_admin_server_free (gpointer data)
{
  Server *self = data;

  g_hash_table_unref (self->spaces);
  g_free ((char *) self->info.id);
  g_free ((char *) self->info.hostname);
  g_free (self);
}

static guint64
take_uint (const char *text, const SkyJsonValue *object, const char *name)
{
  SkyJsonValue value;
  guint64 number;

  return sky_json_member (text, object, name, &value) && value.type == SKY_JSON_NUMBER
                 && sky_json_uint (text, &value, &number)
             ? number
             : 0;
}

static double
take_double (const char *text, const SkyJsonValue *object, const char *name)
{
  SkyJsonValue value;
  g_autofree char *number = NULL;

  if (!sky_json_member (text, object, name, &value) || value.type != SKY_JSON_NUMBER)
    return 0;
  number = g_strndup (text + value.start, value.len);
  return g_ascii_strtod (number, NULL);
}

static char *
take_string (const char *text, const SkyJsonValue *object, const char *name)
{
  SkyJsonValue value;

  return sky_json_member (text, object, name, &value) ? sky_admin_take (text, &value) : NULL;
}

static Server *
get_server (SkyAdminWatch *self, const char *id)
{
  Server *server = g_hash_table_lookup (self->servers, id);

  if (server != NULL || g_hash_table_size (self->servers) >= MAX_SERVERS)
    return server;
  server = g_new0 (Server, 1);
  server->info.id = g_strdup (id);
  server->spaces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (self->servers, (char *) server->info.id, server);
  g_ptr_array_add (self->in_order, server);
  return server;
}

static void
take_spaces (SkyAdminWatch *self, Server *server, const char *text, const SkyJsonValue *stats)
{
  SkyJsonValue list, item;
  SkyJsonIter iter;

  if (!sky_json_member (text, stats, "namespaces", &list) || list.type != SKY_JSON_ARRAY)
    return;
  g_hash_table_remove_all (server->spaces);
  sky_json_iter_init (&iter, text, &list);
  while (sky_json_iter_next (&iter, NULL, &item) && g_hash_table_size (server->spaces) < MAX_SPACES)
    {
      char *name = take_string (text, &item, "name");

      if (name != NULL && strcmp (name, self->nsp) != 0)
        g_hash_table_replace (server->spaces, name,
                              GUINT_TO_POINTER ((guint) MIN (take_uint (text, &item, "socketsCount"), MAX_COUNT)));
      else
        g_free (name);
    }
}

static void
forget_silent (SkyAdminWatch *self, gint64 time_usec)
{
  for (guint i = self->in_order->len; i-- > 0;)
    {
      Server *server = g_ptr_array_index (self->in_order, i);

      if (time_usec - server->info.heard_usec < FORGET_USEC)
        continue;
      g_ptr_array_remove_index (self->in_order, i);
      g_hash_table_remove (self->servers, server->info.id);
    }
}

static GHashTable *
sum_spaces (SkyAdminWatch *self)
{
  GHashTable *sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name, count;

  for (guint i = 0; i < self->in_order->len; i++)
    {
      g_hash_table_iter_init (&iter, ((Server *) g_ptr_array_index (self->in_order, i))->spaces);
      while (g_hash_table_iter_next (&iter, &name, &count))
        {
          guint before = GPOINTER_TO_UINT (g_hash_table_lookup (sums, name));

          g_hash_table_replace (sums, g_strdup (name), GUINT_TO_POINTER (before + GPOINTER_TO_UINT (count)));
        }
    }
  return sums;
}

/* Where sockets are told one by one, these are what counts, and numbers of two seconds ago are not. */
static void
tell_spaces (SkyAdminWatch *self, gint64 time_usec)
{
  GHashTable *sums = sum_spaces (self);
  gboolean numbers = self->configured && !sky_admin_watch_is_development (self);
  GHashTableIter iter;
  gpointer name, count;

  g_hash_table_iter_init (&iter, self->told);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (sums, name))
      sky_roster_forget (self->roster, name);
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &name, &count))
    sky_roster_tell (self->roster, name, numbers ? (int) GPOINTER_TO_UINT (count) : -1, time_usec);
  g_hash_table_unref (self->told);
  self->told = sums;
}

static void
move_on (SkyAdminWatch *self, gint64 bin)
{
  gint64 n_new = MIN (bin - self->traffic_bin, SKY_ADMIN_N_TRAFFIC);

  for (gint64 i = 0; i < n_new; i++)
    self->traffic[(bin - i) % SKY_ADMIN_N_TRAFFIC] = (SkyAdminTraffic) { 0 };
  self->traffic_bin = MAX (self->traffic_bin, bin);
}

static void
add_traffic (SkyAdminTraffic *traffic, const char *type, guint64 count)
{
  static const struct
  {
    const char *type;
    gsize       offset;
  } fields[] = {
    { "rawConnection", G_STRUCT_OFFSET (SkyAdminTraffic, n_connections) },
    { "rawDisconnection", G_STRUCT_OFFSET (SkyAdminTraffic, n_disconnections) },
    { "packetsIn", G_STRUCT_OFFSET (SkyAdminTraffic, n_packets_in) },
    { "packetsOut", G_STRUCT_OFFSET (SkyAdminTraffic, n_packets_out) },
    { "bytesIn", G_STRUCT_OFFSET (SkyAdminTraffic, n_bytes_in) },
    { "bytesOut", G_STRUCT_OFFSET (SkyAdminTraffic, n_bytes_out) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (strcmp (type, fields[i].type) == 0)
      G_STRUCT_MEMBER (guint64, traffic, fields[i].offset) += count;
}

/* By our clock: a server's may be another, and the seconds of two servers are not the same. */
static void
take_traffic (SkyAdminWatch *self, const char *text, const SkyJsonValue *stats, gint64 time_usec)
{
  SkyJsonValue list, item;
  SkyJsonIter iter;

  move_on (self, time_usec / SKY_ADMIN_TRAFFIC_USEC);
  if (!sky_json_member (text, stats, "aggregatedEvents", &list) || list.type != SKY_JSON_ARRAY)
    return;
  sky_json_iter_init (&iter, text, &list);
  while (sky_json_iter_next (&iter, NULL, &item))
    {
      g_autofree char *type = take_string (text, &item, "type");

      if (type != NULL)
        add_traffic (&self->traffic[self->traffic_bin % SKY_ADMIN_N_TRAFFIC], type, take_uint (text, &item, "count"));
    }
}

void
sky_admin_watch_hear_stats (SkyAdminWatch *self, const char *text, const SkyJsonValue *stats, gint64 time_usec)
{
  g_autofree char *id = take_string (text, stats, "serverId");
  Server *server = id != NULL ? get_server (self, id) : NULL;

  if (server == NULL)
    return;
  g_free ((char *) server->info.hostname);
  server->info.hostname = take_string (text, stats, "hostname");
  server->info.pid = take_uint (text, stats, "pid");
  server->info.uptime_sec = CLAMP (take_double (text, stats, "uptime"), 0, MAX_UPTIME);
  server->info.n_clients = (guint) MIN (take_uint (text, stats, "clientsCount"), G_MAXUINT);
  server->info.n_polling = (guint) MIN (take_uint (text, stats, "pollingClientsCount"), G_MAXUINT);
  server->info.heard_usec = time_usec;
  take_spaces (self, server, text, stats);
  take_traffic (self, text, stats, time_usec);
  forget_silent (self, time_usec);
  tell_spaces (self, time_usec);
  sky_admin_watch_tell (self);
}

guint
sky_admin_watch_get_n_servers (SkyAdminWatch *self)
{
  return self->in_order->len;
}

/**
 * sky_admin_watch_get_server:
 * @index: below sky_admin_watch_get_n_servers(); in the order in which they were heard first
 * @out: (out caller-allocates): borrowed until "changed"
 */
gboolean
sky_admin_watch_get_server (SkyAdminWatch *self, guint index, SkyAdminServer *out)
{
  if (index >= self->in_order->len)
    return FALSE;
  *out = ((Server *) g_ptr_array_index (self->in_order, index))->info;
  return TRUE;
}

/**
 * sky_admin_watch_get_traffic:
 * @age: 0 for the ten seconds that @now_usec is in, 1 for those before, below %SKY_ADMIN_N_TRAFFIC
 * @out: (out caller-allocates): nothing, if nothing is known
 */
void
sky_admin_watch_get_traffic (SkyAdminWatch *self, guint age, gint64 now_usec, SkyAdminTraffic *out)
{
  gint64 bin = now_usec / SKY_ADMIN_TRAFFIC_USEC - age;

  *out = (SkyAdminTraffic) { 0 };
  if (bin >= 0 && bin <= self->traffic_bin && bin > self->traffic_bin - SKY_ADMIN_N_TRAFFIC)
    *out = self->traffic[bin % SKY_ADMIN_N_TRAFFIC];
}

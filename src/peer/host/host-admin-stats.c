#include "peer/host/host-admin-private.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/carrier/carrier-served.h"

#define STATS_MSEC 2000
#define MAX_SPACES 1000 /* namespaces that are listed */

/* What admins are told of the server as a whole: FEATURES §4.4, server_stats. */

static const char *const reasons[SKY_HOST_ADMIN_N_REASONS] = {
  "transport close", "transport error", "ping timeout", "parse error", "forced close",
};

/* A client of Engine.IO is there. */
void
sky_host_admin_opened (SkyHostSession *session)
{
  SkyHostAdmin *self = session->house->admin;

  self->counts.n_opened++;
  sky_carrier_set_meter (session->carrier, &self->counts.meter);
}

/* … and goes on on another carrier. */
void
sky_host_admin_upgraded (SkyHostSession *session)
{
  sky_carrier_set_meter (session->carrier, &session->house->admin->counts.meter);
}

/* … and it has gone. @why: as a Socket.IO server says it; Engine.IO has fewer words */
void
sky_host_admin_closed (SkyHostSession *session, const char *why)
{
  guint i = 0;

  if (session->revision == 0)
    return;
  while (i < G_N_ELEMENTS (reasons) - 1 && g_strcmp0 (reasons[i], why) != 0)
    i++;
  session->house->admin->counts.n_closed[i]++;
}

static void
append_count (SkyHostAdmin *self, const char *type, const char *reason, guint64 now, guint64 told)
{
  if (now == told)
    return;
  if (self->seconds->len > 0)
    g_string_append_c (self->seconds, ',');
  g_string_append_printf (self->seconds, "{\"timestamp\":%" G_GINT64_FORMAT ",\"type\":\"%s\"", self->second * 1000, type);
  if (reason != NULL)
    g_string_append_printf (self->seconds, ",\"subType\":\"%s\"", reason);
  g_string_append_printf (self->seconds, ",\"count\":%" G_GUINT64_FORMAT "}", now - told);
}

/* What was counted since it was last looked at belongs to the present second. */
static void
close_second (SkyHostAdmin *self)
{
  const SkyHostCounts *now = &self->counts, *told = &self->told;

  append_count (self, "rawConnection", NULL, now->n_opened, told->n_opened);
  append_count (self, "packetsIn", NULL, now->meter.n_in, told->meter.n_in);
  append_count (self, "bytesIn", NULL, now->meter.in_len, told->meter.in_len);
  append_count (self, "packetsOut", NULL, now->meter.n_out, told->meter.n_out);
  append_count (self, "bytesOut", NULL, now->meter.out_len, told->meter.out_len);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    append_count (self, "rawDisconnection", reasons[i], now->n_closed[i], told->n_closed[i]);
  self->told = self->counts;
}

static gboolean on_second (gpointer user_data);

/* At the beginning of the next second. */
static void
schedule_second (SkyHostAdmin *self)
{
  gint64 now_usec = sky_clock_now_usec ();

  self->second = now_usec / G_USEC_PER_SEC;
  self->tick = g_timeout_add ((guint) (1 + (G_USEC_PER_SEC - now_usec % G_USEC_PER_SEC) / 1000), on_second, self);
}

static gboolean
on_second (gpointer user_data)
{
  SkyHostAdmin *self = user_data;

  close_second (self);
  schedule_second (self);
  return G_SOURCE_REMOVE;
}

static void
append_clients (GString *json, const SkyHostHouse *house)
{
  guint n = 0, n_polling = 0;
  GHashTableIter iter;
  gpointer session;

  g_hash_table_iter_init (&iter, house->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    {
      const SkyHostSession *client = session;

      if (client->revision == 0 || client->ended || client->carrier == NULL)
        continue;
      n++;
      n_polling += SKY_IS_CARRIER_SERVED (client->carrier);
    }
  g_string_append_printf (json, ",\"clientsCount\":%u,\"pollingClientsCount\":%u", n, n_polling);
}

static void
append_space (GString *json, const SkyHostHouse *house, const char *name, GHashTable *seen)
{
  if (g_hash_table_size (seen) >= MAX_SPACES || !g_hash_table_add (seen, (char *) name))
    return;
  if (g_hash_table_size (seen) > 1)
    g_string_append_c (json, ',');
  g_string_append (json, "{\"name\":");
  sky_json_quote (json, name, -1);
  g_string_append_printf (json, ",\"socketsCount\":%u}", sky_host_rooms_count (house->rooms, name, NULL));
}

/* "/" and what rules name are there without anyone in them, as with the reference. */
static void
append_spaces (GString *json, const SkyHostHouse *house)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) present = sky_host_rooms_list (house->rooms), ruled = NULL;
  const SkyRules *rules = house->stage != NULL ? sky_rules_stage_get_rules (house->stage) : NULL;

  append_space (json, house, "/", seen);
  append_space (json, house, SKY_HOST_ADMIN_NSP, seen);
  ruled = rules != NULL ? sky_rules_get_space_names (rules) : g_ptr_array_new ();
  for (guint i = 0; i < ruled->len; i++)
    if (*(const char *) g_ptr_array_index (ruled, i) == '/')
      append_space (json, house, g_ptr_array_index (ruled, i), seen);
  for (guint i = 0; i < present->len; i++)
    append_space (json, house, g_ptr_array_index (present, i), seen);
}

static char *
describe (SkyHostAdmin *self)
{
  GString *json = sky_host_admin_begin ("server_stats");
  double uptime = (double) (g_get_monotonic_time () - self->begun_usec) / G_USEC_PER_SEC;
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (json, ",{\"serverId\":");
  sky_json_quote (json, g_get_host_name (), -1);
  g_string_append (json, ",\"hostname\":");
  sky_json_quote (json, g_get_host_name (), -1);
  g_string_append_printf (json, ",\"pid\":%d,\"uptime\":%s", getpid (),
                          g_ascii_formatd (seconds, sizeof seconds, "%.6f", uptime));
  append_clients (json, self->house);
  g_string_append_printf (json, ",\"aggregatedEvents\":[%s],\"namespaces\":[", self->seconds->str);
  append_spaces (json, self->house);
  return g_string_free (g_string_append (json, "]}]"), FALSE);
}

static gboolean
on_stats (gpointer user_data)
{
  SkyHostAdmin *self = user_data;
  g_autofree char *json = NULL;

  close_second (self);
  json = describe (self);
  g_string_truncate (self->seconds, 0);
  sky_host_admin_push (self, json);
  return G_SOURCE_CONTINUE;
}

/* Somebody looks, perhaps the first one. */
void
sky_host_admin_stats_start (SkyHostAdmin *self)
{
  if (self->stats != 0)
    return;
  self->told = self->counts;
  self->stats = g_timeout_add (STATS_MSEC, on_stats, self);
  schedule_second (self);
}

/* Nobody looks. */
void
sky_host_admin_stats_stop (SkyHostAdmin *self)
{
  g_clear_handle_id (&self->stats, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);
  g_string_truncate (self->seconds, 0);
}

#include "peer/host/host-admin-private.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "base/json.h"
#include "peer/host/host-talk-private.h"

#define MAX_BEHIND        (4 * 1024 * 1024) /* bytes: whose Admin UI has more unsent misses events */
#define MAX_BEHIND_QUEUED 20000             /* … and messages */

/* One admin. */
typedef struct
{
  SkyHostMember *member;
  gboolean       behind; /* it misses events just now */
} Watcher;

/* Returns: (transfer full): the admin namespace of a host, which is not served before sky_host_admin_settle() */
SkyHostAdmin *
sky_host_admin_new (const SkyHostHouse *house)
{
  SkyHostAdmin *self = g_new0 (SkyHostAdmin, 1);

  self->house = house;
  self->watchers = g_ptr_array_new_with_free_func (g_free);
  self->asks = g_ptr_array_new ();
  self->tries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->seconds = g_string_new (NULL);
  g_queue_init (&self->logins);
  return self;
}

/* Its admins have gone before. */
void
sky_host_admin_free (SkyHostAdmin *self)
{
  sky_host_admin_stats_stop (self);
  g_queue_clear_full (&self->logins, g_free);
  g_hash_table_unref (self->tries);
  g_ptr_array_unref (self->watchers);
  g_ptr_array_unref (self->asks);
  g_string_free (self->seconds, TRUE);
  g_free (self->username);
  g_free (self->password);
  g_free (self);
}

/* Whoever is in the namespace came by other rules: as an admin with another password, or as no admin at all. */
static void
send_away (SkyHostAdmin *self)
{
  g_autoptr(GPtrArray) members = sky_host_rooms_select (self->house->rooms, SKY_HOST_ADMIN_NSP, NULL, NULL);

  for (guint i = 0; i < members->len; i++)
    sky_host_talk_disconnect (g_ptr_array_index (members, i));
}

/**
 * sky_host_admin_settle:
 * @running: whether the host listens already; else it begins to, now
 *
 * Serves the namespace as the house's options say from now on. If they say something else than before,
 * nobody stays in it, and with another password nobody is logged in any more.
 */
void
sky_host_admin_settle (SkyHostAdmin *self, gboolean running)
{
  const SkyHostOptions *options = &self->house->options;
  gboolean on = options->admin && options->protocol == SKY_PROTOCOL_SOCKET_IO;
  gboolean same_user = g_strcmp0 (options->admin_username, self->username) == 0
                       && g_strcmp0 (options->admin_password, self->password) == 0;

  if (!running)
    self->begun_usec = g_get_monotonic_time ();
  if (on == self->on && same_user && options->admin_read_only == self->read_only
      && options->admin_production == self->production)
    return;
  send_away (self);
  if (!same_user)
    g_queue_clear_full (&self->logins, g_free);
  self->on = on;
  self->read_only = options->admin_read_only;
  self->production = options->admin_production;
  g_free (self->username);
  g_free (self->password);
  self->username = g_strdup (options->admin_username);
  self->password = g_strdup (options->admin_password);
}

/* Returns: whether @nsp is served here, and rules have no say in it */
gboolean
sky_host_admin_owns (const SkyHostHouse *house, const char *nsp)
{
  return house->admin->on && g_str_equal (nsp, SKY_HOST_ADMIN_NSP);
}

/* Returns: whether somebody wants to hear of each thing that happens */
gboolean
sky_host_admin_is_watched (const SkyHostHouse *house)
{
  return house->admin->watchers->len > 0 && !house->admin->production;
}

/* Returns: (transfer full): `["event"`, to be gone on with */
GString *
sky_host_admin_begin (const char *event)
{
  GString *json = g_string_new ("[");

  sky_json_quote (json, event, -1);
  return json;
}

/* As JSON.stringify() writes a Date; the other parser has a type for it. */
void
sky_host_admin_append_time (GString *json, SkyParser parser)
{
  g_autofree char *time = sky_clock_format_iso (sky_clock_now_usec ());

  g_string_append_printf (json, parser == SKY_PARSER_MSGPACK ? ",{\"$date\":\"%.23sZ\"}" : ",\"%.23sZ\"", time);
}

/* Sends an event to all admins, however far behind they are: it is of those without which their picture is wrong. */
void
sky_host_admin_push (SkyHostAdmin *self, const char *json)
{
  g_autoptr(GPtrArray) members = g_ptr_array_new ();

  for (guint i = 0; i < self->watchers->len; i++)
    g_ptr_array_add (members, ((Watcher *) g_ptr_array_index (self->watchers, i))->member);
  sky_host_talk_push (self->house, SKY_HOST_ADMIN_NSP, members, json, NULL);
}

static gboolean
is_behind (Watcher *watcher)
{
  SkyHostSession *session = sky_host_member_get_owner (watcher->member);
  gboolean behind = sky_carrier_get_n_unsent (session->carrier) > MAX_BEHIND
                    || (SKY_IS_CARRIER_SERVED (session->carrier)
                        && sky_carrier_served_get_n_queued (SKY_CARRIER_SERVED (session->carrier)) > MAX_BEHIND_QUEUED);

  if (behind && !watcher->behind)
    sky_link_note (session->link, SKY_LAYER_NOTE, SKY_KIND_ERROR,
                   _("This Admin UI does not keep up: events of other clients are left out for it"));
  watcher->behind = behind;
  return behind;
}

/* Returns: (transfer container): who can take one more of what is only interesting */
GPtrArray *
sky_host_admin_list_ready (SkyHostAdmin *self)
{
  GPtrArray *members = g_ptr_array_new ();

  for (guint i = 0; i < self->watchers->len; i++)
    if (!is_behind (g_ptr_array_index (self->watchers, i)))
      g_ptr_array_add (members, ((Watcher *) g_ptr_array_index (self->watchers, i))->member);
  return members;
}

/* @member: an admin that has come */
void
sky_host_admin_add_watcher (SkyHostAdmin *self, SkyHostMember *member)
{
  Watcher *watcher = g_new0 (Watcher, 1);

  watcher->member = member;
  g_ptr_array_add (self->watchers, watcher);
  sky_host_admin_stats_start (self);
}

/* Somebody leaves, perhaps an admin: what it asked for is not waited for. */
void
sky_host_admin_remove_watcher (SkyHostAdmin *self, SkyHostMember *member)
{
  for (guint i = 0; i < self->watchers->len; i++)
    if (((Watcher *) g_ptr_array_index (self->watchers, i))->member == member)
      {
        sky_host_admin_forget_asks (self, member);
        g_ptr_array_remove_index (self->watchers, i);
        break;
      }
  if (self->watchers->len == 0)
    sky_host_admin_stats_stop (self);
}

#include "peer/host/host-roster.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "peer/host/host-private.h"

/* What a person does to a host through its roster. */

static gboolean
emit (gpointer owner, const char *nsp, const char *to, const char *except, const char *event, const char *args,
      gboolean ack, GError **error)
{
  return ack ? sky_host_ask (owner, nsp, to, except, event, args, error)
             : sky_host_emit (owner, nsp, to, except, event, args, error);
}

static SkyRosterAsk *
ask (gpointer owner, const char *nsp, const char *to, const char *except, const char *event, const char *args,
     guint timeout_msec, GError **error)
{
  return sky_host_ask_all (owner, nsp, to, except, event, args, timeout_msec, error);
}

/* Returns: (transfer full): the ids of all who are meant, for they may go while they are dealt with */
static GPtrArray *
list_ids (SkyHost *host, const char *nsp, const char *who, GError **error)
{
  g_autoptr(GPtrArray) members = sky_host_rooms_select (host->house.rooms, nsp, who, NULL);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < members->len; i++)
    g_ptr_array_add (ids, g_strdup (sky_host_member_get_id (g_ptr_array_index (members, i))));
  if (ids->len == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("Nobody is in %s any more."), who != NULL ? who : nsp);
  return ids;
}

static gboolean
join (gpointer owner, const char *nsp, const char *who, const char *room, GError **error)
{
  g_autoptr(GPtrArray) ids = list_ids (owner, nsp, who, error);

  for (guint i = 0; i < ids->len; i++)
    if (!sky_host_join (owner, g_ptr_array_index (ids, i), room, error))
      return FALSE;
  return ids->len > 0;
}

static gboolean
leave (gpointer owner, const char *nsp, const char *who, const char *room, GError **error)
{
  g_autoptr(GPtrArray) ids = list_ids (owner, nsp, who, error);

  for (guint i = 0; i < ids->len; i++)
    if (!sky_host_leave (owner, g_ptr_array_index (ids, i), room, error))
      return FALSE;
  return ids->len > 0;
}

/* Of those who do not speak Socket.IO. @close cuts the line without a word, else they are told goodbye. */
static void
end_sessions (SkyHost *host, const char *who, gboolean close)
{
  g_autoptr(GList) all = g_hash_table_get_values (host->house.sessions);

  for (GList *at = all; at != NULL; at = at->next)
    {
      SkyHostSession *session = at->data;

      if (session->seats != NULL || session->ended || session->carrier == NULL /* its 101 is on the way */
          || (who != NULL && strcmp (who, session->sid) != 0))
        continue;
      if (close)
        sky_host_session_cut (session);
      else
        sky_host_session_close (session, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL, "forced close");
    }
}

/* Who goes in the meantime, together with another one of the same connection, needs nothing more. */
static gboolean
disconnect (gpointer owner, const char *nsp, const char *who, gboolean close, GError **error)
{
  g_autoptr(GPtrArray) ids = NULL;

  if (*nsp == '\0')
    {
      end_sessions (owner, who, close);
      return TRUE;
    }
  ids = list_ids (owner, nsp, who, error);
  for (guint i = 0; i < ids->len; i++)
    sky_host_disconnect (owner, g_ptr_array_index (ids, i), close, NULL);
  return ids->len > 0;
}

/* Returns: (transfer full): an empty roster */
SkyRoster *
sky_host_roster_new (void)
{
  return sky_roster_new ();
}

/**
 * sky_host_roster_set_up:
 * @host: who acts through its roster; not referenced, and to outlive its use
 *
 * What it speaks, or whether it listens, may be another thing by now.
 */
void
sky_host_roster_set_up (SkyHost *host)
{
  static const SkyRosterHands hands = {
    .emit = emit, .join = join, .leave = leave, .disconnect = disconnect, .ask = ask
  };
  static const SkyRosterHands raw = { .disconnect = disconnect };
  SkyRoster *roster = host->house.roster;
  gboolean flat = host->house.options.protocol != SKY_PROTOCOL_SOCKET_IO;
  g_autofree char *address = host->listen != NULL ? sky_host_get_url (host) : NULL;

  if (flat != sky_roster_is_flat (roster))
    sky_roster_clear (roster);
  sky_roster_set_flat (roster, flat);
  sky_roster_set_hands (roster, flat ? &raw : &hands, host);
  sky_roster_set_missing (roster, flat ? _("Only a Socket.IO server has events and rooms.") : NULL);
  sky_roster_set_address (roster, address);
}

/**
 * sky_host_get_roster:
 *
 * Returns: (transfer none): who is in which room; it is the same one from run to run
 */
SkyRoster *
sky_host_get_roster (SkyHost *self)
{
  g_return_val_if_fail (SKY_IS_HOST (self), NULL);

  return self->house.roster;
}
